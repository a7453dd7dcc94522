/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests: written and read again they are the same, and nothing else is taken for one. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/serial.h"
#include "rpzgen/policy/manifest.h"
#include "tests/unit/check.h"
#include "tests/unit/reported.h"

static void
add_apex(struct hrd_manifest *m, const char *name)
{
	assert_int_equal(
	    hrd_name_from_text(&m->apexes[m->apex_count++], name, strlen(name)), HRD_OK);
}

static struct hrd_manifest *
sample(void)
{
	struct hrd_manifest *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	snprintf(m->id, sizeof(m->id), "%s", "demo");
	snprintf(m->profile, sizeof(m->profile), "%s", "regulated");
	snprintf(m->date, sizeof(m->date), "%s", "2026-01-01");
	m->serial = UINT32_MAX;
	m->created = 1767225600;
	m->not_after = 1770249600;
	m->rules = 5;
	memset(m->rule_digest, 0xa5, sizeof(m->rule_digest));
	memset(m->inventory_digest, 0x5a, sizeof(m->inventory_digest));
	add_apex(m, "acme.example");
	add_apex(m, "a\\.b.example");
	snprintf(m->files[0].name, sizeof(m->files[0].name), "%s", "demo.rpz");
	m->files[0].size = UINT32_MAX;
	memset(m->files[0].blake2b, 1, sizeof(m->files[0].blake2b));
	snprintf(m->files[1].name, sizeof(m->files[1].name), "%s", "demo.policy");
	m->file_count = 2;
	m->feeds[0] = (struct hrd_manifest_feed){ .id = "list",
		.source = "https://lists.example/a?b=\"c\"",
		.form = "domains",
		.size = UINT32_MAX,
		.when = 1767225599,
		.lines = UINT64_MAX,
		.left_out = 3,
		.history = { 7, 0, UINT64_MAX },
		.history_count = 3 };
	m->feed_count = 1;
	return m;
}

static char *
written(const struct hrd_manifest *m, size_t *len)
{
	char *text;
	FILE *out = open_memstream(&text, len);

	assert_non_null(out);
	assert_int_equal(hrd_manifest_write(out, m), HRD_OK);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* Parses a copy; gives what was said about it, "" when it was taken. */
static const char *
parse(const char *text, struct hrd_manifest *out)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, false);
	char *copy = strdup(text);
	const char *words;
	bool good;

	assert_true(diag != NULL && copy != NULL);
	good = hrd_manifest_parse(copy, strlen(copy), "manifest.json", diag, out);
	words = reported(diag, NULL);
	assert_true(good == (words[0] == '\0'));
	hrd_diag_free(diag);
	free(copy);
	return words;
}

TEST(what_was_written_is_read_again)
{
	struct hrd_manifest *m = sample(), *again = calloc(1, sizeof(*again));
	size_t len, len_again;
	char *text = written(m, &len), *text_again;

	assert_non_null(again);
	assert_string_equal(parse(text, again), "");
	text_again = written(again, &len_again);
	assert_int_equal(len, len_again);
	assert_string_equal(text, text_again);
	assert_int_equal(again->apex_count, 2);
	assert_int_equal(hrd_name_cmp(&again->apexes[1], &m->apexes[1]), 0);
	assert_int_equal(again->serial, UINT32_MAX);
	free(text_again);
	free(text);
	free(again);
	free(m);
}

/* Puts one text in the place of another. */
static char *
edited(const char *text, const char *what, const char *by)
{
	const char *at = strstr(text, what);
	char *out;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what)) > 0);
	return out;
}

TEST(anything_else_is_refused)
{
	static const struct {
		const char *what, *by;
	} edits[] = {
		{ "\"format\": 1", "\"format\": 2" },
		{ "\"format\": 1,", "" },
		{ "\"format\": 1", "\"format\": 1, \"format\": 1" },
		{ "\"format\": 1", "\"format\": 1, \"more\": 1" },
		{ "\"id\": \"demo\"", "\"id\": [\"demo\"]" },
		{ "\"id\": \"demo\"", "\"id\": \"demodemodemodemodemodemodemo"
				      "demodemodemodemodemodemodemodemodemo\"" },
		{ "4294967295", "4294967296" },
		{ "4294967295", "-1" },
		{ "4294967295", "1e3" },
		{ "4294967295", "0x10" },
		{ "a5a5", "A5A5" },
		{ "a5a5", "a5" },
		{ "a5a5", "a5g5" },
		{ "\"apexes\": [", "\"apexes\": [\"a..b\", " },
		{ "\"apexes\": [", "\"apexes\": {}, \"x\": [" },
		{ "\"demo.rpz\"", "\"../demo.rpz\"" },
		{ "\"demo.rpz\"", "\"/etc/passwd\"" },
		{ "\"size\": 4294967295,", "" },
		{ "\"size\": 4294967295", "\"size\": \"many\"" },
		{ "{", "[" },
	};
	struct hrd_manifest *m = sample(), *out = calloc(1, sizeof(*out));
	char *text;
	size_t len;

	text = written(m, &len);
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *bad = edited(text, edits[i].what, edits[i].by);

		if (parse(bad, out)[0] == '\0')
			fail_msg("%s for %s was taken", edits[i].by, edits[i].what);
		free(bad);
	}
	for (size_t cut = 0; cut + 2 < len; cut++) { /* the last two: brace and end of line */
		text[cut] = '\0';
		assert_true(parse(text, out)[0] != '\0');
		free(text);
		text = written(m, &len);
	}
	free(text);
	free(out);
	free(m);
}

TEST(serials_go_round)
{
	assert_true(hrd_serial_is_later(1, 0));
	assert_true(hrd_serial_is_later(0, UINT32_MAX));
	assert_true(hrd_serial_is_later(0x7fffffff, 0));
	assert_false(hrd_serial_is_later(0x80000000, 0));
	assert_false(hrd_serial_is_later(0, 0));
	assert_false(hrd_serial_is_later(UINT32_MAX, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(serials_go_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
