/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of rule sets, with rules left out or added. Any thread: sealed sets are only read. The
 * copy is the caller's. */
#ifndef HRD_RPZGEN_RULES_COPY_H
#define HRD_RPZGEN_RULES_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"
#include "lib/policy/policy.h"
#include "lib/rules/rules.h"

/* Metadata of a source in a copy, by the source's index; zero to start with. */
struct hrd_meta_map {
	uint32_t *to; /* 0 = not copied yet */
	size_t room;
};

/* Zero again, and nothing held. */
void hrd_meta_map_clear(struct hrd_meta_map *map);

/* Adds the i-th rule of a trigger of `from` to `to`, as *rule says (trigger, name, action may
 * differ from the original), with the records and metadata of the original. HRD_ENOMEM,
 * HRD_ELIMIT. */
HRD_MUST_USE int hrd_rules_copy_as(struct hrd_ruleset *to, const struct hrd_ruleset *from,
    enum hrd_trigger trigger, size_t i, const struct hrd_rule *rule, struct hrd_meta_map *map);

/* True when the i-th rule goes into the copy. */
typedef bool hrd_rules_keep_fn(void *ctx, enum hrd_trigger trigger, size_t i);

/* Adds the rules of `from` that keep() picks (NULL: all) to `to`, which is not sealed. HRD_ENOMEM,
 * HRD_ELIMIT. */
HRD_MUST_USE int hrd_rules_copy(struct hrd_ruleset *to, const struct hrd_ruleset *from,
    hrd_rules_keep_fn *keep, void *ctx, struct hrd_meta_map *map);

enum hrd_rules_kinds {
	HRD_RULES_OBSERVED = 1, /* observe rules too */
	HRD_RULES_STOPS = 2,    /* STOP entries too */
};

/* The rules of an image that act as a sealed set, the caller's, and what else is asked for by enum
 * hrd_rules_kinds. HRD_ENOMEM; *out is NULL then. */
HRD_MUST_USE int hrd_rules_from_policy(
    const struct hrd_policy *policy, unsigned kinds, struct hrd_ruleset **out);

#endif
