/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints the digest of a section for each kind of names and values, after it was held against the
 * model: the lines must be the same on every machine and with every compiler (trie-elsewhere.test).
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/trie/trie.h"
#include "tests/triemodel.h"

enum { NAMES = 700, QUERIES = 2000 };

static bool
agrees(const struct model *model, const struct hrd_trie *trie)
{
	uint64_t seed = 3;

	for (int i = 0; i < QUERIES; i++) {
		struct hrd_trie_hit want = { 0 }, got = { 0 };
		struct hrd_name name;
		bool found;

		model_query(model, &seed, &name);
		found = model_find(model, name.wire, name.len, &want);
		if (hrd_trie_find(trie, name.wire, name.len, &got) != found ||
		    got.value != want.value || got.labels != want.labels)
			return false;
	}
	return true;
}

static bool
check(enum model_kind kind, enum model_values values)
{
	struct model model, walked;
	struct hrd_trie_input in;
	struct hrd_trie trie;
	uint64_t hash = 14695981039346656037u;
	const char *why;
	uint8_t *sec;
	size_t len, offset;
	bool good;

	model_make(&model, kind, values, NAMES, 77);
	in = model_input(&model);
	if (hrd_trie_build(&in, &sec, &len) != HRD_OK ||
	    hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset) != HRD_OK)
		return false;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ sec[i]) * 1099511628211u;
	good = model_from_trie(&walked, &trie) && agrees(&model, &trie) && agrees(&walked, &trie);
	printf("%d %d: %zu names, %zu octets, %016llx%s\n", (int)kind, (int)values, model.count,
	    len, (unsigned long long)hash, good ? "" : " AND LOOK-UPS DIFFER FROM THE MODEL");
	hrd_trie_close(&trie);
	free(sec);
	model_free(&model);
	model_free(&walked);
	return good;
}

int
main(void)
{
	bool good = true;

	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		for (int values = 0; values < MODEL_VALUE_KINDS; values++)
			good = check((enum model_kind)kind, (enum model_values)values) && good;
	}
	return good ? 0 : 1;
}
