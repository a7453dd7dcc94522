/* SPDX-License-Identifier: BSD-3-Clause */
/* Input files: opened, or whole in memory up to a limit.
 *
 * No input is waited for, or read, for ever. A device is refused, but for /dev/null and terminals.
 * A FIFO is read whole when it is opened first, 256 MiB at most, and each opening begins at its
 * start, so that a pipe of the shell, <(...), is as good as a file; it is given up when nobody
 * writes to it or nothing comes. Standard input is waited for as long as its writer likes, and
 * comes once, unless it is held. What was read of it and of FIFOs stays in memory until the program
 * ends. One thread. */
#ifndef HRD_RPZGEN_BASE_INFILE_H
#define HRD_RPZGEN_BASE_INFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "lib/base/status.h"

enum {
	HRD_INFILE_WRITER_SECONDS = 5,          /* for somebody to open a FIFO */
	HRD_INFILE_SILENT_SECONDS = 30,         /* for more to come out of it */
	HRD_INFILE_PIPE_OCTETS_MAX = 256 << 20, /* out of a FIFO */
	HRD_INFILE_HELD_OCTETS_MAX = 1 << 30,   /* of standard input that is held */
	HRD_INFILE_LINE_MAX = 1 << 20,          /* octets of a line */
	/* Values of errno beside those of the system: */
	HRD_INFILE_DEVICE = 100001,
	HRD_INFILE_NO_WRITER,
	HRD_INFILE_SILENT,
	HRD_INFILE_ENDLESS,
	HRD_INFILE_LONG_LINE,
	HRD_INFILE_HELD_ENDLESS,
};

/* Opens an input ("-" = stdin). NULL with errno, which hrd_infile_strerror() explains. */
FILE *hrd_infile_open(const char *path);

/* For who looks at an input more than once, before the first time: reads stdin whole when the path
 * is "-", so that from then on each opening begins at its start. Other paths need nothing. False
 * with errno, as above. */
bool hrd_infile_hold(const char *path);

/* The next line, with its line end if it has one, and a NUL: its octets, 0 at the end of the file,
 * -1 with errno; a line is bounded. *line: from malloc() or NULL with *size 0, to be freed. It is
 * NULL before the first line, whose byte order mark is left out. */
ssize_t hrd_infile_line(FILE *file, char **line, size_t *size);

/* Closes it, if it is not stdin; NULL-safe. */
void hrd_infile_close(FILE *file);

/* As strerror(), also for what is set here; never NULL. */
const char *hrd_infile_strerror(int error);

/* Reads a file ("-" = stdin); *data is malloc()ed, has a NUL after its len octets, and is freed by
 * the caller. HRD_EIO with errno set, HRD_ELIMIT (over max octets), HRD_ENOMEM. */
HRD_MUST_USE int hrd_infile_read(const char *path, size_t max, char **data, size_t *len);

/* The same for a file that something in a directory names, relative to it: only a regular file that
 * is in the directory, by no link that leads out of it. dir: with its slash at the end, or "".
 * HRD_EIO with errno, which hrd_infile_error() explains; HRD_ELIMIT, HRD_ENOMEM. */
HRD_MUST_USE int hrd_infile_read_below(
    const char *dir, const char *name, size_t max, char **data, size_t *len);

/* What errno says after such a reading has failed; as above. */
const char *hrd_infile_error(int error);

#endif
