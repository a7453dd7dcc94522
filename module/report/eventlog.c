/* SPDX-License-Identifier: BSD-3-Clause */
/* From the queues of events to their files. */
#include <config.h>

#include "module/report/eventlog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"

enum { SECOND = 1000000 };

void
hrd_eventlog_init(struct hrd_eventlog *log, struct hrd_event_queue *events, struct hrd_audit *audit,
    const char *serial, const char *host)
{
	memset(log, 0, sizeof(*log));
	log->events = events;
	log->audit = audit;
	log->source.instance = events->metrics->instance;
	log->source.serial = serial;
	log->source.host = host;
	hrd_logfile_init(&log->matches.file);
	hrd_logfile_init(&log->separate.file);
}

void
hrd_eventlog_clear(struct hrd_eventlog *log)
{
	hrd_logfile_clear(&log->matches.file);
	hrd_logfile_clear(&log->separate.file);
	hrd_ipcrypt_free(log->pseudonyms);
}

void
hrd_eventlog_take_key(struct hrd_eventlog *log, const uint8_t *key)
{
	hrd_ipcrypt_free(log->pseudonyms);
	log->pseudonyms = NULL;
	if (key != NULL && hrd_ipcrypt_new(key, &log->pseudonyms) != HRD_OK)
		hrd_log(HRD_LOG_ERROR,
		    "cannot make pseudonyms: events do not tell who asked until the settings are "
		    "loaded anew");
	log->source.pseudonyms = log->pseudonyms;
}

static uint64_t
lost(const struct hrd_eventlog *log)
{
	const struct hrd_metrics *metrics = log->events->metrics;

	return hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_CROWDED) +
	       hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_UNWRITTEN);
}

static void
failed(struct hrd_eventlog *log, struct hrd_eventlog_file *to)
{
	if (to->failing)
		return;
	to->failing = true;
	to->lost_before = lost(log);
	hrd_log_as(HRD_LOG_ERROR, "logging-lost",
	    "cannot write events to %s: %s: they are dropped and counted until it takes them",
	    to->file.sink.path, strerror(errno));
}

static void
worked(struct hrd_eventlog *log, struct hrd_eventlog_file *to)
{
	to->stalled = 0;
	if (!to->failing)
		return;
	to->failing = false;
	hrd_log_as(HRD_LOG_NOTICE, "logging-resumed",
	    "events are written to %s again; %" PRIu64 " were lost meanwhile", to->file.sink.path,
	    lost(log) - to->lost_before);
}

/* Whether a slow reader may still catch up. */
static bool
is_patient(struct hrd_eventlog_file *to)
{
	int64_t now = hrd_monotonic_us();

	if (errno != EAGAIN)
		return false;
	if (to->stalled == 0)
		to->stalled = now;
	return now - to->stalled < SECOND;
}

static struct hrd_event_source
source_of(const struct hrd_eventlog *log, const struct hrd_eventlog_file *to)
{
	struct hrd_event_source source = log->source;

	source.link = hrd_logfile_link(&to->file);
	return source;
}

static bool
flush(struct hrd_eventlog *log, struct hrd_eventlog_file *to)
{
	uint64_t octets = 0;

	if (to->file.len == 0)
		return true;
	if (hrd_logfile_write(&to->file, &octets) != HRD_OK)
		return false;
	hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENT_OCTETS, octets);
	worked(log, to);
	return true;
}

/* One line at once. */
static bool
write_line(struct hrd_eventlog *log, struct hrd_eventlog_file *to, const char *line, size_t len)
{
	return len > 0 && hrd_logfile_add(&to->file, line, len) && flush(log, to);
}

static void
drop(struct hrd_eventlog *log, uint64_t count)
{
	hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENTS_UNWRITTEN, count);
}

/* Writes a batch of so many events, or drops them. */
static void
finish(struct hrd_eventlog *log, struct hrd_eventlog_file *to, uint64_t count)
{
	if (flush(log, to)) {
		hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENTS_WRITTEN, count);
		return;
	}
	failed(log, to);
	drop(log, count);
}

/* To a FIFO: each line alone; one that it does not take waits, for a second. */
static void
drain_to_stream(struct hrd_eventlog *log, struct hrd_eventlog_file *to)
{
	const struct hrd_event *event;
	char line[HRD_EVENT_LINE_MAX];

	while ((event = hrd_events_peek(log->events)) != NULL) {
		struct hrd_event_source source = source_of(log, to);
		size_t len = hrd_event_line(event, &source, line);

		if (write_line(log, to, line, len)) {
			hrd_metrics_add(log->events->metrics, HRD_COUNTER_EVENTS_WRITTEN, 1);
		} else {
			if (len > 0 && is_patient(to))
				return;
			if (len > 0)
				failed(log, to);
			drop(log, 1);
		}
		hrd_events_taken(log->events);
	}
}

static void
drain_to_file(struct hrd_eventlog *log, struct hrd_eventlog_file *to)
{
	const struct hrd_event *event;
	char line[HRD_EVENT_LINE_MAX];
	uint64_t count = 0;

	while ((event = hrd_events_peek(log->events)) != NULL) {
		struct hrd_event_source source = source_of(log, to);
		size_t len = hrd_event_line(event, &source, line);

		if (len == 0) {
			drop(log, 1);
			hrd_events_taken(log->events);
			continue;
		}
		if (hrd_logfile_add(&to->file, line, len)) {
			hrd_events_taken(log->events);
			count++;
			continue;
		}
		/* Written, and then rendered again: its place in the chain may be another. */
		finish(log, to, count);
		count = 0;
	}
	if (count > 0)
		finish(log, to, count);
}

/* Writes the matches that are queued, or drops them. */
static void
drain(struct hrd_eventlog *log)
{
	struct hrd_eventlog_file *to = &log->matches;

	if (hrd_events_peek(log->events) == NULL)
		return;
	if (hrd_logfile_ready(&to->file) == HRD_OK) {
		if (hrd_logfile_is_stream(&to->file))
			drain_to_stream(log, to);
		else
			drain_to_file(log, to);
		return;
	}
	if (to->file.sink.path != NULL)
		failed(log, to);
	while (hrd_events_peek(log->events) != NULL) {
		drop(log, 1);
		hrd_events_taken(log->events);
	}
}

/* Where audit events go. */
static struct hrd_eventlog_file *
audit_file(struct hrd_eventlog *log)
{
	return log->separate.file.sink.path != NULL ? &log->separate : &log->matches;
}

/* Writes the audit events that are queued; what is not taken waits. */
static void
drain_audit(struct hrd_eventlog *log)
{
	struct hrd_eventlog_file *to = audit_file(log);
	const struct hrd_audit_event *event;
	char line[HRD_EVENT_LINE_MAX];

	if (to->file.sink.path == NULL || hrd_audit_peek(log->audit) == NULL)
		return;
	if (hrd_logfile_ready(&to->file) != HRD_OK) {
		failed(log, to);
		return;
	}
	while ((event = hrd_audit_peek(log->audit)) != NULL) {
		struct hrd_event_source source = source_of(log, to);
		size_t len = hrd_audit_line(event, &source, line);

		if (len > 0 && !write_line(log, to, line, len)) {
			if (!is_patient(to))
				failed(log, to);
			return;
		}
		hrd_audit_taken(log->audit);
	}
}

/* Tells in the file what is missing from it, at most once a second. */
static void
report_losses(struct hrd_eventlog *log)
{
	struct hrd_eventlog_file *to = &log->matches;
	uint64_t suppressed = hrd_metrics_get(log->events->metrics, HRD_COUNTER_EVENTS_SUPPRESSED);
	uint64_t dropped = lost(log);
	struct hrd_event_loss loss = {
		.suppressed = suppressed - log->reported_suppressed,
		.dropped = dropped - log->reported_dropped,
	};
	struct hrd_event_source source;
	int64_t now = hrd_monotonic_us();
	char line[HRD_EVENT_LINE_MAX];
	struct timespec wall;

	if (to->file.sink.path == NULL || loss.suppressed + loss.dropped == 0 ||
	    now - log->reported < SECOND || hrd_logfile_ready(&to->file) != HRD_OK)
		return;
	log->reported = now;
	clock_gettime(CLOCK_REALTIME, &wall);
	loss.time = (int64_t)wall.tv_sec * SECOND + wall.tv_nsec / 1000;
	loss.sequence = hrd_events_number(log->events);
	source = source_of(log, to);
	if (!write_line(log, to, line, hrd_event_loss_line(&loss, &source, line)))
		return;
	log->reported_suppressed = suppressed;
	log->reported_dropped = dropped;
}

static void
set(struct hrd_eventlog_file *to, const struct hrd_logfile_want *want)
{
	bool other, first = to->file.sink.path == NULL;

	if (hrd_logfile_set(&to->file, want, &other) != HRD_OK || !other)
		return;
	to->failing = false;
	to->stalled = 0;
	if (!first && want->path != NULL)
		hrd_log_as(HRD_LOG_NOTICE, "logging-changed",
		    "events are written to %s from now on", want->path);
}

/* Another file: the former one says so before it is left. */
static void
write_end(struct hrd_eventlog *log, const struct hrd_eventlog_file *from,
    const struct hrd_logfile_want *want)
{
	const char *path = from->file.sink.path;

	if (path == NULL || (want->path != NULL && strcmp(path, want->path) == 0 &&
				from->file.chain == want->chain))
		return;
	hrd_log_as(HRD_LOG_WARNING, "logging-changed",
	    "events are written to %s no more, but to %s%s", path,
	    want->path != NULL ? want->path : "no file",
	    want->path != NULL && want->chain ? ", chained" : "");
	drain_audit(log);
}

/* Makes what all lines say of their writer, again once the installation has its name. */
static void
make_head(struct hrd_eventlog *log)
{
	bool named = log->source.serial[0] != '\0';

	if (log->head[0] != '\0' && named == log->head_named)
		return;
	log->source.head = NULL;
	hrd_entry_head(&log->source, log->head);
	log->source.head = log->head;
	log->head_named = named;
}

void
hrd_eventlog_set(struct hrd_eventlog *log, const struct hrd_eventlog_want *want)
{
	make_head(log);
	write_end(log, &log->matches, &want->matches);
	write_end(log, &log->separate, &want->audit);
	set(&log->matches, &want->matches);
	set(&log->separate, &want->audit);
	atomic_store(&log->audit->wanted, audit_file(log)->file.sink.path != NULL);
}

void
hrd_eventlog_round(struct hrd_eventlog *log, const struct hrd_eventlog_want *want)
{
	/* What is queued belongs to the former file, if there was one. */
	if (log->matches.file.sink.path != NULL)
		drain(log);
	hrd_eventlog_set(log, want);
	drain(log);
	drain_audit(log);
	report_losses(log);
	hrd_logfile_keep(&log->matches.file);
	hrd_logfile_keep(&log->separate.file);
}

bool
hrd_eventlog_heartbeat(struct hrd_eventlog *log, struct hrd_heartbeat *beat)
{
	struct hrd_eventlog_file *to = audit_file(log);
	struct hrd_event_source source;
	char line[HRD_EVENT_LINE_MAX];
	bool written;

	if (to->file.sink.path == NULL || hrd_logfile_ready(&to->file) != HRD_OK)
		return false;
	source = source_of(log, to);
	beat->key_id = to->file.key_id;
	written = write_line(log, to, line, hrd_heartbeat_line(beat, &source, line));
	if (!written && !is_patient(to))
		failed(log, to);
	if (written) {
		hrd_logfile_next_key(&log->matches.file);
		hrd_logfile_next_key(&log->separate.file);
	}
	hrd_logfile_keep(&log->matches.file);
	hrd_logfile_keep(&log->separate.file);
	return written;
}

void
hrd_eventlog_end(struct hrd_eventlog *log)
{
	while (hrd_events_peek(log->events) != NULL) {
		drop(log, 1);
		hrd_events_taken(log->events);
	}
}
