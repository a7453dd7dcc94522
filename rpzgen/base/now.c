/* SPDX-License-Identifier: BSD-3-Clause */
/* Clocks: see now.h. */
#include <config.h>

#include "rpzgen/base/now.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

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

int64_t
hrd_monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
