/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that writes to the sinks, so that no worker and no load ever waits for a disk.
 *
 * It renders the metrics page at the interval of the settings, and at once after a change, and
 * replaces the file by rename. A file that cannot be written is logged once, counted, and tried
 * again at the next interval. The thread blocks all signals and never touches the host's data. */
#ifndef HRD_MODULE_RELOAD_REPORTER_H
#define HRD_MODULE_RELOAD_REPORTER_H

#include "module/base/thread.h"
#include "module/reload/store.h"

/* Starts the thread; store must outlive it. It is ended by hrd_thread_stop(), after which it writes
 * a last time, and hrd_thread_end(). From the thread that ends it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_reporter_start(struct hrd_store *store, struct hrd_thread **out);

/* Other settings or images are in force: report soon. reporter: what hrd_reporter_start() gave, or
 * NULL. Any thread, until its end. */
void hrd_reporter_nudge(struct hrd_thread *reporter);

#endif
