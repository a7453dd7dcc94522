/* SPDX-License-Identifier: BSD-3-Clause */
/* What a new generation enforces less, or otherwise, than the one before: the mode, groups of
 * clients, exempted names. Pure but for memory. */
#ifndef HRD_MODULE_GENERATION_CHANGES_H
#define HRD_MODULE_GENERATION_CHANGES_H

#include "module/generation/generation.h"

enum hrd_change_kind {
	HRD_CHANGE_ADDED,
	HRD_CHANGE_CHANGED, /* another mode, end, owner, reason, address or policy */
	HRD_CHANGE_REMOVED, /* it is in the file no more */
	HRD_CHANGE_ENDED,   /* its end has come */
	HRD_CHANGE_RESUMED, /* its end is ahead again: the clock went back */
};

enum hrd_change_subject { HRD_CHANGE_MODE, HRD_CHANGE_GROUP, HRD_CHANGE_NAME };

/* Texts are those of the generations, or of the caller's stack. */
struct hrd_change {
	enum hrd_change_subject subject;
	enum hrd_change_kind kind;             /* of the mode: never ADDED or REMOVED */
	const char *name;                      /* of the group, or the name; "" for the mode */
	bool exact;                            /* of a name: not what is below it */
	enum hrd_mode before, after;           /* of the mode; of a group: `after` alone */
	const struct hrd_exemption *exemption; /* owner, reason and end; of a mode: of `after`, or
						* of the one that ended */
};

/* Takes a change, which is good during the call. */
typedef void hrd_change_fn(void *ctx, const struct hrd_change *change);

/* Calls back with each change. before: NULL at a start, then only a mode other than enforce is a
 * change. Who answers for such a mode, and its end, are changes too. HRD_ENOMEM: not all were
 * found. */
HRD_MUST_USE int hrd_changes_find(const struct hrd_generation *before,
    const struct hrd_generation *after, hrd_change_fn *each, void *ctx);

/* Says each in the log, with who answers for it and why; of very many the first ones and how many
 * more there are. */
void hrd_changes_log(const struct hrd_generation *before, const struct hrd_generation *after);

#endif
