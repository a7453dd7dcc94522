/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifying: whatever a signed zone or a signature file holds, verifying ends without a crash, and
 * gives rules or a report; a zone that verifies covered by its ZONEMD gives what a check of every
 * signature gives, or that one refuses it. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "fuzz/signature.h"
#include "lib/crypto/signature.h"
#include "lib/rules/dump.h"
#include "rpzgen/sign/check.h"
#include "rpzgen/sign/dnssec.h"
#include "rpzgen/sign/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NOW = 1800000000 };

void __wrap_hrd_zonemd_digest(
    const struct hrd_zonedata *zone, uint8_t hash, uint8_t out[static HRD_ZONEMD_DIGEST_MAX]);

/* The digest of every zone: changed zones get behind the check of it. */
void
__wrap_hrd_zonemd_digest(
    const struct hrd_zonedata *zone, uint8_t hash, uint8_t out[static HRD_ZONEMD_DIGEST_MAX])
{
	(void)zone;
	(void)hash;
	memset(out, 0x5a, HRD_ZONEMD_DIGEST_MAX);
}

/* The rules of a zone that verifies so deep, as a digest; false after a report. */
static bool
verify_zone(const uint8_t *data, size_t len, enum hrd_verify_depth depth,
    const struct hrd_dnskey *anchor, uint8_t digest[static HRD_RULE_DIGEST_LEN])
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, true);
	FILE *stream = fmemopen((void *)(uintptr_t)data, len, "rb");
	struct hrd_zoneverify how = { .anchors = anchor,
		.anchor_count = 1,
		.depth = depth,
		.now = NOW,
		.file = "fuzz",
		.diag = diag };
	const struct hrd_zone_reading reading = { .file = "fuzz", .diag = diag };
	struct hrd_zonedata zone = { 0 };
	struct hrd_ruleset *rules = NULL;
	struct hrd_zone_head head;

	require(diag != NULL && stream != NULL, "out of memory");
	if (hrd_zonedata_read_stream(&zone, stream, &reading) && hrd_zoneverify(&zone, &how))
		rules = hrd_zonedata_rules(&zone, &reading, &head);
	require(rules != NULL || hrd_diag_errors(diag) > 0, "refused without a report");
	if (rules != NULL)
		hrd_dump_digest(rules, digest);
	fclose(stream);
	hrd_zonedata_clear(&zone);
	hrd_diag_free(diag);
	hrd_rules_free(rules);
	return rules != NULL;
}

static void
try_zone(const uint8_t *data, size_t len)
{
	uint8_t covered[HRD_RULE_DIGEST_LEN], every[HRD_RULE_DIGEST_LEN];
	static struct hrd_dnskey anchor;

	if (anchor.len == 0) {
		const struct hrd_name root = { .len = 1 };
		struct hrd_zonekey *key = fuzz_key(&root);

		anchor = *hrd_zonekey_public(key);
		hrd_zonekey_free(key);
	}
	if (!verify_zone(data, len, HRD_VERIFY_COVERED, &anchor, covered))
		return;
	if (verify_zone(data, len, HRD_VERIFY_EVERY_SIGNATURE, &anchor, every))
		require(memcmp(covered, every, sizeof(covered)) == 0, "two sets of rules");
}

/* Text of a minisign signature: no key made it. */
static void
try_signature(const uint8_t *data, size_t len)
{
	static const struct hrd_public_key key = { .key = { 9 } };
	static const uint8_t digest[64];
	struct hrd_signed_by by;
	const char *reason = NULL;
	int status = hrd_signature_verify(digest, (const char *)data, len, &key, 1, &by, &reason);

	require(status == HRD_ESIGNATURE && reason != NULL, "a signature of nobody");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char start[] = "untrusted comment:";

	if (len == 0)
		return 0;
	if (len >= strlen(start) && memcmp(data, start, strlen(start)) == 0)
		try_signature(data, len);
	else
		try_zone(data, len);
	return 0;
}
