/* SPDX-License-Identifier: BSD-3-Clause */
/* RRSIG and NSEC from text: the same octets as ldns makes of it, or left to ldns. */
#include <config.h>

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/zone/rdatatext.h"
#include "tests/unit/check.h"

enum { RRSIG = 46, NSEC = 47 };

#define TIMES "20270103203440 20261129193440"
#define FRONT "CNAME 15 3 60 " TIMES " 44443 p.rpz. "

static uint8_t wire[65536];

/* The RDATA that ldns makes of the text; 0 when it refuses it. */
static size_t
by_ldns(uint16_t type, const char *text, uint8_t *out)
{
	char line[8192];
	ldns_rr *rr = NULL;
	size_t len = 0;

	snprintf(line, sizeof(line), "x. 60 IN %s %s", type == RRSIG ? "RRSIG" : "NSEC", text);
	if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
		return 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		memcpy(out + len, ldns_rdf_data(field), ldns_rdf_size(field));
		len += ldns_rdf_size(field);
	}
	ldns_rr_free(rr);
	return len;
}

static void
reads_as_ldns_does(uint16_t type, const char *text)
{
	static uint8_t other[65536];
	size_t len = hrd_rrsig_from_text(type, text, strlen(text), wire);

	if (len == 0)
		fail_msg("left to ldns: %s", text);
	assert_int_equal(by_ldns(type, text, other), len);
	assert_memory_equal(wire, other, len);
}

TEST(what_signers_write_is_read_as_ldns_reads_it)
{
	reads_as_ldns_does(RRSIG, FRONT "vAhUNX0sdguHm/5MOm9BbIlST5f1cOi6mtUqsKt+SQ==");
	reads_as_ldns_does(RRSIG, FRONT "vAhU NX0s  dguH\tm/5MOm9BbIlST5f1cOi6mtUqsKt+SUisQZUH");
	reads_as_ldns_does(RRSIG, "TYPE65 15 3 4294967295 " TIMES " 65535 . AAA=");
	reads_as_ldns_does(RRSIG, "A 8 255 0 19700101000000 21060207062815 0 a-b._x. AAAA");
	reads_as_ldns_does(RRSIG, "NSEC 15 3 60 20280229235959 20240229000000 1 p. /+8=");
	reads_as_ldns_does(NSEC, "a.p.rpz. A NS SOA MX TXT AAAA RRSIG NSEC DNSKEY ZONEMD");
	reads_as_ldns_does(NSEC, ". TYPE1234");
	reads_as_ldns_does(NSEC, "a\\.b.p. CNAME RRSIG NSEC TYPE256 TYPE65534");
}

TEST(what_is_written_otherwise_is_left_to_ldns)
{
	static const char *const rrsigs[] = { "", "CNAME", "CNAME 15 3 60 " TIMES " 44443 p.rpz. ",
		"cname 15 3 60 " TIMES " 44443 p.rpz. AAAA",
		"CNAME ED25519 3 60 " TIMES " 44443 p.rpz. AAAA",
		"CNAME 256 3 60 " TIMES " 44443 p.rpz. AAAA",
		"CNAME 15 3 4294967296 " TIMES " 44443 p.rpz. AAAA",
		"CNAME 15 3 60 1800000000 1700000000 44443 p.rpz. AAAA",
		"CNAME 15 3 60 20270231000000 20261129193440 44443 p.rpz. AAAA",
		"CNAME 15 3 60 20270101000060 20261129193440 44443 p.rpz. AAAA",
		"CNAME 15 3 60 19690101000000 20261129193440 44443 p.rpz. AAAA",
		"CNAME 15 3 60 " TIMES " 65536 p.rpz. AAAA",
		"CNAME 15 3 60 " TIMES " 44443 P.rpz. AAAA",
		"CNAME 15 3 60 " TIMES " 44443 p.rpz AAAA",
		"CNAME 15 3 60 " TIMES " 44443 p.rpz\\. AAAA",
		"CNAME 15 3 60 " TIMES " 44443 \\080.rpz. AAAA",
		"CNAME 15 3 60 " TIMES " 44443 \"p\". AAAA",
		"CNAME 15 3 60 " TIMES " 44443 p..rpz. AAAA", FRONT "AAA",
		FRONT "A===", FRONT "====", FRONT "AAA=AAAA", FRONT "AA=A",
		FRONT "AB==", FRONT "AA!A", FRONT "\\# 1 00" };
	static const char *const nsecs[] = { "", "a.", "a. CNAME FOO", "a. FOO", "a. NSEC CNAME",
		"a. A A", "a. TYPE0", "a. TYPE65536", "A. CNAME", "a CNAME", "@ CNAME",
		"\\# 1 00" };

	for (size_t i = 0; i < sizeof(rrsigs) / sizeof(rrsigs[0]); i++) {
		if (hrd_rrsig_from_text(RRSIG, rrsigs[i], strlen(rrsigs[i]), wire) != 0)
			fail_msg("%s", rrsigs[i]);
	}
	for (size_t i = 0; i < sizeof(nsecs) / sizeof(nsecs[0]); i++) {
		if (hrd_rrsig_from_text(NSEC, nsecs[i], strlen(nsecs[i]), wire) != 0)
			fail_msg("%s", nsecs[i]);
	}
	assert_int_equal(hrd_rrsig_from_text(1, "192.0.2.1", 9, wire), 0);
}

TEST(a_text_over_the_limit_is_left_to_ldns)
{
	char *text = malloc(HRD_RRSIG_TEXT_MAX + 8);
	size_t front = strlen(FRONT);

	assert_non_null(text);
	memcpy(text, FRONT, front);
	memset(text + front, 'A', HRD_RRSIG_TEXT_MAX + 8 - front);
	assert_int_equal(hrd_rrsig_from_text(RRSIG, text, HRD_RRSIG_TEXT_MAX + 1, wire), 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_signers_write_is_read_as_ldns_reads_it),
		cmocka_unit_test(what_is_written_otherwise_is_left_to_ldns),
		cmocka_unit_test(a_text_over_the_limit_is_left_to_ldns),
	};

	return cmocka_run_group_tests_name("rrsig", tests, NULL, NULL);
}
