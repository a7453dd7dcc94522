/* SPDX-License-Identifier: BSD-3-Clause */
/* What changed between two sealed rule sets, in canonical order. Pure but for report(), which the
 * calling thread runs: both sets must be sealed and are only read. */
#ifndef HRD_RPZGEN_RULES_DIFF_H
#define HRD_RPZGEN_RULES_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rules/rules.h"

enum hrd_rule_change { HRD_ADDED, HRD_REMOVED, HRD_CHANGED };

struct hrd_diff {
	const struct hrd_ruleset *before, *after; /* sealed; borrowed, as what report() is given */
	bool observe; /* observe rules and STOP entries count; not where one side is a zone, which
		       * has none */
	bool meta;    /* metadata counts; not where one side is a zone, which has none */
	/* Without meta: the lines from which on rules are of feeds, 0 for none. Metadata counts
	 * where the rule of a feed comes from another service, that is, feed. */
	uint64_t feeds_before, feeds_after;
	/* HRD_ADDED: before is NULL; HRD_REMOVED: after is. Both are valid during the call. */
	void (*report)(void *ctx, enum hrd_rule_change change, const struct hrd_rule *before,
	    const struct hrd_rule *after);
	void *ctx;
	bool records_differ; /* during the call, of HRD_CHANGED: the records are others */
	bool meta_counts;    /* likewise: the metadata may be other, and counts */
	uint64_t counts[3];  /* set: by enum hrd_rule_change */
};

/* Reports every difference in trigger, owner, action, records or metadata. Allocates nothing and
 * cannot fail; linear in the rules of both. One thread. */
void hrd_diff(struct hrd_diff *diff);

#endif
