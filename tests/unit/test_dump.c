/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of RPZ text, type by type, the rule digest, and which RDATA is taken. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/blake2b.h"
#include "lib/name/rdata.h"
#include "lib/rules/dump.h"
#include "tests/unit/check.h"

static struct collected out;

static bool
one_record(const void *ctx, size_t n, struct hrd_rr *rr)
{
	*rr = *(const struct hrd_rr *)ctx;
	return n == 0;
}

static void
assert_record(uint16_t type, const char *rdata, size_t len, const char *expected)
{
	struct hrd_rr rr = { type, (uint16_t)len, 60, (const uint8_t *)rdata };
	struct hrd_name name;
	struct hrd_dump_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = &name,
		.action = HRD_ACTION_LOCAL_DATA,
		.rr = one_record,
		.rr_ctx = &rr };
	char line[300];

	assert_int_equal(hrd_name_from_text(&name, "x", 1), HRD_OK);
	out.len = 0;
	assert_null(hrd_rdata_fault(type, rr.rdata, len));
	assert_int_equal(hrd_dump_rule(&rule, collect, &out), HRD_OK);
	snprintf(line, sizeof(line), "x 60 %s\n", expected);
	assert_string_equal(out.text, line);
}

TEST(records_are_printed_by_type)
{
	assert_record(1, "\300\0\2\1", 4, "A 192.0.2.1");
	assert_record(28, "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1", 16, "AAAA 2001:db8::1");
	assert_record(28, "\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1", 16, "AAAA ::ffff:192.0.2.1");
	assert_record(5, "\001*\006garden\0", 10, "CNAME *.garden.");
	assert_record(5, "\003a.b\002\0\377\0", 8, "CNAME a\\.b.\\000\\255.");
	assert_record(12, "\0", 1, "PTR .");
	assert_record(15, "\0\012\004mail\0", 8, "MX 10 mail.");
	assert_record(33, "\0\1\0\2\27\160\001s\0", 9, "SRV 1 2 6000 s.");
	assert_record(16, "\002hi\0\005\"\\ \n\377", 10, "TXT \"hi\" \"\" \"\\\"\\\\ \\010\\255\"");
	assert_record(65, "\0\1\0", 3, "TYPE65 \\# 3 000100");
	assert_record(65280, "", 0, "TYPE65280 \\# 0");
}

TEST(a_record_of_65535_octets_is_printed)
{
	static uint8_t rdata[65535];
	struct hrd_rr rr = { 65280, sizeof(rdata), 60, rdata };
	struct hrd_name name;
	struct hrd_dump_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = &name,
		.action = HRD_ACTION_LOCAL_DATA,
		.rr = one_record,
		.rr_ctx = &rr };

	assert_int_equal(hrd_name_from_text(&name, "x", 1), HRD_OK);
	memset(rdata, 0xab, sizeof(rdata));
	out.len = 0;
	assert_int_equal(hrd_dump_rule(&rule, collect, &out), HRD_OK);
	assert_int_equal(out.len, strlen("x 60 TYPE65280 \\# 65535 \n") + 2 * sizeof(rdata));
	assert_null(strpbrk(out.text + strlen("x 60 TYPE65280 \\# 65535 "), "0123456789x "));
}

static int
fail_at_once(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return HRD_EIO;
}

TEST(an_error_of_the_sink_is_given_back)
{
	struct hrd_name name;
	struct hrd_dump_rule rule = {
		.trigger = HRD_TRIGGER_QNAME, .name = &name, .action = HRD_ACTION_DROP
	};

	assert_int_equal(hrd_name_from_text(&name, "x", 1), HRD_OK);
	assert_int_equal(hrd_dump_rule(&rule, fail_at_once, NULL), HRD_EIO);
}

TEST(faulty_rdata_is_named)
{
	static const struct {
		uint16_t type;
		const char *rdata;
		size_t len;
	} bad[] = {
		{ 1, "abc", 3 },
		{ 1, "abcde", 5 },
		{ 1, "", 0 },
		{ 28, "0123456789abcde", 15 },
		{ 5, "", 0 },
		{ 5, "\001a", 2 },
		{ 5, "\001a\0x", 4 },
		{ 5, "\300\014", 2 },
		{ 15, "\0\1", 2 },
		{ 15, "\0", 1 },
		{ 33, "\0\1\0\1\0\0", 6 },
		{ 16, "", 0 },
		{ 16, "\002a", 2 },
		{ 13, "\001a", 2 },
		{ 14, "\0", 1 },
		{ 35, "\0\1\0\1\0\0\0", 7 },
		{ 64, "\0\1", 2 },
		{ 107, "\0\1\001", 3 },
		{ 0, "", 0 },
		{ 2, "\0", 1 },
		{ 6, "", 0 },
		{ 39, "\0", 1 },
		{ 41, "", 0 },
		{ 43, "", 0 },
		{ 46, "", 0 },
		{ 47, "", 0 },
		{ 48, "", 0 },
		{ 50, "", 0 },
		{ 63, "", 0 },
		{ 128, "", 0 },
		{ 252, "", 0 },
		{ 255, "", 0 },
		{ 32769, "", 0 },
		{ 65535, "", 0 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* A copy of exactly this size, for ASan. */
		uint8_t *copy = malloc(bad[i].len + 1);

		memcpy(copy, bad[i].rdata, bad[i].len);
		if (hrd_rdata_fault(bad[i].type, copy, bad[i].len) == NULL)
			fail_msg("type %u, %zu octets", bad[i].type, bad[i].len);
		free(copy);
	}
	assert_null(hrd_rdata_fault(65280, (const uint8_t *)"", 0));
	assert_null(hrd_rdata_fault(35, (const uint8_t *)"\0\1\0\1\0\0\0\001a", 10));
	assert_null(hrd_rdata_fault(16, (const uint8_t *)"\0\0\001a", 4));
}

/* Of each type the shortest that holds, or one that just does not: what BIND, ldns and Knot refuse,
 * and with it the zone. */
TEST(rdata_of_rare_types_is_whole)
{
	static const struct {
		uint16_t type;
		bool good;
		size_t len;
		const char *rdata;
	} cases[] = {
		{ 11, true, 6, "\300\0\2\1\6\200" },
		{ 11, false, 4, "\300\0\2\1" },
		{ 11, false, 6, "\300\0\2\1\6\0" },
		{ 19, true, 5, "\0043110" },
		{ 19, false, 4, "\003311" },
		{ 20, true, 2, "\0011" },
		{ 20, true, 4, "\0011\0012" },
		{ 20, false, 6, "\0011\0012\0013" },
		{ 20, false, 4, "\0011\0022" },
		{ 22, false, 0, "" },
		{ 27, true, 3, "\0\0\0" },
		{ 27, false, 2, "\0\0" },
		{ 29, true, 16, "\0\63\63\63\213\15\54\214\177\213\43\340\0\230\226\200" },
		{ 29, false, 15, "\0\63\63\63\213\15\54\214\177\213\43\340\0\230\226" },
		{ 29, false, 16, "\0\372\63\63\213\15\54\214\177\213\43\340\0\230\226\200" },
		{ 29, false, 16, "\0\3\63\63\213\15\54\214\177\213\43\340\0\230\226\200" },
		{ 29, false, 16, "\0\63\63\63\0\0\0\0\177\213\43\340\0\230\226\200" },
		{ 29, false, 16, "\0\63\63\63\213\15\54\214\377\377\377\377\0\230\226\200" },
		{ 37, true, 6, "\0\1\0\1\1x" },
		{ 37, false, 5, "\0\1\0\1\1" },
		{ 38, false, 17, "\0\1\2\3\4\5\6\7\1\2\3\4\5\6\7\1\2" },
		{ 42, true, 0, "" },
		{ 42, true, 8, "\0\1\40\4\300\0\2\1" },
		{ 42, false, 7, "\0\1\40\4\300\0\2" },
		{ 42, false, 8, "\0\1\41\4\300\0\2\1" },
		{ 42, false, 8, "\0\1\40\4\300\0\2\0" },
		{ 42, false, 9, "\0\1\40\5\300\0\2\1\1" },
		{ 44, true, 22, "\1\1abcdefghijklmnopqrst" },
		{ 44, false, 21, "\1\1abcdefghijklmnopqrs" },
		{ 44, false, 22, "\1\2abcdefghijklmnopqrst" },
		{ 44, false, 1, "\1" },
		{ 45, true, 4, "\1\0\2k" },
		{ 45, true, 8, "\1\1\2\300\0\2\1k" },
		{ 45, false, 7, "\1\1\2\300\0\2\1" },
		{ 45, true, 7, "\1\3\2\1a\0k" },
		{ 45, false, 6, "\1\3\2\1a\0" },
		{ 45, false, 6, "\1\4\2\1a\0" },
		{ 49, false, 0, "" },
		{ 52, true, 4, "\3\1\1x" },
		{ 52, false, 3, "\3\1\1" },
		{ 61, false, 0, "" },
		{ 104, true, 10, "\0\1abcdefgh" },
		{ 104, false, 9, "\0\1abcdefg" },
		{ 105, true, 6, "\0\1\300\0\2\1" },
		{ 105, false, 7, "\0\1\300\0\2\1\0" },
		{ 108, true, 6, "abcdef" },
		{ 108, false, 2, "ab" },
		{ 256, true, 4, "\0\1\0\1" },
		{ 256, false, 3, "\0\1\0" },
		{ 257, true, 7, "\0\005issue" },
		{ 257, false, 2, "\0\0" },
		{ 257, false, 7, "\0\005iss-e" },
		{ 257, false, 6, "\0\005issu" },
		{ 262, false, 2, "\2a" },
	};
	bool all = true;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A copy of exactly this size, for ASan. */
		uint8_t *copy = malloc(cases[i].len + 1);

		memcpy(copy, cases[i].rdata, cases[i].len);
		if ((hrd_rdata_fault(cases[i].type, copy, cases[i].len) == NULL) != cases[i].good) {
			print_error("case %zu, type %u\n", i, cases[i].type);
			all = false;
		}
		free(copy);
	}
	assert_true(all);
}

TEST(only_data_that_names_another_place_leads_there)
{
#define SVCB_HEAD "\0\1\1a\0"
	static const struct {
		uint16_t type;
		bool leads;
		size_t len;
		const char *rdata;
	} cases[] = {
		{ 1, true, 4, "\300\0\2\1" },
		{ 1, false, 4, "\0\0\0\0" },
		{ 1, false, 4, "\177\0\0\65" },
		{ 28, false, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1" },
		{ 28, true, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2" },
		{ 28, false, 16, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1" },
		{ 28, true, 16, "\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1" },
		{ 5, true, 3, "\1b\0" },
		{ 5, false, 3, "\1a\0" },
		{ 5, false, 3, "\1A\0" },
		{ 5, false, 11, "\011localhost\0" },
		{ 15, false, 3, "\0\12\0" },
		{ 15, true, 5, "\0\12\1b\0" },
		{ 14, true, 4, "\0\1b\0" }, /* the second of two names */
		{ 35, false, 8, "\0\1\0\1\0\0\0\0" },
		{ 35, true, 9, "\0\1\0\1\0\0\1x\0" },
		{ 35, false, 10, "\0\1\0\1\1u\1s\0\0" },
		{ 64, false, 3, "\0\1\0" },
		{ 64, true, 5, "\0\1\1b\0" },
		{ 64, false, 5, SVCB_HEAD },
		{ 65, true, 13, SVCB_HEAD "\0\4\0\4\300\0\2\1" },
		{ 65, true, 17, SVCB_HEAD "\0\4\0\10\177\0\0\1\300\0\2\1" },
		{ 65, false, 13, SVCB_HEAD "\0\4\0\4\177\0\0\1" },
		{ 65, false, 11, SVCB_HEAD "\0\3\0\2\1\273" },
		{ 65, true, 31,
		    SVCB_HEAD "\0\3\0\2\1\273"
			      "\0\6\0\20\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1" },
		{ 16, false, 2, "\1b" },
		{ 257, false, 3, "\0\1b" },
		{ 65280, false, 3, "\1b\0" },
		{ 256, true, 5, "\0\1\0\1b" },
		{ 45, true, 3, "\1\0\1" },
	};
	struct hrd_name own;
	bool good = true;

	assert_int_equal(hrd_name_from_text(&own, "a", 1), HRD_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t *rdata = (const uint8_t *)cases[i].rdata;

		if (hrd_rdata_leads(cases[i].type, rdata, cases[i].len, &own) != cases[i].leads) {
			print_error("case %zu, type %u\n", i, cases[i].type);
			good = false;
		}
	}
	assert_true(good);
	/* Below "*.a" the name a is another place. */
	assert_true(hrd_rdata_leads(5, (const uint8_t *)"\1a\0", 3, NULL));
#undef SVCB_HEAD
}

TEST(names_in_rdata_are_lower_cased)
{
	uint8_t srv[] = "\0\1\0\1\101\102\003WwW", svcb[] = "\0\1\001A\000KEY", txt[] = "\003ABC";
	uint8_t naptr[] = "\0\1\0\1\001S\001U\001R\001N";

	hrd_rdata_lower(33, srv, sizeof(srv));
	assert_memory_equal(srv, "\0\1\0\1\101\102\003www", sizeof(srv));
	hrd_rdata_lower(64, svcb, sizeof(svcb) - 1);
	assert_memory_equal(svcb, "\0\1\001a\000KEY", sizeof(svcb));
	hrd_rdata_lower(16, txt, sizeof(txt) - 1);
	assert_memory_equal(txt, "\003ABC", sizeof(txt));
	hrd_rdata_lower(35, naptr, sizeof(naptr));
	assert_memory_equal(naptr, "\0\1\0\1\001S\001U\001R\001n", sizeof(naptr));
}

TEST(the_digest_is_that_of_the_lines)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = HRD_ACTION_NXDOMAIN };
	uint8_t ours[32], expected[32];

	assert_int_equal(hrd_name_from_text(&rule.name, "deepseek.com", 12), HRD_OK);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	rule.wildcard = true;
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	hrd_dump_digest(set, ours);
	hrd_blake2b(expected, 32, "deepseek.com CNAME .\n*.deepseek.com CNAME .\n", 44);
	assert_memory_equal(ours, expected, 32);
	hrd_rules_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_printed_by_type),
		cmocka_unit_test(a_record_of_65535_octets_is_printed),
		cmocka_unit_test(an_error_of_the_sink_is_given_back),
		cmocka_unit_test(faulty_rdata_is_named),
		cmocka_unit_test(rdata_of_rare_types_is_whole),
		cmocka_unit_test(only_data_that_names_another_place_leads_there),
		cmocka_unit_test(names_in_rdata_are_lower_cased),
		cmocka_unit_test(the_digest_is_that_of_the_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
