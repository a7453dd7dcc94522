/* SPDX-License-Identifier: BSD-3-Clause */
/* How much of an input may be refused before all of it is: a number, or a share. Pure. */
#ifndef HRD_RPZGEN_LIST_TOLERANCE_H
#define HRD_RPZGEN_LIST_TOLERANCE_H

#include <stdbool.h>
#include <stdint.h>

struct hrd_tolerance {
	bool given; /* else the limits that suit most: see hrd_tolerates() */
	bool share; /* most is in percent */
	uint64_t most;
};

/* Reads "20" or "5%". False for anything else. */
bool hrd_tolerance_parse(struct hrd_tolerance *out, const char *text);

/* Whether so many refused of so many in all are still an input with faults, and not a fault.
 * Without a limit given: at most 20 or 1 %, and at most 5 or 10 %. */
bool hrd_tolerates(const struct hrd_tolerance *tolerance, uint64_t refused, uint64_t all);

#endif
