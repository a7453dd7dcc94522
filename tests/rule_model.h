/* SPDX-License-Identifier: BSD-3-Clause */
/* Random rule sets, and a naive model that says which rule applies: one look at every rule, label
 * by label, sharing no code with the library. */
#ifndef HRD_TESTS_RULE_MODEL_H
#define HRD_TESTS_RULE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "tests/names.h"

enum { RULE_MODEL_RULES_MAX = 4096, RULE_MODEL_RECORDS = 3 };

/* Rules without two for one owner; the index of a rule is its `line`. */
struct rule_model {
	size_t count;
	struct hrd_rule rules[RULE_MODEL_RULES_MAX];
};

/* Fills the model with up to `count` rules of the name triggers and the prefix triggers. */
void rule_model_random(struct rule_model *model, struct rng *rng, enum shape shape, size_t count);

/* A name to ask for: often one of the rules' names, or near one. */
void rule_model_question(
    const struct rule_model *model, struct rng *rng, enum shape shape, struct hrd_name *name);
void rule_model_address(const struct rule_model *model, struct rng *rng, struct hrd_prefix *addr);

/* The rule that applies, or NULL. A STOP entry applies and means none: the caller looks. */
const struct hrd_rule *rule_model_find(
    const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_name *name);
const struct hrd_rule *rule_model_find_addr(
    const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_prefix *addr);

/* Adds the rules to a set, in random order, each with a rule id of its own in every third set, and
 * seals it. */
struct hrd_ruleset *rule_model_rules(const struct rule_model *model, struct rng *rng);

/* Labels of a name, counted by the model. */
unsigned rule_model_labels(const uint8_t *wire);

#endif
