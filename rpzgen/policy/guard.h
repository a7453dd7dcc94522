/* SPDX-License-Identifier: BSD-3-Clause */
/* Guards: what must never be published by mistake, checked on the rules and again on the octets
 * that go out.
 *
 * Each guard has a stable id (doc/diagnostics.md). Exceptions (guard, name, owner, reason, expiry)
 * of an inventory, or of the manifest that has them for consumers, lift a guard until their last
 * day; guard-root, guard-never and guard-shared cannot be lifted. A caller that refuses gives
 * HRD_ERROR, one that only reports (compile of somebody else's zone) HRD_WARNING.
 *
 * One thread. Scope and diagnostics are borrowed until hrd_guard_clear(); what is found is
 * reported, never returned. */
#ifndef HRD_RPZGEN_POLICY_GUARD_H
#define HRD_RPZGEN_POLICY_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/base/psl.h"
#include "rpzgen/rules/combine.h"
#include "rpzgen/rules/nameset.h"
#include "rpzgen/list/listline.h"

enum {
	HRD_GUARD_GROWTH_PERCENT = 25, /* more rules than that and than ... */
	HRD_GUARD_GROWTH_RULES = 20,   /* ... this many are refused */
	HRD_GUARD_SHRINK_PERCENT = 10,
	HRD_GUARD_SHRINK_RULES = 5,
	HRD_GUARD_IPV4_BITS = 16, /* an address rule must not be wider */
	HRD_GUARD_IPV6_BITS = 32,
	HRD_GUARD_NOTICE_DAYS = 30, /* an exception is warned about so long before its end */
};

/* What becomes of what the guards find in somebody else's rules. */
enum hrd_guard_effect { HRD_GUARDS_WARN, HRD_GUARDS_REFUSE };

/* Lists of names beside the inventory's. */
enum hrd_guard_list_kind {
	HRD_GUARD_LIST_KNOWN,   /* popular names that the program knows */
	HRD_GUARD_LIST_POPULAR, /* further ones */
	HRD_GUARD_LIST_NEVER,
	HRD_GUARD_LIST_RESOLVE,
	HRD_GUARD_LISTS,
};

struct hrd_guard_list {
	struct hrd_name *names;
	bool *below; /* "*." was in front of the name */
	size_t count;
};

struct hrd_guard {
	struct hrd_diag *diag;
	enum hrd_severity severity;
	const char *file;                    /* place of the rules, by hrd_rule.line */
	const struct hrd_combined *combined; /* files instead; set after hrd_guard_init(), or NULL
					      */
	const struct hrd_scope *scope;       /* inventory, profile and day; NULL: a foreign zone */
	/* A foreign set has the exceptions of its manifest, on this day; NULL: none. */
	const struct hrd_manifest *granted;
	int32_t day;
	struct hrd_psl *psl;
	struct hrd_nameset popular;      /* values: NULL */
	struct hrd_nameset never;        /* of inventory and file; values: struct hrd_never */
	struct hrd_nameset shared;       /* likewise */
	struct hrd_nameset must_resolve; /* values: NULL */
	struct hrd_nameset vouched; /* popular names that the inventory's evidence answers for */
	struct hrd_guard_list lists[HRD_GUARD_LISTS];
	struct hrd_never *never_of_file; /* one a name of that list */
	struct hrd_name reported;        /* the rule that was reported last for a popular name */
	uint64_t suffix_line;            /* the rule that was reported last as a public suffix */
	uint8_t *used;                   /* one flag an exception: it lifted something */
	bool compared;                   /* with what was published of this profile before */
	bool nomem;
};

/* Files with one name a line, "#" begins a comment; each may be NULL. */
struct hrd_guard_files {
	const char *popular;      /* further names that very many people need */
	const char *never;        /* names that no rule may be or cover; "*.name": nor lie below */
	const char *must_resolve; /* names that no rule may block; "*.name": nor what is below */
};

/* Loads the lists; files may be NULL. False after a report. Must be cleared in either case. */
bool hrd_guard_init(struct hrd_guard *guard, struct hrd_diag *diag, enum hrd_severity severity,
    const char *file, const struct hrd_scope *scope, const struct hrd_guard_files *files);
void hrd_guard_clear(struct hrd_guard *guard);

/* The rules themselves, of all triggers: root, public suffixes, never list, shared hosts, popular
 * names, wide address rules, blocked clients, name servers of many, redirections, nothing at all.
 * Rules out of feeds of the inventory were judged by hrd_guard_line(). */
void hrd_guard_rules(struct hrd_guard *guard, const struct hrd_ruleset *rules);

enum { HRD_GUARD_WHY_MAX = 320 };

/* One line of a feed, before it becomes a rule: the id of the guard that refuses it, with the
 * reason in why, or NULL. reach: what it means of the rule's name; rr: its data, or NULL. */
const char *hrd_guard_line(struct hrd_guard *guard, const struct hrd_rule *rule,
    enum hrd_list_reach reach, const struct hrd_rr *rr, char why[HRD_GUARD_WHY_MAX]);

/* Growth, shrinkage and lost domains against the last published manifest. */
void hrd_guard_change(
    struct hrd_guard *guard, const struct hrd_manifest *previous, const struct hrd_manifest *next);

/* The image as it will be published: every listed and known name decided as meant, every never,
 * shared and popular name let through. */
void hrd_guard_image(struct hrd_guard *guard, const struct hrd_policy *policy);

/* Exceptions that are about to end, have ended, or lift nothing. Call after the rules were judged;
 * the image needs none that they do not. */
void hrd_guard_exceptions(struct hrd_guard *guard);

/* Writes into the manifest what lifts guards on the day of the scope, so that consumers judge as
 * the publisher did: the exceptions, and the popular names that evidence answers for, until the
 * manifest ends. Call after the rules were judged. False after a report. */
bool hrd_guard_grant(struct hrd_guard *guard, struct hrd_manifest *manifest);

/* Reports granted exceptions that are past their end, where something was refused. */
void hrd_guard_report_ended(const struct hrd_guard *guard);

#endif
