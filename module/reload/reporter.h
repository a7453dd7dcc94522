/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that writes to the sinks, so that no worker and no load ever waits for a disk.
 *
 * It renders the metrics page at the interval of the settings, and at once after a change, and
 * replaces the file by rename. A file that cannot be written is said once, counted, and tried
 * again at the next interval. The thread blocks all signals and never touches the host's data. */
#ifndef HRD_MODULE_RELOAD_REPORTER_H
#define HRD_MODULE_RELOAD_REPORTER_H

#include "lib/base/status.h"
#include "module/reload/store.h"

struct hrd_reporter;

/* Starts the thread; store must outlive it. HRD_ENOMEM, HRD_EIO. */
HRD_MUST_USE int hrd_reporter_start(struct hrd_store *store, struct hrd_reporter **out);

/* Other settings or images are in force: report soon. Any thread; NULL-safe. */
void hrd_reporter_nudge(struct hrd_reporter *reporter);

/* Tells the thread to write a last time and end; NULL-safe. */
void hrd_reporter_stop(struct hrd_reporter *reporter);

/* Waits for that, at the longest until then (hrd_monotonic_ms()), and frees the reporter;
 * NULL-safe. False: the thread hangs and is left behind; then the store must stay. */
HRD_MUST_USE bool hrd_reporter_end(struct hrd_reporter *reporter, int64_t until_ms);

#endif
