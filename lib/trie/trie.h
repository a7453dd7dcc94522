/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of one trigger class: a static map from names to values with exact and wildcard rules.
 *
 * The section is position-independent and little-endian (doc/policy-format.md); it is built once in
 * memory and read in place. A value is 30 bits of the caller's plus two flags that say which rules
 * the name has.
 *
 * Finding is one rule: the exact rule of the name, else the wildcard of its closest ancestor that
 * has one. A wildcard does not cover its own base name.
 *
 * Caveats: hrd_trie_open() validates the section once, in linear time, whatever the digest or
 * signature said; after that find and walk are bounded by the length of a name, read nothing
 * outside the section, never allocate, never block, and any number of threads may use one trie. The
 * section must stay unchanged and mapped while in use: copy it into private memory first, never map
 * a file that somebody can truncate. */
#ifndef HRD_LIB_TRIE_TRIE_H
#define HRD_LIB_TRIE_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/trie/code.h"

enum {
	HRD_TRIE_EXACT = 1, /* value flag: the name has an exact rule */
	HRD_TRIE_WILD = 2,  /* value flag: the name has a wildcard rule ("*." in front of it) */
	HRD_TRIE_FLAGS = 3, /* at least one flag is set in every value */
	HRD_TRIE_SHIFT = 2, /* the caller's 30 bits are above the flags */
};

/* Sorted input by index: gives the i-th key (memcmp order, unique; see lib/name/name.h) and its
 * value. The key must stay valid until the next call only. */
struct hrd_trie_input {
	size_t count;
	void (*get)(const void *ctx, size_t i, const uint8_t **key, size_t *len, uint32_t *value);
	const void *ctx;
};

/* Builds the section; *out is malloc()ed, the caller frees it. The same input gives the same
 * octets on every machine. HRD_ENOMEM, HRD_ELIMIT (over 2^32-1 octets), HRD_EINVAL (not sorted, no
 * flag set, no valid key). */
HRD_MUST_USE int hrd_trie_build(const struct hrd_trie_input *in, uint8_t **out, size_t *len);

/* A view into a section; no ownership of it. All members but count are private to the trie. */
struct hrd_trie {
	uint32_t count; /* names */
	uint32_t slot_count;
	unsigned slot_shift, value_bits;
	uint32_t value_count;
	const uint8_t *values, *slots;
	struct hrd_trie_tables *tables; /* made at open from the section; NULL when it is empty */
};

/* Told by open of the values (flags included) and how many names in all have them: once for each
 * distinct value or more often, in any order; the numbers of one value add up, and may be 0: it is
 * asked every few thousand names, so that it can end a long check. False refuses the
 * section: this is how the owner of the values has them checked and counted in the one pass. */
typedef bool hrd_trie_value_fn(void *ctx, uint32_t value, uint32_t names);

/* Validates all of sec that finding relies on; check is asked about the values and may be NULL. On
 * HRD_ECORRUPT *why is a static text and *offset the place within the section. HRD_ENOMEM
 * possible. */
HRD_MUST_USE int hrd_trie_open(struct hrd_trie *trie, const uint8_t *sec, size_t len,
    hrd_trie_value_fn *check, void *ctx, const char **why, size_t *offset);
/* Frees what open made; zeroed, or closed, it does nothing. */
void hrd_trie_close(struct hrd_trie *trie);

/* Decodes every name of an opened trie and sees that it is a valid one, which finding does not rely
 * on: a name that is none equals no name that is looked for (doc/trie.md section 6). Linear time,
 * thrice that of open. HRD_ECORRUPT as by hrd_trie_open(). */
HRD_MUST_USE int hrd_trie_check_names(
    const struct hrd_trie *trie, const char **why, size_t *offset);

/* Octets allocated at open, beside the section itself. */
size_t hrd_trie_memory(const struct hrd_trie *trie);

struct hrd_trie_hit {
	uint32_t value;  /* as built, flags included */
	unsigned labels; /* labels of the matching rule's base name */
	bool wildcard;   /* false: the exact rule of the name itself */
};

/* wire: an uncompressed wire name of any letter case, valid and ended by the root label within len
 * (1..255) octets; anything else finds nothing. True when a rule applies. */
bool hrd_trie_find(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit);

/* The same among the rules whose base name has fewer than so many labels: what applies when the
 * rule of a hit with that many is passed over. */
bool hrd_trie_find_above(const struct hrd_trie *trie, const uint8_t *wire, size_t len,
    unsigned labels, struct hrd_trie_hit *hit);

/* Every name in canonical order. The state is by value, 8 KiB of the caller's stack, and needs no
 * clean-up: the module goes through names below another while a query waits, where nothing is
 * allocated (hrd_policy_has_below()). Its members are private to the trie. */
struct hrd_trie_walk {
	const struct hrd_trie *trie;
	uint32_t slots;                           /* begun */
	const uint8_t *slot;                      /* the present one */
	unsigned names_left;                      /* in it */
	unsigned lcp_bits, rest_bits;             /* widths in it */
	size_t next_entry, next_value, next_name; /* bit positions in it */
	struct hrd_coded name;                    /* the last name */
	unsigned symbols;                         /* of it */
	uint8_t label_end[HRD_LABELS_MAX + 1];    /* symbols up to the end of so many labels */
	/* By number of symbols: the last of them << 24 | bits up to its end. Of the bits: the
	 * number of symbols that end before or at each. */
	uint32_t ends[HRD_CODED_SYMBOLS_MAX + HRD_CODED_SYMBOLS_SPARE];
	uint8_t symbols_at[HRD_CODED_BITS_MAX + HRD_CODED_SYMBOLS_SPARE];
};
void hrd_trie_walk_init(struct hrd_trie_walk *walk, const struct hrd_trie *trie);
/* Starts at a name that may be below the wanted one, by no more than a slot holds, but not above
 * it; false, and then at the start, when wire is no name (see hrd_trie_find()). */
bool hrd_trie_walk_seek(
    struct hrd_trie_walk *walk, const struct hrd_trie *trie, const uint8_t *wire, size_t len);
/* False at the end, or at what is no name (hrd_trie_check_names()), and from then on. */
bool hrd_trie_walk_next(struct hrd_trie_walk *walk, struct hrd_name *name, uint32_t *value);

#endif
