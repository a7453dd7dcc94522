/* SPDX-License-Identifier: BSD-3-Clause */
/* The image that a new one would replace: a server that runs on it must not lose its rules to an
 * input that went wrong. One thread. */
#ifndef HRD_RPZGEN_RULES_REPLACED_H
#define HRD_RPZGEN_RULES_REPLACED_H

#include <stdbool.h>

#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"

/* More rules than that share and than this many gone are refused. */
enum { HRD_REPLACED_GONE_PERCENT = 50, HRD_REPLACED_GONE_RULES = 20 };

/* Whether the sealed set may take the place of the image at path; false after a report. What is no
 * image there, or nothing, may be replaced. info: of the set, with its rule digest. */
bool hrd_replaced_may_be(const char *path, const struct hrd_ruleset *set,
    const struct hrd_policy_info *info, struct hrd_diag *diag);

#endif
