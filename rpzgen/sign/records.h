/* SPDX-License-Identifier: BSD-3-Clause */
/* All records of one zone in memory, in the canonical form and order of DNSSEC (RFC 4034 section
 * 6): what signing and verifying work on.
 *
 * Owners are canonical keys (lib/name/name.h), so that memcmp() is their order. Names in the RDATA
 * of the types of RFC 4034 section 6.2 (as RFC 6840 section 5.1 has it) are in lower case. A zone
 * starts zeroed and is cleared whatever happened; pointers live until then.
 *
 * One thread changes a zone; any number may read it then. */
#ifndef HRD_RPZGEN_SIGN_RECORDS_H
#define HRD_RPZGEN_SIGN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/name/rdata.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/zone/read.h"
#include "rpzgen/zone/rules.h"

struct hrd_zone_rr {
	const uint8_t *key; /* owner */
	const uint8_t *rdata;
	uint32_t ttl;  /* seconds */
	uint32_t line; /* that it was read from; 0 = none */
	uint16_t key_len;
	uint16_t type;
	uint16_t rdlen;
};

struct hrd_zonedata {
	struct hrd_zone_head head;
	struct hrd_zone_rr *rrs;
	size_t count, space;
	size_t *owners; /* index of the first record of each owner, and count behind the last */
	size_t owner_count;
	struct hrd_arena arena;
	uint8_t *signatures; /* malloc()ed RDATA of RRSIGs that signing made, or NULL */
};

/* Reads all records of a zone file ("-" = stdin). False after a report: a zone with any fault is
 * refused as a whole. how: what to report on, and the origin; leniency has no part in it. */
bool hrd_zonedata_read(
    struct hrd_zonedata *zone, const char *path, const struct hrd_zone_reading *how);

/* The same from an open stream; how->file is for reports. */
bool hrd_zonedata_read_stream(
    struct hrd_zonedata *zone, FILE *stream, const struct hrd_zone_reading *how);

/* Adds a record of the owner. HRD_ENOMEM. */
HRD_MUST_USE int hrd_zonedata_add(struct hrd_zonedata *zone, const struct hrd_name *owner,
    uint16_t type, uint32_t ttl, const uint8_t *rdata, size_t len);

/* Drops the records that signing makes (HRD_TYPE_OF_SIGNING). */
void hrd_zonedata_strip(struct hrd_zonedata *zone);

/* Sorts, drops duplicates, and finds the owners. HRD_ENOMEM. */
HRD_MUST_USE int hrd_zonedata_sort(struct hrd_zonedata *zone);

/* The owner of a record of the zone, and the n-th owner. */
void hrd_zone_rr_owner(
    const struct hrd_zonedata *zone, const struct hrd_zone_rr *rr, struct hrd_name *out);
void hrd_zonedata_owner(const struct hrd_zonedata *zone, size_t n, struct hrd_name *out);

/* Records of the RRset that starts at index first, within its owner. */
size_t hrd_zonedata_rrset(const struct hrd_zonedata *zone, size_t first);

/* The SOA; NULL when there is not exactly one, at the apex. The zone must be sorted. */
const struct hrd_zone_rr *hrd_zonedata_soa(const struct hrd_zonedata *zone);

/* The serial of a SOA's RDATA, its place there for a new one, and the last number (RFC 2308), in
 * seconds. The RDATA must have its layout, as all that was read has. */
uint32_t hrd_soa_serial(const struct hrd_zone_rr *soa);
size_t hrd_soa_serial_offset(const struct hrd_zone_rr *soa);
uint32_t hrd_soa_minimum(const struct hrd_zone_rr *soa);

/* Zero again, and nothing held. */
void hrd_zonedata_clear(struct hrd_zonedata *zone);

#endif
