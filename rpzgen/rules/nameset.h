/* SPDX-License-Identifier: BSD-3-Clause */
/* Names with something attached, looked up by ancestor: which entry is at or above a name, which
 * lie below it.
 *
 * Filled, then sorted once, then only read; look-ups before that find anything or nothing. Names
 * and values are borrowed until hrd_nameset_free(). One thread fills; a sorted set may be read by
 * many. A zeroed set is empty. */
#ifndef HRD_RPZGEN_RULES_NAMESET_H
#define HRD_RPZGEN_RULES_NAMESET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"

struct hrd_nameset_entry {
	const struct hrd_name *name;
	const void *value;
	size_t sequence; /* 0, 1, ... as they came */
};

struct hrd_nameset {
	struct hrd_nameset_entry *entries; /* canonical order, equal names in the order they came */
	size_t count, room;
	unsigned labels; /* the most that an entry has */
	bool nomem;      /* out of memory: an entry is missing */
};

/* Without memory it leaves the entry out and sets nomem: to be looked at once, after the last. */
void hrd_nameset_add(struct hrd_nameset *set, const struct hrd_name *name, const void *value);
void hrd_nameset_sort(struct hrd_nameset *set);
void hrd_nameset_free(struct hrd_nameset *set); /* empty afterwards */

/* Index of the first entry that is not before name: the entry of name itself, or the first below
 * it, or a later one. */
size_t hrd_nameset_seek(const struct hrd_nameset *set, const struct hrd_name *name);

/* The first entry of exactly this name, or NULL. */
const struct hrd_nameset_entry *hrd_nameset_find(
    const struct hrd_nameset *set, const struct hrd_name *name);

/* The entry of the closest strict ancestor for which accept is true (NULL: any), or NULL. */
const struct hrd_nameset_entry *hrd_nameset_above(
    const struct hrd_nameset *set, const struct hrd_name *name, bool (*accept)(const void *value));

#endif
