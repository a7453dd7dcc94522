/* SPDX-License-Identifier: BSD-3-Clause */
/* The naive model of a set of rules. */
#include <config.h>

#include "tests/rule_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
prepend_random(struct hrd_name *name, struct rng *rng, enum shape shape)
{
	uint8_t label[HRD_LABEL_MAX];
	size_t len = names_label(rng, shape, label);

	(void)!hrd_name_prepend(name, label, len); /* a name that is full stays as it is */
}

static void
drop_first_label(struct hrd_name *name)
{
	size_t skip = name->wire[0] + 1u;

	if (name->wire[0] == 0)
		return;
	name->len = (uint8_t)(name->len - skip);
	memmove(name->wire, name->wire + skip, name->len);
}

unsigned
rule_model_labels(const uint8_t *wire)
{
	unsigned n = 0;

	for (; *wire != 0; wire += *wire + 1)
		n++;
	return n;
}

/* Changes a name a little: a label more or less, an octet changed, or nothing. */
static void
nudge(struct hrd_name *name, struct rng *rng, enum shape shape)
{
	for (uint32_t n = rng_below(rng, 4); n > 0; n--) {
		switch (rng_below(rng, 4)) {
		case 0:
			drop_first_label(name);
			break;
		case 1:
			if (name->wire[0] > 0)
				name->wire[1 + rng_below(rng, name->wire[0])] =
				    (uint8_t)('a' + rng_below(rng, 3));
			break;
		default:
			prepend_random(name, rng, shape);
		}
	}
}

void
rule_model_question(
    const struct rule_model *model, struct rng *rng, enum shape shape, struct hrd_name *name)
{
	const struct hrd_rule *rule = &model->rules[rng_below(rng, (uint32_t)model->count)];

	if (rng_below(rng, 8) == 0 || rule->name.len == 0) {
		names_random(rng, shape, HRD_NAME_MAX, name);
		return;
	}
	*name = rule->name;
	nudge(name, rng, shape);
}

static void
clear_host_bits(struct hrd_prefix *p)
{
	for (unsigned bit = p->len; bit < 128; bit++)
		p->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static bool
is_mapped(const struct hrd_prefix *p)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(p->addr, mapped, 12) == 0;
}

/* Few bits vary, so that prefixes nest. */
static void
random_prefix(struct hrd_prefix *p, struct rng *rng)
{
	memset(p, 0, sizeof(*p));
	if (rng_below(rng, 2) == 0) {
		p->addr[10] = p->addr[11] = 0xff;
		p->len = (uint8_t)(96 + rng_below(rng, 33));
	} else {
		p->addr[0] = 0x20;
		p->len = (uint8_t)rng_below(rng, 129);
	}
	for (int i = 0; i < 6; i++)
		p->addr[rng_below(rng, 2) == 0 ? 12 + rng_below(rng, 4) : 15] ^=
		    (uint8_t)(1 << rng_below(rng, 8));
	clear_host_bits(p);
}

void
rule_model_address(const struct rule_model *model, struct rng *rng, struct hrd_prefix *addr)
{
	const struct hrd_rule *rule = &model->rules[rng_below(rng, (uint32_t)model->count)];

	if (rng_below(rng, 3) == 0 || rule->name.len != 0)
		random_prefix(addr, rng);
	else
		*addr = rule->prefix;
	for (unsigned bit = addr->len; bit < 128; bit++)
		addr->addr[bit / 8] |= (uint8_t)(rng_below(rng, 2) << (7 - bit % 8));
	addr->len = 128;
}

static bool
same_name(const struct hrd_name *a, const struct hrd_name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

static bool
same_prefix(const struct hrd_prefix *a, const struct hrd_prefix *b)
{
	return a->len == b->len && memcmp(a->addr, b->addr, 16) == 0;
}

static bool
is_listed(const struct rule_model *model, const struct hrd_rule *rule)
{
	for (size_t i = 0; i < model->count; i++) {
		const struct hrd_rule *other = &model->rules[i];

		if (other->trigger == rule->trigger && other->wildcard == rule->wildcard &&
		    (hrd_trigger_has_name(rule->trigger)
			    ? same_name(&other->name, &rule->name)
			    : same_prefix(&other->prefix, &rule->prefix)))
			return true;
	}
	return false;
}

/* What a rule set refuses: see hrd_rules_add(). */
static bool
is_sayable(const struct hrd_rule *rule)
{
	if (!hrd_trigger_has_name(rule->trigger))
		return true;
	if (rule->wildcard)
		return rule->name.len + 2 <= HRD_NAME_MAX;
	return rule->name.len > 1 && !(rule->name.wire[0] == 1 && rule->name.wire[1] == '*');
}

static void
random_rule(
    const struct rule_model *model, struct rng *rng, enum shape shape, struct hrd_rule *rule)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_QNAME, HRD_TRIGGER_QNAME,
		HRD_TRIGGER_QNAME, HRD_TRIGGER_NSDNAME, HRD_TRIGGER_CLIENT_IP,
		HRD_TRIGGER_RESPONSE_IP, HRD_TRIGGER_NSIP };
	bool name;

	memset(rule, 0, sizeof(*rule));
	rule->trigger = triggers[rng_below(rng, 7)];
	name = hrd_trigger_has_name(rule->trigger);
	do
		rule->action = (enum hrd_action)(1 + rng_below(rng, name ? 8 : 7));
	while (rule->action == HRD_ACTION_NONE);
	if (!name) {
		random_prefix(&rule->prefix, rng);
		return;
	}
	rule->wildcard = rng_below(rng, 2) == 0;
	if (model->count > 0 && rng_below(rng, 3) != 0)
		rule_model_question(model, rng, shape, &rule->name);
	else
		names_random(rng, shape, HRD_NAME_MAX, &rule->name);
}

void
rule_model_random(struct rule_model *model, struct rng *rng, enum shape shape, size_t count)
{
	model->count = 0;
	for (size_t tries = 0; tries < 2 * count && model->count < count; tries++) {
		struct hrd_rule *rule = &model->rules[model->count];

		random_rule(model, rng, shape, rule);
		if (!is_sayable(rule) || is_listed(model, rule))
			continue;
		rule->line = model->count++;
	}
}

/* Octets that match from the end, label by label: true when base is the name or an ancestor. */
static bool
ends_with(const struct hrd_name *name, const struct hrd_name *base)
{
	unsigned more = rule_model_labels(name->wire), labels = rule_model_labels(base->wire);
	const uint8_t *at = name->wire;

	if (labels > more)
		return false;
	for (; more > labels; more--)
		at += *at + 1;
	return name->len - (size_t)(at - name->wire) == base->len &&
	       memcmp(at, base->wire, base->len) == 0;
}

/* The deepest rule whose base name has fewer labels than that. */
static const struct hrd_rule *
deepest(const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_name *name,
    unsigned limit)
{
	const struct hrd_rule *best = NULL;
	unsigned best_labels = 0;

	for (size_t i = 0; i < model->count; i++) {
		const struct hrd_rule *rule = &model->rules[i];
		unsigned labels;

		if (rule->trigger != trigger || !ends_with(name, &rule->name))
			continue;
		labels = rule_model_labels(rule->name.wire);
		if (labels >= limit || rule->wildcard == same_name(name, &rule->name))
			continue;
		if (best == NULL || labels > best_labels) {
			best = rule;
			best_labels = labels;
		}
	}
	return best;
}

const struct hrd_rule *
rule_model_find(
    const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_name *name)
{
	const struct hrd_rule *first = deepest(model, trigger, name, HRD_LABELS_MAX + 1);
	const struct hrd_rule *rule = first;

	while (rule != NULL && rule->action == HRD_ACTION_OBSERVE)
		rule = deepest(model, trigger, name, rule_model_labels(rule->name.wire));
	return rule != NULL && rule->action != HRD_ACTION_STOP ? rule : first;
}

static bool
bit_at(const struct hrd_prefix *p, unsigned bit)
{
	return (p->addr[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

static const struct hrd_rule *
longest(const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_prefix *addr,
    unsigned limit)
{
	const struct hrd_rule *best = NULL;

	for (size_t i = 0; i < model->count; i++) {
		const struct hrd_rule *rule = &model->rules[i];
		unsigned bit = 0;

		if (rule->trigger != trigger || rule->prefix.len >= limit ||
		    (is_mapped(addr) && rule->prefix.len < 96))
			continue;
		while (bit < rule->prefix.len && bit_at(&rule->prefix, bit) == bit_at(addr, bit))
			bit++;
		if (bit == rule->prefix.len &&
		    (best == NULL || rule->prefix.len > best->prefix.len))
			best = rule;
	}
	return best;
}

const struct hrd_rule *
rule_model_find_addr(
    const struct rule_model *model, enum hrd_trigger trigger, const struct hrd_prefix *addr)
{
	const struct hrd_rule *first = longest(model, trigger, addr, 129), *rule = first;

	while (rule != NULL && rule->action == HRD_ACTION_OBSERVE)
		rule = longest(model, trigger, addr, rule->prefix.len);
	return rule != NULL ? rule : first;
}

/* Local data of a rule: A records that tell its index. */
static int
add_local_data(struct hrd_ruleset *set, const struct hrd_rule *rule, struct rng *rng)
{
	for (uint32_t r = 0; r < RULE_MODEL_RECORDS; r++) {
		uint8_t rdata[4] = { (uint8_t)(rule->line >> 8), (uint8_t)rule->line, 0, 0 };
		struct hrd_rr rr = { 1, sizeof(rdata), 60, rdata };
		int status;

		rdata[3] = (uint8_t)((r + rng_below(rng, RULE_MODEL_RECORDS)) % RULE_MODEL_RECORDS);
		status = hrd_rules_add(set, rule, &rr);
		if (status != HRD_OK)
			return status;
	}
	return HRD_OK;
}

static int
add_rule(struct hrd_ruleset *set, const struct hrd_rule *given, bool with_id, struct rng *rng)
{
	struct hrd_rule rule = *given;
	char id[24] = "";
	struct hrd_meta meta = { id, "", "", "", "", "", "", "", "" };
	int status;

	if (with_id)
		snprintf(id, sizeof(id), "id-%u", (unsigned)rule.line);
	status = hrd_rules_meta(set, &meta, &rule.meta);
	if (status != HRD_OK)
		return status;
	if (rule.action == HRD_ACTION_LOCAL_DATA)
		return add_local_data(set, &rule, rng);
	return hrd_rules_add(set, &rule, NULL);
}

static size_t
common_divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

struct hrd_ruleset *
rule_model_rules(const struct rule_model *model, struct rng *rng)
{
	struct hrd_ruleset *set = hrd_rules_new();
	bool with_id = rng_below(rng, 3) == 0;
	size_t stride, n = model->count;
	int status = HRD_OK;

	if (set == NULL)
		return NULL;
	/* A stride without a common divisor visits every rule once. */
	do
		stride = 1 + rng_below(rng, (uint32_t)n);
	while (common_divisor(n, stride) != 1);
	for (size_t i = 0; i < n && status == HRD_OK; i++)
		status = add_rule(set, &model->rules[i * stride % n], with_id, rng);
	if (status == HRD_OK)
		status = hrd_rules_seal(set, NULL, NULL);
	if (status != HRD_OK) {
		hrd_rules_free(set);
		return NULL;
	}
	return set;
}
