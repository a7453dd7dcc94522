/* SPDX-License-Identifier: BSD-3-Clause */
/* What the radix trie replaced, whole: the index, the way to find and to code names then. */
#include <config.h>

#include "bench/windows.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/format.h"
#include "lib/trie/walk.h"

/* Windows per group: a cache line. A level has one window of each group of the level below. */
enum { GROUP = 8, LEVELS_MAX = 9 };

struct windows {
	const struct hrd_trie *trie;
	unsigned levels;
	uint32_t level_size[LEVELS_MAX];
	const uint64_t *level[LEVELS_MAX];
	size_t octets;
};

static uint32_t
value_of(const struct hrd_trie *trie, uint32_t stored)
{
	return trie->value_count > 0 ? hrd_le32(trie->values + (size_t)stored * 4) : stored;
}

static uint32_t
sample(uint32_t size)
{
	return (size + GROUP - 1) / GROUP;
}

static void
fill(struct windows *w, const struct hrd_trie *trie)
{
	uint64_t *to = (uint64_t *)(uintptr_t)w->level[0];

	for (uint32_t i = 0; i < trie->slot_count; i++) {
		uint64_t first[2] = { 0 };
		struct hrd_slot slot;

		hrd_slot_read(&slot, hrd_trie_slot(trie, i), trie->value_bits);
		hrd_copy_bits((uint8_t *)first, 0, slot.bits, slot.name_at,
		    slot.first_len < 64 ? slot.first_len : 64);
		to[i] = hrd_be64((const uint8_t *)first);
	}
	for (unsigned level = 1; level < w->levels; level++) {
		to = (uint64_t *)(uintptr_t)w->level[level];
		for (uint32_t i = 0; i < w->level_size[level]; i++)
			to[i] = w->level[level - 1][(size_t)i * GROUP];
	}
}

struct windows *
windows_make(const struct hrd_trie *trie)
{
	size_t head = (sizeof(struct windows) + 63) / 64 * 64, groups = 0;
	struct windows *w;
	uint64_t *level;
	uint32_t size = trie->slot_count;

	for (uint32_t n = size;; n = sample(n)) {
		groups += sample(n);
		if (n <= GROUP)
			break;
	}
	w = aligned_alloc(64, head + groups * GROUP * sizeof(uint64_t));
	if (w == NULL)
		return NULL;
	w->trie = trie;
	w->octets = head + groups * GROUP * sizeof(uint64_t);
	level = (uint64_t *)(void *)((char *)w + head);
	memset(level, 0xff, groups * GROUP * sizeof(uint64_t));
	for (w->levels = 0; w->levels == 0 || size > 1; w->levels++) {
		w->level[w->levels] = level;
		w->level_size[w->levels] = size;
		level += (size_t)sample(size) * GROUP;
		size = sample(size);
	}
	fill(w, trie);
	return w;
}

size_t
windows_octets(const struct windows *w)
{
	return w->octets;
}

void
windows_free(struct windows *w)
{
	free(w);
}

/* The last window that is not above the given one; false when all are. */
static bool
find_window(const struct windows *w, uint64_t window, uint32_t *found)
{
	uint32_t at = 0;

	for (unsigned level = w->levels; level-- > 0;) {
		const uint64_t *group = w->level[level] + (size_t)at * GROUP;
		uint32_t n = 0;

		for (unsigned i = 0; i < GROUP; i++)
			n += group[i] <= window;
		if (n == 0)
			return false;
		at = at * GROUP + n - 1;
		if (at >= w->level_size[level])
			at = w->level_size[level] - 1;
	}
	*found = at;
	return true;
}

/* True when the first name of the slot is not above the name. */
static bool
starts_at_or_before(const struct hrd_trie *trie, uint32_t number, const struct hrd_coded *name)
{
	struct hrd_slot slot;
	unsigned len, common;

	hrd_slot_read(&slot, hrd_trie_slot(trie, number), trie->value_bits);
	len = slot.first_len < name->len ? slot.first_len : name->len;
	common = hrd_common_bits(name->bits, 0, slot.bits, slot.name_at, len);
	if (common < len)
		return hrd_bits(name->bits, common, 1) != 0;
	return slot.first_len <= name->len;
}

/* The last slot whose first name is not above the name; false when there is none. */
static bool
find_slot(const struct windows *w, const struct hrd_coded *name, uint32_t *found)
{
	uint64_t window = hrd_be64(name->bits);
	uint32_t from, to;

	if (!find_window(w, window, &to))
		return false;
	if (w->level[0][to] < window) {
		*found = to;
		return true;
	}
	/* Slots from..to-1 have this window too, the one before has a lower one. */
	from = window > 0 && find_window(w, window - 1, &from) ? from + 1 : 0;
	for (to++; from < to;) {
		uint32_t mid = from + (to - from) / 2;

		if (starts_at_or_before(w->trie, mid, name))
			from = mid + 1;
		else
			to = mid;
	}
	*found = from - 1;
	return from > 0;
}

/* The best rule so far for a name. */
struct search {
	const struct hrd_trie *trie;
	const struct hrd_coded *name;
	struct hrd_trie_hit *hit;
	unsigned labels; /* of the ancestors behind us */
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
	if (name->ends[s->labels] != len)
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

/* Passes over the names of the slot up to the first one above the name.  `common` is what the name
 * shares with the entry just passed: an entry that has more in common with that one is below the
 * name too, one that has less is above it, and only one that has as much must be compared. */
static void
search_slot(struct search *s, const struct hrd_slot *slot)
{
	const struct hrd_coded *name = s->name;
	unsigned width = slot->lcp_bits + slot->rest_bits;
	unsigned rest_mask = (1u << slot->rest_bits) - 1;
	unsigned common, same, len;
	size_t at = slot->entry_at, pos = slot->name_at + slot->first_len;

	len = slot->first_len < name->len ? slot->first_len : name->len;
	common = hrd_common_bits(name->bits, 0, slot->bits, slot->name_at, len);
	search_covers(s, slot, common);
	if (common == slot->first_len)
		consider(s, common, stored_value(s, slot, 0));
	for (unsigned i = 1; i < slot->names && common < name->len; i++, at += width) {
		unsigned both = (unsigned)hrd_bits(slot->bits, at, width);
		unsigned lcp = both >> slot->rest_bits, rest = both & rest_mask;

		if (lcp < common)
			return;
		pos += rest;
		if (lcp > common)
			continue;
		len = rest < name->len - common ? rest : name->len - common;
		same = hrd_common_bits(name->bits, common, slot->bits, pos - rest, len);
		common += same;
		if (same == rest)
			consider(s, common, stored_value(s, slot, i));
		else if (same == len || hrd_bits(name->bits, common, 1) == 0)
			return;
	}
}

static void
store_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Offsets of all labels, leftmost first; gives their number or -1 when the name is not valid. */
static int
find_labels(const uint8_t *wire, size_t len, uint8_t offsets[HRD_LABELS_MAX])
{
	unsigned n = 0, at = 0;

	if (len > HRD_NAME_MAX)
		len = HRD_NAME_MAX;
	while (at < len && wire[at] != 0) {
		if (wire[at] > HRD_LABEL_MAX || n == HRD_LABELS_MAX)
			return -1;
		offsets[n++] = (uint8_t)at;
		at += wire[at] + 1u;
	}
	return at < len ? (int)n : -1;
}

/* Bits on their way into memory: those at the top of `word` are still to be stored. */
struct sink {
	uint8_t *to;
	uint64_t word;
	unsigned bits;
};

static inline void
put(struct sink *sink, uint32_t code, unsigned len)
{
	sink->bits += len;
	sink->word |= (uint64_t)code << (64 - sink->bits);
	if (sink->bits >= 32) {
		store_be32(sink->to, (uint32_t)(sink->word >> 32));
		sink->to += 4;
		sink->word <<= 32;
		sink->bits -= 32;
	}
}

static inline unsigned
put_label(const struct hrd_code *code, struct sink *sink, unsigned context, const uint8_t *label)
{
	for (unsigned i = 1; i <= label[0]; i++) {
		unsigned symbol = code->symbol[label[i]];
		uint32_t entry = code->encode[context][symbol];

		put(sink, entry & 0xffff, entry >> 16);
		if (hrd_code_is_range(symbol))
			put(sink, label[i], HRD_CODE_RAW_BITS);
		context = symbol;
	}
	return context;
}

static bool
code_name(const struct hrd_code *code, const uint8_t *wire, size_t len, struct hrd_coded *out)
{
	struct sink sink = { .to = out->bits };
	uint8_t offsets[HRD_LABELS_MAX];
	int labels = find_labels(wire, len, offsets);
	unsigned context = HRD_CODE_LABEL_END;

	if (labels < 0)
		return false;
	out->labels = (uint16_t)labels;
	out->ends[0] = 0;
	for (int i = 1; i <= labels; i++) {
		if (i > 1) {
			uint32_t entry = code->encode[context][HRD_CODE_LABEL_END];

			put(&sink, entry & 0xffff, entry >> 16);
			context = HRD_CODE_LABEL_END;
		}
		context = put_label(code, &sink, context, wire + offsets[labels - i]);
		out->ends[i] = (uint16_t)((sink.to - out->bits) * 8 + sink.bits);
	}
	out->len = out->ends[labels];
	store_be32(sink.to, (uint32_t)(sink.word >> 32));
	memset(sink.to + 4, 0, 8);
	return true;
}

bool
windows_find(const struct windows *w, const uint8_t *wire, size_t len)
{
	const struct hrd_trie *trie = w->trie;
	struct hrd_trie_hit hit;
	struct search s = { .trie = trie, .hit = &hit };
	struct hrd_coded name;
	struct hrd_slot slot;
	uint32_t number;

	if (!code_name(&trie->tables->code, wire, len, &name) || !find_slot(w, &name, &number))
		return false;
	s.name = &name;
	for (unsigned line = 1; line < 4; line++)
		hrd_prefetch(hrd_trie_slot(trie, number) + line * 64);
	hrd_slot_read(&slot, hrd_trie_slot(trie, number), trie->value_bits);
	search_slot(&s, &slot);
	return s.found;
}
