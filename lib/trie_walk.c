/* SPDX-License-Identifier: BSD-3-Clause */
/* Goes through all names of a trie.  Every step checks what it reads: that is how a section is
 * validated at open, and why it costs a walk nothing to be safe. */
#include <config.h>

#include "lib/trie_walk.h"

#include <string.h>

#include "lib/bytes.h"

static bool
bit_at(const uint8_t *bits, size_t pos)
{
	return (bits[pos / 8] >> (7 - pos % 8) & 1) != 0;
}

/* --- decoding --- */

/* Where decoding stands in a name. */
struct reading {
	unsigned symbols, labels;
	unsigned label_start; /* symbols before the present label */
	unsigned context;
};

/* Goes back to the last symbol that lies in the first lcp bits as a whole. */
static void
keep_symbols(const struct hrd_trie_walk *walk, unsigned lcp, struct reading *r)
{
	unsigned n = walk->symbols, labels = walk->name.labels;

	while (n > 0 && walk->symbol_end[n - 1] > lcp)
		n--;
	while (labels > 0 && walk->label_end[labels] >= n)
		labels--;
	r->symbols = n;
	r->labels = labels;
	r->label_start = labels > 0 ? walk->label_end[labels] + 1u : 0;
	r->context = HRD_CODE_LABEL_END;
	if (n > r->label_start)
		r->context = walk->trie->tables->code.symbol[walk->octet[n - 1]];
}

/* Ends the present label; false when it is empty or too long. */
static bool
end_label(struct hrd_trie_walk *walk, struct reading *r, unsigned bits)
{
	unsigned len = r->symbols - r->label_start;

	if (len == 0 || len > HRD_LABEL_MAX)
		return false;
	r->labels++;
	walk->label_end[r->labels] = (uint8_t)r->symbols;
	walk->name.ends[r->labels] = (uint16_t)bits;
	r->label_start = r->symbols + 1;
	return true;
}

/* False unless the octet is one of the range and could not be written otherwise. */
static bool
is_range_octet(unsigned symbol, uint8_t octet)
{
	uint8_t first, last;

	hrd_code_range(symbol, &first, &last);
	return octet >= first && octet <= last && !(octet >= 'A' && octet <= 'Z');
}

static const char *
decode_symbol(struct hrd_trie_walk *walk, struct reading *r, unsigned *pos)
{
	uint64_t window = hrd_peek(walk->name.bits, *pos);
	unsigned symbol,
	    len = hrd_code_read(&walk->trie->tables->code, r->context, window, &symbol);
	uint8_t octet = 0, last;

	if (r->symbols == HRD_CODED_SYMBOLS_MAX)
		return "a name is too long";
	if (symbol == HRD_CODE_LABEL_END) {
		if (!end_label(walk, r, *pos))
			return "a label is empty or too long";
	} else if (hrd_code_is_range(symbol)) {
		octet = (uint8_t)(window << len >> (64 - HRD_CODE_RAW_BITS));
		len += HRD_CODE_RAW_BITS;
		if (!is_range_octet(symbol, octet))
			return "an octet is outside its range";
	} else {
		hrd_code_range(symbol, &octet, &last);
	}
	*pos += len;
	walk->octet[r->symbols] = octet;
	walk->symbol_end[r->symbols++] = (uint16_t)*pos;
	r->context = symbol;
	return NULL;
}

/* Decodes walk->name from the first symbol that the name before does not share. */
static const char *
decode(struct hrd_trie_walk *walk)
{
	struct hrd_coded *name = &walk->name;
	struct reading r;
	unsigned pos;

	keep_symbols(walk, walk->lcp, &r);
	pos = r.symbols > 0 ? walk->symbol_end[r.symbols - 1] : 0;
	while (pos < name->len) {
		const char *why = decode_symbol(walk, &r, &pos);

		if (why != NULL)
			return why;
	}
	if (pos != name->len)
		return "a name ends within a symbol";
	if (pos > 0 && !end_label(walk, &r, pos))
		return "a label is empty or too long";
	name->labels = (uint16_t)r.labels;
	walk->symbols = r.symbols;
	return NULL;
}

/* --- stepping --- */

/* Puts the next name together: lcp bits of the one before and rest bits of the slot. */
static const char *
take_name(struct hrd_trie_walk *walk, const uint8_t *slot, unsigned lcp, unsigned rest)
{
	struct hrd_coded *name = &walk->name;

	if (lcp > name->len || lcp + rest > HRD_CODED_BITS_MAX ||
	    walk->next_bit + rest > (size_t)8 << walk->trie->slot_shift)
		return "a name is too long";
	if (rest == 0
		? walk->slot > 1 || walk->entry > 0
		: lcp < name->len && (bit_at(name->bits, lcp) || !bit_at(slot, walk->next_bit)))
		return "names are not in order";
	hrd_copy_bits(name->bits, lcp, slot, walk->next_bit, rest);
	name->len = (uint16_t)(lcp + rest);
	walk->next_bit += rest;
	walk->lcp = lcp;
	return decode(walk);
}

/* The first name of a slot is there as a whole: what it shares with the one before is skipped. */
static const char *
take_first(struct hrd_trie_walk *walk, const struct hrd_slot *slot)
{
	unsigned lcp;

	if (slot->name_at + slot->first_len > (size_t)8 << walk->trie->slot_shift)
		return "a slot is too full";
	lcp = hrd_common_bits(walk->name.bits, 0, slot->bits, slot->name_at,
	    slot->first_len < walk->name.len ? slot->first_len : walk->name.len);
	walk->next_bit = slot->name_at + lcp;
	return take_name(walk, slot->bits, lcp, slot->first_len - lcp);
}

const char *
hrd_trie_walk_step(struct hrd_trie_walk *walk, uint32_t *stored)
{
	const struct hrd_trie *trie = walk->trie;
	struct hrd_slot slot;
	const char *why;

	if (walk->entry == walk->entries) {
		walk->slot++;
		walk->entry = 0;
	}
	hrd_slot_read(&slot, hrd_trie_slot(trie, walk->slot - 1), trie->value_bits);
	walk->entries = slot.names;
	if (walk->entry == 0) {
		why = take_first(walk, &slot);
	} else {
		size_t at = slot.entry_at + (walk->entry - 1) * (slot.lcp_bits + slot.rest_bits);

		why = take_name(walk, slot.bits, (unsigned)hrd_bits(slot.bits, at, slot.lcp_bits),
		    (unsigned)hrd_bits(slot.bits, at + slot.lcp_bits, slot.rest_bits));
	}
	if (why != NULL)
		return why;
	*stored = (uint32_t)hrd_bits(
	    slot.bits, slot.value_at + walk->entry * trie->value_bits, trie->value_bits);
	walk->entry++;
	return NULL;
}

/* --- the walk --- */

void
hrd_trie_walk_init(struct hrd_trie_walk *walk, const struct hrd_trie *trie)
{
	memset(walk, 0, sizeof(*walk));
	walk->trie = trie;
}

static void
write_name(const struct hrd_trie_walk *walk, struct hrd_name *name)
{
	unsigned n = 0;

	for (unsigned label = walk->name.labels; label > 0; label--) {
		unsigned start = label > 1 ? walk->label_end[label - 1] + 1u : 0;
		unsigned len = walk->label_end[label] - start;

		name->wire[n++] = (uint8_t)len;
		memcpy(name->wire + n, walk->octet + start, len);
		n += len;
	}
	name->wire[n++] = 0;
	name->len = (uint8_t)n;
}

bool
hrd_trie_walk_next(struct hrd_trie_walk *walk, struct hrd_name *name, uint32_t *value)
{
	const struct hrd_trie *trie = walk->trie;
	uint32_t stored;

	if (hrd_trie_walk_is_done(walk) || hrd_trie_walk_step(walk, &stored) != NULL)
		return false;
	write_name(walk, name);
	*value = trie->value_count > 0 ? hrd_le32(trie->values + (size_t)stored * 4) : stored;
	return true;
}
