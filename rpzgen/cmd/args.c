/* SPDX-License-Identifier: BSD-3-Clause */
/* Command lines of the subcommands: options from the command's table, help from the same table. */
#include <config.h>

#include "rpzgen/cmd/args.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/base/outfile.h"

enum common { COMMON_JSON, COMMON_SARIF, COMMON_QUIET, COMMON_HELP };

static const struct hrd_option common[] = {
	{ "json", 0, NULL, "print JSON" },
	{ "sarif", 0, NULL, "print the findings as SARIF 2.1.0" },
	{ "quiet", 'q', NULL, "print errors only" },
	{ "help", 'h', NULL, "print this text" },
	{ NULL, 0, NULL, NULL },
};

const char *
hrd_arg_nth(const struct hrd_args *args, int option, size_t n)
{
	for (size_t i = 0; i < args->count; i++) {
		if (args->given[i].option == option && n-- == 0)
			return args->given[i].value;
	}
	return NULL;
}

const char *
hrd_arg_value(const struct hrd_args *args, int option)
{
	for (size_t i = args->count; i > 0; i--) {
		if (args->given[i - 1].option == option)
			return args->given[i - 1].value;
	}
	return NULL;
}

bool
hrd_arg_name(const struct hrd_args *args, int option, struct hrd_name *out)
{
	const char *text = hrd_arg_value(args, option), *name = args->command->options[option].name;

	if (text == NULL || hrd_name_from_text(out, text, strlen(text)) == HRD_OK)
		return true;
	hrd_diag_usage(args->diag, "--%s \"%s\" is no domain name", name, text);
	return false;
}

bool
hrd_arg_misplaced(const struct hrd_args *args, int option, const char *what)
{
	if (hrd_arg_value(args, option) == NULL)
		return false;
	hrd_diag_usage(args->diag, "--%s is for %s", args->command->options[option].name, what);
	return true;
}

bool
hrd_arg_guards(const struct hrd_args *args, int option, enum hrd_guard_effect *out)
{
	const char *text = hrd_arg_value(args, option);
	bool refuse = text != NULL && strcmp(text, "refuse") == 0;

	if (text == NULL)
		return true;
	*out = refuse ? HRD_GUARDS_REFUSE : HRD_GUARDS_WARN;
	if (refuse || strcmp(text, "warn") == 0)
		return true;
	hrd_diag_usage(args->diag, "--guards is warn or refuse, not \"%s\"", text);
	return false;
}

bool
hrd_arg_number(const struct hrd_args *args, int option, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = hrd_arg_value(args, option), *name = args->command->options[option].name;
	unsigned long long value;
	char *end;

	if (text == NULL)
		return true;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && value >= min &&
	    value <= max) {
		*out = value;
		return true;
	}
	if (strcmp(args->command->options[option].arg, "TIME") == 0)
		hrd_diag_usage(
		    args->diag, "--%s takes seconds since 1970, not \"%.60s\"", name, text);
	else if (min > 0)
		hrd_diag_usage(args->diag,
		    "--%s takes a number from %" PRIu64 " to %" PRIu64 ", not \"%.60s\"", name, min,
		    max, text);
	else
		hrd_diag_usage(args->diag, "--%s takes a number up to %" PRIu64 ", not \"%.60s\"",
		    name, max, text);
	return false;
}

static bool
is_offered(const struct hrd_command *command, const struct hrd_option *option)
{
	if (strcmp(option->name, "sarif") == 0)
		return command->json == HRD_CMD_SARIF_REPORT;
	if (strcmp(option->name, "json") == 0)
		return command->json != HRD_CMD_NO_JSON;
	return true;
}

struct hrd_option_list
hrd_command_options(const struct hrd_command *command)
{
	struct hrd_option_list list = hrd_option_list(command->options);
	size_t n = 0;

	while (list.all[n] != NULL)
		n++;
	for (const struct hrd_option *o = common; o->name != NULL && n < HRD_OPTIONS_MAX; o++) {
		if (is_offered(command, o))
			list.all[n++] = o;
	}
	return list;
}

void
hrd_cmd_help(const struct hrd_command *command)
{
	const struct hrd_option_list list = hrd_command_options(command);

	printf("usage: rpzgen %s %s\n\n%s.\n", command->name, command->synopsis, command->summary);
	if (command->help != NULL)
		printf("\n%s", command->help);
	if (command->examples != NULL)
		printf("\nexamples:\n%s", command->examples);
	printf("\noptions:\n");
	hrd_options_print(&list);
}

struct common_given {
	bool json;
	bool sarif;
	bool help;
	const struct hrd_option *too_many; /* the first that found no room, or NULL */
	const char *empty;                 /* name of an option with an empty value, or NULL */
	const char *dash;                  /* of one that wants a directory and got "-" */
	int bad;                           /* HRD_OPTION_UNKNOWN or HRD_OPTION_NO_VALUE, or 0 */
	char bad_text[HRD_OPTION_TEXT_MAX];
};

static void
take_common(struct hrd_args *args, enum common option, struct common_given *given)
{
	given->help |= option == COMMON_HELP;
	given->json |= option == COMMON_JSON;
	given->sarif |= option == COMMON_SARIF;
	args->quiet |= option == COMMON_QUIET;
	args->json = given->json || given->sarif;
}

static void
take_own(struct hrd_args *args, int option, struct common_given *given)
{
	if (optarg != NULL && optarg[0] == '\0')
		given->empty = args->command->options[option].name;
	if (optarg != NULL && strcmp(optarg, "-") == 0 &&
	    strcmp(args->command->options[option].arg, "DIR") == 0)
		given->dash = args->command->options[option].name;
	if (args->count == HRD_GIVEN_MAX) {
		if (given->too_many == NULL)
			given->too_many = &args->command->options[option];
		return;
	}
	args->given[args->count].option = option;
	args->given[args->count++].value = optarg != NULL ? optarg : "";
}

static void
read_options(struct hrd_args *args, int argc, char **argv, struct common_given *given)
{
	const struct hrd_option_list list = hrd_command_options(args->command);
	int value;

	optind = 1;
	while ((value = hrd_option_next(&list, argc, argv)) >= 0) {
		const struct hrd_option *option = list.all[value];

		if (option >= common && option < common + sizeof(common) / sizeof(common[0]))
			take_common(args, (enum common)(option - common), given);
		else
			take_own(args, value, given);
	}
	if (value != HRD_OPTION_END) {
		given->bad = value;
		hrd_option_written(argv, given->bad_text);
	}
	args->argc = argc - optind;
	args->argv = argv + optind;
}

/* What is wrong with an option that was refused, and what may have been meant. */
static void
report_option(const struct hrd_args *args, int why, const char *written)
{
	const struct hrd_option_list list = hrd_command_options(args->command);
	char text[HRD_OPTION_TEXT_MAX];

	if (hrd_option_refused(&list, why, written, text))
		hrd_diag_usage(args->diag, "%s", text);
	else
		hrd_diag_usage(args->diag, "%s; see rpzgen help %s", text, args->command->name);
}

/* Options that name a file to write. */
static bool
is_output(const struct hrd_option *option)
{
	static const char *const names[] = { "output", "companion", "record", "junit",
		"prometheus" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(option->name, names[i]) == 0)
			return true;
	}
	return false;
}

/* What is printed beside files, or NULL. */
static const char *
report_of(const struct hrd_args *args, const struct common_given *given)
{
	const struct hrd_option *options = args->command->options;

	for (int i = 0; !args->json && options != NULL && options[i].name != NULL; i++) {
		if (strcmp(options[i].name, "list-holes") == 0 && hrd_arg_value(args, i) != NULL)
			return options[i].name;
	}
	return given->sarif ? "sarif" : given->json ? "json" : NULL;
}

/* Two that write to standard output would write into each other. */
static bool
check_stdout(const struct hrd_args *args, const struct common_given *given)
{
	const struct hrd_option *options = args->command->options;
	const char *user = report_of(args, given), *value;

	for (int i = 0; options != NULL && options[i].name != NULL; i++) {
		value = is_output(&options[i]) ? hrd_arg_value(args, i) : NULL;
		if (value == NULL || !hrd_is_stdout(value))
			continue;
		if (user != NULL) {
			hrd_diag_usage(args->diag,
			    "--%s needs standard output for itself; give --%s %s", user,
			    options[i].name, options[i].arg);
			return false;
		}
		user = options[i].name;
	}
	return true;
}

/* Options beyond what a command line takes; where a file can have them, it is named. */
static void
report_too_many(const struct hrd_args *args, const struct hrd_option *given)
{
	const struct hrd_option *option = args->command->options;
	size_t len = strlen(given->name);

	while (option->name != NULL && !(strncmp(option->name, given->name, len) == 0 &&
					   strcmp(option->name + len, "s") == 0))
		option++;
	if (option->name != NULL)
		hrd_diag_usage(args->diag, "more than %d options; give --%s %s for what is many",
		    HRD_GIVEN_MAX, option->name, option->arg);
	else
		hrd_diag_usage(args->diag, "more than %d options", HRD_GIVEN_MAX);
}

static bool
check_usage(struct hrd_args *args, const struct common_given *given)
{
	const struct hrd_command *command = args->command;
	const char *see = command->name;

	if (given->bad != 0)
		report_option(args, given->bad, given->bad_text);
	else if (given->sarif && given->json)
		hrd_diag_usage(args->diag, "--json and --sarif are two forms; give one of them");
	else if (given->empty != NULL)
		hrd_diag_usage(
		    args->diag, "--%s needs a value; see rpzgen help %s", given->empty, see);
	else if (given->dash != NULL)
		hrd_diag_usage(
		    args->diag, "--%s is a directory, and \"-\" is none (\"./-\" is)", given->dash);
	else if (given->too_many != NULL)
		report_too_many(args, given->too_many);
	else if (args->argc < command->min_operands)
		hrd_diag_usage(
		    args->diag, "too few arguments; usage: rpzgen %s %s", see, command->synopsis);
	else if (command->max_operands >= 0 && args->argc > command->max_operands)
		hrd_diag_usage(args->diag, "unexpected argument \"%s\"; usage: rpzgen %s %s",
		    args->argv[command->max_operands], see, command->synopsis);
	else
		return check_stdout(args, given);
	return false;
}

/* A usage error may come before --json is read: what asks for JSON gets JSON. */
static bool
asks_for_json(const struct hrd_args *args, int argc, char **argv)
{
	if (args->command->json != HRD_CMD_JSON_REPORT &&
	    args->command->json != HRD_CMD_SARIF_REPORT)
		return false;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--json") == 0)
			return true;
	}
	return false;
}

static int
drop(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return HRD_OK;
}

/* The result is kept in memory, since the status stands before it. */
static bool
open_result(struct hrd_args *args, bool wanted)
{
	if (wanted) {
		args->result_stream = open_memstream(&args->result_text, &args->result_len);
		if (args->result_stream == NULL)
			return false;
	}
	hrd_json_init_inner(
	    &args->result, true, wanted ? hrd_json_to_stream : drop, args->result_stream, 1);
	hrd_json_object(&args->result);
	return true;
}

bool
hrd_args_parse(struct hrd_args *args, int argc, char **argv)
{
	struct common_given given = { 0 };
	bool json = asks_for_json(args, argc, argv);

	read_options(args, argc, argv, &given);
	json = json && !given.help;
	args->diag = hrd_diag_new(given.sarif ? HRD_DIAG_SARIF
				  : json      ? HRD_DIAG_JSON
					      : HRD_DIAG_TEXT,
	    args->quiet);
	if (args->diag == NULL)
		return false;
	if (!open_result(args, json)) {
		hrd_diag_nomem(args->diag);
		return false;
	}
	if (given.bad == 0 && given.help) {
		hrd_cmd_help(args->command);
		return false;
	}
	return check_usage(args, &given);
}

struct hrd_json *
hrd_args_result(struct hrd_args *args)
{
	return &args->result;
}

/* What the closing line of the text says. */
static void
close_result(struct hrd_args *args)
{
	hrd_json_number(&args->result, "errors", hrd_diag_errors(args->diag));
	hrd_json_number(&args->result, "warnings", hrd_diag_warnings(args->diag));
	if (args->closing != NULL)
		hrd_json_member(&args->result, "closing", args->closing);
	hrd_json_object_end(&args->result);
	if (args->result_stream == NULL)
		return;
	if (fclose(args->result_stream) != 0 || args->result.status != HRD_OK)
		hrd_diag_nomem(args->diag);
	else
		hrd_diag_result(
		    args->diag, args->command->name, args->result_text, args->result_len);
}

int
hrd_args_finish(struct hrd_args *args)
{
	int status;

	close_result(args);
	hrd_diag_flush(args->diag, args->closing);
	status = hrd_diag_status(args->diag);
	hrd_diag_free(args->diag);
	free(args->result_text);
	return status;
}
