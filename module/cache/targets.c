/* SPDX-License-Identifier: BSD-3-Clause */
/* What is listed newly: the names of two policies, side by side in canonical order. */
#include <config.h>

#include "module/cache/targets.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, NAMES_A_LOOK = 4096 };

/* The exact names of one policy's query-name rules. */
struct names {
	struct hrd_policy_walk walk;
	struct hrd_name name;
	bool more;
};

struct comparison {
	const struct hrd_layers *before, *after;
	hrd_targets_stop_fn *stop;
	void *ctx;
	struct hrd_targets *found;
	size_t room;
	size_t steps;
	bool failed;
};

static void
advance(struct names *names)
{
	struct hrd_match match;

	do {
		names->more = hrd_policy_walk_next(&names->walk, &names->name, &match) &&
			      match.trigger <= HRD_TRIGGER_QNAME;
	} while (names->more && (match.trigger != HRD_TRIGGER_QNAME || match.wildcard));
}

static void
begin(struct names *names, const struct hrd_policy *policy)
{
	names->more = false;
	if (policy == NULL)
		return;
	hrd_policy_walk_init(&names->walk, policy);
	advance(names);
}

static bool
listed(const struct hrd_layers *layers, const struct hrd_name *name)
{
	struct hrd_verdict verdict;

	hrd_verdict_init(&verdict);
	return hrd_decide_query(layers, NULL, name->wire, name->len, &verdict) &&
	       hrd_verdict_acts(&verdict);
}

static bool
make_room(struct comparison *comparison)
{
	size_t room = comparison->room ? 2 * comparison->room : FIRST_ROOM;
	struct hrd_targets *found;

	if (comparison->found != NULL && comparison->found->count < comparison->room)
		return true;
	if (comparison->room >= HRD_TARGETS_MAX)
		return false;
	found = realloc(comparison->found, sizeof(*found) + room * sizeof(found->names[0]));
	if (found == NULL)
		return false;
	if (comparison->found == NULL)
		found->count = 0;
	comparison->found = found;
	comparison->room = room;
	return true;
}

static void
add(struct comparison *comparison, const struct hrd_name *name)
{
	if (!listed(comparison->after, name) || listed(comparison->before, name))
		return;
	if (!make_room(comparison))
		comparison->failed = true;
	else
		comparison->found->names[comparison->found->count++] = *name;
}

static void
compare(
    struct comparison *comparison, const struct hrd_policy *former, const struct hrd_policy *policy)
{
	struct names old, new;

	begin(&old, former);
	begin(&new, policy);
	while (new.more && !comparison->failed) {
		int order = old.more ? hrd_name_cmp(&old.name, &new.name) : 1;

		if (++comparison->steps % NAMES_A_LOOK == 0)
			comparison->failed = comparison->stop(comparison->ctx);
		if (order > 0)
			add(comparison, &new.name);
		if (order <= 0)
			advance(&old);
		if (order >= 0)
			advance(&new);
	}
}

/* The policy of that id before; *same when it is the very same. */
static const struct hrd_policy *
find_former(const struct hrd_layers *before, const struct hrd_layer *layer, bool *same)
{
	for (size_t i = 0; i < before->count; i++) {
		*same = before->layer[i].policy == layer->policy;
		if (*same || strcmp(before->layer[i].info->id, layer->info->id) == 0)
			return before->layer[i].policy;
	}
	*same = false;
	return NULL;
}

struct hrd_targets *
hrd_targets_new(const struct hrd_layers *before, const struct hrd_layers *after,
    hrd_targets_stop_fn *stop, void *ctx)
{
	struct comparison comparison = {
		.before = before, .after = after, .stop = stop, .ctx = ctx
	};

	for (size_t i = 0; i < after->count && !comparison.failed; i++) {
		bool same;
		const struct hrd_policy *former = find_former(before, &after->layer[i], &same);

		if (!same &&
		    after->layer[i].info->rules[HRD_TRIGGER_QNAME] <= HRD_TARGETS_RULES_MAX)
			compare(&comparison, former, after->layer[i].policy);
	}
	if (!comparison.failed)
		return comparison.found;
	free(comparison.found);
	return NULL;
}
