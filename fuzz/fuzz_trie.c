/* SPDX-License-Identifier: BSD-3-Clause */
/* Trie sections: any octets, and good sections with some octets changed, are refused or are a trie
 * in all ways: the walk is in order, and what it gives is what look-ups find. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "lib/trie/trie.h"
#include "tests/trie_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { BASES = (SHAPES - SHAPE_HOSTS) * TRIE_VALUE_KINDS, NAMES = 30, QUERIES = 8 };

struct section {
	uint8_t *octets;
	size_t len;
	struct trie_model model;
};

/* Good sections of each kind, made once. */
static const struct section *
base(unsigned i)
{
	static struct section bases[BASES];

	for (unsigned n = 0; bases[BASES - 1].octets == NULL; n++) {
		struct hrd_trie_input in;

		trie_model_make(&bases[n].model, SHAPE_HOSTS + n / TRIE_VALUE_KINDS,
		    (enum trie_values)(n % TRIE_VALUE_KINDS), n == 0 ? 0 : NAMES, n);
		in = trie_model_input(&bases[n].model);
		require(hrd_trie_build(&in, &bases[n].octets, &bases[n].len) == HRD_OK, "build");
	}
	return &bases[i];
}

/* The trie finds what was found otherwise. */
static void
require_finds(const struct hrd_trie *trie, const struct hrd_name *name, bool found,
    const struct hrd_trie_hit *want)
{
	struct hrd_trie_hit got;

	require(hrd_trie_find(trie, name->wire, name->len, &got) == found, "found or not");
	require(!found || (got.value == want->value && got.labels == want->labels &&
			      got.wildcard == want->wildcard),
	    "another rule");
}

static void
compare(const struct trie_model *model, const struct hrd_trie *trie, const struct hrd_name *name)
{
	struct hrd_trie_hit want;
	bool found = trie_model_find(model, name->wire, name->len, &want);

	require_finds(trie, name, found, &want);
}

/* A trie with a name that is none: it finds what the stored bits say. near: names to ask about. */
static void
compare_with_stored(const struct hrd_trie *trie, const struct trie_model *near, struct rng rng)
{
	struct hrd_trie_hit want;
	struct hrd_name name;

	for (int i = 0; i < QUERIES; i++) {
		bool found;

		trie_model_query(near, &rng, &name);
		found = trie_model_find_stored(trie, name.wire, name.len, &want);
		require_finds(trie, &name, found, &want);
	}
}

static void
try_section(const uint8_t *octets, size_t len, const struct trie_model *near)
{
	struct hrd_trie trie;
	struct trie_model model;
	struct hrd_name name;
	const char *why;
	size_t offset;
	struct rng rng = { .state = len };

	if (hrd_trie_open(&trie, octets, len, NULL, NULL, &why, &offset) != HRD_OK) {
		require(why != NULL && offset <= len, "no reason or place");
		return;
	}
	if (hrd_trie_check_names(&trie, &why, &offset) != HRD_OK) {
		require(why != NULL && offset < len, "no reason or place");
		compare_with_stored(&trie, near, rng);
		hrd_trie_close(&trie);
		return;
	}
	require(trie_model_from_trie(&model, &trie), "the walk is not in order");
	for (size_t i = 0; i < model.count; i++) {
		trie_model_name(&model, i, &name);
		compare(&model, &trie, &name);
	}
	for (int i = 0; i < QUERIES; i++) {
		trie_model_query(&model, &rng, &name);
		compare(&model, &trie, &name);
	}
	trie_model_free(&model);
	hrd_trie_close(&trie);
}

/* The first octet chooses the section to change, or none: then the rest is the section. Else three
 * octets are a change: the place, and what is added there. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct section *good;
	uint8_t *octets;
	size_t size;

	if (len == 0)
		return 0;
	if (data[0] >= BASES) {
		size = len - 1;
		octets = malloc(size + 1);
		require(octets != NULL, "memory");
		memcpy(octets, data + 1, size);
	} else {
		good = base(data[0]);
		size = good->len;
		octets = malloc(size);
		require(octets != NULL, "memory");
		memcpy(octets, good->octets, size);
		for (size_t i = 1; i + 3 <= len; i += 3)
			octets[((size_t)data[i] << 8 | data[i + 1]) % size] ^= data[i + 2];
	}
	try_section(
	    octets, size, &base(data[0] > 0 && data[0] < BASES ? data[0] : BASES - 1)->model);
	free(octets);
	return 0;
}
