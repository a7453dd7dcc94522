/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding, closing and keeping holes. */
#include <config.h>

#include "rpzgen/rules/holes.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/rules/dump.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/nodes.h"

/* Holes as they were found, one after another: this and the wire name. */
struct packed {
	uint32_t covers; /* HRD_RULES_MAX has 28 bits */
	uint32_t before;
	uint8_t trigger;
	uint8_t flags;
	uint8_t len;
};

enum { EXACT = 1, WILDCARD = 2, INNER = 4 };

struct hrd_hole_list {
	size_t count;
	size_t len; /* octets used */
	size_t room;
	uint8_t *octets;
	const struct hrd_ruleset *set;
	enum hrd_trigger trigger; /* while finding */
};

static int
store(struct hrd_hole_list *holes, const struct hrd_node *node, unsigned flags)
{
	/* Its exact rule comes before all of its name, its wildcard after the exact one. */
	size_t before = (flags & EXACT) != 0 ? node->at : node->at + 1;
	struct packed packed = { (uint32_t)node->covers, (uint32_t)before, (uint8_t)holes->trigger,
		(uint8_t)flags, node->name->len };
	size_t need = holes->len + sizeof(packed) + packed.len;
	uint8_t *octets = hrd_array_reserve(holes->octets, &holes->room, need, 1);

	if (octets == NULL)
		return HRD_ENOMEM;
	holes->octets = octets;
	memcpy(holes->octets + holes->len, &packed, sizeof(packed));
	memcpy(holes->octets + holes->len + sizeof(packed), node->name->wire, packed.len);
	holes->len = need;
	holes->count++;
	return HRD_OK;
}

/* Below the owner of every wildcard, RFC 4592 has a hole that no rule closes: x.*.example, asked
 * with the asterisk. Nobody asks that; names with a label "*" are left out. */
static bool
has_star(const struct hrd_name *name)
{
	size_t at;

	for (at = 0; name->wire[at] != 0; at += 1u + name->wire[at]) {
		if (name->wire[at] == 1 && name->wire[at + 1] == '*')
			return true;
	}
	return false;
}

static int
look_at(void *ctx, const struct hrd_node *node)
{
	struct hrd_hole_list *holes = ctx;
	struct hrd_rule rule;
	unsigned flags = node->blocked ? INNER : 0;

	if (node->exact == HRD_NODE_NO_RULE)
		flags |= EXACT;
	if (node->wild == HRD_NODE_NO_RULE && node->name->len + 2 <= HRD_NAME_MAX)
		flags |= WILDCARD; /* below a longer name there is none */
	if (node->covers == HRD_NODE_NO_RULE || (flags & (EXACT | WILDCARD)) == 0)
		return HRD_OK;
	hrd_rules_get(holes->set, holes->trigger, node->covers, &rule);
	if (rule.action == HRD_ACTION_STOP || has_star(node->name))
		return HRD_OK;
	return store(holes, node, flags);
}

int
hrd_holes_find(const struct hrd_ruleset *set, struct hrd_hole_list **out)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_QNAME, HRD_TRIGGER_NSDNAME };
	struct hrd_hole_list *holes = calloc(1, sizeof(*holes));
	int status = holes == NULL ? HRD_ENOMEM : HRD_OK;

	for (size_t i = 0; i < 2 && status == HRD_OK; i++) {
		holes->set = set;
		holes->trigger = triggers[i];
		status = hrd_nodes_each(set, triggers[i], look_at, holes);
	}
	*out = holes;
	if (status != HRD_OK) {
		hrd_holes_free(holes);
		*out = NULL;
	}
	return status;
}

void
hrd_holes_free(struct hrd_hole_list *holes)
{
	if (holes == NULL)
		return;
	free(holes->octets);
	free(holes);
}

size_t
hrd_holes_count(const struct hrd_hole_list *holes)
{
	return holes->count;
}

bool
hrd_holes_next(const struct hrd_hole_list *holes, size_t *cursor, struct hrd_hole *hole)
{
	struct packed packed;

	if (*cursor >= holes->len)
		return false;
	memcpy(&packed, holes->octets + *cursor, sizeof(packed));
	hole->trigger = packed.trigger;
	hole->exact = (packed.flags & EXACT) != 0;
	hole->wildcard = (packed.flags & WILDCARD) != 0;
	hole->inner = (packed.flags & INNER) != 0;
	hole->covers = packed.covers;
	hole->before = packed.before;
	hole->name.len = packed.len;
	memcpy(hole->name.wire, holes->octets + *cursor + sizeof(packed), packed.len);
	*cursor += sizeof(packed) + packed.len;
	return true;
}

void
hrd_holes_print(const struct hrd_hole_list *holes, const struct hrd_ruleset *set, FILE *out)
{
	char name[HRD_NAME_TEXT_MAX], cover[HRD_OWNER_TEXT_MAX];
	struct hrd_hole hole;
	struct hrd_rule rule;
	size_t cursor = 0;

	while (hrd_holes_next(holes, &cursor, &hole)) {
		hrd_rules_get(set, hole.trigger, hole.covers, &rule);
		hrd_dump_owner_of(&rule, cover);
		hrd_name_to_text(&hole.name, name);
		fprintf(out, "%s\t%s\t%s\n", name,
		    !hole.wildcard ? "name"
		    : !hole.exact  ? "below"
				   : "name+below",
		    cover);
	}
}

/* What is put into a hole: the rule that was meant, or (keep) nothing that matches. */
struct filler {
	const struct hrd_hole_list *holes;
	const struct hrd_ruleset *set;
	struct hrd_ruleset *out;
	struct hrd_meta_map map;
	bool keep;
	size_t cursor; /* of holes */
	bool more;
	struct hrd_hole next; /* while there is more */
	/* The same for a second walk, which goes by names. */
	size_t ahead_cursor;
	bool ahead_more;
	struct hrd_hole ahead;
};

static int
fill(struct filler *filler, const struct hrd_hole *hole, bool wildcard)
{
	struct hrd_rule rule;

	hrd_rules_get(filler->set, hole->trigger, hole->covers, &rule);
	rule.wildcard = wildcard;
	rule.name = hole->name; /* its line stays: the rule that is meant is there */
	if (!filler->keep)
		return hrd_rules_copy_as(
		    filler->out, filler->set, hole->trigger, hole->covers, &rule, &filler->map);
	rule.action = HRD_ACTION_STOP;
	rule.meta = 0;
	return hrd_rules_add(filler->out, &rule, NULL);
}

/* Fills the holes that come before the i-th rule of a trigger. */
static int
fill_before(struct filler *filler, enum hrd_trigger trigger, size_t i)
{
	struct hrd_hole *hole = &filler->next;
	int status = HRD_OK;

	for (; filler->more && status == HRD_OK;
	     filler->more = hrd_holes_next(filler->holes, &filler->cursor, hole)) {
		if (hole->trigger != trigger || hole->before > i)
			break;
		/* A STOP entry lets through all that is below it, so inner ones need none. */
		if (filler->keep && hole->inner)
			continue;
		if (hole->exact)
			status = fill(filler, hole, false);
		if (status == HRD_OK && hole->wildcard)
			status = fill(filler, hole, true);
	}
	return status;
}

/* True for an observe rule whose owner a filling takes: what acts goes first. */
static bool
gives_way(struct filler *filler, const struct hrd_rule *rule)
{
	struct hrd_hole *hole = &filler->ahead;

	if (rule->action != HRD_ACTION_OBSERVE)
		return false;
	while (filler->ahead_more &&
	       (hole->trigger < rule->trigger ||
		   (hole->trigger == rule->trigger && hrd_name_cmp(&hole->name, &rule->name) < 0)))
		filler->ahead_more = hrd_holes_next(filler->holes, &filler->ahead_cursor, hole);
	return filler->ahead_more && hole->trigger == rule->trigger &&
	       hrd_name_cmp(&hole->name, &rule->name) == 0 &&
	       (rule->wildcard ? hole->wildcard : hole->exact);
}

/* Rules and fillings in canonical order, so that sealing finds them sorted. */
static int
copy_trigger(struct filler *filler, enum hrd_trigger trigger)
{
	size_t count = hrd_rules_count_of(filler->set, trigger);
	int status = HRD_OK;

	for (size_t i = 0; i < count && status == HRD_OK; i++) {
		struct hrd_rule rule;

		status = fill_before(filler, trigger, i);
		hrd_rules_get(filler->set, trigger, i, &rule);
		if (status == HRD_OK && !gives_way(filler, &rule))
			status = hrd_rules_copy_as(
			    filler->out, filler->set, trigger, i, &rule, &filler->map);
	}
	return status == HRD_OK ? fill_before(filler, trigger, count) : status;
}

static int
copy_and_fill(struct filler *filler, struct hrd_ruleset **out)
{
	int status = HRD_ENOMEM;

	filler->more = hrd_holes_next(filler->holes, &filler->cursor, &filler->next);
	filler->ahead_more = hrd_holes_next(filler->holes, &filler->ahead_cursor, &filler->ahead);
	filler->out = hrd_rules_new();
	if (filler->out != NULL)
		status = HRD_OK;
	for (int t = 0; t < HRD_TRIGGERS && status == HRD_OK; t++)
		status = copy_trigger(filler, (enum hrd_trigger)t);
	if (status == HRD_OK)
		status = hrd_rules_seal(filler->out, NULL, NULL);
	hrd_meta_map_clear(&filler->map);
	*out = filler->out;
	if (status != HRD_OK) {
		hrd_rules_free(filler->out);
		*out = NULL;
	}
	return status;
}

int
hrd_holes_close(
    const struct hrd_hole_list *holes, const struct hrd_ruleset *set, struct hrd_ruleset **out)
{
	struct filler filler = { .holes = holes, .set = set, .keep = false };

	return copy_and_fill(&filler, out);
}

int
hrd_holes_keep(
    const struct hrd_hole_list *holes, const struct hrd_ruleset *set, struct hrd_ruleset **out)
{
	struct filler filler = { .holes = holes, .set = set, .keep = true };

	return copy_and_fill(&filler, out);
}
