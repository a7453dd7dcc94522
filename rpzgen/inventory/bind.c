/* SPDX-License-Identifier: BSD-3-Clause */
/* YAML maps to structures, table by table. */
#include <config.h>

#include "rpzgen/inventory/bind.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/utf8.h"
#include "lib/name/name.h"
#include "lib/usage/suggest.h"
#include "rpzgen/inventory/idna.h"

enum { ID_MAX = 63 };

struct hrd_position
hrd_node_place(const char *file, const struct hrd_yaml_node *node)
{
	return (struct hrd_position){ file, node->line, node->col };
}

struct hrd_position
hrd_item_place(const struct hrd_item *item, const char *key)
{
	const struct hrd_yaml_node *child = key != NULL ? hrd_yaml_get(item->node, key) : NULL;

	return hrd_node_place(item->file, child != NULL ? child : item->node);
}

static struct hrd_position
key_place(const struct hrd_binder *b, const struct hrd_yaml_node *node)
{
	if (node->key == NULL)
		return hrd_node_place(b->file, node);
	return (struct hrd_position){ b->file, node->key_line, node->key_col };
}

static void *
member(void *out, size_t offset)
{
	return (char *)out + offset;
}

static void *
take(struct hrd_binder *b, size_t size)
{
	void *memory = hrd_arena_take(b->arena, size);

	if (memory == NULL)
		b->nomem = true;
	return memory;
}

static void
report_near(struct hrd_binder *b, const struct hrd_position *place, const char *id,
    const struct hrd_near *near)
{
	if (near->best != NULL)
		hrd_diag(b->diag, HRD_NOTE, place, id, "did you mean \"%s\"?", near->best);
}

/* Reports a value of the wrong form. */
static void
report_form(
    struct hrd_binder *b, const struct hrd_yaml_node *node, const char *id, const char *form)
{
	struct hrd_position place = hrd_node_place(b->file, node);

	if (node->commented)
		hrd_diag(b->diag, HRD_ERROR, &place, id,
		    "a comment, which \"#\" begins, and no value; quote a text with \"#\"");
	else if (node->kind == HRD_YAML_SCALAR)
		hrd_diag(b->diag, HRD_ERROR, &place, id, "\"%.60s\"%s is not %s", node->text,
		    hrd_yaml_is_quoted_value(node) ? " in quotes" : "", form);
	else
		hrd_diag(b->diag, HRD_ERROR, &place, "inv-type", "a %s where %s is wanted",
		    node->kind == HRD_YAML_MAP ? "map" : "list", form);
}

static bool
is_kind(struct hrd_binder *b, const struct hrd_yaml_node *node, enum hrd_yaml_kind kind)
{
	static const char *const forms[] = { "text", "a map", "a list" };

	if (node->kind == kind)
		return true;
	report_form(b, node, "inv-type", forms[kind]);
	return false;
}

/* A list that holds something. */
static bool
is_list(struct hrd_binder *b, const struct hrd_yaml_node *node)
{
	struct hrd_position place = hrd_node_place(b->file, node);

	if (!is_kind(b, node, HRD_YAML_LIST))
		return false;
	if (node->children == 0)
		hrd_diag(b->diag, HRD_ERROR, &place, "inv-empty", "an empty list; remove the key");
	return node->children > 0;
}

static bool
is_id(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= ID_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

const char hrd_bind_nomem[] = "out of memory";

/* The file as it is written was searched before: here it is an escape that made the character. */
static void
report_unseen(struct hrd_binder *b, const struct hrd_yaml_node *node, uint32_t code)
{
	struct hrd_position place = hrd_node_place(b->file, node);

	if (!b->has_unseen)
		hrd_diag(b->diag, HRD_ERROR, &place, "inv-invisible", HRD_BIND_UNSEEN, code);
}

/* What an output leaves out or cuts is no fault of the inventory, and is said. */
static void
judge_room(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field)
{
	struct hrd_position place = hrd_node_place(b->file, node);

	if (field->room > 0 && node->text_len > field->room)
		hrd_diag(b->diag, HRD_WARNING, &place, "inv-long",
		    "%s has %u octets; images and manifests have room for %zu, and do not tell it "
		    "whole; shorten it",
		    field->key, (unsigned)node->text_len, field->room);
}

static void
bind_text(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    const char **out)
{
	struct hrd_position place = hrd_node_place(b->file, node);
	const char *fault = NULL;
	uint32_t code;
	size_t at = 0;

	if (!is_kind(b, node, HRD_YAML_SCALAR))
		return;
	if (field->verify != NULL && node->text_len > 0)
		fault = field->verify(node->text);
	if (hrd_utf8_unseen(node->text, node->text_len, &at, &code)) {
		report_unseen(b, node, code);
		fault = NULL; /* one is enough */
	}
	if (node->text[strspn(node->text, " \t\n")] == '\0')
		report_form(b, node, "inv-empty", "a text; give one or remove the key");
	else if (fault == hrd_bind_nomem)
		b->nomem = true;
	else if (fault != NULL)
		hrd_diag(b->diag, HRD_ERROR, &place, "inv-form", "%s \"%.60s\": %s", field->key,
		    node->text, fault);
	else
		*out = node->text;
	judge_room(b, node, field);
	if (node->cut)
		hrd_diag(b->diag, HRD_WARNING, &place, "inv-comment",
		    "%s \"%.60s\" ends before \"#\", which begins a comment; quote the text, or "
		    "write a space behind \"#\"",
		    field->key, node->text);
}

static void
bind_id(struct hrd_binder *b, const struct hrd_yaml_node *node, const char **out)
{
	if (!is_kind(b, node, HRD_YAML_SCALAR))
		return;
	if (!is_id(node->text))
		report_form(b, node, "inv-id",
		    "an id; use lower-case letters, digits and hyphens, at most 63");
	else
		*out = node->text;
}

static void
bind_name(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    struct hrd_name **out)
{
	struct hrd_position place = hrd_node_place(b->file, node);
	struct hrd_name name;
	const char *id;
	char why[HRD_IDNA_WHY_MAX];
	int status;

	if (!is_kind(b, node, HRD_YAML_SCALAR))
		return;
	status = hrd_idna_parse(&name, node->text, node->text_len, &id, why);
	if (status == HRD_ENOMEM)
		b->nomem = true;
	else if (status != HRD_OK)
		hrd_diag(b->diag, HRD_ERROR, &place, id, "name \"%.80s\": %s", node->text, why);
	else if (!field->single_label && hrd_name_labels(&name) < 2)
		hrd_diag(b->diag, HRD_ERROR, &place, "name-single-label",
		    "name \"%.80s\": a single label; write the whole name", node->text);
	else if ((*out = take(b, sizeof(name))) != NULL)
		**out = name;
	if (status == HRD_OK && hrd_idna_is_mixed(node->text))
		hrd_diag(b->diag, HRD_WARNING, &place, "name-mixed-script",
		    "name \"%.80s\": letters of two scripts in one label, some of which look alike",
		    node->text);
}

static int
find_word(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field)
{
	struct hrd_position place = hrd_node_place(b->file, node);
	struct hrd_near near;
	char known[256] = "";
	size_t used = 0;

	if (!is_kind(b, node, HRD_YAML_SCALAR))
		return -1;
	hrd_near_init(&near, node->text);
	for (int i = 0; field->words[i] != NULL; i++) {
		if (strcmp(field->words[i], node->text) == 0)
			return i;
		hrd_near_try(&near, field->words[i]);
	}
	for (int i = 0; field->words[i] != NULL; i++) {
		if (used < sizeof(known) - 1)
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
			    i > 0 ? ", " : "", field->words[i]);
	}
	hrd_diag(b->diag, HRD_ERROR, &place, "inv-word", "unknown %s \"%.60s\"; write one of: %s",
	    field->key, node->text, known);
	report_near(b, &place, "inv-word", &near);
	return -1;
}

static void
bind_words(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    unsigned *out)
{
	if (!is_list(b, node))
		return;
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		int word = find_word(b, c, field);
		struct hrd_position place = hrd_node_place(b->file, c);

		if (word >= 0 && (*out & 1u << word) != 0)
			hrd_diag(b->diag, HRD_WARNING, &place, "inv-word-twice",
			    "\"%.60s\" stands in the list before", c->text);
		if (word >= 0)
			*out |= 1u << word;
	}
}

static void
bind_texts(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_yaml_node **out)
{
	if (!is_list(b, node))
		return;
	*out = node;
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		uint32_t code;
		size_t at = 0;

		if (is_kind(b, c, HRD_YAML_SCALAR) &&
		    hrd_utf8_unseen(c->text, c->text_len, &at, &code))
			report_unseen(b, c, code);
	}
}

static void
bind_date(struct hrd_binder *b, const struct hrd_yaml_node *node, int32_t *out)
{
	struct hrd_position place = hrd_node_place(b->file, node);
	const char *fault;

	if (hrd_yaml_date(node, out))
		return;
	*out = HRD_NO_DATE;
	fault = hrd_time_fault(node->text, node->text_len);
	if (fault != NULL)
		hrd_diag(b->diag, HRD_ERROR, &place, "inv-date", "\"%s\": %s", node->text, fault);
	else
		report_form(b, node, "inv-date", "a date; write YYYY-MM-DD");
}

static void
bind_uint(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    uint64_t *out)
{
	char range[80];

	/* A leading zero is octal to other readers of YAML. */
	if (hrd_yaml_uint(node, field->max, out) && *out >= field->min &&
	    (node->text[0] != '0' || node->text[1] == '\0'))
		return;
	if (field->min == field->max)
		snprintf(range, sizeof(range),
		    "the format that this rpzgen reads; write %llu, or take a newer rpzgen",
		    (unsigned long long)field->min);
	else
		snprintf(range, sizeof(range), "a number from %llu to %llu",
		    (unsigned long long)field->min, (unsigned long long)field->max);
	report_form(b, node, "inv-number", range);
	*out = field->min;
}

static void
bind_one(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    void **out)
{
	void *made;

	if (!is_kind(b, node, HRD_YAML_MAP))
		return;
	made = take(b, field->shape->size);
	if (made == NULL)
		return;
	hrd_bind(b, node, field->shape, made);
	*out = made;
}

static void
bind_many(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    void *out)
{
	size_t size = field->shape->size, *count = member(out, field->count_offset);
	char *items;

	if (!is_list(b, node))
		return;
	items = take(b, node->children * size);
	if (items == NULL)
		return;
	*(void **)member(out, field->offset) = items;
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (is_kind(b, c, HRD_YAML_MAP))
			hrd_bind(b, c, field->shape, items + (*count)++ * size);
	}
}

static void
bind_field(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_field *field,
    void *out)
{
	void *to = member(out, field->offset);

	switch (field->type) {
	case HRD_FIELD_TEXT:
		bind_text(b, node, field, to);
		break;
	case HRD_FIELD_ID:
		bind_id(b, node, to);
		break;
	case HRD_FIELD_DATE:
		bind_date(b, node, to);
		break;
	case HRD_FIELD_BOOL:
		if (!hrd_yaml_bool(node, to))
			report_form(b, node, "inv-bool", "\"yes\" or \"no\"");
		break;
	case HRD_FIELD_UINT:
		bind_uint(b, node, field, to);
		break;
	case HRD_FIELD_NAME:
		bind_name(b, node, field, to);
		break;
	case HRD_FIELD_WORD:
		*(int *)to = find_word(b, node, field);
		break;
	case HRD_FIELD_WORDS:
		bind_words(b, node, field, to);
		break;
	case HRD_FIELD_TEXTS:
		bind_texts(b, node, to);
		break;
	case HRD_FIELD_MAP:
		bind_one(b, node, field, to);
		break;
	case HRD_FIELD_MAPS:
		bind_many(b, node, field, out);
		break;
	}
}

/* The field of that key, or NULL: near has what may have been meant. */
static const struct hrd_field *
field_of(const struct hrd_shape *shape, const char *key, struct hrd_near *near)
{
	hrd_near_init(near, key);
	for (const struct hrd_field *f = shape->fields; f->key != NULL; f++) {
		if (strcmp(f->key, key) == 0)
			return f;
		hrd_near_try(near, f->key);
	}
	return NULL;
}

bool
hrd_item_has(const struct hrd_item *item, const char *key)
{
	struct hrd_near near;

	for (const struct hrd_yaml_node *c = item->node->child; c != NULL; c = c->next) {
		if (strcmp(c->key, key) == 0)
			return true;
		if (field_of(item->shape, c->key, &near) == NULL && near.best != NULL &&
		    strcmp(near.best, key) == 0)
			return true;
	}
	return false;
}

static const struct hrd_field *
find_field(struct hrd_binder *b, const struct hrd_yaml_node *node, const struct hrd_shape *shape)
{
	struct hrd_position place = key_place(b, node);
	struct hrd_near near;
	const struct hrd_field *field = field_of(shape, node->key, &near);

	if (field != NULL)
		return field;
	hrd_diag(b->diag, HRD_ERROR, &place, "inv-unknown-key", "unknown key \"%.60s\" in %s",
	    node->key, shape->what);
	report_near(b, &place, "inv-unknown-key", &near);
	return NULL;
}

/* What an absent key leaves behind, where that is not zero. */
static void
set_absent(const struct hrd_field *field, void *out)
{
	if (field->type == HRD_FIELD_DATE)
		*(int32_t *)member(out, field->offset) = HRD_NO_DATE;
	else if (field->type == HRD_FIELD_WORD)
		*(int *)member(out, field->offset) = -1;
}

void
hrd_bind(
    struct hrd_binder *b, const struct hrd_yaml_node *map, const struct hrd_shape *shape, void *out)
{
	struct hrd_position place = key_place(b, map);
	struct hrd_item *item = out;

	item->file = b->file;
	item->node = map;
	item->shape = shape;
	for (const struct hrd_field *f = shape->fields; f->key != NULL; f++)
		set_absent(f, out);
	for (const struct hrd_yaml_node *c = map->child; c != NULL && !b->nomem; c = c->next) {
		const struct hrd_field *field = find_field(b, c, shape);

		if (field != NULL)
			bind_field(b, c, field, out);
	}
	for (const struct hrd_field *f = shape->fields; f->key != NULL; f++) {
		if (f->required && !hrd_item_has(item, f->key))
			hrd_diag(b->diag, HRD_ERROR, &place, "inv-missing-key", "%s has no \"%s\"",
			    shape->what, f->key);
	}
}
