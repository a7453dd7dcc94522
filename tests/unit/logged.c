/* SPDX-License-Identifier: BSD-3-Clause */
/* The log of the module's code, kept. What no longer fits is cut off. */
#include <config.h>

#include "tests/unit/logged.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "module/base/log.h"

enum { LOG_OCTETS_MAX = 8192 };

static char lines[LOG_OCTETS_MAX];

void
hrd_log(enum hrd_log_level level, const char *format, ...)
{
	size_t len = strlen(lines);
	va_list args;

	(void)level;
	va_start(args, format);
	vsnprintf(lines + len, sizeof(lines) - len, format, args);
	va_end(args);
	len = strlen(lines);
	snprintf(lines + len, sizeof(lines) - len, "\n");
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
