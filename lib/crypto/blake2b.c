/* SPDX-License-Identifier: BSD-3-Clause */
/* BLAKE2b as in RFC 7693, section 3. */
#include <config.h>

#include "lib/crypto/blake2b.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/bytes.h"

enum { ROUNDS = 12, BLOCK = 128 };

/* RFC 7693 section 2.6. */
static const uint64_t iv[8] = {
	0x6a09e667f3bcc908,
	0xbb67ae8584caa73b,
	0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1,
	0x510e527fade682d1,
	0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b,
	0x5be0cd19137e2179,
};

/* RFC 7693 section 2.7; rounds 10 and 11 are rows 0 and 1 again. */
static const uint8_t sigma[ROUNDS][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
};

static inline uint64_t
rotr(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

/* Section 3.1: the mixing function. */
static inline void
mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y)
{
	*a += *b + x;
	*d = rotr(*d ^ *a, 32);
	*c += *d;
	*b = rotr(*b ^ *c, 24);
	*a += *b + y;
	*d = rotr(*d ^ *a, 16);
	*c += *d;
	*b = rotr(*b ^ *c, 63);
}

/* Section 3.2: the compression function; count holds the octets of this block already. */
static void
compress(struct hrd_blake2b *state, const uint8_t *block, bool last)
{
	uint64_t m[16], v[16];

	for (unsigned i = 0; i < 16; i++)
		m[i] = hrd_le64(block + 8 * i);
	memcpy(v, state->h, sizeof(state->h));
	memcpy(v + 8, iv, sizeof(iv));
	v[12] ^= state->count;
	if (last)
		v[14] = ~v[14];
		/* Unrolled, the order of the words is known at compile time: 11 % faster with gcc
		 * 12, 39 % with clang 14. */
#if defined(__GNUC__)
#pragma GCC unroll 12
#endif
	for (unsigned r = 0; r < ROUNDS; r++) {
		const uint8_t *s = sigma[r];

		mix(v, v + 4, v + 8, v + 12, m[s[0]], m[s[1]]);
		mix(v + 1, v + 5, v + 9, v + 13, m[s[2]], m[s[3]]);
		mix(v + 2, v + 6, v + 10, v + 14, m[s[4]], m[s[5]]);
		mix(v + 3, v + 7, v + 11, v + 15, m[s[6]], m[s[7]]);
		mix(v, v + 5, v + 10, v + 15, m[s[8]], m[s[9]]);
		mix(v + 1, v + 6, v + 11, v + 12, m[s[10]], m[s[11]]);
		mix(v + 2, v + 7, v + 8, v + 13, m[s[12]], m[s[13]]);
		mix(v + 3, v + 4, v + 9, v + 14, m[s[14]], m[s[15]]);
	}
	for (unsigned i = 0; i < 8; i++)
		state->h[i] ^= v[i] ^ v[i + 8];
}

void
hrd_blake2b_init(struct hrd_blake2b *state, size_t outlen)
{
	memset(state, 0, sizeof(*state));
	memcpy(state->h, iv, sizeof(iv));
	/* The parameter block of section 2.5: no key, fan-out 1, depth 1. */
	state->h[0] ^= 0x01010000 ^ (uint64_t)outlen;
	state->outlen = outlen;
}

void
hrd_blake2b_init_keyed(struct hrd_blake2b *state, size_t outlen, const void *key, size_t key_len)
{
	hrd_blake2b_init(state, outlen);
	state->h[0] ^= (uint64_t)key_len << 8;
	/* The key, padded with zeros, is the first block. */
	memcpy(state->block, key, key_len);
	state->fill = BLOCK;
}

void
hrd_blake2b_update(struct hrd_blake2b *state, const void *data, size_t len)
{
	const uint8_t *in = data;

	/* The last block is compressed by final alone, so a full one waits until more comes. */
	while (len > BLOCK - state->fill) {
		size_t take = BLOCK - state->fill;
		const uint8_t *block = in;

		if (state->fill > 0) {
			memcpy(state->block + state->fill, in, take);
			block = state->block;
		}
		state->count += BLOCK;
		compress(state, block, false);
		state->fill = 0;
		in += take;
		len -= take;
	}
	if (len > 0)
		memcpy(state->block + state->fill, in, len);
	state->fill += len;
}

void
hrd_blake2b_final(struct hrd_blake2b *state, uint8_t *out)
{
	uint8_t full[64];

	memset(state->block + state->fill, 0, BLOCK - state->fill);
	state->count += state->fill;
	compress(state, state->block, true);
	for (unsigned i = 0; i < 8; i++)
		hrd_put_le64(full + 8 * i, state->h[i]);
	memcpy(out, full, state->outlen);
}

void
hrd_blake2b(uint8_t *out, size_t outlen, const void *data, size_t len)
{
	struct hrd_blake2b state;

	hrd_blake2b_init(&state, outlen);
	hrd_blake2b_update(&state, data, len);
	hrd_blake2b_final(&state, out);
}
