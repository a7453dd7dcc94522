/* SPDX-License-Identifier: BSD-3-Clause */
/* What a fuzz target holds us to: a broken promise ends the process, which the fuzzer notices. */
#ifndef HRD_FUZZ_REQUIRE_H
#define HRD_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void
require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

#endif
