/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares the trees of two inventories. */
#include <config.h>

#include "rpzgen/inventory/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/array.h"
#include "lib/base/buffer.h"
#include "lib/base/limits.h"

enum { PATH_MAX_OCTETS = 8192, TEXT_MAX_OCTETS = 1 << 20 };

struct walk {
	hrd_inventory_change_fn *report;
	void *ctx;
	struct hrd_arena arena; /* of identities */
	char path[PATH_MAX_OCTETS];
	size_t len; /* of path */
	bool nomem;
};

/* An item of a list with what identifies it. */
struct item {
	const struct hrd_yaml_node *node;
	const char *identity;
	size_t position;
};

struct items {
	struct item *all;
	size_t count, room;
};

static void
add_text(struct walk *w, struct hrd_buffer *buffer, const char *text)
{
	if (hrd_buffer_add(buffer, text, strlen(text)) != HRD_OK)
		w->nomem = true;
}

static bool
is_plain_list(const struct hrd_yaml_node *node)
{
	return node->kind == HRD_YAML_LIST &&
	       (node->child == NULL || node->child->kind == HRD_YAML_SCALAR);
}

/* A scalar, or a list of some, as one text. */
static void
add_value(struct walk *w, struct hrd_buffer *buffer, const struct hrd_yaml_node *node)
{
	if (node->kind == HRD_YAML_SCALAR) {
		add_text(w, buffer, node->text);
		return;
	}
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		add_text(w, buffer, c == node->child ? "" : ", ");
		add_text(w, buffer, c->text);
	}
}

/* The plain values of a map: "owner: J. Doe; until: 2026-12-31". */
static void
add_values(struct walk *w, struct hrd_buffer *buffer, const struct hrd_yaml_node *map)
{
	for (const struct hrd_yaml_node *c = map->child; c != NULL; c = c->next) {
		if (c->kind != HRD_YAML_SCALAR && !is_plain_list(c))
			continue;
		add_text(w, buffer, buffer->len > 0 ? "; " : "");
		add_text(w, buffer, c->key);
		add_text(w, buffer, ": ");
		add_value(w, buffer, c);
	}
}

/* The text of a node, to be freed; NULL for no node, and when out of memory. */
static char *
text_of(struct walk *w, const struct hrd_yaml_node *node)
{
	struct hrd_buffer buffer = { .max = TEXT_MAX_OCTETS };

	if (node == NULL)
		return NULL;
	if (node->kind == HRD_YAML_MAP)
		add_values(w, &buffer, node);
	else
		add_value(w, &buffer, node);
	if (hrd_buffer_add(&buffer, "", 1) != HRD_OK) {
		w->nomem = true;
		hrd_buffer_free(&buffer);
		return NULL;
	}
	return (char *)buffer.data;
}

/* Goes down by one part of the path; the length to return to. */
static size_t
push(struct walk *w, const char *noun, const char *identity)
{
	size_t before = w->len;
	int more = snprintf(w->path + w->len, sizeof(w->path) - w->len, "%s%s%s%s",
	    w->len > 0 ? ", " : "", noun, identity[0] != '\0' ? " " : "", identity);

	if (more > 0 && (size_t)more < sizeof(w->path) - w->len)
		w->len += (size_t)more;
	return before;
}

static void
pop(struct walk *w, size_t len)
{
	w->len = len;
	w->path[len] = '\0';
}

static void
report(
    struct walk *w, const char *key, const struct hrd_yaml_node *a, const struct hrd_yaml_node *b)
{
	char *before = text_of(w, a), *after = text_of(w, b);
	struct hrd_inventory_change change = {
		.change = a == NULL   ? HRD_ADDED
			  : b == NULL ? HRD_REMOVED
				      : HRD_CHANGED,
		.what = w->path,
		.key = key,
		.before = before,
		.after = after,
	};

	if (!w->nomem && (before == NULL || after == NULL || strcmp(before, after) != 0))
		w->report(w->ctx, &change);
	free(before);
	free(after);
}

static const char *
noun_of(const char *key)
{
	static const char *const nouns[][2] = {
		{ "entities", "entity" },
		{ "services", "service" },
		{ "names", "name" },
		{ "known", "known name" },
		{ "shared", "shared host" },
		{ "never", "never-listed name" },
		{ "profiles", "profile" },
		{ "rules", "rule" },
		{ "overrides", "override of" },
		{ "groups", "group" },
		{ "exceptions", "exception from" },
		{ "feeds", "feed" },
		{ "evidence", "source" },
	};

	for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); i++) {
		if (strcmp(nouns[i][0], key) == 0)
			return nouns[i][1];
	}
	return key;
}

static const char *
scalar(const struct hrd_yaml_node *map, const char *key)
{
	const struct hrd_yaml_node *node = hrd_yaml_get(map, key);

	return node != NULL && node->kind == HRD_YAML_SCALAR ? node->text : NULL;
}

/* What tells an item of a list from the others; "" where only its position does. */
static const char *
identify(struct walk *w, const struct hrd_yaml_node *node)
{
	static const char *const keys[][2] = { { "id", NULL }, { "guard", "name" },
		{ "name", NULL }, { "url", NULL }, { "repository", "path" }, { "title", NULL } };
	char text[3 * HRD_YAML_SCALAR_MAX];
	const char *copy;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *first = scalar(node, keys[i][0]);
		const char *second = keys[i][1] != NULL ? scalar(node, keys[i][1]) : NULL;

		if (first == NULL)
			continue;
		if (second == NULL)
			return first;
		snprintf(text, sizeof(text), "%s %s", first, second);
		copy = hrd_arena_copy(&w->arena, text, strlen(text));
		w->nomem = w->nomem || copy == NULL;
		return copy != NULL ? copy : "";
	}
	return "";
}

static int
by_identity(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = strcmp(a->identity, b->identity);

	return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

/* Adds the maps of a list, which may be NULL. */
static void
collect(struct walk *w, struct items *items, const struct hrd_yaml_node *list)
{
	struct item *bigger;

	if (list == NULL || list->children == 0)
		return;
	bigger = hrd_array_reserve(
	    items->all, &items->room, items->count + list->children, sizeof(*bigger));
	if (bigger == NULL) {
		w->nomem = true;
		return;
	}
	items->all = bigger;
	for (const struct hrd_yaml_node *c = list->child; c != NULL; c = c->next) {
		if (c->kind != HRD_YAML_MAP)
			continue;
		items->all[items->count] = (struct item){ c, identify(w, c), items->count };
		items->count++;
	}
}

static void compare_maps(
    struct walk *w, const struct hrd_yaml_node *a, const struct hrd_yaml_node *b);

/* Either item may be missing, but not both. */
static void
compare_items(struct walk *w, const char *key, const struct item *a, const struct item *b)
{
	static const struct item none = { NULL, "", 0 };
	const struct item *before = a != NULL ? a : &none, *after = b != NULL ? b : &none;
	const struct item *shown = a != NULL ? before : after;
	char position[32];
	size_t back;

	snprintf(position, sizeof(position), "%zu", shown->position + 1);
	back = push(w, noun_of(key), shown->identity[0] != '\0' ? shown->identity : position);
	if (before->node == NULL || after->node == NULL)
		report(w, NULL, before->node, after->node);
	compare_maps(w, before->node, after->node);
	pop(w, back);
}

/* Merges two lists of maps by identity; takes both. */
static void
compare_lists(struct walk *w, const char *key, struct items *a, struct items *b)
{
	size_t i = 0, j = 0;

	if (a->count > 1)
		qsort(a->all, a->count, sizeof(*a->all), by_identity);
	if (b->count > 1)
		qsort(b->all, b->count, sizeof(*b->all), by_identity);
	while (i < a->count || j < b->count) {
		int order = i == a->count   ? 1
			    : j == b->count ? -1
					    : strcmp(a->all[i].identity, b->all[j].identity);

		compare_items(
		    w, key, order <= 0 ? &a->all[i] : NULL, order >= 0 ? &b->all[j] : NULL);
		i += order <= 0 ? 1 : 0;
		j += order >= 0 ? 1 : 0;
	}
	free(a->all);
	free(b->all);
}

static bool
is_maps(const struct hrd_yaml_node *node)
{
	return node != NULL && node->kind == HRD_YAML_LIST && !is_plain_list(node);
}

/* Compares what a key holds on both sides; within something that is new or gone only lists below it
 * are looked at, for its plain values were told with it. */
static void
compare_values(struct walk *w, const char *key, const struct hrd_yaml_node *a,
    const struct hrd_yaml_node *b, bool whole)
{
	if (is_maps(a) || is_maps(b)) {
		struct items before = { 0 }, after = { 0 };

		collect(w, &before, a);
		collect(w, &after, b);
		compare_lists(w, key, &before, &after);
	} else if ((a != NULL && a->kind == HRD_YAML_MAP) ||
		   (b != NULL && b->kind == HRD_YAML_MAP)) {
		size_t back = push(w, key, "");

		compare_maps(w, a, b);
		pop(w, back);
	} else if (!whole) {
		report(w, key, a, b);
	}
}

/* Depth is that of the form, at most HRD_YAML_DEPTH_MAX. Either side may be NULL. */
static void
compare_maps(struct walk *w, const struct hrd_yaml_node *a, const struct hrd_yaml_node *b)
{
	bool whole = a == NULL || b == NULL;

	for (const struct hrd_yaml_node *c = a != NULL ? a->child : NULL; c != NULL; c = c->next)
		compare_values(w, c->key, c, hrd_yaml_get(b, c->key), whole);
	for (const struct hrd_yaml_node *c = b != NULL ? b->child : NULL; c != NULL; c = c->next) {
		if (hrd_yaml_get(a, c->key) == NULL)
			compare_values(w, c->key, NULL, c, whole);
	}
}

/* One key of the top level over all files of an inventory. */
static void
collect_all(
    struct walk *w, struct items *items, const struct hrd_inventory *inventory, const char *key)
{
	for (size_t i = 0; i < inventory->count; i++)
		collect(w, items, hrd_yaml_get(inventory->sections[i]->item.node, key));
}

/* Which profile is built where none is named. */
static void
compare_first(struct walk *w, const struct hrd_profile *before, const struct hrd_profile *after)
{
	struct hrd_inventory_change change = {
		.change = HRD_CHANGED, .what = "profiles", .key = "first"
	};

	if (before == NULL || after == NULL || strcmp(before->id, after->id) == 0)
		return;
	change.before = before->id;
	change.after = after->id;
	w->report(w->ctx, &change);
}

int
hrd_inventory_compare(const struct hrd_inventory *before, const struct hrd_inventory *after,
    hrd_inventory_change_fn *each, void *ctx)
{
	static const char *const keys[] = { "basis", "entities", "shared", "never", "profiles",
		"groups", "exceptions", "feeds" };
	struct walk *w = calloc(1, sizeof(*w));
	int status;

	if (w == NULL)
		return HRD_ENOMEM;
	w->report = each;
	w->ctx = ctx;
	compare_values(w, "policy", hrd_yaml_get(before->sections[0]->item.node, "policy"),
	    hrd_yaml_get(after->sections[0]->item.node, "policy"), false);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct items a = { 0 }, b = { 0 };

		collect_all(w, &a, before, keys[i]);
		collect_all(w, &b, after, keys[i]);
		compare_lists(w, keys[i], &a, &b);
	}
	compare_first(w, hrd_inventory_profile(before, NULL), hrd_inventory_profile(after, NULL));
	status = w->nomem ? HRD_ENOMEM : HRD_OK;
	hrd_arena_free(&w->arena);
	free(w);
	return status;
}
