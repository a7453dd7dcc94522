/* SPDX-License-Identifier: BSD-3-Clause */
/* The time that goes into outputs. Threads: any, one at a time for diag. */
#ifndef HRD_RPZGEN_BASE_NOW_H
#define HRD_RPZGEN_BASE_NOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "rpzgen/base/diag.h"

/* Seconds since the epoch: SOURCE_DATE_EPOCH (reproducible-builds.org) when it is set, else the
 * clock. HRD_EINVAL: the variable is no such number; reported as an error of usage. */
HRD_MUST_USE int hrd_now(struct hrd_diag *diag, uint64_t *seconds);

/* The day of an option (NULL: that of SOURCE_DATE_EPOCH, else today) as days since 1970-01-01;
 * false after a report of usage. */
bool hrd_date_option(const char *option, struct hrd_diag *diag, int32_t *days);

#endif
