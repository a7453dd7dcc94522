/* SPDX-License-Identifier: BSD-3-Clause */
/* bench/names COUNT [SEED]: prints COUNT generated names, one a line, sorted; the same for the same
 * arguments. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/lists.h"

enum { SPARE_PERCENT = 60 }; /* generated beyond COUNT: equal ones are dropped */

static void
print_name(const struct names *names, size_t i)
{
	struct hrd_name name = { .len = 0 };
	char text[HRD_NAME_TEXT_MAX];

	for (uint32_t at = names->at[i]; at < names->at[i + 1]; at++)
		name.wire[name.len++] = names->wire[at];
	hrd_name_to_text(&name, text);
	puts(text);
}

/* Prints `count` of the names, each with the same chance (selection sampling). */
static void
print_sample(const struct names *names, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < names->count && count > 0; i++) {
		if (list_random(&seed) % (names->count - i) >= count)
			continue;
		print_name(names, i);
		count--;
	}
}

static int
number(const char *text, uint64_t *out)
{
	char *end;

	*out = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

int
main(int argc, char **argv)
{
	uint64_t count, seed = 1;
	struct list list;

	if (argc < 2 || argc > 3 || !number(argv[1], &count) || count > 100000000 ||
	    (argc == 3 && !number(argv[2], &seed))) {
		fprintf(stderr, "usage: names COUNT [SEED]\n");
		return 2;
	}
	list_generate(&list, count + count * SPARE_PERCENT / 100, seed);
	if (list.names.count < count) {
		fprintf(stderr, "names: only %zu different names\n", list.names.count);
		return 3;
	}
	print_sample(&list.names, count, seed);
	list_free(&list);
	return fflush(stdout) == 0 ? 0 : 3;
}
