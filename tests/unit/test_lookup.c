/* SPDX-License-Identifier: BSD-3-Clause */
/* Look-ups and walks of built images against the naive model, over random and adversarial rule
 * sets.
 *
 * HRADBA_LOOKUPS sets the number of look-ups ("make check-long" takes 10^8; with sanitizers the
 * default is a tenth), HRADBA_SEED the first rule set. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/policy.h"
#include "tests/unit/check.h"
#include "tests/rule_model.h"

static unsigned long long
setting(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

static const struct hrd_policy_info *
test_info(void)
{
	static struct hrd_policy_info info = { .id = "test", .title = "", .publisher = "" };

	assert_int_equal(hrd_name_from_text(&info.apex, "rpz.example", 11), HRD_OK);
	info.mname = info.rname = info.apex;
	return &info;
}

static struct hrd_policy *
policy_of(const struct hrd_ruleset *set)
{
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	uint8_t *image;
	size_t len;
	int status;

	assert_int_equal(hrd_policy_build(set, test_info(), &image, &len), HRD_OK);
	status = hrd_policy_open(image, len, true, 0, &policy, &fault);
	if (status != HRD_OK)
		fail_msg("%s at %llu: %s", fault.section, (unsigned long long)fault.offset,
		    fault.reason);
	return policy;
}

/* The answer must be the rule of the model: same action, depth, metadata and records. */
static void
assert_same_rule(const struct hrd_policy *policy, const struct hrd_rule *rule, bool found,
    const struct hrd_match *match)
{
	struct hrd_meta meta;
	struct hrd_rr rr;
	char id[24];

	if (rule == NULL || rule->action == HRD_ACTION_STOP) {
		assert_false(found);
		return;
	}
	assert_true(found);
	assert_int_equal(match->trigger, rule->trigger);
	assert_int_equal(match->action, rule->action);
	assert_int_equal(match->wildcard, rule->wildcard);
	if (rule->name.len > 0)
		assert_int_equal(match->labels, rule_model_labels(rule->name.wire));
	else
		assert_int_equal(hrd_prefix_cmp(&match->prefix, &rule->prefix), 0);
	hrd_policy_meta(policy, match->meta, &meta);
	snprintf(id, sizeof(id), "id-%u", (unsigned)rule->line);
	if (meta.rule_id[0] != '\0')
		assert_string_equal(meta.rule_id, id);
	if (rule->action == HRD_ACTION_LOCAL_DATA) {
		assert_true(hrd_policy_rr(policy, match->data, 0, &rr));
		assert_int_equal(rr.rdata[0] << 8 | rr.rdata[1], rule->line);
		assert_false(hrd_policy_rr(policy, match->data, RULE_MODEL_RECORDS, &rr));
	}
}

static void
upper_case(struct hrd_name *name, struct rng *rng)
{
	for (size_t i = 0; name->wire[i] != 0; i += name->wire[i] + 1u) {
		for (size_t j = i + 1; j <= i + name->wire[i]; j++) {
			uint8_t c = name->wire[j];

			if (c >= 'a' && c <= 'z' && rng_below(rng, 2) == 0)
				name->wire[j] = (uint8_t)(c - 32);
		}
	}
}

static void
ask_name(const struct hrd_policy *policy, const struct rule_model *model, struct rng *rng,
    enum shape shape)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_QNAME, HRD_TRIGGER_QNAME,
		HRD_TRIGGER_NSDNAME };
	enum hrd_trigger trigger = triggers[rng_below(rng, 3)];
	const struct hrd_rule *rule;
	struct hrd_match match;
	struct hrd_name name;
	bool found;

	rule_model_question(model, rng, shape, &name);
	rule = rule_model_find(model, trigger, &name);
	if (rng_below(rng, 4) == 0)
		upper_case(&name, rng);
	found = hrd_policy_find(policy, trigger, name.wire, name.len, &match);
	assert_same_rule(policy, rule, found, &match);
}

static void
ask_address(const struct hrd_policy *policy, const struct rule_model *model, struct rng *rng)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_CLIENT_IP, HRD_TRIGGER_RESPONSE_IP,
		HRD_TRIGGER_NSIP };
	enum hrd_trigger trigger = triggers[rng_below(rng, 3)];
	struct hrd_match match;
	struct hrd_prefix addr;
	bool found;

	rule_model_address(model, rng, &addr);
	found = hrd_policy_find_addr(policy, trigger, &addr, &match);
	assert_same_rule(policy, rule_model_find_addr(model, trigger, &addr), found, &match);
}

/* The walk gives the rules of the set, in its order. */
static void
assert_walk(const struct hrd_policy *policy, const struct hrd_ruleset *set)
{
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name;

	hrd_policy_walk_init(&walk, policy);
	for (int t = 0; t < HRD_TRIGGERS; t++) {
		size_t n = hrd_rules_count_of(set, (enum hrd_trigger)t);

		for (size_t i = 0; i < n; i++) {
			struct hrd_rule rule;

			hrd_rules_get(set, (enum hrd_trigger)t, i, &rule);
			assert_true(hrd_policy_walk_next(&walk, &name, &match));
			assert_int_equal(match.trigger, t);
			assert_int_equal(match.action, rule.action);
			assert_int_equal(match.wildcard, rule.wildcard);
			if (t == HRD_TRIGGER_QNAME || t == HRD_TRIGGER_NSDNAME) {
				assert_int_equal(name.len, rule.name.len);
				assert_memory_equal(name.wire, rule.name.wire, name.len);
				assert_int_equal(match.labels, rule_model_labels(name.wire));
			} else {
				assert_int_equal(hrd_prefix_cmp(&match.prefix, &rule.prefix), 0);
			}
		}
	}
	assert_false(hrd_policy_walk_next(&walk, &name, &match));
	assert_false(hrd_policy_walk_next(&walk, &name, &match));
}

static void
lookups_and_walks_agree_with_the_model(void **state)
{
	static struct rule_model model;
	const char *sanitizers = getenv("SANITIZERS");
	bool slow = sanitizers != NULL && *sanitizers != '\0';
	unsigned long long lookups = setting("HRADBA_LOOKUPS", slow ? 100000 : 1000000);
	unsigned long long done = 0, sets = 0;
	unsigned long long seed = setting("HRADBA_SEED", 1);

	(void)state;
	while (done < lookups) {
		struct rng rng = { .state = seed + sets };
		enum shape shape = (enum shape)(sets % SHAPES);
		size_t count = 1 + rng_below(&rng, sets % 97 == 96 ? RULE_MODEL_RULES_MAX : 60);
		struct hrd_ruleset *set;
		struct hrd_policy *policy;

		rule_model_random(&model, &rng, shape, count);
		if (model.count == 0) {
			sets++;
			continue;
		}
		set = rule_model_rules(&model, &rng);
		assert_non_null(set);
		assert_int_equal(hrd_rules_count(set), model.count);
		policy = policy_of(set);
		assert_walk(policy, set);
		for (int i = 0; i < 2000; i++, done += 2) {
			ask_name(policy, &model, &rng, shape);
			ask_address(policy, &model, &rng);
		}
		hrd_policy_free(policy);
		hrd_rules_free(set);
		sets++;
	}
	printf("# %llu look-ups in %llu rule sets, first seed %llu\n", done, sets, seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_and_walks_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
