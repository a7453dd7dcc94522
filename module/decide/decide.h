/* SPDX-License-Identifier: BSD-3-Clause */
/* The decision: policies x (query name, aliases, addresses, client) -> verdict.
 *
 * Evaluation runs in stages: the query, then each alias owner and target as it is met, then the
 * final addresses. Within a stage the first policy in configured order that matches decides, the
 * client's address before the query name; the first decision is final, and PASSTHRU is one. A rule
 * or a policy that only observes is noted and does not end anything.
 *
 * Pure: no Unbound header, no allocation, no lock, no log. A verdict points to the layers and to
 * what their policies hold, and is good for as long as these are; names are copied. */
#ifndef HRD_MODULE_DECIDE_DECIDE_H
#define HRD_MODULE_DECIDE_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/action.h"
#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/policy/policy.h"

/* What a site makes of all rules of one policy, whatever they say (Unbound: rpz-action-override).
 */
enum hrd_override_action {
	HRD_OVERRIDE_NONE = 0,
	HRD_OVERRIDE_NXDOMAIN,
	HRD_OVERRIDE_NODATA,
	HRD_OVERRIDE_PASSTHRU,
	HRD_OVERRIDE_DROP,
	HRD_OVERRIDE_TCP_ONLY,
	HRD_OVERRIDE_CNAME,    /* to hrd_layer.cname */
	HRD_OVERRIDE_DISABLED, /* match, count, change nothing */
};

/* One policy in configured order. */
struct hrd_layer {
	const struct hrd_policy *policy;
	const struct hrd_policy_info *info; /* of that policy */
	enum hrd_override_action override;
	const struct hrd_name *cname; /* HRD_OVERRIDE_CNAME */
};

enum { HRD_LAYERS_MAX = 64 };

struct hrd_layer_list {
	const struct hrd_layer *layer;
	size_t count;
	uint64_t skipped;  /* bit i: layer i does not apply to this client */
	uint64_t optional; /* bit i: there are clients that layer i does not apply to */
};

/* One rule that applied. */
struct hrd_hit {
	const struct hrd_layer *layer; /* NULL: none */
	struct hrd_match match;
	struct hrd_name base; /* names: the base name of the rule */
	struct hrd_name name; /* names: that matched */
};

struct hrd_verdict {
	/* NONE: no rule decides; PASSTHRU: leave it and look no further; else what to answer. Never
	 * OBSERVE or STOP. */
	enum hrd_action action;
	struct hrd_hit hit; /* the rule that decides */
	/* LOCAL_DATA by an override: the alias target; NULL: the records of the rule */
	const struct hrd_name *cname;
	struct hrd_hit observed; /* the first rule that matched and only observes */
};

/* Starts a verdict: nothing matched. */
void hrd_verdict_init(struct hrd_verdict *verdict);

/* Whether the verdict changes the answer. */
bool hrd_verdict_acts(const struct hrd_verdict *verdict);

/* A name: the query's with its client's address, and each alias owner or target. client: NULL when
 * it is not known. name: a wire name of any case; the root never matches. verdict: from
 * hrd_verdict_init(), and what former calls for the same question made of it. True when there is a
 * decision, PASSTHRU included. */
bool hrd_decide_query(const struct hrd_layer_list *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, struct hrd_verdict *verdict);

/* The addresses of an answer, which can be read more than once. */
struct hrd_addr_source {
	void (*rewind)(void *ctx);
	bool (*next)(void *ctx, struct hrd_prefix *addr); /* false past the last one */
	void *ctx;
};

/* Last stage: within a policy the longest prefix decides, and of equals the smallest address. */
bool hrd_decide_addresses(const struct hrd_layer_list *layers, const struct hrd_addr_source *source,
    struct hrd_verdict *verdict);

/* What a match of the layer comes to at this site; name: what matched, NULL for an address. A rule
 * that makes a name an alias of itself lets it pass, for its target is to be reached. */
enum hrd_action hrd_layer_action(
    const struct hrd_layer *layer, const struct hrd_match *match, const struct hrd_name *name);

/* The rule of one layer that decides about addresses. */
bool hrd_layer_addresses(
    const struct hrd_layer *layer, const struct hrd_addr_source *source, struct hrd_match *best);

/* Whether any policy has response-ip rules at all. */
bool hrd_layers_have_addresses(const struct hrd_layer_list *layers);

/* Whether any policy has client-ip rules at all: without them all clients are equal. */
bool hrd_layers_have_clients(const struct hrd_layer_list *layers);

#endif
