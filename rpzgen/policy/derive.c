/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules from an inventory. */
#include <config.h>

#include "rpzgen/policy/derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/limits.h"
#include "rpzgen/base/progress.h"
#include "lib/usage/suggest.h"
#include "rpzgen/policy/deriver.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/rules/find.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/nodes.h"

/* The profiles that there are, or the one that was meant. */
static void
report_unknown_profile(
    const struct hrd_inventory *inventory, const char *profile, struct hrd_diag *diag)
{
	char known[1024] = "";
	size_t used = 0;
	struct hrd_near near;

	hrd_near_init(&near, profile);
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->profile_count; i++) {
			const char *id = section->profiles[i].id;

			if (id == NULL || used + strlen(id) + 3 > sizeof(known))
				continue;
			hrd_near_try(&near, id);
			used += (size_t)snprintf(
			    known + used, sizeof(known) - used, "%s%s", used > 0 ? ", " : "", id);
		}
	}
	if (near.best != NULL)
		hrd_diag_usage(diag, "the inventory has no profile \"%s\"; did you mean \"%s\"?",
		    profile, near.best);
	else
		hrd_diag_usage(
		    diag, "the inventory has no profile \"%s\"; it has: %s", profile, known);
}

/* Below 0 before the first day, above 0 after the last, 0 within. */
static int
when(int32_t date, int32_t from, int32_t until)
{
	if (from != HRD_NO_DATE && date < from)
		return -1;
	return until != HRD_NO_DATE && date > until ? 1 : 0;
}

static bool
group_is_off(const struct hrd_inventory *inventory, int relation)
{
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->group_count; i++) {
			if (!section->groups[i].enabled && relation >= 0 &&
			    (section->groups[i].relations & (1u << relation)) != 0)
				return true;
		}
	}
	return false;
}

/* The first thing that keeps a name out of force, or HRD_BY_RULE. */
static enum hrd_decision_reason
not_in_force(
    const struct hrd_scope *scope, const struct hrd_entity *entity, const struct hrd_listed *listed)
{
	const struct hrd_profile *profile = scope->profile;
	int name = when(scope->date, listed->from, listed->until);
	int owner = when(scope->date, entity->since, entity->until);
	int rules = when(scope->date, profile->from, profile->until);

	if (rules == 0)
		rules = when(scope->date, scope->basis->from, scope->basis->until);
	if (listed->name == NULL || listed->match < 0)
		return HRD_BAD_NAME;
	if (group_is_off(scope->inventory, entity->relation))
		return HRD_GROUP_OFF;
	if (name != 0)
		return name < 0 ? HRD_NOT_YET : HRD_EXPIRED;
	if (owner != 0)
		return owner < 0 ? HRD_ENTITY_NOT_YET : HRD_ENTITY_EXPIRED;
	if (rules != 0)
		return rules < 0 ? HRD_PROFILE_NOT_YET : HRD_PROFILE_EXPIRED;
	return HRD_BY_RULE;
}

bool
hrd_scope_is_live(const struct hrd_scope *scope)
{
	return when(scope->date, scope->profile->from, scope->profile->until) == 0 &&
	       when(scope->date, scope->basis->from, scope->basis->until) == 0;
}

bool
hrd_override_is_live(const struct hrd_scope *scope, const struct hrd_override *override)
{
	return override->name != NULL && override->action >= 0 &&
	       when(scope->date, HRD_NO_DATE, override->until) == 0;
}

static const struct hrd_override *
find_override(const struct hrd_scope *scope, const struct hrd_name *name)
{
	for (size_t i = 0; i < scope->profile->override_count; i++) {
		const struct hrd_override *override = &scope->profile->overrides[i];

		if (hrd_override_is_live(scope, override) &&
		    hrd_name_cmp(override->name, name) == 0)
			return override;
	}
	return NULL;
}

static bool
rule_takes(const struct hrd_profile_rule *rule, const struct hrd_entity *entity,
    const struct hrd_listed *listed)
{
	if (entity->relation < 0 || listed->confidence < 0)
		return false;
	if ((rule->relations & (1u << entity->relation)) == 0 ||
	    (rule->confidences & (1u << listed->confidence)) == 0)
		return false;
	return rule->exclusive < 0 || (rule->exclusive == 0) == listed->exclusive;
}

static void
apply_rules(const struct hrd_scope *scope, const struct hrd_entity *entity,
    const struct hrd_listed *listed, struct hrd_decision *out)
{
	for (size_t i = 0; i < scope->profile->rule_count; i++) {
		const struct hrd_profile_rule *rule = &scope->profile->rules[i];

		if (!rule_takes(rule, entity, listed))
			continue;
		out->action = (enum hrd_action)hrd_inventory_action(rule->action);
		return;
	}
	out->reason = HRD_NO_RULE;
}

/* Profile, overrides, groups and dates give a listed name its action. */
static struct hrd_decision
decide(
    const struct hrd_scope *scope, const struct hrd_entity *entity, const struct hrd_listed *listed)
{
	struct hrd_decision out = { HRD_ACTION_NONE, not_in_force(scope, entity, listed), NULL };

	if (out.reason != HRD_BY_RULE)
		return out;
	out.override = find_override(scope, listed->name);
	if (out.override == NULL) {
		apply_rules(scope, entity, listed, &out);
		return out;
	}
	out.reason = HRD_BY_OVERRIDE;
	out.action = (enum hrd_action)hrd_inventory_action(out.override->action);
	return out;
}

static bool
decide_all(struct hrd_scope *scope)
{
	struct hrd_cursor at = { 0 };
	struct hrd_decided next;
	size_t room = 0;

	while ((next.listed = hrd_next_listed(
		    scope->inventory, &at, &next.entity, &next.service)) != NULL) {
		struct hrd_decided *all = hrd_array_reserve(
		    scope->decided, &room, scope->decided_count + 1, sizeof(*all));

		if (all == NULL)
			return false;
		scope->decided = all;
		next.decision = decide(scope, next.entity, next.listed);
		all[scope->decided_count++] = next;
	}
	return true;
}

bool
hrd_scope_init(struct hrd_scope *scope, const struct hrd_inventory *inventory,
    const struct hrd_feed_set *feeds, const char *profile, int32_t date, struct hrd_diag *diag)
{
	*scope = (struct hrd_scope){ .inventory = inventory, .feeds = feeds, .date = date };
	scope->profile = hrd_inventory_profile(inventory, profile);
	if (scope->profile == NULL && profile != NULL)
		report_unknown_profile(inventory, profile, diag);
	else if (scope->profile != NULL && scope->profile->basis != NULL)
		scope->basis = hrd_inventory_basis(inventory, scope->profile->basis);
	/* A basis that is missing was reported by the check. */
	if (scope->basis == NULL)
		return false;
	if (decide_all(scope))
		return true;
	hrd_diag_nomem(diag);
	return false;
}

void
hrd_scope_clear(struct hrd_scope *scope)
{
	free(scope->decided);
	scope->decided = NULL;
	scope->decided_count = 0;
}

/* hrd_rule.line has 32 bits for all files: their lines are numbered on, as if each file had as many
 * lines as octets. Past the end of that a place is unknown. */
uint64_t
hrd_feeds_first_line(const struct hrd_inventory *inventory)
{
	uint64_t base = 0;

	for (size_t s = 0; s < inventory->count; s++)
		base += inventory->lengths[s] + 1;
	return base;
}

static uint64_t
line_of(const struct hrd_inventory *inventory, const struct hrd_item *item)
{
	uint64_t base = 0;

	for (size_t s = 0; s < inventory->count; s++) {
		if (inventory->sections[s]->item.file == item->file)
			break;
		base += inventory->lengths[s] + 1;
	}
	return base + item->node->line;
}

uint64_t
hrd_deriver_feed_line(const struct hrd_scope *scope, size_t feed, uint64_t line)
{
	uint64_t base = hrd_feeds_first_line(scope->inventory);

	for (size_t i = 0; i < feed; i++)
		base += scope->feeds->all[i].len + 1;
	return base + line < UINT32_MAX ? base + line : UINT32_MAX;
}

bool
hrd_scope_is_feed_line(const struct hrd_scope *scope, uint64_t line)
{
	return scope->feeds != NULL && scope->feeds->count > 0 &&
	       line >= hrd_feeds_first_line(scope->inventory);
}

static bool
begins_at(const struct hrd_item *item, const char *file, uint64_t line)
{
	return item->file == file && item->node->line == line;
}

/* The name of the item that begins in a line. */
static struct hrd_position
place_of_name(const struct hrd_scope *scope, const char *file, uint64_t line)
{
	const struct hrd_profile *profile = scope->profile;
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;
	struct hrd_cursor at = { 0 };

	while ((listed = hrd_next_listed(scope->inventory, &at, &entity, &service)) != NULL) {
		if (begins_at(&listed->item, file, line))
			return hrd_item_place(&listed->item, "name");
	}
	for (size_t i = 0; i < profile->override_count; i++) {
		if (begins_at(&profile->overrides[i].item, file, line))
			return hrd_item_place(&profile->overrides[i].item, "name");
	}
	return (struct hrd_position){ file, line, line > 0 ? 1 : 0 };
}

struct hrd_position
hrd_scope_place(const struct hrd_scope *scope, uint64_t line)
{
	const struct hrd_inventory *inventory = scope->inventory;

	for (size_t s = 0; s < inventory->count; s++) {
		if (line <= inventory->lengths[s])
			return place_of_name(scope, inventory->sections[s]->item.file, line);
		line -= inventory->lengths[s] + 1;
	}
	for (size_t i = 0; scope->feeds != NULL && i < scope->feeds->count; i++) {
		const struct hrd_feed_body *body = &scope->feeds->all[i];

		/* Owners of a zone begin its lines; in other forms names stand anywhere. */
		if (line <= body->len)
			return (struct hrd_position){ body->where, line,
				line > 0 && body->form == HRD_FEED_RPZ ? 1 : 0 };
		line -= body->len + 1;
	}
	return (struct hrd_position){ inventory->sections[0]->item.file, 0, 0 };
}

/* A text that the image can hold, or nothing: half an address would mislead. */
static const char *
fitting(const char *text)
{
	return text != NULL && strlen(text) <= HRD_META_TEXT_MAX ? text : "";
}

/* Adds the basis to what explains a rule, and both to the set. */
uint32_t
hrd_deriver_meta(struct hrd_deriver *d, struct hrd_meta meta)
{
	const struct hrd_basis *basis = d->scope->basis;
	uint32_t index = 0;

	meta.rule_id = "";
	meta.basis = basis->id;
	meta.ede = basis->short_title;
	meta.reference = fitting(basis->permalink);
	meta.category = meta.category != NULL ? meta.category : "";
	meta.description = fitting(meta.description);
	if (d->status == HRD_OK)
		d->status = hrd_rules_meta(d->rules, &meta, &index);
	return index;
}

/* Adds a rule unless its source exempts it. */
static int
show_and_add(
    struct hrd_deriver *d, int source, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	if (hrd_exempt_takes(&d->exemptions, source, rule))
		return HRD_OK;
	return hrd_rules_add(d->rules, rule, rr);
}

void
hrd_deriver_add_own(struct hrd_deriver *d, const struct hrd_item *item, const struct hrd_rule *rule)
{
	struct hrd_position place = hrd_item_place(item, "name");
	struct hrd_rule own = *rule;

	own.line = line_of(d->scope->inventory, item);
	if (d->status == HRD_OK)
		d->status = show_and_add(d, HRD_SOURCE_OWN, &own, NULL);
	if (d->status != HRD_EINVAL && d->status != HRD_ERANGE)
		return;
	d->status = HRD_OK;
	hrd_diag(d->diag, HRD_ERROR, &place, "name-owner",
	    "no rule can be for this name: it is too long, or ends in a label of RPZ");
}

int
hrd_deriver_add(
    struct hrd_deriver *d, size_t feed, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	if ((rule->action == HRD_ACTION_OBSERVE) != d->observing ||
	    hrd_exempt_takes(&d->exemptions, (int)feed, rule))
		return HRD_OK;
	if (rule->trigger == HRD_TRIGGER_QNAME && d->waiting.count > 0)
		hrd_deriver_put_waiting(d, rule);
	return d->status == HRD_OK ? hrd_rules_add(d->rules, rule, rr) : d->status;
}

/* The exact rule of a name, and its wildcard where the subtree is meant. */
static void
add_rules(struct hrd_deriver *d, const struct hrd_item *item, const struct hrd_name *name,
    bool subtree, enum hrd_action action, uint32_t meta)
{
	struct hrd_rule rule = {
		.trigger = HRD_TRIGGER_QNAME, .name = *name, .action = action, .meta = meta
	};

	if ((action == HRD_ACTION_OBSERVE) != d->observing)
		return;
	hrd_deriver_add_own(d, item, &rule);
	rule.wildcard = true;
	if (subtree)
		hrd_deriver_add_own(d, item, &rule);
}

/* Octets of the owner in the zone. */
unsigned
hrd_deriver_owner_octets(const struct hrd_deriver *d, const struct hrd_name *name, bool wildcard)
{
	const struct hrd_name *apex = hrd_inventory_policy(d->scope->inventory)->apex;

	return name->len + (wildcard ? 2u : 0u) + apex->len - 1u;
}

/* An owner that would be over 255 octets with the apex behind it cannot be published. */
void
hrd_deriver_report_owner(struct hrd_deriver *d, struct hrd_position place, unsigned octets)
{
	hrd_diag(d->diag, HRD_ERROR, &place, "name-owner",
	    "with the apex the owner has %u octets, over 255; choose a shorter apex", octets);
}

void
hrd_deriver_check_owner(
    struct hrd_deriver *d, const struct hrd_item *item, const struct hrd_name *name, bool subtree)
{
	unsigned octets = hrd_deriver_owner_octets(d, name, subtree);

	if (octets > HRD_NAME_MAX)
		hrd_deriver_report_owner(d, hrd_item_place(item, "name"), octets);
}

static void
derive_listed(struct hrd_deriver *d)
{
	for (size_t i = 0; i < d->scope->decided_count; i++) {
		const struct hrd_decided *at = &d->scope->decided[i];
		const struct hrd_listed *listed = at->listed;
		const struct hrd_entity *entity = at->entity;
		const struct hrd_service *service = at->service;
		bool subtree = listed->match == HRD_SUBTREE;
		uint32_t meta;

		if (at->decision.action == HRD_ACTION_NONE || entity->id == NULL ||
		    service->id == NULL)
			continue;
		meta = hrd_deriver_meta(
		    d, (struct hrd_meta){ .entity = entity->id,
			   .relation = hrd_relation_words[entity->relation],
			   .service = service->id,
			   .category = service->kind >= 0 ? hrd_kind_words[service->kind] : "",
			   .description = service->title });
		hrd_deriver_check_owner(d, &listed->item, listed->name, subtree);
		add_rules(d, &listed->item, listed->name, subtree, at->decision.action, meta);
	}
}

/* Hosts of others are observed in the image, never in a zone; they stand for no act. */
static void
derive_shared(struct hrd_deriver *d)
{
	struct hrd_meta meta = { "", "", "shared", "", "", "", "", "", "" };
	const struct hrd_inventory *inventory = d->scope->inventory;
	uint32_t index = 0;

	if (d->status == HRD_OK)
		d->status = hrd_rules_meta(d->rules, &meta, &index);
	for (size_t s = 0; s < inventory->count; s++) {
		for (size_t i = 0; i < inventory->sections[s]->shared_count; i++) {
			const struct hrd_shared *shared = &inventory->sections[s]->shared[i];

			if (shared->name != NULL && shared->match >= 0 && shared->action <= 0)
				add_rules(d, &shared->item, shared->name,
				    shared->match == HRD_SUBTREE, HRD_ACTION_OBSERVE, index);
		}
	}
}

bool
hrd_scope_takes_feed(const struct hrd_scope *scope, const struct hrd_feed *feed)
{
	return hrd_scope_is_live(scope) && strcmp(feed->basis, scope->basis->id) == 0 &&
	       when(scope->date, feed->from, feed->until) == 0;
}

/* What the inventory says itself goes before what a feed says. */
static bool
report_feed_clash(struct hrd_deriver *d, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct hrd_position place = hrd_scope_place(d->scope, other->line);

	if (other->line < hrd_feeds_first_line(d->scope->inventory))
		return false;
	hrd_diag(d->diag, HRD_WARNING, &place, "feed-contradiction",
	    "the feed says %s, but %s stands in %s", hrd_action_name(other->action),
	    hrd_action_name(kept->action), hrd_scope_place(d->scope, kept->line).file);
	return true;
}

/* A line of a feed that changes nothing. */
static void
report_redundant(struct hrd_deriver *d, const struct hrd_rule *meant, const struct hrd_rule *other)
{
	struct hrd_position place = hrd_scope_place(d->scope, other->line);
	struct hrd_position there = hrd_scope_place(d->scope, meant->line);
	char name[HRD_NAME_TEXT_MAX];

	if (!d->review || other->line < hrd_feeds_first_line(d->scope->inventory) ||
	    other->line == d->reported_line)
		return;
	d->reported_line = other->line;
	hrd_name_to_text(&other->name, name);
	hrd_diag(d->diag, HRD_WARNING, &place, "feed-redundant",
	    "\"%s\" changes nothing: line %llu of %s covers it", name,
	    (unsigned long long)there.line, there.file);
}

/* An observe rule where another acts, or below one: it is counted, and lifts nothing. */
static void
report_observed(struct hrd_deriver *d, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct hrd_position place = hrd_scope_place(d->scope, other->line);
	struct hrd_position there = hrd_scope_place(d->scope, kept->line);
	char name[HRD_NAME_TEXT_MAX];

	if (!hrd_action_blocks(kept->action) || other->line == d->reported_line)
		return;
	d->reported_line = other->line;
	hrd_name_to_text(&other->name, name);
	hrd_diag(d->diag, HRD_WARNING, &place,
	    hrd_scope_is_feed_line(d->scope, other->line) ? "feed-observe" : "inv-observe",
	    "%s is to be observed, and %s of line %llu of %s stays: observing lifts nothing", name,
	    hrd_action_name(kept->action), (unsigned long long)there.line, there.file);
}

static void
review_observed(struct hrd_deriver *d)
{
	size_t count = hrd_rules_count_of(d->rules, HRD_TRIGGER_QNAME), index;

	for (size_t i = 0; i < count; i++) {
		struct hrd_rule rule, kept;

		if (hrd_rules_action(d->rules, HRD_TRIGGER_QNAME, i) != HRD_ACTION_OBSERVE)
			continue;
		hrd_rules_get(d->rules, HRD_TRIGGER_QNAME, i, &rule);
		if (!hrd_rules_deciding(d->rules, HRD_TRIGGER_QNAME, &rule.name, &index))
			continue;
		hrd_rules_get(d->rules, HRD_TRIGGER_QNAME, index, &kept);
		report_observed(d, &kept, &rule);
	}
}

static void
report_clash(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct hrd_deriver *d = ctx;
	struct hrd_position place = hrd_scope_place(d->scope, other->line);
	char name[HRD_NAME_TEXT_MAX];

	if (clash == HRD_CLASH_DUPLICATE) {
		report_redundant(d, kept, other);
		return;
	}
	if (other->action == HRD_ACTION_OBSERVE) {
		report_observed(d, kept, other);
		return;
	}
	if (report_feed_clash(d, kept, other))
		return;
	hrd_name_to_text(&other->name, name);
	hrd_diag(d->diag, HRD_ERROR, &place, "inv-contradiction",
	    "%s%s: %s here, %s in line %llu; decide for one", other->wildcard ? "*." : "", name,
	    hrd_action_name(other->action), hrd_action_name(kept->action),
	    (unsigned long long)hrd_scope_place(d->scope, kept->line).line);
}

static void
review_rule(struct hrd_deriver *d, size_t index, size_t above)
{
	struct hrd_rule rule, meant;

	if (index == HRD_NODE_NO_RULE || above == HRD_NODE_NO_RULE)
		return;
	hrd_rules_get(d->rules, HRD_TRIGGER_QNAME, index, &rule);
	hrd_rules_get(d->rules, HRD_TRIGGER_QNAME, above, &meant);
	if (rule.action == meant.action && rule.action != HRD_ACTION_LOCAL_DATA)
		report_redundant(d, &meant, &rule);
}

static int
review_node(void *ctx, const struct hrd_node *node)
{
	review_rule(ctx, node->exact, node->covers);
	review_rule(ctx, node->wild, node->covers);
	return HRD_OK;
}

static void
seal(struct hrd_deriver *d)
{
	if (d->status == HRD_OK)
		d->status = hrd_rules_seal(d->rules, report_clash, d);
	if (d->status == HRD_EEXIST)
		d->status = HRD_OK; /* reported */
	if (d->status == HRD_OK)
		review_observed(d);
	if (d->status == HRD_OK && d->review)
		d->status = hrd_nodes_each(d->rules, HRD_TRIGGER_QNAME, review_node, d);
}

/* So that every consumer reads the zone alike. */
static void
close_holes(struct hrd_deriver *d)
{
	struct hrd_hole_list *holes = NULL;
	struct hrd_ruleset *closed = NULL;

	if (d->status == HRD_OK)
		d->status = hrd_holes_find(d->rules, &holes);
	if (d->status == HRD_OK && hrd_holes_count(holes) > 0)
		d->status = hrd_holes_close(holes, d->rules, &closed);
	hrd_holes_free(holes);
	if (closed == NULL)
		return;
	hrd_rules_free(d->rules);
	d->rules = closed;
}

static void
derive_once(struct hrd_deriver *d)
{
	d->again = false;
	d->rules = hrd_rules_new();
	if (d->rules == NULL) {
		d->status = HRD_ENOMEM;
		return;
	}
	hrd_deriver_find_waiting(d);
	if (d->status == HRD_OK)
		hrd_deriver_exempt(d);
	for (int pass = 0; pass < 2 && !d->again && d->status == HRD_OK; pass++) {
		d->observing = pass > 0;
		derive_listed(d);
		derive_shared(d);
		hrd_deriver_overrides(d);
		hrd_deriver_feeds(d);
	}
	if (!d->again && d->status == HRD_OK)
		hrd_deriver_report_waiting(d);
	if (!d->again)
		seal(d);
	hrd_exempt_clear(&d->exemptions);
	hrd_nameset_free(&d->waiting);
	free(d->put);
	d->put = NULL;
}

/* Anew as long as a feed turns out to be none and a former body of it is at hand. */
static void
derive_all(struct hrd_deriver *d)
{
	struct hrd_guard own;
	bool guarded = d->scope->guard != NULL;

	d->guard = guarded ? d->scope->guard : &own;
	if (!guarded && !hrd_guard_init(&own, d->diag, HRD_WARNING,
			    d->scope->inventory->sections[0]->item.file, d->scope, NULL))
		d->status = HRD_ENOMEM;
	while (d->status == HRD_OK) {
		derive_once(d);
		if (!d->again)
			break;
		hrd_rules_free(d->rules);
		d->rules = NULL;
	}
	if (!guarded)
		hrd_guard_clear(&own);
}

static struct hrd_ruleset *
result(struct hrd_deriver *d)
{
	struct hrd_position place = { d->scope->inventory->sections[0]->item.file, 0, 0 };

	if (d->status == HRD_OK)
		return d->rules;
	if (d->status == HRD_ENOMEM)
		hrd_diag_nomem(d->diag);
	else
		hrd_diag(d->diag, HRD_ERROR, &place, "load-rules", "no rules can be made: %s",
		    hrd_strstatus(d->status));
	hrd_rules_free(d->rules);
	return NULL;
}

struct hrd_ruleset *
hrd_derive_open(const struct hrd_scope *scope, bool review, struct hrd_diag *diag)
{
	struct hrd_deriver d = { .scope = scope, .diag = diag, .review = review };

	derive_all(&d);
	return result(&d);
}

struct hrd_ruleset *
hrd_derive(const struct hrd_scope *scope, struct hrd_diag *diag)
{
	struct hrd_deriver d = { .scope = scope, .diag = diag };

	derive_all(&d);
	close_holes(&d);
	return result(&d);
}

/* A contact by mail becomes the RNAME of the SOA (RFC 1035 8); "nobody.invalid" says that there is
 * none. */
static void
set_rname(struct hrd_name *rname, const char *contact)
{
	static const char none[] = "nobody.invalid";
	const char *at = contact != NULL ? strchr(contact, '@') : NULL;
	struct hrd_name domain;

	if (at != NULL && strncmp(contact, "mailto:", 7) == 0 &&
	    hrd_name_from_text(&domain, at + 1, strlen(at + 1)) == HRD_OK &&
	    hrd_name_prepend(&domain, (const uint8_t *)contact + 7, (size_t)(at - contact - 7)) ==
		HRD_OK) {
		*rname = domain;
		return;
	}
	(void)!hrd_name_from_text(rname, none, sizeof(none) - 1);
}

void
hrd_scope_info(struct hrd_scope *scope, struct hrd_policy_info *info)
{
	static const char mname[] = "localhost";
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(scope->inventory);

	memset(info, 0, sizeof(*info));
	info->id = policy->id;
	info->title = policy->title;
	snprintf(scope->publisher, sizeof(scope->publisher), "%s <%s>", policy->publisher->name,
	    policy->publisher->contact);
	info->publisher = scope->publisher;
	info->apex = *policy->apex;
	info->beacon = policy->beacon;
	/* One TTL on every way: that of the negative answers (RFC 2308 section 5). */
	info->ttl =
	    (uint32_t)(policy->ttl < policy->negative_ttl ? policy->ttl : policy->negative_ttl);
	(void)!hrd_name_from_text(&info->mname, mname, sizeof(mname) - 1);
	set_rname(&info->rname, policy->publisher->contact);
}
