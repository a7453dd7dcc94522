/* SPDX-License-Identifier: BSD-3-Clause */
/* The naive model of the trie. */
#include <config.h>

#include "tests/trie_model.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/walk.h"

static void *
grab(size_t count, size_t size)
{
	void *p = calloc(count + 1, size);

	if (p == NULL)
		abort();
	return p;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct hrd_key *x = a, *y = b;
	int order = memcmp(x->octets, y->octets, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (int)x->len - (int)y->len;
}

static uint64_t
hash(const uint8_t *octets, size_t len)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ octets[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static void
append(struct trie_model *model, const struct hrd_key *key, uint32_t value)
{
	size_t i = model->count++, at = i == 0 ? 0 : model->at[i - 1] + model->len[i - 1], slot;

	memcpy(model->keys + at, key->octets, key->len);
	model->at[i] = (uint32_t)at;
	model->len[i] = key->len;
	model->value[i] = value;
	slot = hash(key->octets, key->len) & model->mask;
	while (model->slots[slot] != 0)
		slot = (slot + 1) & model->mask;
	model->slots[slot] = (uint32_t)i + 1;
}

static void
allocate(struct trie_model *model, size_t count, size_t octets)
{
	memset(model, 0, sizeof(*model));
	for (model->mask = 7; model->mask < count * 2; model->mask = model->mask * 2 + 1)
		;
	model->at = grab(count, sizeof(*model->at));
	model->len = grab(count, sizeof(*model->len));
	model->value = grab(count, sizeof(*model->value));
	model->keys = grab(octets, 1);
	model->slots = grab(model->mask, sizeof(*model->slots));
}

static uint32_t
random_value(enum trie_values values, struct rng *rng)
{
	switch (values) {
	case TRIE_ONE_VALUE:
		return 17u << HRD_TRIE_SHIFT | HRD_TRIE_FLAGS;
	case TRIE_FEW_VALUES:
		return rng_below(rng, 9) << HRD_TRIE_SHIFT | (1 + rng_below(rng, 3));
	default:
		return (uint32_t)rng_next(rng) << HRD_TRIE_SHIFT | (1 + rng_below(rng, 3));
	}
}

void
trie_model_make(struct trie_model *model, enum shape shape, enum trie_values values, size_t count,
    uint64_t seed)
{
	struct hrd_key *keys = grab(count, sizeof(*keys));
	struct rng rng = { .state = seed };
	struct hrd_name name;
	size_t octets = 0;

	for (size_t i = 0; i < count; i++) {
		names_random(&rng, shape, HRD_NAME_MAX, &name);
		hrd_key_from_name(&keys[i], &name);
		octets += keys[i].len;
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	allocate(model, count, octets);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || compare_keys(&keys[i - 1], &keys[i]) != 0)
			append(model, &keys[i], random_value(values, &rng));
	}
	free(keys);
}

bool
trie_model_from_trie(struct trie_model *model, const struct hrd_trie *trie)
{
	struct hrd_trie_walk walk;
	struct hrd_key key, last = { .len = 0 };
	struct hrd_name name;
	uint32_t value;
	bool ascending = true;

	allocate(model, trie->count, (size_t)trie->count * HRD_KEY_MAX);
	hrd_trie_walk_init(&walk, trie);
	while (hrd_trie_walk_next(&walk, &name, &value)) {
		hrd_key_from_name(&key, &name);
		ascending = ascending && (model->count == 0 || compare_keys(&last, &key) < 0);
		append(model, &key, value);
		last = key;
	}
	return ascending && model->count == trie->count;
}

void
trie_model_free(struct trie_model *model)
{
	free(model->at);
	free(model->len);
	free(model->value);
	free(model->keys);
	free(model->slots);
}

static void
get(const void *ctx, size_t i, const uint8_t **key, size_t *len, uint32_t *value)
{
	const struct trie_model *model = ctx;

	*key = model->keys + model->at[i];
	*len = model->len[i];
	*value = model->value[i];
}

struct hrd_trie_input
trie_model_input(const struct trie_model *model)
{
	return (struct hrd_trie_input){ .count = model->count, .get = get, .ctx = model };
}

void
trie_model_name(const struct trie_model *model, size_t i, struct hrd_name *name)
{
	if (hrd_key_to_name(name, model->keys + model->at[i], model->len[i]) != HRD_OK)
		abort();
}

static bool
look_up(const struct trie_model *model, const uint8_t *key, size_t len, uint32_t *value)
{
	for (size_t slot = hash(key, len) & model->mask; model->slots[slot] != 0;
	     slot = (slot + 1) & model->mask) {
		size_t i = model->slots[slot] - 1;

		if (model->len[i] != len || memcmp(model->keys + model->at[i], key, len) != 0)
			continue;
		*value = model->value[i];
		return true;
	}
	return false;
}

bool
trie_model_find(
    const struct trie_model *model, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit)
{
	struct hrd_name name;
	struct hrd_key key;
	uint32_t value, flag = HRD_TRIE_EXACT;
	unsigned labels;

	if (hrd_name_from_wire(&name, wire, len) != HRD_OK)
		return false;
	hrd_key_from_name(&key, &name);
	labels = hrd_name_labels(&name);
	for (unsigned n = key.len;; flag = HRD_TRIE_WILD) {
		if (look_up(model, key.octets, n, &value) && (value & flag) != 0) {
			hit->value = value;
			hit->labels = labels;
			hit->wildcard = flag == HRD_TRIE_WILD;
			return true;
		}
		if (n == 0)
			return false;
		labels--;
		for (n--; n > 0 && key.octets[n - 1] != 0; n--)
			;
	}
}

static void
change_octet(struct rng *rng, struct hrd_name *name)
{
	unsigned at = 0, skip = rng_below(rng, hrd_name_labels(name) + 1);

	for (; skip > 1; skip--)
		at += name->wire[at] + 1u;
	if (name->wire[at] == 0)
		return;
	at += 1 + rng_below(rng, name->wire[at]);
	name->wire[at] =
	    (uint8_t)(name->wire[at] + 1 + (rng_below(rng, 2) == 0 ? rng_below(rng, 255) : 0));
}

static void
change_case(struct rng *rng, struct hrd_name *name)
{
	uint64_t random = rng_next(rng);

	for (unsigned at = 0; name->wire[at] != 0; at += name->wire[at] + 1u) {
		for (unsigned i = 1; i <= name->wire[at]; i++) {
			uint8_t *octet = &name->wire[at + i];

			if (*octet >= 'a' && *octet <= 'z' && (random >> i % 64 & 1) != 0)
				*octet = (uint8_t)(*octet - 'a' + 'A');
		}
	}
}

void
trie_model_query(const struct trie_model *model, struct rng *rng, struct hrd_name *name)
{
	unsigned how = rng_below(rng, 8);
	struct hrd_name listed;

	if (model->count == 0 || how == 0) {
		names_random(rng, SHAPE_MIXED, HRD_NAME_MAX, name);
		return;
	}
	trie_model_name(model, (size_t)(rng_next(rng) % model->count), &listed);
	*name = listed;
	if (how == 1 || how == 2) {
		hrd_name_suffix(name, &listed, rng_below(rng, hrd_name_labels(&listed) + 1));
	}
	if (how >= 2 && how <= 5) {
		uint8_t label[HRD_LABEL_MAX];
		enum shape shape = SHAPE_HOSTS + rng_below(rng, SHAPE_MIXED - SHAPE_HOSTS);
		size_t len = names_label(rng, shape, label);

		/* A name that is full stays as it is. */
		if (hrd_name_prepend(name, label, len) == HRD_OK && how == 5)
			(void)!hrd_name_prepend(name, label, 1);
	}
	if (how == 6)
		change_octet(rng, name);
	if (rng_below(rng, 2) == 0)
		change_case(rng, name);
}

/* Whether the stored name is the one looked for or an ancestor that has the rule asked for. */
static void
consider_stored(const struct hrd_trie *trie, const struct hrd_coded *stored, uint32_t value,
    const struct hrd_coded *name, struct hrd_trie_hit *hit, bool *found)
{
	bool exact = stored->len == name->len;

	if (trie->value_count > 0)
		value = hrd_le32(trie->values + 4 * (size_t)value);
	if ((value & (exact ? HRD_TRIE_EXACT : HRD_TRIE_WILD)) == 0)
		return;
	for (unsigned bit = 0; bit < stored->len; bit++) {
		if (bit >= name->len ||
		    hrd_bit_at(stored->bits, bit) != hrd_bit_at(name->bits, bit))
			return;
	}
	for (unsigned labels = 0; labels <= name->labels; labels++) {
		if (name->ends[labels] == stored->len && (!*found || labels > hit->labels)) {
			*hit = (struct hrd_trie_hit){ value, labels, !exact };
			*found = true;
		}
	}
}

bool
trie_model_find_stored(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit)
{
	struct hrd_coded name, stored = { .len = 0 };
	bool found = false;

	if (trie->slot_count == 0 ||
	    !hrd_code_name(&trie->tables->code, wire, len, HRD_CODED_BITS_MAX, &name))
		return false;
	for (uint32_t s = 0; s < trie->slot_count; s++) {
		struct hrd_slot slot;
		size_t pos, at;

		hrd_slot_read(&slot, hrd_trie_slot(trie, s), trie->value_bits);
		pos = slot.name_at;
		at = slot.entry_at;
		for (unsigned i = 0; i < slot.names; i++) {
			unsigned lcp = 0, rest = slot.first_len;

			if (i > 0) {
				lcp = (unsigned)hrd_bits(slot.bits, at, slot.lcp_bits);
				rest = (unsigned)hrd_bits(
				    slot.bits, at + slot.lcp_bits, slot.rest_bits);
				at += slot.lcp_bits + slot.rest_bits;
			}
			hrd_copy_bits(stored.bits, lcp, slot.bits, pos, rest);
			stored.len = (uint16_t)(lcp + rest);
			pos += rest;
			consider_stored(trie, &stored,
			    (uint32_t)hrd_bits(
				slot.bits, slot.value_at + i * trie->value_bits, trie->value_bits),
			    &name, hit, &found);
		}
	}
	return found;
}
