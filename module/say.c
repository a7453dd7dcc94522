/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines to the operator through Unbound's log. */
#include <config.h>

#include "module/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "module/host.h"

enum { LINE_MAX_OCTETS = 2048 };

void
hrd_say(enum hrd_level level, const char *format, ...)
{
	char line[LINE_MAX_OCTETS];
	va_list args;

	if (level == HRD_SAY_DETAIL && verbosity < VERB_ALGO)
		return;
	va_start(args, format);
	if (vsnprintf(line, sizeof(line), format, args) < 0)
		line[0] = '\0';
	va_end(args);
	switch (level) {
	case HRD_SAY_ERROR:
		log_err("hradba: %s", line);
		break;
	case HRD_SAY_WARNING:
		log_warn("hradba: %s", line);
		break;
	case HRD_SAY_NOTICE:
	case HRD_SAY_DETAIL:
		log_info("hradba: %s", line);
		break;
	}
}
