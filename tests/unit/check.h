/* SPDX-License-Identifier: BSD-3-Clause */
/* What every unit test needs: cmocka with the headers that it wants before it, the head of a test,
 * and what tests would otherwise each write for themselves. A test program has one thread here.
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

#include "lib/name/name.h"
#include "lib/name/prefix.h"

/* A test that needs no state of a fixture. */
#define TEST(name) static void name(void **state __attribute__((unused)))

/* The name or prefix of a text, which must be one. */
struct hrd_name name_of(const char *text);
struct hrd_prefix prefix_of(const char *text);

/* What was written to a sink, as text that ends with '\0'. Zeroed is empty; static, since large. */
struct collected {
	size_t len, max; /* max: octets that fit; 0 as many as there is room for */
	char text[600000];
};

/* A sink (lib/rules/dump.h, lib/base/json.h); ctx is a struct collected. HRD_EIO when full. */
int collect(void *ctx, const char *text, size_t len);

/* Fixtures of a group: the tests share an empty directory, which is removed with the files in it
 * and those of its directories. */
int make_directory(void **state);
int remove_directory(void **state);

/* The path of a file in the directory, or of the directory (NULL); valid until the fourth call
 * after this one. */
const char *in_directory(const char *name);

/* Writes a file there; gives its path likewise. */
const char *put_file(const char *name, const void *data, size_t len);

#endif
