/* SPDX-License-Identifier: BSD-3-Clause */
/* Any notation of rules as a rule set: inventory, zone, image, or the manifest of a build (then its
 * image).
 *
 * What a file is its octets decide, not its name.
 *
 * One thread. A source owns all that it has until hrd_source_clear(). False after a report. */
#ifndef HRD_RPZGEN_POLICY_SOURCE_H
#define HRD_RPZGEN_POLICY_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/rules/facts.h"

enum hrd_source_kind { HRD_SOURCE_INVENTORY, HRD_SOURCE_ZONE, HRD_SOURCE_IMAGE };

struct hrd_source {
	enum hrd_source_kind kind;
	struct hrd_ruleset *rules;  /* sealed; with STOP entries */
	struct hrd_fact_list facts; /* of the policy as a whole */
	/* Inventories only: */
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	struct hrd_scope scope;
};

struct hrd_source_options {
	const char *profile;
	int32_t date;
	const struct hrd_name *origin; /* of zones; NULL: they say it */
	bool quiet;
};

/* False after a report. The caller clears *out in either case. */
bool hrd_source_read(struct hrd_source *out, const char *path,
    const struct hrd_source_options *options, struct hrd_diag *diag);

/* Derives the rules of an inventory that was read anew, for another profile and day. Where it has
 * no profile of that id there are none. False after a report. */
bool hrd_source_derive(
    struct hrd_source *source, const char *profile, int32_t date, struct hrd_diag *diag);

/* Zeroed it holds nothing. */
void hrd_source_clear(struct hrd_source *source);

#endif
