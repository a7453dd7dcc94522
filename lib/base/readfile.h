/* SPDX-License-Identifier: BSD-3-Clause */
/* The one way to open a file for reading.
 *
 * Only regular files are opened, through links as well: a FIFO, a socket or a device in the place
 * of a file would hold up the reader for ever, or do something when it is opened. Threads: any. */
#ifndef HRD_LIB_BASE_READFILE_H
#define HRD_LIB_BASE_READFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/base/status.h"

/* Opens a regular file. HRD_ENOENT: it is not there. HRD_EIO: it cannot be opened, or is no
 * regular file.  *why says so in words that are good until the next call of this thread; errno is
 * set.  *fd is closed by the caller; *st describes what was opened. */
HRD_MUST_USE int hrd_open_regular(const char *path, int *fd, struct stat *st, const char **why);

/* Reads a regular file of at most max octets into memory. HRD_ENOENT, HRD_EIO, HRD_ELIMIT,
 * HRD_ENOMEM, each with *why as above; errno is set where the system failed, and not where the file
 * changed while it was read (HRD_EIO).  *data is malloc()ed, never NULL, and has a NUL behind *len
 * octets. st may be NULL. */
HRD_MUST_USE int hrd_read_regular(
    const char *path, size_t max, uint8_t **data, size_t *len, struct stat *st, const char **why);

#endif
