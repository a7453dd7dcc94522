/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts the questions of a plan to servers and judges what they answer. */
#include <config.h>

#include "rpzgen/probe/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/serial.h"
#include "lib/name/rdata.h"
#include "rpzgen/rules/find.h"

/* Where a server is in the plan. */
struct hrd_probe_cursor {
	size_t entry;
	unsigned variant;
};

static uint8_t *
seen_at(const struct hrd_probe *probe, size_t server, size_t entry)
{
	return probe->seen + (server * probe->plan->count + entry) * HRD_VARIANTS;
}

const uint8_t *
hrd_probe_seen(const struct hrd_probe *probe, size_t server, size_t entry)
{
	return seen_at(probe, server, entry);
}

static bool
is_tls(const struct hrd_probe *probe, size_t server)
{
	return probe->servers[server].server->tls_name[0] != '\0';
}

/* Moves on to the next question; false at the end. */
static bool
advance(struct hrd_probe *probe, size_t server, struct hrd_name *name)
{
	struct hrd_probe_cursor *at = &probe->cursors[server];

	for (; at->entry < probe->plan->count; at->entry++, at->variant = 0) {
		hrd_plan_name(probe->plan, at->entry, server, name);
		for (; at->variant < HRD_VARIANTS; at->variant++) {
			if (hrd_plan_asks(&probe->plan->entries[at->entry], name,
				is_tls(probe, server), at->variant))
				return true;
		}
	}
	return false;
}

static bool
next_question(void *ctx, size_t server, struct hrd_ask_question *out)
{
	struct hrd_probe *probe = ctx;
	struct hrd_probe_cursor *at = &probe->cursors[server];
	struct hrd_name name;
	const struct hrd_variant *variant;
	enum hrd_action action;

	if (!advance(probe, server, &name))
		return false;
	variant = &hrd_variant_table[at->variant];
	action = (enum hrd_action)probe->plan->entries[at->entry].action;
	*out = (struct hrd_ask_question){
		.query = { .name = name, .type = variant->type, .dnssec = variant->dnssec },
		.tcp = variant->tcp,
		.whole = action != HRD_ACTION_TCP_ONLY,
		.may_be_silent = action == HRD_ACTION_DROP,
		.entry = at->entry,
		.variant = at->variant,
	};
	at->variant++;
	return true;
}

/* The serial in the beacon's text: "id=… serial=N rules=…". */
static void
read_beacon(struct hrd_probe_server *server, const struct hrd_reply *reply)
{
	static const char key[] = " serial=";

	for (size_t i = 0; i < reply->record_count; i++) {
		const struct hrd_reply_record *record = &reply->records[i];
		char text[HRD_REPLY_RDATA_MAX + 1];
		const char *at;
		size_t len = record->len > 0 ? record->rdata[0] : 0;
		unsigned long value;

		if (record->type != HRD_TYPE_TXT || len == 0 || len + 1 > record->len)
			continue;
		memcpy(text, record->rdata + 1, len);
		text[len] = '\0';
		at = strstr(text, key);
		if (at == NULL || at[strlen(key)] < '0' || at[strlen(key)] > '9')
			continue;
		value = strtoul(at + strlen(key), NULL, 10);
		if (value > UINT32_MAX)
			continue;
		server->has_serial = server->beacon = true;
		server->serial = (uint32_t)value;
	}
}

static struct hrd_policy_mark
mark_of(const struct hrd_probe *probe)
{
	return (struct hrd_policy_mark){ &probe->apex, &probe->mname, &probe->rname };
}

/* The serial of the policy, where an answer shows its SOA. The beacon knows better. */
static void
read_soa(
    const struct hrd_probe *probe, struct hrd_probe_server *server, const struct hrd_reply *reply)
{
	const struct hrd_policy_mark mark = mark_of(probe);

	for (size_t i = 0; i < reply->soa_count && !server->beacon; i++) {
		if (!hrd_is_policy_soa(&reply->soas[i], &mark))
			continue;
		server->has_serial = true;
		server->serial = reply->soas[i].serial;
	}
}

static void
take_answer(void *ctx, size_t server, const struct hrd_ask_question *question, enum hrd_fate fate,
    const struct hrd_reply *reply)
{
	struct hrd_probe *probe = ctx;
	const struct hrd_plan_entry *entry = &probe->plan->entries[question->entry];
	const struct hrd_expected expected = { (enum hrd_action)entry->action, probe->plan->set,
		entry->rule };
	const struct hrd_policy_mark mark = mark_of(probe);
	uint8_t *seen = seen_at(probe, server, question->entry) + question->variant;

	*seen = fate == HRD_NO_ANSWER ? HRD_SEEN_NO_ANSWER : HRD_SEEN_UNREACHABLE;
	if (fate != HRD_ANSWERED)
		return;
	probe->answers++;
	*seen = (uint8_t)hrd_see(reply, &question->query, &mark, &expected);
	if (entry->form == HRD_FORM_BEACON)
		read_beacon(&probe->servers[server], reply);
	else
		read_soa(probe, &probe->servers[server], reply);
}

enum hrd_name_verdict
hrd_probe_name(const struct hrd_probe *probe, size_t server, size_t entry)
{
	return hrd_judge_name((enum hrd_action)probe->plan->entries[entry].action,
	    seen_at(probe, server, entry), is_tls(probe, server));
}

/* A control name resolves when any of its types has data. */
static bool
resolves(const uint8_t *seen)
{
	return memchr(seen, HRD_SEEN_DATA, HRD_VARIANTS) != NULL ||
	       memchr(seen, HRD_SEEN_SINK, HRD_VARIANTS) != NULL;
}

static bool
is_served(const uint8_t *seen)
{
	for (int v = 0; v < HRD_VARIANTS; v++) {
		if (seen[v] >= HRD_SEEN_NXDOMAIN)
			return true;
	}
	return false;
}

/* The first control name that does not resolve, for the cause. */
static void
name_control(const struct hrd_probe *probe, size_t server, char *out, size_t size)
{
	for (size_t e = 0; e < probe->plan->free; e++) {
		const uint8_t *seen = seen_at(probe, server, e);
		char text[HRD_NAME_TEXT_MAX + 2];
		bool denied;

		if (probe->plan->entries[e].form != HRD_FORM_CONTROL || resolves(seen))
			continue;
		hrd_plan_text(probe->plan, e, text);
		denied = memchr(seen, HRD_SEEN_NXDOMAIN, HRD_VARIANTS) != NULL ||
			 memchr(seen, HRD_SEEN_GONE, HRD_VARIANTS) != NULL;
		snprintf(out, size, "the control name \"%.260s\" %s: %s", text,
		    denied ? "gets NXDOMAIN" : "does not resolve",
		    denied ? "this server answers so to more than the policy"
			   : "what is blocked cannot be told from what fails");
		return;
	}
}

/* Counts names, patterns and controls of a server. */
static void
gather(struct hrd_probe *probe, size_t s, struct hrd_server_facts *facts)
{
	struct hrd_probe_server *server = &probe->servers[s];

	for (size_t e = 0; e < probe->plan->count; e++) {
		const struct hrd_plan_entry *entry = &probe->plan->entries[e];
		enum hrd_action action = (enum hrd_action)entry->action;
		const uint8_t *seen = seen_at(probe, s, e);
		enum hrd_name_verdict verdict = hrd_probe_name(probe, s, e);

		facts->served |=
		    is_served(seen) || (action == HRD_ACTION_DROP && verdict == HRD_NAME_ENFORCED);
		facts->controls_bad += entry->form == HRD_FORM_CONTROL && !resolves(seen);
		if (e < probe->plan->free)
			continue;
		server->names[verdict]++;
		if (!hrd_action_blocks(action))
			continue;
		facts->data_leaked |= verdict == HRD_NAME_LEAKING &&
				      memchr(seen, HRD_SEEN_DATA, HRD_VARIANTS) != NULL;
		hrd_pattern_add(&server->pattern, (enum hrd_probe_form)entry->form, entry->below,
		    action, seen, is_tls(probe, s));
	}
	memcpy(facts->names, server->names, sizeof(facts->names));
	facts->answered = server->end.answered;
	facts->given_up = server->end.given_up;
	facts->all_leak =
	    server->pattern.names > 0 && server->pattern.leaking == server->pattern.names;
	facts->older = server->has_serial && probe->has_current &&
		       hrd_serial_is_later(probe->current, server->serial);
}

static void
explain_broken(struct hrd_probe_server *server, const struct hrd_server_facts *facts)
{
	if (facts->answered && !facts->served)
		snprintf(server->cause, sizeof(server->cause),
		    "it refuses or fails every question: may this address ask that resolver?");
	else if (facts->answered)
		snprintf(server->cause, sizeof(server->cause), "it has stopped answering: %s",
		    server->end.why);
	else
		snprintf(server->cause, sizeof(server->cause), "%s",
		    server->end.why[0] != '\0' ? server->end.why : "no answer");
}

static void
explain_stale(const struct hrd_probe *probe, struct hrd_probe_server *server)
{
	int len = snprintf(server->cause, sizeof(server->cause),
	    "it enforces serial %" PRIu32 ", current is %" PRIu32, server->serial, probe->current);

	if (server->names[HRD_NAME_LEAKING] > 0)
		snprintf(server->cause + len, sizeof(server->cause) - (size_t)len,
		    "; %zu names leak", server->names[HRD_NAME_LEAKING]);
}

static void
explain(struct hrd_probe *probe, size_t s, const struct hrd_server_facts *facts)
{
	struct hrd_probe_server *server = &probe->servers[s];
	char cause[HRD_CAUSE_MAX];

	switch (server->verdict) {
	case HRD_SERVER_BROKEN:
		explain_broken(server, facts);
		break;
	case HRD_SERVER_STALE:
		explain_stale(probe, server);
		break;
	case HRD_SERVER_LEAKING:
		snprintf(server->cause, sizeof(server->cause), "%s",
		    hrd_pattern_cause(&server->pattern, server->beacon, cause));
		break;
	case HRD_SERVER_WRONG_ACTION:
		snprintf(server->cause, sizeof(server->cause),
		    "%zu names are answered by another action than the rule's",
		    server->names[HRD_NAME_WRONG]);
		break;
	case HRD_SERVER_INCONCLUSIVE:
		if (facts->controls_bad > 0)
			name_control(probe, s, server->cause, sizeof(server->cause));
		else
			snprintf(server->cause, sizeof(server->cause),
			    "%zu names have no answer that shows anything (%s)",
			    server->names[HRD_NAME_UNKNOWN],
			    server->end.why[0] != '\0' ? server->end.why : "SERVFAIL");
		break;
	default:
		break;
	}
}

/* The latest serial that a server shows is current, unless it is known better. */
static void
find_current(struct hrd_probe *probe)
{
	for (size_t s = 0; s < probe->server_count && !probe->has_current; s++) {
		const struct hrd_probe_server *first = &probe->servers[s];

		if (!first->has_serial)
			continue;
		probe->has_current = true;
		probe->current = first->serial;
		for (size_t o = s + 1; o < probe->server_count; o++) {
			if (probe->servers[o].has_serial &&
			    hrd_serial_is_later(probe->servers[o].serial, probe->current))
				probe->current = probe->servers[o].serial;
		}
	}
}

static bool
is_v6(const struct hrd_probe_server *server)
{
	return server->server->address.ss_family == AF_INET6;
}

/* Where every server that leaks is asked over IPv6, and one asked over IPv4 enforces, that is the
 * likely cause. */
static void
compare_families(struct hrd_probe *probe)
{
	bool v4_enforces = false;
	char cause[HRD_PROBE_CAUSE_MAX];

	for (size_t s = 0; s < probe->server_count; s++) {
		const struct hrd_probe_server *server = &probe->servers[s];

		if (server->verdict == HRD_SERVER_LEAKING && !is_v6(server))
			return;
		v4_enforces |= server->verdict == HRD_SERVER_ENFORCED && !is_v6(server);
	}
	for (size_t s = 0; s < probe->server_count && v4_enforces; s++) {
		struct hrd_probe_server *server = &probe->servers[s];

		if (server->verdict != HRD_SERVER_LEAKING)
			continue;
		memcpy(cause, server->cause, sizeof(cause));
		snprintf(
		    server->cause, sizeof(server->cause), "only over IPv6 it leaks: %.400s", cause);
	}
}

static void
judge(struct hrd_probe *probe)
{
	find_current(probe);
	for (size_t s = 0; s < probe->server_count; s++) {
		struct hrd_server_facts facts = { .answered = false };

		gather(probe, s, &facts);
		probe->servers[s].verdict = hrd_judge_server(&facts);
		explain(probe, s, &facts);
	}
	compare_families(probe);
}

static bool
allocate(struct hrd_probe *probe)
{
	probe->servers = calloc(probe->server_count + 1, sizeof(*probe->servers));
	probe->cursors = calloc(probe->server_count + 1, sizeof(*probe->cursors));
	probe->seen = calloc(probe->server_count * probe->plan->count + 1, HRD_VARIANTS);
	return probe->servers != NULL && probe->cursors != NULL && probe->seen != NULL;
}

bool
hrd_probe_run(struct hrd_probe *probe, const struct hrd_plan *plan,
    const struct hrd_probe_policy *policy, const struct hrd_ask_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_asker asker = { next_question, take_answer, probe };
	struct hrd_ask_end *ends = calloc(options->servers->count + 1, sizeof(*ends));
	bool good;

	*probe = (struct hrd_probe){ .plan = plan,
		.policy = policy->id,
		.apex = policy->apex,
		.mname = policy->mname,
		.rname = policy->rname,
		.has_current = policy->has_current,
		.current = policy->current,
		.server_count = options->servers->count };
	if (ends == NULL || !allocate(probe)) {
		free(ends);
		hrd_diag_nomem(diag);
		return false;
	}
	for (size_t s = 0; s < probe->server_count; s++)
		probe->servers[s].server = &options->servers->all[s];
	good = hrd_ask_all(options, &asker, ends, diag);
	for (size_t s = 0; s < probe->server_count && good; s++)
		probe->servers[s].end = ends[s];
	if (good)
		judge(probe);
	free(ends);
	return good;
}

void
hrd_probe_clear(struct hrd_probe *probe)
{
	free(probe->servers);
	free(probe->cursors);
	free(probe->seen);
	*probe = (struct hrd_probe){ .plan = NULL };
}

void
hrd_probe_report(const struct hrd_probe *probe, struct hrd_diag *diag)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };
	static const char *const ids[HRD_SERVER_VERDICTS] = { NULL, "probe-leaking",
		"probe-wrong-action", "probe-stale", "probe-broken", "probe-inconclusive" };
	bool found = false, unknown = false;

	for (size_t s = 0; s < probe->server_count; s++) {
		const struct hrd_probe_server *server = &probe->servers[s];

		if (server->verdict == HRD_SERVER_ENFORCED)
			continue;
		unknown |= server->verdict == HRD_SERVER_BROKEN ||
			   server->verdict == HRD_SERVER_INCONCLUSIVE;
		found |= server->verdict != HRD_SERVER_BROKEN &&
			 server->verdict != HRD_SERVER_INCONCLUSIVE;
		hrd_diag(diag, HRD_WARNING, &nowhere, ids[server->verdict], "%s: %s: %s",
		    server->server->text, hrd_server_verdict_words[server->verdict], server->cause);
	}
	if (found)
		hrd_diag_raise(diag, HRD_EXIT_REJECTED);
	else if (unknown)
		hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
}
