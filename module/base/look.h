/* SPDX-License-Identifier: BSD-3-Clause */
/* What files look like, as one number: another number means that one of them was replaced or
 * changed, in its mode too, or that it can be looked at no more. Threads: any. */
#ifndef HRD_MODULE_BASE_LOOK_H
#define HRD_MODULE_BASE_LOOK_H

#include <stdint.h>

#define HRD_LOOK_NONE 0xcbf29ce484222325ull /* of no file */

/* The digest with one more file. */
uint64_t hrd_look(uint64_t digest, const char *path);

#endif
