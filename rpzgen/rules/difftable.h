/* SPDX-License-Identifier: BSD-3-Clause */
/* Differences of rule sets as rows for people: the rule of a name and its wildcard are one row
 * where the same becomes of both; and so is what is the same for several profiles, or on several
 * days that follow one another. One thread. */
#ifndef HRD_RPZGEN_RULES_DIFFTABLE_H
#define HRD_RPZGEN_RULES_DIFFTABLE_H

#include "lib/rules/intern.h"
#include "rpzgen/rules/diff.h"

enum { HRD_DIFF_DETAIL_MAX = 5120, HRD_DIFF_ROWS_MAX = 1000000 };

/* To the last day that is looked at. */
#define HRD_DIFF_NO_END UINT32_MAX

struct hrd_diff_row {
	enum hrd_rule_change change;
	struct hrd_rule
	    rule;     /* of the side after, where it has one; not the wildcard of a subtree */
	bool subtree; /* its wildcard too */
	enum hrd_action before, after; /* HRD_ACTION_NONE: no rule on that side */
	const char *entity;            /* "" where the side does not say */
	const char *basis;             /* likewise; of several profiles "a, b" */
	const char *detail; /* what is other beside the action: "entity a -> b; records"; or "" */
	/* Of a table: the days by number, the first on which it is so and the first on which it is
	 * not any more; and the profiles by number, ascending. */
	uint32_t since, until;
	const uint32_t *profiles;
	size_t profile_count;
};

/* The row and its texts are good until the call returns. */
typedef void hrd_diff_row_fn(void *ctx, const struct hrd_diff_row *row);

/* Gives every difference of one pair, in canonical order. Of *diff the caller sets before, after,
 * observe, meta and feeds; the counts are set, of rules. Allocates nothing and cannot fail. */
void hrd_diff_each_row(struct hrd_diff *diff, hrd_diff_row_fn *each, void *ctx);

struct hrd_diff_cell; /* a row of one profile */

/* Zero to begin with. */
struct hrd_difftable {
	struct hrd_diff_cell *cells;
	size_t count, room;
	uint32_t *members; /* profiles of the cells, once they are in order */
	size_t *open, *next;
	size_t open_count, open_room, next_count, next_room, passed;
	struct hrd_intern texts;
	uint32_t profile, day;
	bool lasting;
	int status;
};

/* Adds the differences of a pair on a day. Profiles and days are given in ascending order, and of a
 * profile every day. lasting: a difference that was there on the day before is the same row; else
 * each is one of its own. HRD_ENOMEM; HRD_ELIMIT: more than HRD_DIFF_ROWS_MAX rows. */
HRD_MUST_USE int hrd_difftable_add(struct hrd_difftable *table, struct hrd_diff *diff,
    uint32_t profile, uint32_t day, bool lasting);

/* Gives every row, by name, as often as it is asked to; nothing can be added then. HRD_ENOMEM. */
HRD_MUST_USE int hrd_difftable_report(
    struct hrd_difftable *table, hrd_diff_row_fn *each, void *ctx);

/* Zeroed it holds nothing. */
void hrd_difftable_clear(struct hrd_difftable *table);

#endif
