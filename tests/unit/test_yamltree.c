/* SPDX-License-Identifier: BSD-3-Clause */
/* The strict YAML tree: what it reads, and each thing that it refuses with its place and id. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/yaml/tree.h"
#include "tests/unit/check.h"

/* The first fault and how many there were. */
struct seen {
	unsigned count;
	uint32_t line, col;
	char id[64];
};

static void
see(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	struct seen *seen = ctx;

	assert_true(strlen(text) > 0);
	assert_null(strchr(text, '\n'));
	if (seen->count++ > 0)
		return;
	seen->line = line;
	seen->col = col;
	snprintf(seen->id, sizeof(seen->id), "%s", id);
}

static struct hrd_yaml *
parse(const char *text)
{
	struct hrd_yaml *doc;
	struct seen seen = { 0 };
	int status = hrd_yaml_parse(text, strlen(text), see, &seen, &doc);

	if (status != HRD_OK)
		print_message("%u:%u %s\n", seen.line, seen.col, seen.id);
	assert_int_equal(status, HRD_OK);
	assert_int_equal(seen.count, 0);
	return doc;
}

static void
assert_refused_octets(const char *data, size_t len, const char *id, uint32_t line, uint32_t col)
{
	struct hrd_yaml *doc;
	struct seen seen = { 0 };

	assert_int_equal(hrd_yaml_parse(data, len, see, &seen, &doc), HRD_EINVAL);
	assert_null(doc);
	assert_true(seen.count > 0);
	assert_string_equal(seen.id, id);
	assert_int_equal(seen.line, line);
	assert_int_equal(seen.col, col);
}

static void
assert_refused(const char *text, const char *id, uint32_t line, uint32_t col)
{
	assert_refused_octets(text, strlen(text), id, line, col);
}

TEST(tree_keeps_keys_values_and_places)
{
	struct hrd_yaml *doc = parse("a: 1\nb:\n  - x\n  - 'y z'\nc: {d: e}\n");
	const struct hrd_yaml_node *root = hrd_yaml_root(doc), *b = hrd_yaml_get(root, "b");

	assert_int_equal(root->kind, HRD_YAML_MAP);
	assert_int_equal(root->children, 3);
	assert_string_equal(hrd_yaml_get(root, "a")->text, "1");
	assert_int_equal(b->kind, HRD_YAML_LIST);
	assert_int_equal(b->key_line, 2);
	assert_int_equal(b->key_col, 1);
	assert_string_equal(b->child->text, "x");
	assert_int_equal(b->child->line, 3);
	assert_int_equal(b->child->col, 5);
	assert_false(b->child->quoted);
	assert_true(b->child->next->quoted);
	assert_null(b->child->next->next);
	assert_string_equal(hrd_yaml_get(hrd_yaml_get(root, "c"), "d")->text, "e");
	assert_null(hrd_yaml_get(root, "nothing"));
	assert_null(hrd_yaml_get(b, "a"));
	hrd_yaml_free(doc);
}

TEST(json_is_read)
{
	struct hrd_yaml *doc = parse("{\"a\": [1, 2], \"b\": {\"c\": \"d\"}}\n");
	uint64_t value;

	assert_true(hrd_yaml_uint(hrd_yaml_get(hrd_yaml_root(doc), "a")->child, 5, &value));
	assert_int_equal(value, 1);
	hrd_yaml_free(doc);
}

TEST(each_fault_has_its_place_and_id)
{
	assert_refused("a: &x 1\n", "yaml-anchor", 1, 4);
	assert_refused("a: 1\nb: *x\n", "yaml-alias", 2, 4);
	assert_refused("a: !!int 1\n", "yaml-tag", 1, 4);
	assert_refused("a: 1\n---\nb: 2\n", "yaml-document", 2, 1);
	assert_refused("", "yaml-empty", 1, 1);
	assert_refused("# nothing\n", "yaml-empty", 1, 1);
	assert_refused("---\n", "yaml-empty", 1, 1);
	assert_refused("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1);
	assert_refused("? [x]\n: 1\n", "yaml-key", 1, 3);
	assert_refused("a: \"x\\0y\"\n", "yaml-control", 1, 4);
	assert_refused("a: \"x\\x07\"\n", "yaml-control", 1, 4);
	assert_refused("a: \"x\\N\"\n", "yaml-control", 1, 4);
	assert_refused("%YAML 1.1\n---\na: 1\n", "yaml-directive", 1, 1);
	assert_refused("a: [1\nb: 2\n", "yaml-syntax", 1, 4);
	assert_refused("a:\n\tb: 1\n", "yaml-syntax", 2, 1);
	assert_refused("a: 1\nb: \xff\n", "yaml-encoding", 2, 4);
	assert_refused_octets("a: 1\0\n", 6, "yaml-encoding", 1, 5);
}

TEST(all_faults_are_told_in_one_run)
{
	static const char text[] = "a: &x 1\na: *x\nb: !t 2\n";
	struct hrd_yaml *doc;
	struct seen seen = { 0 };

	assert_int_equal(hrd_yaml_parse(text, strlen(text), see, &seen, &doc), HRD_EINVAL);
	assert_int_equal(seen.count, 4);
}

/* n times open, one x, n times close. */
static char *
nest(size_t n, char open, char close)
{
	char *text = malloc(2 * n + 2);

	assert_non_null(text);
	memset(text, open, n);
	text[n] = 'x';
	memset(text + n + 1, close, n);
	text[2 * n + 1] = '\0';
	return text;
}

TEST(depth_ends_at_its_limit)
{
	char *good = nest(HRD_YAML_DEPTH_MAX, '[', ']'),
	     *bad = nest(HRD_YAML_DEPTH_MAX + 1, '[', ']');

	hrd_yaml_free(parse(good));
	assert_refused(bad, "yaml-depth", 1, HRD_YAML_DEPTH_MAX + 1);
	free(good);
	free(bad);
}

TEST(sixty_thousand_brackets_end_at_once)
{
	char *text = nest(60000, '[', ' ');

	assert_refused(text, "yaml-depth", 1, HRD_YAML_DEPTH_MAX + 1);
	memset(text, '{', 60000);
	assert_refused(text, "yaml-key", 1, 2);
	free(text);
}

TEST(scalars_end_at_their_limit)
{
	char *text = malloc(HRD_YAML_SCALAR_MAX + 2);

	assert_non_null(text);
	memset(text, 'x', HRD_YAML_SCALAR_MAX + 1);
	text[HRD_YAML_SCALAR_MAX + 1] = '\0';
	assert_refused(text, "yaml-scalar", 1, 1);
	text[HRD_YAML_SCALAR_MAX] = '\0';
	hrd_yaml_free(parse(text));
	free(text);
}

TEST(files_end_at_their_limit)
{
	char *text = malloc(HRD_YAML_OCTETS_MAX + 1);

	assert_non_null(text);
	memset(text, '\n', HRD_YAML_OCTETS_MAX + 1);
	memcpy(text, "a: 1", 4);
	assert_refused_octets(text, HRD_YAML_OCTETS_MAX + 1, "yaml-size", 0, 0);
	free(text);
}

TEST(values_have_one_form_only)
{
	struct hrd_yaml *doc =
	    parse("[yes, no, 'yes', true, 12, 012x, -1, 18446744073709551616, 2025-07-10, "
		  "2024-02-29, 2025-02-29, 2025-7-10, 1970-01-01]");
	const struct hrd_yaml_node *n[13], *c = hrd_yaml_root(doc)->child;
	bool yes;
	uint64_t number;
	int32_t days;

	for (size_t i = 0; i < 13; i++, c = c->next)
		n[i] = c;
	assert_true(hrd_yaml_bool(n[0], &yes) && yes);
	assert_true(hrd_yaml_bool(n[1], &yes) && !yes);
	assert_false(hrd_yaml_bool(n[2], &yes));
	assert_false(hrd_yaml_bool(n[3], &yes));
	assert_true(hrd_yaml_uint(n[4], 12, &number) && number == 12);
	assert_false(hrd_yaml_uint(n[4], 11, &number));
	assert_false(hrd_yaml_uint(n[5], 100, &number));
	assert_false(hrd_yaml_uint(n[6], 100, &number));
	assert_false(hrd_yaml_uint(n[7], UINT64_MAX, &number));
	assert_true(hrd_yaml_date(n[8], &days) && days == 20279);
	assert_true(hrd_yaml_date(n[9], &days));
	assert_false(hrd_yaml_date(n[10], &days));
	assert_false(hrd_yaml_date(n[11], &days));
	assert_true(hrd_yaml_date(n[12], &days) && days == 0);
	hrd_yaml_free(doc);
}

static bool
counts_down(void *ctx)
{
	unsigned *left = ctx;

	return (*left)-- > 0;
}

TEST(a_reading_ends_at_any_question)
{
	enum { ENTRIES = 1000, ENTRY = 3 };
	char text[ENTRIES * ENTRY + 1];
	unsigned left = 1000, questions;
	const struct hrd_yaml_reader reader = { .goes_on = counts_down, .ctx = &left };
	struct hrd_yaml *doc;

	for (size_t i = 0; i < ENTRIES; i++)
		memcpy(text + i * ENTRY, "- \n", ENTRY);
	assert_int_equal(hrd_yaml_parse_by(&reader, text, sizeof(text) - 1, &doc), HRD_OK);
	assert_int_equal(hrd_yaml_root(doc)->children, ENTRIES);
	hrd_yaml_free(doc);
	questions = 1000 - left;
	assert_true(questions > 10);
	for (unsigned i = 0; i < questions; i++) {
		left = i;
		assert_int_equal(
		    hrd_yaml_parse_by(&reader, text, sizeof(text) - 1, &doc), HRD_ESTOP);
		assert_null(doc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_keeps_keys_values_and_places),
		cmocka_unit_test(json_is_read),
		cmocka_unit_test(each_fault_has_its_place_and_id),
		cmocka_unit_test(all_faults_are_told_in_one_run),
		cmocka_unit_test(depth_ends_at_its_limit),
		cmocka_unit_test(sixty_thousand_brackets_end_at_once),
		cmocka_unit_test(scalars_end_at_their_limit),
		cmocka_unit_test(files_end_at_their_limit),
		cmocka_unit_test(values_have_one_form_only),
		cmocka_unit_test(a_reading_ends_at_any_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
