/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock that deadlines and durations go by: monotonic, which nobody sets. Only differences mean
 * something, and only within one boot of one machine. Threads: any. */
#ifndef HRD_LIB_BASE_CLOCK_H
#define HRD_LIB_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds, microseconds, milliseconds. */
static inline int64_t
hrd_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int64_t
hrd_monotonic_us(void)
{
	return hrd_monotonic_ns() / 1000;
}

static inline int64_t
hrd_monotonic_ms(void)
{
	return hrd_monotonic_ns() / 1000000;
}

#endif
