/* SPDX-License-Identifier: BSD-3-Clause */
/* What the module would answer to whom, and why: the decision of module/decide for one question.
 * One thread. Everything is borrowed for the call; output goes to stdout, and its errors show
 * there. */
#ifndef HRD_MODULE_CHECK_ASK_H
#define HRD_MODULE_CHECK_ASK_H

#include <stdbool.h>

#include "module/generation/generation.h"

struct hrd_ask {
	const struct hrd_generation *generation;
	const char *text;                /* the name as it was given */
	struct hrd_name name;            /* the same, read */
	const struct hrd_prefix *client; /* or NULL: one in no group */
};

/* Prints the answer: one JSON object a line, or some lines of text. */
void hrd_ask_print(const struct hrd_ask *ask, bool json);

#endif
