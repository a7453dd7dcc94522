/* SPDX-License-Identifier: BSD-3-Clause */
/* The loader's thread: watch, load, publish. */
#include <config.h>

#include "module/reload/loader.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"
#include "module/reload/watch.h"

enum {
	LOOK_MS = 1000,         /* between looks at the files when nothing is heard of them */
	LOOK_REST_MS = 10,      /* between looks however much is heard of them */
	REST_FACTOR = 3,        /* of the time that a load took, until the next */
	BACK_OFF_MS_MAX = 2000, /* between two loads after failures */
	RETRY_MS = 3000,        /* until what failed for a passing reason is tried again */
	KEEP_FACTOR = 10,       /* of the time that writing last good copies took, until the next */
};

struct loader {
	struct hrd_thread thread;
	struct hrd_publisher *publisher;
	const char *settings_path;
	struct hrd_watch watch;
	struct hrd_generation *current; /* what this thread goes by; one use */
	bool again;                     /* the first one is that before a reload of the host */

	uint64_t seen;     /* digest of all files as they were at the last load, good or bad */
	int64_t looked;    /* when that digest was made last, in ms */
	int64_t ended;     /* when the last load was over, in ms */
	int64_t took;      /* that load, ms */
	unsigned failures; /* loads with a fault, in a row */
	bool passing;      /* the fault of the last load may pass by itself */
	bool unpublished;  /* and what it made could not be put into force */
	uint64_t logged;   /* digest of what the last load said */
	int64_t noticed; /* when a change was first seen, by hrd_monotonic_us(); 0: there is none */

	unsigned late;    /* threads left behind that were known to have ended */
	bool unkept;      /* last good copies are to be written */
	bool keep_failed; /* and that failed, which was said */
	int64_t kept;     /* when they were written last, in ms */
	int64_t keeping;  /* how long that took, in ms */
};

static struct hrd_metrics *
metrics_of(const struct loader *loader)
{
	return &loader->publisher->store->metrics;
}

/* Goes by what is in force now. */
static void
refresh(struct loader *loader)
{
	hrd_generation_release(loader->current);
	loader->current = hrd_publisher_hold(loader->publisher);
}

static void
watch(void *ctx, const char *path)
{
	hrd_watch_file(ctx, path);
}

/* Watches what is in force, and nothing that was before. */
static void
watch_all(struct loader *loader)
{
	hrd_watch_renew(&loader->watch);
	hrd_generation_files(loader->current, loader->settings_path, watch, &loader->watch);
}

/* Waits so long, or until something is heard of the files. */
static void
wait_for_change(struct loader *loader, int64_t ms)
{
	int64_t rest = loader->looked + LOOK_REST_MS - hrd_monotonic_ms();

	/* Of a storm of changes only some are looked at. */
	if (rest > 0)
		hrd_thread_wait(&loader->thread, -1, rest);
	if (ms > rest)
		hrd_thread_wait(&loader->thread, loader->watch.fd, ms - (rest > 0 ? rest : 0));
	hrd_watch_empty(&loader->watch);
}

static void
keep(struct loader *loader)
{
	int64_t start = hrd_monotonic_ms();
	bool kept = hrd_generation_keep(loader->current, !loader->keep_failed);

	if (!kept && !loader->keep_failed)
		hrd_metrics_add(metrics_of(loader), HRD_COUNTER_KEEP_FAILURES, 1);
	if (kept && loader->keep_failed)
		hrd_log(HRD_LOG_NOTICE, "the last good copies are in state-dir now");
	loader->keep_failed = !kept;
	loader->unkept = !kept;
	loader->kept = hrd_monotonic_ms();
	loader->keeping = loader->kept - start;
}

/* A thread that was left behind in the midst of a rename may have put an older copy over ours. */
static void
watch_late(struct loader *loader)
{
	unsigned late = hrd_thread_late_count();

	if (late == loader->late)
		return;
	loader->late = late;
	loader->unkept = true;
	hrd_generation_doubt(loader->current);
}

/* When copies are to be written, in ms from now. */
static int64_t
until_keep(const struct loader *loader)
{
	int64_t rest = loader->keep_failed ? RETRY_MS : KEEP_FACTOR * loader->keeping;

	return loader->unkept ? loader->kept + rest - hrd_monotonic_ms() : LOOK_MS;
}

static void
note_result(struct loader *loader, int status, int64_t start)
{
	struct hrd_metrics *metrics = metrics_of(loader);
	int64_t took = hrd_monotonic_us() - start;

	hrd_metrics_reload(metrics, status);
	hrd_metrics_set(metrics, HRD_COUNTER_LOAD_TIME, (uint64_t)took);
	loader->failures = status == HRD_OK ? 0 : loader->failures + 1;
	if (status == HRD_OK)
		hrd_log(HRD_LOG_NOTICE, "reloaded in %lld ms", (long long)(took / 1000));
	else
		hrd_log(HRD_LOG_ERROR,
		    "reload failed: what was in force stays in force of what is bad; the rest was "
		    "reloaded in %lld ms",
		    (long long)(took / 1000));
}

/* Takes the outcome of a load: publishes it and says what it had to say, unless this was another
 * try and nothing is other than it was. */
static void
take(struct loader *loader, int status, struct hrd_generation *next, struct hrd_log_buffer *lines,
    bool again, int64_t start)
{
	uint64_t logged = lines->digest;
	int64_t read;

	loader->passing = next != NULL ? next->passing : true;
	if (again && logged == loader->logged && (next == NULL || !loader->unpublished)) {
		hrd_log_buffer_drop(lines);
		hrd_generation_release(next);
		return;
	}
	loader->logged = logged;
	hrd_log_buffer_print(lines);
	note_result(loader, next != NULL ? next->fault : status, start);
	if (next == NULL)
		return;
	loader->seen = next->seen;
	read = next->settings != loader->current->settings ? start : 0;
	status = hrd_publisher_replace(loader->publisher, next, loader->noticed, read);
	loader->unpublished = status != HRD_OK;
	if (status != HRD_OK) {
		loader->passing = true;
		hrd_log(HRD_LOG_ERROR,
		    "what was reloaded is not in force yet: %s: it is loaded again",
		    hrd_strstatus(status));
	}
	loader->noticed = 0;
	refresh(loader);
	hrd_generation_note_accepted(loader->current);
	watch_all(loader);
	loader->unkept = true;
}

/* Loads; again: no file has changed since the last time. */
static void
load(struct loader *loader, bool again)
{
	struct hrd_load load = { .settings_path = loader->settings_path,
		.previous = loader->current,
		.now = (int64_t)time(NULL),
		.stop = &loader->thread.stopping };
	struct hrd_generation *next;
	struct hrd_log_buffer lines = { NULL, NULL, 0, 0 };
	int64_t start = hrd_monotonic_us();
	int status;

	hrd_log_collect(&lines);
	status = hrd_generation_load(&load, &next);
	hrd_log_collect(NULL);
	if (status == HRD_ESTOP || atomic_load(&loader->thread.stopping)) {
		hrd_log_buffer_drop(&lines);
		hrd_generation_release(next);
		return;
	}
	take(loader, status, next, &lines, again, start);
	loader->ended = hrd_monotonic_ms();
	loader->took = (hrd_monotonic_us() - start) / 1000;
}

/* How long after a load the next may begin: longer and longer after failures. */
static int64_t
interval(const struct loader *loader)
{
	int64_t ms = loader->current->settings->reload_interval;
	int64_t rest = REST_FACTOR * loader->took;

	if (loader->failures > 0 && ms < HRD_RELOAD_INTERVAL_DEFAULT)
		ms = HRD_RELOAD_INTERVAL_DEFAULT;
	for (unsigned i = 0; i < loader->failures && ms < BACK_OFF_MS_MAX; i++)
		ms = 2 * ms < BACK_OFF_MS_MAX ? 2 * ms : BACK_OFF_MS_MAX;
	return ms > rest ? ms : rest;
}

/* Loads when there is a reason to; ms until there may be one. */
static int64_t
see_to_files(struct loader *loader)
{
	uint64_t seen = hrd_generation_look(loader->current, loader->settings_path);
	bool changed = seen != loader->seen;
	int64_t wait;

	loader->looked = hrd_monotonic_ms();
	if (!changed && !loader->passing)
		return LOOK_MS;
	if (changed && loader->noticed == 0)
		loader->noticed = hrd_monotonic_us();
	wait = loader->ended + (changed ? interval(loader) : RETRY_MS) - hrd_monotonic_ms();
	if (wait > 0)
		return wait < LOOK_MS ? wait : LOOK_MS;
	loader->seen = seen;
	load(loader, !changed);
	return 0;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
run(void *arg)
{
	struct loader *loader = arg;

	watch_all(loader);
	if (loader->again)
		load(loader, false);
	hrd_thread_ready(&loader->thread);
	while (!atomic_load(&loader->thread.stopping)) {
		int64_t wait;

		refresh(loader);
		wait = see_to_files(loader);
		watch_late(loader);
		if (until_keep(loader) <= 0 && !atomic_load(&loader->thread.stopping))
			keep(loader);
		wait_for_change(loader, least(wait, until_keep(loader)));
	}
	/* A floor that is not on the disk, or no more, would be lost. */
	if (!loader->keep_failed && !hrd_thread_is_left())
		keep(loader);
}

static void
drop(void *arg)
{
	struct loader *loader = arg;

	hrd_watch_end(&loader->watch);
	hrd_generation_release(loader->current);
	free(loader);
}

int
hrd_loader_start(
    struct hrd_publisher *publisher, const char *settings_path, bool again, struct hrd_thread **out)
{
	struct loader *loader = calloc(1, sizeof(*loader));
	int status;

	if (loader == NULL)
		return HRD_ENOMEM;
	loader->publisher = publisher;
	loader->settings_path = settings_path;
	loader->watch.fd = -1;
	loader->again = again;
	refresh(loader);
	loader->seen = loader->current->seen;
	loader->passing = loader->current->passing;
	loader->failures = loader->current->fault != HRD_OK;
	loader->ended = hrd_monotonic_ms() - loader->current->settings->reload_interval;
	loader->unkept = true;
	loader->kept = hrd_monotonic_ms();
	status = hrd_thread_start(&loader->thread, run, drop, loader);
	if (status == HRD_OK)
		*out = &loader->thread;
	return status;
}
