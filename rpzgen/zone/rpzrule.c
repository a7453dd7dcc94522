/* SPDX-License-Identifier: BSD-3-Clause */
/* How RPZ writes a rule as a record. */
#include <config.h>

#include "rpzgen/zone/rpzrule.h"

#include <string.h>

static const char reserved[] = "rpz-";

/* Offset of the last label before the root label; the name must not be the root. */
static size_t
last_label(const struct hrd_name *name)
{
	size_t at = 0, next = 0;

	while (name->wire[next] != 0) {
		at = next;
		next += 1u + name->wire[next];
	}
	return at;
}

static bool
label_is_reserved(const uint8_t *label)
{
	return label[0] >= sizeof(reserved) - 1 && memcmp(label + 1, reserved, 4) == 0;
}

static bool
label_equals(const uint8_t *label, const char *text)
{
	return label[0] == strlen(text) && memcmp(label + 1, text, label[0]) == 0;
}

/* The name before offset `end`, ended by the root label. */
static void
take_front(struct hrd_name *out, const struct hrd_name *name, size_t end)
{
	memmove(out->wire, name->wire, end);
	out->wire[end] = 0;
	out->len = (uint8_t)(end + 1);
}

/* Splits "*." off. */
static void
take_base(struct hrd_rule *rule, const struct hrd_name *name)
{
	rule->wildcard = name->wire[0] == 1 && name->wire[1] == '*';
	if (rule->wildcard) {
		rule->name.len = (uint8_t)(name->len - 2);
		memcpy(rule->name.wire, name->wire + 2, rule->name.len);
	} else {
		rule->name.len = name->len;
		memcpy(rule->name.wire, name->wire, name->len);
	}
}

static int
reserved_trigger(const uint8_t *label, enum hrd_trigger *trigger)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_CLIENT_IP, HRD_TRIGGER_RESPONSE_IP,
		HRD_TRIGGER_NSDNAME, HRD_TRIGGER_NSIP };

	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
		if (label_equals(label, hrd_trigger_label(triggers[i]))) {
			*trigger = triggers[i];
			return HRD_OK;
		}
	}
	return HRD_EINVAL;
}

int
hrd_rpz_trigger(const struct hrd_name *owner, struct hrd_rule *rule, const char **why)
{
	struct hrd_name front;
	size_t at = last_label(owner);

	if (!label_is_reserved(owner->wire + at)) {
		rule->trigger = HRD_TRIGGER_QNAME;
		take_base(rule, owner);
		return HRD_OK;
	}
	if (reserved_trigger(owner->wire + at, &rule->trigger) != HRD_OK) {
		*why = "no such trigger; last labels that start with \"rpz-\" are reserved";
		return HRD_EINVAL;
	}
	if (at == 0) {
		*why = "nothing in front of the trigger's label";
		return HRD_EINVAL;
	}
	take_front(&front, owner, at);
	rule->wildcard = false;
	if (rule->trigger != HRD_TRIGGER_NSDNAME)
		return hrd_prefix_from_owner(&rule->prefix, &front, why);
	take_base(rule, &front);
	return HRD_OK;
}

int
hrd_rpz_action(const struct hrd_name *target, enum hrd_action *action)
{
	static const struct {
		const char *label;
		enum hrd_action action;
	} targets[] = { { "*", HRD_ACTION_NODATA }, { "rpz-passthru", HRD_ACTION_PASSTHRU },
		{ "rpz-drop", HRD_ACTION_DROP }, { "rpz-tcp-only", HRD_ACTION_TCP_ONLY } };
	size_t at;

	*action = HRD_ACTION_NXDOMAIN;
	if (target->len == 1)
		return HRD_OK;
	at = last_label(target);
	for (size_t i = 0; at == 0 && i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (label_equals(target->wire, targets[i].label)) {
			*action = targets[i].action;
			return HRD_OK;
		}
	}
	*action = HRD_ACTION_LOCAL_DATA;
	return label_is_reserved(target->wire + at) ? HRD_EINVAL : HRD_OK;
}
