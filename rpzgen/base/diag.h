/* SPDX-License-Identifier: BSD-3-Clause */
/* Diagnostics: what rpzgen reports on stderr, beside progress and the help after a wrong call.
 *
 *   file:line:col: error: text [stable-id]
 *
 * Reports are collected and printed by hrd_diag_flush(), sorted by file (in order of first report),
 * line and column; at most HRD_DIAG_SHOWN_MAX of one id are kept (HRD_DIAG_LISTED_MAX for JSON and
 * SARIF) and the rest counted. Texts are sanitised: control characters and invalid UTF-8 from
 * hostile input become \xNN; texts over 2047 octets are cut. The ids are listed in
 * doc/diagnostics.md and never change. Text goes to stderr; JSON and SARIF are a command's report
 * and go to stdout. One context belongs to one thread. */
#ifndef HRD_RPZGEN_BASE_DIAG_H
#define HRD_RPZGEN_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hrd_severity { HRD_NOTE, HRD_WARNING, HRD_ERROR };
enum hrd_diag_format { HRD_DIAG_TEXT, HRD_DIAG_JSON, HRD_DIAG_SARIF };

enum { HRD_DIAG_SHOWN_MAX = 20, HRD_DIAG_LISTED_MAX = 1000 };

/* Exit statuses of rpzgen. */
enum { HRD_EXIT_OK = 0, HRD_EXIT_REJECTED = 1, HRD_EXIT_USAGE = 2, HRD_EXIT_SYSTEM = 3 };

struct hrd_diag;

/* A place in a file; line 0 = the whole file, col 0 = the whole line. */
struct hrd_position {
	const char *file;
	uint64_t line;
	uint32_t col;
};

/* quiet: warnings are counted and not shown. NULL when out of memory, which it says. */
struct hrd_diag *hrd_diag_new(enum hrd_diag_format format, bool quiet);
void hrd_diag_free(struct hrd_diag *diag); /* NULL-safe; prints nothing */

/* Names the step of a command (static text): reports from here on carry it in JSON as "step". */
void hrd_diag_step(struct hrd_diag *diag, const char *step);

/* Adds a report. An error raises the exit status to HRD_EXIT_REJECTED. A note belongs to the
 * report before it. The same once more is left out. Copies everything. */
void hrd_diag(struct hrd_diag *diag, enum hrd_severity severity, const struct hrd_position *place,
    const char *id, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* An error of usage (exit 2) or of system, network or key (exit 3): "rpzgen: error: text [id]". */
void hrd_diag_usage(struct hrd_diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hrd_diag_system(
    struct hrd_diag *diag, const char *what, int error); /* what: path or call; error: errno */
void hrd_diag_nomem(struct hrd_diag *diag);

/* For hrd_yaml_parse() (lib/yaml/tree.h): an error in a file; ctx is a struct hrd_diag_file. */
struct hrd_diag_file {
	struct hrd_diag *diag;
	const char *path;
};
void hrd_diag_yaml(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text);

/* For HRD_DIAG_JSON: the command that reports, and what came of it as the text of one JSON object,
 * written with hrd_json_init_inner() at depth 1. Both are borrowed until the flush. */
void hrd_diag_result(struct hrd_diag *diag, const char *command, const char *result, size_t len);

/* Prints what was collected and a closing line with the counts ("rpzgen: 1 error, 1 warning;
 * nothing was written"). closing may be NULL. With HRD_DIAG_JSON one object goes to stdout even
 * when there is nothing to say: command, status, result, diagnostics (doc/json.md). */
void hrd_diag_flush(struct hrd_diag *diag, const char *closing);

/* How many there were, those that are not kept too. */
unsigned hrd_diag_errors(const struct hrd_diag *diag);
unsigned hrd_diag_warnings(const struct hrd_diag *diag);

/* Errors so far become warnings and the status that they raised is taken back: another way led to
 * the end. */
void hrd_diag_demote(struct hrd_diag *diag);

/* The highest status so far; nothing else lowers it. */
int hrd_diag_status(const struct hrd_diag *diag);
void hrd_diag_raise(struct hrd_diag *diag, int status);

struct hrd_diagnostic {
	enum hrd_severity severity;
	const char *file; /* NULL: rpzgen itself */
	size_t file_order;
	uint64_t line;
	uint32_t col;
	size_t sequence;
	const char *id;
	const char *step; /* or NULL */
	char *text;
};

struct hrd_report_list {
	const struct hrd_diagnostic *all; /* sorted */
	size_t count;
	int status;
	const char *command; /* or NULL */
	const char *result;  /* or NULL */
	size_t result_len;
};

/* Prints the reports as JSON or SARIF on stdout. */
void hrd_diag_write(enum hrd_diag_format format, const struct hrd_report_list *list);

#endif
