/* SPDX-License-Identifier: BSD-3-Clause */
/* A strict subset of YAML 1.1 as a tree with positions, over libyaml's event API.
 *
 * Refused, each with its place: anchors, aliases, tags, a second document, an empty document,
 * duplicate keys, keys that are not plain scalars, control characters other than LF in scalars,
 * directives, invalid UTF-8, nesting over HRD_YAML_DEPTH_MAX, a file over HRD_YAML_OCTETS_MAX, a
 * scalar over HRD_YAML_SCALAR_MAX, over HRD_YAML_NODES_MAX nodes. JSON is YAML, so this reads
 * manifests too. No type guessing: a scalar is text, and whoever wants a number or yes/no asks for
 * it.
 *
 * By libyaml, which is named in tree.c alone. A tree belongs to one thread or is read by many. */
#ifndef HRD_LIB_YAML_TREE_H
#define HRD_LIB_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

enum hrd_yaml_kind { HRD_YAML_SCALAR, HRD_YAML_MAP, HRD_YAML_LIST };

struct hrd_yaml_node {
	enum hrd_yaml_kind kind;
	uint32_t line;    /* 1-based */
	uint32_t col;     /* 1-based, in characters */
	const char *text; /* scalar: NUL-terminated; quoted says whether it was in quotes */
	uint32_t text_len;
	bool quoted;
	bool cut;        /* a plain scalar that ends before " #x": was that a comment, or text? */
	bool commented;  /* an empty scalar, because "#" stands where the value would begin */
	const char *key; /* in a map: the key of this child; else NULL */
	uint32_t key_line, key_col;  /* place of the key */
	struct hrd_yaml_node *child; /* first child of a map or list */
	struct hrd_yaml_node *next;  /* next sibling */
	uint32_t children;
	bool broken; /* it has a fault, or something within it has: hrd_yaml_parse_by() */
};

struct hrd_yaml;

/* Called for each fault: place, stable id ("yaml-alias", "yaml-duplicate-key", ...), one line of
 * text. */
typedef void hrd_yaml_fault_fn(
    void *ctx, uint32_t line, uint32_t col, const char *id, const char *text);

/* Parses len octets. HRD_EINVAL after at least one call of fault, HRD_ENOMEM.  *out is freed by
 * hrd_yaml_free(), NULL after a failure; data and text may go then. */
HRD_MUST_USE int hrd_yaml_parse(
    const void *data, size_t len, hrd_yaml_fault_fn *fault, void *ctx, struct hrd_yaml **out);

/* True to go on, false to end (HRD_ESTOP): asked several times a millisecond, so that a thread
 * beside those of a server can let them have the processor, or end. */
typedef bool hrd_yaml_goes_on_fn(void *ctx);

struct hrd_yaml_reader {
	hrd_yaml_fault_fn *fault;     /* or NULL */
	hrd_yaml_goes_on_fn *goes_on; /* or NULL */
	void *ctx;                    /* of both */
	/* Whatever is YAML at all gives a tree: HRD_OK although there were faults, each of which
	 * marks the nodes around it as broken. HRD_EINVAL: it is no YAML, has more than one
	 * document or passes a limit. */
	bool marked;
};

/* The same with a reader. HRD_ESTOP: it does not go on; and as above. */
HRD_MUST_USE int hrd_yaml_parse_by(
    const struct hrd_yaml_reader *reader, const void *data, size_t len, struct hrd_yaml **out);

void hrd_yaml_free(struct hrd_yaml *doc); /* NULL-safe */

/* The top node; never NULL. It and all below it live as long as doc. */
const struct hrd_yaml_node *hrd_yaml_root(const struct hrd_yaml *doc);

/* The child of a map with that key; NULL where there is none, or no map (NULL included). */
const struct hrd_yaml_node *hrd_yaml_get(const struct hrd_yaml_node *map, const char *key);

/* Scalars as values: false when the text is not of that form. yes/no only for booleans; decimal
 * digits only for numbers, up to max; YYYY-MM-DD only for dates (as days since 1970-01-01). The
 * first two take none in quotes. */
bool hrd_yaml_bool(const struct hrd_yaml_node *node, bool *out);
bool hrd_yaml_uint(const struct hrd_yaml_node *node, uint64_t max, uint64_t *out);
bool hrd_yaml_date(const struct hrd_yaml_node *node, int32_t *days);

/* Whether quotes are why it is no number, yes or no. */
bool hrd_yaml_is_quoted_value(const struct hrd_yaml_node *node);

/* The version of libyaml in use; static text. */
const char *hrd_yaml_version(void);

#endif
