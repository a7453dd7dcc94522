/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading policy zones: what becomes of each record, and that every fault is told with its line. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/name/rdata.h"
#include "lib/rules/dump.h"
#include "rpzgen/zone/read.h"
#include "rpzgen/zone/text.h"
#include "tests/unit/check.h"

#define HEAD                                                    \
	"$ORIGIN rpz.example.\n"                                \
	"$TTL 60\n"                                             \
	"@ SOA ns.example. host.example. 7 3600 600 86400 30\n" \
	"@ NS localhost.\n"

/* Everything told by the reader, as text: a line a rule ("5 www.x CNAME ."), and a line a fault
 * ("!5 zone-name"). */
struct told {
	char text[1 << 16];
	size_t len;
	struct hrd_zone_head head;
	int status;
	char said[256]; /* the last fault */
};

static bool count_only; /* rules are not printed */

static int
put(void *ctx, const char *text, size_t len)
{
	struct told *told = ctx;

	assert_true(told->len + len < sizeof(told->text));
	memcpy(told->text + told->len, text, len);
	told->len += len;
	told->text[told->len] = '\0';
	return HRD_OK;
}

static bool
only_record(const void *ctx, size_t n, struct hrd_rr *out)
{
	if (n == 0)
		*out = *(const struct hrd_rr *)ctx;
	return n == 0;
}

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct hrd_dump_rule line = { .trigger = rule->trigger,
		.wildcard = rule->wildcard,
		.name = &rule->name,
		.prefix = &rule->prefix,
		.action = rule->action,
		.rr = only_record,
		.rr_ctx = rr };
	char number[32];

	if (count_only)
		return HRD_OK;
	if (rule->trigger == HRD_TRIGGER_QNAME || rule->trigger == HRD_TRIGGER_NSDNAME)
		line.prefix = NULL;
	else
		line.name = NULL;
	put(ctx, number, (size_t)snprintf(number, sizeof(number), "%" PRIu64 " ", rule->line));
	return hrd_dump_rule(&line, put, ctx);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct told *told = ctx;
	char what[128];
	int len;

	assert_true(strlen(text) > 0);
	snprintf(told->said, sizeof(told->said), "%s", text);
	len = snprintf(what, sizeof(what), "%c%" PRIu64 " %s\n",
	    (severity == HRD_ERROR) ? '!' : '?', line, id);
	put(ctx, what, (size_t)len);
}

static void
read_zone(struct told *told, const void *text, size_t len, const struct hrd_name *origin)
{
	const struct hrd_zone_sink sink = { .ctx = told, .rule = take_rule, .fault = take_fault };
	FILE *stream = tmpfile();

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, len, stream), len);
	rewind(stream);
	told->len = 0;
	told->text[0] = '\0';
	told->status = hrd_zone_read(stream, origin, &sink, &told->head);
	fclose(stream);
}

static struct told told;

static void
expect_status(const char *text, int status, const char *expected)
{
	read_zone(&told, text, strlen(text), NULL);
	assert_string_equal(told.text, expected);
	assert_int_equal(told.status, status);
}

static void
expect(const char *text, const char *expected)
{
	expect_status(text, HRD_OK, expected);
}

/* Of these records the first are faults, the second local data; NULL ends either. */
static void
expect_records(const char *const *bad, const char *const *good)
{
	char text[256];

	for (; *bad != NULL; bad++) {
		snprintf(text, sizeof(text), HEAD "a %s\n", *bad);
		expect(text, "!5 zone-rdata\n");
	}
	for (; *good != NULL; good++) {
		snprintf(text, sizeof(text), HEAD "a %s\n", *good);
		read_zone(&told, text, strlen(text), NULL);
		assert_int_equal(told.head.rules, 1);
	}
}

TEST(every_trigger_and_action_is_read)
{
	expect(HEAD "a.example CNAME .\n"
		    "*.a.example CNAME *.\n"
		    "b.example CNAME rpz-passthru.\n"
		    "c.example CNAME RPZ-DROP.\n"
		    "d.example CNAME rpz-tcp-only.\n"
		    "e.example CNAME garden.example.\n"
		    "*.e.example CNAME *.garden.example.\n"
		    "24.0.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
		    "48.zz.db8.2001.rpz-ip CNAME .\n"
		    "32.1.2.0.192.rpz-nsip CNAME .\n"
		    "*.ns.example.rpz-nsdname CNAME .\n"
		    "* CNAME rpz-passthru.\n",
	    "5 a.example CNAME .\n"
	    "6 *.a.example CNAME *.\n"
	    "7 b.example CNAME rpz-passthru.\n"
	    "8 c.example CNAME rpz-drop.\n"
	    "9 d.example CNAME rpz-tcp-only.\n"
	    "10 e.example 60 CNAME garden.example.\n"
	    "11 *.e.example 60 CNAME *.garden.example.\n"
	    "12 24.0.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
	    "13 48.zz.db8.2001.rpz-ip CNAME .\n"
	    "14 32.1.2.0.192.rpz-nsip CNAME .\n"
	    "15 *.ns.example.rpz-nsdname CNAME .\n"
	    "16 * CNAME rpz-passthru.\n");
	assert_int_equal(told.head.serial, 7);
	assert_int_equal(told.head.ttl, 30);
	assert_int_equal(told.head.rules, 12);
	assert_int_equal(told.head.skipped, 2);
}

TEST(local_data_of_many_types_is_read)
{
	expect(HEAD "a A 192.0.2.1\n"
		    "a 5 AAAA 2001:db8::1\n"
		    "a IN 1h MX 10 mail\n"
		    "a TXT \"semi;colon (and) \\\"quote\\\"\" second\n"
		    "a SRV 1 2 443 .\n"
		    "a TYPE65280 \\# 3 abcdef\n",
	    "5 a 60 A 192.0.2.1\n"
	    "6 a 5 AAAA 2001:db8::1\n"
	    "7 a 3600 MX 10 mail.rpz.example.\n"
	    "8 a 60 TXT \"semi;colon (and) \\\"quote\\\"\" \"second\"\n"
	    "9 a 60 SRV 1 2 443 .\n"
	    "10 a 60 TYPE65280 \\# 3 abcdef\n");
}

TEST(master_file_syntax_is_understood)
{
	expect("; a comment\n"
	       "\n"
	       "$TTL 1h30m ; another\n"
	       "$origin Rpz.Example.\n"
	       "@ IN SOA ns host (\r\n"
	       "  7 ; serial (not closed here\n"
	       "\t1h 10m\n"
	       "  1w 30 )\n"
	       "   NS localhost.\n"
	       "One CNAME . ; rest\n"
	       "    TXT x\n"
	       "$ORIGIN sub\n"
	       "two CNAME\t( . )\n"
	       "three.rpz.example. cname .\n"
	       "a\\.b\\032c\\\" CNAME .\n"
	       "@ CNAME .\n",
	    "10 one CNAME .\n"
	    "11 one 5400 TXT \"x\"\n"
	    "13 two.sub CNAME .\n"
	    "14 three CNAME .\n"
	    "15 a\\.b\\032c\\\".sub CNAME .\n"
	    "16 sub CNAME .\n");
}

TEST(the_ttl_comes_from_the_record_the_directive_or_the_record_before)
{
	expect("$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 77\n@ NS a.\n"
	       "a A 192.0.2.1\nb 5 A 192.0.2.1\nc A 192.0.2.1\n$TTL 9\nd A 192.0.2.1\n",
	    "4 a 77 A 192.0.2.1\n5 b 5 A 192.0.2.1\n6 c 5 A 192.0.2.1\n8 d 9 A 192.0.2.1\n");
	assert_int_equal(told.head.ttl, 77);
}

TEST(records_of_the_transport_are_skipped)
{
	expect(HEAD "@ ZONEMD 7 1 1 abcd\n"
		    "@ DNSKEY 257 3 15 AAAA\n"
		    "a RRSIG CNAME 15 3 60 20260101000000 20250101000000 1 rpz.example. AAAA\n"
		    "a NSEC b CNAME\n"
		    "@ SOA ns.example. host.example. 7 3600 600 86400 30\n",
	    "");
	assert_int_equal(told.head.skipped, 7);
}

TEST(each_fault_has_its_id_and_costs_one_record)
{
	expect(HEAD "reserved CNAME rpz-other.\n"       /* 5 */
		    "dname DNAME example.\n"            /* 6 */
		    "outside.example. CNAME .\n"        /* 7 */
		    "@ TXT meta\n"                      /* 8 */
		    "x.rpz-other CNAME .\n"             /* 9 */
		    "rpz-ip CNAME .\n"                  /* 10 */
		    "24.1.2.0.192.rpz-ip CNAME .\n"     /* 11 */
		    "0.2.0.192.rpz-ip CNAME .\n"        /* 12 */
		    "a CH CNAME .\n"                    /* 13 */
		    "a NOTYPE x\n"                      /* 14 */
		    "a 4294967296 CNAME .\n"            /* 15 */
		    "a..b CNAME .\n"                    /* 16 */
		    "  CNAME .\n"                       /* 17 */
		    "a A 192.0.2\n"                     /* 18 */
		    "a CNAME . .\n"                     /* 19 */
		    "a CNAME\n"                         /* 20 */
		    "a TXT \"open\n"                    /* 21 */
		    "a ) CNAME .\n"                     /* 22 */
		    "$GENERATE 1-9 x$ CNAME .\n"        /* 23 */
		    "a\\\n"                             /* 24 */
		    "a SOA a. b. 1 2 3 4 5\n"           /* 25 */
		    "a NS a.\n"                         /* 26 */
		    "a TYPE255 \\# 0\n"                 /* 27 */
		    "@ SOA a. b. 8 3600 600 86400 30\n" /* 28 */
		    "1234567890123456789012345678901234567890123456789012345678901234 CNAME .\n"
		    "good CNAME .\n", /* 30 */
	    "!5 zone-reserved-target\n!6 zone-dname\n!7 zone-out-of-zone\n?8 zone-apex-data\n"
	    "!9 zone-trigger\n!10 zone-trigger\n!11 zone-trigger\n!12 zone-trigger\n"
	    "!13 zone-class\n!14 zone-type\n!15 zone-ttl\n!16 zone-name\n!17 zone-name\n"
	    "!18 zone-rdata\n!19 zone-rdata\n!20 zone-rdata\n!21 zone-syntax\n!22 zone-syntax\n"
	    "!23 zone-directive\n!24 zone-syntax\n!25 zone-type\n!26 zone-rdata\n!27 zone-type\n"
	    "!28 zone-second-soa\n!29 zone-name-length\n30 good CNAME .\n");
	assert_int_equal(told.head.faults, 24);
}

TEST(names_that_ldns_would_misread_are_refused)
{
	expect(HEAD
	    "a MX 1 \\@.x.\na MX 1 \\064.x.\na PTR @.x.\na MX 1 @\na TXT \\@.x.\nb CNAME \\@.x.\n",
	    "!5 zone-rdata\n!6 zone-rdata\n!7 zone-rdata\n8 a 60 MX 1 rpz.example.\n"
	    "9 a 60 TXT \"@.x.\"\n10 b 60 CNAME \\@.x.\n");
}

TEST(likely_mistakes_are_warned_about)
{
	expect(HEAD "self CNAME self.\n"
		    "dot CNAME rpz-passthru\n"
		    "cut CNAME .",
	    "?5 zone-self-cname\n5 self CNAME rpz-passthru.\n"
	    "?6 zone-target\n6 dot 60 CNAME rpz-passthru.rpz.example.\n"
	    "7 cut CNAME .\n?0 zone-cut\n");
	expect("$ORIGIN rpz.example.\na CNAME .\n@ SOA a. b. 1 2 3 4 5\n",
	    "2 a CNAME .\n?3 zone-soa-order\n?0 zone-no-ns\n");
}

TEST(include_is_refused_and_reads_no_file)
{
	expect_status(
	    HEAD "$INCLUDE /etc/passwd\na CNAME .\n", HRD_EINVAL, "!5 zone-include\n6 a CNAME .\n");
}

TEST(a_zone_without_soa_is_refused)
{
	expect_status(
	    "$ORIGIN rpz.example.\na CNAME .\n", HRD_EINVAL, "2 a CNAME .\n!0 zone-no-soa\n");
	expect_status("", HRD_EINVAL, "!0 zone-no-soa\n");
	expect_status(
	    "a.rpz.example. CNAME .\n", HRD_EINVAL, "1 a.rpz.example CNAME .\n!0 zone-no-soa\n");
	expect_status("$ORIGIN a..b.\n" HEAD, HRD_EINVAL, "!1 zone-name\n");
}

#define ROOTED "@ SOA a. b. 1 2 3 4 60\n@ NS a.\n"

TEST(without_an_origin_owners_are_relative_to_the_policy)
{
	expect(ROOTED "one.example CNAME .\n*.two.example. CNAME rpz-passthru.\n"
		      "32.1.2.0.192.rpz-ip CNAME .\n",
	    "3 one.example CNAME .\n4 *.two.example CNAME rpz-passthru.\n"
	    "5 32.1.2.0.192.rpz-ip CNAME .\n");
	assert_int_equal(told.head.apex.len, 1);
	expect(ROOTED "one.example CNAME garden.example.\n",
	    "3 one.example 60 CNAME garden.example.\n");
}

TEST(owners_that_hide_an_origin_refuse_the_zone)
{
	expect_status(ROOTED "one.example.rpz.local. CNAME .\n*.one.example.rpz.local. CNAME .\n"
			     "two.example.rpz.local. CNAME .\nx CNAME .\n",
	    HRD_EINVAL,
	    "3 one.example.rpz.local CNAME .\n4 *.one.example.rpz.local CNAME .\n"
	    "5 two.example.rpz.local CNAME .\n6 x CNAME .\n!0 zone-no-origin\n");
	/* Half is not most, one name is no suffix, and a listed name is no origin. */
	expect(ROOTED "a.b.bad.example CNAME .\nc.d.bad.example CNAME .\nx.example CNAME .\n"
		      "y.example CNAME .\n",
	    "3 a.b.bad.example CNAME .\n4 c.d.bad.example CNAME .\n5 x.example CNAME .\n"
	    "6 y.example CNAME .\n");
	expect(ROOTED "a.b.bad.example CNAME .\n*.a.b.bad.example CNAME .\n",
	    "3 a.b.bad.example CNAME .\n4 *.a.b.bad.example CNAME .\n");
}

TEST(an_origin_behind_the_soa_is_looked_for_too)
{
	expect_status(ROOTED "$ORIGIN db.rpz.\na.example CNAME .\n*.a.example CNAME .\n"
			     "b.example CNAME .\n",
	    HRD_EINVAL,
	    "4 a.example.db.rpz CNAME .\n5 *.a.example.db.rpz CNAME .\n"
	    "6 b.example.db.rpz CNAME .\n!0 zone-no-origin\n");
	/* Before the first record it is the apex; names that it shortens are meant. */
	expect("$ORIGIN db.rpz.\n" ROOTED "a.example CNAME .\nb.example CNAME .\n",
	    "4 a.example CNAME .\n5 b.example CNAME .\n");
	expect("db.rpz SOA a. b. 1 2 3 4 60\n NS a.\na.b.bad.example.db.rpz CNAME .\n"
	       "c.d.bad.example.db.rpz CNAME .\n",
	    "3 a.b.bad.example CNAME .\n4 c.d.bad.example CNAME .\n");
	expect(ROOTED "$ORIGIN bad.example.\na CNAME .\nb CNAME .\n",
	    "4 a.bad.example CNAME .\n5 b.bad.example CNAME .\n");
}

TEST(what_stands_before_the_label_of_a_trigger_is_no_origin)
{
	expect(ROOTED "32.1.2.0.192.rpz-ip CNAME .\n32.9.5.7.192.rpz-ip CNAME .\n",
	    "3 32.1.2.0.192.rpz-ip CNAME .\n4 32.9.5.7.192.rpz-ip CNAME .\n");
	expect(ROOTED "24.0.2.0.192.rpz-client-ip CNAME .\n24.0.3.0.192.rpz-client-ip CNAME .\n"
		      "32.1.2.0.192.rpz-nsip CNAME .\n32.2.2.0.192.rpz-nsip CNAME .\n",
	    "3 24.0.2.0.192.rpz-client-ip CNAME .\n4 24.0.3.0.192.rpz-client-ip CNAME .\n"
	    "5 32.1.2.0.192.rpz-nsip CNAME .\n6 32.2.2.0.192.rpz-nsip CNAME .\n");
	expect(ROOTED "ns.one.bad.com.rpz-nsdname CNAME .\nns.two.bad.com.rpz-nsdname CNAME .\n",
	    "3 ns.one.bad.com.rpz-nsdname CNAME .\n4 ns.two.bad.com.rpz-nsdname CNAME .\n");
	/* What stands behind it is one, and nothing more than that. */
	expect_status(ROOTED "32.1.2.0.192.rpz-ip.db.rpz CNAME .\n"
			     "32.2.2.0.192.rpz-ip.db.rpz CNAME .\n",
	    HRD_EINVAL,
	    "3 32.1.2.0.192.rpz-ip.db.rpz CNAME .\n4 32.2.2.0.192.rpz-ip.db.rpz CNAME .\n"
	    "!0 zone-no-origin\n");
	assert_non_null(strstr(told.said, "most owners end in db.rpz,"));
}

TEST(a_suffix_below_which_strangers_have_names_is_no_origin)
{
	expect(ROOTED "www.one.co.uk CNAME .\nwww.two.co.uk CNAME .\nthree.com CNAME .\n",
	    "3 www.one.co.uk CNAME .\n4 www.two.co.uk CNAME .\n5 three.com CNAME .\n");
	/* Of the list's private part, and by a wildcard of it. */
	expect(ROOTED "a.one.github.io CNAME .\n*.b.two.github.io CNAME .\n",
	    "3 a.one.github.io CNAME .\n4 *.b.two.github.io CNAME .\n");
	expect(ROOTED "a.one.x.kawasaki.jp CNAME .\nb.two.x.kawasaki.jp CNAME .\n",
	    "3 a.one.x.kawasaki.jp CNAME .\n4 b.two.x.kawasaki.jp CNAME .\n");
	/* What lies below one is an origin as any other. */
	expect_status(ROOTED
	    "deepseek.com.rpz.org.co.uk. CNAME .\nother.com.rpz.org.co.uk. CNAME .\n",
	    HRD_EINVAL,
	    "3 deepseek.com.rpz.org.co.uk CNAME .\n4 other.com.rpz.org.co.uk CNAME .\n"
	    "!0 zone-no-origin\n");
	expect_status(ROOTED "deepseek.com.rpz.co.uk CNAME .\nwww.one.co.uk CNAME .\n"
			     "other.com.rpz.co.uk CNAME .\n",
	    HRD_EINVAL,
	    "3 deepseek.com.rpz.co.uk CNAME .\n4 www.one.co.uk CNAME .\n"
	    "5 other.com.rpz.co.uk CNAME .\n!0 zone-no-origin\n");
}

TEST(numbers_out_of_range_are_faults)
{
	static const char *const bad[] = { "MX 70000 x.", "MX -1 x.", "MX 1.5 x.", "MX 1 \"x.\"",
		"MX 1 x. y.", "SRV 65536 1 1 x.", "SRV 1 65536 1 x.", "SRV 1 1 65536 x.",
		"CAA 256 issue \"x\"", "NAPTR 65536 1 \"\" \"\" \"\" x.", "URI 65536 1 \"x\"",
		"TLSA 256 1 1 00", "SSHFP 1 256 00", "AFSDB 65536 x.", "HTTPS 65536 .",
		"HTTPS 1 . port=65536", "SVCB 1 . key65536=x", "CERT 65536 1 8 AAAA",
		"CERT 1 65536 8 AAAA", "CERT 1 1 256 AAAA", "LOC 99 0 0 N 200 0 0 E 10m",
		"APL 1:192.0.2.0/33", "WKS 192.0.2.1 256 25", "GPOS 999 20 10", "NSAP 0x4",
		"TLSA 3 1 1 abc", "SMIMEA 3 1 1 ab c", "TLSA 3 1 1 xy", "CAA \\# 2 0000",
		"SSHFP 1 2 abc", NULL };
	static const char *const good[] = { "MX 65535 x.", "SRV 65535 65535 65535 x.",
		"CAA 255 issue \"x\"", "TLSA 255 255 255 00", "HTTPS 65535 . port=65535",
		"CERT PKIX 65535 255 AAAA", "APL \\# 5 000120 01 0a", NULL };

	expect_records(bad, good);
}

TEST(a_soa_at_fault_costs_the_zone)
{
	static const char *const numbers[] = { "4294967296 1 1 1 1", "20260101001 1 1 1 1",
		"-1 1 1 1 1", "2026-01-01 1 1 1 1", "1 4294967296 1 1 1", "1 1 4294967296 1 1",
		"1 1 1 4294967296 1", "1 1 1 1 4294967296" };
	char text[256];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text), "$ORIGIN rpz.\n@ SOA a. b. %s\n@ NS a.\na CNAME .\n",
		    numbers[i]);
		expect_status(text, HRD_EINVAL, "!2 zone-rdata\n4 a CNAME .\n");
		assert_true(told.head.refused);
	}
}

TEST(service_parameters_have_their_form)
{
	static const char *const bad[] = { "alpn=h2 alpn=h3", "alpn=h2 key1=h3", "mandatory=alpn",
		"no-default-alpn", "alpn", "port", "mandatory=mandatory", "ech=AAA",
		"ech=\"AAAAA\"", "alpn=\"f\\\\,oo,h2\"", "dohpath=/q", "key7=q{?dns}", "key7",
		"key7=\"/\\255{?dns}\"" };
	char text[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), HEAD "a HTTPS 1 . %s\n", bad[i]);
		expect(text, "!5 zone-rdata\n");
	}
	snprintf(text, sizeof(text),
	    HEAD "a HTTPS 1 . port=443 alpn=h2 mandatory=alpn,port "
		 "dohpath=/q{?dns}\n");
	read_zone(&told, text, strlen(text), NULL);
	assert_int_equal(told.head.rules, 1);
}

/* Digits, and each expression with its verdict by BIND's checker. */
TEST(forms_that_others_refuse_a_zone_for)
{
	static const char *const bad[] = { "X25 123a", "X25 123", "MD x.", "MF x.", "NSAP-PTR x.",
		"TYPE40 \\# 3 010203", "NAPTR 1 1 u x \"!a!b\" .", "NAPTR 1 1 u x \"!(!b!\" .",
		"NAPTR 1 1 u x \"!a!\\\\9!\" .", "NAPTR 1 1 u x \"!a!\\\\0!\" .",
		"NAPTR 1 1 u x \"!a)!b!\" .", "NAPTR 1 1 u x \"!|b!c!\" .",
		"NAPTR 1 1 u x \"!a|!c!\" .", "NAPTR 1 1 u x \"!a{5,2}!c!\" .",
		"NAPTR 1 1 u x \"!a{256}!c!\" .", "NAPTR 1 1 u x \"!a{2!c!\" .",
		"NAPTR 1 1 u x \"!{2}!c!\" .", "NAPTR 1 1 u x \"!a**!c!\" .",
		"NAPTR 1 1 u x \"!*!c!\" .", "NAPTR 1 1 u x \"!^*!c!\" .",
		"NAPTR 1 1 u x \"![z-a]!c!\" .", "NAPTR 1 1 u x \"![]!c!\" .",
		"NAPTR 1 1 u x \"![a-]!c!\" .", "NAPTR 1 1 u x \"![a-c-e]!c!\" .",
		"NAPTR 1 1 u x \"![a\" .", "NAPTR 1 1 u x \"!a!b!x\" .",
		"NAPTR 1 1 u x \"1a1b1\" .", "NAPTR 1 1 u x \"!!!\" .", "NAPTR 1 1 u x \"ia!b!\" .",
		"NAPTR 1 1 u x \"!a\\\\!b!\" .", "NAPTR 1 1 u x \"!\\\\1(a)!b!\" .",
		"NAPTR 1 1 u x \"!a!b\\\\\" .", "NAPTR 1 1 u x \"\\000a\\000b\\000\" .", NULL };
	static const char *const good[] = { "X25 1234", "NAPTR 1 1 u x \"\" .",
		"NAPTR 1 1 u x \"!^.*$!sip:a@b!\" .", "NAPTR 1 1 u x \"!^(.*)$!\\\\1@x!i\" .",
		"NAPTR 1 1 u x \"/(a)(b)/\\\\2\\\\1/\" .", "NAPTR 1 1 u x \"!a|b!c!\" .",
		"NAPTR 1 1 u x \"!a{2}b{2,}c{2,5}d{x!c!\" .", "NAPTR 1 1 u x \"![-^a-z0-9]*!c!\" .",
		"NAPTR 1 1 u x \"!\\\\+1([0-9]{3})!tel:\\\\1!\" .",
		"NAPTR 1 1 u x \"!a\\\\!b!c\\\\!!\" .",
		"NAPTR 1 1 u x \"!((^a)|b$)+\\\\1!\\\\2!\" .", "NAPTR 1 1 u x \"!a!!\" .", NULL };

	expect_records(bad, good);
}

TEST(a_record_has_thirty_thousand_octets)
{
	enum { MOST = HRD_RDATA_OCTETS_MAX };
	char *text = malloc(2 * MOST + 200);

	for (size_t octets = MOST; octets <= MOST + 1; octets++) {
		size_t at = (size_t)sprintf(text, HEAD "a TYPE65300 \\# %zu ", octets);

		memset(text + at, '0', 2 * octets);
		memcpy(text + at + 2 * octets, "\n", 2);
		read_zone(&told, text, strlen(text), NULL);
		assert_int_equal(told.head.rules, octets == MOST ? 1 : 0);
	}
	free(text);
}

TEST(strings_of_a_txt_are_all_there)
{
	expect(HEAD "a TXT \"a\" \\# x\nb TXT a\\032b \"c d\"e\nc TXT \"open\\\"\nd TXT\n",
	    "5 a 60 TXT \"a\" \"#\" \"x\"\n6 b 60 TXT \"a b\" \"c d\" \"e\"\n"
	    "!7 zone-syntax\n!8 zone-rdata\n");
}

TEST(two_ttls_and_two_values_are_faults)
{
	expect(HEAD "a 5 6 CNAME .\na 5 IN IN CNAME .\n$TTL 5 6\nb CNAME .\n",
	    "!5 zone-ttl\n!6 zone-type\n!7 zone-directive\n8 b CNAME .\n");
	expect_status(HEAD "$ORIGIN a. b.\n", HRD_EINVAL, "!5 zone-directive\n");
}

/* A wildcard right behind its name is read by the short way; what follows must be as by the long.
 */
TEST(the_wildcard_behind_its_name_is_read_like_any_other)
{
	expect(HEAD "x CNAME .\n*.x CNAME .\n\tCNAME *.\n*.x CNAME .\n",
	    "5 x CNAME .\n6 *.x CNAME .\n7 *.x CNAME *.\n8 *.x CNAME .\n");
	expect(HEAD "x CNAME .\n$ORIGIN y.rpz.example.\n*.x CNAME .\n",
	    "5 x CNAME .\n7 *.x.y CNAME .\n");
	expect(HEAD "x CNAME .\n*.x CNAME *.\ny CNAME .\n*.x CNAME .\n  *.x CNAME .\n",
	    "5 x CNAME .\n6 *.x CNAME *.\n7 y CNAME .\n8 *.x CNAME .\n!9 zone-type\n");
	expect(HEAD "x 5 CNAME y.\n*.x 5 CNAME y.\n5.rpz-ip CNAME .\n*.5.rpz-ip CNAME .\n",
	    "5 x 5 CNAME y.\n6 *.x 5 CNAME y.\n!7 zone-trigger\n!8 zone-trigger\n");
	expect(HEAD "192.0.2.1 CNAME .\n*.192.0.2.1 CNAME .\n",
	    "?5 zone-owner-form\n5 192.0.2.1 CNAME .\n"
	    "?6 zone-owner-form\n6 *.192.0.2.1 CNAME .\n");
}

TEST(a_zone_that_ends_in_a_parenthesis_is_whole)
{
	expect(HEAD "a CNAME ( .\n )\n", "5 a CNAME .\n");
	expect(HEAD "a CNAME ( . )\n", "5 a CNAME .\n");
	expect(HEAD "a CNAME ( . )", "5 a CNAME .\n?0 zone-cut\n");
}

TEST(owners_that_no_query_can_match_are_told)
{
	expect(HEAD "192.0.2.1 CNAME .\nhttp://x CNAME .\nb\303\274cher CNAME .\n||x^ CNAME .\n"
		    "*.a@b CNAME .\n1.2.3 CNAME .\n",
	    "?5 zone-owner-form\n5 192.0.2.1 CNAME .\n"
	    "?6 zone-owner-form\n6 http://x CNAME .\n"
	    "?7 zone-owner-form\n7 b\\195\\188cher CNAME .\n"
	    "?8 zone-owner-form\n8 ||x^ CNAME .\n"
	    "?9 zone-owner-form\n9 *.a\\@b CNAME .\n10 1.2.3 CNAME .\n");
}

TEST(name_servers_in_the_zone_need_an_address)
{
	static const char head[] = "$ORIGIN rpz.\n$TTL 60\n@ SOA a. b. 1 2 3 4 60\n@ NS ns\n";
	char text[256];

	snprintf(text, sizeof(text), "%sa CNAME .\n", head);
	expect(text, "5 a CNAME .\n?0 zone-ns-address\n");
	snprintf(text, sizeof(text), "%sns A 127.0.0.1\n", head);
	expect(text, "5 ns 60 A 127.0.0.1\n");
}

TEST(an_at_sign_is_the_origin_where_it_stands_alone)
{
	expect(HEAD "$ORIGIN evil.example.rpz.example.\n@ CNAME .\n*.@ CNAME .\n",
	    "6 evil.example CNAME .\n?7 zone-owner-form\n7 *.\\@.evil.example CNAME .\n");
}

TEST(the_origin_given_is_the_apex)
{
	static const char text[] = "@ SOA a. b. 1 2 3 4 5\n@ NS a.\nx CNAME .\ny.other. CNAME .\n";
	struct hrd_name origin;

	assert_int_equal(hrd_name_from_text(&origin, "rpz.example", 11), HRD_OK);
	read_zone(&told, text, sizeof(text) - 1, &origin);
	assert_string_equal(told.text, "3 x CNAME .\n!4 zone-out-of-zone\n");
}

TEST(the_owner_of_the_soa_is_the_apex)
{
	expect("rpz.example. SOA ns host 1 2 3 4 5\n"
	       "rpz.example. NS a.\n"
	       "x.rpz.example. CNAME .\n"
	       "y CNAME .\n",
	    "3 x CNAME .\n4 y CNAME .\n");
}

/* An owner of `len` octets in all, in front of rpz.example. */
static void
owner_of_length(char *text, size_t len)
{
	size_t left = len - 13 /* the apex in wire form */, label;

	while (left > 0) {
		label = (left > 64) ? ((left == 65) ? 63 : 64) : left;
		memset(text, 'a', label - 1);
		text[label - 1] = '.';
		text += label;
		left -= label;
	}
	text[-1] = '\0';
}

TEST(names_of_255_octets_with_the_apex_are_read_and_longer_ones_refused)
{
	char owner[300], zone[1024];

	owner_of_length(owner, 255);
	snprintf(zone, sizeof(zone), HEAD "%s CNAME .\n", owner);
	read_zone(&told, zone, strlen(zone), NULL);
	assert_int_equal(told.head.rules, 1);
	owner_of_length(owner, 256);
	snprintf(zone, sizeof(zone), HEAD "%s CNAME .\n", owner);
	expect(zone, "!5 zone-name-length\n");
	snprintf(zone, sizeof(zone), HEAD "x PTR %s\n", owner);
	expect(zone, "!5 zone-rdata\n");
}

TEST(an_unclosed_parenthesis_costs_its_line)
{
	expect(HEAD "a CNAME ( .\nb CNAME .\nc CNAME .\n",
	    "!5 zone-syntax\n6 b CNAME .\n7 c CNAME .\n");
}

TEST(many_unclosed_parentheses_end_the_reading)
{
	char zone[4096] = HEAD;

	for (unsigned i = 0; i < HRD_ZONE_REWINDS_MAX + 5; i++)
		strcat(zone, "a CNAME ( .\n");
	read_zone(&told, zone, strlen(zone), NULL);
	assert_int_equal(told.status, HRD_EINVAL);
	assert_int_equal(told.head.faults, HRD_ZONE_REWINDS_MAX + 1);
}

/* A record that exactly fits, and one that does not, at every alignment of the buffer's end. */
TEST(an_entry_over_the_limit_costs_its_line)
{
	size_t len = HRD_ZONE_ENTRY_MAX + 100, fill;
	char *zone = malloc(3 * len + sizeof(HEAD) + 64), *at;

	assert_non_null(zone);
	for (fill = 0; fill < 3; fill++) {
		at = zone + sprintf(zone, HEAD);
		memset(at, ';', len + fill * len / 2);
		at += len + fill * len / 2;
		strcpy(at, "\nb CNAME .\n");
		expect(zone, "!5 zone-syntax\n6 b CNAME .\n");
	}
	free(zone);
}

TEST(rdata_of_65535_octets_is_read)
{
	char *zone = malloc((size_t)4 * 65535 + 1024), *at;

	assert_non_null(zone);
	at = zone + sprintf(zone, HEAD "a TYPE65280 \\# 65535 ");
	for (unsigned i = 0; i < 65535; i++)
		at += sprintf(at, "%02x", i & 0xff);
	strcpy(at, "\n");
	count_only = true;
	read_zone(&told, zone, strlen(zone), NULL);
	count_only = false;
	assert_string_equal(told.text, "!5 zone-rdata\n"); /* and not its syntax */
	free(zone);
}

TEST(nul_octets_are_refused)
{
	static const char text[] = HEAD "a\0b CNAME .\nc\\\0d CNAME .\ne TXT \"\0\"\nok CNAME .\n";

	read_zone(&told, text, sizeof(text) - 1, NULL);
	assert_string_equal(
	    told.text, "!5 zone-syntax\n!6 zone-syntax\n!7 zone-syntax\n8 ok CNAME .\n");
}

TEST(a_byte_order_mark_is_no_part_of_the_zone)
{
	expect("\xef\xbb\xbf" HEAD "a CNAME .\n", "5 a CNAME .\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trigger_and_action_is_read),
		cmocka_unit_test(local_data_of_many_types_is_read),
		cmocka_unit_test(master_file_syntax_is_understood),
		cmocka_unit_test(the_ttl_comes_from_the_record_the_directive_or_the_record_before),
		cmocka_unit_test(records_of_the_transport_are_skipped),
		cmocka_unit_test(each_fault_has_its_id_and_costs_one_record),
		cmocka_unit_test(names_that_ldns_would_misread_are_refused),
		cmocka_unit_test(likely_mistakes_are_warned_about),
		cmocka_unit_test(include_is_refused_and_reads_no_file),
		cmocka_unit_test(a_zone_without_soa_is_refused),
		cmocka_unit_test(without_an_origin_owners_are_relative_to_the_policy),
		cmocka_unit_test(owners_that_hide_an_origin_refuse_the_zone),
		cmocka_unit_test(an_origin_behind_the_soa_is_looked_for_too),
		cmocka_unit_test(what_stands_before_the_label_of_a_trigger_is_no_origin),
		cmocka_unit_test(a_suffix_below_which_strangers_have_names_is_no_origin),
		cmocka_unit_test(numbers_out_of_range_are_faults),
		cmocka_unit_test(a_soa_at_fault_costs_the_zone),
		cmocka_unit_test(service_parameters_have_their_form),
		cmocka_unit_test(forms_that_others_refuse_a_zone_for),
		cmocka_unit_test(a_record_has_thirty_thousand_octets),
		cmocka_unit_test(strings_of_a_txt_are_all_there),
		cmocka_unit_test(two_ttls_and_two_values_are_faults),
		cmocka_unit_test(the_wildcard_behind_its_name_is_read_like_any_other),
		cmocka_unit_test(a_zone_that_ends_in_a_parenthesis_is_whole),
		cmocka_unit_test(owners_that_no_query_can_match_are_told),
		cmocka_unit_test(name_servers_in_the_zone_need_an_address),
		cmocka_unit_test(an_at_sign_is_the_origin_where_it_stands_alone),
		cmocka_unit_test(the_origin_given_is_the_apex),
		cmocka_unit_test(the_owner_of_the_soa_is_the_apex),
		cmocka_unit_test(
		    names_of_255_octets_with_the_apex_are_read_and_longer_ones_refused),
		cmocka_unit_test(an_unclosed_parenthesis_costs_its_line),
		cmocka_unit_test(many_unclosed_parentheses_end_the_reading),
		cmocka_unit_test(an_entry_over_the_limit_costs_its_line),
		cmocka_unit_test(rdata_of_65535_octets_is_read),
		cmocka_unit_test(nul_octets_are_refused),
		cmocka_unit_test(a_byte_order_mark_is_no_part_of_the_zone),
	};

	return cmocka_run_group_tests_name("zonefile", tests, NULL, NULL);
}
