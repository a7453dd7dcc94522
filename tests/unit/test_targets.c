/* SPDX-License-Identifier: BSD-3-Clause */
/* What is listed newly between two sets of layers. */
#include <config.h>

#include "module/cache/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"
#include "tests/unit/smallpolicy.h"

enum { LAYERS_MAX = 3, MANY = 6000, TEXT_MAX = 32 };

struct set {
	struct hrd_layer layer[LAYERS_MAX];
	struct hrd_layers layers;
};

static void
add_layer(struct set *set, const char *id, const struct small_rule *rules)
{
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	size_t len;
	uint8_t *image = small_image(id, rules, &len);

	assert_int_equal(hrd_policy_open(image, len, true, 0, &policy, &fault), HRD_OK);
	set->layer[set->layers.count].policy = policy;
	set->layer[set->layers.count].info = hrd_policy_info(policy);
	set->layers.layer = set->layer;
	set->layers.count++;
}

static void
clear(struct set *set)
{
	for (size_t i = 0; i < set->layers.count; i++)
		hrd_policy_free((struct hrd_policy *)(uintptr_t)set->layer[i].policy);
	memset(set, 0, sizeof(*set));
}

static bool
never(void *ctx)
{
	(void)ctx;
	return false;
}

static bool
at_once(void *ctx)
{
	(void)ctx;
	return true;
}

static void
expect(struct hrd_targets *targets, const char *const *names, size_t count)
{
	struct hrd_name name;

	assert_non_null(targets);
	assert_int_equal(targets->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(hrd_name_from_text(&name, names[i], strlen(names[i])), HRD_OK);
		assert_int_equal(hrd_name_cmp(&targets->names[i], &name), 0);
	}
	free(targets);
}

TEST(only_new_names_that_act_are_found)
{
	static const struct small_rule before[] = { { "a.example", HRD_ACTION_NXDOMAIN },
		{ "*.a.example", HRD_ACTION_NXDOMAIN }, { "gone.example", HRD_ACTION_NXDOMAIN },
		{ NULL, 0 } };
	static const struct small_rule after[] = { { "a.example", HRD_ACTION_NXDOMAIN },
		{ "x.a.example", HRD_ACTION_NXDOMAIN }, { "*.b.example", HRD_ACTION_NXDOMAIN },
		{ "c.example", HRD_ACTION_NODATA }, { "d.example", HRD_ACTION_PASSTHRU },
		{ "e.example", HRD_ACTION_OBSERVE }, { "z.example", HRD_ACTION_DROP },
		{ NULL, 0 } };
	static const char *const want[] = { "c.example", "z.example" };
	struct set old = { 0 }, new = { 0 };

	add_layer(&old, "one", before);
	add_layer(&new, "one", after);
	/* x.a.example was listed before, by the wildcard. */
	expect(hrd_targets_new(&old.layers, &new.layers, never, NULL), want, 2);
	assert_null(hrd_targets_new(&new.layers, &new.layers, never, NULL));
	clear(&old);
	expect(hrd_targets_new(&old.layers, &new.layers, never, NULL),
	    (const char *const[]){ "a.example", "x.a.example", "c.example", "z.example" }, 4);
	clear(&new);
}

TEST(another_policy_may_list_it_already)
{
	static const struct small_rule one[] = { { "a.example", HRD_ACTION_NXDOMAIN },
		{ NULL, 0 } };
	static const struct small_rule two[] = { { "a.example", HRD_ACTION_NXDOMAIN },
		{ "b.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };
	static const struct small_rule allow[] = { { "b.example", HRD_ACTION_PASSTHRU },
		{ NULL, 0 } };
	struct set old = { 0 }, new = { 0 };

	add_layer(&old, "one", one);
	add_layer(&new, "allow", allow);
	add_layer(&new, "one", one);
	add_layer(&new, "two", two);
	assert_null(hrd_targets_new(&old.layers, &new.layers, never, NULL));
	clear(&old);
	clear(&new);
}

TEST(too_many_are_left_to_the_walk)
{
	struct small_rule *rules = calloc(MANY + 1, sizeof(*rules));
	char(*texts)[TEXT_MAX] = calloc(MANY, TEXT_MAX);
	struct set old = { 0 }, new = { 0 };
	struct hrd_targets *targets;

	assert_non_null(rules);
	assert_non_null(texts);
	for (int i = 0; i < MANY; i++) {
		snprintf(texts[i], TEXT_MAX, "n%d.example", i);
		rules[i] = (struct small_rule){ texts[i], HRD_ACTION_NXDOMAIN };
	}
	add_layer(&new, "one", rules);
	assert_null(hrd_targets_new(&old.layers, &new.layers, never, NULL));
	assert_null(hrd_targets_new(&old.layers, &new.layers, at_once, NULL));
	clear(&new);
	rules[HRD_TARGETS_MAX] = (struct small_rule){ NULL, 0 };
	add_layer(&new, "one", rules);
	targets = hrd_targets_new(&old.layers, &new.layers, never, NULL);
	assert_non_null(targets);
	assert_int_equal(targets->count, HRD_TARGETS_MAX);
	free(targets);
	clear(&new);
	free(rules);
	free(texts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_new_names_that_act_are_found),
		cmocka_unit_test(another_policy_may_list_it_already),
		cmocka_unit_test(too_many_are_left_to_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
