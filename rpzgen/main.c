/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen: the table of subcommands, and the exit status. */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rpzgen/cmd/args.h"
#include "rpzgen/cmd/commands.h"

/* Sorted by name; NULL ends it. */
static const struct hrd_command *const commands[] = {
	&hrd_cmd_build,
	&hrd_cmd_check,
	&hrd_cmd_compile,
	&hrd_cmd_diff,
	&hrd_cmd_dump,
	&hrd_cmd_explain,
	&hrd_cmd_keygen,
	&hrd_cmd_pull,
	&hrd_cmd_reveal,
	&hrd_cmd_sign,
	&hrd_cmd_verify,
	&hrd_cmd_verify_log,
	NULL,
};

static void
print_help(FILE *out)
{
	fputs("usage: rpzgen COMMAND [ARGUMENT]...\n"
	      "       rpzgen help [COMMAND]\n"
	      "       rpzgen --help | --version\n"
	      "\ncommands:\n",
	    out);
	for (const struct hrd_command *const *c = commands; *c != NULL; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fputs("\nA file name of \"-\" is standard input or output.\n"
	      "Exit status: 0 fine, 1 input rejected or finding, 2 usage, 3 inconclusive or "
	      "system failure.\n",
	    out);
}

static const struct hrd_command *
find_command(const char *name)
{
	for (const struct hrd_command *const *c = commands; *c != NULL; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	return NULL;
}

static int
usage_error(const char *word)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, false);

	if (diag == NULL)
		return HRD_EXIT_SYSTEM;
	hrd_diag_usage(diag, "unknown command \"%s\"; see rpzgen help", word);
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
	hrd_cmd_help(command);
	return HRD_EXIT_OK;
}

/* Output that did not reach its destination is a failure, whatever was computed. */
static int
close_stdout(int status)
{
	struct hrd_diag *diag;

	if (fflush(stdout) == 0 && !ferror(stdout) && fclose(stdout) == 0)
		return status;
	diag = hrd_diag_new(HRD_DIAG_TEXT, false);
	if (diag != NULL) {
		hrd_diag_system(diag, "standard output", 0);
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
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return run_help(argc, argv);
	if (strcmp(argv[1], "--version") == 0) {
		puts("rpzgen (" PACKAGE_NAME ") " PACKAGE_VERSION);
		return HRD_EXIT_OK;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return usage_error(argv[1]);
	return run_command(command, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	/* A file over the limit is an error like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	return close_stdout(dispatch(argc, argv));
}
