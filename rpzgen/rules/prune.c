/* SPDX-License-Identifier: BSD-3-Clause */
/* Leaving out rules that change no answer. */
#include <config.h>

#include "rpzgen/rules/prune.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/nodes.h"

struct pruner {
	const struct hrd_ruleset *set;
	enum hrd_trigger trigger;
	unsigned char *drop[HRD_TRIGGERS]; /* one bit a rule */
	size_t dropped;
};

static void
drop(struct pruner *pruner, enum hrd_trigger trigger, size_t i)
{
	pruner->drop[trigger][i / CHAR_BIT] |= (unsigned char)(1u << i % CHAR_BIT);
	pruner->dropped++;
}

static bool
keeps(void *ctx, enum hrd_trigger trigger, size_t i)
{
	const struct pruner *pruner = ctx;

	return (pruner->drop[trigger][i / CHAR_BIT] & (1u << i % CHAR_BIT)) == 0;
}

static bool
same_records(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t a, size_t b)
{
	size_t count = hrd_rules_rr_count(set, trigger, a);
	struct hrd_rr ra, rb;

	if (count != hrd_rules_rr_count(set, trigger, b))
		return false;
	for (size_t n = 0; n < count; n++) {
		hrd_rules_rr(set, trigger, a, n, &ra);
		hrd_rules_rr(set, trigger, b, n, &rb);
		if (ra.type != rb.type || ra.ttl != rb.ttl || ra.rdlen != rb.rdlen ||
		    memcmp(ra.rdata, rb.rdata, ra.rdlen) != 0)
			return false;
	}
	return true;
}

/* Drops rule i when rule `above` says the same. */
static void
compare(struct pruner *pruner, enum hrd_trigger trigger, size_t i, size_t above)
{
	struct hrd_rule rule, meant;

	if (i == HRD_NODE_NO_RULE || above == HRD_NODE_NO_RULE)
		return;
	hrd_rules_get(pruner->set, trigger, i, &rule);
	hrd_rules_get(pruner->set, trigger, above, &meant);
	if (rule.action == meant.action && same_records(pruner->set, trigger, i, above))
		drop(pruner, trigger, i);
}

static int
prune_node(void *ctx, const struct hrd_node *node)
{
	struct pruner *pruner = ctx;

	compare(pruner, pruner->trigger, node->exact, node->covers);
	compare(pruner, pruner->trigger, node->wild, node->covers);
	return HRD_OK;
}

/* True when look-up of the inner one's addresses asks the outer one at all: an IPv4 address is
 * never asked for by an IPv6 prefix that spans ::ffff:0:0/96 (doc/policy-format.md section 7.2). */
static bool
same_family(const struct hrd_prefix *outer, const struct hrd_prefix *inner)
{
	return hrd_prefix_is_ipv4(outer) == hrd_prefix_is_ipv4(inner);
}

/* Prefixes sort right before those that they cover, so the covering ones are a stack. */
static void
prune_prefixes(struct pruner *pruner, enum hrd_trigger trigger)
{
	size_t count = hrd_rules_count_of(pruner->set, trigger), depth = 0;
	size_t stack[129]; /* lengths 0 to 128 */
	struct hrd_rule rule, above;

	for (size_t i = 0; i < count; i++) {
		hrd_rules_get(pruner->set, trigger, i, &rule);
		while (depth > 0) {
			hrd_rules_get(pruner->set, trigger, stack[depth - 1], &above);
			if (hrd_prefix_covers(&above.prefix, &rule.prefix))
				break;
			depth--;
		}
		if (depth > 0 && same_family(&above.prefix, &rule.prefix))
			compare(pruner, trigger, i, stack[depth - 1]);
		stack[depth++] = i;
	}
}

static int
mark(struct pruner *pruner)
{
	int status = HRD_OK;

	for (unsigned trigger = 0; trigger < HRD_TRIGGERS && status == HRD_OK; trigger++) {
		pruner->trigger = trigger;
		pruner->drop[trigger] =
		    calloc(hrd_rules_count_of(pruner->set, trigger) / CHAR_BIT + 1, 1);
		if (pruner->drop[trigger] == NULL)
			status = HRD_ENOMEM;
		else if (hrd_trigger_has_name(trigger))
			status = hrd_nodes_each(pruner->set, trigger, prune_node, pruner);
		else
			prune_prefixes(pruner, trigger);
	}
	return status;
}

int
hrd_rules_prune(const struct hrd_ruleset *set, struct hrd_ruleset **out, size_t *dropped)
{
	struct pruner pruner = { .set = set };
	struct hrd_meta_map map = { NULL, 0 };
	struct hrd_ruleset *copy = hrd_rules_new();
	int status = copy == NULL ? HRD_ENOMEM : mark(&pruner);
	unsigned trigger;

	if (status == HRD_OK)
		status = hrd_rules_copy(copy, set, keeps, &pruner, &map);
	if (status == HRD_OK)
		status = hrd_rules_seal(copy, NULL, NULL);
	for (trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		free(pruner.drop[trigger]);
	hrd_meta_map_clear(&map);
	*dropped = pruner.dropped;
	*out = copy;
	if (status != HRD_OK) {
		hrd_rules_free(copy);
		*out = NULL;
	}
	return status;
}
