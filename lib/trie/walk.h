/* SPDX-License-Identifier: BSD-3-Clause */
/* Going through all names of a trie, and checking them on the way. Private to the trie. A walk
 * belongs to one thread and borrows the trie; any number may go through one trie at once. */
#ifndef HRD_LIB_TRIE_WALK_H
#define HRD_LIB_TRIE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/trie/format.h"
#include "lib/trie/radix.h"
#include "lib/trie/trie.h"

/* What the reader makes at open. */
struct hrd_trie_tables {
	struct hrd_code code;
	struct hrd_radix radix;
	unsigned longest; /* bits of a name */
};

static inline const uint8_t *
hrd_trie_slot(const struct hrd_trie *trie, uint32_t slot)
{
	return trie->slots + ((size_t)slot << trie->slot_shift);
}

/* True when all names were taken. */
static inline bool
hrd_trie_walk_is_done(const struct hrd_trie_walk *walk)
{
	return walk->names_left == 0 && walk->slots == walk->trie->slot_count;
}

/* Takes the next name, of which there must be one, into walk->name; *stored is its value as the
 * slot has it. NULL, or a static text that says what is wrong with the section; then the walk is
 * over. Trusts the
 * members of trie and the slots' extent only. */
const char *hrd_trie_walk_step(struct hrd_trie_walk *walk, uint32_t *stored);

#endif
