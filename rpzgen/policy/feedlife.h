/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of feeds from build to build: what a manifest remembers of each, and what that says of
 * the bodies of today.
 *
 * A list that has lost most of its lines, or has many times more than it ever had, is more often
 * the fault of its source than news; one that nobody could fetch for long says little of today. A
 * body that was fetched now gives way to the last good one, with a warning; where there is none,
 * the feed is an error, and what is published stays.
 *
 * One thread. Manifests and feeds are borrowed for the call. */
#ifndef HRD_RPZGEN_POLICY_FEEDLIFE_H
#define HRD_RPZGEN_POLICY_FEEDLIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/manifest.h"

enum {
	HRD_FEED_COLLAPSE_PERCENT = 50, /* fewer lines than that of the most lately, and ... */
	HRD_FEED_EXPLOSION_TIMES = 4,   /* ... more than so often the most lately, and ... */
	HRD_FEED_CHANGE_LINES = 20,     /* ... so many fewer or more, are refused */
};

struct hrd_feedlife {
	const struct hrd_scope *scope;
	struct hrd_feed_set *feeds;
	const struct hrd_manifest *previous; /* the last manifest, or NULL */
	uint64_t now;                        /* seconds since the epoch */
	uint64_t max_age_days;               /* of all feeds; 0: each has its own, or none */
	struct hrd_diag *diag;
	/* Whether the user takes a feed of any size, this once. */
	bool (*is_accepted)(void *ctx, const char *id);
	void *ctx;
};

/* Judges the sizes of feeds whose rules were derived. True when a last good body took the place of
 * a new one, so that the rules must be derived again. */
bool hrd_feedlife_judge_sizes(const struct hrd_feedlife *life);

/* Judges ages; what is too old is an error. */
void hrd_feedlife_judge_ages(const struct hrd_feedlife *life);

/* Writes down source, digest, time and counts of the feeds that were taken in, and how many lines
 * they had in builds before. False after a report: too many feeds. */
bool hrd_feedlife_describe(const struct hrd_feedlife *life, struct hrd_manifest *manifest);

/* The same judgement of ages for whoever has only the manifest, for example of what was pulled;
 * path is for reports. False after a report. */
bool hrd_feedlife_judge_manifest(const struct hrd_manifest *manifest, const char *path,
    uint64_t now, uint64_t max_age_days, struct hrd_diag *diag);

#endif
