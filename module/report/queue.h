/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of events from the workers to the reporter: a rate limit, then a ring of fixed size for
 * each worker, in which records lie behind one another.
 *
 * Nothing here blocks or waits. A ring that is full drops the event, which keeps its number, so the
 * gap shows in the file. Each ring has one worker who puts; one thread takes from all of them. */
#ifndef HRD_MODULE_REPORT_QUEUE_H
#define HRD_MODULE_REPORT_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/report/event.h"
#include "module/report/metrics.h"

enum { HRD_EVENTS_RING = 1 << 20 }; /* octets, a power of two: some thousand events */

struct hrd_event_ring;

struct hrd_event_queue {
	struct hrd_metrics *metrics;
	size_t workers;
	_Atomic(struct hrd_event_ring *) rings; /* one a worker; NULL until events are wanted */
	struct hrd_event_ring *oldest;          /* that has what hrd_events_peek() gave */
	_Atomic uint64_t sequence;              /* of the last event */
	_Atomic uint64_t window; /* the second of the rate limit, and how many passed in it */
	_Atomic int wake;        /* eventfd of the reporter, or -1 */
};

/* metrics outlive the queue. Before there are other threads, and after they are gone. */
void hrd_events_init(struct hrd_event_queue *events, struct hrd_metrics *metrics, size_t workers);
void hrd_events_clear(struct hrd_event_queue *events);

/* Makes the rings, once; without memory for them events are dropped. Any one thread. */
void hrd_events_prepare(struct hrd_event_queue *events);

/* Whether one more event may be made in this second (now: seconds; rate: events a second); counts
 * what is suppressed. Any worker. */
bool hrd_events_admit(struct hrd_event_queue *events, uint32_t now, uint32_t rate);

/* Numbers the event and puts a copy into the ring, or drops and counts it. That worker alone. */
void hrd_events_put(struct hrd_event_queue *events, size_t worker, struct hrd_event *event);

/* The event with the lowest number of those that are there, valid until hrd_events_taken(), or
 * NULL. The reporter alone. */
const struct hrd_event *hrd_events_peek(struct hrd_event_queue *events);
/* Frees the place of what hrd_events_peek() gave last. */
void hrd_events_taken(struct hrd_event_queue *events);

/* Octets of its room. Any thread. */
size_t hrd_events_memory(struct hrd_event_queue *events);

/* A number for a line of the reporter's own. */
uint64_t hrd_events_number(struct hrd_event_queue *events);

#endif
