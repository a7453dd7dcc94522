/* SPDX-License-Identifier: BSD-3-Clause */
/* Response policy zones in presentation form (RFC 1035 section 5, draft-vixie-dnsop-dns-rpz): a
 * stream of rules out of a stream of text. No zone is held in memory.
 *
 * Understood: $ORIGIN, $TTL, "@", omitted owners, TTLs and classes, TTLs with units, entries over
 * several lines, comments, escapes.  $INCLUDE is refused: a feed must not name files of its reader.
 *
 * What becomes of a record:
 *   a rule         CNAME with a special target, or local data of any other type
 *   skipped        SOA and NS of the apex, DNSSEC records, ZONEMD: they belong to the transport
 *   refused        all that is no rule; given to fault() with line and owner, and reading goes on
 * Owners and targets are octets; no letters-digits-hyphen rule is applied, no IDNA.
 *
 * Two actions for one trigger, and CNAME beside other data, show only when all is read: that is for
 * whoever collects the rules.
 *
 * Any thread, one for each zone; sink and callbacks run in it. */
#ifndef HRD_RPZGEN_ZONE_READ_H
#define HRD_RPZGEN_ZONE_READ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/policy/beacon.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/zone/owners.h"

/* Records at fault after which a zone with fewer rules than that is given up. */
#define HRD_ZONE_FAULTS_MAX 1000000u

/* What the zone says of itself, and counts. */
struct hrd_zone_head {
	struct hrd_name apex;
	struct hrd_name mname; /* of the SOA */
	struct hrd_name rname;
	uint32_t serial;
	char beacon[HRD_BEACON_TEXT_MAX]; /* of its beacon, which is no rule; "" = none */
	uint32_t ttl;                     /* seconds: of negative answers (RFC 2308 section 5) */
	/* For what would follow. TTLs of records that have none: of $TTL, or the last one; the
	 * origin of relative names, len 0 = none; and whether it was assumed, with what owners were
	 * seen. */
	bool has_default_ttl, has_last_ttl, rooted;
	uint32_t default_ttl, last_ttl;
	struct hrd_name origin;
	struct hrd_suffixes suffixes;
	uint64_t records; /* seen */
	uint64_t rules;   /* records given to rule() */
	uint64_t skipped; /* records of the transport */
	uint64_t faults;  /* errors given to fault(); as many records are missing, or more */
	bool refused;     /* the zone as a whole; set before the reason goes to fault() */
	uint32_t col;     /* of the fault that is being given, in its line; 0 = unknown */
};

struct hrd_zone_sink {
	void *ctx;
	bool hashes; /* lines that begin with '#' or "//" are comments too (rpzgen/zone/text.h) */
	/* What the beginning of the zone said, when this is its rest, which needs no SOA and goes
	 * on with its TTLs and its origin; or NULL. */
	const struct hrd_zone_head *part;
	/* A record that is a rule, with its line. rr is NULL but for local data and valid during
	 * the call. HRD_OK, or the error that ends the reading. */
	int (*rule)(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr);
	/* A fault in a line (0: of the whole zone); ids as in doc/diagnostics.md. */
	void (*fault)(
	    void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text);
	/* Now and then, with the records so far; may be NULL. */
	void (*progress)(void *ctx, uint64_t records);
	/* When set, every record comes here instead of rule(): those of the apex and of DNSSEC too,
	 * with owner and line. RDATA in wire form, names in it as they are written; valid during
	 * the call. HRD_OK, or the error that ends the reading. */
	int (*record)(
	    void *ctx, const struct hrd_name *owner, uint64_t line, const struct hrd_rr *rr);
};

/* Reads a zone to its end. origin: the apex, or NULL when the zone says it (the owner of the SOA,
 * else the first $ORIGIN).
 * HRD_EINVAL: no zone, or not all of it: no SOA, no origin, $INCLUDE; given to fault(). HRD_EIO
 * (errno), HRD_ENOMEM, and what rule() returned. Faults in single records leave HRD_OK. */
HRD_MUST_USE int hrd_zone_read(FILE *stream, const struct hrd_name *origin,
    const struct hrd_zone_sink *sink, struct hrd_zone_head *head);

/* Records that were read before, their RDATA in wire form: the SOA first, as in a zone. */
struct hrd_record_source {
	const struct hrd_name *apex;
	void *ctx;
	/* The next one, with the line that it came from; false when there are no more. RDATA is
	 * valid until the next call. */
	bool (*next)(void *ctx, struct hrd_name *owner, uint64_t *line, struct hrd_rr *rr);
};

/* The same from records. HRD_EINVAL, HRD_ENOMEM, and what rule() returned. */
HRD_MUST_USE int hrd_zone_read_records(const struct hrd_record_source *records,
    const struct hrd_zone_sink *sink, struct hrd_zone_head *head);

#endif
