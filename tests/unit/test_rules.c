/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule set: order, merging, contradictions, limits, what is refused. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/rules/dump.h"
#include "lib/rules/rules.h"
#include "tests/unit/check.h"

static void
note_clash(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	char line[100];

	snprintf(line, sizeof(line), "%s %llu %llu\n",
	    clash != HRD_CLASH_DUPLICATE ? "contradiction" : "duplicate",
	    (unsigned long long)kept->line, (unsigned long long)other->line);
	assert_int_equal(collect(ctx, line, strlen(line)), HRD_OK);
}

static struct hrd_rule
name_rule(enum hrd_trigger trigger, const char *text, enum hrd_action action)
{
	struct hrd_rule rule = { .trigger = trigger, .action = action };

	if (strncmp(text, "*.", 2) == 0) {
		rule.wildcard = true;
		text += 2;
	}
	assert_int_equal(hrd_name_from_text(&rule.name, text, strlen(text)), HRD_OK);
	return rule;
}

static struct hrd_rule
prefix_rule(enum hrd_trigger trigger, const char *text, enum hrd_action action)
{
	struct hrd_rule rule = { .trigger = trigger, .action = action };

	assert_int_equal(hrd_prefix_from_text(&rule.prefix, text, strlen(text)), HRD_OK);
	return rule;
}

static int
try_add(struct hrd_ruleset *set, const char *name, enum hrd_action action, uint64_t line)
{
	struct hrd_rule rule = name_rule(HRD_TRIGGER_QNAME, name, action);

	rule.line = line;
	return hrd_rules_add(set, &rule, NULL);
}

static int
try_record(struct hrd_ruleset *set, const char *name, uint16_t type, uint32_t ttl,
    const void *rdata, size_t len, uint64_t line)
{
	struct hrd_rule rule = name_rule(HRD_TRIGGER_QNAME, name, HRD_ACTION_LOCAL_DATA);
	struct hrd_rr rr = { type, (uint16_t)len, ttl, rdata };

	rule.line = line;
	return hrd_rules_add(set, &rule, &rr);
}

/* Seals the set and compares its dump and its clashes; frees it. */
static void
assert_sealed(struct hrd_ruleset *set, int status, const char *dump, const char *clashes)
{
	static struct collected lines, told;

	lines.len = told.len = 0;
	lines.text[0] = told.text[0] = '\0';
	assert_int_equal(hrd_rules_seal(set, note_clash, &told), status);
	assert_int_equal(hrd_dump_all(set, collect, &lines), HRD_OK);
	assert_string_equal(lines.text, dump);
	assert_string_equal(told.text, clashes);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_EINVAL);
	assert_int_equal(try_add(set, "late.example", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	hrd_rules_free(set);
}

TEST(rules_come_out_in_order)
{
	static const char *const names[] = { "b.example", "*.example", "example", "*.b.example",
		"*.", "a.b.example", "\\000.example", "z" };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rule rule;

	rule = prefix_rule(HRD_TRIGGER_NSIP, "192.0.2.0/24", HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule = name_rule(HRD_TRIGGER_NSDNAME, "ns.example", HRD_ACTION_NODATA);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *name = strcmp(names[i], "*.") == 0 ? "*.." : names[i];

		assert_int_equal(try_add(set, name, HRD_ACTION_NXDOMAIN, i), HRD_OK);
	}
	rule = prefix_rule(HRD_TRIGGER_CLIENT_IP, "2001:db8::/32", HRD_ACTION_TCP_ONLY);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule = prefix_rule(HRD_TRIGGER_CLIENT_IP, "192.0.2.0/25", HRD_ACTION_PASSTHRU);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule = prefix_rule(HRD_TRIGGER_CLIENT_IP, "192.0.2.0/24", HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	assert_sealed(set, HRD_OK,
	    "24.0.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
	    "25.0.2.0.192.rpz-client-ip CNAME rpz-passthru.\n"
	    "32.zz.db8.2001.rpz-client-ip CNAME rpz-tcp-only.\n"
	    "* CNAME .\n"
	    "example CNAME .\n"
	    "*.example CNAME .\n"
	    "\\000.example CNAME .\n"
	    "b.example CNAME .\n"
	    "*.b.example CNAME .\n"
	    "a.b.example CNAME .\n"
	    "z CNAME .\n"
	    "ns.example.rpz-nsdname CNAME *.\n"
	    "24.0.2.0.192.rpz-nsip CNAME rpz-drop.\n",
	    "");
}

TEST(the_first_of_two_rules_stays)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_add(set, "b.example", HRD_ACTION_NXDOMAIN, 1), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_NODATA, 2), HRD_OK);
	assert_int_equal(try_add(set, "B.EXAMPLE", HRD_ACTION_NXDOMAIN, 3), HRD_OK);
	assert_int_equal(try_add(set, "*.b.example", HRD_ACTION_DROP, 4), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_DROP, 5), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_NODATA, 6), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_OBSERVE, UINT64_MAX), HRD_OK);
	assert_sealed(set, HRD_EEXIST,
	    "a.example CNAME *.\nb.example CNAME .\n*.b.example CNAME rpz-drop.\n",
	    "contradiction 2 5\nduplicate 2 6\ncontradiction 2 4294967295\nduplicate 1 3\n");
}

TEST(duplicates_alone_are_no_error)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_add(set, "a.example", HRD_ACTION_NODATA, 1), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_NODATA, 2), HRD_OK);
	assert_sealed(set, HRD_OK, "a.example CNAME *.\n", "duplicate 1 2\n");
}

TEST(observe_and_stop_are_not_dumped)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_add(set, "a.example", HRD_ACTION_OBSERVE, 1), HRD_OK);
	assert_int_equal(try_add(set, "*.a.example", HRD_ACTION_STOP, 1), HRD_OK);
	assert_sealed(set, HRD_OK, "", "");
}

TEST(records_of_one_owner_become_one_rule)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rr rr;

	assert_int_equal(try_record(set, "a.example", 16, 60, "\002hi", 3, 1), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 1, 300, "\300\0\2\2", 4, 2), HRD_OK);
	assert_int_equal(try_record(set, "b.example", 5, 60, "\001*\006GARDEN", 10, 3), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 1, 100, "\300\0\2\1", 4, 4), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 1, 300, "\300\0\2\2", 4, 5), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\001x", 3, 6), HRD_OK);
	assert_int_equal(try_record(set, "b.example", 1, 60, "\300\0\2\1", 4, 7), HRD_OK);
	assert_int_equal(try_record(set, "b.example", 5, 60, "\001*\006garden", 10, 8), HRD_OK);
	assert_int_equal(try_record(set, "b.example", 5, 60, "\001*\007gardens", 11, 9), HRD_OK);
	assert_int_equal(try_add(set, "b.example", HRD_ACTION_NXDOMAIN, 10), HRD_OK);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_EEXIST);
	assert_int_equal(hrd_rules_count(set), 2);
	assert_int_equal(hrd_rules_rr_count(set, HRD_TRIGGER_QNAME, 0), 3);
	assert_int_equal(hrd_rules_rr_count(set, HRD_TRIGGER_QNAME, 1), 1);
	hrd_rules_rr(set, HRD_TRIGGER_QNAME, 0, 1, &rr);
	assert_int_equal(rr.type, 1);
	assert_int_equal(rr.ttl, 100);
	assert_memory_equal(rr.rdata, "\300\0\2\2", 4);
	hrd_rules_rr(set, HRD_TRIGGER_QNAME, 1, 0, &rr);
	assert_int_equal(rr.rdlen, 10);
	assert_memory_equal(rr.rdata, "\001*\006garden", 10);
	hrd_rules_free(set);
}

TEST(clashes_of_records_are_told)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_record(set, "a.example", 1, 300, "\300\0\2\2", 4, 1), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 1, 300, "\300\0\2\2", 4, 2), HRD_OK);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\001x", 3, 3), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_DROP, 4), HRD_OK);
	assert_sealed(set, HRD_EEXIST, "a.example 300 A 192.0.2.2\n",
	    "contradiction 1 3\ncontradiction 1 4\nduplicate 1 2\n");
}

TEST(a_ttl_with_its_highest_bit_counts_as_zero)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_record(set, "a.example", 1, 0x80000000, "\300\0\2\2", 4, 1), HRD_OK);
	assert_int_equal(try_record(set, "b.example", 1, 0x7fffffff, "\300\0\2\2", 4, 1), HRD_OK);
	assert_sealed(
	    set, HRD_OK, "a.example 0 A 192.0.2.2\nb.example 2147483647 A 192.0.2.2\n", "");
}

TEST(an_owner_keeps_at_most_1024_records)
{
	for (uint32_t records = HRD_RRS_PER_OWNER_MAX; records <= HRD_RRS_PER_OWNER_MAX + 1;
	     records++) {
		struct hrd_ruleset *set = hrd_rules_new();

		for (uint32_t i = 0; i < records; i++) {
			uint8_t rdata[4] = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i };

			assert_int_equal(try_record(set, "a.example", 1, 60, rdata, 4, 1), HRD_OK);
			/* Twice the same is one record. */
			assert_int_equal(try_record(set, "a.example", 1, 60, rdata, 4, 1), HRD_OK);
		}
		assert_int_equal(hrd_rules_seal(set, NULL, NULL),
		    records <= HRD_RRS_PER_OWNER_MAX ? HRD_OK : HRD_EEXIST);
		assert_int_equal(
		    hrd_rules_rr_count(set, HRD_TRIGGER_QNAME, 0), HRD_RRS_PER_OWNER_MAX);
		hrd_rules_free(set);
	}
}

TEST(what_no_zone_can_say_is_refused)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rule rule;
	struct hrd_rr rr = { 1, 4, 60, (const uint8_t *)"\300\0\2\1" };
	char longest[256];

	assert_int_equal(try_add(set, ".", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "*..", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "\\*.example", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "*.\\*.example", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "a.\\*.example", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "\\*\\*.example", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "a.rpz-ip", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "rpz-nsdname", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "*.rpz-client-ip", HRD_ACTION_NXDOMAIN, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "rpz-ip.example", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "rpz-ipx", HRD_ACTION_NXDOMAIN, 0), HRD_OK);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_NONE, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "a.example", (enum hrd_action)HRD_ACTIONS, 0), HRD_EINVAL);
	assert_int_equal(try_add(set, "a.example", HRD_ACTION_LOCAL_DATA, 0), HRD_EINVAL);
	rule = name_rule(HRD_TRIGGER_QNAME, "a.example", HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, &rr), HRD_EINVAL);
	rule.meta = 1;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_EINVAL);
	rule = name_rule((enum hrd_trigger)HRD_TRIGGERS, "a.example", HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_EINVAL);
	rule = name_rule(HRD_TRIGGER_NSDNAME, "a.rpz-ip", HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule = prefix_rule(HRD_TRIGGER_NSIP, "192.0.2.0/24", HRD_ACTION_STOP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_EINVAL);
	rule = prefix_rule(HRD_TRIGGER_NSIP, "192.0.2.0/24", HRD_ACTION_DROP);
	rule.prefix.addr[15] = 1;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_EINVAL);
	rule.prefix.len = 129;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_EINVAL);
	/* 126 labels of one octet leave room for "*.", 127 do not. */
	for (int i = 0; i < 253; i++)
		longest[i] = i % 2 == 0 ? 'a' : '.';
	longest[253] = '\0';
	rule = name_rule(HRD_TRIGGER_QNAME, longest, HRD_ACTION_DROP);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule.wildcard = true;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_ERANGE);
	rule = name_rule(HRD_TRIGGER_QNAME, longest + 2, HRD_ACTION_DROP);
	rule.wildcard = true;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	hrd_rules_free(set);
}

TEST(bad_records_are_refused)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_int_equal(try_record(set, "a.example", 1, 60, "abc", 3, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 6, 60, "", 0, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 5, 60, "", 1, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\001*", 3, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\010rpz-drop", 10, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\001x\004RPZ-", 8, 0), HRD_EINVAL);
	assert_int_equal(try_record(set, "a.example", 5, 60, "\004rpz-\001x", 8, 0), HRD_OK);
	hrd_rules_free(set);
}

TEST(metadata_is_stored_once_and_checked)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_meta meta = { "id", "entity", "self", "web", "basis", "text", "api", "title",
		"https://act.example/" };
	struct hrd_meta out;
	char text[HRD_META_TEXT_MAX + 2];
	uint32_t a, b, zero;

	assert_int_equal(hrd_rules_meta(set, &meta, &a), HRD_OK);
	assert_int_equal(hrd_rules_meta(set, &meta, &b), HRD_OK);
	assert_true(a > 0);
	assert_int_equal(a, b);
	hrd_rules_meta_get(set, a, &out);
	assert_string_equal(out.rule_id, "id");
	assert_string_equal(out.entity, "entity");
	assert_string_equal(out.relation, "self");
	assert_string_equal(out.service, "web");
	assert_string_equal(out.basis, "basis");
	assert_string_equal(out.ede, "text");
	assert_string_equal(out.category, "api");
	assert_string_equal(out.description, "title");
	assert_string_equal(out.reference, "https://act.example/");
	meta = (struct hrd_meta){ "", "", "", "", "", "", "", "", "" };
	assert_int_equal(hrd_rules_meta(set, &meta, &zero), HRD_OK);
	assert_int_equal(zero, 0);
	memset(text, 'x', sizeof(text));
	text[HRD_META_TEXT_MAX] = '\0';
	meta.basis = text;
	assert_int_equal(hrd_rules_meta(set, &meta, &b), HRD_OK);
	text[HRD_META_TEXT_MAX] = 'x';
	text[HRD_META_TEXT_MAX + 1] = '\0';
	assert_int_equal(hrd_rules_meta(set, &meta, &b), HRD_ELIMIT);
	meta.basis = "a\nb";
	assert_int_equal(hrd_rules_meta(set, &meta, &b), HRD_EINVAL);
	meta.basis = "\300\257";
	assert_int_equal(hrd_rules_meta(set, &meta, &b), HRD_EINVAL);
	hrd_rules_free(set);
	hrd_rules_free(NULL);
}

/* Many names that differ late, so that the sort reads beyond what it has cached. */
TEST(a_large_set_is_sorted)
{
	enum { N = 20000 };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rule before, rule;

	for (unsigned i = 0; i < N; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%05u.a-long-common-part.example",
		    i % 3 == 0 ? "*." : "", i * 7919u % N);
		assert_int_equal(try_add(set, name, HRD_ACTION_NXDOMAIN, i), HRD_OK);
	}
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	assert_int_equal(hrd_rules_count_of(set, HRD_TRIGGER_QNAME), N);
	hrd_rules_get(set, HRD_TRIGGER_QNAME, 0, &before);
	for (size_t i = 1; i < N; i++, before = rule) {
		hrd_rules_get(set, HRD_TRIGGER_QNAME, i, &rule);
		assert_true(hrd_name_cmp(&before.name, &rule.name) < 0);
		assert_int_equal(rule.wildcard, rule.line % 3 == 0);
	}
	hrd_rules_free(set);
}

/* What comes behind an octet decides only between names that have this one. */
TEST(names_of_any_octets_are_sorted)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_name before = { .len = 0 };
	struct hrd_rule rule;
	size_t count;

	for (unsigned octet = 0; octet < 256; octet += 3) {
		char name[64];

		snprintf(name, sizeof(name), "a\\%03u%c", 255 - octet, octet % 2 == 0 ? 'z' : '0');
		assert_int_equal(try_add(set, name, HRD_ACTION_NXDOMAIN, octet), HRD_OK);
	}
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	count = hrd_rules_count_of(set, HRD_TRIGGER_QNAME);
	for (size_t i = 0; i < count; i++, before = rule.name) {
		hrd_rules_get(set, HRD_TRIGGER_QNAME, i, &rule);
		assert_true(i == 0 || hrd_name_cmp(&before, &rule.name) < 0);
	}
	hrd_rules_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_come_out_in_order),
		cmocka_unit_test(the_first_of_two_rules_stays),
		cmocka_unit_test(duplicates_alone_are_no_error),
		cmocka_unit_test(observe_and_stop_are_not_dumped),
		cmocka_unit_test(records_of_one_owner_become_one_rule),
		cmocka_unit_test(clashes_of_records_are_told),
		cmocka_unit_test(a_ttl_with_its_highest_bit_counts_as_zero),
		cmocka_unit_test(an_owner_keeps_at_most_1024_records),
		cmocka_unit_test(what_no_zone_can_say_is_refused),
		cmocka_unit_test(bad_records_are_refused),
		cmocka_unit_test(metadata_is_stored_once_and_checked),
		cmocka_unit_test(a_large_set_is_sorted),
		cmocka_unit_test(names_of_any_octets_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
