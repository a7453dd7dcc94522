/* SPDX-License-Identifier: BSD-3-Clause */
/* Keeps and compares what is said of a policy as a whole. */
#include <config.h>

#include "rpzgen/rules/facts.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

void
hrd_fact_list_add(
    struct hrd_fact_list *facts, enum hrd_fact_group group, const char *key, const char *value)
{
	struct hrd_fact fact = { group, strdup(key), strdup(value) };
	struct hrd_fact *all =
	    hrd_array_reserve(facts->all, &facts->room, facts->count + 1, sizeof(*all));

	facts->all = all != NULL ? all : facts->all;
	if (all == NULL || fact.key == NULL || fact.value == NULL) {
		facts->nomem = true;
		free(fact.key);
		free(fact.value);
		return;
	}
	all[facts->count++] = fact;
}

static int
by_key(const struct hrd_fact *a, const struct hrd_fact *b)
{
	return a->group != b->group ? (int)a->group - (int)b->group : strcmp(a->key, b->key);
}

/* Facts of one key are compared in the order of their values. */
static int
by_value(const void *left, const void *right)
{
	const struct hrd_fact *a = left, *b = right;
	int order = by_key(a, b);

	return order != 0 ? order : strcmp(a->value, b->value);
}

static void
sort(struct hrd_fact_list *facts)
{
	if (facts->count > 0)
		qsort(facts->all, facts->count, sizeof(*facts->all), by_value);
}

void
hrd_fact_list_compare(
    struct hrd_fact_list *before, struct hrd_fact_list *after, hrd_fact_change_fn *each, void *ctx)
{
	size_t i = 0, j = 0;

	sort(before);
	sort(after);
	while (i < before->count || j < after->count) {
		const struct hrd_fact *a = i < before->count ? &before->all[i] : NULL;
		const struct hrd_fact *b = j < after->count ? &after->all[j] : NULL;

		if (b == NULL || (a != NULL && by_key(a, b) < 0)) {
			if (after->complete[a->group])
				each(ctx, a->key, a->value, NULL);
			i++;
		} else if (a == NULL || by_key(a, b) > 0) {
			if (before->complete[b->group])
				each(ctx, b->key, NULL, b->value);
			j++;
		} else {
			if (strcmp(a->value, b->value) != 0)
				each(ctx, a->key, a->value, b->value);
			i++;
			j++;
		}
	}
}

void
hrd_fact_list_clear(struct hrd_fact_list *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->all[i].key);
		free(facts->all[i].value);
	}
	free(facts->all);
	*facts = (struct hrd_fact_list){ .all = NULL };
}
