/* SPDX-License-Identifier: BSD-3-Clause */
/* The file that this code was loaded from. Any thread; reads a file, so not a worker's. */
#ifndef HRD_MODULE_HOST_CODE_H
#define HRD_MODULE_HOST_CODE_H

#include <stdbool.h>
#include <stdint.h>

enum { HRD_CODE_DIGEST_LEN = 32 };

/* A digest of the shared object as it is on the disk now; false when it cannot be read. */
bool hrd_code_digest(uint8_t digest[HRD_CODE_DIGEST_LEN]);

#endif
