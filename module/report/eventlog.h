/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the queued events to their file, in the reporter's thread.
 *
 * What the file does not take is dropped, counted (hradba_events_dropped_total), said once, and
 * told in the file when it can be written again. A reader of a FIFO that is slow is given a
 * second. */
#ifndef HRD_MODULE_REPORT_EVENTLOG_H
#define HRD_MODULE_REPORT_EVENTLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "module/report/queue.h"
#include "module/report/sink.h"

struct hrd_eventlog {
	struct hrd_events *events;
	struct hrd_sink sink;
	bool failing;    /* and said so */
	int64_t stalled; /* since when the reader is slow, by hrd_metrics_now(); 0: it is not */
	int64_t told;    /* when losses were told last, by hrd_metrics_now() */
	uint64_t told_suppressed, told_dropped; /* what was told, of all */
};

void hrd_eventlog_init(struct hrd_eventlog *log, struct hrd_events *events);
void hrd_eventlog_clear(struct hrd_eventlog *log);

/* Writes what there is; path: where to from now on, or NULL. */
void hrd_eventlog_round(struct hrd_eventlog *log, const char *path);

/* Nothing comes after: what a slow reader has not taken is dropped, and counted. */
void hrd_eventlog_end(struct hrd_eventlog *log);

#endif
