/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts that derive rules share: private to the room. One thread;
 * everything lives for one derivation. */
#ifndef HRD_RPZGEN_POLICY_DERIVER_H
#define HRD_RPZGEN_POLICY_DERIVER_H

#include "rpzgen/policy/derive.h"
#include "rpzgen/list/exempt.h"
#include "rpzgen/rules/nameset.h"

struct hrd_deriver {
	const struct hrd_scope *scope;
	struct hrd_diag *diag;
	struct hrd_guard *guard; /* of lines of feeds */
	struct hrd_ruleset *rules;
	struct hrd_exempt_list exemptions;
	/* Overrides that block a name which nothing in force lists: they stand where a feed has it,
	 * before its rule. Values: struct hrd_override. */
	struct hrd_nameset waiting;
	uint8_t *put; /* one an override of the profile: its rules that a feed has called for */
	int status;
	bool observing;         /* only what observes is added now: what acts goes first */
	bool again;             /* a feed was refused, and its last good body is in its place */
	bool review;            /* report lines of feeds that change nothing */
	uint64_t reported_line; /* the last of them */
};

/* Adds a rule of a feed unless it exempts it, behind what overrides say instead. As
 * hrd_rules_add(). */
HRD_MUST_USE int hrd_deriver_add(
    struct hrd_deriver *d, size_t feed, const struct hrd_rule *rule, const struct hrd_rr *rr);

/* Adds a rule of an item of the inventory, whose line it gets. An owner that no rule can have is
 * reported; other errors are in d->status. */
void hrd_deriver_add_own(
    struct hrd_deriver *d, const struct hrd_item *item, const struct hrd_rule *rule);

/* Adds the basis to metadata of rules, as hrd_rules_meta(); 0 after an error, which d->status has.
 */
uint32_t hrd_deriver_meta(struct hrd_deriver *d, struct hrd_meta meta);

/* Octets of the owner in the zone, and the report of one over 255; the check of an item's. */
unsigned hrd_deriver_owner_octets(
    const struct hrd_deriver *d, const struct hrd_name *name, bool wildcard);
void hrd_deriver_report_owner(struct hrd_deriver *d, struct hrd_position place, unsigned octets);
void hrd_deriver_check_owner(
    struct hrd_deriver *d, const struct hrd_item *item, const struct hrd_name *name, bool wildcard);

/* The line of a rule of a feed. */
uint64_t hrd_deriver_feed_line(const struct hrd_scope *scope, size_t feed, uint64_t line);

/* Collects what feeds, their allow lists and overrides exempt; before any rule is added. */
void hrd_deriver_exempt(struct hrd_deriver *d);

/* The rules of all feeds that are in force, and those that their exemptions need. */
void hrd_deriver_feeds(struct hrd_deriver *d);

/* Fills d->waiting, before anything is exempted or added. HRD_ENOMEM in d->status. */
void hrd_deriver_find_waiting(struct hrd_deriver *d);

/* The rules of all other overrides. */
void hrd_deriver_overrides(struct hrd_deriver *d);

/* Adds what waiting overrides say of names that a rule of a feed covers; before that rule. */
void hrd_deriver_put_waiting(struct hrd_deriver *d, const struct hrd_rule *rule);

/* Warns of overrides that wait in vain, after the last feed. */
void hrd_deriver_report_waiting(struct hrd_deriver *d);

#endif
