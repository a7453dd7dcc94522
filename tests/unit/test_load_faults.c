/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation and system call of taking over files fails once: what was in force stays as it
 * was, what comes out is whole or nothing, the last good copies are old or new, and nothing is left
 * behind: no memory, no mapping, no descriptor, no file. */
#include <config.h>

#include "module/generation/generation.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "module/generation/state.h"
#include "tests/faults.h"
#include "tests/unit/check.h"
#include "tests/unit/smallpolicy.h"

enum { PATH_MAX_OCTETS = 256, TEXT_MAX = 2048, NOW = 1760000000 };

static const struct small_rule old_rules[] = { { "*.old.example", HRD_ACTION_NXDOMAIN },
	{ NULL, 0 } };
static const struct small_rule new_rules[] = { { "*.new.example", HRD_ACTION_NXDOMAIN },
	{ NULL, 0 } };

static char directory[PATH_MAX_OCTETS]; /* of settings, images and copies */
static char image_path[PATH_MAX_OCTETS], settings_path[PATH_MAX_OCTETS];
static struct hrd_secret_key key;

struct octets {
	uint8_t *data;
	size_t len;
};
static struct octets old_image, new_image;

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
	char text[TEXT_MAX], public[HRD_PUBLIC_KEY_TEXT_MAX];
	static const char allow[] = "- {name: ok.old.example, owner: A, reason: B}\n";
	int len;

	assert_int_equal(make_directory(state), 0);
	snprintf(directory, sizeof(directory), "%s", in_directory(NULL));
	snprintf(image_path, sizeof(image_path), "%s", in_directory("lab.policy"));
	snprintf(settings_path, sizeof(settings_path), "%s", in_directory("hradba.yaml"));
	assert_int_equal(hrd_secret_key_generate(&key), HRD_OK);
	old_image = make_image(old_rules);
	new_image = make_image(new_rules);
	put_file("policy.pub", public, hrd_public_key_format(&key.public, public));
	put_file("allow.yaml", allow, sizeof(allow) - 1);
	len = snprintf(text, sizeof(text),
	    "policies:\n  - path: %s\n    keys: [%s/policy.pub]\n    accept-serial: 0\n"
	    "state-dir: %s\nlocal-allow: %s/allow.yaml\n"
	    "clients:\n  - {group: lab, addresses: [192.0.2.0/24], mode: observe}\n",
	    image_path, directory, directory, directory);
	put_file("hradba.yaml", text, (size_t)len);
	return 0;
}

static int
tear_down(void **state)
{
	free(old_image.data);
	free(new_image.data);
	return remove_directory(state);
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
	long blocks, mappings;
	unsigned descriptors;
};

static struct holdings
take_stock(void)
{
	return (
	    struct holdings){ faults_blocks(), faults_mappings(), entries_in("/proc/self/fd", "") };
}

static void
assert_same(struct holdings before)
{
	struct holdings now = take_stock();

	assert_int_equal(now.blocks, before.blocks);
	assert_int_equal(now.mappings, before.mappings);
	assert_int_equal(now.descriptors, before.descriptors);
	assert_int_equal(entries_in(directory, ".tmp"), 0);
}

static struct hrd_generation *
load_old(void)
{
	struct hrd_load load = { .settings_path = settings_path, .now = NOW };
	struct hrd_generation *generation;

	put_file("lab.policy", old_image.data, old_image.len);
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

	/* An older image is accepted once. */
	hrd_state_forget(directory, image_path, HRD_STATE_ACCEPTED);
	faults_fail_at(n);
	status = hrd_generation_load(load, out);
	faults_fail_at(0);
	return status;
}

TEST(a_new_image_is_in_force_or_the_old_one)
{
	struct hrd_generation *old = load_old(), *next;
	struct hrd_load load = { .settings_path = settings_path, .previous = old, .now = NOW };
	struct holdings before;
	unsigned long n = 0, kept = 0, refused = 0;

	put_file("lab.policy", new_image.data, new_image.len);
	before = take_stock();
	do {
		int status = load_failing(++n, &load, &next);

		if (status == HRD_OK) {
			assert_enforces(next, next->fault == HRD_OK);
			kept += next->fault != HRD_OK;
			hrd_generation_release(next);
		} else {
			assert_null(next);
			refused++;
		}
		assert_enforces(old, false);
		assert_same(before);
	} while (faults_has_failed());
	printf("# %lu calls failed in turn: %lu loads refused, %lu with the old image\n", n - 1,
	    refused, kept);
	assert_true(refused > 2 && kept > 20);
	hrd_generation_release(old);
}

TEST(a_start_finds_the_copy_or_is_refused)
{
	struct hrd_generation *old = load_old(), *next;
	struct hrd_load load = { .settings_path = settings_path, .now = NOW };
	struct holdings before;
	unsigned long n = 0, refused = 0, copies = 0;

	assert_true(hrd_generation_keep(old, true));
	hrd_generation_release(old);
	put_file("lab.policy", "garbage", 7);
	before = take_stock();
	do {
		int status = load_failing(++n, &load, &next);

		if (status == HRD_OK) {
			assert_int_not_equal(next->fault, HRD_OK);
			assert_int_equal(next->lacking, 0);
			assert_int_equal(action_of(next, "x.old.example"), HRD_ACTION_NXDOMAIN);
			copies++;
			hrd_generation_release(next);
		} else {
			assert_null(next);
			refused++;
		}
		assert_same(before);
	} while (faults_has_failed());
	printf("# %lu calls failed in turn: %lu starts with the copy, %lu refused\n", n - 1, copies,
	    refused);
	assert_true(copies > 5 && refused > 20);
}

/* What was in force goes on from memory, whichever call fails. */
TEST(another_time_needs_no_file)
{
	struct hrd_generation *old = load_old(), *next;
	struct holdings before;
	unsigned long n = 0;

	put_file("lab.policy", "garbage", 7);
	before = take_stock();
	do {
		int status;

		faults_fail_at(++n);
		status = hrd_generation_renew(old, old->settings, NOW + 86400, &next);
		faults_fail_at(0);
		if (status == HRD_OK)
			assert_enforces(next, false);
		hrd_generation_release(next);
		assert_same(before);
	} while (faults_has_failed());
	assert_true(n > 5);
	hrd_generation_release(old);
}

TEST(a_load_that_nobody_wants_is_given_up)
{
	struct hrd_generation *old = load_old(), *next;
	atomic_bool stop = true;
	struct hrd_load load = {
		.settings_path = settings_path, .previous = old, .now = NOW, .stop = &stop
	};
	struct holdings before;

	put_file("lab.policy", new_image.data, new_image.len);
	before = take_stock();
	assert_int_equal(hrd_generation_load(&load, &next), HRD_ESTOP);
	assert_null(next);
	assert_enforces(old, false);
	assert_same(before);
	hrd_generation_release(old);
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
	char *copy = hrd_state_path(directory, image_path, HRD_STATE_COPY);
	unsigned long n = 0, stale = 0;
	struct holdings before;

	assert_non_null(copy);
	put_file("lab.policy", new_image.data, new_image.len);
	before = take_stock();
	do {
		hrd_generation_keep(old, true);
		hrd_state_forget(directory, image_path, HRD_STATE_ACCEPTED);
		assert_true(holds(copy, &old_image));
		assert_int_equal(hrd_generation_load(&load, &next), HRD_OK);
		faults_fail_at(++n);
		hrd_generation_keep(next, true);
		faults_fail_at(0);
		stale += holds(copy, &old_image);
		assert_true(holds(copy, &old_image) || holds(copy, &new_image));
		if (!faults_has_failed())
			assert_true(holds(copy, &new_image));
		hrd_generation_release(next);
		assert_same(before);
	} while (faults_has_failed());
	printf("# %lu calls failed in turn, the copy stayed old %lu times\n", n - 1, stale);
	assert_true(n > 10 && stale > 3);
	free(copy);
	hrd_generation_release(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_image_is_in_force_or_the_old_one),
		cmocka_unit_test(a_load_that_nobody_wants_is_given_up),
		cmocka_unit_test(a_start_finds_the_copy_or_is_refused),
		cmocka_unit_test(another_time_needs_no_file),
		cmocka_unit_test(a_copy_is_the_old_one_or_the_new_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
