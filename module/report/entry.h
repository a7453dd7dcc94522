/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of JSON in the fields of the Elastic Common Schema 8: what all lines of the module have
 * in common, and how a value of each kind is written.
 *
 * The object "event" stands last, so that the link of a chained log can end it
 * (lib/crypto/loglink.h). Texts from outside are escaped as in lib/base/json.h. Pure, but that the
 * text of the last second is kept for each thread; one line belongs to one thread. */
#ifndef HRD_MODULE_REPORT_ENTRY_H
#define HRD_MODULE_REPORT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/crypto/ipcrypt.h"
#include "lib/crypto/loglink.h"

/* A line that a pipe takes whole or not at all. */
enum { HRD_EVENT_LINE_MAX = 4096 };

enum { HRD_OBSERVER_TEXT_MAX = 64 };

/* Who writes, and how. */
struct hrd_event_source {
	const char *instance;            /* names this start of the module */
	const char *serial;              /* names the installation; "" when it has no name */
	const char *host;                /* name of the machine; "" when it has none */
	const struct hrd_log_link *link; /* of the line before, in a chained log; else NULL */
	struct hrd_ipcrypt *pseudonyms;  /* NULL: who has one is left out */
	const char *head;                /* hrd_entry_head() of the above, or NULL */
};

/* A line in the making. The functions below write its members one after another; what finds no room
 * is left out, and then there is no line. */
struct hrd_entry {
	char *text; /* begins with a brace */
	size_t len, max;
	bool full;   /* something found no room */
	bool placed; /* its place in the chain was written */
};

/* What stands in the object "event". Static texts, or such as live until the line is ended. */
struct hrd_entry_event {
	const char *kind, *category, *type, *dataset, *action, *outcome;
	const char *reason; /* or NULL */
	size_t reason_len;
	uint64_t sequence;
};

/* What each line says of its writer, made once: members of an object, without braces.  "" when it
 * does not fit. */
enum { HRD_ENTRY_HEAD_MAX = 1024 };
void hrd_entry_head(const struct hrd_event_source *source, char text[HRD_ENTRY_HEAD_MAX]);

/* Begins a line in that room. time: microseconds since the epoch. */
void hrd_entry_begin(struct hrd_entry *entry, const struct hrd_event_source *source, int64_t time,
    char text[HRD_EVENT_LINE_MAX]);

/* Ends it; the length with its LF, or 0 when it does not fit. Without its link yet. */
size_t hrd_entry_end(struct hrd_entry *entry, const struct hrd_event_source *source,
    const struct hrd_entry_event *event);

/* Octets as they are. */
static inline void
hrd_entry_put(struct hrd_entry *entry, const char *text, size_t len)
{
	if (len > entry->max - entry->len) {
		entry->full = true;
		return;
	}
	memcpy(entry->text + entry->len, text, len);
	entry->len += len;
}

/* What separates a member or an element from the one before. */
static inline void
hrd_entry_next(struct hrd_entry *entry)
{
	char last = entry->text[entry->len - 1];

	if (last != '{' && last != '[')
		hrd_entry_put(entry, ",", 1);
}

/* A key of ours, after which its value is written. Inline, as are those below: the length of a
 * literal is known then, and a line has fifty of them. */
static inline void
hrd_entry_key(struct hrd_entry *entry, const char *key)
{
	hrd_entry_next(entry);
	hrd_entry_put(entry, "\"", 1);
	hrd_entry_put(entry, key, strlen(key));
	hrd_entry_put(entry, "\":", 2);
}

/* Values: a text, escaped; a text of ours, which needs no escapes; a number. */
void hrd_entry_string(struct hrd_entry *entry, const char *text, size_t len);
void hrd_entry_uint(struct hrd_entry *entry, uint64_t value);
static inline void
hrd_entry_literal(struct hrd_entry *entry, const char *text)
{
	hrd_entry_put(entry, "\"", 1);
	hrd_entry_put(entry, text, strlen(text));
	hrd_entry_put(entry, "\"", 1);
}

/* An object or a list, and its end. */
static inline void
hrd_entry_open(struct hrd_entry *entry, const char *key)
{
	hrd_entry_key(entry, key);
	hrd_entry_put(entry, "{", 1);
}

static inline void
hrd_entry_close(struct hrd_entry *entry)
{
	hrd_entry_put(entry, "}", 1);
}

static inline void
hrd_entry_list(struct hrd_entry *entry, const char *key)
{
	hrd_entry_key(entry, key);
	hrd_entry_put(entry, "[", 1);
}

static inline void
hrd_entry_list_end(struct hrd_entry *entry)
{
	hrd_entry_put(entry, "]", 1);
}

/* Members of the object that is open; of texts that are empty nothing is written. */
static inline void
hrd_entry_octets(struct hrd_entry *entry, const char *key, const char *text, size_t len)
{
	if (len == 0)
		return;
	hrd_entry_key(entry, key);
	hrd_entry_string(entry, text, len);
}

static inline void
hrd_entry_text(struct hrd_entry *entry, const char *key, const char *text)
{
	hrd_entry_octets(entry, key, text, strlen(text));
}

static inline void
hrd_entry_word(struct hrd_entry *entry, const char *key, const char *text)
{
	hrd_entry_key(entry, key);
	hrd_entry_literal(entry, text);
}

static inline void
hrd_entry_number(struct hrd_entry *entry, const char *key, uint64_t value)
{
	hrd_entry_key(entry, key);
	hrd_entry_uint(entry, value);
}

/* A number where the schema wants a keyword. */
static inline void
hrd_entry_keyword(struct hrd_entry *entry, const char *key, uint64_t value)
{
	hrd_entry_key(entry, key);
	hrd_entry_put(entry, "\"", 1);
	hrd_entry_uint(entry, value);
	hrd_entry_put(entry, "\"", 1);
}

/* "2026-12-31T23:59:59Z" */
void hrd_entry_time(struct hrd_entry *entry, const char *key, int64_t seconds);

#endif
