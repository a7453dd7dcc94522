/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides questions by name and type. */
#include <config.h>

#include "module/decide/question.h"

enum { TYPE_DS = 43, TYPE_DNSKEY = 48 }; /* RFC 4034 */

/* The name above, in wire form; false at the root. */
static bool
parent_of(const uint8_t **name, size_t *len)
{
	size_t label = (size_t) * *name + 1;

	if (*len <= 1 || label >= *len)
		return false;
	*name += label;
	*len -= label;
	return true;
}

/* A decision that changes nothing; what only observes stays noted. */
static bool
let_pass(struct hrd_verdict *verdict)
{
	verdict->action = HRD_ACTION_NONE;
	verdict->hit.layer = NULL;
	verdict->cname = NULL;
	return false;
}

bool
hrd_spares_below(const struct hrd_layer_list *layers, const struct hrd_verdict *verdict,
    const uint8_t *name, size_t len)
{
	struct hrd_name whole;

	if (hrd_name_from_wire(&whole, name, len) != HRD_OK)
		return false;
	for (size_t i = 0; i < layers->count; i++) {
		const struct hrd_layer *layer = &layers->layer[i];

		if ((layers->skipped >> i & 1) == 0 && layer->info->spares &&
		    layer->override == HRD_OVERRIDE_NONE &&
		    hrd_policy_has_below(
			layer->policy, HRD_TRIGGER_QNAME, HRD_ACTION_PASSTHRU, &whole))
			return true;
		if (layer == verdict->hit.layer)
			return false;
	}
	return false;
}

static bool
decide_ds(const struct hrd_layer_list *layers, const struct hrd_prefix *client, const uint8_t *name,
    size_t len, bool validates, struct hrd_verdict *verdict)
{
	const uint8_t *parent = name;
	size_t parent_len = len;
	struct hrd_verdict own;

	hrd_verdict_init(&own);
	if (!hrd_decide_query(layers, client, name, len, &own) || !hrd_verdict_acts(&own)) {
		*verdict = own;
		return own.action != HRD_ACTION_NONE;
	}
	if (!parent_of(&parent, &parent_len) ||
	    !hrd_decide_query(layers, client, parent, parent_len, verdict) ||
	    !hrd_verdict_acts(verdict) || (validates && hrd_spares_below(layers, &own, name, len)))
		return let_pass(verdict);
	return true;
}

static bool
decide_dnskey(const struct hrd_layer_list *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, struct hrd_verdict *verdict)
{
	if (!hrd_decide_query(layers, client, name, len, verdict))
		return false;
	if (hrd_verdict_acts(verdict) && hrd_spares_below(layers, verdict, name, len))
		return let_pass(verdict);
	return true;
}

bool
hrd_decide_question(const struct hrd_layer_list *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, uint16_t type, bool validates, struct hrd_verdict *verdict)
{
	if (type == TYPE_DS)
		return decide_ds(layers, client, name, len, validates, verdict);
	if (type == TYPE_DNSKEY && validates)
		return decide_dnskey(layers, client, name, len, verdict);
	return hrd_decide_query(layers, client, name, len, verdict);
}

/* Whether a rule of the layer, which matched, changes the answer of those whom it applies to;
 * *ends: it lets the answer pass for everybody. */
static bool
acts(const struct hrd_layer_list *layers, size_t i, const struct hrd_match *match,
    const struct hrd_name *name, bool *ends)
{
	switch (hrd_layer_action(&layers->layer[i], match, name)) {
	case HRD_ACTION_NONE:
	case HRD_ACTION_OBSERVE:
	case HRD_ACTION_STOP:
		return false;
	case HRD_ACTION_PASSTHRU:
		*ends = (layers->optional >> i & 1) == 0;
		return false;
	default:
		return true;
	}
}

static bool
name_listed(const struct hrd_layer_list *layers, const uint8_t *name, size_t len)
{
	bool ends = false;

	for (size_t i = 0; i < layers->count && !ends && len > 1; i++) {
		struct hrd_match match;
		struct hrd_name whole;

		if (hrd_policy_find(
			layers->layer[i].policy, HRD_TRIGGER_QNAME, name, len, &match) &&
		    hrd_name_from_wire(&whole, name, len) == HRD_OK &&
		    acts(layers, i, &match, &whole, &ends))
			return true;
	}
	return false;
}

bool
hrd_question_listed(
    const struct hrd_layer_list *layers, const uint8_t *name, size_t len, uint16_t type)
{
	if (!name_listed(layers, name, len))
		return false;
	return type != TYPE_DS || (parent_of(&name, &len) && name_listed(layers, name, len));
}

bool
hrd_addresses_listed(const struct hrd_layer_list *layers, const struct hrd_addr_source *source)
{
	bool ends = false;

	for (size_t i = 0; i < layers->count && !ends; i++) {
		const struct hrd_layer *layer = &layers->layer[i];
		struct hrd_match match;

		if (layer->info->rules[HRD_TRIGGER_RESPONSE_IP] != 0 &&
		    hrd_layer_addresses(layer, source, &match) &&
		    acts(layers, i, &match, NULL, &ends))
			return true;
	}
	return false;
}
