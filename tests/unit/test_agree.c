/* SPDX-License-Identifier: BSD-3-Clause */
/* Policies and groups that have to go together, whatever comes first: an id stays whose it was, and
 * what a group chooses stays in force. */
#include <config.h>

#include "module/generation/generation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/check.h"
#include "tests/unit/inforce.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { TEXT_MAX = 2048 };

static const struct small_rule rules[] = { { "listed.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

/* An image of that id in a new file. */
static void
put(const char *name, const char *id)
{
	size_t len;
	uint8_t *data = small_image(id, rules, &len);

	unlink(in_directory(name));
	put_file(name, data, len);
	free(data);
}

/* Settings with these files of policies, and more. */
static void
configure(const char *const *names, const char *more)
{
	char text[TEXT_MAX];
	int len = snprintf(text, sizeof(text), "policies:\n");

	for (; *names != NULL; names++)
		len += snprintf(
		    text + len, sizeof(text) - (size_t)len, "  - path: %s\n", in_directory(*names));
	len += snprintf(text + len, sizeof(text) - (size_t)len, "%s", more);
	unlink(in_directory("hradba.yaml"));
	put_file("hradba.yaml", text, (size_t)len);
}

/* Puts into force what a first start finds. */
static void
begin(const char *const *names, const char *more)
{
	configure(names, more);
	load();
}

/* The ids of the layers in order, each with a space behind it. */
static const char *
ids(void)
{
	static char text[TEXT_MAX];
	int len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < current->layers.count; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s ",
		    current->layers.layer[i].info->id);
	return text;
}

static bool
says(const char *text)
{
	return strstr(logged(), text) != NULL;
}

static const char *const q_and_p[] = { "q.policy", "p.policy", NULL };

TEST(an_id_stays_whose_it_was)
{
	put("q.policy", "b");
	put("p.policy", "a");
	begin(q_and_p, "");
	put("q.policy", "a");
	load();
	assert_string_equal(ids(), "b a ");
	assert_true(says("two policies have the id \"a\""));
	/* Its holder is read anew, and what was refused is still there, first in the settings. */
	for (int i = 0; i < 3; i++) {
		put("p.policy", "a");
		load();
		assert_string_equal(ids(), "b a ");
		assert_ptr_equal(current->held[1].policy, &current->settings->policies[1]);
		assert_int_not_equal(current->fault, HRD_OK);
	}
	/* What is refused comes back to an id that another was about to take. */
	put("q.policy", "a");
	put("p.policy", "b");
	load();
	assert_string_equal(ids(), "a b ");
	assert_int_equal(current->fault, HRD_OK);
	end();
}

TEST(an_id_that_comes_back_is_taken_from_nobody)
{
	static const char *const names[] = { "q.policy", "p.policy", "r.policy", NULL };

	put("q.policy", "b");
	put("p.policy", "a");
	put("r.policy", "c");
	begin(names, "");
	/* q is refused for a, so r for b. */
	put("q.policy", "a");
	put("r.policy", "b");
	load();
	assert_string_equal(ids(), "b a c ");
	end();
}

TEST(an_id_that_is_moved_is_not_taken_meanwhile)
{
	static const char *const moved[] = { "q.policy", "p2.policy", NULL };

	put("q.policy", "b");
	put("p.policy", "a");
	begin(q_and_p, "");
	put("q.policy", "a");
	configure(moved, "");
	load();
	assert_string_equal(ids(), "b a ");
	put("p2.policy", "a");
	load();
	assert_string_equal(ids(), "b a ");
	assert_string_equal(current->held[1].policy->path, in_directory("p2.policy"));
	assert_int_equal(current->held_count, 2);
	end();
}

/* Else it would be loaded again and again. */
TEST(what_stays_without_being_named_is_looked_for_no_more)
{
	static const char *const before[] = { "p.policy", NULL }, *const after[] = { "n.policy",
		NULL };

	put("p.policy", "a");
	begin(before, "");
	configure(after, "");
	load();
	assert_string_equal(ids(), "a ");
	assert_true(says("policy a is named no more, but stays in force"));
	assert_int_equal(current->seen, hrd_generation_look(current, in_directory("hradba.yaml")));
	end();
}

#define GROUP(choice)                                                                           \
	"  - {group: g" choice ", addresses: [192.0.2.0/24], mode: enforce, policies: [" choice \
	"]}\n"

/* Whether the first group has the layer of that id. */
static bool
group_has(const char *id)
{
	for (size_t i = 0; i < current->layers.count; i++) {
		if (strcmp(current->layers.layer[i].info->id, id) == 0)
			return (current->skipped[0] >> i & 1) == 0;
	}
	return false;
}

static const char *const p_alone[] = { "p.policy", NULL }, *const n_alone[] = { "n.policy", NULL };

TEST(a_choice_that_nothing_has_is_said_when_all_is_there)
{
	static const char *const names[] = { "p.policy", "n.policy", NULL };

	put("p.policy", "a");
	unlink(in_directory("n.policy"));
	begin(names, "on-missing: allow\nclients:\n" GROUP("bb"));
	assert_false(says("no policy has the id"));
	put("n.policy", "b");
	load();
	assert_string_equal(ids(), "a b ");
	assert_true(says("error: no policy has the id \"bb\""));
	assert_int_not_equal(current->fault, HRD_OK);
	configure(names, "clients:\n" GROUP("b"));
	load();
	assert_int_equal(current->fault, HRD_OK);
	assert_true(group_has("b"));
	assert_false(group_has("a"));
	end();
}

/* The policy that a group chooses goes, by another path, when the one that follows is there. */
static void
replace_chosen(bool awaited)
{
	put("p.policy", "a");
	unlink(in_directory("n.policy"));
	begin(p_alone, "clients:\n" GROUP("a"));
	assert_true(group_has("a"));
	configure(n_alone, "clients:\n" GROUP("a"));
	if (awaited) {
		load();
		assert_true(group_has("a"));
		assert_false(says("no policy has the id"));
	}
	put("n.policy", "n");
	for (int i = 0; i < 3; i++) {
		load();
		assert_string_equal(ids(), "n a ");
		assert_true(group_has("a"));
		assert_true(says("error: no policy has the id \"a\""));
		assert_true(says("policy a is named no more, but stays in force until no group"));
		assert_int_not_equal(current->fault, HRD_OK);
		put("n.policy", "n");
	}
	configure(n_alone, "clients:\n" GROUP("n"));
	load();
	assert_string_equal(ids(), "n ");
	assert_true(group_has("n"));
	assert_int_equal(current->fault, HRD_OK);
	end();
}

TEST(what_a_group_chooses_stays_until_it_chooses_what_follows)
{
	replace_chosen(true);
	replace_chosen(false);
}

TEST(what_the_former_groups_choose_stays_with_them)
{
	put("p.policy", "a");
	put("n.policy", "n");
	begin(p_alone, "clients:\n" GROUP("a"));
	configure(n_alone, "clients:\n" GROUP("typo"));
	load();
	assert_string_equal(ids(), "n a ");
	assert_string_equal(current->settings->clients.groups[0].name, "ga");
	assert_true(group_has("a"));
	end();
}

TEST(an_id_that_is_passed_on_is_passed_by_all_or_none)
{
	put("q.policy", "b");
	put("p.policy", "a");
	begin(q_and_p,
	    "clients:\n"
	    "  - {group: one, addresses: [192.0.2.0/24], mode: enforce, policies: [b]}\n"
	    "  - {group: two, addresses: [198.51.100.0/24], mode: enforce, policies: [a]}\n");
	put("q.policy", "c");
	put("p.policy", "b");
	load();
	assert_string_equal(ids(), "b a ");
	assert_true(group_has("b"));
	assert_true(says("a group chooses the policy \"a\""));
	assert_true(says("a group chooses the policy \"b\""));
	end();
}

/* What the reading of an allow list comes upon. */
static void (*meanwhile)(void);

int __real_hrd_allow_file_read(const char *path, bool *passing, struct hrd_allow_file **out);
int __wrap_hrd_allow_file_read(const char *path, bool *passing, struct hrd_allow_file **out);

int
__wrap_hrd_allow_file_read(const char *path, bool *passing, struct hrd_allow_file **out)
{
	int status = __real_hrd_allow_file_read(path, passing, out);

	if (meanwhile != NULL)
		meanwhile();
	return status;
}

static const char allow_list[] = "- {name: ok.example, owner: A, reason: B}\n";

static void
configure_with_list(const char *more)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "local-allow: %s\nstate-dir: %s\n%s",
	    in_directory("allow.yaml"), in_directory(NULL), more);
	configure(p_alone, text);
}

static void
change_settings(void)
{
	configure_with_list("mode: observe\n");
}

static void
change_list(void)
{
	unlink(in_directory("allow.yaml"));
	put_file("allow.yaml", allow_list, strlen(allow_list));
}

TEST(what_changes_while_files_are_read_is_seen)
{
	void (*const changes[])(void) = { change_settings, change_list };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		put("p.policy", "a");
		change_list();
		configure_with_list("");
		load();
		change_list();
		assert_int_not_equal(
		    current->seen, hrd_generation_look(current, in_directory("hradba.yaml")));
		meanwhile = changes[i];
		load();
		meanwhile = NULL;
		assert_int_not_equal(
		    current->seen, hrd_generation_look(current, in_directory("hradba.yaml")));
		load();
		assert_int_equal(
		    current->seen, hrd_generation_look(current, in_directory("hradba.yaml")));
		end();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_stays_whose_it_was),
		cmocka_unit_test(an_id_that_comes_back_is_taken_from_nobody),
		cmocka_unit_test(an_id_that_is_moved_is_not_taken_meanwhile),
		cmocka_unit_test(what_stays_without_being_named_is_looked_for_no_more),
		cmocka_unit_test(a_choice_that_nothing_has_is_said_when_all_is_there),
		cmocka_unit_test(what_a_group_chooses_stays_until_it_chooses_what_follows),
		cmocka_unit_test(what_the_former_groups_choose_stays_with_them),
		cmocka_unit_test(an_id_that_is_passed_on_is_passed_by_all_or_none),
		cmocka_unit_test(what_changes_while_files_are_read_is_seen),
	};

	return cmocka_run_group_tests_name("agree", tests, make_directory, remove_directory);
}
