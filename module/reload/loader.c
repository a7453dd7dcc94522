/* SPDX-License-Identifier: BSD-3-Clause */
/* The loader's thread: watch, load, publish. */
#include <config.h>

#include "module/reload/loader.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "module/base/log.h"
#include "module/base/look.h"
#include "module/base/thread.h"
#include "module/generation/changes.h"

enum {
	LOOK_MS = 1000,         /* between looks at the files when nothing is heard of them */
	LOOK_REST_MS = 10,      /* between looks however much is heard of them */
	REST_FACTOR = 3,        /* of the time that a load took, until the next */
	BACK_OFF_MS_MAX = 2000, /* between two loads after failures */
	RETRY_MS = 3000,        /* until what failed for a passing reason is tried again */
	SWITCH_MS = 200,        /* between two looks for another mode while a load has to wait */
	KEEP_FACTOR = 10,       /* of the time that writing last good copies took, until the next */
	CLOCK_STEP = 60,        /* seconds: a clock that goes otherwise is worth a line */
};

struct hrd_loader {
	struct hrd_thread thread;
	struct hrd_store *store;
	const char *settings_path;
	hrd_loader_published_fn *published;
	void *ctx;
	int stop;             /* eventfd, or -1: it is seen at the next look */
	atomic_bool stopping; /* ends a load under way */
	int inotify;          /* -1: looking alone has to do */
	bool again;           /* the first generation is that before a reload of the host */

	uint64_t seen;     /* digest of all files as they were at the last load, good or bad */
	int64_t looked;    /* when that digest was made last, in ms */
	int64_t ended;     /* when the last load was over, in ms */
	int64_t took;      /* that load, ms */
	unsigned failures; /* loads with a fault, in a row */
	bool passing;      /* the fault of the last load may pass by itself */
	uint64_t said;     /* digest of what the last load said */
	int64_t noticed; /* when a change was first seen, by hrd_metrics_now(); 0: there is none */

	uint64_t settings_seen; /* digest of the settings file alone, when its mode was looked at */
	int64_t switched;       /* when that was, in ms */

	unsigned late;      /* threads left behind that were known to have ended */
	bool unkept;        /* last good copies are to be written */
	bool keep_failed;   /* and that failed, which was said */
	int64_t kept;       /* when they were written last, in ms */
	int64_t keeping;    /* how long that took, in ms */
	int64_t clock_lead; /* of the wall clock before the monotonic one, in s */
};

static const struct hrd_generation *
in_force(const struct hrd_loader *loader)
{
	/* Only this thread replaces and frees generations. */
	return atomic_load(&loader->store->current);
}

static void
watch_directory(const struct hrd_loader *loader, const char *path, size_t len)
{
	char *directory = strndup(path, len > 0 ? len : 1);

	if (directory != NULL)
		inotify_add_watch(loader->inotify, directory,
		    IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_ATTRIB);
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
watch(void *ctx, const char *path)
{
	const struct hrd_loader *loader = ctx;
	const char *last = strrchr(path, '/');

	if (last == NULL)
		return;
	watch_directory(loader, path, (size_t)(last - path));
	for (const char *slash = strchr(path + 1, '/'), *before = path; slash != NULL;
	     before = slash, slash = strchr(slash + 1, '/')) {
		if (is_link(path, (size_t)(slash - path)))
			watch_directory(loader, path, (size_t)(before - path));
	}
}

/* Watches what is in force, and nothing that was before. */
static void
watch_all(struct hrd_loader *loader)
{
	if (loader->inotify >= 0)
		close(loader->inotify);
	loader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (loader->inotify >= 0)
		hrd_generation_files(in_force(loader), loader->settings_path, watch, loader);
}

static void
empty(int fd)
{
	char events[4096];

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		;
}

/* Waits so long, or until something is heard of the files. */
static void
wait_for_change(const struct hrd_loader *loader, int64_t ms)
{
	struct pollfd fds[] = { { loader->stop, POLLIN, 0 }, { loader->inotify, POLLIN, 0 } };
	int64_t rest = loader->looked + LOOK_REST_MS - hrd_thread_now();

	if (ms < 0)
		ms = 0;
	/* Of a storm of changes only some are looked at. */
	if (rest > 0)
		poll(fds, 1, (int)rest);
	if (ms > rest)
		poll(fds, 2, (int)(ms - (rest > 0 ? rest : 0)));
	empty(loader->inotify);
}

static void
keep(struct hrd_loader *loader)
{
	struct hrd_generation *current = atomic_load(&loader->store->current);
	int64_t start = hrd_thread_now();
	bool kept = hrd_generation_keep(current, !loader->keep_failed);

	if (!kept && !loader->keep_failed)
		hrd_metrics_add(&loader->store->metrics, HRD_COUNTER_KEEP_FAILURES, 1);
	if (kept && loader->keep_failed)
		hrd_log(HRD_LOG_NOTICE, "the last good copies are in state-dir now");
	loader->keep_failed = !kept;
	loader->unkept = !kept;
	loader->kept = hrd_thread_now();
	loader->keeping = loader->kept - start;
}

/* A thread that was left behind in the midst of a rename may have put an older copy over ours. */
static void
watch_late(struct hrd_loader *loader)
{
	unsigned late = hrd_thread_late_count();

	if (late == loader->late)
		return;
	loader->late = late;
	loader->unkept = true;
	hrd_generation_doubt(atomic_load(&loader->store->current));
}

/* When copies are to be written, in ms from now. */
static int64_t
until_keep(const struct hrd_loader *loader)
{
	int64_t rest = loader->keep_failed ? RETRY_MS : KEEP_FACTOR * loader->keeping;

	return loader->unkept ? loader->kept + rest - hrd_thread_now() : LOOK_MS;
}

static void
publish(struct hrd_loader *loader, struct hrd_generation *next)
{
	struct hrd_generation *before = hrd_store_publish(loader->store, next);

	hrd_changes_log(before, next);
	loader->published(loader->ctx, before);
	hrd_generation_free(before);
}

static void
note_outcome(struct hrd_loader *loader, int status, int64_t start)
{
	struct hrd_metrics *metrics = &loader->store->metrics;
	int64_t took = hrd_metrics_now() - start;

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
take(struct hrd_loader *loader, int status, struct hrd_generation *next, struct hrd_lines *lines,
    bool again, int64_t start)
{
	uint64_t said = lines->digest;

	loader->passing = next != NULL ? next->passing : true;
	if (again && said == loader->said) {
		hrd_lines_drop(lines);
		hrd_generation_free(next);
		return;
	}
	loader->said = said;
	hrd_lines_say(lines);
	note_outcome(loader, next != NULL ? next->fault : status, start);
	if (next == NULL)
		return;
	loader->seen = next->seen;
	publish(loader, next);
	watch_all(loader);
	loader->unkept = true;
}

static struct hrd_load
load_of(struct hrd_loader *loader)
{
	return (struct hrd_load){ .settings_path = loader->settings_path,
		.previous = in_force(loader),
		.now = (int64_t)time(NULL),
		.stop = &loader->stopping };
}

/* Loads; again: no file has changed since the last time. */
static void
load(struct hrd_loader *loader, bool again)
{
	struct hrd_load load = load_of(loader);
	struct hrd_generation *next;
	struct hrd_lines lines = { NULL, NULL, 0, 0 };
	int64_t start = hrd_metrics_now();
	int status;

	/* What waited for the interval counts from when it was seen. */
	atomic_store(&loader->store->metrics.changed, loader->noticed);
	loader->noticed = 0;
	hrd_log_collect(&lines);
	status = hrd_generation_load(&load, &next);
	hrd_log_collect(NULL);
	if (status == HRD_ESTOP || atomic_load(&loader->stopping)) {
		hrd_lines_drop(&lines);
		hrd_generation_free(next);
		return;
	}
	take(loader, status, next, &lines, again, start);
	loader->ended = hrd_thread_now();
	loader->took = (hrd_metrics_now() - start) / 1000;
}

/* Takes over the mode alone where the settings file has another one: it does not wait for images,
 * nor for the interval. */
static void
take_mode(struct hrd_loader *loader)
{
	uint64_t seen = hrd_look(HRD_LOOK_NONE, loader->settings_path);
	struct hrd_load load = load_of(loader);
	struct hrd_generation *next;
	struct hrd_lines lines = { NULL, NULL, 0, 0 };
	int status;

	if (seen == loader->settings_seen || hrd_thread_now() - loader->switched < SWITCH_MS)
		return;
	hrd_log_collect(&lines);
	status = hrd_generation_switch(&load, &next);
	hrd_log_collect(NULL);
	/* The load that follows says it all. */
	hrd_lines_drop(&lines);
	loader->switched = hrd_thread_now();
	if (status != HRD_OK)
		return;
	loader->settings_seen = seen;
	if (next != NULL)
		publish(loader, next);
}

/* Says when the clock was set. */
static void
watch_clock(struct hrd_loader *loader)
{
	int64_t lead = (int64_t)time(NULL) - hrd_thread_now() / 1000;
	int64_t step = lead - loader->clock_lead;

	if (step > -CLOCK_STEP && step < CLOCK_STEP)
		return;
	loader->clock_lead = lead;
	hrd_metrics_add(&loader->store->metrics, HRD_COUNTER_CLOCK_STEPS, 1);
	hrd_log(HRD_LOG_WARNING,
	    "the clock went %s by %lld s: what ends at a time goes by what it says now",
	    step > 0 ? "ahead" : "back", (long long)(step > 0 ? step : -step));
}

/* Makes what is in force that of the time, when it has changed; ms until that is next. */
static int64_t
renew(struct hrd_loader *loader)
{
	const struct hrd_generation *current = in_force(loader);
	int64_t now = (int64_t)time(NULL);
	struct hrd_generation *next;

	watch_clock(loader);
	if (now < current->span.since || now >= current->span.until) {
		atomic_store(&loader->store->metrics.changed, hrd_metrics_now());
		if (hrd_generation_renew(current, now, &next) != HRD_OK)
			return LOOK_MS;
		publish(loader, next);
		current = next;
	}
	if (current->span.until - now > LOOK_MS / 1000)
		return LOOK_MS;
	return (current->span.until - now) * 1000;
}

/* How long after a load the next may begin: longer and longer after failures. */
static int64_t
interval(const struct hrd_loader *loader)
{
	int64_t ms = in_force(loader)->settings->reload_interval;
	int64_t rest = REST_FACTOR * loader->took;

	if (loader->failures > 0 && ms < HRD_RELOAD_INTERVAL_DEFAULT)
		ms = HRD_RELOAD_INTERVAL_DEFAULT;
	for (unsigned i = 0; i < loader->failures && ms < BACK_OFF_MS_MAX; i++)
		ms = 2 * ms < BACK_OFF_MS_MAX ? 2 * ms : BACK_OFF_MS_MAX;
	return ms > rest ? ms : rest;
}

/* Loads when there is a reason to; ms until there may be one. */
static int64_t
see_to_files(struct hrd_loader *loader)
{
	uint64_t seen = hrd_generation_look(in_force(loader), loader->settings_path);
	bool changed = seen != loader->seen;
	int64_t wait;

	loader->looked = hrd_thread_now();
	if (!changed && !loader->passing)
		return LOOK_MS;
	if (changed) {
		if (loader->noticed == 0)
			loader->noticed = hrd_metrics_now();
		take_mode(loader);
	}
	wait = loader->ended + (changed ? interval(loader) : RETRY_MS) - hrd_thread_now();
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
	struct hrd_loader *loader = arg;

	watch_all(loader);
	loader->settings_seen = hrd_look(HRD_LOOK_NONE, loader->settings_path);
	if (loader->again)
		load(loader, false);
	hrd_thread_ready(&loader->thread);
	while (!atomic_load(&loader->stopping)) {
		int64_t wait = renew(loader);

		wait = least(wait, see_to_files(loader));
		watch_late(loader);
		if (until_keep(loader) <= 0 && !atomic_load(&loader->stopping))
			keep(loader);
		wait = least(wait, until_keep(loader));
		if (!atomic_load(&loader->stopping))
			wait_for_change(loader, wait);
	}
	/* A floor that is not on the disk would be lost. */
	if (loader->unkept && !loader->keep_failed && !hrd_thread_is_left())
		keep(loader);
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
hrd_loader_start(struct hrd_store *store, const char *settings_path, bool again,
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
	loader->inotify = -1;
	loader->again = again;
	loader->seen = in_force(loader)->seen;
	loader->passing = in_force(loader)->passing;
	loader->failures = in_force(loader)->fault != HRD_OK;
	loader->ended = hrd_thread_now() - in_force(loader)->settings->reload_interval;
	loader->unkept = true;
	loader->kept = hrd_thread_now();
	loader->clock_lead = (int64_t)time(NULL) - hrd_thread_now() / 1000;
	status = hrd_thread_start(&loader->thread, run, loader);
	if (status != HRD_OK) {
		loader_free(loader);
		return status;
	}
	*out = loader;
	return HRD_OK;
}

bool
hrd_loader_await(struct hrd_loader *loader, int64_t until_ms)
{
	return hrd_thread_await_ready(&loader->thread, until_ms);
}

void
hrd_loader_stop(struct hrd_loader *loader)
{
	if (loader == NULL)
		return;
	atomic_store(&loader->stopping, true);
	if (loader->stop >= 0)
		eventfd_write(loader->stop, 1);
}

bool
hrd_loader_end(struct hrd_loader *loader, int64_t until_ms)
{
	if (loader == NULL)
		return true;
	if (!hrd_thread_end(&loader->thread, until_ms))
		return false;
	loader_free(loader);
	return true;
}
