/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of our own end when they are told to, and one that hangs is left behind in time. */
#include <config.h>

#include "module/base/thread.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tests/unit/check.h"

enum { SOON_MS = 60000, AT_ONCE_MS = 20 };

/* What a thread waits for, and what it has seen. */
struct work {
	int pipe[2];
	struct hrd_thread *thread;
	atomic_bool own, signals_blocked, left, done;
};

static void
run(void *arg)
{
	struct work *work = arg;
	sigset_t blocked;
	char octet;

	work->own = hrd_thread_is_own();
	work->signals_blocked =
	    pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGHUP) == 1;
	/* As long as a disk that does not answer. */
	while (read(work->pipe[0], &octet, 1) < 0)
		;
	work->left = hrd_thread_is_left();
	work->done = true;
}

TEST(a_thread_that_is_told_to_end_is_waited_for)
{
	struct work work = { .done = false };
	struct hrd_thread thread;

	assert_int_equal(pipe(work.pipe), 0);
	assert_int_equal(hrd_thread_start(&thread, run, &work), HRD_OK);
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_end(&thread, hrd_thread_now() + SOON_MS));
	assert_true(work.done);
	assert_true(work.own);
	assert_true(work.signals_blocked);
	assert_false(hrd_thread_is_own());
	close(work.pipe[0]);
	close(work.pipe[1]);
}

TEST(a_thread_that_hangs_is_left_behind)
{
	/* Static, for it outlives the test. */
	static struct work work;
	static struct hrd_thread thread;

	assert_int_equal(pipe(work.pipe), 0);
	assert_int_equal(hrd_thread_start(&thread, run, &work), HRD_OK);
	assert_false(hrd_thread_end(&thread, hrd_thread_now() + AT_ONCE_MS));
	assert_false(work.done);
	assert_int_equal(hrd_thread_left_count(), 1);
	/* What it comes back to is still there. */
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	while (!work.done)
		hrd_thread_give_way();
	assert_true(work.left);
}

static void
begin(void *arg)
{
	struct work *work = arg;
	char octet;

	while (read(work->pipe[0], &octet, 1) < 0)
		;
	hrd_thread_ready(work->thread);
	while (read(work->pipe[0], &octet, 1) < 0)
		;
}

TEST(what_a_thread_begins_with_is_waited_for)
{
	struct hrd_thread thread;
	struct work work = { .thread = &thread };

	assert_int_equal(pipe(work.pipe), 0);
	assert_int_equal(hrd_thread_start(&thread, begin, &work), HRD_OK);
	assert_false(hrd_thread_await_ready(&thread, hrd_thread_now() + AT_ONCE_MS));
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_await_ready(&thread, hrd_thread_now() + SOON_MS));
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_end(&thread, hrd_thread_now() + SOON_MS));
	close(work.pipe[0]);
	close(work.pipe[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_that_is_told_to_end_is_waited_for),
		cmocka_unit_test(a_thread_that_hangs_is_left_behind),
		cmocka_unit_test(what_a_thread_begins_with_is_waited_for),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
