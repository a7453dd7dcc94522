/* SPDX-License-Identifier: BSD-3-Clause */
/* Local zones of Unbound: a sorted array. */
#include <config.h>

#include "rpzgen/list/localzone.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"

int
hrd_local_table_add(
    struct hrd_local_table *zones, const char *name, size_t len, enum hrd_local_zone_kind kind)
{
	struct hrd_local_zone *all =
	    hrd_array_reserve(zones->all, &zones->room, zones->count + 1, sizeof(*all));

	if (all == NULL)
		return HRD_ENOMEM;
	zones->all = all;
	all[zones->count++] = (struct hrd_local_zone){ .name = name, .len = len, .kind = kind };
	return HRD_OK;
}

static int
compare_names(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = strncasecmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* The last of one name first. */
static int
by_name(const void *left, const void *right)
{
	const struct hrd_local_zone *a = left, *b = right;
	int order = compare_names(a->name, a->len, b->name, b->len);

	return order != 0 ? order : (a->name < b->name) - (a->name > b->name);
}

void
hrd_local_table_seal(struct hrd_local_table *zones)
{
	size_t kept = 0;

	if (zones->count == 0)
		return;
	qsort(zones->all, zones->count, sizeof(*zones->all), by_name);
	for (size_t i = 1; i < zones->count; i++) {
		const struct hrd_local_zone *last = &zones->all[kept], *next = &zones->all[i];

		if (compare_names(last->name, last->len, next->name, next->len) != 0)
			zones->all[++kept] = *next;
	}
	zones->count = kept + 1;
}

void
hrd_local_table_clear(struct hrd_local_table *zones)
{
	free(zones->all);
	*zones = (struct hrd_local_table){ .count = 0 };
}

struct hrd_local_zone *
hrd_local_zone_find(const struct hrd_local_table *zones, const char *name, size_t len)
{
	size_t low = 0, high = zones->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct hrd_local_zone *zone = &zones->all[middle];
		int order = compare_names(zone->name, zone->len, name, len);

		if (order == 0)
			return zone;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct hrd_local_zone *
hrd_local_zone_above(const struct hrd_local_table *zones, const char *name, size_t len)
{
	const char *end = name + len, *dot;

	while ((dot = memchr(name, '.', (size_t)(end - name))) != NULL) {
		const struct hrd_local_zone *zone;

		name = dot + 1;
		zone = hrd_local_zone_find(zones, name, (size_t)(end - name));
		if (zone != NULL)
			return zone;
	}
	return NULL;
}

bool
hrd_local_zone_blocks(const struct hrd_local_zone *zone)
{
	return zone->kind == HRD_LOCAL_BLOCKS ||
	       (zone->kind == HRD_LOCAL_REDIRECTS && (zone->nowhere || !zone->elsewhere));
}

static bool
passes(const struct hrd_local_zone *zone)
{
	return zone->kind == HRD_LOCAL_PASSES || zone->kind == HRD_LOCAL_IGNORES;
}

bool
hrd_local_zone_lifts(const struct hrd_local_table *zones, const struct hrd_local_zone *zone)
{
	if (zone == NULL || !passes(zone))
		return false;
	while (zone != NULL && passes(zone))
		zone = hrd_local_zone_above(zones, zone->name, zone->len);
	return zone != NULL && hrd_local_zone_blocks(zone);
}
