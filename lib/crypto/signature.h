/* SPDX-License-Identifier: BSD-3-Clause */
/* Ed25519 signatures in minisign's formats, for policy images, manifests and feeds.
 *
 * A signature file is four lines: an untrusted comment, base64 of "ED" + key id + signature, a
 * trusted comment, base64 of the global signature. Only the prehashed form "ED" is taken: the
 * signature is over the BLAKE2b-512 digest of the payload, the global signature over the signature
 * and the trusted comment (minisign, "Signature format"). A policy image carries that text behind
 * its digest (doc/policy-format.md).
 *
 * By libcrypto. Texts are read strictly: lines end with LF,
 * base64 is canonical, comments are printable, nothing follows. `reason` is set on failure to one
 * line of text, static where it does not say otherwise. No function keeps state; any number of
 * threads may call them. Secrets are wiped from every temporary; the caller wipes its struct
 * hrd_secret_key with hrd_secret_key_clear(). */
#ifndef HRD_LIB_CRYPTO_SIGNATURE_H
#define HRD_LIB_CRYPTO_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

enum {
	HRD_KEY_ID_LEN = 8,
	HRD_PUBLIC_KEY_CHARS = 56,     /* base64 of a public key: the second line of its file */
	HRD_PUBLIC_KEY_TEXT_MAX = 256, /* octets of a public key file that we write, with NUL */
	HRD_SECRET_KEY_TEXT_MAX = 512, /* same of a secret key file */
	HRD_TRUSTED_COMMENT_MAX = 512, /* octets that hrd_sign() takes */
	HRD_SHA256_LEN = 32,
	HRD_KEY_FILE_OCTETS_MAX = 4096, /* of a key file that we read */
};

struct hrd_public_key {
	uint8_t id[HRD_KEY_ID_LEN];
	uint8_t key[32];
};

struct hrd_secret_key {
	struct hrd_public_key public;
	uint8_t seed[32];
};

/* What a good signature says of itself. The comment points into the text that was verified and is
 * not NUL-terminated. */
struct hrd_signed_by {
	size_t key; /* index of the key that made it */
	const char *comment;
	size_t comment_len;
};

/* Reads the text of a public key file, or its second line alone. HRD_EINVAL. */
HRD_MUST_USE int hrd_public_key_parse(
    const char *text, size_t len, struct hrd_public_key *out, const char **reason);

/* Reads a public key file, which must be a regular file. HRD_EIO, HRD_ENOMEM,
 * each with the words of hrd_read_regular() as reason; HRD_EINVAL. */
HRD_MUST_USE int hrd_public_key_load(
    const char *path, struct hrd_public_key *out, const char **reason);

/* Reads the text of a secret key file, only in the unencrypted form of `minisign -W`: HRD_EINVAL
 * when it is anything else (an encrypted key has a reason of its own), HRD_ESIGNATURE when the
 * halves of the key do not belong together. */
HRD_MUST_USE int hrd_secret_key_parse(
    const char *text, size_t len, struct hrd_secret_key *out, const char **reason);

/* A new key from the system's random source. HRD_EIO. */
HRD_MUST_USE int hrd_secret_key_generate(struct hrd_secret_key *out);

/* Wipes it. */
void hrd_secret_key_clear(struct hrd_secret_key *key);

/* Writes the key files' texts, NUL-terminated; the length without NUL. */
size_t hrd_public_key_format(
    const struct hrd_public_key *key, char text[static HRD_PUBLIC_KEY_TEXT_MAX]);
size_t hrd_secret_key_format(
    const struct hrd_secret_key *key, char text[static HRD_SECRET_KEY_TEXT_MAX]);

/* Signs a payload by its BLAKE2b-512 digest and writes the signature file's text, NUL-terminated,
 * with its length in *len. Deterministic. comment: the trusted comment, printable UTF-8.
 * HRD_EINVAL (comment), HRD_ERANGE (size too small), HRD_EIO (libcrypto failed). */
HRD_MUST_USE int hrd_sign(const struct hrd_secret_key *key, const uint8_t digest[static 64],
    const char *comment, char *text, size_t size, size_t *len);

/* Verifies that the text is a signature over the digest by one of count keys. by may be NULL.
 * HRD_ESIGNATURE for everything that is not: a malformed text, an unknown key, a bad signature. */
HRD_MUST_USE int hrd_signature_verify(const uint8_t digest[static 64], const char *text, size_t len,
    const struct hrd_public_key *keys, size_t count, struct hrd_signed_by *by, const char **reason);

/* SHA-256, for digests that others publish and users pin. HRD_EIO (libcrypto failed). */
HRD_MUST_USE int hrd_sha256(uint8_t out[static HRD_SHA256_LEN], const void *data, size_t len);

/* The version of libcrypto that is in use. */
const char *hrd_signature_version(void);

#endif
