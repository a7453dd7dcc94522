/* SPDX-License-Identifier: BSD-3-Clause */
/* The loader's thread: watch, load, publish. */
#include <config.h>

#include "module/reload/loader.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "module/base/log.h"
#include "module/base/thread.h"

enum {
	LOOK_MS = 1000,         /* between looks at the files when nothing is heard of them */
	BACK_OFF_MS_MAX = 2000, /* between two loads after failures */
	RETRY_MS = 10000,       /* between two loads while nothing is enforced */
};

struct hrd_loader {
	pthread_t thread;
	struct hrd_store *store;
	const char *settings_path;
	hrd_loader_published_fn *published;
	void *ctx;
	int stop;             /* eventfd */
	atomic_bool stopping; /* ends a load under way */
	int inotify;          /* -1: looking alone has to do */
	uint64_t seen;        /* digest of all files as they were at the last load, good or bad */
	int64_t loaded;       /* when that was, in ms */
	int64_t latest;       /* the wall clock, never going back */
	int64_t tried;        /* the change by time that the last load was for, or 0 */
	int64_t noticed; /* when a change was first seen, by hrd_metrics_now(); 0: there is none */
	unsigned failures; /* in a row */
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const struct hrd_generation *
in_force(const struct hrd_loader *loader)
{
	/* Only this thread replaces and frees generations. */
	return atomic_load(&loader->store->current);
}

/* The time, which does not go back: what has expired stays so. */
static int64_t
wall_clock(struct hrd_loader *loader)
{
	int64_t now = (int64_t)time(NULL);

	if (now > loader->latest)
		loader->latest = now;
	return loader->latest;
}

static void
watch_directory(const struct hrd_loader *loader, const char *path, size_t len)
{
	char *directory = strndup(path, len ? len : 1);

	if (directory != NULL)
		inotify_add_watch(
		    loader->inotify, directory, IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE);
	free(directory);
}

static bool
is_link(const char *path, size_t len)
{
	char *part = strndup(path, len);
	struct stat st;
	bool link = part != NULL && lstat(part, &st) == 0 && S_ISLNK(st.st_mode);

	free(part);
	return link;
}

/* Watches the directories in which the file can be replaced by a rename: its own, and those of the
 * links that lead to it. */
static void
watch(const struct hrd_loader *loader, const char *path)
{
	const char *last = path != NULL ? strrchr(path, '/') : NULL;

	if (loader->inotify < 0 || last == NULL)
		return;
	watch_directory(loader, path, (size_t)(last - path));
	for (const char *slash = strchr(path + 1, '/'), *before = path; slash != NULL;
	     before = slash, slash = strchr(slash + 1, '/'))
		if (is_link(path, (size_t)(slash - path)))
			watch_directory(loader, path, (size_t)(before - path));
}

static void
watch_all(const struct hrd_loader *loader)
{
	const struct hrd_generation *current = in_force(loader);

	watch(loader, loader->settings_path);
	watch(loader, current->settings->local_allow);
	for (size_t i = 0; i < current->settings->policy_count; i++)
		watch(loader, current->settings->policies[i].path);
}

/* How long after a load the next may begin: longer and longer after failures. */
static int64_t
interval(const struct hrd_loader *loader)
{
	int64_t ms = in_force(loader)->settings->reload_interval;

	if (loader->failures == 0)
		return ms;
	if (ms < HRD_RELOAD_INTERVAL_DEFAULT)
		ms = HRD_RELOAD_INTERVAL_DEFAULT;
	for (unsigned i = 0; i < loader->failures && ms < BACK_OFF_MS_MAX; i++)
		ms = 2 * ms < BACK_OFF_MS_MAX ? 2 * ms : BACK_OFF_MS_MAX;
	return ms;
}

static void
note_outcome(struct hrd_loader *loader, int status, int64_t start)
{
	struct hrd_metrics *metrics = &loader->store->metrics;

	hrd_metrics_reload(metrics, status);
	hrd_metrics_set(metrics, HRD_COUNTER_LOAD_TIME, (uint64_t)(hrd_metrics_now() - start));
	loader->failures = status == HRD_OK ? 0 : loader->failures + 1;
}

static void
keep(struct hrd_loader *loader)
{
	if (!hrd_generation_keep(atomic_load(&loader->store->current), loader->settings_path))
		hrd_metrics_add(&loader->store->metrics, HRD_COUNTER_KEEP_FAILURES, 1);
}

static void
publish(struct hrd_loader *loader, struct hrd_generation *next)
{
	struct hrd_generation *before = hrd_store_publish(loader->store, next);

	loader->seen = next->seen;
	loader->published(loader->ctx, before);
	hrd_generation_free(before);
	watch_all(loader);
	keep(loader);
}

static void
load(struct hrd_loader *loader)
{
	struct hrd_load load = { .settings_path = loader->settings_path,
		.previous = in_force(loader),
		.now = wall_clock(loader),
		.stop = &loader->stopping };
	struct hrd_generation *next;
	int64_t start = hrd_metrics_now();
	int status;

	loader->loaded = now_ms();
	loader->tried = load.previous->next_change;
	/* What waited for the interval counts from when it was seen. */
	atomic_store(&loader->store->metrics.changed, loader->noticed);
	loader->noticed = 0;
	status = hrd_generation_load(&load, &next);
	if (status == HRD_ESTOP)
		return;
	note_outcome(loader, status == HRD_OK ? next->fault : status, start);
	if (status != HRD_OK) {
		hrd_log(HRD_LOG_ERROR, "reload failed: what was in force stays in force");
		return;
	}
	hrd_log(
	    HRD_LOG_NOTICE, "reloaded in %lld ms", (long long)((hrd_metrics_now() - start) / 1000));
	publish(loader, next);
}

static void
empty(int fd)
{
	char events[4096];

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		;
}

/* Waits; false when it is time to stop. */
static bool
wait_for_change(const struct hrd_loader *loader, int timeout)
{
	struct pollfd fds[] = { { loader->stop, POLLIN, 0 }, { loader->inotify, POLLIN, 0 } };

	if (poll(fds, 2, timeout) > 0 && fds[0].revents)
		return false;
	empty(loader->inotify);
	return true;
}

/* While nothing is enforced what is missing may be a file that is not looked at, a key's. */
static bool
is_due_again(const struct hrd_loader *loader)
{
	return in_force(loader)->empty && now_ms() - loader->loaded >= RETRY_MS;
}

/* Whether there is a reason to load: a file was replaced, or the time has come. */
static bool
changed(struct hrd_loader *loader, uint64_t *seen)
{
	const struct hrd_generation *current = in_force(loader);
	int64_t now = wall_clock(loader);

	*seen = hrd_generation_look(current, loader->settings_path);
	return *seen != loader->seen || is_due_again(loader) ||
	       (current->next_change != 0 && now >= current->next_change &&
		   loader->tried != current->next_change);
}

static void *
run(void *arg)
{
	struct hrd_loader *loader = arg;
	int timeout = 0;

	hrd_log_in_own_thread();
	keep(loader);
	while (wait_for_change(loader, timeout)) {
		uint64_t seen;
		int64_t rest;

		timeout = LOOK_MS;
		if (!changed(loader, &seen))
			continue;
		if (loader->noticed == 0)
			loader->noticed = hrd_metrics_now();
		rest = loader->loaded + interval(loader) - now_ms();
		if (rest > 0) {
			timeout = (int)rest;
			continue;
		}
		loader->seen = seen;
		load(loader);
	}
	return NULL;
}

static void
loader_free(struct hrd_loader *loader)
{
	if (loader->stop >= 0)
		close(loader->stop);
	if (loader->inotify >= 0)
		close(loader->inotify);
	free(loader);
}

int
hrd_loader_start(struct hrd_store *store, const char *settings_path,
    hrd_loader_published_fn *published, void *ctx, struct hrd_loader **out)
{
	struct hrd_loader *loader = calloc(1, sizeof(*loader));
	int status;

	if (loader == NULL)
		return HRD_ENOMEM;
	loader->store = store;
	loader->settings_path = settings_path;
	loader->published = published;
	loader->ctx = ctx;
	atomic_init(&loader->stopping, false);
	loader->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	loader->loaded = now_ms() - in_force(loader)->settings->reload_interval;
	watch_all(loader);
	loader->seen = in_force(loader)->seen;
	loader->failures = in_force(loader)->fault != HRD_OK;
	status = loader->stop < 0 ? HRD_EIO : hrd_thread_start(&loader->thread, run, loader);
	if (status != HRD_OK) {
		loader_free(loader);
		return status;
	}
	*out = loader;
	return HRD_OK;
}

void
hrd_loader_stop(struct hrd_loader *loader)
{
	if (loader == NULL)
		return;
	atomic_store(&loader->stopping, true);
	eventfd_write(loader->stop, 1);
	pthread_join(loader->thread, NULL);
	loader_free(loader);
}
