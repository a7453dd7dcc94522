/* SPDX-License-Identifier: BSD-3-Clause */
/* Signing: whatever zone the rules are read from without a fault is signed so that it verifies and
 * has the same rules, or is refused with a report. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "fuzz/signature.h"
#include "lib/rules/dump.h"
#include "rpzgen/sign/check.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/zone/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NOW = 1800000000, DAY = 86400 };

static struct hrd_diag *diag;

/* Reads the records, as rpzgen sign does; false after a report. */
static bool
read_records(struct hrd_zonedata *zone, const uint8_t *data, size_t len)
{
	const struct hrd_zone_reading reading = { .file = "fuzz", .diag = diag };
	FILE *stream = fmemopen((void *)(uintptr_t)data, len, "rb");
	bool good;

	require(stream != NULL, "out of memory");
	good = hrd_zonedata_read_stream(zone, stream, &reading) &&
	       hrd_zonesign_prepare(zone, "fuzz", diag);
	fclose(stream);
	require(good || hrd_diag_errors(diag) > 0, "refused without a report");
	return good;
}

static void
check(const struct hrd_zonedata *zone, const struct hrd_dnskey *key, const uint8_t *digest)
{
	const struct hrd_signed_zone meant = { .file = "fuzz",
		.keys = key,
		.key_count = 1,
		.now = NOW,
		.rule_digest = digest,
		.diag = diag };
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);

	require(stream != NULL, "out of memory");
	require(hrd_zonedata_write(zone, stream) == HRD_OK, "a zone that cannot be written");
	require(fclose(stream) == 0, "out of memory");
	stream = fmemopen(text, len, "rb");
	require(stream != NULL, "out of memory");
	if (!hrd_signed_zone_check(stream, &meant)) {
		fputs(text, stderr);
		hrd_diag_flush(diag, NULL);
		require(false, "what was signed does not read back");
	}
	fclose(stream);
	free(text);
}

static void
sign(struct hrd_zonedata *zone, const uint8_t *digest)
{
	const struct hrd_zonesign how = {
		.inception = NOW - DAY, .expiration = NOW + DAY, .serial = NOW
	};
	struct hrd_zonekey *key = fuzz_key(&zone->head.apex);

	require(hrd_zonesign(zone, &key, 1, &how) == HRD_OK, "cannot be signed");
	check(zone, hrd_zonekey_public(key), digest);
	hrd_zonekey_free(key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hrd_zone_reading how = { .file = "fuzz" };
	uint8_t digest[HRD_RULE_DIGEST_LEN];
	struct hrd_zonedata zone = { 0 };
	struct hrd_zone_head head;
	struct hrd_ruleset *rules;

	if (len == 0)
		return 0;
	diag = hrd_diag_new(HRD_DIAG_TEXT, true);
	require(diag != NULL, "out of memory");
	how.diag = diag;
	rules = hrd_zone_rules_text((const char *)data, len, &how, &head);
	if (rules != NULL) {
		hrd_dump_digest(rules, digest);
		if (read_records(&zone, data, len))
			sign(&zone, digest);
	}
	hrd_zonedata_clear(&zone);
	hrd_rules_free(rules);
	hrd_diag_free(diag);
	return 0;
}
