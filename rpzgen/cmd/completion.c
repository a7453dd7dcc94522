/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen completion: what shells need to complete a command line. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <stdlib.h>

#include "lib/usage/completion.h"

/* The words that operands are made of, where the synopsis names them; else operands are files. */
static const char *
operands(const struct hrd_command *command)
{
	const char *synopsis = command->synopsis;

	return synopsis[0] >= 'a' && synopsis[0] <= 'z' ? synopsis : NULL;
}

static int
run(struct hrd_args *args)
{
	struct hrd_completed *all;
	size_t count = 0;
	bool known;

	while (hrd_command_table[count] != NULL)
		count++;
	all = calloc(count, sizeof(*all));
	if (all == NULL) {
		hrd_diag_nomem(args->diag);
		return HRD_EXIT_SYSTEM;
	}
	for (size_t i = 0; i < count; i++) {
		all[i].name = hrd_command_table[i]->name;
		all[i].summary = hrd_command_table[i]->summary;
		all[i].words = operands(hrd_command_table[i]);
		all[i].options = hrd_command_options(hrd_command_table[i]);
	}
	known = hrd_completion_print(args->argv[0], "rpzgen", all, count);
	free(all);
	if (known)
		return HRD_EXIT_OK;
	hrd_diag_usage(args->diag, "no completion for \"%s\"; there is one for bash, fish and zsh",
	    args->argv[0]);
	return HRD_EXIT_USAGE;
}

const struct hrd_command hrd_cmd_completion = {
	.name = "completion",
	.synopsis = "bash | fish | zsh",
	.summary = "print what a shell needs to complete command lines",
	.help = "make install puts them where the shells look; elsewhere the shell reads what is\n"
		"printed.\n",
	.examples =
	    "  rpzgen completion bash > ~/.local/share/bash-completion/completions/rpzgen\n",
	.json = HRD_CMD_NO_JSON,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
