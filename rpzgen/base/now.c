/* SPDX-License-Identifier: BSD-3-Clause */
/* The time and the day of a run. */
#include <config.h>

#include "rpzgen/base/now.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/day.h"

/* The end of the year 9999: dates are written with four digits. */
#define SECONDS_MAX 253402300799ull

int
hrd_now(struct hrd_diag *diag, uint64_t *seconds)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end;

	if (text == NULL) {
		*seconds = (uint64_t)time(NULL);
		return HRD_OK;
	}
	errno = 0;
	*seconds = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
	    *seconds <= SECONDS_MAX)
		return HRD_OK;
	hrd_diag_usage(diag, "SOURCE_DATE_EPOCH is no number of seconds since 1970");
	return HRD_EINVAL;
}

bool
hrd_date_option(const char *option, struct hrd_diag *diag, int32_t *days)
{
	const char *fault;
	uint64_t now;

	if (option == NULL) {
		if (hrd_now(diag, &now) != HRD_OK)
			return false;
		*days = (int32_t)(now / HRD_DAY_SECONDS);
		return true;
	}
	if (hrd_date_parse(option, strlen(option), days))
		return true;
	fault = hrd_time_fault(option, strlen(option));
	if (fault != NULL)
		hrd_diag_usage(diag, "\"%s\": %s", option, fault);
	else
		hrd_diag_usage(diag, "\"%s\" is not a date; write YYYY-MM-DD", option);
	return false;
}
