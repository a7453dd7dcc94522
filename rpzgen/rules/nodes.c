/* SPDX-License-Identifier: BSD-3-Clause */
/* The tree of names of a rule set: see rulenodes.h. */
#include <config.h>

#include "rpzgen/rules/nodes.h"

#include <string.h>

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
	size_t at;      /* index of the first rule of the name at hand */
	unsigned depth; /* labels of the name visited last; its frame is on top */
	struct hrd_name last;
	struct frame frames[HRD_LABELS_MAX + 1];
};

/* Labels that two names have in common, from the root. */
static unsigned
common_labels(const struct hrd_name *a, const struct hrd_name *b)
{
	unsigned labels_a = hrd_name_labels(a), labels_b = hrd_name_labels(b);
	unsigned labels = (labels_a < labels_b) ? labels_a : labels_b;
	size_t at = 0, bt = 0;
	unsigned common;

	for (; labels_a > labels; labels_a--)
		at += 1u + a->wire[at];
	for (; labels_b > labels; labels_b--)
		bt += 1u + b->wire[bt];
	common = labels;
	for (; labels > 0; labels--) {
		if (a->wire[at] != b->wire[bt] ||
		    memcmp(a->wire + at + 1, b->wire + bt + 1, a->wire[at]) != 0)
			common = labels - 1;
		at += 1u + a->wire[at];
		bt += 1u + b->wire[bt];
	}
	return common;
}

static int
visit(struct walk *walk, const struct hrd_name *name, size_t exact, size_t wild)
{
	unsigned labels = hrd_name_labels(name);
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

/* Visits the names between the name before and this one. */
static int
visit_between(struct walk *walk, const struct hrd_name *name, bool first)
{
	unsigned labels = hrd_name_labels(name), next;
	struct hrd_name between;
	int status = HRD_OK;

	next = first ? 0 : common_labels(&walk->last, name) + 1;
	for (; next < labels && status == HRD_OK; next++) {
		hrd_name_suffix(&between, name, next);
		status = visit(walk, &between, HRD_NODE_NO_RULE, HRD_NODE_NO_RULE);
	}
	return status;
}

int
hrd_nodes_each(const struct hrd_rules *set, enum hrd_trigger trigger, hrd_node_fn *fn, void *ctx)
{
	size_t count = hrd_rules_count_of(set, trigger), i = 0, exact, wild;
	struct walk walk = { .fn = fn, .ctx = ctx };
	struct hrd_rule rule, next;
	int status = HRD_OK;

	if (count > 0)
		hrd_rules_get(set, trigger, 0, &next);
	while (i < count && status == HRD_OK) {
		rule = next;
		walk.at = i;
		exact = rule.wildcard ? HRD_NODE_NO_RULE : i;
		wild = rule.wildcard ? i : HRD_NODE_NO_RULE;
		if (++i < count)
			hrd_rules_get(set, trigger, i, &next);
		if (i < count && !rule.wildcard && next.wildcard &&
		    hrd_name_cmp(&rule.name, &next.name) == 0) {
			wild = i;
			if (++i < count)
				hrd_rules_get(set, trigger, i, &next);
		}
		status = visit_between(&walk, &rule.name, walk.last.len == 0);
		walk.last = rule.name;
		if (status == HRD_OK)
			status = visit(&walk, &rule.name, exact, wild);
	}
	return status;
}
