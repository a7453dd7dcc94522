/* SPDX-License-Identifier: BSD-3-Clause */
/* Binds a YAML map to a C structure by a table of its keys.
 *
 * The tables are the form of the inventory (zones/README.md): which keys there are, of which type,
 * which must be given. Everything that breaks the form is reported with its place; what could be
 * bound is bound, so that one run finds all faults.
 *
 * Nesting follows the tables, which are finite, never the input.
 *
 * One thread. Texts live in the YAML tree, arrays in the caller's arena; the structure bound to is
 * the caller's. */
#ifndef HRD_RPZGEN_INVENTORY_BIND_H
#define HRD_RPZGEN_INVENTORY_BIND_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/yaml/tree.h"
#include "rpzgen/base/diag.h"

/* The first member of every bound structure: where it was written. */
struct hrd_item {
	const char *file;
	const struct hrd_yaml_node *node; /* the map */
	const struct hrd_shape *shape;    /* its form */
};

#define HRD_NO_DATE INT32_MIN

/* What a key holds and the member that takes it. */
enum hrd_field_type {
	HRD_FIELD_TEXT,  /* const char *; NULL when absent */
	HRD_FIELD_ID,    /* const char *: 1 to 63 of a-z, 0-9 and "-" */
	HRD_FIELD_DATE,  /* int32_t: days since 1970-01-01; HRD_NO_DATE when absent */
	HRD_FIELD_BOOL,  /* bool */
	HRD_FIELD_UINT,  /* uint64_t, at most max */
	HRD_FIELD_NAME,  /* struct hrd_name *: a host name (rpzgen/inventory/idna.h); NULL when
			    absent */
	HRD_FIELD_WORD,  /* int: index in words; -1 when absent */
	HRD_FIELD_TEXTS, /* const struct hrd_yaml_node *: a list of scalars */
	HRD_FIELD_WORDS, /* unsigned: a bit for each of words (a list) */
	HRD_FIELD_MAP,   /* struct *: one map of shape; NULL when absent */
	HRD_FIELD_MAPS,  /* struct * and size_t: a list of maps of shape */
};

/* What verify returns when it ran out of memory before it could judge. */
extern const char hrd_bind_nomem[];

struct hrd_field {
	const char *key;
	enum hrd_field_type type;
	bool required;
	size_t offset;
	size_t count_offset;           /* MAPS: of the size_t */
	const char *const *words;      /* WORD, WORDS: NULL-terminated */
	uint64_t min, max;             /* UINT */
	size_t room;                   /* TEXT: octets that outputs have for it; 0: any */
	bool single_label;             /* NAME: one label is left to the guards, or right */
	const struct hrd_shape *shape; /* MAP, MAPS */
	const char *(*verify)(const char *text); /* TEXT: what is wrong with it, or NULL */
};

struct hrd_shape {
	const char *what; /* "a service", for messages */
	size_t size;
	const struct hrd_field *fields; /* ended by key NULL */
};

struct hrd_binder {
	struct hrd_diag *diag;
	struct hrd_arena *arena; /* owns what is bound; texts stay in the YAML tree */
	const char *file;
	bool has_unseen; /* the file holds characters that are not seen, which was reported */
	bool nomem;
};

/* Of a character that is not seen; with its code point, a uint32_t. */
#define HRD_BIND_UNSEEN \
	"U+%04" PRIX32 ", a character that is not seen or turns text round; remove it"

/* Binds map to out, a zeroed structure of shape->size octets that begins with struct hrd_item. */
void hrd_bind(struct hrd_binder *binder, const struct hrd_yaml_node *map,
    const struct hrd_shape *shape, void *out);

/* The place of a member of an item, or of the item when key is NULL or not given. Borrows the
 * file's name. */
struct hrd_position hrd_item_place(const struct hrd_item *item, const char *key);

/* Whether the key was given, be its value good or not, or be it misspelt: that is reported by
 * itself. */
bool hrd_item_has(const struct hrd_item *item, const char *key);

/* That of a node; the same. */
struct hrd_position hrd_node_place(const char *file, const struct hrd_yaml_node *node);

#endif
