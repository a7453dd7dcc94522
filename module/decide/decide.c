/* SPDX-License-Identifier: BSD-3-Clause */
/* The decision over policies in configured order. */
#include <config.h>

#include "module/decide/decide.h"

#include <string.h>

#include "lib/name/rdata.h"

void
hrd_verdict_init(struct hrd_verdict *verdict)
{
	verdict->action = HRD_ACTION_NONE;
	verdict->hit.layer = NULL;
	verdict->cname = NULL;
	verdict->observed.layer = NULL;
}

bool
hrd_verdict_acts(const struct hrd_verdict *verdict)
{
	return verdict->action != HRD_ACTION_NONE && verdict->action != HRD_ACTION_PASSTHRU;
}

/* What the site makes of the action of a rule. */
static enum hrd_action
overridden(const struct hrd_layer *layer, enum hrd_action action)
{
	if (action == HRD_ACTION_OBSERVE)
		return HRD_ACTION_OBSERVE;
	switch (layer->override) {
	case HRD_OVERRIDE_NONE:
		return action;
	case HRD_OVERRIDE_NXDOMAIN:
		return HRD_ACTION_NXDOMAIN;
	case HRD_OVERRIDE_NODATA:
		return HRD_ACTION_NODATA;
	case HRD_OVERRIDE_PASSTHRU:
		return HRD_ACTION_PASSTHRU;
	case HRD_OVERRIDE_DROP:
		return HRD_ACTION_DROP;
	case HRD_OVERRIDE_TCP_ONLY:
		return HRD_ACTION_TCP_ONLY;
	case HRD_OVERRIDE_CNAME:
		return HRD_ACTION_LOCAL_DATA;
	case HRD_OVERRIDE_DISABLED:
		return HRD_ACTION_OBSERVE;
	}
	return HRD_ACTION_NONE;
}

/* Whether an alias, in wire form, is the name itself: a rule that covers its own target. A wildcard
 * target never is, for the name is but a part of it. */
static bool
is_same_name(const struct hrd_name *name, const uint8_t *wire, size_t len)
{
	struct hrd_name target;

	return hrd_name_from_wire(&target, wire, len) == HRD_OK && hrd_name_cmp(&target, name) == 0;
}

static bool
points_to_itself(
    const struct hrd_layer *layer, const struct hrd_match *match, const struct hrd_name *name)
{
	struct hrd_rr rr;

	if (layer->override == HRD_OVERRIDE_CNAME)
		return is_same_name(name, layer->cname->wire, layer->cname->len);
	for (size_t n = 0; hrd_policy_rr(layer->policy, match->data, n, &rr); n++) {
		if (rr.type == HRD_TYPE_CNAME)
			return is_same_name(name, rr.rdata, rr.rdlen);
	}
	return false;
}

enum hrd_action
hrd_layer_action(
    const struct hrd_layer *layer, const struct hrd_match *match, const struct hrd_name *name)
{
	enum hrd_action action = overridden(layer, match->action);

	if (action == HRD_ACTION_LOCAL_DATA && name != NULL && points_to_itself(layer, match, name))
		return HRD_ACTION_PASSTHRU;
	return action;
}

/* Takes a match into the verdict: true when it decides, false when it only observes. */
static bool
take(struct hrd_verdict *verdict, const struct hrd_layer *layer, const struct hrd_match *match,
    const struct hrd_name *name)
{
	enum hrd_action action = hrd_layer_action(layer, match, name);
	struct hrd_hit *hit = action == HRD_ACTION_OBSERVE ? &verdict->observed : &verdict->hit;

	if (hit->layer != NULL)
		return false;
	hit->layer = layer;
	hit->match = *match;
	if (name != NULL) {
		hrd_name_suffix(&hit->base, name, match->labels);
		hit->name = *name;
	} else {
		hit->base.len = hit->name.len = 1;
		hit->base.wire[0] = hit->name.wire[0] = 0;
	}
	if (action == HRD_ACTION_OBSERVE)
		return false;
	verdict->action = action;
	verdict->cname = layer->override == HRD_OVERRIDE_CNAME ? layer->cname : NULL;
	return true;
}

/* The exemption of a client by address. Rules that block by client address, and what a site makes
 * of them, are the companion zone's: a module is not asked about cached names. */
static bool
client_passes(
    const struct hrd_layer *layer, const struct hrd_prefix *client, struct hrd_verdict *verdict)
{
	struct hrd_match match;

	if (client == NULL || !layer->info->rules[HRD_TRIGGER_CLIENT_IP])
		return false;
	if (layer->override != HRD_OVERRIDE_NONE && layer->override != HRD_OVERRIDE_PASSTHRU)
		return false;
	return hrd_policy_find_addr(layer->policy, HRD_TRIGGER_CLIENT_IP, client, &match) &&
	       match.action == HRD_ACTION_PASSTHRU && take(verdict, layer, &match, NULL);
}

static bool
name_matches(
    const struct hrd_layer *layer, const uint8_t *name, size_t len, struct hrd_verdict *verdict)
{
	struct hrd_match match;
	struct hrd_name whole;

	if (!hrd_policy_find_first(layer->policy, HRD_TRIGGER_QNAME, name, len, &match))
		return false;
	if (hrd_name_from_wire(&whole, name, len) != HRD_OK)
		return false;
	/* What only observes is counted and passed over: the deepest rule that acts decides. */
	do {
		if (take(verdict, layer, &match, &whole))
			return true;
	} while (match.action == HRD_ACTION_OBSERVE &&
		 hrd_policy_find_next(layer->policy, HRD_TRIGGER_QNAME, name, len, &match));
	return false;
}

static bool
is_skipped(const struct hrd_layer_list *layers, size_t i)
{
	return layers->skipped >> i & 1;
}

bool
hrd_decide_query(const struct hrd_layer_list *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, struct hrd_verdict *verdict)
{
	if (len <= 1)
		return false;
	for (size_t i = 0; i < layers->count; i++) {
		if (is_skipped(layers, i))
			continue;
		if (client_passes(&layers->layer[i], client, verdict))
			return true;
		if (name_matches(&layers->layer[i], name, len, verdict))
			return true;
	}
	return false;
}

/* Whether a is a better match than b: what acts, the longer prefix, then the smaller address. */
static bool
better(const struct hrd_match *a, const struct hrd_match *b)
{
	bool a_acts = a->action != HRD_ACTION_OBSERVE, b_acts = b->action != HRD_ACTION_OBSERVE;

	if (a_acts != b_acts)
		return a_acts;
	if (a->prefix.len != b->prefix.len)
		return a->prefix.len > b->prefix.len;
	return memcmp(a->prefix.addr, b->prefix.addr, sizeof(a->prefix.addr)) < 0;
}

bool
hrd_layer_addresses(
    const struct hrd_layer *layer, const struct hrd_addr_source *source, struct hrd_match *best)
{
	struct hrd_match match;
	struct hrd_prefix addr;
	bool found = false;

	source->rewind(source->ctx);
	while (source->next(source->ctx, &addr)) {
		if (!hrd_policy_find_addr(layer->policy, HRD_TRIGGER_RESPONSE_IP, &addr, &match))
			continue;
		if (!found || better(&match, best))
			*best = match;
		found = true;
	}
	return found;
}

/* What only observes an address is counted, whatever else acts. */
static void
note_observed(const struct hrd_layer *layer, const struct hrd_addr_source *source,
    struct hrd_verdict *verdict)
{
	struct hrd_match match;
	struct hrd_prefix addr;

	source->rewind(source->ctx);
	while (layer->info->observed > 0 && source->next(source->ctx, &addr)) {
		if (hrd_policy_find_addr_first(
			layer->policy, HRD_TRIGGER_RESPONSE_IP, &addr, &match) &&
		    match.action == HRD_ACTION_OBSERVE)
			take(verdict, layer, &match, NULL);
	}
}

bool
hrd_decide_addresses(const struct hrd_layer_list *layers, const struct hrd_addr_source *source,
    struct hrd_verdict *verdict)
{
	for (size_t i = 0; i < layers->count; i++) {
		const struct hrd_layer *layer = &layers->layer[i];
		struct hrd_match best;

		if (!layer->info->rules[HRD_TRIGGER_RESPONSE_IP] || is_skipped(layers, i))
			continue;
		note_observed(layer, source, verdict);
		if (hrd_layer_addresses(layer, source, &best) && take(verdict, layer, &best, NULL))
			return true;
	}
	return false;
}

static bool
have_rules(const struct hrd_layer_list *layers, enum hrd_trigger trigger)
{
	for (size_t i = 0; i < layers->count; i++) {
		if (layers->layer[i].info->rules[trigger])
			return true;
	}
	return false;
}

bool
hrd_layers_have_addresses(const struct hrd_layer_list *layers)
{
	return have_rules(layers, HRD_TRIGGER_RESPONSE_IP);
}

bool
hrd_layers_have_clients(const struct hrd_layer_list *layers)
{
	return have_rules(layers, HRD_TRIGGER_CLIENT_IP);
}
