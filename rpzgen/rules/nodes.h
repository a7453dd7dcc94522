/* SPDX-License-Identifier: BSD-3-Clause */
/* A sealed rule set as the tree of names that a zone of it would be: every name with a rule, and
 * every name between one and the root that exists only because something is below it (an empty non-
 * terminal, RFC 4592 section 2.2.2), each once, ancestors first. Observe rules are in no zone: they
 * make no name and cover none. Pure but for fn, which the calling thread runs and which may not
 * change the set; memory is the depth of a name. HRD_OK, or what fn returned. */
#ifndef HRD_RPZGEN_RULES_NODES_H
#define HRD_RPZGEN_RULES_NODES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "lib/rules/rules.h"

#define HRD_NODE_NO_RULE ((size_t)-1)

struct hrd_node {
	const struct hrd_name *name; /* valid during the call of fn */
	size_t exact;                /* its rule (index within the trigger), or HRD_NODE_NO_RULE */
	size_t wild;                 /* the rule of its wildcard, or HRD_NODE_NO_RULE */
	size_t at;     /* the first rule of this name or behind it, in canonical order */
	size_t covers; /* the wildcard of its closest ancestor that has one, or HRD_NODE_NO_RULE */
	bool blocked;  /* a name between that ancestor and this one exists and has no wildcard */
};

/* Must not change the set. */
typedef int hrd_node_fn(void *ctx, const struct hrd_node *node);

/* Calls fn for every node of a name trigger (QNAME or NSDNAME). HRD_OK, or what fn returned first
 * that is not HRD_OK. Linear; takes a few KiB of stack and allocates nothing. One thread a set that
 * is being written, any number for one that is only read. */
HRD_MUST_USE int hrd_nodes_each(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, hrd_node_fn *fn, void *ctx);

#endif
