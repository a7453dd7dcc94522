/* SPDX-License-Identifier: BSD-3-Clause */
/* The probe's judgement: what single answers show, what they mean for a name, for a server, and the
 * cause that a pattern of leaks suggests. */
#include <config.h>

#include <string.h>

#include "lib/name/rdata.h"
#include "rpzgen/probe/reason.h"
#include "rpzgen/probe/server.h"
#include "rpzgen/probe/verdict.h"
#include "tests/unit/check.h"

static const struct hrd_expected nothing = { HRD_ACTION_NXDOMAIN, NULL, 0 };

/* A reply of that code to a question for www.listed.example. */
static struct hrd_reply
reply_of(unsigned rcode)
{
	struct hrd_reply reply;

	memset(&reply, 0, sizeof(reply));
	reply.rcode = rcode;
	reply.recursion = true;
	return reply;
}

static enum hrd_seen
seen(const struct hrd_reply *reply)
{
	const struct hrd_dns_query query = { .name = name_of("www.listed.example"),
		.type = HRD_TYPE_A };
	const struct hrd_name apex = name_of("feed.rpz"), mname = name_of("localhost");
	const struct hrd_name rname = name_of("dns.feed.example");
	const struct hrd_policy_mark mark = { &apex, &mname, &rname };

	return hrd_see(reply, &query, &mark, &nothing);
}

static void
add_soa(struct hrd_reply *reply, const char *owner, const char *mname, bool authority)
{
	struct hrd_reply_soa *soa = &reply->soas[reply->soa_count++];

	soa->owner = name_of(owner);
	soa->mname = name_of(mname);
	soa->rname = name_of("dns.feed.example");
	soa->authority = authority;
}

static void
add_address(struct hrd_reply *reply, uint8_t first)
{
	struct hrd_reply_record *record = &reply->records[reply->record_count++];

	reply->answers++;
	record->type = HRD_TYPE_A;
	record->len = 4;
	record->rdata[0] = first;
	record->rdata[3] = first == 0 ? 0 : 1;
}

TEST(a_name_that_does_not_exist_is_no_block)
{
	struct hrd_reply reply = reply_of(3);

	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
	add_soa(&reply, "listed.example", "ns.example", true);
	assert_int_equal(seen(&reply), HRD_SEEN_GONE);
	/* By a policy all the same, when the answer says so or shows the policy's zone. */
	reply.ede[reply.ede_count++].code = HRD_EDE_BLOCKED;
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
	reply.ede_count = 0;
	/* A forwarder keeps the SOA that the module makes, and no reason. */
	reply.soas[0].mname = name_of("localhost");
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
	reply.soas[0].mname = name_of("ns.example");
	add_soa(&reply, "feed.rpz", "localhost", false);
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
}

TEST(an_invented_soa_at_the_name_itself_is_no_zone)
{
	struct hrd_reply reply = reply_of(3);

	add_soa(&reply, "www.listed.example", "www.listed.example", true);
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
	reply.rcode = 0;
	assert_int_equal(seen(&reply), HRD_SEEN_NODATA);
	reply.soas[0].mname = name_of("ns.example");
	assert_int_equal(seen(&reply), HRD_SEEN_EMPTY);
}

TEST(soa_records_of_others_prove_nothing)
{
	struct hrd_reply reply = reply_of(3);

	add_soa(&reply, "other.example", "ns.example", true);
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
	reply.soa_count = 0;
	add_soa(&reply, "example", "ns.example", false);
	assert_int_equal(seen(&reply), HRD_SEEN_NXDOMAIN);
}

TEST(data_is_a_leak_unless_a_policy_put_it_there)
{
	struct hrd_reply reply = reply_of(0);

	add_address(&reply, 203);
	assert_int_equal(seen(&reply), HRD_SEEN_DATA);
	reply.ede[reply.ede_count++].code = HRD_EDE_FORGED;
	assert_int_equal(seen(&reply), HRD_SEEN_SINK);
	reply = reply_of(0);
	add_address(&reply, 0);
	assert_int_equal(seen(&reply), HRD_SEEN_SINK);
	reply = reply_of(0);
	add_address(&reply, 127);
	assert_int_equal(seen(&reply), HRD_SEEN_SINK);
}

TEST(who_does_not_recurse_refuses)
{
	struct hrd_reply reply = reply_of(0);

	reply.recursion = false;
	assert_int_equal(seen(&reply), HRD_SEEN_REFUSED);
	reply.recursion = true;
	assert_int_equal(seen(&reply), HRD_SEEN_NODATA);
	reply.truncated = true;
	assert_int_equal(seen(&reply), HRD_SEEN_TRUNCATED);
	reply = reply_of(5);
	assert_int_equal(seen(&reply), HRD_SEEN_REFUSED);
	reply = reply_of(2);
	assert_int_equal(seen(&reply), HRD_SEEN_FAILURE);
	reply = reply_of(16);
	assert_int_equal(seen(&reply), HRD_SEEN_FAILURE);
}

TEST(local_data_must_be_that_of_the_rule)
{
	static const uint8_t address[] = { 192, 0, 0, 1 };
	const struct hrd_rr rr = { HRD_TYPE_A, 4, 60, address };
	const struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = name_of("www.listed.example"),
		.action = HRD_ACTION_LOCAL_DATA };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_dns_query query = { .name = rule.name, .type = HRD_TYPE_A };
	const struct hrd_name apex = name_of("feed.rpz");
	const struct hrd_policy_mark mark = { &apex, NULL, NULL };
	struct hrd_expected expected = { HRD_ACTION_LOCAL_DATA, set, 0 };
	struct hrd_reply reply = reply_of(0);

	assert_int_equal(hrd_rules_add(set, &rule, &rr), HRD_OK);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	add_address(&reply, 203);
	assert_int_equal(hrd_see(&reply, &query, &mark, &expected), HRD_SEEN_DATA);
	add_address(&reply, 192);
	assert_int_equal(hrd_see(&reply, &query, &mark, &expected), HRD_SEEN_LOCAL);
	reply = reply_of(0);
	assert_int_equal(hrd_see(&reply, &query, &mark, &expected), HRD_SEEN_NODATA);
	query.type = HRD_TYPE_TXT;
	assert_int_equal(hrd_see(&reply, &query, &mark, &expected), HRD_SEEN_LOCAL);
	hrd_rules_free(set);
}

TEST(each_action_is_judged_by_what_it_does)
{
	static const struct {
		enum hrd_action action;
		enum hrd_seen seen;
		bool stream;
		enum hrd_name_verdict verdict;
	} cases[] = {
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_NXDOMAIN, false, HRD_NAME_ENFORCED },
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_NODATA, false, HRD_NAME_WRONG },
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_GONE, false, HRD_NAME_LEAKING },
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_SINK, false, HRD_NAME_WRONG },
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_NO_ANSWER, false, HRD_NAME_UNKNOWN },
		{ HRD_ACTION_NXDOMAIN, HRD_SEEN_FAILURE, false, HRD_NAME_UNKNOWN },
		{ HRD_ACTION_NODATA, HRD_SEEN_NODATA, true, HRD_NAME_ENFORCED },
		{ HRD_ACTION_NODATA, HRD_SEEN_NXDOMAIN, false, HRD_NAME_WRONG },
		{ HRD_ACTION_NODATA, HRD_SEEN_EMPTY, false, HRD_NAME_LEAKING },
		{ HRD_ACTION_DROP, HRD_SEEN_NO_ANSWER, false, HRD_NAME_ENFORCED },
		{ HRD_ACTION_DROP, HRD_SEEN_NXDOMAIN, false, HRD_NAME_WRONG },
		{ HRD_ACTION_DROP, HRD_SEEN_DATA, true, HRD_NAME_LEAKING },
		{ HRD_ACTION_TCP_ONLY, HRD_SEEN_TRUNCATED, false, HRD_NAME_ENFORCED },
		{ HRD_ACTION_TCP_ONLY, HRD_SEEN_DATA, false, HRD_NAME_LEAKING },
		{ HRD_ACTION_TCP_ONLY, HRD_SEEN_DATA, true, HRD_NAME_ENFORCED },
		{ HRD_ACTION_LOCAL_DATA, HRD_SEEN_LOCAL, false, HRD_NAME_ENFORCED },
		{ HRD_ACTION_LOCAL_DATA, HRD_SEEN_DATA, false, HRD_NAME_LEAKING },
		{ HRD_ACTION_OBSERVE, HRD_SEEN_DATA, false, HRD_NAME_OBSERVED },
		{ HRD_ACTION_OBSERVE, HRD_SEEN_NXDOMAIN, false, HRD_NAME_WRONG },
		{ HRD_ACTION_PASSTHRU, HRD_SEEN_GONE, false, HRD_NAME_EXEMPT },
		{ HRD_ACTION_PASSTHRU, HRD_SEEN_SINK, false, HRD_NAME_WRONG },
		{ HRD_ACTION_PASSTHRU, HRD_SEEN_REFUSED, false, HRD_NAME_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (hrd_judge_answer(cases[i].action, cases[i].seen, cases[i].stream) !=
		    cases[i].verdict)
			fail_msg("case %zu", i);
	}
}

TEST(a_name_is_as_bad_as_its_worst_answer)
{
	uint8_t answers[HRD_VARIANTS] = { HRD_SEEN_NXDOMAIN, HRD_SEEN_NXDOMAIN };

	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_ENFORCED);
	answers[2] = HRD_SEEN_NO_ANSWER;
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_UNKNOWN);
	answers[3] = HRD_SEEN_NODATA;
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_WRONG);
	answers[4] = HRD_SEEN_DATA;
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_LEAKING);
	memset(answers, HRD_SEEN_NOTHING, sizeof(answers));
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_UNKNOWN);
	/* Who serves no TCP lets nothing through there; over UDP silence is no answer. */
	answers[HRD_VARIANT_A] = HRD_SEEN_NXDOMAIN;
	answers[HRD_VARIANT_TCP] = HRD_SEEN_UNREACHABLE;
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_ENFORCED);
	answers[HRD_VARIANT_AAAA] = HRD_SEEN_UNREACHABLE;
	assert_int_equal(hrd_judge_name(HRD_ACTION_NXDOMAIN, answers, false), HRD_NAME_UNKNOWN);
}

/* Counts in a name whose questions all had that answer, but for one. */
static void
add_name(struct hrd_pattern *pattern, enum hrd_probe_form form, uint8_t all, int odd, uint8_t other)
{
	uint8_t answers[HRD_VARIANTS] = { all, all, all, all, all, all, HRD_SEEN_NOTHING };

	if (odd >= 0)
		answers[odd] = other;
	hrd_pattern_add(pattern, form, form != HRD_FORM_NAME, HRD_ACTION_NXDOMAIN, answers, false);
}

static void
expect_cause(const struct hrd_pattern *pattern, bool beacon, const char *part)
{
	char text[HRD_CAUSE_MAX];
	const char *cause = hrd_pattern_cause(pattern, beacon, text);

	assert_non_null(cause);
	if (strstr(cause, part) == NULL)
		fail_msg("\"%s\" has no \"%s\"", cause, part);
}

enum { GOOD = HRD_SEEN_NXDOMAIN, LEAK = HRD_SEEN_DATA };

TEST(no_leak_has_no_cause)
{
	struct hrd_pattern pattern = { 0 };
	char text[HRD_CAUSE_MAX];

	add_name(&pattern, HRD_FORM_NAME, GOOD, -1, 0);
	assert_null(hrd_pattern_cause(&pattern, false, text));
}

TEST(everything_leaks_where_nothing_is_loaded)
{
	struct hrd_pattern pattern = { 0 };

	add_name(&pattern, HRD_FORM_NAME, LEAK, -1, 0);
	add_name(&pattern, HRD_FORM_SUBDOMAIN, LEAK, 1, HRD_SEEN_EMPTY);
	expect_cause(&pattern, false, "not loaded");
	expect_cause(&pattern, true, "although the policy is there");
}

TEST(sub_domains_leak_without_wildcards)
{
	struct hrd_pattern pattern = { 0 };

	add_name(&pattern, HRD_FORM_NAME, GOOD, -1, 0);
	add_name(&pattern, HRD_FORM_SUBDOMAIN, LEAK, -1, 0);
	add_name(&pattern, HRD_FORM_KNOWN, LEAK, -1, 0);
	expect_cause(&pattern, false, "only sub-domains leak: the wildcard rules are missing");
	add_name(&pattern, HRD_FORM_SUBDOMAIN, GOOD, -1, 0);
	expect_cause(&pattern, false, "holes");
}

TEST(names_leak_without_their_own_rules)
{
	struct hrd_pattern pattern = { 0 };

	add_name(&pattern, HRD_FORM_NAME, LEAK, -1, 0);
	add_name(&pattern, HRD_FORM_SUBDOMAIN, GOOD, -1, 0);
	expect_cause(&pattern, false, "only the listed names themselves");
	add_name(&pattern, HRD_FORM_NAME, GOOD, -1, 0);
	expect_cause(&pattern, false, "older policy");
}

TEST(signed_answers_leak_at_bind)
{
	struct hrd_pattern pattern = { 0 };

	add_name(&pattern, HRD_FORM_NAME, GOOD, HRD_VARIANT_DNSSEC, LEAK);
	add_name(&pattern, HRD_FORM_SUBDOMAIN, GOOD, -1, 0);
	expect_cause(&pattern, false, "break-dnssec");
}

TEST(single_types_and_tcp_are_told)
{
	struct hrd_pattern pattern = { 0 };

	add_name(&pattern, HRD_FORM_NAME, GOOD, HRD_VARIANT_TCP, LEAK);
	expect_cause(&pattern, false, "TCP");
	pattern = (struct hrd_pattern){ 0 };
	add_name(&pattern, HRD_FORM_NAME, GOOD, HRD_VARIANT_HTTPS, LEAK);
	add_name(&pattern, HRD_FORM_SUBDOMAIN, GOOD, HRD_VARIANT_TXT, LEAK);
	expect_cause(&pattern, false, "only some types leak (HTTPS, TXT)");
}

TEST(a_server_is_judged_in_order)
{
	struct hrd_server_facts facts = { .answered = false };

	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_BROKEN);
	facts.answered = true;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_BROKEN);
	facts.served = true;
	facts.names[HRD_NAME_ENFORCED] = 9;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_ENFORCED);
	facts.names[HRD_NAME_UNKNOWN] = 1;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_INCONCLUSIVE);
	facts.given_up = true;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_BROKEN);
	facts.names[HRD_NAME_WRONG] = 1;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_WRONG_ACTION);
	facts.names[HRD_NAME_LEAKING] = 1;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_LEAKING);
	facts.older = true;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_STALE);
	facts.all_leak = true;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_LEAKING);
	/* Who denies everything has no policy; a name with data leaks whatever else is said. */
	facts.controls_bad = 1;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_INCONCLUSIVE);
	facts.data_leaked = true;
	assert_int_equal(hrd_judge_server(&facts), HRD_SERVER_LEAKING);
}

TEST(servers_are_addresses)
{
	static const char *const good[] = { "192.0.2.1", "192.0.2.1#5353", "2001:db8::1",
		"2001:db8::1#53", "192.0.2.1@dns.example", "192.0.2.1#8853@dns.example", "::1#1" };
	static const char *const bad[] = { "", "dns.example", "192.0.2.1:53", "192.0.2.1#",
		"192.0.2.1#0", "192.0.2.1#65536", "192.0.2.1#5x", "192.0.2.1@", "192.0.2.1@a b",
		"192.0.2.1@dns.example#53", "192.0.2.256", "[::1]", "192.0.2.1#-1", "@x", "#53" };
	struct hrd_server server;
	const char *why;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!hrd_server_parse(good[i], strlen(good[i]), &server, &why))
			fail_msg("\"%s\" was refused: %s", good[i], why);
	}
	assert_true(hrd_server_parse("::1@x.example", 13, &server, &why));
	assert_string_equal(server.tls_name, "x.example");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (hrd_server_parse(bad[i], strlen(bad[i]), &server, &why))
			fail_msg("\"%s\" was taken", bad[i]);
	}
}

TEST(reasons_are_read_as_json_or_text)
{
	static struct hrd_stated_reason reason;

	assert_int_equal(
	    hrd_reason_read(&reason, 15,
		"{\"c\":[\"mailto:a@b.example\"],\"j\":\"Act 1\",\"s\":6,\"o\":\"X\"}"),
	    HRD_OK);
	assert_true(reason.structured);
	assert_string_equal(reason.justification, "Act 1");
	assert_string_equal(reason.contacts[0], "mailto:a@b.example");
	assert_int_equal(reason.sub_error, 6);
	assert_int_equal(hrd_reason_read(&reason, 17, "{ not \x1b json"), HRD_OK);
	assert_false(reason.structured);
	assert_null(strchr(reason.text, '\x1b'));
	assert_int_equal(hrd_reason_read(&reason, 17, ""), HRD_OK);
	assert_int_equal(
	    hrd_reason_read(&reason, 17, "{\"j\":[1],\"c\":{\"a\":1},\"s\":99}"), HRD_OK);
	assert_true(reason.structured && reason.sub_error == 0 && reason.contact_count == 0);
	assert_null(hrd_reason_code_words(4711));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_does_not_exist_is_no_block),
		cmocka_unit_test(an_invented_soa_at_the_name_itself_is_no_zone),
		cmocka_unit_test(soa_records_of_others_prove_nothing),
		cmocka_unit_test(data_is_a_leak_unless_a_policy_put_it_there),
		cmocka_unit_test(who_does_not_recurse_refuses),
		cmocka_unit_test(local_data_must_be_that_of_the_rule),
		cmocka_unit_test(each_action_is_judged_by_what_it_does),
		cmocka_unit_test(a_name_is_as_bad_as_its_worst_answer),
		cmocka_unit_test(no_leak_has_no_cause),
		cmocka_unit_test(everything_leaks_where_nothing_is_loaded),
		cmocka_unit_test(sub_domains_leak_without_wildcards),
		cmocka_unit_test(names_leak_without_their_own_rules),
		cmocka_unit_test(signed_answers_leak_at_bind),
		cmocka_unit_test(single_types_and_tcp_are_told),
		cmocka_unit_test(a_server_is_judged_in_order),
		cmocka_unit_test(servers_are_addresses),
		cmocka_unit_test(reasons_are_read_as_json_or_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
