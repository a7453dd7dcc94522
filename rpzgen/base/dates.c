/* SPDX-License-Identifier: BSD-3-Clause */
/* Dates of the command line and of messages. */
#include <config.h>

#include "rpzgen/base/dates.h"

#include <stdio.h>
#include <string.h>

#include "lib/yaml/tree.h"
#include "rpzgen/base/now.h"

bool
hrd_date_parse(const char *text, int32_t *days)
{
	/* The YAML reader has the one parser of dates. */
	struct hrd_yaml_node node = { .kind = HRD_YAML_SCALAR, .text = text };

	node.text_len = (uint32_t)strnlen(text, HRD_DATE_TEXT_MAX);
	return hrd_yaml_date(&node, days);
}

/* The inverse of the day count: years begin in March, so that a leap day is last. */
void
hrd_date_text(int32_t days, char text[HRD_DATE_TEXT_MAX])
{
	int shifted = days + 719468;
	int era = shifted / 146097, of_era = shifted % 146097;
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

	hrd_date_text((int32_t)(seconds / HRD_DAY_SECONDS % INT32_MAX), date);
	snprintf(text, HRD_TIME_TEXT_MAX, "%sT%02u:%02u:%02uZ", date, of_day / 3600,
	    of_day / 60 % 60, of_day % 60);
}

bool
hrd_date_option(const char *option, struct hrd_diag *diag, int32_t *days)
{
	uint64_t now;

	if (option == NULL) {
		if (hrd_now(diag, &now) != HRD_OK)
			return false;
		*days = (int32_t)(now / HRD_DAY_SECONDS);
		return true;
	}
	if (hrd_date_parse(option, days))
		return true;
	hrd_diag_usage(diag, "\"%s\" is not a date; write YYYY-MM-DD", option);
	return false;
}
