/* SPDX-License-Identifier: BSD-3-Clause */
/* Every status has a text of its own, and a foreign number is survived. */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "lib/base/status.h"
#include "tests/unit/check.h"

TEST(each_status_has_its_own_text)
{
	for (int a = HRD_OK; a >= HRD_ESTOP; a--) {
		assert_string_not_equal(hrd_strstatus(a), hrd_strstatus(INT_MIN));
		for (int b = HRD_OK; b > a; b--)
			assert_string_not_equal(hrd_strstatus(a), hrd_strstatus(b));
	}
}

TEST(unknown_status_has_a_text)
{
	assert_string_equal(hrd_strstatus(1), "unknown status");
	assert_string_equal(hrd_strstatus(HRD_ESTOP - 1), "unknown status");
	assert_string_equal(hrd_strstatus(INT_MAX), "unknown status");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_status_has_its_own_text),
		cmocka_unit_test(unknown_status_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
