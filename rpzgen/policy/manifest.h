/* SPDX-License-Identifier: BSD-3-Clause */
/* manifest.json: what a build consists of, bound by digests; and the memory from one build to the
 * next. Any thread for one manifest at a time: a plain structure that owns nothing, too large for a
 * stack. */
#ifndef HRD_RPZGEN_POLICY_MANIFEST_H
#define HRD_RPZGEN_POLICY_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/diag.h"

enum {
	HRD_MANIFEST_FORMAT = 1,
	HRD_MANIFEST_FILES_MAX = 16,
	HRD_MANIFEST_APEXES_MAX = 256,
	HRD_MANIFEST_TEXT_MAX = 256,
	HRD_MANIFEST_FEEDS_MAX = 100,
	HRD_MANIFEST_HISTORY_MAX = 8,
	HRD_MANIFEST_SOURCE_MAX = 2049, /* a URL with its NUL */
	HRD_MANIFEST_EXCEPTIONS_MAX = 256,
};

/* What a feed was when the build took it in. */
struct hrd_manifest_feed {
	char id[HRD_POLICY_ID_MAX + 1];
	char source[HRD_MANIFEST_SOURCE_MAX]; /* URL, or path in the inventory's directory */
	char form[16];
	uint64_t size; /* octets of its text */
	uint8_t blake2b[HRD_DIGEST_LEN];
	uint64_t when;            /* it was fetched, or confirmed; of a file: changed */
	uint64_t lines, left_out; /* that gave rules or exempt; that did not */
	uint64_t history[HRD_MANIFEST_HISTORY_MAX]; /* lines in builds before, newest first */
	size_t history_count;
};

/* What lifts a guard until a day, for whoever takes the set as for its publisher. */
struct hrd_manifest_exception {
	char guard[32];
	struct hrd_name name;               /* len 0: the guard speaks of no name, or of any */
	char owner[HRD_MANIFEST_TEXT_MAX];  /* what is longer is cut */
	char reason[HRD_MANIFEST_TEXT_MAX]; /* likewise */
	int32_t expires;                    /* its last day, since the epoch */
};

struct hrd_manifest_file {
	char name[HRD_MANIFEST_TEXT_MAX]; /* without a directory */
	uint64_t size;                    /* octets */
	uint8_t blake2b[HRD_DIGEST_LEN];
};

struct hrd_manifest {
	char id[HRD_POLICY_ID_MAX + 1];
	char profile[HRD_POLICY_ID_MAX + 1]; /* "" when unknown */
	char date[16];                       /* the day the rules are in force, "" when unknown */
	uint32_t serial;
	uint64_t created, not_after; /* seconds since the epoch; not_after 0 = no end */
	uint64_t rules;              /* rules that act */
	uint8_t rule_digest[HRD_RULE_DIGEST_LEN];
	uint8_t inventory_digest[HRD_DIGEST_LEN];
	struct hrd_name apexes[HRD_MANIFEST_APEXES_MAX]; /* blocked subtrees of relation self */
	size_t apex_count;
	struct hrd_manifest_file files[HRD_MANIFEST_FILES_MAX];
	size_t file_count;
	/* BLAKE2b-512 over the octets of the manifest before this one: a chain that cannot be
	 * changed unseen. Not there in the first, and in those of before November 2026. */
	bool has_previous;
	uint8_t previous[HRD_DIGEST_LEN];
	uint8_t digest[HRD_DIGEST_LEN]; /* over the octets that were read; set by reading */
	struct hrd_manifest_feed feeds[HRD_MANIFEST_FEEDS_MAX];
	size_t feed_count;
	struct hrd_manifest_exception exceptions[HRD_MANIFEST_EXCEPTIONS_MAX];
	size_t exception_count;
};

/* Members in a fixed order, so that the same build gives the same octets. HRD_EIO. */
HRD_MUST_USE int hrd_manifest_write(FILE *out, const struct hrd_manifest *manifest);

/* Reads strictly: every member known, nothing missing but "previous", "feeds" and "exceptions",
 * which not every manifest has. False after a report. */
bool hrd_manifest_read(const char *path, struct hrd_diag *diag, struct hrd_manifest *out);

/* The same for octets that were read: they are changed. path is for reports. */
bool hrd_manifest_parse(
    char *data, size_t len, const char *path, struct hrd_diag *diag, struct hrd_manifest *out);

/* The policy image among its files, or NULL. */
const struct hrd_manifest_file *hrd_manifest_image(const struct hrd_manifest *manifest);

/* By what sets are ordered, as their images are (hrd_stamp_order()). */
struct hrd_stamp hrd_manifest_stamp(const struct hrd_manifest *manifest);

/* True for the octets of that file. The digest is that of the file as it was built: a signature
 * that an image got later does not count. */
bool hrd_manifest_describes(const struct hrd_manifest_file *file, const uint8_t *data, size_t len);

#endif
