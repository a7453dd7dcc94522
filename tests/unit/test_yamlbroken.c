/* SPDX-License-Identifier: BSD-3-Clause */
/* What people write by mistake: each is told once, at its place, in words that say what to do. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "lib/yaml/tree.h"
#include "tests/unit/check.h"

/* A row: the octets, then "LINE:COL id" and words of the text. */
struct row {
	const char *yaml;
	size_t len;
	const char *place, *words;
};

#define ROW(yaml, place, words)                      \
	{                                            \
		yaml, sizeof(yaml) - 1, place, words \
	}

#define MARK "\xef\xbb\xbf" /* U+FEFF */
#define HARD "\xc2\xa0"     /* U+00A0, a no-break space */

/* The text begins with a character that has a meaning. */
static const struct row first_characters[] = {
	ROW("a: *.acme.example\n", "1:4 yaml-syntax", "an unquoted \"*\"; quote it"),
	ROW("a: *star\n", "1:4 yaml-alias", "write it out or quote it"),
	ROW("a: & co\n", "1:4 yaml-syntax", "an unquoted \"&\"; quote the text"),
	ROW("a: &co x\n", "1:4 yaml-anchor", "write it out or quote it"),
	ROW("a: !important x\n", "1:4 yaml-tag", "remove it or quote the text"),
	ROW("a: !not!a x\n", "1:4 yaml-syntax", "an unquoted \"!\"; quote the text"),
	ROW("a: @home\n", "1:4 yaml-syntax", "begins with \"@\" must be quoted"),
	ROW("a: `code`\n", "1:4 yaml-syntax", "begins with \"`\" must be quoted"),
	ROW("a: %5\n", "1:4 yaml-syntax", "begins with \"%\" must be quoted"),
	ROW("%5: a\n", "1:1 yaml-syntax", "is a directive"),
	ROW("%YAML 2.0\n---\na: 1\n", "1:1 yaml-syntax", "is a directive"),
	ROW("a: > 5 files\n", "1:4 yaml-syntax", "begins with \">\" must be quoted"),
	ROW("a: | or\n", "1:4 yaml-syntax", "begins with \"|\" must be quoted"),
	ROW("a: ? what\n", "1:4 yaml-syntax", "begins with \"?\" must be quoted"),
	ROW("a: - dash\n", "1:4 yaml-syntax", "begins with \"-\" must be quoted"),
	ROW("a: ] x\n", "1:4 yaml-syntax", "begins with \"]\" must be quoted"),
	ROW("a: {{ name }}\n", "1:5 yaml-key", "begins with { or [ must be quoted"),
};

static const struct row quotes[] = {
	ROW("a: 1\nb: \"x\nc: 2\n", "2:4 yaml-syntax", "a quote that is not closed"),
	ROW("b: 'x\n", "1:4 yaml-syntax", "a quote that is not closed"),
	ROW("a: \"x\nb: \"y\"\n", "1:4 yaml-syntax", "the next quote is in line 2"),
	ROW("a: 'It's here'\n", "1:8 yaml-syntax", "write it as ''"),
	ROW("a: \"say \"no\" to it\"\n", "1:10 yaml-syntax", "write it as \\\""),
	ROW("a: \"File\" transfer\n", "1:11 yaml-syntax", "put all of it in single quotes"),
	ROW("- 'File' transfer\n", "1:10 yaml-syntax", "put all of it in double quotes"),
	ROW("a: [\"b\" c]\n", "1:9 yaml-syntax", "text behind the closing quote"),
	ROW("a: \"b\", \"c\"\n", "1:7 yaml-syntax", "text behind the closing quote"),
	ROW("a: \"C:\\dir\"\n", "1:7 yaml-syntax", "a backslash in double quotes"),
	ROW("a: \"C:\\Users\"\n", "1:7 yaml-syntax", "a backslash in double quotes"),
	ROW("a: \"C:\\temp\"\n", "1:4 yaml-control", "a backslash in double quotes"),
	ROW("a: \xe2\x80\x9cReport: b\xe2\x80\x9d\n", "1:4 yaml-syntax", "word processor"),
};

static const struct row brackets[] = {
	ROW("a: [draft\nb: 1\n", "1:4 yaml-syntax", "a \"[\" that is not closed"),
	ROW("a: {draft\nb: 1\n", "1:4 yaml-syntax", "a \"{\" that is not closed"),
	ROW("a: [", "1:4 yaml-syntax", "a \"[\" that is not closed"),
	ROW("a: [\n  b: [1, 2]\n  c: 3\n", "1:4 yaml-syntax", "a \"[\" that is not closed"),
	ROW("a: [draft\nb: [c]\n", "1:4 yaml-syntax", "a \"[\" that is not closed"),
	ROW("a: [draft] report\n", "1:12 yaml-syntax", "quote a text that begins"),
	ROW("a: {b: c}}\n", "1:10 yaml-syntax", "quote a text that begins"),
	ROW("a: [b,, c]\n", "1:7 yaml-syntax", "a comma with nothing before it"),
	ROW("a:\n  [b,\n  \"c\"\n  \"d\"]\n", "4:3 yaml-syntax", "a comma is missing"),
	ROW("{\"a\": 1\n\"b\": 2}\n", "2:1 yaml-syntax", "a comma is missing"),
	ROW("{\"a\": 1,\n\t\"b\" 2}\n", "2:6 yaml-syntax", "a comma or a colon is missing"),
};

static const struct row colons[] = {
	ROW("a: Report: b\n", "1:10 yaml-syntax", "a colon within a text that is not quoted"),
	ROW("a: b: c: d\n", "1:5 yaml-syntax", "a colon within a text that is not quoted"),
	ROW("a: x\n  and says: b\n", "2:11 yaml-syntax", "a colon within a text"),
	ROW("\"a\": \"b\": c\n", "1:9 yaml-syntax", "a colon within a text"),
	ROW("kind:web-app\nb: 1\n", "1:5 yaml-syntax", "no space behind the colon"),
	ROW("b: 1\nkind:web-app\n", "2:5 yaml-syntax", "no space behind the colon"),
	ROW("x:\n  - kind:web-app\n    b: 1\n", "2:9 yaml-syntax", "no space behind the colon"),
	ROW("kind:" HARD "x\nb: 1\n", "1:6 yaml-syntax", "a no-break space (U+00A0)"),
	ROW("a = 1\nb: 1\n", "1:1 yaml-syntax", "\"a = 1\" is no key with a value"),
	ROW("a: 1\ntitle\n", "2:1 yaml-syntax", "\"title\" is no key with a value"),
	ROW("x:\n  - url https://b\n    c: 1\n", "2:5 yaml-syntax", "is no key with a value"),
	ROW("title\n  a: 1\n", "1:1 yaml-syntax", "\"title\" is no key with a value"),
	ROW(": x\n", "1:1 yaml-syntax", "a key is missing in front of the colon"),
	ROW("a: {b: Report: c}\n", "1:14 yaml-syntax", "a colon within a text"),
	ROW("{: x}\n", "1:2 yaml-syntax", "a key is missing in front of the colon"),
};

static const struct row lines[] = {
	ROW("a:\n  b: 1\n    c: 2\n", "3:5 yaml-syntax", "\"c\" stands deeper than line 2"),
	ROW("a:\n  b: '1'\n    c: 2\n", "3:5 yaml-syntax", "\"c\" stands deeper than line 2"),
	ROW("a: x y\n  z\n q: 1\n", "3:2 yaml-syntax", "\"q\" stands deeper than line 1"),
	ROW("a: b\n  - c: 1\n", "2:3 yaml-syntax", "\"c\" stands deeper than line 1"),
	ROW("a:\n    b: 1\n  c: 2\n", "3:3 yaml-syntax", "indented by 2"),
	ROW("a:\n  - b\n - c\n", "3:2 yaml-syntax", "indented by 1"),
	ROW("  a: 1\nb: 2\n", "2:1 yaml-syntax", "indented less than the first line"),
	ROW("a:\n  b: 1\n  - c\n", "3:3 yaml-syntax", "a list entry where a key is wanted"),
	ROW("a:\n  - b: 1\n  c: 2\n", "3:3 yaml-syntax", "belongs to no entry of the list"),
	ROW("-a: 1\n", "1:1 yaml-key", "no space behind the \"-\""),
	ROW("a:\n  -b: 1\n  -b: 2\n  \n", "2:3 yaml-key", "no space behind the \"-\""),
	ROW("a:\n\tb: 1\n", "2:1 yaml-syntax", "a tab; YAML is indented with spaces"),
	ROW("a:\n  b: 1\n  \tc: 2\n", "3:3 yaml-syntax", "a tab; YAML is indented with spaces"),
	ROW("a: x\n\tb: 1\n", "2:1 yaml-syntax", "a tab; YAML is indented with spaces"),
	ROW("a: b\tc\n", "1:4 yaml-control", "such as a tab"),
	ROW("a:\n" HARD HARD "b: 1\n", "2:1 yaml-key", "a no-break space (U+00A0)"),
	ROW("a: 1\na: 2\n", "2:1 yaml-duplicate-key", "first given in line 1"),
	ROW("---\na: 1\n---\nb: 1\n", "3:1 yaml-document", "remove \"---\""),
	ROW("a: 1\n...\nb: 1\n", "3:1 yaml-syntax", "text behind the end of the document"),
};

/* Marks of byte order, codings, ends of lines. */
static const struct row octets[] = {
	ROW(MARK "a: Report: b\n", "1:10 yaml-syntax", "a colon within a text"),
	ROW("a: Report: b\nc: " MARK "1\n", "1:10 yaml-syntax", "a colon within a text"),
	ROW("a: 1\n" MARK "b: 1\n", "2:1 yaml-syntax", "a byte order mark (U+FEFF)"),
	ROW("a:\n" MARK "  b: 1\n  c: 1\n", "2:1 yaml-syntax", "a byte order mark (U+FEFF)"),
	ROW("a: " MARK "1\n", "1:4 yaml-control", "a byte order mark (U+FEFF)"),
	ROW("a: 1\r\nb: c: d\r\n", "2:5 yaml-syntax", "a colon within a text"),
	ROW("a: 1\0\n", "1:5 yaml-encoding", "an octet 0"),
	ROW("a: \a\n", "1:4 yaml-encoding", "a control character (U+0007); remove it"),
	ROW("a: caf\xe9\n", "1:7 yaml-encoding", "the octet 0xe9; save the file as UTF-8"),
	ROW("a: na\xef"
	    "ve\n",
	    "1:6 yaml-encoding", "the octet 0xef; save the file as UTF-8"),
	ROW("a: \"caf\xe9\"\n\n\n", "1:8 yaml-encoding", "the octet 0xe9"),
	ROW("a: caf\xe9\nb: 1\n", "1:7 yaml-encoding", "the octet 0xe9"),
	ROW("a: \xc3\xa9\x80\n", "1:5 yaml-encoding", "the octet 0x80"),
	ROW("a\0:\0 \0b\0\n\0", "1:2 yaml-encoding", "probably UTF-16"),
	ROW("\xff\xfe"
	    "a\0:\0",
	    "1:1 yaml-encoding", "probably UTF-16"),
	ROW("# nothing\n", "1:1 yaml-empty", "an empty document"),
};

struct told {
	unsigned count;
	char place[64], text[300];
};

static void
hear(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	struct told *told = ctx;

	if (told->count++ > 0)
		return;
	snprintf(told->place, sizeof(told->place), "%u:%u %s", line, col, id);
	snprintf(told->text, sizeof(told->text), "%s", text);
}

static void
judge(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct told told = { 0 };
		struct hrd_yaml *doc = NULL;

		assert_int_equal(
		    hrd_yaml_parse(rows[i].yaml, rows[i].len, hear, &told, &doc), HRD_EINVAL);
		if (strcmp(told.place, rows[i].place) != 0 ||
		    strstr(told.text, rows[i].words) == NULL)
			fail_msg("%s\nis told as %s: %s\nnot as %s: %s", rows[i].yaml, told.place,
			    told.text, rows[i].place, rows[i].words);
	}
}

#define JUDGE(rows) judge(rows, sizeof(rows) / sizeof((rows)[0]))

TEST(a_text_that_begins_with_a_character_of_yaml)
{
	JUDGE(first_characters);
}

TEST(quotes_that_do_not_fit)
{
	JUDGE(quotes);
}

TEST(brackets_that_do_not_fit)
{
	JUDGE(brackets);
}

TEST(colons_too_many_and_too_few)
{
	JUDGE(colons);
}

TEST(lines_that_stand_where_they_cannot)
{
	JUDGE(lines);
}

TEST(octets_that_are_no_text)
{
	JUDGE(octets);
}

/* What is right is not called wrong, whatever it looks like. */
TEST(what_only_looks_like_a_mistake_is_read)
{
	static const char *const good[] = { MARK "a: 1\n", "a: 1\r\nb: 2\r\n", "a:\tb\n",
		"a: [b, c,]\n", "a: 'C:\\dir'\n", "a: it's \"so\"\n", "a: http://x/y:z\n",
		"a: b # c: d\n", "---\na: 1\n...\n", "a:\n- b\n- c\n", "a: x - y ! & * % @\n",
		"{\n\t\"a\": 1,\n\t\"b\": [1,\n\t2]\n}\n" };
	struct told told = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct hrd_yaml *doc = NULL;

		if (hrd_yaml_parse(good[i], strlen(good[i]), hear, &told, &doc) != HRD_OK)
			fail_msg("%s\nis told as %s: %s", good[i], told.place, told.text);
		hrd_yaml_free(doc);
	}
}

/* "#" begins a comment, so that there is no value. */
TEST(a_comment_in_place_of_a_value_is_known_as_one)
{
	static const char text[] = "a: #1 tool\nb:\nc: ''\nd: {e: #f\n}\ng:\n  - #h\n  - i\n";
	struct hrd_yaml *doc = NULL;
	const struct hrd_yaml_node *root;

	assert_int_equal(hrd_yaml_parse(text, strlen(text), NULL, NULL, &doc), HRD_OK);
	root = hrd_yaml_root(doc);
	assert_true(hrd_yaml_get(root, "a")->commented);
	assert_false(hrd_yaml_get(root, "b")->commented);
	assert_false(hrd_yaml_get(root, "c")->commented);
	assert_true(hrd_yaml_get(root, "g")->child->commented);
	assert_false(hrd_yaml_get(root, "g")->child->next->commented);
	hrd_yaml_free(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_begins_with_a_character_of_yaml),
		cmocka_unit_test(quotes_that_do_not_fit),
		cmocka_unit_test(brackets_that_do_not_fit),
		cmocka_unit_test(colons_too_many_and_too_few),
		cmocka_unit_test(lines_that_stand_where_they_cannot),
		cmocka_unit_test(octets_that_are_no_text),
		cmocka_unit_test(what_only_looks_like_a_mistake_is_read),
		cmocka_unit_test(a_comment_in_place_of_a_value_is_known_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
