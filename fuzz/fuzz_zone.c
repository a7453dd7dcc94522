/* SPDX-License-Identifier: BSD-3-Clause */
/* Zone text: whatever it holds, reading ends without a crash, and what was read and written out as
 * a zone is read again without a fault and written as the same zone. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "lib/policy/policy.h"
#include "lib/rules/rules.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/zone/read.h"
#include "rpzgen/zone/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct reading {
	struct hrd_ruleset *set;
	struct hrd_zone_head head;
	unsigned faults;
};

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

/* The zone of a reading; the caller frees it. */
static char *
write_zone(const struct reading *reading, size_t *len)
{
	struct hrd_policy_info info = { .id = "fuzz", .title = "", .publisher = "" };
	struct hrd_zone_writer writer = { .apex = &reading->head.apex };
	unsigned trigger;
	char *text;

	info.apex = reading->head.apex;
	info.mname = reading->head.mname;
	info.rname = reading->head.rname;
	info.serial = reading->head.serial;
	info.ttl = reading->head.ttl;
	writer.out = open_memstream(&text, len);
	require(writer.out != NULL, "out of memory");
	require(hrd_zone_write_head(&writer, &info) == HRD_OK, "no head");
	for (trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		require(hrd_zone_write_set(&writer, reading->set, trigger) == HRD_OK, "no rules");
	require(fclose(writer.out) == 0 && writer.omitted == 0, "a rule that no zone can hold");
	return text;
}

static void
round_trip(const struct reading *reading)
{
	struct reading second;
	char *text, *again;
	size_t len, len_again;

	text = write_zone(reading, &len);
	require(read_zone(&second, text, len), "what was written is no zone");
	require(second.faults == 0, "what was written has faults");
	again = write_zone(&second, &len_again);
	require(len == len_again && memcmp(text, again, len) == 0, "the zone reads otherwise");
	hrd_rules_free(second.set);
	free(again);
	free(text);
}

/* A set without holes has none. */
static void
close_holes(const struct hrd_ruleset *set)
{
	struct hrd_hole_list *holes, *left;
	struct hrd_ruleset *closed;

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
