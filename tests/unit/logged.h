/* SPDX-License-Identifier: BSD-3-Clause */
/* The log of the module's code, kept for the test that runs it. */
#ifndef HRD_TESTS_UNIT_LOGGED_H
#define HRD_TESTS_UNIT_LOGGED_H

/* The lines logged since the last logged_forget(), each with its line feed; of any level. */
const char *logged(void);
void logged_forget(void);

#endif
