/* SPDX-License-Identifier: BSD-3-Clause */
/* Rule sets: the octets choose the rules and the questions; the image built from them must agree
 * with the naive model on every answer and give the rules back in order. */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/require.h"
#include "lib/policy/policy.h"
#include "tests/rule_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
compare(const struct hrd_rule *rule, bool found, const struct hrd_match *match)
{
	if (rule == NULL || rule->action == HRD_ACTION_STOP) {
		require(!found, "found, but no rule applies");
		return;
	}
	require(found, "not found, but a rule applies");
	require(match->action == rule->action && match->wildcard == rule->wildcard,
	    "another rule than that of the model");
	if (rule->name.len > 0)
		require(match->labels == rule_model_labels(rule->name.wire), "another depth");
	else
		require(hrd_prefix_cmp(&match->prefix, &rule->prefix) == 0, "another prefix");
}

static void
ask(const struct hrd_policy *policy, const struct rule_model *model, struct rng *rng,
    enum shape shape)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_QNAME, HRD_TRIGGER_NSDNAME,
		HRD_TRIGGER_CLIENT_IP, HRD_TRIGGER_RESPONSE_IP, HRD_TRIGGER_NSIP };
	enum hrd_trigger trigger = triggers[rng_below(rng, 5)];
	struct hrd_match match;
	struct hrd_prefix addr;
	struct hrd_name name;
	bool found;

	if (trigger == HRD_TRIGGER_QNAME || trigger == HRD_TRIGGER_NSDNAME) {
		rule_model_question(model, rng, shape, &name);
		found = hrd_policy_find(policy, trigger, name.wire, name.len, &match);
		compare(rule_model_find(model, trigger, &name), found, &match);
	} else {
		rule_model_address(model, rng, &addr);
		found = hrd_policy_find_addr(policy, trigger, &addr, &match);
		compare(rule_model_find_addr(model, trigger, &addr), found, &match);
	}
}

static void
walk(const struct hrd_policy *policy, const struct hrd_ruleset *set)
{
	struct hrd_policy_walk state;
	struct hrd_match match;
	struct hrd_name name;
	struct hrd_rule rule;

	hrd_policy_walk_init(&state, policy);
	for (int t = 0; t < HRD_TRIGGERS; t++) {
		for (size_t i = 0; i < hrd_rules_count_of(set, (enum hrd_trigger)t); i++) {
			hrd_rules_get(set, (enum hrd_trigger)t, i, &rule);
			require(hrd_policy_walk_next(&state, &name, &match), "walk ends early");
			require(match.trigger == rule.trigger && match.action == rule.action &&
				    match.wildcard == rule.wildcard,
			    "walk gives another rule");
			if (t == HRD_TRIGGER_QNAME || t == HRD_TRIGGER_NSDNAME)
				require(hrd_name_cmp(&name, &rule.name) == 0,
				    "walk gives another name");
			else
				require(hrd_prefix_cmp(&match.prefix, &rule.prefix) == 0,
				    "walk gives another prefix");
		}
	}
	require(!hrd_policy_walk_next(&state, &name, &match), "walk goes on");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct rule_model model;
	struct rng rng = { .data = data, .len = len };
	enum shape shape = (enum shape)rng_below(&rng, SHAPE_HOSTS + 1);
	struct hrd_policy_info info = { .id = "fuzz", .title = "", .publisher = "" };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	struct hrd_ruleset *set;
	uint8_t *image;
	size_t image_len;

	rule_model_random(&model, &rng, shape, 1 + rng_below(&rng, 32));
	if (model.count == 0)
		return 0;
	set = rule_model_rules(&model, &rng);
	require(set != NULL, "rules not taken");
	info.apex.len = info.mname.len = info.rname.len = 1;
	require(hrd_policy_build(set, &info, &image, &image_len) == HRD_OK, "not built");
	require(
	    hrd_policy_open(image, image_len, true, HRD_OPEN_NO_DIGEST, &policy, &fault) == HRD_OK,
	    "not opened");
	walk(policy, set);
	for (int i = 0; i < 16; i++)
		ask(policy, &model, &rng, shape);
	hrd_policy_free(policy);
	hrd_rules_free(set);
	return 0;
}
