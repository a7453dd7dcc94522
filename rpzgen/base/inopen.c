/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens inputs, so that none of them is waited for, or read, for ever. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "rpzgen/base/infile.h"

enum { PIPES_MAX = 32, POLL_MS = 50, CHUNK = 64 << 10, SECOND_US = 1000000 };

/* What came out of a pipe: it comes once, and commands look at an input more than once. */
static struct pipe_text {
	dev_t dev;
	ino_t ino;
	char *data;
	size_t len;
} pipes[PIPES_MAX];
static size_t pipe_count;

/* Standard input, once it is held. */
static struct pipe_text held;
static bool is_held;

const char *
hrd_infile_error(int error)
{
	switch (error) {
	case EXDEV:
	case ELOOP:
		return "a link that leads out of the directory";
	case EINVAL:
		return "no regular file";
	default:
		return hrd_infile_strerror(error);
	}
}

const char *
hrd_infile_strerror(int error)
{
	switch (error) {
	case HRD_INFILE_DEVICE:
		return "a device, which may have no end; give a file, or pipe it into -";
	case HRD_INFILE_NO_WRITER:
		return "a FIFO to which nobody writes; start its writer first, or give a file";
	case HRD_INFILE_SILENT:
		return "a FIFO out of which nothing came for 30 seconds; write a file first, or "
		       "give - and pipe it in";
	case HRD_INFILE_ENDLESS:
		return "a FIFO that gives more than 256 MiB; give a file";
	case HRD_INFILE_LONG_LINE:
		return "a line of more than 1 MiB";
	case HRD_INFILE_HELD_ENDLESS:
		return "standard input gives more than 1 GiB; give a file";
	default:
		return strerror(error);
	}
}

/* A device that can be an input: nothing at all, or somebody who types. */
static bool
is_input(int fd, const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return false;
	return !S_ISCHR(st->st_mode) || st->st_rdev == makedev(1, 3) || isatty(fd);
}

/* Waits for more; false with errno when it has taken too long. heard: when something came last. */
static bool
wait_for_more(int fd, bool has_writer, int64_t heard, bool *ended)
{
	struct pollfd poller = { fd, POLLIN, 0 };
	int64_t seconds = has_writer ? HRD_INFILE_SILENT_SECONDS : HRD_INFILE_WRITER_SECONDS;

	if (hrd_monotonic_us() - heard >= seconds * SECOND_US) {
		errno = has_writer ? HRD_INFILE_SILENT : HRD_INFILE_NO_WRITER;
		return false;
	}
	/* Where nobody has opened it yet nothing is told when somebody does. */
	if (poll(&poller, 1, POLL_MS) > 0)
		*ended = (poller.revents & POLLHUP) != 0 && (poller.revents & POLLIN) == 0;
	return true;
}

static bool
make_room(struct pipe_text *text, size_t *space)
{
	char *bigger;

	if (text->len > HRD_INFILE_PIPE_OCTETS_MAX) {
		errno = HRD_INFILE_ENDLESS;
		return false;
	}
	bigger = hrd_array_reserve(text->data, space, text->len + CHUNK, 1);
	if (bigger == NULL)
		return false;
	text->data = bigger;
	return true;
}

/* Reads a pipe to its end, which is when the last writer has gone. */
static bool
read_pipe(int fd, struct pipe_text *text)
{
	int64_t heard = hrd_monotonic_us();
	bool has_writer = false, ended = false;
	size_t space = 0;

	while (!ended) {
		ssize_t got =
		    make_room(text, &space) ? read(fd, text->data + text->len, CHUNK) : -2;

		if (got > 0) {
			text->len += (size_t)got;
			heard = hrd_monotonic_us();
			has_writer = true;
			continue;
		}
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		ended = got == 0 && has_writer;
		has_writer |= got < 0;
		if (!ended && !wait_for_more(fd, has_writer, heard, &ended))
			return false;
	}
	return true;
}

/* Takes a pipe in; NULL with errno. */
static const struct pipe_text *
take_pipe(int fd, const struct stat *st)
{
	struct pipe_text *text = &pipes[pipe_count];

	for (size_t i = 0; i < pipe_count; i++) {
		if (pipes[i].dev == st->st_dev && pipes[i].ino == st->st_ino)
			return &pipes[i];
	}
	if (pipe_count == PIPES_MAX) {
		errno = EMFILE;
		return NULL;
	}
	*text = (struct pipe_text){ .dev = st->st_dev, .ino = st->st_ino };
	if (read_pipe(fd, text)) {
		pipe_count++;
		return text;
	}
	free(text->data);
	text->data = NULL;
	return NULL;
}

static FILE *
open_text(const struct pipe_text *text)
{
	if (text == NULL)
		return NULL;
	return text->len > 0 ? fmemopen(text->data, text->len, "r") : fopen("/dev/null", "re");
}

static FILE *
open_fd(int fd)
{
	struct stat st;
	FILE *file = NULL;
	int error;

	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode))
		errno = S_ISDIR(st.st_mode) ? EISDIR : errno;
	else if (!is_input(fd, &st))
		errno = HRD_INFILE_DEVICE;
	else if (S_ISFIFO(st.st_mode))
		file = open_text(take_pipe(fd, &st));
	else if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) == 0)
		return fdopen(fd, "r");
	error = errno;
	close(fd);
	errno = error;
	return file;
}

FILE *
hrd_infile_open(const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0) {
		if (is_held)
			return open_text(&held);
		if (fstat(STDIN_FILENO, &st) != 0 || is_input(STDIN_FILENO, &st))
			return stdin;
		errno = HRD_INFILE_DEVICE;
		return NULL;
	}
	/* Not to wait for somebody who writes to a FIFO. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd >= 0 ? open_fd(fd) : NULL;
}

bool
hrd_infile_hold(const char *path)
{
	int status;

	if (strcmp(path, "-") != 0 || is_held)
		return true;
	status = hrd_infile_read(path, HRD_INFILE_HELD_OCTETS_MAX, &held.data, &held.len);
	if (status == HRD_ELIMIT)
		errno = HRD_INFILE_HELD_ENDLESS;
	else if (status == HRD_ENOMEM)
		errno = ENOMEM;
	is_held = status == HRD_OK;
	return is_held;
}

ssize_t
hrd_infile_line(FILE *file, char **line, size_t *size)
{
	size_t len = 0;
	int c = 0;
	bool first = *line == NULL;

	while (c != '\n' && (c = getc_unlocked(file)) != EOF) {
		if (len == HRD_INFILE_LINE_MAX) {
			errno = HRD_INFILE_LONG_LINE;
			return -1;
		}
		if (len + 1 >= *size) {
			char *bigger = hrd_array_reserve(*line, size, len + 2, 1);

			if (bigger == NULL)
				return -1;
			*line = bigger;
		}
		(*line)[len++] = (char)c;
	}
	if (ferror(file))
		return -1;
	if (len == 0)
		return 0;
	(*line)[len] = '\0';
	if (first && hrd_utf8_mark(*line, len) > 0) {
		size_t mark = hrd_utf8_mark(*line, len);

		len -= mark;
		memmove(*line, *line + mark, len + 1);
	}
	return (ssize_t)len;
}

void
hrd_infile_close(FILE *file)
{
	if (file != NULL && file != stdin)
		fclose(file);
}
