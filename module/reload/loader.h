/* SPDX-License-Identifier: BSD-3-Clause */
/* Hot reload: one thread that sees settings, allow list, keys and images replaced, and publishes
 * them.
 *
 * It watches the directories of those files (inotify) and looks at the files every second besides.
 * The first change after quiet is taken up at once; later ones wait, counted from the end of a
 * load, for the minimum interval, and three times as long as the load took: so a publisher gone
 * wild costs a quarter of a core at most. A fault that may pass by itself (no access, no
 * descriptor, no memory, a directory that is not there) is tried again every few seconds, in
 * silence while it stays the same. Mode and time are others' (module/reload/switch.h, clock.h).
 * The thread blocks all signals and never touches the host's data. */
#ifndef HRD_MODULE_RELOAD_LOADER_H
#define HRD_MODULE_RELOAD_LOADER_H

#include "module/base/thread.h"
#include "module/reload/publisher.h"

/* Starts the thread. again: what is in force is that before a reload of the host, and the thread
 * begins with a load. publisher and settings_path must outlive it. Touches no file itself. It is
 * ready when the first look at the files, or that load, is over, and ended by hrd_thread_stop() and
 * hrd_thread_end(). From the thread that ends it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_loader_start(struct hrd_publisher *publisher, const char *settings_path,
    bool again, struct hrd_thread **out);

#endif
