/* SPDX-License-Identifier: BSD-3-Clause */
/* Zone text: whatever it holds, reading ends without a crash, and what was read survives the way
 * through an image, a dump and a second reading without a fault and with the same rule digest. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy.h"
#include "lib/rules.h"
#include "rpzgen/holes.h"
#include "rpzgen/zonefile.h"
#include "rpzgen/zoneout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct reading {
	struct hrd_rules *set;
	struct hrd_zone_head head;
	unsigned faults;
};

static void
require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct reading *reading = ctx;

	return hrd_rules_add(reading->set, rule, rr);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct reading *reading = ctx;

	(void)line;
	require(id[0] != '\0' && text[0] != '\0', "an empty diagnostic");
	reading->faults += severity == HRD_ERROR;
}

/* Reads and seals; false when there is no zone. */
static bool
read_zone(struct reading *reading, const void *data, size_t len)
{
	const struct hrd_zone_sink sink = {
		.ctx = reading, .rule = take_rule, .fault = take_fault
	};
	FILE *stream = fmemopen((void *)(uintptr_t)data, len, "rb");
	int status;

	memset(reading, 0, sizeof(*reading));
	reading->set = hrd_rules_new();
	require(stream != NULL && reading->set != NULL, "out of memory");
	status = hrd_zone_read(stream, NULL, &sink, &reading->head);
	fclose(stream);
	require(status == HRD_OK || status == HRD_EINVAL, "a rule that the set refuses");
	require(status == HRD_OK || reading->faults > 0, "refused without a fault");
	if (status == HRD_OK)
		status = hrd_rules_seal(reading->set, NULL, NULL);
	return status == HRD_OK || status == HRD_EEXIST;
}

static struct hrd_policy *
make_policy(const struct reading *reading)
{
	struct hrd_policy_info info = { .id = "fuzz", .title = "", .publisher = "" };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	uint8_t *image;
	size_t len;

	info.apex = reading->head.apex;
	info.mname = reading->head.mname;
	info.rname = reading->head.rname;
	info.serial = reading->head.serial;
	info.ttl = reading->head.ttl;
	require(hrd_policy_build(reading->set, &info, &image, &len) == HRD_OK, "no image");
	require(hrd_policy_open(image, len, true, 0, &policy, &fault) == HRD_OK, "a bad image");
	return policy;
}

static void
round_trip(const struct reading *reading)
{
	struct hrd_policy *policy = make_policy(reading), *again;
	const struct hrd_policy_info *info = hrd_policy_info(policy), *info_again;
	struct hrd_zone_writer writer = { .apex = &info->apex };
	struct reading second;
	char *text;
	size_t len;

	writer.out = open_memstream(&text, &len);
	require(writer.out != NULL, "out of memory");
	require(hrd_zone_write_head(&writer, info) == HRD_OK, "no head");
	require(hrd_zone_write_policy(&writer, policy) == HRD_OK, "no dump");
	require(fclose(writer.out) == 0 && writer.omitted == 0, "a rule that no zone can hold");
	require(read_zone(&second, text, len), "the dump is no zone");
	require(second.faults == 0, "the dump has faults");
	again = make_policy(&second);
	info_again = hrd_policy_info(again);
	require(memcmp(info->rule_digest, info_again->rule_digest, HRD_RULE_DIGEST_LEN) == 0 &&
		    info->serial == info_again->serial && info->ttl == info_again->ttl,
	    "the dump reads otherwise");
	hrd_rules_free(second.set);
	hrd_policy_free(again);
	hrd_policy_free(policy);
	free(text);
}

/* A set without holes has none. */
static void
close_holes(const struct hrd_rules *set)
{
	struct hrd_holes *holes, *left;
	struct hrd_rules *closed;

	require(hrd_holes_find(set, &holes) == HRD_OK, "no holes");
	if (hrd_holes_count(holes) > 0) {
		require(hrd_holes_close(holes, set, &closed) == HRD_OK, "holes stay open");
		require(hrd_holes_find(closed, &left) == HRD_OK, "no holes");
		require(hrd_holes_count(left) == 0, "holes are left");
		hrd_holes_free(left);
		hrd_rules_free(closed);
	}
	hrd_holes_free(holes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reading reading;

	if (len == 0)
		return 0;
	if (read_zone(&reading, data, len)) {
		round_trip(&reading);
		close_holes(reading.set);
	}
	hrd_rules_free(reading.set);
	return 0;
}
