/* SPDX-License-Identifier: BSD-3-Clause */
/* Which module orders of the host are sound. */
#include <config.h>

#include "module/host/module_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

/* The next word at *at, of *len octets; NULL past the last one. */
static const char *
next_word(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, blanks);

	*len = strcspn(word, blanks);
	*at = word + *len;
	return *len ? word : NULL;
}

static bool
is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(word, name, len) == 0;
}

/* The place of a module that may stand in the middle, or -1. */
static int
middle_index(const char *word, size_t len)
{
	static const char *const names[] = { "respip", "validator", "subnetcache", "dns64" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is(word, len, names[i]))
			return (int)i;
	}
	return -1;
}

const char *
hrd_module_order_fault(const char *module_config)
{
	const char *at = module_config != NULL ? module_config : "";
	const char *word;
	size_t len;
	unsigned seen = 0;
	int index;

	word = next_word(&at, &len);
	if (word == NULL || !is(word, len, "dynlib"))
		return "dynlib must come first";
	while ((word = next_word(&at, &len)) != NULL && !is(word, len, "iterator")) {
		if (is(word, len, "dynlib"))
			return "dynlib may stand only once";
		if (is(word, len, "cachedb"))
			return "cachedb is a second cache, in which permitted "
			       "answers would survive";
		index = middle_index(word, len);
		if (index < 0)
			return "only respip, validator, subnetcache and dns64 may stand "
			       "between dynlib and iterator";
		if (seen & (1u << index))
			return "a module stands twice";
		seen |= 1u << index;
	}
	if (word == NULL || next_word(&at, &len) != NULL)
		return "iterator must come last";
	return NULL;
}
