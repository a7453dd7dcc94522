/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommands' tables, each defined in its NAME.c. One line a command, sorted. Constants:
 * pure. */
#ifndef HRD_RPZGEN_CMD_COMMANDS_H
#define HRD_RPZGEN_CMD_COMMANDS_H

#include "rpzgen/cmd/args.h"

extern const struct hrd_command hrd_cmd_build;
extern const struct hrd_command hrd_cmd_check;
extern const struct hrd_command hrd_cmd_compile;
extern const struct hrd_command hrd_cmd_completion;
extern const struct hrd_command hrd_cmd_diff;
extern const struct hrd_command hrd_cmd_dump;
extern const struct hrd_command hrd_cmd_explain;
extern const struct hrd_command hrd_cmd_export;
extern const struct hrd_command hrd_cmd_history;
extern const struct hrd_command hrd_cmd_init;
extern const struct hrd_command hrd_cmd_keygen;
extern const struct hrd_command hrd_cmd_probe;
extern const struct hrd_command hrd_cmd_pull;
extern const struct hrd_command hrd_cmd_reveal;
extern const struct hrd_command hrd_cmd_sign;
extern const struct hrd_command hrd_cmd_verify;
extern const struct hrd_command hrd_cmd_verify_log;
extern const struct hrd_command hrd_cmd_why;

/* All of them, sorted by name; NULL ends it. */
extern const struct hrd_command *const hrd_command_table[];

#endif
