/* SPDX-License-Identifier: BSD-3-Clause */
/* Exemptions of single sources of rules. */
#include <config.h>

#include "rpzgen/list/exempt.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

int
hrd_exempt_add(struct hrd_exempt_list *list, int source, const struct hrd_name *name,
    enum hrd_list_reach reach)
{
	struct hrd_exempt *all =
	    hrd_array_reserve(list->all, &list->space, list->count + 1, sizeof(*all));

	if (all == NULL)
		return HRD_ENOMEM;
	list->all = all;
	list->all[list->count++] = (struct hrd_exempt){ .name = *name,
		.source = source,
		.exact = reach != HRD_REACH_BELOW,
		.below = reach != HRD_REACH_EXACT };
	return HRD_OK;
}

static int
by_name(const void *left, const void *right)
{
	const struct hrd_exempt *a = left, *b = right;
	int order = hrd_name_cmp(&a->name, &b->name);

	return order != 0 ? order : a->source - b->source;
}

/* One entry for a name of a source. */
void
hrd_exempt_seal(struct hrd_exempt_list *list)
{
	size_t kept = 0;

	list->sealed = true;
	if (list->count == 0)
		return;
	qsort(list->all, list->count, sizeof(*list->all), by_name);
	for (size_t i = 1; i < list->count; i++) {
		struct hrd_exempt *last = &list->all[kept];

		if (by_name(last, &list->all[i]) != 0) {
			list->all[++kept] = list->all[i];
			continue;
		}
		last->exact |= list->all[i].exact;
		last->below |= list->all[i].below;
	}
	list->count = kept + 1;
}

void
hrd_exempt_clear(struct hrd_exempt_list *list)
{
	free(list->all);
	*list = (struct hrd_exempt_list){ 0 };
}

/* The first entry whose name is not before the name. */
static size_t
seek(const struct hrd_exempt_list *list, const struct hrd_name *name)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hrd_name_cmp(&list->all[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_of(const struct hrd_exempt *e, int source)
{
	return e->source == source || (e->source == HRD_SOURCE_EVERY_FEED && source >= 0);
}

/* Whether the source exempts the name as such (below: what is below it), by an entry at this very
 * name. */
static bool
is_at(const struct hrd_exempt_list *list, int source, const struct hrd_name *name, bool below)
{
	for (size_t i = seek(list, name); i < list->count; i++) {
		const struct hrd_exempt *e = &list->all[i];

		if (hrd_name_cmp(&e->name, name) != 0)
			return false;
		if (is_of(e, source) && (below ? e->below : e->exact))
			return true;
	}
	return false;
}

static bool
is_exempt(const struct hrd_exempt_list *list, int source, const struct hrd_name *name, bool below)
{
	struct hrd_name_ancestors of;

	if (is_at(list, source, name, below))
		return true;
	hrd_name_ancestors(&of, name);
	for (unsigned labels = of.labels; labels-- > 0;) {
		struct hrd_name above;

		hrd_name_nth_ancestor(&above, name, &of, labels);
		if (is_at(list, source, &above, true))
			return true;
	}
	return false;
}

/* What a rule of a source means for an exempted name at or below its base name. */
static void
note(const struct hrd_exempt_list *list, struct hrd_exempt *e, int source,
    const struct hrd_rule *rule, bool same)
{
	unsigned labels = hrd_name_labels(&rule->name) + 1;

	if (is_of(e, source)) {
		e->needed |= rule->wildcard && !same;
		return;
	}
	if (rule->action == HRD_ACTION_OBSERVE)
		return;
	if (same && !is_exempt(list, source, &e->name, rule->wildcard)) {
		e->other_exact |= !rule->wildcard;
		e->other_below |= rule->wildcard;
	} else if (!same && rule->wildcard && labels > e->other_labels &&
		   !is_exempt(list, source, &e->name, false)) {
		e->other_labels = labels;
		e->other_action = rule->action;
	}
}

bool
hrd_exempt_takes(struct hrd_exempt_list *list, int source, const struct hrd_rule *rule)
{
	if (list->count == 0 || rule->trigger != HRD_TRIGGER_QNAME)
		return false;
	if (is_exempt(list, source, &rule->name, rule->wildcard))
		return true;
	for (size_t i = seek(list, &rule->name); i < list->count; i++) {
		struct hrd_exempt *e = &list->all[i];
		bool same = hrd_name_cmp(&e->name, &rule->name) == 0;

		if (!same && (!rule->wildcard || !hrd_name_is_at_or_below(&e->name, &rule->name)))
			break;
		note(list, e, source, rule, same);
	}
	return false;
}

unsigned
hrd_exempt_rules(const struct hrd_exempt_list *list, size_t n, struct hrd_rule rules[2])
{
	const struct hrd_exempt *e = &list->all[n];
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .name = e->name };
	unsigned count = 0;

	rule.action = e->other_labels > 0 ? e->other_action : HRD_ACTION_PASSTHRU;
	/* Records of others cannot be repeated here; then the name stays as its source has it. */
	if (!e->needed || rule.action == HRD_ACTION_LOCAL_DATA)
		return 0;
	if (e->exact && !e->other_exact)
		rules[count++] = rule;
	rule.wildcard = true;
	if (e->below && !e->other_below)
		rules[count++] = rule;
	return count;
}
