/* SPDX-License-Identifier: BSD-3-Clause */
/* The zone keys of a directory that sign one zone.
 *
 * Keys of the zone (K<apex>.+AAA+TTTTT.private) and keys of any zone (K.+AAA+TTTTT.private) sign
 * together, so that a roll-over from one kind to the other overlaps. A key counts once, however
 * many files hold it.
 *
 * One thread fills it, any number sign with it. It owns its keys until it is cleared. */
#ifndef HRD_RPZGEN_SIGN_KEYRING_H
#define HRD_RPZGEN_SIGN_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/sign/zonekey.h"

struct hrd_keyring {
	struct hrd_zonekey *keys[HRD_ZONE_KEYS_MAX];
	size_t count;
};

/* Opens the keys for the apex in an open directory (keyfile.h), in the order of their file names.
 * shown: the directory, for reports. False after a report; cleared by the caller in any case. */
bool hrd_keyring_open(struct hrd_keyring *ring, int dir, const struct hrd_name *apex,
    const char *shown, struct hrd_diag *diag);

/* Takes the one key whose file was read to secret; wipes secret. False after a report. */
bool hrd_keyring_take(struct hrd_keyring *ring, struct hrd_secret *secret,
    const struct hrd_name *apex, const char *shown, struct hrd_diag *diag);

/* Wipes its keys; zeroed it has none. */
void hrd_keyring_clear(struct hrd_keyring *ring);

#endif
