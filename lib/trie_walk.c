/* SPDX-License-Identifier: BSD-3-Clause */
/* Goes through all names of a trie.  Every step checks what it reads: that is how a section is
 * validated at open, and why it costs a walk nothing to be safe. */
#include <config.h>

#include "lib/trie_walk.h"

#include <string.h>

#include "lib/bytes.h"

/* --- decoding --- */

/* Where decoding stands in a name. */
struct reading {
	uint64_t window; /* the bits from pos on */
	unsigned pos;
	unsigned symbols, labels;
	unsigned label_start; /* symbols before the present label */
	unsigned context;
};

/* Goes back to the last symbol that lies in the first lcp bits as a whole, and from there on sees
 * the bits that the names share and then those of the slot.  False when the names are not in order:
 * at the first difference the one before must have 0 and the next one 1, unless the one before ends
 * there. */
static bool
start_reading(const struct hrd_trie_walk *walk, unsigned lcp, struct reading *r)
{
	uint64_t last, rest = hrd_peek(walk->slot, walk->next_name);
	unsigned n = lcp < walk->name.len ? walk->symbol_at[lcp] : walk->symbols;
	unsigned labels = walk->name.labels, shared;

	while (labels > 0 && walk->label_end[labels] >= n)
		labels--;
	r->symbols = n;
	r->labels = labels;
	r->label_start = labels > 0 ? walk->label_end[labels] + 1u : 0;
	r->context = HRD_CODE_LABEL_END;
	if (n > r->label_start)
		r->context = walk->trie->tables->code.symbol[walk->octet[n - 1]];
	r->pos = n > 0 ? walk->symbol_end[n - 1] : 0;
	shared = lcp - r->pos;
	last = hrd_peek(walk->name.bits, r->pos);
	r->window = (last & ~(~(uint64_t)0 >> shared)) | rest >> shared;
	return lcp == walk->name.len || (~last << shared & rest) >> 63 != 0;
}

/* Ends the present label; false when it is empty or too long. */
static bool
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

/* Notes a symbol; of its bits only the first HRD_CODE_PEEK_BITS. */
static inline void
note_symbol(struct hrd_trie_walk *walk, unsigned symbols, unsigned pos, unsigned len, uint8_t octet)
{
	walk->octet[symbols] = octet;
	walk->symbol_end[symbols] = (uint16_t)(pos + len);
	memset(walk->symbol_at + pos, (int)symbols, HRD_CODE_PEEK_BITS);
}

/* Reads plain symbols of short codes, which nearly all are, up to another one or as far as the
 * window goes. */
static void
read_plain(struct hrd_trie_walk *walk, struct reading *r)
{
	const uint16_t(*table)[1u << HRD_CODE_PEEK_BITS] = walk->trie->tables->code.decode;
	unsigned end = r->pos + HRD_PEEK_MAX - HRD_CODE_PEEK_BITS + 1;
	unsigned pos = r->pos, symbols = r->symbols, context = r->context;
	uint64_t window = r->window;

	if (end > walk->name.len)
		end = walk->name.len;
	while (pos < end && symbols < HRD_CODED_SYMBOLS_MAX) {
		unsigned entry = table[context][window >> (64 - HRD_CODE_PEEK_BITS)];
		unsigned len = entry & 63;

		if ((entry & HRD_CODE_SPECIAL) != 0)
			break;
		context = entry >> 6;
		note_symbol(walk, symbols++, pos, len, hrd_code_octet[context]);
		window <<= len;
		pos += len;
	}
	r->pos = pos;
	r->symbols = symbols;
	r->context = context;
}

/* Reads any one symbol. */
static const char *
read_special(struct hrd_trie_walk *walk, struct reading *r)
{
	unsigned symbol, len;
	uint8_t octet;

	if (r->symbols == HRD_CODED_SYMBOLS_MAX)
		return "a name is too long";
	len = hrd_code_read(&walk->trie->tables->code, r->context, r->window, &symbol);
	octet = hrd_code_octet[symbol];
	if (symbol == HRD_CODE_LABEL_END && !end_label(walk, r))
		return "a label is empty or too long";
	if (hrd_code_is_range(symbol)) {
		octet = (uint8_t)(r->window << len >> (64 - HRD_CODE_RAW_BITS));
		len += HRD_CODE_RAW_BITS;
		if (!hrd_code_in_range(symbol, octet))
			return "an octet is outside its range";
	}
	if (r->pos + len > walk->name.len)
		return "a name ends within a symbol";
	note_symbol(walk, r->symbols, r->pos, len, octet);
	memset(walk->symbol_at + r->pos, (int)r->symbols++, len);
	r->pos += len;
	r->context = symbol;
	return NULL;
}

/* Decodes walk->name from the first symbol that the name before does not share. */
static const char *
decode(struct hrd_trie_walk *walk, struct reading *r)
{
	struct hrd_coded *name = &walk->name;

	for (read_plain(walk, r); r->pos < name->len; read_plain(walk, r)) {
		const char *why;

		r->window = hrd_peek(name->bits, r->pos);
		why = read_special(walk, r);
		if (why != NULL)
			return why;
		r->window = hrd_peek(name->bits, r->pos);
	}
	if (r->pos != name->len)
		return "a name ends within a symbol";
	if (r->pos > 0 && !end_label(walk, r))
		return "a label is empty or too long";
	name->labels = (uint16_t)r->labels;
	walk->symbols = r->symbols;
	return NULL;
}

/* --- stepping --- */

/* Puts the next name together: lcp bits of the one before and rest bits of the slot. */
static const char *
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
	walk->lcp = lcp;
	return decode(walk, &reading);
}

/* Begins the next slot.  Its first name is there as a whole: what it shares with the one before is
 * skipped.  That name may be the root only at the very start. */
static const char *
begin_slot(struct hrd_trie_walk *walk)
{
	struct hrd_slot slot;
	unsigned lcp;

	hrd_slot_read(&slot, hrd_trie_slot(walk->trie, walk->slots), walk->trie->value_bits);
	if (slot.name_at + slot.first_len > (size_t)8 << walk->trie->slot_shift)
		return "a slot is too full";
	lcp = hrd_common_bits(walk->name.bits, 0, slot.bits, slot.name_at,
	    slot.first_len < walk->name.len ? slot.first_len : walk->name.len);
	if (lcp == slot.first_len && walk->slots > 0)
		return "names are not in order";
	walk->slots++;
	walk->slot = slot.bits;
	walk->names_left = slot.names;
	walk->lcp_bits = slot.lcp_bits;
	walk->rest_bits = slot.rest_bits;
	walk->next_entry = slot.entry_at;
	walk->next_value = slot.value_at;
	walk->next_name = slot.name_at + lcp;
	return take_name(walk, lcp, slot.first_len - lcp);
}

static const char *
next_in_slot(struct hrd_trie_walk *walk)
{
	unsigned width = walk->lcp_bits + walk->rest_bits;
	unsigned both = (unsigned)hrd_bits(walk->slot, walk->next_entry, width);
	unsigned rest = both & ((1u << walk->rest_bits) - 1);

	walk->next_entry += width;
	return rest > 0 ? take_name(walk, both >> walk->rest_bits, rest) : "names are not in order";
}

const char *
hrd_trie_walk_step(struct hrd_trie_walk *walk, uint32_t *stored)
{
	unsigned value_bits = walk->trie->value_bits;
	const char *why = walk->names_left == 0 ? begin_slot(walk) : next_in_slot(walk);

	if (why != NULL)
		return why;
	*stored = (uint32_t)hrd_bits(walk->slot, walk->next_value, value_bits);
	walk->next_value += value_bits;
	walk->names_left--;
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
