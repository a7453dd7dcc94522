/* SPDX-License-Identifier: BSD-3-Clause */
/* One line to the operator, through the server's own log.
 *
 * Every line begins with "hradba: ".  Threads: any, at any time between init and deinit. */
#ifndef HRD_MODULE_SAY_H
#define HRD_MODULE_SAY_H

enum hrd_level {
	HRD_SAY_ERROR,
	HRD_SAY_WARNING,
	HRD_SAY_NOTICE, /* what happens once: a start, a load */
	HRD_SAY_DETAIL, /* only at a raised verbosity */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
hrd_say(enum hrd_level level, const char *format, ...);

#endif
