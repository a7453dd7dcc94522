/* SPDX-License-Identifier: BSD-3-Clause */
/* The guards. */
#include <config.h>

#include "rpzgen/policy/guard.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/name/rdata.h"
#include "lib/rules/dump.h"
#include "lib/usage/suggest.h"
#include "rpzgen/policy/guard_ids.h"
#include "rpzgen/rules/find.h"
#include "rpzgen/zone/consumer.h"

enum { FAULT_TEXT_MAX = 1500 };
enum { OWNER_COLUMN = 1 }; /* of a zone's line */

static const struct {
	const char *id;
	bool final; /* no exception lifts it */
} guards[HRD_GUARD_IDS] = {
	[HRD_GUARD_ID_ROOT] = { "guard-root", true },
	[HRD_GUARD_ID_PUBLIC_SUFFIX] = { "guard-public-suffix", false },
	[HRD_GUARD_ID_PRIVATE_SUFFIX] = { "guard-private-suffix", false },
	[HRD_GUARD_ID_NEVER] = { "guard-never", true },
	[HRD_GUARD_ID_SHARED] = { "guard-shared", true },
	[HRD_GUARD_ID_POPULAR] = { "guard-popular", false },
	[HRD_GUARD_ID_EMPTY] = { "guard-empty", false },
	[HRD_GUARD_ID_GROWTH] = { "guard-growth", false },
	[HRD_GUARD_ID_SHRINK] = { "guard-shrink", false },
	[HRD_GUARD_ID_APEX_GONE] = { "guard-apex-gone", false },
	[HRD_GUARD_ID_MUST_BLOCK] = { "guard-must-block", true },
	[HRD_GUARD_ID_MUST_RESOLVE] = { "guard-must-resolve", true },
	[HRD_GUARD_ID_ADDRESS] = { "guard-address", false },
	[HRD_GUARD_ID_CLIENT] = { "guard-client", false },
	[HRD_GUARD_ID_NAME_SERVER] = { "guard-name-server", false },
	[HRD_GUARD_ID_REDIRECT] = { "guard-redirect", false },
};

const char *
hrd_guard_word(enum hrd_guard_id id)
{
	return guards[id].id;
}

bool
hrd_guard_is_final(enum hrd_guard_id id)
{
	return guards[id].final;
}

static bool
names_equal(const struct hrd_name *a, const struct hrd_name *b)
{
	return a != NULL && b != NULL && hrd_name_cmp(a, b) == 0;
}

static struct hrd_position
rule_place(const struct hrd_guard *g, const struct hrd_rule *rule)
{
	if (g->scope != NULL)
		return hrd_scope_place(g->scope, rule->line);
	if (g->combined != NULL)
		return hrd_combined_place(g->combined, rule->line);
	return (struct hrd_position){ g->file, rule->line, rule->line > 0 ? OWNER_COLUMN : 0 };
}

/* How an exception names a rule: its owner without "*.", "16.0.0.0.10.rpz-ip". */
void
hrd_guard_excepted_name(const struct hrd_rule *rule, struct hrd_name *name)
{
	struct hrd_rule base = *rule;
	char owner[HRD_OWNER_TEXT_MAX];

	*name = rule->name;
	if (rule->trigger == HRD_TRIGGER_QNAME)
		return;
	base.wildcard = false;
	hrd_dump_owner_of(&base, owner);
	if (hrd_name_from_text(name, owner, strlen(owner)) != HRD_OK)
		name->len = 0;
}

/* Reports a rule unless an exception lifts the guard; true when it did. other: the name that the
 * guard protects, or NULL. */
__attribute__((format(printf, 5, 6))) static bool
report_rule(struct hrd_guard *g, enum hrd_guard_id id, const struct hrd_rule *rule,
    const struct hrd_name *other, const char *format, ...)
{
	struct hrd_position place = rule_place(g, rule);
	char text[FAULT_TEXT_MAX], owner[HRD_OWNER_TEXT_MAX];
	struct hrd_name name;
	va_list args;

	hrd_guard_excepted_name(rule, &name);
	if (hrd_guard_is_lifted(g, id, &name, other))
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hrd_dump_owner_of(rule, owner);
	hrd_diag(g->diag, g->severity, &place, guards[id].id, "%s: %s", owner, text);
	return true;
}

void
hrd_guard_report(
    struct hrd_guard *g, enum hrd_guard_id id, const struct hrd_name *name, const char *format, ...)
{
	struct hrd_position place = { g->file, 0, 0 };
	char text[FAULT_TEXT_MAX];
	va_list args;

	if (hrd_guard_is_lifted(g, id, name, NULL))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hrd_diag(g->diag, g->severity, &place, guards[id].id, "%s", text);
}

/* One line a mistake: what else a suffix covers is not worth telling. */
static bool
is_reported(const struct hrd_guard *g, const struct hrd_rule *rule)
{
	return g->suffix_line > 0 && rule->line == g->suffix_line;
}

/* The rule of exactly that base name, of that kind. */
static bool
rule_of(const struct hrd_ruleset *rules, const struct hrd_name *name, bool wildcard,
    struct hrd_rule *rule)
{
	size_t index;

	if (!hrd_rules_of(rules, HRD_TRIGGER_QNAME, name, wildcard, &index))
		return false;
	hrd_rules_get(rules, HRD_TRIGGER_QNAME, index, rule);
	return true;
}

/* The rule that decides about a name, observe rules passed over. */
static bool
deciding_rule(const struct hrd_ruleset *rules, const struct hrd_name *name, struct hrd_rule *rule)
{
	size_t index;

	if (!hrd_rules_deciding(rules, HRD_TRIGGER_QNAME, name, &index))
		return false;
	hrd_rules_get(rules, HRD_TRIGGER_QNAME, index, rule);
	return true;
}

/* Lines of feeds are judged one by one, before they become rules (hrd_guard_line()). */
static bool
is_judged(const struct hrd_guard *g, const struct hrd_rule *rule)
{
	return g->scope != NULL && hrd_scope_is_feed_line(g->scope, rule->line);
}

static void
check_suffix(struct hrd_guard *g, const struct hrd_rule *rule)
{
	enum hrd_psl_kind kind;

	if (hrd_name_labels(&rule->name) == 0) {
		report_rule(
		    g, HRD_GUARD_ID_ROOT, rule, NULL, "covers every name there is; remove it");
		return;
	}
	kind = hrd_psl_kind(g->psl, &rule->name);
	if (kind == HRD_PSL_PUBLIC &&
	    report_rule(g, HRD_GUARD_ID_PUBLIC_SUFFIX, rule, NULL,
		"a public suffix: names of many others are below; list the domain that is meant"))
		g->suffix_line = rule->line;
	else if (kind == HRD_PSL_PRIVATE)
		report_rule(g, HRD_GUARD_ID_PRIVATE_SUFFIX, rule, NULL,
		    "a suffix under which strangers get names; list the name that is meant");
}

/* Every base name once, blocking rules only. */
static void
check_suffixes(struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	size_t count = hrd_rules_count_of(rules, HRD_TRIGGER_QNAME);
	struct hrd_rule rule;
	bool checked = false;

	for (size_t i = 0; i < count; i++) {
		checked = checked && hrd_rules_same_name(rules, HRD_TRIGGER_QNAME, i);
		hrd_rules_get_next(rules, HRD_TRIGGER_QNAME, i, &rule);
		if (checked || !hrd_action_blocks(rule.action) || is_judged(g, &rule))
			continue;
		check_suffix(g, &rule);
		checked = true;
	}
}

/* A name that is protected with all below it. */
struct subtree {
	enum hrd_guard_id id;
	const struct hrd_name *name;
	bool observed;  /* an observe rule is as bad */
	bool blocked;   /* the name itself is, which is reported */
	char what[300]; /* for reports: a name of which list */
};

static bool
is_touching(const struct hrd_rule *rule, const struct subtree *of)
{
	return hrd_action_blocks(rule->action) ||
	       (of->observed && rule->action == HRD_ACTION_OBSERVE);
}

/* A wildcard above, past a rule that lets the name itself through. No rule but a wildcard is for a
 * name that begins with "*". */
static void
check_above(struct hrd_guard *g, const struct hrd_ruleset *rules, const struct subtree *of)
{
	static const uint8_t any[] = { '*' };
	struct hrd_name below = *of->name;
	struct hrd_rule rule;

	if (!of->blocked && hrd_name_prepend(&below, any, sizeof(any)) == HRD_OK &&
	    deciding_rule(rules, &below, &rule) && hrd_action_blocks(rule.action) &&
	    !is_reported(g, &rule) && !hrd_name_is_at_or_below(&rule.name, of->name))
		report_rule(g, of->id, &rule, of->name, "covers what is below %s", of->what);
}

/* Rules below the name. Its own wildcard is one, but for a rule of the name beside it, which was
 * reported. */
static void
check_below(struct hrd_guard *g, const struct hrd_ruleset *rules, const struct subtree *of)
{
	size_t count = hrd_rules_count_of(rules, HRD_TRIGGER_QNAME);
	bool beside = false;

	check_above(g, rules, of);
	for (size_t i = hrd_rules_seek(rules, HRD_TRIGGER_QNAME, of->name); i < count; i++) {
		struct hrd_rule rule;
		bool same;

		hrd_rules_get(rules, HRD_TRIGGER_QNAME, i, &rule);
		if (!hrd_name_is_at_or_below(&rule.name, of->name))
			return;
		same = hrd_name_cmp(&rule.name, of->name) == 0;
		beside = beside || (same && !rule.wildcard && is_touching(&rule, of));
		if (is_touching(&rule, of) && (!same || (rule.wildcard && !beside)))
			report_rule(g, of->id, &rule, of->name, "lies below %s", of->what);
	}
}

static void
check_never(struct hrd_guard *g, const struct hrd_ruleset *rules, const struct hrd_never *never)
{
	struct subtree subtree = {
		.id = HRD_GUARD_ID_NEVER, .name = never->name, .observed = true
	};
	char name[HRD_NAME_TEXT_MAX];
	struct hrd_rule rule;

	if (never->name == NULL || never->reason == NULL)
		return;
	hrd_name_to_text(never->name, name);
	subtree.blocked =
	    deciding_rule(rules, never->name, &rule) && hrd_action_blocks(rule.action);
	if ((subtree.blocked && !is_reported(g, &rule)) ||
	    (rule_of(rules, never->name, false, &rule) && rule.action == HRD_ACTION_OBSERVE))
		report_rule(g, HRD_GUARD_ID_NEVER, &rule, never->name,
		    "covers %s of the never list: %.200s", name, never->reason);
	snprintf(
	    subtree.what, sizeof(subtree.what), "a name of the never list: %.200s", never->reason);
	if (never->match == HRD_SUBTREE)
		check_below(g, rules, &subtree);
}

static void
check_shared(struct hrd_guard *g, const struct hrd_ruleset *rules, const struct hrd_shared *shared)
{
	char name[HRD_NAME_TEXT_MAX];
	struct hrd_rule rule;

	if (shared->name == NULL)
		return;
	hrd_name_to_text(shared->name, name);
	if (deciding_rule(rules, shared->name, &rule) && hrd_action_blocks(rule.action) &&
	    !is_reported(g, &rule))
		report_rule(g, HRD_GUARD_ID_SHARED, &rule, shared->name,
		    "would block %s, a shared host of others; it may only be observed", name);
}

bool
hrd_guard_is_vouched(const struct hrd_guard *g, const struct hrd_name *name)
{
	for (size_t i = 0; g->scope != NULL && i < g->scope->decided_count; i++) {
		const struct hrd_listed *listed = g->scope->decided[i].listed;

		if (g->scope->decided[i].entity->relation == HRD_SELF && listed->exclusive &&
		    names_equal(listed->name, name) && listed->confidence >= 0 &&
		    listed->confidence == HRD_CONFIRMED)
			return true;
	}
	return false;
}

/* Names that somebody has said must resolve, whatever the rule. */
static void
check_must_resolve(struct hrd_guard *g, const struct hrd_ruleset *rules,
    const struct hrd_name *wanted, bool with_below)
{
	struct subtree subtree = {
		.id = HRD_GUARD_ID_MUST_RESOLVE, .name = wanted, .what = "a name that must resolve"
	};
	char name[HRD_NAME_TEXT_MAX];
	struct hrd_rule rule;

	subtree.blocked = deciding_rule(rules, wanted, &rule) && hrd_action_blocks(rule.action);
	hrd_name_to_text(wanted, name);
	if (subtree.blocked)
		report_rule(g, HRD_GUARD_ID_MUST_RESOLVE, &rule, wanted,
		    "would block %s, which must resolve", name);
	if (with_below)
		check_below(g, rules, &subtree);
}

/* The rule that blocks a popular name, the name in front of it that people type, or else what is
 * below it: no rule but a wildcard is for a name that begins with "*". */
static bool
blocks_popular(
    const struct hrd_ruleset *rules, const struct hrd_name *popular, struct hrd_rule *rule)
{
	static const char *const labels[] = { "", "www", "*" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const uint8_t *label = (const uint8_t *)labels[i];
		struct hrd_name name = *popular;

		if (i > 0 && hrd_name_prepend(&name, label, strlen(labels[i])) != HRD_OK)
			continue;
		if (deciding_rule(rules, &name, rule) && hrd_action_blocks(rule->action))
			return true;
	}
	return false;
}

static void
check_popular(struct hrd_guard *g, const struct hrd_ruleset *rules, const struct hrd_name *popular)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_rule rule;
	bool hit = blocks_popular(rules, popular, &rule), lifted;

	if (hit && names_equal(&rule.name, popular) && hrd_guard_is_vouched(g, popular)) {
		hrd_nameset_add(&g->vouched, popular, NULL);
		return;
	}
	if (!hit)
		return;
	/* One line a rule: a suffix was reported as such, and covers many popular names. An
	 * exception counts as used all the same: the image needs it where one lifts the suffix. */
	lifted = hrd_guard_is_lifted(g, HRD_GUARD_ID_POPULAR, &rule.name, popular);
	if (lifted || hrd_name_labels(&rule.name) == 0 ||
	    hrd_psl_kind(g->psl, &rule.name) != HRD_PSL_NONE ||
	    names_equal(&rule.name, &g->reported))
		return;
	g->reported = rule.name;
	hrd_name_to_text(popular, text);
	report_rule(g, HRD_GUARD_ID_POPULAR, &rule, popular,
	    "would block %s, which very many people need", text);
}

/* True when a rule acts, or is meant to count a name. */
static bool
has_rule(const struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	for (int t = 0; t < HRD_TRIGGERS; t++) {
		for (size_t i = 0; i < hrd_rules_count_of(rules, (enum hrd_trigger)t); i++) {
			if (g->scope == NULL ||
			    hrd_rules_action(rules, (enum hrd_trigger)t, i) != HRD_ACTION_OBSERVE)
				return true;
		}
	}
	for (size_t i = 0; g->scope != NULL && i < g->scope->decided_count; i++) {
		if (g->scope->decided[i].decision.action != HRD_ACTION_NONE)
			return true;
	}
	return false;
}

static void
check_empty(struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	char day[HRD_DATE_TEXT_MAX] = "";

	if (has_rule(g, rules))
		return;
	if (g->scope != NULL)
		hrd_date_text(g->scope->date, day);
	hrd_guard_report(g, HRD_GUARD_ID_EMPTY, NULL,
	    "no rule is in force%s%s; an empty policy lifts every block, so check date and profile",
	    day[0] != '\0' ? " on " : "", day);
}

static void
check_triggers(struct hrd_guard *g, const struct hrd_ruleset *rules, enum hrd_trigger trigger)
{
	for (size_t i = 0; i < hrd_rules_count_of(rules, trigger); i++) {
		char why[HRD_GUARD_WHY_MAX];
		enum hrd_guard_id id;
		struct hrd_rule rule;

		hrd_rules_get(rules, trigger, i, &rule);
		id = is_judged(g, &rule) ? HRD_GUARD_IDS : hrd_guard_trigger(g, &rule, why);
		if (id != HRD_GUARD_IDS)
			report_rule(g, id, &rule, NULL, "%s", why);
	}
}

bool
hrd_guard_redirects(const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	bool is_owner = rule->trigger == HRD_TRIGGER_QNAME && !rule->wildcard;

	return hrd_rdata_leads(rr->type, rr->rdata, rr->rdlen, is_owner ? &rule->name : NULL);
}

static bool
redirects(const struct hrd_ruleset *rules, enum hrd_trigger trigger, size_t i)
{
	struct hrd_rule rule;
	bool found = false;

	hrd_rules_get(rules, trigger, i, &rule);
	for (size_t n = 0; n < hrd_rules_rr_count(rules, trigger, i) && !found; n++) {
		struct hrd_rr rr;

		hrd_rules_rr(rules, trigger, i, n, &rr);
		found = hrd_guard_redirects(&rule, &rr);
	}
	return found;
}

static bool
may_redirect(struct hrd_guard *g, const struct hrd_rule *rule)
{
	struct hrd_name name;

	hrd_guard_excepted_name(rule, &name);
	return hrd_guard_is_lifted(g, HRD_GUARD_ID_REDIRECT, &name, NULL);
}

/* One line for all: a zone that redirects does so with many names. */
static void
check_redirects(struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	struct hrd_rule rule, first;
	uint64_t count = 0;

	for (int t = 0; t < HRD_TRIGGERS; t++) {
		for (size_t i = 0; i < hrd_rules_count_of(rules, (enum hrd_trigger)t); i++) {
			if (hrd_rules_action(rules, (enum hrd_trigger)t, i) !=
				HRD_ACTION_LOCAL_DATA ||
			    !redirects(rules, (enum hrd_trigger)t, i))
				continue;
			hrd_rules_get(rules, (enum hrd_trigger)t, i, &rule);
			if (!is_judged(g, &rule) && !may_redirect(g, &rule) && count++ == 0)
				first = rule;
		}
	}
	if (count > 0)
		report_rule(g, HRD_GUARD_ID_REDIRECT, &first, NULL,
		    "sends the name to an address or name of the zone's choosing, one of %llu "
		    "such rules",
		    (unsigned long long)count);
}

/* The name that such a rule leads to would lead to itself, which ends in SERVFAIL. */
static void
warn_of_loops(struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	for (size_t i = 0; i < hrd_rules_count_of(rules, HRD_TRIGGER_QNAME); i++) {
		char owner[HRD_OWNER_TEXT_MAX], leads_to[HRD_NAME_TEXT_MAX];
		struct hrd_position place;
		struct hrd_name target;
		struct hrd_rule rule;

		if (!hrd_rule_covers_target(rules, i, &target))
			continue;
		hrd_rules_get(rules, HRD_TRIGGER_QNAME, i, &rule);
		place = rule_place(g, &rule);
		hrd_dump_owner_of(&rule, owner);
		hrd_name_to_text(&target, leads_to);
		if (leads_to[0] == '*')
			hrd_diag(g->diag, HRD_WARNING, &place, "zone-covers-target",
			    "%s leads below %s, which it covers itself: no name there will "
			    "resolve; let it lead elsewhere",
			    owner, leads_to);
		else
			hrd_diag(g->diag, HRD_WARNING, &place, "zone-covers-target",
			    "%s leads to %s, which it covers itself: that name will not resolve; "
			    "give it a rule of its own, CNAME rpz-passthru.",
			    owner, leads_to);
	}
}

/* A name that must resolve and is the apex or below it, or NULL. */
static const struct hrd_name *
taken_by_apex(const struct hrd_guard *g, const struct hrd_name *apex)
{
	const struct hrd_nameset *const sets[] = { &g->popular, &g->never, &g->shared,
		&g->must_resolve };

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		size_t at = hrd_nameset_seek(sets[i], apex);

		if (at < sets[i]->count && hrd_name_is_at_or_below(sets[i]->entries[at].name, apex))
			return sets[i]->entries[at].name;
	}
	return NULL;
}

/* A server with the zone is authoritative for its apex. */
static void
check_apex(struct hrd_guard *g)
{
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(g->scope->inventory);
	struct hrd_position place = hrd_item_place(&policy->item, "apex");
	const struct hrd_name *taken = policy->apex != NULL ? taken_by_apex(g, policy->apex) : NULL;
	char text[HRD_NAME_TEXT_MAX];

	if (policy->apex != NULL && hrd_psl_is_listed(g->psl, policy->apex)) {
		hrd_diag(g->diag, g->severity, &place, "inv-apex",
		    "the apex is a public suffix: a server with the zone would be authoritative "
		    "for it; choose a name of your own, as \"policy.rpz\"");
	} else if (taken != NULL) {
		hrd_name_to_text(taken, text);
		hrd_diag(g->diag, g->severity, &place, "inv-apex",
		    "%s, which must resolve, is the apex or below it: a server with the zone would "
		    "be authoritative for it; choose a name of your own, as \"policy.rpz\"",
		    text);
	}
}

void
hrd_guard_rules(struct hrd_guard *g, const struct hrd_ruleset *rules)
{
	const struct hrd_inventory *inventory = g->scope != NULL ? g->scope->inventory : NULL;
	const struct hrd_guard_list *resolve = &g->lists[HRD_GUARD_LIST_RESOLVE];

	if (g->scope != NULL)
		check_apex(g);
	check_empty(g, rules);
	check_suffixes(g, rules);
	check_triggers(g, rules, HRD_TRIGGER_CLIENT_IP);
	check_triggers(g, rules, HRD_TRIGGER_RESPONSE_IP);
	check_triggers(g, rules, HRD_TRIGGER_NSDNAME);
	check_triggers(g, rules, HRD_TRIGGER_NSIP);
	check_redirects(g, rules);
	warn_of_loops(g, rules);
	for (size_t i = 0; i < g->popular.count; i++)
		check_popular(g, rules, g->popular.entries[i].name);
	for (size_t i = 0; i < g->lists[HRD_GUARD_LIST_NEVER].count; i++)
		check_never(g, rules, &g->never_of_file[i]);
	for (size_t i = 0; i < resolve->count; i++)
		check_must_resolve(g, rules, &resolve->names[i], resolve->below[i]);
	for (size_t s = 0; inventory != NULL && s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->never_count; i++)
			check_never(g, rules, &section->never[i]);
		for (size_t i = 0; i < section->shared_count; i++)
			check_shared(g, rules, &section->shared[i]);
	}
}

static void
check_count(struct hrd_guard *g, uint64_t before, uint64_t after)
{
	uint64_t more = after > before ? after - before : 0;
	uint64_t less = before > after ? before - after : 0;

	if (more > HRD_GUARD_GROWTH_RULES && more * 100 > before * HRD_GUARD_GROWTH_PERCENT)
		hrd_guard_report(g, HRD_GUARD_ID_GROWTH, NULL,
		    "%llu rules after %llu: more than %d %% and %d rules added "
		    "since the last manifest",
		    (unsigned long long)after, (unsigned long long)before, HRD_GUARD_GROWTH_PERCENT,
		    HRD_GUARD_GROWTH_RULES);
	if (less > HRD_GUARD_SHRINK_RULES && less * 100 > before * HRD_GUARD_SHRINK_PERCENT)
		hrd_guard_report(g, HRD_GUARD_ID_SHRINK, NULL,
		    "%llu rules after %llu: more than %d %% and %d rules gone "
		    "since the last manifest",
		    (unsigned long long)after, (unsigned long long)before, HRD_GUARD_SHRINK_PERCENT,
		    HRD_GUARD_SHRINK_RULES);
}

static bool
has_apex(const struct hrd_manifest *m, const struct hrd_name *apex)
{
	for (size_t i = 0; i < m->apex_count; i++) {
		if (hrd_name_cmp(&m->apexes[i], apex) == 0)
			return true;
	}
	return false;
}

/* Where a domain that is gone was, or would be: its own line, else that of the name of relation
 * self that is most like it, else that of the entity. */
static void
place_of_gone(const struct hrd_guard *g, const struct hrd_name *apex, struct hrd_position *place)
{
	const struct hrd_inventory *inventory = g->scope != NULL ? g->scope->inventory : NULL;
	char gone[HRD_NAME_TEXT_MAX], text[HRD_NAME_TEXT_MAX];
	struct hrd_cursor at = { 0 };
	unsigned least = UINT_MAX;
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;

	hrd_name_to_text(apex, gone);
	while (inventory != NULL &&
	       (listed = hrd_next_listed(inventory, &at, &entity, &service)) != NULL) {
		unsigned distance = UINT_MAX - 1;

		if (listed->name == NULL || entity->relation != HRD_SELF)
			continue;
		hrd_name_to_text(listed->name, text);
		if (hrd_edit_distance(gone, text) <= strlen(gone) / 4)
			distance = hrd_edit_distance(gone, text);
		if (distance >= least)
			continue;
		least = distance;
		*place = distance == UINT_MAX - 1 ? hrd_item_place(&entity->item, NULL)
						  : hrd_item_place(&listed->item, "name");
	}
}

static void
report_gone(struct hrd_guard *g, const struct hrd_name *apex)
{
	struct hrd_position place = { g->file, 0, 0 };
	char name[HRD_NAME_TEXT_MAX];

	if (hrd_guard_is_lifted(g, HRD_GUARD_ID_APEX_GONE, apex, NULL))
		return;
	place_of_gone(g, apex, &place);
	hrd_name_to_text(apex, name);
	hrd_diag(g->diag, g->severity, &place, hrd_guard_word(HRD_GUARD_ID_APEX_GONE),
	    "%s is no longer blocked; it was a domain of relation self: list it again, or name it "
	    "in an exception",
	    name);
}

void
hrd_guard_change(
    struct hrd_guard *g, const struct hrd_manifest *previous, const struct hrd_manifest *next)
{
	/* Another profile is another feed under the same name: counts say nothing. */
	bool same = strcmp(previous->profile, next->profile) == 0;

	g->compared = same;
	if (next->rules == 0 && previous->rules > 0 && same)
		hrd_guard_report(g, HRD_GUARD_ID_EMPTY, NULL,
		    "no rule is left that acts, after %llu", (unsigned long long)previous->rules);
	else if (same)
		check_count(g, previous->rules, next->rules);
	for (size_t i = 0; same && i < previous->apex_count; i++) {
		if (!has_apex(next, &previous->apexes[i]))
			report_gone(g, &previous->apexes[i]);
	}
}

/* The names that lines of feeds must not cover. */
static void
index_inventory(struct hrd_guard *g)
{
	const struct hrd_inventory *inventory = g->scope != NULL ? g->scope->inventory : NULL;

	for (size_t s = 0; inventory != NULL && s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->never_count; i++) {
			if (section->never[i].name != NULL)
				hrd_nameset_add(
				    &g->never, section->never[i].name, &section->never[i]);
		}
		for (size_t i = 0; i < section->shared_count; i++) {
			if (section->shared[i].name != NULL)
				hrd_nameset_add(
				    &g->shared, section->shared[i].name, &section->shared[i]);
		}
	}
	hrd_nameset_sort(&g->never);
	hrd_nameset_sort(&g->shared);
}

bool
hrd_guard_init(struct hrd_guard *g, struct hrd_diag *diag, enum hrd_severity severity,
    const char *file, const struct hrd_scope *scope, const struct hrd_guard_files *files)
{
	*g = (struct hrd_guard){ .diag = diag, .severity = severity, .file = file, .scope = scope };
	g->psl = hrd_psl_new();
	g->used = calloc(hrd_guard_exception_count(g) + 1, 1);
	if (g->psl == NULL || g->used == NULL) {
		hrd_diag_system(diag, "Public Suffix List", 0);
		return false;
	}
	if (!hrd_guard_load_lists(g, files))
		return false;
	index_inventory(g);
	if (!g->never.nomem && !g->shared.nomem && !g->popular.nomem && !g->must_resolve.nomem)
		return true;
	hrd_diag_nomem(diag);
	return false;
}

void
hrd_guard_clear(struct hrd_guard *g)
{
	hrd_psl_free(g->psl);
	hrd_nameset_free(&g->popular);
	hrd_nameset_free(&g->never);
	hrd_nameset_free(&g->shared);
	hrd_nameset_free(&g->must_resolve);
	hrd_nameset_free(&g->vouched);
	for (size_t i = 0; i < HRD_GUARD_LISTS; i++) {
		free(g->lists[i].names);
		free(g->lists[i].below);
	}
	free(g->never_of_file);
	free(g->used);
	memset(g, 0, sizeof(*g));
}
