/* SPDX-License-Identifier: BSD-3-Clause */
/* Dates and times as text. */
#include <config.h>

#include "lib/base/day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/unit/check.h"

/* Every day from 1900 to 2400, with another way of counting. */
TEST(a_day_written_is_the_day_read)
{
	for (int32_t day = -25567; day < 157054; day++) {
		time_t seconds = (time_t)day * HRD_DAY_SECONDS;
		char text[HRD_DATE_TEXT_MAX], want[64];
		struct tm tm;
		int32_t back;

		assert_non_null(gmtime_r(&seconds, &tm));
		assert_true(strftime(want, sizeof(want), "%Y-%m-%d", &tm) > 0);
		hrd_date_text(day, text);
		assert_string_equal(text, want);
		assert_true(hrd_date_parse(text, strlen(text), &back));
		assert_int_equal(back, day);
	}
}

TEST(a_time_written_is_the_time_read)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} times[] = { { "1970-01-01T00:00:00Z", 0 }, { "2026-01-01T00:00:00Z", 1767225600 },
		{ "2024-02-29T23:59:59Z", 1709251199 }, { "9999-12-31T23:59:59Z", 253402300799 } };
	char text[HRD_TIME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		int64_t back;

		hrd_time_text((uint64_t)times[i].seconds, text);
		assert_string_equal(text, times[i].text);
		assert_true(hrd_time_parse(text, strlen(text), &back));
		assert_int_equal(back, times[i].seconds);
	}
	hrd_time_text(UINT64_MAX, text);
	assert_string_equal(text, "18446744073709551615");
}

TEST(seconds_and_the_time_of_day_may_be_left_out)
{
	int64_t seconds;

	assert_true(hrd_time_parse("2026-01-01", 10, &seconds) && seconds == 1767225600);
	assert_true(hrd_time_parse("2026-01-01T18:30Z", 17, &seconds));
	assert_int_equal(seconds, 1767225600 + 18 * 3600 + 30 * 60);
}

TEST(what_is_no_date_is_refused)
{
	static const char *const texts[] = { "", "2026-1-1", "2026-13-01", "2026-02-29",
		"2100-02-29", "1899-12-31", "2026-01-00", "2026/01/01", "20260101", "2026-01-01T",
		"2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00:60Z",
		"2026-01-01T00:00", "2026-01-01 00:00Z", "2026-01-01T0:00:00Z",
		"2026-01-01T00:00:00+" };
	int64_t seconds;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(hrd_time_parse(texts[i], strlen(texts[i]), &seconds));
}

TEST(a_day_or_time_that_there_is_not_is_told_from_another_form)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{ "2026-02-29", "there is no such day" },
		{ "2026-02-30", "there is no such day" },
		{ "2026-13-01", "there is no such day" },
		{ "2026-00-10", "there is no such day" },
		{ "2026-02-30T10:00Z", "there is no such day" },
		{ "1899-12-31", "days begin with the year 1900" },
		{ "2026-01-01T24:00Z", "there is no such time of day" },
		{ "2026-01-01T25:00:00Z", "there is no such time of day" },
		{ "2026-01-01T10:60Z", "there is no such time of day" },
		{ "2026-02-28", NULL },
		{ "2026-02-28T23:59:59Z", NULL },
		{ "2026-2-30", NULL },
		{ "30.2.2026", NULL },
		{ "2026-02-30T10:00", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *fault = hrd_time_fault(rows[i].text, strlen(rows[i].text));

		if (rows[i].fault == NULL)
			assert_null(fault);
		else
			assert_int_equal(strncmp(fault, rows[i].fault, strlen(rows[i].fault)), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_or_time_that_there_is_not_is_told_from_another_form),
		cmocka_unit_test(a_day_written_is_the_day_read),
		cmocka_unit_test(a_time_written_is_the_time_read),
		cmocka_unit_test(seconds_and_the_time_of_day_may_be_left_out),
		cmocka_unit_test(what_is_no_date_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
