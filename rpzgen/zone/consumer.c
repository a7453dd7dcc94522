/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules judged by what each resolver makes of them. */
#include <config.h>

#include "rpzgen/zone/consumer.h"

#include <string.h>

#include "lib/name/rdata.h"
#include "lib/rules/dump.h"
#include "rpzgen/rules/find.h"
#include "rpzgen/zone/write.h"

enum {
	TYPE_WKS = 11,
	TYPES_PRIVATE = 65280, /* from here on types have no meaning of their own (RFC 6895 3.1) */

	BIND_RECORDS_MAX =
	    100, /* of a type, and types, at one owner: BIND's defaults since 9.18.28 */
	BIND_OCTETS_MAX = 65000, /* of one type at one owner; a set of records holds 65512 */
	ZONE_NAME_MAX = 65,      /* octets that a zone without a name is left for the one it gets */
	UNBOUND_LINE_MAX = 65533, /* octets of a line of a zone without its LF */
};

static const char *const words[HRD_CONSUMERS] = { "unbound", "bind", "recursor", "knot5", "knot6" };

const char *
hrd_consumer_word(unsigned consumer)
{
	return consumer < HRD_CONSUMERS ? words[consumer] : NULL;
}

int
hrd_consumer_from_word(const char *word)
{
	for (int i = 0; i < HRD_CONSUMERS; i++) {
		if (strcmp(words[i], word) == 0)
			return i;
	}
	return -1;
}

/* A rule at hand and the set it is in. */
struct subject {
	const struct hrd_ruleset *set;
	const struct hrd_name *apex;
	size_t i;
	struct hrd_rule rule;
};

/* The n-th record of the rule. */
static bool
record(const struct subject *s, size_t n, struct hrd_rr *rr)
{
	if (n >= hrd_rules_rr_count(s->set, s->rule.trigger, s->i))
		return false;
	hrd_rules_rr(s->set, s->rule.trigger, s->i, n, rr);
	return true;
}

/* The target of a rule that is an alias. */
static bool
alias_target(const struct subject *s, struct hrd_name *target)
{
	struct hrd_rr rr;

	return record(s, 0, &rr) && rr.type == HRD_TYPE_CNAME &&
	       hrd_name_from_wire(target, rr.rdata, rr.rdlen) == HRD_OK;
}

static bool
is_name_trigger(enum hrd_trigger trigger)
{
	return trigger == HRD_TRIGGER_QNAME || trigger == HRD_TRIGGER_NSDNAME;
}

/* True for an owner that may be too long under the name that the server's settings give a zone
 * which has none. */
static bool
is_long_without_apex(const struct subject *s)
{
	struct hrd_dump_rule line;

	hrd_dump_use_rule(&line, &s->rule);
	return s->apex->len == 1 && hrd_zone_owner_octets(&line) + ZONE_NAME_MAX > HRD_NAME_MAX;
}

static const char long_without_apex[] =
    "over 190 octets, and the zone has no name: it may be too long below the one that a server "
    "gives it; compile with --origin";

struct line_lengths {
	size_t at; /* octets of the line so far */
	size_t longest;
};

static int
measure(void *ctx, const char *text, size_t len)
{
	struct line_lengths *lines = ctx;

	for (const char *end; len > 0; len -= (size_t)(end - text), text = end) {
		const char *newline = memchr(text, '\n', len);

		end = newline != NULL ? newline + 1 : text + len;
		lines->at += (size_t)(end - text) - (newline != NULL);
		if (lines->at > lines->longest)
			lines->longest = lines->at;
		if (newline != NULL)
			lines->at = 0;
	}
	return HRD_OK;
}

/* Octets of the longest line that the rule has in a zone. */
static size_t
longest_line(const struct subject *s)
{
	struct hrd_dump_source from = { .set = s->set, .trigger = s->rule.trigger, .i = s->i };
	struct line_lengths lines = { 0, 0 };
	struct hrd_dump_rule line;

	hrd_dump_of_set(&from, &line);
	line.portable = true;
	/* The sink never fails, so neither does the dump. */
	return hrd_dump_rule(&line, measure, &lines) == HRD_OK ? lines.longest : 0;
}

static bool
unbound_takes(const struct subject *s, const char **why)
{
	bool server = s->rule.trigger == HRD_TRIGGER_NSDNAME || s->rule.trigger == HRD_TRIGGER_NSIP;

	if (server && s->rule.action == HRD_ACTION_TCP_ONLY)
		*why = "TCP-ONLY for name servers ends Unbound before 1.19";
	else if (is_long_without_apex(s))
		*why = long_without_apex;
	else if (s->rule.action == HRD_ACTION_LOCAL_DATA && longest_line(s) > UNBOUND_LINE_MAX)
		*why = "Unbound does not start with a line of more than 65,533 octets";
	return *why == NULL;
}

static bool
is_host_label(const uint8_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = label[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!alnum && (c != '-' || i == 0 || i == len - 1))
			return false;
	}
	return true;
}

/* True for labels of letters, digits and hyphens only (RFC 952 as RFC 1123 widens it). */
static bool
is_host_name(const struct hrd_name *name)
{
	for (size_t at = 0; name->wire[at] != 0; at += 1u + name->wire[at]) {
		if (!is_host_label(name->wire + at + 1, name->wire[at]))
			return false;
	}
	return true;
}

/* The name in RDATA that must be one of a host, and that BIND looks up when it is in the zone. */
static bool
host_in_rdata(const struct hrd_rr *rr, struct hrd_name *host)
{
	size_t at = rr->type == HRD_TYPE_MX ? 2 : rr->type == HRD_TYPE_SRV ? 6 : 0;

	return at > 0 && rr->rdlen > at &&
	       hrd_name_from_wire(host, rr->rdata + at, rr->rdlen - at) == HRD_OK;
}

static const char *
bind_record_fault(const struct subject *s, const struct hrd_rr *rr)
{
	bool host = rr->type == HRD_TYPE_A || rr->type == HRD_TYPE_AAAA ||
		    rr->type == HRD_TYPE_MX || rr->type == TYPE_WKS;
	struct hrd_name target;

	if (host && is_name_trigger(s->rule.trigger) &&
	    (!is_host_name(&s->rule.name) || !is_host_name(s->apex)))
		return "the owner is no host name: BIND loads no primary with an address there";
	if (!host_in_rdata(rr, &target) || target.len == 1)
		return NULL;
	if (!is_host_name(&target))
		return "the target is no host name: BIND loads no primary zone with it";
	if (s->apex->len > 1 && hrd_name_is_at_or_below(&target, s->apex))
		return "the target lies in the policy zone without an address: BIND refuses that";
	return NULL;
}

/* BIND has one tree for both families, in which it looks for IPv4 once any rule is for that; and it
 * takes no prefix of no bits. */
static const char *
bind_prefix_fault(const struct subject *s)
{
	static const struct hrd_prefix ipv4 = { .addr = { [10] = 0xff, [11] = 0xff }, .len = 96 };
	const struct hrd_prefix *prefix = &s->rule.prefix;

	if (hrd_trigger_has_name(s->rule.trigger))
		return NULL;
	if (prefix->len == 0 || hrd_prefix_cmp(prefix, &ipv4) == 0)
		return "BIND takes no prefix length of 0";
	return prefix->len < ipv4.len && hrd_prefix_covers(prefix, &ipv4)
		   ? "BIND would match IPv4 addresses by it as well"
		   : NULL;
}

/* What an owner has too much of, by the order of its records: those of a type follow each other. */
static const char *
bind_amount_fault(const struct subject *s)
{
	size_t records = 0, types = 0, octets = 0;
	uint16_t type = 0;
	struct hrd_rr rr;

	for (size_t n = 0; record(s, n, &rr); n++) {
		if (n == 0 || rr.type != type) {
			records = octets = 0;
			types++;
		}
		type = rr.type;
		records++;
		octets += rr.rdlen + 2u;
		if (records > BIND_RECORDS_MAX)
			return "BIND loads no zone with over 100 records of a type at an owner";
		if (types > BIND_RECORDS_MAX)
			return "BIND loads no zone with over 100 types at an owner";
		if (octets > BIND_OCTETS_MAX)
			return "BIND loads no zone with so many octets of a type at an owner";
	}
	return NULL;
}

static bool
bind_takes(const struct subject *s, const char **why)
{
	struct hrd_rr rr;

	*why = bind_prefix_fault(s);
	if (*why == NULL)
		*why = is_long_without_apex(s) ? long_without_apex : bind_amount_fault(s);
	for (size_t n = 0; *why == NULL && record(s, n, &rr); n++)
		*why = bind_record_fault(s, &rr);
	return *why == NULL;
}

bool
hrd_rule_covers_target(const struct hrd_ruleset *set, size_t i, struct hrd_name *target)
{
	struct subject s;
	size_t index;

	if (hrd_rules_action(set, HRD_TRIGGER_QNAME, i) != HRD_ACTION_LOCAL_DATA)
		return false;
	s.set = set;
	s.i = i;
	hrd_rules_get(set, HRD_TRIGGER_QNAME, i, &s.rule);
	return s.rule.wildcard && alias_target(&s, target) &&
	       hrd_rules_deciding(set, HRD_TRIGGER_QNAME, target, &index) && index == i;
}

/* PowerDNS reads \# of the types that it does not know only. Which these are is another matter with
 * each of its releases, but for the private ones. */
static bool
has_form_of_own_type(const struct subject *s)
{
	struct hrd_rr rr;

	for (size_t n = 0; record(s, n, &rr); n++) {
		if (hrd_dump_is_generic(&rr) && rr.type < TYPES_PRIVATE)
			return false;
	}
	return true;
}

static bool
recursor_takes(const struct subject *s, const char **why)
{
	struct hrd_name target;

	if (!has_form_of_own_type(s)) {
		*why = "PowerDNS loses the zone over a record in the form \\# of such a type";
		return false;
	}
	if (s->rule.trigger == HRD_TRIGGER_QNAME && hrd_rule_covers_target(s->set, s->i, &target))
		*why = "the wildcard covers its own target, which then gets SERVFAIL";
	return true;
}

static bool
knot5_takes(const struct subject *s, const char **why)
{
	struct hrd_name target;

	if (s->rule.trigger != HRD_TRIGGER_QNAME)
		*why = "Knot Resolver has no trigger but the query name";
	else if (alias_target(s, &target))
		*why = "Knot Resolver 5 follows no CNAME of a policy";
	if (*why != NULL)
		return false;
	if (s->rule.action == HRD_ACTION_DROP)
		*why = "Knot Resolver 5 answers SERVFAIL instead of nothing";
	return true;
}

static bool
has_action(const struct subject *s, bool wildcard, enum hrd_action action)
{
	size_t index;

	return hrd_rules_of(s->set, HRD_TRIGGER_QNAME, &s->rule.name, wildcard, &index) &&
	       hrd_rules_action(s->set, HRD_TRIGGER_QNAME, index) == action;
}

/* Rules of Knot Resolver 6 for a subtree are for its base name too. */
static const char *
knot6_reach_fault(const struct subject *s)
{
	static const char wider[] = "Knot Resolver 6 would block the base name as well";
	static const char below[] = "Knot Resolver 6 would block everything below as well";

	if (!s->rule.wildcard && s->rule.action == HRD_ACTION_NXDOMAIN)
		return has_action(s, true, HRD_ACTION_NXDOMAIN) ? NULL : below;
	if (!s->rule.wildcard)
		return NULL;
	if (has_action(s, false, s->rule.action) ||
	    (s->rule.action != HRD_ACTION_NXDOMAIN &&
		has_action(s, false, HRD_ACTION_LOCAL_DATA)) ||
	    has_action(s, false, HRD_ACTION_NODATA))
		return NULL;
	return wider;
}

static const char *
knot6_data_fault(const struct subject *s)
{
	struct hrd_name target;

	if (!s->rule.wildcard)
		return NULL;
	if (!alias_target(s, &target))
		return "Knot Resolver 6 has no wildcards of data";
	return target.wire[0] == 1 && target.wire[1] == '*'
		   ? "Knot Resolver 6 does not expand a wildcard target"
		   : NULL;
}

static bool
knot6_takes(const struct subject *s, const char **why)
{
	if (s->rule.trigger != HRD_TRIGGER_QNAME)
		*why = "Knot Resolver has no trigger but the query name";
	else if (s->rule.action == HRD_ACTION_PASSTHRU || s->rule.action == HRD_ACTION_DROP ||
		 s->rule.action == HRD_ACTION_TCP_ONLY)
		*why = "Knot Resolver 6 skips PASSTHRU, DROP and TCP-ONLY";
	else
		*why = knot6_reach_fault(s);
	if (*why == NULL && s->rule.action == HRD_ACTION_LOCAL_DATA)
		*why = knot6_data_fault(s);
	return *why == NULL;
}

bool
hrd_consumer_takes(enum hrd_consumer consumer, const struct hrd_ruleset *set,
    enum hrd_trigger trigger, size_t i, const struct hrd_name *apex, const char **why)
{
	struct subject s = { .set = set, .apex = apex, .i = i };

	*why = NULL;
	hrd_rules_get(set, trigger, i, &s.rule);
	switch (consumer) {
	case HRD_FOR_UNBOUND:
		return unbound_takes(&s, why);
	case HRD_FOR_BIND:
		return bind_takes(&s, why);
	case HRD_FOR_RECURSOR:
		return recursor_takes(&s, why);
	case HRD_FOR_KNOT5:
		return knot5_takes(&s, why);
	case HRD_FOR_KNOT6:
		return knot6_takes(&s, why);
	default:
		return true;
	}
}
