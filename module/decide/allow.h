/* SPDX-License-Identifier: BSD-3-Clause */
/* The local allow list: what a site exempts from every policy, at once and without a publisher.
 *
 *   - name: ok.example          # and all below it
 *     owner: J. Doe             # who answers for it
 *     reason: ticket 1234
 *     until: 2026-12-31         # the last day; without it the exemption stays
 *   - name: www.example
 *     match: exact              # this name alone
 *
 * It becomes a policy of PASSTHRU rules, so that it is looked up as every other. */
#ifndef HRD_MODULE_DECIDE_ALLOW_H
#define HRD_MODULE_DECIDE_ALLOW_H

#include <stdint.h>

#include "lib/base/status.h"
#include "lib/policy/policy.h"
#include "module/decide/exemption.h"

#define HRD_ALLOW_ID "local-allow"

struct hrd_allow {
	struct hrd_policy *policy; /* NULL: no entry is in force */
	struct hrd_exemptions exemptions;
};

/* Reads the list as of a day. Faults, ended entries and entries without owner or reason are said.
 * HRD_EINVAL, HRD_EIO, HRD_ELIMIT, HRD_ENOMEM. */
HRD_MUST_USE int hrd_allow_read(const char *path, int32_t today, struct hrd_allow *out);

#endif
