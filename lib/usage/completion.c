/* SPDX-License-Identifier: BSD-3-Clause */
/* Completion of command lines for bash, fish and zsh. */
#include <config.h>

#include "lib/usage/completion.h"

#include <stdio.h>
#include <string.h>

/* What the value of an option is, by the word that stands for it in the help text. */
enum value { VALUE_NONE, VALUE_FILE, VALUE_DIR, VALUE_WORDS, VALUE_LIST, VALUE_OTHER };

struct completion {
	const char *program;
	const struct hrd_completed *commands;
	size_t count;
};

static const char list_end[] = "[,...]"; /* of "a|b[,...]" */

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
	if (option->arg[0] < 'a' || option->arg[0] > 'z')
		return VALUE_OTHER;
	return strstr(option->arg, list_end) != NULL ? VALUE_LIST : VALUE_WORDS;
}

/* The words of "one|two", of "one | two" and of "one|two[,...]", with a space between. */
static void
print_words(const char *arg)
{
	for (; *arg != '\0' && strcmp(arg, list_end) != 0; arg++) {
		if (*arg == '|')
			putchar(' ');
		else if (*arg != ' ')
			putchar(*arg);
	}
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

static bool
has_commands(const struct completion *c)
{
	return c->commands[0].name != NULL;
}

/* A name of a function of a shell. */
static void
print_function(const struct completion *c)
{
	putchar('_');
	for (const char *p = c->program; *p != '\0'; p++)
		putchar(*p == '-' ? '_' : *p);
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
	if (value == VALUE_WORDS || value == VALUE_LIST) {
		fputs(value == VALUE_LIST ? "list=yes values='" : "values='", stdout);
		print_words(option->arg);
		putchar('\'');
	} else {
		fputs(value == VALUE_FILE  ? "files=-f"
		      : value == VALUE_DIR ? "files=-d"
					   : "return",
		    stdout);
	}
	puts(" ;;");
}

static void
bash_command(const struct hrd_completed *command)
{
	const struct hrd_option *option;

	printf("\t%s)\n\t\toptions='", command->name != NULL ? command->name : "*");
	for (size_t i = 0; (option = command->options.all[i]) != NULL; i++) {
		printf("%s--%s", i > 0 ? " " : "", option->name);
		if (option->letter != 0)
			printf(" -%c", option->letter);
	}
	puts("'\n\t\tcase $previous in");
	for (size_t i = 0; (option = command->options.all[i]) != NULL; i++)
		bash_value(option);
	puts("\t\tesac");
	if (command->words != NULL) {
		fputs("\t\twords='", stdout);
		print_words(command->words);
		puts("'");
	}
	puts("\t\t;;");
}

/* The first word of a program with commands. */
static void
bash_commands(const struct completion *c)
{
	fputs("\tlocal commands='", stdout);
	for (size_t i = 0; i < c->count; i++)
		printf("%s ", c->commands[i].name);
	puts(
	    "help'\n"
	    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands --help --version\" -- \"$word\")\n"
	    "\t\treturn\n"
	    "\tfi");
}

static void
print_bash(const struct completion *c)
{
	printf("# bash completion for %s, made by the program itself\n", c->program);
	print_function(c);
	puts("() {\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
	     "\tlocal options='' values='' files='' words='' list='' front=''\n"
	     "\tCOMPREPLY=()\n"
	     "\t# --option=value is three words, or one where COMP_WORDBREAKS has no \"=\".\n"
	     "\tif [ \"$word\" = = ]; then\n"
	     "\t\tword=''\n"
	     "\telif [ \"$previous\" = = ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n"
	     "\t\tprevious=${COMP_WORDS[COMP_CWORD - 2]}\n"
	     "\telif [[ $word == --*=* ]]; then\n"
	     "\t\tprevious=${word%%=*} front=${word%%=*}= word=${word#*=}\n"
	     "\tfi");
	if (has_commands(c))
		bash_commands(c);
	puts(has_commands(c) ? "\tcase ${COMP_WORDS[1]} in\n\thelp) values=$commands ;;"
			     : "\tcase ${COMP_WORDS[0]} in");
	for (size_t i = 0; i < c->count; i++)
		bash_command(&c->commands[i]);
	fputs("\tesac\n"
	      "\tif [ -z \"$values$files\" ]; then\n"
	      "\t\tcase $word in\n"
	      "\t\t-*) values=$options ;;\n"
	      "\t\t*)\n"
	      "\t\t\tvalues=$words\n"
	      "\t\t\t[ -n \"$words\" ] || files=-f\n"
	      "\t\t\t;;\n"
	      "\t\tesac\n"
	      "\tfi\n"
	      "\tif [ -n \"$list\" ] && [[ $word == *,* ]]; then\n"
	      "\t\tfront=$front${word%,*}, word=${word##*,}\n"
	      "\tfi\n"
	      "\tif [ -n \"$files\" ]; then\n"
	      "\t\tcompopt -o filenames 2>/dev/null\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen \"$files\" -P \"$front\" -- \"$word\")\n"
	      "\telse\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$values\" -P \"$front\" -- \"$word\")\n"
	      "\tfi\n"
	      "}\n"
	      "complete -F ",
	    stdout);
	print_function(c);
	printf(" %s\n", c->program);
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
	case VALUE_LIST:
		printf(":%s:_values -s , %s ", option->name, option->name);
		print_words(option->arg);
		break;
	case VALUE_OTHER:
		putchar(':');
		print_quoted(option->arg, ":[]");
		fputs(": ", stdout);
		break;
	}
}

/* "--form=" takes its value behind "=" as well as behind a space; a letter right behind it too. */
static void
zsh_option(const struct hrd_option *option)
{
	const char *equals = option->arg != NULL ? "=" : "", *plus = option->arg != NULL ? "+" : "";

	fputs(" \\\n\t\t\t", stdout);
	if (option->letter != 0)
		printf("'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name, option->letter,
		    plus, option->name, equals);
	else
		printf("'*--%s%s[", option->name, equals);
	print_quoted(option->help, ":[]");
	putchar(']');
	zsh_action(option);
	putchar('\'');
}

static void
zsh_command(const struct hrd_completed *command)
{
	const struct hrd_option *option;

	if (command->name != NULL)
		printf("\t%s)\n", command->name);
	fputs("\t\t_arguments -s", stdout);
	for (size_t i = 0; (option = command->options.all[i]) != NULL; i++)
		zsh_option(option);
	if (command->words != NULL) {
		fputs(" \\\n\t\t\t'1:word:(", stdout);
		print_words(command->words);
		puts(")'");
	} else {
		puts(" \\\n\t\t\t'*:file:_files'");
	}
	if (command->name != NULL)
		puts("\t\t;;");
}

static void
zsh_commands(const struct completion *c)
{
	puts("\tlocal -a commands\n"
	     "\tcommands=(");
	for (size_t i = 0; i < c->count; i++) {
		printf("\t\t'%s:", c->commands[i].name);
		print_quoted(c->commands[i].summary, ":");
		puts("'");
	}
	puts("\t\t'help:show the options of a command'\n"
	     "\t)\n"
	     "\tif (( CURRENT == 2 )); then\n"
	     "\t\t_arguments '--help[show the commands]' '--version[show the versions]' \\\n"
	     "\t\t\t'1:command:{ _describe command commands }'\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tlocal command=${words[2]}\n"
	     "\tshift words\n"
	     "\t(( CURRENT-- ))\n"
	     "\tcase $command in\n"
	     "\thelp) _describe command commands ;;");
	for (size_t i = 0; i < c->count; i++)
		zsh_command(&c->commands[i]);
	puts("\tesac");
}

static void
print_zsh(const struct completion *c)
{
	printf("#compdef %s\n# zsh completion for %s, made by the program itself\n", c->program,
	    c->program);
	print_function(c);
	puts("() {");
	if (has_commands(c))
		zsh_commands(c);
	else
		zsh_command(&c->commands[0]);
	puts("}");
	print_function(c);
	puts(" \"$@\"");
}

/* "complete -c PROGRAM", and when. */
static void
fish_begin(const struct completion *c, const char *command)
{
	printf("complete -c %s", c->program);
	if (command != NULL)
		printf(" -n '__fish_seen_subcommand_from %s'", command);
}

static void
fish_option(const struct completion *c, const char *command, const struct hrd_option *option)
{
	fish_begin(c, command);
	printf(" -l %s", option->name);
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
	case VALUE_LIST:
		fputs(" -x -a '(__fish_append , ", stdout);
		print_words(option->arg);
		fputs(")'", stdout);
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
fish_commands(const struct completion *c)
{
	for (size_t i = 0; i < c->count; i++) {
		printf("complete -c %s -n __fish_use_subcommand -f -a %s -d '", c->program,
		    c->commands[i].name);
		print_quoted(c->commands[i].summary, "");
		puts("'");
	}
	printf("complete -c %s -n __fish_use_subcommand -f -a help "
	       "-d 'show the options of a command'\n"
	       "complete -c %s -n __fish_use_subcommand -l help -d 'show the commands'\n"
	       "complete -c %s -n __fish_use_subcommand -l version -d 'show the versions'\n",
	    c->program, c->program, c->program);
	fish_begin(c, "help");
	fputs(" -f -a '", stdout);
	for (size_t i = 0; i < c->count; i++)
		printf("%s ", c->commands[i].name);
	puts("help'");
}

static void
print_fish(const struct completion *c)
{
	printf("# fish completion for %s, made by the program itself\n", c->program);
	if (has_commands(c))
		fish_commands(c);
	for (size_t i = 0; i < c->count; i++) {
		const struct hrd_completed *command = &c->commands[i];

		for (size_t k = 0; command->options.all[k] != NULL; k++)
			fish_option(c, command->name, command->options.all[k]);
		if (command->words == NULL)
			continue;
		fish_begin(c, command->name);
		fputs(" -f -a '", stdout);
		print_words(command->words);
		puts("'");
	}
}

bool
hrd_completion_print(
    const char *shell, const char *program, const struct hrd_completed *commands, size_t count)
{
	static const struct {
		const char *name;
		void (*print)(const struct completion *c);
	} shells[] = { { "bash", print_bash }, { "fish", print_fish }, { "zsh", print_zsh } };
	const struct completion completion = { program, commands, count };

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shell, shells[i].name) == 0) {
			shells[i].print(&completion);
			return true;
		}
	}
	return false;
}
