/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that sees to the mode. */
#include <config.h>

#include "module/reload/switch.h"

#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"
#include "module/base/look.h"
#include "module/reload/watch.h"

enum {
	LOOK_MS = 500, /* between looks at the file when nothing is heard of it */
	REST_MS = 200, /* between two readings of it, however often it is replaced */
};

struct mode_switch {
	struct hrd_thread thread;
	struct hrd_publisher *publisher;
	const char *settings_path;
	struct hrd_watch watch;
	uint64_t seen; /* what the file looked like before it was read last */
};

/* Reads the mode. Faults are the loader's to say. */
static int
read_mode(struct mode_switch *s, struct hrd_settings **out)
{
	struct hrd_generation *current = hrd_publisher_hold(s->publisher);
	struct hrd_log_buffer lines = { NULL, NULL, 0, 0 };
	int status;

	hrd_log_collect(&lines);
	status =
	    hrd_settings_read_mode(s->settings_path, current->settings, (int64_t)time(NULL), out);
	hrd_log_collect(NULL);
	hrd_log_buffer_drop(&lines);
	hrd_generation_release(current);
	return status;
}

/* Takes over the mode of a file that looks otherwise than before. What cannot be read is tried
 * again when it looks otherwise again, or for a passing want at once. */
static void
take_mode(struct mode_switch *s)
{
	uint64_t seen = hrd_look(s->settings_path);
	struct hrd_settings *mode = NULL;
	int64_t read;
	int status;

	if (seen == s->seen)
		return;
	/* Another directory may have its path now. What comes from here on is heard of. */
	hrd_watch_renew(&s->watch);
	hrd_watch_file(&s->watch, s->settings_path);
	seen = hrd_look(s->settings_path);
	read = hrd_monotonic_us();
	status = read_mode(s, &mode);
	if (status == HRD_OK && !atomic_load(&s->thread.stopping))
		status = hrd_publisher_adapt(s->publisher, mode, read);
	if (status == HRD_OK || status == HRD_EINVAL)
		s->seen = seen;
	hrd_settings_release(mode);
}

static void
run(void *arg)
{
	struct mode_switch *s = arg;

	while (!atomic_load(&s->thread.stopping)) {
		int64_t looked = hrd_monotonic_ms();

		hrd_watch_empty(&s->watch);
		take_mode(s);
		hrd_thread_ready(&s->thread);
		hrd_thread_wait(&s->thread, s->watch.fd, LOOK_MS);
		hrd_thread_wait(&s->thread, -1, looked + REST_MS - hrd_monotonic_ms());
	}
}

static void
drop(void *arg)
{
	struct mode_switch *s = arg;

	hrd_watch_end(&s->watch);
	free(s);
}

int
hrd_switch_start(
    struct hrd_publisher *publisher, const char *settings_path, struct hrd_thread **out)
{
	struct mode_switch *s = calloc(1, sizeof(*s));
	int status;

	if (s == NULL)
		return HRD_ENOMEM;
	s->publisher = publisher;
	s->settings_path = settings_path;
	s->watch.fd = -1;
	status = hrd_thread_start(&s->thread, run, drop, s);
	if (status == HRD_OK)
		*out = &s->thread;
	return status;
}
