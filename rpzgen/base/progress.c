/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of progress on a terminal. */
#include <config.h>

#include "rpzgen/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/clock.h"

enum { SECOND_MS = 1000 };

void
hrd_progress_start(struct hrd_progress *progress, bool quiet)
{
	progress->on = !quiet && isatty(STDERR_FILENO) == 1;
	progress->shown = false;
	progress->start = hrd_monotonic_ms();
}

void
hrd_progress_show(
    struct hrd_progress *progress, const char *subject, uint64_t count, const char *unit)
{
	if (!progress->on || hrd_monotonic_ms() - progress->start < SECOND_MS)
		return;
	/* Return to the left, erase to the end of the line (ECMA-48 EL). */
	fprintf(stderr, "\r\033[K%s: %" PRIu64 " %s", subject, count, unit);
	fflush(stderr);
	progress->shown = true;
}

void
hrd_progress_end(struct hrd_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->on = progress->shown = false;
}
