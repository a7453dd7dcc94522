/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole input files in memory, up to a limit. */
#ifndef HRD_RPZGEN_BASE_INFILE_H
#define HRD_RPZGEN_BASE_INFILE_H

#include <stddef.h>

#include "lib/base/status.h"

/* Reads a file ("-" = stdin); *data is malloc()ed, has a NUL after its len octets, and is freed by
 * the caller. HRD_EIO with errno set, HRD_ELIMIT (over max octets), HRD_ENOMEM. */
HRD_MUST_USE int hrd_infile_read(const char *path, size_t max, char **data, size_t *len);

#endif
