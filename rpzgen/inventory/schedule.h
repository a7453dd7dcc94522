/* SPDX-License-Identifier: BSD-3-Clause */
/* The days on which something of an inventory begins, or is over.
 *
 * Works on what was written, like changes.h: whatever a key "from", "since", "until" or "expires"
 * stands with. So a day may be among them on which no rule changes.
 *
 * One thread. The inventory is borrowed for the call; the days are the caller's. */
#ifndef HRD_RPZGEN_INVENTORY_SCHEDULE_H
#define HRD_RPZGEN_INVENTORY_SCHEDULE_H

#include "lib/base/status.h"
#include "rpzgen/inventory/inventory.h"

/* Ascending, each once. `all` is from malloc(). */
struct hrd_schedule {
	int32_t *all;
	size_t count, room;
};

/* Adds the days after `from` up to `to`, which both are days since 1970-01-01: of what has a last
 * day, the one after it. HRD_ENOMEM. */
HRD_MUST_USE int hrd_schedule_add(
    struct hrd_schedule *days, const struct hrd_inventory *inventory, int32_t from, int32_t to);

#endif
