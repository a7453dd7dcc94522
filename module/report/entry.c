/* SPDX-License-Identifier: BSD-3-Clause */
/* What the lines of the module have in common. */
#include <config.h>

#include "module/report/entry.h"

#include "lib/base/day.h"
#include "lib/base/json.h"
#include "lib/base/status.h"

#define ECS_VERSION "8.11.0"

enum { DIGITS_MAX = 20, TIME_TEXT_MAX = 48, MICROSECONDS = 1000000 };

static int
put(void *ctx, const char *text, size_t len)
{
	struct hrd_entry *line = ctx;

	hrd_entry_put(line, text, len);
	return line->full ? HRD_ELIMIT : HRD_OK;
}

void
hrd_entry_string(struct hrd_entry *line, const char *text, size_t len)
{
	struct hrd_json json;

	if (hrd_json_plain(text, len) == len) {
		hrd_entry_put(line, "\"", 1);
		hrd_entry_put(line, text, len);
		hrd_entry_put(line, "\"", 1);
		return;
	}
	hrd_json_init(&json, false, put, line);
	hrd_json_string_len(&json, text, len);
}

void
hrd_entry_uint(struct hrd_entry *line, uint64_t value)
{
	char text[DIGITS_MAX];
	size_t first = DIGITS_MAX;

	do {
		text[--first] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	hrd_entry_put(line, text + first, DIGITS_MAX - first);
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
	char whole[HRD_TIME_TEXT_MAX];

	if (last.len == 0 || last.seconds != seconds) {
		hrd_time_text((uint64_t)seconds, whole);
		last.seconds = seconds;
		last.len = strlen(whole) - 1; /* without "Z" */
		memcpy(last.text, whole, last.len);
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
	hrd_entry_word(line, "vendor", "Hradba");
	hrd_entry_word(line, "product", "hradba");
	hrd_entry_word(line, "type", "resolver");
	hrd_entry_word(line, "version", PACKAGE_VERSION);
	hrd_entry_text(line, "name", source->host);
	hrd_entry_text(line, "serial_number", source->serial);
	hrd_entry_close(line);
	hrd_entry_open(line, "service");
	hrd_entry_word(line, "type", "hradba");
	hrd_entry_text(line, "ephemeral_id", source->instance);
	hrd_entry_close(line);
}

static void
put_head(struct hrd_entry *line, const struct hrd_event_source *source)
{
	hrd_entry_open(line, "ecs");
	hrd_entry_word(line, "version", ECS_VERSION);
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
	line->full = false;
	hrd_entry_put(line, "{", 1);
	hrd_entry_octets(line, "@timestamp", stamp, len);
	if (source->head != NULL && source->head[0] != '\0') {
		hrd_entry_next(line);
		hrd_entry_put(line, source->head, strlen(source->head));
	} else {
		put_head(line, source);
	}
}

void
hrd_entry_head(const struct hrd_event_source *source, char text[HRD_ENTRY_HEAD_MAX])
{
	struct hrd_entry line = { .text = text, .max = HRD_ENTRY_HEAD_MAX - 1 };

	hrd_entry_put(&line, "{", 1);
	put_head(&line, source);
	if (line.full)
		line.len = 1;
	memmove(text, text + 1, line.len - 1);
	text[line.len - 1] = '\0';
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
put_only(struct hrd_entry *line, const char *key, const char *only)
{
	hrd_entry_list(line, key);
	hrd_entry_literal(line, only);
	hrd_entry_list_end(line);
}

size_t
hrd_entry_end(struct hrd_entry *line, const struct hrd_event_source *source,
    const struct hrd_entry_event *event)
{
	if (source->link != NULL && !line->placed)
		put_place(line, source->link);
	hrd_entry_open(line, "event");
	hrd_entry_word(line, "kind", event->kind);
	put_only(line, "category", event->category);
	put_only(line, "type", event->type);
	hrd_entry_word(line, "module", "hradba");
	hrd_entry_word(line, "dataset", event->dataset);
	hrd_entry_word(line, "action", event->action);
	hrd_entry_word(line, "outcome", event->outcome);
	if (event->reason != NULL)
		hrd_entry_octets(line, "reason", event->reason, event->reason_len);
	hrd_entry_number(line, "sequence", event->sequence);
	hrd_entry_put(line, "}}\n", 3);
	return line->full ? 0 : line->len;
}
