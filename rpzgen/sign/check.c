/* SPDX-License-Identifier: BSD-3-Clause */
/* Signed zones as consumers read them. */
#include <config.h>

#include "rpzgen/sign/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/sign/verify.h"

/* The record that comes next. */
struct walk {
	const struct hrd_zonedata *zone;
	const struct hrd_zone_rr *soa; /* comes first; NULL when there is none */
	size_t next;
	bool started;
};

static bool
next_record(void *ctx, struct hrd_name *owner, uint64_t *line, struct hrd_rr *out)
{
	struct walk *walk = ctx;
	const struct hrd_zonedata *zone = walk->zone;
	const struct hrd_zone_rr *rr = walk->started ? NULL : walk->soa;

	walk->started = true;
	while (rr == NULL && walk->next < zone->count) {
		rr = &zone->rrs[walk->next++];
		if (rr == walk->soa || (hrd_type_flags(rr->type) & HRD_TYPE_OF_SIGNING) != 0)
			rr = NULL;
	}
	if (rr == NULL)
		return false;
	hrd_zone_rr_owner(zone, rr, owner);
	*line = rr->line;
	*out = (struct hrd_rr){ rr->type, rr->rdlen, rr->ttl, rr->rdata };
	return true;
}

struct hrd_ruleset *
hrd_zonedata_rules(
    const struct hrd_zonedata *zone, const struct hrd_zone_reading *how, struct hrd_zone_head *head)
{
	struct walk walk = { .zone = zone, .soa = hrd_zonedata_soa(zone) };
	const struct hrd_record_source records = {
		.apex = &zone->head.apex, .ctx = &walk, .next = next_record
	};

	return hrd_zone_rules_records(&records, how, head);
}

static bool
has_rules(const struct hrd_zonedata *zone, const struct hrd_signed_zone *meant)
{
	const struct hrd_zone_reading how = { .file = meant->file, .diag = meant->diag };
	uint8_t digest[HRD_RULE_DIGEST_LEN];
	struct hrd_zone_head head;
	struct hrd_ruleset *rules = hrd_zonedata_rules(zone, &how, &head);
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
