/* SPDX-License-Identifier: BSD-3-Clause */
/* Guards where the command line cannot get: limits of change to the rule, and images that are not
 * what was meant. The rest is tests/cli/guards.sh. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/policy/guard.h"
#include "tests/unit/check.h"
#include "tests/unit/reported.h"

enum { DAY = 20454 }; /* 2026-01-01 */

static struct hrd_diag *
fresh(void)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, false);

	assert_non_null(diag);
	return diag;
}

/* What the guards say to so many rules after so many; valid until the next call. */
static const char *
change(uint64_t before, uint64_t after, const char *profile, const char *next_profile)
{
	struct hrd_manifest *old = calloc(2, sizeof(*old)), *new = old + 1;
	struct hrd_diag *diag = fresh();
	struct hrd_guard guard;
	const char *text;

	assert_non_null(old);
	old->rules = before;
	new->rules = after;
	snprintf(old->profile, sizeof(old->profile), "%s", profile);
	snprintf(new->profile, sizeof(new->profile), "%s", next_profile);
	assert_true(hrd_guard_init(&guard, diag, HRD_ERROR, "inventory", NULL, NULL));
	hrd_guard_change(&guard, old, new);
	hrd_guard_clear(&guard);
	text = reported(diag, NULL);
	hrd_diag_free(diag);
	free(old);
	return text;
}

TEST(change_is_refused_from_the_limit_on)
{
	static const struct {
		uint64_t before, after;
		const char *id; /* "" = nothing is said */
	} cases[] = {
		{ 100, 100, "" },
		/* more than 25 % and more than 20 rules */
		{ 10, 30, "" },
		{ 10, 31, "[guard-growth]" },
		{ 80, 100, "" },
		{ 80, 101, "[guard-growth]" },
		{ 100, 125, "" },
		{ 100, 126, "[guard-growth]" },
		{ 1000000, 1250000, "" },
		{ 1000000, 1250001, "[guard-growth]" },
		{ 0, 20, "" },
		{ 0, 21, "[guard-growth]" },
		/* more than 10 % and more than 5 rules fewer */
		{ 6, 1, "" },
		{ 7, 1, "[guard-shrink]" },
		{ 40, 35, "" },
		{ 40, 34, "[guard-shrink]" },
		{ 100, 90, "" },
		{ 100, 89, "[guard-shrink]" },
		{ 1000000, 900000, "" },
		{ 1000000, 899999, "[guard-shrink]" },
		/* none at all */
		{ 1, 0, "[guard-empty]" },
		{ 0, 0, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = change(cases[i].before, cases[i].after, "p", "p");

		if (cases[i].id[0] != '\0' ? strstr(text, cases[i].id) == NULL : text[0] != '\0')
			fail_msg("%llu to %llu: %s", (unsigned long long)cases[i].before,
			    (unsigned long long)cases[i].after, text);
	}
}

TEST(another_profile_is_another_feed)
{
	assert_string_equal(change(1000, 1, "p", "q"), "");
	assert_string_equal(change(1, 1000, "p", "q"), "");
}

struct setup {
	struct hrd_diag *diag;
	struct hrd_inventory *inventory;
	struct hrd_scope scope;
	struct hrd_guard guard;
};

static void
set_up(struct setup *s)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/cli/data/good.yaml", top != NULL ? top : ".");
	s->diag = fresh();
	s->inventory = hrd_inventory_read(path, s->diag);
	assert_non_null(s->inventory);
	assert_true(hrd_scope_init(&s->scope, s->inventory, NULL, "regulated", DAY, s->diag));
	assert_true(hrd_guard_init(&s->guard, s->diag, HRD_ERROR, "image", &s->scope, NULL));
}

static void
tear_down(struct setup *s)
{
	hrd_guard_clear(&s->guard);
	hrd_scope_clear(&s->scope);
	hrd_inventory_free(s->inventory);
	hrd_diag_free(s->diag);
}

/* An image of these rules, as a mistake of ours would make it. */
static struct hrd_policy *
make_image(struct setup *s, struct hrd_ruleset *rules)
{
	struct hrd_policy *policy = NULL;
	struct hrd_policy_info info;
	struct hrd_fault fault;
	uint8_t *data;
	size_t len;

	hrd_scope_info(&s->scope, &info);
	assert_int_equal(hrd_policy_build(rules, &info, &data, &len), HRD_OK);
	assert_int_equal(hrd_policy_open(data, len, true, 0, &policy, &fault), HRD_OK);
	hrd_rules_free(rules);
	return policy;
}

static void
block(struct hrd_ruleset *rules, const char *name)
{
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = HRD_ACTION_NXDOMAIN };

	assert_int_equal(hrd_name_from_text(&rule.name, name, strlen(name)), HRD_OK);
	assert_int_equal(hrd_rules_add(rules, &rule, NULL), HRD_OK);
}

TEST(the_image_that_was_meant_passes)
{
	struct hrd_policy *policy;
	struct setup s;

	set_up(&s);
	policy = make_image(&s, hrd_derive(&s.scope, s.diag));
	hrd_guard_image(&s.guard, policy);
	assert_string_equal(reported(s.diag, NULL), "");
	hrd_policy_free(policy);
	tear_down(&s);
}

TEST(an_image_that_was_not_meant_is_refused)
{
	/* One listed name, and what must resolve: of the never list, shared, popular. */
	static const char *const names[] = { "acme.example", "models.example", "cdn.vendor.example",
		"github.com" };
	struct hrd_ruleset *rules = hrd_rules_new();
	struct hrd_policy *policy;
	struct setup s;
	const char *text;

	set_up(&s);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		block(rules, names[i]);
	assert_int_equal(hrd_rules_seal(rules, NULL, NULL), HRD_OK);
	policy = make_image(&s, rules);
	hrd_guard_image(&s.guard, policy);
	text = reported(s.diag, NULL);
	assert_non_null(
	    strstr(text, "the image says none for api.acme-cloud.example, the inventory nxdomain "
			 "[guard-must-block]"));
	assert_non_null(strstr(
	    text, "xn--bcher-sister-dlb.example, the inventory nxdomain [guard-must-block]"));
	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
		char want[100];

		snprintf(want, sizeof(want), "would block %s [guard-must-resolve]", names[i]);
		assert_non_null(strstr(text, want));
	}
	assert_int_equal(hrd_diag_errors(s.diag), 5);
	hrd_policy_free(policy);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(change_is_refused_from_the_limit_on),
		cmocka_unit_test(another_profile_is_another_feed),
		cmocka_unit_test(the_image_that_was_meant_passes),
		cmocka_unit_test(an_image_that_was_not_meant_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
