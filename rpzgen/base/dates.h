/* SPDX-License-Identifier: BSD-3-Clause */
/* Days of the Gregorian calendar as text. Pure functions. */
#ifndef HRD_RPZGEN_BASE_DATES_H
#define HRD_RPZGEN_BASE_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/day.h"
#include "rpzgen/base/diag.h"

enum { HRD_DATE_TEXT_MAX = 16, HRD_TIME_TEXT_MAX = 32 };

/* YYYY-MM-DD, days since 1970-01-01. */
bool hrd_date_parse(const char *text, int32_t *days);
void hrd_date_text(int32_t days, char text[HRD_DATE_TEXT_MAX]);

/* YYYY-MM-DDTHH:MM:SSZ, seconds since 1970-01-01. */
void hrd_time_text(uint64_t seconds, char text[HRD_TIME_TEXT_MAX]);

/* The day of an option (NULL: that of SOURCE_DATE_EPOCH, else today); false after a report of
 * usage. */
bool hrd_date_option(const char *option, struct hrd_diag *diag, int32_t *days);

#endif
