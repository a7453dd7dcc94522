/* SPDX-License-Identifier: BSD-3-Clause */
/* From the queue of events to their file. */
#include <config.h>

#include "module/report/eventlog.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "module/base/log.h"

enum { SECOND = 1000000 };

void
hrd_eventlog_init(struct hrd_eventlog *log, struct hrd_events *events)
{
	memset(log, 0, sizeof(*log));
	log->events = events;
	hrd_sink_init(&log->sink);
}

void
hrd_eventlog_clear(struct hrd_eventlog *log)
{
	hrd_sink_clear(&log->sink);
}

static void
failed(struct hrd_eventlog *log)
{
	if (!log->failing)
		hrd_log(HRD_LOG_ERROR,
		    "cannot write events to %s: %s: they are dropped and "
		    "counted until it takes them",
		    log->sink.path, strerror(errno));
	log->failing = true;
}

static void
worked(struct hrd_eventlog *log)
{
	if (log->failing)
		hrd_log(HRD_LOG_NOTICE, "events are written to %s again", log->sink.path);
	log->failing = false;
	log->stalled = 0;
}

static bool
write_line(struct hrd_eventlog *log, const char *line, size_t len)
{
	if (hrd_sink_line(&log->sink, line, len) != HRD_OK)
		return false;
	hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENT_OCTETS, len);
	worked(log);
	return true;
}

/* Whether a slow reader may still catch up. */
static bool
is_patient(struct hrd_eventlog *log)
{
	int64_t now = hrd_metrics_now();

	if (errno != EAGAIN)
		return false;
	if (log->stalled == 0)
		log->stalled = now;
	return now - log->stalled < SECOND;
}

static void
drop(struct hrd_eventlog *log)
{
	hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENTS_UNWRITTEN, 1);
	hrd_events_taken(log->events);
}

/* Writes what is queued, or drops it. */
static void
drain(struct hrd_eventlog *log)
{
	struct hrd_event_source source = { log->events->metrics->instance };
	bool ready = hrd_events_peek(log->events) != NULL && log->sink.path != NULL &&
		     hrd_sink_ready(&log->sink) == HRD_OK;
	const struct hrd_event *event;
	char line[HRD_EVENT_LINE_MAX];

	for (; (event = hrd_events_peek(log->events)) != NULL;) {
		size_t len = ready ? hrd_event_line(event, &source, line) : 0;

		if (len > 0 && write_line(log, line, len)) {
			hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENTS_WRITTEN, 1);
			hrd_events_taken(log->events);
			continue;
		}
		if (len > 0 && is_patient(log))
			return;
		if (log->sink.path != NULL && (len > 0 || !ready))
			failed(log);
		drop(log);
	}
}

/* Tells in the file what is missing from it, at most once a second. */
static void
report_losses(struct hrd_eventlog *log)
{
	struct hrd_metrics *metrics = log->events->metrics;
	uint64_t suppressed = hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_SUPPRESSED);
	uint64_t dropped = hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_CROWDED) +
			   hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_UNWRITTEN);
	struct hrd_event_source source = { metrics->instance };
	struct hrd_event_loss loss = {
		.suppressed = suppressed - log->told_suppressed,
		.dropped = dropped - log->told_dropped,
	};
	int64_t now = hrd_metrics_now();
	char line[HRD_EVENT_LINE_MAX];
	struct timespec wall;

	if (log->sink.path == NULL || loss.suppressed + loss.dropped == 0 ||
	    now - log->told < SECOND || hrd_sink_ready(&log->sink) != HRD_OK)
		return;
	log->told = now;
	clock_gettime(CLOCK_REALTIME, &wall);
	loss.time = (int64_t)wall.tv_sec * SECOND + wall.tv_nsec / 1000;
	loss.sequence = hrd_events_number(log->events);
	if (!write_line(log, line, hrd_event_loss_line(&loss, &source, line)))
		return;
	log->told_suppressed = suppressed;
	log->told_dropped = dropped;
}

void
hrd_eventlog_round(struct hrd_eventlog *log, const char *path)
{
	bool other;

	/* What is queued belongs to the former file, if there was one. */
	if (log->sink.path != NULL)
		drain(log);
	if (hrd_sink_set(&log->sink, path, &other) != HRD_OK)
		return;
	if (other)
		log->failing = false;
	drain(log);
	report_losses(log);
}

void
hrd_eventlog_end(struct hrd_eventlog *log)
{
	while (hrd_events_peek(log->events) != NULL)
		drop(log);
}
