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

/* Entries (lcp, rest) of one width, as many as stand below the highest bit of a loaded word. */
struct hrd_entry_word {
	unsigned bits; /* that they have together */
	uint64_t ones; /* the lowest bit of each */
	uint64_t sum;  /* a word times this has their sum where the first one stands */
};

/* What the reader makes at open. */
struct hrd_trie_tables {
	struct hrd_code code;
	struct hrd_radix radix;
	unsigned longest;                                      /* bits of a name */
	struct hrd_entry_word entries[HRD_ENTRY_BITS_MAX + 1]; /* by width */
};

/* Those of a slot: one alone where the sum of several rests could be wider than an entry. */
static inline struct hrd_entry_word
hrd_entry_word(const struct hrd_trie_tables *tables, const struct hrd_slot *slot)
{
	struct hrd_entry_word of = tables->entries[slot->lcp_bits + slot->rest_bits];

	if (slot->lcp_bits < HRD_ENTRY_SUM_BITS) {
		of.bits = slot->lcp_bits + slot->rest_bits;
		of.ones = 1ull << (63 - of.bits);
	}
	return of;
}

static inline const uint8_t *
hrd_trie_slot(const struct hrd_trie *trie, uint32_t slot)
{
	return trie->slots + ((size_t)slot << trie->slot_shift);
}

/* How many slots begin at or before the name; the last of them, where there is one, and the bits
 * that its first name and the name share. */
static inline uint32_t
hrd_trie_enter(const struct hrd_trie *trie, const struct hrd_coded *name, struct hrd_slot *slot,
    unsigned *common)
{
	uint32_t slots = hrd_radix_find(&trie->tables->radix, name);

	for (; slots > 0; slots--) {
		const uint8_t *bits = hrd_trie_slot(trie, slots - 1);
		unsigned len;

		for (unsigned line = 1; line < 4; line++)
			hrd_prefetch(bits + line * 64);
		hrd_slot_read(slot, bits, trie->value_bits);
		len = slot->first_len < name->len ? slot->first_len : name->len;
		*common = hrd_common_bits(name->bits, 0, bits, slot->name_at, len);
		if (*common < len ? hrd_bit_at(name->bits, *common) : slot->first_len == len)
			break;
	}
	return slots;
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
