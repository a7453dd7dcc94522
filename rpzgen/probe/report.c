/* SPDX-License-Identifier: BSD-3-Clause */
/* Text and JSON. */
#include <config.h>

#include "rpzgen/probe/report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static const char *const seen_words[] = { "", "no-answer", "unreachable", "refused", "failure",
	"nxdomain", "nodata", "own-nxdomain", "own-nodata", "data", "local-data", "sink",
	"truncated" };

/* The widest server and its serial decide the columns. */
static int
server_width(const struct hrd_probe *probe)
{
	size_t width = strlen("server");

	for (size_t s = 0; s < probe->server_count; s++) {
		size_t len = strlen(probe->servers[s].server->text);

		width = len > width ? len : width;
	}
	return (int)width;
}

static void
print_table(const struct hrd_probe *probe, FILE *out)
{
	int width = server_width(probe);

	fprintf(out, "%-*s  %-12s  %8s  %7s  %5s  %7s  %8s  %6s  %s\n", width, "server", "verdict",
	    "enforced", "leaking", "wrong", "unknown", "observed", "exempt", "serial");
	for (size_t s = 0; s < probe->server_count; s++) {
		const struct hrd_probe_server *server = &probe->servers[s];
		const size_t *names = server->names;

		fprintf(out, "%-*s  %-12s  %8zu  %7zu  %5zu  %7zu  %8zu  %6zu  ", width,
		    server->server->text, hrd_server_verdict_words[server->verdict],
		    names[HRD_NAME_ENFORCED], names[HRD_NAME_LEAKING], names[HRD_NAME_WRONG],
		    names[HRD_NAME_UNKNOWN], names[HRD_NAME_OBSERVED], names[HRD_NAME_EXEMPT]);
		if (server->has_serial)
			fprintf(out, "%" PRIu32 "%s\n", server->serial,
			    server->beacon ? " (beacon)" : "");
		else
			fputs("-\n", out);
	}
}

static bool
is_finding(enum hrd_name_verdict verdict)
{
	return verdict >= HRD_NAME_UNKNOWN;
}

/* The questions whose answers are not what the rule wants. */
static void
print_questions(const struct hrd_probe *probe, size_t server, size_t entry, FILE *out)
{
	const uint8_t *seen = hrd_probe_seen(probe, server, entry);
	enum hrd_action action = (enum hrd_action)probe->plan->entries[entry].action;
	bool tls = probe->servers[server].server->tls_name[0] != '\0';
	const char *between = "";

	for (int v = 0; v < HRD_VARIANTS; v++) {
		if (seen[v] == HRD_SEEN_NOTHING ||
		    !is_finding(hrd_judge_answer(action, seen[v], tls || hrd_variant_table[v].tcp)))
			continue;
		fprintf(out, "%s%s: %s", between, hrd_variant_table[v].word, seen_words[seen[v]]);
		between = ", ";
	}
}

static void
print_names(const struct hrd_probe *probe, size_t server, FILE *out)
{
	size_t shown = 0, more = 0;

	for (size_t e = probe->plan->free; e < probe->plan->count; e++) {
		enum hrd_name_verdict verdict = hrd_probe_name(probe, server, e);
		char text[HRD_NAME_TEXT_MAX + 2];

		if (!is_finding(verdict))
			continue;
		if (shown == HRD_PROBE_SHOWN_MAX) {
			more++;
			continue;
		}
		shown++;
		hrd_plan_text(probe->plan, e, text);
		fprintf(out, "  %-12s  %s  (", hrd_name_verdict_words[verdict], text);
		print_questions(probe, server, e, out);
		fputs(")\n", out);
	}
	if (more > 0)
		fprintf(out, "  and %zu more, which --json lists\n", more);
}

void
hrd_probe_print(const struct hrd_probe *probe, FILE *out)
{
	size_t asked = probe->plan->count - probe->plan->free;

	fprintf(out, "policy %s: %zu names", probe->policy, asked);
	if (asked < probe->plan->names)
		fprintf(out, ", a sample of %zu", probe->plan->names);
	if (probe->has_current)
		fprintf(out, "; current serial %" PRIu32, probe->current);
	fputc('\n', out);
	print_table(probe, out);
	for (size_t s = 0; s < probe->server_count; s++) {
		const struct hrd_probe_server *server = &probe->servers[s];

		if (server->verdict == HRD_SERVER_ENFORCED)
			continue;
		fprintf(out, "\n%s: %s: %s\n", server->server->text,
		    hrd_server_verdict_words[server->verdict], server->cause);
		if (server->end.answered)
			print_names(probe, s, out);
	}
}

static void
write_seen(const uint8_t *seen, struct hrd_json *json)
{
	hrd_json_key(json, "seen");
	hrd_json_array(json);
	for (int v = 0; v < HRD_VARIANTS; v++) {
		if (seen[v] == HRD_SEEN_NOTHING)
			continue;
		hrd_json_object(json);
		hrd_json_member(json, "question", hrd_variant_table[v].word);
		hrd_json_member(json, "answer", seen_words[seen[v]]);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

static void
write_names(const struct hrd_probe *probe, size_t server, struct hrd_json *json)
{
	hrd_json_key(json, "names");
	hrd_json_array(json);
	for (size_t e = 0; e < probe->plan->count; e++) {
		const struct hrd_plan_entry *entry = &probe->plan->entries[e];
		char text[HRD_NAME_TEXT_MAX + 2];

		hrd_plan_text(probe->plan, e, text);
		hrd_json_object(json);
		hrd_json_member(json, "name", text);
		hrd_json_member(json, "form", hrd_probe_form_words[entry->form]);
		if (e >= probe->plan->free) {
			hrd_json_member(
			    json, "expected", hrd_action_name((enum hrd_action)entry->action));
			hrd_json_member(json, "verdict",
			    hrd_name_verdict_words[hrd_probe_name(probe, server, e)]);
		}
		write_seen(hrd_probe_seen(probe, server, e), json);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

static void
write_server(const struct hrd_probe *probe, size_t s, struct hrd_json *json)
{
	const struct hrd_probe_server *server = &probe->servers[s];

	hrd_json_object(json);
	hrd_json_member(json, "server", server->server->text);
	hrd_json_member(json, "verdict", hrd_server_verdict_words[server->verdict]);
	if (server->cause[0] != '\0')
		hrd_json_member(json, "cause", server->cause);
	if (server->has_serial)
		hrd_json_number(json, "serial", server->serial);
	hrd_json_flag(json, "beacon", server->beacon);
	hrd_json_key(json, "counts");
	hrd_json_object(json);
	for (int v = 0; v < HRD_NAME_VERDICTS; v++)
		hrd_json_number(json, hrd_name_verdict_words[v], server->names[v]);
	hrd_json_object_end(json);
	write_names(probe, s, json);
	hrd_json_object_end(json);
}

void
hrd_probe_members(const struct hrd_probe *probe, struct hrd_json *json)
{
	hrd_json_member(json, "policy", probe->policy);
	hrd_json_number(json, "names", probe->plan->count - probe->plan->free);
	hrd_json_number(json, "sample_of", probe->plan->names);
	if (probe->has_current)
		hrd_json_number(json, "serial", probe->current);
	hrd_json_key(json, "servers");
	hrd_json_array(json);
	for (size_t s = 0; s < probe->server_count; s++)
		write_server(probe, s, json);
	hrd_json_array_end(json);
}
