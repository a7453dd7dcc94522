/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation of building and opening fails once: the call says so, leaks nothing and leaves
 * nothing behind. */
#include <config.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/policy.h"
#include "tests/faults.h"
#include "tests/unit/check.h"
#include "tests/rule_model.h"

static struct rule_model model;

/* Everything from the first rule to a look-up. */
static int
build_and_open(void)
{
	struct hrd_policy_info info = { .id = "oom", .title = "", .publisher = "" };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	struct rng rng = { .state = 5 };
	struct hrd_ruleset *set = rule_model_rules(&model, &rng);
	uint8_t *image = NULL;
	size_t len = 0;
	int status;

	if (set == NULL)
		return HRD_ENOMEM;
	info.apex.len = info.mname.len = info.rname.len = 1;
	status = hrd_policy_build(set, &info, &image, &len);
	hrd_rules_free(set);
	if (status != HRD_OK)
		return status;
	status = hrd_policy_open(image, len, true, 0, &policy, &fault);
	if (status == HRD_OK)
		hrd_policy_free(policy);
	return status;
}

TEST(each_allocation_may_fail)
{
	unsigned long n = 0;
	bool failed;
	int status;

	do {
		faults_fail_at(++n);
		status = build_and_open();
		failed = faults_has_failed();
		faults_fail_at(0);
		assert_int_equal(status, failed ? HRD_ENOMEM : HRD_OK);
	} while (failed);
	printf("# %lu allocations failed in turn\n", n - 1);
	assert_true(n > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
	};
	struct rng rng = { .state = 11 };

	rule_model_random(&model, &rng, SHAPE_SMALL, 200);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
