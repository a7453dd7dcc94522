/* SPDX-License-Identifier: BSD-3-Clause */
/* Output files that are complete or absent: temporary file in the same directory, fsync, rename,
 * fsync of the directory. A set is published all or none: every file is written and synced and
 * every target looked at before the first rename, and the last one added (the manifest) is renamed
 * last. A final symbolic link stays, what it leads to is replaced. "-" is stdout; that, and a
 * device or FIFO that is named (/dev/stdout too), is written to as it is. Temporary files are
 * removed on failure and on signals that end the program. One thread: signals remove what is
 * unfinished of the whole program. */
#ifndef HRD_RPZGEN_BASE_OUTFILE_H
#define HRD_RPZGEN_BASE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/status.h"

struct hrd_outset;

/* dir: created (one level, 0755) when missing, which fails at the first file; NULL = as named. NULL
 * when out of memory. */
struct hrd_outset *hrd_outset_new(const char *dir);
/* True when the path stands for standard output: "-", or its name among devices. */
bool hrd_is_stdout(const char *path);
/* True when the path is that of the regular file `input`, by whatever name or link: writing there
 * would replace what is read. False for "-", and where either cannot be looked at. */
bool hrd_replaces_input(const char *output, const char *input);
/* True when what is written to the path would be a file of that directory itself; a link counts as
 * what it leads to. False for "-", and where either cannot be looked at. */
bool hrd_output_lies_in(const char *output, const char *dir);
/* Opens a file of the set for writing; the stream belongs to the set. NULL with errno; EEXIST: a
 * file of the set has that name. */
FILE *hrd_outset_add(struct hrd_outset *set, const char *name);
/* The same for a file with a secret: mode 0600, unbuffered, and it must not exist (EEXIST). */
FILE *hrd_outset_add_secret(struct hrd_outset *set, const char *name);
/* Waits until nobody else has the lock of the directory, and keeps it until the set is freed: from
 * what a run reads there to what it writes. False with errno when there is no directory. */
bool hrd_outset_lock(struct hrd_outset *set);
/* True for a stream of the set whose file gets its name at the commit; false for stdout, devices
 * and FIFOs, which have what is written at once. */
bool hrd_outset_is_file(const struct hrd_outset *set, const FILE *stream);
/* Opens what was written to such a file so far, for reading; the caller closes it. NULL with errno.
 */
FILE *hrd_outset_reopen(const struct hrd_outset *set, FILE *stream);
/* The errno of a write to the stream that failed earlier, which stdio forgets: one more write
 * finds it again. */
int hrd_stream_errno(FILE *stream);
/* Publishes all; HRD_EIO with errno and *what = the path or call that failed, nothing replaced
 * before the first rename. */
HRD_MUST_USE int hrd_outset_commit(struct hrd_outset *set, const char **what);
/* What a report can say after a failed commit: that nothing was written, or that only a part is
 * new. Static text. */
const char *hrd_outset_closing(const struct hrd_outset *set);
void hrd_outset_free(struct hrd_outset *set); /* removes what was not committed; NULL-safe */

#endif
