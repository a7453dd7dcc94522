/* SPDX-License-Identifier: BSD-3-Clause */
/* Items in chunks, taken by threads as they come. */
#include <config.h>

#include "rpzgen/base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { CHUNK = 64 };

struct run {
	const struct hrd_parallel *loop;
	atomic_size_t next;
	atomic_int status;
};

/* Takes and works on one chunk; false when nothing is left to do. */
static bool
take_chunk(struct run *run)
{
	size_t from = atomic_fetch_add(&run->next, CHUNK), to = from + CHUNK;
	int status;

	if (from >= run->loop->count || atomic_load(&run->status) != HRD_OK)
		return false;
	if (to > run->loop->count)
		to = run->loop->count;
	status = run->loop->work(run->loop->ctx, from, to);
	if (status != HRD_OK)
		atomic_store(&run->status, status);
	return true;
}

static void *
help(void *ctx)
{
	struct run *run = ctx;

	while (take_chunk(run))
		;
	return NULL;
}

static size_t
helpers_wanted(size_t count)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = online > 1 ? (size_t)online : 1;

	if (threads > HRD_PARALLEL_THREADS_MAX)
		threads = HRD_PARALLEL_THREADS_MAX;
	if (threads > count / CHUNK + 1)
		threads = count / CHUNK + 1;
	return threads - 1;
}

int
hrd_parallel(const struct hrd_parallel *loop)
{
	struct run run = { .loop = loop };
	pthread_t helpers[HRD_PARALLEL_THREADS_MAX];
	size_t count = helpers_wanted(loop->count), started = 0;

	while (started < count && pthread_create(&helpers[started], NULL, help, &run) == 0)
		started++;
	while (take_chunk(&run)) {
		if (loop->progress != NULL)
			hrd_progress_show(
			    loop->progress, loop->subject, atomic_load(&run.next), loop->unit);
	}
	while (started > 0)
		pthread_join(helpers[--started], NULL);
	return atomic_load(&run.status);
}

struct side {
	void (*work)(void *ctx);
	void *ctx;
};

static void *
run_side(void *ctx)
{
	const struct side *side = ctx;

	side->work(side->ctx);
	return NULL;
}

void
hrd_side_by_side(void (*other)(void *ctx), void (*own)(void *ctx), void *ctx)
{
	struct side side = { other, ctx };
	pthread_t thread;
	bool started = pthread_create(&thread, NULL, run_side, &side) == 0;

	own(ctx);
	if (started)
		pthread_join(thread, NULL);
	else
		other(ctx);
}
