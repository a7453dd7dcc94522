/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in force in a unit test, one load after the other. */
#ifndef HRD_TESTS_INFORCE_H
#define HRD_TESTS_INFORCE_H

#include "module/generation/generation.h"

enum { INFORCE_TIME = 1760000000 }; /* at which it is loaded */

extern struct hrd_generation *current;

/* Loads the settings that stand in the directory of the tests (tests/unit/check.h) as hradba.yaml,
 * after what is in force; what was logged before is forgotten. Fails the test on any error. */
void load(void);

/* Nothing is in force any more. */
void end(void);

#endif
