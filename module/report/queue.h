/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of events from the workers to the reporter: a rate limit, then a queue of fixed size.
 *
 * Nothing here blocks or waits. A queue that is full drops the event, which keeps its number, so
 * the gap shows in the file. Any number of workers put, one thread takes. */
#ifndef HRD_MODULE_REPORT_QUEUE_H
#define HRD_MODULE_REPORT_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "module/report/event.h"
#include "module/report/metrics.h"

enum { HRD_EVENTS_QUEUED = 4096 }; /* a power of two */

struct hrd_event_cell;

struct hrd_events {
	struct hrd_metrics *metrics;
	_Atomic(struct hrd_event_cell *) cells; /* NULL until events are wanted */
	_Atomic uint64_t head;                  /* cells put */
	uint64_t tail;                          /* cells taken; the reporter's */
	_Atomic uint64_t sequence;              /* the next event's number */
	_Atomic uint64_t window; /* the second of the rate limit, and how many passed in it */
	_Atomic int wake;        /* eventfd of the reporter, or -1 */
};

/* metrics outlive the queue. Before there are other threads, and after they are gone. */
void hrd_events_init(struct hrd_events *events, struct hrd_metrics *metrics);
void hrd_events_clear(struct hrd_events *events);

/* Makes the queue, once; without memory for it events are dropped. Any one thread. */
void hrd_events_prepare(struct hrd_events *events);

/* Whether one more event may be made in this second (now: seconds; rate: events a second); counts
 * what is suppressed. Any worker. */
bool hrd_events_admit(struct hrd_events *events, uint32_t now, uint32_t rate);

/* Numbers the event and puts a copy into the queue, or drops and counts it. Any worker. */
void hrd_events_put(struct hrd_events *events, struct hrd_event *event);

/* The oldest event, valid until hrd_events_taken(), or NULL. The reporter alone. */
const struct hrd_event *hrd_events_peek(struct hrd_events *events);
void hrd_events_taken(struct hrd_events *events);

/* A number for a line of the reporter's own. */
uint64_t hrd_events_number(struct hrd_events *events);

#endif
