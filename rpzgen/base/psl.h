/* SPDX-License-Identifier: BSD-3-Clause */
/* The Public Suffix List. The only user of libpsl. A list belongs to one thread or is read by
 * many. */
#ifndef HRD_RPZGEN_BASE_PSL_H
#define HRD_RPZGEN_BASE_PSL_H

#include <stdbool.h>

#include "lib/name/name.h"

struct hrd_psl;

enum hrd_psl_kind {
	HRD_PSL_NONE,    /* no suffix: somebody registered it, or it is below such a name */
	HRD_PSL_PRIVATE, /* a platform under which strangers get names (github.io) */
	HRD_PSL_PUBLIC,  /* a registry's suffix (com, co.uk), or a single label */
};

/* The newer of the library's own copy and the system's file; NULL when there is neither. */
struct hrd_psl *hrd_psl_new(void);
void hrd_psl_free(struct hrd_psl *psl); /* NULL-safe */

/* What the list says of a name. */
enum hrd_psl_kind hrd_psl_kind(const struct hrd_psl *psl, const struct hrd_name *name);

/* The version of libpsl in use; static text. */
const char *hrd_psl_version(void);

/* True for a suffix that stands in the list by itself, as no unknown top-level domain does. */
bool hrd_psl_is_listed(const struct hrd_psl *psl, const struct hrd_name *name);

#endif
