/* SPDX-License-Identifier: BSD-3-Clause */
/* Several rule sets as one: in order the first that decides does, for random sets and every name;
 * parts of a set make the set, in order and merged. */
#include <config.h>

#include "rpzgen/rules/combine.h"

#include <stdlib.h>

#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "rpzgen/rules/find.h"
#include "tests/names.h"
#include "tests/unit/check.h"

enum { TRIALS = 400, SETS = 3, RULES_MAX = 14, QUERIES = 150, OCTETS_MAX = 100 };

static const enum hrd_action actions[] = { HRD_ACTION_NXDOMAIN, HRD_ACTION_NODATA,
	HRD_ACTION_PASSTHRU };

/* A rule for a name, or for an address of a small network. */
static struct hrd_rule
random_rule(struct rng *rng)
{
	struct hrd_rule rule = { .action = actions[rng_below(rng, 3)], .line = 1 };
	uint8_t address[4] = { 192, 0, 2, (uint8_t)rng_below(rng, 8) };

	if (rng_below(rng, 4) > 0) {
		rule.trigger = HRD_TRIGGER_QNAME;
		rule.wildcard = rng_below(rng, 2) == 0;
		do
			names_random(rng, SHAPE_SMALL, OCTETS_MAX, &rule.name);
		while (hrd_name_labels(&rule.name) == 0);
		return rule;
	}
	rule.trigger = HRD_TRIGGER_RESPONSE_IP;
	assert_int_equal(hrd_prefix_from_addr(&rule.prefix, address, sizeof(address)), HRD_OK);
	hrd_prefix_shorten(&rule.prefix, 125 + rng_below(rng, 4));
	return rule;
}

static void
seal(struct hrd_ruleset *set)
{
	int status = hrd_rules_seal(set, NULL, NULL);

	assert_true(status == HRD_OK || status == HRD_EEXIST);
}

static struct hrd_ruleset *
random_set(struct rng *rng)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_non_null(set);
	for (uint32_t n = rng_below(rng, RULES_MAX); n > 0; n--) {
		struct hrd_rule rule = random_rule(rng);

		(void)!hrd_rules_add(set, &rule, NULL); /* some names can have none */
	}
	seal(set);
	return set;
}

static void
note_shadowed(void *ctx, size_t set, const struct hrd_rule *rule)
{
	assert_true(set > 0 && set < SETS && rule->line == 1);
	++*(size_t *)ctx;
}

static struct hrd_ruleset *
combined(struct hrd_ruleset *const *sets, size_t count, bool merge, size_t *shadowed)
{
	uint64_t ends[SETS];
	const struct hrd_combining how = { .sets = (const struct hrd_ruleset *const *)sets,
		.count = count,
		.merge = merge,
		.ends = ends,
		.ctx = shadowed,
		.shadowed = note_shadowed };
	struct hrd_ruleset *out;

	assert_int_equal(hrd_rules_combine(&how, &out), HRD_OK);
	return out;
}

/* What a set says of a name, or of an address, one prefix after the other; NONE = nothing. */
static enum hrd_action
of_name(const struct hrd_ruleset *set, const struct hrd_name *name)
{
	size_t index;

	return hrd_rules_deciding(set, HRD_TRIGGER_QNAME, name, &index)
		   ? hrd_rules_action(set, HRD_TRIGGER_QNAME, index)
		   : HRD_ACTION_NONE;
}

static enum hrd_action
of_address(const struct hrd_ruleset *set, const struct hrd_prefix *address)
{
	enum hrd_action action = HRD_ACTION_NONE;
	unsigned longest = 0;

	for (size_t i = 0; i < hrd_rules_count_of(set, HRD_TRIGGER_RESPONSE_IP); i++) {
		struct hrd_rule rule;

		hrd_rules_get(set, HRD_TRIGGER_RESPONSE_IP, i, &rule);
		if (hrd_prefix_covers(&rule.prefix, address) && rule.prefix.len >= longest) {
			longest = rule.prefix.len;
			action = rule.action;
		}
	}
	return action;
}

static void
judge(struct rng *rng, struct hrd_ruleset *const *sets, const struct hrd_ruleset *all)
{
	struct hrd_name name;
	uint8_t octets[4] = { 192, 0, 2, (uint8_t)rng_below(rng, 8) };
	struct hrd_prefix address;
	enum hrd_action wanted = HRD_ACTION_NONE, wanted_there = HRD_ACTION_NONE;

	names_random(rng, SHAPE_SMALL, OCTETS_MAX, &name);
	assert_int_equal(hrd_prefix_from_addr(&address, octets, sizeof(octets)), HRD_OK);
	for (size_t n = SETS; n-- > 0;) {
		enum hrd_action says = of_name(sets[n], &name);
		enum hrd_action says_there = of_address(sets[n], &address);

		wanted = says != HRD_ACTION_NONE ? says : wanted;
		wanted_there = says_there != HRD_ACTION_NONE ? says_there : wanted_there;
	}
	assert_int_equal(of_name(all, &name), wanted);
	assert_int_equal(of_address(all, &address), wanted_there);
}

TEST(the_first_set_that_decides_decides)
{
	struct rng rng = { .state = 22 };
	size_t shadowed = 0;

	for (int trial = 0; trial < TRIALS; trial++) {
		struct hrd_ruleset *sets[SETS], *all;

		for (size_t n = 0; n < SETS; n++)
			sets[n] = random_set(&rng);
		all = combined(sets, SETS, false, &shadowed);
		for (int n = 0; n < QUERIES; n++)
			judge(&rng, sets, all);
		hrd_rules_free(all);
		for (size_t n = 0; n < SETS; n++)
			hrd_rules_free(sets[n]);
	}
	assert_true(shadowed > TRIALS);
}

TEST(parts_of_a_set_make_the_set)
{
	uint8_t whole_digest[HRD_RULE_DIGEST_LEN], digest[HRD_RULE_DIGEST_LEN];
	struct rng rng = { .state = 7 };

	for (int trial = 0; trial < TRIALS; trial++) {
		struct hrd_ruleset *parts[SETS], *whole = hrd_rules_new();
		size_t shadowed = 0;

		for (size_t n = 0; n < SETS; n++)
			parts[n] = hrd_rules_new();
		for (int i = 0; i < RULES_MAX; i++) {
			struct hrd_rule rule = random_rule(&rng);

			rule.action = HRD_ACTION_NXDOMAIN;
			if (hrd_rules_add(whole, &rule, NULL) == HRD_OK)
				assert_int_equal(
				    hrd_rules_add(parts[rng_below(&rng, SETS)], &rule, NULL),
				    HRD_OK);
		}
		seal(whole);
		hrd_dump_digest(whole, whole_digest);
		for (size_t n = 0; n < SETS; n++)
			seal(parts[n]);
		for (int merge = 0; merge < 2; merge++) {
			struct hrd_ruleset *all = combined(parts, SETS, merge == 1, &shadowed);

			hrd_dump_digest(all, digest);
			assert_memory_equal(digest, whole_digest, sizeof(digest));
			hrd_rules_free(all);
		}
		assert_int_equal(shadowed, 0);
		hrd_rules_free(whole);
		for (size_t n = 0; n < SETS; n++)
			hrd_rules_free(parts[n]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_set_that_decides_decides),
		cmocka_unit_test(parts_of_a_set_make_the_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
