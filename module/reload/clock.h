/* SPDX-License-Identifier: BSD-3-Clause */
/* What time alone decides (the end of an exemption, of a mode, of a policy's validity) comes at its
 * time, in both directions, by a thread that touches no file: so whatever state files and disks are
 * in. It also logs when the clock was set. */
#ifndef HRD_MODULE_RELOAD_CLOCK_H
#define HRD_MODULE_RELOAD_CLOCK_H

#include "module/base/thread.h"
#include "module/reload/publisher.h"

/* Starts the thread; publisher must outlive it. It is ended by hrd_thread_stop() and
 * hrd_thread_end(). From the thread that ends it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_clock_start(struct hrd_publisher *publisher, struct hrd_thread **out);

#endif
