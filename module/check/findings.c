/* SPDX-License-Identifier: BSD-3-Clause */
/* Collects findings. */
#include <config.h>

#include "module/check/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

enum { TEXT_MAX = 6000 };

/* Its number, from 1; 0: it is new. */
static size_t
find_known(const struct hrd_finding_list *f, const char *file, uint32_t line, const char *text)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct hrd_finding *one = &f->all[i];

		/* What has no place was told with one already. */
		if (strcmp(one->text, text) == 0 &&
		    (file == NULL ||
			(one->line == line && one->file != NULL && strcmp(one->file, file) == 0)))
			return i + 1;
	}
	return 0;
}

static struct hrd_finding *
add(struct hrd_finding_list *f, bool is_error, const char *file, uint32_t line, const char *id,
    const char *text)
{
	struct hrd_finding *bigger, *one;

	if (find_known(f, file, line, text) > 0)
		return NULL;
	bigger = hrd_array_reserve(f->all, &f->space, f->count + 1, sizeof(*bigger));
	if (bigger == NULL) {
		f->nomem = true;
		return NULL;
	}
	f->all = bigger;
	one = &f->all[f->count];
	*one = (struct hrd_finding){ .is_error = is_error,
		.line = line,
		.file = file != NULL ? strdup(file) : NULL,
		.id = strdup(id),
		.text = strdup(text) };
	if (one->id == NULL || one->text == NULL || (file != NULL && one->file == NULL)) {
		free(one->file);
		free(one->id);
		free(one->text);
		f->nomem = true;
		return NULL;
	}
	f->count++;
	f->errors += is_error ? 1 : 0;
	f->warnings += is_error ? 0 : 1;
	return one;
}

void
hrd_findings_add(struct hrd_finding_list *findings, bool is_error, const char *file, uint32_t line,
    const char *id, const char *format, ...)
{
	char text[TEXT_MAX];
	struct hrd_finding *one;
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	if (file != NULL || findings->at_file == NULL) {
		add(findings, is_error, file, line, id, text);
		return;
	}
	one = add(findings, is_error, findings->at_file, findings->at_line, id, text);
	if (one != NULL)
		one->col = findings->at_col;
}

void
hrd_findings_at(struct hrd_finding_list *findings, const char *file, uint32_t line, uint32_t col)
{
	findings->at_file = file;
	findings->at_line = line;
	findings->at_col = col;
}

/* Takes the number before `end` off the text; false when there is none. */
static bool
take_number(char *text, char **end, uint32_t *number)
{
	char *start = *end;

	while (start > text && start[-1] >= '0' && start[-1] <= '9')
		start--;
	if (start == *end || start == text || start[-1] != ':')
		return false;
	*number = (uint32_t)strtoul(start, NULL, 10);
	*end = start - 1;
	**end = '\0';
	return true;
}

/* Lines of the module's log that have no id of their own, by how they begin. */
static const char *
id_of(const char *text)
{
	static const char *const ids[][2] = { { "cannot read the policy image",
						  "image-unreadable" },
		{ "cannot take the policy image", "image-unreadable" },
		{ "policy image ", "image-refused" }, { "ALARM: ", "alarm" },
		{ "cannot read ", "file-unreadable" } };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (strncmp(text, ids[i][0], strlen(ids[i][0])) == 0)
			return ids[i][1];
	}
	return "module-log";
}

static bool
has_id(const struct hrd_finding_list *f, const char *id)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->all[i].id, id) == 0)
			return true;
	}
	return false;
}

void
hrd_findings_log(void *ctx, enum hrd_log_level level, const char *line)
{
	static const char *const words[] = { ": error: ", ": warning: " };
	struct hrd_finding_list *f = ctx;
	char copy[TEXT_MAX], at[TEXT_MAX], *file = NULL, *text = copy, *end = NULL, *id;
	uint32_t row = 0, col = 0;
	const char *known;
	struct hrd_finding *one;

	if (level > HRD_LOG_WARNING)
		return;
	snprintf(copy, sizeof(copy), "%s", line);
	end = strstr(copy, words[level]);
	if (end != NULL && take_number(copy, &end, &col) && take_number(copy, &end, &row)) {
		file = copy;
		text = copy + (strstr(line, words[level]) - line) + strlen(words[level]);
	}
	if (file == NULL && f->at_file != NULL) {
		file = at;
		snprintf(at, sizeof(at), "%s", f->at_file);
		row = f->at_line;
		col = f->at_col;
	}
	id = strrchr(text, '[');
	if (id != NULL && id > text && id[-1] == ' ' && text[strlen(text) - 1] == ']') {
		text[strlen(text) - 1] = '\0';
		id[-1] = '\0';
		id++;
	} else {
		id = NULL;
	}
	known = id != NULL ? id : level == HRD_LOG_ERROR ? id_of(text) : "module-log";
	if (strcmp(known, "alarm") == 0 && has_id(f, "image-expired"))
		return; /* that it has expired was found already */
	one = add(f, level == HRD_LOG_ERROR, file, row, known, text);
	if (one != NULL)
		one->col = col;
	if (level == HRD_LOG_ERROR)
		f->last_error = one != NULL ? f->count : find_known(f, file, row, text);
}

void
hrd_print_clean(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
}

void
hrd_findings_print(const struct hrd_finding_list *findings, bool closing)
{
	const char *program = findings->program != NULL ? findings->program : "hradba-checkconf";

	for (size_t i = 0; i < findings->count; i++) {
		const struct hrd_finding *one = &findings->all[i];

		hrd_print_clean(one->file != NULL ? one->file : program);
		if (one->line != 0)
			fprintf(stderr, ":%u", (unsigned)one->line);
		if (one->col != 0)
			fprintf(stderr, ":%u", (unsigned)one->col);
		fprintf(stderr, ": %s: ", one->is_error ? "error" : "warning");
		hrd_print_clean(one->text);
		fprintf(stderr, " [%s]\n", one->id);
	}
	if (closing && findings->errors + findings->warnings > 0)
		fprintf(stderr, "%s: %u error%s, %u warning%s\n", program, findings->errors,
		    findings->errors == 1 ? "" : "s", findings->warnings,
		    findings->warnings == 1 ? "" : "s");
}

void
hrd_findings_json(const struct hrd_finding_list *findings, struct hrd_json *json)
{
	hrd_json_key(json, "diagnostics");
	hrd_json_array(json);
	for (size_t i = 0; i < findings->count; i++) {
		const struct hrd_finding *one = &findings->all[i];

		hrd_json_object(json);
		if (one->file != NULL)
			hrd_json_member(json, "file", one->file);
		if (one->line != 0)
			hrd_json_number(json, "line", one->line);
		if (one->col != 0)
			hrd_json_number(json, "column", one->col);
		hrd_json_member(json, "severity", one->is_error ? "error" : "warning");
		hrd_json_member(json, "id", one->id);
		hrd_json_member(json, "text", one->text);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

void
hrd_findings_clear(struct hrd_finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->all[i].file);
		free(findings->all[i].id);
		free(findings->all[i].text);
	}
	free(findings->all);
}
