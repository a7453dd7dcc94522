/* SPDX-License-Identifier: BSD-3-Clause */
/* What time alone decides (the end of an exemption, of a mode, of a policy's validity) comes at its
 * time, in both directions, by a thread that touches no file: so whatever state files and disks are
 * in. It also tells when the clock was set. */
#ifndef HRD_MODULE_RELOAD_CLOCK_H
#define HRD_MODULE_RELOAD_CLOCK_H

#include "module/reload/publisher.h"

struct hrd_clock;

/* Starts the thread; publisher must outlive it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_clock_start(struct hrd_publisher *publisher, struct hrd_clock **out);

/* Tells the thread to end; NULL-safe. */
void hrd_clock_stop(struct hrd_clock *clock);

/* Waits for that, at the longest until then (hrd_monotonic_ms()), and frees it; NULL-safe. False:
 * as hrd_thread_end(). */
HRD_MUST_USE bool hrd_clock_end(struct hrd_clock *clock, int64_t until_ms);

#endif
