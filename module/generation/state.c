/* SPDX-License-Identifier: BSD-3-Clause */
/* Files in the state directory. */
#include <config.h>

#include "module/generation/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/readfile.h"
#include "lib/crypto/blake2b.h"
#include "module/base/replace.h"

enum { NAME_MAX_OCTETS = 100, KIND_MAX_OCTETS = 16, CHUNK = 65536 };

char *
hrd_state_path(const char *state_dir, const char *path, const char *kind)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t size =
	    strlen(state_dir) + NAME_MAX_OCTETS + KIND_MAX_OCTETS + sizeof("/-0123456789abcdef.");
	char *out = malloc(size);
	uint8_t digest[sizeof(uint64_t)];

	if (out == NULL)
		return NULL;
	hrd_blake2b(digest, sizeof(digest), path, strlen(path));
	snprintf(out, size, "%s/%.*s-%016" PRIx64 ".%s", state_dir, NAME_MAX_OCTETS, name,
	    hrd_le64(digest), kind);
	return out;
}

bool
hrd_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Whether what is left of an open file is exactly these octets. */
static bool
reads_as(int fd, const uint8_t *data, size_t len)
{
	static const size_t chunk = CHUNK;
	uint8_t *buffer = malloc(chunk);
	size_t done = 0;
	ssize_t got = 0;
	bool same = buffer != NULL;

	while (same && (got = read(fd, buffer, chunk)) > 0) {
		same = (size_t)got <= len - done && memcmp(buffer, data + done, (size_t)got) == 0;
		done += (size_t)got;
	}
	free(buffer);
	return same && got == 0 && done == len;
}

/* Whether a file holds exactly these octets and has that mode. */
static bool
holds(const char *path, const void *data, size_t len, mode_t mode)
{
	const char *why;
	struct stat st;
	bool same;
	int fd;

	if (hrd_open_regular(path, &fd, &st, &why) != HRD_OK)
		return false;
	same = (size_t)st.st_size == len && (st.st_mode & 07777) == mode && reads_as(fd, data, len);
	close(fd);
	return same;
}

int
hrd_state_keep(const char *state_dir, const char *path, const char *kind, const void *data,
    size_t len, mode_t mode)
{
	char *copy = hrd_state_path(state_dir, path, kind);
	int status, error;

	if (copy == NULL)
		return HRD_ENOMEM;
	status = holds(copy, data, len, mode) ? HRD_OK : hrd_replace_durably(copy, data, len, mode);
	error = errno;
	free(copy);
	errno = error;
	return status;
}

int
hrd_state_read(const char *state_dir, const char *path, const char *kind, char *text, size_t size)
{
	char *file = hrd_state_path(state_dir, path, kind);
	uint8_t *data = NULL;
	const char *why;
	size_t len = 0;
	int status = HRD_ENOMEM;

	if (file != NULL)
		status = hrd_read_regular(file, size - 1, &data, &len, NULL, &why);
	if (status == HRD_OK)
		memcpy(text, data, len + 1);
	free(data);
	free(file);
	return status;
}

void
hrd_state_forget(const char *state_dir, const char *path, const char *kind)
{
	char *copy = hrd_state_path(state_dir, path, kind);

	if (copy != NULL)
		unlink(copy);
	free(copy);
}
