/* SPDX-License-Identifier: BSD-3-Clause */
/* A strict YAML tree from libyaml's events.
 *
 * libyaml keeps a duplicate key, an anchor cycle and a second document without a word and has no
 * limits of its own, so all of that is checked here, event by event, before anything is built on
 * it. */
#include <config.h>

#include "lib/yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "lib/base/arena.h"
#include "lib/base/day.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/yaml/broken.h"

struct hrd_yaml {
	struct hrd_arena arena;
	struct hrd_yaml_node *root;
	uint32_t nodes;
};

enum { FAULT_TEXT_MAX = 256, EVENTS_AT_ONCE = 64 };

/* A collection that is open, innermost last. */
struct level {
	struct hrd_yaml_node *node;
	struct hrd_yaml_node *last; /* its last child */
	const char *key;            /* map: the key whose value comes next */
	uint32_t key_line, key_col;
};

struct builder {
	struct hrd_yaml *doc;
	const char *data; /* the input */
	size_t len;
	struct passed {
		size_t character, octet; /* how far octet_of() has counted */
	} passed;
	yaml_mark_t flow;        /* the last [ or { */
	yaml_mark_t open, close; /* the last scalar */
	bool quoted;
	bool dashed; /* a "-" without a space behind it was reported */
	const struct hrd_yaml_reader *reader;
	unsigned faults;
	int status; /* not HRD_OK: stop reading */
	unsigned documents, events;
	bool marks;        /* the next node has a fault that was reported already */
	unsigned left_out; /* collections that are open of one that is left out for its fault */
	unsigned depth;
	struct level levels[HRD_YAML_DEPTH_MAX];
};

void
hrd_yaml_free(struct hrd_yaml *doc)
{
	if (doc == NULL)
		return;
	hrd_arena_free(&doc->arena);
	free(doc);
}

/* Tells a fault, and marks every collection that it lies in. */
static void
report(struct builder *b, uint32_t line, uint32_t col, const char *id, const char *text)
{
	b->faults++;
	for (unsigned i = 0; i < b->depth; i++)
		b->levels[i].node->broken = true;
	if (b->reader->fault != NULL)
		b->reader->fault(b->reader->ctx, line, col, id, text);
}

static uint32_t
line_of(const yaml_mark_t *mark)
{
	return (uint32_t)mark->line + 1;
}

static uint32_t
col_of(const yaml_mark_t *mark)
{
	return (uint32_t)mark->column + 1;
}

/* The same of the node that begins here, or whose key this is. */
static void
report_at(struct builder *b, const yaml_event_t *event, const char *id, const char *text)
{
	b->marks = true;
	report(b, line_of(&event->start_mark), col_of(&event->start_mark), id, text);
}

/* Has the value that comes next be that of a key with a fault, which begins here. */
static void
spoil_key(struct builder *b, const yaml_event_t *event)
{
	struct level *level = &b->levels[b->depth - 1];

	level->key = "";
	level->key_line = line_of(&event->start_mark);
	level->key_col = col_of(&event->start_mark);
}

/* A fault after which reading on makes no sense. */
static void
stop_at(struct builder *b, const yaml_event_t *event, const char *id, const char *text)
{
	report_at(b, event, id, text);
	b->status = HRD_EINVAL;
}

/* The octet of a character; marks come in order, so that going on from the last one is enough. */
static size_t
octet_of(struct builder *b, size_t character)
{
	if (character < b->passed.character)
		b->passed = (struct passed){ 0, 0 };
	while (b->passed.character < character && b->passed.octet < b->len) {
		do
			b->passed.octet++;
		while (b->passed.octet < b->len && (b->data[b->passed.octet] & 0xc0) == 0x80);
		b->passed.character++;
	}
	return b->passed.octet;
}

static struct hrd_yaml_spot
spot_of(struct builder *b, const yaml_mark_t *mark)
{
	return (struct hrd_yaml_spot){ octet_of(b, mark->index), (uint32_t)mark->line,
		(uint32_t)mark->column };
}

/* libyaml names the rule of its grammar; it is reported by what they wrote. */
static void
report_parser(struct builder *b, const yaml_parser_t *parser)
{
	struct hrd_yaml_stop stop = { .data = b->data,
		.len = b->len,
		.problem = parser->problem != NULL ? parser->problem : "",
		.context = parser->context != NULL ? parser->context : "" };
	char text[HRD_YAML_BROKEN_MAX];
	struct hrd_yaml_spot spot;
	const char *id = "yaml-syntax";

	if (parser->error == YAML_MEMORY_ERROR) {
		b->status = HRD_ENOMEM;
		return;
	}
	b->status = HRD_EINVAL;
	if (b->dashed)
		return;
	if (parser->error == YAML_READER_ERROR) {
		id = "yaml-encoding";
		spot = hrd_yaml_no_text(
		    b->data, b->len, parser->problem_offset, parser->problem_value, text);
	} else {
		stop.here = spot_of(b, &parser->problem_mark);
		stop.from = spot_of(b, &parser->context_mark);
		stop.flow = spot_of(b, &b->flow);
		stop.open = spot_of(b, &b->open);
		stop.close = octet_of(b, b->close.index);
		stop.quoted = b->quoted;
		spot = hrd_yaml_broken(&stop, text);
	}
	report(b, spot.line + 1, spot.col + 1, id, text);
}

/* Controls of ASCII and U+0080..U+009F, which double quotes can smuggle in as escapes. Line feeds
 * stand: block scalars have them. */
static bool
has_control(const unsigned char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f)
			return true;
		if (text[i] == 0xc2 && i + 1 < len && text[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Our copy of a scalar's text, "" after a fault that lets reading go on; NULL stops. */
static const char *
copy_text(struct builder *b, const yaml_event_t *event, uint32_t *len)
{
	const unsigned char *value = event->data.scalar.value;
	size_t length = event->data.scalar.length;
	char *copy;

	if (length > HRD_YAML_SCALAR_MAX) {
		report_at(b, event, "yaml-scalar", "a scalar of more than 4096 octets; shorten it");
		length = 0;
	} else if (length >= 3 && memmem(value, length, "\xef\xbb\xbf", 3) != NULL) {
		report_at(b, event, "yaml-control",
		    "a byte order mark (U+FEFF) within the file; remove it");
		length = 0;
	} else if (has_control(value, length)) {
		report_at(b, event, "yaml-control",
		    event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE
			? "a control character, by an escape: a backslash in double quotes begins "
			  "one; write it twice, or use single quotes"
			: "a control character in a text, such as a tab; remove it");
		length = 0;
	}
	copy = hrd_arena_copy(&b->doc->arena, value, length);
	if (copy == NULL) {
		b->status = HRD_ENOMEM;
		return NULL;
	}
	*len = (uint32_t)length;
	return copy;
}

/* A new node at the event's place, linked into the open collection. */
static struct hrd_yaml_node *
add_node(struct builder *b, const yaml_event_t *event, enum hrd_yaml_kind kind)
{
	struct level *level = b->depth > 0 ? &b->levels[b->depth - 1] : NULL;
	struct hrd_yaml_node *node;

	if (b->doc->nodes++ == HRD_YAML_NODES_MAX) {
		stop_at(
		    b, event, "yaml-nodes", "more than 2097152 values in one document; split it");
		return NULL;
	}
	node = hrd_arena_take(&b->doc->arena, sizeof(*node));
	if (node == NULL) {
		b->status = HRD_ENOMEM;
		return NULL;
	}
	node->kind = kind;
	node->line = line_of(&event->start_mark);
	node->col = col_of(&event->start_mark);
	node->text = "";
	node->broken = b->marks;
	b->marks = false;
	if (level == NULL) {
		b->doc->root = node;
		return node;
	}
	node->key = level->key;
	node->key_line = level->key_line;
	node->key_col = level->key_col;
	level->key = NULL;
	if (level->last == NULL)
		level->node->child = node;
	else
		level->last->next = node;
	level->last = node;
	level->node->children++;
	return node;
}

static bool
wants_key(const struct builder *b)
{
	return b->depth > 0 && b->levels[b->depth - 1].node->kind == HRD_YAML_MAP &&
	       b->levels[b->depth - 1].key == NULL;
}

static void
check_properties(
    struct builder *b, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		report_at(b, event, "yaml-anchor",
		    "anchors (an unquoted \"&\") are not supported; write it out or quote it");
	if (tag != NULL)
		report_at(b, event, "yaml-tag",
		    "tags (an unquoted \"!\") are not supported; remove it or quote the text");
}

/* "-name: x" is a key to YAML, so that the next line may be no YAML any more: once is enough. */
static void
report_dash(struct builder *b, const yaml_event_t *event)
{
	if (!b->dashed)
		report_at(b, event, "yaml-key", "no space behind the \"-\" of a list entry");
	else
		b->faults++;
	b->dashed = true;
}

/* Gives the key, "" after a fault. */
static const char *
check_key(struct builder *b, const yaml_event_t *event, const char *text, uint32_t len)
{
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	unsigned before = b->faults;

	if (b->marks)
		return "";
	if (strlen(text) != len || len == 0)
		report_at(b, event, "yaml-key", "a key is missing in front of the colon");
	else if (plain && text[0] == '-')
		report_dash(b, event);
	else if (plain && strstr(text, "\xc2\xa0") != NULL)
		report_at(b, event, "yaml-key",
		    "a no-break space (U+00A0) in a key; YAML is indented with spaces");
	return b->faults > before ? "" : text;
}

/* Where a comment stands in place of the value ("title: #1"): how many blanks further on. */
static bool
is_commented(struct builder *b, const yaml_event_t *event, uint32_t *blanks)
{
	size_t start = octet_of(b, event->start_mark.index), at = start;

	while (at < b->len && (b->data[at] == ' ' || b->data[at] == '\t'))
		at++;
	*blanks = (uint32_t)(at - start);
	return at < b->len && b->data[at] == '#';
}

/* Whether the text goes on with " #x", where a comment would have a space behind "#". */
static bool
is_cut(struct builder *b, const yaml_event_t *event)
{
	size_t end = octet_of(b, event->end_mark.index), at = end;

	while (at < b->len && (b->data[at] == ' ' || b->data[at] == '\t'))
		at++;
	return at > end && at + 1 < b->len && b->data[at] == '#' &&
	       strchr(" \t\r\n#", b->data[at + 1]) == NULL;
}

static void
take_scalar(struct builder *b, const yaml_event_t *event)
{
	struct hrd_yaml_node *node;
	uint32_t len = 0, blanks = 0;
	const char *text;

	b->open = event->start_mark;
	b->close = event->end_mark;
	b->quoted = event->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
		    event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	check_properties(b, event, event->data.scalar.anchor, event->data.scalar.tag);
	text = copy_text(b, event, &len);
	if (text == NULL)
		return;
	if (wants_key(b)) {
		struct level *level = &b->levels[b->depth - 1];

		level->key = check_key(b, event, text, len);
		level->key_line = line_of(&event->start_mark);
		level->key_col = col_of(&event->start_mark);
		return;
	}
	node = add_node(b, event, HRD_YAML_SCALAR);
	if (node == NULL)
		return;
	node->text = text;
	node->text_len = len;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->commented = len == 0 && !node->quoted && is_commented(b, event, &blanks);
	node->col += node->commented ? blanks : 0;
	node->cut = len > 0 && !node->quoted && is_cut(b, event);
}

static void
take_alias(struct builder *b, const yaml_event_t *event)
{
	report_at(b, event, "yaml-alias",
	    "aliases (an unquoted \"*\") are not supported; write it out or quote it");
	if (!wants_key(b))
		add_node(b, event, HRD_YAML_SCALAR);
	else if (b->reader->marked)
		spoil_key(b, event);
	else
		b->status = HRD_EINVAL;
}

/* A collection that cannot be here: where broken parts are marked it is left out with all in it. */
static void
leave_out(struct builder *b, const yaml_event_t *event, const char *id, const char *text)
{
	bool key = wants_key(b);

	if (!b->reader->marked) {
		stop_at(b, event, id, text);
		return;
	}
	report_at(b, event, id, text);
	b->left_out = 1;
	if (key)
		spoil_key(b, event);
	else
		add_node(b, event, HRD_YAML_SCALAR);
}

/* Whether an event is part of what is left out. */
static bool
is_left_out(struct builder *b, const yaml_event_t *event)
{
	if (b->left_out == 0)
		return false;
	if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
		b->left_out++;
	else if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
		b->left_out--;
	return true;
}

static void
take_open(struct builder *b, const yaml_event_t *event, enum hrd_yaml_kind kind)
{
	struct hrd_yaml_node *node;

	if (wants_key(b)) {
		leave_out(b, event, "yaml-key",
		    "a key must be plain text; a text that begins with { or [ must be quoted");
		return;
	}
	if (b->depth == HRD_YAML_DEPTH_MAX) {
		leave_out(b, event, "yaml-depth", "more than 16 nested collections");
		return;
	}
	node = add_node(b, event, kind);
	if (node != NULL)
		b->levels[b->depth++] = (struct level){ .node = node };
}

static int
by_key(const void *left, const void *right)
{
	const struct hrd_yaml_node *const *a = left, *const *b = right;
	int order = strcmp((*a)->key, (*b)->key);

	if (order != 0)
		return order;
	if ((*a)->key_line != (*b)->key_line)
		return (*a)->key_line < (*b)->key_line ? -1 : 1;
	return (*a)->key_col < (*b)->key_col ? -1 : (*a)->key_col > (*b)->key_col;
}

static void
report_duplicate(struct builder *b, struct hrd_yaml_node *first, struct hrd_yaml_node *again)
{
	char text[FAULT_TEXT_MAX];

	first->broken = again->broken = true;
	snprintf(text, sizeof(text), "duplicate key \"%.100s\"; first given in line %u", again->key,
	    (unsigned)first->key_line);
	report(b, again->key_line, again->key_col, "yaml-duplicate-key", text);
}

/* Equal keys are neighbours once sorted: no quadratic search in a hostile map. */
static void
check_duplicates(struct builder *b, struct hrd_yaml_node *map)
{
	struct hrd_yaml_node **sorted;
	size_t n = 0, first = 0;

	if (map->children < 2)
		return;
	sorted = malloc(map->children * sizeof(struct hrd_yaml_node *));
	if (sorted == NULL) {
		b->status = HRD_ENOMEM;
		return;
	}
	for (struct hrd_yaml_node *c = map->child; c != NULL; c = c->next)
		sorted[n++] = c;
	qsort(sorted, n, sizeof(struct hrd_yaml_node *), by_key);
	for (size_t i = 1; i < n; i++) {
		if (sorted[i]->key[0] == '\0') {
			continue; /* reported already */
		} else if (strcmp(sorted[first]->key, sorted[i]->key) == 0) {
			report_duplicate(b, sorted[first], sorted[i]);
			map->broken = true;
		} else
			first = i;
	}
	free(sorted);
}

static void
take_close(struct builder *b)
{
	struct hrd_yaml_node *node = b->levels[--b->depth].node;

	if (node->kind == HRD_YAML_MAP)
		check_duplicates(b, node);
}

static void
take_document(struct builder *b, const yaml_event_t *event)
{
	if (b->documents++ > 0)
		stop_at(b, event, "yaml-document",
		    "a second document; only one is allowed, so remove \"---\"");
	else if (event->data.document_start.version_directive != NULL ||
		 event->data.document_start.tag_directives.start !=
		     event->data.document_start.tag_directives.end)
		report_at(b, event, "yaml-directive", "directives are not supported; remove it");
}

static void
take_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		take_document(b, event);
		break;
	case YAML_ALIAS_EVENT:
		take_alias(b, event);
		break;
	case YAML_SCALAR_EVENT:
		take_scalar(b, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		if (event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
			b->flow = event->start_mark;
		check_properties(
		    b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		take_open(b, event, HRD_YAML_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		if (event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
			b->flow = event->start_mark;
		check_properties(
		    b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		take_open(b, event, HRD_YAML_MAP);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		take_close(b);
		break;
	default: /* stream start and end, document end */
		break;
	}
}

/* Asks, now and then, whether reading goes on. */
static void
ask(struct builder *b)
{
	const struct hrd_yaml_reader *reader = b->reader;

	if (++b->events % EVENTS_AT_ONCE == 0 && reader->goes_on != NULL &&
	    !reader->goes_on(reader->ctx))
		b->status = HRD_ESTOP;
}

static void
read_events(struct builder *b, yaml_parser_t *parser)
{
	bool more = true;

	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)b->data, b->len);
	while (more && b->status == HRD_OK) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			report_parser(b, parser);
			return;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		if (!is_left_out(b, &event))
			take_event(b, &event);
		yaml_event_delete(&event);
		if (b->status == HRD_OK)
			ask(b);
	}
}

static bool
is_empty(const struct hrd_yaml_node *root)
{
	return root == NULL || (root->kind == HRD_YAML_SCALAR && root->text_len == 0);
}

static void
build(struct builder *b)
{
	yaml_parser_t parser;
	/* It says UTF-8, which is what is read (YAML 1.2, 5.2); libyaml stumbles over it. */
	size_t mark = hrd_utf8_mark(b->data, b->len);

	b->data += mark;
	b->len -= mark;
	if (b->len > HRD_YAML_OCTETS_MAX) {
		report(b, 0, 0, "yaml-size", "a file of more than 16 MiB");
		return;
	}
	if (!yaml_parser_initialize(&parser)) {
		b->status = HRD_ENOMEM;
		return;
	}
	read_events(b, &parser);
	yaml_parser_delete(&parser);
	if (b->status == HRD_OK && b->faults == 0 && is_empty(b->doc->root))
		report(b, 1, 1, "yaml-empty", "an empty document");
}

int
hrd_yaml_parse_by(
    const struct hrd_yaml_reader *reader, const void *data, size_t len, struct hrd_yaml **out)
{
	struct builder b = { .data = data, .len = len, .reader = reader };

	*out = NULL;
	b.doc = calloc(1, sizeof(*b.doc));
	if (b.doc == NULL)
		return HRD_ENOMEM;
	build(&b);
	if (b.status == HRD_OK && b.faults > 0 && (!reader->marked || b.doc->root == NULL))
		b.status = HRD_EINVAL;
	if (b.status != HRD_OK)
		hrd_yaml_free(b.doc);
	else
		*out = b.doc;
	return b.status;
}

int
hrd_yaml_parse(
    const void *data, size_t len, hrd_yaml_fault_fn *fault, void *ctx, struct hrd_yaml **out)
{
	const struct hrd_yaml_reader reader = { .fault = fault, .ctx = ctx };

	return hrd_yaml_parse_by(&reader, data, len, out);
}

const struct hrd_yaml_node *
hrd_yaml_root(const struct hrd_yaml *doc)
{
	return doc->root;
}

const struct hrd_yaml_node *
hrd_yaml_get(const struct hrd_yaml_node *map, const char *key)
{
	if (map == NULL || map->kind != HRD_YAML_MAP)
		return NULL;
	for (const struct hrd_yaml_node *c = map->child; c != NULL; c = c->next) {
		if (strcmp(c->key, key) == 0)
			return c;
	}
	return NULL;
}

bool
hrd_yaml_is_quoted_value(const struct hrd_yaml_node *node)
{
	return node->kind == HRD_YAML_SCALAR && node->quoted &&
	       (strcmp(node->text, "yes") == 0 || strcmp(node->text, "no") == 0 ||
		   (node->text_len > 0 && strspn(node->text, "0123456789") == node->text_len));
}

bool
hrd_yaml_bool(const struct hrd_yaml_node *node, bool *out)
{
	if (node->kind != HRD_YAML_SCALAR || node->quoted)
		return false;
	*out = strcmp(node->text, "yes") == 0;
	return *out || strcmp(node->text, "no") == 0;
}

bool
hrd_yaml_uint(const struct hrd_yaml_node *node, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (node->kind != HRD_YAML_SCALAR || node->quoted || node->text_len == 0)
		return false;
	for (uint32_t i = 0; i < node->text_len; i++) {
		unsigned digit = (unsigned)(unsigned char)node->text[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*out = value;
	return value <= max;
}

bool
hrd_yaml_date(const struct hrd_yaml_node *node, int32_t *days)
{
	return node->kind == HRD_YAML_SCALAR && hrd_date_parse(node->text, node->text_len, days);
}

const char *
hrd_yaml_version(void)
{
	return yaml_get_version_string();
}
