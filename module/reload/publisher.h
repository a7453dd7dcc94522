/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may replace what is in force, one at a time: the thread that loads, the one that sees to the
 * mode, the one that sees to the time. None waits for another's disk, for each brings what it has
 * read, and of two readings of the mode the one that began last counts, whoever comes first with
 * it. What is in force is that of the present. */
#ifndef HRD_MODULE_RELOAD_PUBLISHER_H
#define HRD_MODULE_RELOAD_PUBLISHER_H

#include <pthread.h>

#include "lib/base/status.h"
#include "module/reload/store.h"

/* Called after a generation has been published, one call at a time, in the thread that did it.
 * before: the one that it replaces; it may be freed afterwards. */
typedef void hrd_published_fn(void *ctx, const struct hrd_generation *before);

struct hrd_publisher {
	struct hrd_store *store;
	hrd_published_fn *published;
	void *ctx;
	pthread_mutex_t lock; /* held while one publishes; guards what follows */
	int64_t mode_read;    /* when the reading began that gave the mode, by hrd_monotonic_us() */
};

/* Over a store with a first generation, which must outlive it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_publisher_init(struct hrd_publisher *publisher, struct hrd_store *store,
    hrd_published_fn *published, void *ctx);

/* No other thread may use it any more. */
void hrd_publisher_clear(struct hrd_publisher *publisher);

/* What is in force, with one use more for the caller. Any thread. */
struct hrd_generation *hrd_publisher_hold(struct hrd_publisher *publisher);

/* Puts what was loaded into force. changed: when the change of the files was seen; read: when the
 * reading of its settings began, 0: they were not read anew; both by hrd_monotonic_us(). Takes
 * `next`, also where it fails. HRD_ENOMEM. */
HRD_MUST_USE int hrd_publisher_replace(
    struct hrd_publisher *publisher, struct hrd_generation *next, int64_t changed, int64_t read);

/* Makes what is in force that of the present, with the mode of these settings, the reading of which
 * began at `read`; NULL: with the mode that it has. HRD_ENOMEM. */
HRD_MUST_USE int hrd_publisher_adapt(
    struct hrd_publisher *publisher, const struct hrd_settings *mode, int64_t read);

#endif
