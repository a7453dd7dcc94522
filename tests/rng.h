/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are the same on every machine, or those that a fuzzer chose. */
#ifndef HRD_TESTS_RNG_H
#define HRD_TESTS_RNG_H

#include <stddef.h>
#include <stdint.h>

/* `state` is the seed, any number. With data rng_below() takes these octets first, one for a bound
 * of up to 256. The caller's; one thread. */
struct rng {
	uint64_t state;
	const uint8_t *data;
	size_t len;
};

uint64_t rng_next(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t bound); /* 0..bound-1; bound > 0 */

#endif
