/* SPDX-License-Identifier: BSD-3-Clause */
/* Diagnostics for programs: one JSON object, or a SARIF 2.1.0 log (OASIS). */
#include <config.h>

#include "rpzgen/base/diag.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/json.h"

static const char *
severity_word(enum hrd_severity severity)
{
	static const char *const words[] = { "note", "warning", "error" };

	return words[severity];
}

static void
write_place(struct hrd_json *json, const struct hrd_diagnostic *report)
{
	if (report->file != NULL)
		hrd_json_member(json, "file", report->file);
	if (report->line != 0) {
		hrd_json_key(json, "line");
		hrd_json_uint(json, report->line);
	}
	if (report->col != 0) {
		hrd_json_key(json, "column");
		hrd_json_uint(json, report->col);
	}
}

static void
write_plain(struct hrd_json *json, const struct hrd_report_list *list)
{
	hrd_json_object(json);
	hrd_json_member(json, "command", list->command != NULL ? list->command : "");
	hrd_json_number(json, "status", (uint64_t)list->status);
	hrd_json_key(json, "result");
	hrd_json_raw(json, list->result != NULL ? list->result : "{}",
	    list->result != NULL ? list->result_len : 2);
	hrd_json_key(json, "diagnostics");
	hrd_json_array(json);
	for (size_t i = 0; i < list->count; i++) {
		const struct hrd_diagnostic *report = &list->all[i];

		hrd_json_object(json);
		write_place(json, report);
		hrd_json_member(json, "severity", severity_word(report->severity));
		hrd_json_member(json, "id", report->id);
		if (report->step != NULL)
			hrd_json_member(json, "step", report->step);
		hrd_json_member(json, "text", report->text);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
	hrd_json_object_end(json);
}

/* SARIF places are URIs: octets that a URI cannot have are %XX, an absolute path gets its scheme.
 */
static void
write_uri(struct hrd_json *json, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	char uri[4096];
	size_t len = 0;

	if (path[0] == '/')
		len = (size_t)snprintf(uri, sizeof(uri), "file://");
	for (; *path != '\0' && len < sizeof(uri) - 4; path++) {
		if (strchr(plain, *path) != NULL)
			uri[len++] = *path;
		else
			len += (size_t)snprintf(uri + len, 4, "%%%02X", (unsigned char)*path);
	}
	uri[len] = '\0';
	hrd_json_member(json, "uri", uri);
}

static void
write_location(struct hrd_json *json, const struct hrd_diagnostic *report)
{
	hrd_json_key(json, "locations");
	hrd_json_array(json);
	hrd_json_object(json);
	hrd_json_key(json, "physicalLocation");
	hrd_json_object(json);
	hrd_json_key(json, "artifactLocation");
	hrd_json_object(json);
	write_uri(json, report->file);
	hrd_json_object_end(json);
	if (report->line != 0) {
		hrd_json_key(json, "region");
		hrd_json_object(json);
		hrd_json_key(json, "startLine");
		hrd_json_uint(json, report->line);
		if (report->col != 0) {
			hrd_json_key(json, "startColumn");
			hrd_json_uint(json, report->col);
		}
		hrd_json_object_end(json);
	}
	hrd_json_object_end(json);
	hrd_json_object_end(json);
	hrd_json_array_end(json);
}

static void
write_result(struct hrd_json *json, const struct hrd_diagnostic *report)
{
	hrd_json_object(json);
	hrd_json_member(json, "ruleId", report->id);
	hrd_json_member(json, "level", severity_word(report->severity));
	hrd_json_key(json, "message");
	hrd_json_object(json);
	hrd_json_member(json, "text", report->text);
	hrd_json_object_end(json);
	if (report->file != NULL)
		write_location(json, report);
	hrd_json_object_end(json);
}

static void
write_sarif(struct hrd_json *json, const struct hrd_report_list *list)
{
	hrd_json_object(json);
	hrd_json_member(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	hrd_json_member(json, "version", "2.1.0");
	hrd_json_key(json, "runs");
	hrd_json_array(json);
	hrd_json_object(json);
	hrd_json_key(json, "tool");
	hrd_json_object(json);
	hrd_json_key(json, "driver");
	hrd_json_object(json);
	hrd_json_member(json, "name", "rpzgen");
	hrd_json_member(json, "version", PACKAGE_VERSION);
	hrd_json_object_end(json);
	hrd_json_object_end(json);
	hrd_json_key(json, "results");
	hrd_json_array(json);
	for (size_t i = 0; i < list->count; i++)
		write_result(json, &list->all[i]);
	hrd_json_array_end(json);
	hrd_json_object_end(json);
	hrd_json_array_end(json);
	hrd_json_object_end(json);
}

void
hrd_diag_write(enum hrd_diag_format form, const struct hrd_report_list *list)
{
	struct hrd_json json;

	hrd_json_init(&json, true, hrd_json_to_stream, stdout);
	if (form == HRD_DIAG_SARIF)
		write_sarif(&json, list);
	else
		write_plain(&json, list);
	/* A failed write is noticed when stdout is closed. */
	(void)!hrd_json_end(&json);
}
