/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of progress on a terminal, for what takes over a second. Nothing is written when
 * standard error is no terminal. One thread: it writes to standard error. Errors are ignored. */
#ifndef HRD_RPZGEN_BASE_PROGRESS_H
#define HRD_RPZGEN_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct hrd_progress {
	bool on;
	bool shown;
	int64_t start; /* monotonic milliseconds */
};

/* Nothing is shown in the first second, nor when quiet. */
void hrd_progress_start(struct hrd_progress *progress, bool quiet);

/* Shows "subject: N unit" in place of the line before; cheap, but not for every item. */
void hrd_progress_show(
    struct hrd_progress *progress, const char *subject, uint64_t count, const char *unit);

/* Takes the line away; diagnostics may follow. */
void hrd_progress_end(struct hrd_progress *progress);

#endif
