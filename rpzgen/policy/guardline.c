/* SPDX-License-Identifier: BSD-3-Clause */
/* The guards of single lines, before they become rules, and of the image that goes out; the
 * exceptions that lift guards, of an inventory and as a manifest tells them. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/utf8.h"
#include "lib/usage/suggest.h"
#include "rpzgen/policy/guard_ids.h"
#include "rpzgen/rules/find.h"

static bool
never_is_subtree(const void *value)
{
	return ((const struct hrd_never *)value)->match == HRD_SUBTREE;
}

/* The first name of a list that a line would cover, or NULL. */
static const struct hrd_nameset_entry *
covered(const struct hrd_nameset *set, const struct hrd_name *name, enum hrd_list_reach reach)
{
	size_t at = hrd_nameset_seek(set, name);
	bool same = at < set->count && hrd_name_cmp(set->entries[at].name, name) == 0;

	if (same && reach != HRD_REACH_BELOW)
		return &set->entries[at];
	for (; at < set->count && hrd_name_cmp(set->entries[at].name, name) == 0; at++)
		;
	if (reach != HRD_REACH_EXACT && at < set->count &&
	    hrd_name_is_at_or_below(set->entries[at].name, name))
		return &set->entries[at];
	return NULL;
}

static bool
popular_line(struct hrd_guard *g, const struct hrd_rule *rule, enum hrd_list_reach reach,
    char text[HRD_NAME_TEXT_MAX])
{
	const struct hrd_nameset_entry *hit;
	struct hrd_name name = rule->name;

	/* The name people type is as good as the domain. */
	if (memcmp(name.wire, "\003www", 4) == 0)
		hrd_name_suffix(&name, &rule->name, hrd_name_labels(&rule->name) - 1);
	hit =
	    covered(&g->popular, &rule->name, reach == HRD_REACH_BELOW ? HRD_REACH_SUBTREE : reach);
	if (hit == NULL && name.len != rule->name.len && reach != HRD_REACH_BELOW)
		hit = hrd_nameset_find(&g->popular, &name);
	if (hit == NULL || hrd_guard_is_lifted(g, HRD_GUARD_ID_POPULAR, &rule->name, hit->name))
		return false;
	hrd_name_to_text(hit->name, text);
	return true;
}

/* The guard that speaks against a line about names, or HRD_GUARD_IDS; text: the name that it
 * protects. */
static enum hrd_guard_id
name_line(struct hrd_guard *g, const struct hrd_rule *rule, enum hrd_list_reach reach,
    char text[HRD_NAME_TEXT_MAX])
{
	const struct hrd_nameset_entry *hit = covered(&g->never, &rule->name, reach);
	enum hrd_psl_kind kind;

	if (hrd_name_labels(&rule->name) == 0)
		return HRD_GUARD_ID_ROOT;
	if (hit == NULL && hrd_nameset_find(&g->never, &rule->name) != NULL &&
	    never_is_subtree(hrd_nameset_find(&g->never, &rule->name)->value))
		hit = hrd_nameset_find(&g->never, &rule->name);
	if (hit == NULL)
		hit = hrd_nameset_above(&g->never, &rule->name, never_is_subtree);
	if (hit != NULL) {
		hrd_name_to_text(hit->name, text);
		return HRD_GUARD_ID_NEVER;
	}
	if (!hrd_action_blocks(rule->action))
		return HRD_GUARD_IDS;
	kind = hrd_psl_kind(g->psl, &rule->name);
	if (kind == HRD_PSL_PUBLIC &&
	    !hrd_guard_is_lifted(g, HRD_GUARD_ID_PUBLIC_SUFFIX, &rule->name, NULL))
		return HRD_GUARD_ID_PUBLIC_SUFFIX;
	if (kind == HRD_PSL_PRIVATE &&
	    !hrd_guard_is_lifted(g, HRD_GUARD_ID_PRIVATE_SUFFIX, &rule->name, NULL))
		return HRD_GUARD_ID_PRIVATE_SUFFIX;
	hit = covered(&g->shared, &rule->name, reach);
	if (hit != NULL) {
		hrd_name_to_text(hit->name, text);
		return HRD_GUARD_ID_SHARED;
	}
	return kind == HRD_PSL_NONE && popular_line(g, rule, reach, text) ? HRD_GUARD_ID_POPULAR
									  : HRD_GUARD_IDS;
}

static void
explain_line(enum hrd_guard_id id, const char *name, char why[HRD_GUARD_WHY_MAX])
{
	switch (id) {
	case HRD_GUARD_ID_ROOT:
		snprintf(why, HRD_GUARD_WHY_MAX, "it covers every name there is");
		break;
	case HRD_GUARD_ID_PUBLIC_SUFFIX:
		snprintf(why, HRD_GUARD_WHY_MAX, "a public suffix");
		break;
	case HRD_GUARD_ID_PRIVATE_SUFFIX:
		snprintf(why, HRD_GUARD_WHY_MAX, "a suffix under which strangers get names");
		break;
	case HRD_GUARD_ID_NEVER:
		snprintf(why, HRD_GUARD_WHY_MAX, "it touches %.250s of the never list", name);
		break;
	case HRD_GUARD_ID_SHARED:
		snprintf(why, HRD_GUARD_WHY_MAX, "it would block %.250s, a shared host", name);
		break;
	default:
		snprintf(why, HRD_GUARD_WHY_MAX, "it would block %.250s, a popular name", name);
	}
}

/* Where IPv6 addresses hold IPv4 addresses: from which bit on, within which prefix. All of IPv4 is
 * in one prefix of each. */
static const struct embedding {
	struct hrd_prefix prefix;
	uint8_t at;
} embeddings[] = {
	{ { { 0 }, 96 }, 96 },                         /* compatible: RFC 4291 2.5.5.1 */
	{ { { [10] = 0xff, 0xff }, 96 }, 96 },         /* mapped: 2.5.5.2; IPv4 itself, here */
	{ { { [8] = 0xff, 0xff }, 96 }, 96 },          /* translated: RFC 2765 2.1 */
	{ { { 0, 0x64, 0xff, 0x9b }, 96 }, 96 },       /* NAT64: RFC 6052 2.1 */
	{ { { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48 }, 96 }, /* NAT64 of a site: RFC 8215 */
	{ { { 0x20, 0x01 }, 32 }, 96 },                /* Teredo: RFC 4380 4 */
	{ { { 0x20, 0x02 }, 16 }, 16 },                /* 6to4: RFC 3056 2 */
};

/* What a rule for addresses is wider than, or NULL. */
static const char *
width_fault(const struct hrd_prefix *prefix)
{
	if (prefix->len < HRD_GUARD_IPV6_BITS)
		return "wider than /16 (IPv6: /32): names of many others are there";
	for (size_t i = 0; i < sizeof(embeddings) / sizeof(embeddings[0]); i++) {
		const struct embedding *e = &embeddings[i];
		unsigned bits = prefix->len > e->at ? (unsigned)(prefix->len - e->at) : 0;

		if (bits >= HRD_GUARD_IPV4_BITS || (!hrd_prefix_covers(&e->prefix, prefix) &&
						       !hrd_prefix_covers(prefix, &e->prefix)))
			continue;
		return hrd_prefix_is_ipv4(prefix)
			   ? "wider than /16 (IPv6: /32): names of many others are there"
			   : "holds more than a /16 of IPv4: names of many others are there";
	}
	return NULL;
}

/* The name of a list whose servers a rule may mean: they mostly are at it or below it, where it is
 * no suffix below which strangers have theirs; a rule for all servers below a name has those of
 * what is below as well. */
static const struct hrd_name *
served(const struct hrd_guard *g, const struct hrd_nameset *set, const struct hrd_rule *rule)
{
	const struct hrd_nameset_entry *hit = hrd_nameset_find(set, &rule->name);

	if (hit == NULL) {
		hit = hrd_nameset_above(set, &rule->name, NULL);
		if (hit != NULL && hrd_psl_kind(g->psl, hit->name) != HRD_PSL_NONE &&
		    (set != &g->never || !never_is_subtree(hit->value)))
			hit = NULL;
	}
	if (hit == NULL && rule->wildcard)
		hit = covered(set, &rule->name, HRD_REACH_BELOW);
	return hit != NULL ? hit->name : NULL;
}

static enum hrd_guard_id
server_fault(struct hrd_guard *g, const struct hrd_rule *rule, const struct hrd_name *excepted,
    char why[HRD_GUARD_WHY_MAX])
{
	const struct {
		enum hrd_guard_id id;
		const struct hrd_nameset *set;
		const char *whose;
	} lists[] = {
		{ HRD_GUARD_ID_NEVER, &g->never, "of the never list" },
		{ HRD_GUARD_ID_MUST_RESOLVE, &g->must_resolve, "which must resolve" },
		{ HRD_GUARD_ID_SHARED, &g->shared, "a shared host" },
		{ HRD_GUARD_ID_POPULAR, &g->popular, "which very many people need" },
	};
	enum hrd_psl_kind kind = hrd_psl_kind(g->psl, &rule->name);
	char text[HRD_NAME_TEXT_MAX];

	if (kind == HRD_PSL_PUBLIC &&
	    !hrd_guard_is_lifted(g, HRD_GUARD_ID_NAME_SERVER, excepted, NULL)) {
		snprintf(why, HRD_GUARD_WHY_MAX,
		    "a public suffix: name servers of many others are below");
		return HRD_GUARD_ID_NAME_SERVER;
	}
	if (kind == HRD_PSL_PRIVATE &&
	    !hrd_guard_is_lifted(g, HRD_GUARD_ID_PRIVATE_SUFFIX, excepted, NULL)) {
		snprintf(why, HRD_GUARD_WHY_MAX,
		    "a suffix under which strangers get names, and servers");
		return HRD_GUARD_ID_PRIVATE_SUFFIX;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct hrd_name *hit = served(g, lists[i].set, rule);

		if (hit == NULL || hrd_guard_is_lifted(g, lists[i].id, excepted, hit))
			continue;
		hrd_name_to_text(hit, text);
		snprintf(why, HRD_GUARD_WHY_MAX, "may be a name server of %.200s, %s", text,
		    lists[i].whose);
		return lists[i].id;
	}
	return HRD_GUARD_IDS;
}

enum hrd_guard_id
hrd_guard_trigger(struct hrd_guard *g, const struct hrd_rule *rule, char why[HRD_GUARD_WHY_MAX])
{
	enum hrd_guard_id id = HRD_GUARD_ID_ADDRESS;
	struct hrd_name excepted;
	const char *fault;

	if (rule->trigger == HRD_TRIGGER_QNAME || !hrd_action_blocks(rule->action))
		return HRD_GUARD_IDS;
	hrd_guard_excepted_name(rule, &excepted);
	if (rule->trigger == HRD_TRIGGER_NSDNAME)
		return server_fault(g, rule, &excepted, why);
	if (rule->trigger == HRD_TRIGGER_CLIENT_IP) {
		id = HRD_GUARD_ID_CLIENT;
		fault = "cuts clients off from all names; it needs an exception";
	} else {
		fault = width_fault(&rule->prefix);
	}
	if (fault == NULL || hrd_guard_is_lifted(g, id, &excepted, NULL))
		return HRD_GUARD_IDS;
	snprintf(why, HRD_GUARD_WHY_MAX, "%s", fault);
	return id;
}

const char *
hrd_guard_line(struct hrd_guard *g, const struct hrd_rule *rule, enum hrd_list_reach reach,
    const struct hrd_rr *rr, char why[HRD_GUARD_WHY_MAX])
{
	enum hrd_guard_id id = hrd_guard_trigger(g, rule, why);
	char text[HRD_NAME_TEXT_MAX] = "";
	struct hrd_name name;

	if (id != HRD_GUARD_IDS)
		return hrd_guard_word(id);
	hrd_guard_excepted_name(rule, &name);
	if (rr != NULL && hrd_guard_redirects(rule, rr) &&
	    !hrd_guard_is_lifted(g, HRD_GUARD_ID_REDIRECT, &name, NULL)) {
		snprintf(why, HRD_GUARD_WHY_MAX, "it sends the name where the feed chooses");
		return hrd_guard_word(HRD_GUARD_ID_REDIRECT);
	}
	if (rule->trigger != HRD_TRIGGER_QNAME)
		return NULL;
	id = name_line(g, rule, reach, text);
	if (id == HRD_GUARD_IDS)
		return NULL;
	explain_line(id, text, why);
	return hrd_guard_word(id);
}

static bool
image_blocks(const struct hrd_policy *policy, const struct hrd_name *name)
{
	struct hrd_match match;

	return hrd_policy_find(policy, HRD_TRIGGER_QNAME, name->wire, name->len, &match) &&
	       hrd_action_blocks(match.action);
}

static void
must_block(struct hrd_guard *g, const struct hrd_policy *policy, const struct hrd_name *name,
    const struct hrd_decision *decision)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_match match = { 0 };
	bool found = hrd_policy_find(policy, HRD_TRIGGER_QNAME, name->wire, name->len, &match);
	enum hrd_action action = found ? match.action : HRD_ACTION_NONE;

	/* What is to be observed changes nothing: the block of another rule stays. */
	if (action == decision->action || (decision->action == HRD_ACTION_OBSERVE && found))
		return;
	hrd_name_to_text(name, text);
	hrd_guard_report(g, HRD_GUARD_ID_MUST_BLOCK, name,
	    "the image says %s for %s, the inventory %s", hrd_action_name(action), text,
	    hrd_action_name(decision->action));
}

static void
must_resolve(struct hrd_guard *g, const struct hrd_policy *policy, const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];

	if (name == NULL || !image_blocks(policy, name) || hrd_guard_is_vouched(g, name) ||
	    hrd_guard_is_lifted(g, HRD_GUARD_ID_POPULAR, name, NULL))
		return;
	hrd_name_to_text(name, text);
	hrd_guard_report(g, HRD_GUARD_ID_MUST_RESOLVE, name, "the image would block %s", text);
}

static void
check_listed(struct hrd_guard *g, const struct hrd_policy *policy)
{
	for (size_t i = 0; i < g->scope->decided_count; i++) {
		const struct hrd_decided *at = &g->scope->decided[i];

		if (at->decision.action != HRD_ACTION_NONE)
			must_block(g, policy, at->listed->name, &at->decision);
	}
}

void
hrd_guard_image(struct hrd_guard *g, const struct hrd_policy *policy)
{
	const struct hrd_inventory *inventory = g->scope->inventory;

	check_listed(g, policy);
	for (size_t i = 0; i < g->popular.count; i++)
		must_resolve(g, policy, g->popular.entries[i].name);
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->never_count; i++)
			must_resolve(g, policy, section->never[i].name);
		for (size_t i = 0; i < section->shared_count; i++)
			must_resolve(g, policy, section->shared[i].name);
	}
}

/* The n-th exception of all files, or NULL. */
static const struct hrd_exception *
exception_at(const struct hrd_guard *g, size_t n)
{
	const struct hrd_inventory *inventory = g->scope != NULL ? g->scope->inventory : NULL;

	for (size_t s = 0; inventory != NULL && s < inventory->count; s++) {
		if (n < inventory->sections[s]->exception_count)
			return &inventory->sections[s]->exceptions[n];
		n -= inventory->sections[s]->exception_count;
	}
	return NULL;
}

size_t
hrd_guard_exception_count(const struct hrd_guard *g)
{
	size_t count = 0;

	while (exception_at(g, count) != NULL)
		count++;
	return count;
}

/* What an exception says, of either kind. */
struct exception {
	const char *guard;
	const struct hrd_name *name; /* NULL: none */
	int32_t expires;
};

static bool
names_equal(const struct hrd_name *a, const struct hrd_name *b)
{
	return a != NULL && b != NULL && hrd_name_cmp(a, b) == 0;
}

static bool
lifts(const struct exception *e, int32_t day, enum hrd_guard_id id, const struct hrd_name *name,
    const struct hrd_name *other)
{
	if (e->guard == NULL || strcmp(e->guard, hrd_guard_word(id)) != 0 || hrd_guard_is_final(id))
		return false;
	if (e->expires == HRD_NO_DATE || e->expires < day)
		return false;
	return e->name == NULL ? name == NULL || id >= HRD_GUARD_ID_ADDRESS
			       : names_equal(e->name, name) || names_equal(e->name, other);
}

/* What the publisher of a foreign set lifts. */
static bool
is_granted(const struct hrd_guard *g, enum hrd_guard_id id, const struct hrd_name *name,
    const struct hrd_name *other)
{
	for (size_t i = 0; g->granted != NULL && i < g->granted->exception_count; i++) {
		const struct hrd_manifest_exception *e = &g->granted->exceptions[i];
		const struct exception given = { e->guard, e->name.len > 0 ? &e->name : NULL,
			e->expires };

		if (lifts(&given, g->day, id, name, other))
			return true;
	}
	return false;
}

bool
hrd_guard_is_lifted(struct hrd_guard *g, enum hrd_guard_id id, const struct hrd_name *name,
    const struct hrd_name *other)
{
	const struct hrd_exception *e;

	for (size_t i = 0; (e = exception_at(g, i)) != NULL; i++) {
		const struct exception given = { e->guard, e->name, e->expires };

		if (!lifts(&given, g->scope->date, id, name, other))
			continue;
		g->used[i] = 1;
		return true;
	}
	return is_granted(g, id, name, other);
}

static void
report_unknown_guard(struct hrd_guard *g, const struct hrd_exception *e)
{
	struct hrd_position place = hrd_item_place(&e->item, "guard");
	struct hrd_near near;

	hrd_near_init(&near, e->guard);
	for (size_t i = 0; i < HRD_GUARD_IDS; i++) {
		enum hrd_guard_id id = (enum hrd_guard_id)i;

		if (strcmp(hrd_guard_word(id), e->guard) == 0 && !hrd_guard_is_final(id))
			return;
		if (!hrd_guard_is_final(id))
			hrd_near_try(&near, hrd_guard_word(id));
		else if (strcmp(hrd_guard_word(id), e->guard) == 0)
			break;
	}
	hrd_diag(g->diag, HRD_ERROR, &place, "guard-unknown",
	    "\"%s\" is no guard that an exception can lift", e->guard);
	if (near.best != NULL)
		hrd_diag(
		    g->diag, HRD_NOTE, &place, "guard-unknown", "did you mean \"%s\"?", near.best);
}

/* An override ends as an exception does. */
static void
report_override(struct hrd_guard *g, const struct hrd_override *override)
{
	struct hrd_position place = hrd_item_place(&override->item, "until");
	char day[HRD_DATE_TEXT_MAX];

	if (override->until == HRD_NO_DATE || override->owner == NULL)
		return;
	hrd_date_text(override->until, day);
	if (override->until < g->scope->date)
		hrd_diag(g->diag, HRD_WARNING, &place, "override-expired",
		    "this override ended on %s and does nothing; ask %s, then remove it", day,
		    override->owner);
	else if (override->until - g->scope->date < HRD_GUARD_NOTICE_DAYS)
		hrd_diag(g->diag, HRD_WARNING, &place, "override-ends",
		    "this override ends on %s; ask %s whether it is still needed", day,
		    override->owner);
}

/* Whether a guard was asked in this run: those on change need what was published before. */
static bool
was_asked(const struct hrd_guard *g, const char *guard)
{
	return g->compared || (strcmp(guard, hrd_guard_word(HRD_GUARD_ID_GROWTH)) != 0 &&
				  strcmp(guard, hrd_guard_word(HRD_GUARD_ID_SHRINK)) != 0 &&
				  strcmp(guard, hrd_guard_word(HRD_GUARD_ID_APEX_GONE)) != 0);
}

void
hrd_guard_exceptions(struct hrd_guard *g)
{
	const struct hrd_exception *e;

	for (size_t i = 0; (e = exception_at(g, i)) != NULL; i++) {
		struct hrd_position place = hrd_item_place(&e->item, "expires");
		char day[HRD_DATE_TEXT_MAX];

		if (e->guard == NULL || e->expires == HRD_NO_DATE || e->owner == NULL)
			continue;
		report_unknown_guard(g, e);
		hrd_date_text(e->expires, day);
		if (e->expires < g->scope->date)
			hrd_diag(g->diag, HRD_WARNING, &place, "exception-expired",
			    "this exception ended on %s and lifts nothing; ask %s, then remove it",
			    day, e->owner);
		else if (e->expires - g->scope->date < HRD_GUARD_NOTICE_DAYS)
			hrd_diag(g->diag, HRD_WARNING, &place, "exception-ends",
			    "this exception ends on %s; ask %s whether it is still needed", day,
			    e->owner);
		else if (!g->used[i] && was_asked(g, e->guard))
			hrd_diag(g->diag, HRD_WARNING, &place, "exception-unused",
			    "this exception lifts nothing for profile \"%s\"; remove it, unless "
			    "another profile needs it",
			    g->scope->profile->id);
	}
	for (size_t i = 0; g->scope != NULL && i < g->scope->profile->override_count; i++)
		report_override(g, &g->scope->profile->overrides[i]);
}

/* Cuts a text to what a manifest holds, between characters of UTF-8. */
static void
take_text(char out[HRD_MANIFEST_TEXT_MAX], const char *text)
{
	size_t len = hrd_utf8_cut(text, HRD_MANIFEST_TEXT_MAX - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

/* NULL after a report: more than a manifest holds. */
static struct hrd_manifest_exception *
next_grant(struct hrd_guard *g, struct hrd_manifest *m)
{
	struct hrd_position place = { g->file, 0, 0 };

	if (m->exception_count < HRD_MANIFEST_EXCEPTIONS_MAX)
		return &m->exceptions[m->exception_count++];
	hrd_diag(g->diag, HRD_ERROR, &place, "manifest-exceptions",
	    "more than %d exceptions, which a manifest cannot tell to consumers: remove those that "
	    "have ended or lift nothing",
	    HRD_MANIFEST_EXCEPTIONS_MAX);
	return NULL;
}

bool
hrd_guard_grant(struct hrd_guard *g, struct hrd_manifest *m)
{
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(g->scope->inventory);
	const struct hrd_exception *e;
	struct hrd_manifest_exception *out;

	for (size_t i = 0; (e = exception_at(g, i)) != NULL; i++) {
		if (e->guard == NULL || e->owner == NULL || e->reason == NULL ||
		    e->expires == HRD_NO_DATE || e->expires < g->scope->date)
			continue;
		out = next_grant(g, m);
		if (out == NULL)
			return false;
		take_text(out->owner, e->owner);
		take_text(out->reason, e->reason);
		snprintf(out->guard, sizeof(out->guard), "%s", e->guard);
		out->expires = e->expires;
		if (e->name != NULL)
			out->name = *e->name;
	}
	for (size_t i = 0; i < g->vouched.count; i++) {
		out = next_grant(g, m);
		if (out == NULL)
			return false;
		take_text(out->owner, policy->publisher->name);
		take_text(out->reason, "a confirmed name of relation self");
		snprintf(
		    out->guard, sizeof(out->guard), "%s", hrd_guard_word(HRD_GUARD_ID_POPULAR));
		out->name = *g->vouched.entries[i].name;
		out->expires = (int32_t)(m->not_after / HRD_DAY_SECONDS);
	}
	return true;
}

void
hrd_guard_report_ended(const struct hrd_guard *g)
{
	struct hrd_position place = { g->file, 0, 0 };
	char day[HRD_DATE_TEXT_MAX], name[HRD_NAME_TEXT_MAX];

	for (size_t i = 0; g->granted != NULL && i < g->granted->exception_count; i++) {
		const struct hrd_manifest_exception *e = &g->granted->exceptions[i];

		if (e->expires >= g->day)
			continue;
		hrd_date_text(e->expires, day);
		hrd_name_to_text(&e->name, name);
		hrd_diag(g->diag, HRD_NOTE, &place, "exception-expired",
		    "the publisher's exception from %s%s%s ended on %s: %s, %s", e->guard,
		    e->name.len > 0 ? " for " : "", e->name.len > 0 ? name : "", day, e->owner,
		    e->reason);
	}
}
