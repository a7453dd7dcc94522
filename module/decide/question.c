/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides questions by name and type. */
#include <config.h>

#include "module/decide/question.h"

enum { TYPE_DS = 43 }; /* RFC 4034 section 5 */

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

static bool
decide_ds(const struct hrd_layers *layers, const struct hrd_prefix *client, const uint8_t *name,
    size_t len, struct hrd_verdict *verdict)
{
	struct hrd_verdict own;

	hrd_verdict_init(&own);
	if (!hrd_decide_query(layers, client, name, len, &own) || !hrd_verdict_acts(&own)) {
		*verdict = own;
		return own.action != HRD_ACTION_NONE;
	}
	if (!parent_of(&name, &len) || !hrd_decide_query(layers, client, name, len, verdict) ||
	    !hrd_verdict_acts(verdict))
		return let_pass(verdict);
	return true;
}

bool
hrd_decide_question(const struct hrd_layers *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, uint16_t type, struct hrd_verdict *verdict)
{
	if (type == TYPE_DS)
		return decide_ds(layers, client, name, len, verdict);
	return hrd_decide_query(layers, client, name, len, verdict);
}

/* Whether a rule of the layer, which matched, changes the answer of those whom it applies to;
 * *ends: it lets the answer pass for everybody. */
static bool
acts(const struct hrd_layers *layers, size_t i, const struct hrd_match *match,
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
name_listed(const struct hrd_layers *layers, const uint8_t *name, size_t len)
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
hrd_question_listed(const struct hrd_layers *layers, const uint8_t *name, size_t len, uint16_t type)
{
	if (!name_listed(layers, name, len))
		return false;
	return type != TYPE_DS || (parent_of(&name, &len) && name_listed(layers, name, len));
}

bool
hrd_addresses_listed(const struct hrd_layers *layers, const struct hrd_addr_source *source)
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
