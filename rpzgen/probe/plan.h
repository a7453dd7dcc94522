/* SPDX-License-Identifier: BSD-3-Clause */
/* Which names are asked for: every rule by its name and by a random name below it, every known
 * name, the names that must resolve, and the policy's own name. One thread. */
#ifndef HRD_RPZGEN_PROBE_PLAN_H
#define HRD_RPZGEN_PROBE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/probe/verdict.h"

struct hrd_plan_entry {
	const struct hrd_name *name; /* NULL: that of the rule */
	uint32_t rule;               /* index among the rules by QNAME */
	uint8_t form;                /* enum hrd_probe_form */
	uint8_t action;              /* what is expected; PASSTHRU of names that are exempt */
	bool below;                  /* a wildcard decides */
};

struct hrd_plan {
	const struct hrd_ruleset *set;
	struct hrd_plan_entry *entries; /* controls and beacon first */
	size_t count, room;
	size_t free;   /* entries in front that are no rule's: controls, beacon */
	size_t names;  /* entries of rules before a sample was taken */
	uint64_t seed; /* of the random names, and of the sample */
};

/* Makes the plan of a sealed set; set, scope and the names are borrowed while it lives. controls
 * may be empty: then it is the root, which every resolver knows. beacon may be NULL. sample: how
 * many names of rules are taken, by chance; 0: all. False after a report, also when there is
 * nothing to ask for. */
struct hrd_plan_options {
	const struct hrd_scope *scope;
	const struct hrd_name *controls;
	size_t control_count;
	const struct hrd_name *beacon;
	size_t sample;
};
bool hrd_plan_make(struct hrd_plan *plan, const struct hrd_ruleset *set,
    const struct hrd_plan_options *options, struct hrd_diag *diag);
void hrd_plan_clear(struct hrd_plan *plan);

/* The name that an entry stands for: of a name below it, that which the server is asked for, always
 * the same. */
void hrd_plan_name(const struct hrd_plan *plan, size_t entry, size_t server, struct hrd_name *out);

/* The owner that a rule has in a zone ("*.listed.example"), or the name. */
void hrd_plan_text(const struct hrd_plan *plan, size_t entry, char text[HRD_NAME_TEXT_MAX + 2]);

/* True when the question is one of those about this entry. tls: the server is asked over TLS. */
bool hrd_plan_asks(
    const struct hrd_plan_entry *entry, const struct hrd_name *name, bool tls, unsigned variant);

#endif
