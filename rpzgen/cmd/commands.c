/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of subcommands. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <stddef.h>

const struct hrd_command *const hrd_command_table[] = {
	&hrd_cmd_build,
	&hrd_cmd_check,
	&hrd_cmd_compile,
	&hrd_cmd_completion,
	&hrd_cmd_diff,
	&hrd_cmd_dump,
	&hrd_cmd_explain,
	&hrd_cmd_export,
	&hrd_cmd_history,
	&hrd_cmd_init,
	&hrd_cmd_keygen,
	&hrd_cmd_probe,
	&hrd_cmd_pull,
	&hrd_cmd_reveal,
	&hrd_cmd_sign,
	&hrd_cmd_verify,
	&hrd_cmd_verify_log,
	&hrd_cmd_why,
	NULL,
};
