/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule set of a zone: the one reader behind compile, verify, diff and the check of what build
 * wrote. Any thread, one for each diag. */
#ifndef HRD_RPZGEN_ZONE_RULES_H
#define HRD_RPZGEN_ZONE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/zone/read.h"

struct hrd_zone_reading {
	const char *file; /* for reports */
	struct hrd_diag *diag;
	const struct hrd_name *origin;    /* the apex; NULL: the zone says it */
	struct hrd_progress *progress;    /* that was started, or NULL */
	const struct hrd_zone_head *part; /* of a zone that began elsewhere, or NULL */
	bool lenient; /* what is at fault is reported and left out; else it refuses the zone */
	bool strict; /* so does what BIND and Knot DNS load no zone with: no NS, one without address
		      */
};

/* Reads a zone to a sealed set, the caller's. head->faults counts what was left out. NULL after a
 * report. */
struct hrd_ruleset *hrd_zone_rules(
    FILE *stream, const struct hrd_zone_reading *how, struct hrd_zone_head *head);

/* The same from text, which is not changed. */
struct hrd_ruleset *hrd_zone_rules_text(
    const char *text, size_t len, const struct hrd_zone_reading *how, struct hrd_zone_head *head);

/* The same from records, which say their apex. */
struct hrd_ruleset *hrd_zone_rules_records(const struct hrd_record_source *records,
    const struct hrd_zone_reading *how, struct hrd_zone_head *head);

#endif
