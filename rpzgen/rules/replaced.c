/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares a rule set with the image that it would replace. */
#include <config.h>

#include "rpzgen/rules/replaced.h"

#include <inttypes.h>
#include <string.h>

#include "rpzgen/rules/find.h"

static bool
acts(enum hrd_action action)
{
	return action != HRD_ACTION_OBSERVE && action != HRD_ACTION_STOP;
}

/* Order of rules: trigger, name or prefix, the exact one before its wildcard. */
static int
compare(const struct hrd_rule *a, const struct hrd_rule *b)
{
	int order;

	if (a->trigger != b->trigger)
		return a->trigger < b->trigger ? -1 : 1;
	if (a->trigger != HRD_TRIGGER_QNAME && a->trigger != HRD_TRIGGER_NSDNAME)
		return hrd_prefix_cmp(&a->prefix, &b->prefix);
	order = hrd_name_cmp(&a->name, &b->name);
	return order != 0 ? order : (int)a->wildcard - (int)b->wildcard;
}

/* A walk over a sealed set, rule by rule. */
struct walk {
	const struct hrd_ruleset *set;
	int trigger;
	size_t i;
	bool more;
	struct hrd_rule rule;
};

static void
next_rule(struct walk *w)
{
	for (w->more = false; w->trigger < HRD_TRIGGERS && !w->more; w->i++) {
		if (w->i < hrd_rules_count_of(w->set, (enum hrd_trigger)w->trigger)) {
			hrd_rules_get(w->set, (enum hrd_trigger)w->trigger, w->i, &w->rule);
			w->more = acts(w->rule.action);
		} else {
			w->trigger++;
			w->i = (size_t)-1;
		}
	}
}

/* Whether what takes the place of a rule blocks no more. */
static bool
lifts(enum hrd_action before, enum hrd_action after)
{
	return hrd_action_blocks(before) && !hrd_action_blocks(after);
}

/* Rules of the image that act, and of how many the owner has none in the set, or one that lifts the
 * block. */
static void
count_gone(
    const struct hrd_policy *policy, const struct hrd_ruleset *set, uint64_t *all, uint64_t *gone)
{
	struct hrd_policy_walk old;
	struct hrd_match match;
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME };
	struct walk new = { .set = set };

	*all = *gone = 0;
	hrd_policy_walk_init(&old, policy);
	next_rule(&new);
	while (hrd_policy_walk_next(&old, &rule.name, &match)) {
		rule.trigger = match.trigger;
		rule.wildcard = match.wildcard;
		rule.prefix = match.prefix;
		if (!acts(match.action))
			continue;
		while (new.more && compare(&new.rule, &rule) < 0)
			next_rule(&new);
		++*all;
		*gone += !new.more || compare(&new.rule, &rule) != 0 ||
			 lifts(match.action, new.rule.action);
	}
}

static bool
judge(const struct hrd_policy *policy, const char *path, const struct hrd_ruleset *set,
    const struct hrd_policy_info *info, struct hrd_diag *diag)
{
	const struct hrd_policy_info *old = hrd_policy_info(policy);
	struct hrd_position place = { path, 0, 0 };
	uint64_t all, gone;

	if (strcmp(old->id, info->id) != 0) {
		hrd_diag(diag, HRD_ERROR, &place, "compile-id",
		    "the image there is of policy \"%s\", this one is \"%s\": give --id %s, or "
		    "--accept-change",
		    old->id, info->id, old->id);
		return false;
	}
	if (memcmp(old->rule_digest, info->rule_digest, sizeof(old->rule_digest)) == 0)
		return true;
	count_gone(policy, set, &all, &gone);
	if (gone <= HRD_REPLACED_GONE_RULES || gone * 100 <= all * HRD_REPLACED_GONE_PERCENT)
		return true;
	hrd_diag(diag, HRD_ERROR, &place, "compile-gone",
	    "%" PRIu64 " of the %" PRIu64 " rules of the image there are gone or block no more; "
	    "--accept-change replaces it",
	    gone, all);
	return false;
}

bool
hrd_replaced_may_be(const char *path, const struct hrd_ruleset *set,
    const struct hrd_policy_info *info, struct hrd_diag *diag)
{
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	bool good;

	if (hrd_policy_read(path, HRD_OPEN_LOOK_UPS, &policy, &fault) != HRD_OK)
		return true;
	good = judge(policy, path, set, info, diag);
	hrd_policy_free(policy);
	return good;
}
