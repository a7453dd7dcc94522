/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one allocation of a program fail.
 *
 * Linked with $(wrapped_allocations). In a whole program $HRD_FAIL_AT says which call fails, and
 * at the end the number of calls goes to the file that $HRD_CALLS names; a test of parts says it
 * itself. */
#ifndef HRD_TESTS_FAULTS_H
#define HRD_TESTS_FAULTS_H

#include <stdbool.h>

/* From now on the n-th call fails, 1 = the next; 0: none. */
void faults_fail_at(unsigned long n);

/* True when it has, since then. */
bool faults_has_failed(void);

#endif
