/* SPDX-License-Identifier: BSD-3-Clause */
/* The layout of a trie section (doc/trie.md section 3): what builder and reader must agree on.
 *
 *   header | code lengths | value table | zeros to a multiple of 64 | slots | 8 zero octets
 *
 * Octet fields are little-endian. A slot is one stream of bits, the most significant bit of each
 * octet first:
 *
 *   names less one | width of lcp | width of rest | covers | bits of the first name     (HEAD)
 *   covers x (bits of the ancestor | value)
 *   (names - 1) x (lcp | rest)        bits shared with the name before, bits of its own
 *   names x value
 *   the first name, then the rest of each other name
 *   zeros
 *
 * Private to the trie.
 *
 * Constants and pure functions. */
#ifndef HRD_LIB_TRIE_FORMAT_H
#define HRD_LIB_TRIE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/code.h"

enum {
	/* Header, octet offsets. */
	HRD_TRIE_NAMES = 0,  /* u32: names */
	HRD_TRIE_SLOTS = 4,  /* u32: slots */
	HRD_TRIE_VALUES = 8, /* u32: entries of the value table; 0: values stand in the slots */
	HRD_TRIE_VALUE_BITS = 12,  /* u8: width of a value in a slot, 0..32 */
	HRD_TRIE_SLOT_SHIFT = 13,  /* u8: a slot has 1 << this octets */
	HRD_TRIE_ZERO = 14,        /* u16: zero */
	HRD_TRIE_HEAD_OCTETS = 16, /* all that an empty trie has */

	HRD_TRIE_ALIGN = 64, /* of the first slot: a cache line */
	HRD_TRIE_TAIL = 8, /* zeros at the end: words are loaded across the end of the last slot */
	HRD_TRIE_VALUES_MAX = 1024, /* of the table; with more distinct values it does not pay */

	/* A slot of the largest size holds any one name with all its covers. */
	HRD_SLOT_SHIFT_MIN = 8,
	HRD_SLOT_SHIFT_MAX = 11,

	/* Slot head, widths in bits. */
	HRD_SLOT_COUNT_BITS = 8,
	HRD_SLOT_WIDTH_BITS = 4,
	HRD_ENTRY_BITS_MAX = 2 * ((1 << HRD_SLOT_WIDTH_BITS) - 1), /* lcp and rest */
	HRD_ENTRY_SUM_BITS =
	    4, /* of lcp: then all rests of a word have a sum of an entry's width */
	HRD_SLOT_COVER_BITS = 7,
	HRD_SLOT_LEN_BITS = 13, /* a length in bits: up to HRD_CODED_BITS_MAX */
	HRD_SLOT_HEAD_BITS =
	    HRD_SLOT_COUNT_BITS + 2 * HRD_SLOT_WIDTH_BITS + HRD_SLOT_COVER_BITS + HRD_SLOT_LEN_BITS,
	HRD_SLOT_NAMES_MAX = 1 << HRD_SLOT_COUNT_BITS,
	HRD_COVERS_MAX = HRD_LABELS_MAX, /* the root and all labels but the first */

	HRD_PEEK_MAX = 57, /* bits that hrd_peek() surely has */
};

_Static_assert(HRD_CODED_BITS_MAX < 1 << HRD_SLOT_LEN_BITS, "a length fits its field");
_Static_assert(HRD_COVERS_MAX < 1 << HRD_SLOT_COVER_BITS, "a count of covers fits its field");
_Static_assert(HRD_SLOT_HEAD_BITS <= HRD_PEEK_MAX, "the head is one load");
_Static_assert(
    HRD_SLOT_HEAD_BITS + HRD_COVERS_MAX * (HRD_SLOT_LEN_BITS + 32) + 32 + HRD_CODED_BITS_MAX <=
	8 << HRD_SLOT_SHIFT_MAX,
    "the largest slot holds any one name");

/* Bits needed to write v. */
static inline unsigned
hrd_bit_width(uint32_t v)
{
	unsigned width = 0;

	for (; v != 0; v >>= 1)
		width++;
	return width;
}

/* Zero bits above the highest one; v is not 0. */
static inline unsigned
hrd_leading_zeros(uint64_t v)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_clzll(v);
#else
	unsigned n = 0;

	for (; v >> 63 == 0; v <<= 1)
		n++;
	return n;
#endif
}

/* Asks for a cache line that will be read soon. */
static inline void
hrd_prefetch(const uint8_t *p)
{
#if defined(__GNUC__)
	__builtin_prefetch(p);
#else
	(void)p;
#endif
}

/* The bits from position pos on, at the top of a word: at least HRD_PEEK_MAX are there, others are
 * zero. Reads the 8 octets from pos / 8 on. */
static inline uint64_t
hrd_peek(const uint8_t *bits, size_t pos)
{
	return hrd_be64(bits + pos / 8) << pos % 8;
}

/* `width` bits at pos, 0..HRD_PEEK_MAX. */
static inline uint64_t
hrd_bits(const uint8_t *bits, size_t pos, unsigned width)
{
	return hrd_peek(bits, pos) >> 1 >> (63 - width);
}

static inline bool
hrd_bit_at(const uint8_t *bits, size_t pos)
{
	return (bits[pos / 8] >> (7 - pos % 8) & 1) != 0;
}

/* Bits that a from pos_a on and b from pos_b on have in common, at most len. */
static inline unsigned
hrd_common_bits(const uint8_t *a, size_t pos_a, const uint8_t *b, size_t pos_b, unsigned len)
{
	for (unsigned n = 0; n < len; n += 56) {
		uint64_t other = (hrd_peek(a, pos_a + n) ^ hrd_peek(b, pos_b + n)) >> 8;

		if (other != 0) {
			n += hrd_leading_zeros(other) - 8;
			return n < len ? n : len;
		}
	}
	return len;
}

/* Writes len bits of `from`, from position pos_from on, to `to` at pos. The bits of `to` from pos
 * on may be anything; those behind the written ones become zero up to a word. */
static inline void
hrd_copy_bits(uint8_t *to, size_t pos, const uint8_t *from, size_t pos_from, unsigned len)
{
	for (unsigned n = 0; n < len; n += 48) {
		unsigned some = len - n < 48 ? len - n : 48;
		size_t at = pos + n;
		uint64_t kept = to[at / 8] & ~(0xffu >> at % 8);

		hrd_put_be64(to + at / 8,
		    kept << 56 | hrd_bits(from, pos_from + n, some) << (64 - some) >> at % 8);
	}
}

/* Where the parts of a slot begin, in bits, and what its head says. */
struct hrd_slot {
	const uint8_t *bits;
	unsigned names, covers, first_len;
	unsigned lcp_bits, rest_bits;
	unsigned cover_at, entry_at, value_at, name_at;
};

static inline void
hrd_slot_read(struct hrd_slot *slot, const uint8_t *bits, unsigned value_bits)
{
	uint64_t head = hrd_peek(bits, 0);

	slot->bits = bits;
	slot->names = (unsigned)(head >> 56) + 1;
	slot->lcp_bits = (unsigned)(head >> 52) & 15;
	slot->rest_bits = (unsigned)(head >> 48) & 15;
	slot->covers = (unsigned)(head >> 41) & 127;
	slot->first_len = (unsigned)(head >> 28) & 8191;
	slot->cover_at = HRD_SLOT_HEAD_BITS;
	slot->entry_at = slot->cover_at + slot->covers * (HRD_SLOT_LEN_BITS + value_bits);
	slot->value_at = slot->entry_at + (slot->names - 1) * (slot->lcp_bits + slot->rest_bits);
	slot->name_at = slot->value_at + slot->names * value_bits;
}

#endif
