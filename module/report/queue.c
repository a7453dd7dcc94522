/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of events: Vyukov's bounded queue, with one consumer.
 *
 * Each cell has a turn: equal to a position it is free for the event of that position, one more and
 * the event is there; the consumer passes it on to the position one round later. */
#include <config.h>

#include "module/report/queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum { BACKWARDS_MAX = 2 }; /* seconds that the clocks of workers may differ by */

struct hrd_event_cell {
	_Atomic uint64_t turn;
	struct hrd_event event;
};

void
hrd_events_init(struct hrd_events *events, struct hrd_metrics *metrics)
{
	memset(events, 0, sizeof(*events));
	events->metrics = metrics;
	atomic_init(&events->wake, -1);
}

void
hrd_events_clear(struct hrd_events *events)
{
	free(atomic_exchange(&events->cells, NULL));
}

void
hrd_events_prepare(struct hrd_events *events)
{
	struct hrd_event_cell *cells;

	if (atomic_load(&events->cells) != NULL)
		return;
	cells = calloc(HRD_EVENTS_QUEUED, sizeof(*cells));
	for (uint64_t i = 0; cells != NULL && i < HRD_EVENTS_QUEUED; i++)
		atomic_init(&cells[i].turn, i);
	atomic_store(&events->cells, cells);
}

bool
hrd_events_admit(struct hrd_events *events, uint32_t now, uint32_t rate)
{
	uint64_t window = atomic_load_explicit(&events->window, memory_order_relaxed);
	uint64_t next;

	do {
		int32_t passed = (int32_t)(now - (uint32_t)(window >> 32));

		if (passed > 0 || passed < -BACKWARDS_MAX) {
			next = (uint64_t)now << 32 | 1;
		} else if ((uint32_t)window >= rate) {
			hrd_metrics_add(events->metrics, HRD_COUNTER_EVENTS_SUPPRESSED, 1);
			return false;
		} else {
			next = window + 1;
		}
	} while (!atomic_compare_exchange_weak_explicit(
	    &events->window, &window, next, memory_order_relaxed, memory_order_relaxed));
	return true;
}

/* A free cell for the next position, or NULL. */
static struct hrd_event_cell *
claim(struct hrd_events *events, uint64_t *position)
{
	struct hrd_event_cell *cells = atomic_load_explicit(&events->cells, memory_order_acquire);
	uint64_t head = atomic_load_explicit(&events->head, memory_order_relaxed);

	while (cells != NULL) {
		struct hrd_event_cell *cell = &cells[head & (HRD_EVENTS_QUEUED - 1)];
		uint64_t turn = atomic_load_explicit(&cell->turn, memory_order_acquire);

		if (turn == head) {
			if (atomic_compare_exchange_weak_explicit(&events->head, &head, head + 1,
				memory_order_relaxed, memory_order_relaxed)) {
				*position = head;
				return cell;
			}
		} else if ((int64_t)(turn - head) < 0) {
			return NULL;
		} else {
			head = atomic_load_explicit(&events->head, memory_order_relaxed);
		}
	}
	return NULL;
}

void
hrd_events_put(struct hrd_events *events, struct hrd_event *event)
{
	struct hrd_event_cell *cell;
	uint64_t position = 0;

	event->sequence = hrd_events_number(events);
	cell = claim(events, &position);
	if (cell == NULL) {
		hrd_metrics_add(events->metrics, HRD_COUNTER_EVENTS_CROWDED, 1);
		return;
	}
	memcpy(&cell->event, event, hrd_event_size(event));
	atomic_store_explicit(&cell->turn, position + 1, memory_order_release);
	/* Every half queue the reporter is woken: its own rounds are far apart. */
	if (position % (HRD_EVENTS_QUEUED / 2) == HRD_EVENTS_QUEUED / 2 - 1)
		eventfd_write(atomic_load(&events->wake), 1);
}

static struct hrd_event_cell *
oldest(struct hrd_events *events)
{
	struct hrd_event_cell *cells = atomic_load_explicit(&events->cells, memory_order_acquire);

	return cells != NULL ? &cells[events->tail & (HRD_EVENTS_QUEUED - 1)] : NULL;
}

const struct hrd_event *
hrd_events_peek(struct hrd_events *events)
{
	struct hrd_event_cell *cell = oldest(events);

	if (cell == NULL ||
	    atomic_load_explicit(&cell->turn, memory_order_acquire) != events->tail + 1)
		return NULL;
	return &cell->event;
}

void
hrd_events_taken(struct hrd_events *events)
{
	struct hrd_event_cell *cell = oldest(events);

	atomic_store_explicit(&cell->turn, events->tail + HRD_EVENTS_QUEUED, memory_order_release);
	events->tail++;
}

uint64_t
hrd_events_number(struct hrd_events *events)
{
	return atomic_fetch_add_explicit(&events->sequence, 1, memory_order_relaxed) + 1;
}
