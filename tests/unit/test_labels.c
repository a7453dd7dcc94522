/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of many labels cost what their octets do: what goes through all labels of a name is called
 * as often for a name of 120 labels as for one of 10, not once more for each. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/prune.h"
#include "tests/unit/check.h"

enum { NAMES = 200 };

static unsigned long walks;

/* The linker sends the calls of such a function here. */
#define COUNTED(type, name, parameters, arguments) \
	type __real_##name parameters;             \
	type __wrap_##name parameters;             \
	type __wrap_##name parameters              \
	{                                          \
		walks++;                           \
		return __real_##name arguments;    \
	}

COUNTED(unsigned, hrd_name_labels, (const struct hrd_name *name), (name))
COUNTED(
    unsigned, hrd_name_common_labels, (const struct hrd_name *a, const struct hrd_name *b), (a, b))
COUNTED(int, hrd_name_cmp, (const struct hrd_name *a, const struct hrd_name *b), (a, b))
COUNTED(void, hrd_name_ancestors, (struct hrd_name_ancestors * out, const struct hrd_name *name),
    (out, name))
COUNTED(void, hrd_name_suffix,
    (struct hrd_name * out, const struct hrd_name *name, unsigned labels), (out, name, labels))

/* Names that share no label but the last, each with all below it. */
static struct hrd_ruleset *
make_set(unsigned labels)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_non_null(set);
	for (unsigned i = 0; i < NAMES; i++) {
		struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME,
			.action = HRD_ACTION_NXDOMAIN,
			.name = name_of("test") };

		for (unsigned label = 1; label < labels; label++) {
			uint8_t octet = (uint8_t)('a' + (i >> (label % 8) & 1));

			assert_int_equal(hrd_name_prepend(&rule.name, &octet, 1), HRD_OK);
		}
		for (int wildcard = 0; wildcard < 2; wildcard++) {
			rule.wildcard = wildcard != 0;
			assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
		}
	}
	return set;
}

/* All that compile does with a set; gives how often it went through the labels of a name. */
static unsigned long
walks_of(unsigned labels)
{
	struct hrd_ruleset *set = make_set(labels), *pruned;
	struct hrd_policy_info info = { .id = "test", .title = "", .publisher = "" };
	struct hrd_hole_list *holes;
	uint8_t *image;
	size_t len, dropped;

	info.apex = info.mname = info.rname = name_of("test");
	walks = 0;
	assert_true(hrd_rules_seal(set, NULL, NULL) == HRD_OK);
	assert_int_equal(hrd_rules_count(set), 2 * NAMES);
	assert_int_equal(hrd_holes_find(set, &holes), HRD_OK);
	assert_int_equal(hrd_rules_prune(set, &pruned, &dropped), HRD_OK);
	assert_int_equal(hrd_policy_build(set, &info, &image, &len), HRD_OK);
	free(image);
	hrd_holes_free(holes);
	hrd_rules_free(pruned);
	hrd_rules_free(set);
	return walks;
}

TEST(work_for_a_name_does_not_grow_with_the_square_of_its_labels)
{
	unsigned long few = walks_of(10), many = walks_of(120);

	assert_true(few >= NAMES);
	assert_in_range(many, few, few + few / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_for_a_name_does_not_grow_with_the_square_of_its_labels),
	};

	return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
