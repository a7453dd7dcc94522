/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes: names that a listed wildcard was meant to cover and that some resolvers let through,
 * because the zone has an owner at or below them.
 *
 * With *.evil.example and a.b.evil.example listed, b.evil.example exists (an empty non-terminal),
 * so by RFC 4592 the wildcard covers neither it nor anything below it: BIND lets them through,
 * Unbound does for some. This engine, PowerDNS and Knot Resolver go by the closest ancestor that
 * has a wildcard and know no holes. A zone without holes is read in the same way by all.
 *
 * A hole is a name of that kind that lacks a rule of its own, a wildcard of its own, or both. Names
 * with a label "*" are not looked at.
 *
 * Any thread: the set must be sealed and is only read. What is found is the caller's. */
#ifndef HRD_RPZGEN_RULES_HOLES_H
#define HRD_RPZGEN_RULES_HOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/rules/rules.h"

struct hrd_hole {
	enum hrd_trigger trigger;
	struct hrd_name name;
	bool exact;    /* the name itself gets through */
	bool wildcard; /* what is below it and not listed gets through */
	size_t covers; /* the wildcard rule that was meant: index within the trigger */
	size_t before; /* the first rule behind what would fill it, likewise */
	bool inner;    /* a hole above it has let it through already */
};

struct hrd_hole_list;

/* Finds the holes of a sealed set, in canonical order. STOP entries count as rules,
 * observe rules do not. HRD_ENOMEM. */
HRD_MUST_USE int hrd_holes_find(const struct hrd_ruleset *set, struct hrd_hole_list **out);
void hrd_holes_free(struct hrd_hole_list *holes); /* NULL-safe */
size_t hrd_holes_count(const struct hrd_hole_list *holes);

/* The next hole at the cursor, 0 at first. */
bool hrd_holes_next(const struct hrd_hole_list *holes, size_t *cursor, struct hrd_hole *hole);

/* One line a hole: name, what gets through ("name", "below", "name+below"), the wildcard that was
 * meant. */
void hrd_holes_print(const struct hrd_hole_list *holes, const struct hrd_ruleset *set, FILE *out);

/* Closes holes: *out is the set with the rules that were meant, so that every resolver agrees with
 * this engine. Keeps holes: *out is the set with STOP entries, so that this engine agrees with RFC
 * 4592.  `set` is that in which the holes were found; *out is sealed and the caller's. HRD_ENOMEM,
 * HRD_ELIMIT. */
HRD_MUST_USE int hrd_holes_close(
    const struct hrd_hole_list *holes, const struct hrd_ruleset *set, struct hrd_ruleset **out);
HRD_MUST_USE int hrd_holes_keep(
    const struct hrd_hole_list *holes, const struct hrd_ruleset *set, struct hrd_ruleset **out);

#endif
