/* SPDX-License-Identifier: BSD-3-Clause */
/* Pseudonyms of addresses against the test vectors of draft-denis-ipcrypt, "ipcrypt-pfx". */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/crypto/ipcrypt.h"
#include "lib/name/prefix.h"
#include "tests/unit/check.h"

#define KEY_A "0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301"
#define KEY_B "2b7e151628aed2a6abf7158809cf4f3ca9f5ba40db214c3798f2e1c23456789a"

static struct hrd_ipcrypt *
open_key(const char *digits)
{
	struct hrd_ipcrypt *crypt;
	uint8_t key[HRD_IPCRYPT_KEY_LEN];

	assert_int_equal(hrd_unhex(key, sizeof(key), digits), HRD_OK);
	assert_int_equal(hrd_ipcrypt_new(key, &crypt), HRD_OK);
	return crypt;
}

static void
address(struct hrd_prefix *out, const char *text)
{
	assert_int_equal(hrd_prefix_from_text(out, text, strlen(text)), HRD_OK);
}

TEST(the_vectors_of_the_draft_hold_both_ways)
{
	static const struct {
		const char *key, *in, *out;
	} vectors[] = {
		{ KEY_A, "0.0.0.0", "151.82.155.134" },
		{ KEY_A, "255.255.255.255", "94.185.169.89" },
		{ KEY_A, "192.0.2.1", "100.115.72.131" },
		{ KEY_A, "2001:db8::1", "c180:5dd4:2587:3524:30ab:fa65:6ab6:f88" },
		{ KEY_B, "10.0.0.47", "19.214.210.244" },
		{ KEY_B, "10.0.0.129", "19.214.210.80" },
		{ KEY_B, "10.0.0.234", "19.214.210.30" },
		{ KEY_B, "172.16.5.193", "210.78.229.136" },
		{ KEY_B, "172.16.97.42", "210.78.179.241" },
		{ KEY_B, "172.16.248.177", "210.78.121.215" },
		{ KEY_B, "2001:db8::a5c9:4e2f:bb91:5a7d", "7cec:702c:1243:f70:1956:125:b9bd:1aba" },
		{ KEY_B, "2001:db8::7234:d8f1:3c6e:9a52", "7cec:702c:1243:f70:a3ef:c8e:95c1:cd0d" },
		{ KEY_B, "2001:db8::f1e0:937b:26d4:8c1a", "7cec:702c:1243:f70:443c:c8e:6a62:b64d" },
		{ KEY_B, "2001:db8:3a5c:0:e7d1:4b9f:2c8a:f673",
		    "7cec:702c:3503:bef:e616:96bd:be33:a9b9" },
		{ KEY_B, "2001:db8:9f27:0:b4e2:7a3d:5f91:c8e6",
		    "7cec:702c:a504:b74e:194a:3d90:b047:2d1a" },
		{ KEY_B, "2001:db8:d8b4:0:193c:a5e7:8b2f:46d1",
		    "7cec:702c:f840:aa67:1b8:e84f:ac9d:77fb" },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct hrd_ipcrypt *crypt = open_key(vectors[i].key);
		struct hrd_prefix in, want;
		uint8_t out[16];

		address(&in, vectors[i].in);
		address(&want, vectors[i].out);
		assert_int_equal(hrd_ipcrypt_hide(crypt, in.addr, out), HRD_OK);
		assert_memory_equal(out, want.addr, sizeof(out));
		assert_int_equal(hrd_ipcrypt_reveal(crypt, out, out), HRD_OK);
		assert_memory_equal(out, in.addr, sizeof(out));
		hrd_ipcrypt_free(crypt);
	}
}

static unsigned
common_bits(const uint8_t *a, const uint8_t *b)
{
	unsigned n = 0;

	while (n < 128 && ((a[n / 8] ^ b[n / 8]) >> (7 - n % 8) & 1) == 0)
		n++;
	return n;
}

TEST(pseudonyms_agree_in_as_many_bits_as_addresses)
{
	struct hrd_ipcrypt *crypt = open_key(KEY_A);

	srand(1);
	for (int round = 0; round < 500; round++) {
		uint8_t a[16], b[16], hidden_a[16], hidden_b[16];
		unsigned bits = (unsigned)rand() % 128;

		for (size_t i = 0; i < sizeof(a); i++)
			a[i] = (uint8_t)rand();
		memcpy(b, a, sizeof(b));
		b[bits / 8] ^= (uint8_t)(1u << (7 - bits % 8));
		assert_int_equal(hrd_ipcrypt_hide(crypt, a, hidden_a), HRD_OK);
		assert_int_equal(hrd_ipcrypt_hide(crypt, b, hidden_b), HRD_OK);
		assert_int_equal(common_bits(hidden_a, hidden_b), bits);
	}
	hrd_ipcrypt_free(crypt);
}

TEST(a_key_of_equal_halves_is_refused)
{
	struct hrd_ipcrypt *crypt;
	uint8_t key[HRD_IPCRYPT_KEY_LEN] = { 0 };

	assert_int_equal(hrd_ipcrypt_new(key, &crypt), HRD_EINVAL);
	assert_null(crypt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_draft_hold_both_ways),
		cmocka_unit_test(pseudonyms_agree_in_as_many_bits_as_addresses),
		cmocka_unit_test(a_key_of_equal_halves_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
