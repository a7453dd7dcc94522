/* SPDX-License-Identifier: BSD-3-Clause */
/* One line to the operator, through the server's own log.
 *
 * Every line begins with "hradba: ". Threads: any, at any time between init and deinit. */
#ifndef HRD_MODULE_BASE_LOG_H
#define HRD_MODULE_BASE_LOG_H

#include <stdbool.h>

enum hrd_log_level {
	HRD_LOG_ERROR,
	HRD_LOG_WARNING,
	HRD_LOG_NOTICE, /* what happens once: a start, a load */
	HRD_LOG_DETAIL, /* only at a raised verbosity */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
hrd_log(enum hrd_log_level level, const char *format, ...);

/* Said first in each thread of ours: its lines are printed by a worker of the host, since the host
 * frees what its log reads while such a thread may still run. */
void hrd_log_in_own_thread(void);

/* Makes a worker call hrd_log_waiting() soon; false when there is none yet, then the line is
 * printed at once. */
typedef bool hrd_log_wake_fn(void *ctx);

/* How workers are reached; NULL: they are not. Only while there are no threads of ours. */
void hrd_log_through(hrd_log_wake_fn *fn, void *ctx);

/* Prints what threads of ours have said. From a thread of the host. */
void hrd_log_waiting(void);

#endif
