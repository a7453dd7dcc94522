/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommands: one function each, defined in cmd_NAME.c and listed in main.c. */
#ifndef RPZGEN_CMD_H
#define RPZGEN_CMD_H

/* Exit statuses of the program and return values of the subcommands. */
enum hrd_exit {
	HRD_EXIT_OK = 0,
	HRD_EXIT_FINDING = 1, /* input rejected, or a finding: leak, bad signature, difference */
	HRD_EXIT_USAGE = 2,
	HRD_EXIT_SYSTEM = 3, /* inconclusive, or a system, network or key failure */
};

/* A subcommand.  argv[0] is its name and getopt may start at once; argv and its strings live as
 * long as the program.  Returns an enum hrd_exit; what is wrong was printed to stderr. */
typedef int hrd_cmd_fn(int argc, char **argv);

#endif
