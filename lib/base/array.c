/* SPDX-License-Identifier: BSD-3-Clause */
/* Growing arrays. */
#include <config.h>

#include "lib/base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_ITEMS = 16 };

void *
hrd_array_reserve(void *array, size_t *room, size_t need, size_t size)
{
	size_t wanted = *room + *room / 2 + FIRST_ITEMS;

	if (array != NULL && need <= *room)
		return array;
	if (wanted < need)
		wanted = need;
	if (wanted > SIZE_MAX / 2 / size)
		return NULL;
	array = realloc(array, wanted * size);
	if (array != NULL)
		*room = wanted;
	return array;
}
