/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommands: each NAME.c of this room defines one struct hrd_command, commands.c lists them.
 *
 * Options are declared once, in a table that drives both getopt_long() and the help text. Every
 * command also understands --help and --quiet, and --json where `json` says what it
 * changes.
 *
 * One thread. Texts belong to argv, the rest to the run. */
#ifndef HRD_RPZGEN_CMD_ARGS_H
#define HRD_RPZGEN_CMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/json.h"
#include "lib/name/name.h"
#include "lib/usage/option.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/guard.h"

enum { HRD_GIVEN_MAX = 64 };

enum hrd_cmd_json {
	HRD_CMD_NO_JSON,
	HRD_CMD_JSON_DATA, /* the command's own output becomes JSON; diagnostics stay text on stderr
			    */
	/* command, status, result and diagnostics are one JSON object on stdout (doc/json.md) */
	HRD_CMD_JSON_REPORT,
	HRD_CMD_SARIF_REPORT, /* the same, and --sarif is understood */
};

/* A parsed command line. Strings live as long as the program. */
struct hrd_args {
	const struct hrd_command *command;
	struct hrd_diag *diag; /* flushed after the command has returned */
	int argc;              /* operands */
	char **argv;
	bool json; /* or SARIF: standard output is for the report alone */
	bool quiet;
	size_t count; /* options given, in order */
	struct {
		int option;
		const char *value; /* "" for a switch */
	} given[HRD_GIVEN_MAX];
	struct hrd_json result; /* see hrd_args_result() */
	FILE *result_stream;
	char *result_text;
	size_t result_len;
	const char *closing; /* set by the command: what the closing line of the diagnostics adds,
				or NULL */
};

struct hrd_command {
	const char *name;
	const char *synopsis; /* operands and options, for the help text */
	const char *summary;  /* one line */
	const char *help;     /* further lines for "help NAME", or NULL */
	const char *examples; /* lines of two blanks and a command line */
	enum hrd_cmd_json json;
	const struct hrd_option *options; /* hrd_arg_value() takes the index in this table */
	int min_operands;
	int max_operands; /* -1 = any number */
	/* Returns an exit status of rpzgen/base/diag.h; the program ends with the highest of it and
	 * hrd_diag_status(). */
	int (*run)(struct hrd_args *args);
};

/* All that the command understands: its own options in order, then the common ones. */
struct hrd_option_list hrd_command_options(const struct hrd_command *command);

/* The value of an option: the last given, or NULL. A switch gives "". */
const char *hrd_arg_value(const struct hrd_args *args, int option);

/* The n-th value of an option that may be repeated, or NULL past the last. */
const char *hrd_arg_nth(const struct hrd_args *args, int option, size_t n);

/* A whole number from min to max in decimal digits; *out stays when the option is not given. False
 * after a report of usage. */
bool hrd_arg_number(
    const struct hrd_args *args, int option, uint64_t min, uint64_t max, uint64_t *out);

/* A domain name, from the root; *out stays when the option is not given. False after a report of
 * usage. */
bool hrd_arg_name(const struct hrd_args *args, int option, struct hrd_name *out);

/* True after a report of usage, "--serial is for zones", where the option is given. */
bool hrd_arg_misplaced(const struct hrd_args *args, int option, const char *what);

/* "warn" or "refuse"; *out stays when the option is not given. False after a report of usage. */
bool hrd_arg_guards(const struct hrd_args *args, int option, enum hrd_guard_effect *out);

/* Parses argv (argv[0] = the command's name). False when the run ends here: help was printed, or a
 * usage error was reported to args->diag. args must be zero but for command; diag is made here,
 * NULL only when out of memory. */
bool hrd_args_parse(struct hrd_args *args, int argc, char **argv);

/* Where the command writes what came of it, as members of the object "result": all that its text
 * says, by the keys of doc/json.md. Never NULL; nothing is kept without --json. */
struct hrd_json *hrd_args_result(struct hrd_args *args);

/* Ends the run: prints the diagnostics, with the result where --json asks for it, and frees what
 * hrd_args_parse() made. Gives the exit status. */
int hrd_args_finish(struct hrd_args *args);

/* The help of one command, on stdout. */
void hrd_cmd_help(const struct hrd_command *command);

#endif
