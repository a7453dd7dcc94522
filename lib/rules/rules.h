/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule set in memory: what every notation (inventory, zone, image) is converted from and to.
 *
 * One rule = trigger + action + rule id. The set is filled in any order, sealed once (sorted,
 * conflicts found), then read by index in canonical order: by trigger in the order of enum
 * hrd_trigger, by name (RFC 4034 6.1) or prefix, the exact rule of a name before its wildcard.
 *
 * Memory: names are kept as keys, one after the other; at most HRD_RULES_MAX rules. What is given
 * to a set is copied. A set belongs to one thread until it is sealed; a sealed set may be read by
 * many. */
#ifndef HRD_LIB_RULES_RULES_H
#define HRD_LIB_RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/action.h"
#include "lib/name/name.h"
#include "lib/name/prefix.h"

struct hrd_ruleset;

/* What explains a rule. Strings are NUL-terminated UTF-8 without control characters, or "" where
 * there is nothing to say; the set copies them. Equal texts are stored once. */
struct hrd_meta {
	const char *rule_id;  /* "" = derived: policy id ':' owner (hrd_rule_id()) */
	const char *entity;   /* entity id */
	const char *relation; /* relation of the entity: self, parent, ... */
	const char *service;  /* service id */
	const char *basis;    /* basis id */
	const char *ede;      /* short text for EDE EXTRA-TEXT, e.g. the basis' short title */
	/* for events; images of format version 1 have none of them */
	const char *category;    /* kind of service: web-app, api, ... */
	const char *description; /* what the name is for: the service's title */
	const char *reference;   /* permalink of the basis */
};

/* One record of local data: type and class-IN RDATA in uncompressed wire form. */
struct hrd_rr {
	uint16_t type;
	uint16_t rdlen; /* octets */
	uint32_t ttl;   /* seconds */
	const uint8_t *rdata;
};

struct hrd_rule {
	enum hrd_trigger trigger;
	bool wildcard;            /* "*." in front of name; names only */
	struct hrd_name name;     /* base name, without "*."; QNAME and NSDNAME */
	struct hrd_prefix prefix; /* the IP triggers */
	enum hrd_action action;
	uint32_t meta; /* from hrd_rules_meta(); 0 = none */
	uint64_t line; /* where it came from, for diagnostics; 0 = unknown */
};

struct hrd_ruleset *hrd_rules_new(void);      /* NULL when out of memory */
void hrd_rules_free(struct hrd_ruleset *set); /* NULL-safe */

/* Stores metadata and gives its index; 0 when all texts are "". HRD_ENOMEM; HRD_ELIMIT: a text
 * over HRD_META_TEXT_MAX octets; HRD_EINVAL: no UTF-8, or control characters. */
HRD_MUST_USE int hrd_rules_meta(
    struct hrd_ruleset *set, const struct hrd_meta *meta, uint32_t *index);

/* Whether a name ends with one of the labels of hrd_trigger_label(): as a QNAME it would be a rule
 * of another class. */
bool hrd_rules_is_trigger_owner(const struct hrd_name *name);

/* Adds a rule. For HRD_ACTION_LOCAL_DATA each record is added by a call of its own with the same
 * owner; rr must be NULL for the other actions. Names in RDATA are lower-cased.
 * HRD_ENOMEM, HRD_ELIMIT; HRD_ERANGE: a wildcard whose owner would be over 255 octets.
 * HRD_EINVAL: what no zone can say or no answer can carry, that is the root or a name that begins
 * with the label "*" without wildcard, a QNAME that ends with one of the labels of
 * hrd_trigger_label(), a prefix with host bits, wildcard or STOP, RDATA with a fault
 * (lib/name/rdata.h); and any rule after the set was sealed. */
HRD_MUST_USE int hrd_rules_add(
    struct hrd_ruleset *set, const struct hrd_rule *rule, const struct hrd_rr *rr);

/* Sorts and merges. Of several rules for one owner the first given one stays; the records of local
 * data with one owner become one rule, in canonical order (RFC 4034 6.3), with the lowest TTL of
 * their type, at most HRD_RRS_PER_OWNER_MAX. Each rule or record that is left out is given to
 * `clash` (may be NULL) with the rule that stays. HRD_OK; HRD_EEXIST when one was no plain
 * duplicate (the set is sealed and usable all the same). HRD_ENOMEM, HRD_ELIMIT: the set may only
 * be freed. */
enum hrd_clash {
	HRD_CLASH_DUPLICATE, /* same action, or same record */
	HRD_CLASH_ACTION,    /* another action for the trigger */
	HRD_CLASH_CNAME,     /* data beside a CNAME, or two CNAMEs */
	HRD_CLASH_SURPLUS,   /* a record over the limit of an owner */
};
typedef void hrd_rules_clash_fn(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other);
HRD_MUST_USE int hrd_rules_seal(struct hrd_ruleset *set, hrd_rules_clash_fn *clash, void *ctx);

/* After seal: number of rules in all / of one trigger, and the i-th rule of a trigger. Here and
 * below i is less than their number. */
size_t hrd_rules_count(const struct hrd_ruleset *set);
size_t hrd_rules_count_of(const struct hrd_ruleset *set, enum hrd_trigger trigger);
void hrd_rules_get(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, struct hrd_rule *out);

/* True when the i-th rule of a trigger has the name of the one before. */
bool hrd_rules_same_name(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i);

/* hrd_rules_get() where *out holds the rule before (for i = 0 anything): makes each name once. */
void hrd_rules_get_next(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, struct hrd_rule *out);

/* The action of the i-th rule of a trigger, which is all of it that counting needs. */
enum hrd_action hrd_rules_action(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i);

/* Records of the i-th rule of a trigger (0 unless local data), valid until hrd_rules_free(). */
size_t hrd_rules_rr_count(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i);
void hrd_rules_rr(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, size_t n,
    struct hrd_rr *out);

/* Metadata by index; all "" for index 0. Valid until hrd_rules_free(). */
void hrd_rules_meta_get(const struct hrd_ruleset *set, uint32_t index, struct hrd_meta *out);

#endif
