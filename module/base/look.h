/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether files are still the same ones. Threads: any. */
#ifndef HRD_MODULE_BASE_LOOK_H
#define HRD_MODULE_BASE_LOOK_H

#include <stdint.h>

/* What a file looks like, as one number: another number means that it was replaced or changed, in
 * its mode too, or that it can be looked at no more. The sum of several stands for all of them. */
uint64_t hrd_look(const char *path);

#endif
