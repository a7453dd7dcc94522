/* SPDX-License-Identifier: BSD-3-Clause */
/* Alarm and metrics page of hradba-prestart. */
#include <config.h>

#include "module/prestart/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "module/base/replace.h"
#include "module/check/findings.h"

enum { LINE_MAX_OCTETS = 6000, MODE_PUBLIC = 0644 };

void
hrd_report_line(const char *level, const char *format, ...)
{
	char text[LINE_MAX_OCTETS];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	fprintf(stderr, "hradba-prestart: %s: ", level);
	hrd_print_clean(text);
	fputc('\n', stderr);
}

void
hrd_report_note(struct hrd_report *report, const char *format, ...)
{
	char text[LINE_MAX_OCTETS];
	char **notes;
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	notes = hrd_array_reserve(
	    report->notes, &report->space, report->count + 1, sizeof(*report->notes));
	if (notes == NULL)
		return;
	report->notes = notes;
	report->notes[report->count] = strdup(text);
	if (report->notes[report->count] != NULL)
		report->count++;
}

void
hrd_report_print(const struct hrd_report *report)
{
	static const char *const what[] = { "", "this server does not load the module",
		"the module would not start with these settings",
		"the last start with the module failed",
		"the server does not take the module-config written for it" };

	if (report->cause == HRD_CAUSE_NONE)
		return;
	hrd_report_line("ALARM", "%s: %s", what[report->cause],
	    report->why != NULL ? report->why : "no more is known");
	if (report->unprotected)
		hrd_report_line("ALARM", "NOTHING IS BLOCKED until this is mended");
	else
		hrd_report_line(
		    "ALARM", "rpz: of the server stands in, with %" PRIu64 " rules", report->rules);
	for (size_t i = 0; i < report->count; i++)
		hrd_report_line("ALARM", "%s", report->notes[i]);
}

int
hrd_report_metrics(const struct hrd_report *report, const char *path, int64_t now)
{
	static const char *const causes[] = { "none", "server", "settings", "attempt", "override" };
	char text[2048];
	int len = snprintf(text, sizeof(text),
	    "# HELP hradba_up 0: the module is not loaded.\n"
	    "# TYPE hradba_up gauge\n"
	    "hradba_up 0\n"
	    "# HELP hradba_page_timestamp_seconds When this page was written.\n"
	    "# TYPE hradba_page_timestamp_seconds gauge\n"
	    "hradba_page_timestamp_seconds %" PRId64 "\n"
	    "# HELP hradba_fallback 1: instead of the module the server's own rpz: enforces, or "
	    "(way none) nothing does.\n"
	    "# TYPE hradba_fallback gauge\n"
	    "hradba_fallback{cause=\"%s\",way=\"%s\"} 1\n"
	    "# HELP hradba_fallback_rules Rules in rpz:.\n"
	    "# TYPE hradba_fallback_rules gauge\n"
	    "hradba_fallback_rules %" PRIu64 "\n"
	    "# HELP hradba_fallback_notes What is otherwise than the site has decided.\n"
	    "# TYPE hradba_fallback_notes gauge\n"
	    "hradba_fallback_notes %zu\n",
	    now, causes[report->cause], report->unprotected ? "none" : "rpz", report->rules,
	    report->count);

	return hrd_replace(path, text, (size_t)len, MODE_PUBLIC);
}

void
hrd_report_clear(struct hrd_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->notes[i]);
	free(report->notes);
	free(report->why);
	memset(report, 0, sizeof(*report));
}
