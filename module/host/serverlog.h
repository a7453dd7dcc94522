/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines to the operator through Unbound's log; each begins with "hradba: ".
 *
 * Lines of our own threads are printed by a worker, since the host frees what its log reads while
 * such a thread may still run. */
#ifndef HRD_MODULE_HOST_SERVERLOG_H
#define HRD_MODULE_HOST_SERVERLOG_H

#include <stdbool.h>

/* From now on all lines (module/base/log.h) go to the server's log. In init(). */
void hrd_serverlog_begin(void);

/* Makes a worker call hrd_serverlog_waiting() soon; false when there is none yet, then the line is
 * printed at once. */
typedef bool hrd_serverlog_wake_fn(void *ctx);

/* How workers are reached; NULL: they are not. fn takes no lock that one who logs a line may hold.
 */
void hrd_serverlog_through(hrd_serverlog_wake_fn *fn, void *ctx);

/* Prints what threads of ours have logged. From a thread of the host. */
void hrd_serverlog_waiting(void);

#endif
