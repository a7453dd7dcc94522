/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of what the live DNS said of an inventory. One thread. */
#ifndef HRD_RPZGEN_NET_LIVERECORD_H
#define HRD_RPZGEN_NET_LIVERECORD_H

#include "rpzgen/net/live.h"

/* Writes a record. HRD_EIO with errno set. */
HRD_MUST_USE int hrd_live_record_write(const struct hrd_live *live, FILE *out);

/* Compares with a record of an earlier time and reports differences, which are findings. False
 * after a report when the file cannot be read. */
bool hrd_live_record_compare(const struct hrd_live *live, const char *path, struct hrd_diag *diag);

/* A record that was read; it belongs to the caller. NULL after a report. */
struct hrd_live_record *hrd_live_record_read(const char *path, struct hrd_diag *diag);
void hrd_live_record_free(struct hrd_live_record *record); /* NULL-safe */

/* Whether the zone of a listed or known name was signed; unknown also for other names. */
enum hrd_live_signed hrd_live_record_signed(
    const struct hrd_live_record *record, const struct hrd_name *name);

#endif
