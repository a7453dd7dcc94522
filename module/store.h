/* SPDX-License-Identifier: BSD-3-Clause */
/* What the module enforces, and how it is replaced under running workers.
 *
 * A generation is settings and policies together, immutable once published.  One atomic pointer
 * names the current one.  A worker takes the lock of its own slot, loads the pointer, uses it and
 * lets go; it keeps nothing across calls, in a query or anywhere else.  Whoever publishes swaps the
 * pointer, passes every slot's lock once, and may then free the old generation: no worker can still
 * hold it.  A slot's lock is contended only while somebody publishes.
 *
 * An image that did not change is shared by successive generations; its count of users belongs to
 * the one thread that loads and frees generations. */
#ifndef HRD_MODULE_STORE_H
#define HRD_MODULE_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <sys/stat.h>

#include "lib/policy.h"
#include "lib/status.h"
#include "module/allow.h"
#include "module/decide.h"
#include "module/events.h"
#include "module/metrics.h"
#include "module/settings.h"

/* One image in memory. */
struct hrd_image {
	struct hrd_policy *policy;
	unsigned users;   /* generations that use it */
	struct stat file; /* as it was when opened: tells whether the path names another now */
};

struct hrd_generation {
	struct hrd_settings *settings;
	struct hrd_layers
	    layers; /* the allow list, if any, then the policies in configured order */
	struct hrd_image **images; /* one a policy of the settings */
	struct hrd_layer *storage; /* of layers */
	struct hrd_allow allow;    /* its policy is NULL where nothing is allowed */
	uint64_t *skipped;         /* for each group of clients: the layers that skip it */
};

/* Reads the settings file and every image it names.  previous: a generation whose images are taken
 * over where their files are unchanged, or NULL.  Faults are said (module/say.h), one line each.
 * HRD_EINVAL, HRD_ECORRUPT, HRD_EVERSION, HRD_EIO, HRD_ENOMEM: nothing is changed. */
HRD_MUST_USE int hrd_generation_load(
    const char *settings_path, const struct hrd_generation *previous, struct hrd_generation **out);

/* A generation that enforces nothing; it has the settings, where they can be read, so that their
 * files are watched.  NULL when out of memory. */
struct hrd_generation *hrd_generation_empty(const char *settings_path);

/* NULL-safe.  Only when no worker can hold it. */
void hrd_generation_free(struct hrd_generation *generation);

/* Octets held by its images. */
size_t hrd_generation_memory(const struct hrd_generation *generation);

enum { HRD_SLOT_ALIGN = 64 }; /* octets: a cache line, so that workers do not share one */

struct hrd_slot {
	_Alignas(HRD_SLOT_ALIGN) pthread_mutex_t lock;
	struct hrd_tally tally; /* matches that this worker met; guarded by the lock */
};

struct hrd_store {
	struct hrd_generation *_Atomic current;
	struct hrd_slot *slots; /* one a worker thread, and one more for the reporter */
	size_t slot_count;      /* of workers */
	struct hrd_metrics metrics;
	struct hrd_events events;
	atomic_bool observe_all; /* "observe: all" of the current settings */
};

/* Makes a store of `slots` slots with a first generation, which it takes.  HRD_ENOMEM. */
HRD_MUST_USE int hrd_store_init(
    struct hrd_store *store, size_t slots, struct hrd_generation *first);

/* Frees the current generation too.  No worker may be left. */
void hrd_store_clear(struct hrd_store *store);

/* Begins and ends one use by the worker of that slot.  Between them nothing may block, and no
 * other use may begin in the same thread. */
const struct hrd_generation *hrd_store_enter(struct hrd_store *store, size_t slot);
void hrd_store_leave(struct hrd_store *store, size_t slot);

/* The slot of the one thread that reports. */
size_t hrd_store_reporter_slot(const struct hrd_store *store);

/* Adds up what all workers have met; true when nothing was left out for want of memory.  Takes the
 * lock of one slot after the other. */
bool hrd_store_tally(struct hrd_store *store, struct hrd_tally *total);

/* Makes `next` the current generation and gives back the old one, which no worker holds any more.
 * Waits for workers that are within a use: microseconds.  One publisher at a time, never from
 * within a use. */
struct hrd_generation *hrd_store_publish(struct hrd_store *store, struct hrd_generation *next);

#endif
