/* SPDX-License-Identifier: BSD-3-Clause */
/* Names that a source of rules exempts from itself, and what the other sources say of them.
 *
 * A list that blocks a subtree may exempt a name below it. In one set of rules such a name needs a
 * rule of its own: what the other sources mean for it, else PASSTHRU. Fill, seal, show every rule
 * before it goes into the set, then ask for the rules that are missing. One thread. */
#ifndef HRD_RPZGEN_LIST_EXEMPT_H
#define HRD_RPZGEN_LIST_EXEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"
#include "rpzgen/list/listline.h"

/* Sources are feeds by their number, or one of these. */
enum { HRD_SOURCE_OWN = -1, HRD_SOURCE_EVERY_FEED = -2 };

struct hrd_exempt {
	struct hrd_name name;
	int source;
	bool exact, below; /* the name, what is below it */
	/* What was shown: */
	bool needed;                   /* its source covers it by a wildcard above */
	bool other_exact, other_below; /* another source has a rule with that owner */
	unsigned other_labels;         /* of the deepest wildcard of another source above, + 1 */
	enum hrd_action other_action;  /* of that */
};

struct hrd_exempt_list {
	struct hrd_exempt *all;
	size_t count, space;
	bool sealed;
};

/* Adds a name. HRD_ENOMEM. A list starts zeroed and belongs to the caller: hrd_exempt_clear(). */
HRD_MUST_USE int hrd_exempt_add(struct hrd_exempt_list *list, int source,
    const struct hrd_name *name, enum hrd_list_reach reach);
void hrd_exempt_seal(struct hrd_exempt_list *list);
void hrd_exempt_clear(struct hrd_exempt_list *list);

/* Shows a rule of a source. True when the source exempts what the rule is for: leave it out. */
bool hrd_exempt_takes(struct hrd_exempt_list *list, int source, const struct hrd_rule *rule);

/* The rules that the n-th exemption needs in a set of all that was shown: at most two, exact and
 * wildcard. Gives how many. */
unsigned hrd_exempt_rules(const struct hrd_exempt_list *list, size_t n, struct hrd_rule rules[2]);

#endif
