/* SPDX-License-Identifier: BSD-3-Clause */
/* Dates and times as text. */
#include <config.h>

#include "lib/base/day.h"

#include <inttypes.h>
#include <stdio.h>

enum { DATE_LEN = 10, EPOCH = 719468, ERA_DAYS = 146097, HOUR_SECONDS = 3600 };

/* The end of the year 9999: dates are written with four digits. */
#define TIME_MAX 253402300799ull

/* Days from 1970-01-01 to a date of the Gregorian calendar (years count from March, so that a leap
 * day is last). */
static int32_t
days_from_civil(int year, int month, int day)
{
	int shifted = month <= 2 ? year - 1 : year;
	int era = shifted / 400;
	int of_era = shifted - era * 400;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Reads three numbers between the other octets of the form, where "d" is a digit. */
static bool
read_form(const char *text, size_t len, const char *form, int part[static 3])
{
	int at = 0;

	part[0] = part[1] = part[2] = 0;
	for (size_t i = 0; i < len; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (form[i] == 'd' ? !digit : text[i] != form[i])
			return false;
		if (digit)
			part[at] = 10 * part[at] + (text[i] - '0');
		else if (i > 0 && at < 2)
			at++;
	}
	return true;
}

static const char no_form[] = "of another form";

/* What is wrong, or NULL. */
static const char *
read_date(const char *text, size_t len, int32_t *days)
{
	int part[3];

	if (len != DATE_LEN || !read_form(text, len, "dddd-dd-dd", part))
		return no_form;
	if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > days_of_month(part[0], part[1]))
		return "there is no such day";
	if (part[0] < 1900)
		return "days begin with the year 1900";
	*days = days_from_civil(part[0], part[1], part[2]);
	return NULL;
}

static const char *
read_time_of_day(const char *text, size_t len, int *seconds)
{
	static const char long_form[] = "Tdd:dd:ddZ", short_form[] = "Tdd:ddZ";
	bool is_long = len == sizeof(long_form) - 1;
	int part[3];

	if ((!is_long && len != sizeof(short_form) - 1) ||
	    !read_form(text, len, is_long ? long_form : short_form, part))
		return no_form;
	if (!is_long)
		part[2] = 0;
	*seconds = part[0] * HOUR_SECONDS + part[1] * 60 + part[2];
	if (part[0] > 23 || part[1] > 59 || part[2] > 59)
		return "there is no such time of day; it ends with 23:59:59";
	return NULL;
}

static const char *
read_time(const char *text, size_t len, int64_t *seconds)
{
	int32_t days = 0;
	int of_day = 0;
	const char *day = len < DATE_LEN ? no_form : read_date(text, DATE_LEN, &days), *time = NULL;

	if (len > DATE_LEN && day != no_form)
		time = read_time_of_day(text + DATE_LEN, len - DATE_LEN, &of_day);
	*seconds = (int64_t)days * HRD_DAY_SECONDS + of_day;
	return time == no_form || day == NULL ? time : day;
}

bool
hrd_date_parse(const char *text, size_t len, int32_t *days)
{
	return read_date(text, len, days) == NULL;
}

bool
hrd_time_parse(const char *text, size_t len, int64_t *seconds)
{
	int64_t read;

	if (read_time(text, len, &read) != NULL)
		return false;
	*seconds = read;
	return true;
}

const char *
hrd_time_fault(const char *text, size_t len)
{
	int64_t seconds;
	const char *fault = read_time(text, len, &seconds);

	return fault == no_form ? NULL : fault;
}

/* The inverse of the day count. */
void
hrd_date_text(int32_t days, char text[HRD_DATE_TEXT_MAX])
{
	int shifted = days + EPOCH;
	int era = shifted / ERA_DAYS, of_era = shifted % ERA_DAYS;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;
	int day = of_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	year += era * 400 + (month <= 2 ? 1 : 0);
	snprintf(text, HRD_DATE_TEXT_MAX, "%04d-%02u-%02u", year % 10000, (unsigned)month % 100u,
	    (unsigned)day % 100u);
}

void
hrd_time_text(uint64_t seconds, char text[HRD_TIME_TEXT_MAX])
{
	unsigned of_day = (unsigned)(seconds % HRD_DAY_SECONDS);
	char date[HRD_DATE_TEXT_MAX];

	if (seconds > TIME_MAX) {
		snprintf(text, HRD_TIME_TEXT_MAX, "%" PRIu64, seconds);
		return;
	}
	hrd_date_text((int32_t)(seconds / HRD_DAY_SECONDS), date);
	snprintf(text, HRD_TIME_TEXT_MAX, "%sT%02u:%02u:%02uZ", date, of_day / HOUR_SECONDS,
	    of_day / 60 % 60, of_day % 60);
}
