/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one call of a program fail: an allocation (faults.c), or what else can (fault_calls.c).
 *
 * The linker sends calls here: $(wrapped_allocations), $(wrapped_calls). In a whole program
 * $HRADBA_FAIL_AT says which one fails, and at the end the number of calls goes to the file that
 * $HRADBA_CALLS names; a test of parts says it itself. Any thread. */
#ifndef HRD_TESTS_FAULTS_H
#define HRD_TESTS_FAULTS_H

#include <errno.h>
#include <stdbool.h>

/* From now on the n-th call fails, 1 = the next; 0: none. */
void faults_fail_at(unsigned long n);

/* True when the last one that was to fail has. */
bool faults_has_failed(void);

/* Blocks and mappings that the program's own code holds. */
long faults_blocks(void);
long faults_mappings(void);

/* For the functions that stand in for others: counts a call, true when it is the one to fail. */
bool faults_fails(void);
void faults_note_mappings(long more);

/* FAILING(type, name, parameters, arguments, error number, result of the failure) stands in for a
 * function that gives no block. */
#define FAILING(type, name, parameters, arguments, error, failure) \
	type __real_##name parameters;                             \
	type __wrap_##name parameters;                             \
	type __wrap_##name parameters                              \
	{                                                          \
		if (!faults_fails())                               \
			return __real_##name arguments;            \
		errno = (error);                                   \
		return failure;                                    \
	}

#endif
