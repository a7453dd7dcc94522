/* SPDX-License-Identifier: BSD-3-Clause */
/* A loop over independent items, on all processors. Threads: from one; ctx is shared by those that
 * it starts, and all have ended when it returns. */
#ifndef HRD_RPZGEN_BASE_PARALLEL_H
#define HRD_RPZGEN_BASE_PARALLEL_H

#include <stddef.h>

#include "lib/base/status.h"
#include "rpzgen/base/progress.h"

enum { HRD_PARALLEL_THREADS_MAX = 16 };

struct hrd_parallel {
	size_t count; /* items */
	/* Works on the items from, from + 1, ..., to - 1. HRD_OK, or the error that ends the loop.
	 * Runs in several threads; what it makes must depend on the items alone. */
	int (*work)(void *ctx, size_t from, size_t to);
	void *ctx;
	struct hrd_progress *progress; /* or NULL */
	const char *subject, *unit;    /* for the progress */
};

/* Runs the loop; one of the errors that work() returned, or HRD_OK. Threads that the system does
 * not give are done without. */
HRD_MUST_USE int hrd_parallel(const struct hrd_parallel *loop);

/* Runs other(ctx) in a thread of its own while own(ctx) runs in this one, and returns when both
 * have ended; one after the other where the system gives no thread. */
void hrd_side_by_side(void (*other)(void *ctx), void (*own)(void *ctx), void *ctx);

#endif
