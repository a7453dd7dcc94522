/* SPDX-License-Identifier: BSD-3-Clause */
/* What the resolvers that load response policy zones cannot express, rule by rule.
 *
 * A resolver may lose the whole zone over one record, apply it to more names than are meant, or
 * pass over it in silence. Pure functions. */
#ifndef HRD_RPZGEN_ZONE_CONSUMER_H
#define HRD_RPZGEN_ZONE_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "lib/rules/rules.h"

enum hrd_consumer {
	HRD_FOR_UNBOUND,
	HRD_FOR_BIND,
	HRD_FOR_RECURSOR,
	HRD_FOR_KNOT5,
	HRD_FOR_KNOT6,
	HRD_CONSUMERS,
};

/* "unbound", "bind", ...; NULL past the last one. The inverse gives -1 for an unknown word. */
const char *hrd_consumer_word(unsigned consumer);
int hrd_consumer_from_word(const char *word);

/* True for a wildcard of query names whose alias leads to a name that the same rule decides: then
 * that name leads to itself. *target: where it leads. The set is sealed and without holes. */
bool hrd_rule_covers_target(const struct hrd_ruleset *set, size_t i, struct hrd_name *target);

/* Whether the i-th rule of a trigger may stay in a zone for the consumer.  *why: a static text that
 * says what happens to the rule there, NULL where it is taken as it is meant; also set for a rule
 * that stays and acts a little otherwise.  apex: of that zone. The set is sealed and without
 * holes. Rules that do not act are in no zone. */
bool hrd_consumer_takes(enum hrd_consumer consumer, const struct hrd_ruleset *set,
    enum hrd_trigger trigger, size_t i, const struct hrd_name *apex, const char **why);

#endif
