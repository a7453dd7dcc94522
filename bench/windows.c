/* SPDX-License-Identifier: BSD-3-Clause */
/* What the radix trie replaced, whole: the index and the way to find. */
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
		to[i] = hrd_load_be64((const uint8_t *)first);
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
	uint64_t window = hrd_load_be64(name->bits);
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

bool
windows_find(const struct windows *w, const uint8_t *wire, size_t len)
{
	const struct hrd_trie *trie = w->trie;
	struct hrd_trie_hit hit;
	struct search s = { .trie = trie, .hit = &hit };
	struct hrd_coded name;
	struct hrd_slot slot;
	uint32_t number;

	if (!hrd_code_name(&trie->tables->code, wire, len, &name) || !find_slot(w, &name, &number))
		return false;
	s.name = &name;
	for (unsigned line = 1; line < 4; line++)
		hrd_prefetch(hrd_trie_slot(trie, number) + line * 64);
	hrd_slot_read(&slot, hrd_trie_slot(trie, number), trie->value_bits);
	search_slot(&s, &slot);
	return s.found;
}
