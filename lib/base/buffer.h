/* SPDX-License-Identifier: BSD-3-Clause */
/* A growing array of octets or of records, with a ceiling.
 *
 * Growth goes by half, so n additions cost O(n). A failed call leaves the contents as they were.
 * Start from a zeroed struct with max set; one owner, freed by hrd_buffer_free().
 *
 * Any thread, one at a time for each buffer. */
#ifndef HRD_LIB_BASE_BUFFER_H
#define HRD_LIB_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

struct hrd_buffer {
	uint8_t *data; /* aligned for any type */
	size_t len;    /* octets used */
	size_t cap;    /* octets allocated */
	size_t max;    /* octets that len may reach */
};

/* Makes room for `more` octets and gives their place, which counts as used, holds anything, and is
 * good until the next addition. HRD_ENOMEM; HRD_ELIMIT: past max. */
HRD_MUST_USE int hrd_buffer_extend(struct hrd_buffer *buffer, size_t more, uint8_t **place);

/* Appends a copy; data may be NULL where len is 0. HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_buffer_add(struct hrd_buffer *buffer, const void *data, size_t len);

void hrd_buffer_trim(struct hrd_buffer *buffer); /* gives back memory that is not used */
void hrd_buffer_free(struct hrd_buffer *buffer); /* empty afterwards, max stays */

#endif
