/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a name section: binary search for the name and for each of its ancestors. */
#include <config.h>

#include "lib/trie.h"

#include <string.h>

#include "lib/bytes.h"
#include "lib/trie_format.h"

static uint32_t
key_end(const struct hrd_trie *trie, uint32_t i)
{
	return hrd_le32(trie->base + TRIE_HEAD + (size_t)i * TRIE_ENTRY + TRIE_ENTRY_END);
}

static uint32_t
value_at(const struct hrd_trie *trie, uint32_t i)
{
	return hrd_le32(trie->base + TRIE_HEAD + (size_t)i * TRIE_ENTRY + TRIE_ENTRY_VALUE);
}

static const uint8_t *
key_at(const struct hrd_trie *trie, uint32_t i, size_t *len)
{
	uint32_t start = i > 0 ? key_end(trie, i - 1) : 0;

	*len = key_end(trie, i) - start;
	return trie->base + TRIE_HEAD + (size_t)trie->count * TRIE_ENTRY + start;
}

static int
compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* What is wrong with entry i, whose predecessors are right; NULL for nothing. */
static const char *
entry_fault(const struct hrd_trie *trie, uint32_t i, uint32_t keys_len)
{
	uint32_t start = i > 0 ? key_end(trie, i - 1) : 0, end = key_end(trie, i);
	struct hrd_name name;
	const uint8_t *key, *before;
	size_t len, before_len;

	if (end < start || end > keys_len)
		return "key outside the section";
	key = key_at(trie, i, &len);
	if (hrd_key_to_name(&name, key, len) != HRD_OK)
		return "key is no name";
	if (i > 0) {
		before = key_at(trie, i - 1, &before_len);
		if (compare(before, before_len, key, len) >= 0)
			return "keys not in order";
	}
	if ((value_at(trie, i) & HRD_TRIE_FLAGS) == 0)
		return "value without a flag";
	return NULL;
}

static const char *
section_fault(struct hrd_trie *trie, hrd_trie_value_fn *check, void *ctx, size_t *offset)
{
	uint32_t keys_len;

	*offset = 0;
	if (trie->len < TRIE_HEAD)
		return "section too short";
	trie->count = hrd_le32(trie->base + TRIE_COUNT);
	keys_len = hrd_le32(trie->base + TRIE_KEYS_LEN);
	if (TRIE_HEAD + (uint64_t)trie->count * TRIE_ENTRY + keys_len != trie->len)
		return "sizes do not add up";
	for (uint32_t i = 0; i < trie->count; i++) {
		const char *why;

		*offset = TRIE_HEAD + (size_t)i * TRIE_ENTRY;
		why = entry_fault(trie, i, keys_len);
		if (why != NULL)
			return why;
		if (check != NULL && !check(ctx, value_at(trie, i), 1))
			return "value does not fit its rules";
	}
	*offset = TRIE_HEAD;
	if ((trie->count > 0 ? key_end(trie, trie->count - 1) : 0) != keys_len)
		return "sizes do not add up";
	return NULL;
}

int
hrd_trie_open(struct hrd_trie *trie, const uint8_t *sec, size_t len, hrd_trie_value_fn *check,
    void *ctx, const char **why, size_t *offset)
{
	memset(trie, 0, sizeof(*trie));
	trie->base = sec;
	trie->len = len;
	*why = section_fault(trie, check, ctx, offset);
	return *why == NULL ? HRD_OK : HRD_ECORRUPT;
}

void
hrd_trie_close(struct hrd_trie *trie)
{
	memset(trie, 0, sizeof(*trie));
}

/* The value of exactly this key; 0 for none. */
static uint32_t
search(const struct hrd_trie *trie, const uint8_t *key, size_t len)
{
	uint32_t low = 0, high = trie->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		size_t other_len;
		const uint8_t *other = key_at(trie, middle, &other_len);
		int order = compare(other, other_len, key, len);

		if (order == 0)
			return value_at(trie, middle);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

bool
hrd_trie_find(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit)
{
	struct hrd_name name;
	struct hrd_key key;
	unsigned labels;
	size_t end;

	if (trie->count == 0 || hrd_name_from_wire(&name, wire, len) != HRD_OK)
		return false;
	hrd_key_from_name(&key, &name);
	labels = hrd_name_labels(&name);
	end = key.len;
	hit->value = search(trie, key.octets, end);
	hit->labels = labels;
	hit->wildcard = false;
	if ((hit->value & HRD_TRIE_EXACT) != 0)
		return true;
	while (labels > 0) {
		do
			end--;
		while (end > 0 && key.octets[end - 1] != 0);
		hit->labels = --labels;
		hit->value = search(trie, key.octets, end);
		hit->wildcard = true;
		if ((hit->value & HRD_TRIE_WILD) != 0)
			return true;
	}
	return false;
}

void
hrd_trie_walk_init(struct hrd_trie_walk *walk, const struct hrd_trie *trie)
{
	memset(walk, 0, sizeof(*walk));
	walk->trie = trie;
}

bool
hrd_trie_walk_next(struct hrd_trie_walk *walk, struct hrd_name *name, uint32_t *value)
{
	const struct hrd_trie *trie = walk->trie;
	const uint8_t *key;
	size_t len;
	uint32_t i;

	if (walk->pos[0] >= trie->count)
		return false;
	i = (uint32_t)walk->pos[0]++;
	key = key_at(trie, i, &len);
	*value = value_at(trie, i);
	return hrd_key_to_name(name, key, len) == HRD_OK;
}
