/* SPDX-License-Identifier: BSD-3-Clause */
/* The last good copy of a file, in "state-dir".
 *
 * A copy has the name of its file and a digest of the whole path
 * ("deepseek.policy-0123456789abcdef.last"), and is replaced by rename and synced, so it is whole
 * whenever it is read. What it holds was good when it was kept; whoever uses it judges it again.
 * One directory serves one server. */
#ifndef HRD_MODULE_GENERATION_STATE_H
#define HRD_MODULE_GENERATION_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/status.h"

/* Where the copy of the file at `path` is; malloc()ed, NULL when out of memory. */
char *hrd_state_path(const char *state_dir, const char *path);

/* Keeps these contents of the file at `path`; does nothing when they are kept already. HRD_EIO
 * with errno set, HRD_ENOMEM. */
HRD_MUST_USE int hrd_state_keep(
    const char *state_dir, const char *path, const void *data, size_t len);

/* Keeps the file at `path` while it is the one that `as_read` describes; another is left for later.
 * HRD_EIO with errno set, HRD_ENOMEM. */
HRD_MUST_USE int hrd_state_keep_file(
    const char *state_dir, const char *path, const struct stat *as_read);

/* Whether two descriptions are of one file with unchanged contents. */
bool hrd_same_file(const struct stat *a, const struct stat *b);

#endif
