/* SPDX-License-Identifier: BSD-3-Clause */
/* Serial numbers and times of 32 bits that wrap around (RFC 1982; RFC 4034 section 3.1.5). Pure. */
#ifndef HRD_LIB_BASE_SERIAL_H
#define HRD_LIB_BASE_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* True when a comes after b. Half a circle apart, where RFC 1982 leaves it open, neither does. */
static inline bool
hrd_serial_is_later(uint32_t a, uint32_t b)
{
	uint32_t ahead = a - b;

	return ahead != 0 && ahead < 1u << 31;
}

#endif
