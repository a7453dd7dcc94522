/* SPDX-License-Identifier: BSD-3-Clause */
/* Private key files: opened late, checked, wiped.
 *
 * A command opens them in its signing step, after all outside input is parsed, with
 * hrd_secrets_begin() before. A directory of keys must be ours and closed to others, a key file
 * too; symbolic links are not followed. What was read lies in memory that is locked where the
 * limits allow it, and is wiped by hrd_secret_clear(). No report ever quotes the content.
 *
 * One thread. What was read is the caller's until hrd_secret_clear(). False after a report. */
#ifndef HRD_RPZGEN_SIGN_KEYFILE_H
#define HRD_RPZGEN_SIGN_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "rpzgen/base/diag.h"

enum { HRD_SECRET_OCTETS_MAX = 4096 };

/* The text of one key file. */
struct hrd_secret {
	size_t len;
	char text[HRD_SECRET_OCTETS_MAX + 1]; /* NUL behind len octets */
};

/* No core, no debugger of the same user: from here on the process may hold secrets. */
void hrd_secrets_begin(void);

/* Reports that a key file or a directory of keys is not taken, and why: false. */
bool hrd_key_refuse(struct hrd_diag *diag, const char *what, const char *why);

/* Opens a directory of private keys and checks it; its descriptor, or -1 after a report. */
int hrd_keydir_open(const char *path, struct hrd_diag *diag);

/* Reads a key file of an open directory. False after a report. */
bool hrd_secret_read(
    int dir, const char *name, const char *shown, struct hrd_diag *diag, struct hrd_secret *out);

/* Reads an inherited descriptor to its end and closes it: whoever passed it has checked the file.
 */
bool hrd_secret_read_fd(int fd, struct hrd_diag *diag, struct hrd_secret *out);

/* Makes a key file (0600, must not exist) with this text and syncs it. False after a report. */
bool hrd_secret_write(
    int dir, const char *name, const char *text, size_t len, struct hrd_diag *diag);

/* Wipes any object that held a secret. */
void hrd_wipe(void *secret, size_t len);
void hrd_secret_clear(struct hrd_secret *secret);

#endif
