/* SPDX-License-Identifier: BSD-3-Clause */
/* The replacement of generations under running workers. */
#include <config.h>

#include "module/reload/store.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { OUR_SLOTS = 1 }; /* behind those of the workers */

/* What has to be there before a generation is in force. */
static void
prepare(struct hrd_store *store, const struct hrd_generation *next)
{
	if (next->settings->events.file != NULL)
		hrd_events_prepare(&store->events);
	if (next->settings->events.file != NULL || next->settings->audit_file != NULL)
		atomic_store(&store->audit.wanted, true);
	atomic_store(&store->observe_all, next->settings->observe_all);
}

int
hrd_store_init(struct hrd_store *store, size_t slots, struct hrd_generation *first)
{
	size_t ready = 0;

	store->slot_count = 0;
	atomic_init(&store->current, first);
	hrd_metrics_init(&store->metrics);
	hrd_events_init(&store->events, &store->metrics, slots);
	hrd_audit_init(&store->audit);
	atomic_init(&store->observe_all, false);
	prepare(store, first);
	store->slots =
	    aligned_alloc(HRD_WORKER_SLOT_ALIGN, (slots + OUR_SLOTS) * sizeof(*store->slots));
	for (; store->slots != NULL && ready < slots + OUR_SLOTS; ready++) {
		memset(&store->slots[ready], 0, sizeof(store->slots[ready]));
		if (pthread_mutex_init(&store->slots[ready].lock, NULL) != 0)
			break;
	}
	if (ready < slots + OUR_SLOTS) {
		while (ready-- > 0)
			pthread_mutex_destroy(&store->slots[ready].lock);
		free(store->slots);
		store->slots = NULL;
		atomic_store(&store->current, NULL);
		hrd_store_clear(store);
		return HRD_ENOMEM;
	}
	store->slot_count = slots;
	return HRD_OK;
}

struct hrd_generation *
hrd_store_clear(struct hrd_store *store)
{
	for (size_t i = 0; store->slots != NULL && i < store->slot_count + OUR_SLOTS; i++) {
		hrd_tally_clear(&store->slots[i].tally);
		pthread_mutex_destroy(&store->slots[i].lock);
	}
	free(store->slots);
	store->slots = NULL;
	store->slot_count = 0;
	hrd_events_clear(&store->events);
	hrd_audit_clear(&store->audit);
	return atomic_exchange(&store->current, NULL);
}

const struct hrd_generation *
hrd_store_enter(struct hrd_store *store, size_t slot)
{
	pthread_mutex_lock(&store->slots[slot].lock);
	return atomic_load(&store->current);
}

void
hrd_store_leave(struct hrd_store *store, size_t slot)
{
	pthread_mutex_unlock(&store->slots[slot].lock);
}

struct hrd_generation *
hrd_store_publish(struct hrd_store *store, struct hrd_generation *next)
{
	struct hrd_generation *old;

	prepare(store, next);
	old = atomic_exchange(&store->current, next);
	for (size_t i = 0; i < store->slot_count + OUR_SLOTS; i++) {
		pthread_mutex_lock(&store->slots[i].lock);
		pthread_mutex_unlock(&store->slots[i].lock);
	}
	return old;
}

size_t
hrd_store_reporter_slot(const struct hrd_store *store)
{
	return store->slot_count;
}

bool
hrd_store_tally(struct hrd_store *store, struct hrd_tally *total)
{
	uint64_t folded = 0;
	bool complete = true;

	hrd_tally_reset(total);
	for (size_t i = 0; i < store->slot_count; i++) {
		const struct hrd_tally *tally = &store->slots[i].tally;

		pthread_mutex_lock(&store->slots[i].lock);
		folded += tally->folded;
		for (size_t j = 0; j < tally->size; j++) {
			if (tally->entries[j].texts != NULL)
				complete &= hrd_tally_add(
				    total, &tally->entries[j].series, tally->entries[j].count);
		}
		pthread_mutex_unlock(&store->slots[i].lock);
	}
	total->folded += folded;
	return complete;
}

size_t
hrd_store_memory(struct hrd_store *store)
{
	size_t octets = hrd_events_memory(&store->events);

	for (size_t i = 0; i < store->slot_count; i++) {
		const struct hrd_generation *generation = hrd_store_enter(store, i);

		if (i == 0)
			octets += hrd_generation_memory(generation);
		octets += sizeof(store->slots[i]) +
			  store->slots[i].tally.size * sizeof(*store->slots[i].tally.entries);
		hrd_store_leave(store, i);
	}
	return octets;
}
