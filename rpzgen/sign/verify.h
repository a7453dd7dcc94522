/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies a signed zone: anchor, DNSKEY, RRSIG, NSEC, ZONEMD.
 *
 * Everything is checked, not just what a resolver would ask for: each RRset has a signature by a
 * DNSKEY that an anchor vouches for, the NSEC records are one ring over all names with true type
 * lists, and the ZONEMD digest is that of all records. A zone without signatures is refused.
 *
 * Work is bounded: keys, signatures at an RRset and records in it have ceilings (dnssec.h), so that
 * no zone costs more than its size. */
#ifndef HRD_RPZGEN_SIGN_VERIFY_H
#define HRD_RPZGEN_SIGN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/sign/records.h"
#include "rpzgen/sign/zonekey.h"

struct hrd_zoneverify {
	const struct hrd_dnskey *anchors; /* of the zone, or with the owner "." of any zone */
	size_t anchor_count;
	uint64_t now; /* seconds since the epoch */
	const char *file;
	struct hrd_diag *diag;
	struct hrd_progress *progress;
	/* Set on success. */
	uint16_t key_tag;    /* of an anchor that signed */
	uint32_t expiration; /* of the signature of the SOA */
};

/* Verifies a zone that was read; sorts it. False after a report. */
bool hrd_zoneverify(struct hrd_zonedata *zone, struct hrd_zoneverify *how);

#endif
