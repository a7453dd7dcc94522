/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters. */
#include <config.h>

#include "module/report/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/base/clock.h"

enum { FIRST_SIZE = 32 };

void
hrd_metrics_init(struct hrd_metrics *metrics)
{
	uint64_t random = 0;

	memset(metrics, 0, sizeof(*metrics));
	metrics->started = (int64_t)time(NULL);
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		random = (uint64_t)metrics->started << 32 ^ (uint64_t)hrd_monotonic_us();
	snprintf(
	    metrics->instance, sizeof(metrics->instance), "%016llx", (unsigned long long)random);
}

void
hrd_metrics_add(struct hrd_metrics *metrics, enum hrd_counter which, uint64_t value)
{
	atomic_fetch_add_explicit(&metrics->number[which], value, memory_order_relaxed);
}

void
hrd_metrics_set(struct hrd_metrics *metrics, enum hrd_counter which, uint64_t value)
{
	atomic_store_explicit(&metrics->number[which], value, memory_order_relaxed);
}

uint64_t
hrd_metrics_get(const struct hrd_metrics *metrics, enum hrd_counter which)
{
	return atomic_load_explicit(&metrics->number[which], memory_order_relaxed);
}

void
hrd_metrics_reload(struct hrd_metrics *metrics, int status)
{
	size_t reason = status <= 0 && status > -HRD_STATUSES ? (size_t)-status : HRD_STATUSES - 1;

	atomic_fetch_add_explicit(&metrics->reloads[reason], 1, memory_order_relaxed);
}

const char *
hrd_outcome_name(enum hrd_outcome outcome)
{
	static const char *const names[HRD_OUTCOMES] = { "enforced", "observed", "exempt" };

	return names[outcome];
}

/* Eight octets at a time: this is on the way of each answer to a listed name. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		size_t step = len < sizeof(uint64_t) ? len : sizeof(uint64_t);
		uint64_t chunk = 0;

		memcpy(&chunk, text, step);
		hash = (hash ^ chunk) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 32;
		text += step;
		len -= step;
	}
	return hash;
}

static uint64_t
hash_series(const struct hrd_series *series)
{
	uint64_t hash = (uint64_t)series->action << 16 | (uint64_t)series->trigger << 8 |
			(uint64_t)series->outcome;

	return hash_text(hash_text(hash + 1, series->policy), series->entity);
}

static bool
same(const struct hrd_series *a, const struct hrd_series *b)
{
	return a->action == b->action && a->trigger == b->trigger && a->outcome == b->outcome &&
	       strcmp(a->policy, b->policy) == 0 && strcmp(a->entity, b->entity) == 0;
}

/* The entry of the series, or the free one where it belongs; the table is never full. */
static struct hrd_tally_entry *
find(struct hrd_tally *tally, const struct hrd_series *series)
{
	size_t i = (size_t)hash_series(series);

	for (;; i++) {
		struct hrd_tally_entry *entry = &tally->entries[i & (tally->size - 1)];

		if (entry->texts == NULL || same(&entry->series, series))
			return entry;
	}
}

static bool
grow(struct hrd_tally *tally)
{
	struct hrd_tally bigger = { .size = tally->size ? 2 * tally->size : FIRST_SIZE };

	bigger.entries = calloc(bigger.size, sizeof(*bigger.entries));
	if (bigger.entries == NULL)
		return false;
	for (size_t i = 0; i < tally->size; i++) {
		if (tally->entries[i].texts != NULL)
			*find(&bigger, &tally->entries[i].series) = tally->entries[i];
	}
	bigger.used = tally->used;
	bigger.folded = tally->folded;
	free(tally->entries);
	*tally = bigger;
	return true;
}

/* Takes a free entry for the series. */
static bool
claim(struct hrd_tally_entry *entry, const struct hrd_series *series)
{
	size_t policy = strlen(series->policy) + 1, entity = strlen(series->entity) + 1;

	entry->texts = malloc(policy + entity);
	if (entry->texts == NULL)
		return false;
	memcpy(entry->texts, series->policy, policy);
	memcpy(entry->texts + policy, series->entity, entity);
	entry->series = *series;
	entry->series.policy = entry->texts;
	entry->series.entity = entry->texts + policy;
	return true;
}

static bool
add(struct hrd_tally *tally, const struct hrd_series *series, uint64_t count)
{
	struct hrd_tally_entry *entry = find(tally, series);

	if (entry->texts == NULL) {
		if (tally->used + 1 > tally->size / 2) {
			if (!grow(tally))
				return false;
			entry = find(tally, series);
		}
		if (!claim(entry, series))
			return false;
		tally->used++;
	}
	entry->count += count;
	return true;
}

static bool
is_folded(const struct hrd_series *series)
{
	return strcmp(series->policy, HRD_SERIES_OTHER) == 0;
}

bool
hrd_tally_add(struct hrd_tally *tally, const struct hrd_series *series, uint64_t count)
{
	struct hrd_series other = *series;

	if (tally->size == 0 && !grow(tally))
		return false;
	if (tally->used < HRD_SERIES_MAX || is_folded(series) || find(tally, series)->texts != NULL)
		return add(tally, series, count);
	other.policy = other.entity = HRD_SERIES_OTHER;
	tally->folded += count;
	return add(tally, &other, count);
}

void
hrd_tally_reset(struct hrd_tally *tally)
{
	for (size_t i = 0; i < tally->size; i++)
		tally->entries[i].count = 0;
	tally->folded = 0;
}

void
hrd_tally_clear(struct hrd_tally *tally)
{
	for (size_t i = 0; i < tally->size; i++)
		free(tally->entries[i].texts);
	free(tally->entries);
	memset(tally, 0, sizeof(*tally));
}
