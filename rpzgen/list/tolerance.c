/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of what may be refused. */
#include <config.h>

#include "rpzgen/list/tolerance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 20, MANY_PERCENT = 1, FEW = 5, FEW_PERCENT = 10 };

bool
hrd_tolerance_parse(struct hrd_tolerance *out, const char *text)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	out->given = true;
	out->most = strtoull(text, &end, 10);
	out->share = strcmp(end, "%") == 0;
	return errno == 0 && (*end == '\0' || (out->share && out->most <= 100));
}

/* True for more than that share, without overflow. */
static bool
is_over(uint64_t part, uint64_t all, uint64_t percent)
{
	return (double)part * 100 > (double)all * (double)percent;
}

bool
hrd_tolerates(const struct hrd_tolerance *t, uint64_t refused, uint64_t all)
{
	if (t->given)
		return t->share ? !is_over(refused, all, t->most) : refused <= t->most;
	return (refused <= MANY || !is_over(refused, all, MANY_PERCENT)) &&
	       (refused <= FEW || !is_over(refused, all, FEW_PERCENT));
}
