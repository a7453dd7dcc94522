/* SPDX-License-Identifier: BSD-3-Clause */
/* Near misses by edit distance (optimal string alignment). */
#include <config.h>

#include "lib/usage/suggest.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

static bool
is_alike(char a, char b)
{
	return a == b || tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned
hrd_edit_distance(const char *a, const char *b)
{
	unsigned rows[3][HRD_SUGGEST_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > HRD_SUGGEST_MAX || nb > HRD_SUGGEST_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1,
			    above[j - 1] + (is_alike(a[i - 1], b[j - 1]) ? 0 : 1));
			if (i > 1 && j > 1 && is_alike(a[i - 1], b[j - 2]) &&
			    is_alike(a[i - 2], b[j - 1]))
				row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1, UINT_MAX);
		}
	}
	return rows[na % 3][nb];
}

void
hrd_near_init(struct hrd_near *near, const char *word)
{
	near->word = word;
	near->best = NULL;
	near->distance = UINT_MAX;
}

void
hrd_near_try(struct hrd_near *near, const char *candidate)
{
	unsigned distance = hrd_edit_distance(near->word, candidate);
	size_t length = strlen(near->word);

	/* A third of the word may be wrong; beyond that a suggestion is a guess. */
	if (distance < near->distance && distance <= (length + 2) / 3 && distance < length) {
		near->distance = distance;
		near->best = candidate;
	}
}
