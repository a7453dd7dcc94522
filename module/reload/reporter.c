/* SPDX-License-Identifier: BSD-3-Clause */
/* The reporter's thread. */
#include <config.h>

#include "module/reload/reporter.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "module/base/log.h"
#include "module/base/replace.h"
#include "module/base/thread.h"
#include "module/report/eventlog.h"
#include "module/report/metrics_page.h"

enum {
	ROUND_US = 200 * 1000, /* between looks at the queue of events */
	IDLE_US = 60 * 1000 * 1000,
	SECOND_US = 1000 * 1000,
};

struct hrd_reporter {
	struct hrd_thread thread;
	struct hrd_store *store;
	int wake; /* eventfd */
	atomic_bool stopping;
	atomic_bool left;    /* it was waited for in vain */
	atomic_bool changed; /* other settings or images are in force */
	struct hrd_eventlog log;
	struct hrd_tally total;
	struct hrd_buffer page;
	int64_t due;   /* of the next page, by hrd_metrics_now() */
	char *failing; /* the metrics file that could not be written, and was said so */
};

/* What the settings want; the paths are copies. */
struct wants {
	char *events;
	char *metrics;
	int64_t interval; /* microseconds */
};

static struct wants
read_wants(struct hrd_store *store)
{
	size_t slot = hrd_store_reporter_slot(store);
	const struct hrd_settings *settings = hrd_store_enter(store, slot)->settings;
	struct wants wants = {
		.events = settings->events.file != NULL ? strdup(settings->events.file) : NULL,
		.metrics = settings->metrics.file != NULL ? strdup(settings->metrics.file) : NULL,
		.interval = (int64_t)settings->metrics.interval * SECOND_US,
	};

	hrd_store_leave(store, slot);
	return wants;
}

static bool
render(struct hrd_reporter *reporter)
{
	struct hrd_store *store = reporter->store;
	size_t slot = hrd_store_reporter_slot(store);
	int status;

	if (!hrd_store_tally(store, &reporter->total))
		return false;
	reporter->page.len = 0;
	status = hrd_metrics_page(&store->metrics, hrd_store_enter(store, slot), &reporter->total,
	    (int64_t)time(NULL), &reporter->page);
	hrd_store_leave(store, slot);
	return status == HRD_OK;
}

/* Says that the file cannot be written, once for each file and spell. */
static void
complain(struct hrd_reporter *reporter, const char *path)
{
	if (reporter->failing == NULL || strcmp(reporter->failing, path) != 0)
		hrd_log(HRD_LOG_ERROR,
		    "cannot write the metrics file %s: %s: its directory must exist and be "
		    "writable for the server",
		    path, strerror(errno));
	free(reporter->failing);
	reporter->failing = strdup(path);
}

static void
write_metrics(struct hrd_reporter *reporter, const char *path)
{
	if (!render(reporter))
		return;
	if (hrd_replace(path, reporter->page.data, reporter->page.len, 0644) != HRD_OK) {
		hrd_metrics_add(&reporter->store->metrics, HRD_COUNTER_PAGE_FAILURES, 1);
		complain(reporter, path);
		return;
	}
	free(reporter->failing);
	reporter->failing = NULL;
}

/* Does what is due; gives the time until the next round in microseconds. last: nothing comes
 * after. */
static int64_t
report(struct hrd_reporter *reporter, bool last)
{
	bool changed = atomic_exchange(&reporter->changed, false) || last;
	struct wants wants = read_wants(reporter->store);
	int64_t wait = IDLE_US, now;

	hrd_eventlog_round(&reporter->log, wants.events);
	if (last)
		hrd_eventlog_end(&reporter->log);
	now = hrd_metrics_now();
	if (wants.metrics != NULL && (changed || now >= reporter->due)) {
		write_metrics(reporter, wants.metrics);
		reporter->due = now + wants.interval;
	}
	if (wants.metrics != NULL)
		wait = reporter->due - now;
	if (wants.events != NULL && wait > ROUND_US)
		wait = ROUND_US;
	free(wants.events);
	free(wants.metrics);
	return wait;
}

static void
run(void *arg)
{
	struct hrd_reporter *reporter = arg;
	struct pollfd fd = { reporter->wake, POLLIN, 0 };

	while (!atomic_load(&reporter->stopping)) {
		int64_t wait = report(reporter, false);
		eventfd_t count;

		poll(&fd, 1, (int)(wait / 1000) + 1);
		eventfd_read(reporter->wake, &count);
	}
	/* Who was waited for in vain comes too late: another may write the file by now. */
	if (!atomic_load(&reporter->left))
		report(reporter, true);
}

static void
reporter_free(struct hrd_reporter *reporter)
{
	atomic_store(&reporter->store->events.wake, -1);
	if (reporter->wake >= 0)
		close(reporter->wake);
	hrd_eventlog_clear(&reporter->log);
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

	if (reporter == NULL)
		return HRD_ENOMEM;
	reporter->store = store;
	reporter->page.max = HRD_PAGE_MAX;
	hrd_eventlog_init(&reporter->log, &store->events);
	atomic_init(&reporter->stopping, false);
	atomic_init(&reporter->left, false);
	atomic_init(&reporter->changed, true);
	reporter->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	atomic_store(&store->events.wake, reporter->wake);
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
	if (reporter == NULL)
		return;
	atomic_store(&reporter->changed, true);
	eventfd_write(reporter->wake, 1);
}

void
hrd_reporter_stop(struct hrd_reporter *reporter)
{
	if (reporter == NULL)
		return;
	atomic_store(&reporter->stopping, true);
	eventfd_write(reporter->wake, 1);
}

bool
hrd_reporter_end(struct hrd_reporter *reporter, int64_t until_ms)
{
	if (reporter == NULL)
		return true;
	if (!hrd_thread_end(&reporter->thread, until_ms)) {
		atomic_store(&reporter->left, true);
		return false;
	}
	reporter_free(reporter);
	return true;
}
