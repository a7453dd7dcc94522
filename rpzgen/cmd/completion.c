/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen completion: what shells need to complete a command line, from the tables that parse it. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <stdio.h>
#include <string.h>

/* What the value of an option is, by the word that stands for it in the help text. */
enum value { VALUE_NONE, VALUE_FILE, VALUE_DIR, VALUE_WORDS, VALUE_OTHER };

static enum value
value_of(const struct hrd_option *option)
{
	static const char *const files[] = { "FILE", "MANIFEST", "RECORD", "ZONE" };

	if (option->arg == NULL)
		return VALUE_NONE;
	if (strncmp(option->arg, "DIR", 3) == 0)
		return VALUE_DIR;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(option->arg, files[i]) == 0)
			return VALUE_FILE;
	}
	return option->arg[0] >= 'a' && option->arg[0] <= 'z' ? VALUE_WORDS : VALUE_OTHER;
}

/* The words of "one|two", with spaces between. */
static void
print_words(const char *arg)
{
	for (; *arg != '\0'; arg++)
		putchar(*arg == '|' ? ' ' : *arg);
}

/* Text between single quotes of a shell; in zsh's specifications ":", "[" and "]" have a meaning
 * too. */
static void
print_quoted(const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr(special, *text) != NULL)
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void
print_commands(void)
{
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++)
		printf("%s ", (*c)->name);
	fputs("help", stdout);
}

/* The words that operands are made of, where the synopsis names them; else operands are files. */
static bool
print_operands(const struct hrd_command *command, const char *before, const char *after)
{
	const char *synopsis = command->synopsis;

	if (synopsis[0] < 'a' || synopsis[0] > 'z')
		return false;
	fputs(before, stdout);
	for (; *synopsis != '\0'; synopsis++) {
		if (*synopsis != '|')
			putchar(*synopsis);
	}
	fputs(after, stdout);
	return true;
}

static void
bash_value(const struct hrd_option *option)
{
	enum value value = value_of(option);

	if (value == VALUE_NONE)
		return;
	fputs("\t\t", stdout);
	if (option->letter != 0)
		printf("-%c | ", option->letter);
	printf("--%s) ", option->name);
	if (value == VALUE_WORDS)
		fputs("values='", stdout);
	else
		fputs(value == VALUE_FILE  ? "files=-f"
		      : value == VALUE_DIR ? "files=-d"
					   : "return",
		    stdout);
	if (value == VALUE_WORDS) {
		print_words(option->arg);
		putchar('\'');
	}
	puts(" ;;");
}

static void
bash_command(const struct hrd_command *command)
{
	const struct hrd_option *option;

	printf("\t%s)\n\t\toptions='", command->name);
	for (size_t i = 0; (option = hrd_command_option(command, i)) != NULL; i++) {
		printf("%s--%s", i > 0 ? " " : "", option->name);
		if (option->letter != 0)
			printf(" -%c", option->letter);
	}
	puts("'\n\t\tcase $previous in");
	for (size_t i = 0; (option = hrd_command_option(command, i)) != NULL; i++)
		bash_value(option);
	puts("\t\tesac");
	print_operands(command, "\t\twords='", "'\n");
	puts("\t\t;;");
}

static void
bash(void)
{
	fputs("# bash completion for rpzgen, made by: rpzgen completion bash\n"
	      "_rpzgen() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal commands='",
	    stdout);
	print_commands();
	puts(
	    "' options='' values='' files='' words=''\n"
	    "\tCOMPREPLY=()\n"
	    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands --help --version\" -- \"$word\")\n"
	    "\t\treturn\n"
	    "\tfi\n"
	    "\tcase ${COMP_WORDS[1]} in\n"
	    "\thelp) values=$commands ;;");
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++)
		bash_command(*c);
	puts("\tesac\n"
	     "\tif [ -z \"$values$files\" ]; then\n"
	     "\t\tcase $word in\n"
	     "\t\t-*) values=$options ;;\n"
	     "\t\t*)\n"
	     "\t\t\tvalues=$words\n"
	     "\t\t\t[ -n \"$words\" ] || files=-f\n"
	     "\t\t\t;;\n"
	     "\t\tesac\n"
	     "\tfi\n"
	     "\tif [ -n \"$files\" ]; then\n"
	     "\t\tcompopt -o filenames 2>/dev/null\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen \"$files\" -- \"$word\")\n"
	     "\telse\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$word\")\n"
	     "\tfi\n"
	     "}\n"
	     "complete -F _rpzgen rpzgen");
}

static void
zsh_action(const struct hrd_option *option)
{
	switch (value_of(option)) {
	case VALUE_NONE:
		break;
	case VALUE_FILE:
		printf(":%s:_files", option->arg);
		break;
	case VALUE_DIR:
		printf(":%s:_files -/", option->arg);
		break;
	case VALUE_WORDS:
		printf(":%s:(", option->name);
		print_words(option->arg);
		putchar(')');
		break;
	case VALUE_OTHER:
		putchar(':');
		print_quoted(option->arg, ":[]");
		fputs(": ", stdout);
		break;
	}
}

static void
zsh_option(const struct hrd_option *option)
{
	fputs(" \\\n\t\t\t", stdout);
	if (option->letter != 0)
		printf("'(-%c --%s)'{-%c,--%s}'[", option->letter, option->name, option->letter,
		    option->name);
	else
		printf("'*--%s[", option->name);
	print_quoted(option->help, ":[]");
	putchar(']');
	zsh_action(option);
	putchar('\'');
}

static void
zsh_command(const struct hrd_command *command)
{
	const struct hrd_option *option;

	printf("\t%s)\n\t\t_arguments -s", command->name);
	for (size_t i = 0; (option = hrd_command_option(command, i)) != NULL; i++)
		zsh_option(option);
	if (!print_operands(command, " \\\n\t\t\t'1:word:(", ")'\n"))
		puts(" \\\n\t\t\t'*:file:_files'");
	puts("\t\t;;");
}

static void
zsh(void)
{
	puts("#compdef rpzgen\n"
	     "# zsh completion for rpzgen, made by: rpzgen completion zsh\n"
	     "_rpzgen() {\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++) {
		printf("\t\t'%s:", (*c)->name);
		print_quoted((*c)->summary, ":");
		puts("'");
	}
	puts("\t\t'help:show the options of a command'\n"
	     "\t)\n"
	     "\tif (( CURRENT == 2 )); then\n"
	     "\t\t_describe command commands\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tlocal command=${words[2]}\n"
	     "\tshift words\n"
	     "\t(( CURRENT-- ))\n"
	     "\tcase $command in\n"
	     "\thelp) _describe command commands ;;");
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++)
		zsh_command(*c);
	puts("\tesac\n"
	     "}\n"
	     "_rpzgen \"$@\"");
}

static void
fish_option(const struct hrd_command *command, const struct hrd_option *option)
{
	printf("complete -c rpzgen -n '__fish_seen_subcommand_from %s' -l %s", command->name,
	    option->name);
	if (option->letter != 0)
		printf(" -s %c", option->letter);
	switch (value_of(option)) {
	case VALUE_NONE:
		break;
	case VALUE_FILE:
		fputs(" -r -F", stdout);
		break;
	case VALUE_DIR:
		fputs(" -x -a '(__fish_complete_directories)'", stdout);
		break;
	case VALUE_WORDS:
		fputs(" -x -a '", stdout);
		print_words(option->arg);
		putchar('\'');
		break;
	case VALUE_OTHER:
		fputs(" -x", stdout);
		break;
	}
	fputs(" -d '", stdout);
	print_quoted(option->help, "");
	puts("'");
}

static void
fish_operands(const struct hrd_command *command)
{
	char before[160];

	snprintf(before, sizeof(before),
	    "complete -c rpzgen -n '__fish_seen_subcommand_from %s' -f -a '", command->name);
	print_operands(command, before, "'\n");
}

static void
fish(void)
{
	const struct hrd_option *option;

	puts("# fish completion for rpzgen, made by: rpzgen completion fish");
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++) {
		printf("complete -c rpzgen -n __fish_use_subcommand -f -a %s -d '", (*c)->name);
		print_quoted((*c)->summary, "");
		puts("'");
	}
	puts("complete -c rpzgen -n __fish_use_subcommand -f -a help "
	     "-d 'show the options of a command'");
	fputs("complete -c rpzgen -n '__fish_seen_subcommand_from help' -f -a '", stdout);
	print_commands();
	puts("'");
	for (const struct hrd_command *const *c = hrd_command_table; *c != NULL; c++) {
		for (size_t i = 0; (option = hrd_command_option(*c, i)) != NULL; i++)
			fish_option(*c, option);
		fish_operands(*c);
	}
}

static int
run(struct hrd_args *args)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", bash }, { "fish", fish }, { "zsh", zsh } };

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(args->argv[0], shells[i].name) == 0) {
			shells[i].print();
			return HRD_EXIT_OK;
		}
	}
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
