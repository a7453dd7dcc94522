/* SPDX-License-Identifier: BSD-3-Clause */
/* What "rpzgen --version" says. One thread at a time. */
#ifndef HRD_RPZGEN_CMD_VERSION_H
#define HRD_RPZGEN_CMD_VERSION_H

#include <stdio.h>

/* The program's version, the format of images, and the libraries that are in use. */
void hrd_version_print(FILE *out);

#endif
