/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens a trie section and finds names in it. */
#include <config.h>

#include "lib/trie/trie.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/code.h"
#include "lib/trie/format.h"
#include "lib/trie/walk.h"

enum { SLOTS_A_QUESTION = 256 };

static uint32_t
value_of(const struct hrd_trie *trie, uint32_t stored)
{
	return trie->value_count > 0 ? hrd_le32(trie->values + (size_t)stored * 4) : stored;
}

/* A name with a wildcard rule. */
struct wild {
	uint32_t len, value; /* bits; as stored */
};

/* What open has found out so far. */
struct opening {
	struct hrd_trie *trie;
	hrd_trie_value_fn *check;
	void *ctx;
	uint64_t names;
	uint32_t run_value, run_names;          /* values in the slots: those not yet told */
	uint32_t of_value[HRD_TRIE_VALUES_MAX]; /* names by index of their value */
	struct hrd_coded name;                  /* the last name: its bits, and how many */
	uint32_t last;                          /* its value, as stored */
	unsigned longest;                       /* bits of a name */
	/* Names with a wildcard rule whose bits the last name begins with, shortest first. */
	unsigned wild_count;
	struct wild wilds[HRD_CODED_BITS_MAX + 1];
};

static bool
are_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

static bool
are_zero_bits(const uint8_t *slot, size_t pos, size_t end)
{
	if (pos % 8 != 0 && hrd_bits(slot, pos, 8 - pos % 8) != 0)
		return false;
	pos = (pos + 7) / 8;
	return are_zero(slot + pos, end / 8 - pos);
}

/* Sets the parts of trie from the header, or says why not. */
static const char *
read_header(struct hrd_trie *trie, const uint8_t *sec, size_t len, size_t *offset)
{
	size_t front = HRD_TRIE_HEAD_OCTETS + HRD_CODE_OCTETS;
	uint64_t slots;

	*offset = 0;
	if (len < HRD_TRIE_HEAD_OCTETS || (len > HRD_TRIE_HEAD_OCTETS && len < front))
		return "the section is cut off";
	if (len == HRD_TRIE_HEAD_OCTETS)
		return are_zero(sec, len) ? NULL : "an empty section has a count";
	trie->count = hrd_le32(sec + HRD_TRIE_NAMES);
	trie->slot_count = hrd_le32(sec + HRD_TRIE_SLOTS);
	trie->value_count = hrd_le32(sec + HRD_TRIE_VALUES);
	trie->value_bits = sec[HRD_TRIE_VALUE_BITS];
	trie->slot_shift = sec[HRD_TRIE_SLOT_SHIFT];
	if (trie->slot_shift < HRD_SLOT_SHIFT_MIN || trie->slot_shift > HRD_SLOT_SHIFT_MAX ||
	    trie->slot_count == 0 || !are_zero(sec + HRD_TRIE_ZERO, 2))
		return "the header has a bad field";
	if (trie->value_count > HRD_TRIE_VALUES_MAX || trie->value_bits > 32 ||
	    (trie->value_count > 0 && trie->value_bits != hrd_bit_width(trie->value_count - 1)))
		return "the value table has a bad size";
	trie->values = sec + front;
	front += (size_t)trie->value_count * 4;
	slots = (front + HRD_TRIE_ALIGN - 1) / HRD_TRIE_ALIGN * HRD_TRIE_ALIGN;
	if (len > UINT32_MAX ||
	    len != slots + ((uint64_t)trie->slot_count << trie->slot_shift) + HRD_TRIE_TAIL)
		return "the section has another length than its header says";
	trie->slots = sec + slots;
	*offset = front;
	if (!are_zero(sec + front, slots - front))
		return "padding is not zero";
	*offset = len - HRD_TRIE_TAIL;
	return are_zero(sec + len - HRD_TRIE_TAIL, HRD_TRIE_TAIL) ? NULL : "padding is not zero";
}

static const char *
read_values(const struct hrd_trie *trie)
{
	for (uint32_t i = 1; i < trie->value_count; i++) {
		if (value_of(trie, i - 1) >= value_of(trie, i))
			return "the value table is not in order";
	}
	return NULL;
}

/* Counts a value; those in the slots are told by runs of equal ones. */
static const char *
count_value(struct opening *o, uint32_t stored)
{
	if (o->trie->value_count > 0) {
		if (stored >= o->trie->value_count)
			return "a value is not in the table";
		o->of_value[stored]++;
		return NULL;
	}
	if ((stored & HRD_TRIE_FLAGS) == 0)
		return "a name has no rule";
	if (stored != o->run_value && o->run_names > 0) {
		if (o->check != NULL && !o->check(o->ctx, o->run_value, o->run_names))
			return "a value is refused";
		o->run_names = 0;
	}
	o->run_value = stored;
	o->run_names++;
	return NULL;
}

static const char *
check_values(struct opening *o)
{
	for (uint32_t i = 0; i < o->trie->value_count; i++) {
		uint32_t value = value_of(o->trie, i);

		if (o->of_value[i] == 0)
			return "the value table has an unused entry";
		if ((value & HRD_TRIE_FLAGS) == 0)
			return "a name has no rule";
		if (o->check != NULL && !o->check(o->ctx, value, o->of_value[i]))
			return "a value is refused";
	}
	if (o->run_names > 0 && o->check != NULL && !o->check(o->ctx, o->run_value, o->run_names))
		return "a value is refused";
	return NULL;
}

/* Asks about a value that is known already: nothing is counted, but the check can be ended. */
static bool
goes_on(const struct opening *o)
{
	return o->check == NULL || o->check(o->ctx, value_of(o->trie, o->last), 0);
}

/* Adds a name of lcp bits of the one before and rest bits of the slot. Names are in order when at
 * the first difference the one before has 0 and the next one 1, or the one before ends there and a
 * 1 follows: a label end is zeros, what is behind it is not. */
static inline const char *
take_name(struct opening *o, const struct hrd_slot *slot, size_t pos, unsigned lcp, unsigned rest)
{
	struct hrd_coded *name = &o->name;

	if (lcp > name->len || lcp + rest > HRD_CODED_BITS_MAX ||
	    pos + rest > (size_t)8 << o->trie->slot_shift)
		return "a name is too long";
	if (lcp < name->len
		? rest == 0 || hrd_bit_at(name->bits, lcp) || !hrd_bit_at(slot->bits, pos)
		: hrd_bits(slot->bits, pos, rest < HRD_PEEK_MAX ? rest : HRD_PEEK_MAX) == 0)
		return "names are not in order";
	hrd_copy_bits(name->bits, lcp, slot->bits, pos, rest);
	name->len = (uint16_t)(lcp + rest);
	if (name->len > o->longest)
		o->longest = name->len;
	while (o->wild_count > 0 && o->wilds[o->wild_count - 1].len > lcp)
		o->wild_count--;
	return NULL;
}

static inline const char *
take_value(struct opening *o, const struct hrd_slot *slot, unsigned entry)
{
	unsigned value_bits = o->trie->value_bits;
	uint32_t stored =
	    (uint32_t)hrd_bits(slot->bits, slot->value_at + entry * value_bits, value_bits);
	const char *why = count_value(o, stored);

	if (why == NULL && (value_of(o->trie, stored) & HRD_TRIE_WILD) != 0)
		o->wilds[o->wild_count++] = (struct wild){ o->name.len, stored };
	o->last = stored;
	return why;
}

/* The covers of a slot must be the ancestors of its first name among those that it begins with:
 * only for these must it be known where its labels end. */
static const char *
check_covers(const struct opening *o, uint32_t number, const struct hrd_slot *slot)
{
	unsigned value_bits = o->trie->value_bits, covers = 0;
	size_t at = slot->cover_at;
	struct hrd_trie_walk walk;
	uint32_t stored;
	const char *why;

	if (o->wild_count == 0)
		return slot->covers == 0 ? NULL : "covers do not fit the names";
	hrd_trie_walk_init(&walk, o->trie);
	walk.slots = number;
	why = hrd_trie_walk_step(&walk, &stored);
	if (why != NULL)
		return why;
	for (unsigned i = 0, label = 0; i < o->wild_count; i++) {
		const struct wild *wild = &o->wilds[i];

		while (label < walk.name.labels && walk.name.ends[label] < wild->len)
			label++;
		if (label == walk.name.labels || walk.name.ends[label] != wild->len)
			continue;
		if (covers++ == slot->covers ||
		    hrd_bits(slot->bits, at, HRD_SLOT_LEN_BITS) != wild->len ||
		    hrd_bits(slot->bits, at + HRD_SLOT_LEN_BITS, value_bits) != wild->value)
			return "covers do not fit the names";
		at += HRD_SLOT_LEN_BITS + value_bits;
	}
	return covers == slot->covers ? NULL : "covers do not fit the names";
}

/* Takes the first name of a slot, which is there as a whole. It may be the root only at the very
 * start. */
static const char *
take_first(struct opening *o, uint32_t number, const struct hrd_slot *slot)
{
	const struct hrd_coded *name = &o->name;
	unsigned lcp;
	const char *why;

	if (slot->name_at + slot->first_len > (size_t)8 << o->trie->slot_shift)
		return "a slot is too full";
	lcp = hrd_common_bits(name->bits, 0, slot->bits, slot->name_at,
	    slot->first_len < name->len ? slot->first_len : name->len);
	if (number > 0 || slot->first_len > 0) {
		why = take_name(o, slot, slot->name_at + lcp, lcp, slot->first_len - lcp);
		if (why != NULL)
			return why;
	}
	why = check_covers(o, number, slot);
	return why != NULL ? why : take_value(o, slot, 0);
}

static const char *
check_slot(struct opening *o, uint32_t number)
{
	struct hrd_slot slot;
	const char *why;
	size_t at, pos;

	hrd_slot_read(&slot, hrd_trie_slot(o->trie, number), o->trie->value_bits);
	why = take_first(o, number, &slot);
	at = slot.entry_at;
	pos = slot.name_at + slot.first_len;
	for (unsigned i = 1; i < slot.names && why == NULL; i++) {
		unsigned width = slot.lcp_bits + slot.rest_bits;
		unsigned both = (unsigned)hrd_bits(slot.bits, at, width);
		unsigned rest = both & ((1u << slot.rest_bits) - 1);

		why = take_name(o, &slot, pos, both >> slot.rest_bits, rest);
		if (why == NULL)
			why = take_value(o, &slot, i);
		at += width;
		pos += rest;
	}
	if (why != NULL)
		return why;
	o->names += slot.names;
	return are_zero_bits(slot.bits, pos, (size_t)8 << o->trie->slot_shift)
		   ? NULL
		   : "padding is not zero";
}

static const char *
check_slots(struct opening *o, size_t *offset)
{
	const struct hrd_trie *trie = o->trie;

	for (uint32_t i = 0; i < trie->slot_count; i++) {
		const char *why = check_slot(o, i);

		if (why != NULL)
			return why;
		if (i % SLOTS_A_QUESTION == SLOTS_A_QUESTION - 1 && !goes_on(o))
			return "a value is refused";
		*offset += (size_t)1 << trie->slot_shift;
	}
	*offset = 0;
	return o->names == trie->count ? check_values(o) : "the header has another count of names";
}

static void
make_entry_words(struct hrd_trie_tables *tables)
{
	for (unsigned width = 1; width <= HRD_ENTRY_BITS_MAX; width++) {
		struct hrd_entry_word *of = &tables->entries[width];

		for (; of->bits + width < HRD_PEEK_MAX; of->bits += width) {
			of->ones |= 1ull << (63 - width) >> of->bits;
			of->sum |= 1ull << of->bits;
		}
	}
}

static const char *
check_section(struct opening *o, const uint8_t *sec, size_t len, size_t *offset, int *status)
{
	struct hrd_trie *trie = o->trie;
	const char *why = read_header(trie, sec, len, offset);

	if (why != NULL || trie->slot_count == 0)
		return why;
	*offset = HRD_TRIE_HEAD_OCTETS;
	trie->tables = calloc(1, sizeof(*trie->tables));
	if (trie->tables == NULL) {
		*status = HRD_ENOMEM;
		return NULL;
	}
	make_entry_words(trie->tables);
	if (!hrd_code_load(&trie->tables->code, sec + HRD_TRIE_HEAD_OCTETS))
		return "the code lengths give no alphabetic code";
	*offset = HRD_TRIE_HEAD_OCTETS + HRD_CODE_OCTETS;
	why = read_values(trie);
	if (why != NULL)
		return why;
	*offset = (size_t)(trie->slots - sec);
	why = check_slots(o, offset);
	trie->tables->longest = o->longest;
	if (why == NULL)
		*status = hrd_radix_make(&trie->tables->radix, trie);
	return why;
}

int
hrd_trie_open(struct hrd_trie *trie, const uint8_t *sec, size_t len, hrd_trie_value_fn *check,
    void *ctx, const char **why, size_t *offset)
{
	struct opening *o = calloc(1, sizeof(*o));
	int status = HRD_OK;

	memset(trie, 0, sizeof(*trie));
	*why = NULL;
	*offset = 0;
	if (o == NULL)
		return HRD_ENOMEM;
	o->trie = trie;
	o->check = check;
	o->ctx = ctx;
	*why = check_section(o, sec, len, offset, &status);
	free(o);
	if (*why != NULL)
		status = HRD_ECORRUPT;
	if (status != HRD_OK)
		hrd_trie_close(trie);
	return status;
}

int
hrd_trie_check_names(const struct hrd_trie *trie, const char **why, size_t *offset)
{
	struct hrd_trie_walk walk;
	uint32_t stored;

	*offset = 0;
	*why = NULL;
	hrd_trie_walk_init(&walk, trie);
	while (*why == NULL && !hrd_trie_walk_is_done(&walk))
		*why = hrd_trie_walk_step(&walk, &stored);
	if (*why == NULL)
		return HRD_OK;
	*offset = (size_t)(walk.slot - trie->values) + HRD_TRIE_HEAD_OCTETS + HRD_CODE_OCTETS;
	return HRD_ECORRUPT;
}

size_t
hrd_trie_memory(const struct hrd_trie *trie)
{
	const struct hrd_trie_tables *tables = trie->tables;

	return tables != NULL ? sizeof(*tables) + tables->radix.count * sizeof(uint64_t) : 0;
}

void
hrd_trie_close(struct hrd_trie *trie)
{
	if (trie->tables != NULL)
		hrd_radix_free(&trie->tables->radix);
	free(trie->tables);
	memset(trie, 0, sizeof(*trie));
}

/* The best rule so far for a name. */
struct search {
	const struct hrd_trie *trie;
	const struct hrd_coded *name;
	struct hrd_trie_hit *hit;
	unsigned labels; /* of the ancestors behind us */
	unsigned limit;  /* labels that a rule's base name must have fewer than */
	bool found;
};

/* The first `len` bits of the name are listed with this value: its rule if they are an ancestor or
 * the name itself. */
static void
consider(struct search *s, unsigned len, uint32_t stored)
{
	const struct hrd_coded *name = s->name;
	uint32_t value, flag = len == name->len ? HRD_TRIE_EXACT : HRD_TRIE_WILD;

	while (name->ends[s->labels] < len)
		s->labels++;
	if (name->ends[s->labels] != len || s->labels >= s->limit)
		return;
	value = value_of(s->trie, stored);
	if ((value & flag) == 0)
		return;
	s->hit->value = value;
	s->hit->labels = s->labels;
	s->hit->wildcard = flag == HRD_TRIE_WILD;
	s->found = true;
}

/* The covers within the bits that the name shares with the first one of the slot; the deepest wins.
 */
static void
search_covers(struct search *s, const struct hrd_slot *slot, unsigned common)
{
	unsigned value_bits = s->trie->value_bits;
	size_t at = slot->cover_at;

	for (unsigned i = 0; i < slot->covers; i++, at += HRD_SLOT_LEN_BITS + value_bits) {
		unsigned len = (unsigned)hrd_bits(slot->bits, at, HRD_SLOT_LEN_BITS);

		if (len > common)
			return;
		consider(
		    s, len, (uint32_t)hrd_bits(slot->bits, at + HRD_SLOT_LEN_BITS, value_bits));
	}
}

static uint32_t
stored_value(const struct search *s, const struct hrd_slot *slot, unsigned entry)
{
	unsigned value_bits = s->trie->value_bits;

	return (uint32_t)hrd_bits(slot->bits, slot->value_at + entry * value_bits, value_bits);
}

/* Passes over the names of the slot up to the first one above the name. `common` is what the name
 * shares with the entry just passed: an entry that has more in common with that one is below the
 * name too, one that has less is above it, and only one that has as much must be compared.
 *
 * Entries are looked at by the word. The subtraction compares the lcp of each with `common` at
 * once, for the bit above it, which is free or of a rest that was taken out, lends; the
 * multiplication adds up the rests of those that are passed, in the place of the first. */
static void
search_slot(struct search *s, const struct hrd_slot *slot, unsigned common)
{
	const struct hrd_coded *name = s->name;
	const unsigned width = slot->lcp_bits + slot->rest_bits, rest_bits = slot->rest_bits;
	const struct hrd_entry_word entries = hrd_entry_word(s->trie->tables, slot);
	const uint64_t ones = entries.ones << rest_bits, above = entries.ones << width;
	const unsigned most = (1u << slot->lcp_bits) - 1;
	size_t at = slot->entry_at, pos = slot->name_at + slot->first_len;

	search_covers(s, slot, common);
	if (common == slot->first_len)
		consider(s, common, stored_value(s, slot, 0));
	while (at < slot->value_at && common < name->len) {
		uint64_t word = hrd_peek(slot->bits, at) >> 1;
		uint64_t rests = word & (ones - entries.ones), lcps = word & (above - ones);
		uint64_t found = (ones * (common < most ? common : most) + above - lcps) & above;
		unsigned passed = found != 0 ? hrd_leading_zeros(found) : entries.bits;
		unsigned rest, len, same;

		rests &= ~(~0ull >> 1 >> passed);
		pos += rests * entries.sum >> (63 - width) & ((1u << width) - 1);
		at += passed;
		if (found == 0 || at >= slot->value_at)
			continue;
		word <<= passed + 1;
		if (word >> 1 >> (63 - slot->lcp_bits) < common)
			return;
		rest = (unsigned)(word << slot->lcp_bits >> 1 >> (63 - rest_bits));
		len = rest < name->len - common ? rest : name->len - common;
		same = hrd_common_bits(name->bits, common, slot->bits, pos, len);
		common += same;
		at += width;
		pos += rest;
		if (same == rest)
			consider(s, common, stored_value(s, slot, (at - slot->entry_at) / width));
		else if (same == len || hrd_bits(name->bits, common, 1) == 0)
			return;
	}
}

bool
hrd_trie_find(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit)
{
	return hrd_trie_find_above(trie, wire, len, UINT_MAX, hit);
}

bool
hrd_trie_find_above(const struct hrd_trie *trie, const uint8_t *wire, size_t len, unsigned labels,
    struct hrd_trie_hit *hit)
{
	struct search s = { .trie = trie, .hit = hit, .limit = labels };
	struct hrd_coded name;
	struct hrd_slot slot;
	unsigned common;

	if (trie->slot_count == 0 ||
	    !hrd_code_name(&trie->tables->code, wire, len, trie->tables->longest, &name))
		return false;
	s.name = &name;
	if (hrd_trie_enter(trie, &name, &slot, &common) > 0)
		search_slot(&s, &slot, common);
	return s.found;
}
