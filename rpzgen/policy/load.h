/* SPDX-License-Identifier: BSD-3-Clause */
/* Any notation of rules as a rule set: inventory, zone, image, or the manifest of a build (then its
 * image).
 *
 * What a file is, is told from its octets.  */
#ifndef HRD_RPZGEN_POLICY_LOAD_H
#define HRD_RPZGEN_POLICY_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"

enum hrd_load_kind { HRD_LOAD_INVENTORY, HRD_LOAD_ZONE, HRD_LOAD_IMAGE };

struct hrd_loaded {
	enum hrd_load_kind kind;
	struct hrd_rules *rules; /* sealed */
	/* Inventories only: */
	struct hrd_inventory *inventory;
	struct hrd_feeds feeds;
	struct hrd_scope scope;
};

struct hrd_load_options {
	const char *profile;
	int32_t date;
	bool quiet;
};

/* False after a report.  The caller clears *out in either case. */
bool hrd_load(struct hrd_loaded *out, const char *path, const struct hrd_load_options *options,
    struct hrd_diag *diag);
void hrd_loaded_clear(struct hrd_loaded *loaded);

#endif
