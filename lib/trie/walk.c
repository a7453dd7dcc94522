/* SPDX-License-Identifier: BSD-3-Clause */
/* Goes through all names of a trie. Every step checks what it reads: that is how names are checked
 * (hrd_trie_check_names()), and why a walk is safe where they were not. */
#include <config.h>

#include "lib/trie/walk.h"

#include <string.h>

#include "lib/base/bytes.h"

/* Where decoding stands in a name. */
struct reading {
	uint64_t window; /* the bits from pos on */
	unsigned pos;
	unsigned symbols, labels;
	unsigned label_start; /* symbols before the present label */
	unsigned row;         /* the symbol before, << 8: a row of the decoding table */
};

/* Goes back to the last symbol that lies in the first lcp bits as a whole, and from there on sees
 * the bits that the names share and then those of the slot. False when the names are not in order:
 * at the first difference the one before must have 0 and the next one 1, unless the one before ends
 * there. */
static inline bool
start_reading(const struct hrd_trie_walk *walk, unsigned lcp, struct reading *r)
{
	uint64_t last, rest = hrd_peek(walk->slot, walk->next_name);
	unsigned labels = walk->name.labels, shared;

	r->symbols = walk->symbols_at[lcp];
	r->pos = walk->ends[r->symbols] & 0xffff;
	r->row = walk->ends[r->symbols] >> 16;
	while (labels > 0 && walk->label_end[labels] >= r->symbols)
		labels--;
	r->labels = labels;
	r->label_start = labels > 0 ? walk->label_end[labels] + 1u : 0;
	shared = lcp - r->pos;
	last = hrd_peek(walk->name.bits, r->pos);
	r->window = (last & ~(~(uint64_t)0 >> shared)) | rest >> shared;
	return lcp == walk->name.len || (~last << shared & rest) >> 63 != 0;
}

/* Ends the present label; false when it is empty or too long. */
static inline bool
end_label(struct hrd_trie_walk *walk, struct reading *r)
{
	unsigned len = r->symbols - r->label_start;

	if (len == 0 || len > HRD_LABEL_MAX)
		return false;
	r->labels++;
	walk->label_end[r->labels] = (uint8_t)r->symbols;
	walk->name.ends[r->labels] = (uint16_t)r->pos;
	r->label_start = r->symbols + 1;
	return true;
}

/* Reads plain symbols of short codes, which nearly all are, up to another one or as far as the
 * window goes. They may be more than a name has. */
static inline void
read_plain(struct hrd_trie_walk *walk, struct reading *r)
{
	const uint16_t *table = walk->trie->tables->code.decode;
	unsigned end = r->pos + HRD_PEEK_MAX - HRD_CODE_PEEK_BITS + 1;
	unsigned pos = r->pos, symbols = r->symbols, row = r->row;
	uint64_t window = r->window;

	if (end > walk->name.len)
		end = walk->name.len;
	while (pos < end) {
		unsigned entry = table[row | window >> (64 - HRD_CODE_PEEK_BITS)];

		if ((entry & HRD_CODE_SPECIAL) != 0)
			break;
		memset(walk->symbols_at + pos, (int)symbols, HRD_CODE_PEEK_BITS);
		row = entry & HRD_CODE_SYMBOL;
		window <<= entry & HRD_CODE_LENGTH;
		pos += entry & HRD_CODE_LENGTH;
		walk->ends[++symbols] = row << 16 | pos;
	}
	r->pos = pos;
	r->symbols = symbols;
	r->row = row;
}

/* Reads any one symbol. */
static const char *
read_special(struct hrd_trie_walk *walk, struct reading *r)
{
	unsigned symbol, len;

	r->window = hrd_peek(walk->name.bits, r->pos);
	len = hrd_code_read(&walk->trie->tables->code, r->row >> 8, r->window, &symbol);
	if (symbol == HRD_CODE_LABEL_END && !end_label(walk, r))
		return "a label is empty or too long";
	if (hrd_code_is_range(symbol)) {
		if (!hrd_code_in_range(
			symbol, (uint8_t)(r->window << len >> (64 - HRD_CODE_RAW_BITS))))
			return "an octet is outside its range";
		len += HRD_CODE_RAW_BITS;
	}
	if (r->pos + len > walk->name.len)
		return "a name ends within a symbol";
	memset(walk->symbols_at + r->pos, (int)r->symbols++, len);
	r->pos += len;
	r->row = symbol << 8;
	walk->ends[r->symbols] = r->row << 16 | r->pos;
	r->window = hrd_peek(walk->name.bits, r->pos);
	return NULL;
}

/* Decodes walk->name from the first symbol that the name before does not share. */
static inline const char *
decode(struct hrd_trie_walk *walk, struct reading *r)
{
	struct hrd_coded *name = &walk->name;

	for (;;) {
		const char *why;

		read_plain(walk, r);
		if (r->symbols + (r->pos < name->len) > HRD_CODED_SYMBOLS_MAX)
			return "a name is too long";
		if (r->pos >= name->len)
			break;
		why = read_special(walk, r);
		if (why != NULL)
			return why;
	}
	if (r->pos != name->len)
		return "a name ends within a symbol";
	if (r->pos > 0 && !end_label(walk, r))
		return "a label is empty or too long";
	name->labels = (uint16_t)r->labels;
	walk->symbols = r->symbols;
	walk->symbols_at[r->pos] = (uint8_t)r->symbols;
	return NULL;
}

/* Puts the next name together: lcp bits of the one before and rest bits of the slot. */
static inline const char *
take_name(struct hrd_trie_walk *walk, unsigned lcp, unsigned rest)
{
	struct hrd_coded *name = &walk->name;
	struct reading reading;

	if (lcp > name->len || lcp + rest > HRD_CODED_BITS_MAX ||
	    walk->next_name + rest > (size_t)8 << walk->trie->slot_shift)
		return "a name is too long";
	if (!start_reading(walk, lcp, &reading))
		return "names are not in order";
	hrd_copy_bits(name->bits, lcp, walk->slot, walk->next_name, rest);
	name->len = (uint16_t)(lcp + rest);
	walk->next_name += rest;
	return decode(walk, &reading);
}

/* Begins the next slot. Its first name is there as a whole: what it shares with the one before,
 * lcp bits, is skipped. That name may be the root only at the very start. */
static const char *
begin_slot(struct hrd_trie_walk *walk, unsigned *lcp, unsigned *rest)
{
	struct hrd_slot slot;

	hrd_slot_read(&slot, hrd_trie_slot(walk->trie, walk->slots), walk->trie->value_bits);
	if (slot.name_at + slot.first_len > (size_t)8 << walk->trie->slot_shift)
		return "a slot is too full";
	*lcp = hrd_common_bits(walk->name.bits, 0, slot.bits, slot.name_at,
	    slot.first_len < walk->name.len ? slot.first_len : walk->name.len);
	*rest = slot.first_len - *lcp;
	if (*rest == 0 && walk->slots > 0)
		return "names are not in order";
	walk->slots++;
	walk->slot = slot.bits;
	walk->names_left = slot.names;
	walk->lcp_bits = slot.lcp_bits;
	walk->rest_bits = slot.rest_bits;
	walk->next_entry = slot.entry_at;
	walk->next_value = slot.value_at;
	walk->next_name = slot.name_at + *lcp;
	return NULL;
}

static inline const char *
next_in_slot(struct hrd_trie_walk *walk, unsigned *lcp, unsigned *rest)
{
	unsigned width = walk->lcp_bits + walk->rest_bits;
	unsigned both = (unsigned)hrd_bits(walk->slot, walk->next_entry, width);

	*lcp = both >> walk->rest_bits;
	*rest = both & ((1u << walk->rest_bits) - 1);
	walk->next_entry += width;
	return *rest > 0 ? NULL : "names are not in order";
}

const char *
hrd_trie_walk_step(struct hrd_trie_walk *walk, uint32_t *stored)
{
	unsigned value_bits = walk->trie->value_bits, lcp, rest;
	const char *why =
	    walk->names_left == 0 ? begin_slot(walk, &lcp, &rest) : next_in_slot(walk, &lcp, &rest);

	if (why == NULL)
		why = take_name(walk, lcp, rest);
	if (why != NULL)
		return why;
	*stored = (uint32_t)hrd_bits(walk->slot, walk->next_value, value_bits);
	walk->next_value += value_bits;
	walk->names_left--;
	return NULL;
}

void
hrd_trie_walk_init(struct hrd_trie_walk *walk, const struct hrd_trie *trie)
{
	memset(walk, 0, sizeof(*walk));
	walk->trie = trie;
}

bool
hrd_trie_walk_seek(
    struct hrd_trie_walk *walk, const struct hrd_trie *trie, const uint8_t *wire, size_t len)
{
	struct hrd_coded name;
	struct hrd_slot slot;
	unsigned common;

	hrd_trie_walk_init(walk, trie);
	if (trie->slot_count == 0 ||
	    !hrd_code_name(&trie->tables->code, wire, len, HRD_CODED_BITS_MAX, &name))
		return false;
	walk->slots = hrd_trie_enter(trie, &name, &slot, &common);
	walk->slots -= walk->slots > 0;
	return true;
}

static uint8_t
octet_of(const struct hrd_trie_walk *walk, unsigned symbols)
{
	unsigned symbol = walk->ends[symbols] >> 24, end = walk->ends[symbols] & 0xffff;

	return hrd_code_is_range(symbol)
		   ? (uint8_t)hrd_bits(walk->name.bits, end - HRD_CODE_RAW_BITS, HRD_CODE_RAW_BITS)
		   : hrd_code_octet[symbol];
}

static void
write_name(const struct hrd_trie_walk *walk, struct hrd_name *name)
{
	unsigned n = 0;

	for (unsigned label = walk->name.labels; label > 0; label--) {
		unsigned start = label > 1 ? walk->label_end[label - 1] + 1u : 0;
		unsigned end = walk->label_end[label];

		name->wire[n++] = (uint8_t)(end - start);
		for (unsigned i = start; i < end; i++)
			name->wire[n++] = octet_of(walk, i + 1);
	}
	name->wire[n++] = 0;
	name->len = (uint8_t)n;
}

bool
hrd_trie_walk_next(struct hrd_trie_walk *walk, struct hrd_name *name, uint32_t *value)
{
	const struct hrd_trie *trie = walk->trie;
	uint32_t stored;

	if (hrd_trie_walk_is_done(walk))
		return false;
	if (hrd_trie_walk_step(walk, &stored) != NULL) {
		walk->names_left = 0;
		walk->slots = trie->slot_count;
		return false;
	}
	write_name(walk, name);
	*value = trie->value_count > 0 ? hrd_le32(trie->values + (size_t)stored * 4) : stored;
	return true;
}
