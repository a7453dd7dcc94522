/* SPDX-License-Identifier: BSD-3-Clause */
/* What every unit test needs: cmocka with the headers that it wants before it, and the head of a
 * test.
 *
 *	TEST(a_rule_is_found)
 *	{
 *		assert_true(...);
 *	}
 *
 * and cmocka_unit_test(a_rule_is_found) in main(), named by the behaviour it holds us to. */
#ifndef HRD_TESTS_UNIT_CHECK_H
#define HRD_TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A test that needs no state of a fixture. */
#define TEST(name) static void name(void **state __attribute__((unused)))

#endif
