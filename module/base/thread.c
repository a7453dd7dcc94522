/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of the module's own. */
#include <config.h>

#include "module/base/thread.h"

#include <sched.h>
#include <signal.h>

int
hrd_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error ? HRD_ENOMEM : HRD_OK;
}

void
hrd_thread_give_way(void)
{
	sched_yield();
}
