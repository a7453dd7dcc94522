/* SPDX-License-Identifier: BSD-3-Clause */
/* Random rule sets, and a naive model that says which rule applies: one look at every rule, label
 * by label, sharing no code with the library. */
#ifndef HRD_TESTS_UNIT_MODEL_H
#define HRD_TESTS_UNIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rules/rules.h"

/* A small generator of our own: the same numbers on every machine. With data it gives these octets
 * first (a fuzzer decides), one for a bound up to 256. */
struct rng {
	uint64_t state;
	const uint8_t *data;
	size_t len;
};
uint32_t rng_next(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t bound); /* 0..bound-1; bound > 0 */

enum { MODEL_RULES_MAX = 4096, MODEL_RECORDS = 3 };

/* Kinds of rule sets. */
enum shape {
	SHAPE_SMALL,  /* few labels of few octets: many relations between names */
	SHAPE_DEEP,   /* chains of up to 127 labels */
	SHAPE_LONG,   /* labels of up to 63 octets, names of up to 255 */
	SHAPE_OCTETS, /* any octet, 00, 01, dots and upper case among them */
	SHAPE_REAL,   /* as names look in lists */
	SHAPES,
};

/* Rules without two for one owner; the index of a rule is its `line`. */
struct model {
	size_t count;
	struct hrd_rule rules[MODEL_RULES_MAX];
};

/* Fills the model with up to `count` rules of the name triggers and the prefix triggers. */
void model_random(struct model *model, struct rng *rng, enum shape shape, size_t count);

/* A name to ask for: often one of the rules' names, or near one. */
void model_question(
    const struct model *model, struct rng *rng, enum shape shape, struct hrd_name *name);
void model_address(const struct model *model, struct rng *rng, struct hrd_prefix *addr);

/* The rule that applies, or NULL. A STOP entry applies and means none: the caller looks. */
const struct hrd_rule *model_find(
    const struct model *model, enum hrd_trigger trigger, const struct hrd_name *name);
const struct hrd_rule *model_find_addr(
    const struct model *model, enum hrd_trigger trigger, const struct hrd_prefix *addr);

/* Adds the rules to a set, in random order, each with a rule id of its own in every third set, and
 * seals it. */
struct hrd_rules *model_rules(const struct model *model, struct rng *rng);

/* Labels of a name, counted by the model. */
unsigned model_labels(const uint8_t *wire);

#endif
