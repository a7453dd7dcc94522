/* SPDX-License-Identifier: BSD-3-Clause */
/* The log of the module's code, kept. What no longer fits is cut off. */
#include <config.h>

#include "tests/unit/logged.h"

#include <stdio.h>
#include <string.h>

#include "module/base/log.h"

enum { LOG_OCTETS_MAX = 8192 };

static char lines[LOG_OCTETS_MAX];

static void
keep(void *ctx, enum hrd_log_level level, const char *text)
{
	size_t len = strlen(lines);

	(void)ctx;
	(void)level;
	snprintf(lines + len, sizeof(lines) - len, "%s\n", text);
}

/* Before main(): a test need not ask for it. */
__attribute__((constructor)) static void
begin(void)
{
	hrd_log_to(keep, NULL);
}

const char *
logged(void)
{
	return lines;
}

void
logged_forget(void)
{
	lines[0] = '\0';
}
