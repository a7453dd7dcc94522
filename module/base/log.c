/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines on their way to the operator. */
#include <config.h>

#include "module/base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 2048, LINES_MAX = 1000 };

struct hrd_line {
	struct hrd_line *next;
	enum hrd_log_level level;
	const char *action; /* or NULL */
	bool has_subject;
	struct hrd_log_subject subject;
	char text[];
};

static hrd_log_fn *print;
static void *print_ctx;
/* Guards what follows: a thread that was left behind may have a line for what is being replaced. */
static pthread_mutex_t listener_lock = PTHREAD_MUTEX_INITIALIZER;
static hrd_log_listener_fn *listener;
static void *listener_ctx;
static _Thread_local struct hrd_log_buffer *collected; /* or NULL */

/* FNV-1a over the text and its NUL. */
static uint64_t
mix(uint64_t digest, const char *text)
{
	do
		digest = (digest ^ (unsigned char)*text) * 0x100000001b3ull;
	while (*text++ != '\0');
	return digest;
}

static void
collect(struct hrd_log_buffer *lines, enum hrd_log_level level, const char *action,
    const struct hrd_log_subject *subject, const char *text)
{
	size_t len = strlen(text) + 1;
	struct hrd_line *line = lines->count < LINES_MAX ? malloc(sizeof(*line) + len) : NULL;

	lines->digest = mix(lines->digest, text);
	lines->count++;
	if (line == NULL)
		return;
	line->next = NULL;
	line->level = level;
	line->action = action;
	line->has_subject = subject != NULL;
	if (subject != NULL)
		line->subject = *subject;
	memcpy(line->text, text, len);
	if (lines->first == NULL)
		lines->end = &lines->first;
	*lines->end = line;
	lines->end = &line->next;
}

static void
pass_on(enum hrd_log_level level, const char *action, const struct hrd_log_subject *subject,
    const char *text)
{
	if (collected != NULL) {
		collect(collected, level, action, subject, text);
		return;
	}
	if (print != NULL)
		print(print_ctx, level, text);
	pthread_mutex_lock(&listener_lock);
	if (listener != NULL)
		listener(listener_ctx, level, action, subject, text);
	pthread_mutex_unlock(&listener_lock);
}

#if defined(__GNUC__)
__attribute__((format(printf, 4, 0)))
#endif
static void
format_line(enum hrd_log_level level, const char *action, const struct hrd_log_subject *subject,
    const char *format, va_list args)
{
	char text[LINE_MAX_OCTETS];

	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	pass_on(level, action, subject, text);
}

void
hrd_log(enum hrd_log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_line(level, NULL, NULL, format, args);
	va_end(args);
}

void
hrd_log_as(enum hrd_log_level level, const char *action, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_line(level, action, NULL, format, args);
	va_end(args);
}

void
hrd_log_about(enum hrd_log_level level, const char *action, const struct hrd_log_subject *subject,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_line(level, action, subject, format, args);
	va_end(args);
}

void
hrd_log_listen(hrd_log_listener_fn *fn, void *ctx)
{
	pthread_mutex_lock(&listener_lock);
	listener_ctx = ctx;
	listener = fn;
	pthread_mutex_unlock(&listener_lock);
}

void
hrd_log_to(hrd_log_fn *fn, void *ctx)
{
	if (print == fn && print_ctx == ctx)
		return;
	print = fn;
	print_ctx = ctx;
}

void
hrd_log_collect(struct hrd_log_buffer *lines)
{
	collected = lines;
}

/* Empties the collection, with or without a word. */
static void
flush(struct hrd_log_buffer *lines, bool aloud)
{
	struct hrd_line *line = lines->first, *next;

	for (; line != NULL; line = next) {
		next = line->next;
		if (aloud)
			pass_on(line->level, line->action,
			    line->has_subject ? &line->subject : NULL, line->text);
		free(line);
	}
	memset(lines, 0, sizeof(*lines));
}

void
hrd_log_buffer_print(struct hrd_log_buffer *lines)
{
	flush(lines, true);
}

void
hrd_log_buffer_drop(struct hrd_log_buffer *lines)
{
	flush(lines, false);
}
