/* SPDX-License-Identifier: BSD-3-Clause */
/* Interning through an open hash table. */
#include <config.h>

#include "lib/rules/intern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/bytes.h"

enum { FIRST_SLOTS = 64 };

static inline uint64_t
rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static inline void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012). */
static uint64_t
hash(const struct hrd_intern *table, const uint8_t *octets, size_t len)
{
	uint64_t v[4] = { table->key[0] ^ 0x736f6d6570736575, table->key[1] ^ 0x646f72616e646f6d,
		table->key[0] ^ 0x6c7967656e657261, table->key[1] ^ 0x7465646279746573 };
	uint8_t last[8] = { 0 };
	size_t i = 0;

	for (; i + 8 <= len; i += 8)
		sip_word(v, hrd_le64(octets + i));
	memcpy(last, octets + i, len - i);
	last[7] = (uint8_t)len;
	sip_word(v, hrd_le64(last));
	v[2] ^= 0xff;
	for (int r = 0; r < 3; r++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
hrd_intern_init(struct hrd_intern *table)
{
	memset(table, 0, sizeof(*table));
	table->octets.max = table->starts.max = UINT32_MAX;
	/* Without entropy the table is still correct, only not hardened. */
	if (getentropy(table->key, sizeof(table->key)) != 0)
		table->key[0] = 1;
}

void
hrd_intern_free(struct hrd_intern *table)
{
	hrd_buffer_free(&table->octets);
	hrd_buffer_free(&table->starts);
	free(table->slots);
	table->slots = NULL;
}

uint32_t
hrd_intern_count(const struct hrd_intern *table)
{
	return (uint32_t)(table->starts.len / sizeof(uint32_t));
}

uint32_t
hrd_intern_offset(const struct hrd_intern *table, uint32_t number)
{
	return ((const uint32_t *)(const void *)table->starts.data)[number];
}

const uint8_t *
hrd_intern_get(const struct hrd_intern *table, uint32_t number, size_t *len)
{
	uint32_t start = hrd_intern_offset(table, number);
	size_t end = number + 1 < hrd_intern_count(table) ? hrd_intern_offset(table, number + 1)
							  : table->octets.len;

	*len = end - start;
	return table->octets.data + start;
}

/* The slot that holds the string, or the free one where it belongs. */
static uint32_t *
find_slot(const struct hrd_intern *table, const uint8_t *octets, size_t len)
{
	size_t at = hash(table, octets, len) & table->mask;

	for (;; at = (at + 1) & table->mask) {
		const uint8_t *other;
		size_t other_len;

		if (table->slots[at] == 0)
			return &table->slots[at];
		other = hrd_intern_get(table, table->slots[at] - 1, &other_len);
		if (other_len == len && memcmp(other, octets, len) == 0)
			return &table->slots[at];
	}
}

static int
rehash(struct hrd_intern *table)
{
	size_t slots = table->slots == NULL ? FIRST_SLOTS : (table->mask + 1) * 2;
	uint32_t *fresh = calloc(slots, sizeof(*fresh));

	if (fresh == NULL)
		return HRD_ENOMEM;
	free(table->slots);
	table->slots = fresh;
	table->mask = slots - 1;
	for (uint32_t i = 0; i < hrd_intern_count(table); i++) {
		size_t len;
		const uint8_t *octets = hrd_intern_get(table, i, &len);

		*find_slot(table, octets, len) = i + 1;
	}
	return HRD_OK;
}

static bool
is_last(const struct hrd_intern *table, const void *octets, size_t len)
{
	const uint8_t *last;
	size_t last_len;

	if (hrd_intern_count(table) == 0)
		return false;
	last = hrd_intern_get(table, table->last, &last_len);
	return last_len == len && memcmp(last, octets, len) == 0;
}

static int
append(struct hrd_intern *table, const void *octets, size_t len)
{
	uint32_t start = (uint32_t)table->octets.len;
	int status = hrd_buffer_add(&table->octets, octets, len);

	if (status == HRD_OK)
		status = hrd_buffer_add(&table->starts, &start, sizeof(start));
	if (status != HRD_OK)
		table->octets.len = start;
	return status;
}

int
hrd_intern(struct hrd_intern *table, const void *octets, size_t len, uint32_t *number)
{
	uint32_t *slot;
	int status;

	if (is_last(table, octets, len)) {
		*number = table->last;
		return HRD_OK;
	}
	/* At most three quarters full. */
	if (table->slots == NULL || hrd_intern_count(table) >= (table->mask + 1) / 4 * 3) {
		status = rehash(table);
		if (status != HRD_OK)
			return status;
	}
	slot = find_slot(table, octets, len);
	if (*slot == 0) {
		status = append(table, octets, len);
		if (status != HRD_OK)
			return status;
		*slot = hrd_intern_count(table);
	}
	*number = table->last = *slot - 1;
	return HRD_OK;
}
