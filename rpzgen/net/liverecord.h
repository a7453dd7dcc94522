/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of what the live DNS said of an inventory. One thread. */
#ifndef HRD_RPZGEN_NET_LIVERECORD_H
#define HRD_RPZGEN_NET_LIVERECORD_H

#include "rpzgen/net/live.h"

struct hrd_live_record;

/* A record that was read; it belongs to the caller. NULL after a report. */
struct hrd_live_record *hrd_live_record_read(const char *path, struct hrd_diag *diag);
void hrd_live_record_free(struct hrd_live_record *record); /* NULL-safe */

/* Writes a record. What was not found out keeps its value of the one before (NULL: there is none),
 * with the day on which it was seen. HRD_EIO with errno set. */
HRD_MUST_USE int hrd_live_record_write(
    const struct hrd_live *live, const struct hrd_live_record *before, FILE *out);

/* Reports differences from a record of an earlier time, which are findings. */
void hrd_live_record_compare(
    const struct hrd_live *live, const struct hrd_live_record *before, struct hrd_diag *diag);

/* Whether the zone of a listed or known name was signed; unknown also for other names. */
enum hrd_live_signed hrd_live_record_signed(
    const struct hrd_live_record *record, const struct hrd_name *name);

#endif
