/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of a command line: one table drives getopt_long(), the help text and what shells
 * complete.
 *
 * A program's one thread: getopt_long() keeps its place in globals. */
#ifndef HRD_LIB_USAGE_OPTION_H
#define HRD_LIB_USAGE_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum { HRD_OPTIONS_MAX = 24 }; /* of one command */

struct hrd_option {
	const char *name; /* long name without dashes; NULL ends a table */
	char letter;      /* short form, or 0 */
	const char *arg;  /* what it takes ("DIR", "yes|no", "a|b[,...]"), or NULL for a switch */
	const char *help; /* one line */
};

/* What a command understands, ended by NULL. */
struct hrd_option_list {
	const struct hrd_option *all[HRD_OPTIONS_MAX + 1];
};

/* The list of a table. */
struct hrd_option_list hrd_option_list(const struct hrd_option *table);

/* The lines of the help text, on stdout. */
void hrd_options_print(const struct hrd_option_list *list);

/* All of it, with what stands before and after them. */
void hrd_help_print(const char *before, const struct hrd_option *table, const char *after);

enum { HRD_OPTION_END = -1, HRD_OPTION_UNKNOWN = -2, HRD_OPTION_NO_VALUE = -3 };

/* The next option: its place in the list, with its value in *optarg*, or one of the above. Begin
 * with optind 1; operands are moved behind the options. */
int hrd_option_next(const struct hrd_option_list *list, int argc, char **argv);

/* What the last call met and did not understand, as it was written. */
enum { HRD_OPTION_TEXT_MAX = 256 };
const char *hrd_option_written(char **argv, char text[HRD_OPTION_TEXT_MAX]);

/* Why hrd_option_next() gave one of the last two: "unknown option "--jsn"; did you mean --json?".
 * False where the text has no remedy: the caller points at its help. */
bool hrd_option_refused(const struct hrd_option_list *list, int why, const char *written,
    char text[HRD_OPTION_TEXT_MAX]);

#endif
