/* SPDX-License-Identifier: BSD-3-Clause */
/* A naive name policy to hold the trie against: a hash table of whole names; finding tries the name
 * and then each ancestor. */
#ifndef HRD_TESTS_TRIE_MODEL_H
#define HRD_TESTS_TRIE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/trie/trie.h"
#include "tests/names.h"

enum trie_values {
	TRIE_ONE_VALUE,   /* the same for all names */
	TRIE_FEW_VALUES,  /* a table of some */
	TRIE_MANY_VALUES, /* any */
	TRIE_VALUE_KINDS
};

struct trie_model {
	size_t count; /* names, in canonical order */
	uint32_t *at; /* offset of each key in keys */
	uint16_t *len;
	uint32_t *value;
	uint8_t *keys;
	uint32_t *slots; /* hash table of index + 1, a power of two long */
	size_t mask;
};

/* Up to count names (duplicates are dropped); aborts when out of memory. */
void trie_model_make(struct trie_model *model, enum shape shape, enum trie_values values,
    size_t count, uint64_t seed);

/* All names of a trie, as its walk gives them; false when they are not in canonical order. */
bool trie_model_from_trie(struct trie_model *model, const struct hrd_trie *trie);
void trie_model_free(struct trie_model *model);

/* The input of hrd_trie_build(); it borrows the model. */
struct hrd_trie_input trie_model_input(const struct trie_model *model);

/* The i-th name. */
void trie_model_name(const struct trie_model *model, size_t i, struct hrd_name *name);

/* As hrd_trie_find(). */
bool trie_model_find(
    const struct trie_model *model, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit);

/* As hrd_trie_find(), by comparing the bits of every name that an opened trie stores, whether or
 * not they are those of a valid name. */
bool trie_model_find_stored(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit);

/* A name to look up: listed, below or above a listed one, or nearly so, in mixed letter case. */
void trie_model_query(const struct trie_model *model, struct rng *rng, struct hrd_name *name);

#endif
