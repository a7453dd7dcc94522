/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of signed zones over ldns and libcrypto.
 *
 * ldns signs and verifies; the private half is read here, because ldns leaves copies of it in
 * memory that it frees. */
#include <config.h>

#include "rpzgen/sign/zonekey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "lib/base/bytes.h"
#include "lib/base/hex.h"
#include "lib/crypto/signature.h"

enum { PRIVATE_LEN = 32, BASE64_LEN = 44, P256_POINT = 65, PROTOCOL = 3 };

enum flags { FLAGS_DATA = 256, FLAGS_ANCHOR = 257 };

struct hrd_zonekey {
	struct hrd_dnskey public;
	uint8_t private[PRIVATE_LEN];
	ldns_key *key; /* holds the EVP_PKEY */
};

static const char *
algorithm_name(uint8_t algorithm)
{
	return algorithm == HRD_ZONE_ED25519 ? "ED25519" : "ECDSAP256SHA256";
}

/* RFC 5915 without the public half, which libcrypto then derives. */
static EVP_PKEY *
p256_from_private(const uint8_t private[static PRIVATE_LEN])
{
	static const uint8_t front[] = { 0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20 };
	static const uint8_t back[] = { 0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
		0x01, 0x07 };
	uint8_t der[sizeof(front) + PRIVATE_LEN + sizeof(back)];
	const uint8_t *at = der;
	EVP_PKEY *pkey;

	memcpy(der, front, sizeof(front));
	memcpy(der + sizeof(front), private, PRIVATE_LEN);
	memcpy(der + sizeof(front) + PRIVATE_LEN, back, sizeof(back));
	pkey = d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, sizeof(der));
	hrd_wipe(der, sizeof(der));
	return pkey;
}

static EVP_PKEY *
pkey_from_private(uint8_t algorithm, const uint8_t private[static PRIVATE_LEN])
{
	if (algorithm == HRD_ZONE_ED25519)
		return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private, PRIVATE_LEN);
	return p256_from_private(private);
}

/* The public key as DNSKEY RDATA has it (RFC 8080, RFC 6605); 0 on failure. */
static size_t
public_octets(EVP_PKEY *pkey, uint8_t algorithm, uint8_t out[static P256_POINT])
{
	uint8_t point[P256_POINT];
	size_t len = P256_POINT;

	if (algorithm == HRD_ZONE_ED25519)
		return EVP_PKEY_get_raw_public_key(pkey, out, &len) == 1 ? len : 0;
	if (EVP_PKEY_get_octet_string_param(
		pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len) != 1 ||
	    len != P256_POINT || point[0] != 4)
		return 0;
	memcpy(out, point + 1, len - 1);
	return len - 1;
}

static int
set_public(struct hrd_zonekey *key, const struct hrd_name *owner, uint8_t algorithm,
    enum flags flags, EVP_PKEY *pkey)
{
	uint8_t rdata[4 + P256_POINT] = { (uint8_t)(flags >> 8), flags & 0xff, PROTOCOL,
		algorithm };
	size_t len = public_octets(pkey, algorithm, rdata + 4);

	return len != 0 ? hrd_dnskey_set(&key->public, owner, rdata, 4 + len) : HRD_EIO;
}

/* Makes the key of its private octets. HRD_EIO: they are no key. */
static int
make_key(const struct hrd_name *owner, uint8_t algorithm, enum flags flags,
    const uint8_t private[static PRIVATE_LEN], struct hrd_zonekey **out)
{
	struct hrd_zonekey *key = calloc(1, sizeof(*key));
	EVP_PKEY *pkey = key != NULL ? pkey_from_private(algorithm, private) : NULL;
	int status = HRD_ENOMEM;

	if (key == NULL)
		return HRD_ENOMEM;
	memcpy(key->private, private, PRIVATE_LEN);
	if (pkey == NULL || set_public(key, owner, algorithm, flags, pkey) != HRD_OK) {
		status = HRD_EIO;
	} else if ((key->key = ldns_key_new()) != NULL) {
		ldns_key_set_algorithm(key->key, (ldns_signing_algorithm)algorithm);
		ldns_key_set_evp_key(key->key, pkey);
		*out = key;
		return HRD_OK;
	}
	EVP_PKEY_free(pkey);
	hrd_zonekey_free(key);
	return status;
}

void
hrd_zonekey_free(struct hrd_zonekey *key)
{
	if (key == NULL)
		return;
	if (key->key != NULL)
		ldns_key_deep_free(key->key); /* libcrypto wipes what it holds */
	hrd_wipe(key, sizeof(*key));
	free(key);
}

int
hrd_zonekey_for_data(const struct hrd_zonekey *key, struct hrd_zonekey **out)
{
	return make_key(&key->public.owner, key->public.algorithm, FLAGS_DATA, key->private, out);
}

int
hrd_zonekey_generate(const struct hrd_name *owner, uint8_t algorithm, struct hrd_zonekey **out)
{
	uint8_t private[PRIVATE_LEN];
	int status = HRD_EIO;

	/* One in 2^32 octet strings is no P-256 scalar: another is drawn. */
	for (int i = 0; status == HRD_EIO && i < 3; i++) {
		if (RAND_priv_bytes(private, sizeof(private)) == 1)
			status = make_key(owner, algorithm, FLAGS_ANCHOR, private, out);
	}
	hrd_wipe(private, sizeof(private));
	return status;
}

/* The value of "NAME: value" in the text of a .private file; NULL when there is none. */
static const char *
value_of(const struct hrd_secret *text, const char *name, size_t *len)
{
	size_t name_len = strlen(name);

	for (const char *line = text->text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, name_len) == 0 && line[name_len] == ':' &&
		    line[name_len + 1] == ' ') {
			*len = strcspn(line + name_len + 2, "\r\n");
			return line + name_len + 2;
		}
		if (*line == '\0')
			break;
	}
	return NULL;
}

static bool
decode_private(const char *text, size_t len, uint8_t out[static PRIVATE_LEN])
{
	uint8_t raw[BASE64_LEN];
	bool good = len == BASE64_LEN && text[len - 1] == '=' &&
		    EVP_DecodeBlock(raw, (const unsigned char *)text, (int)len) == PRIVATE_LEN + 1;

	if (good)
		memcpy(out, raw, PRIVATE_LEN);
	hrd_wipe(raw, sizeof(raw));
	return good;
}

int
hrd_zonekey_parse(const struct hrd_secret *text, const struct hrd_name *owner,
    struct hrd_zonekey **out, const char **reason)
{
	uint8_t private[PRIVATE_LEN];
	const char *value;
	size_t len;
	long algorithm;
	int status;

	*reason = "is no private key file (\"Private-key-format: v1.x\")";
	value = value_of(text, "Private-key-format", &len);
	if (value == NULL || strncmp(value, "v1.", 3) != 0)
		return HRD_EINVAL;
	value = value_of(text, "Algorithm", &len);
	algorithm = value != NULL ? strtol(value, NULL, 10) : 0;
	*reason = "has an algorithm other than Ed25519 (15) and ECDSA P-256 (13)";
	if (algorithm != HRD_ZONE_ED25519 && algorithm != HRD_ZONE_ECDSA_P256)
		return HRD_EINVAL;
	*reason = "has no private key that belongs to its algorithm";
	value = value_of(text, "PrivateKey", &len);
	if (value == NULL || !decode_private(value, len, private))
		return HRD_EINVAL;
	status = make_key(owner, (uint8_t)algorithm, FLAGS_ANCHOR, private, out);
	hrd_wipe(private, sizeof(private));
	return status == HRD_EIO ? HRD_EINVAL : status;
}

const struct hrd_dnskey *
hrd_zonekey_public(const struct hrd_zonekey *key)
{
	return &key->public;
}

int
hrd_zonekey_private_text(const struct hrd_zonekey *key, struct hrd_secret *out)
{
	char base64[BASE64_LEN + 1];
	int len;

	EVP_EncodeBlock((unsigned char *)base64, key->private, PRIVATE_LEN);
	len = snprintf(out->text, sizeof(out->text),
	    "Private-key-format: v1.2\nAlgorithm: %u (%s)\nPrivateKey: %s\n",
	    (unsigned)key->public.algorithm, algorithm_name(key->public.algorithm), base64);
	hrd_wipe(base64, sizeof(base64));
	out->len = (size_t)len;
	return len > 0 ? HRD_OK : HRD_EIO;
}

/* Without ldns, which takes and gives back 64 KiB of memory for each signature: that costs as much
 * as the signature. */
static int
sign_ed25519(EVP_PKEY *pkey, const uint8_t *data, size_t len, uint8_t *out, size_t *out_len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1;

	*out_len = HRD_ZONE_SIGNATURE_MAX;
	good = good && EVP_DigestSign(context, out, out_len, data, len) == 1;
	EVP_MD_CTX_free(context);
	return good ? HRD_OK : HRD_EIO;
}

int
hrd_zonekey_sign(const struct hrd_zonekey *key, uint8_t *data, size_t len,
    uint8_t out[static HRD_ZONE_SIGNATURE_MAX], size_t *out_len)
{
	ldns_buffer buffer = {
		._position = len, ._limit = len, ._capacity = len, ._data = data, ._fixed = 1
	};
	ldns_rdf *signature;
	int status = HRD_EIO;

	if (key->public.algorithm == HRD_ZONE_ED25519)
		return sign_ed25519(ldns_key_evp_key(key->key), data, len, out, out_len);
	signature = ldns_sign_public_buffer(&buffer, key->key);
	if (signature == NULL)
		return HRD_EIO;
	*out_len = ldns_rdf_size(signature);
	if (*out_len <= HRD_ZONE_SIGNATURE_MAX) {
		memcpy(out, ldns_rdf_data(signature), *out_len);
		status = HRD_OK;
	}
	ldns_rdf_deep_free(signature);
	return status;
}

int
hrd_dnskey_set(
    struct hrd_dnskey *key, const struct hrd_name *owner, const uint8_t *rdata, size_t len)
{
	/* Flags: a zone key (bit 7) that is not revoked (bit 8). */
	if (len < 5 || len > sizeof(key->rdata) || (rdata[0] & 1) == 0 || (rdata[1] & 0x80) != 0 ||
	    rdata[2] != PROTOCOL)
		return HRD_EINVAL;
	key->owner = *owner;
	memcpy(key->rdata, rdata, len);
	key->len = (uint16_t)len;
	key->algorithm = rdata[3];
	key->tag = ldns_calc_keytag_raw(rdata, len);
	return HRD_OK;
}

static bool
is_ecdsa(uint8_t algorithm)
{
	return algorithm == HRD_ZONE_ECDSA_P256 || algorithm == 14;
}

/* The octets of an RRSIG as libcrypto wants them: for ECDSA two numbers (RFC 6605) become ASN.1. */
static bool
to_asn1(uint8_t algorithm, const uint8_t *signature, size_t len, ldns_buffer *out)
{
	ldns_rdf *rdf;
	bool good;

	if (!is_ecdsa(algorithm))
		return ldns_buffer_reserve(out, len) &&
		       (ldns_buffer_write(out, signature, len), true);
	rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, len, signature);
	good = rdf != NULL && ldns_convert_ecdsa_rrsig_rdf2asn1(out, rdf) == LDNS_STATUS_OK;
	ldns_rdf_deep_free(rdf);
	return good;
}

/* ldns would have libcrypto decode the key each time, which takes as long as verifying. */
static bool
verify_ed25519(const struct hrd_dnskey *key, const uint8_t *data, size_t len,
    const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, key->rdata + 4, (size_t)key->len - 4);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = pkey != NULL && context != NULL &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestVerify(context, signature, signature_len, data, len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return good;
}

static bool
verify_by_ldns(const struct hrd_dnskey *key, uint8_t *data, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	ldns_buffer buffer = {
		._position = len, ._limit = len, ._capacity = len, ._data = data, ._fixed = 1
	};
	unsigned char public[HRD_DNSKEY_RDATA_MAX];
	ldns_buffer *sig = ldns_buffer_new(HRD_ZONE_SIGNATURE_MAX);
	bool good = sig != NULL && signature_len <= HRD_ZONE_SIGNATURE_MAX &&
		    (!is_ecdsa(key->algorithm) || signature_len % 2 == 0) &&
		    to_asn1(key->algorithm, signature, signature_len, sig);

	memcpy(public, key->rdata + 4, (size_t)key->len - 4);
	good =
	    good && ldns_verify_rrsig_buffers_raw(ldns_buffer_begin(sig), ldns_buffer_position(sig),
			&buffer, public, (size_t)key->len - 4, key->algorithm) == LDNS_STATUS_OK;
	ldns_buffer_free(sig);
	return good;
}

bool
hrd_dnskey_verify(const struct hrd_dnskey *key, uint8_t *data, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	if (key->algorithm == HRD_ZONE_ED25519)
		return verify_ed25519(key, data, len, signature, signature_len);
	return verify_by_ldns(key, data, len, signature, signature_len);
}

bool
hrd_dnskey_is_known(const struct hrd_dnskey *key)
{
	switch (key->algorithm) {
	case 8:  /* RSASHA256 */
	case 10: /* RSASHA512 */
	case HRD_ZONE_ECDSA_P256:
	case 14: /* ECDSAP384SHA384 */
	case HRD_ZONE_ED25519:
		return true;
	default:
		return false;
	}
}

void
hrd_base64(char *text, const uint8_t *data, size_t len)
{
	EVP_EncodeBlock((unsigned char *)text, data, (int)len);
}

/* The owner with its final dot. */
static void
owner_text(const struct hrd_dnskey *key, char text[HRD_NAME_TEXT_MAX + 1])
{
	size_t len = hrd_name_to_text(&key->owner, text);

	if (key->owner.len > 1)
		memcpy(text + len, ".", 2);
}

void
hrd_dnskey_file_name(const struct hrd_dnskey *key, char name[HRD_ZONE_KEY_NAME_MAX])
{
	char owner[HRD_NAME_TEXT_MAX + 1];

	owner_text(key, owner);
	snprintf(name, HRD_ZONE_KEY_NAME_MAX, "K%s+%03u+%05u", owner, (unsigned)key->algorithm,
	    (unsigned)key->tag);
}

char *
hrd_dnskey_key_text(const struct hrd_dnskey *key)
{
	char owner[HRD_NAME_TEXT_MAX + 1], base64[HRD_DNSKEY_RDATA_MAX / 3 * 4 + 8], *text;

	owner_text(key, owner);
	EVP_EncodeBlock((unsigned char *)base64, key->rdata + 4, key->len - 4);
	if (asprintf(&text, "%s IN DNSKEY %u %u %u %s\n", owner, (unsigned)hrd_be16(key->rdata),
		(unsigned)key->rdata[2], (unsigned)key->rdata[3], base64) < 0)
		return NULL;
	return text;
}

char *
hrd_dnskey_ds_text(const struct hrd_dnskey *key)
{
	uint8_t data[HRD_NAME_MAX + HRD_DNSKEY_RDATA_MAX], digest[HRD_SHA256_LEN];
	char owner[HRD_NAME_TEXT_MAX + 1], hex[2 * HRD_SHA256_LEN + 1], *text;

	memcpy(data, key->owner.wire, key->owner.len);
	memcpy(data + key->owner.len, key->rdata, key->len);
	if (hrd_sha256(digest, data, (size_t)key->owner.len + key->len) != HRD_OK)
		return NULL;
	hrd_hex(hex, digest, sizeof(digest));
	owner_text(key, owner);
	if (asprintf(&text, "%s IN DS %u %u 2 %s\n", owner, (unsigned)key->tag,
		(unsigned)key->algorithm, hex) < 0)
		return NULL;
	return text;
}

const char *
hrd_zonekey_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
