/* SPDX-License-Identifier: BSD-3-Clause */
/* The trie finds what a naive model finds, gives back what it was built from, and refuses sections
 * that lie. HRADBA_TRIE_LOOKUPS sets the number of random look-ups (the default is quick). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/format.h"
#include "lib/trie/trie.h"
#include "tests/trie_model.h"
#include "tests/unit/check.h"

/* Shapes from SHAPE_HOSTS on. */
enum { TRIE_SHAPES = SHAPES - SHAPE_HOSTS };

static void
build(const struct trie_model *model, uint8_t **sec, size_t *len)
{
	struct hrd_trie_input in = trie_model_input(model);

	assert_int_equal(hrd_trie_build(&in, sec, len), HRD_OK);
}

static void
open_good(struct hrd_trie *trie, const uint8_t *sec, size_t len)
{
	const char *why;
	size_t offset;
	int status = hrd_trie_open(trie, sec, len, NULL, NULL, &why, &offset);

	if (status == HRD_OK)
		status = hrd_trie_check_names(trie, &why, &offset);
	if (status != HRD_OK)
		fail_msg("open: %s at %zu", why != NULL ? why : "no reason", offset);
}

static void
print_name(const char *what, const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, text);
	print_error("%s %s\n", what, text);
}

/* The trie finds what was found otherwise; *want is all zero where that is nothing. */
static void
assert_finds(const struct hrd_trie *trie, const struct hrd_name *name, bool found,
    const struct hrd_trie_hit *want)
{
	struct hrd_trie_hit got = { 0 };

	if (hrd_trie_find(trie, name->wire, name->len, &got) == found && got.value == want->value &&
	    got.labels == want->labels && got.wildcard == want->wildcard)
		return;
	print_name("name", name);
	fail_msg("found %x/%u/%d, not %x/%u/%d", (unsigned)got.value, got.labels, got.wildcard,
	    (unsigned)want->value, want->labels, want->wildcard);
}

static void
compare_find(
    const struct trie_model *model, const struct hrd_trie *trie, const struct hrd_name *name)
{
	struct hrd_trie_hit want = { 0 };
	bool found = trie_model_find(model, name->wire, name->len, &want);

	assert_finds(trie, name, found, &want);
}

static void
compare_all(
    const struct trie_model *model, const struct hrd_trie *trie, size_t queries, uint64_t seed)
{
	struct rng rng = { .state = seed };
	struct hrd_name name;

	for (size_t i = 0; i < model->count; i++) {
		trie_model_name(model, i, &name);
		compare_find(model, trie, &name);
	}
	for (size_t i = 0; i < queries; i++) {
		trie_model_query(model, &rng, &name);
		compare_find(model, trie, &name);
	}
}

static void
compare_walk(const struct trie_model *model, const struct hrd_trie *trie)
{
	struct hrd_trie_walk walk;
	struct hrd_name got, want;
	uint32_t value;

	assert_int_equal(trie->count, model->count);
	hrd_trie_walk_init(&walk, trie);
	for (size_t i = 0; i < model->count; i++) {
		assert_true(hrd_trie_walk_next(&walk, &got, &value));
		trie_model_name(model, i, &want);
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.wire, want.wire, want.len);
		assert_int_equal(value, model->value[i]);
	}
	assert_false(hrd_trie_walk_next(&walk, &got, &value));
}

/* One rule set of this shape and size against the model. */
static void
try_set(enum shape shape, enum trie_values values, size_t count, size_t queries, uint64_t seed)
{
	struct trie_model model;
	struct hrd_trie trie;
	uint8_t *sec;
	size_t len;

	trie_model_make(&model, shape, values, count, seed);
	build(&model, &sec, &len);
	open_good(&trie, sec, len);
	compare_walk(&model, &trie);
	compare_all(&model, &trie, queries, seed ^ 1);
	hrd_trie_close(&trie);
	free(sec);
	trie_model_free(&model);
}

TEST(finds_and_walks_like_the_model)
{
	static const size_t counts[] = { 0, 1, 2, 3, 40, 300, 9000 };
	uint64_t seed = 1;

	for (enum shape shape = SHAPE_HOSTS; shape < SHAPES; shape++) {
		for (int values = 0; values < TRIE_VALUE_KINDS; values++) {
			for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
				try_set(shape, (enum trie_values)values, counts[i], counts[i] + 100,
				    seed++);
		}
	}
}

TEST(many_random_look_ups_agree_with_the_model)
{
	const char *text = getenv("HRADBA_TRIE_LOOKUPS");
	uint64_t left = text != NULL ? strtoull(text, NULL, 10) : 1000000, seed = 1000000, done = 0;

	while (done < left) {
		size_t count = (size_t)1 << (seed % 15), queries = left < 20000000 ? 20000 : 100000;

		try_set(SHAPE_HOSTS + (enum shape)(seed % TRIE_SHAPES),
		    (enum trie_values)(seed / TRIE_SHAPES % TRIE_VALUE_KINDS), count, queries,
		    seed);
		done += queries;
		seed++;
	}
	print_message("# %llu look-ups in %llu rule sets\n", (unsigned long long)done,
	    (unsigned long long)(seed - 1000000));
}

TEST(finds_nothing_for_what_is_no_name)
{
	static const uint8_t pointer[] = { 1, 'a', 0xc0, 0 }, cut[] = { 1, 'a' },
			     open_end[] = { 5, 'a', 0 };
	uint8_t long_name[260];
	struct hrd_trie_hit hit;
	struct hrd_trie trie;
	struct trie_model model;
	uint8_t *sec;
	size_t len;

	trie_model_make(&model, SHAPE_DENSE, TRIE_ONE_VALUE, 500, 7);
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
	trie_model_free(&model);
}

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

TEST(builder_refuses_bad_input)
{
	static const struct pair unsorted[] = { { "b", 2, 3 }, { "a", 2, 3 } };
	static const struct pair twice[] = { { "a", 2, 3 }, { "a", 2, 3 } };
	static const struct pair no_rule[] = { { "a", 2, 4 } };
	static const struct pair capital[] = { { "A", 2, 3 } };
	static const struct pair no_end[] = { { "a", 1, 3 } };
	static const struct pair empty_label[] = { { "a\0", 3, 3 } };

	assert_refused(unsorted, 2);
	assert_refused(twice, 2);
	assert_refused(no_rule, 1);
	assert_refused(capital, 1);
	assert_refused(no_end, 1);
	assert_refused(empty_label, 1);
}

/* The digest is the same on every machine and with every compiler; a change of the format or of the
 * builder's choices changes it. */
TEST(same_names_give_the_same_octets_everywhere)
{
	uint64_t hash = 14695981039346656037u;

	for (enum shape shape = SHAPE_HOSTS; shape < SHAPES; shape++) {
		struct trie_model model;
		uint8_t *sec, *again;
		size_t len, again_len;

		trie_model_make(&model, shape,
		    (enum trie_values)((shape - SHAPE_HOSTS) % TRIE_VALUE_KINDS), 2000, 99);
		build(&model, &sec, &len);
		build(&model, &again, &again_len);
		assert_int_equal(len, again_len);
		assert_memory_equal(sec, again, len);
		for (size_t i = 0; i < len; i++)
			hash = (hash ^ sec[i]) * 1099511628211u;
		free(sec);
		free(again);
		trie_model_free(&model);
	}
	print_message("# hash %016llx\n", (unsigned long long)hash);
	assert_true(hash == 0xa75916aae2861be8u);
}

TEST(thirty_names_fit_four_kib)
{
	struct trie_model model;
	uint8_t *sec;
	size_t len;

	trie_model_make(&model, SHAPE_HOSTS, TRIE_FEW_VALUES, 30, 5);
	build(&model, &sec, &len);
	assert_in_range(len, 1, 4096);
	free(sec);
	trie_model_free(&model);
}

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

TEST(owner_of_values_checks_and_counts_them)
{
	for (int values = 0; values < TRIE_VALUE_KINDS; values++) {
		uint32_t sum = 0;
		struct trie_model model;
		struct hrd_trie trie;
		uint8_t *sec;
		const char *why;
		size_t len, offset;

		trie_model_make(&model, SHAPE_MIXED, (enum trie_values)values, 3000, 11);
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
		trie_model_free(&model);
	}
}

TEST(sections_that_are_cut_off_are_refused)
{
	struct trie_model model;
	struct hrd_trie trie;
	uint8_t *sec;
	const char *why;
	size_t len, offset;

	trie_model_make(&model, SHAPE_MIXED, TRIE_FEW_VALUES, 60, 3);
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
	trie_model_free(&model);
}

enum outcome { REFUSED, UNDECODABLE, WHOLE, OUTCOMES };

/* Finds what the stored bits say. */
static void
compare_with_stored(const struct hrd_trie *trie, const struct trie_model *near, uint64_t seed)
{
	struct rng rng = { .state = seed };

	for (int i = 0; i < 10; i++) {
		struct hrd_trie_hit want = { 0 };
		struct hrd_name name;
		bool found;

		trie_model_query(near, &rng, &name);
		found = trie_model_find_stored(trie, name.wire, name.len, &want);
		assert_finds(trie, &name, found, &want);
	}
}

/* Where a name is none a walk ends, for good. */
static void
assert_walk_ends(const struct hrd_trie *trie)
{
	struct hrd_trie_walk walk;
	struct hrd_name name;
	uint32_t value;

	hrd_trie_walk_init(&walk, trie);
	while (hrd_trie_walk_next(&walk, &name, &value))
		;
	for (int i = 0; i < 3; i++)
		assert_false(hrd_trie_walk_next(&walk, &name, &value));
}

/* What a flipped bit leaves of a section is refused; or it has a name that is none, and the others
 * are found; or it is a trie in all ways.  `before` is what it was. */
static enum outcome
outcome_of(const uint8_t *sec, size_t len, const struct trie_model *before, uint64_t seed)
{
	struct hrd_trie trie;
	struct trie_model model;
	const char *why;
	size_t offset;
	enum outcome outcome = WHOLE;

	if (hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset) != HRD_OK) {
		assert_non_null(why);
		assert_true(offset <= len);
		return REFUSED;
	}
	compare_with_stored(&trie, before, seed);
	if (hrd_trie_check_names(&trie, &why, &offset) != HRD_OK) {
		assert_non_null(why);
		assert_in_range(offset, 1, len - 1);
		assert_false(trie_model_from_trie(&model, &trie));
		assert_walk_ends(&trie);
		outcome = UNDECODABLE;
	} else {
		assert_true(trie_model_from_trie(&model, &trie));
		compare_all(&model, &trie, 10, offset);
	}
	hrd_trie_close(&trie);
	trie_model_free(&model);
	return outcome;
}

TEST(flipped_bits_are_refused_or_harmless)
{
	size_t outcomes[OUTCOMES] = { 0 };

	for (enum shape shape = SHAPE_HOSTS; shape < SHAPES; shape++) {
		struct trie_model model;
		uint8_t *sec;
		size_t len;

		trie_model_make(&model, shape, TRIE_FEW_VALUES, 40, 21);
		build(&model, &sec, &len);
		for (size_t bit = 0; bit < len * 8; bit++) {
			sec[bit / 8] ^= (uint8_t)(1u << bit % 8);
			outcomes[outcome_of(sec, len, &model, bit)]++;
			sec[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		free(sec);
		trie_model_free(&model);
	}
	print_message("# %zu refused, %zu with a name that is none, %zu whole\n", outcomes[REFUSED],
	    outcomes[UNDECODABLE], outcomes[WHOLE]);
	assert_true(outcomes[REFUSED] > outcomes[UNDECODABLE] + outcomes[WHOLE]);
	assert_true(outcomes[UNDECODABLE] > 0 && outcomes[WHOLE] > 0);
}

/* A good section, to be changed in place. */
struct lie {
	struct trie_model model;
	uint8_t *sec;
	size_t len, slots; /* octets; offset of the first slot */
};

static void
lie_begin(struct lie *lie, enum shape shape, enum trie_values values, size_t count)
{
	trie_model_make(&lie->model, shape, values, count, 5);
	build(&lie->model, &lie->sec, &lie->len);
	lie->slots = lie->len - HRD_TRIE_TAIL -
		     ((size_t)hrd_le32(lie->sec + HRD_TRIE_SLOTS) << lie->sec[HRD_TRIE_SLOT_SHIFT]);
}

static void
lie_end(struct lie *lie)
{
	free(lie->sec);
	trie_model_free(&lie->model);
}

static void
assert_corrupt(const uint8_t *sec, size_t len, const char *reason)
{
	struct hrd_trie trie;
	const char *why;
	size_t offset;

	assert_int_equal(hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset), HRD_ECORRUPT);
	if (reason != NULL)
		assert_string_equal(why, reason);
	assert_true(offset < len);
}

/* What finding does not rely on: refused only where names are checked. */
static void
assert_no_name(const uint8_t *sec, size_t len, const char *reason)
{
	struct hrd_trie trie;
	const char *why;
	size_t offset;

	assert_int_equal(hrd_trie_open(&trie, sec, len, NULL, NULL, &why, &offset), HRD_OK);
	assert_int_equal(hrd_trie_check_names(&trie, &why, &offset), HRD_ECORRUPT);
	assert_string_equal(why, reason);
	assert_true(offset < len);
	hrd_trie_close(&trie);
}

/* Writes an octet of the section, sees it refused, and takes it back. */
static void
octet_lies(struct lie *lie, size_t at, uint8_t octet, const char *reason)
{
	uint8_t before = lie->sec[at];

	assert_int_not_equal(before, octet);
	lie->sec[at] = octet;
	assert_corrupt(lie->sec, lie->len, reason);
	lie->sec[at] = before;
}

static void
set_bits(uint8_t *bits, size_t pos, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++, pos++) {
		bits[pos / 8] &= (uint8_t) ~(0x80u >> pos % 8);
		if ((value >> (width - 1 - i) & 1) != 0)
			bits[pos / 8] |= (uint8_t)(0x80u >> pos % 8);
	}
}

static void
bits_lie(
    struct lie *lie, size_t slot, size_t pos, unsigned width, uint64_t value, const char *reason)
{
	uint8_t *bits = lie->sec + lie->slots + (slot << lie->sec[HRD_TRIE_SLOT_SHIFT]);
	uint64_t before = hrd_bits(bits, pos, width);

	assert_true(before != value);
	set_bits(bits, pos, width, value);
	assert_corrupt(lie->sec, lie->len, reason);
	set_bits(bits, pos, width, before);
}

TEST(lies_of_the_front_are_refused)
{
	struct lie lie;
	size_t values = HRD_TRIE_HEAD_OCTETS + HRD_CODE_OCTETS;

	lie_begin(&lie, SHAPE_HOSTS, TRIE_FEW_VALUES, 900);
	octet_lies(&lie, HRD_TRIE_NAMES, (uint8_t)(lie.sec[HRD_TRIE_NAMES] + 1),
	    "the header has another count of names");
	octet_lies(&lie, HRD_TRIE_SLOTS, (uint8_t)(lie.sec[HRD_TRIE_SLOTS] - 1),
	    "the section has another length than its header says");
	octet_lies(&lie, HRD_TRIE_VALUES, (uint8_t)(lie.sec[HRD_TRIE_VALUES] + 32),
	    "the value table has a bad size");
	octet_lies(&lie, HRD_TRIE_VALUE_BITS, 33, "the value table has a bad size");
	octet_lies(&lie, HRD_TRIE_SLOT_SHIFT, HRD_SLOT_SHIFT_MIN - 1, "the header has a bad field");
	octet_lies(&lie, HRD_TRIE_SLOT_SHIFT, HRD_SLOT_SHIFT_MAX + 1, "the header has a bad field");
	octet_lies(&lie, HRD_TRIE_ZERO, 1, "the header has a bad field");
	octet_lies(&lie, HRD_TRIE_HEAD_OCTETS, 0, "the code lengths give no alphabetic code");
	octet_lies(&lie, values - 1, 0x11, "the code lengths give no alphabetic code");
	octet_lies(&lie, values, 0xff, "the value table is not in order");
	octet_lies(&lie, values, 0, "a name has no rule");
	octet_lies(&lie, lie.slots - 1, 1, "padding is not zero");
	octet_lies(&lie, lie.len - 1, 1, "padding is not zero");
	assert_corrupt(lie.sec, lie.len - 1, "the section has another length than its header says");
	assert_corrupt((const uint8_t *)"1234567890123456", 16, "an empty section has a count");
	lie_end(&lie);
}

/* The first slot, from its second on, whose head has covers. */
static size_t
slot_with_covers(const struct lie *lie, struct hrd_slot *slot)
{
	for (size_t i = 1;; i++) {
		assert_in_range(i, 0, hrd_le32(lie->sec + HRD_TRIE_SLOTS) - 1);
		hrd_slot_read(slot, lie->sec + lie->slots + (i << lie->sec[HRD_TRIE_SLOT_SHIFT]),
		    lie->sec[HRD_TRIE_VALUE_BITS]);
		if (slot->covers > 0)
			return i;
	}
}

TEST(lies_of_a_slot_are_refused)
{
	struct lie lie;
	struct hrd_slot slot;
	unsigned value_bits, width;
	size_t i, at;

	lie_begin(&lie, SHAPE_DENSE, TRIE_FEW_VALUES, 3000);
	value_bits = lie.sec[HRD_TRIE_VALUE_BITS];
	i = slot_with_covers(&lie, &slot);
	width = slot.lcp_bits + slot.rest_bits;
	bits_lie(&lie, i, 0, HRD_SLOT_COUNT_BITS, 255, "a slot is too full");
	bits_lie(&lie, i, 16, HRD_SLOT_COVER_BITS, 0, NULL); /* moves all that follows */
	bits_lie(&lie, i, 23, HRD_SLOT_LEN_BITS, 8191, "a slot is too full");
	bits_lie(&lie, i, slot.cover_at, HRD_SLOT_LEN_BITS,
	    hrd_bits(slot.bits, slot.cover_at, HRD_SLOT_LEN_BITS) + 1,
	    "covers do not fit the names");
	bits_lie(&lie, i, slot.cover_at + HRD_SLOT_LEN_BITS, value_bits,
	    hrd_bits(slot.bits, slot.cover_at + HRD_SLOT_LEN_BITS, value_bits) ^ 1,
	    "covers do not fit the names");
	for (at = slot.entry_at; hrd_bits(slot.bits, at, slot.lcp_bits) + 1 == 1u << slot.lcp_bits;)
		at += width;
	bits_lie(&lie, i, at, slot.lcp_bits, (1u << slot.lcp_bits) - 1, "a name is too long");
	bits_lie(&lie, i, slot.entry_at, width, 0, "names are not in order");
	bits_lie(
	    &lie, i, slot.entry_at + slot.lcp_bits, slot.rest_bits, 0, "names are not in order");
	for (at = slot.name_at; hrd_bits(slot.bits, at, 1) == 0;)
		at++;
	bits_lie(&lie, i, at, 1, 0, "names are not in order");
	bits_lie(&lie, hrd_le32(lie.sec + HRD_TRIE_SLOTS) - 1, (8u << HRD_SLOT_SHIFT_MIN) - 1, 1, 1,
	    "padding is not zero");
	bits_lie(&lie, i, slot.value_at, value_bits, (1u << value_bits) - 1,
	    "a value is not in the table");
	lie_end(&lie);
}

/* Behind the end of a name the radix trie takes it for zeros. */
TEST(names_that_go_on_with_zeros_only_are_refused)
{
	struct lie lie;
	struct hrd_slot slot;
	unsigned last, lcp = 0, rest = 0;
	size_t at, pos;

	lie_begin(&lie, SHAPE_DENSE, TRIE_FEW_VALUES, 3000);
	hrd_slot_read(&slot, lie.sec + lie.slots, lie.sec[HRD_TRIE_VALUE_BITS]);
	at = slot.entry_at;
	pos = slot.name_at + slot.first_len;
	last = slot.first_len;
	for (unsigned i = 1; i < slot.names; i++) {
		lcp = (unsigned)hrd_bits(slot.bits, at, slot.lcp_bits);
		rest = (unsigned)hrd_bits(slot.bits, at + slot.lcp_bits, slot.rest_bits);
		if (lcp == last && rest <= HRD_PEEK_MAX)
			break;
		last = lcp + rest;
		at += slot.lcp_bits + slot.rest_bits;
		pos += rest;
	}
	assert_int_equal(lcp, last);
	bits_lie(&lie, 0, pos, rest, 0, "names are not in order");
	lie_end(&lie);
}

/* A section of one name that is made of the given symbols; raw follows those that are ranges. */
static void
assert_symbols(const uint8_t *symbols, size_t count, uint8_t raw, unsigned cut, const char *reason)
{
	struct lie lie;
	struct hrd_code code;
	unsigned context = HRD_CODE_LABEL_END, pos = HRD_SLOT_HEAD_BITS;
	uint8_t *slot;

	lie_begin(&lie, SHAPE_HOSTS, TRIE_ONE_VALUE, 1);
	assert_true(hrd_code_load(&code, lie.sec + HRD_TRIE_HEAD_OCTETS));
	lie.sec = realloc(lie.sec, lie.len += 2048 - 256);
	assert_non_null(lie.sec);
	slot = lie.sec + lie.slots;
	lie.sec[HRD_TRIE_SLOT_SHIFT] = HRD_SLOT_SHIFT_MAX;
	memset(slot, 0, lie.len - lie.slots);
	for (size_t i = 0; i < count; context = symbols[i++]) {
		uint32_t entry = code.encode[context][symbols[i]];

		set_bits(slot, pos, entry >> 16, entry & 0xffff);
		pos += entry >> 16;
		if (hrd_code_is_range(symbols[i])) {
			set_bits(slot, pos, HRD_CODE_RAW_BITS, raw);
			pos += HRD_CODE_RAW_BITS;
		}
	}
	pos -= cut;
	set_bits(slot, pos, cut, 0);
	set_bits(slot, 23, HRD_SLOT_LEN_BITS, pos - HRD_SLOT_HEAD_BITS);
	if (reason != NULL) {
		assert_no_name(lie.sec, lie.len, reason);
	} else {
		struct hrd_trie trie;

		open_good(&trie, lie.sec, lie.len);
		hrd_trie_close(&trie);
	}
	lie_end(&lie);
}

TEST(bits_that_are_no_name_are_refused)
{
	enum { END = HRD_CODE_LABEL_END, LOW = 1, MIDDLE = 14, A = 17, Z = 42 };
	uint8_t many[HRD_CODED_SYMBOLS_MAX + 1];

	assert_symbols((const uint8_t[]){ A, END, A }, 3, 0, 0, NULL);
	assert_symbols((const uint8_t[]){ END, A }, 2, 0, 0, "a label is empty or too long");
	assert_symbols((const uint8_t[]){ A, END }, 2, 0, 0, "a label is empty or too long");
	assert_symbols(
	    (const uint8_t[]){ A, END, END, A }, 4, 0, 0, "a label is empty or too long");
	assert_symbols((const uint8_t[]){ A, A, Z }, 3, 0, 1, "a name ends within a symbol");
	assert_symbols((const uint8_t[]){ A, LOW }, 2, 0x2c, 0, NULL);
	assert_symbols((const uint8_t[]){ A, LOW }, 2, 0x2d, 0, "an octet is outside its range");
	assert_symbols((const uint8_t[]){ A, LOW }, 2, 0, 3, "a name ends within a symbol");
	assert_symbols((const uint8_t[]){ A, MIDDLE }, 2, '@', 0, NULL);
	assert_symbols((const uint8_t[]){ A, MIDDLE }, 2, 'A', 0, "an octet is outside its range");
	memset(many, A, sizeof(many));
	assert_symbols(many, 63, 0, 0, NULL);
	assert_symbols(many, 64, 0, 0, "a label is empty or too long");
	for (size_t i = 63; i < sizeof(many); i += 64)
		many[i] = END;
	assert_symbols(many, HRD_CODED_SYMBOLS_MAX, 0, 0, NULL);
	assert_symbols(many, HRD_CODED_SYMBOLS_MAX + 1, 0, 0, "a name is too long");
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
		cmocka_unit_test(lies_of_the_front_are_refused),
		cmocka_unit_test(lies_of_a_slot_are_refused),
		cmocka_unit_test(names_that_go_on_with_zeros_only_are_refused),
		cmocka_unit_test(bits_that_are_no_name_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
