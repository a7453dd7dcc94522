/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of our own end when they are told to, and one that hangs is left behind in time. */
#include <config.h>

#include "lib/base/clock.h"
#include "module/base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "module/base/replace.h"
#include "tests/unit/check.h"

enum { SOON_MS = 60000, AT_ONCE_MS = 20 };

/* What a thread waits for, and what it has seen. */
struct work {
	int pipe[2];
	struct hrd_thread *thread;
	atomic_bool own, signals_blocked, left, done, dropped;
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

static void
drop(void *arg)
{
	struct work *work = arg;

	work->dropped = work->done;
}

TEST(a_thread_that_is_told_to_end_is_waited_for)
{
	struct work work = { .done = false };
	struct hrd_thread thread;

	assert_int_equal(pipe(work.pipe), 0);
	assert_int_equal(hrd_thread_start(&thread, run, drop, &work), HRD_OK);
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_end(&thread, hrd_monotonic_ms() + SOON_MS));
	assert_true(work.dropped);
	assert_true(hrd_thread_end(NULL, 0));
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
	assert_int_equal(hrd_thread_start(&thread, run, NULL, &work), HRD_OK);
	assert_false(hrd_thread_end(&thread, hrd_monotonic_ms() + AT_ONCE_MS));
	assert_false(work.done);
	assert_int_equal(hrd_thread_left_count(), 1);
	/* What it comes back to is still there. */
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	while (!work.done)
		hrd_thread_give_way();
	assert_true(work.left);
	while (hrd_thread_late_count() == 0)
		hrd_thread_give_way();
}

/* What a thread replaces that was left behind. */
struct late {
	int pipe[2];
	char path[64];
	int status, error;
};

static void
replace_late(void *arg)
{
	struct late *late = arg;
	char octet;

	while (read(late->pipe[0], &octet, 1) < 0)
		;
	late->status = hrd_replace(late->path, "old", 3, 0600);
	late->error = errno;
}

TEST(a_thread_that_was_left_behind_touches_no_file_of_its_successor)
{
	static struct late late;
	static struct hrd_thread thread;
	char directory[] = "/tmp/hradba-thread.XXXXXX", theirs[96];
	unsigned ended = hrd_thread_late_count();
	FILE *file;

	assert_non_null(mkdtemp(directory));
	snprintf(late.path, sizeof(late.path), "%s/file", directory);
	assert_int_equal(pipe(late.pipe), 0);
	assert_int_equal(hrd_thread_start(&thread, replace_late, NULL, &late), HRD_OK);
	assert_false(hrd_thread_end(&thread, hrd_monotonic_ms() + AT_ONCE_MS));
	/* Its successor is in the midst of it. */
	snprintf(theirs, sizeof(theirs), "%s.%utmp", late.path, hrd_thread_number());
	file = fopen(theirs, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(write(late.pipe[1], "", 1), 1);
	while (hrd_thread_late_count() == ended)
		hrd_thread_give_way();
	assert_int_equal(late.status, HRD_EIO);
	assert_int_equal(late.error, ECANCELED);
	assert_int_not_equal(access(late.path, F_OK), 0);
	assert_int_equal(unlink(theirs), 0);
	assert_int_equal(rmdir(directory), 0);
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
	assert_int_equal(hrd_thread_start(&thread, begin, NULL, &work), HRD_OK);
	assert_false(hrd_thread_await_ready(&thread, hrd_monotonic_ms() + AT_ONCE_MS));
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_await_ready(&thread, hrd_monotonic_ms() + SOON_MS));
	assert_int_equal(write(work.pipe[1], "", 1), 1);
	assert_true(hrd_thread_end(&thread, hrd_monotonic_ms() + SOON_MS));
	close(work.pipe[0]);
	close(work.pipe[1]);
}

static void
wait_for_ever(void *arg)
{
	struct work *work = arg;

	while (!atomic_load(&work->thread->stopping)) {
		hrd_thread_wait(work->thread, work->pipe[0], SOON_MS);
		hrd_thread_ready(work->thread);
	}
	work->done = true;
}

TEST(a_wait_ends_when_the_thread_is_woken_or_told_to_end_or_something_is_to_be_read)
{
	for (int how = 0; how < 2; how++) {
		struct hrd_thread thread;
		struct work work = { .thread = &thread };

		assert_int_equal(pipe(work.pipe), 0);
		assert_int_equal(hrd_thread_start(&thread, wait_for_ever, NULL, &work), HRD_OK);
		assert_false(hrd_thread_await_ready(&thread, hrd_monotonic_ms() + AT_ONCE_MS));
		if (how == 0)
			hrd_thread_wake(&thread);
		else
			assert_int_equal(write(work.pipe[1], "", 1), 1);
		assert_true(hrd_thread_await_ready(&thread, hrd_monotonic_ms() + SOON_MS));
		hrd_thread_stop(&thread);
		assert_true(hrd_thread_end(&thread, hrd_monotonic_ms() + SOON_MS));
		assert_true(work.done);
		close(work.pipe[0]);
		close(work.pipe[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_that_is_told_to_end_is_waited_for),
		cmocka_unit_test(a_thread_that_hangs_is_left_behind),
		cmocka_unit_test(a_thread_that_was_left_behind_touches_no_file_of_its_successor),
		cmocka_unit_test(what_a_thread_begins_with_is_waited_for),
		cmocka_unit_test(
		    a_wait_ends_when_the_thread_is_woken_or_told_to_end_or_something_is_to_be_read),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
