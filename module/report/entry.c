/* SPDX-License-Identifier: BSD-3-Clause */
/* What the lines of the module have in common. */
#include <config.h>

#include "module/report/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ECS_VERSION "8.11.0"

enum { NUMBER_TEXT_MAX = 24, TIME_TEXT_MAX = 48, MICROSECONDS = 1000000 };

static int
put(void *ctx, const char *text, size_t len)
{
	struct hrd_entry *line = ctx;

	if (len > line->max - line->len)
		return HRD_ELIMIT;
	memcpy(line->text + line->len, text, len);
	line->len += len;
	return HRD_OK;
}

void
hrd_entry_open(struct hrd_entry *line, const char *key)
{
	hrd_json_key(&line->json, key);
	hrd_json_object(&line->json);
}

void
hrd_entry_close(struct hrd_entry *line)
{
	hrd_json_object_end(&line->json);
}

void
hrd_entry_octets(struct hrd_entry *line, const char *key, const char *text, size_t len)
{
	if (len == 0)
		return;
	hrd_json_key(&line->json, key);
	hrd_json_string_len(&line->json, text, len);
}

void
hrd_entry_text(struct hrd_entry *line, const char *key, const char *text)
{
	hrd_entry_octets(line, key, text, strlen(text));
}

void
hrd_entry_number(struct hrd_entry *line, const char *key, uint64_t value)
{
	hrd_json_key(&line->json, key);
	hrd_json_uint(&line->json, value);
}

void
hrd_entry_keyword(struct hrd_entry *line, const char *key, uint64_t value)
{
	char text[NUMBER_TEXT_MAX];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	hrd_entry_text(line, key, text);
}

/* The length of the text of a time up to its seconds. Thousands of lines have the same. */
static size_t
time_text(int64_t seconds, char text[TIME_TEXT_MAX])
{
	static _Thread_local struct {
		int64_t seconds;
		size_t len; /* 0: none yet */
		char text[TIME_TEXT_MAX];
	} last;
	time_t at = (time_t)seconds;
	struct tm utc;

	if (last.len == 0 || last.seconds != seconds) {
		gmtime_r(&at, &utc);
		last.seconds = seconds;
		last.len = strftime(last.text, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
	}
	memcpy(text, last.text, last.len);
	return last.len;
}

void
hrd_entry_time(struct hrd_entry *line, const char *key, int64_t seconds)
{
	char text[TIME_TEXT_MAX];
	size_t len = time_text(seconds, text);

	text[len++] = 'Z';
	hrd_entry_octets(line, key, text, len);
}

/* ".000007Z"; its length. */
static size_t
fraction_text(int64_t microseconds, char *text)
{
	enum { DIGITS = 6 };

	text[0] = '.';
	for (size_t i = DIGITS; i > 0; i--, microseconds /= 10)
		text[i] = (char)('0' + microseconds % 10);
	text[DIGITS + 1] = 'Z';
	return DIGITS + 2;
}

static void
put_observer(struct hrd_entry *line, const struct hrd_event_source *source)
{
	hrd_entry_open(line, "observer");
	hrd_entry_text(line, "vendor", "Hradba");
	hrd_entry_text(line, "product", "hradba");
	hrd_entry_text(line, "type", "resolver");
	hrd_entry_text(line, "version", PACKAGE_VERSION);
	hrd_entry_text(line, "name", source->host);
	hrd_entry_text(line, "serial_number", source->serial);
	hrd_entry_close(line);
	hrd_entry_open(line, "service");
	hrd_entry_text(line, "type", "hradba");
	hrd_entry_text(line, "ephemeral_id", source->instance);
	hrd_entry_close(line);
}

static void
put_head(struct hrd_entry *line, const struct hrd_event_source *source)
{
	hrd_entry_open(line, "ecs");
	hrd_entry_text(line, "version", ECS_VERSION);
	hrd_entry_close(line);
	put_observer(line, source);
}

void
hrd_entry_begin(struct hrd_entry *line, const struct hrd_event_source *source, int64_t time,
    char text[HRD_EVENT_LINE_MAX])
{
	char stamp[TIME_TEXT_MAX];
	size_t len = time_text(time / MICROSECONDS, stamp);

	line->text = text;
	line->len = 0;
	line->placed = false;
	line->max = HRD_EVENT_LINE_MAX - (source->link != NULL ? HRD_LINK_TAIL : 0);
	len += fraction_text(time % MICROSECONDS, stamp + len);
	hrd_json_init(&line->json, false, put, line);
	hrd_json_object(&line->json);
	hrd_entry_octets(line, "@timestamp", stamp, len);
	if (source->head != NULL && source->head[0] != '\0')
		hrd_json_raw(&line->json, source->head, strlen(source->head));
	else
		put_head(line, source);
}

void
hrd_entry_head(const struct hrd_event_source *source, char text[HRD_ENTRY_HEAD_MAX])
{
	struct hrd_entry line = { .text = text, .max = HRD_ENTRY_HEAD_MAX };

	hrd_json_init(&line.json, false, put, &line);
	hrd_json_object(&line.json);
	put_head(&line, source);
	hrd_json_object_end(&line.json);
	if (hrd_json_end(&line.json) != HRD_OK) {
		text[0] = '\0';
		return;
	}
	/* Without "{", and without "}" and LF. */
	memmove(text, text + 1, line.len - 3);
	text[line.len - 3] = '\0';
}

static void
put_place(struct hrd_entry *line, const struct hrd_log_link *link)
{
	hrd_entry_open(line, "hradba");
	hrd_entry_number(line, "line", link->line + 1);
	if (link->keyed)
		hrd_entry_number(line, "key", link->key_number);
	hrd_entry_close(line);
}

static void
put_list(struct hrd_entry *line, const char *key, const char *only)
{
	hrd_json_key(&line->json, key);
	hrd_json_array(&line->json);
	hrd_json_string(&line->json, only);
	hrd_json_array_end(&line->json);
}

size_t
hrd_entry_end(struct hrd_entry *line, const struct hrd_event_source *source,
    const struct hrd_entry_event *event)
{
	if (source->link != NULL && !line->placed)
		put_place(line, source->link);
	hrd_entry_open(line, "event");
	hrd_entry_text(line, "kind", event->kind);
	put_list(line, "category", event->category);
	put_list(line, "type", event->type);
	hrd_entry_text(line, "module", "hradba");
	hrd_entry_text(line, "dataset", event->dataset);
	hrd_entry_text(line, "action", event->action);
	hrd_entry_text(line, "outcome", event->outcome);
	if (event->reason != NULL)
		hrd_entry_octets(line, "reason", event->reason, event->reason_len);
	hrd_entry_number(line, "sequence", event->sequence);
	hrd_entry_close(line);
	hrd_json_object_end(&line->json);
	return hrd_json_end(&line->json) == HRD_OK ? line->len : 0;
}
