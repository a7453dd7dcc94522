/* SPDX-License-Identifier: BSD-3-Clause */
/* The structures that bench/trie compares. */
#include <config.h>

#include "bench/rivals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/windows.h"
#include "lib/trie/walk.h"

#ifdef HAVE_MARISA
#include "bench/marisa.h"
#endif
#ifdef HAVE_CDB
#include <cdb.h>
#endif

#if defined(__x86_64__)
#define CAN_FLUSH 1
static void
flush(const void *octets, size_t len)
{
	const char *p = octets;

	for (size_t i = 0; i < len; i += 64)
		__builtin_ia32_clflush(p + i);
	__builtin_ia32_mfence();
}
#else
#define CAN_FLUSH 0
#endif

/* The section in memory as a server has it (lib/policy/read.c). */
static bool
move_to_pages(struct ours *ours)
{
	void *pages =
	    mmap(NULL, ours->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return false;
#if defined(MADV_HUGEPAGE)
	madvise(pages, ours->len, MADV_HUGEPAGE);
#endif
	memcpy(pages, ours->section, ours->len);
	free(ours->section);
	ours->section = pages;
	ours->in_pages = true;
	return true;
}

static struct ours *
make_section(const struct list *list, bool in_pages)
{
	struct hrd_trie_input in = list_input(list);
	struct ours *ours = calloc(1, sizeof(*ours));
	const char *why;
	size_t offset;

	if (ours == NULL || hrd_trie_build(&in, &ours->section, &ours->len) != HRD_OK)
		return NULL;
	if (in_pages && !move_to_pages(ours))
		return NULL;
	if (hrd_trie_open(&ours->trie, ours->section, ours->len, NULL, NULL, &why, &offset) !=
	    HRD_OK)
		return NULL;
	return ours;
}

static void *
ours_make(const struct list *list)
{
	return make_section(list, true);
}

static size_t
ours_size(const void *made)
{
	return ((const struct ours *)made)->len;
}

static bool
ours_find(const void *made, const uint8_t *wire, size_t len)
{
	struct hrd_trie_hit hit;

	return hrd_trie_find(&((const struct ours *)made)->trie, wire, len, &hit);
}

#if CAN_FLUSH
static void
ours_flush(const void *made)
{
	const struct ours *ours = made;

	flush(ours->section, ours->len);
	flush(ours->trie.tables, sizeof(*ours->trie.tables));
	flush(ours->trie.tables->radix.words, ours->trie.tables->radix.count * sizeof(uint64_t));
}
#endif

static void
ours_free(void *made)
{
	struct ours *ours = made;

	hrd_trie_close(&ours->trie);
	if (ours->in_pages)
		munmap(ours->section, ours->len);
	else
		free(ours->section);
	free(ours);
}

static const struct rival ours = {
	.name = "hradba",
	.make = ours_make,
	.size = ours_size,
	.find = ours_find,
#if CAN_FLUSH
	.flush = ours_flush,
#endif
	.free = ours_free,
};

/* The same section as it was looked up before: the index that the radix trie replaced, in memory of
 * malloc(). */
struct before {
	struct ours *ours;
	struct windows *windows;
};

static void *
before_make(const struct list *list)
{
	struct before *before = calloc(1, sizeof(*before));

	if (before == NULL)
		return NULL;
	before->ours = make_section(list, false);
	before->windows = before->ours != NULL ? windows_make(&before->ours->trie) : NULL;
	return before->windows != NULL ? before : NULL;
}

static size_t
before_size(const void *made)
{
	return ((const struct before *)made)->ours->len;
}

static bool
before_find(const void *made, const uint8_t *wire, size_t len)
{
	return windows_find(((const struct before *)made)->windows, wire, len);
}

#if CAN_FLUSH
static void
before_flush(const void *made)
{
	const struct before *before = made;

	ours_flush(before->ours);
	flush(before->windows, windows_octets(before->windows));
}
#endif

static void
before_free(void *made)
{
	struct before *before = made;

	windows_free(before->windows);
	ours_free(before->ours);
	free(before);
}

static const struct rival before = {
	.name = "windows",
	.make = before_make,
	.size = before_size,
	.find = before_find,
#if CAN_FLUSH
	.flush = before_flush,
#endif
	.free = before_free,
};

#ifdef HAVE_MARISA
/* Names of letters, digits, '-' and '_' only: the key is that of the list with dots. */
static const char *
marisa_key(const void *ctx, size_t i, size_t *len)
{
	static char key[HRD_KEY_MAX];
	const struct list *list = ctx;

	*len = list->key_at[i + 1] - list->key_at[i];
	for (size_t k = 0; k < *len; k++) {
		uint8_t octet = list->keys[list->key_at[i] + k];

		key[k] = octet == 0 ? '.' : (char)octet;
	}
	return key;
}

static void *
marisa_make(const struct list *list)
{
	return bench_marisa_make(list->names.count, marisa_key, list);
}

static size_t
marisa_size(const void *made)
{
	size_t len;

	bench_marisa_octets(made, &len);
	return len;
}

static bool
marisa_find(const void *made, const uint8_t *wire, size_t len)
{
	char key[HRD_NAME_MAX];
	uint8_t labels[HRD_LABELS_MAX];
	size_t n = 0, used = 0;

	for (size_t at = 0; at < len && wire[at] != 0; at += wire[at] + 1u)
		labels[n++] = (uint8_t)at;
	while (n-- > 0) {
		const uint8_t *label = wire + labels[n];

		memcpy(key + used, label + 1, label[0]);
		used += label[0];
		key[used++] = '.';
	}
	return bench_marisa_find(made, key, used);
}

#if CAN_FLUSH
static void
marisa_flush(const void *made)
{
	size_t len;
	const void *octets = bench_marisa_octets(made, &len);

	flush(octets, len);
}
#endif

static void
marisa_free(void *made)
{
	bench_marisa_free(made);
}

static const struct rival marisa = {
	.name = "marisa",
	.make = marisa_make,
	.size = marisa_size,
	.find = marisa_find,
#if CAN_FLUSH
	.flush = marisa_flush,
#endif
	.free = marisa_free,
};
#endif

#ifdef HAVE_CDB
static bool
cdb_fill(struct cdb_make *writer, const struct list *list)
{
	const struct names *names = &list->names;

	for (size_t i = 0; i < names->count; i++) {
		if (cdb_make_add(writer, names->wire + names->at[i],
			names->at[i + 1] - names->at[i], "", 0) != 0)
			return false;
	}
	return cdb_make_finish(writer) == 0;
}

static void *
cdb_of_list(const struct list *list)
{
	struct cdb *reader = malloc(sizeof(*reader));
	struct cdb_make writer;
	FILE *file = tmpfile(); /* cdb maps it, so it need not stay open */

	if (reader == NULL || file == NULL || cdb_make_start(&writer, fileno(file)) != 0 ||
	    !cdb_fill(&writer, list) || cdb_init(reader, fileno(file)) != 0)
		return NULL;
	fclose(file);
	return reader;
}

static size_t
cdb_size(const void *made)
{
	return ((const struct cdb *)made)->cdb_fsize;
}

/* The name, then each of its ancestors, as dnsdist does it. */
static bool
cdb_find_name(const void *made, const uint8_t *wire, size_t len)
{
	struct cdb reader = *(const struct cdb *)made;

	for (size_t at = 0; at < len && wire[at] != 0; at += wire[at] + 1u) {
		if (cdb_find(&reader, wire + at, (unsigned)(len - at)) > 0)
			return true;
	}
	return false;
}

#if CAN_FLUSH
static void
cdb_flush(const void *made)
{
	const struct cdb *reader = made;

	flush(reader->cdb_mem, reader->cdb_fsize);
}
#endif

static void
cdb_done(void *made)
{
	cdb_free(made);
	free(made);
}

static const struct rival cdb = {
	.name = "cdb",
	.make = cdb_of_list,
	.size = cdb_size,
	.find = cdb_find_name,
#if CAN_FLUSH
	.flush = cdb_flush,
#endif
	.free = cdb_done,
};
#endif

const struct rival *const rivals[] = {
	&ours,
	&before,
#ifdef HAVE_MARISA
	&marisa,
#endif
#ifdef HAVE_CDB
	&cdb,
#endif
	NULL,
};
