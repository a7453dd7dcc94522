/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of memory that are freed together. */
#include <config.h>

#include "lib/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
/* AddressSanitizer sees a block as one object: what is not given out is marked, and a gap follows
 * each piece, so that reading past one is found. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define HIDE(at, len) ASAN_POISON_MEMORY_REGION(at, len)
#define SHOW(at, len) ASAN_UNPOISON_MEMORY_REGION(at, len)
enum { GAP = 16 };
#else
#define HIDE(at, len) ((void)0)
#define SHOW(at, len) ((void)0)
enum { GAP = 0 };
#endif

enum { BLOCK_OCTETS = 32768 };

struct hrd_arena_block {
	struct hrd_arena_block *next;
	size_t used, size;
	max_align_t data[];
};

void *
hrd_arena_take(struct hrd_arena *arena, size_t size)
{
	const size_t unit = sizeof(max_align_t);
	struct hrd_arena_block *block = arena->blocks;
	size_t rounded, wanted;
	void *out;

	if (size > SIZE_MAX / 2)
		return NULL;
	rounded = (size + unit - 1) / unit * unit + GAP;
	wanted = rounded > BLOCK_OCTETS ? rounded : BLOCK_OCTETS;
	if (block == NULL || block->size - block->used < rounded) {
		block = malloc(sizeof(*block) + wanted);
		if (block == NULL)
			return NULL;
		block->next = arena->blocks;
		block->used = 0;
		block->size = wanted;
		arena->blocks = block;
		HIDE(block->data, wanted);
	}
	out = (char *)block->data + block->used;
	block->used += rounded;
	SHOW(out, size);
	return memset(out, 0, size);
}

char *
hrd_arena_copy(struct hrd_arena *arena, const void *text, size_t len)
{
	char *copy = hrd_arena_take(arena, len + 1);

	if (copy != NULL)
		memcpy(copy, text, len);
	return copy;
}

void
hrd_arena_free(struct hrd_arena *arena)
{
	while (arena->blocks != NULL) {
		struct hrd_arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}
