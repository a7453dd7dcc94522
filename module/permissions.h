/* SPDX-License-Identifier: BSD-3-Clause */
/* Warns of files that decide what is blocked and that others than their owner can write to.  Only
 * the file and its directory are looked at; nothing is refused.  Said through module/say.h. */
#ifndef HRD_MODULE_PERMISSIONS_H
#define HRD_MODULE_PERMISSIONS_H

/* A file, and the directory in which it can be replaced. */
void hrd_warn_unsafe(const char *path);

void hrd_warn_unsafe_directory(const char *path);

#endif
