/* SPDX-License-Identifier: BSD-3-Clause */
/* What changed between two sealed rule sets, in canonical order. */
#ifndef HRD_RPZGEN_RULES_DIFF_H
#define HRD_RPZGEN_RULES_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rules/rules.h"

enum hrd_change { HRD_ADDED, HRD_REMOVED, HRD_CHANGED };

struct hrd_diff {
	const struct hrd_rules *before, *after;
	bool observe; /* observe rules count; not where one side is a zone, which has none */
	/* Where a rule stands in neither side, its index is meaningless. */
	void (*tell)(void *ctx, enum hrd_change change, const struct hrd_rule *before,
	    const struct hrd_rule *after);
	void *ctx;
	uint64_t counts[3]; /* set: by enum hrd_change */
};

/* Tells every difference in trigger, owner, action or records; metadata alone is none. */
void hrd_diff(struct hrd_diff *diff);

#endif
