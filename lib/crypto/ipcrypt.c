/* SPDX-License-Identifier: BSD-3-Clause */
/* ipcrypt-pfx. Bit n of the pseudonym is bit n of the address, turned over where a pseudorandom
 * function of the n bits before it says so: the last bit of AES(K1, x) ^ AES(K2, x), where x is a
 * 1 and those bits behind it, at the end of a block of zeros. */
#include <config.h>

#include "lib/crypto/ipcrypt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { BLOCK = 16, BITS = 128, IPV4_START = 96, HALF_KEY = 16 };

struct hrd_ipcrypt {
	EVP_CIPHER_CTX *aes[2];
	uint8_t blocks[BITS * BLOCK]; /* what the function is asked of, and its two halves */
	uint8_t halves[2][BITS * BLOCK];
};

static int
set_key(EVP_CIPHER_CTX *aes, const uint8_t *key)
{
	return EVP_EncryptInit_ex(aes, EVP_aes_128_ecb(), NULL, key, NULL) == 1 &&
		       EVP_CIPHER_CTX_set_padding(aes, 0) == 1
		   ? HRD_OK
		   : HRD_EIO;
}

int
hrd_ipcrypt_new(const uint8_t key[static HRD_IPCRYPT_KEY_LEN], struct hrd_ipcrypt **out)
{
	struct hrd_ipcrypt *crypt;
	int status = HRD_OK;

	*out = NULL;
	if (CRYPTO_memcmp(key, key + HALF_KEY, HALF_KEY) == 0)
		return HRD_EINVAL;
	crypt = calloc(1, sizeof(*crypt));
	if (crypt == NULL)
		return HRD_ENOMEM;
	for (int i = 0; i < 2 && status == HRD_OK; i++) {
		crypt->aes[i] = EVP_CIPHER_CTX_new();
		status =
		    crypt->aes[i] != NULL ? set_key(crypt->aes[i], key + i * HALF_KEY) : HRD_ENOMEM;
	}
	if (status != HRD_OK) {
		hrd_ipcrypt_free(crypt);
		return status;
	}
	*out = crypt;
	return HRD_OK;
}

void
hrd_ipcrypt_free(struct hrd_ipcrypt *crypt)
{
	if (crypt == NULL)
		return;
	for (int i = 0; i < 2; i++)
		EVP_CIPHER_CTX_free(crypt->aes[i]);
	OPENSSL_cleanse(crypt, sizeof(*crypt));
	free(crypt);
}

static unsigned
bit_at(const uint8_t *addr, unsigned n)
{
	return addr[n / 8] >> (7 - n % 8) & 1;
}

/* The first bit that is turned: an IPv4 address keeps what makes it one. */
static unsigned
first_bit(const uint8_t *addr)
{
	static const uint8_t ipv4[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(addr, ipv4, sizeof(ipv4)) == 0 ? IPV4_START : 0;
}

/* The block of the empty prefix, or of that of all IPv4 addresses. */
static void
first_block(unsigned start, uint8_t block[BLOCK])
{
	memset(block, 0, BLOCK);
	if (start == 0) {
		block[15] = 1;
	} else {
		block[3] = 1;
		block[14] = block[15] = 0xff;
	}
}

/* The block of one bit more. */
static void
next_block(const uint8_t from[BLOCK], unsigned bit, uint8_t to[BLOCK])
{
	for (unsigned i = 0; i < BLOCK; i++) {
		unsigned carry = i + 1 < BLOCK ? from[i + 1] >> 7 : bit;

		to[i] = (uint8_t)((unsigned)from[i] << 1 | carry);
	}
}

/* Asks the function of the first `count` blocks. */
static int
ask(struct hrd_ipcrypt *crypt, unsigned count)
{
	int len = (int)count * BLOCK, written;

	for (int i = 0; i < 2; i++) {
		if (EVP_EncryptUpdate(
			crypt->aes[i], crypt->halves[i], &written, crypt->blocks, len) != 1 ||
		    written != len)
			return HRD_EIO;
	}
	return HRD_OK;
}

static unsigned
answer(const struct hrd_ipcrypt *crypt, unsigned i)
{
	unsigned last = i * BLOCK + BLOCK - 1;

	return (crypt->halves[0][last] ^ crypt->halves[1][last]) & 1;
}

/* All prefixes are known beforehand, so both keys are used once. */
int
hrd_ipcrypt_hide(struct hrd_ipcrypt *crypt, const uint8_t in[static HRD_IPCRYPT_ADDR_LEN],
    uint8_t out[static HRD_IPCRYPT_ADDR_LEN])
{
	unsigned start = first_bit(in), count = BITS - start;
	uint8_t *blocks = crypt->blocks;
	int status;

	first_block(start, blocks);
	for (unsigned i = 1; i < count; i++)
		next_block(blocks + (i - 1) * BLOCK, bit_at(in, start + i - 1), blocks + i * BLOCK);
	status = ask(crypt, count);
	if (status != HRD_OK)
		return status;
	memmove(out, in, HRD_IPCRYPT_ADDR_LEN);
	for (unsigned i = 0; i < count; i++)
		out[(start + i) / 8] ^= (uint8_t)(answer(crypt, i) << (7 - (start + i) % 8));
	return HRD_OK;
}

int
hrd_ipcrypt_reveal(struct hrd_ipcrypt *crypt, const uint8_t in[static HRD_IPCRYPT_ADDR_LEN],
    uint8_t out[static HRD_IPCRYPT_ADDR_LEN])
{
	unsigned start = first_bit(in);
	uint8_t block[BLOCK];
	int status = HRD_OK;

	memmove(out, in, HRD_IPCRYPT_ADDR_LEN);
	first_block(start, crypt->blocks);
	for (unsigned n = start; n < BITS && status == HRD_OK; n++) {
		status = ask(crypt, 1);
		out[n / 8] ^= (uint8_t)(answer(crypt, 0) << (7 - n % 8));
		next_block(crypt->blocks, bit_at(out, n), block);
		memcpy(crypt->blocks, block, BLOCK);
	}
	return status;
}
