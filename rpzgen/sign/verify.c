/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies a signed zone. */
#include <config.h>

#include "rpzgen/sign/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/serial.h"
#include "lib/name/rdata.h"
#include "rpzgen/base/parallel.h"
#include "rpzgen/sign/dnssec.h"

enum { COVERED_MAX = 64 << 20 };

/* What can be wrong with one owner. */
enum fault {
	FAULT_NONE,
	FAULT_UNSIGNED,
	FAULT_SIGNATURE,
	FAULT_EXPIRED,
	FAULT_NOT_YET,
	FAULT_RRSIG_FORM,
	FAULT_RRSIG_ALONE,
	FAULT_NSEC_COUNT,
	FAULT_NSEC_NEXT,
	FAULT_NSEC_TYPES,
	FAULT_NSEC3,
	FAULT_CUT,
	FAULT_MANY,
};

static const struct {
	const char *id, *text;
} faults[] = {
	[FAULT_UNSIGNED] = { "verify-rrsig", "an RRset has no signature by a trusted key" },
	[FAULT_SIGNATURE] = { "verify-rrsig",
	    "a signature is wrong: data, key or signature was changed" },
	[FAULT_EXPIRED] = { "verify-time", "a signature has expired" },
	[FAULT_NOT_YET] = { "verify-time", "a signature is not valid yet; is the clock right?" },
	[FAULT_RRSIG_FORM] = { "verify-rrsig", "an RRSIG is malformed or has another signer" },
	[FAULT_RRSIG_ALONE] = { "verify-rrsig",
	    "an RRSIG covers a type that is not there: records are missing" },
	[FAULT_NSEC_COUNT] = { "verify-nsec", "there must be one NSEC" },
	[FAULT_NSEC_NEXT] = { "verify-nsec",
	    "the NSEC does not lead to the next name: names were added or dropped" },
	[FAULT_NSEC_TYPES] = { "verify-nsec", "the NSEC lists other types than there are" },
	[FAULT_NSEC3] = { "verify-nsec",
	    "NSEC3 is not understood here; policy zones are signed with NSEC" },
	[FAULT_CUT] = { "verify-zone", "NS, DS or DNAME below the apex: no policy zone" },
	[FAULT_MANY] = { "verify-limit", "too many records or signatures of one type" },
};

struct verifying {
	struct hrd_zonedata *zone;
	struct hrd_zoneverify *how;
	struct hrd_dnskey keys[HRD_ZONE_DNSKEYS_MAX]; /* that may sign */
	size_t key_count;
	bool covered;    /* by a ZONEMD that is right and signed */
	uint8_t *faults; /* one an owner */
};

static bool
refuse(const struct verifying *v, const char *id, const char *text)
{
	struct hrd_position place = { v->how->file, 0, 0 };

	hrd_diag(v->how->diag, HRD_ERROR, &place, id, "%s", text);
	return false;
}

/* Serial arithmetic (RFC 4034 section 3.1.5); what it leaves open counts as before. */
static bool
is_before(uint32_t a, uint32_t b)
{
	return a != b && !hrd_serial_is_later(a, b);
}

static enum fault
time_fault(const struct verifying *v, const uint8_t *rrsig)
{
	uint32_t now = (uint32_t)v->how->now;

	if (is_before(hrd_be32(rrsig + HRD_RRSIG_EXPIRATION), now))
		return FAULT_EXPIRED;
	if (is_before(now, hrd_be32(rrsig + HRD_RRSIG_INCEPTION)))
		return FAULT_NOT_YET;
	return FAULT_NONE;
}

/* An RRset and the signatures of its owner. */
struct rrset {
	const struct hrd_name *owner;
	const struct hrd_zone_rr *rrs;
	size_t count;
	const struct hrd_zone_rr *rrsigs; /* all RRSIGs of the owner */
	size_t rrsig_count;
};

static bool
is_valid(const struct verifying *v, struct hrd_buffer *buffer, const struct rrset *set,
    const struct hrd_zone_rr *rrsig)
{
	size_t front = (size_t)HRD_RRSIG_SIGNER + v->zone->head.apex.len;
	const uint8_t *rdata = rrsig->rdata;

	if (rdata[HRD_RRSIG_LABELS] != hrd_rrsig_labels(set->owner) ||
	    set->rrs[0].ttl > hrd_be32(rdata + HRD_RRSIG_TTL))
		return false;
	for (size_t k = 0; k < v->key_count; k++) {
		const struct hrd_dnskey *key = &v->keys[k];

		if (key->tag != hrd_be16(rdata + HRD_RRSIG_TAG) ||
		    key->algorithm != rdata[HRD_RRSIG_ALGORITHM])
			continue;
		if (v->covered)
			return true;
		if (hrd_rrsig_covers(buffer, rdata, front, set->owner, set->rrs, set->count) ==
			HRD_OK &&
		    hrd_dnskey_verify(
			key, buffer->data, buffer->len, rdata + front, rrsig->rdlen - front))
			return true;
	}
	return false;
}

static enum fault
check_rrset(const struct verifying *v, struct hrd_buffer *buffer, const struct rrset *set)
{
	enum fault worst = FAULT_UNSIGNED;
	size_t tried = 0;

	if (set->count > HRD_RRSET_MAX)
		return FAULT_MANY;
	for (size_t i = 0; i < set->rrsig_count; i++) {
		const struct hrd_zone_rr *rrsig = &set->rrsigs[i];
		enum fault fault = time_fault(v, rrsig->rdata);

		if (hrd_be16(rrsig->rdata) != set->rrs[0].type)
			continue;
		if (++tried > HRD_RRSIGS_MAX)
			return FAULT_MANY;
		if (fault == FAULT_NONE) {
			if (is_valid(v, buffer, set, rrsig))
				return FAULT_NONE;
			fault = FAULT_SIGNATURE;
		}
		worst = fault;
	}
	return worst;
}

static bool
has_type(const struct hrd_zone_rr *rrs, size_t count, uint16_t type)
{
	for (size_t i = 0; i < count; i++) {
		if (rrs[i].type == type)
			return true;
	}
	return false;
}

static enum fault
check_rrsig_form(const struct verifying *v, const struct hrd_zone_rr *rrs, size_t count,
    const struct hrd_zone_rr *rrsig)
{
	const struct hrd_name *apex = &v->zone->head.apex;

	if (rrsig->rdlen <= HRD_RRSIG_SIGNER + apex->len ||
	    memcmp(rrsig->rdata + HRD_RRSIG_SIGNER, apex->wire, apex->len) != 0)
		return FAULT_RRSIG_FORM;
	if (hrd_be16(rrsig->rdata) == HRD_TYPE_RRSIG ||
	    !has_type(rrs, count, hrd_be16(rrsig->rdata)))
		return FAULT_RRSIG_ALONE;
	return FAULT_NONE;
}

static enum fault
check_nsec(const struct verifying *v, size_t o)
{
	const struct hrd_zonedata *zone = v->zone;
	size_t first = zone->owners[o], count = zone->owners[o + 1] - first, len;
	const struct hrd_zone_rr *nsec = NULL;
	uint8_t bitmap[HRD_BITMAP_MAX];
	struct hrd_name next, named;

	for (size_t i = first; i < first + count; i++) {
		if (zone->rrs[i].type != HRD_TYPE_NSEC)
			continue;
		if (nsec != NULL)
			return FAULT_NSEC_COUNT;
		nsec = &zone->rrs[i];
	}
	if (nsec == NULL)
		return FAULT_NSEC_COUNT;
	hrd_zonedata_owner(zone, o + 1 < zone->owner_count ? o + 1 : 0, &next);
	if (hrd_name_from_wire(&named, nsec->rdata, nsec->rdlen) != HRD_OK ||
	    hrd_name_cmp(&named, &next) != 0)
		return FAULT_NSEC_NEXT;
	len = hrd_nsec_bitmap(zone->rrs + first, count, bitmap);
	if ((size_t)nsec->rdlen - named.len != len ||
	    memcmp(nsec->rdata + named.len, bitmap, len) != 0)
		return FAULT_NSEC_TYPES;
	return FAULT_NONE;
}

static enum fault
check_type(uint16_t type, bool apex)
{
	if (type == HRD_TYPE_NSEC3)
		return FAULT_NSEC3;
	if (!apex && (type == HRD_TYPE_NS || type == HRD_TYPE_DS || type == HRD_TYPE_DNAME))
		return FAULT_CUT;
	return FAULT_NONE;
}

/* The RRSIGs of the owner into set; RRSIG is one type, so they are neighbours. */
static enum fault
find_rrsigs(const struct verifying *v, size_t o, struct rrset *set)
{
	const struct hrd_zonedata *zone = v->zone;
	size_t first = zone->owners[o], end = zone->owners[o + 1];
	enum fault fault = FAULT_NONE;

	set->rrsig_count = 0;
	for (size_t i = first; i < end && fault == FAULT_NONE; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if (rr->type == HRD_TYPE_RRSIG) {
			if (set->rrsig_count++ == 0)
				set->rrsigs = rr;
			if (set->rrsig_count > HRD_RRSET_MAX)
				return FAULT_MANY;
			fault = check_rrsig_form(v, zone->rrs + first, end - first, rr);
		} else {
			fault = check_type(rr->type, o == 0);
		}
	}
	return fault;
}

static enum fault
check_owner(const struct verifying *v, struct hrd_buffer *buffer, size_t o)
{
	const struct hrd_zonedata *zone = v->zone;
	struct rrset set = { 0 };
	struct hrd_name owner;
	enum fault fault = find_rrsigs(v, o, &set);

	hrd_zonedata_owner(zone, o, &owner);
	set.owner = &owner;
	for (size_t i = zone->owners[o]; i < zone->owners[o + 1] && fault == FAULT_NONE;
	     i += set.count) {
		set.rrs = zone->rrs + i;
		set.count = hrd_zonedata_rrset(zone, i);
		if (set.rrs->type != HRD_TYPE_RRSIG)
			fault = check_rrset(v, buffer, &set);
	}
	return fault == FAULT_NONE ? check_nsec(v, o) : fault;
}

static int
check_owners(void *ctx, size_t from, size_t to)
{
	struct verifying *v = ctx;
	struct hrd_buffer buffer = { .max = COVERED_MAX };

	for (size_t o = from; o < to; o++)
		v->faults[o] = (uint8_t)check_owner(v, &buffer, o);
	hrd_buffer_free(&buffer);
	return HRD_OK;
}

static bool
report_faults(const struct verifying *v)
{
	struct hrd_position place = { v->how->file, 0, 0 };
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name owner;
	bool good = true;

	for (size_t o = 0; o < v->zone->owner_count; o++) {
		if (v->faults[o] == FAULT_NONE)
			continue;
		good = false;
		hrd_zonedata_owner(v->zone, o, &owner);
		hrd_name_to_text(&owner, text);
		hrd_diag(v->how->diag, HRD_ERROR, &place, faults[v->faults[o]].id, "%s: %s", text,
		    faults[v->faults[o]].text);
	}
	return good;
}

static bool
check_records(struct verifying *v)
{
	const struct hrd_parallel loop = { .count = v->zone->owner_count,
		.work = check_owners,
		.ctx = v,
		.progress = v->how->progress,
		.subject = "verifying",
		.unit = "names" };
	bool good = false;

	v->faults = calloc(v->zone->owner_count, 1);
	if (v->faults != NULL && hrd_parallel(&loop) == HRD_OK)
		good = report_faults(v);
	else
		hrd_diag_nomem(v->how->diag);
	free(v->faults);
	return good;
}

static bool
is_anchor(const struct verifying *v, const struct hrd_dnskey *key)
{
	for (size_t i = 0; i < v->how->anchor_count; i++) {
		const struct hrd_dnskey *anchor = &v->how->anchors[i];

		if (anchor->len == key->len && memcmp(anchor->rdata, key->rdata, key->len) == 0 &&
		    (anchor->owner.len == 1 || hrd_name_cmp(&anchor->owner, &key->owner) == 0))
			return true;
	}
	return false;
}

/* Takes the DNSKEYs of the apex that can sign: all, or those that are anchors. */
static bool
take_keys(struct verifying *v, size_t first, size_t count, bool anchors)
{
	v->key_count = 0;
	for (size_t i = first; i < first + count; i++) {
		const struct hrd_zone_rr *rr = &v->zone->rrs[i];
		struct hrd_dnskey *key = &v->keys[v->key_count];

		if (hrd_dnskey_set(key, &v->zone->head.apex, rr->rdata, rr->rdlen) == HRD_OK &&
		    hrd_dnskey_is_known(key) && (!anchors || is_anchor(v, key)))
			v->key_count++;
	}
	return v->key_count > 0;
}

/* The RRset of a type at the apex, with the RRSIGs there; false when there is none. */
static bool
find_at_apex(const struct verifying *v, uint16_t type, struct rrset *set, enum fault *fault)
{
	const struct hrd_zonedata *zone = v->zone;
	size_t i = 0, end = zone->owners[1];

	while (i < end && zone->rrs[i].type != type)
		i++;
	if (i == end)
		return false;
	set->owner = &zone->head.apex;
	set->rrs = zone->rrs + i;
	set->count = hrd_zonedata_rrset(zone, i);
	*fault = find_rrsigs(v, 0, set);
	return true;
}

/* Whether the RRset has a signature by one of the keys; what is wrong with it else. */
static enum fault
check_signed(const struct verifying *v, const struct rrset *set)
{
	struct hrd_buffer buffer = { .max = COVERED_MAX };
	enum fault fault = check_rrset(v, &buffer, set);

	hrd_buffer_free(&buffer);
	return fault;
}

/* Tries the anchors among the keys one after the other, so that the one that signed is known. */
static enum fault
check_dnskey(struct verifying *v, const struct rrset *set)
{
	enum fault fault = FAULT_UNSIGNED;
	size_t count = v->key_count;

	v->key_count = 1;
	for (size_t i = 0; i < count; i++) {
		v->keys[0] = v->keys[i];
		v->how->key_tag = v->keys[0].tag;
		fault = check_signed(v, set);
		if (fault == FAULT_NONE)
			break;
	}
	return fault;
}

/* From the anchors to the keys that may sign the zone. */
static bool
establish_keys(struct verifying *v)
{
	struct rrset set = { 0 };
	enum fault fault = FAULT_NONE;
	size_t first;

	if (!find_at_apex(v, HRD_TYPE_DNSKEY, &set, &fault))
		return refuse(v, "verify-unsigned",
		    "there is no DNSKEY: the zone is not signed, or was stripped");
	first = (size_t)(set.rrs - v->zone->rrs);
	if (set.count > HRD_ZONE_DNSKEYS_MAX)
		return refuse(v, "verify-limit", "more than 10 DNSKEY records");
	if (!take_keys(v, first, set.count, true))
		return refuse(v, "verify-anchor", "no DNSKEY of the zone is a trust anchor");
	if (fault == FAULT_NONE)
		fault = check_dnskey(v, &set);
	if (fault == FAULT_SIGNATURE || fault == FAULT_UNSIGNED)
		return refuse(v, "verify-dnskey",
		    "the DNSKEY records have no valid signature by a trust anchor");
	if (fault != FAULT_NONE)
		return refuse(v, faults[fault].id, faults[fault].text);
	return take_keys(v, first, set.count, false);
}

/* The one ZONEMD of a scheme and hash that we know; NULL after a report. */
static const struct hrd_zone_rr *
find_zonemd(const struct verifying *v, uint32_t serial)
{
	const struct hrd_zonedata *zone = v->zone;
	const struct hrd_zone_rr *found = NULL;
	bool any = false;

	for (size_t i = 0; i < zone->owners[1]; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];
		size_t len;

		if (rr->type != HRD_TYPE_ZONEMD || rr->rdlen < HRD_ZONEMD_DIGEST)
			continue;
		any = true;
		len = hrd_zonemd_digest_len(rr->rdata[HRD_ZONEMD_HASH]);
		if (rr->rdata[HRD_ZONEMD_SCHEME] != HRD_ZONEMD_SIMPLE || len == 0 ||
		    rr->rdlen != HRD_ZONEMD_DIGEST + len || hrd_be32(rr->rdata) != serial)
			continue;
		/* RFC 8976 section 4: two of one kind void each other. */
		if (found != NULL && found->rdata[HRD_ZONEMD_HASH] == rr->rdata[HRD_ZONEMD_HASH]) {
			refuse(v, "verify-zonemd", "two ZONEMD of one scheme and hash");
			return NULL;
		}
		if (found == NULL)
			found = rr;
	}
	if (found == NULL)
		refuse(v, "verify-zonemd",
		    any ? "no ZONEMD of a known scheme and hash for the serial of the SOA"
			: "there is no ZONEMD");
	return found;
}

/* True when the ZONEMD is that of the zone, and signed. */
static bool
is_covered(const struct verifying *v, const struct hrd_zone_rr *zonemd)
{
	uint8_t digest[HRD_ZONEMD_DIGEST_MAX];
	struct rrset set = { 0 };
	enum fault fault = FAULT_NONE;

	if (!find_at_apex(v, HRD_TYPE_ZONEMD, &set, &fault) || fault != FAULT_NONE ||
	    check_signed(v, &set) != FAULT_NONE)
		return false;
	hrd_zonemd_digest(v->zone, zonemd->rdata[HRD_ZONEMD_HASH], digest);
	return memcmp(digest, zonemd->rdata + HRD_ZONEMD_DIGEST,
		   (size_t)zonemd->rdlen - HRD_ZONEMD_DIGEST) == 0;
}

/* Every record, then the digest of them all: where the digest is wrong, the records say why. */
static bool
check_zone(struct verifying *v)
{
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(v->zone);
	const struct hrd_zone_rr *zonemd = find_zonemd(v, hrd_soa_serial(soa));
	bool good = zonemd != NULL && is_covered(v, zonemd);

	v->covered = good && v->how->depth != HRD_VERIFY_EVERY_SIGNATURE;
	if (!check_records(v) || zonemd == NULL)
		return false;
	return good || refuse(v, "verify-zonemd",
			   "the ZONEMD digest is not that of the records: the zone was changed");
}

/* Whether that key has signed the RRset of a type at the apex. */
static bool
has_signed(const struct verifying *v, const struct hrd_dnskey *key, uint16_t type)
{
	struct verifying one = *v;
	struct rrset set = { 0 };
	enum fault fault = FAULT_UNSIGNED;

	one.covered = false;
	one.key_count = 1;
	one.keys[0] = *key;
	if (find_at_apex(v, type, &set, &fault) && fault == FAULT_NONE)
		fault = check_signed(&one, &set);
	return fault == FAULT_NONE || refuse(v, faults[fault].id, faults[fault].text);
}

/* Each key has signed, and not just one of them: anchors the DNSKEYs, and the SOA too where no
 * other key does that. */
static bool
check_each_key(const struct verifying *v)
{
	size_t anchors = 0;

	for (size_t i = 0; i < v->key_count; i++)
		anchors += is_anchor(v, &v->keys[i]);
	for (size_t i = 0; i < v->key_count; i++) {
		const struct hrd_dnskey *key = &v->keys[i];

		if (is_anchor(v, key) && !has_signed(v, key, HRD_TYPE_DNSKEY))
			return false;
		if ((!is_anchor(v, key) || anchors == v->key_count) &&
		    !has_signed(v, key, HRD_TYPE_SOA))
			return false;
	}
	return anchors == v->how->anchor_count ||
	       refuse(v, "verify-dnskey", "there are fewer DNSKEY records than keys that sign");
}

/* The end of what ends first, in serial arithmetic. */
static void
set_expiration(const struct verifying *v)
{
	const struct hrd_zonedata *zone = v->zone;
	bool any = false;

	for (size_t i = 0; i < zone->count; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];
		uint32_t end;

		if (rr->type != HRD_TYPE_RRSIG)
			continue;
		end = hrd_be32(rr->rdata + HRD_RRSIG_EXPIRATION);
		if (!any || is_before(end, v->how->expiration))
			v->how->expiration = end;
		any = true;
	}
}

bool
hrd_zoneverify(struct hrd_zonedata *zone, struct hrd_zoneverify *how)
{
	struct verifying v = { .zone = zone, .how = how };

	if (hrd_zonedata_sort(zone) != HRD_OK) {
		hrd_diag_nomem(how->diag);
		return false;
	}
	if (hrd_zonedata_soa(zone) == NULL)
		return refuse(&v, "verify-zone", "there must be one SOA, at the apex");
	if (!establish_keys(&v) || !check_zone(&v) ||
	    (how->depth == HRD_VERIFY_EACH_KEY && !check_each_key(&v)))
		return false;
	set_expiration(&v);
	return true;
}
