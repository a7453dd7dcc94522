/* SPDX-License-Identifier: BSD-3-Clause */
/* Finds dates in the trees of an inventory. */
#include <config.h>

#include "rpzgen/inventory/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/yaml/tree.h"

struct search {
	struct hrd_schedule *days;
	int32_t from, to;
	int status;
};

static void
add(struct search *search, int32_t day)
{
	struct hrd_schedule *days = search->days;
	int32_t *all;

	if (search->status != HRD_OK || day <= search->from || day > search->to)
		return;
	all = hrd_array_reserve(days->all, &days->room, days->count + 1, sizeof(*all));
	if (all == NULL) {
		search->status = HRD_ENOMEM;
		return;
	}
	days->all = all;
	all[days->count++] = day;
}

static void
look_at(struct search *search, const struct hrd_yaml_node *node)
{
	bool begins = strcmp(node->key, "from") == 0 || strcmp(node->key, "since") == 0;
	bool ends = strcmp(node->key, "until") == 0 || strcmp(node->key, "expires") == 0;
	int32_t day;

	if ((begins || ends) && hrd_yaml_date(node, &day) && day < INT32_MAX)
		add(search, day + (ends ? 1 : 0));
}

/* Depth is at most HRD_YAML_DEPTH_MAX. */
static void
search_in(struct search *search, const struct hrd_yaml_node *node)
{
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (c->kind != HRD_YAML_SCALAR)
			search_in(search, c);
		else if (node->kind == HRD_YAML_MAP)
			look_at(search, c);
	}
}

static int
by_day(const void *a, const void *b)
{
	int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;

	return (first > second) - (first < second);
}

int
hrd_schedule_add(
    struct hrd_schedule *days, const struct hrd_inventory *inventory, int32_t from, int32_t to)
{
	struct search search = { days, from, to, HRD_OK };
	size_t kept = 0;

	for (size_t i = 0; i < inventory->count; i++)
		search_in(&search, inventory->sections[i]->item.node);
	if (days->count > 0)
		qsort(days->all, days->count, sizeof(*days->all), by_day);
	for (size_t i = 0; i < days->count; i++) {
		if (kept == 0 || days->all[kept - 1] != days->all[i])
			days->all[kept++] = days->all[i];
	}
	days->count = kept;
	return search.status;
}
