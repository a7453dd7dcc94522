/* SPDX-License-Identifier: BSD-3-Clause */
/* The decision: stages, order of policies, overrides, exemptions, observe. */
#include <config.h>

#include "module/decide/question.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"
#include "tests/unit/smallpolicy.h"

enum { LAYERS_MAX = 4 };

/* Policies in order; freed by clear(). */
struct stack {
	struct hrd_layer layer[LAYERS_MAX];
	struct hrd_policy *policy[LAYERS_MAX];
	struct hrd_layer_list layers;
};

static struct hrd_layer *
push(struct stack *stack, const struct small_rule *rules)
{
	static const char *const ids[] = { "one", "two", "three", "four" };
	size_t i = stack->layers.count++;

	assert_true(i < LAYERS_MAX);
	stack->policy[i] = small_policy(ids[i], rules);
	stack->layer[i].policy = stack->policy[i];
	stack->layer[i].info = hrd_policy_info(stack->policy[i]);
	stack->layers.layer = stack->layer;
	return &stack->layer[i];
}

static void
clear(struct stack *stack)
{
	for (size_t i = 0; i < stack->layers.count; i++)
		hrd_policy_free(stack->policy[i]);
}

static struct hrd_verdict
ask_by(const struct stack *stack, const char *name, const char *client)
{
	struct hrd_verdict verdict;
	struct hrd_prefix from;
	struct hrd_name wire;

	if (client != NULL)
		assert_int_equal(hrd_prefix_from_text(&from, client, strlen(client)), HRD_OK);
	assert_int_equal(hrd_name_from_text(&wire, name, strlen(name)), HRD_OK);
	hrd_verdict_init(&verdict);
	hrd_decide_query(
	    &stack->layers, client != NULL ? &from : NULL, wire.wire, wire.len, &verdict);
	return verdict;
}

static struct hrd_verdict
ask(const struct stack *stack, const char *name)
{
	return ask_by(stack, name, NULL);
}

/* A list of addresses as a source. */
struct list {
	const char *const *text;
	size_t next;
};

static void
list_rewind(void *ctx)
{
	((struct list *)ctx)->next = 0;
}

static bool
list_next(void *ctx, struct hrd_prefix *addr)
{
	struct list *list = ctx;
	const char *text = list->text[list->next];

	if (text == NULL)
		return false;
	list->next++;
	assert_int_equal(hrd_prefix_from_text(addr, text, strlen(text)), HRD_OK);
	return true;
}

static struct hrd_verdict
ask_addresses(const struct stack *stack, const char *const *text)
{
	struct list list = { text, 0 };
	struct hrd_addr_source source = { list_rewind, list_next, &list };
	struct hrd_verdict verdict;

	hrd_verdict_init(&verdict);
	hrd_decide_addresses(&stack->layers, &source, &verdict);
	return verdict;
}

TEST(a_rule_of_the_name_decides)
{
	struct stack stack = { 0 };
	struct hrd_verdict verdict;
	struct hrd_name base;

	push(&stack, (const struct small_rule[]){ { "listed.example", HRD_ACTION_NXDOMAIN },
			 { "*.listed.example", HRD_ACTION_NODATA }, { NULL, 0 } });
	assert_int_equal(ask(&stack, "example").action, HRD_ACTION_NONE);
	assert_int_equal(ask(&stack, "unlisted.example").action, HRD_ACTION_NONE);
	assert_int_equal(ask(&stack, "notlisted.example").action, HRD_ACTION_NONE);
	assert_int_equal(ask(&stack, "listed.example").action, HRD_ACTION_NXDOMAIN);
	verdict = ask(&stack, "a.b.listed.example");
	assert_int_equal(verdict.action, HRD_ACTION_NODATA);
	assert_true(hrd_verdict_acts(&verdict));
	assert_true(verdict.hit.match.wildcard);
	assert_int_equal(hrd_name_from_text(&base, "listed.example", 14), HRD_OK);
	assert_int_equal(hrd_name_cmp(&verdict.hit.base, &base), 0);
	clear(&stack);
}

TEST(the_root_never_matches)
{
	struct stack stack = { 0 };

	push(&stack, (const struct small_rule[]){ { "*.", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	assert_int_equal(ask(&stack, ".").action, HRD_ACTION_NONE);
	assert_int_equal(ask(&stack, "example").action, HRD_ACTION_NXDOMAIN);
	clear(&stack);
}

TEST(the_first_policy_that_matches_decides)
{
	struct stack stack = { 0 };

	push(&stack, (const struct small_rule[]){
			 { "ok.listed.example", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	push(&stack, (const struct small_rule[]){ { "*.listed.example", HRD_ACTION_NXDOMAIN },
			 { "both.example", HRD_ACTION_DROP }, { NULL, 0 } });
	push(&stack, (const struct small_rule[]){ { "*.listed.example", HRD_ACTION_NODATA },
			 { "both.example", HRD_ACTION_NODATA }, { NULL, 0 } });
	assert_int_equal(ask(&stack, "ok.listed.example").action, HRD_ACTION_PASSTHRU);
	assert_int_equal(ask(&stack, "x.listed.example").action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask(&stack, "both.example").action, HRD_ACTION_DROP);
	clear(&stack);
}

TEST(passthru_does_not_act)
{
	struct stack stack = { 0 };
	struct hrd_verdict verdict;

	push(&stack,
	    (const struct small_rule[]){ { "ok.example", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	verdict = ask(&stack, "ok.example");
	assert_false(hrd_verdict_acts(&verdict));
	verdict = ask(&stack, "other.example");
	assert_false(hrd_verdict_acts(&verdict));
	clear(&stack);
}

TEST(overrides_replace_every_action)
{
	static const struct {
		enum hrd_override_action override;
		enum hrd_action action;
	} cases[] = { { HRD_OVERRIDE_NONE, HRD_ACTION_LOCAL_DATA },
		{ HRD_OVERRIDE_NXDOMAIN, HRD_ACTION_NXDOMAIN },
		{ HRD_OVERRIDE_NODATA, HRD_ACTION_NODATA },
		{ HRD_OVERRIDE_PASSTHRU, HRD_ACTION_PASSTHRU },
		{ HRD_OVERRIDE_DROP, HRD_ACTION_DROP },
		{ HRD_OVERRIDE_TCP_ONLY, HRD_ACTION_TCP_ONLY },
		{ HRD_OVERRIDE_CNAME, HRD_ACTION_LOCAL_DATA },
		{ HRD_OVERRIDE_DISABLED, HRD_ACTION_NONE } };
	struct stack stack = { 0 };
	struct hrd_name walled;
	struct hrd_layer *layer;

	layer = push(&stack,
	    (const struct small_rule[]){ { "x.example", HRD_ACTION_LOCAL_DATA }, { NULL, 0 } });
	assert_int_equal(hrd_name_from_text(&walled, "walled.example", 14), HRD_OK);
	layer->cname = &walled;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hrd_verdict verdict;

		layer->override = cases[i].override;
		verdict = ask(&stack, "x.example");
		assert_int_equal(verdict.action, cases[i].action);
		assert_ptr_equal(
		    verdict.cname, cases[i].override == HRD_OVERRIDE_CNAME ? &walled : NULL);
		assert_int_equal(
		    verdict.observed.layer != NULL, cases[i].override == HRD_OVERRIDE_DISABLED);
	}
	clear(&stack);
}

TEST(observing_below_a_blocked_subtree_lifts_nothing)
{
	struct stack stack = { 0 };
	struct hrd_verdict verdict;
	struct hrd_name name;

	push(&stack,
	    (const struct small_rule[]){ { "x.example", HRD_ACTION_NXDOMAIN },
		{ "*.x.example", HRD_ACTION_NODATA }, { "www.x.example", HRD_ACTION_OBSERVE },
		{ "*.www.x.example", HRD_ACTION_OBSERVE }, { NULL, 0 } });
	for (size_t i = 0; i < 2; i++) {
		verdict = ask(&stack, i == 0 ? "www.x.example" : "a.www.x.example");
		assert_int_equal(verdict.action, HRD_ACTION_NODATA);
		assert_int_equal(hrd_name_from_text(&name, "x.example", 9), HRD_OK);
		assert_int_equal(hrd_name_cmp(&verdict.hit.base, &name), 0);
		assert_non_null(verdict.observed.layer);
		assert_int_equal(hrd_name_from_text(&name, "www.x.example", 13), HRD_OK);
		assert_int_equal(hrd_name_cmp(&verdict.observed.base, &name), 0);
	}
	clear(&stack);
}

TEST(observing_ends_nothing)
{
	struct stack stack = { 0 };
	struct hrd_layer *first;
	struct hrd_verdict verdict;

	first = push(&stack,
	    (const struct small_rule[]){ { "x.example", HRD_ACTION_OBSERVE }, { NULL, 0 } });
	push(&stack,
	    (const struct small_rule[]){ { "x.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	verdict = ask(&stack, "x.example");
	assert_int_equal(verdict.action, HRD_ACTION_NXDOMAIN);
	assert_ptr_equal(verdict.observed.layer, first);
	/* No override makes an observe rule act. */
	first->override = HRD_OVERRIDE_DROP;
	assert_int_equal(ask(&stack, "x.example").action, HRD_ACTION_NXDOMAIN);
	clear(&stack);
}

TEST(a_client_address_exempts_from_its_policy_on)
{
	struct stack stack = { 0 };
	struct hrd_layer *second;

	push(&stack,
	    (const struct small_rule[]){ { "early.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	second = push(
	    &stack, (const struct small_rule[]){ { "client:192.0.2.0/24", HRD_ACTION_PASSTHRU },
			{ "client:198.51.100.0/24", HRD_ACTION_NXDOMAIN },
			{ "late.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	assert_true(hrd_layers_have_clients(&stack.layers));
	assert_int_equal(ask_by(&stack, "early.example", "192.0.2.7").action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_by(&stack, "late.example", "192.0.2.7").action, HRD_ACTION_PASSTHRU);
	assert_int_equal(ask_by(&stack, "late.example", "203.0.113.1").action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask(&stack, "late.example").action, HRD_ACTION_NXDOMAIN);
	/* Blocking by client address is the companion zone's. */
	assert_int_equal(ask_by(&stack, "free.example", "198.51.100.1").action, HRD_ACTION_NONE);
	second->override = HRD_OVERRIDE_NXDOMAIN;
	assert_int_equal(ask_by(&stack, "free.example", "192.0.2.7").action, HRD_ACTION_NONE);
	clear(&stack);
}

TEST(the_longest_prefix_of_the_first_policy_decides)
{
	static const char *const both[] = { "10.1.1.1", "10.2.2.2", NULL };
	static const char *const six[] = { "2001:db8::1", NULL };
	static const char *const none[] = { "192.0.2.1", "2001:db8:1::1", NULL };
	struct stack stack = { 0 };
	struct hrd_verdict verdict;

	push(&stack, (const struct small_rule[]){ { "ip:10.0.0.0/8", HRD_ACTION_NODATA },
			 { "ip:10.2.0.0/16", HRD_ACTION_DROP },
			 { "ip:2001:db8::/48", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	push(&stack,
	    (const struct small_rule[]){ { "ip:10.1.1.1", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	assert_true(hrd_layers_have_addresses(&stack.layers));
	verdict = ask_addresses(&stack, both);
	assert_int_equal(verdict.action, HRD_ACTION_DROP);
	assert_int_equal(verdict.hit.match.trigger, HRD_TRIGGER_RESPONSE_IP);
	assert_int_equal(ask_addresses(&stack, six).action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_addresses(&stack, none).action, HRD_ACTION_NONE);
	clear(&stack);
}

TEST(of_equal_prefixes_the_smallest_address_decides)
{
	static const char *const both[] = { "10.2.2.2", "10.1.1.1", NULL };
	struct stack stack = { 0 };

	push(&stack, (const struct small_rule[]){ { "ip:10.1.0.0/16", HRD_ACTION_NODATA },
			 { "ip:10.2.0.0/16", HRD_ACTION_DROP }, { NULL, 0 } });
	assert_int_equal(ask_addresses(&stack, both).action, HRD_ACTION_NODATA);
	clear(&stack);
}

static struct hrd_verdict
ask_type(const struct stack *stack, const char *name, uint16_t type)
{
	struct hrd_verdict verdict;
	struct hrd_name wire;

	assert_int_equal(hrd_name_from_text(&wire, name, strlen(name)), HRD_OK);
	hrd_verdict_init(&verdict);
	hrd_decide_question(&stack->layers, NULL, wire.wire, wire.len, type, true, &verdict);
	return verdict;
}

static bool
listed(const struct stack *stack, const char *name, uint16_t type)
{
	struct hrd_name wire;

	assert_int_equal(hrd_name_from_text(&wire, name, strlen(name)), HRD_OK);
	return hrd_question_listed(&stack->layers, wire.wire, wire.len, type);
}

enum { A = 1, DS = 43, DNSKEY = 48 };

TEST(ds_is_judged_by_the_name_above)
{
	struct stack stack = { 0 };

	push(&stack,
	    (const struct small_rule[]){ { "listed.example", HRD_ACTION_NXDOMAIN },
		{ "*.listed.example", HRD_ACTION_NODATA }, { "exact.example", HRD_ACTION_NXDOMAIN },
		{ "com", HRD_ACTION_NODATA }, { NULL, 0 } });
	assert_int_equal(ask_type(&stack, "listed.example", DS).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "listed.example", DNSKEY).action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_type(&stack, "a.listed.example", DS).action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_type(&stack, "b.a.listed.example", DS).action, HRD_ACTION_NODATA);
	assert_int_equal(ask_type(&stack, "a.exact.example", DS).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "com", DS).action, HRD_ACTION_NONE);
	assert_false(listed(&stack, "listed.example", DS));
	assert_true(listed(&stack, "a.listed.example", DS));
	assert_true(listed(&stack, "listed.example", A));
	clear(&stack);
}

TEST(what_a_spared_name_needs_for_its_proof_is_left_alone)
{
	struct stack stack = { 0 };

	push(&stack, (const struct small_rule[]){ { "own.example", HRD_ACTION_PASSTHRU },
			 { "c.b.listed.example", HRD_ACTION_PASSTHRU },
			 { "listed.examplf", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	push(&stack, (const struct small_rule[]){ { "*.listed.example", HRD_ACTION_NXDOMAIN },
			 { "listed.example", HRD_ACTION_NXDOMAIN },
			 { "*.d.listed.example", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	push(&stack, (const struct small_rule[]){
			 { "e.x.listed.example", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	assert_int_equal(ask_type(&stack, "listed.example", DNSKEY).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "b.listed.example", DNSKEY).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "b.listed.example", DS).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "c.b.listed.example", DS).action, HRD_ACTION_PASSTHRU);
	assert_int_equal(ask_type(&stack, "d.listed.example", DS).action, HRD_ACTION_NONE);
	assert_int_equal(ask_type(&stack, "b.listed.example", A).action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_type(&stack, "a.listed.example", DNSKEY).action, HRD_ACTION_NXDOMAIN);
	assert_int_equal(ask_type(&stack, "a.listed.example", DS).action, HRD_ACTION_NXDOMAIN);
	/* A PASSTHRU behind the rule that decides spares nothing. */
	assert_int_equal(ask_type(&stack, "x.listed.example", DNSKEY).action, HRD_ACTION_NXDOMAIN);
	clear(&stack);
}

TEST(a_passthru_that_some_clients_skip_hides_no_rule_from_the_caches)
{
	struct stack stack = { 0 };

	push(&stack,
	    (const struct small_rule[]){ { "a.example", HRD_ACTION_PASSTHRU }, { NULL, 0 } });
	push(&stack,
	    (const struct small_rule[]){ { "a.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });
	assert_false(listed(&stack, "a.example", A));
	stack.layers.optional = 2;
	assert_false(listed(&stack, "a.example", A));
	stack.layers.optional = 1;
	assert_true(listed(&stack, "a.example", A));
	clear(&stack);
}

TEST(a_rule_that_points_to_itself_lets_its_target_pass)
{
	struct hrd_name target;
	struct stack stack = { 0 };
	struct hrd_layer *layer = push(&stack,
	    (const struct small_rule[]){ { "*.corp.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } });

	assert_int_equal(hrd_name_from_text(&target, "Portal.corp.example", 19), HRD_OK);
	layer->override = HRD_OVERRIDE_CNAME;
	layer->cname = &target;
	assert_int_equal(ask(&stack, "www.corp.example").action, HRD_ACTION_LOCAL_DATA);
	assert_int_equal(ask(&stack, "portal.CORP.example").action, HRD_ACTION_PASSTHRU);
	assert_false(listed(&stack, "portal.corp.example", A));
	clear(&stack);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_of_the_name_decides),
		cmocka_unit_test(the_root_never_matches),
		cmocka_unit_test(the_first_policy_that_matches_decides),
		cmocka_unit_test(passthru_does_not_act),
		cmocka_unit_test(overrides_replace_every_action),
		cmocka_unit_test(observing_ends_nothing),
		cmocka_unit_test(observing_below_a_blocked_subtree_lifts_nothing),
		cmocka_unit_test(a_client_address_exempts_from_its_policy_on),
		cmocka_unit_test(the_longest_prefix_of_the_first_policy_decides),
		cmocka_unit_test(of_equal_prefixes_the_smallest_address_decides),
		cmocka_unit_test(ds_is_judged_by_the_name_above),
		cmocka_unit_test(what_a_spared_name_needs_for_its_proof_is_left_alone),
		cmocka_unit_test(a_passthru_that_some_clients_skip_hides_no_rule_from_the_caches),
		cmocka_unit_test(a_rule_that_points_to_itself_lets_its_target_pass),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
