/* SPDX-License-Identifier: BSD-3-Clause */
/* What signing and verifying a zone have in common: the octets that signatures and digests cover.
 *
 * RFC 4034 (RRSIG, NSEC), RFC 8976 (ZONEMD, scheme simple, SHA-384 and SHA-512).
 *
 * Any thread, one at a time for each buffer: signing and verifying compute in several. */
#ifndef HRD_RPZGEN_SIGN_DNSSEC_H
#define HRD_RPZGEN_SIGN_DNSSEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/base/status.h"
#include "lib/name/name.h"
#include "rpzgen/sign/records.h"

/* RRSIG RDATA before the signer's name (RFC 4034 section 3.1). */
enum {
	HRD_RRSIG_COVERED = 0,
	HRD_RRSIG_ALGORITHM = 2,
	HRD_RRSIG_LABELS = 3,
	HRD_RRSIG_TTL = 4,
	HRD_RRSIG_EXPIRATION = 8,
	HRD_RRSIG_INCEPTION = 12,
	HRD_RRSIG_TAG = 16,
	HRD_RRSIG_SIGNER = 18,

	/* ZONEMD RDATA (RFC 8976 section 2.2). */
	HRD_ZONEMD_SERIAL = 0,
	HRD_ZONEMD_SCHEME = 4,
	HRD_ZONEMD_HASH = 5,
	HRD_ZONEMD_DIGEST = 6,
	HRD_ZONEMD_SIMPLE = 1,
	HRD_ZONEMD_SHA384 = 1,
	HRD_ZONEMD_SHA512 = 2,
	HRD_ZONEMD_DIGEST_MAX = 64,

	/* NSEC bitmap: every window with all its octets. */
	HRD_BITMAP_MAX = 256 * 34,
	HRD_RRSIGS_MAX = 16, /* at one RRset: more is an attack, not a roll-over */
	HRD_RRSET_OCTETS_MAX =
	    65535, /* of an RRset, owners and headers of all its records counted */
	HRD_RRSET_MAX = 1024,
};

/* Octets of the digest of a ZONEMD hash algorithm; 0 for one that we do not know. */
size_t hrd_zonemd_digest_len(uint8_t hash);

/* The labels field: those of the owner but the root and a leading "*". */
uint8_t hrd_rrsig_labels(const struct hrd_name *owner);

/* Replaces the content of the buffer by what a signature covers: the RRSIG RDATA up to the
 * signature, and the canonical RRset with the original TTL that the RDATA says (RFC 4034 section
 * 3.1.8.1). len: up to the signature, HRD_RRSIG_SIGNER at least. HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_rrsig_covers(struct hrd_buffer *buffer, const uint8_t *rrsig, size_t len,
    const struct hrd_name *owner, const struct hrd_zone_rr *rrs, size_t count);

/* The type bitmap of an NSEC for these sorted records of one owner, with RRSIG and NSEC in it (RFC
 * 4034 section 4.1.2); its octets. */
size_t hrd_nsec_bitmap(
    const struct hrd_zone_rr *rrs, size_t count, uint8_t out[static HRD_BITMAP_MAX]);

/* The digest of a sorted zone: all records but the apex's ZONEMD and its signatures (RFC 8976
 * section 3). hash must be one that we know. */
void hrd_zonemd_digest(
    const struct hrd_zonedata *zone, uint8_t hash, uint8_t out[static HRD_ZONEMD_DIGEST_MAX]);

#endif
