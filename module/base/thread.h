/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of the module's own within the host. A struct hrd_thread is part of what its thread works
 * on; both live until hrd_thread_end() has waited for it. Each function says from which thread it
 * may be called. */
#ifndef HRD_MODULE_BASE_THREAD_H
#define HRD_MODULE_BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/status.h"

/* What a thread does, and what drops what it worked on. */
typedef void hrd_thread_fn(void *arg);

struct hrd_thread {
	pthread_t id;
	hrd_thread_fn *run, *drop;
	void *arg;
	int wake;             /* eventfd, or -1: a wait is a second at most */
	atomic_bool stopping; /* it has been told to end */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	bool ready;      /* hrd_thread_ready() was called */
	bool over;       /* run() has returned */
	bool left;       /* it was waited for in vain */
	unsigned number; /* how many had been left behind when it was started */
};

/* Starts a thread that blocks all signals, for they are the host's, and does run(arg). drop(arg),
 * unless drop is NULL, frees what it worked on: here where it cannot be started, else in
 * hrd_thread_end(). From the thread that is to end it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_thread_start(
    struct hrd_thread *thread, hrd_thread_fn *run, hrd_thread_fn *drop, void *arg);

/* Tells who waits that the thread has done what it begins with. From that thread. */
void hrd_thread_ready(struct hrd_thread *thread);

/* Waits for that, or for the end of the thread, at the longest until that time (monotonic,
 * hrd_monotonic_ms()): true when it is ready. Any other thread, before hrd_thread_end(). */
HRD_MUST_USE bool hrd_thread_await_ready(struct hrd_thread *thread, int64_t until_ms);

/* Ends a wait of the thread. Any thread. */
void hrd_thread_wake(struct hrd_thread *thread);

/* Tells it to end: sets `stopping` and wakes it. Any thread; NULL-safe. */
void hrd_thread_stop(struct hrd_thread *thread);

/* From that thread: waits so many ms, or until it is woken, or there is something to be read from
 * fd, which may be -1. */
void hrd_thread_wait(struct hrd_thread *thread, int fd, int64_t ms);

/* Waits for the end of a thread that was told to end, at the longest until then (monotonic), and
 * drops what it worked on; NULL-safe. False: it hangs, in a system call on a disk that does not
 * answer, say; then it is left behind, and whatever it can reach must stay as it is, the struct
 * too. The thread that started it. */
HRD_MUST_USE bool hrd_thread_end(struct hrd_thread *thread, int64_t until_ms);

/* Whether the calling thread is one of ours that was left behind: it comes too late, and others
 * may have done its work since. */
bool hrd_thread_is_left(void);

/* How many were left behind in this process. */
unsigned hrd_thread_left_count(void);

/* How many of these have ended since: what they were about is done, or not, for good. */
unsigned hrd_thread_late_count(void);

/* How many had been left behind when the calling thread was started, so that what it names by it is
 * not what one that was left behind does; of a thread that is none of ours, now. */
unsigned hrd_thread_number(void);

/* Whether the calling thread was started here. */
bool hrd_thread_is_own(void);

/* Whether the calling thread is one of ours that was told to end: it may leave its work undone. */
bool hrd_thread_is_stopping(void);

/* Lets the host's threads have the processor, if they wait for it: a scheduler may else let a
 * computation go on for a whole tick (4 ms) before a worker can see to a query. To be called
 * several times a millisecond in what takes longer. */
void hrd_thread_give_way(void);

#endif
