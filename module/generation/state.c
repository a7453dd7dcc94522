/* SPDX-License-Identifier: BSD-3-Clause */
/* Last good copies. */
#include <config.h>

#include "module/generation/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/crypto/blake2b.h"
#include "module/base/replace.h"

enum { NAME_MAX_OCTETS = 100, CHUNK = 65536 };

char *
hrd_state_path(const char *state_dir, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t size = strlen(state_dir) + NAME_MAX_OCTETS + sizeof("/-0123456789abcdef.last");
	char *out = malloc(size);
	uint8_t digest[sizeof(uint64_t)];

	if (out == NULL)
		return NULL;
	hrd_blake2b(digest, sizeof(digest), path, strlen(path));
	snprintf(out, size, "%s/%.*s-%016" PRIx64 ".last", state_dir, NAME_MAX_OCTETS, name,
	    hrd_le64(digest));
	return out;
}

bool
hrd_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Whether a file holds exactly these octets. */
static bool
holds(const char *path, const uint8_t *data, size_t len)
{
	static const size_t chunk = CHUNK;
	FILE *file = fopen(path, "re");
	uint8_t *buffer = file != NULL ? malloc(chunk) : NULL;
	size_t got = 0, done = 0;
	bool same = buffer != NULL;

	while (same && (got = fread(buffer, 1, chunk, file)) > 0) {
		same = got <= len - done && memcmp(buffer, data + done, got) == 0;
		done += got;
	}
	free(buffer);
	if (file != NULL)
		fclose(file);
	return same && done == len;
}

int
hrd_state_keep(const char *state_dir, const char *path, const void *data, size_t len)
{
	char *copy = hrd_state_path(state_dir, path);
	int status, error;

	if (copy == NULL)
		return HRD_ENOMEM;
	status = holds(copy, data, len) ? HRD_OK : hrd_replace_durably(copy, data, len);
	error = errno;
	free(copy);
	errno = error;
	return status;
}

/* The contents of a file that is still the one described; NULL with *status HRD_OK when it is
 * another. */
static uint8_t *
read_described(const char *path, const struct stat *as_read, int *status)
{
	size_t len = (size_t)as_read->st_size;
	uint8_t *data = malloc(len + 1);
	FILE *file = fopen(path, "re");
	struct stat now;
	bool whole = false;

	*status = data != NULL ? HRD_OK : HRD_ENOMEM;
	if (data != NULL && file != NULL)
		whole = fread(data, 1, len + 1, file) == len && fstat(fileno(file), &now) == 0 &&
			hrd_same_file(&now, as_read);
	if (file != NULL)
		fclose(file);
	if (whole)
		return data;
	free(data);
	return NULL;
}

int
hrd_state_keep_file(const char *state_dir, const char *path, const struct stat *as_read)
{
	uint8_t *data;
	int status;

	if (as_read->st_size < 0 || (uint64_t)as_read->st_size > HRD_YAML_OCTETS_MAX)
		return HRD_OK;
	data = read_described(path, as_read, &status);
	if (data != NULL)
		status = hrd_state_keep(state_dir, path, data, (size_t)as_read->st_size);
	free(data);
	return status;
}
