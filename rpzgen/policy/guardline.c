/* SPDX-License-Identifier: BSD-3-Clause */
/* The guards of single lines, before they become rules, and of the image that goes out. */
#include <config.h>

#include <stdio.h>
#include <string.h>

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

const char *
hrd_guard_line(struct hrd_guard *g, const struct hrd_rule *rule, enum hrd_list_reach reach,
    bool redirect, char why[HRD_GUARD_WHY_MAX])
{
	char text[HRD_NAME_TEXT_MAX] = "";
	enum hrd_guard_id id = HRD_GUARD_IDS;
	struct hrd_name name;
	const char *fault;

	hrd_guard_excepted_name(rule, &name);
	fault = hrd_guard_trigger_fault(g, rule, &id);
	if (fault == NULL && redirect) {
		id = HRD_GUARD_ID_REDIRECT;
		fault = "it sends the name where the feed chooses";
	}
	if (fault != NULL && !hrd_guard_is_lifted(g, id, &name, NULL)) {
		snprintf(why, HRD_GUARD_WHY_MAX, "%s", fault);
		return hrd_guard_word(id);
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
	hrd_guard_tell(g, HRD_GUARD_ID_MUST_BLOCK, name,
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
	hrd_guard_tell(g, HRD_GUARD_ID_MUST_RESOLVE, name, "the image would block %s", text);
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
