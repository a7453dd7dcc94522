/* SPDX-License-Identifier: BSD-3-Clause */
/* The reporter's thread. */
#include <config.h>

#include "module/reporter.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "module/metrics_page.h"
#include "module/replace.h"
#include "module/say.h"
#include "module/thread.h"

enum { IDLE_MS = 60 * 1000, SECOND_MS = 1000 };

struct hrd_reporter {
	pthread_t thread;
	struct hrd_store *store;
	int wake; /* eventfd */
	atomic_bool stopping;
	struct hrd_tally total;
	struct hrd_buffer page;
	char *failing; /* the metrics file that could not be written, and was said so */
};

/* Renders the page and copies the path of its file, *path malloc()ed; the interval in ms, or 0
 * where the settings want no metrics or memory is short. */
static int
render(struct hrd_reporter *reporter, char **path)
{
	struct hrd_store *store = reporter->store;
	size_t slot = hrd_store_reporter_slot(store);
	bool complete = hrd_store_tally(store, &reporter->total);
	const struct hrd_generation *generation = hrd_store_enter(store, slot);
	const struct hrd_metrics_settings *settings = &generation->settings->metrics;
	int interval = 0;

	reporter->page.len = 0;
	*path = NULL;
	if (complete && settings->file &&
	    hrd_metrics_page(&store->metrics, generation, &reporter->total, (int64_t)time(NULL),
		&reporter->page) == HRD_OK) {
		*path = strdup(settings->file);
		interval = (int)settings->interval * SECOND_MS;
	}
	hrd_store_leave(store, slot);
	return interval;
}

/* Says that the file cannot be written, once for each file and spell. */
static void
complain(struct hrd_reporter *reporter, char *path)
{
	if (!reporter->failing || strcmp(reporter->failing, path) != 0)
		hrd_say(HRD_SAY_ERROR,
		    "cannot write the metrics file %s: %s: its directory must exist and be "
		    "writable for the server",
		    path, strerror(errno));
	free(reporter->failing);
	reporter->failing = path;
}

/* Writes the metrics; gives the time until the next page in ms. */
static int
report(struct hrd_reporter *reporter)
{
	char *path;
	int interval = render(reporter, &path);

	if (!path)
		return IDLE_MS;
	if (hrd_replace(path, reporter->page.data, reporter->page.len) != HRD_OK) {
		hrd_metrics_add(&reporter->store->metrics, HRD_NUMBER_PAGE_FAILURES, 1);
		complain(reporter, path);
		return interval;
	}
	free(reporter->failing);
	reporter->failing = NULL;
	free(path);
	return interval;
}

static void *
run(void *arg)
{
	struct hrd_reporter *reporter = arg;
	struct pollfd fd = { reporter->wake, POLLIN, 0 };
	bool stopping;

	do {
		eventfd_t count;

		stopping = atomic_load(&reporter->stopping);
		(void)poll(&fd, 1, stopping ? 0 : report(reporter));
		(void)eventfd_read(reporter->wake, &count);
	} while (!stopping);
	return NULL;
}

static void
reporter_free(struct hrd_reporter *reporter)
{
	if (reporter->wake >= 0)
		(void)close(reporter->wake);
	hrd_tally_clear(&reporter->total);
	hrd_buffer_free(&reporter->page);
	free(reporter->failing);
	free(reporter);
}

int
hrd_reporter_start(struct hrd_store *store, struct hrd_reporter **out)
{
	struct hrd_reporter *reporter = calloc(1, sizeof(*reporter));
	int status;

	if (!reporter)
		return HRD_ENOMEM;
	reporter->store = store;
	reporter->page.max = HRD_PAGE_MAX;
	atomic_init(&reporter->stopping, false);
	reporter->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = reporter->wake < 0 ? HRD_EIO : hrd_thread_start(&reporter->thread, run, reporter);
	if (status != HRD_OK) {
		reporter_free(reporter);
		return status;
	}
	*out = reporter;
	return HRD_OK;
}

void
hrd_reporter_nudge(struct hrd_reporter *reporter)
{
	if (reporter)
		(void)eventfd_write(reporter->wake, 1);
}

void
hrd_reporter_stop(struct hrd_reporter *reporter)
{
	if (!reporter)
		return;
	atomic_store(&reporter->stopping, true);
	hrd_reporter_nudge(reporter);
	(void)pthread_join(reporter->thread, NULL);
	reporter_free(reporter);
}
