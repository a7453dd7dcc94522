/* SPDX-License-Identifier: BSD-3-Clause */
/* What a signed image may not be older than is in state-dir whatever becomes of that. */
#include <config.h>

#include "module/generation/generation.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "module/generation/state.h"
#include "tests/unit/check.h"
#include "tests/unit/inforce.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { TEXT_MAX = 2048, NOW = INFORCE_TIME };

/* Images of one serial with other rules follow each other only by permission. */
static const struct small_rule ten[] = { { "ten.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

static const struct small_rule five[] = { { "five.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

static struct hrd_secret_key key;
static char settings_path[TEXT_MAX], image_path[TEXT_MAX];

static int
set_up(void **state)
{
	char public[HRD_PUBLIC_KEY_TEXT_MAX];

	assert_int_equal(make_directory(state), 0);
	assert_int_equal(hrd_secret_key_generate(&key), HRD_OK);
	put_file("policy.pub", public, hrd_public_key_format(&key.public, public));
	snprintf(settings_path, sizeof(settings_path), "%s", in_directory("hradba.yaml"));
	snprintf(image_path, sizeof(image_path), "%s", in_directory("p.policy"));
	return 0;
}

/* A signed image of these rules in a new file. */
static void
put(const struct small_rule *rules)
{
	size_t len;
	uint8_t *data = small_image("p", rules, &len);

	put_signed_by(&key, "p.policy", data, len);
	free(data);
}

static void
configure(const char *state_dir, const char *more)
{
	char text[TEXT_MAX];
	int len = snprintf(text, sizeof(text),
	    "policies:\n  - path: %s\n    keys: [%s]\n%sstate-dir: %s\n", image_path,
	    in_directory("policy.pub"), more, in_directory(state_dir));

	unlink(settings_path);
	put_file("hradba.yaml", text, (size_t)len);
}

/* Whether that state directory has the file of the kind; removes it. */
static bool
takes_away(const char *state_dir, const char *kind)
{
	char *path = hrd_state_path(in_directory(state_dir), image_path, kind);
	bool was = unlink(path) == 0;

	free(path);
	return was;
}

TEST(a_copy_is_in_the_directory_that_the_settings_name)
{
	assert_int_equal(mkdir(in_directory("one"), 0700), 0);
	assert_int_equal(mkdir(in_directory("two"), 0700), 0);
	put(ten);
	configure("one", "");
	load();
	assert_true(hrd_generation_keep(current, true));
	configure("two", "");
	load();
	assert_true(hrd_generation_keep(current, true));
	assert_true(takes_away("one", HRD_STATE_COPY));
	assert_true(takes_away("two", HRD_STATE_COPY));
	/* Lost under a running server, which nothing else has changed. */
	assert_true(hrd_generation_keep(current, true));
	assert_true(takes_away("two", HRD_STATE_COPY));
	assert_int_equal(rmdir(in_directory("two")), 0);
	assert_false(hrd_generation_keep(current, true));
	assert_int_equal(mkdir(in_directory("two"), 0700), 0);
	assert_true(hrd_generation_keep(current, true));
	end();
	/* One that comes from the copy has it in another directory too. */
	assert_int_equal(unlink(image_path), 0);
	load();
	assert_int_equal(current->held[0].image->file.st_ino, 0);
	configure("one", "");
	load();
	assert_true(hrd_generation_keep(current, true));
	assert_true(takes_away("one", HRD_STATE_COPY));
	assert_true(takes_away("two", HRD_STATE_COPY));
	end();
}

static bool
lists(const struct small_rule *rule)
{
	struct hrd_verdict verdict;
	struct hrd_name name;

	assert_int_equal(hrd_name_from_text(&name, rule->trigger, strlen(rule->trigger)), HRD_OK);
	hrd_verdict_init(&verdict);
	hrd_decide_query(&current->layers, NULL, name.wire, name.len, &verdict);
	return verdict.action == HRD_ACTION_NXDOMAIN;
}

/* Has the first image in force, and another that only permission puts in its place. */
static void
begin_older(void)
{
	if (access(in_directory("state"), F_OK) != 0)
		assert_int_equal(mkdir(in_directory("state"), 0700), 0);
	takes_away("state", HRD_STATE_COPY);
	takes_away("state", HRD_STATE_ACCEPTED);
	put(ten);
	configure("state", "");
	load();
	assert_true(hrd_generation_keep(current, true));
	put(five);
	configure("state", "    accept-serial: 0\n");
}

TEST(a_permission_is_used_when_what_it_is_for_is_in_force)
{
	struct hrd_load load_again = { .settings_path = settings_path, .now = NOW };
	struct hrd_generation *dropped;

	begin_older();
	load_again.previous = current;
	/* A load that is given up after it. */
	assert_int_equal(hrd_generation_load(&load_again, &dropped), HRD_OK);
	assert_int_equal(dropped->fault, HRD_OK);
	hrd_generation_release(dropped);
	load();
	assert_true(lists(five));
	hrd_generation_note_accepted(current);
	put(ten);
	load();
	assert_true(lists(five));
	assert_non_null(strstr(logged(), "accept-serial was used already"));
	put(five);
	load();
	assert_true(lists(five));
	end();
}

TEST(a_permission_that_is_pending_is_for_these_rules_alone)
{
	struct hrd_load load_again = { .settings_path = settings_path, .now = NOW };
	static const struct small_rule six[] = { { "six.example", HRD_ACTION_NXDOMAIN },
		{ NULL, 0 } };
	struct hrd_generation *dropped;

	begin_older();
	load_again.previous = current;
	assert_int_equal(hrd_generation_load(&load_again, &dropped), HRD_OK);
	hrd_generation_release(dropped);
	put(six);
	load();
	assert_true(lists(ten));
	assert_non_null(strstr(logged(), "accept-serial was used already"));
	end();
}

TEST(a_permission_waits_for_the_directory_that_remembers_it)
{
	begin_older();
	assert_int_equal(rename(in_directory("state"), in_directory("away")), 0);
	put_file("state", "", 0);
	load();
	assert_true(lists(ten));
	assert_true(current->passing);
	assert_null(strstr(logged(), "used already"));
	assert_non_null(strstr(logged(), "state-dir cannot be read"));
	assert_int_equal(unlink(in_directory("state")), 0);
	assert_int_equal(rename(in_directory("away"), in_directory("state")), 0);
	load();
	assert_true(lists(five));
	assert_int_equal(current->fault, HRD_OK);
	end();
}

/* Names another path, under the present key or another, where there is no image. */
static void
move(const char *key_file)
{
	char text[TEXT_MAX];
	int len =
	    snprintf(text, sizeof(text), "policies:\n  - path: %s\n    keys: [%s]\nstate-dir: %s\n",
		in_directory("moved"), in_directory(key_file), in_directory("state"));

	unlink(settings_path);
	put_file("hradba.yaml", text, (size_t)len);
}

TEST(what_stays_without_being_named_is_judged_by_the_present_keys)
{
	char public[HRD_PUBLIC_KEY_TEXT_MAX];
	struct hrd_secret_key other;

	begin_older();
	assert_int_equal(hrd_secret_key_generate(&other), HRD_OK);
	put_file("other.pub", public, hrd_public_key_format(&other.public, public));
	move("policy.pub");
	load();
	assert_true(lists(ten));
	assert_true(current->held[1].trusted);
	move("other.pub");
	load();
	assert_true(lists(ten));
	assert_false(current->held[1].trusted);
	assert_non_null(strstr(logged(), "ALARM: policy p is named no more"));
	assert_non_null(strstr(logged(), "no key of the settings has signed it"));
	takes_away("state", HRD_STATE_COPY);
	assert_true(hrd_generation_keep(current, true));
	assert_false(takes_away("state", HRD_STATE_COPY));
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_in_the_directory_that_the_settings_name),
		cmocka_unit_test(a_permission_is_used_when_what_it_is_for_is_in_force),
		cmocka_unit_test(a_permission_that_is_pending_is_for_these_rules_alone),
		cmocka_unit_test(a_permission_waits_for_the_directory_that_remembers_it),
		cmocka_unit_test(what_stays_without_being_named_is_judged_by_the_present_keys),
	};

	return cmocka_run_group_tests_name("floor", tests, set_up, remove_directory);
}
