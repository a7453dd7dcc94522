/* SPDX-License-Identifier: BSD-3-Clause */
/* What shells need to complete the command lines of a program, from the tables that parse them.
 * One thread; writes to standard output. */
#ifndef HRD_LIB_USAGE_COMPLETION_H
#define HRD_LIB_USAGE_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/usage/option.h"

/* A command of a program, or a program without commands. */
struct hrd_completed {
	const char *name;    /* of the command; NULL: the program has none */
	const char *summary; /* one line */
	const char *words;   /* what its operands are, "bash | fish | zsh"; else they are files */
	struct hrd_option_list options;
};

/* For "bash", "fish" or "zsh"; false where there is none for that shell. What stands for a program
 * with commands beside them is there too: help, --help, --version. */
bool hrd_completion_print(
    const char *shell, const char *program, const struct hrd_completed *commands, size_t count);

#endif
