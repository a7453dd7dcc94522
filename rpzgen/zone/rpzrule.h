/* SPDX-License-Identifier: BSD-3-Clause */
/* How RPZ writes a rule as a record (draft-vixie-dnsop-dns-rpz sections 3 and 4): the owner below
 * the apex is the trigger, the target of a CNAME the action. Pure functions. */
#ifndef HRD_RPZGEN_ZONE_RPZRULE_H
#define HRD_RPZGEN_ZONE_RPZRULE_H

#include "lib/base/status.h"
#include "lib/name/action.h"
#include "lib/name/name.h"
#include "lib/rules/rules.h"

/* Reads an owner relative to the apex, root label at its end, into trigger, wildcard, name and
 * prefix of *rule. HRD_EINVAL: *why is a static text. */
HRD_MUST_USE int hrd_rpz_trigger(
    const struct hrd_name *owner, struct hrd_rule *rule, const char **why);

/* The action that a CNAME to target stands for: local data when it is none of the special ones.
 * HRD_EINVAL: the target is reserved (its last label starts with "rpz-") and stands for nothing. */
HRD_MUST_USE int hrd_rpz_action(const struct hrd_name *target, enum hrd_action *action);

#endif
