/* SPDX-License-Identifier: BSD-3-Clause */
/* "did you mean ...": the nearest of the words that would have been right. Pure: words are
 * borrowed, and must stay until the answer is used. */
#ifndef HRD_LIB_USAGE_SUGGEST_H
#define HRD_LIB_USAGE_SUGGEST_H

/* Octets of a word that is compared; longer ones have no near miss. */
enum { HRD_SUGGEST_MAX = 64 };

struct hrd_near {
	const char *word; /* what was written */
	const char *best; /* the nearest candidate so far that is near enough, or NULL; borrowed */
	unsigned distance;
};

/* No candidate yet. */
void hrd_near_init(struct hrd_near *near, const char *word);
/* Takes the candidate when it is nearer than those before; of equals the first stays. */
void hrd_near_try(struct hrd_near *near, const char *candidate);

/* Insertions, deletions, substitutions and swaps of neighbours that turn one into the other, a
 * letter in upper and lower case being the same; words over HRD_SUGGEST_MAX give a large number. */
unsigned hrd_edit_distance(const char *a, const char *b);

#endif
