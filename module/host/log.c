/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines to the operator through Unbound's log. */
#include <config.h>

#include "module/base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module/host/host.h"

enum { LINE_MAX_OCTETS = 2048, LINES_MAX = 256 };

struct line {
	struct line *next;
	enum hrd_log_level level;
	char text[];
};

/* While the host reloads it frees what its log reads (log-identity) before it ends our threads, so
 * they hand their lines to the workers, which do not run then. */
static _Thread_local bool own_thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct line *first, **end = &first;
static unsigned waiting, lost;
static hrd_log_wake_fn *wake; /* set while there are no threads of ours */
static void *wake_ctx;

static void
print(enum hrd_log_level level, const char *text)
{
	switch (level) {
	case HRD_LOG_ERROR:
		log_err("hradba: %s", text);
		break;
	case HRD_LOG_WARNING:
		log_warn("hradba: %s", text);
		break;
	case HRD_LOG_NOTICE:
	case HRD_LOG_DETAIL:
		log_info("hradba: %s", text);
		break;
	}
}

/* Leaves a line for a worker; false when none listens. */
static bool
leave(enum hrd_log_level level, const char *text)
{
	size_t len = strlen(text) + 1;
	struct line *line = malloc(sizeof(*line) + len);
	bool full;

	if (line != NULL) {
		line->next = NULL;
		line->level = level;
		memcpy(line->text, text, len);
	}
	pthread_mutex_lock(&lock);
	full = line == NULL || waiting == LINES_MAX;
	if (full) {
		lost++;
	} else {
		*end = line;
		end = &line->next;
		waiting++;
	}
	pthread_mutex_unlock(&lock);
	if (full)
		free(line);
	return wake != NULL && wake(wake_ctx);
}

void
hrd_log(enum hrd_log_level level, const char *format, ...)
{
	char text[LINE_MAX_OCTETS];
	va_list args;

	if (level == HRD_LOG_DETAIL && verbosity < VERB_ALGO)
		return;
	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	if (!own_thread)
		print(level, text);
	else if (!leave(level, text))
		hrd_log_waiting();
}

void
hrd_log_in_own_thread(void)
{
	own_thread = true;
}

void
hrd_log_through(hrd_log_wake_fn *fn, void *ctx)
{
	wake = fn;
	wake_ctx = ctx;
}

void
hrd_log_waiting(void)
{
	struct line *line, *next;
	unsigned missing;

	pthread_mutex_lock(&lock);
	line = first;
	missing = lost;
	first = NULL;
	end = &first;
	waiting = 0;
	lost = 0;
	pthread_mutex_unlock(&lock);
	for (; line != NULL; line = next) {
		next = line->next;
		print(line->level, line->text);
		free(line);
	}
	if (missing)
		log_warn("hradba: %u lines were lost", missing);
}
