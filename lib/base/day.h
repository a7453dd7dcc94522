/* SPDX-License-Identifier: BSD-3-Clause */
/* Days of the Gregorian calendar and times of day (UTC): the one reader and writer of their text,
 * which is a form of RFC 3339. Dates are days, times are seconds since 1970-01-01. Pure. */
#ifndef HRD_LIB_BASE_DAY_H
#define HRD_LIB_BASE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HRD_DAY_SECONDS = 86400, HRD_DATE_TEXT_MAX = 16, HRD_TIME_TEXT_MAX = 32 };

/* Reads YYYY-MM-DD, from 1900 on. False for anything else; *days is then as it was. */
bool hrd_date_parse(const char *text, size_t len, int32_t *days);

/* Reads YYYY-MM-DDTHH:MMZ, or with seconds (no leap second), or a date alone, which is its first
 * second. False as above. */
bool hrd_time_parse(const char *text, size_t len, int64_t *seconds);

/* What is wrong with a text of one of these forms that names no day, or no time of it; NULL:
 * nothing, or it has another form. Static text. */
const char *hrd_time_fault(const char *text, size_t len);

/* YYYY-MM-DD with a NUL, for days of the years 1 to 9999. */
void hrd_date_text(int32_t days, char text[HRD_DATE_TEXT_MAX]);

/* YYYY-MM-DDTHH:MM:SSZ; past the year 9999 the seconds as a number. */
void hrd_time_text(uint64_t seconds, char text[HRD_TIME_TEXT_MAX]);

#endif
