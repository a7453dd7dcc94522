/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads zone text that was just made, and compares it with the rules that it was made of: what is
 * published must say what was meant, to the reader of others' zones as well. Any thread, one for
 * each diag; everything is borrowed for the call. */
#ifndef HRD_RPZGEN_ZONE_READBACK_H
#define HRD_RPZGEN_ZONE_READBACK_H

#include <stddef.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"

/* HRD_OK when the text holds the rules of the sealed set that act, with their records, in the order
 * of the set, and nothing else. HRD_ECORRUPT when not; records that cannot be read were reported
 * with `file`. HRD_ENOMEM. */
HRD_MUST_USE int hrd_readback(const struct hrd_ruleset *rules, const char *file, const char *data,
    size_t len, struct hrd_diag *diag);

#endif
