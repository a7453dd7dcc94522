/* SPDX-License-Identifier: BSD-3-Clause */
/* Why a name is blocked, or why it is not: from an image alone, or with the inventory behind it.
 * One thread. Policy and scope are borrowed and must outlive the explainer. */
#ifndef HRD_RPZGEN_POLICY_EXPLAIN_H
#define HRD_RPZGEN_POLICY_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/day.h"
#include "lib/name/name.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/nameset.h"

/* What an answer is made from. With scope == NULL only the image is known. */
struct hrd_explainer {
	const struct hrd_policy *policy;
	const struct hrd_scope *scope;
	struct hrd_nameset listed, known, shared, never, overrides; /* of scope's inventory */
	/* Names that other resolvers let through, when they were asked for. */
	struct hrd_hole *hole_list;
	struct hrd_nameset holes;
	bool json;
	bool failed; /* writing failed */
	FILE *out;
	struct hrd_diag *diag;
	struct hrd_position
	    asked_at; /* where the next question stands: a line of a file, or none */
	char expired[HRD_TIME_TEXT_MAX]; /* when the validity of the policy ended; "" while it lasts
					  */
};

/* Indexes the inventory of scope (may be NULL); false when out of memory. Answers go to out;
 * questions that are none are errors for diag, and with json an answer as well. */
bool hrd_explainer_init(struct hrd_explainer *e, const struct hrd_policy *policy,
    const struct hrd_scope *scope, bool json, FILE *out, struct hrd_diag *diag);

/* From now on, answers say that the policy has expired, where it has at that time (seconds since
 * the epoch). True when it has. */
bool hrd_explainer_take_time(struct hrd_explainer *e, uint64_t now);

/* From now on, answers show holes; set: the rules before holes were closed. HRD_ENOMEM. */
HRD_MUST_USE int hrd_explainer_take_holes(struct hrd_explainer *e, const struct hrd_ruleset *set);
void hrd_explainer_clear(struct hrd_explainer *e);

/* One name as it was written, or, for QNAME, as people paste it (policy/question.h): one JSON
 * object a line, or a few lines of text. */
void hrd_explain_name(
    struct hrd_explainer *e, enum hrd_trigger trigger, const char *text, size_t len);

/* One address or prefix, for the IP triggers. */
void hrd_explain_address(struct hrd_explainer *e, enum hrd_trigger trigger, const char *text);

/* A name server, by its address or its name. */
void hrd_explain_server(struct hrd_explainer *e, const char *text);

#endif
