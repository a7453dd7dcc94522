/* SPDX-License-Identifier: BSD-3-Clause */
/* The structures that bench/trie compares: ours, ours with the index that the radix trie
 * replaced, marisa-trie and cdb, each holding "the name and
 * all below it". */
#ifndef HRD_BENCH_RIVALS_H
#define HRD_BENCH_RIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lists.h"

struct rival {
	const char *name;
	/* Builds and makes ready; NULL on failure. */
	void *(*make)(const struct list *list);
	size_t (*size)(const void *made); /* octets as a file */
	bool (*find)(const void *made, const uint8_t *wire, size_t len);
	/* Drops all that find reads from the processor's caches; NULL where it is not known how. */
	void (*flush)(const void *made);
	void (*free)(void *made);
};

/* Those that were built in; ours is the first. Ends with a NULL. */
extern const struct rival *const rivals[];

/* Ours for more than the comparison. */
struct ours {
	struct hrd_trie trie;
	uint8_t *section;
	size_t len;
	bool in_pages; /* of mmap(), not of malloc() */
};

#endif
