/* SPDX-License-Identifier: BSD-3-Clause */
/* BLAKE2b (RFC 7693), any digest length, with a key where one is given: the libcrypto of Debian 12
 * offers only 512 bits, and the rule digest has 256.
 *
 * Pure: no memory but the caller's, no errors. A state belongs to one thread; after the digest it
 * is good for another init alone, and holds what came out of the key: who has a secret one wipes
 * it. data may be NULL where len is 0. */
#ifndef HRD_LIB_CRYPTO_BLAKE2B_H
#define HRD_LIB_CRYPTO_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

struct hrd_blake2b {
	uint64_t h[8];
	uint64_t count; /* octets compressed; 2^64-1 is enough for any file */
	uint8_t block[128];
	size_t fill;
	size_t outlen;
};

/* outlen: octets of the digest, 1..64. */
void hrd_blake2b_init(struct hrd_blake2b *state, size_t outlen);
/* The same as a MAC: key_len octets of key, 1..64 (RFC 7693 section 2.9). */
void hrd_blake2b_init_keyed(
    struct hrd_blake2b *state, size_t outlen, const void *key, size_t key_len);
void hrd_blake2b_update(struct hrd_blake2b *state, const void *data, size_t len);
/* Writes outlen octets. */
void hrd_blake2b_final(struct hrd_blake2b *state, uint8_t *out);
/* All in one. */
void hrd_blake2b(uint8_t *out, size_t outlen, const void *data, size_t len);

#endif
