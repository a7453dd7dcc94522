/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that lines are appended to, by one thread, without ever waiting for it.
 *
 * Before each batch the path is looked at: when it names another file than the open one, or none
 * (rotation by rename), it is opened again; a file that was cut to nothing (copytruncate) goes on
 * from there, since every write appends. A FIFO without reader, or one that does not read, takes
 * nothing. */
#ifndef HRD_MODULE_REPORT_SINK_H
#define HRD_MODULE_REPORT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/status.h"

struct hrd_sink {
	int fd;     /* or -1 */
	char *path; /* NULL: nothing is wanted */
	struct stat file;
};

void hrd_sink_init(struct hrd_sink *sink);  /* wants nothing, has nothing open */
void hrd_sink_clear(struct hrd_sink *sink); /* closes the file; as after init */

/* Sets the path (NULL: none), which is copied; *other tells whether it is another. HRD_ENOMEM. */
HRD_MUST_USE int hrd_sink_set(struct hrd_sink *sink, const char *path, bool *other);

/* Opens the file, or opens it again; a path is set. Made with mode 0640, for events are about
 * people. HRD_EIO with errno set. */
HRD_MUST_USE int hrd_sink_ready(struct hrd_sink *sink);

/* Appends lines, all of them whole or nothing. HRD_EIO with errno set, EAGAIN: a reader is slow. */
HRD_MUST_USE int hrd_sink_line(struct hrd_sink *sink, const char *line, size_t len);

#endif
