/* SPDX-License-Identifier: BSD-3-Clause */
/* Switching enforcement off, and exemptions that come, change and end, leave a line each. */
#include <config.h>

#include "module/generation/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { TEXT_MAX = 2048, PATH_MAX_OCTETS = 256, DAY = 86400 };

static const struct small_rule rules[] = { { "listed.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

/* A generation of these settings and this allow list on a day. */
static struct hrd_generation *
generation_of(const char *more, const char *allow, int64_t day, const struct hrd_generation *before)
{
	struct hrd_load load = { .previous = before, .now = day * DAY };
	struct hrd_generation *out = NULL;
	char text[TEXT_MAX], image[PATH_MAX_OCTETS];
	uint8_t *data;
	size_t len;
	int n;

	data = small_image("one", rules, &len);
	snprintf(image, sizeof(image), "%s", put_file("one.policy", data, len));
	free(data);
	n = snprintf(text, sizeof(text), "policies: [{path: %s}]\nlocal-allow: %s\n%s", image,
	    put_file("allow.yaml", allow, strlen(allow)), more);
	load.settings_path = put_file("hradba.yaml", text, (size_t)n);
	assert_int_equal(hrd_generation_load(&load, &out), HRD_OK);
	logged_forget();
	return out;
}

static const char lab[] = "clients: [{group: lab, addresses: [192.0.2.0/24], mode: off,\n"
			  "           owner: J. Doe, reason: ticket 12, until: 1970-01-11}]\n";
static const char ok[] = "- {name: ok.example, owner: R. Roe, reason: trial, until: 1970-01-11}\n";
static const char other[] = "- {name: www.example, match: exact}\n";

/* Whether exactly these lines are said of the change. */
static void
assert_lines(
    const struct hrd_generation *before, const struct hrd_generation *after, const char *lines)
{
	logged_forget();
	hrd_changes_log(before, after);
	assert_string_equal(logged(), lines);
}

TEST(what_is_switched_off_is_told)
{
	struct hrd_generation *on = generation_of("", other, 1, NULL);
	struct hrd_generation *off = generation_of("mode: off\n", other, 1, on);
	struct hrd_generation *watch = generation_of("mode: observe\n", other, 1, off);

	assert_lines(NULL, on, "");
	assert_lines(NULL, off, "mode is now off, was enforce: nothing is enforced for anybody\n");
	assert_lines(on, off, "mode is now off, was enforce: nothing is enforced for anybody\n");
	assert_lines(off, watch, "mode is now observe, was off: rules match and change nothing\n");
	assert_lines(watch, on, "mode is now enforce, was observe: rules change answers\n");
	hrd_generation_release(on);
	hrd_generation_release(off);
	hrd_generation_release(watch);
}

TEST(exemptions_that_come_and_go_are_told)
{
	struct hrd_generation *none = generation_of("", other, 1, NULL);
	struct hrd_generation *both = generation_of(lab, ok, 1, none);
	struct hrd_generation *again = generation_of(lab, ok, 1, both);
	struct hrd_generation *later, *back;

	assert_lines(none, both,
	    "group \"lab\" added, mode off: owner J. Doe, reason ticket 12, until 1970-01-11\n"
	    "exempt name \"ok.example\" added: owner R. Roe, reason trial, until 1970-01-11\n"
	    "exempt name \"www.example\" removed: owner not named, reason not given, until not "
	    "given\n");
	assert_lines(both, again, "");
	assert_int_equal(hrd_generation_renew(both, both->settings, 20 * DAY, &later), HRD_OK);
	assert_lines(both, later,
	    "group \"lab\" ended, mode off: owner J. Doe, reason ticket 12, until 1970-01-11\n"
	    "exempt name \"ok.example\" ended: owner R. Roe, reason trial, until 1970-01-11\n");
	assert_int_equal(hrd_generation_renew(later, later->settings, DAY, &back), HRD_OK);
	assert_lines(later, back,
	    "group \"lab\" holds again: the clock went back, mode off: owner J. Doe, reason ticket "
	    "12, until 1970-01-11\n"
	    "exempt name \"ok.example\" holds again: the clock went back: owner R. Roe, reason "
	    "trial, until 1970-01-11\n");
	hrd_generation_release(none);
	hrd_generation_release(both);
	hrd_generation_release(again);
	hrd_generation_release(later);
	hrd_generation_release(back);
}

TEST(another_end_or_address_is_a_change)
{
	struct hrd_generation *before = generation_of(lab, other, 1, NULL);
	struct hrd_generation *after =
	    generation_of("clients: [{group: lab, addresses: [192.0.2.0/24, 198.51.100.0/24],\n"
			  "           mode: off, owner: J. Doe, reason: ticket 12,\n"
			  "           until: 1970-01-12T06:00Z}]\n",
		other, 1, before);

	assert_lines(before, after,
	    "group \"lab\" changed, mode off: owner J. Doe, reason ticket 12, until "
	    "1970-01-12T06:00:00Z\n");
	hrd_generation_release(before);
	hrd_generation_release(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_switched_off_is_told),
		cmocka_unit_test(exemptions_that_come_and_go_are_told),
		cmocka_unit_test(another_end_or_address_is_a_change),
	};

	return cmocka_run_group_tests_name("changes", tests, make_directory, remove_directory);
}
