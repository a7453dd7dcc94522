/* SPDX-License-Identifier: BSD-3-Clause */
/* A signed zone as its consumers read it: the rules in it, and the look at one that was just
 * written before anybody else gets it. One thread; nothing is kept of what is given. */
#ifndef HRD_RPZGEN_SIGN_CHECK_H
#define HRD_RPZGEN_SIGN_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/sign/records.h"
#include "rpzgen/sign/zonekey.h"
#include "rpzgen/zone/rules.h"

/* The rules of a zone that was verified, from its records. The caller's; NULL after a report. */
struct hrd_ruleset *hrd_zonedata_rules(const struct hrd_zonedata *zone,
    const struct hrd_zone_reading *how, struct hrd_zone_head *head);

/* What a zone that was written must be. */
struct hrd_signed_zone {
	const char *file;              /* for reports */
	const struct hrd_dnskey *keys; /* that signed */
	size_t key_count;
	uint64_t now;               /* seconds since the epoch, within the signatures' time */
	const uint8_t *rule_digest; /* of what was to be signed: HRD_RULE_DIGEST_LEN octets */
	struct hrd_diag *diag;
	struct hrd_progress *progress;
};

/* Reads a signed zone back: DNSKEY, NSEC chain, one signature of each key, the ZONEMD digest of the
 * octets that were written, and the rules. False after a report. */
bool hrd_signed_zone_check(FILE *stream, const struct hrd_signed_zone *meant);

#endif
