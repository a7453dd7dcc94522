/* SPDX-License-Identifier: BSD-3-Clause */
/* JUnit XML and Prometheus text. */
#include <config.h>

#include "rpzgen/probe/report.h"

#include <inttypes.h>
#include <stdbool.h>

/* Text in an attribute (XML 1.0 section 2.4). Names and causes are printable. */
static void
xml(const char *text, FILE *out)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void
junit_head(const char *server, const char *name, FILE *out)
{
	fputs("    <testcase classname=\"", out);
	xml(server, out);
	fputs("\" name=\"", out);
	xml(name, out);
	fputs("\">", out);
}

static void
junit_result(const char *element, const char *type, const char *message, FILE *out)
{
	fprintf(out, "<%s type=\"%s\" message=\"", element, type);
	xml(message, out);
	fputs("\"/>", out);
}

/* True for a server of which nothing is known: what its answers say of single names proves nothing.
 */
static bool
is_unknown(const struct hrd_probe_server *server)
{
	return server->verdict == HRD_SERVER_BROKEN || server->verdict == HRD_SERVER_INCONCLUSIVE;
}

static void
junit_name(const struct hrd_probe *probe, size_t s, size_t e, FILE *out)
{
	enum hrd_name_verdict verdict = hrd_probe_name(probe, s, e);
	bool unknown = is_unknown(&probe->servers[s]) || verdict == HRD_NAME_UNKNOWN;
	char text[HRD_NAME_TEXT_MAX + 2];

	hrd_plan_text(probe->plan, e, text);
	junit_head(probe->servers[s].server->text, text, out);
	if (unknown)
		fputs("<skipped message=\"no answer shows anything\"/>", out);
	else if (verdict == HRD_NAME_LEAKING || verdict == HRD_NAME_WRONG)
		junit_result("failure", hrd_name_verdict_words[verdict],
		    verdict == HRD_NAME_LEAKING ? "the name resolves" : "another action answers",
		    out);
	fputs("</testcase>\n", out);
}

static void
junit_server(const struct hrd_probe *probe, size_t s, FILE *out)
{
	const struct hrd_probe_server *server = &probe->servers[s];
	size_t names = probe->plan->count - probe->plan->free;
	bool unknown = is_unknown(server);
	bool found = !unknown && server->verdict != HRD_SERVER_ENFORCED;
	size_t failures = server->names[HRD_NAME_LEAKING] + server->names[HRD_NAME_WRONG] + found;
	size_t skipped = unknown ? names : server->names[HRD_NAME_UNKNOWN];

	fputs("  <testsuite name=\"", out);
	xml(server->server->text, out);
	fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\">\n",
	    names + 1, unknown ? 0 : failures, unknown, skipped);
	junit_head(server->server->text, "server", out);
	if (found || unknown)
		junit_result(unknown ? "error" : "failure",
		    hrd_server_verdict_words[server->verdict], server->cause, out);
	fputs("</testcase>\n", out);
	for (size_t e = probe->plan->free; e < probe->plan->count; e++)
		junit_name(probe, s, e, out);
	fputs("  </testsuite>\n", out);
}

void
hrd_probe_junit(const struct hrd_probe *probe, FILE *out)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rpzgen probe ", out);
	xml(probe->policy, out);
	fputs("\">\n", out);
	for (size_t s = 0; s < probe->server_count; s++)
		junit_server(probe, s, out);
	fputs("</testsuites>\n", out);
}

/* "name{policy=...,server=..." without the closing brace. A policy's id and a server's address need
 * no escapes. */
static void
labels(const struct hrd_probe *probe, size_t s, const char *name, FILE *out)
{
	fprintf(out, "%s{policy=\"%s\",server=\"%s\"", name, probe->policy,
	    probe->servers[s].server->text);
}

static void
head(const char *name, const char *help, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
write_verdicts(const struct hrd_probe *probe, FILE *out)
{
	head("hradba_probe_verdict", "1 for the verdict of the server", out);
	for (size_t s = 0; s < probe->server_count; s++) {
		for (int v = 0; v < HRD_SERVER_VERDICTS; v++) {
			labels(probe, s, "hradba_probe_verdict", out);
			fprintf(out, ",verdict=\"%s\"} %d\n", hrd_server_verdict_words[v],
			    probe->servers[s].verdict == (enum hrd_server_verdict)v);
		}
	}
}

static void
write_counts(const struct hrd_probe *probe, FILE *out)
{
	head("hradba_probe_names", "names asked for, by what came of them", out);
	for (size_t s = 0; s < probe->server_count; s++) {
		for (int v = 0; v < HRD_NAME_VERDICTS; v++) {
			labels(probe, s, "hradba_probe_names", out);
			fprintf(out, ",verdict=\"%s\"} %zu\n", hrd_name_verdict_words[v],
			    probe->servers[s].names[v]);
		}
	}
}

static void
write_serials(const struct hrd_probe *probe, FILE *out)
{
	head("hradba_probe_serial", "serial that the server enforces, where it shows one", out);
	for (size_t s = 0; s < probe->server_count; s++) {
		if (!probe->servers[s].has_serial)
			continue;
		labels(probe, s, "hradba_probe_serial", out);
		fprintf(out, "} %" PRIu32 "\n", probe->servers[s].serial);
	}
	if (!probe->has_current)
		return;
	head("hradba_probe_current_serial", "serial that is current", out);
	fprintf(out, "hradba_probe_current_serial{policy=\"%s\"} %" PRIu32 "\n", probe->policy,
	    probe->current);
}

void
hrd_probe_prometheus(const struct hrd_probe *probe, uint64_t time, FILE *out)
{
	head("hradba_probe_timestamp_seconds", "when the servers were asked", out);
	fprintf(out, "hradba_probe_timestamp_seconds{policy=\"%s\"} %" PRIu64 "\n", probe->policy,
	    time);
	write_verdicts(probe, out);
	write_counts(probe, out);
	write_serials(probe, out);
}
