/* SPDX-License-Identifier: BSD-3-Clause */
/* Replaces a small file that others read while it is written. Any thread, one at a time for each
 * file. */
#ifndef HRD_MODULE_BASE_REPLACE_H
#define HRD_MODULE_BASE_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/status.h"

/* Writes PATH.tmp and renames it to PATH, with that mode whatever the umask is: readers see the old
 * contents or the new, whole. Once threads of ours hang on a disk (module/base/thread.h) it is
 * PATH.Ntmp, for those are not to be met there; one that comes late replaces nothing (ECANCELED).
 * Not synced to the disk: the contents are of the moment. HRD_EIO with errno set: PATH is as it
 * was, and nothing is left behind. HRD_ENOMEM. */
HRD_MUST_USE int hrd_replace(const char *path, const void *data, size_t len, mode_t mode);

/* The same, and on the disk when it returns: after a crash the contents are old or new, whole.
 * HRD_EIO also where PATH is new, but the directory did not reach the disk. */
HRD_MUST_USE int hrd_replace_durably(const char *path, const void *data, size_t len, mode_t mode);

#endif
