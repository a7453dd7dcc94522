/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks for names in sealed rule sets. */
#include <config.h>

#include "rpzgen/rules/find.h"

bool
hrd_action_blocks(enum hrd_action action)
{
	return action != HRD_ACTION_NONE && action != HRD_ACTION_STOP &&
	       action != HRD_ACTION_OBSERVE && action != HRD_ACTION_PASSTHRU;
}

size_t
hrd_rules_seek(const struct hrd_ruleset *set, enum hrd_trigger trigger, const struct hrd_name *name)
{
	size_t low = 0, high = hrd_rules_count_of(set, trigger);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct hrd_rule rule;

		hrd_rules_get(set, trigger, middle, &rule);
		if (hrd_name_cmp(&rule.name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
hrd_rules_of(const struct hrd_ruleset *set, enum hrd_trigger trigger, const struct hrd_name *name,
    bool wildcard, size_t *index)
{
	size_t count = hrd_rules_count_of(set, trigger);

	for (size_t i = hrd_rules_seek(set, trigger, name); i < count; i++) {
		struct hrd_rule rule;

		hrd_rules_get(set, trigger, i, &rule);
		if (hrd_name_cmp(&rule.name, name) != 0)
			return false;
		if (rule.wildcard == wildcard) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool
acting(const struct hrd_ruleset *set, enum hrd_trigger trigger, const struct hrd_name *name,
    bool wildcard, size_t *index)
{
	return hrd_rules_of(set, trigger, name, wildcard, index) &&
	       hrd_rules_action(set, trigger, *index) != HRD_ACTION_OBSERVE;
}

bool
hrd_rules_deciding(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_name *name, size_t *index)
{
	struct hrd_name_ancestors above;

	if (acting(set, trigger, name, false, index))
		return true;
	hrd_name_ancestors(&above, name);
	for (unsigned labels = above.labels; labels-- > 0;) {
		struct hrd_name ancestor;

		hrd_name_nth_ancestor(&ancestor, name, &above, labels);
		if (acting(set, trigger, &ancestor, true, index))
			return true;
	}
	return false;
}
