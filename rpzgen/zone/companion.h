/* SPDX-License-Identifier: BSD-3-Clause */
/* The companion zone: the rules that a module of Unbound cannot enforce, because it is not asked
 * when an answer comes from the cache, for the resolver's own "rpz:".
 *
 * It holds every client-IP rule, PASSTHRU too (the longest prefix decides, so a block without its
 * exceptions would block them), and the NSDNAME and NSIP rules but TCP-ONLY, which crashes Unbound
 * before 1.19. Unbound's reading of wildcards has holes (rpzgen/rules/holes.h), so those of
 * NSDNAME are closed, unless the policy keeps them.
 *
 * One thread; everything is borrowed for the call. */
#ifndef HRD_RPZGEN_ZONE_COMPANION_H
#define HRD_RPZGEN_ZONE_COMPANION_H

#include <stdio.h>

#include "lib/base/status.h"
#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/rules/combine.h"

/* Writes the companion of a sealed set; what is left out is reported as warnings in the `files` of
 * the rules. HRD_EIO (errno), HRD_ENOMEM. */
HRD_MUST_USE int hrd_companion_write(FILE *out, const struct hrd_ruleset *set,
    const struct hrd_policy_info *info, struct hrd_diag *diag, const struct hrd_combined *files);

#endif
