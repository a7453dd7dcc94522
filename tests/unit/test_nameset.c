/* SPDX-License-Identifier: BSD-3-Clause */
/* Names with values: equal names stay in the order they came, wherever their values are. */
#include <config.h>

#include "rpzgen/rules/nameset.h"

#include "tests/names.h"
#include "tests/unit/check.h"

enum { NAMES = 2000, KINDS = 40 };

TEST(equal_names_keep_the_order_they_came_in)
{
	static struct hrd_name names[KINDS];
	static char values[NAMES]; /* given from the last to the first */
	struct hrd_nameset set = { 0 };
	struct rng rng = { .state = 4 };

	for (size_t i = 0; i < KINDS; i++)
		names_random(&rng, SHAPE_SMALL, HRD_NAME_MAX, &names[i]);
	for (size_t i = 0; i < NAMES; i++)
		hrd_nameset_add(&set, &names[rng_below(&rng, KINDS)], &values[NAMES - 1 - i]);
	hrd_nameset_sort(&set);
	assert_false(set.nomem);
	assert_int_equal(set.count, NAMES);
	for (size_t i = 1; i < NAMES; i++) {
		int order = hrd_name_cmp(set.entries[i - 1].name, set.entries[i].name);

		assert_true(order <= 0);
		if (order == 0)
			assert_true(set.entries[i - 1].value > set.entries[i].value);
	}
	hrd_nameset_free(&set);
}

TEST(names_are_found_with_the_closest_ancestor_and_what_lies_below)
{
	struct hrd_name parent = name_of("example"), child = name_of("a.b.example"),
			other = name_of("xexample"), below = name_of("z.a.b.example"),
			between = name_of("b.example");
	struct hrd_nameset set = { 0 };

	hrd_nameset_add(&set, &other, "other");
	hrd_nameset_add(&set, &child, "child");
	hrd_nameset_add(&set, &parent, "parent");
	hrd_nameset_sort(&set);
	assert_string_equal(hrd_nameset_find(&set, &child)->value, "child");
	assert_null(hrd_nameset_find(&set, &between));
	assert_string_equal(hrd_nameset_above(&set, &below, NULL)->value, "child");
	assert_string_equal(hrd_nameset_above(&set, &child, NULL)->value, "parent");
	assert_null(hrd_nameset_above(&set, &other, NULL));
	assert_string_equal(set.entries[hrd_nameset_seek(&set, &between)].value, "child");
	hrd_nameset_free(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_names_keep_the_order_they_came_in),
		cmocka_unit_test(names_are_found_with_the_closest_ancestor_and_what_lies_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
