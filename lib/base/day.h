/* SPDX-License-Identifier: BSD-3-Clause */
/* Days since 1970-01-01 (UTC), which dates of inventories and exemptions are. Pure. */
#ifndef HRD_LIB_BASE_DAY_H
#define HRD_LIB_BASE_DAY_H

enum { HRD_DAY_SECONDS = 86400 };

#endif
