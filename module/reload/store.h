/* SPDX-License-Identifier: BSD-3-Clause */
/* What the module enforces, and how it is replaced under running workers.
 *
 * A generation is settings and policies together, immutable once published. One atomic pointer
 * names the current one. A worker takes the lock of its own slot, loads the pointer, uses it and
 * lets go; it keeps nothing across calls, in a query or anywhere else. Whoever publishes swaps the
 * pointer, passes every slot's lock once, and may then free the old generation: no worker can still
 * hold it. A slot's lock is contended only while somebody publishes.
 *
 * A worker may hold locks of the host's caches when it takes its slot's lock (it answers from the
 * cache), and may take some while it holds it (it sweeps, or forgets an answer). That is no
 * deadlock: nobody but the worker waits for anything with its slot's lock held. Who publishes,
 * reports or asks for sizes takes it with no lock of the host's held, and takes none before it lets
 * go. ThreadSanitizer does not see that both orders are the same thread's.
 *
 * What did not change is shared by successive generations and counted by them, not by workers: what
 * a worker sees between enter and leave is held by the current generation. */
#ifndef HRD_MODULE_RELOAD_STORE_H
#define HRD_MODULE_RELOAD_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "module/generation/generation.h"
#include "module/report/audit.h"
#include "module/report/metrics.h"
#include "module/report/queue.h"

enum { HRD_WORKER_SLOT_ALIGN = 64 }; /* octets: a cache line, so that workers do not share one */

struct hrd_worker_slot {
	_Alignas(HRD_WORKER_SLOT_ALIGN) pthread_mutex_t lock;
	struct hrd_tally tally; /* matches that this worker met; guarded by the lock */
};

struct hrd_store {
	struct hrd_generation *_Atomic current;
	/* one a worker thread, and one for a thread of ours, the reporter */
	struct hrd_worker_slot *slots;
	size_t slot_count; /* of workers */
	struct hrd_metrics metrics;
	struct hrd_event_queue events;
	struct hrd_audit audit;
	atomic_bool observe_all; /* "observe: all" of the current settings */
};

/* Makes a store of `slots` slots with a first generation, which it takes. HRD_ENOMEM: it has not.
 */
HRD_MUST_USE int hrd_store_init(
    struct hrd_store *store, size_t slots, struct hrd_generation *first);

/* Gives back the current generation, if there is one, and frees the rest. No worker and no thread
 * of ours may be left. */
struct hrd_generation *hrd_store_clear(struct hrd_store *store);

/* Begins and ends one use by the worker of that slot; never NULL. Between them nothing may block,
 * and no other use may begin in the same thread. */
const struct hrd_generation *hrd_store_enter(struct hrd_store *store, size_t slot);
void hrd_store_leave(struct hrd_store *store, size_t slot);

/* The slot of the one thread that reports. */
size_t hrd_store_reporter_slot(const struct hrd_store *store);

/* Octets of what is in force, of the queue of events and of the counts. Enters each worker's slot,
 * one after the other. Any thread, not from within a use. */
size_t hrd_store_memory(struct hrd_store *store);

/* Adds up what all workers have met; true when nothing was left out for want of memory. Takes the
 * lock of one slot after the other. */
bool hrd_store_tally(struct hrd_store *store, struct hrd_tally *total);

/* Makes `next` the current generation and gives back the old one, which no worker holds any more.
 * Waits for workers that are within a use: microseconds. One publisher at a time, never from
 * within a use. */
struct hrd_generation *hrd_store_publish(struct hrd_store *store, struct hrd_generation *next);

#endif
