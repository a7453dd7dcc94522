/* SPDX-License-Identifier: BSD-3-Clause */
/* The character code of the trie: turns a name into bits that sort like the name.
 *
 * A name is coded from the root down, its labels parted by a symbol of their own that sorts before
 * all others. Each symbol has a prefix code that depends on the symbol before it; within one such
 * context the codes ascend with the symbols (an alphabetic code). So bit strings compare like
 * names in canonical order (RFC 4034 6.1), the shorter first where one is a prefix of the other,
 * and the bits of an ancestor are a prefix of the bits of all names below it. doc/trie.md
 * section 2.
 *
 * Private to the trie. All functions are pure; tables are read-only once loaded. */
#ifndef HRD_LIB_TRIE_CODE_H
#define HRD_LIB_TRIE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"

enum {
	HRD_CODE_SYMBOLS = 44,  /* label end, '-', '_', digits, letters, five ranges of the rest */
	HRD_CODE_BITS_MAX = 15, /* of one symbol */
	HRD_CODE_RAW_BITS = 8,  /* behind the symbol of a range: the octet itself */
	HRD_CODE_LABEL_END = 0, /* the symbol between two labels, and the context at the start */

	/* The lengths of all codes as stored: half an octet each, a row a context. */
	HRD_CODE_OCTETS = HRD_CODE_SYMBOLS * HRD_CODE_SYMBOLS / 2,

	/* Symbols of a name: its octets less the root label and one length octet. */
	HRD_CODED_SYMBOLS_MAX = HRD_NAME_MAX - 2,
	HRD_CODED_BITS_MAX = HRD_CODED_SYMBOLS_MAX * (HRD_CODE_BITS_MAX + HRD_CODE_RAW_BITS),
	HRD_CODED_OCTETS = (HRD_CODED_BITS_MAX + 7) / 8 + 16, /* room to load and store words */

	/* Room for symbols or bits that are read before their number is looked at. */
	HRD_CODED_SYMBOLS_SPARE = 64,

	HRD_CODE_PEEK_BITS = 8, /* index of a row of the decoding table */

	/* Entries of the decoding table: SPECIAL | symbol << 8 | length. The symbol stands where
	 * it gives the row of the next entry. */
	HRD_CODE_SPECIAL = 0x8000,
	HRD_CODE_SYMBOL = 0x3f00,
	HRD_CODE_LENGTH = 0xff,
};

_Static_assert(HRD_CODE_SYMBOL >> HRD_CODE_PEEK_BITS == 63, "an entry gives the next row");

/* Tables for both directions, about 35 KiB. */
struct hrd_code {
	uint8_t symbol[256]; /* of an octet; capital letters have those of small ones */
	uint32_t encode[HRD_CODE_SYMBOLS][HRD_CODE_SYMBOLS]; /* code length << 16 | code */
	/* By context and the next HRD_CODE_PEEK_BITS: the symbol and the length of its code; for
	 * longer codes only the first symbol that it can be, and 0. HRD_CODE_SPECIAL is set in all
	 * but plain octets whose code is that short. */
	uint16_t decode[HRD_CODE_SYMBOLS << HRD_CODE_PEEK_BITS];
};

/* A name as bits, most significant bit of each octet first; zeros follow the last bit up to a word.
 */
struct hrd_coded {
	uint16_t len;                      /* bits */
	uint16_t labels;                   /* root label not counted */
	uint16_t ends[HRD_LABELS_MAX + 1]; /* bits of the ancestor with so many labels */
	uint8_t bits[HRD_CODED_OCTETS];
};

/* First octet that each symbol stands for, ascending; but for the ranges it is the only one. */
extern const uint8_t hrd_code_octet[HRD_CODE_SYMBOLS];

/* True when the octet belongs to the symbol; a capital letter belongs to that of the small one. */
bool hrd_code_in_range(unsigned symbol, uint8_t octet);

/* True when the symbol is one of the five ranges: the octet itself follows its code. */
static inline bool
hrd_code_is_range(unsigned symbol)
{
	return (1ull << 1 | 1ull << 3 | 1ull << 14 | 1ull << 16 | 1ull << 43) >> symbol & 1;
}

/* The best code for the pairs of symbols counted: weights[context][symbol]. Integer arithmetic
 * with fixed ties. False when out of memory. */
HRD_MUST_USE bool hrd_code_make(
    const uint32_t weights[HRD_CODE_SYMBOLS][HRD_CODE_SYMBOLS], uint8_t lengths[HRD_CODE_OCTETS]);

/* Makes the tables from stored lengths; false when they give no complete alphabetic code. */
HRD_MUST_USE bool hrd_code_load(struct hrd_code *code, const uint8_t lengths[HRD_CODE_OCTETS]);

/* Codes a wire name of any letter case; false unless it is a valid one, ended by the root label
 * within len octets. Of a name with more than `most` bits its ancestor with the fewest labels that
 * has more is enough, to compare it with names that have no more. */
HRD_MUST_USE bool hrd_code_name(const struct hrd_code *code, const uint8_t *wire, size_t len,
    unsigned most, struct hrd_coded *out);

/* The symbols of a valid wire name from the root down; gives their number. For counting, before
 * there is a code: hrd_code_load_symbols() is enough. */
void hrd_code_load_symbols(struct hrd_code *code);
unsigned hrd_code_symbols(const struct hrd_code *code, const struct hrd_name *name,
    uint8_t symbols[HRD_CODED_SYMBOLS_MAX]);

/* Reads one code at the top of `window`; gives its length, without the raw octet. */
static inline unsigned
hrd_code_read(const struct hrd_code *code, unsigned context, uint64_t window, unsigned *symbol)
{
	unsigned entry =
	    code->decode[context << HRD_CODE_PEEK_BITS | window >> (64 - HRD_CODE_PEEK_BITS)];
	unsigned next = (unsigned)(window >> (64 - HRD_CODE_BITS_MAX));
	uint32_t last;

	*symbol = (entry & HRD_CODE_SYMBOL) >> 8;
	if ((entry & HRD_CODE_LENGTH) != 0)
		return entry & HRD_CODE_LENGTH;
	for (;; ++*symbol) {
		last = code->encode[context][*symbol];
		if (next >> (HRD_CODE_BITS_MAX - (last >> 16)) <= (last & 0xffff))
			return last >> 16;
	}
}

#endif
