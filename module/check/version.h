/* SPDX-License-Identifier: BSD-3-Clause */
/* What --version of the module's programs says. One thread. */
#ifndef HRD_MODULE_CHECK_VERSION_H
#define HRD_MODULE_CHECK_VERSION_H

/* The program's version, the format of images, and the libraries that are in use, on stdout. */
void hrd_version_of(const char *program);

#endif
