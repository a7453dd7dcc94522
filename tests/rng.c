/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers: splitmix64. */
#include <config.h>

#include "tests/rng.h"

uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
rng_below(struct rng *rng, uint32_t bound)
{
	uint32_t value = 0;

	if (rng->len == 0)
		return (uint32_t)(rng_next(rng) >> 32) % bound;
	for (uint32_t left = bound - 1; rng->len > 0; left >>= 8) {
		value = value << 8 | *rng->data++;
		rng->len--;
		if (left < 256)
			break;
	}
	return value % bound;
}
