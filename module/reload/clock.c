/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that sees to the time. */
#include <config.h>

#include "module/reload/clock.h"

#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"

enum {
	LOOK_MS = 1000, /* between looks at the clock */
	STEP = 60,      /* seconds: a clock that goes otherwise is worth a line */
};

struct clock {
	struct hrd_thread thread;
	struct hrd_publisher *publisher;
	int64_t lead; /* of the wall clock before the monotonic one, in s */
};

static int64_t
lead(void)
{
	return (int64_t)time(NULL) - hrd_monotonic_ms() / 1000;
}

/* Says when the clock was set. */
static void
watch_steps(struct clock *clock)
{
	int64_t now = lead(), step = now - clock->lead;

	if (step > -STEP && step < STEP)
		return;
	clock->lead = now;
	hrd_metrics_add(&clock->publisher->store->metrics, HRD_COUNTER_CLOCK_STEPS, 1);
	hrd_log(HRD_LOG_WARNING,
	    "the clock went %s by %lld s: what ends at a time goes by what it says now",
	    step > 0 ? "ahead" : "back", (long long)(step > 0 ? step : -step));
}

/* How long what is in force lasts, in ms; a second at most. */
static int64_t
until_next(struct hrd_publisher *publisher)
{
	struct hrd_generation *current = hrd_publisher_hold(publisher);
	int64_t left = current->span.until - (int64_t)time(NULL);

	hrd_generation_release(current);
	return left > LOOK_MS / 1000 ? LOOK_MS : 1000 * left;
}

static void
run(void *arg)
{
	struct clock *clock = arg;

	while (!atomic_load(&clock->thread.stopping)) {
		int64_t wait = LOOK_MS;

		watch_steps(clock);
		if (hrd_publisher_adapt(clock->publisher, NULL, 0) == HRD_OK)
			wait = until_next(clock->publisher);
		hrd_thread_wait(&clock->thread, -1, wait);
	}
}

int
hrd_clock_start(struct hrd_publisher *publisher, struct hrd_thread **out)
{
	struct clock *clock = calloc(1, sizeof(*clock));
	int status;

	if (clock == NULL)
		return HRD_ENOMEM;
	clock->publisher = publisher;
	clock->lead = lead();
	status = hrd_thread_start(&clock->thread, run, free, clock);
	if (status == HRD_OK)
		*out = &clock->thread;
	return status;
}
