/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies what a publisher sent: a signed zone, a signed policy image, or a signed manifest with
 * the files it describes.
 *
 * Every file is read once, and what was verified is what is handed on: the parts are octets in
 * memory, never names of files that might have changed.
 *
 * One thread (signatures of a zone are computed by several that it starts). What is given is the
 * caller's until hrd_verified_clear(). False after a report. */
#ifndef HRD_RPZGEN_DELIVER_VERIFY_H
#define HRD_RPZGEN_DELIVER_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/deliver/anchors.h"
#include "rpzgen/policy/manifest.h"

enum { HRD_PARTS_MAX = HRD_MANIFEST_FILES_MAX + 2 };

/* A file of what was verified, as a consumer has it. */
struct hrd_part {
	char *name;
	uint8_t *data;
	size_t len;
};

struct hrd_verified {
	enum hrd_file_kind kind;
	struct hrd_manifest manifest; /* read, or made of what zone or image say of themselves */
	struct hrd_ruleset *rules;    /* of the zone, or NULL where there is an image only */
	char *zone;                   /* the file whose lines they have */
	struct hrd_part parts[HRD_PARTS_MAX];
	size_t part_count;
	char detail[256]; /* one line on who signed and until when */
	/* For --split: what the signature of an image covers and its text; within parts. */
	const uint8_t *payload, *signature;
	size_t payload_len, signature_len;
};

struct hrd_verification {
	const struct hrd_anchors *anchors;
	uint64_t now;                  /* seconds since the epoch */
	const struct hrd_name *origin; /* of zones; NULL: they say it */
	bool every_signature;          /* of zones, where a ZONEMD covers them (sign/verify.h) */
	struct hrd_diag *diag;
	bool quiet;
};

/* Verifies one file; a manifest with the files that it names, which lie beside it. False after a
 * report.  *out is cleared by the caller in any case. */
bool hrd_verify_file(
    const struct hrd_verification *how, const char *path, struct hrd_verified *out);

/* Verifies a manifest's signature alone, before its list of files is followed. */
bool hrd_verify_manifest(
    const struct hrd_anchors *anchors, const char *path, struct hrd_diag *diag);

/* Zeroed it holds nothing. */
void hrd_verified_clear(struct hrd_verified *verified);

#endif
