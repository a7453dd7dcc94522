/* SPDX-License-Identifier: BSD-3-Clause */
/* The radix trie: leads from the bits of a name to the slot where it stands or would stand.
 *
 * Its keys are the first names of the slots, in bits. A node has the children of STRIDE bits, by a
 * bitmap and a count of its ones; what all below a node share is compared at once (path
 * compression); leaves are slots. Made at open, from names that are in order; it is in no file.
 * doc/trie.md section 5.
 *
 * Private to the trie. Read-only once made.
 *
 * Made by one thread, then found in by any number. It borrows the trie, which must outlive it. */
#ifndef HRD_LIB_TRIE_RADIX_H
#define HRD_LIB_TRIE_RADIX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/trie/code.h"
#include "lib/trie/trie.h"

/* Entries of the root, then nodes: radix.c. */
struct hrd_radix {
	uint64_t *words;
	size_t count;
	unsigned root_bits;
};

/* Makes the trie of the slots of an opened section: about one and a half words a slot. HRD_ENOMEM,
 * also where the slots need more than 512 MiB. */
HRD_MUST_USE int hrd_radix_make(struct hrd_radix *radix, const struct hrd_trie *trie);
void hrd_radix_free(struct hrd_radix *radix);

/* How many slots begin at or before the name; or one more, when only the first name of the last of
 * them can tell: the caller compares with that one. Bounded by the bits of the name. */
uint32_t hrd_radix_find(const struct hrd_radix *radix, const struct hrd_coded *name);

#endif
