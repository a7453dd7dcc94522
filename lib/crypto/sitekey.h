/* SPDX-License-Identifier: BSD-3-Clause */
/* Secret keys of a site: 256 random bits in a file of one line, "hradba-log-key-1 HEX" or
 * "hradba-pseudonym-key-1 HEX".
 *
 * A file is taken only where nobody but its owner can read it (mode 0600 or less), and its owner is
 * root or the one who is to read it; symbolic links are not followed. No text ever quotes the
 * content.
 *
 * Any thread; nothing is kept. */
#ifndef HRD_LIB_CRYPTO_SITEKEY_H
#define HRD_LIB_CRYPTO_SITEKEY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/status.h"

enum {
	HRD_SITE_KEY_LEN = 32,
	HRD_SITE_KEY_TEXT_MAX = 128,
};

enum hrd_site_key_kind {
	HRD_SITE_KEY_LOG,       /* of the links of a log (lib/crypto/loglink.h) */
	HRD_SITE_KEY_PSEUDONYM, /* of clients' addresses (lib/crypto/ipcrypt.h) */
};

/* Reads a key file, for a program that runs as `reader`. HRD_ENOENT, HRD_EIO, HRD_EINVAL (also: not
 * kept as a secret), each with *reason: a static text, or that of the system, good until the next
 * call of this thread. After a failure key holds anything; the caller wipes it in either case. */
HRD_MUST_USE int hrd_site_key_read(const char *path, enum hrd_site_key_kind kind, uid_t reader,
    uint8_t key[static HRD_SITE_KEY_LEN], const char **reason);

/* The text of a key file, NUL-terminated; its length. */
size_t hrd_site_key_format(enum hrd_site_key_kind kind, const uint8_t key[static HRD_SITE_KEY_LEN],
    char text[static HRD_SITE_KEY_TEXT_MAX]);

#endif
