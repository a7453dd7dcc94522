/* SPDX-License-Identifier: BSD-3-Clause */
/* Each description in tests/data/policy is opened with the result that it expects, as a test of its
 * own. */
#include <config.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/policy.h"
#include "tests/fixture.h"
#include "tests/unit/check.h"

enum { FIXTURES_MAX = 500 };

static char dir[1024];

static int
is_description(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0;
}

static void
assert_opens(const struct fixture *fixture, unsigned flags)
{
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	int status = hrd_policy_open(fixture->image, fixture->len, false, flags, &policy, &fault);

	assert_int_equal(status, fixture->status);
	if (status == HRD_OK) {
		hrd_policy_free(policy);
		return;
	}
	assert_null(policy);
	assert_string_equal(fault.reason, fixture->reason);
	assert_string_equal(fault.section, fixture->section);
	assert_true(fault.offset <= fixture->len || strcmp(fault.section, "header") == 0);
}

static void
opens_as_expected(void **state)
{
	const char *name = *state;
	struct fixture fixture;
	char path[2048];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(fixture_make(path, &fixture), 0);
	/* A lie about the size or in the digest is found at once; all others only where the digest
	 * is right, which mkfixture sees to, unless the lie moves the place of the digest. */
	if (strcmp(fixture.section, "digest") == 0) {
		assert_opens(&fixture, 0);
	} else {
		assert_opens(&fixture, HRD_OPEN_NO_DIGEST);
		/* A server refuses the same: bits that are no name are test_trie's. */
		assert_opens(&fixture, HRD_OPEN_NO_DIGEST | HRD_OPEN_LOOK_UPS);
	}
	if (fixture.status == HRD_OK)
		assert_opens(&fixture, 0);
	free(fixture.image);
}

int
main(void)
{
	static struct CMUnitTest tests[FIXTURES_MAX];
	const char *top = getenv("top_srcdir");
	struct dirent **names;
	int n, failed;

	snprintf(dir, sizeof(dir), "%s/tests/data/policy", top != NULL ? top : ".");
	n = scandir(dir, &names, is_description, alphasort);
	if (n <= 0 || n > FIXTURES_MAX) {
		fprintf(stderr, "%s: no descriptions (set top_srcdir)\n", dir);
		return 99;
	}
	for (int i = 0; i < n; i++) {
		tests[i].name = names[i]->d_name;
		tests[i].test_func = opens_as_expected;
		tests[i].initial_state = names[i]->d_name;
	}
	failed = _cmocka_run_group_tests("fixtures", tests, (size_t)n, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return failed;
}
