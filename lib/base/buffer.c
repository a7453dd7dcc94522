/* SPDX-License-Identifier: BSD-3-Clause */
/* The growing array. */
#include <config.h>

#include "lib/base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 256 };

static int
grow(struct hrd_buffer *buffer, size_t need)
{
	size_t cap = buffer->cap < FIRST ? FIRST : buffer->cap + buffer->cap / 2;
	uint8_t *data;

	if (cap < need)
		cap = need;
	if (cap > buffer->max)
		cap = buffer->max;
	data = realloc(buffer->data, cap);
	if (data == NULL)
		return HRD_ENOMEM;
	buffer->data = data;
	buffer->cap = cap;
	return HRD_OK;
}

int
hrd_buffer_extend(struct hrd_buffer *buffer, size_t more, uint8_t **place)
{
	if (more > buffer->max - buffer->len)
		return HRD_ELIMIT;
	if (buffer->data == NULL || more > buffer->cap - buffer->len) {
		int status = grow(buffer, buffer->len + more);

		if (status != HRD_OK)
			return status;
	}
	*place = buffer->data + buffer->len;
	buffer->len += more;
	return HRD_OK;
}

int
hrd_buffer_add(struct hrd_buffer *buffer, const void *data, size_t len)
{
	uint8_t *place;
	int status = hrd_buffer_extend(buffer, len, &place);

	if (status == HRD_OK && len > 0)
		memcpy(place, data, len);
	return status;
}

void
hrd_buffer_trim(struct hrd_buffer *buffer)
{
	uint8_t *data = buffer->len > 0 ? realloc(buffer->data, buffer->len) : NULL;

	if (data != NULL) {
		buffer->data = data;
		buffer->cap = buffer->len;
	}
}

void
hrd_buffer_free(struct hrd_buffer *buffer)
{
	free(buffer->data);
	buffer->data = NULL;
	buffer->len = buffer->cap = 0;
}
