/* SPDX-License-Identifier: BSD-3-Clause */
/* Options by getopt_long(), from tables. */
#include <config.h>

#include "lib/usage/option.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/usage/suggest.h"

/* Values of getopt_long(): a letter, or LONG + place in the list. */
enum { LONG = 256 };

struct hrd_option_list
hrd_option_list(const struct hrd_option *table)
{
	struct hrd_option_list list = { { NULL } };

	for (size_t i = 0; i < HRD_OPTIONS_MAX && table != NULL && table[i].name != NULL; i++)
		list.all[i] = &table[i];
	return list;
}

static void
print_option(const struct hrd_option *option)
{
	char left[80];

	snprintf(left, sizeof(left), "%c%c%s --%s%s%s", option->letter != 0 ? '-' : ' ',
	    option->letter != 0 ? option->letter : ' ', option->letter != 0 ? "," : " ",
	    option->name, option->arg != NULL ? " " : "", option->arg != NULL ? option->arg : "");
	printf("  %-28s %s\n", left, option->help);
}

void
hrd_options_print(const struct hrd_option_list *list)
{
	for (size_t i = 0; list->all[i] != NULL; i++)
		print_option(list->all[i]);
}

void
hrd_help_print(const char *before, const struct hrd_option *table, const char *after)
{
	const struct hrd_option_list list = hrd_option_list(table);

	fputs(before, stdout);
	hrd_options_print(&list);
	puts(after);
}

static int
place_of_letter(const struct hrd_option_list *list, int letter)
{
	for (int i = 0; list->all[i] != NULL; i++) {
		if (list->all[i]->letter == letter)
			return i;
	}
	return HRD_OPTION_UNKNOWN;
}

int
hrd_option_next(const struct hrd_option_list *list, int argc, char **argv)
{
	struct option longs[HRD_OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	char letters[2 * HRD_OPTIONS_MAX + 2], *letter = letters;
	int value;

	*letter++ = ':';
	for (int i = 0; list->all[i] != NULL; i++) {
		const struct hrd_option *one = list->all[i];

		longs[i] = (struct option){ one->name,
			one->arg != NULL ? required_argument : no_argument, NULL, LONG + i };
		if (one->letter != 0)
			*letter++ = one->letter;
		if (one->letter != 0 && one->arg != NULL)
			*letter++ = ':';
	}
	*letter = '\0';
	opterr = 0;
	value = getopt_long(argc, argv, letters, longs, NULL);
	if (value == -1)
		return HRD_OPTION_END;
	if (value == ':')
		return HRD_OPTION_NO_VALUE;
	return value >= LONG ? value - LONG : place_of_letter(list, value);
}

const char *
hrd_option_written(char **argv, char text[HRD_OPTION_TEXT_MAX])
{
	/* One letter of several may stand in an argument that is not passed yet. */
	if (optopt > 0 && optopt < LONG)
		snprintf(text, HRD_OPTION_TEXT_MAX, "-%c", optopt);
	else
		snprintf(text, HRD_OPTION_TEXT_MAX, "%s", argv[optind - 1]);
	return text;
}

bool
hrd_option_refused(const struct hrd_option_list *list, int why, const char *written,
    char text[HRD_OPTION_TEXT_MAX])
{
	const char *name = strncmp(written, "--", 2) == 0 ? written + 2 : "";
	size_t len = strcspn(name, "=");
	char word[HRD_SUGGEST_MAX + 1];
	struct hrd_near near;

	if (why == HRD_OPTION_NO_VALUE) {
		snprintf(text, HRD_OPTION_TEXT_MAX, "%.100s needs a value", written);
		return false;
	}
	snprintf(word, sizeof(word), "%.*s", (int)(len < HRD_SUGGEST_MAX ? len : 0), name);
	hrd_near_init(&near, word);
	for (size_t i = 0; list->all[i] != NULL; i++) {
		const struct hrd_option *one = list->all[i];

		if (len > 0 && strncmp(one->name, name, len) == 0) {
			near.best = one->name;
			break;
		}
		hrd_near_try(&near, one->name);
	}
	if (near.best == NULL || len == 0) {
		snprintf(text, HRD_OPTION_TEXT_MAX, "unknown option \"%.100s\"", written);
		return false;
	}
	if (name[len] == '=' && strcmp(near.best, word) == 0)
		snprintf(text, HRD_OPTION_TEXT_MAX, "--%s takes no value", word);
	else
		snprintf(text, HRD_OPTION_TEXT_MAX, "unknown option \"%.100s\"; did you mean --%s?",
		    written, near.best);
	return true;
}
