/* SPDX-License-Identifier: BSD-3-Clause */
/* ZONEMD of unsigned zones. */
#include <config.h>

#include "rpzgen/sign/zonemd.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/bytes.h"
#include "rpzgen/sign/dnssec.h"
#include "rpzgen/sign/records.h"

static bool
has_word(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	for (const char *end = text + len; text + word_len <= end; text++) {
		text = memchr(text, word[0], (size_t)(end - text));
		if (text == NULL || text + word_len > end)
			return false;
		if (strncasecmp(text, word, word_len) == 0)
			return true;
	}
	return false;
}

/* In upper or lower case, or as RFC 3597 writes unknown types. */
static bool
may_have_zonemd(const char *text, size_t len)
{
	return has_word(text, len, "ZONEMD") || has_word(text, len, "zonemd") ||
	       has_word(text, len, "TYPE63") || has_word(text, len, "type63");
}

static bool
is_known(const struct hrd_zone_rr *rr, uint32_t serial)
{
	size_t len = hrd_zonemd_digest_len(rr->rdata[HRD_ZONEMD_HASH]);

	return rr->rdata[HRD_ZONEMD_SCHEME] == HRD_ZONEMD_SIMPLE && len > 0 &&
	       rr->rdlen == HRD_ZONEMD_DIGEST + len && hrd_be32(rr->rdata) == serial;
}

/* One that is right is enough (RFC 8976 section 4). */
static enum hrd_zonemd_state
judge(const struct hrd_zonedata *zone)
{
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(zone);
	enum hrd_zonemd_state state = HRD_ZONEMD_ABSENT;
	uint8_t digest[HRD_ZONEMD_DIGEST_MAX];

	for (size_t i = 0; soa != NULL && i < zone->owners[1]; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if (rr->type != HRD_TYPE_ZONEMD || rr->rdlen < HRD_ZONEMD_DIGEST)
			continue;
		if (!is_known(rr, hrd_soa_serial(soa))) {
			state = state == HRD_ZONEMD_ABSENT ? HRD_ZONEMD_UNKNOWN : state;
			continue;
		}
		hrd_zonemd_digest(zone, rr->rdata[HRD_ZONEMD_HASH], digest);
		if (memcmp(digest, rr->rdata + HRD_ZONEMD_DIGEST,
			(size_t)rr->rdlen - HRD_ZONEMD_DIGEST) == 0)
			return HRD_ZONEMD_RIGHT;
		state = HRD_ZONEMD_WRONG;
	}
	return soa != NULL ? state : HRD_ZONEMD_WRONG;
}

enum hrd_zonemd_state
hrd_zonemd_check(const char *text, size_t len, const struct hrd_name *origin)
{
	union {
		const char *in;
		char *out;
	} data = { .in = text }; /* fmemopen() in mode "r" does not write */
	struct hrd_zonedata zone = { .count = 0 };
	struct hrd_zone_reading how = { .file = "", .origin = origin };
	enum hrd_zonemd_state state = HRD_ZONEMD_WRONG;
	FILE *stream;

	if (!may_have_zonemd(text, len))
		return HRD_ZONEMD_ABSENT;
	stream = fmemopen(data.out, len, "r");
	how.diag =
	    hrd_diag_new(HRD_DIAG_TEXT, true); /* the faults are told by the reader of rules */
	if (stream != NULL && how.diag != NULL && hrd_zonedata_read_stream(&zone, stream, &how) &&
	    hrd_zonedata_sort(&zone) == HRD_OK)
		state = judge(&zone);
	hrd_zonedata_clear(&zone);
	hrd_diag_free(how.diag);
	if (stream != NULL)
		fclose(stream);
	return state;
}
