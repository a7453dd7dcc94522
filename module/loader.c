/* SPDX-License-Identifier: BSD-3-Clause */
/* The loader's thread: watch, load, publish. */
#include <config.h>

#include "module/loader.h"

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

#include "module/say.h"
#include "module/thread.h"

enum {
	LOOK_MS = 1000,        /* between looks at the files when nothing is heard of them */
	MIN_INTERVAL_MS = 200, /* between two loads */
	SECONDS_A_DAY = 86400,
};

struct hrd_loader {
	pthread_t thread;
	struct hrd_store *store;
	const char *settings_path;
	hrd_loader_published_fn *published;
	void *ctx;
	int stop;       /* eventfd */
	int inotify;    /* -1: looking alone has to do */
	uint64_t seen;  /* digest of all files as they were at the last load, good or bad */
	int64_t loaded; /* when that was, in ms */
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Mixes a number into a digest (FNV-1a over its octets). */
static uint64_t
mix(uint64_t digest, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		digest = (digest ^ (value & 0xff)) * 0x100000001b3ull;
	return digest;
}

static uint64_t
mix_file(uint64_t digest, const char *path)
{
	struct stat st;

	if (!path)
		return digest;
	if (stat(path, &st) != 0)
		return mix(digest, (uint64_t)errno);
	digest = mix(digest, (uint64_t)st.st_dev);
	digest = mix(digest, (uint64_t)st.st_ino);
	digest = mix(digest, (uint64_t)st.st_size);
	digest = mix(digest, (uint64_t)st.st_mtim.tv_sec);
	return mix(digest, (uint64_t)st.st_mtim.tv_nsec);
}

/* What the files of the current generation look like, and whether an exemption has
 * ended or is about to. */
static uint64_t
look(const struct hrd_loader *loader)
{
	/* Only this thread replaces and frees generations. */
	const struct hrd_generation *current = atomic_load(&loader->store->current);
	const struct hrd_settings *settings = current->settings;
	int32_t today = (int32_t)(time(NULL) / SECONDS_A_DAY);
	int32_t allow = current->allow.exemptions.change;
	int32_t groups = settings->clients.exemptions.change;
	uint64_t digest = mix_file(0xcbf29ce484222325ull, loader->settings_path);

	digest = mix_file(digest, settings->local_allow);
	for (size_t i = 0; i < settings->policy_count; i++)
		digest = mix_file(digest, settings->policies[i].path);
	return mix(digest, (allow != 0 && today >= allow) || (groups != 0 && today >= groups));
}

/* Watches the directory of a file: replacing is a rename into it. */
static void
watch(const struct hrd_loader *loader, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char *directory;

	if (loader->inotify < 0 || !path)
		return;
	directory = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	if (directory)
		(void)inotify_add_watch(
		    loader->inotify, directory, IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE);
	free(directory);
}

static void
watch_all(const struct hrd_loader *loader)
{
	const struct hrd_generation *current = atomic_load(&loader->store->current);

	watch(loader, loader->settings_path);
	watch(loader, current->settings->local_allow);
	for (size_t i = 0; i < current->settings->policy_count; i++)
		watch(loader, current->settings->policies[i].path);
}

static void
load(struct hrd_loader *loader)
{
	const struct hrd_generation *current = atomic_load(&loader->store->current);
	struct hrd_metrics *metrics = &loader->store->metrics;
	struct hrd_generation *next;
	int64_t start = hrd_metrics_now();
	int status;

	loader->loaded = now_ms();
	atomic_store(&metrics->changed, start);
	status = hrd_generation_load(loader->settings_path, current, &next);
	hrd_metrics_reload(metrics, status);
	hrd_metrics_set(metrics, HRD_NUMBER_LOAD_TIME, (uint64_t)(hrd_metrics_now() - start));
	if (status != HRD_OK) {
		hrd_say(HRD_SAY_ERROR, "reload failed: what was in force stays in force");
		return;
	}
	hrd_generation_free(hrd_store_publish(loader->store, next));
	watch_all(loader);
	/* What the new settings name counts as seen. */
	loader->seen = look(loader);
	hrd_say(
	    HRD_SAY_NOTICE, "reloaded in %lld ms", (long long)((hrd_metrics_now() - start) / 1000));
	loader->published(loader->ctx);
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

static void *
run(void *arg)
{
	struct hrd_loader *loader = arg;
	int timeout = LOOK_MS;

	while (wait_for_change(loader, timeout)) {
		uint64_t seen = look(loader);
		int64_t rest = loader->loaded + MIN_INTERVAL_MS - now_ms();

		timeout = LOOK_MS;
		if (seen == loader->seen)
			continue;
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
		(void)close(loader->stop);
	if (loader->inotify >= 0)
		(void)close(loader->inotify);
	free(loader);
}

int
hrd_loader_start(struct hrd_store *store, const char *settings_path,
    hrd_loader_published_fn *published, void *ctx, struct hrd_loader **out)
{
	struct hrd_loader *loader = calloc(1, sizeof(*loader));
	int status;

	if (!loader)
		return HRD_ENOMEM;
	loader->store = store;
	loader->settings_path = settings_path;
	loader->published = published;
	loader->ctx = ctx;
	loader->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	loader->loaded = now_ms() - MIN_INTERVAL_MS;
	watch_all(loader);
	loader->seen = look(loader);
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
	if (!loader)
		return;
	(void)eventfd_write(loader->stop, 1);
	(void)pthread_join(loader->thread, NULL);
	loader_free(loader);
}
