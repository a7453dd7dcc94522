/* SPDX-License-Identifier: BSD-3-Clause */
/* What answers mean. */
#include <config.h>

#include "rpzgen/probe/verdict.h"

#include <stdio.h>
#include <string.h>

#include "lib/name/rdata.h"
#include "rpzgen/rules/find.h"

enum { NOERROR = 0, NXDOMAIN = 3, REFUSED = 5, NOTAUTH = 9 };

const char *const hrd_probe_form_words[] = { "control", "beacon", "name", "sub-domain", "known" };
const char *const hrd_name_verdict_words[] = { "enforced", "observed", "exempt", "unknown",
	"wrong-action", "leaking" };
const char *const hrd_server_verdict_words[] = { "enforced", "leaking", "wrong-action", "stale",
	"broken", "inconclusive" };
const struct hrd_variant hrd_variant_table[HRD_VARIANTS] = {
	{ "A", HRD_TYPE_A, false, false },
	{ "AAAA", HRD_TYPE_AAAA, false, false },
	{ "HTTPS", HRD_TYPE_HTTPS, false, false },
	{ "TXT", HRD_TYPE_TXT, false, false },
	{ "A with DO", HRD_TYPE_A, true, false },
	{ "A over TCP", HRD_TYPE_A, false, true },
	{ "NS", HRD_TYPE_NS, false, false },
};

/* True when the answer has that record, or the name that the wildcard of a CNAME stands for. */
static bool
has_record(const struct hrd_reply *reply, const struct hrd_rr *rr)
{
	bool star =
	    rr->type == HRD_TYPE_CNAME && rr->rdlen > 2 && rr->rdata[0] == 1 && rr->rdata[1] == '*';
	const uint8_t *tail = star ? rr->rdata + 2 : rr->rdata;
	size_t len = star ? rr->rdlen - 2u : rr->rdlen;

	for (size_t i = 0; i < reply->record_count; i++) {
		const struct hrd_reply_record *record = &reply->records[i];

		if (record->type == rr->type && record->len >= len &&
		    (star || record->len == len) &&
		    memcmp(record->rdata + record->len - len, tail, len) == 0)
			return true;
	}
	return false;
}

/* True for an answer with the rule's records of the type, or with its alias; for one without data
 * when the rule has none. */
static bool
is_local_data(const struct hrd_reply *reply, uint16_t type, const struct hrd_expected *expected)
{
	size_t count, matching = 0;

	if (expected->action != HRD_ACTION_LOCAL_DATA || expected->set == NULL)
		return false;
	count = hrd_rules_rr_count(expected->set, HRD_TRIGGER_QNAME, expected->rule);
	for (size_t i = 0; i < count; i++) {
		struct hrd_rr rr;

		hrd_rules_rr(expected->set, HRD_TRIGGER_QNAME, expected->rule, i, &rr);
		if (rr.type != type && rr.type != HRD_TYPE_CNAME)
			continue;
		if (!has_record(reply, &rr))
			return false;
		matching++;
	}
	return (matching > 0) == (reply->answers > 0);
}

/* An address that leads nowhere. */
static bool
is_sink(const struct hrd_reply_record *record)
{
	static const uint8_t zero[16], loopback6[16] = { [15] = 1 };

	if (record->type == HRD_TYPE_A && record->len == 4)
		return memcmp(record->rdata, zero, 4) == 0 || record->rdata[0] == 127;
	return record->type == HRD_TYPE_AAAA && record->len == 16 &&
	       (memcmp(record->rdata, zero, 16) == 0 || memcmp(record->rdata, loopback6, 16) == 0);
}

bool
hrd_is_policy_soa(const struct hrd_reply_soa *soa, const struct hrd_policy_mark *mark)
{
	if (mark->apex != NULL && hrd_name_cmp(&soa->owner, mark->apex) == 0)
		return true;
	return mark->mname != NULL && mark->rname != NULL &&
	       hrd_name_cmp(&soa->mname, mark->mname) == 0 &&
	       hrd_name_cmp(&soa->rname, mark->rname) == 0;
}

/* True for a negative answer of the zone in which the name is. Some resolvers invent an SOA at the
 * very name that they deny; a name that has one exists. */
static bool
is_of_own_zone(
    const struct hrd_reply *reply, const struct hrd_name *name, const struct hrd_policy_mark *mark)
{
	if (hrd_reply_is_by_policy(reply))
		return false;
	for (size_t i = 0; i < reply->soa_count; i++) {
		if (hrd_is_policy_soa(&reply->soas[i], mark))
			return false;
	}
	for (size_t i = 0; i < reply->soa_count; i++) {
		const struct hrd_reply_soa *soa = &reply->soas[i];
		bool self = hrd_name_cmp(&soa->owner, name) == 0;

		if (soa->authority && hrd_name_is_at_or_below(name, &soa->owner) &&
		    (!self || (reply->rcode == NOERROR && hrd_name_cmp(&soa->mname, name) != 0)))
			return true;
	}
	return false;
}

enum hrd_seen
hrd_see(const struct hrd_reply *reply, const struct hrd_dns_query *query,
    const struct hrd_policy_mark *mark, const struct hrd_expected *expected)
{
	if (reply->rcode == REFUSED || reply->rcode == NOTAUTH)
		return HRD_SEEN_REFUSED;
	if (reply->rcode == NXDOMAIN)
		return is_of_own_zone(reply, &query->name, mark) ? HRD_SEEN_GONE
								 : HRD_SEEN_NXDOMAIN;
	if (reply->rcode != NOERROR)
		return HRD_SEEN_FAILURE;
	if (reply->truncated && reply->answers == 0)
		return HRD_SEEN_TRUNCATED;
	if (reply->answers == 0 && is_of_own_zone(reply, &query->name, mark))
		return HRD_SEEN_EMPTY;
	if (is_local_data(reply, query->type, expected))
		return HRD_SEEN_LOCAL;
	/* Who does not recurse sends us elsewhere. */
	if (reply->answers == 0)
		return reply->recursion || hrd_reply_is_by_policy(reply) ? HRD_SEEN_NODATA
									 : HRD_SEEN_REFUSED;
	if (hrd_reply_is_by_policy(reply))
		return HRD_SEEN_SINK;
	for (size_t i = 0; i < reply->record_count; i++) {
		if (is_sink(&reply->records[i]))
			return HRD_SEEN_SINK;
	}
	return HRD_SEEN_DATA;
}

/* What the action makes of a question when it works. */
static bool
is_as_wanted(enum hrd_action expected, enum hrd_seen seen, bool stream)
{
	switch (expected) {
	case HRD_ACTION_NXDOMAIN:
		return seen == HRD_SEEN_NXDOMAIN;
	case HRD_ACTION_NODATA:
		return seen == HRD_SEEN_NODATA;
	case HRD_ACTION_DROP:
		return seen == HRD_SEEN_NO_ANSWER;
	case HRD_ACTION_TCP_ONLY:
		return stream ? seen != HRD_SEEN_NXDOMAIN && seen != HRD_SEEN_SINK
			      : seen == HRD_SEEN_TRUNCATED;
	case HRD_ACTION_LOCAL_DATA:
		return seen == HRD_SEEN_LOCAL;
	default:
		return false;
	}
}

/* Of a name that is to resolve: whether something keeps it from that. */
static enum hrd_name_verdict
judge_free(enum hrd_name_verdict good, enum hrd_seen seen)
{
	if (seen == HRD_SEEN_DATA || seen == HRD_SEEN_GONE || seen == HRD_SEEN_EMPTY)
		return good;
	if (seen == HRD_SEEN_NODATA || seen == HRD_SEEN_TRUNCATED)
		return good;
	return seen == HRD_SEEN_NXDOMAIN || seen == HRD_SEEN_SINK ? HRD_NAME_WRONG
								  : HRD_NAME_UNKNOWN;
}

enum hrd_name_verdict
hrd_judge_answer(enum hrd_action expected, enum hrd_seen seen, bool stream)
{
	if (expected == HRD_ACTION_OBSERVE)
		return judge_free(HRD_NAME_OBSERVED, seen);
	if (!hrd_action_blocks(expected))
		return judge_free(HRD_NAME_EXEMPT, seen);
	if (is_as_wanted(expected, seen, stream))
		return HRD_NAME_ENFORCED;
	switch (seen) {
	case HRD_SEEN_DATA:
	case HRD_SEEN_GONE:
	case HRD_SEEN_EMPTY:
		return HRD_NAME_LEAKING;
	case HRD_SEEN_NXDOMAIN:
	case HRD_SEEN_NODATA:
	case HRD_SEEN_SINK:
	case HRD_SEEN_TRUNCATED:
	case HRD_SEEN_REFUSED:
		return HRD_NAME_WRONG;
	default:
		return HRD_NAME_UNKNOWN;
	}
}

/* Who serves no TCP lets nothing through there. */
static bool
is_closed(int variant, enum hrd_seen seen)
{
	return hrd_variant_table[variant].tcp &&
	       (seen == HRD_SEEN_UNREACHABLE || seen == HRD_SEEN_NO_ANSWER);
}

enum hrd_name_verdict
hrd_judge_name(enum hrd_action expected, const uint8_t *seen, bool tls)
{
	enum hrd_name_verdict worst = HRD_NAME_ENFORCED, one;
	bool some = false;

	for (int v = 0; v < HRD_VARIANTS; v++) {
		if (seen[v] == HRD_SEEN_NOTHING || is_closed(v, (enum hrd_seen)seen[v]))
			continue;
		one = hrd_judge_answer(expected, seen[v], tls || hrd_variant_table[v].tcp);
		if (!some || one > worst)
			worst = one;
		some = true;
	}
	return some ? worst : HRD_NAME_UNKNOWN;
}

void
hrd_pattern_add(struct hrd_pattern *pattern, enum hrd_probe_form form, bool below,
    enum hrd_action expected, const uint8_t *seen, bool tls)
{
	bool leaks = hrd_judge_name(expected, seen, tls) == HRD_NAME_LEAKING;

	pattern->names++;
	pattern->forms[form]++;
	pattern->below += below;
	pattern->leaking += leaks;
	pattern->leaking_forms[form] += leaks;
	pattern->leaking_below += leaks && below;
	for (int v = 0; v < HRD_VARIANTS; v++) {
		if (seen[v] == HRD_SEEN_NOTHING)
			continue;
		pattern->answers++;
		pattern->asked_variants[v]++;
		if (hrd_judge_answer(expected, seen[v], tls || hrd_variant_table[v].tcp) !=
		    HRD_NAME_LEAKING)
			continue;
		pattern->leaking_answers++;
		pattern->leaking_variants[v]++;
	}
}

/* True when all answers that leak are of that variant. */
static bool
only_variant(const struct hrd_pattern *p, int variant)
{
	return p->leaking_variants[variant] == p->leaking_answers;
}

/* Names the types that leak, when some do and others never. */
static bool
name_types(const struct hrd_pattern *p, char *out, size_t size)
{
	size_t len = 0;
	bool others = false;

	for (int v = HRD_VARIANT_A; v <= HRD_VARIANT_TXT; v++) {
		bool leaks = p->leaking_variants[v] > 0 ||
			     (v == HRD_VARIANT_A && (p->leaking_variants[HRD_VARIANT_DNSSEC] > 0 ||
							p->leaking_variants[HRD_VARIANT_TCP] > 0));

		others |= p->asked_variants[v] > 0 && !leaks;
		if (leaks && len < size)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len > 0 ? ", " : "",
			    hrd_variant_table[v].word);
	}
	return others && len > 0;
}

static const char *
cause_by_names(const struct hrd_pattern *p)
{
	size_t own = p->names - p->below, leaking_own = p->leaking - p->leaking_below;

	if (leaking_own == 0 && p->leaking_below == p->below)
		return "only sub-domains leak: the wildcard rules are missing";
	if (leaking_own == 0)
		return "only some sub-domains leak: a wildcard is missing, or has holes below it";
	if (p->leaking_below == 0 && p->below > 0 && leaking_own == own)
		return "only the listed names themselves leak: rules without wildcard are missing";
	return "some names leak with everything about them: an older policy, a local allow list "
	       "or an exception";
}

const char *
hrd_pattern_cause(const struct hrd_pattern *p, bool beacon, char out[HRD_CAUSE_MAX])
{
	char types[64];

	if (p->leaking == 0)
		return NULL;
	if (p->leaking_answers == p->answers && beacon)
		snprintf(out, HRD_CAUSE_MAX,
		    "everything leaks although the policy is there: this client is exempt, or it "
		    "only observes");
	else if (p->leaking_answers == p->answers)
		snprintf(out, HRD_CAUSE_MAX,
		    "everything leaks: the policy is not loaded, or this client is exempt");
	else if (only_variant(p, HRD_VARIANT_DNSSEC))
		snprintf(out, HRD_CAUSE_MAX,
		    "only signed answers leak, to clients that ask for signatures: BIND without "
		    "\"break-dnssec yes\"");
	else if (only_variant(p, HRD_VARIANT_TCP))
		snprintf(out, HRD_CAUSE_MAX,
		    "only over TCP it leaks: another server, or another view, answers there");
	else if (name_types(p, types, sizeof(types)))
		snprintf(out, HRD_CAUSE_MAX,
		    "only some types leak (%s): rules of local data, or filters of types", types);
	else
		snprintf(out, HRD_CAUSE_MAX, "%s", cause_by_names(p));
	return out;
}

enum hrd_server_verdict
hrd_judge_server(const struct hrd_server_facts *facts)
{
	const size_t *names = facts->names;

	if (!facts->answered || !facts->served)
		return HRD_SERVER_BROKEN;
	if (facts->controls_bad > 0 && !facts->data_leaked)
		return HRD_SERVER_INCONCLUSIVE;
	if (facts->older && !facts->all_leak)
		return HRD_SERVER_STALE;
	if (names[HRD_NAME_LEAKING] > 0)
		return HRD_SERVER_LEAKING;
	if (names[HRD_NAME_WRONG] > 0)
		return HRD_SERVER_WRONG_ACTION;
	if (facts->given_up)
		return HRD_SERVER_BROKEN;
	return names[HRD_NAME_UNKNOWN] > 0 ? HRD_SERVER_INCONCLUSIVE : HRD_SERVER_ENFORCED;
}
