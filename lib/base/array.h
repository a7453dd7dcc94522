/* SPDX-License-Identifier: BSD-3-Clause */
/* Growing arrays of one type: an array from malloc(), how many items are used and how many there is
 * room for, all three the caller's. Octets with a ceiling are lib/base/buffer.h. Pure. */
#ifndef HRD_LIB_BASE_ARRAY_H
#define HRD_LIB_BASE_ARRAY_H

#include <stddef.h>

#include "lib/base/status.h"

/* Room for `need` items of `size` octets: gives the array, moved where it had to be. The room grows
 * by half or more, so n additions cost O(n). array: NULL with *room 0 to begin with. New items
 * hold anything; free() ends it. NULL when out of memory, or past what a size_t counts: array and
 * *room are as they were. size: over 0. */
HRD_MUST_USE void *hrd_array_reserve(void *array, size_t *room, size_t need, size_t size);

#endif
