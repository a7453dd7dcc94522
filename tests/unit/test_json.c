/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON writer, and the UTF-8 it relies on. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "lib/base/json.h"
#include "lib/base/utf8.h"
#include "tests/unit/check.h"

static struct collected out = { .max = 4096 };

static void
begin(struct hrd_json *json, bool pretty)
{
	out.len = 0;
	hrd_json_init(json, pretty, collect, &out);
}

static void
write_sample(struct hrd_json *json)
{
	hrd_json_object(json);
	hrd_json_member(json, "name", "deepseek.com");
	hrd_json_key(json, "list");
	hrd_json_array(json);
	hrd_json_uint(json, UINT64_MAX);
	hrd_json_bool(json, true);
	hrd_json_bool(json, false);
	hrd_json_null(json);
	hrd_json_object(json);
	hrd_json_object_end(json);
	hrd_json_array(json);
	hrd_json_array_end(json);
	hrd_json_array_end(json);
	hrd_json_key(json, "map");
	hrd_json_object(json);
	hrd_json_member(json, "a", "");
	hrd_json_member(json, "b", "c");
	hrd_json_object_end(json);
	hrd_json_object_end(json);
}

TEST(objects_stand_on_one_line)
{
	struct hrd_json json;

	begin(&json, false);
	write_sample(&json);
	assert_int_equal(hrd_json_end(&json), HRD_OK);
	assert_string_equal(out.text,
	    "{\"name\":\"deepseek.com\",\"list\":[18446744073709551615,true,"
	    "false,null,{},[]],\"map\":{\"a\":\"\",\"b\":\"c\"}}\n");
}

TEST(or_are_indented_by_two)
{
	struct hrd_json json;

	begin(&json, true);
	write_sample(&json);
	assert_int_equal(hrd_json_end(&json), HRD_OK);
	assert_string_equal(out.text,
	    "{\n  \"name\": \"deepseek.com\",\n  \"list\": [\n    18446744073709551615,\n"
	    "    true,\n    false,\n    null,\n    {},\n    []\n  ],\n"
	    "  \"map\": {\n    \"a\": \"\",\n    \"b\": \"c\"\n  }\n}\n");
}

TEST(any_octets_become_valid_json)
{
	struct hrd_json json;

	begin(&json, false);
	hrd_json_string_len(&json, "a\"\\\n\0\177\303\272\377\300\257\355\240\200/", 15);
	assert_int_equal(hrd_json_end(&json), HRD_OK);
	assert_string_equal(out.text, "\"a\\\"\\\\\\u000a\\u0000\\u007f\303\272"
				      "\\u00ff\\u00c0\\u00af\\u00ed\\u00a0\\u0080/\"\n");
	begin(&json, false);
	hrd_json_string_len(&json, "\303", 1);
	assert_int_equal(hrd_json_end(&json), HRD_OK);
	assert_string_equal(out.text, "\"\\u00c3\"\n");
	begin(&json, false);
	hrd_json_string_len(&json, "\302\200\302\233\302\240", 6);
	assert_int_equal(hrd_json_end(&json), HRD_OK);
	assert_string_equal(out.text, "\"\\u0080\\u009b\302\240\"\n");
}

TEST(what_stands_for_itself_is_found_wherever_it_ends)
{
	enum { LEN = 20 };
	char text[LEN];

	for (int octet = 0; octet <= UINT8_MAX; octet++) {
		bool plain = octet >= ' ' && octet <= '~' && octet != '"' && octet != '\\';

		for (size_t at = 0; at < LEN; at++) {
			memset(text, 'a', LEN);
			text[at] = (char)octet;
			assert_int_equal(hrd_json_plain(text, LEN), plain ? LEN : at);
			assert_int_equal(hrd_json_plain(text, at), at);
		}
	}
}

TEST(nesting_has_a_limit)
{
	struct hrd_json json;

	for (int depth = HRD_JSON_DEPTH_MAX; depth <= HRD_JSON_DEPTH_MAX + 1; depth++) {
		begin(&json, true);
		for (int i = 0; i < depth; i++)
			hrd_json_array(&json);
		for (int i = 0; i < depth; i++)
			hrd_json_array_end(&json);
		assert_int_equal(
		    hrd_json_end(&json), depth <= HRD_JSON_DEPTH_MAX ? HRD_OK : HRD_ELIMIT);
	}
}

TEST(an_error_of_the_sink_sticks)
{
	static char text[4096];
	struct hrd_json json;

	memset(text, 'x', sizeof(text));
	begin(&json, false);
	hrd_json_string_len(&json, text, sizeof(text));
	hrd_json_string(&json, "more");
	assert_int_equal(hrd_json_end(&json), HRD_EIO);
	assert_int_equal(out.len, 1);
}

TEST(utf_8_is_strict)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = { { "a", 1 }, { "\302\200", 2 }, { "\337\277", 2 }, { "\340\240\200", 3 },
		{ "\355\237\277", 3 }, { "\356\200\200", 3 }, { "\360\220\200\200", 4 },
		{ "\364\217\277\277", 4 }, { "\200", 0 }, { "\301\277", 0 }, { "\340\237\277", 0 },
		{ "\355\240\200", 0 }, { "\360\217\277\277", 0 }, { "\364\220\200\200", 0 },
		{ "\365\200\200\200", 0 }, { "\377", 0 }, { "\303", 0 }, { "\342\202", 0 },
		{ "\342\202a", 0 }, { "\360\220\200", 0 }, { "\360\220\200a", 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    hrd_utf8_char((const uint8_t *)cases[i].text, strlen(cases[i].text)),
		    cases[i].len);
	assert_int_equal(hrd_utf8_char((const uint8_t *)"a", 0), 0);
	assert_true(hrd_utf8_is_text((const uint8_t *)"N\303\232KIB \302\240", 9));
	assert_false(hrd_utf8_is_text((const uint8_t *)"a\302\237", 3));
	assert_false(hrd_utf8_is_text((const uint8_t *)"a\177", 2));
	assert_false(hrd_utf8_is_text((const uint8_t *)"a\0", 2));
}

TEST(characters_that_are_not_seen_are_found)
{
	static const char *const unseen[] = { "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160",
		"\u17b4", "\u17b5", "\u180b", "\u180e", "\u200b", "\u200f", "\u2028", "\u202e",
		"\u2060", "\u2061", "\u2064", "\u2066", "\u206f", "\u2800", "\u3164", "\ufe00",
		"\ufe0f", "\ufeff", "\uffa0", "\ufffb", "\U0001bca0", "\U0001d173", "\U000e0001",
		"\U000e0041", "\U000e0100", "\U000e0fff" };
	static const char *const seen[] = { "a", "\u00a0", "\u00ae", "\u0300", "\u115e", "\u1161",
		"\u200a", "\u2010", "\u202f", "\u205f", "\u3163", "\uff21", "\ufffd", "\U0001f512",
		"\U000e1000" };
	char text[32];

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "\377\303\274%sa", unseen[i]);
		size_t at = 0;
		uint32_t code;

		assert_int_equal(hrd_utf8_shown(unseen[i], strlen(unseen[i])), 0);
		assert_true(hrd_utf8_unseen(text, len, &at, &code));
		assert_int_equal(at, 3);
		at++;
		assert_false(hrd_utf8_unseen(text, len, &at, &code));
		/* Half of it is nothing. */
		at = 0;
		assert_false(hrd_utf8_unseen(unseen[i], strlen(unseen[i]) - 1, &at, &code));
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		size_t at = 0;
		uint32_t code;

		assert_int_equal(hrd_utf8_shown(seen[i], strlen(seen[i])), strlen(seen[i]));
		assert_false(hrd_utf8_unseen(seen[i], strlen(seen[i]), &at, &code));
	}
	assert_int_equal(hrd_utf8_shown("\n", 1) + hrd_utf8_shown("\302\205", 2), 0);
}

TEST(a_text_is_cut_between_characters)
{
	static const char text[] = "a\303\272\342\202\254b";
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 7, 7 };

	for (size_t max = 0; max < sizeof(want) / sizeof(want[0]); max++)
		assert_int_equal(hrd_utf8_cut(text, max), want[max]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_stand_on_one_line),
		cmocka_unit_test(or_are_indented_by_two),
		cmocka_unit_test(any_octets_become_valid_json),
		cmocka_unit_test(what_stands_for_itself_is_found_wherever_it_ends),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(an_error_of_the_sink_sticks),
		cmocka_unit_test(utf_8_is_strict),
		cmocka_unit_test(characters_that_are_not_seen_are_found),
		cmocka_unit_test(a_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
