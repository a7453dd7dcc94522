/* SPDX-License-Identifier: BSD-3-Clause */
/* What a consumer trusts: the public keys of a publisher (keygen's DIR/public). Made by one thread,
 * then read by any number; a plain structure that owns nothing. False after a report. */
#ifndef HRD_RPZGEN_DELIVER_ANCHORS_H
#define HRD_RPZGEN_DELIVER_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/crypto/signature.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/sign/zonekey.h"

enum { HRD_ANCHORS_MAX = 16 };

struct hrd_anchors {
	struct hrd_public_key policy[HRD_ANCHORS_MAX]; /* of the files *.pub */
	size_t policy_count;
	struct hrd_dnskey zone[HRD_ANCHORS_MAX]; /* of the files *.key */
	size_t zone_count;
};

/* Reads a directory of anchors, or one file of either kind. Several keys of a kind are all
 * trusted, which is how a roll-over overlaps. False after a report; a file that is no key is an
 * error. */
bool hrd_anchors_read(const char *path, struct hrd_diag *diag, struct hrd_anchors *out);

#endif
