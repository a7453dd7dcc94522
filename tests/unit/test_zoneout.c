/* SPDX-License-Identifier: BSD-3-Clause */
/* Zones written and read again, over random rule sets of all triggers and actions; and our reader
 * of CNAME records beside that of ldns. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "lib/name/rdata.h"
#include "rpzgen/zone/read.h"
#include "rpzgen/zone/readback.h"
#include "rpzgen/zone/write.h"
#include "tests/names.h"
#include "tests/unit/check.h"

enum { SETS = 400, RULES_MAX = 60, NAMES = 20000 };

static struct rng rng = { .state = 1 };

/* Any octets, labels up to 63; at most `max` octets in all. */
static struct hrd_name
random_name(size_t max)
{
	struct hrd_name name;

	names_random(&rng, rng_below(&rng, SHAPES), max, &name);
	return name;
}

static struct hrd_prefix
random_prefix(void)
{
	static const uint8_t lens[] = { 0, 8, 24, 32 };
	struct hrd_prefix prefix;
	uint8_t addr[16];
	unsigned bit;

	for (bit = 0; bit < 16; bit++)
		addr[bit] = (uint8_t)(rng_below(&rng, 2) * rng_below(&rng, 256));
	if (rng_below(&rng, 2) == 0) {
		assert_int_equal(hrd_prefix_from_addr(&prefix, addr, 4), HRD_OK);
		prefix.len = (uint8_t)(96 + lens[rng_below(&rng, 4)]);
	} else {
		assert_int_equal(hrd_prefix_from_addr(&prefix, addr, 16), HRD_OK);
		prefix.len = (uint8_t)rng_below(&rng, 129);
	}
	for (bit = prefix.len; bit < 128; bit++)
		prefix.addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return prefix;
}

/* Adds a random rule; what the set refuses (a trigger's label by chance) is left out. */
static void
add_random(struct hrd_ruleset *set, size_t room)
{
	static const uint16_t types[] = { HRD_TYPE_A, HRD_TYPE_CNAME, HRD_TYPE_TXT, 65280 };
	static const uint8_t text[] = { 3, 'a', '"', 0xff };
	struct hrd_rule rule = { .trigger = rng_below(&rng, HRD_TRIGGERS),
		.action = HRD_ACTION_NXDOMAIN + rng_below(&rng, 6) };
	struct hrd_rr rr = { types[rng_below(&rng, 4)], 4, rng_below(&rng, 1u << 31), text };
	struct hrd_name target = random_name(200);
	int status;

	if (rr.type == HRD_TYPE_CNAME) {
		rr.rdata = target.wire;
		rr.rdlen = target.len;
	}
	rule.name = random_name(room);
	rule.wildcard = rng_below(&rng, 2) == 0 && rule.name.len + 2u <= room;
	rule.prefix = random_prefix();
	if (rule.trigger != HRD_TRIGGER_QNAME && rule.trigger != HRD_TRIGGER_NSDNAME)
		rule.wildcard = false;
	status = hrd_rules_add(set, &rule, rule.action == HRD_ACTION_LOCAL_DATA ? &rr : NULL);
	assert_true(status == HRD_OK || status == HRD_EINVAL);
}

static struct hrd_ruleset *
random_set(size_t room)
{
	struct hrd_ruleset *set = hrd_rules_new();
	unsigned n = rng_below(&rng, RULES_MAX);
	int status;

	assert_non_null(set);
	while (n-- > 0)
		add_random(set, room);
	status = hrd_rules_seal(set, NULL, NULL);
	assert_true(status == HRD_OK || status == HRD_EEXIST);
	return set;
}

static void
count_long(void *ctx, const char *owner)
{
	assert_true(strlen(owner) > 0);
	++*(unsigned *)ctx;
}

static char *
write_zone(const struct hrd_ruleset *set, const struct hrd_name *apex, unsigned *long_owners)
{
	struct hrd_policy_info info = { .id = "test", .title = "", .publisher = "", .ttl = 60 };
	struct hrd_zone_writer writer = {
		.apex = apex, .too_long = count_long, .ctx = long_owners
	};
	unsigned trigger;
	char *text;
	size_t len;

	info.apex = info.mname = info.rname = *apex;
	writer.out = open_memstream(&text, &len);
	assert_non_null(writer.out);
	assert_int_equal(hrd_zone_write_head(&writer, &info), HRD_OK);
	for (trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		assert_int_equal(hrd_zone_write_set(&writer, set, trigger), HRD_OK);
	assert_int_equal(fclose(writer.out), 0);
	assert_int_equal(writer.omitted, *long_owners);
	assert_int_equal(writer.rules + writer.omitted, hrd_rules_count(set));
	return text;
}

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	return hrd_rules_add(ctx, rule, rr);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	(void)ctx;
	(void)line;
	/* Random targets may be the owner itself or lie in the zone. */
	if (severity == HRD_ERROR)
		fail_msg("%s [%s]", text, id);
}

static struct hrd_ruleset *
read_zone(const char *text)
{
	struct hrd_ruleset *set = hrd_rules_new();
	const struct hrd_zone_sink sink = { .ctx = set, .rule = take_rule, .fault = take_fault };
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct hrd_zone_head head;

	assert_non_null(set);
	assert_non_null(stream);
	assert_int_equal(hrd_zone_read(stream, NULL, &sink, &head), HRD_OK);
	fclose(stream);
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	return set;
}

TEST(a_zone_read_again_is_the_same_zone)
{
	struct hrd_name apex = name_of("rpz");
	struct hrd_ruleset *set, *again;
	unsigned long_owners;
	char *first, *second;

	for (unsigned i = 0; i < SETS; i++) {
		/* "rpz-nsdname" and the apex have to fit behind every name. */
		set = random_set(HRD_NAME_MAX - 12u - apex.len);
		long_owners = 0;
		first = write_zone(set, &apex, &long_owners);
		assert_int_equal(long_owners, 0);
		again = read_zone(first);
		second = write_zone(again, &apex, &long_owners);
		assert_string_equal(first, second);
		hrd_rules_free(again);
		hrd_rules_free(set);
		free(first);
		free(second);
	}
}

static int
read_back(const struct hrd_ruleset *set, const char *text, struct hrd_diag *diag)
{
	return hrd_readback(set, "zone", text, strlen(text), diag);
}

/* Rules of another set, a record less, a record twice. */
TEST(only_its_own_text_is_a_set_read_back)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, true);
	struct hrd_name apex = name_of("rpz");
	char *text, *other = NULL, *longer;
	unsigned long_owners = 0;
	struct hrd_ruleset *set;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set(HRD_NAME_MAX - 12u - apex.len);
		text = write_zone(set, &apex, &long_owners);
		assert_int_equal(read_back(set, text, diag), HRD_OK);
		if (other != NULL && strcmp(other, text) != 0)
			assert_int_equal(read_back(set, other, diag), HRD_ECORRUPT);
		free(other);
		other = strdup(text);
		if (hrd_rules_count(set) > 0) {
			size_t last = strlen(text) - 1;

			while (text[last - 1] != '\n')
				last--;
			assert_true(asprintf(&longer, "%s%s", text, text + last) > 0);
			assert_int_equal(read_back(set, longer, diag), HRD_ECORRUPT);
			free(longer);
			text[last] = '\0';
			assert_int_equal(read_back(set, text, diag), HRD_ECORRUPT);
		}
		hrd_rules_free(set);
		free(text);
	}
	assert_int_equal(hrd_diag_errors(diag), 0);
	free(other);
	hrd_diag_free(diag);
}

TEST(owners_too_long_for_the_apex_are_told_and_the_rest_is_a_zone)
{
	struct hrd_name apex = name_of("a-rather-long-apex.of-some-policy-zone.example");
	unsigned long_owners, total = 0;
	struct hrd_ruleset *set;
	char *text;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set(HRD_NAME_MAX);
		long_owners = 0;
		text = write_zone(set, &apex, &long_owners);
		total += long_owners;
		hrd_rules_free(set);
		hrd_rules_free(read_zone(text));
		free(text);
	}
	assert_true(total > 0);
}

struct target {
	uint16_t len;
	uint8_t wire[HRD_NAME_MAX];
};

static int
take_target(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct target *target = ctx;

	target->len = 0;
	if (rule->action == HRD_ACTION_LOCAL_DATA && rr->type == HRD_TYPE_CNAME) {
		target->len = rr->rdlen;
		memcpy(target->wire, rr->rdata, rr->rdlen);
	}
	return HRD_OK;
}

static void
ignore_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	(void)ctx, (void)severity, (void)line, (void)id, (void)text;
}

/* Text of a name with escapes of both kinds where none are needed. */
static void
scribble(char *out, const struct hrd_name *name)
{
	size_t at = 0;

	for (; name->wire[at] != 0; at += 1u + name->wire[at]) {
		for (size_t i = 1; i <= name->wire[at]; i++) {
			uint8_t c = name->wire[at + i];

			if (c <= ' ' || c >= 0x7f || rng_below(&rng, 8) == 0)
				out += sprintf(out, "\\%03u", c);
			else if (strchr(".\\\"();@$", c) != NULL)
				out += sprintf(out, "\\%c", c);
			else
				*out++ = (char)(rng_below(&rng, 2)       ? c
						: (c >= 'a' && c <= 'z') ? c - 32
									 : c);
		}
		*out++ = '.';
	}
	if (rng_below(&rng, 4) == 0)
		out--;
	*out = '\0';
}

static void
read_by_ldns(const char *line, struct target *target)
{
	ldns_rdf *origin = ldns_dname_new_frm_str("rpz.example.");
	ldns_rr *rr = NULL;

	target->len = 0;
	if (ldns_rr_new_frm_str(&rr, line, 0, origin, NULL) == LDNS_STATUS_OK) {
		ldns_dname2canonical(ldns_rr_rdf(rr, 0));
		if (ldns_rdf_size(ldns_rr_rdf(rr, 0)) <= HRD_NAME_MAX) {
			target->len = (uint16_t)ldns_rdf_size(ldns_rr_rdf(rr, 0));
			memcpy(target->wire, ldns_rdf_data(ldns_rr_rdf(rr, 0)), target->len);
		}
		ldns_rr_free(rr);
	}
	ldns_rdf_deep_free(origin);
}

TEST(cname_targets_are_those_of_ldns)
{
	struct target ours, theirs;
	const struct hrd_zone_sink sink = {
		.ctx = &ours, .rule = take_target, .fault = ignore_fault
	};
	char zone[2048], text[HRD_NAME_TEXT_MAX + 1], line[1200];
	struct hrd_zone_head head;
	struct hrd_name name;
	unsigned seen = 0;
	FILE *stream;

	for (unsigned i = 0; i < NAMES; i++) {
		name = random_name(HRD_NAME_MAX);
		if (name.len == 1)
			continue; /* an action, not a target */
		if (name.wire[0] == 1 && name.wire[1] == '@')
			continue; /* ldns takes it for the origin */
		if (name.len == 3 && name.wire[1] == '*')
			continue; /* an action, not a target */
		scribble(text, &name);
		snprintf(line, sizeof(line), "owner 60 IN CNAME %s", text);
		snprintf(zone, sizeof(zone),
		    "$ORIGIN rpz.example.\n@ 60 SOA a. b. 1 2 3 4 5\n@ NS a.\n%s\n", line);
		memset(&ours, 0, sizeof(ours));
		stream = fmemopen(zone, strlen(zone), "r");
		assert_non_null(stream);
		assert_int_equal(hrd_zone_read(stream, NULL, &sink, &head), HRD_OK);
		fclose(stream);
		read_by_ldns(line, &theirs);
		if (ours.len != theirs.len || memcmp(ours.wire, theirs.wire, ours.len) != 0)
			fail_msg("%s: %u octets, ldns %u", text, ours.len, theirs.len);
		seen += ours.len > 0;
	}
	assert_true(seen > NAMES / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_read_again_is_the_same_zone),
		cmocka_unit_test(only_its_own_text_is_a_set_read_back),
		cmocka_unit_test(owners_too_long_for_the_apex_are_told_and_the_rest_is_a_zone),
		cmocka_unit_test(cname_targets_are_those_of_ldns),
	};

	return cmocka_run_group_tests_name("zoneout", tests, NULL, NULL);
}
