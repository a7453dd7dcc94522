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

#include "lib/base/status.h"
#include "module/reload/publisher.h"

struct hrd_loader;

/* Starts the thread. again: what is in force is that before a reload of the host, and the thread
 * begins with a load. publisher and settings_path must outlive it. Touches no file itself.
 * HRD_ENOMEM. */
HRD_MUST_USE int hrd_loader_start(struct hrd_publisher *publisher, const char *settings_path,
    bool again, struct hrd_loader **out);

/* Waits until the first look at the files, or that load, is over, at the longest until then
 * (hrd_monotonic_ms()). */
HRD_MUST_USE bool hrd_loader_await(struct hrd_loader *loader, int64_t until_ms);

/* Tells the thread to end; NULL-safe. */
void hrd_loader_stop(struct hrd_loader *loader);

/* Waits for that, at the longest until then (hrd_monotonic_ms()), and frees the loader; NULL-safe.
 * False: the thread hangs and is left behind; then all that the loader was given must stay. */
HRD_MUST_USE bool hrd_loader_end(struct hrd_loader *loader, int64_t until_ms);

#endif
