/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file is, by its first octets. */
#ifndef HRD_RPZGEN_BASE_FILEKIND_H
#define HRD_RPZGEN_BASE_FILEKIND_H

#include <stdbool.h>

#include "rpzgen/base/diag.h"

enum hrd_file_kind {
	HRD_FILE_ZONE,     /* text that is none of the others */
	HRD_FILE_IMAGE,    /* the magic of policy images */
	HRD_FILE_MANIFEST, /* "{" */
};

/* Looks at a regular file; false after a report. Content decides, not the name. */
bool hrd_file_kind(const char *path, struct hrd_diag *diag, enum hrd_file_kind *kind);

#endif
