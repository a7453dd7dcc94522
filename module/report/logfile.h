/* SPDX-License-Identifier: BSD-3-Clause */
/* A file of lines: written in batches, each line linked to the one before where that is wanted
 * (lib/crypto/loglink.h), across rotation and restart.
 *
 * Where the log stands is kept in state-dir ("chain-DIGEST-OF-PATH", mode 0600), with the key in
 * force; that of a keyed log is taken from its file at the first start alone. At a start the last
 * line of the file counts where the state is older (the process was killed); where the file ends
 * before the state, lines were cut off, and the numbers show it. An unfinished line at the end of
 * the file is taken away. What a reload of the server finds no state for goes on from the memory of
 * the process; a state that cannot be written is tried again.
 *
 * A log is one thread's. Where ended ones stood is kept for the process, behind a lock. Nothing
 * waits for the file. */
#ifndef HRD_MODULE_REPORT_LOGFILE_H
#define HRD_MODULE_REPORT_LOGFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/crypto/loglink.h"
#include "module/report/entry.h"
#include "module/report/sink.h"

/* Where lines go. The texts are borrowed. */
struct hrd_logfile_want {
	const char *path; /* or NULL: nowhere */
	bool chain;
	const char *key;       /* file of the first key, or NULL: not keyed */
	const char *state_dir; /* or NULL */
};

enum { HRD_LOGFILE_BATCH = 64 << 10 };

struct hrd_logfile {
	struct hrd_sink sink;
	bool chain, opened;        /* link says where the log stands */
	struct hrd_log_link link;  /* of the last line of the batch */
	struct hrd_log_link saved; /* the state in state-dir */
	char *key, *state;         /* files */
	int state_fd;              /* or -1 */
	bool state_failing;        /* it cannot be kept, and that was said */
	bool no_key;               /* one is wanted and was not there: an alarm */
	char key_id[2 * HRD_LOG_KEY_ID_LEN + 1];
	size_t len;                /* of the batch */
	struct hrd_log_link start; /* before the batch */
	char *batch;
};

/* Where a log's place in its chain is kept, with the present key, so that the first one is needed
 * no more; malloc()ed, NULL when out of memory. */
char *hrd_logfile_state_path(const char *state_dir, const char *path);

/* Wants nothing, has nothing open. */
void hrd_logfile_init(struct hrd_logfile *file);
/* Keeps where the log stands, closes the file, wipes the key. */
void hrd_logfile_clear(struct hrd_logfile *file);

/* Sets where to; what was added must have been written. *other: it is another place, or way, than
 * before. HRD_ENOMEM. */
HRD_MUST_USE int hrd_logfile_set(
    struct hrd_logfile *file, const struct hrd_logfile_want *want, bool *other);

/* Opens the file, or opens it again. HRD_EIO with errno set, HRD_ENOENT: none is wanted. */
HRD_MUST_USE int hrd_logfile_ready(struct hrd_logfile *file);

/* The link of the line before the next, or NULL: for hrd_event_source. */
const struct hrd_log_link *hrd_logfile_link(const struct hrd_logfile *file);

/* Whether a line must be written at once, since a part of a batch cannot be taken back. */
bool hrd_logfile_is_stream(const struct hrd_logfile *file);

/* Adds a line (LF included) to the batch, linked; false: there is no room before a write. */
bool hrd_logfile_add(struct hrd_logfile *file, const char *line, size_t len);

/* Writes the batch: all of it, or nothing, and then it is gone and its lines with it. Octets are
 * counted in *written. HRD_EIO with errno set. */
HRD_MUST_USE int hrd_logfile_write(struct hrd_logfile *file, uint64_t *written);

/* Takes the next key, after a heartbeat. */
void hrd_logfile_next_key(struct hrd_logfile *file);

/* Keeps where the log stands, for the next start. */
void hrd_logfile_keep(struct hrd_logfile *file);

#endif
