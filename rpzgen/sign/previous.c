/* SPDX-License-Identifier: BSD-3-Clause */
/* The signed zone before this one. */
#include <config.h>

#include "rpzgen/sign/previous.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/bytes.h"
#include "lib/name/rdata.h"
#include "rpzgen/sign/dnssec.h"
#include "rpzgen/base/infile.h"

enum { COVERED_MAX = 1 << 20, RECORDS_MAX = 4096 };

struct reading {
	struct hrd_zonedata *zone;
	struct hrd_diag *diag;
	const char *path;
	bool has_soa, has_signature;
};

/* Signers write the apex first; others end with the file. */
static int
take_record(void *ctx, const struct hrd_name *owner, uint64_t line, const struct hrd_rr *rr)
{
	struct reading *r = ctx;
	struct hrd_zonedata *zone = r->zone;
	uint16_t type;

	(void)line;
	if (hrd_name_cmp(owner, &zone->head.apex) != 0)
		return r->has_soa && r->has_signature ? HRD_EEXIST : HRD_OK;
	type = rr->type == HRD_TYPE_RRSIG ? hrd_be16(rr->rdata) : rr->type;
	if (type != HRD_TYPE_SOA && type != HRD_TYPE_DNSKEY)
		return HRD_OK;
	r->has_soa |= rr->type == HRD_TYPE_SOA;
	r->has_signature |= rr->type == HRD_TYPE_RRSIG && type == HRD_TYPE_SOA;
	if (zone->count == RECORDS_MAX)
		return HRD_ELIMIT;
	return hrd_zonedata_add(zone, owner, rr->type, rr->ttl, rr->rdata, rr->rdlen);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct reading *r = ctx;
	struct hrd_position place = { r->path, line, 0 };

	hrd_diag(r->diag, severity, &place, id, "%s", text);
}

static bool
refuse(struct hrd_diag *diag, const char *path, const char *text)
{
	struct hrd_position place = { path, 0, 0 };

	hrd_diag(diag, HRD_ERROR, &place, "sign-previous", "%s", text);
	return false;
}

bool
hrd_previous_read(struct hrd_previous *previous, const char *path, struct hrd_diag *diag)
{
	struct hrd_zonedata *zone = &previous->apex;
	struct reading r = { .zone = zone, .diag = diag, .path = path };
	const struct hrd_zone_sink sink = { .ctx = &r, .record = take_record, .fault = take_fault };
	const struct hrd_zone_rr *soa;
	struct stat st;
	FILE *stream;
	int status;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return refuse(diag, path, "no regular file: give the zone that was signed last");
	stream = hrd_infile_open(path);
	if (stream == NULL) {
		hrd_diag_system(diag, path, errno);
		return false;
	}
	status = hrd_zone_read(stream, NULL, &sink, &zone->head);
	if (status == HRD_EIO)
		hrd_diag_system(diag, path, errno);
	fclose(stream);
	if (status == HRD_ELIMIT)
		return refuse(diag, path, "too many signatures at the apex");
	if ((status != HRD_OK && status != HRD_EEXIST) || zone->head.faults > 0)
		return false;
	if (hrd_zonedata_sort(zone) != HRD_OK) {
		hrd_diag_nomem(diag);
		return false;
	}
	soa = hrd_zonedata_soa(zone);
	if (soa == NULL)
		return refuse(diag, path, "there must be one SOA, at the apex");
	previous->serial = hrd_soa_serial(soa);
	return true;
}

static const struct hrd_zone_rr *
find_set(const struct hrd_zonedata *zone, uint16_t type, size_t *count)
{
	for (size_t i = 0; i < zone->count; i++) {
		if (zone->rrs[i].type == type) {
			*count = hrd_zonedata_rrset(zone, i);
			return &zone->rrs[i];
		}
	}
	return NULL;
}

/* The signature that a key made of the RRset of a type, or NULL. */
static const struct hrd_zone_rr *
signature_by(const struct hrd_zonedata *zone, uint16_t type, const struct hrd_dnskey *key)
{
	size_t front = (size_t)HRD_RRSIG_SIGNER + zone->head.apex.len, count = 0;
	const struct hrd_zone_rr *set = find_set(zone, type, &count), *found = NULL;
	struct hrd_buffer buffer = { .max = COVERED_MAX };

	for (size_t i = 0; set != NULL && i < zone->count && found == NULL; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if (rr->type == HRD_TYPE_RRSIG && rr->rdlen > front &&
		    hrd_be16(rr->rdata) == type &&
		    hrd_rrsig_covers(&buffer, rr->rdata, front, &zone->head.apex, set, count) ==
			HRD_OK &&
		    hrd_dnskey_verify(
			key, buffer.data, buffer.len, rr->rdata + front, rr->rdlen - front))
			found = rr;
	}
	hrd_buffer_free(&buffer);
	return found;
}

/* The SOA's signature by a DNSKEY for which one of the keys has signed, or NULL. */
static const struct hrd_zone_rr *
signature_by_chain(const struct hrd_zonedata *zone, const struct hrd_keyring *keys)
{
	const struct hrd_zone_rr *set, *found = NULL;
	struct hrd_dnskey key;
	size_t count = 0;
	bool vouched = false;

	for (size_t i = 0; i < keys->count && !vouched; i++)
		vouched =
		    signature_by(zone, HRD_TYPE_DNSKEY, hrd_zonekey_public(keys->keys[i])) != NULL;
	set = vouched ? find_set(zone, HRD_TYPE_DNSKEY, &count) : NULL;
	for (size_t i = 0; i < count && i < HRD_ZONE_DNSKEYS_MAX && found == NULL; i++) {
		if (hrd_dnskey_set(&key, &zone->head.apex, set[i].rdata, set[i].rdlen) == HRD_OK)
			found = signature_by(zone, HRD_TYPE_SOA, &key);
	}
	return found;
}

bool
hrd_previous_judge(struct hrd_previous *previous, const struct hrd_name *apex,
    const struct hrd_keyring *keys, const char *path, struct hrd_diag *diag)
{
	const struct hrd_zonedata *zone = &previous->apex;
	const struct hrd_zone_rr *found = NULL;

	if (hrd_name_cmp(&zone->head.apex, apex) != 0)
		return refuse(diag, path, "is another zone than the one to sign");
	for (size_t i = 0; i < keys->count && found == NULL; i++)
		found = signature_by(zone, HRD_TYPE_SOA, hrd_zonekey_public(keys->keys[i]));
	if (found == NULL)
		found = signature_by_chain(zone, keys);
	if (found == NULL)
		return refuse(diag, path,
		    "none of the keys has signed its SOA or its keys, so its serial and times are "
		    "not believed; after a change of all keys give --serial, not --previous");
	previous->inception = hrd_be32(found->rdata + HRD_RRSIG_INCEPTION);
	previous->expiration = hrd_be32(found->rdata + HRD_RRSIG_EXPIRATION);
	return true;
}

static int
take_soa(void *ctx, const struct hrd_name *owner, uint64_t line, const struct hrd_rr *rr)
{
	(void)ctx;
	(void)owner;
	(void)line;
	return rr->type == HRD_TYPE_SOA ? HRD_EEXIST : HRD_OK;
}

static void
ignore_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	(void)ctx;
	(void)severity;
	(void)line;
	(void)id;
	(void)text;
}

bool
hrd_previous_serial(const char *path, const struct hrd_name *apex, uint32_t *serial)
{
	const struct hrd_zone_sink sink = { .record = take_soa, .fault = ignore_fault };
	struct hrd_zone_head head;
	struct stat st;
	FILE *stream;
	int status;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	stream = fopen(path, "rb");
	if (stream == NULL)
		return false;
	status = hrd_zone_read(stream, NULL, &sink, &head);
	fclose(stream);
	*serial = head.serial;
	return status == HRD_EEXIST && hrd_name_cmp(&head.apex, apex) == 0;
}

void
hrd_previous_clear(struct hrd_previous *previous)
{
	hrd_zonedata_clear(&previous->apex);
}
