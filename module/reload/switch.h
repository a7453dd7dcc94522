/* SPDX-License-Identifier: BSD-3-Clause */
/* The mode, which is the kill switch: one thread that sees the settings file replaced and takes
 * over its mode, with end, owner and reason, and touches nothing else. So it holds within a second
 * whatever the other keys, files, directories and disks are, and while a load waits for its
 * interval or for a disk. What is wrong with the file the load says, which comes as well. */
#ifndef HRD_MODULE_RELOAD_SWITCH_H
#define HRD_MODULE_RELOAD_SWITCH_H

#include "module/base/thread.h"
#include "module/reload/publisher.h"

/* Starts the thread; publisher and settings_path must outlive it. Touches no file itself. It is
 * ready when the file has been looked at once, and ended by hrd_thread_stop() and
 * hrd_thread_end(). From the thread that ends it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_switch_start(
    struct hrd_publisher *publisher, const char *settings_path, struct hrd_thread **out);

#endif
