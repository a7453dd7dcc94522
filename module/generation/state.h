/* SPDX-License-Identifier: BSD-3-Clause */
/* What has to outlive the process, in "state-dir": the last good copy of an image, and that an
 * "accept-serial" was used.
 *
 * A file there has the name of the image and a digest of the image's whole path
 * ("deepseek.policy-0123456789abcdef.last"), and is replaced by rename and synced, so it is whole
 * whenever it is read. What a copy holds was good when it was kept; whoever uses it judges it
 * again. One directory serves one server. Only from the thread that loads. */
#ifndef HRD_MODULE_GENERATION_STATE_H
#define HRD_MODULE_GENERATION_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/status.h"

#define HRD_STATE_COPY "last"
#define HRD_STATE_ACCEPTED "accepted"

/* Where the file of that kind for the image at `path` is; malloc()ed, NULL when out of memory. */
char *hrd_state_path(const char *state_dir, const char *path, const char *kind);

/* Keeps these contents with that mode; does nothing when they are kept already. HRD_EIO with errno
 * set, HRD_ENOMEM. */
HRD_MUST_USE int hrd_state_keep(const char *state_dir, const char *path, const char *kind,
    const void *data, size_t len, mode_t mode);

/* Reads a short file of that kind as text with a NUL behind it. HRD_ENOENT, HRD_EIO, HRD_ELIMIT,
 * HRD_ENOMEM. */
HRD_MUST_USE int hrd_state_read(
    const char *state_dir, const char *path, const char *kind, char *text, size_t size);

/* Removes the file, if it is there. */
void hrd_state_forget(const char *state_dir, const char *path, const char *kind);

/* Whether two descriptions are of one file, unchanged. */
bool hrd_same_file(const struct stat *a, const struct stat *b);

#endif
