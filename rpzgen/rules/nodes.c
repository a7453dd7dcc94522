/* SPDX-License-Identifier: BSD-3-Clause */
/* The tree of names of a rule set. */
#include <config.h>

#include "rpzgen/rules/nodes.h"

/* What the nodes below an ancestor inherit. */
struct frame {
	size_t covers;
	bool blocked;
};

/* Canonical order puts a name right before all that is below it, so the ancestors of the current
 * name are a stack, indexed by their number of labels. */
struct walk {
	hrd_node_fn *fn;
	void *ctx;
	const struct hrd_ruleset *set;
	enum hrd_trigger trigger;
	size_t low;     /* no rule before it is looked at again */
	size_t at;      /* index of the first rule of the name at hand */
	unsigned depth; /* labels of the name visited last; its frame is on top */
	struct hrd_name last;
	struct frame frames[HRD_LABELS_MAX + 1];
};

static int
visit(struct walk *walk, const struct hrd_name *name, unsigned labels, size_t exact, size_t wild)
{
	struct frame above = { HRD_NODE_NO_RULE, false };
	struct hrd_node node = { name, exact, wild, walk->at, HRD_NODE_NO_RULE, false };

	if (labels > 0)
		above = walk->frames[labels - 1];
	node.covers = above.covers;
	node.blocked = above.blocked;
	walk->depth = labels;
	walk->frames[labels].covers = wild != HRD_NODE_NO_RULE ? wild : above.covers;
	walk->frames[labels].blocked = wild == HRD_NODE_NO_RULE && above.covers != HRD_NODE_NO_RULE;
	return walk->fn(walk->ctx, &node);
}

/* The first rule of the name or behind it, before the most-th; observe rules count here. */
static void
find_at(struct walk *walk, const struct hrd_name *name, size_t most)
{
	struct hrd_rule rule;

	for (; walk->low < most; walk->low++) {
		hrd_rules_get(walk->set, walk->trigger, walk->low, &rule);
		if (hrd_name_cmp(&rule.name, name) >= 0)
			break;
	}
	walk->at = walk->low;
}

/* Visits the names between the name before and this one, and this one, whose first acting rule is
 * the i-th. */
static int
visit_to(struct walk *walk, const struct hrd_name *name, size_t i, size_t exact, size_t wild)
{
	struct hrd_name_ancestors above;
	struct hrd_name between;
	unsigned next = 0;
	int status = HRD_OK;

	hrd_name_ancestors(&above, name);
	if (walk->last.len > 0)
		next = hrd_name_common_labels(&walk->last, name) + 1;
	for (; next < above.labels && status == HRD_OK; next++) {
		hrd_name_nth_ancestor(&between, name, &above, next);
		find_at(walk, &between, i);
		status = visit(walk, &between, next, HRD_NODE_NO_RULE, HRD_NODE_NO_RULE);
	}
	find_at(walk, name, i);
	walk->last = *name;
	return status == HRD_OK ? visit(walk, name, above.labels, exact, wild) : status;
}

/* Moves to the next rule that acts, or to the end. */
static size_t
next_acting(const struct walk *walk, size_t i, size_t count)
{
	while (i < count && hrd_rules_action(walk->set, walk->trigger, i) == HRD_ACTION_OBSERVE)
		i++;
	return i;
}

int
hrd_nodes_each(const struct hrd_ruleset *set, enum hrd_trigger trigger, hrd_node_fn *fn, void *ctx)
{
	struct walk walk = { .fn = fn, .ctx = ctx, .set = set, .trigger = trigger };
	size_t count = hrd_rules_count_of(set, trigger), exact, wild;
	struct hrd_rule rule;
	int status = HRD_OK;

	for (size_t i = next_acting(&walk, 0, count), end; i < count && status == HRD_OK;
	     i = next_acting(&walk, end, count)) {
		hrd_rules_get(set, trigger, i, &rule);
		exact = rule.wildcard ? HRD_NODE_NO_RULE : i;
		wild = rule.wildcard ? i : HRD_NODE_NO_RULE;
		end = i + 1;
		if (end < count && hrd_rules_same_name(set, trigger, end) &&
		    hrd_rules_action(set, trigger, end) != HRD_ACTION_OBSERVE)
			wild = end++;
		status = visit_to(&walk, &rule.name, i, exact, wild);
		walk.low = end; /* what lies before is of this name at most */
	}
	return status;
}
