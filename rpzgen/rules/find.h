/* SPDX-License-Identifier: BSD-3-Clause */
/* Names looked for in a sealed rule set, as an image or a resolver would find them. Logarithmic
 * time; pure functions. */
#ifndef HRD_RPZGEN_RULES_FIND_H
#define HRD_RPZGEN_RULES_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "lib/rules/rules.h"

/* True for an action that takes a name's answer away or changes it. */
bool hrd_action_blocks(enum hrd_action action);

/* Index of the first rule of the name trigger whose base name is not before the name. */
size_t hrd_rules_seek(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, const struct hrd_name *name);

/* The exact rule of a name, or its wildcard. */
bool hrd_rules_of(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_name *name, bool wildcard, size_t *index);

/* The rule that decides about a name: its exact one, else the wildcard of the closest ancestor that
 * has one. Observe rules decide nothing. */
bool hrd_rules_deciding(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_name *name, size_t *index);

#endif
