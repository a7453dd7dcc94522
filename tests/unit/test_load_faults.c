/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation and system call of taking over files fails once: what was in force stays as it
 * was, what comes out is whole or nothing, the last good copies are old or new, and nothing is left
 * behind: no memory, no mapping, no descriptor, no file. */
#include <config.h>

#include "module/generation/generation.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "module/base/log.h"
#include "module/generation/state.h"
#include "tests/unit/check.h"
#include "tests/unit/smallpolicy.h"

enum { PATH_MAX_OCTETS = 256, TEXT_MAX = 2048, NOW = 1760000000 };

static unsigned long countdown; /* 0: nothing fails */
static bool has_failed;
static long live;     /* blocks that our code holds */
static long mappings; /* that it has */

static bool
fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	has_failed = true;
	return true;
}

/* The linker sends the calls of what is tested here (-Wl,--wrap). FAILING(type, name, parameters,
 * arguments, error number, result of the failure) */
#define FAILING(type, name, parameters, arguments, error, failure) \
	type __real_##name parameters;                             \
	type __wrap_##name parameters;                             \
	type __wrap_##name parameters                              \
	{                                                          \
		if (!fails())                                      \
			return __real_##name arguments;            \
		errno = (error);                                   \
		return failure;                                    \
	}
/* One that gives a block. */
#define ALLOCATING(name, parameters, arguments)        \
	void *__real_##name parameters;                \
	void *__wrap_##name parameters;                \
	void *__wrap_##name parameters                 \
	{                                              \
		void *out = NULL;                      \
		if (!fails())                          \
			out = __real_##name arguments; \
		else                                   \
			errno = ENOMEM;                \
		live += out != NULL;                   \
		return out;                            \
	}

ALLOCATING(malloc, (size_t size), (size))
ALLOCATING(calloc, (size_t n, size_t size), (n, size))
ALLOCATING(aligned_alloc, (size_t alignment, size_t size), (alignment, size))
ALLOCATING(strdup, (const char *text), (text))
ALLOCATING(strndup, (const char *text, size_t len), (text, len))
FAILING(int, mprotect, (void *data, size_t len, int how), (data, len, how), ENOMEM, -1)
FAILING(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode), EMFILE, -1)
FAILING(int, access, (const char *path, int how), (path, how), EACCES, -1)
FAILING(int, stat, (const char *path, struct stat *out), (path, out), EIO, -1)
FAILING(int, fstat, (int fd, struct stat *out), (fd, out), EIO, -1)
FAILING(ssize_t, read, (int fd, void *data, size_t len), (fd, data, len), EIO, -1)
FAILING(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len), ENOSPC, -1)
FAILING(int, fsync, (int fd), (fd), EIO, -1)
FAILING(int, rename, (const char *from, const char *to), (from, to), EIO, -1)
FAILING(FILE *, fopen, (const char *path, const char *how), (path, how), EMFILE, NULL)
FAILING(int, ferror, (FILE * file), (file), EIO, 1)
FAILING(int, yaml_parser_initialize, (void *parser), (parser), ENOMEM, 0)
FAILING(void *, EVP_MD_CTX_new, (void), (), ENOMEM, NULL)
FAILING(void *, EVP_PKEY_new_raw_public_key,
    (int type, void *engine, const unsigned char *key, size_t len), (type, engine, key, len),
    ENOMEM, NULL)

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);
void *__real_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len);

void *
__wrap_realloc(void *old, size_t size)
{
	/* Nobody has to mind that a block was not made smaller. */
	bool smaller = old != NULL && malloc_usable_size(old) >= size;
	void *out = !smaller && fails() ? NULL : __real_realloc(old, size);

	live += out != NULL && old == NULL;
	return out;
}

void
__wrap_free(void *block)
{
	live -= block != NULL;
	__real_free(block);
}

void *
__wrap_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset)
{
	void *out = fails() ? MAP_FAILED : __real_mmap(at, len, how, flags, fd, offset);

	mappings += out != MAP_FAILED;
	return out;
}

int
__wrap_munmap(void *at, size_t len)
{
	mappings--;
	return __real_munmap(at, len);
}

void
hrd_log(enum hrd_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static const struct small_rule old_rules[] = { { "*.old.example", HRD_ACTION_NXDOMAIN },
	{ NULL, 0 } };
static const struct small_rule new_rules[] = { { "*.new.example", HRD_ACTION_NXDOMAIN },
	{ NULL, 0 } };

static char directory[] = "/tmp/hradba-faults.XXXXXX";
static char image_path[PATH_MAX_OCTETS], settings_path[PATH_MAX_OCTETS];
static struct hrd_secret_key key;

struct octets {
	uint8_t *data;
	size_t len;
};
static struct octets old_image, new_image;

static void
in_dir(char *out, const char *name)
{
	snprintf(out, PATH_MAX_OCTETS, "%s/%s", directory, name);
}

static void
put(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* An image with its signature. */
static struct octets
make_image(const struct small_rule *rules)
{
	char text[HRD_SIGNATURE_OCTETS_MAX];
	struct octets out;
	size_t text_len;

	out.data = small_image("one", rules, &out.len);
	assert_int_equal(
	    hrd_sign(&key, out.data + out.len - HRD_DIGEST_LEN, "t", text, sizeof(text), &text_len),
	    HRD_OK);
	out.data = realloc(out.data, out.len + text_len);
	assert_non_null(out.data);
	memcpy(out.data + out.len, text, text_len);
	out.len += text_len;
	return out;
}

/* Images of one serial with other rules follow each other only by permission. */
static int
set_up(void **state)
{
	char text[TEXT_MAX], public[HRD_PUBLIC_KEY_TEXT_MAX], path[PATH_MAX_OCTETS];
	static const char allow[] = "- {name: ok.old.example, owner: A, reason: B}\n";
	int len;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(hrd_secret_key_generate(&key), HRD_OK);
	old_image = make_image(old_rules);
	new_image = make_image(new_rules);
	in_dir(path, "policy.pub");
	put(path, public, hrd_public_key_format(&key.public, public));
	in_dir(path, "allow.yaml");
	put(path, allow, sizeof(allow) - 1);
	in_dir(image_path, "lab.policy");
	in_dir(settings_path, "hradba.yaml");
	len = snprintf(text, sizeof(text),
	    "policies:\n  - path: %s\n    keys: [%s/policy.pub]\n    accept-serial: 0\n"
	    "state-dir: %s\nlocal-allow: %s/allow.yaml\n"
	    "clients:\n  - {group: lab, addresses: [192.0.2.0/24], mode: observe}\n",
	    image_path, directory, directory, directory);
	put(settings_path, text, (size_t)len);
	return 0;
}

static int
tear_down(void **state)
{
	char path[PATH_MAX_OCTETS + sizeof(((struct dirent *)NULL)->d_name)];
	struct dirent *entry;
	DIR *dir = opendir(directory);

	(void)state;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	free(old_image.data);
	free(new_image.data);
	return rmdir(directory);
}

static unsigned
entries_in(const char *path, const char *suffix)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name), want = strlen(suffix);

		count += len >= want && strcmp(entry->d_name + len - want, suffix) == 0;
	}
	closedir(dir);
	return count;
}

static enum hrd_action
action_of(const struct hrd_generation *generation, const char *name)
{
	struct hrd_verdict verdict;
	struct hrd_name wire;

	assert_int_equal(hrd_name_from_text(&wire, name, strlen(name)), HRD_OK);
	hrd_verdict_init(&verdict);
	hrd_decide_query(&generation->layers, NULL, wire.wire, wire.len, &verdict);
	return verdict.action;
}

static void
assert_enforces(const struct hrd_generation *generation, bool new)
{
	assert_int_equal(
	    action_of(generation, "x.old.example"), new ? HRD_ACTION_NONE : HRD_ACTION_NXDOMAIN);
	assert_int_equal(
	    action_of(generation, "x.new.example"), new ? HRD_ACTION_NXDOMAIN : HRD_ACTION_NONE);
	assert_int_equal(action_of(generation, "ok.old.example"), HRD_ACTION_PASSTHRU);
	assert_int_equal(generation->settings->clients.group_count, 1);
}

/* What is held at one time. */
struct holdings {
	long live, mappings;
	unsigned descriptors;
};

static struct holdings
take_stock(void)
{
	return (struct holdings){ live, mappings, entries_in("/proc/self/fd", "") };
}

static void
assert_same(struct holdings before)
{
	struct holdings now = take_stock();

	assert_int_equal(now.live, before.live);
	assert_int_equal(now.mappings, before.mappings);
	assert_int_equal(now.descriptors, before.descriptors);
	assert_int_equal(entries_in(directory, ".tmp"), 0);
}

static struct hrd_generation *
load_old(void)
{
	struct hrd_load load = { .settings_path = settings_path, .now = NOW };
	struct hrd_generation *generation;

	put(image_path, old_image.data, old_image.len);
	assert_int_equal(hrd_generation_load(&load, &generation), HRD_OK);
	assert_int_equal(generation->fault, HRD_OK);
	assert_enforces(generation, false);
	return generation;
}

/* Loads with the n-th call failing. */
static int
load_failing(unsigned long n, const struct hrd_load *load, struct hrd_generation **out)
{
	int status;

	has_failed = false;
	countdown = n;
	status = hrd_generation_load(load, out);
	countdown = 0;
	return status;
}

TEST(a_new_image_is_in_force_or_the_old_one)
{
	struct hrd_generation *old = load_old(), *next;
	struct hrd_load load = { .settings_path = settings_path, .previous = old, .now = NOW };
	struct holdings before;
	unsigned long n = 0, kept = 0, refused = 0;

	put(image_path, new_image.data, new_image.len);
	before = take_stock();
	do {
		int status = load_failing(++n, &load, &next);

		if (status == HRD_OK) {
			assert_enforces(next, next->fault == HRD_OK);
			kept += next->fault != HRD_OK;
			hrd_generation_free(next);
		} else {
			assert_null(next);
			refused++;
		}
		assert_enforces(old, false);
		assert_same(before);
	} while (has_failed);
	printf("# %lu calls failed in turn: %lu loads refused, %lu with the old image\n", n - 1,
	    refused, kept);
	assert_true(refused > 20 && kept > 5);
	hrd_generation_free(old);
}

TEST(a_start_finds_the_copy_or_says_that_it_has_none)
{
	struct hrd_generation *old = load_old(), *next;
	struct hrd_load load = { .settings_path = settings_path, .restarted = true, .now = NOW };
	struct holdings before;
	unsigned long n = 0, lacking = 0, copies = 0;

	hrd_generation_keep(old, settings_path);
	hrd_generation_free(old);
	put(image_path, "garbage", 7);
	before = take_stock();
	do {
		int status = load_failing(++n, &load, &next);

		if (status == HRD_OK) {
			assert_int_not_equal(next->fault, HRD_OK);
			assert_int_equal(next->lacking, next->images[0] != NULL ? 0 : 1);
			if (next->images[0] != NULL)
				assert_int_equal(
				    action_of(next, "x.old.example"), HRD_ACTION_NXDOMAIN);
			lacking += next->lacking;
			copies += next->images[0] != NULL;
			hrd_generation_free(next);
		} else {
			assert_null(next);
		}
		assert_same(before);
	} while (has_failed);
	printf("# %lu calls failed in turn: %lu starts with the copy, %lu without\n", n - 1, copies,
	    lacking);
	assert_true(copies > 20 && lacking > 5);
}

TEST(a_load_that_nobody_wants_is_given_up)
{
	struct hrd_generation *old = load_old(), *next;
	atomic_bool stop = true;
	struct hrd_load load = {
		.settings_path = settings_path, .previous = old, .now = NOW, .stop = &stop
	};
	struct holdings before;

	put(image_path, new_image.data, new_image.len);
	before = take_stock();
	assert_int_equal(hrd_generation_load(&load, &next), HRD_ESTOP);
	assert_null(next);
	assert_enforces(old, false);
	assert_same(before);
	hrd_generation_free(old);
}

static bool
holds(const char *path, const struct octets *want)
{
	FILE *file = fopen(path, "re");
	char *data = malloc(want->len + 1);
	bool same;

	assert_non_null(file);
	assert_non_null(data);
	same = fread(data, 1, want->len + 1, file) == want->len &&
	       memcmp(data, want->data, want->len) == 0;
	fclose(file);
	free(data);
	return same;
}

TEST(a_copy_is_the_old_one_or_the_new_one)
{
	struct hrd_load load = { .settings_path = settings_path, .now = NOW };
	struct hrd_generation *old = load_old(), *next;
	char *copy = hrd_state_path(directory, image_path);
	unsigned long n = 0, stale = 0;
	struct holdings before;

	assert_non_null(copy);
	put(image_path, new_image.data, new_image.len);
	before = take_stock();
	do {
		old->images[0]->kept = false;
		hrd_generation_keep(old, settings_path);
		assert_true(holds(copy, &old_image));
		assert_int_equal(hrd_generation_load(&load, &next), HRD_OK);
		has_failed = false;
		countdown = ++n;
		hrd_generation_keep(next, settings_path);
		countdown = 0;
		stale += holds(copy, &old_image);
		assert_true(holds(copy, &old_image) || holds(copy, &new_image));
		if (!has_failed)
			assert_true(holds(copy, &new_image));
		hrd_generation_free(next);
		assert_same(before);
	} while (has_failed);
	printf("# %lu calls failed in turn, the copy stayed old %lu times\n", n - 1, stale);
	assert_true(n > 10 && stale > 3);
	free(copy);
	hrd_generation_free(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_image_is_in_force_or_the_old_one),
		cmocka_unit_test(a_load_that_nobody_wants_is_given_up),
		cmocka_unit_test(a_start_finds_the_copy_or_says_that_it_has_none),
		cmocka_unit_test(a_copy_is_the_old_one_or_the_new_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
