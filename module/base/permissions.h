/* SPDX-License-Identifier: BSD-3-Clause */
/* Warns of files that decide what is blocked and that others can write to than should. Only the
 * file and its directory are looked at; nothing is refused. Logged (module/base/log.h). Any
 * thread. */
#ifndef HRD_MODULE_BASE_PERMISSIONS_H
#define HRD_MODULE_BASE_PERMISSIONS_H

#include <stdbool.h>
#include <sys/types.h>

/* A file, and the directory in which it can be replaced: 1 when either is unsafe, else 0, also
 * where it cannot be looked at; warns where `log` is set. Root and `server`, as whom the server
 * runs, may own them. */
unsigned hrd_warn_unsafe(const char *path, uid_t server, bool log);

/* The same of a directory alone. */
unsigned hrd_warn_unsafe_directory(const char *path, uid_t server, bool log);

/* A file that is to be trusted for where it stands: 1 when that is the directory in which the
 * server must be able to write, else 0. */
unsigned hrd_warn_replaceable(const char *path, const char *state_dir, bool log);

#endif
