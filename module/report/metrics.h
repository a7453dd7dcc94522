/* SPDX-License-Identifier: BSD-3-Clause */
/* What the module counts.
 *
 * All of it outlives settings and policies that are replaced; a reload of the host starts at 0,
 * with another instance id. Two kinds:
 *
 *  - Numbers and reload outcomes: relaxed atomics, for any thread. A new one is a line here and
 * one in the table of module/report/metrics_page.c.
 *  - Matches: a tally for each worker, guarded by the lock of its slot (module/reload/store.h),
 * which the worker holds anyway; so counting takes no lock and no atomic of its own. */
#ifndef HRD_MODULE_REPORT_METRICS_H
#define HRD_MODULE_REPORT_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/name/action.h"

/* Single numbers. Durations are microseconds. */
enum hrd_counter {
	HRD_COUNTER_LOAD_TIME,     /* of the last load, good or bad */
	HRD_COUNTER_SWEEP_TIME,    /* of the last sweep that ended */
	HRD_COUNTER_TIME_TO_BLOCK, /* from the change of a file to the end of its sweep */
	HRD_COUNTER_SWEEPS,        /* ended */
	HRD_COUNTER_SWEPT,         /* entries taken out of caches */
	HRD_COUNTER_PAGE_FAILURES, /* the metrics file could not be written */
	HRD_COUNTER_KEEP_FAILURES, /* a last good copy could not be written */
	HRD_COUNTER_CLOCK_STEPS,   /* times that the clock was set */
	HRD_COUNTER_CODE_REPLACED, /* 1: our file on the disk is another than the code in memory */
	HRD_COUNTER_HOST_UNTRIED,  /* 1: not the host that the module was built with */
	HRD_COUNTER_EVENTS_WRITTEN,
	HRD_COUNTER_EVENT_OCTETS,      /* written */
	HRD_COUNTER_EVENTS_SUPPRESSED, /* by the rate limit */
	HRD_COUNTER_EVENTS_CROWDED,    /* dropped: no room in the queue */
	HRD_COUNTER_EVENTS_UNWRITTEN,  /* dropped: the file did not take them */
	HRD_COUNTER_MATCHES_LOST,      /* matches for which there was no memory */
	HRD_COUNTER_AUDIT_LOST,        /* audit events that found no room */
	HRD_COUNTER_CHAIN_UNKEYED,     /* 1: a chain that should have a key has none */
	HRD_COUNTER_STOPPED,           /* 1: the module has been told to end */
	HRD_COUNTERS,
};

enum { HRD_INSTANCE_LEN = 16, HRD_STATUSES = 16 };

struct hrd_metrics {
	char instance[HRD_INSTANCE_LEN + 1]; /* random; names this start of the module */
	int64_t started;                     /* seconds since the epoch */
	_Atomic uint64_t number[HRD_COUNTERS];
	_Atomic uint64_t
	    reloads[HRD_STATUSES]; /* by status (lib/base/status.h), its sign left out */
	_Atomic int64_t changed; /* when the files last changed, by hrd_monotonic_us(); 0: never */
};

/* All at 0, a new instance id. Before there are other threads. */
void hrd_metrics_init(struct hrd_metrics *metrics);

/* Adds to a number; sets it. Any thread, nothing waits. */
void hrd_metrics_add(struct hrd_metrics *metrics, enum hrd_counter which, uint64_t value);
void hrd_metrics_set(struct hrd_metrics *metrics, enum hrd_counter which, uint64_t value);

/* The number as it is now; two of them need not be of one moment. */
uint64_t hrd_metrics_get(const struct hrd_metrics *metrics, enum hrd_counter which);

/* A generation was loaded (HRD_OK) or refused, and why. Any thread. */
void hrd_metrics_reload(struct hrd_metrics *metrics, int status);

/* What became of a match. */
enum hrd_outcome {
	HRD_OUTCOME_ENFORCED, /* the answer is the rule's */
	HRD_OUTCOME_OBSERVED, /* it would have been: the rule, policy, group or site only observes
			       */
	HRD_OUTCOME_EXEMPT,   /* a PASSTHRU, or a group that is switched off */
};
enum { HRD_OUTCOMES = 3 };

/* "enforced", "observed", "exempt". Static strings. */
const char *hrd_outcome_name(enum hrd_outcome outcome);

/* By what matches are told apart. */
struct hrd_series {
	const char *policy; /* id */
	const char *entity; /* id, "" when the rule names none */
	enum hrd_action action;
	enum hrd_trigger trigger;
	enum hrd_outcome outcome;
};

struct hrd_tally_entry {
	struct hrd_series series; /* its texts point into texts */
	char *texts;              /* NULL: the entry is free */
	uint64_t count;
};

enum { HRD_SERIES_MAX = 4096 }; /* of one tally: policies and entities are few */

/* What stands for the policy and the entity of those for which there are too many. */
#define HRD_SERIES_OTHER "(other)"

/* A hash table of series; zeroed it is empty. One owner, or who holds the lock of its slot. */
struct hrd_tally {
	struct hrd_tally_entry *entries;
	size_t size; /* a power of two, or 0 */
	size_t used;
	uint64_t folded; /* counted under HRD_SERIES_OTHER */
};

/* Counts; the texts of a new series are copied. Above HRD_SERIES_MAX the policy and entity of new
 * ones are HRD_SERIES_OTHER. False: no memory, nothing is counted. */
bool hrd_tally_add(struct hrd_tally *tally, const struct hrd_series *series, uint64_t count);

/* Sets all counts to 0; the series stay. */
void hrd_tally_reset(struct hrd_tally *tally);

/* Frees everything; empty afterwards. */
void hrd_tally_clear(struct hrd_tally *tally);

#endif
