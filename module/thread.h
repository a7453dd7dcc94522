/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of the module's own within the host. */
#ifndef HRD_MODULE_THREAD_H
#define HRD_MODULE_THREAD_H

#include <pthread.h>

#include "lib/status.h"

/* Starts a thread that blocks all signals: they are the host's.  HRD_ENOMEM. */
HRD_MUST_USE int hrd_thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
