/* SPDX-License-Identifier: BSD-3-Clause */
/* Signs a zone: DNSKEY, NSEC, RRSIG and ZONEMD (SHA-384, scheme simple).
 *
 * Two steps, so that keys are opened after all input was judged: prepare reads nothing secret, sign
 * takes the keys. All that is made depends on zone, keys and times alone.
 *
 * One thread (signatures are computed by several that it starts). Zone and keys are borrowed. False
 * after a report. */
#ifndef HRD_RPZGEN_SIGN_SIGN_H
#define HRD_RPZGEN_SIGN_SIGN_H

#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/sign/records.h"
#include "rpzgen/sign/zonekey.h"

struct hrd_zonesign {
	uint32_t inception, expiration; /* seconds since the epoch, modulo 2^32 (RFC 4034 3.1.5) */
	uint32_t serial;                /* of the signed zone */
	uint32_t key_ttl;               /* of the DNSKEY RRset, seconds; 0: that of the SOA */
	struct hrd_progress *progress;
};

/* Judges a zone that was read: drops what an earlier signing made, sorts, and refuses what cannot
 * be signed here (no SOA, a zone cut) or what others would refuse then (a name server without an
 * address, an RRset over HRD_RRSET_OCTETS_MAX, names with the octet 0 that Knot DNS has in another
 * order). False after a report. */
bool hrd_zonesign_prepare(struct hrd_zonedata *zone, const char *file, struct hrd_diag *diag);

/* Judges the apex: BIND loads no wildcard, and a server with the zone is authoritative for its
 * apex, so who takes the root or a public suffix would lose all names there. False after a report.
 */
bool hrd_zonesign_judge_apex(const struct hrd_name *apex, const char *file, struct hrd_diag *diag);

/* Adds all that signing makes to a prepared zone, by 1 to HRD_ZONE_KEYS_MAX keys: who trusts any of
 * them verifies it. HRD_ENOMEM, HRD_EIO (libcrypto failed); the zone may only be cleared then. */
HRD_MUST_USE int hrd_zonesign(struct hrd_zonedata *zone, struct hrd_zonekey *const *keys,
    size_t count, const struct hrd_zonesign *how);

/* Writes a sorted zone in presentation form, the SOA first. HRD_EIO with errno set.
 *
 * What only signed zones have (SOA, NS, DNSKEY, NSEC, RRSIG, ZONEMD) is printed here, by our list
 * of type names and in one form each. ldns would print what its release knows (HTTPS or TYPE65,
 * also within NSEC and RRSIG) and a blank behind the types of an NSEC: the same zone would not be
 * the same octets with another release. And it takes three times as long, with an allocation a
 * field. */
HRD_MUST_USE int hrd_zonedata_write(const struct hrd_zonedata *zone, FILE *out);

#endif
