/* SPDX-License-Identifier: BSD-3-Clause */
/* BLAKE2b against RFC 7693 and, at 512 bits, against libcrypto. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/crypto/blake2b.h"
#include "tests/rng.h"
#include "tests/unit/check.h"

/* RFC 7693 appendix A. */
TEST(abc_gives_the_digest_of_the_rfc)
{
	static const uint8_t expected[64] = { 0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d, 0x6a,
		0x27, 0x97, 0xb6, 0x9f, 0x12, 0xf6, 0xe9, 0x4c, 0x21, 0x2f, 0x14, 0x68, 0x5a, 0xc4,
		0xb7, 0x4b, 0x12, 0xbb, 0x6f, 0xdb, 0xff, 0xa2, 0xd1, 0x7d, 0x87, 0xc5, 0x39, 0x2a,
		0xab, 0x79, 0x2d, 0xc2, 0x52, 0xd5, 0xde, 0x45, 0x33, 0xcc, 0x95, 0x18, 0xd3, 0x8a,
		0xa8, 0xdb, 0xf1, 0x92, 0x5a, 0xb9, 0x23, 0x86, 0xed, 0xd4, 0x00, 0x99, 0x23 };
	uint8_t out[64];

	hrd_blake2b(out, sizeof(out), "abc", 3);
	assert_memory_equal(out, expected, sizeof(out));
}

/* RFC 7693 appendix E: the grand hash over all digest lengths (without its keyed half, the value is
 * that of the same loop in a reference implementation). */
static void
deterministic(uint8_t *out, size_t len, uint32_t seed)
{
	uint32_t a = 0xdead4bad * seed, b = 1, t;

	for (size_t i = 0; i < len; i++) {
		t = a + b;
		a = b;
		b = t;
		out[i] = (uint8_t)(t >> 24);
	}
}

TEST(all_digest_lengths_agree_with_the_reference)
{
	static const size_t digest_lens[4] = { 20, 32, 48, 64 };
	static const size_t input_lens[6] = { 0, 3, 128, 129, 255, 1024 };
	static const uint8_t expected[32] = { 0x68, 0x1f, 0x34, 0x5a, 0xd5, 0x3c, 0x63, 0x60, 0x21,
		0x4e, 0xa5, 0x00, 0xfd, 0x25, 0x9e, 0xdd, 0xdb, 0xca, 0x77, 0x5f, 0x60, 0x5f, 0xad,
		0x81, 0xb9, 0xb1, 0x89, 0xd6, 0xd8, 0x8e, 0x15, 0xc6 };
	uint8_t in[1024], out[64];
	struct hrd_blake2b all;

	hrd_blake2b_init(&all, 32);
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 6; j++) {
			deterministic(in, input_lens[j], (uint32_t)input_lens[j]);
			hrd_blake2b(out, digest_lens[i], in, input_lens[j]);
			hrd_blake2b_update(&all, out, digest_lens[i]);
		}
	}
	hrd_blake2b_final(&all, out);
	assert_memory_equal(out, expected, sizeof(expected));
}

TEST(libcrypto_agrees_on_any_split)
{
	static uint8_t data[5000];
	uint8_t ours[64], theirs[64];
	struct rng rng = { .state = 2 };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rng_below(&rng, 256);
	for (int round = 0; round < 3000; round++) {
		size_t len = rng_below(&rng, round < 1500 ? 400 : sizeof(data)), pos = 0;
		struct hrd_blake2b hash;

		hrd_blake2b_init(&hash, 64);
		while (pos < len) {
			size_t step = rng_below(&rng, (uint32_t)(len - pos + 1));

			hrd_blake2b_update(&hash, data + pos, step);
			pos += step;
		}
		hrd_blake2b_final(&hash, ours);
		assert_int_equal(EVP_Digest(data, len, theirs, NULL, EVP_blake2b512(), NULL), 1);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

/* Python's hashlib gives the expected value. */
TEST(a_key_changes_the_digest_as_the_rfc_says)
{
	static const uint8_t expected[32] = { 0xd6, 0x3a, 0x32, 0xd3, 0xe4, 0x47, 0x38, 0xd7, 0x90,
		0x7f, 0x96, 0x43, 0x16, 0xc2, 0x41, 0xad, 0xab, 0xa0, 0xab, 0xfe, 0xab, 0xc3, 0x23,
		0x49, 0x67, 0x75, 0x78, 0xa1, 0x5a, 0x20, 0x3f, 0x7f };
	uint8_t key[32], out[32];
	struct hrd_blake2b hash;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	hrd_blake2b_init_keyed(&hash, sizeof(out), key, sizeof(key));
	hrd_blake2b_update(&hash, "abc", 3);
	hrd_blake2b_final(&hash, out);
	assert_memory_equal(out, expected, sizeof(out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abc_gives_the_digest_of_the_rfc),
		cmocka_unit_test(all_digest_lengths_agree_with_the_reference),
		cmocka_unit_test(a_key_changes_the_digest_as_the_rfc_says),
		cmocka_unit_test(libcrypto_agrees_on_any_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
