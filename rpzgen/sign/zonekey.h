/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of signed zones, in the form of BIND's key files: K<zone>+<algorithm>+<tag>.key and .private
 * (RFC 4034 section 2, and the "Private-key-format" that BIND, ldns and Knot DNS read).
 *
 * A key of ours is what consumers trust (flags 257); where it is the only one it signs everything.
 * Algorithms: Ed25519 (15), whose signatures depend on data and key alone, and ECDSA P-256 (13),
 * whose do not. The owner "." makes a key for any zone of its holder.
 *
 * Any thread; a key may be used by several at once and belongs to the caller until
 * hrd_zonekey_free(). */
#ifndef HRD_RPZGEN_SIGN_ZONEKEY_H
#define HRD_RPZGEN_SIGN_ZONEKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "rpzgen/sign/keyfile.h"

enum {
	HRD_ZONE_ECDSA_P256 = 13,
	HRD_ZONE_ED25519 = 15,
	HRD_ZONE_ALGORITHMS = 2, /* that we sign with: those two */
	HRD_ZONE_KEYS_MAX = 8,   /* that sign one zone */
	HRD_ZONE_DNSKEYS_MAX = HRD_ZONE_KEYS_MAX + HRD_ZONE_ALGORITHMS, /* at an apex */
	HRD_DNSKEY_RDATA_MAX = 4 + 1024, /* an RSA key of 8192 bits in an anchor of others */
	HRD_ZONE_SIGNATURE_MAX = 1024,   /* same */
	HRD_ZONE_KEY_NAME_MAX = 1100,    /* octets of a key file's name */
};

/* The public half: DNSKEY RDATA. */
struct hrd_dnskey {
	struct hrd_name owner;
	uint16_t tag;
	uint8_t algorithm;
	uint16_t len;
	uint8_t rdata[HRD_DNSKEY_RDATA_MAX];
};

struct hrd_zonekey; /* with its private half */

/* A new key. HRD_EIO, HRD_ENOMEM. */
HRD_MUST_USE int hrd_zonekey_generate(
    const struct hrd_name *owner, uint8_t algorithm, struct hrd_zonekey **out);

/* Reads the text of a .private file. HRD_EINVAL with a reason (static text), HRD_ENOMEM. */
HRD_MUST_USE int hrd_zonekey_parse(const struct hrd_secret *text, const struct hrd_name *owner,
    struct hrd_zonekey **out, const char **reason);
void hrd_zonekey_free(struct hrd_zonekey *key); /* wipes; NULL-safe */

/* The same key as a DNSKEY that signs data only (flags 256). HRD_ENOMEM, HRD_EIO. */
HRD_MUST_USE int hrd_zonekey_for_data(const struct hrd_zonekey *key, struct hrd_zonekey **out);

/* Its public half, which lives as long as it. */
const struct hrd_dnskey *hrd_zonekey_public(const struct hrd_zonekey *key);

/* Writes the text of a .private file; HRD_EIO. */
HRD_MUST_USE int hrd_zonekey_private_text(const struct hrd_zonekey *key, struct hrd_secret *out);

/* Signs; *out_len octets in out. data is not changed, though ldns wants to be able to. Any number
 * of threads may sign with one key. HRD_EIO. */
HRD_MUST_USE int hrd_zonekey_sign(const struct hrd_zonekey *key, uint8_t *data, size_t len,
    uint8_t out[static HRD_ZONE_SIGNATURE_MAX], size_t *out_len);

/* Fills tag and algorithm from the RDATA. HRD_EINVAL: not a DNSKEY that we can use for zones
 * (flags, protocol, length). */
HRD_MUST_USE int hrd_dnskey_set(
    struct hrd_dnskey *key, const struct hrd_name *owner, const uint8_t *rdata, size_t len);

/* Verifies a signature over the data, which is not changed. Any number of threads. */
bool hrd_dnskey_verify(const struct hrd_dnskey *key, uint8_t *data, size_t len,
    const uint8_t *signature, size_t signature_len);

/* True when this build knows the algorithm. */
bool hrd_dnskey_is_known(const struct hrd_dnskey *key);

/* Base64 (RFC 4648 section 4) with a NUL; text has (len + 2) / 3 * 4 + 1 octets. */
void hrd_base64(char *text, const uint8_t *data, size_t len);

/* "K<zone>.+015+01234" */
void hrd_dnskey_file_name(const struct hrd_dnskey *key, char name[HRD_ZONE_KEY_NAME_MAX]);

/* The lines of a .key and of a .ds file (DS with SHA-256, RFC 4509), with LF, malloc()ed. NULL
 * when out of memory. */
char *hrd_dnskey_key_text(const struct hrd_dnskey *key);
char *hrd_dnskey_ds_text(const struct hrd_dnskey *key);

/* The version of OpenSSL in use; static text. */
const char *hrd_zonekey_version(void);

#endif
