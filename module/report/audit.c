/* SPDX-License-Identifier: BSD-3-Clause */
/* Audit events: their queue and their lines. */
#include <config.h>

#include "module/report/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MICROSECONDS = 1000000 };

void
hrd_audit_init(struct hrd_audit *audit)
{
	memset(audit, 0, sizeof(*audit));
	pthread_mutex_init(&audit->lock, NULL);
	audit->end = &audit->first;
}

void
hrd_audit_clear(struct hrd_audit *audit)
{
	while (hrd_audit_peek(audit) != NULL)
		hrd_audit_taken(audit);
	pthread_mutex_destroy(&audit->lock);
}

void
hrd_audit_put(struct hrd_audit *audit, const struct hrd_audit_event *event)
{
	struct hrd_audit_event *copy;
	struct timespec now;

	if (!atomic_load(&audit->wanted))
		return;
	copy = malloc(sizeof(*copy));
	clock_gettime(CLOCK_REALTIME, &now);
	pthread_mutex_lock(&audit->lock);
	audit->sequence++;
	if (copy != NULL && audit->count < HRD_AUDIT_QUEUED) {
		*copy = *event;
		copy->next = NULL;
		copy->time = (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
		copy->sequence = audit->sequence;
		*audit->end = copy;
		audit->end = &copy->next;
		audit->count++;
		copy = NULL;
	} else {
		atomic_fetch_add(&audit->lost, 1);
	}
	pthread_mutex_unlock(&audit->lock);
	free(copy);
}

const struct hrd_audit_event *
hrd_audit_peek(struct hrd_audit *audit)
{
	const struct hrd_audit_event *first;

	pthread_mutex_lock(&audit->lock);
	first = audit->first;
	pthread_mutex_unlock(&audit->lock);
	return first;
}

void
hrd_audit_taken(struct hrd_audit *audit)
{
	struct hrd_audit_event *first;

	pthread_mutex_lock(&audit->lock);
	first = audit->first;
	audit->first = first->next;
	if (audit->first == NULL)
		audit->end = &audit->first;
	audit->count--;
	pthread_mutex_unlock(&audit->lock);
	free(first);
}

uint64_t
hrd_audit_number(struct hrd_audit *audit)
{
	uint64_t number;

	pthread_mutex_lock(&audit->lock);
	number = ++audit->sequence;
	pthread_mutex_unlock(&audit->lock);
	return number;
}

void
hrd_audit_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from != NULL ? from : "");
}

static void
put_rule(struct hrd_entry *line, const struct hrd_audit_event *event)
{
	if (event->policy[0] == '\0')
		return;
	hrd_entry_open(line, "rule");
	hrd_entry_text(line, "ruleset", event->policy);
	if (event->has_serial)
		hrd_entry_keyword(line, "version", event->serial);
	hrd_entry_close(line);
}

static void
put_labels(struct hrd_entry *line, const struct hrd_audit_event *event)
{
	const struct {
		const char *key, *text;
	} texts[] = {
		{ "mode", event->mode },
		{ "mode_before", event->mode_before },
		{ "group", event->group },
		{ "name", event->name },
		{ "owner", event->owner },
		{ "until", event->until },
		{ "digest", event->digest },
		{ "digest_before", event->digest_before },
		{ "keys", event->keys },
		{ "keys_before", event->keys_before },
	};

	hrd_entry_open(line, "labels");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		hrd_entry_text(line, texts[i].key, texts[i].text);
	if (event->had_serial)
		hrd_entry_keyword(line, "serial_before", event->serial_before);
	hrd_entry_close(line);
}

static size_t
try_line(const struct hrd_audit_event *event, const struct hrd_event_source *source, bool whole,
    char text[HRD_EVENT_LINE_MAX])
{
	struct hrd_entry_event about = {
		.kind = event->level != NULL ? "alert" : "event",
		.category = "configuration",
		.type = event->type,
		.dataset = "hradba.audit",
		.action = event->action,
		.outcome = event->failed ? "failure" : "success",
		.reason = event->reason,
		.reason_len = strlen(event->reason),
		.sequence = event->sequence,
	};
	struct hrd_entry line;

	hrd_entry_begin(&line, source, event->time, text);
	if (whole)
		hrd_entry_text(&line, "message", event->message);
	if (event->level != NULL) {
		hrd_entry_open(&line, "log");
		hrd_entry_text(&line, "level", event->level);
		hrd_entry_close(&line);
	}
	if (event->file[0] != '\0') {
		hrd_entry_open(&line, "file");
		hrd_entry_text(&line, "path", event->file);
		hrd_entry_close(&line);
	}
	put_rule(&line, event);
	put_labels(&line, event);
	return hrd_entry_end(&line, source, &about);
}

size_t
hrd_audit_line(const struct hrd_audit_event *event, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	size_t len = try_line(event, source, true, text);

	return len > 0 ? len : try_line(event, source, false, text);
}

static void
put_policies(struct hrd_entry *line, const struct hrd_heartbeat *beat, size_t count)
{
	hrd_entry_list(line, "policies");
	for (size_t i = 0; i < count; i++) {
		hrd_entry_next(line);
		hrd_entry_put(line, "{", 1);
		hrd_entry_text(line, "id", beat->policies[i].id);
		hrd_entry_number(line, "serial", beat->policies[i].serial);
		hrd_entry_text(line, "digest", beat->policies[i].digest);
		hrd_entry_close(line);
	}
	hrd_entry_list_end(line);
	if (count < beat->policy_count)
		hrd_entry_number(line, "policies_omitted", beat->policy_count - count);
}

static void
put_counters(struct hrd_entry *line, const struct hrd_heartbeat *beat)
{
	hrd_entry_open(line, "matches");
	for (int i = 0; i < HRD_OUTCOMES; i++)
		hrd_entry_number(line, hrd_outcome_name((enum hrd_outcome)i), beat->matches[i]);
	hrd_entry_close(line);
	hrd_entry_open(line, "events");
	hrd_entry_number(line, "written", beat->written);
	hrd_entry_number(line, "suppressed", beat->suppressed);
	hrd_entry_number(line, "dropped", beat->dropped);
	hrd_entry_number(line, "audit_lost", beat->audit_lost);
	hrd_entry_close(line);
}

static size_t
try_heartbeat(const struct hrd_heartbeat *beat, const struct hrd_event_source *source,
    size_t policies, char text[HRD_EVENT_LINE_MAX])
{
	bool start = strcmp(beat->action, "start") == 0, stop = strcmp(beat->action, "stop") == 0;
	struct hrd_entry_event about = {
		.kind = start || stop ? "event" : "state",
		.category = "process",
		.type = start  ? "start"
			: stop ? "end"
			       : "info",
		.dataset = "hradba.audit",
		.action = beat->action,
		.outcome = "success",
		.sequence = beat->sequence,
	};
	struct hrd_entry line;

	hrd_entry_begin(&line, source, beat->time, text);
	hrd_entry_open(&line, "labels");
	hrd_entry_text(&line, "mode", beat->mode);
	hrd_entry_text(&line, "untried", beat->untried ? "yes" : "");
	hrd_entry_text(&line, "key_id", beat->key_id);
	hrd_entry_close(&line);
	hrd_entry_open(&line, "hradba");
	if (source->link != NULL) {
		hrd_entry_number(&line, "line", source->link->line + 1);
		if (source->link->keyed)
			hrd_entry_number(&line, "key", source->link->key_number);
	}
	hrd_entry_number(&line, "interval", beat->interval);
	put_counters(&line, beat);
	put_policies(&line, beat, policies);
	hrd_entry_close(&line);
	line.placed = true;
	return hrd_entry_end(&line, source, &about);
}

size_t
hrd_heartbeat_line(const struct hrd_heartbeat *beat, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	size_t count = beat->policy_count, len = try_heartbeat(beat, source, count, text);

	while (len == 0 && count > 0)
		len = try_heartbeat(beat, source, --count, text);
	return len;
}
