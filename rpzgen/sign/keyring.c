/* SPDX-License-Identifier: BSD-3-Clause */
/* The zone keys of a directory. */
#include <config.h>

#include "rpzgen/sign/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 64 }; /* a directory with more is no directory of keys */

static bool
has_key(const struct hrd_keyring *ring, const struct hrd_zonekey *key)
{
	const struct hrd_dnskey *public = hrd_zonekey_public(key);

	for (size_t i = 0; i < ring->count; i++) {
		const struct hrd_dnskey *other = hrd_zonekey_public(ring->keys[i]);

		if (other->len == public->len &&
		    memcmp(other->rdata, public->rdata, public->len) == 0)
			return true;
	}
	return false;
}

bool
hrd_keyring_take(struct hrd_keyring *ring, struct hrd_secret *secret, const struct hrd_name *apex,
    const char *shown, struct hrd_diag *diag)
{
	struct hrd_zonekey *key = NULL;
	const char *reason = NULL;
	int status = hrd_zonekey_parse(secret, apex, &key, &reason);

	hrd_secret_clear(secret);
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status != HRD_OK)
		hrd_key_refuse(diag, shown, reason);
	if (status != HRD_OK)
		return false;
	if (has_key(ring, key)) {
		hrd_zonekey_free(key);
		return true;
	}
	if (ring->count == HRD_ZONE_KEYS_MAX) {
		hrd_zonekey_free(key);
		return hrd_key_refuse(diag, shown, "more than 8 keys for one zone");
	}
	ring->keys[ring->count++] = key;
	return true;
}

/* "K<owner>+AAA+TTTTT.private", the owner with its final dot. */
static bool
is_key_of(const char *file, const char *owner)
{
	size_t len = strlen(owner), n = strlen(file);

	return n == 1 + len + strlen("+015+01234.private") && file[0] == 'K' &&
	       memcmp(file + 1, owner, len) == 0 && file[1 + len] == '+' &&
	       strcmp(file + n - 8, ".private") == 0;
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Names of the key files of one owner, sorted; the caller frees them. False after a report. */
static bool
list_files(int dir, const char *owner, const char *shown, struct hrd_diag *diag,
    char *names[static FILES_MAX], size_t *count)
{
	int copy = dup(dir);
	DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;
	bool good = stream != NULL;

	*count = 0;
	if (!good) {
		hrd_diag_system(diag, shown, errno);
		if (copy >= 0)
			close(copy);
		return false;
	}
	rewinddir(stream);
	while (good && (entry = readdir(stream)) != NULL) {
		if (!is_key_of(entry->d_name, owner))
			continue;
		good = *count < FILES_MAX ||
		       hrd_key_refuse(diag, shown, "holds more than 64 key files");
		if (good && (names[*count] = strdup(entry->d_name)) != NULL)
			++*count;
		else if (good)
			good = (hrd_diag_nomem(diag), false);
	}
	closedir(stream);
	if (*count > 0)
		qsort(names, *count, sizeof(names[0]), by_name);
	return good;
}

static bool
take_owner(struct hrd_keyring *ring, int dir, const struct hrd_name *apex, const char *owner,
    const char *shown, struct hrd_diag *diag)
{
	char *names[FILES_MAX];
	struct hrd_secret secret;
	size_t count;
	bool good = list_files(dir, owner, shown, diag, names, &count);

	for (size_t i = 0; i < count; i++) {
		good = good && hrd_secret_read(dir, names[i], names[i], diag, &secret) &&
		       hrd_keyring_take(ring, &secret, apex, names[i], diag);
		free(names[i]);
	}
	return good;
}

bool
hrd_keyring_open(struct hrd_keyring *ring, int dir, const struct hrd_name *apex, const char *shown,
    struct hrd_diag *diag)
{
	char owner[HRD_NAME_TEXT_MAX + 1];
	size_t len = hrd_name_to_text(apex, owner);

	if (apex->len > 1) {
		memcpy(owner + len, ".", 2);
		if (!take_owner(ring, dir, apex, owner, shown, diag))
			return false;
	}
	if (!take_owner(ring, dir, apex, ".", shown, diag))
		return false;
	return ring->count > 0 ||
	       hrd_key_refuse(diag, shown,
		   "has no key for this zone (K<apex>.+*.private), and none for any zone "
		   "(K.+*.private); make one with rpzgen keygen --add");
}

void
hrd_keyring_clear(struct hrd_keyring *ring)
{
	for (size_t i = 0; i < ring->count; i++)
		hrd_zonekey_free(ring->keys[i]);
	ring->count = 0;
}
