/* SPDX-License-Identifier: BSD-3-Clause */
/* Leaving out rules that change no answer. Their rule ids are lost, so this is done only on
 * request. Any thread: the set must be sealed and is only read. The result is the caller's. */
#ifndef HRD_RPZGEN_RULES_PRUNE_H
#define HRD_RPZGEN_RULES_PRUNE_H

#include <stddef.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"

/* *out: the rules of a sealed set without those that a wildcard above them, or a shorter prefix,
 * implies: same action, same records. It is sealed and the caller's; *dropped is how many are
 * missing. Only for the reading of wildcards that knows no holes (rpzgen/rules/holes.h).
 * HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_rules_prune(
    const struct hrd_ruleset *set, struct hrd_ruleset **out, size_t *dropped);

#endif
