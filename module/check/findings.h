/* SPDX-License-Identifier: BSD-3-Clause */
/* What hradba-checkconf found: lines of the module's own log, and findings of its own, each once.
 * One thread. */
#ifndef HRD_MODULE_CHECK_FINDINGS_H
#define HRD_MODULE_CHECK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/json.h"
#include "module/base/log.h"

struct hrd_finding {
	bool is_error; /* else a warning */
	char *file;    /* or NULL: none is named */
	uint32_t line, col;
	char *id;
	char *text;
};

struct hrd_finding_list {
	struct hrd_finding *all;
	size_t count, space;
	unsigned errors, warnings;
	size_t last_error; /* number of the error that was logged last, from 1; 0: none */
	bool nomem;
	const char *at_file; /* where lines that have no place come from; or NULL */
	uint32_t at_line, at_col;
	const char *program; /* that says them; NULL: hradba-checkconf */
};

/* For hrd_log_to(): takes "FILE:LINE:COL: error: TEXT [id]" apart; other lines get an
 * id by how they begin. What is no error and no warning is dropped. ctx: struct hrd_finding_list.
 */
hrd_log_fn hrd_findings_log;

/* Adds a finding, unless it is there already. file: copied, or NULL; id: of doc/diagnostics.md.
 * Without memory nomem is set. */
#if defined(__GNUC__)
__attribute__((format(printf, 6, 7)))
#endif
void
hrd_findings_add(struct hrd_finding_list *findings, bool is_error, const char *file, uint32_t line,
    const char *id, const char *format, ...);

/* What is looked at now is named there: what has no place, be it a line or found, gets this one.
 * file is borrowed; NULL: nothing is. */
void hrd_findings_at(
    struct hrd_finding_list *findings, const char *file, uint32_t line, uint32_t col);

/* The text on standard error; what it could do to a terminal is taken from it. */
void hrd_print_clean(const char *text);

/* "FILE:LINE:COL: error: TEXT [id]" on standard error; closing: and how many there are. */
void hrd_findings_print(const struct hrd_finding_list *findings, bool closing);

/* The member "diagnostics" of the object at hand. */
void hrd_findings_json(const struct hrd_finding_list *findings, struct hrd_json *json);

/* Frees what it holds; zeroed it holds nothing. */
void hrd_findings_clear(struct hrd_finding_list *findings);

#endif
