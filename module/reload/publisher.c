/* SPDX-License-Identifier: BSD-3-Clause */
/* Publishes generations for several threads. */
#include <config.h>

#include "module/reload/publisher.h"

#include <stdatomic.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"
#include "module/generation/changes.h"

int
hrd_publisher_init(struct hrd_publisher *publisher, struct hrd_store *store,
    hrd_published_fn *published, void *ctx)
{
	publisher->store = store;
	publisher->published = published;
	publisher->ctx = ctx;
	publisher->mode_read = 0;
	return pthread_mutex_init(&publisher->lock, NULL) == 0 ? HRD_OK : HRD_ENOMEM;
}

void
hrd_publisher_clear(struct hrd_publisher *publisher)
{
	pthread_mutex_destroy(&publisher->lock);
}

struct hrd_generation *
hrd_publisher_hold(struct hrd_publisher *publisher)
{
	struct hrd_generation *current;

	pthread_mutex_lock(&publisher->lock);
	current = atomic_load(&publisher->store->current);
	hrd_generation_hold(current);
	pthread_mutex_unlock(&publisher->lock);
	return current;
}

static int
change_mode(const struct hrd_generation *generation, const struct hrd_settings *mode, int64_t now,
    struct hrd_generation **out)
{
	struct hrd_log_buffer lines = { NULL, NULL, 0, 0 };
	struct hrd_settings *settings;
	int status = hrd_settings_with(generation->settings, mode, HRD_SETTING_MODE, &settings);

	if (status != HRD_OK)
		return status;
	/* The load of the same file has to say what it has. */
	hrd_log_collect(&lines);
	status = hrd_generation_renew(generation, settings, now, out);
	hrd_log_collect(NULL);
	hrd_log_buffer_drop(&lines);
	hrd_settings_release(settings);
	return status;
}

/* Makes of it what has the mode of these settings and is of the present: often itself, with one use
 * more. */
static int
adapt(
    struct hrd_generation *generation, const struct hrd_settings *mode, struct hrd_generation **out)
{
	struct hrd_settings *settings = generation->settings;
	int64_t now = (int64_t)time(NULL);
	bool same = hrd_settings_modes_are_same(settings, mode);

	*out = generation;
	if (same && now >= generation->span.since && now < generation->span.until) {
		hrd_generation_hold(generation);
		return HRD_OK;
	}
	if (!same)
		return change_mode(generation, mode, now, out);
	return hrd_generation_renew(generation, settings, now, out);
}

/* The mode that counts: that of these settings, unless a later reading gave what is in force. The
 * lock is held. */
static const struct hrd_settings *
choose_mode(struct hrd_publisher *publisher, const struct hrd_settings *mode, int64_t read)
{
	const struct hrd_generation *current = atomic_load(&publisher->store->current);

	if (mode == NULL || read <= publisher->mode_read)
		return current->settings;
	publisher->mode_read = read;
	return mode;
}

/* The lock is held. */
static void
publish(struct hrd_publisher *publisher, struct hrd_generation *next, int64_t changed)
{
	struct hrd_generation *before;

	atomic_store(&publisher->store->metrics.changed, changed);
	before = hrd_store_publish(publisher->store, next);
	hrd_changes_log(before, next);
	publisher->published(publisher->ctx, before);
	hrd_generation_release(before);
}

int
hrd_publisher_replace(
    struct hrd_publisher *publisher, struct hrd_generation *next, int64_t changed, int64_t read)
{
	struct hrd_generation *adapted;
	int status;

	pthread_mutex_lock(&publisher->lock);
	status = adapt(next, choose_mode(publisher, next->settings, read), &adapted);
	if (status == HRD_OK)
		publish(publisher, adapted, changed);
	pthread_mutex_unlock(&publisher->lock);
	hrd_generation_release(next);
	return status;
}

int
hrd_publisher_adapt(struct hrd_publisher *publisher, const struct hrd_settings *mode, int64_t read)
{
	struct hrd_generation *current, *adapted;
	int status;

	pthread_mutex_lock(&publisher->lock);
	current = atomic_load(&publisher->store->current);
	status = adapt(current, choose_mode(publisher, mode, read), &adapted);
	if (status == HRD_OK && adapted != current)
		publish(publisher, adapted, hrd_monotonic_us());
	else if (status == HRD_OK)
		hrd_generation_release(adapted);
	pthread_mutex_unlock(&publisher->lock);
	return status;
}
