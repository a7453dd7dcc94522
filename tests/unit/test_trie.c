/* SPDX-License-Identifier: BSD-3-Clause */
/* The trie finds what a naive model finds, gives back what it was built from, and refuses sections
 * that lie.  HRADBA_TRIE_LOOKUPS sets the number of random look-ups (the default is quick). */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bytes.h"
#include "lib/trie.h"
#include "lib/trie_format.h"
#include "tests/triemodel.h"

static void
build(const struct model *model, uint8_t **sec, size_t *len)
{
	struct hrd_trie_input in = model_input(model);

	assert_int_equal(hrd_trie_build(&in, sec, len), HRD_OK);
}

static void
open_good(struct hrd_trie *trie, const uint8_t *sec, size_t len)
{
	const char *why;
	size_t offset;
	int status = hrd_trie_open(trie, sec, len, NULL, NULL, &why, &offset);

	if (status != HRD_OK)
		fail_msg("open: %s at %zu", why != NULL ? why : "no reason", offset);
}

/* --- finding --- */

static void
print_name(const char *what, const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, text);
	print_error("%s %s\n", what, text);
}

static void
compare_find(const struct model *model, const struct hrd_trie *trie, const struct hrd_name *name)
{
	struct hrd_trie_hit want = { 0 }, got = { 0 };
	bool found = model_find(model, name->wire, name->len, &want);

	if (hrd_trie_find(trie, name->wire, name->len, &got) == found && got.value == want.value &&
	    got.labels == want.labels && got.wildcard == want.wildcard)
		return;
	print_name("name", name);
	fail_msg("found %x/%u/%d, the model has %x/%u/%d", (unsigned)got.value, got.labels,
	    got.wildcard, (unsigned)want.value, want.labels, want.wildcard);
}

static void
compare_all(const struct model *model, const struct hrd_trie *trie, size_t queries, uint64_t seed)
{
	struct hrd_name name;

	for (size_t i = 0; i < model->count; i++) {
		model_name(model, i, &name);
		compare_find(model, trie, &name);
	}
	for (size_t i = 0; i < queries; i++) {
		model_query(model, &seed, &name);
		compare_find(model, trie, &name);
	}
}

static void
compare_walk(const struct model *model, const struct hrd_trie *trie)
{
	struct hrd_trie_walk walk;
	struct hrd_name got, want;
	uint32_t value;

	assert_int_equal(trie->count, model->count);
	hrd_trie_walk_init(&walk, trie);
	for (size_t i = 0; i < model->count; i++) {
		assert_true(hrd_trie_walk_next(&walk, &got, &value));
		model_name(model, i, &want);
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.wire, want.wire, want.len);
		assert_int_equal(value, model->value[i]);
	}
	assert_false(hrd_trie_walk_next(&walk, &got, &value));
}

/* One rule set of this kind and size against the model. */
static void
try_set(enum model_kind kind, enum model_values values, size_t count, size_t queries, uint64_t seed)
{
	struct model model;
	struct hrd_trie trie;
	uint8_t *sec;
	size_t len;

	model_make(&model, kind, values, count, seed);
	build(&model, &sec, &len);
	open_good(&trie, sec, len);
	compare_walk(&model, &trie);
	compare_all(&model, &trie, queries, seed ^ 1);
	hrd_trie_close(&trie);
	free(sec);
	model_free(&model);
}

static void
finds_and_walks_like_the_model(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3, 40, 300, 9000 };
	uint64_t seed = 1;

	(void)state;
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		for (int values = 0; values < MODEL_VALUE_KINDS; values++)
			for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
				try_set((enum model_kind)kind, (enum model_values)values, counts[i],
				    counts[i] + 100, seed++);
}

static void
many_random_look_ups_agree_with_the_model(void **state)
{
	const char *text = getenv("HRADBA_TRIE_LOOKUPS");
	uint64_t left = text != NULL ? strtoull(text, NULL, 10) : 1000000, seed = 1000000, done = 0;

	(void)state;
	while (done < left) {
		size_t count = (size_t)1 << (seed % 15), queries = 20000;

		try_set((enum model_kind)(seed % MODEL_KINDS),
		    (enum model_values)(seed / MODEL_KINDS % MODEL_VALUE_KINDS), count, queries,
		    seed);
		done += queries;
		seed++;
	}
	print_message("# %llu look-ups in %llu rule sets\n", (unsigned long long)done,
	    (unsigned long long)(seed - 1000000));
}

static void
finds_nothing_for_what_is_no_name(void **state)
{
	static const uint8_t pointer[] = { 1, 'a', 0xc0, 0 }, cut[] = { 1, 'a' },
			     open_end[] = { 5, 'a', 0 };
	uint8_t long_name[260];
	struct hrd_trie_hit hit;
	struct hrd_trie trie;
	struct model model;
	uint8_t *sec;
	size_t len;

	(void)state;
	model_make(&model, MODEL_DENSE, MODEL_ONE_VALUE, 500, 7);
	build(&model, &sec, &len);
	open_good(&trie, sec, len);
	assert_true(
	    hrd_trie_find(&trie, (const uint8_t *)"\1a", 3, &hit)); /* the root has a wildcard */
	assert_false(hrd_trie_find(&trie, pointer, sizeof(pointer), &hit));
	assert_false(hrd_trie_find(&trie, cut, sizeof(cut), &hit));
	assert_false(hrd_trie_find(&trie, open_end, sizeof(open_end), &hit));
	assert_false(hrd_trie_find(&trie, cut, 0, &hit));
	memset(long_name, 1, sizeof(long_name));
	long_name[254] = long_name[256] = 0;
	assert_true(hrd_trie_find(&trie, long_name, 255, &hit));
	long_name[254] = 1;
	assert_false(hrd_trie_find(&trie, long_name, 257, &hit));
	hrd_trie_close(&trie);
	free(sec);
	model_free(&model);
}

/* --- building --- */

struct pair {
	const char *key;
	size_t len;
	uint32_t value;
};

static void
get_pair(const void *ctx, size_t i, const uint8_t **key, size_t *len, uint32_t *value)
{
	const struct pair *pairs = ctx;

	*key = (const uint8_t *)pairs[i].key;
	*len = pairs[i].len;
	*value = pairs[i].value;
}

static void
assert_refused(const struct pair *pairs, size_t count)
{
	struct hrd_trie_input in = { .count = count, .get = get_pair, .ctx = pairs };
	uint8_t *sec;
	size_t len;

	assert_int_equal(hrd_trie_build(&in, &sec, &len), HRD_EINVAL);
}

static void
builder_refuses_bad_input(void **state)
{
	static const struct pair unsorted[] = { { "b", 2, 3 }, { "a", 2, 3 } };
	static const struct pair twice[] = { { "a", 2, 3 }, { "a", 2, 3 } };
	static const struct pair no_rule[] = { { "a", 2, 4 } };
	static const struct pair capital[] = { { "A", 2, 3 } };
	static const struct pair no_end[] = { { "a", 1, 3 } };
	static const struct pair empty_label[] = { { "a\0", 3, 3 } };

	(void)state;
	assert_refused(unsorted, 2);
	assert_refused(twice, 2);
	assert_refused(no_rule, 1);
	assert_refused(capital, 1);
	assert_refused(no_end, 1);
	assert_refused(empty_label, 1);
}

/* The digest is the same on every machine and with every compiler; a change of the format or of the
 * builder's choices changes it. */
static void
same_names_give_the_same_octets_everywhere(void **state)
{
	uint64_t hash = 14695981039346656037u;

	(void)state;
	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		struct model model;
		uint8_t *sec, *again;
		size_t len, again_len;

		model_make(&model, (enum model_kind)kind,
		    (enum model_values)(kind % MODEL_VALUE_KINDS), 2000, 99);
		build(&model, &sec, &len);
		build(&model, &again, &again_len);
		assert_int_equal(len, again_len);
		assert_memory_equal(sec, again, len);
		for (size_t i = 0; i < len; i++)
			hash = (hash ^ sec[i]) * 1099511628211u;
		free(sec);
		free(again);
		model_free(&model);
	}
	print_message("# hash %016llx\n", (unsigned long long)hash);
	assert_true(hash == 0xa75916aae2861be8u);
}

static void
thirty_names_fit_four_kib(void **state)
{
	struct model model;
	uint8_t *sec;
	size_t len;

	(void)state;
	model_make(&model, MODEL_HOSTS, MODEL_FEW_VALUES, 30, 5);
	build(&model, &sec, &len);
	assert_in_range(len, 1, 4096);
	free(sec);
	model_free(&model);
}

/* --- opening --- */

static bool
count_names(void *ctx, uint32_t value, uint32_t names)
{
	uint32_t *sum = ctx;

	assert_int_not_equal(value & HRD_TRIE_FLAGS, 0);
	*sum += names;
	return true;
}

static bool
refuse_one(void *ctx, uint32_t value, uint32_t names)
{
	const uint32_t *bad = ctx;

	(void)names;
	return value != *bad;
}

static void
owner_of_values_checks_and_counts_them(void **state)
{
	(void)state;
	for (int values = 0; values < MODEL_VALUE_KINDS; values++) {
		uint32_t sum = 0;
		struct model model;
		struct hrd_trie trie;
		uint8_t *sec;
		const char *why;
		size_t len, offset;

		model_make(&model, MODEL_MIXED, (enum model_values)values, 3000, 11);
		build(&model, &sec, &len);
		assert_int_equal(
		    hrd_trie_open(&trie, sec, len, count_names, &sum, &why, &offset), HRD_OK);
		assert_int_equal(sum, model.count);
		hrd_trie_close(&trie);
		sum = model.value[model.count / 2];
		assert_int_equal(
		    hrd_trie_open(&trie, sec, len, refuse_one, &sum, &why, &offset), HRD_ECORRUPT);
		assert_string_equal(why, "a value is refused");
		free(sec);
		model_free(&model);
	}
}

static void
sections_that_are_cut_off_are_refused(void **state)
{
	struct model model;
	struct hrd_trie trie;
	uint8_t *sec;
	const char *why;
	size_t len, offset;

	(void)state;
	model_make(&model, MODEL_MIXED, MODEL_FEW_VALUES, 60, 3);
	build(&model, &sec, &len);
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *copy = malloc(cut + 1); /* so that a sanitizer sees a read past the end */

		assert_non_null(copy);
		memcpy(copy, sec, cut);
		assert_int_equal(
		    hrd_trie_open(&trie, copy, cut, NULL, NULL, &why, &offset), HRD_ECORRUPT);
		assert_non_null(why);
		free(copy);
	}
	free(sec);
	model_free(&model);
}

/* What a flipped bit leaves of a section is refused, or is a trie in all ways. */
static bool
is_refused_or_whole(const uint8_t *sec, size_t len)
{
	struct hrd_trie trie;
	struct model model;
	const char *why;
	size_t offset;

	if (hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset) != HRD_OK) {
		assert_non_null(why);
		assert_true(offset <= len);
		return true;
	}
	assert_true(model_from_trie(&model, &trie));
	compare_all(&model, &trie, 10, offset);
	hrd_trie_close(&trie);
	model_free(&model);
	return false;
}

static void
flipped_bits_are_refused_or_harmless(void **state)
{
	size_t refused = 0, whole = 0;

	(void)state;
	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		struct model model;
		uint8_t *sec;
		size_t len;

		model_make(&model, (enum model_kind)kind, MODEL_FEW_VALUES, 40, 21);
		build(&model, &sec, &len);
		for (size_t bit = 0; bit < len * 8; bit++) {
			sec[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (is_refused_or_whole(sec, len))
				refused++;
			else
				whole++;
			sec[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		free(sec);
		model_free(&model);
	}
	print_message("# %zu refused, %zu harmless\n", refused, whole);
	assert_true(refused > whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_and_walks_like_the_model),
		cmocka_unit_test(many_random_look_ups_agree_with_the_model),
		cmocka_unit_test(finds_nothing_for_what_is_no_name),
		cmocka_unit_test(builder_refuses_bad_input),
		cmocka_unit_test(same_names_give_the_same_octets_everywhere),
		cmocka_unit_test(thirty_names_fit_four_kib),
		cmocka_unit_test(owner_of_values_checks_and_counts_them),
		cmocka_unit_test(sections_that_are_cut_off_are_refused),
		cmocka_unit_test(flipped_bits_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
