/* SPDX-License-Identifier: BSD-3-Clause */
/* The records of a zone in canonical order. */
#include <config.h>

#include "rpzgen/sign/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/bytes.h"
#include "lib/name/rdata.h"
#include "rpzgen/base/infile.h"

enum { SOA_NUMBERS = 20 };

struct reading {
	struct hrd_zonedata *zone;
	struct hrd_diag *diag;
	struct hrd_progress *progress;
	const char *file;
	struct hrd_name last; /* owner of the record before, and its key */
	const uint8_t *key;
	uint16_t key_len;
};

static bool
make_room(struct hrd_zonedata *zone)
{
	struct hrd_zone_rr *rrs =
	    hrd_array_reserve(zone->rrs, &zone->space, zone->count + 1, sizeof(*rrs));

	if (rrs != NULL)
		zone->rrs = rrs;
	return rrs != NULL;
}

/* Types that came after RFC 3597 keep the letters of their names, and NSEC does too (RFC 6840
 * section 5.1). */
static void
lower_names(uint16_t type, uint8_t *rdata, size_t len)
{
	if ((hrd_type_flags(type) & HRD_TYPE_KEEPS_CASE) == 0)
		hrd_rdata_lower(type, rdata, len);
}

static int
add(struct hrd_zonedata *zone, const uint8_t *key, uint16_t key_len, uint64_t line,
    const struct hrd_rr *rr)
{
	uint8_t *rdata;

	if (!make_room(zone))
		return HRD_ENOMEM;
	rdata = (uint8_t *)hrd_arena_copy(&zone->arena, rr->rdata, rr->rdlen);
	if (rdata == NULL)
		return HRD_ENOMEM;
	lower_names(rr->type, rdata, rr->rdlen);
	zone->rrs[zone->count++] = (struct hrd_zone_rr){ .key = key,
		.rdata = rdata,
		.ttl = rr->ttl,
		.line = line <= UINT32_MAX ? (uint32_t)line : 0,
		.key_len = key_len,
		.type = rr->type,
		.rdlen = rr->rdlen };
	return HRD_OK;
}

static const uint8_t *
add_key(struct hrd_zonedata *zone, const struct hrd_name *owner, uint16_t *len)
{
	struct hrd_key key;

	hrd_key_from_name(&key, owner);
	*len = key.len;
	return (const uint8_t *)hrd_arena_copy(&zone->arena, key.octets, key.len);
}

int
hrd_zonedata_add(struct hrd_zonedata *zone, const struct hrd_name *owner, uint16_t type,
    uint32_t ttl, const uint8_t *rdata, size_t len)
{
	const struct hrd_rr rr = { type, (uint16_t)len, ttl, rdata };
	uint16_t key_len;
	const uint8_t *key = add_key(zone, owner, &key_len);

	return key != NULL ? add(zone, key, key_len, 0, &rr) : HRD_ENOMEM;
}

static int
take_record(void *ctx, const struct hrd_name *owner, uint64_t line, const struct hrd_rr *rr)
{
	struct reading *r = ctx;

	if (r->key == NULL || owner->len != r->last.len ||
	    memcmp(owner->wire, r->last.wire, owner->len) != 0) {
		r->key = add_key(r->zone, owner, &r->key_len);
		if (r->key == NULL)
			return HRD_ENOMEM;
		r->last = *owner;
	}
	return add(r->zone, r->key, r->key_len, line, rr);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct reading *r = ctx;
	struct hrd_position place = { r->file, line, 0 };

	hrd_diag(r->diag, severity, &place, id, "%s", text);
}

static void
take_progress(void *ctx, uint64_t records)
{
	struct reading *r = ctx;

	hrd_progress_show(r->progress, r->file, records, "records");
}

bool
hrd_zonedata_read_stream(
    struct hrd_zonedata *zone, FILE *stream, const struct hrd_zone_reading *how)
{
	struct reading r = {
		.zone = zone, .diag = how->diag, .progress = how->progress, .file = how->file
	};
	const struct hrd_zone_sink sink = { .ctx = &r,
		.record = take_record,
		.fault = take_fault,
		.progress = how->progress != NULL ? take_progress : NULL };
	int status = hrd_zone_read(stream, how->origin, &sink, &zone->head);

	if (status == HRD_ENOMEM)
		hrd_diag_nomem(how->diag);
	else if (status == HRD_EIO)
		hrd_diag_system(how->diag, how->file, errno);
	return status == HRD_OK && zone->head.faults == 0;
}

bool
hrd_zonedata_read(struct hrd_zonedata *zone, const char *path, const struct hrd_zone_reading *how)
{
	struct hrd_zone_reading named = *how;
	bool is_stdin = strcmp(path, "-") == 0, good;
	FILE *stream = hrd_infile_open(path);

	if (stream == NULL) {
		hrd_diag_system(how->diag, path, errno);
		return false;
	}
	named.file = is_stdin ? "<stdin>" : path;
	good = hrd_zonedata_read_stream(zone, stream, &named);
	hrd_infile_close(stream);
	return good;
}

void
hrd_zonedata_strip(struct hrd_zonedata *zone)
{
	size_t kept = 0;

	for (size_t i = 0; i < zone->count; i++) {
		if ((hrd_type_flags(zone->rrs[i].type) & HRD_TYPE_OF_SIGNING) == 0)
			zone->rrs[kept++] = zone->rrs[i];
	}
	zone->count = kept;
}

static int
compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t shorter = a_len < b_len ? a_len : b_len;
	int order = shorter > 0 ? memcmp(a, b, shorter) : 0;

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_owners(const struct hrd_zone_rr *a, const struct hrd_zone_rr *b)
{
	return a->key == b->key ? 0 : compare_octets(a->key, a->key_len, b->key, b->key_len);
}

static int
compare(const void *left, const void *right)
{
	const struct hrd_zone_rr *a = left, *b = right;
	int order = compare_owners(a, b);

	if (order != 0)
		return order;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return compare_octets(a->rdata, a->rdlen, b->rdata, b->rdlen);
}

/* Zone files are mostly in order, but for the records of one owner: these runs are short. */
static void
sort_records(struct hrd_zonedata *zone)
{
	size_t start = 0;

	for (size_t i = 1; i < zone->count; i++) {
		if (compare_owners(&zone->rrs[i - 1], &zone->rrs[i]) > 0) {
			qsort(zone->rrs, zone->count, sizeof(*zone->rrs), compare);
			return;
		}
	}
	for (size_t i = 1; i <= zone->count; i++) {
		if (i < zone->count && compare_owners(&zone->rrs[start], &zone->rrs[i]) == 0)
			continue;
		qsort(zone->rrs + start, i - start, sizeof(*zone->rrs), compare);
		start = i;
	}
}

/* Equal records are one (RFC 2181 section 5); it keeps the lower TTL. */
static void
drop_duplicates(struct hrd_zonedata *zone)
{
	size_t kept = 0;

	for (size_t i = 0; i < zone->count; i++) {
		struct hrd_zone_rr *rr = &zone->rrs[i], *last = &zone->rrs[kept - (kept > 0)];

		if (kept == 0 || compare(last, rr) != 0)
			zone->rrs[kept++] = *rr;
		else if (rr->ttl < last->ttl)
			last->ttl = rr->ttl;
	}
	zone->count = kept;
}

static int
find_owners(struct hrd_zonedata *zone)
{
	size_t owners = 0;

	for (size_t i = 0; i < zone->count; i++)
		owners += i == 0 || compare_owners(&zone->rrs[i - 1], &zone->rrs[i]) != 0;
	free(zone->owners);
	zone->owners = calloc(owners + 1, sizeof(*zone->owners));
	if (zone->owners == NULL)
		return HRD_ENOMEM;
	zone->owner_count = 0;
	for (size_t i = 0; i < zone->count; i++) {
		if (i == 0 || compare_owners(&zone->rrs[i - 1], &zone->rrs[i]) != 0)
			zone->owners[zone->owner_count++] = i;
	}
	zone->owners[zone->owner_count] = zone->count;
	return HRD_OK;
}

int
hrd_zonedata_sort(struct hrd_zonedata *zone)
{
	sort_records(zone);
	drop_duplicates(zone);
	return find_owners(zone);
}

void
hrd_zone_rr_owner(
    const struct hrd_zonedata *zone, const struct hrd_zone_rr *rr, struct hrd_name *out)
{
	/* It was made from a name. */
	if (hrd_key_to_name(out, rr->key, rr->key_len) != HRD_OK)
		*out = zone->head.apex;
}

void
hrd_zonedata_owner(const struct hrd_zonedata *zone, size_t n, struct hrd_name *out)
{
	hrd_zone_rr_owner(zone, &zone->rrs[zone->owners[n]], out);
}

size_t
hrd_zonedata_rrset(const struct hrd_zonedata *zone, size_t first)
{
	size_t end = first + 1;

	while (end < zone->count && zone->rrs[end].type == zone->rrs[first].type &&
	       compare_owners(&zone->rrs[end], &zone->rrs[first]) == 0)
		end++;
	return end - first;
}

const struct hrd_zone_rr *
hrd_zonedata_soa(const struct hrd_zonedata *zone)
{
	const struct hrd_zone_rr *soa = NULL;
	struct hrd_key apex;

	hrd_key_from_name(&apex, &zone->head.apex);
	for (size_t i = 0; i < zone->count; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if (rr->type != HRD_TYPE_SOA)
			continue;
		if (soa != NULL || rr->rdlen < SOA_NUMBERS ||
		    compare_octets(rr->key, rr->key_len, apex.octets, apex.len) != 0)
			return NULL;
		soa = rr;
	}
	return soa;
}

size_t
hrd_soa_serial_offset(const struct hrd_zone_rr *soa)
{
	return (size_t)soa->rdlen - SOA_NUMBERS;
}

uint32_t
hrd_soa_serial(const struct hrd_zone_rr *soa)
{
	return hrd_be32(soa->rdata + hrd_soa_serial_offset(soa));
}

uint32_t
hrd_soa_minimum(const struct hrd_zone_rr *soa)
{
	return hrd_be32(soa->rdata + soa->rdlen - 4);
}

void
hrd_zonedata_clear(struct hrd_zonedata *zone)
{
	free(zone->rrs);
	free(zone->owners);
	free(zone->signatures);
	hrd_arena_free(&zone->arena);
	memset(zone, 0, sizeof(*zone));
}
