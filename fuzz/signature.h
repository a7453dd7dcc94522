/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures for fuzz targets: any octets are one, for Ed25519 would take nearly all of the
 * time. The linker puts these in (--wrap). */
#ifndef HRD_FUZZ_SIGNATURE_H
#define HRD_FUZZ_SIGNATURE_H

#include <string.h>

#include "fuzz/require.h"
#include "rpzgen/sign/zonekey.h"

enum { FUZZ_SIGNATURE_LEN = 64 };

int __wrap_hrd_zonekey_sign(
    const struct hrd_zonekey *key, uint8_t *data, size_t len, uint8_t *out, size_t *out_len);
bool __wrap_hrd_dnskey_verify(const struct hrd_dnskey *key, uint8_t *data, size_t len,
    const uint8_t *signature, size_t signature_len);

int
__wrap_hrd_zonekey_sign(
    const struct hrd_zonekey *key, uint8_t *data, size_t len, uint8_t *out, size_t *out_len)
{
	(void)key;
	memset(out, len > 0 ? data[len - 1] : 0, FUZZ_SIGNATURE_LEN);
	*out_len = FUZZ_SIGNATURE_LEN;
	return HRD_OK;
}

bool
__wrap_hrd_dnskey_verify(const struct hrd_dnskey *key, uint8_t *data, size_t len,
    const uint8_t *signature, size_t signature_len)
{
	(void)key;
	(void)data;
	(void)len;
	(void)signature;
	return signature_len > 0;
}

/* The key that signs and is trusted, for any zone: its private half is 32 times 0x07. */
static inline struct hrd_zonekey *
fuzz_key(const struct hrd_name *apex)
{
	static struct hrd_secret secret;
	struct hrd_zonekey *key = NULL;
	const char *reason;

	secret.len = (size_t)snprintf(secret.text, sizeof(secret.text),
	    "Private-key-format: v1.2\nAlgorithm: 15 (ED25519)\n"
	    "PrivateKey: BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
	require(hrd_zonekey_parse(&secret, apex, &key, &reason) == HRD_OK, "no key");
	return key;
}

#endif
