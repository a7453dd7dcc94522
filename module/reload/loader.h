/* SPDX-License-Identifier: BSD-3-Clause */
/* Hot reload: one thread that sees settings, allow list and images replaced, and publishes them.
 *
 * It watches the directories of those files (inotify) and looks at the files every second besides.
 * The first change after quiet is taken up at once; later ones wait for the minimum interval. A
 * generation that cannot be loaded leaves the one in force and is said once, until a file changes
 * again. The thread blocks all signals and never touches the host's data. */
#ifndef HRD_MODULE_RELOAD_LOADER_H
#define HRD_MODULE_RELOAD_LOADER_H

#include "lib/base/status.h"
#include "module/reload/store.h"

struct hrd_loader;

/* Called in the loader's thread after a generation has been published. before: the one that it
 * replaces; it is freed afterwards. */
typedef void hrd_loader_published_fn(void *ctx, const struct hrd_generation *before);

/* Starts the thread over a store whose first generation came from settings_path. store and
 * settings_path must outlive it. HRD_ENOMEM, HRD_EIO. */
HRD_MUST_USE int hrd_loader_start(struct hrd_store *store, const char *settings_path,
    hrd_loader_published_fn *published, void *ctx, struct hrd_loader **out);

/* Ends and joins the thread; NULL-safe. */
void hrd_loader_stop(struct hrd_loader *loader);

#endif
