/* SPDX-License-Identifier: BSD-3-Clause */
/* Merges two sorted rule sets. */
#include <config.h>

#include "rpzgen/rules/diff.h"

#include <string.h>

#include "lib/name/prefix.h"

struct side {
	const struct hrd_ruleset *set;
	enum hrd_trigger trigger;
	size_t next, count;
	struct hrd_rule rule; /* at next, while next < count */
};

static bool
is_counted(const struct hrd_diff *d, const struct hrd_rule *rule)
{
	return d->observe ||
	       (rule->action != HRD_ACTION_STOP && rule->action != HRD_ACTION_OBSERVE);
}

/* Moves to the first rule from next on that counts. */
static void
settle(const struct hrd_diff *d, struct side *side)
{
	for (; side->next < side->count; side->next++) {
		hrd_rules_get(side->set, side->trigger, side->next, &side->rule);
		if (is_counted(d, &side->rule))
			return;
	}
}

static void
start(const struct hrd_diff *d, struct side *side, const struct hrd_ruleset *set, int trigger)
{
	side->set = set;
	side->trigger = (enum hrd_trigger)trigger;
	side->next = 0;
	side->count = hrd_rules_count_of(set, side->trigger);
	settle(d, side);
}

static void
advance(const struct hrd_diff *d, struct side *side)
{
	side->next++;
	settle(d, side);
}

static int
compare(const struct side *a, const struct side *b)
{
	int order;

	if (a->next == a->count || b->next == b->count)
		return (a->next == a->count) - (b->next == b->count);
	if (a->trigger != HRD_TRIGGER_QNAME && a->trigger != HRD_TRIGGER_NSDNAME)
		return hrd_prefix_cmp(&a->rule.prefix, &b->rule.prefix);
	order = hrd_name_cmp(&a->rule.name, &b->rule.name);
	return order != 0 ? order : (int)a->rule.wildcard - (int)b->rule.wildcard;
}

static bool
same_records(const struct side *a, const struct side *b)
{
	size_t count = hrd_rules_rr_count(a->set, a->trigger, a->next);

	if (count != hrd_rules_rr_count(b->set, b->trigger, b->next))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct hrd_rr x, y;

		hrd_rules_rr(a->set, a->trigger, a->next, i, &x);
		hrd_rules_rr(b->set, b->trigger, b->next, i, &y);
		if (x.type != y.type || x.ttl != y.ttl || x.rdlen != y.rdlen ||
		    memcmp(x.rdata, y.rdata, x.rdlen) != 0)
			return false;
	}
	return true;
}

static void
report(struct hrd_diff *d, enum hrd_rule_change change, const struct hrd_rule *before,
    const struct hrd_rule *after)
{
	d->counts[change]++;
	if (d->report != NULL)
		d->report(d->ctx, change, before, after);
}

static bool
same_meta(const struct side *a, const struct side *b)
{
	struct hrd_meta x, y;

	hrd_rules_meta_get(a->set, a->rule.meta, &x);
	hrd_rules_meta_get(b->set, b->rule.meta, &y);
	return strcmp(x.rule_id, y.rule_id) == 0 && strcmp(x.entity, y.entity) == 0 &&
	       strcmp(x.relation, y.relation) == 0 && strcmp(x.service, y.service) == 0 &&
	       strcmp(x.basis, y.basis) == 0 && strcmp(x.ede, y.ede) == 0 &&
	       strcmp(x.category, y.category) == 0 && strcmp(x.description, y.description) == 0 &&
	       strcmp(x.reference, y.reference) == 0;
}

/* Whether one rule is of a feed, and the other of another feed or of none. */
static bool
is_of_other_feed(const struct hrd_diff *d, const struct side *a, const struct side *b)
{
	struct hrd_meta x, y;

	if ((d->feeds_before == 0 || a->rule.line < d->feeds_before) &&
	    (d->feeds_after == 0 || b->rule.line < d->feeds_after))
		return false;
	hrd_rules_meta_get(a->set, a->rule.meta, &x);
	hrd_rules_meta_get(b->set, b->rule.meta, &y);
	return strcmp(x.service, y.service) != 0;
}

static void
report_both(struct hrd_diff *d, const struct side *a, const struct side *b)
{
	d->records_differ = !same_records(a, b);
	d->meta_counts = d->meta || is_of_other_feed(d, a, b);
	if (a->rule.action != b->rule.action || d->records_differ ||
	    (d->meta_counts && !same_meta(a, b)))
		report(d, HRD_CHANGED, &a->rule, &b->rule);
}

static void
diff_trigger(struct hrd_diff *d, int trigger)
{
	struct side a, b;

	start(d, &a, d->before, trigger);
	start(d, &b, d->after, trigger);
	while (a.next < a.count || b.next < b.count) {
		int order = compare(&a, &b);

		if (order < 0)
			report(d, HRD_REMOVED, &a.rule, NULL);
		else if (order > 0)
			report(d, HRD_ADDED, NULL, &b.rule);
		else
			report_both(d, &a, &b);
		if (order <= 0)
			advance(d, &a);
		if (order >= 0)
			advance(d, &b);
	}
}

void
hrd_diff(struct hrd_diff *d)
{
	memset(d->counts, 0, sizeof(d->counts));
	for (int trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		diff_trigger(d, trigger);
}
