/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints the digest of a section for each shape of names and values, after it was held against the
 * model: the lines must be the same on every machine and with every compiler (trie-elsewhere.test).
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/trie/trie.h"
#include "tests/trie_model.h"

enum { NAMES = 700, QUERIES = 2000 };

static bool
agrees(const struct trie_model *model, const struct hrd_trie *trie)
{
	struct rng rng = { .state = 3 };

	for (int i = 0; i < QUERIES; i++) {
		struct hrd_trie_hit want = { 0 }, got = { 0 };
		struct hrd_name name;
		bool found;

		trie_model_query(model, &rng, &name);
		found = trie_model_find(model, name.wire, name.len, &want);
		if (hrd_trie_find(trie, name.wire, name.len, &got) != found ||
		    got.value != want.value || got.labels != want.labels)
			return false;
	}
	return true;
}

static bool
check(enum shape shape, enum trie_values values)
{
	struct trie_model model, walked;
	struct hrd_trie_input in;
	struct hrd_trie trie;
	uint64_t hash = 14695981039346656037u;
	const char *why;
	uint8_t *sec;
	size_t len, offset;
	bool good;

	trie_model_make(&model, shape, values, NAMES, 77);
	in = trie_model_input(&model);
	if (hrd_trie_build(&in, &sec, &len) != HRD_OK ||
	    hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset) != HRD_OK)
		return false;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ sec[i]) * 1099511628211u;
	good =
	    trie_model_from_trie(&walked, &trie) && agrees(&model, &trie) && agrees(&walked, &trie);
	printf("%d %d: %zu names, %zu octets, %016llx%s\n", (int)shape, (int)values, model.count,
	    len, (unsigned long long)hash, good ? "" : " AND LOOK-UPS DIFFER FROM THE MODEL");
	hrd_trie_close(&trie);
	free(sec);
	trie_model_free(&model);
	trie_model_free(&walked);
	return good;
}

int
main(void)
{
	bool good = true;

	for (enum shape shape = SHAPE_HOSTS; shape < SHAPES; shape++) {
		for (int values = 0; values < TRIE_VALUE_KINDS; values++)
			good = check(shape, (enum trie_values)values) && good;
	}
	return good ? 0 : 1;
}
