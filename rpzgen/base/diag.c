/* SPDX-License-Identifier: BSD-3-Clause */
/* Collects diagnostics, sorts them by place and prints them. */
#include <config.h>

#include "rpzgen/base/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/shown.h"

enum { TEXT_MAX = 2048 };

/* How many reports of one id there were, and how many of them were kept. */
struct id_count {
	char *id;
	unsigned seen;
	unsigned kept;
};

struct hrd_diag {
	enum hrd_diag_format form;
	bool quiet;
	const char *step;  /* or NULL */
	bool note_follows; /* the last report was kept: its notes are kept too */
	bool lost;         /* out of memory: a report is missing */
	int status;
	const char *command; /* of the result, or NULL */
	const char *result;
	size_t result_len;
	unsigned errors;
	unsigned warnings;
	struct hrd_diagnostic *reports;
	size_t count, space;
	struct id_count *ids;
	size_t id_count, id_space;
	char **files;
	size_t file_count, file_space;
};

struct hrd_diag *
hrd_diag_new(enum hrd_diag_format form, bool quiet)
{
	struct hrd_diag *diag = calloc(1, sizeof(*diag));

	if (diag == NULL) {
		fputs("rpzgen: error: out of memory [system]\n", stderr);
		return NULL;
	}
	diag->form = form;
	diag->quiet = quiet;
	return diag;
}

void
hrd_diag_free(struct hrd_diag *diag)
{
	if (diag == NULL)
		return;
	for (size_t i = 0; i < diag->count; i++)
		free(diag->reports[i].text);
	for (size_t i = 0; i < diag->id_count; i++)
		free(diag->ids[i].id);
	for (size_t i = 0; i < diag->file_count; i++)
		free(diag->files[i]);
	free(diag->reports);
	free(diag->ids);
	free(diag->files);
	free(diag);
}

/* The entry of an id; NULL when out of memory. There are few ids, so a scan is enough. */
static struct id_count *
find_id(struct hrd_diag *diag, const char *id)
{
	void *ids;
	char *copy;

	for (size_t i = 0; i < diag->id_count; i++) {
		if (strcmp(diag->ids[i].id, id) == 0)
			return &diag->ids[i];
	}
	ids = hrd_array_reserve(diag->ids, &diag->id_space, diag->id_count + 1, sizeof(*diag->ids));
	if (ids == NULL)
		return NULL;
	diag->ids = ids;
	copy = strdup(id);
	if (copy == NULL)
		return NULL;
	diag->ids[diag->id_count] = (struct id_count){ copy, 0, 0 };
	return &diag->ids[diag->id_count++];
}

/* Our copy of a file name, or of an address without its password, and its place in the order of
 * first reports; false when out of memory. */
static bool
find_file(struct hrd_diag *diag, const char *file, const char **copy, size_t *order)
{
	char *shown;
	void *files;

	*copy = NULL;
	*order = SIZE_MAX;
	if (file == NULL)
		return true;
	shown = hrd_without_secrets(file);
	if (shown == NULL)
		return false;
	for (*order = 0; *order < diag->file_count; ++*order) {
		*copy = diag->files[*order];
		if (strcmp(*copy, shown) == 0) {
			free(shown);
			return true;
		}
	}
	files = hrd_array_reserve(
	    diag->files, &diag->file_space, diag->file_count + 1, sizeof(*diag->files));
	if (files == NULL) {
		free(shown);
		return false;
	}
	diag->files = files;
	diag->files[diag->file_count++] = shown;
	*copy = shown;
	return true;
}

/* True for a report that was made before: checks of several profiles find the same. */
static bool
is_repeated(const struct hrd_diag *diag, enum hrd_severity severity,
    const struct hrd_position *place, const char *id, const char *text)
{
	for (size_t i = diag->count; i > 0 && severity != HRD_NOTE; i--) {
		const struct hrd_diagnostic *r = &diag->reports[i - 1];

		if (r->line == place->line && r->col == place->col && r->severity == severity &&
		    strcmp(r->id, id) == 0 && strcmp(r->text, text) == 0 &&
		    (r->file == NULL) == (place->file == NULL) &&
		    (r->file == NULL || strcmp(r->file, place->file) == 0))
			return true;
	}
	return false;
}

static void
count(struct hrd_diag *diag, enum hrd_severity severity)
{
	if (severity == HRD_ERROR) {
		diag->errors++;
		hrd_diag_raise(diag, HRD_EXIT_REJECTED);
	} else if (severity == HRD_WARNING) {
		diag->warnings++;
	}
}

/* Counts a report and says whether it is to be kept; *ids is its id's text. */
static bool
is_kept(struct hrd_diag *diag, enum hrd_severity severity, const char *id, const char **ids)
{
	unsigned max = diag->form == HRD_DIAG_TEXT ? HRD_DIAG_SHOWN_MAX : HRD_DIAG_LISTED_MAX;
	struct id_count *count = find_id(diag, id);

	if (count == NULL) {
		diag->lost = true;
		return false;
	}
	*ids = count->id;
	if (severity == HRD_NOTE)
		return diag->note_follows;
	count->seen++;
	diag->note_follows = count->kept < max && !(diag->quiet && severity == HRD_WARNING);
	if (diag->note_follows)
		count->kept++;
	return diag->note_follows;
}

static void
add(struct hrd_diag *diag, enum hrd_severity severity, const struct hrd_position *place,
    const char *id, const char *text)
{
	struct hrd_diagnostic report = {
		.severity = severity, .line = place->line, .col = place->col
	};
	void *reports;

	if (!is_kept(diag, severity, id, &report.id))
		return;
	reports =
	    hrd_array_reserve(diag->reports, &diag->space, diag->count + 1, sizeof(*diag->reports));
	if (reports == NULL) {
		diag->lost = true;
		return;
	}
	diag->reports = reports;
	report.sequence = diag->count;
	report.step = diag->step;
	report.text = hrd_sanitised(text);
	if (report.text == NULL ||
	    !find_file(diag, place->file, &report.file, &report.file_order)) {
		free(report.text);
		diag->lost = true;
		return;
	}
	diag->reports[diag->count++] = report;
}

void
hrd_diag(struct hrd_diag *diag, enum hrd_severity severity, const struct hrd_position *place,
    const char *id, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (is_repeated(diag, severity, place, id, text)) {
		diag->note_follows = false;
		return;
	}
	count(diag, severity);
	add(diag, severity, place, id, text);
}

static const struct hrd_position nowhere = { NULL, 0, 0 };

void
hrd_diag_usage(struct hrd_diag *diag, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	diag->errors++;
	hrd_diag_raise(diag, HRD_EXIT_USAGE);
	add(diag, HRD_ERROR, &nowhere, "usage", text);
}

/* What to do about a failure, where it is plain. */
static const char *
remedy(int error)
{
	switch (error) {
	case ENOENT:
		return "; check the path and its directories";
	case ENOTDIR:
		return "; a directory is wanted there";
	case EISDIR:
		return "; a file is wanted there";
	case EACCES:
	case EPERM:
		return "; check the permissions of it and of the directories above";
	case EROFS:
	case ENOSPC:
		return "; name another place, or make room";
	default:
		return "";
	}
}

void
hrd_diag_system(struct hrd_diag *diag, const char *what, int error)
{
	char text[TEXT_MAX], *clean;

	if (error != 0)
		snprintf(text, sizeof(text), "%s: %s%s", what, hrd_infile_strerror(error),
		    remedy(error));
	else
		snprintf(text, sizeof(text), "%s: failed", what);
	hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	clean = hrd_sanitised(text);
	if (clean == NULL || !is_repeated(diag, HRD_ERROR, &nowhere, "system", clean)) {
		diag->errors++;
		add(diag, HRD_ERROR, &nowhere, "system", text);
	}
	free(clean);
}

void
hrd_diag_nomem(struct hrd_diag *diag)
{
	diag->errors++;
	diag->lost = true;
	hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
}

void
hrd_diag_yaml(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	const struct hrd_diag_file *file = ctx;
	struct hrd_position place = { file->path, line, col };

	hrd_diag(file->diag, HRD_ERROR, &place, id, "%s", text);
}

static int
by_place(const void *left, const void *right)
{
	const struct hrd_diagnostic *a = left, *b = right;

	if (a->file_order != b->file_order)
		return a->file_order < b->file_order ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return a->sequence < b->sequence ? -1 : 1;
}

/* A note stands where its report stands, whatever place it was given. */
static void
sort_reports(struct hrd_diag *diag)
{
	for (size_t i = 1; i < diag->count; i++) {
		struct hrd_diagnostic *note = &diag->reports[i], *above = note - 1;

		if (note->severity == HRD_NOTE && note->file_order == above->file_order) {
			note->line = above->line;
			note->col = above->col;
		}
	}
	if (diag->count > 1)
		qsort(diag->reports, diag->count, sizeof(*diag->reports), by_place);
}

/* The place of a report. A file's name may be anything: it must not look like another line. */
static void
print_place(const struct hrd_diagnostic *report)
{
	char *file = hrd_sanitised(report->file);

	fputs(file != NULL ? file : "(out of memory)", stderr);
	free(file);
	if (report->line > 0)
		fprintf(stderr, ":%llu", (unsigned long long)report->line);
	if (report->line > 0 && report->col > 0)
		fprintf(stderr, ":%u", (unsigned)report->col);
	fputs(": ", stderr);
}

static void
print_report(const struct hrd_diagnostic *report)
{
	static const char *const words[] = { "note", "warning", "error" };

	if (report->file == NULL)
		fputs("rpzgen: ", stderr);
	else
		print_place(report);
	fprintf(stderr, "%s: %s", words[report->severity], report->text);
	if (report->severity == HRD_NOTE)
		fputc('\n', stderr);
	else
		fprintf(stderr, " [%s]\n", report->id);
}

static void
print_closing(const struct hrd_diag *diag, const char *closing)
{
	for (size_t i = 0; i < diag->id_count; i++) {
		const struct id_count *c = &diag->ids[i];

		if (c->seen > c->kept && c->kept > 0)
			fprintf(stderr, "rpzgen: %u more of this kind [%s]\n", c->seen - c->kept,
			    c->id);
	}
	if (diag->lost)
		fputs("rpzgen: error: out of memory [system]\n", stderr);
	if (diag->status >= HRD_EXIT_USAGE && diag->errors <= 1 && closing == NULL)
		return;
	if (diag->errors + diag->warnings == 0 || (diag->quiet && diag->errors == 0))
		return;
	fprintf(stderr, "rpzgen: %u error%s, %u warning%s%s%s\n", diag->errors,
	    diag->errors == 1 ? "" : "s", diag->warnings, diag->warnings == 1 ? "" : "s",
	    closing != NULL ? "; " : "", closing != NULL ? closing : "");
}

static void
print_all(const struct hrd_diag *diag, const char *closing)
{
	for (size_t i = 0; i < diag->count; i++)
		print_report(&diag->reports[i]);
	print_closing(diag, closing);
}

void
hrd_diag_result(struct hrd_diag *diag, const char *command, const char *result, size_t len)
{
	diag->command = command;
	diag->result = result;
	diag->result_len = len;
}

void
hrd_diag_flush(struct hrd_diag *diag, const char *closing)
{
	struct hrd_report_list list = { .status = diag->status,
		.command = diag->command,
		.result = diag->result,
		.result_len = diag->result_len };

	sort_reports(diag);
	list.all = diag->reports;
	list.count = diag->count;
	if (diag->form == HRD_DIAG_TEXT ||
	    (diag->form == HRD_DIAG_SARIF && diag->status == HRD_EXIT_USAGE))
		print_all(diag, closing);
	else
		hrd_diag_write(diag->form, &list);
	if (diag->form != HRD_DIAG_TEXT && diag->lost)
		fputs("rpzgen: error: out of memory [system]\n", stderr);
	for (size_t i = 0; i < diag->count; i++)
		free(diag->reports[i].text);
	diag->count = 0;
}

void
hrd_diag_step(struct hrd_diag *diag, const char *step)
{
	diag->step = step;
}

void
hrd_diag_demote(struct hrd_diag *diag)
{
	for (size_t i = 0; i < diag->count; i++) {
		if (diag->reports[i].severity == HRD_ERROR)
			diag->reports[i].severity = HRD_WARNING;
	}
	diag->warnings += diag->errors;
	diag->errors = 0;
	diag->status = HRD_EXIT_OK;
}

unsigned
hrd_diag_errors(const struct hrd_diag *diag)
{
	return diag->errors;
}

unsigned
hrd_diag_warnings(const struct hrd_diag *diag)
{
	return diag->warnings;
}

int
hrd_diag_status(const struct hrd_diag *diag)
{
	return diag->status;
}

void
hrd_diag_raise(struct hrd_diag *diag, int status)
{
	if (status > diag->status)
		diag->status = status;
}
