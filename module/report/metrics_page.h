/* SPDX-License-Identifier: BSD-3-Clause */
/* The metrics as a page of text (Prometheus text exposition format 0.0.4).
 *
 * Label values are policy ids, entity ids and words of ours: never a name that was asked for, never
 * a client.
 *
 * Threads: the reporter's; counters are read while workers count. */
#ifndef HRD_MODULE_REPORT_METRICS_PAGE_H
#define HRD_MODULE_REPORT_METRICS_PAGE_H

#include "lib/base/buffer.h"
#include "lib/base/status.h"
#include "module/generation/generation.h"
#include "module/report/metrics.h"

enum { HRD_PAGE_MAX = 16 << 20 }; /* octets */

/* Appends the page to out. generation: the current one, which the caller holds; total: from
 * hrd_store_tally(); now: seconds since the epoch. HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_metrics_page(const struct hrd_metrics *metrics,
    const struct hrd_generation *generation, const struct hrd_tally *total, int64_t now,
    struct hrd_buffer *out);

/* Adds with 0 every series that the policies in force can count under, so that a rise is seen from
 * the first match. total: of hrd_store_tally(). False: out of memory, some are not there. */
bool hrd_metrics_zeros(const struct hrd_generation *generation, struct hrd_tally *total);

#endif
