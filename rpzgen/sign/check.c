/* SPDX-License-Identifier: BSD-3-Clause */
/* Signed zones as consumers read them: see check.h. */
#include <config.h>

#include "rpzgen/sign/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/sign/verify.h"

struct hrd_rules *
hrd_zonedata_rules(
    struct hrd_zonedata *zone, const struct hrd_zone_reading *how, struct hrd_zone_head *head)
{
	struct hrd_rules *rules = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	bool good;

	hrd_zonedata_strip(zone);
	good = hrd_zonedata_sort(zone) == HRD_OK && stream != NULL &&
	       hrd_zonedata_write(zone, stream) == HRD_OK;
	if (stream != NULL && fclose(stream) != 0)
		good = false;
	if (good)
		rules = hrd_zone_rules_text(text, len, how, head);
	else
		hrd_diag_nomem(how->diag);
	free(text);
	return rules;
}

static bool
has_rules(struct hrd_zonedata *zone, const struct hrd_signed_zone *meant)
{
	const struct hrd_zone_reading how = { .file = meant->file, .diag = meant->diag };
	uint8_t digest[HRD_RULE_DIGEST_LEN];
	struct hrd_zone_head head;
	struct hrd_rules *rules = hrd_zonedata_rules(zone, &how, &head);
	struct hrd_position place = { meant->file, 0, 0 };
	bool same;

	if (rules == NULL)
		return false;
	hrd_dump_digest(rules, digest);
	hrd_rules_free(rules);
	same = memcmp(digest, meant->rule_digest, sizeof(digest)) == 0;
	if (!same)
		hrd_diag(meant->diag, HRD_ERROR, &place, "sign-check",
		    "the rules that were written are not those that were to be signed");
	return same;
}

static bool
read_back(FILE *stream, const struct hrd_signed_zone *meant)
{
	struct hrd_zoneverify how = { .anchors = meant->keys,
		.anchor_count = meant->key_count,
		.depth = HRD_VERIFY_EACH_KEY,
		.now = meant->now,
		.file = meant->file,
		.diag = meant->diag,
		.progress = meant->progress };
	const struct hrd_zone_reading reading = {
		.file = meant->file, .diag = meant->diag, .progress = meant->progress
	};
	struct hrd_zonedata zone = { 0 };
	bool good = hrd_zonedata_read_stream(&zone, stream, &reading) &&
		    hrd_zoneverify(&zone, &how) && has_rules(&zone, meant);

	hrd_zonedata_clear(&zone);
	return good;
}

bool
hrd_signed_zone_check(FILE *stream, const struct hrd_signed_zone *meant)
{
	struct hrd_position place = { meant->file, 0, 0 };
	struct hrd_signed_zone own = *meant;
	bool good;

	/* What the input was warned about is not said once more: reports count when it fails. */
	own.diag = hrd_diag_new(HRD_DIAG_TEXT, false);
	if (own.diag == NULL) {
		hrd_diag_nomem(meant->diag);
		return false;
	}
	good = read_back(stream, &own);
	if (!good) {
		hrd_diag_flush(own.diag, "that is how it reads back");
		hrd_diag(meant->diag, HRD_ERROR, &place, "sign-check",
		    "what was signed does not read back as it was meant, so it is not written; "
		    "please report the input");
	}
	hrd_diag_free(own.diag);
	return good;
}
