/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of Structured DNS Errors: members, languages, what is left out. */
#include <config.h>

#include "module/query/sde.h"

#include <string.h>

#include "tests/unit/check.h"

/* A policy of one rule whose basis has justifications in two languages. */
struct world {
	struct hrd_policy *policy;
	struct hrd_layer layer;
	struct hrd_hit hit;
	struct hrd_answer_settings settings;
	char text[HRD_SDE_TEXT_MAX];
};

static void
begin(struct world *w)
{
	static const struct hrd_justification why[] = { { "act", "cs", "zákon" },
		{ "act", "en", "the act" }, { "other", "de", "anderes" } };
	struct hrd_policy_info info = { .id = "p",
		.title = "",
		.ttl = 60,
		.publisher = "J. Doe <desk@example.org>",
		.justifications = why,
		.justification_count = 3 };
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = HRD_ACTION_NXDOMAIN };
	struct hrd_meta meta = { "r-1", "", "", "", "act", "short", "", "", "" };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_fault fault;
	uint8_t *image = NULL;
	size_t len;

	memset(w, 0, sizeof(*w));
	assert_non_null(set);
	assert_int_equal(hrd_name_from_text(&rule.name, "a.example", 9), HRD_OK);
	info.apex = info.mname = info.rname = rule.name;
	assert_int_equal(hrd_rules_meta(set, &meta, &rule.meta), HRD_OK);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	assert_int_equal(hrd_policy_build(set, &info, &image, &len), HRD_OK);
	assert_int_equal(hrd_policy_open(image, len, true, 0, &w->policy, &fault), HRD_OK);
	hrd_rules_free(set);
	hrd_answer_settings_init(&w->settings);
	w->layer.policy = w->policy;
	w->layer.info = hrd_policy_info(w->policy);
	w->hit.layer = &w->layer;
	assert_true(hrd_policy_find(
	    w->policy, HRD_TRIGGER_QNAME, rule.name.wire, rule.name.len, &w->hit.match));
	hrd_name_suffix(&w->hit.base, &rule.name, w->hit.match.labels);
}

static const char *
text_of(struct world *w, const char *language, enum hrd_ede_detail detail)
{
	size_t len = hrd_sde_text(&w->settings, &w->hit, language, detail, w->text);

	assert_int_equal(len, strlen(w->text));
	return w->text;
}

TEST(the_policy_says_why_and_whom_to_ask)
{
	struct world w;

	begin(&w);
	assert_string_equal(text_of(&w, NULL, HRD_EDE_FULL),
	    "{\"c\":[\"mailto:desk@example.org\"],\"j\":\"the act (rule r-1)\",\"l\":\"en\"}");
	assert_string_equal(text_of(&w, "cs-CZ", HRD_EDE_FULL),
	    "{\"c\":[\"mailto:desk@example.org\"],\"j\":\"zákon (rule r-1)\",\"l\":\"cs\"}");
	assert_string_equal(
	    text_of(&w, NULL, HRD_EDE_CONTACT), "{\"c\":[\"mailto:desk@example.org\"]}");
	assert_string_equal(text_of(&w, NULL, HRD_EDE_NOTHING), "");
	hrd_policy_free(w.policy);
}

TEST(the_site_says_it_otherwise)
{
	const char *contacts[] = { "https://example.org/", "tel:+420", "MAILTO:x@example.org" };
	struct hrd_answer_text why = { "de", "darum" };
	struct world w;

	begin(&w);
	w.settings.contacts = contacts;
	w.settings.contact_count = 3;
	w.settings.justifications = &why;
	w.settings.justification_count = 1;
	w.settings.organisation = "O";
	w.settings.sub_error = 6;
	assert_string_equal(text_of(&w, "cs", HRD_EDE_FULL),
	    "{\"c\":[\"tel:+420\",\"MAILTO:x@example.org\"],\"j\":\"darum (rule r-1)\",\"s\":6,"
	    "\"o\":\"O\",\"l\":\"de\"}");
	assert_string_equal(text_of(&w, "cs", HRD_EDE_CONTACT),
	    "{\"c\":[\"tel:+420\",\"MAILTO:x@example.org\"],\"s\":6}");
	w.settings.contact_count = 1;
	w.settings.sub_error = 0;
	assert_string_equal(text_of(&w, "cs", HRD_EDE_CONTACT), "");
	hrd_policy_free(w.policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policy_says_why_and_whom_to_ask),
		cmocka_unit_test(the_site_says_it_otherwise),
	};

	return cmocka_run_group_tests_name("sde", tests, NULL, NULL);
}
