/* SPDX-License-Identifier: BSD-3-Clause */
/* Rings of records: a worker writes behind the last one and then tells so, the reporter reads and
 * then tells that the room is free. Each side keeps what it last heard of the other, so that they
 * look at one another's cache lines once for many events. */
#include <config.h>

#include "module/report/queue.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum { BACKWARDS_MAX = 2 }; /* seconds that the clocks of workers may differ by */

enum { CACHE_LINE = 64, UNIT = 8 }; /* records are as many octets as a multiple of UNIT */

/* In the place of a record's number, where none fits before the end of the ring. */
enum { SKIP = 0 };

struct hrd_event_ring {
	_Alignas(CACHE_LINE) _Atomic uint64_t put; /* octets, ever */
	uint64_t room_until;                       /* put may go so far: the worker's */
	_Alignas(CACHE_LINE) _Atomic uint64_t taken;
	uint64_t there_until; /* taken may go so far: the reporter's */
	_Alignas(CACHE_LINE) char octets[HRD_EVENTS_RING];
};

_Static_assert(sizeof(struct hrd_event) <= HRD_EVENTS_RING / 2, "any event finds room");

void
hrd_events_init(struct hrd_event_queue *events, struct hrd_metrics *metrics, size_t workers)
{
	memset(events, 0, sizeof(*events));
	events->metrics = metrics;
	events->workers = workers;
	atomic_init(&events->wake, -1);
}

void
hrd_events_clear(struct hrd_event_queue *events)
{
	free(atomic_exchange(&events->rings, NULL));
}

void
hrd_events_prepare(struct hrd_event_queue *events)
{
	struct hrd_event_ring *rings;

	if (atomic_load(&events->rings) != NULL)
		return;
	/* Written to once, so that no worker waits for the kernel to find the memory. */
	rings = aligned_alloc(CACHE_LINE, events->workers * sizeof(*rings));
	if (rings != NULL)
		memset(rings, 0, events->workers * sizeof(*rings));
	for (size_t i = 0; rings != NULL && i < events->workers; i++)
		rings[i].room_until = HRD_EVENTS_RING;
	atomic_store(&events->rings, rings);
}

bool
hrd_events_admit(struct hrd_event_queue *events, uint32_t now, uint32_t rate)
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

/* Octets that a record takes. */
static size_t
size_of(const struct hrd_event *event)
{
	return (hrd_event_size(event) + UNIT - 1) / UNIT * UNIT;
}

/* Whether there is room for so many octets behind what was put. */
static bool
has_room(struct hrd_event_ring *ring, uint64_t put, size_t octets)
{
	if (ring->room_until - put >= octets)
		return true;
	ring->room_until =
	    atomic_load_explicit(&ring->taken, memory_order_acquire) + HRD_EVENTS_RING;
	return ring->room_until - put >= octets;
}

static bool
put(struct hrd_event_ring *ring, const struct hrd_event *event, int wake)
{
	uint64_t before = atomic_load_explicit(&ring->put, memory_order_relaxed), after = before;
	size_t size = size_of(event), at = before % HRD_EVENTS_RING;
	size_t left = HRD_EVENTS_RING - at, skipped = left < size ? left : 0;
	uint64_t skip = SKIP;

	if (!has_room(ring, before, skipped + size))
		return false;
	if (skipped > 0) {
		memcpy(ring->octets + at, &skip, sizeof(skip));
		after += skipped;
		at = 0;
	}
	memcpy(ring->octets + at, event, hrd_event_size(event));
	after += size;
	atomic_store_explicit(&ring->put, after, memory_order_release);
	/* Every half ring the reporter is woken: its own rounds are far apart. */
	if (before / (HRD_EVENTS_RING / 2) != after / (HRD_EVENTS_RING / 2))
		eventfd_write(wake, 1);
	return true;
}

void
hrd_events_put(struct hrd_event_queue *events, size_t worker, struct hrd_event *event)
{
	struct hrd_event_ring *rings = atomic_load_explicit(&events->rings, memory_order_acquire);

	event->sequence = hrd_events_number(events);
	if (rings == NULL || !put(&rings[worker], event, atomic_load(&events->wake)))
		hrd_metrics_add(events->metrics, HRD_COUNTER_EVENTS_CROWDED, 1);
}

/* Whether something is there. */
static bool
has_more(struct hrd_event_ring *ring, uint64_t taken)
{
	if (ring->there_until == taken)
		ring->there_until = atomic_load_explicit(&ring->put, memory_order_acquire);
	return ring->there_until != taken;
}

static void
take(struct hrd_event_ring *ring, size_t octets)
{
	uint64_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);

	atomic_store_explicit(&ring->taken, taken + octets, memory_order_release);
}

/* The first event of a ring, or NULL. */
static const struct hrd_event *
first_of(struct hrd_event_ring *ring)
{
	uint64_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed), head;
	size_t at = taken % HRD_EVENTS_RING;

	if (!has_more(ring, taken))
		return NULL;
	memcpy(&head, ring->octets + at, sizeof(head));
	if (head != SKIP)
		return (const struct hrd_event *)(const void *)(ring->octets + at);
	take(ring, HRD_EVENTS_RING - at);
	return (const struct hrd_event *)(const void *)ring->octets;
}

const struct hrd_event *
hrd_events_peek(struct hrd_event_queue *events)
{
	struct hrd_event_ring *rings = atomic_load_explicit(&events->rings, memory_order_acquire);
	const struct hrd_event *oldest = NULL;

	for (size_t i = 0; rings != NULL && i < events->workers; i++) {
		const struct hrd_event *event = first_of(&rings[i]);

		if (event == NULL || (oldest != NULL && oldest->sequence < event->sequence))
			continue;
		oldest = event;
		events->oldest = &rings[i];
	}
	return oldest;
}

void
hrd_events_taken(struct hrd_event_queue *events)
{
	take(events->oldest, size_of(first_of(events->oldest)));
}

uint64_t
hrd_events_number(struct hrd_event_queue *events)
{
	return atomic_fetch_add_explicit(&events->sequence, 1, memory_order_relaxed) + 1;
}

size_t
hrd_events_memory(struct hrd_event_queue *events)
{
	return atomic_load(&events->rings) != NULL ? events->workers * sizeof(struct hrd_event_ring)
						   : 0;
}
