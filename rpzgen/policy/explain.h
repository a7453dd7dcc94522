/* SPDX-License-Identifier: BSD-3-Clause */
/* Why a name is blocked, or why it is not: from an image alone, or with the inventory behind it. */
#ifndef HRD_RPZGEN_POLICY_EXPLAIN_H
#define HRD_RPZGEN_POLICY_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/name/name.h"
#include "lib/policy/policy.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/nameset.h"

/* What an answer is made from. With scope == NULL only the image is known. */
struct hrd_explainer {
	const struct hrd_policy *policy;
	struct hrd_scope *scope;
	struct hrd_nameset listed, known, shared, never, overrides; /* of scope's inventory */
	/* Names that other resolvers let through, when they were asked for. */
	struct hrd_hole *hole_list;
	struct hrd_nameset holes;
	bool json;
	bool failed; /* writing failed */
	FILE *out;
};

/* Indexes the inventory of scope (may be NULL); false when out of memory. */
bool hrd_explainer_init(struct hrd_explainer *e, const struct hrd_policy *policy,
    struct hrd_scope *scope, bool json, FILE *out);

/* From now on, answers tell holes; set: the rules before holes were closed. HRD_ENOMEM. */
HRD_MUST_USE int hrd_explainer_take_holes(struct hrd_explainer *e, const struct hrd_rules *set);
void hrd_explainer_clear(struct hrd_explainer *e);

/* One name as it was written: one JSON object a line, or a few lines of text. */
void hrd_explain_name(
    struct hrd_explainer *e, enum hrd_trigger trigger, const char *text, size_t len);

/* One address or prefix, for the IP triggers. */
void hrd_explain_address(struct hrd_explainer *e, enum hrd_trigger trigger, const char *text);

/* A name server, by its address or its name. */
void hrd_explain_server(struct hrd_explainer *e, const char *text);

#endif
