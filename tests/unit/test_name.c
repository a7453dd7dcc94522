/* SPDX-License-Identifier: BSD-3-Clause */
/* Names: text, wire, keys and order, at their limits and with any octets. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/name/name.h"
#include "tests/names.h"
#include "tests/unit/check.h"

static int
status_of(const char *text)
{
	struct hrd_name name;

	return hrd_name_from_text(&name, text, strlen(text));
}

static void
assert_text(const struct hrd_name *name, const char *expected)
{
	char text[HRD_NAME_TEXT_MAX];

	assert_int_equal(hrd_name_to_text(name, text), strlen(expected));
	assert_string_equal(text, expected);
}

static void
assert_same_name(const struct hrd_name *a, const struct hrd_name *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->wire, b->wire, a->len);
}

TEST(portable_text_has_no_octet_that_a_reader_takes_for_another)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name name = name_of("*.a-b_c/d.Ab!#+:~.\\@\\.\\032\\255");
	const char expected[] = "*.a-b_c/d.ab\\033\\035\\043\\058\\126.\\064\\046\\032\\255";

	assert_int_equal(hrd_name_to_portable_text(&name, text), sizeof(expected) - 1);
	assert_string_equal(text, expected);
	name = name_of(".");
	assert_int_equal(hrd_name_to_portable_text(&name, text), 1);
	assert_string_equal(text, ".");
}

TEST(text_becomes_wire)
{
	static const uint8_t wire[] = "\003www\007example";
	struct hrd_name name = name_of("Www.Example.");

	assert_int_equal(name.len, sizeof(wire));
	assert_memory_equal(name.wire, wire, sizeof(wire));
	assert_text(&name, "www.example");
	name = name_of(".");
	assert_int_equal(name.len, 1);
	assert_text(&name, ".");
}

TEST(escapes_are_read_and_written)
{
	static const uint8_t wire[] = "\005a.b\\c\004\0\001\040\377\001*\003xyz";
	struct hrd_name name = name_of("a\\.b\\\\c.\\000\\001\\032\\255.*.\\x\\121z");

	assert_int_equal(name.len, sizeof(wire));
	assert_memory_equal(name.wire, wire, sizeof(wire));
	assert_text(&name, "a\\.b\\\\c.\\000\\001\\032\\255.*.xyz");
	name = name_of("\\\"\\(\\)\\;\\@\\$");
	assert_text(&name, "\\\"\\(\\)\\;\\@\\$");
	name = name_of("\\065\\Z");
	assert_text(&name, "az");
}

TEST(bad_text_is_refused)
{
	static const char *const bad[] = { "", "..", ".a", "a..b", "a..", "\\", "a\\", "a\\2",
		"a\\25", "a\\256", "a\\2x5", "a\\999.b" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(status_of(bad[i]), HRD_EINVAL);
}

/* Text of labels with the given lengths, each made of 'x'. */
static void
text_of_lengths(char *text, const size_t *lengths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*text++ = '.';
		memset(text, 'x', lengths[i]);
		text += lengths[i];
	}
	*text = '\0';
}

TEST(limits_hold_to_the_octet)
{
	static const size_t fits[] = { 63, 63, 63, 61 }, over[] = { 63, 63, 63, 62 },
			    label[] = { 64 };
	struct hrd_name name;
	char text[600];

	text_of_lengths(text, fits, 4);
	name = name_of(text);
	assert_int_equal(name.len, HRD_NAME_MAX);
	assert_int_equal(hrd_name_prepend(&name, (const uint8_t *)"a", 1), HRD_ERANGE);
	assert_text(&name, text);
	text_of_lengths(text, over, 4);
	assert_int_equal(status_of(text), HRD_ERANGE);
	text_of_lengths(text, label, 1);
	assert_int_equal(status_of(text), HRD_ERANGE);
	assert_int_equal(status_of(text + 1), HRD_OK);
	/* A bad escape behind a label that is too long is the graver fault. */
	strcat(text, ".a\\");
	assert_int_equal(status_of(text), HRD_EINVAL);
}

TEST(many_labels_hold)
{
	char text[2 * 128 + 1] = "";
	struct hrd_name name;
	struct hrd_key key;

	for (int i = 0; i < HRD_LABELS_MAX; i++)
		strcat(text, i == 0 ? "a" : ".a");
	name = name_of(text);
	assert_int_equal(hrd_name_labels(&name), HRD_LABELS_MAX);
	assert_int_equal(name.len, HRD_NAME_MAX);
	hrd_key_from_name(&key, &name);
	assert_int_equal(key.len, 2 * HRD_LABELS_MAX);
	strcat(text, ".a");
	assert_int_equal(status_of(text), HRD_ERANGE);
}

TEST(longest_text_and_key_fit)
{
	struct hrd_name name = { .len = 1 };
	struct hrd_name back;
	char text[HRD_NAME_TEXT_MAX];
	uint8_t label[HRD_LABEL_MAX] = { 0 };
	struct hrd_key key;

	for (int i = 0; i < 3; i++)
		assert_int_equal(hrd_name_prepend(&name, label, 63), HRD_OK);
	assert_int_equal(hrd_name_prepend(&name, label, 61), HRD_OK);
	assert_int_equal(hrd_name_to_text(&name, text), 250 * 4 + 3);
	assert_int_equal(hrd_name_from_text(&back, text, strlen(text)), HRD_OK);
	assert_same_name(&name, &back);
	hrd_key_from_name(&key, &name);
	assert_int_equal(key.len, 250 * 2 + 4);
	assert_int_equal(hrd_key_to_name(&back, key.octets, key.len), HRD_OK);
	assert_same_name(&name, &back);
}

TEST(wire_is_checked)
{
	static const uint8_t good[] = "\001A\002bC\000trailing";
	uint8_t wire[300];
	struct hrd_name name;

	assert_int_equal(hrd_name_from_wire(&name, good, sizeof(good)), HRD_OK);
	assert_text(&name, "a.bc");
	for (size_t len = 0; len < 6; len++)
		assert_int_equal(
		    hrd_name_from_wire(&name, good, len), len < 6 ? HRD_EINVAL : HRD_OK);
	assert_int_equal(hrd_name_from_wire(&name, good, 6), HRD_OK);
	assert_int_equal(hrd_name_from_wire(&name, (const uint8_t *)"\300\014", 2), HRD_EINVAL);
	assert_int_equal(hrd_name_from_wire(&name, (const uint8_t *)"\100a", 2), HRD_EINVAL);
	for (size_t i = 0; i < sizeof(wire); i += 2)
		memcpy(wire + i, "\001a", 2);
	wire[254] = 0;
	assert_int_equal(hrd_name_from_wire(&name, wire, sizeof(wire)), HRD_OK);
	assert_int_equal(name.len, HRD_NAME_MAX);
	wire[254] = 1;
	assert_int_equal(hrd_name_from_wire(&name, wire, sizeof(wire)), HRD_ERANGE);
}

TEST(suffix_append_prepend)
{
	struct hrd_name name = name_of("a.b.c"), other, root = name_of(".");

	assert_int_equal(hrd_name_labels(&name), 3);
	assert_int_equal(hrd_name_labels(&root), 0);
	hrd_name_suffix(&other, &name, 2);
	assert_text(&other, "b.c");
	hrd_name_suffix(&other, &name, 0);
	assert_text(&other, ".");
	hrd_name_suffix(&name, &name, 1);
	assert_text(&name, "c");
	other = name_of("x.y");
	assert_int_equal(hrd_name_append(&name, &other), HRD_OK);
	assert_text(&name, "c.x.y");
	assert_int_equal(hrd_name_append(&name, &root), HRD_OK);
	assert_text(&name, "c.x.y");
	assert_int_equal(hrd_name_prepend(&name, (const uint8_t *)"Q", 1), HRD_OK);
	assert_text(&name, "q.c.x.y");
	assert_int_equal(hrd_name_prepend(&name, (const uint8_t *)"", 0), HRD_ERANGE);
	assert_int_equal(hrd_name_prepend(&name, name.wire, 64), HRD_ERANGE);
}

TEST(append_stops_at_255_octets)
{
	static const size_t lengths[] = { 63, 63, 63 };
	struct hrd_name base, name, tail;
	char text[300];

	text_of_lengths(text, lengths, 3);
	base = name = name_of(text);
	tail = name_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_int_equal(hrd_name_append(&name, &tail), HRD_OK);
	assert_int_equal(name.len, HRD_NAME_MAX);
	tail = name_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_int_equal(hrd_name_append(&base, &tail), HRD_ERANGE);
	assert_text(&base, text);
}

TEST(ancestors_end_at_label_borders)
{
	struct hrd_name name = name_of("b.example.com"), a = name_of("example.com"),
			b = name_of("ample.com"), c = name_of("a.b.example.com"),
			root = name_of(".");

	assert_true(hrd_name_is_at_or_below(&name, &name));
	assert_true(hrd_name_is_at_or_below(&name, &a));
	assert_true(hrd_name_is_at_or_below(&name, &root));
	assert_false(hrd_name_is_at_or_below(&name, &b));
	assert_false(hrd_name_is_at_or_below(&name, &c));
	assert_false(hrd_name_is_at_or_below(&root, &a));
}

/* The example of RFC 4034 section 6.1. */
TEST(order_is_canonical)
{
	static const char *const sorted[] = { ".", "example", "a.example", "yljkjljk.a.example",
		"Z.a.example", "zABC.a.EXAMPLE", "z.example", "\\001.z.example", "*.z.example",
		"\\200.z.example" };
	enum { N = sizeof(sorted) / sizeof(sorted[0]) };

	for (int i = 0; i < N; i++) {
		for (int j = 0; j < N; j++) {
			struct hrd_name a = name_of(sorted[i]), b = name_of(sorted[j]);
			int order = hrd_name_cmp(&a, &b);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static int
key_cmp(const struct hrd_key *a, const struct hrd_key *b)
{
	int order = memcmp(a->octets, b->octets, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : (int)a->len - (int)b->len;
}

TEST(keys_order_like_names_and_turn_back)
{
	struct hrd_name a, b, back;
	struct hrd_key ka, kb;
	char text[HRD_NAME_TEXT_MAX];
	struct rng rng = { .state = 1 };

	for (int i = 0; i < 20000; i++) {
		int by_name, by_key;

		names_random(&rng, rng_below(&rng, SHAPES), HRD_NAME_MAX, &a);
		names_random(&rng, rng_below(&rng, SHAPES), HRD_NAME_MAX, &b);
		if (rng_below(&rng, 2) == 0)
			hrd_name_suffix(&b, &a, rng_below(&rng, hrd_name_labels(&a) + 1));
		hrd_key_from_name(&ka, &a);
		hrd_key_from_name(&kb, &b);
		by_name = hrd_name_cmp(&a, &b);
		by_key = key_cmp(&ka, &kb);
		assert_int_equal((by_name > 0) - (by_name < 0), (by_key > 0) - (by_key < 0));
		assert_int_equal(hrd_name_is_at_or_below(&a, &b),
		    kb.len <= ka.len && memcmp(ka.octets, kb.octets, kb.len) == 0);
		assert_int_equal(hrd_key_to_name(&back, ka.octets, ka.len), HRD_OK);
		assert_same_name(&a, &back);
		assert_int_equal(
		    hrd_name_from_text(&back, text, hrd_name_to_text(&a, text)), HRD_OK);
		assert_same_name(&a, &back);
	}
}

static int
key_status(const char *octets, size_t len)
{
	struct hrd_name name;

	return hrd_key_to_name(&name, (const uint8_t *)octets, len);
}

TEST(bad_keys_are_refused)
{
	char key[HRD_KEY_MAX + 10];

	assert_int_equal(key_status("", 0), HRD_OK);
	assert_int_equal(key_status("com", 4), HRD_OK);
	assert_int_equal(key_status("com", 3), HRD_EINVAL);       /* no end */
	assert_int_equal(key_status("", 1), HRD_EINVAL);          /* empty label */
	assert_int_equal(key_status("a\0\0", 3), HRD_EINVAL);     /* empty label */
	assert_int_equal(key_status("A", 2), HRD_EINVAL);         /* upper case */
	assert_int_equal(key_status("a\001\003", 4), HRD_EINVAL); /* bad escape */
	assert_int_equal(key_status("a\001", 2), HRD_EINVAL);     /* cut escape */
	assert_int_equal(key_status("a\001\0", 3), HRD_EINVAL);
	memset(key, 'x', sizeof(key));
	key[64] = 0;
	assert_int_equal(key_status(key, 65), HRD_EINVAL); /* label of 64 octets */
	for (size_t i = 0; i < sizeof(key); i += 2)
		memcpy(key + i, "x", 2);
	assert_int_equal(key_status(key, 254), HRD_OK);
	assert_int_equal(key_status(key, 256), HRD_ERANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portable_text_has_no_octet_that_a_reader_takes_for_another),
		cmocka_unit_test(text_becomes_wire),
		cmocka_unit_test(escapes_are_read_and_written),
		cmocka_unit_test(bad_text_is_refused),
		cmocka_unit_test(limits_hold_to_the_octet),
		cmocka_unit_test(many_labels_hold),
		cmocka_unit_test(longest_text_and_key_fit),
		cmocka_unit_test(wire_is_checked),
		cmocka_unit_test(suffix_append_prepend),
		cmocka_unit_test(append_stops_at_255_octets),
		cmocka_unit_test(ancestors_end_at_label_borders),
		cmocka_unit_test(order_is_canonical),
		cmocka_unit_test(keys_order_like_names_and_turn_back),
		cmocka_unit_test(bad_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
