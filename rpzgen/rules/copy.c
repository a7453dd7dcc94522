/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of rule sets. */
#include <config.h>

#include "rpzgen/rules/copy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

void
hrd_meta_map_clear(struct hrd_meta_map *map)
{
	free(map->to);
	map->to = NULL;
	map->room = 0;
}

static int
map_grow(struct hrd_meta_map *map, size_t index)
{
	size_t room = map->room;
	uint32_t *to = hrd_array_reserve(map->to, &room, index + 1, sizeof(*to));

	if (to == NULL)
		return HRD_ENOMEM;
	memset(to + map->room, 0, (room - map->room) * sizeof(*to));
	map->to = to;
	map->room = room;
	return HRD_OK;
}

/* The index in `to` of metadata that has `index` in its source. */
static int
map_meta(struct hrd_meta_map *map, struct hrd_ruleset *to, uint32_t index,
    const struct hrd_meta *meta, uint32_t *out)
{
	int status = HRD_OK;

	*out = 0;
	if (index == 0)
		return HRD_OK;
	if (map_grow(map, index) != HRD_OK)
		return HRD_ENOMEM;
	if (map->to[index] == 0)
		status = hrd_rules_meta(to, meta, &map->to[index]);
	*out = map->to[index];
	return status;
}

int
hrd_rules_copy_as(struct hrd_ruleset *to, const struct hrd_ruleset *from, enum hrd_trigger trigger,
    size_t i, const struct hrd_rule *rule, struct hrd_meta_map *map)
{
	size_t records = hrd_rules_rr_count(from, trigger, i);
	struct hrd_rule copy = *rule;
	struct hrd_meta meta;
	struct hrd_rr rr;
	int status;

	hrd_rules_meta_get(from, rule->meta, &meta);
	status = map_meta(map, to, rule->meta, &meta, &copy.meta);
	if (status == HRD_OK && copy.action != HRD_ACTION_LOCAL_DATA)
		return hrd_rules_add(to, &copy, NULL);
	for (size_t n = 0; n < records && status == HRD_OK; n++) {
		hrd_rules_rr(from, trigger, i, n, &rr);
		status = hrd_rules_add(to, &copy, &rr);
	}
	return status;
}

int
hrd_rules_copy(struct hrd_ruleset *to, const struct hrd_ruleset *from, hrd_rules_keep_fn *keep,
    void *ctx, struct hrd_meta_map *map)
{
	struct hrd_rule rule;
	int status = HRD_OK;
	size_t count;

	for (unsigned trigger = 0; trigger < HRD_TRIGGERS; trigger++) {
		count = hrd_rules_count_of(from, trigger);
		for (size_t i = 0; i < count && status == HRD_OK; i++) {
			if (keep != NULL && !keep(ctx, trigger, i))
				continue;
			hrd_rules_get(from, trigger, i, &rule);
			status = hrd_rules_copy_as(to, from, trigger, i, &rule, map);
		}
	}
	return status;
}

static int
add_match(struct hrd_ruleset *set, const struct hrd_policy *policy, const struct hrd_name *name,
    const struct hrd_match *match, struct hrd_meta_map *map)
{
	struct hrd_rule rule = { .trigger = match->trigger,
		.wildcard = match->wildcard,
		.name = *name,
		.prefix = match->prefix,
		.action = match->action };
	struct hrd_meta meta;
	struct hrd_rr rr;
	int status;

	hrd_policy_meta(policy, match->meta, &meta);
	status = map_meta(map, set, match->meta, &meta, &rule.meta);
	if (status == HRD_OK && rule.action != HRD_ACTION_LOCAL_DATA)
		return hrd_rules_add(set, &rule, NULL);
	for (size_t n = 0; status == HRD_OK && hrd_policy_rr(policy, match->data, n, &rr); n++)
		status = hrd_rules_add(set, &rule, &rr);
	return status;
}

static bool
is_asked_for(enum hrd_action action, unsigned kinds)
{
	if (action == HRD_ACTION_OBSERVE)
		return (kinds & HRD_RULES_OBSERVED) != 0;
	return action != HRD_ACTION_STOP || (kinds & HRD_RULES_STOPS) != 0;
}

int
hrd_rules_from_policy(const struct hrd_policy *policy, unsigned kinds, struct hrd_ruleset **out)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_meta_map map = { NULL, 0 };
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name = { .len = 0 };
	int status = set == NULL ? HRD_ENOMEM : HRD_OK;

	hrd_policy_walk_init(&walk, policy);
	while (status == HRD_OK && hrd_policy_walk_next(&walk, &name, &match)) {
		if (is_asked_for(match.action, kinds))
			status = add_match(set, policy, &name, &match, &map);
	}
	if (status == HRD_OK)
		status = hrd_rules_seal(set, NULL, NULL);
	hrd_meta_map_clear(&map);
	if (status != HRD_OK) {
		hrd_rules_free(set);
		set = NULL;
	}
	*out = set;
	return status;
}
