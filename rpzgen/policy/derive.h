/* SPDX-License-Identifier: BSD-3-Clause */
/* From an inventory, a profile and a day to rules: what happens to each listed name, and why. One
 * thread; a scope may be read by several. */
#ifndef HRD_RPZGEN_POLICY_DERIVE_H
#define HRD_RPZGEN_POLICY_DERIVE_H

#include <stdint.h>

#include "lib/base/status.h"
#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/net/feeds.h"

struct hrd_guard;

/* Which rules are asked for. */
struct hrd_scope {
	const struct hrd_inventory *inventory;
	const struct hrd_profile *profile;
	const struct hrd_basis *basis;    /* of the profile */
	const struct hrd_feed_set *feeds; /* loaded, or NULL: none are taken in */
	int32_t date;                     /* days since 1970-01-01 */
	struct hrd_guard *guard;          /* of lines of feeds; NULL: one of its own */
	struct hrd_decided *decided;      /* each listed name, in the order of the inventory */
	size_t decided_count;
	char publisher[256]; /* name and contact, for the image */
};

/* Why a listed name has the action it has. */
enum hrd_decision_reason {
	HRD_BY_RULE,        /* a rule of the profile */
	HRD_BY_OVERRIDE,    /* an override of the profile */
	HRD_NO_RULE,        /* no rule of the profile takes its grade or relation */
	HRD_NOT_YET,        /* its first day is to come */
	HRD_EXPIRED,        /* its last day is past */
	HRD_ENTITY_NOT_YET, /* the same of its entity */
	HRD_ENTITY_EXPIRED,
	HRD_PROFILE_NOT_YET, /* the same of the profile or its basis */
	HRD_PROFILE_EXPIRED,
	HRD_GROUP_OFF, /* its relation is switched off */
	HRD_BAD_NAME,  /* the inventory is broken there */
};

struct hrd_decision {
	enum hrd_action action; /* HRD_ACTION_NONE: no rule */
	enum hrd_decision_reason reason;
	const struct hrd_override *override; /* HRD_BY_OVERRIDE */
};

/* A listed name, whose it is, and what becomes of it. */
struct hrd_decided {
	const struct hrd_listed *listed;
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	struct hrd_decision decision;
};

/* Finds the profile, NULL for the first of the inventory, and its basis, and decides about each
 * listed name, once. False after a report: there is none of that id, or no memory. Inventory and
 * feeds must outlive the scope; it is cleared whatever happened, and before it is made anew. */
bool hrd_scope_init(struct hrd_scope *scope, const struct hrd_inventory *inventory,
    const struct hrd_feed_set *feeds, const char *profile, int32_t date, struct hrd_diag *diag);

/* Zeroed it holds nothing. */
void hrd_scope_clear(struct hrd_scope *scope);

/* True when profile and basis are in force on the day. */
bool hrd_scope_is_live(const struct hrd_scope *scope);

/* True when the rules of a feed are taken in: the profile rests on the same basis, and both are in
 * force. */
bool hrd_scope_takes_feed(const struct hrd_scope *scope, const struct hrd_feed *feed);

/* True when an override is in force. */
bool hrd_override_is_live(const struct hrd_scope *scope, const struct hrd_override *override);

/* All rules in force, sealed and without holes; owned by the caller. Contradictions and owners
 * that would not fit below the apex are reported. NULL when out of memory. */
struct hrd_ruleset *hrd_derive(const struct hrd_scope *scope, struct hrd_diag *diag);

/* The same as inventory and feeds have them: sealed, with holes where there are some. review:
 * lines of feeds that change nothing, because the inventory or a line before says the same or more,
 * are warnings. NULL when out of memory. */
struct hrd_ruleset *hrd_derive_open(
    const struct hrd_scope *scope, bool review, struct hrd_diag *diag);

/* The place that is kept in hrd_rule.line of a derived rule. */
struct hrd_position hrd_scope_place(const struct hrd_scope *scope, uint64_t line);

/* The first such line that is of a feed. */
uint64_t hrd_feeds_first_line(const struct hrd_inventory *inventory);

/* True for such a line that is of a feed. */
bool hrd_scope_is_feed_line(const struct hrd_scope *scope, uint64_t line);

/* The header of image and zone; serial, created and not_after are left to the caller. */
void hrd_scope_info(struct hrd_scope *scope, struct hrd_policy_info *info);

#endif
