/* SPDX-License-Identifier: BSD-3-Clause */
/* Sorted names with values. */
#include <config.h>

#include "rpzgen/rules/nameset.h"

#include <stdlib.h>

#include "lib/base/array.h"

void
hrd_nameset_add(struct hrd_nameset *set, const struct hrd_name *name, const void *value)
{
	void *entries =
	    hrd_array_reserve(set->entries, &set->room, set->count + 1, sizeof(*set->entries));

	if (entries == NULL) {
		set->nomem = true;
		return;
	}
	set->entries = entries;
	set->entries[set->count] = (struct hrd_nameset_entry){ name, value, set->count };
	set->count++;
	if (hrd_name_labels(name) > set->labels)
		set->labels = hrd_name_labels(name);
}

static int
by_name(const void *left, const void *right)
{
	const struct hrd_nameset_entry *a = left, *b = right;
	int order = hrd_name_cmp(a->name, b->name);

	return order != 0 ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

void
hrd_nameset_sort(struct hrd_nameset *set)
{
	if (set->count > 1)
		qsort(set->entries, set->count, sizeof(*set->entries), by_name);
}

void
hrd_nameset_free(struct hrd_nameset *set)
{
	free(set->entries);
	*set = (struct hrd_nameset){ 0 };
}

size_t
hrd_nameset_seek(const struct hrd_nameset *set, const struct hrd_name *name)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hrd_name_cmp(set->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hrd_nameset_entry *
hrd_nameset_find(const struct hrd_nameset *set, const struct hrd_name *name)
{
	size_t at = hrd_nameset_seek(set, name);

	if (at == set->count || hrd_name_cmp(set->entries[at].name, name) != 0)
		return NULL;
	return &set->entries[at];
}

const struct hrd_nameset_entry *
hrd_nameset_above(
    const struct hrd_nameset *set, const struct hrd_name *name, bool (*accept)(const void *value))
{
	struct hrd_name_ancestors above;
	unsigned labels;

	hrd_name_ancestors(&above, name);
	labels = above.labels <= set->labels ? above.labels : set->labels + 1;
	while (labels-- > 0) {
		const struct hrd_nameset_entry *entry;
		struct hrd_name ancestor;

		hrd_name_nth_ancestor(&ancestor, name, &above, labels);
		entry = hrd_nameset_find(set, &ancestor);
		if (entry != NULL && (accept == NULL || accept(entry->value)))
			return entry;
	}
	return NULL;
}
