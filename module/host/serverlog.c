/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines to the operator through Unbound's log. */
#include <config.h>

#include "module/host/serverlog.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "module/base/log.h"
#include "module/base/thread.h"
#include "module/host/host.h"

enum { LINES_MAX = 256 };

struct line {
	struct line *next;
	enum hrd_log_level level;
	char text[];
};

/* While the host reloads it frees what its log reads (log-identity) before it ends our threads, so
 * they hand their lines to the workers, which do not run then. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct line *first, **end = &first;
static unsigned waiting, lost;
static hrd_serverlog_wake_fn *wake;
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
	bool full, woken;

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
	/* Under the lock: a thread that was left behind must not meet what is gone. */
	woken = wake != NULL && wake(wake_ctx);
	pthread_mutex_unlock(&lock);
	if (full)
		free(line);
	return woken;
}

static void
take(void *ctx, enum hrd_log_level level, const char *text)
{
	(void)ctx;
	if (level == HRD_LOG_DETAIL && verbosity < VERB_ALGO)
		return;
	if (!hrd_thread_is_own())
		print(level, text);
	else if (!leave(level, text))
		hrd_serverlog_waiting();
}

void
hrd_serverlog_begin(void)
{
	hrd_log_to(take, NULL);
}

void
hrd_serverlog_through(hrd_serverlog_wake_fn *fn, void *ctx)
{
	pthread_mutex_lock(&lock);
	wake = fn;
	wake_ctx = ctx;
	pthread_mutex_unlock(&lock);
}

void
hrd_serverlog_waiting(void)
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
	if (missing > 0)
		log_warn("hradba: %u lines were lost", missing);
}
