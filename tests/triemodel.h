/* SPDX-License-Identifier: BSD-3-Clause */
/* A naive name policy to hold the trie against, and a generator of names that are hard for it.
 *
 * The model is a hash table of whole names; finding tries the name and then each ancestor. The
 * generator is deterministic: the same seed gives the same names on every machine. */
#ifndef HRD_TESTS_TRIEMODEL_H
#define HRD_TESTS_TRIEMODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/trie/trie.h"

enum model_kind {
	MODEL_HOSTS,  /* what lists have: a few labels of letters and digits */
	MODEL_DENSE,  /* short labels of five octets: most names have listed ancestors */
	MODEL_DEEP,   /* chains of up to 127 labels */
	MODEL_LONG,   /* labels of 63 octets and nearly so, in families that differ late */
	MODEL_OCTETS, /* any octets, NUL and dots included */
	MODEL_MIXED,  /* all of these */
	MODEL_KINDS
};

enum model_values {
	MODEL_ONE_VALUE,   /* the same for all names */
	MODEL_FEW_VALUES,  /* a table of some */
	MODEL_MANY_VALUES, /* any */
	MODEL_VALUE_KINDS
};

struct model {
	size_t count; /* names, in canonical order */
	uint32_t *at; /* offset of each key in keys */
	uint16_t *len;
	uint32_t *value;
	uint8_t *keys;
	uint32_t *slots; /* hash table of index + 1, a power of two long */
	size_t mask;
};

uint64_t model_random(uint64_t *seed);

/* Up to count names (duplicates are dropped); aborts when out of memory. */
void model_make(struct model *model, enum model_kind kind, enum model_values values, size_t count,
    uint64_t seed);

/* All names of a trie, as its walk gives them; false when they are not in canonical order. */
bool model_from_trie(struct model *model, const struct hrd_trie *trie);
void model_free(struct model *model);

/* The input of hrd_trie_build(); it borrows the model. */
struct hrd_trie_input model_input(const struct model *model);

/* The i-th name. */
void model_name(const struct model *model, size_t i, struct hrd_name *name);

/* As hrd_trie_find(). */
bool model_find(
    const struct model *model, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit);

/* As hrd_trie_find(), by comparing the bits of every name that an opened trie stores, whether or
 * not they are those of a valid name. */
bool model_find_stored(
    const struct hrd_trie *trie, const uint8_t *wire, size_t len, struct hrd_trie_hit *hit);

/* A name to look up: listed, below or above a listed one, or nearly so, in mixed letter case. */
void model_query(const struct model *model, uint64_t *seed, struct hrd_name *name);

#endif
