/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of events. */
#include <config.h>

#include "module/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
hrd_sink_init(struct hrd_sink *sink)
{
	memset(sink, 0, sizeof(*sink));
	sink->fd = -1;
}

static void
shut(struct hrd_sink *sink)
{
	if (sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
}

void
hrd_sink_clear(struct hrd_sink *sink)
{
	shut(sink);
	free(sink->path);
	sink->path = NULL;
}

int
hrd_sink_set(struct hrd_sink *sink, const char *path, bool *other)
{
	char *copy = NULL;

	*other =
	    path != NULL && sink->path != NULL ? strcmp(path, sink->path) != 0 : path != sink->path;
	if (!*other)
		return HRD_OK;
	if (path != NULL && (copy = strdup(path)) == NULL)
		return HRD_ENOMEM;
	hrd_sink_clear(sink);
	sink->path = copy;
	return HRD_OK;
}

/* Whether the path still names the open file. */
static bool
is_current(const struct hrd_sink *sink)
{
	struct stat now;

	return sink->fd >= 0 && stat(sink->path, &now) == 0 && now.st_dev == sink->file.st_dev &&
	       now.st_ino == sink->file.st_ino;
}

/* Opens the file, made if need be with mode 0640 whatever the umask is. */
static int
open_file(const char *path)
{
	enum { FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, MODE = 0640 };
	int fd = open(path, FLAGS);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, FLAGS | O_CREAT | O_EXCL, MODE);
	if (fd < 0 && errno == EEXIST)
		return open(path, FLAGS);
	if (fd >= 0 && fchmod(fd, MODE) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int
hrd_sink_ready(struct hrd_sink *sink)
{
	if (is_current(sink))
		return HRD_OK;
	shut(sink);
	sink->fd = open_file(sink->path);
	if (sink->fd >= 0 && fstat(sink->fd, &sink->file) != 0)
		shut(sink);
	return sink->fd >= 0 ? HRD_OK : HRD_EIO;
}

/* Takes a part of a line out of the file again, so that the next line begins on its own. */
static void
take_back(const struct hrd_sink *sink, size_t written)
{
	off_t end = S_ISREG(sink->file.st_mode) ? lseek(sink->fd, 0, SEEK_END) : -1;

	if (end >= (off_t)written)
		(void)!ftruncate(sink->fd, end - (off_t)written);
}

int
hrd_sink_line(struct hrd_sink *sink, const char *line, size_t len)
{
	ssize_t written;

	do
		written = write(sink->fd, line, len);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)len)
		return HRD_OK;
	if (written > 0) {
		take_back(sink, (size_t)written);
		errno = ENOSPC;
	}
	return HRD_EIO;
}
