/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen: the table of subcommands, and the exit status. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "rpzgen/cmd.h"

struct command {
	const char *name;
	hrd_cmd_fn *run;
	const char *synopsis; /* arguments, for the help text */
	const char *summary;
};

/* Sorted by name; the first empty entry ends it. */
static const struct command commands[] = {
	{ NULL, NULL, NULL, NULL },
};

static void
print_help(FILE *out)
{
	fputs("usage: rpzgen COMMAND [ARGUMENT]...\n"
	      "       rpzgen --help | --version\n",
	    out);
	if (commands[0].name != NULL)
		fputs("\ncommands:\n", out);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(out, "  %s %s\n      %s\n", c->name, c->synopsis, c->summary);
}

static const struct command *
find_command(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* Output that did not reach its destination is a failure, whatever was computed. */
static int
close_stdout(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0) {
		fputs("rpzgen: error: cannot write to standard output [stdout]\n", stderr);
		return HRD_EXIT_SYSTEM;
	}
	return status;
}

static int
dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr);
		return HRD_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return HRD_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("rpzgen (" PACKAGE_NAME ") " PACKAGE_VERSION);
		return HRD_EXIT_OK;
	}
	command = find_command(argv[1]);
	if (command == NULL) {
		fprintf(stderr,
		    "rpzgen: error: unknown command \"%s\"; see rpzgen --help [usage-command]\n",
		    argv[1]);
		return HRD_EXIT_USAGE;
	}
	return command->run(argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	return close_stdout(dispatch(argc, argv));
}
