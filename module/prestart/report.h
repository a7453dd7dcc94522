/* SPDX-License-Identifier: BSD-3-Clause */
/* What hradba-prestart has to say: to the log (standard error) and, when the module is not what
 * enforces, in the place of the module's metrics page. One thread. */
#ifndef HRD_MODULE_PRESTART_REPORT_H
#define HRD_MODULE_PRESTART_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

/* Why the module is not loaded. */
enum hrd_cause {
	HRD_CAUSE_NONE,     /* it is */
	HRD_CAUSE_SERVER,   /* this server does not load it */
	HRD_CAUSE_SETTINGS, /* it would not start with these settings */
	HRD_CAUSE_ATTEMPT,  /* the start before this one, with the module, failed */
	HRD_CAUSE_OVERRIDE, /* the server's configuration says otherwise elsewhere */
};

struct hrd_report {
	enum hrd_cause cause;
	char *why;        /* in words */
	bool unprotected; /* not even rpz: enforces anything, though the site wants it */
	uint64_t rules;   /* in rpz: */
	char **notes;     /* what is otherwise than the site has decided */
	size_t count, space;
};

/* Adds a note. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
hrd_report_note(struct hrd_report *report, const char *format, ...);

/* The alarm, one line each; nothing where the module is loaded. */
void hrd_report_print(const struct hrd_report *report);

/* Replaces the metrics page. HRD_EIO with errno set, HRD_ENOMEM. */
HRD_MUST_USE int hrd_report_metrics(const struct hrd_report *report, const char *path, int64_t now);

/* Frees what it holds; zeroed it holds nothing. */
void hrd_report_clear(struct hrd_report *report);

/* A line on standard error: "hradba-prestart: LEVEL: TEXT", control characters made visible. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
hrd_report_line(const char *level, const char *format, ...);

#endif
