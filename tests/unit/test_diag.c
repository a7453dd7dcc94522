/* SPDX-License-Identifier: BSD-3-Clause */
/* Diagnostics: order, limits, exit status, and text that hostile input cannot shape. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpzgen/base/diag.h"
#include "tests/unit/check.h"
#include "tests/unit/reported.h"

static struct hrd_diag *
fresh(enum hrd_diag_format form, bool quiet)
{
	struct hrd_diag *diag = hrd_diag_new(form, quiet);

	assert_non_null(diag);
	return diag;
}

static void
report(struct hrd_diag *diag, enum hrd_severity severity, const char *file, uint64_t line,
    const char *id, const char *text)
{
	struct hrd_position place = { file, line, line != 0 ? 3 : 0 };

	hrd_diag(diag, severity, &place, id, "%s", text);
}

static unsigned
count(const char *text, const char *part)
{
	unsigned found = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		found++;
	return found;
}

TEST(reports_stand_by_file_and_line_and_notes_stay)
{
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, false);

	report(diag, HRD_ERROR, "b", 9, "x-late", "late");
	report(diag, HRD_NOTE, "b", 1, "x-late", "of late");
	report(diag, HRD_WARNING, "a", 7, "x-a", "other file");
	report(diag, HRD_ERROR, "b", 2, "x-early", "early");
	report(diag, HRD_ERROR, "b", 0, "x-whole", "whole");
	assert_string_equal(reported(diag, "nothing was written"),
	    "b: error: whole [x-whole]\n"
	    "b:2:3: error: early [x-early]\n"
	    "b:9:3: error: late [x-late]\n"
	    "b:9:3: note: of late\n"
	    "a:7:3: warning: other file [x-a]\n"
	    "rpzgen: 3 errors, 1 warning; nothing was written\n");
	hrd_diag_free(diag);
}

TEST(nothing_can_lower_the_exit_status)
{
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, true);

	assert_int_equal(hrd_diag_status(diag), HRD_EXIT_OK);
	report(diag, HRD_WARNING, "a", 1, "x", "w");
	assert_int_equal(hrd_diag_status(diag), HRD_EXIT_OK);
	report(diag, HRD_ERROR, "a", 1, "x", "e");
	assert_int_equal(hrd_diag_status(diag), HRD_EXIT_REJECTED);
	hrd_diag_usage(diag, "u");
	assert_int_equal(hrd_diag_status(diag), HRD_EXIT_USAGE);
	hrd_diag_system(diag, "file", ENOSPC);
	hrd_diag_raise(diag, HRD_EXIT_REJECTED);
	assert_int_equal(hrd_diag_status(diag), HRD_EXIT_SYSTEM);
	hrd_diag_free(diag);
}

TEST(many_of_one_kind_are_counted)
{
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, false);
	const char *text;

	for (unsigned i = 1; i <= 100; i++) {
		char words[32];

		snprintf(words, sizeof(words), "number %u", i);
		report(diag, HRD_ERROR, "a", i, "x-many", words);
		report(diag, HRD_NOTE, "a", i, "x-many", "did you mean it?");
	}
	report(diag, HRD_ERROR, "a", 1000, "x-one", "one");
	assert_int_equal(hrd_diag_errors(diag), 101);
	text = reported(diag, NULL);
	assert_int_equal(count(text, ": error: number"), HRD_DIAG_SHOWN_MAX);
	assert_int_equal(count(text, "did you mean"), HRD_DIAG_SHOWN_MAX);
	assert_non_null(strstr(text, "80 more of this kind [x-many]"));
	assert_non_null(strstr(text, "a:1000:3: error: one [x-one]"));
	hrd_diag_free(diag);
}

TEST(quiet_leaves_warnings_out_and_counts_them)
{
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, true);

	report(diag, HRD_WARNING, "a", 1, "x-w", "hidden");
	report(diag, HRD_NOTE, "a", 1, "x-w", "hidden too");
	report(diag, HRD_ERROR, "a", 2, "x-e", "shown");
	assert_null(strstr(reported(diag, NULL), "hidden"));
	assert_int_equal(hrd_diag_warnings(diag), 1);
	hrd_diag_free(diag);
}

/* Escape sequences, newlines and octets that are no UTF-8 would forge lines or drive a terminal. */
TEST(hostile_text_is_made_harmless)
{
	static const char hostile[] = "a\033[31m\nb.yaml:1: error: forged\r\x7f\xff\xc3\x28\xe2\x80"
				      "\xae\xed\xa0\x80\xf4\x90\x80\x80 \xc3\xbc";
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, false);
	const char *text;

	report(diag, HRD_ERROR, "a", 1, "x", hostile);
	text = reported(diag, NULL);
	assert_int_equal(count(text, "\n"), 2); /* the report and the closing line */
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\x7f'));
	assert_non_null(strstr(text, "a\\x1b[31m\\x0ab.yaml"));
	assert_non_null(strstr(text, "\\xff\\xc3("));
	assert_non_null(strstr(text, "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80 \xc3\xbc"));
	hrd_diag_free(diag);
}

TEST(long_text_is_cut)
{
	struct hrd_diag *diag = fresh(HRD_DIAG_TEXT, false);
	char text[10000];

	memset(text, '\001', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	report(diag, HRD_ERROR, "a", 1, "x", text);
	assert_true(strlen(reported(diag, NULL)) < sizeof(text));
	hrd_diag_free(diag);
}

TEST(json_and_sarif_are_one_object_each_even_without_reports)
{
	static const enum hrd_diag_format forms[] = { HRD_DIAG_JSON, HRD_DIAG_SARIF };

	for (size_t i = 0; i < 2; i++) {
		struct hrd_diag *diag = fresh(forms[i], false);
		const char *text = printed(diag, "nothing was written");

		assert_int_equal(text[0], '{');
		assert_int_equal(text[strlen(text) - 1], '\n');
		hrd_diag_free(diag);
		diag = fresh(forms[i], false);
		report(diag, HRD_ERROR, "a\"b", 1, "x", "q\"uo\\te\001\xff");
		text = printed(diag, NULL);
		assert_non_null(strstr(text, "q\\\"uo\\\\te"));
		assert_null(strchr(text, '\001'));
		assert_null(strchr(text, '\xff'));
		hrd_diag_free(diag);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_stand_by_file_and_line_and_notes_stay),
		cmocka_unit_test(nothing_can_lower_the_exit_status),
		cmocka_unit_test(many_of_one_kind_are_counted),
		cmocka_unit_test(quiet_leaves_warnings_out_and_counts_them),
		cmocka_unit_test(hostile_text_is_made_harmless),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(json_and_sarif_are_one_object_each_even_without_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
