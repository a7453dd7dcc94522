/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen: the table of subcommands, and the exit status. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/usage/suggest.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/args.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/version.h"

static void
print_help(FILE *out)
{
	fputs("usage: rpzgen COMMAND [ARGUMENT]...\n"
	      "       rpzgen help [COMMAND]\n"
	      "       rpzgen --help | --version\n"
	      "\ncommands:\n",
	    out);
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fputs("\nA file name of \"-\" is standard input or output.\n"
	      "Exit status: 0 fine, 1 input rejected or finding, 2 usage, 3 inconclusive or "
	      "system failure.\n",
	    out);
}

static const struct hrd_command *
find_command(const char *name)
{
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	return NULL;
}

static int
usage_error(const char *word)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, false);
	struct hrd_near near;

	if (diag == NULL)
		return HRD_EXIT_SYSTEM;
	hrd_near_init(&near, word);
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++)
		hrd_near_try(&near, (*c)->name);
	if (word[0] == '-')
		hrd_diag_usage(
		    diag, "options stand behind the command, as in: rpzgen check %s ...", word);
	else if (near.best != NULL)
		hrd_diag_usage(
		    diag, "unknown command \"%s\"; did you mean \"%s\"?", word, near.best);
	else
		hrd_diag_usage(diag, "unknown command \"%s\"; rpzgen help lists them", word);
	hrd_diag_flush(diag, NULL);
	hrd_diag_free(diag);
	return HRD_EXIT_USAGE;
}

static int
unexpected_word(const char *word, const char *usage)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, false);

	if (diag == NULL)
		return HRD_EXIT_SYSTEM;
	hrd_diag_usage(diag, "unexpected argument \"%s\"; usage: rpzgen %s", word, usage);
	hrd_diag_flush(diag, NULL);
	hrd_diag_free(diag);
	return HRD_EXIT_USAGE;
}

static int
run_command(const struct hrd_command *command, int argc, char **argv)
{
	struct hrd_args args = { .command = command };
	bool go = hrd_args_parse(&args, argc, argv);

	if (args.diag == NULL)
		return HRD_EXIT_SYSTEM;
	if (go)
		hrd_diag_raise(args.diag, command->run(&args));
	return hrd_args_finish(&args);
}

static int
run_help(int argc, char **argv)
{
	const struct hrd_command *command;

	if (argc < 3) {
		print_help(stdout);
		return HRD_EXIT_OK;
	}
	command = find_command(argv[2]);
	if (command == NULL)
		return usage_error(argv[2]);
	if (argc > 3)
		return unexpected_word(argv[3], "help [COMMAND]");
	hrd_cmd_help(command);
	return HRD_EXIT_OK;
}

/* Output that did not reach its destination is a failure, whatever was computed. */
static int
close_stdout(int status)
{
	struct hrd_diag *diag;
	bool failed = ferror(stdout);
	int error;

	if (!failed && fflush(stdout) == 0 && fclose(stdout) == 0)
		return status;
	error = failed ? hrd_stream_errno(stdout) : errno;
	diag = hrd_diag_new(HRD_DIAG_TEXT, false);
	if (diag != NULL) {
		hrd_diag_system(diag, "standard output", error);
		hrd_diag_flush(diag, NULL);
		hrd_diag_free(diag);
	}
	return HRD_EXIT_SYSTEM;
}

static int
dispatch(int argc, char **argv)
{
	const struct hrd_command *command;

	if (argc < 2) {
		print_help(stderr);
		return HRD_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return run_help(argc, argv);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0 ||
	    strcmp(argv[1], "version") == 0) {
		if (argc > 2)
			return unexpected_word(argv[2], "--version");
		hrd_version_print(stdout);
		return HRD_EXIT_OK;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return usage_error(argv[1]);
	if (argc == 3 && strcmp(argv[2], "--version") == 0) {
		hrd_version_print(stdout);
		return HRD_EXIT_OK;
	}
	return run_command(command, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	/* A file over the limit is an error like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	return close_stdout(dispatch(argc, argv));
}
