/* SPDX-License-Identifier: BSD-3-Clause */
/* The reporter's thread. */
#include <config.h>

#include "module/reload/reporter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/hex.h"
#include "lib/crypto/sitekey.h"
#include "module/base/log.h"
#include "module/base/replace.h"
#include "module/report/eventlog.h"
#include "module/report/installation.h"
#include "module/report/metrics_page.h"

enum {
	ROUND_US = 200 * 1000, /* between looks at the queue of events */
	IDLE_US = 60 * 1000 * 1000,
	SECOND_US = 1000 * 1000,
};

struct reporter {
	struct hrd_thread thread;
	struct hrd_store *store;
	atomic_bool changed; /* other settings or images are in force */
	struct hrd_eventlog log;
	struct hrd_tally total;
	struct hrd_buffer page;
	int64_t due;            /* of the next page, by hrd_monotonic_us() */
	bool folded;            /* and said so */
	bool began;             /* the line of the start is written */
	int64_t beat;           /* when the last heartbeat was, by hrd_monotonic_us() */
	int64_t pseudonyms_due; /* when their key is to be read, by the same */
	char serial[HRD_OBSERVER_TEXT_MAX], host[HRD_OBSERVER_TEXT_MAX + 1];
	bool serial_warned;
	char *failing; /* the metrics file that could not be written, and was said so */
	char *missing; /* the same of the key of pseudonyms */
};

enum { TEXTS = 6, POLICIES_MAX = HRD_LAYERS_MAX };

/* What the settings want, copied. */
struct wants {
	struct hrd_eventlog_want log;
	const char *metrics;
	int64_t interval, heartbeat; /* microseconds */
	const char *pseudonym_key;
	const char *state_dir;
	char *copies[TEXTS]; /* of the texts above */
};

static const char *
keep_copy(struct wants *wants, size_t which, const char *text)
{
	wants->copies[which] = text != NULL ? strdup(text) : NULL;
	return wants->copies[which];
}

static void
read_wants(struct hrd_store *store, struct wants *wants)
{
	size_t slot = hrd_store_reporter_slot(store);
	const struct hrd_settings *settings = hrd_store_enter(store, slot)->settings;
	const struct hrd_event_settings *events = &settings->events;
	const char *key = keep_copy(wants, 0, events->chain_key), *audit = settings->audit_file;

	wants->state_dir = keep_copy(wants, 1, settings->state_dir);
	wants->log.matches = (struct hrd_logfile_want){ keep_copy(wants, 2, events->file),
		events->chain, key, wants->state_dir };
	/* Two writers in one file would break its chain. */
	if (audit != NULL && events->file != NULL && strcmp(audit, events->file) == 0)
		audit = NULL;
	wants->log.audit = (struct hrd_logfile_want){ keep_copy(wants, 3, audit), events->chain,
		key, wants->state_dir };
	wants->metrics = keep_copy(wants, 4, settings->metrics.file);
	wants->interval = (int64_t)settings->metrics.interval * SECOND_US;
	wants->heartbeat = (int64_t)settings->heartbeat * SECOND_US;
	wants->pseudonym_key = keep_copy(wants, 5, events->pseudonym_key);
	hrd_store_leave(store, slot);
}

static void
free_wants(struct wants *wants)
{
	for (size_t i = 0; i < TEXTS; i++)
		free(wants->copies[i]);
}

static bool
render(struct reporter *reporter)
{
	struct hrd_store *store = reporter->store;
	size_t slot = hrd_store_reporter_slot(store);
	const struct hrd_generation *generation;
	int status = HRD_ENOMEM;

	errno = ENOMEM;
	if (!hrd_store_tally(store, &reporter->total))
		return false;
	hrd_metrics_set(&store->metrics, HRD_COUNTER_AUDIT_LOST, atomic_load(&store->audit.lost));
	hrd_metrics_set(&store->metrics, HRD_COUNTER_CHAIN_UNKEYED,
	    reporter->log.matches.file.no_key || reporter->log.separate.file.no_key);
	reporter->page.len = 0;
	generation = hrd_store_enter(store, slot);
	if (hrd_metrics_zeros(generation, &reporter->total))
		status = hrd_metrics_page(&store->metrics, generation, &reporter->total,
		    (int64_t)time(NULL), &reporter->page);
	hrd_store_leave(store, slot);
	errno = status == HRD_ELIMIT ? EFBIG : ENOMEM;
	return status == HRD_OK;
}

/* Above the ceiling matches are counted together: said once. */
static void
log_folded(struct reporter *reporter)
{
	if (reporter->total.folded == 0 || reporter->folded)
		return;
	reporter->folded = true;
	hrd_log(HRD_LOG_WARNING,
	    "there are more than %d series of matches: those of further policies and entities are "
	    "counted together under \"" HRD_SERIES_OTHER "\"",
	    HRD_SERIES_MAX);
}

/* Whether a fault of this file is to be said: once for each file and spell. NULL ends the spell. */
static bool
is_news(char **reported, const char *path)
{
	bool news = path != NULL && (*reported == NULL || strcmp(*reported, path) != 0);

	free(*reported);
	*reported = path != NULL ? strdup(path) : NULL;
	return news;
}

static void
write_metrics(struct reporter *reporter, const char *path)
{
	if (!render(reporter) ||
	    hrd_replace(path, reporter->page.data, reporter->page.len, 0644) != HRD_OK) {
		int error = errno;

		hrd_metrics_add(&reporter->store->metrics, HRD_COUNTER_PAGE_FAILURES, 1);
		if (is_news(&reporter->failing, path))
			hrd_log(HRD_LOG_ERROR,
			    "cannot write the metrics file %s: %s: its directory must exist and be "
			    "writable for the server",
			    path, strerror(error));
		return;
	}
	log_folded(reporter);
	is_news(&reporter->failing, NULL);
}

/* Copies what the heartbeat says of what is in force. */
static size_t
take_policies(struct hrd_store *store, struct hrd_heartbeat *beat,
    struct hrd_heartbeat_policy policies[POLICIES_MAX])
{
	static const char *const modes[] = { "enforce", "observe", "off" };
	size_t slot = hrd_store_reporter_slot(store), count = 0;
	const struct hrd_generation *generation = hrd_store_enter(store, slot);

	beat->mode = modes[generation->mode];
	for (size_t i = 0; i < generation->layers.count && count < POLICIES_MAX; i++) {
		const struct hrd_policy_info *info = generation->layers.layer[i].info;

		hrd_audit_text(policies[count].id, sizeof(policies[count].id), info->id);
		policies[count].serial = info->serial;
		hrd_hex(policies[count].digest, info->rule_digest, sizeof(info->rule_digest));
		count++;
	}
	hrd_store_leave(store, slot);
	return count;
}

static void
count_all(struct reporter *reporter, struct hrd_heartbeat *beat)
{
	const struct hrd_metrics *metrics = &reporter->store->metrics;
	const struct hrd_tally *total = &reporter->total;

	if (hrd_store_tally(reporter->store, &reporter->total)) {
		for (size_t i = 0; i < total->size; i++) {
			if (total->entries[i].texts != NULL)
				beat->matches[total->entries[i].series.outcome] +=
				    total->entries[i].count;
		}
	}
	beat->written = hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_WRITTEN);
	beat->suppressed = hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_SUPPRESSED);
	beat->dropped = hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_CROWDED) +
			hrd_metrics_get(metrics, HRD_COUNTER_EVENTS_UNWRITTEN);
	beat->audit_lost = atomic_load(&reporter->store->audit.lost);
	beat->untried = hrd_metrics_get(metrics, HRD_COUNTER_HOST_UNTRIED) != 0;
}

static bool
heartbeat(struct reporter *reporter, const char *action, int64_t interval)
{
	struct hrd_heartbeat_policy *policies = calloc(POLICIES_MAX, sizeof(*policies));
	struct hrd_heartbeat beat = {
		.action = action, .interval = (uint32_t)(interval / SECOND_US), .policies = policies
	};
	struct timespec now;
	bool written;

	if (policies == NULL)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	beat.time = (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
	beat.sequence = hrd_audit_number(&reporter->store->audit);
	beat.policy_count = take_policies(reporter->store, &beat, policies);
	count_all(reporter, &beat);
	written = hrd_eventlog_heartbeat(&reporter->log, &beat);
	free(policies);
	return written;
}

/* Says that the server has begun, is there, or ends. */
static void
beat(struct reporter *reporter, const struct wants *wants, bool last)
{
	int64_t now = hrd_monotonic_us();

	if (last) {
		if (reporter->began)
			heartbeat(reporter, "stop", wants->heartbeat);
	} else if (!reporter->began) {
		reporter->began = heartbeat(reporter, "start", wants->heartbeat);
		reporter->beat = now;
	} else if (now - reporter->beat >= wants->heartbeat) {
		heartbeat(reporter, "heartbeat", wants->heartbeat);
		reporter->beat = now;
	}
}

/* The name of the installation: kept in state-dir from its first start. */
static void
find_serial(struct reporter *reporter, const char *state_dir)
{
	char *path = NULL;

	if (reporter->serial[0] != '\0' || state_dir == NULL ||
	    asprintf(&path, "%s/installation", state_dir) < 0)
		return;
	if (!hrd_installation_id(path, reporter->serial) && !reporter->serial_warned) {
		reporter->serial_warned = true;
		hrd_log(HRD_LOG_WARNING,
		    "cannot keep the name of this installation in %s: %s: events have no "
		    "observer.serial_number",
		    path, strerror(errno));
	}
	free(path);
}

/* Reads the key of pseudonyms when other settings are in force, and each second while it cannot be
 * read: until then the former one goes on, and without one nobody is told of. */
static void
take_pseudonyms(struct reporter *reporter, const struct wants *wants, bool changed)
{
	uint8_t key[HRD_SITE_KEY_LEN];
	const char *reason;
	int64_t now = hrd_monotonic_us();

	if (changed && wants->pseudonym_key == NULL) {
		hrd_eventlog_take_key(&reporter->log, NULL);
		is_news(&reporter->missing, NULL);
	}
	if (changed)
		reporter->pseudonyms_due = 0;
	if (wants->pseudonym_key == NULL || now < reporter->pseudonyms_due)
		return;
	if (hrd_site_key_read(
		wants->pseudonym_key, HRD_SITE_KEY_PSEUDONYM, geteuid(), key, &reason) == HRD_OK) {
		hrd_eventlog_take_key(&reporter->log, key);
		reporter->pseudonyms_due = INT64_MAX;
		is_news(&reporter->missing, NULL);
	} else {
		if (is_news(&reporter->missing, wants->pseudonym_key))
			hrd_log(HRD_LOG_ERROR, "cannot take the pseudonym key %s: %s",
			    wants->pseudonym_key, reason);
		reporter->pseudonyms_due = now + SECOND_US;
	}
	explicit_bzero(key, sizeof(key));
}

/* Does what is due; gives the time until the next round in microseconds. last: nothing comes
 * after. */
static int64_t
report(struct reporter *reporter, bool last)
{
	bool changed = atomic_exchange(&reporter->changed, false) || last;
	struct wants wants;
	int64_t wait = IDLE_US, now;

	read_wants(reporter->store, &wants);
	find_serial(reporter, wants.state_dir);
	take_pseudonyms(reporter, &wants, changed && !last);
	if (last)
		hrd_metrics_set(&reporter->store->metrics, HRD_COUNTER_STOPPED, 1);
	if (!reporter->began) /* its line is the first */
		hrd_eventlog_set(&reporter->log, &wants.log);
	beat(reporter, &wants, false);
	hrd_eventlog_round(&reporter->log, &wants.log);
	if (last)
		beat(reporter, &wants, true);
	if (last)
		hrd_eventlog_end(&reporter->log);
	now = hrd_monotonic_us();
	if (wants.metrics != NULL && (changed || now >= reporter->due)) {
		write_metrics(reporter, wants.metrics);
		reporter->due = now + wants.interval;
	}
	if (wants.metrics != NULL)
		wait = reporter->due - now;
	if ((wants.log.matches.path != NULL || wants.log.audit.path != NULL) && wait > ROUND_US)
		wait = ROUND_US;
	free_wants(&wants);
	return wait;
}

static void
run(void *arg)
{
	struct reporter *reporter = arg;

	while (!atomic_load(&reporter->thread.stopping))
		hrd_thread_wait(&reporter->thread, -1, report(reporter, false) / 1000 + 1);
	/* Who was waited for in vain comes too late: another may write the file by now. */
	if (!hrd_thread_is_left())
		report(reporter, true);
}

static void
drop(void *arg)
{
	struct reporter *reporter = arg;

	atomic_store(&reporter->store->events.wake, -1);
	hrd_eventlog_clear(&reporter->log);
	hrd_tally_clear(&reporter->total);
	hrd_buffer_free(&reporter->page);
	free(reporter->failing);
	free(reporter->missing);
	free(reporter);
}

int
hrd_reporter_start(struct hrd_store *store, struct hrd_thread **out)
{
	struct reporter *reporter = calloc(1, sizeof(*reporter));
	int status;

	if (reporter == NULL)
		return HRD_ENOMEM;
	reporter->store = store;
	reporter->page.max = HRD_PAGE_MAX;
	if (gethostname(reporter->host, sizeof(reporter->host) - 1) != 0)
		reporter->host[0] = '\0';
	hrd_eventlog_init(
	    &reporter->log, &store->events, &store->audit, reporter->serial, reporter->host);
	atomic_init(&reporter->changed, true);
	status = hrd_thread_start(&reporter->thread, run, drop, reporter);
	if (status != HRD_OK)
		return status;
	atomic_store(&store->events.wake, reporter->thread.wake);
	*out = &reporter->thread;
	return HRD_OK;
}

void
hrd_reporter_nudge(struct hrd_thread *thread)
{
	struct reporter *reporter;

	if (thread == NULL)
		return;
	reporter = thread->arg;
	atomic_store(&reporter->changed, true);
	hrd_thread_wake(thread);
}
