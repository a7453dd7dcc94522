/* SPDX-License-Identifier: BSD-3-Clause */
/* Pseudonyms of addresses: ipcrypt-pfx (draft-denis-ipcrypt, "Prefix-Preserving Encryption").
 *
 * An IPv4 address becomes another IPv4 address, an IPv6 address another IPv6 address, always the
 * same under one key, and who has the key turns it back. Two addresses whose first n bits agree
 * have pseudonyms whose first n bits agree, so networks stay networks.
 *
 * One object belongs to one thread at a time. */
#ifndef HRD_LIB_CRYPTO_IPCRYPT_H
#define HRD_LIB_CRYPTO_IPCRYPT_H

#include <stdint.h>

#include "lib/base/status.h"

enum {
	HRD_IPCRYPT_KEY_LEN = 32, /* two AES-128 keys, which must differ */
	HRD_IPCRYPT_ADDR_LEN = 16,
};

struct hrd_ipcrypt;

/* Expands a key. HRD_EINVAL: its halves are equal; HRD_ENOMEM; HRD_EIO (libcrypto failed). *out is
 * freed by hrd_ipcrypt_free(), NULL after a failure; key may be wiped then. */
HRD_MUST_USE int hrd_ipcrypt_new(
    const uint8_t key[static HRD_IPCRYPT_KEY_LEN], struct hrd_ipcrypt **out);
void hrd_ipcrypt_free(struct hrd_ipcrypt *crypt); /* NULL-safe */

/* The pseudonym of an address, and back. in, out: 16 octets in network order, IPv4 as
 * ::ffff:a.b.c.d; they may be the same. HRD_EIO (libcrypto failed). */
HRD_MUST_USE int hrd_ipcrypt_hide(struct hrd_ipcrypt *crypt,
    const uint8_t in[static HRD_IPCRYPT_ADDR_LEN], uint8_t out[static HRD_IPCRYPT_ADDR_LEN]);
HRD_MUST_USE int hrd_ipcrypt_reveal(struct hrd_ipcrypt *crypt,
    const uint8_t in[static HRD_IPCRYPT_ADDR_LEN], uint8_t out[static HRD_IPCRYPT_ADDR_LEN]);

#endif
