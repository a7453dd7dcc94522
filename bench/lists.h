/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of names for benchmarks, read or generated, and names to look up in them. */
#ifndef HRD_BENCH_LISTS_H
#define HRD_BENCH_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/trie/trie.h"

/* Names packed one after another; those of a list are in canonical order, each once. */
struct names {
	size_t count;
	uint32_t *at; /* count + 1 offsets */
	uint8_t *wire;
};

/* A list and its keys, which is what hrd_trie_build() is fed with. */
struct list {
	struct names names;
	uint32_t *key_at; /* count + 1 offsets */
	uint8_t *keys;
	double sort_seconds; /* what a caller spends on sorting the keys */
};

uint64_t list_random(uint64_t *seed);

/* One name a line; lines that are no names are left out. Exits when the file cannot be read. */
void list_read(struct list *list, const char *path);

/* Names as block lists have them: few top-level domains, words and random labels, some domains with
 * very many names below them. */
void list_generate(struct list *list, size_t count, uint64_t seed);
void list_free(struct list *list);

/* The list as input; each name with exact and wildcard rule and one value for all. */
struct hrd_trie_input list_input(const struct list *list);

/* Names to look up, all from fixed seeds: half listed names and half names below one; names of
 * `popular` (7 of 10) and listed names with one character changed, none of them found in trie; one
 * in twenty of the first among the second. */
struct queries {
	struct names listed, unlisted, mixed;
};
void queries_make(struct queries *queries, const struct list *list, const struct list *popular,
    const struct hrd_trie *trie, size_t count);
void queries_free(struct queries *queries);

/* Seconds of processor time of this thread. */
double cpu_seconds(void);

#endif
