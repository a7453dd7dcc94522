/* SPDX-License-Identifier: BSD-3-Clause */
/* The settings of taking over files: what is done without one, with an old one, and how often. Read
 * by one thread, then by any number; a plain structure that owns nothing. */
#ifndef HRD_MODULE_GENERATION_RELOAD_SETTINGS_H
#define HRD_MODULE_GENERATION_RELOAD_SETTINGS_H

#include "module/base/conf.h"

/* "on-missing": at the first start, a policy without a good image. */
enum hrd_missing {
	HRD_MISSING_REFUSE = 0, /* do not start */
	HRD_MISSING_ALLOW,      /* go on without it */
	HRD_MISSING_SERVFAIL,   /* answer every client SERVFAIL until there is one */
};

/* "on-expired": a policy past its end of validity. */
enum hrd_expired {
	HRD_EXPIRED_ENFORCE = 0,
	HRD_EXPIRED_OBSERVE, /* its rules match, count and change nothing */
};

enum {
	HRD_RELOAD_INTERVAL_DEFAULT = 200, /* ms between two loads */
	HRD_SWEEP_INTERVAL_DEFAULT = 60,   /* seconds between two sweeps without a cause */
};

/* enum hrd_missing */
hrd_conf_read hrd_conf_on_missing;
/* enum hrd_expired */
hrd_conf_read hrd_conf_on_expired;
/* uint32_t, ms: seconds with up to three decimals, 0 to 3600 */
hrd_conf_read hrd_conf_reload_interval;
/* uint32_t: seconds, 1 to 86400 */
hrd_conf_read hrd_conf_sweep_interval;

#endif
