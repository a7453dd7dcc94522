/* SPDX-License-Identifier: BSD-3-Clause */
/* The mode, which is the kill switch: one thread that sees the settings file replaced and takes
 * over its mode, with end, owner and reason, and touches nothing else. So it holds within a second
 * whatever the other keys, files, directories and disks are, and while a load waits for its
 * interval or for a disk. What is wrong with the file the load says, which comes as well. */
#ifndef HRD_MODULE_RELOAD_SWITCH_H
#define HRD_MODULE_RELOAD_SWITCH_H

#include "module/reload/publisher.h"

struct hrd_switch;

/* Starts the thread; publisher and settings_path must outlive it. Touches no file itself.
 * HRD_ENOMEM. */
HRD_MUST_USE int hrd_switch_start(
    struct hrd_publisher *publisher, const char *settings_path, struct hrd_switch **out);

/* Waits until the file has been looked at once, at the longest until then (hrd_monotonic_ms()). */
HRD_MUST_USE bool hrd_switch_await(struct hrd_switch *s, int64_t until_ms);

/* Tells the thread to end; NULL-safe. */
void hrd_switch_stop(struct hrd_switch *s);

/* Waits for that, at the longest until then, and frees it; NULL-safe. False: the thread hangs and
 * is left behind; then all that it was given must stay. */
HRD_MUST_USE bool hrd_switch_end(struct hrd_switch *s, int64_t until_ms);

#endif
