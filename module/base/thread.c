/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of the module's own. */
#include <config.h>

#include "module/base/thread.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"

enum { SECOND_MS = 1000, MS_NS = 1000000 };

static atomic_uint left_count, late_count;
static _Thread_local struct hrd_thread *own; /* the thread that this is */

static void *
begin(void *arg)
{
	struct hrd_thread *thread = arg;

	own = thread;
	thread->run(thread->arg);
	pthread_mutex_lock(&thread->lock);
	thread->over = true;
	if (thread->left)
		atomic_fetch_add(&late_count, 1);
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->lock);
	return NULL;
}

/* A condition that waits by the monotonic clock. */
static int
init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	int error = pthread_condattr_init(&attributes);

	if (error != 0)
		return error;
	error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (error == 0)
		error = pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return error;
}

static void
clear(struct hrd_thread *thread)
{
	pthread_cond_destroy(&thread->changed);
	pthread_mutex_destroy(&thread->lock);
	if (thread->wake >= 0)
		close(thread->wake);
}

static int
start(struct hrd_thread *thread)
{
	sigset_t all, before;
	int error;

	if (pthread_mutex_init(&thread->lock, NULL) != 0)
		return HRD_ENOMEM;
	if (init_condition(&thread->changed) != 0) {
		pthread_mutex_destroy(&thread->lock);
		return HRD_ENOMEM;
	}
	atomic_init(&thread->stopping, false);
	thread->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread->id, NULL, begin, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		clear(thread);
	return error != 0 ? HRD_ENOMEM : HRD_OK;
}

int
hrd_thread_start(struct hrd_thread *thread, hrd_thread_fn *run, hrd_thread_fn *drop, void *arg)
{
	int status;

	memset(thread, 0, sizeof(*thread));
	thread->run = run;
	thread->drop = drop;
	thread->arg = arg;
	thread->number = hrd_thread_left_count();
	status = start(thread);
	if (status != HRD_OK && drop != NULL)
		drop(arg);
	return status;
}

/* Waits until *what holds, or the thread is over, or the time; gives *what. The lock is held. */
static bool
await(struct hrd_thread *thread, const bool *what, int64_t until_ms)
{
	struct timespec until = { .tv_sec = (time_t)(until_ms / SECOND_MS),
		.tv_nsec = (long)(until_ms % SECOND_MS) * MS_NS };
	int error = 0;

	while (!*what && !thread->over && error == 0)
		error = pthread_cond_timedwait(&thread->changed, &thread->lock, &until);
	return *what;
}

bool
hrd_thread_await_ready(struct hrd_thread *thread, int64_t until_ms)
{
	bool ready;

	pthread_mutex_lock(&thread->lock);
	ready = await(thread, &thread->ready, until_ms);
	pthread_mutex_unlock(&thread->lock);
	return ready;
}

void
hrd_thread_wake(struct hrd_thread *thread)
{
	if (thread->wake >= 0)
		eventfd_write(thread->wake, 1);
}

void
hrd_thread_stop(struct hrd_thread *thread)
{
	if (thread == NULL)
		return;
	atomic_store(&thread->stopping, true);
	hrd_thread_wake(thread);
}

void
hrd_thread_wait(struct hrd_thread *thread, int fd, int64_t ms)
{
	struct pollfd fds[] = { { thread->wake, POLLIN, 0 }, { fd, POLLIN, 0 } };
	eventfd_t count;

	if (ms < 0)
		ms = 0;
	if (thread->wake < 0 && ms > SECOND_MS)
		ms = SECOND_MS;
	if (!atomic_load(&thread->stopping))
		poll(fds, 2, (int)ms);
	if (thread->wake >= 0)
		eventfd_read(thread->wake, &count);
}

bool
hrd_thread_end(struct hrd_thread *thread, int64_t until_ms)
{
	bool over;

	if (thread == NULL)
		return true;
	pthread_mutex_lock(&thread->lock);
	over = await(thread, &thread->over, until_ms);
	thread->left = !over;
	pthread_mutex_unlock(&thread->lock);
	if (!over) {
		atomic_fetch_add(&left_count, 1);
		pthread_detach(thread->id);
		return false;
	}
	pthread_join(thread->id, NULL);
	clear(thread);
	if (thread->drop != NULL)
		thread->drop(thread->arg);
	return true;
}

bool
hrd_thread_is_own(void)
{
	return own != NULL;
}

bool
hrd_thread_is_left(void)
{
	bool left = false;

	if (own != NULL) {
		pthread_mutex_lock(&own->lock);
		left = own->left;
		pthread_mutex_unlock(&own->lock);
	}
	return left;
}

unsigned
hrd_thread_left_count(void)
{
	return atomic_load(&left_count);
}

unsigned
hrd_thread_late_count(void)
{
	return atomic_load(&late_count);
}

unsigned
hrd_thread_number(void)
{
	return own != NULL ? own->number : hrd_thread_left_count();
}

void
hrd_thread_ready(struct hrd_thread *thread)
{
	pthread_mutex_lock(&thread->lock);
	thread->ready = true;
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->lock);
}

bool
hrd_thread_is_stopping(void)
{
	return own != NULL && atomic_load_explicit(&own->stopping, memory_order_relaxed);
}

void
hrd_thread_give_way(void)
{
	sched_yield();
}
