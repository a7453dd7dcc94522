/* SPDX-License-Identifier: BSD-3-Clause */
/* Module orders of the host: which are taken and why others are not. */
#include <config.h>

#include "module/host/module_order.h"

#include <string.h>

#include "tests/unit/check.h"

TEST(supported_orders_are_taken)
{
	assert_null(hrd_module_order_fault("dynlib iterator"));
	assert_null(hrd_module_order_fault("dynlib validator iterator"));
	assert_null(hrd_module_order_fault("  dynlib\trespip  validator iterator "));
	assert_null(hrd_module_order_fault("dynlib respip subnetcache dns64 validator iterator"));
}

TEST(orders_with_a_way_round_are_refused)
{
	static const char *const bad[] = { "", "iterator", "validator dynlib iterator", "dynlib",
		"dynlib validator", "dynlib iterator validator", "dynlib dynlib iterator",
		"dynlib cachedb iterator", "dynlib python iterator", "dynlib ipsecmod iterator",
		"dynlib validator validator iterator", "dynlibx iterator", "dynlib iteratorx",
		"dynlib iterator iterator" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(hrd_module_order_fault(bad[i]));
	assert_non_null(hrd_module_order_fault(NULL));
}

TEST(the_reason_fits_the_order)
{
	assert_non_null(strstr(hrd_module_order_fault("validator iterator"), "first"));
	assert_non_null(strstr(hrd_module_order_fault("dynlib cachedb iterator"), "cachedb"));
	assert_non_null(strstr(hrd_module_order_fault("dynlib validator"), "last"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(supported_orders_are_taken),
		cmocka_unit_test(orders_with_a_way_round_are_refused),
		cmocka_unit_test(the_reason_fits_the_order),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
