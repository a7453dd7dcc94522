/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the queued events to their files, in the reporter's thread.
 *
 * Matches that the file does not take are dropped, counted (hradba_events_dropped_total), logged
 * once, and reported in the file when it can be written again; a reader of a FIFO that is slow is
 * given a second. Audit events wait in their queue until the file takes them. Where no file of
 * their own is wanted they go where the matches go. */
#ifndef HRD_MODULE_REPORT_EVENTLOG_H
#define HRD_MODULE_REPORT_EVENTLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "module/report/audit.h"
#include "module/report/logfile.h"
#include "module/report/queue.h"

/* A file, and how it fares. */
struct hrd_eventlog_file {
	struct hrd_logfile file;
	bool failing;    /* and it was logged */
	int64_t stalled; /* since when the reader is slow, by hrd_monotonic_us(); 0: it is not */
	uint64_t lost_before; /* of all events, when it began to fail */
};

struct hrd_eventlog {
	struct hrd_event_queue *events;
	struct hrd_audit *audit;
	struct hrd_eventlog_file matches, separate; /* separate: for audit events, if wanted */
	struct hrd_event_source source;
	char head[HRD_ENTRY_HEAD_MAX]; /* of source; "": not made yet */
	bool head_named;               /* with the installation's name */
	struct hrd_ipcrypt *pseudonyms;
	int64_t reported; /* when losses were reported last, by hrd_monotonic_us() */
	uint64_t reported_suppressed, reported_dropped; /* what was reported, of all */
};

/* What is wanted from now on; the texts are borrowed for the call. */
struct hrd_eventlog_want {
	struct hrd_logfile_want matches, audit; /* audit.path NULL: where the matches go */
};

/* serial, host: as in hrd_event_source, borrowed. */
void hrd_eventlog_init(struct hrd_eventlog *log, struct hrd_event_queue *events,
    struct hrd_audit *audit, const char *serial, const char *host);
/* Closes the files and frees what it holds. */
void hrd_eventlog_clear(struct hrd_eventlog *log);

/* Takes the key of pseudonyms, of HRD_IPCRYPT_KEY_LEN octets, which is copied; NULL, or one that is
 * no good: who has a pseudonym is left out. */
void hrd_eventlog_take_key(struct hrd_eventlog *log, const uint8_t *key);

/* Where to from now on; a round does that too. */
void hrd_eventlog_set(struct hrd_eventlog *log, const struct hrd_eventlog_want *want);

/* Writes what there is. */
void hrd_eventlog_round(struct hrd_eventlog *log, const struct hrd_eventlog_want *want);

/* Writes a line about the server itself, and takes the next keys. False: no file took it. */
bool hrd_eventlog_heartbeat(struct hrd_eventlog *log, struct hrd_heartbeat *beat);

/* Nothing comes after: what a slow reader has not taken is dropped, and counted. */
void hrd_eventlog_end(struct hrd_eventlog *log);

#endif
