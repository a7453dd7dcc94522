/* SPDX-License-Identifier: BSD-3-Clause */
/* The radix trie over the first names of the slots.
 *
 * An entry is a word that stands for all slots whose first names begin with the same bits:
 *
 *   one slot:   1 | its number, 26 bits | 0 | the next 36 bits of its first name
 *   several:    0 | place of their node, 26 bits | length of the path, 5 | bitmap, 32 bits
 *
 * A node has an entry for each value of the STRIDE bits that come next, where there is a slot; the
 * bitmap tells which, and its ones below a value where that one's entry is. If the path is not
 * empty, a word with it at the top comes before these entries: what all slots of the node share
 * before those bits. Where they share more, there are nodes of one entry.
 *
 * The root has an entry for each value of more bits and no bitmap. Where there is no slot, its
 * entry is NOWHERE with the number of the next slot; another one of these ends it.
 *
 * Nodes are made depth first: those on the way to a slot lie together in a line or two.
 *
 * Behind its end a name is taken for zeros; names ascend so as well (take_name() in read.c). */
#include <config.h>

#include "lib/trie/radix.h"

#include <stdbool.h>
#include <stdlib.h>

#include "lib/trie/format.h"
#include "lib/trie/walk.h"

enum {
	STRIDE = 5,
	SLOTS_A_ROOT_ENTRY = 8, /* at least */

	MAP_BITS = 1 << STRIDE,
	INDEX_BITS = 26,
	INDEX_SHIFT = 63 - INDEX_BITS,
	LEAF_BITS = INDEX_SHIFT - 1,
	PATH_MAX = 31,
};

#define LEAF (1ull << 63)
#define NOWHERE (LEAF | 1ull << LEAF_BITS)

static inline bool
is_leaf(uint64_t entry)
{
	return (entry & LEAF) != 0;
}

static inline uint32_t
index_of(uint64_t entry)
{
	return (uint32_t)((entry & ~LEAF) >> INDEX_SHIFT);
}

static inline unsigned
path_length(uint64_t entry)
{
	return (unsigned)(entry >> MAP_BITS) & PATH_MAX;
}

/* The ones of a word, without a call of a library. */
static inline unsigned
ones(uint32_t v)
{
	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);
	v = (v + (v >> 4)) & 0x0f0f0f0f;
	return v * 0x01010101 >> 24;
}

/* Slots from..to-1, which share the bits before pos; their entry is still to be made. */
struct span {
	uint32_t from, to, entry;
	unsigned pos;
};

struct making {
	const struct hrd_trie *trie;
	uint64_t *words;
	uint32_t used;
	uint16_t *shared; /* bits that a first name shares with that of the slot before */
	struct span *spans;
	uint32_t span_count;
};

static void
read_slot(const struct making *m, uint32_t number, struct hrd_slot *slot)
{
	hrd_slot_read(slot, hrd_trie_slot(m->trie, number), m->trie->value_bits);
}

/* The bits of a first name from pos on, at least HRD_PEEK_MAX, at the top of a word. */
static uint64_t
first_bits(const struct hrd_slot *slot, unsigned pos)
{
	unsigned left = slot->first_len > pos ? slot->first_len - pos : 0;
	uint64_t bits = left > 0 ? hrd_peek(slot->bits, slot->name_at + pos) : 0;

	return left < 64 ? bits & ~(~0ull >> left) : bits;
}

/* Bits that the first names of two slots share, of which the second is above the first. */
static unsigned
shared_bits(const struct making *m, uint32_t first, uint32_t second)
{
	struct hrd_slot a, b;

	read_slot(m, first, &a);
	read_slot(m, second, &b);
	for (unsigned n = 0; n < b.first_len; n += 56) {
		uint64_t other = (first_bits(&a, n) ^ first_bits(&b, n)) >> 8;

		if (other != 0)
			return n + hrd_leading_zeros(other) - 8;
	}
	return b.first_len;
}

/* Makes the entry of the slots from..to-1, or puts off that of several; at is its place. */
static void
make_entry(struct making *m, uint32_t from, uint32_t to, unsigned pos, uint32_t at)
{
	struct hrd_slot slot;

	if (to - from > 1) {
		m->spans[m->span_count++] = (struct span){ from, to, at, pos };
		return;
	}
	read_slot(m, from, &slot);
	m->words[at] =
	    LEAF | (uint64_t)from << INDEX_SHIFT | first_bits(&slot, pos) >> (64 - LEAF_BITS);
}

/* Where the slots end that share the bits before pos with slot `from`; `to` at most. */
static uint32_t
end_of_shared(const struct making *m, uint32_t from, uint32_t to, unsigned pos)
{
	while (++from < to && m->shared[from] >= pos)
		;
	return from;
}

static void
make_node(struct making *m, struct span span)
{
	unsigned path = shared_bits(m, span.from, span.to - 1) - span.pos;
	unsigned pos = span.pos + (path < PATH_MAX ? path : PATH_MAX);
	uint64_t entry = (uint64_t)m->used << INDEX_SHIFT | (uint64_t)(pos - span.pos) << MAP_BITS;
	struct hrd_slot slot;

	read_slot(m, span.from, &slot);
	if (path > 0)
		m->words[m->used++] = first_bits(&slot, span.pos);
	for (uint32_t from = span.from, to; from < span.to; from = to) {
		read_slot(m, from, &slot);
		entry |= 1ull << (first_bits(&slot, pos) >> (64 - STRIDE));
		to = end_of_shared(m, from, span.to, pos + STRIDE);
		make_entry(m, from, to, pos + STRIDE, m->used++);
	}
	m->words[span.entry] = entry;
}

static void
make_root(struct making *m, unsigned bits)
{
	uint32_t slots = m->trie->slot_count;
	struct hrd_slot slot;

	for (uint32_t from = 0, to; from < slots; from = to) {
		read_slot(m, from, &slot);
		while (m->used < first_bits(&slot, 0) >> 1 >> (63 - bits))
			m->words[m->used++] = NOWHERE | (uint64_t)from << INDEX_SHIFT;
		to = end_of_shared(m, from, slots, bits);
		make_entry(m, from, to, bits, m->used++);
	}
	while (m->used <= 1u << bits)
		m->words[m->used++] = NOWHERE | (uint64_t)slots << INDEX_SHIFT;
}

/* There is a node with two entries or more for each time that neighbours part, and before it as
 * many of one entry as what they share can have; the root has at most a word a slot, and one. */
int
hrd_radix_make(struct hrd_radix *radix, const struct hrd_trie *trie)
{
	size_t slots = trie->slot_count, nodes = 0;
	struct making m = { .trie = trie, .shared = malloc(slots * sizeof(*m.shared)) };
	uint64_t *fitting = NULL;

	for (uint32_t i = 1; m.shared != NULL && i < slots; i++) {
		m.shared[i] = (uint16_t)shared_bits(&m, i - 1, i);
		nodes += 1 + m.shared[i] / (PATH_MAX + STRIDE);
	}
	if (1 + 2 * slots + 2 * nodes <= 1u << INDEX_BITS) {
		m.words = malloc((1 + 2 * slots + 2 * nodes) * sizeof(*m.words));
		m.spans = malloc((1 + nodes) * sizeof(*m.spans));
	}
	radix->root_bits = hrd_bit_width(trie->slot_count / SLOTS_A_ROOT_ENTRY / 2);
	if (m.shared != NULL && m.words != NULL && m.spans != NULL) {
		make_root(&m, radix->root_bits);
		while (m.span_count > 0)
			make_node(&m, m.spans[--m.span_count]);
		fitting = realloc(m.words, m.used * sizeof(*m.words));
	}
	if (fitting == NULL)
		free(m.words);
	free(m.shared);
	free(m.spans);
	radix->words = fitting;
	radix->count = m.used;
	return fitting != NULL ? HRD_OK : HRD_ENOMEM;
}

void
hrd_radix_free(struct hrd_radix *radix)
{
	free(radix->words);
}

/* The first slot of an entry. */
static uint32_t
first_slot(const struct hrd_radix *radix, const uint64_t *entry)
{
	while (!is_leaf(*entry))
		entry = &radix->words[index_of(*entry) + (path_length(*entry) > 0)];
	return index_of(*entry);
}

uint32_t
hrd_radix_find(const struct hrd_radix *radix, const struct hrd_coded *name)
{
	uint64_t next = hrd_peek(name->bits, 0);
	const uint64_t *entry = &radix->words[next >> 1 >> (63 - radix->root_bits)];
	const uint64_t *above = entry + 1; /* of the slots behind those of entry */
	unsigned pos = radix->root_bits;

	while (!is_leaf(*entry)) {
		const uint64_t *at = &radix->words[index_of(*entry)];
		unsigned path = path_length(*entry), value;
		uint32_t map = (uint32_t)*entry;

		next = hrd_peek(name->bits, pos);
		if ((next ^ *at) >> 1 >> (63 - path) != 0)
			return first_slot(radix, next < *at ? entry : above);
		pos += path;
		if (pos >= name->len)
			return first_slot(radix, entry) + 1;
		pos += STRIDE;
		value = (unsigned)(next << path >> (64 - STRIDE));
		at += (path > 0) + ones(map & ((1u << value) - 1));
		map >>= value;
		above = map > 1 ? at + (map & 1) : above;
		if ((map & 1) == 0)
			return first_slot(radix, above);
		entry = at;
	}
	next = hrd_peek(name->bits, pos) >> (64 - LEAF_BITS);
	return index_of(*entry) + (next >= (*entry & ((1ull << INDEX_SHIFT) - 1)));
}
