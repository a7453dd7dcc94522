/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file is, by its first octets. One thread at a time. */
#ifndef HRD_RPZGEN_BASE_FILEKIND_H
#define HRD_RPZGEN_BASE_FILEKIND_H

#include <stdbool.h>

#include "lib/usage/content.h"
#include "rpzgen/base/diag.h"

enum hrd_file_kind {
	HRD_FILE_ZONE,     /* text that is none of the others */
	HRD_FILE_IMAGE,    /* the magic of policy images */
	HRD_FILE_MANIFEST, /* "{" */
};

/* Looks at a file, which can be read from its start after that ("-" too); false after a report.
 * Content decides, not the name. */
bool hrd_file_kind(const char *path, struct hrd_diag *diag, enum hrd_file_kind *kind);

/* False after a report when the file is plainly one of another kind than the wanted one: says
 * which, and which command takes it. What cannot be known, or read, passes: the reader says more.
 */
bool hrd_file_expect(const char *path, enum hrd_content wanted, struct hrd_diag *diag);

/* True for a regular file that does not begin as a zone does, with $ORIGIN, $TTL or a SOA: the rest
 * of one that began in another file. */
bool hrd_file_continues_zone(const char *path);

#endif
