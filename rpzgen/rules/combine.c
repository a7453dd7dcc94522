/* SPDX-License-Identifier: BSD-3-Clause */
/* Combines rule sets. */
#include <config.h>

#include "rpzgen/rules/combine.h"

#include <string.h>

#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/find.h"

/* What decides about all names that a wildcard is for: its like, or one above. */
static bool
deciding_below(const struct hrd_ruleset *set, const struct hrd_rule *rule, size_t *index)
{
	static const uint8_t star[] = { '*' };
	struct hrd_name below = rule->name;

	/* No rule has such a name, so only wildcards are found. */
	return hrd_name_prepend(&below, star, sizeof(star)) == HRD_OK &&
	       hrd_rules_deciding(set, rule->trigger, &below, index);
}

/* Exactly this prefix among those of a trigger, which are sorted. */
static bool
find_prefix(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_prefix *prefix, size_t *index)
{
	size_t low = 0, high = hrd_rules_count_of(set, trigger);

	while (low < high) {
		struct hrd_rule rule;
		int order;

		*index = low + (high - low) / 2;
		hrd_rules_get(set, trigger, *index, &rule);
		order = hrd_prefix_cmp(&rule.prefix, prefix);
		if (order == 0)
			return true;
		if (order < 0)
			low = *index + 1;
		else
			high = *index;
	}
	return false;
}

/* The longest prefix that covers that of the rule and is asked for the same addresses. */
static bool
deciding_prefix(const struct hrd_ruleset *set, const struct hrd_rule *rule, size_t *index)
{
	bool ipv4 = hrd_prefix_is_ipv4(&rule->prefix);

	for (int len = rule->prefix.len; len >= 0; len--) {
		struct hrd_prefix wider = rule->prefix;

		hrd_prefix_shorten(&wider, (unsigned)len);
		if (hrd_prefix_is_ipv4(&wider) != ipv4)
			return false;
		if (find_prefix(set, rule->trigger, &wider, index))
			return true;
	}
	return false;
}

/* The rule of a set that decides about all that a rule is for. */
static bool
decides(const struct hrd_ruleset *set, const struct hrd_rule *rule, size_t *index)
{
	if (hrd_rules_count_of(set, rule->trigger) == 0)
		return false;
	if (!hrd_trigger_has_name(rule->trigger))
		return deciding_prefix(set, rule, index);
	return rule->wildcard ? deciding_below(set, rule, index)
			      : hrd_rules_deciding(set, rule->trigger, &rule->name, index);
}

static bool
same_records(const struct hrd_ruleset *a, size_t i, const struct hrd_ruleset *b, size_t j,
    enum hrd_trigger trigger)
{
	size_t count = hrd_rules_rr_count(a, trigger, i);

	if (count != hrd_rules_rr_count(b, trigger, j))
		return false;
	for (size_t n = 0; n < count; n++) {
		struct hrd_rr ra, rb;

		hrd_rules_rr(a, trigger, i, n, &ra);
		hrd_rules_rr(b, trigger, j, n, &rb);
		if (ra.type != rb.type || ra.ttl != rb.ttl || ra.rdlen != rb.rdlen ||
		    memcmp(ra.rdata, rb.rdata, ra.rdlen) != 0)
			return false;
	}
	return true;
}

struct combiner {
	const struct hrd_combining *how;
	size_t at;           /* the set whose rules are taken */
	uint64_t base, last; /* lines of the sets before; the last line that was seen */
};

/* Whether a set before decides otherwise; what the first of them says stands. */
static bool
is_shadowed(const struct combiner *c, size_t i, const struct hrd_rule *rule)
{
	for (size_t n = 0; n < c->at; n++) {
		const struct hrd_ruleset *before = c->how->sets[n];
		size_t index;

		if (decides(before, rule, &index))
			return hrd_rules_action(before, rule->trigger, index) != rule->action ||
			       !same_records(c->how->sets[c->at], i, before, index, rule->trigger);
	}
	return false;
}

static int
take_set(struct combiner *c, struct hrd_ruleset *to)
{
	const struct hrd_ruleset *from = c->how->sets[c->at];
	struct hrd_meta_map map = { NULL, 0 };
	int status = HRD_OK;

	for (int t = 0; t < HRD_TRIGGERS; t++) {
		enum hrd_trigger trigger = (enum hrd_trigger)t;
		size_t count = hrd_rules_count_of(from, trigger);

		for (size_t i = 0; i < count && status == HRD_OK; i++) {
			struct hrd_rule rule;

			hrd_rules_get(from, trigger, i, &rule);
			if (!c->how->merge && is_shadowed(c, i, &rule)) {
				c->how->shadowed(c->how->ctx, c->at, &rule);
				continue;
			}
			rule.line += c->base;
			c->last = rule.line > c->last ? rule.line : c->last;
			status = hrd_rules_copy_as(to, from, trigger, i, &rule, &map);
		}
	}
	hrd_meta_map_clear(&map);
	return status;
}

int
hrd_rules_combine(const struct hrd_combining *how, struct hrd_ruleset **out)
{
	struct combiner c = { .how = how };
	struct hrd_ruleset *to = hrd_rules_new();
	int status = to != NULL ? HRD_OK : HRD_ENOMEM;

	for (; c.at < how->count && status == HRD_OK; c.at++) {
		c.base = c.last;
		status = take_set(&c, to);
		how->ends[c.at] = ++c.last;
	}
	if (status == HRD_OK)
		status = hrd_rules_seal(to, how->merge ? how->clash : NULL, how->ctx);
	*out = to;
	if (status == HRD_OK || status == HRD_EEXIST)
		return HRD_OK;
	hrd_rules_free(to);
	*out = NULL;
	return status;
}

struct hrd_position
hrd_combined_place(const struct hrd_combined *files, uint64_t line)
{
	uint64_t base = 0;
	size_t n = 0;

	for (; n + 1 < files->count && line >= files->ends[n]; n++)
		base = files->ends[n];
	line -= base;
	return (struct hrd_position){ files->files[n], line, line > 0 ? 1 : 0 };
}
