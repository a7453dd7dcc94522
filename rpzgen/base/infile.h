/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole input files in memory, up to a limit. */
#ifndef HRD_RPZGEN_BASE_INFILE_H
#define HRD_RPZGEN_BASE_INFILE_H

#include <stddef.h>

#include "lib/base/status.h"

/* Reads a file ("-" = stdin); *data is malloc()ed, has a NUL after its len octets, and is freed by
 * the caller. HRD_EIO with errno set, HRD_ELIMIT (over max octets), HRD_ENOMEM. */
HRD_MUST_USE int hrd_infile_read(const char *path, size_t max, char **data, size_t *len);

/* The same for a file that something in a directory names, relative to it: only a regular file that
 * is in the directory, by no link that leads out of it. dir: with its slash at the end, or "". */
HRD_MUST_USE int hrd_infile_read_below(
    const char *dir, const char *name, size_t max, char **data, size_t *len);

/* What errno says after such a reading has failed. */
const char *hrd_infile_error(int error);

#endif
