/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads whole files. */
#include <config.h>

#include "rpzgen/base/infile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/array.h"

enum { CHUNK_OCTETS = 65536 };

static int
read_all(FILE *file, size_t max, char **data, size_t *len)
{
	size_t room = 0, wanted, got;

	do {
		char *bigger = hrd_array_reserve(*data, &room, *len + CHUNK_OCTETS, 1);

		if (bigger == NULL)
			return HRD_ENOMEM;
		*data = bigger;
		/* Up to one octet more than max, so that too much is noticed; a NUL behind it. */
		wanted = room - 1 - *len;
		if (wanted > max - *len)
			wanted = max - *len + 1;
		errno = 0;
		got = fread(*data + *len, 1, wanted, file);
		*len += got;
		if (ferror(file))
			return HRD_EIO;
		if (*len > max)
			return HRD_ELIMIT;
	} while (got == wanted);
	(*data)[*len] = '\0';
	return HRD_OK;
}

int
hrd_infile_read(const char *path, size_t max, char **data, size_t *len)
{
	FILE *file = hrd_infile_open(path);
	int status;

	*data = NULL;
	*len = 0;
	if (file == NULL)
		return HRD_EIO;
	status = read_all(file, max, data, len);
	if (status != HRD_OK) {
		int error = errno;

		free(*data);
		*data = NULL;
		errno = error;
	}
	hrd_infile_close(file);
	return status;
}

/* Part by part and by no link at all: where the kernel or a sandbox knows no openat2(). */
static int
open_strictly(int dir, const char *name)
{
	char part[256];
	int at = dup(dir), next;

	while (at >= 0) {
		size_t len = strcspn(name, "/");
		bool last = name[len] == '\0';

		errno = len >= sizeof(part) ? ENAMETOOLONG : ELOOP;
		if (len >= sizeof(part) || strncmp(name, "..", len > 2 ? len : 2) == 0) {
			close(at);
			return -1;
		}
		memcpy(part, name, len);
		part[len] = '\0';
		next = len == 0 ? dup(at)
				: openat(at, part,
				      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
					  (last ? 0 : O_DIRECTORY));
		close(at);
		if (last)
			return next;
		at = next;
		name += len + 1;
	}
	return -1;
}

/* O_NONBLOCK: a FIFO must not hold up the reader. */
static int
open_below(const char *dir, const char *name)
{
	const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int at = open(dir[0] != '\0' ? dir : ".", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	if (at < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, at, name, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_strictly(at, name);
	close(at);
	return fd;
}

int
hrd_infile_read_below(const char *dir, const char *name, size_t max, char **data, size_t *len)
{
	int fd = open_below(dir, name), status = HRD_EIO, error;
	struct stat st;
	FILE *file = NULL;

	*data = NULL;
	*len = 0;
	if (fd < 0)
		return HRD_EIO;
	if (fstat(fd, &st) == 0) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		file = S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
	}
	error = errno;
	if (file == NULL) {
		close(fd);
	} else {
		status = read_all(file, max, data, len);
		error = errno;
		fclose(file);
	}
	if (status != HRD_OK) {
		free(*data);
		*data = NULL;
	}
	errno = error;
	return status;
}
