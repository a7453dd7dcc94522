/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of the zone reader share: private to the room. Threads as read.h says:
 * one for each zone. */
#ifndef HRD_RPZGEN_ZONE_READER_H
#define HRD_RPZGEN_ZONE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/rules/rules.h"
#include "rpzgen/zone/owners.h"
#include "rpzgen/zone/read.h"

enum {
	HRD_ZONE_SERVERS_MAX = 4, /* name servers within the zone that are looked for */
	HRD_ZONE_TWIN_MAX = 240,  /* octets of an entry whose twin is looked for */
};

/* A name server of the apex that lies in the zone. */
struct hrd_zone_server {
	struct hrd_name name;
	bool has_address;
};

struct hrd_zone_reader {
	const struct hrd_zone_sink *sink;
	struct hrd_zone_head *head;
	struct hrd_zone_rdata *rdata;
	struct hrd_name origin; /* of relative names; len 0 = none yet */
	struct hrd_name owner;  /* absolute; len 0 = the last one could not be read */
	bool has_apex, has_soa, has_ns;
	bool seen_soa;                /* also one at fault */
	bool rooted;                  /* nobody gave an origin: the root was taken for the apex */
	struct hrd_suffixes suffixes; /* while rooted */
	struct hrd_zone_server servers[HRD_ZONE_SERVERS_MAX];
	size_t server_count;
	uint8_t *soa; /* RDATA of the SOA */
	size_t soa_len;
	struct hrd_rule rule; /* of the record at hand */
	/* The entry before, where it made a rule for a name and no data, and no fault was given:
	 * behind it mostly stands its twin, the same with "*." in front. */
	bool may_twin; /* nothing speaks against it so far */
	bool has_twin;
	size_t twin_len;
	char twin[HRD_ZONE_TWIN_MAX];
};

/* One record, its RDATA still text, or in wire form where it was read before. */
struct hrd_zone_record {
	uint64_t line;
	uint32_t ttl;
	uint16_t type;
	const char *text;    /* RDATA; NULL when wire has it */
	const uint8_t *wire; /* RDATA; NULL when text has it */
	size_t len;          /* octets of either */
	uint32_t col;        /* of the RDATA; 0 = unknown */
};

/* Gives a fault to the sink; an error counts as one. The second is one of the record whose owner is
 * known, and gives HRD_OK. */
void hrd_zonereader_fault(struct hrd_zone_reader *reader, enum hrd_severity severity, uint64_t line,
    const char *id, const char *format, ...) __attribute__((format(printf, 5, 6)));
int hrd_zonereader_owner_fault(struct hrd_zone_reader *reader, enum hrd_severity severity,
    uint64_t line, const char *id, const char *what, const char *detail);

/* Reads a name, relative to the origin unless it ends in a dot. HRD_ENOENT: there is no origin;
 * HRD_EINVAL, HRD_ERANGE as by hrd_name_from_text(). */
int hrd_zonereader_name(
    const struct hrd_zone_reader *reader, const char *text, size_t len, struct hrd_name *out);

/* Takes the root for the origin where there is none. */
void hrd_zonereader_assume_root(struct hrd_zone_reader *reader);

/* The RDATA in wire form, text through ldns; *wire is NULL when it is at fault, which was reported.
 */
int hrd_zonereader_rdata(struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    const uint8_t **wire, size_t *wire_len);

/* Finds out the apex before the first record that needs it; false when nothing says it. */
bool hrd_zonereader_find_apex(struct hrd_zone_reader *reader, const struct hrd_zone_record *record);

/* A record of the apex: SOA, NS, or nothing that a policy zone may have. The second is a SOA. */
int hrd_zonereader_apex_record(
    struct hrd_zone_reader *reader, const struct hrd_zone_record *record);
int hrd_zonereader_soa(struct hrd_zone_reader *reader, const struct hrd_zone_record *record);

/* True for the beacon (lib/policy/beacon.h), which is kept in the head. */
bool hrd_zonereader_is_beacon(struct hrd_zone_reader *reader, const struct hrd_zone_record *record);

/* Notes an address of a name server within the zone. */
void hrd_zonereader_note_address(
    struct hrd_zone_reader *reader, const struct hrd_zone_record *record);

/* What shows only at the end: an apex without SOA or NS, name servers without an address, an origin
 * that nobody gave. HRD_EINVAL: the zone is refused. */
int hrd_zonereader_conclude(struct hrd_zone_reader *reader);

/* True, reported, and the zone refused, where it is none, and perhaps without an end: so many
 * records at fault. line: of the last. */
bool hrd_zonereader_is_nonsense(struct hrd_zone_reader *reader, uint64_t line);

#endif
