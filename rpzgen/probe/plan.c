/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes the list of what is asked. */
#include <config.h>

#include "rpzgen/probe/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/array.h"
#include "rpzgen/rules/find.h"

enum { LABEL_LEN = 18 }; /* of a random name: "probe-" and twelve digits */

static const struct hrd_name root = { .len = 1 };

/* Numbers that nobody guesses from one another (Steele, Lea, Flood 2014: SplitMix64). */
static uint64_t
mix(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
	return value ^ (value >> 31);
}

static bool
add(struct hrd_plan *plan, struct hrd_plan_entry entry)
{
	struct hrd_plan_entry *more =
	    hrd_array_reserve(plan->entries, &plan->room, plan->count + 1, sizeof(*more));

	if (more == NULL)
		return false;
	plan->entries = more;
	plan->entries[plan->count++] = entry;
	return true;
}

/* A random name below this one would be too long to be asked for. */
static void
report_too_long(const struct hrd_rule *rule, const struct hrd_scope *scope, struct hrd_diag *diag)
{
	struct hrd_position place = hrd_scope_place(scope, rule->line);
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&rule->name, text);
	hrd_diag(diag, HRD_WARNING, &place, "probe-name",
	    "no name below \"%s\" can be asked for: it would be over %d octets", text,
	    HRD_NAME_MAX);
}

static bool
add_rules(struct hrd_plan *plan, const struct hrd_scope *scope, struct hrd_diag *diag)
{
	size_t count = hrd_rules_count_of(plan->set, HRD_TRIGGER_QNAME);

	for (size_t i = 0; i < count; i++) {
		struct hrd_rule rule;

		hrd_rules_get(plan->set, HRD_TRIGGER_QNAME, i, &rule);
		if (rule.action == HRD_ACTION_STOP)
			continue;
		if (rule.wildcard && rule.name.len + LABEL_LEN + 1 > HRD_NAME_MAX) {
			report_too_long(&rule, scope, diag);
			continue;
		}
		if (!add(plan, (struct hrd_plan_entry){ NULL, (uint32_t)i,
				   rule.wildcard ? HRD_FORM_SUBDOMAIN : HRD_FORM_NAME,
				   (uint8_t)rule.action, rule.wildcard }))
			return false;
	}
	return true;
}

static bool
add_known(struct hrd_plan *plan, const struct hrd_scope *scope)
{
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_known *known;
	struct hrd_cursor at = { 0 };
	struct hrd_rule rule;
	size_t index;

	while ((known = hrd_next_known(scope->inventory, &at, &entity, &service)) != NULL) {
		if (known->name == NULL ||
		    hrd_rules_of(plan->set, HRD_TRIGGER_QNAME, known->name, false, &index) ||
		    !hrd_rules_deciding(plan->set, HRD_TRIGGER_QNAME, known->name, &index))
			continue;
		hrd_rules_get(plan->set, HRD_TRIGGER_QNAME, index, &rule);
		if (!add(plan, (struct hrd_plan_entry){ known->name, (uint32_t)index,
				   HRD_FORM_KNOWN, (uint8_t)rule.action, true }))
			return false;
	}
	return true;
}

/* Listed names that the inventory lets through by its own word, and that no rule decides about. */
static bool
add_exempt(struct hrd_plan *plan, const struct hrd_scope *scope)
{
	size_t index;

	for (size_t i = 0; i < scope->decided_count; i++) {
		const struct hrd_decision *decision = &scope->decided[i].decision;
		const struct hrd_listed *listed = scope->decided[i].listed;

		if (listed->name == NULL || decision->action != HRD_ACTION_NONE ||
		    (decision->reason != HRD_BY_OVERRIDE && decision->reason != HRD_GROUP_OFF) ||
		    hrd_rules_of(plan->set, HRD_TRIGGER_QNAME, listed->name, false, &index) ||
		    hrd_rules_deciding(plan->set, HRD_TRIGGER_QNAME, listed->name, &index))
			continue;
		if (!add(plan, (struct hrd_plan_entry){
				   listed->name, 0, HRD_FORM_NAME, HRD_ACTION_PASSTHRU, false }))
			return false;
	}
	return true;
}

static int
by_place(const void *a, const void *b)
{
	const struct hrd_plan_entry *x = a, *y = b;

	if (x->form == HRD_FORM_KNOWN || y->form == HRD_FORM_KNOWN)
		return (x->form == HRD_FORM_KNOWN) - (y->form == HRD_FORM_KNOWN);
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Keeps that many of the names, chosen by chance. */
static void
take_sample(struct hrd_plan *plan, size_t sample)
{
	struct hrd_plan_entry *all = plan->entries + plan->free;
	size_t count = plan->count - plan->free;

	if (sample == 0 || sample >= count)
		return;
	for (size_t i = 0; i < sample; i++) {
		size_t other = i + (size_t)(mix(plan->seed + i) % (count - i));
		struct hrd_plan_entry kept = all[other];

		all[other] = all[i];
		all[i] = kept;
	}
	qsort(all, sample, sizeof(*all), by_place);
	plan->count = plan->free + sample;
}

/* What cannot be shown by a question for a name. */
static void
report_other_triggers(const struct hrd_ruleset *set, struct hrd_diag *diag)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };
	size_t others = hrd_rules_count(set) - hrd_rules_count_of(set, HRD_TRIGGER_QNAME);

	if (others > 0)
		hrd_diag(diag, HRD_WARNING, &nowhere, "probe-trigger",
		    "%zu rules are about addresses or name servers: no question for a name shows "
		    "them, so they are not probed",
		    others);
}

static bool
add_free(struct hrd_plan *plan, const struct hrd_plan_options *options)
{
	struct hrd_plan_entry control = { &root, 0, HRD_FORM_CONTROL, HRD_ACTION_NONE, false };
	bool good = options->control_count > 0 || add(plan, control);

	for (size_t i = 0; i < options->control_count && good; i++) {
		control.name = &options->controls[i];
		good = add(plan, control);
	}
	if (options->beacon != NULL && good)
		good = add(plan, (struct hrd_plan_entry){
				     options->beacon, 0, HRD_FORM_BEACON, HRD_ACTION_NONE, false });
	plan->free = plan->count;
	return good;
}

bool
hrd_plan_make(struct hrd_plan *plan, const struct hrd_ruleset *set,
    const struct hrd_plan_options *options, struct hrd_diag *diag)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };

	*plan = (struct hrd_plan){ .set = set };
	if (getrandom(&plan->seed, sizeof(plan->seed), 0) != sizeof(plan->seed)) {
		hrd_diag_system(diag, "getrandom", 0);
		return false;
	}
	if (!add_free(plan, options) || !add_rules(plan, options->scope, diag) ||
	    !add_known(plan, options->scope) || !add_exempt(plan, options->scope)) {
		hrd_diag_nomem(diag);
		return false;
	}
	report_other_triggers(set, diag);
	plan->names = plan->count - plan->free;
	take_sample(plan, options->sample);
	if (plan->names > 0)
		return true;
	hrd_diag(diag, HRD_ERROR, &nowhere, "probe-nothing",
	    "the inventory has no name to ask for on that day and by that profile");
	return false;
}

void
hrd_plan_clear(struct hrd_plan *plan)
{
	free(plan->entries);
	*plan = (struct hrd_plan){ .set = NULL };
}

static void
base_name(const struct hrd_plan *plan, const struct hrd_plan_entry *entry, struct hrd_name *out)
{
	struct hrd_rule rule;

	if (entry->name != NULL) {
		*out = *entry->name;
		return;
	}
	hrd_rules_get(plan->set, HRD_TRIGGER_QNAME, entry->rule, &rule);
	*out = rule.name;
}

void
hrd_plan_name(const struct hrd_plan *plan, size_t entry, size_t server, struct hrd_name *out)
{
	const struct hrd_plan_entry *at = &plan->entries[entry];
	char label[LABEL_LEN + 1];
	uint64_t number;

	base_name(plan, at, out);
	if (at->form != HRD_FORM_SUBDOMAIN)
		return;
	number = mix(plan->seed ^ mix(entry ^ mix(server)));
	snprintf(label, sizeof(label), "probe-%012" PRIx64, number >> 16);
	/* There is room: names that leave none are not in the plan. */
	(void)!hrd_name_prepend(out, (const uint8_t *)label, LABEL_LEN);
}

void
hrd_plan_text(const struct hrd_plan *plan, size_t entry, char text[HRD_NAME_TEXT_MAX + 2])
{
	const struct hrd_plan_entry *at = &plan->entries[entry];
	struct hrd_name name;
	size_t star = at->form == HRD_FORM_SUBDOMAIN ? 2 : 0;

	base_name(plan, at, &name);
	memcpy(text, "*.", star);
	hrd_name_to_text(&name, text + star);
}

bool
hrd_plan_asks(
    const struct hrd_plan_entry *entry, const struct hrd_name *name, bool tls, unsigned variant)
{
	switch (entry->form) {
	case HRD_FORM_CONTROL:
		return name->len == 1 ? variant == HRD_VARIANT_NS
				      : variant == HRD_VARIANT_A || variant == HRD_VARIANT_AAAA;
	case HRD_FORM_BEACON:
		return variant == HRD_VARIANT_TXT;
	default:
		return variant != HRD_VARIANT_NS && !(tls && variant == HRD_VARIANT_TCP);
	}
}
