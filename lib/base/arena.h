/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that is freed together. An arena starts as all zero; pointers live until
 * hrd_arena_free(). One thread. */
#ifndef HRD_LIB_BASE_ARENA_H
#define HRD_LIB_BASE_ARENA_H

#include <stddef.h>

struct hrd_arena_block;

struct hrd_arena {
	struct hrd_arena_block *blocks;
};

/* Zeroed memory for any type; NULL when out of memory. */
void *hrd_arena_take(struct hrd_arena *arena, size_t size);

/* A copy of len octets with a NUL behind them; NULL when out of memory. text is never NULL. */
char *hrd_arena_copy(struct hrd_arena *arena, const void *text, size_t len);

void hrd_arena_free(struct hrd_arena *arena); /* leaves it empty and usable */

#endif
