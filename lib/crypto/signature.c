/* SPDX-License-Identifier: BSD-3-Clause */
/* minisign's key and signature files over libcrypto's Ed25519. */
#include <config.h>

#include "lib/crypto/signature.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "lib/base/limits.h"
#include "lib/base/readfile.h"
#include "lib/base/utf8.h"
#include "lib/crypto/blake2b.h"

/* Layouts behind the base64, as minisign defines them. */
enum {
	ALGORITHM_LEN = 2,
	SIGNATURE_LEN = 64,
	DIGEST_LEN = 64, /* BLAKE2b-512 */

	PUBLIC_LEN = ALGORITHM_LEN + HRD_KEY_ID_LEN + 32,
	SIGNED_LEN = ALGORITHM_LEN + HRD_KEY_ID_LEN + SIGNATURE_LEN,

	SECRET_KDF = ALGORITHM_LEN,
	SECRET_CHECKSUM_KIND = SECRET_KDF + ALGORITHM_LEN,
	SECRET_ID = SECRET_CHECKSUM_KIND + ALGORITHM_LEN + 32 + 8 + 8, /* salt and two limits */
	SECRET_SEED = SECRET_ID + HRD_KEY_ID_LEN,
	SECRET_PUBLIC = SECRET_SEED + 32,
	SECRET_CHECKSUM = SECRET_PUBLIC + 32,
	SECRET_LEN = SECRET_CHECKSUM + 32,

	CHARS_MAX = 216, /* base64 of the longest of them */
};

static const char untrusted_prefix[] = "untrusted comment: ";
static const char trusted_prefix[] = "trusted comment: ";

/* The part of a text that was not read yet. */
struct reader {
	const char *at;
	size_t left;
};

/* Takes one line without its LF. */
static bool
take_line(struct reader *reader, const char **line, size_t *len)
{
	const char *end = memchr(reader->at, '\n', reader->left);

	if (end == NULL)
		return false;
	*line = reader->at;
	*len = (size_t)(end - reader->at);
	reader->at = end + 1;
	reader->left -= *len + 1;
	return true;
}

/* Printable text; minisign's own comments have tabs. */
static bool
is_comment(const char *text, size_t len)
{
	while (len > 0) {
		const char *tab = memchr(text, '\t', len);
		size_t piece = tab != NULL ? (size_t)(tab - text) : len;

		if (!hrd_utf8_is_text((const uint8_t *)text, piece))
			return false;
		text += tab != NULL ? piece + 1 : piece;
		len -= tab != NULL ? piece + 1 : piece;
	}
	return true;
}

static bool
take_comment(struct reader *reader, const char *prefix, const char **comment, size_t *len)
{
	size_t prefix_len = strlen(prefix);
	const char *line;

	if (!take_line(reader, &line, len) || *len < prefix_len ||
	    memcmp(line, prefix, prefix_len) != 0)
		return false;
	*comment = line + prefix_len;
	*len -= prefix_len;
	return is_comment(*comment, *len);
}

/* Decodes len octets exactly; only the one canonical spelling is taken, which is found by encoding
 * the result again. */
static bool
decode(const char *text, size_t chars, uint8_t *out, size_t len)
{
	uint8_t raw[CHARS_MAX];
	char again[CHARS_MAX + 1];
	bool good = chars == (len + 2) / 3 * 4 && chars <= CHARS_MAX &&
		    EVP_DecodeBlock(raw, (const unsigned char *)text, (int)chars) >= (int)len;

	if (good) {
		EVP_EncodeBlock((unsigned char *)again, raw, (int)len);
		good = CRYPTO_memcmp(text, again, chars) == 0;
	}
	if (good)
		memcpy(out, raw, len);
	OPENSSL_cleanse(raw, sizeof(raw));
	OPENSSL_cleanse(again, sizeof(again));
	return good;
}

static bool
take_base64(struct reader *reader, uint8_t *out, size_t len)
{
	const char *line;
	size_t chars;

	return take_line(reader, &line, &chars) && decode(line, chars, out, len);
}

static int
refuse(int status, const char **reason, const char *text)
{
	*reason = text;
	return status;
}

int
hrd_public_key_parse(const char *text, size_t len, struct hrd_public_key *out, const char **reason)
{
	size_t mark = hrd_utf8_mark(text, len);
	struct reader reader = { text + mark, len - mark };
	uint8_t raw[PUBLIC_LEN];
	const char *comment;
	size_t comment_len;

	if (reader.left == HRD_PUBLIC_KEY_CHARS) {
		if (!decode(reader.at, reader.left, raw, sizeof(raw)))
			return refuse(HRD_EINVAL, reason, "not a minisign public key");
	} else if (!take_comment(&reader, untrusted_prefix, &comment, &comment_len) ||
		   !take_base64(&reader, raw, sizeof(raw)) || reader.left != 0) {
		return refuse(HRD_EINVAL, reason, "not a minisign public key file");
	}
	if (memcmp(raw, "Ed", ALGORITHM_LEN) != 0)
		return refuse(HRD_EINVAL, reason, "unknown algorithm of a public key");
	memcpy(out->id, raw + ALGORITHM_LEN, sizeof(out->id));
	memcpy(out->key, raw + ALGORITHM_LEN + HRD_KEY_ID_LEN, sizeof(out->key));
	return HRD_OK;
}

int
hrd_public_key_load(const char *path, struct hrd_public_key *out, const char **reason)
{
	uint8_t *text;
	size_t len;
	int status = hrd_read_regular(path, HRD_KEY_FILE_OCTETS_MAX - 1, &text, &len, NULL, reason);

	if (status == HRD_ELIMIT)
		return refuse(HRD_EINVAL, reason, "too long for a minisign public key file");
	if (status != HRD_OK)
		return status == HRD_ENOMEM ? HRD_ENOMEM : HRD_EIO;
	status = hrd_public_key_parse((const char *)text, len, out, reason);
	free(text);
	return status;
}

static bool
derive_public(struct hrd_secret_key *key)
{
	EVP_PKEY *pkey =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, sizeof(key->seed));
	size_t len = sizeof(key->public.key);
	bool good = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, key->public.key, &len) == 1 &&
		    len == sizeof(key->public.key);

	EVP_PKEY_free(pkey);
	return good;
}

/* BLAKE2b-256 over algorithm, key id and both halves of the key. */
static void
checksum(const uint8_t *raw, uint8_t out[static 32])
{
	struct hrd_blake2b state;

	hrd_blake2b_init(&state, 32);
	hrd_blake2b_update(&state, raw, ALGORITHM_LEN);
	hrd_blake2b_update(&state, raw + SECRET_ID, SECRET_CHECKSUM - SECRET_ID);
	hrd_blake2b_final(&state, out);
	OPENSSL_cleanse(&state, sizeof(state));
}

/* minisign leaves the checksum of an unencrypted key zero. */
static bool
checksum_holds(const uint8_t *raw)
{
	static const uint8_t none[32];
	uint8_t sum[32];

	checksum(raw, sum);
	return CRYPTO_memcmp(raw + SECRET_CHECKSUM, none, sizeof(none)) == 0 ||
	       CRYPTO_memcmp(raw + SECRET_CHECKSUM, sum, sizeof(sum)) == 0;
}

static int
take_secret(const uint8_t *raw, struct hrd_secret_key *out, const char **reason)
{
	static const uint8_t no_kdf[ALGORITHM_LEN];

	if (memcmp(raw, "Ed", ALGORITHM_LEN) != 0)
		return refuse(HRD_EINVAL, reason, "unknown algorithm of a secret key");
	if (memcmp(raw + SECRET_KDF, no_kdf, ALGORITHM_LEN) != 0)
		return refuse(HRD_EINVAL, reason,
		    "the secret key is encrypted with a password; make one without (minisign -G "
		    "-W), or remove it (minisign -C -W)");
	if (memcmp(raw + SECRET_CHECKSUM_KIND, "B2", ALGORITHM_LEN) != 0)
		return refuse(HRD_EINVAL, reason, "unknown checksum of a secret key");
	memcpy(out->public.id, raw + SECRET_ID, sizeof(out->public.id));
	memcpy(out->seed, raw + SECRET_SEED, sizeof(out->seed));
	if (!checksum_holds(raw) || !derive_public(out) ||
	    CRYPTO_memcmp(out->public.key, raw + SECRET_PUBLIC, sizeof(out->public.key)) != 0)
		return refuse(HRD_ESIGNATURE, reason, "the secret key is damaged");
	return HRD_OK;
}

int
hrd_secret_key_parse(const char *text, size_t len, struct hrd_secret_key *out, const char **reason)
{
	struct reader reader = { text, len };
	uint8_t raw[SECRET_LEN];
	const char *comment;
	size_t comment_len;
	int status;

	if (!take_comment(&reader, untrusted_prefix, &comment, &comment_len) ||
	    !take_base64(&reader, raw, sizeof(raw)) || reader.left != 0)
		status = refuse(HRD_EINVAL, reason, "not a minisign secret key file");
	else
		status = take_secret(raw, out, reason);
	OPENSSL_cleanse(raw, sizeof(raw));
	if (status != HRD_OK)
		hrd_secret_key_clear(out);
	return status;
}

int
hrd_secret_key_generate(struct hrd_secret_key *out)
{
	if (RAND_bytes(out->public.id, sizeof(out->public.id)) == 1 &&
	    RAND_priv_bytes(out->seed, sizeof(out->seed)) == 1 && derive_public(out))
		return HRD_OK;
	hrd_secret_key_clear(out);
	return HRD_EIO;
}

void
hrd_secret_key_clear(struct hrd_secret_key *key)
{
	OPENSSL_cleanse(key, sizeof(*key));
}

/* The key id as minisign prints it: the octets as a little-endian number. */
static int
format_comment(char *text, size_t size, const char *what, const uint8_t id[static HRD_KEY_ID_LEN])
{
	return snprintf(text, size, "%s%s %02X%02X%02X%02X%02X%02X%02X%02X\n", untrusted_prefix,
	    what, id[7], id[6], id[5], id[4], id[3], id[2], id[1], id[0]);
}

/* Appends base64 and LF to a text of used octets; the new length. */
static size_t
append_base64(char *text, size_t used, const uint8_t *raw, size_t len)
{
	used += (size_t)EVP_EncodeBlock((unsigned char *)text + used, raw, (int)len);
	text[used++] = '\n';
	text[used] = '\0';
	return used;
}

size_t
hrd_public_key_format(const struct hrd_public_key *key, char text[static HRD_PUBLIC_KEY_TEXT_MAX])
{
	uint8_t raw[PUBLIC_LEN] = "Ed";
	int used = format_comment(text, HRD_PUBLIC_KEY_TEXT_MAX, "minisign public key", key->id);

	memcpy(raw + ALGORITHM_LEN, key->id, sizeof(key->id));
	memcpy(raw + ALGORITHM_LEN + HRD_KEY_ID_LEN, key->key, sizeof(key->key));
	return append_base64(text, (size_t)used, raw, sizeof(raw));
}

size_t
hrd_secret_key_format(const struct hrd_secret_key *key, char text[static HRD_SECRET_KEY_TEXT_MAX])
{
	uint8_t raw[SECRET_LEN] = "Ed\0\0B2";
	int used = format_comment(
	    text, HRD_SECRET_KEY_TEXT_MAX, "minisign unencrypted secret key", key->public.id);
	size_t len;

	memcpy(raw + SECRET_ID, key->public.id, sizeof(key->public.id));
	memcpy(raw + SECRET_SEED, key->seed, sizeof(key->seed));
	memcpy(raw + SECRET_PUBLIC, key->public.key, sizeof(key->public.key));
	checksum(raw, raw + SECRET_CHECKSUM);
	len = append_base64(text, (size_t)used, raw, sizeof(raw));
	OPENSSL_cleanse(raw, sizeof(raw));
	return len;
}

static bool
ed25519_sign(const struct hrd_secret_key *key, const uint8_t *data, size_t len,
    uint8_t out[static SIGNATURE_LEN])
{
	EVP_PKEY *pkey =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, sizeof(key->seed));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = SIGNATURE_LEN;
	bool good = pkey != NULL && context != NULL &&
		    EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestSign(context, out, &size, data, len) == 1 && size == SIGNATURE_LEN;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return good;
}

static bool
ed25519_verify(const struct hrd_public_key *key, const uint8_t *data, size_t len,
    const uint8_t signature[static SIGNATURE_LEN])
{
	EVP_PKEY *pkey =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->key, sizeof(key->key));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = pkey != NULL && context != NULL &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestVerify(context, signature, SIGNATURE_LEN, data, len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return good;
}

int
hrd_sign(const struct hrd_secret_key *key, const uint8_t digest[static 64], const char *comment,
    char *text, size_t size, size_t *len)
{
	size_t comment_len = strlen(comment), used;
	uint8_t raw[SIGNED_LEN] = "ED", global[SIGNATURE_LEN],
		bound[SIGNATURE_LEN + HRD_TRUSTED_COMMENT_MAX];
	uint8_t *signature = raw + ALGORITHM_LEN + HRD_KEY_ID_LEN;

	if (comment_len > HRD_TRUSTED_COMMENT_MAX || !is_comment(comment, comment_len))
		return HRD_EINVAL;
	if (size < 2 * CHARS_MAX + comment_len)
		return HRD_ERANGE;
	memcpy(raw + ALGORITHM_LEN, key->public.id, sizeof(key->public.id));
	if (!ed25519_sign(key, digest, DIGEST_LEN, signature))
		return HRD_EIO;
	memcpy(bound, signature, SIGNATURE_LEN);
	memcpy(bound + SIGNATURE_LEN, comment, comment_len);
	if (!ed25519_sign(key, bound, SIGNATURE_LEN + comment_len, global))
		return HRD_EIO;
	used = (size_t)format_comment(text, size, "signature by minisign key", key->public.id);
	used = append_base64(text, used, raw, sizeof(raw));
	used += (size_t)snprintf(text + used, size - used, "%s%s\n", trusted_prefix, comment);
	*len = append_base64(text, used, global, sizeof(global));
	return HRD_OK;
}

/* The parts of a signature text. */
struct parts {
	uint8_t raw[SIGNED_LEN];
	uint8_t global[SIGNATURE_LEN];
	const char *comment;
	size_t comment_len;
};

static bool
take_parts(const char *text, size_t len, struct parts *parts)
{
	struct reader reader = { text, len };
	const char *comment;
	size_t comment_len;

	return take_comment(&reader, untrusted_prefix, &comment, &comment_len) &&
	       take_base64(&reader, parts->raw, sizeof(parts->raw)) &&
	       take_comment(&reader, trusted_prefix, &parts->comment, &parts->comment_len) &&
	       take_base64(&reader, parts->global, sizeof(parts->global)) && reader.left == 0;
}

static bool
comment_holds(const struct hrd_public_key *key, const struct parts *parts)
{
	uint8_t bound[SIGNATURE_LEN + HRD_SIGNATURE_OCTETS_MAX];

	if (parts->comment_len > HRD_SIGNATURE_OCTETS_MAX)
		return false;
	memcpy(bound, parts->raw + ALGORITHM_LEN + HRD_KEY_ID_LEN, SIGNATURE_LEN);
	memcpy(bound + SIGNATURE_LEN, parts->comment, parts->comment_len);
	return ed25519_verify(key, bound, SIGNATURE_LEN + parts->comment_len, parts->global);
}

/* Key ids are chosen at random, not by their key: two keys may share one. */
static int
verify_parts(const uint8_t *digest, const struct parts *parts, const struct hrd_public_key *keys,
    size_t count, size_t *which, const char **reason)
{
	const uint8_t *id = parts->raw + ALGORITHM_LEN, *signature = id + HRD_KEY_ID_LEN;
	const char *why = "the signature is by no trusted key";

	for (size_t i = 0; i < count; i++) {
		if (memcmp(keys[i].id, id, HRD_KEY_ID_LEN) != 0)
			continue;
		if (!ed25519_verify(&keys[i], digest, DIGEST_LEN, signature)) {
			why = "the signature is wrong: the data was changed";
		} else if (!comment_holds(&keys[i], parts)) {
			why = "the trusted comment was changed";
		} else {
			*which = i;
			return HRD_OK;
		}
	}
	return refuse(HRD_ESIGNATURE, reason, why);
}

int
hrd_signature_verify(const uint8_t digest[static 64], const char *text, size_t len,
    const struct hrd_public_key *keys, size_t count, struct hrd_signed_by *by, const char **reason)
{
	struct parts parts;
	size_t which;
	int status;

	if (len == 0)
		return refuse(
		    HRD_ESIGNATURE, reason, "there is no signature; rpzgen sign makes one");
	if (!take_parts(text, len, &parts))
		return refuse(HRD_ESIGNATURE, reason, "the signature is malformed");
	if (memcmp(parts.raw, "Ed", ALGORITHM_LEN) == 0)
		return refuse(
		    HRD_ESIGNATURE, reason, "the signature is not in the prehashed form (\"ED\")");
	if (memcmp(parts.raw, "ED", ALGORITHM_LEN) != 0)
		return refuse(HRD_ESIGNATURE, reason, "unknown algorithm of a signature");
	status = verify_parts(digest, &parts, keys, count, &which, reason);
	if (status == HRD_OK && by != NULL)
		*by = (struct hrd_signed_by){ which, parts.comment, parts.comment_len };
	return status;
}

int
hrd_sha256(uint8_t out[static HRD_SHA256_LEN], const void *data, size_t len)
{
	return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? HRD_OK : HRD_EIO;
}

const char *
hrd_signature_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
