/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening and reading regular files. */
#include <config.h>

#include "lib/base/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
fail(const char **why)
{
	*why = strerror(errno);
	return errno == ENOENT ? HRD_ENOENT : HRD_EIO;
}

static int
refuse_kind(const struct stat *st, const char **why)
{
	errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
	*why = S_ISDIR(st->st_mode) ? strerror(EISDIR) : "not a regular file";
	return HRD_EIO;
}

int
hrd_open_regular(const char *path, int *fd, struct stat *st, const char **why)
{
	int error;

	/* Opening a device can do something: look first. */
	if (stat(path, st) != 0)
		return fail(why);
	if (!S_ISREG(st->st_mode))
		return refuse_kind(st, why);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	if (*fd < 0)
		return fail(why);
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return HRD_OK;
	/* It was replaced between the two looks. */
	error = errno;
	close(*fd);
	errno = error;
	return S_ISREG(st->st_mode) ? fail(why) : refuse_kind(st, why);
}

/* Reads to the end, which may have moved since the file was described. */
static int
read_to_end(int fd, uint8_t *data, size_t size, size_t *len)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return HRD_EIO;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*len = done;
	return HRD_OK;
}

static int
read_all(int fd, size_t size, size_t max, uint8_t **data, size_t *len, const char **why)
{
	uint8_t *buffer;
	int status;

	*why = "too large";
	if (size > max)
		return HRD_ELIMIT;
	/* One more shows that it has grown, one is for the NUL. */
	buffer = malloc(size + 2);
	*why = "out of memory";
	if (buffer == NULL)
		return HRD_ENOMEM;
	status = read_to_end(fd, buffer, size + 1, len);
	if (status == HRD_OK && *len == size) {
		buffer[size] = '\0';
		*data = buffer;
		return HRD_OK;
	}
	*why = status == HRD_OK ? "the file changed while it was read" : strerror(errno);
	free(buffer);
	return HRD_EIO;
}

int
hrd_read_regular(
    const char *path, size_t max, uint8_t **data, size_t *len, struct stat *st, const char **why)
{
	struct stat own;
	int fd, error, status;

	if (st == NULL)
		st = &own;
	status = hrd_open_regular(path, &fd, st, why);
	if (status != HRD_OK)
		return status;
	status = read_all(fd, (size_t)st->st_size, max, data, len, why);
	error = errno;
	close(fd);
	errno = error;
	return status;
}
