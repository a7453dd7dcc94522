/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of the module's own within the host. */
#ifndef HRD_MODULE_BASE_THREAD_H
#define HRD_MODULE_BASE_THREAD_H

#include <pthread.h>

#include "lib/base/status.h"

/* Starts a thread that blocks all signals: they are the host's. HRD_ENOMEM. */
HRD_MUST_USE int hrd_thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* Lets the host's threads have the processor, if they wait for it: a scheduler may else let a
 * computation go on for a whole tick (4 ms) before a worker can see to a query. To be called
 * several times a millisecond in what takes longer. */
void hrd_thread_give_way(void);

#endif
