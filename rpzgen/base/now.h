/* SPDX-License-Identifier: BSD-3-Clause */
/* The time that goes into outputs, and the one that deadlines go by. Threads: any. */
#ifndef HRD_RPZGEN_BASE_NOW_H
#define HRD_RPZGEN_BASE_NOW_H

#include <stdint.h>

#include "lib/base/status.h"
#include "rpzgen/base/diag.h"

/* Seconds since the epoch: SOURCE_DATE_EPOCH (reproducible-builds.org) when it is set, else the
 * clock. HRD_EINVAL: the variable is no such number; told as an error of usage. */
HRD_MUST_USE int hrd_now(struct hrd_diag *diag, uint64_t *seconds);

/* Microseconds of a clock that nobody sets; only differences mean something. */
int64_t hrd_monotonic_us(void);

#endif
