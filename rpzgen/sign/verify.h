/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies a signed zone: anchor, DNSKEY, RRSIG, NSEC, ZONEMD.
 *
 * Every RRset has a signature in time by a DNSKEY that an anchor vouches for, the NSEC records are
 * one ring over all names with true type lists, and the ZONEMD digest is that of all records. A
 * zone without signatures is refused.
 *
 * ZONEMD covers every octet of the zone, signatures included (RFC 8976 section 4): where it is
 * signed and right, the other signatures are looked at (key, time, labels, TTL) and not computed,
 * unless every signature is asked for. Where it is wrong they are, to say where.
 *
 * Work is bounded: keys, signatures at an RRset and records in it have ceilings (dnssec.h), so that
 * no zone costs more than its size.
 *
 * One thread (signatures are computed by several that it starts). The zone stays the caller's. */
#ifndef HRD_RPZGEN_SIGN_VERIFY_H
#define HRD_RPZGEN_SIGN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/sign/records.h"
#include "rpzgen/sign/zonekey.h"

enum hrd_verify_depth {
	HRD_VERIFY_COVERED,         /* a signed ZONEMD stands for all other signatures */
	HRD_VERIFY_EVERY_SIGNATURE, /* each RRset has one that is right */
	HRD_VERIFY_EACH_KEY,        /* as covered, and each key has signed what it has to */
};

struct hrd_zoneverify {
	const struct hrd_dnskey *anchors; /* of the zone, or with the owner "." of any zone */
	size_t anchor_count;
	enum hrd_verify_depth depth;
	uint64_t now; /* seconds since the epoch */
	const char *file;
	struct hrd_diag *diag;
	struct hrd_progress *progress;
	/* Set on success. */
	uint16_t key_tag;    /* of the anchor that signed the DNSKEY records */
	uint32_t expiration; /* of the signature that ends first */
};

/* Verifies a zone that was read; sorts it. False after a report. */
bool hrd_zoneverify(struct hrd_zonedata *zone, struct hrd_zoneverify *how);

#endif
