/* SPDX-License-Identifier: BSD-3-Clause */
/* What others can write to than should is told: by whom, and in which place. */
#include <config.h>

#include "module/base/permissions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "module/generation/generation.h"
#include "tests/unit/check.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { TEXT_MAX = 1024, PATH_MAX_OCTETS = 256, OTHER_USER = 12345, NOW = 1760000000 };

static const struct small_rule rules[] = { { "listed.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

/* What is said of a file with such permissions; "" of none. */
static const char *
said_of(const char *path, mode_t mode, uid_t owner)
{
	unsigned unsafe;

	assert_int_equal(chmod(path, mode), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(path, owner, (gid_t)-1), 0);
	logged_forget();
	unsafe = hrd_warn_unsafe(path, geteuid(), true);
	assert_int_equal(unsafe, strstr(logged(), path) != NULL);
	return logged();
}

TEST(a_file_that_others_can_write_to_is_told)
{
	char path[PATH_MAX_OCTETS];

	snprintf(path, sizeof(path), "%s", put_file("file", "x", 1));
	assert_string_equal(said_of(path, 0644, geteuid()), "");
	assert_non_null(strstr(said_of(path, 0664, geteuid()), "(mode 0664)"));
	assert_non_null(strstr(said_of(path, 0646, geteuid()), "(mode 0646)"));
	if (geteuid() == 0)
		assert_non_null(strstr(said_of(path, 0644, OTHER_USER), "belongs to user 12345"));
	assert_int_equal(hrd_warn_unsafe(path, geteuid() == 0 ? OTHER_USER : geteuid(), true), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(hrd_warn_unsafe(path, geteuid(), true), 0);
}

/* Loads settings of one policy; the line that is said of its place, "" where none is. */
static const char *
loaded(const char *policy, const char *state_dir)
{
	struct hrd_load load = { .now = NOW };
	struct hrd_generation *generation;
	char text[TEXT_MAX];
	const char *line;
	int n = snprintf(text, sizeof(text), "policies: [%s]\nstate-dir: %s\n", policy, state_dir);

	load.settings_path = put_file("hradba.yaml", text, (size_t)n);
	logged_forget();
	assert_int_equal(hrd_generation_load(&load, &generation), HRD_OK);
	line = strstr(logged(), "the image ");
	assert_int_equal(generation->unsafe, line != NULL);
	hrd_generation_release(generation);
	return line != NULL ? line : "";
}

TEST(an_unsigned_image_where_the_server_keeps_its_state_is_told)
{
	char home[PATH_MAX_OCTETS], own[PATH_MAX_OCTETS], link[PATH_MAX_OCTETS];
	char policy[TEXT_MAX], want[TEXT_MAX];
	uint8_t *data;
	size_t len;

	snprintf(home, sizeof(home), "%s", in_directory(NULL));
	snprintf(own, sizeof(own), "%s", in_directory("state"));
	snprintf(link, sizeof(link), "%s", in_directory("link"));
	assert_int_equal(mkdir(own, 0755), 0);
	assert_int_equal(symlink(home, link), 0);
	data = small_image("one", rules, &len);
	put_file("one.policy", data, len);
	put_signed("signed.policy", "policy.pub", data, len);
	free(data);

	snprintf(policy, sizeof(policy), "{path: %s/one.policy}", home);
	snprintf(want, sizeof(want),
	    "the image %s/one.policy, which no key has signed, is in state-dir, where the server's "
	    "user can replace it: give state-dir a directory of its own [unsafe-permissions]\n",
	    home);
	assert_string_equal(loaded(policy, own), "");
	assert_string_equal(loaded(policy, home), want);
	assert_string_equal(loaded(policy, link), want);

	snprintf(
	    policy, sizeof(policy), "{path: %s/signed.policy, keys: [%s/policy.pub]}", home, home);
	assert_string_equal(loaded(policy, home), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_others_can_write_to_is_told),
		cmocka_unit_test(an_unsigned_image_where_the_server_keeps_its_state_is_told),
	};

	return cmocka_run_group_tests_name("permissions", tests, make_directory, remove_directory);
}
