/* SPDX-License-Identifier: BSD-3-Clause */
/* What an inventory must hold beyond its form: references, uniqueness, order of dates, kinds of
 * evidence. */
#include <config.h>

#include "rpzgen/inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/name/action.h"
#include "lib/usage/suggest.h"
#include "rpzgen/rules/nameset.h"
#include "rpzgen/list/listline.h"

/* An id and the item that has it. */
struct id_entry {
	const char *id;
	const struct hrd_item *item;
	size_t sequence;
};

struct id_index {
	struct id_entry *entries;
	size_t count, room;
	bool incomplete; /* an id is missing, or was refused */
};

struct checker {
	const struct hrd_inventory *inventory;
	struct hrd_diag *diag;
	struct id_index basis, entities;
	struct hrd_nameset listed; /* values: struct hrd_listed */
	bool has_feeds;            /* an override may be for a name of one */
	bool bad_listed;           /* a listed name could not be read: no follow-up faults */
	bool nomem;
};

static void
report(struct checker *c, const struct hrd_item *item, const char *key, const char *id,
    const char *text)
{
	struct hrd_position place = hrd_item_place(item, key);

	hrd_diag(c->diag, HRD_ERROR, &place, id, "%s", text);
}

static void
report_name(struct checker *c, enum hrd_severity severity, const struct hrd_item *item,
    const char *id, const struct hrd_name *name, const char *text)
{
	struct hrd_position place = hrd_item_place(item, "name");
	char shown[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, shown);
	hrd_diag(c->diag, severity, &place, id, "%s: %s", shown, text);
}

static void
index_add(struct checker *c, struct id_index *index, const char *id, const struct hrd_item *item)
{
	void *entries;

	if (id == NULL) {
		index->incomplete = true;
		return;
	}
	entries = hrd_array_reserve(
	    index->entries, &index->room, index->count + 1, sizeof(*index->entries));
	if (entries == NULL) {
		c->nomem = true;
		return;
	}
	index->entries = entries;
	index->entries[index->count] = (struct id_entry){ id, item, index->count };
	index->count++;
}

static int
by_id(const void *left, const void *right)
{
	const struct id_entry *a = left, *b = right;
	int order = strcmp(a->id, b->id);

	return order != 0 ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static void
index_sort(struct checker *c, struct id_index *index)
{
	if (index->count > 1)
		qsort(index->entries, index->count, sizeof(*index->entries), by_id);
	for (size_t i = 1; i < index->count; i++) {
		const struct id_entry *e = &index->entries[i];
		struct hrd_position place = hrd_item_place(e->item, "id");

		if (strcmp(e[-1].id, e->id) == 0)
			hrd_diag(c->diag, HRD_ERROR, &place, "inv-duplicate-id",
			    "id \"%s\" is used before; give each its own", e->id);
	}
}

static int
compare_id(const void *key, const void *entry)
{
	return strcmp(key, ((const struct id_entry *)entry)->id);
}

/* Reports a reference that leads nowhere, with the nearest id. */
static void
check_reference(struct checker *c, const struct id_index *index, const struct hrd_item *item,
    const char *key, const char *id)
{
	struct hrd_position place = hrd_item_place(item, key);
	struct hrd_near near;

	/* Where an id could not be read, that fault is enough. */
	if (id == NULL || index->incomplete ||
	    (index->count > 0 && bsearch(id, index->entries, index->count, sizeof(*index->entries),
				     compare_id) != NULL))
		return;
	hrd_diag(c->diag, HRD_ERROR, &place, "inv-reference", "%s \"%s\" is not in the inventory",
	    key, id);
	hrd_near_init(&near, id);
	for (size_t i = 0; i < index->count; i++)
		hrd_near_try(&near, index->entries[i].id);
	if (near.best != NULL)
		hrd_diag(
		    c->diag, HRD_NOTE, &place, "inv-reference", "did you mean \"%s\"?", near.best);
}

static void
check_order(
    struct checker *c, const struct hrd_item *item, const char *key, int32_t from, int32_t until)
{
	if (from != HRD_NO_DATE && until != HRD_NO_DATE && until < from)
		report(c, item, key, "inv-date-order", "the last day is before the first");
}

static void
check_source(struct checker *c, const struct hrd_evidence *e)
{
	bool url = hrd_item_has(&e->item, "url");
	bool name = hrd_item_has(&e->item, "repository");
	bool path = hrd_item_has(&e->item, "path");
	bool commit = hrd_item_has(&e->item, "commit");
	bool repository = name || path || commit;
	bool address = url || repository;

	if (url && repository)
		report(c, &e->item, "url", "inv-evidence",
		    "both an address and a repository; make two sources of them");
	else if (repository && !(name && path && commit))
		report(c, &e->item, NULL, "inv-evidence",
		    "repository, path and commit are only citable together");
	else if (address && !hrd_item_has(&e->item, "retrieved"))
		report(c, &e->item, NULL, "inv-evidence",
		    "no \"retrieved\": the day on which the source was looked at");
	else if (!address && !hrd_item_has(&e->item, "title"))
		report(c, &e->item, NULL, "inv-evidence",
		    "neither an address nor a title: nothing can be looked up");
	else if (!address && (e->official || e->sha256 != NULL))
		report(c, &e->item, NULL, "inv-evidence",
		    "\"official\" and \"sha256\" need an address or a repository");
}

static void
check_evidence(struct checker *c, const struct hrd_evidence_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		check_source(c, &list->all[i]);
}

static void
check_basis(struct checker *c, const struct hrd_basis *basis)
{
	if (basis->binds == NULL && basis->advises == NULL &&
	    hrd_yaml_get(basis->item.node, "binds") == NULL &&
	    hrd_yaml_get(basis->item.node, "advises") == NULL)
		report(c, &basis->item, NULL, "inv-missing-key",
		    "a basis has neither \"binds\" nor \"advises\"; say whom it concerns");
	if ((hrd_yaml_get(basis->item.node, "permalink") != NULL) ==
	    (hrd_yaml_get(basis->item.node, "document") != NULL))
		report(c, &basis->item, NULL, "inv-missing-key",
		    "a basis has one of \"permalink\" and, for an internal act, \"document\"");
	check_order(c, &basis->item, "until", basis->from, basis->until);
	check_evidence(c, &basis->evidence);
}

static void
check_service(struct checker *c, const struct hrd_service *service)
{
	if (hrd_yaml_get(service->item.node, "names") == NULL &&
	    hrd_yaml_get(service->item.node, "known") == NULL)
		report(c, &service->item, NULL, "inv-missing-key",
		    "a service has neither \"names\" nor \"known\"");
	for (size_t i = 0; i < service->name_count; i++) {
		const struct hrd_listed *listed = &service->names[i];

		check_order(c, &listed->item, "until", listed->from, listed->until);
		check_evidence(c, &listed->evidence);
	}
	for (size_t i = 0; i < service->known_count; i++)
		check_evidence(c, &service->known[i].evidence);
}

static void
check_entity(struct checker *c, const struct hrd_entity *entity)
{
	struct id_index services = { 0 };

	if (entity->relation == HRD_SELF && entity->of != NULL)
		report(c, &entity->item, "of", "inv-relation", "relation self is of nobody");
	else if (entity->relation > HRD_SELF && !hrd_item_has(&entity->item, "of"))
		report(c, &entity->item, "relation", "inv-relation",
		    "this relation needs \"of\": the entity to which it stands so");
	else if (entity->of != NULL && entity->id != NULL && strcmp(entity->of, entity->id) == 0)
		report(c, &entity->item, "of", "inv-relation", "an entity related to itself");
	else
		check_reference(c, &c->entities, &entity->item, "of", entity->of);
	check_order(c, &entity->item, "until", entity->since, entity->until);
	check_evidence(c, &entity->evidence);
	for (size_t i = 0; i < entity->service_count; i++) {
		index_add(c, &services, entity->services[i].id, &entity->services[i].item);
		check_service(c, &entity->services[i]);
	}
	index_sort(c, &services);
	free(services.entries);
}

static bool
is_subtree(const void *value)
{
	return ((const struct hrd_listed *)value)->match == HRD_SUBTREE;
}

static bool
is_blocking(int word)
{
	int action = hrd_inventory_action(word);

	return action == HRD_ACTION_NXDOMAIN || action == HRD_ACTION_NODATA ||
	       action == HRD_ACTION_DROP || action == HRD_ACTION_TCP_ONLY;
}

static void
check_profile_rule(struct checker *c, const struct hrd_profile_rule *rule)
{
	if (rule->action < 0 || !is_blocking(rule->action))
		return;
	if ((rule->confidences & (1u << HRD_UNVERIFIED)) != 0)
		report(c, &rule->item, "confidence", "inv-profile-rule",
		    "a blocking rule takes \"unverified\"; it never blocks");
	if (rule->exclusive > 0 || hrd_yaml_get(rule->item.node, "exclusive") == NULL)
		report(c, &rule->item, "exclusive", "inv-profile-rule",
		    "a blocking rule needs \"exclusive: yes\"; shared names are never blocked");
}

/* Where there are feeds, what they name is known only when rules are made of them. */
static void
check_unlisted(struct checker *c, const struct hrd_override *override)
{
	if (c->bad_listed || c->has_feeds)
		return;
	if (is_blocking(override->action))
		report_name(c, HRD_ERROR, &override->item, "inv-override", override->name,
		    "an override blocks a name that is neither listed nor below a listed one; "
		    "list it, with its evidence");
	else
		report_name(c, HRD_WARNING, &override->item, "inv-unreachable", override->name,
		    "an override of a name that is neither listed nor below a listed one; "
		    "it does nothing");
}

/* An override may exempt anything, but block only what a rule might. */
static void
check_override(struct checker *c, const struct hrd_override *override)
{
	const struct hrd_nameset_entry *exact, *above;
	const struct hrd_listed *listed;

	if (override->name == NULL || override->action < 0)
		return;
	exact = hrd_nameset_find(&c->listed, override->name);
	above = hrd_nameset_above(&c->listed, override->name, is_subtree);
	if (exact == NULL && above == NULL) {
		check_unlisted(c, override);
		return;
	}
	listed = (exact != NULL ? exact : above)->value;
	if (is_blocking(override->action) &&
	    (!listed->exclusive || listed->confidence == HRD_UNVERIFIED))
		report_name(c, HRD_ERROR, &override->item, "inv-override", override->name,
		    "an override blocks a name that is unverified or not exclusive; it never may");
	else if (exact == NULL && hrd_inventory_action(override->action) == HRD_ACTION_NONE)
		report_name(c, HRD_ERROR, &override->item, "inv-override", override->name,
		    "\"none\" below a listed subtree changes nothing; write \"passthru\"");
	else if (exact == NULL && hrd_inventory_action(override->action) == HRD_ACTION_OBSERVE)
		report_name(c, HRD_ERROR, &override->item, "inv-override", override->name,
		    "\"observe\" below a listed subtree lifts nothing; write \"passthru\"");
}

static void
check_profile(struct checker *c, const struct hrd_profile *profile)
{
	check_reference(c, &c->basis, &profile->item, "basis", profile->basis);
	check_order(c, &profile->item, "until", profile->from, profile->until);
	for (size_t i = 0; i < profile->rule_count; i++)
		check_profile_rule(c, &profile->rules[i]);
	for (size_t i = 0; i < profile->override_count; i++)
		check_override(c, &profile->overrides[i]);
}

static void
check_feed(struct checker *c, const struct hrd_feed *feed)
{
	bool rpz = feed->form == HRD_FEED_RPZ, own = rpz || feed->form == HRD_FEED_AUTO;

	if (hrd_item_has(&feed->item, "url") == hrd_item_has(&feed->item, "file"))
		report(c, &feed->item, NULL, "inv-feed", "a feed has either \"url\" or \"file\"");
	if (rpz && hrd_item_has(&feed->item, "match"))
		report(c, &feed->item, NULL, "inv-feed", "an rpz feed says itself what matches");
	if (feed->form >= 0 && !own && hrd_item_has(&feed->item, "origin"))
		report(c, &feed->item, "origin", "inv-feed", "only an rpz feed has an origin");
	if (feed->form >= 0 && !own && !hrd_item_has(&feed->item, "action"))
		report(c, &feed->item, NULL, "inv-feed", "a feed of this form needs an action");
	check_reference(c, &c->basis, &feed->item, "basis", feed->basis);
	check_reference(c, &c->entities, &feed->item, "entity", feed->entity);
	check_order(c, &feed->item, "until", feed->from, feed->until);
}

static void
check_ids(struct checker *c)
{
	struct id_index profiles = { 0 }, groups = { 0 }, feeds = { 0 };

	for (size_t s = 0; s < c->inventory->count; s++) {
		const struct hrd_inventory_section *section = c->inventory->sections[s];

		for (size_t i = 0; i < section->basis_count; i++)
			index_add(c, &c->basis, section->basis[i].id, &section->basis[i].item);
		for (size_t i = 0; i < section->entity_count; i++)
			index_add(
			    c, &c->entities, section->entities[i].id, &section->entities[i].item);
		for (size_t i = 0; i < section->profile_count; i++)
			index_add(
			    c, &profiles, section->profiles[i].id, &section->profiles[i].item);
		for (size_t i = 0; i < section->group_count; i++)
			index_add(c, &groups, section->groups[i].id, &section->groups[i].item);
		for (size_t i = 0; i < section->feed_count; i++)
			index_add(c, &feeds, section->feeds[i].id, &section->feeds[i].item);
	}
	index_sort(c, &c->basis);
	index_sort(c, &c->entities);
	index_sort(c, &profiles);
	index_sort(c, &groups);
	index_sort(c, &feeds);
	free(profiles.entries);
	free(groups.entries);
	free(feeds.entries);
}

/* Two entries of one name are an error, one below another is a note to the editor. */
static void
check_listed(struct checker *c)
{
	struct hrd_cursor at = { 0 };
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;

	while ((listed = hrd_next_listed(c->inventory, &at, &entity, &service)) != NULL) {
		c->bad_listed = c->bad_listed || listed->name == NULL;
		if (listed->name != NULL)
			hrd_nameset_add(&c->listed, listed->name, listed);
	}
	c->nomem = c->nomem || c->listed.nomem;
	hrd_nameset_sort(&c->listed);
	for (size_t i = 0; i < c->listed.count; i++) {
		const struct hrd_nameset_entry *e = &c->listed.entries[i];
		const struct hrd_listed *value = e->value;

		if (i > 0 && hrd_name_cmp(e[-1].name, e->name) == 0)
			report_name(c, HRD_ERROR, &value->item, "inv-duplicate-name", e->name,
			    "listed twice; keep one entry");
		else if (hrd_nameset_above(&c->listed, e->name, is_subtree) != NULL)
			report_name(c, HRD_WARNING, &value->item, "inv-redundant", e->name,
			    "covered by a listed subtree; move it to \"known\"");
	}
}

static void
check_known(struct checker *c)
{
	struct hrd_cursor at = { 0 };
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_known *known;
	struct hrd_nameset seen = { 0 };

	while ((known = hrd_next_known(c->inventory, &at, &entity, &service)) != NULL) {
		if (known->name == NULL)
			continue;
		hrd_nameset_add(&seen, known->name, known);
		if (hrd_nameset_find(&c->listed, known->name) != NULL)
			report_name(c, HRD_ERROR, &known->item, "inv-duplicate-name", known->name,
			    "listed under \"names\" already; keep one entry");
		else if (!c->bad_listed &&
			 hrd_nameset_above(&c->listed, known->name, is_subtree) == NULL)
			report_name(c, HRD_WARNING, &known->item, "inv-known-outside", known->name,
			    "known, but below no listed subtree; list its domain or remove it");
	}
	hrd_nameset_sort(&seen);
	for (size_t i = 1; i < seen.count; i++) {
		const struct hrd_nameset_entry *e = &seen.entries[i];

		if (hrd_name_cmp(e[-1].name, e->name) == 0)
			report_name(c, HRD_ERROR, &((const struct hrd_known *)e->value)->item,
			    "inv-duplicate-name", e->name, "known twice; keep one entry");
	}
	c->nomem = c->nomem || seen.nomem;
	hrd_nameset_free(&seen);
}

static void
check_shared(struct checker *c)
{
	struct hrd_nameset seen = { 0 };

	for (size_t s = 0; s < c->inventory->count; s++) {
		const struct hrd_inventory_section *section = c->inventory->sections[s];

		for (size_t i = 0; i < section->shared_count; i++) {
			check_evidence(c, &section->shared[i].evidence);
			if (section->shared[i].name != NULL)
				hrd_nameset_add(
				    &seen, section->shared[i].name, &section->shared[i]);
		}
		for (size_t i = 0; i < section->never_count; i++)
			check_evidence(c, &section->never[i].evidence);
	}
	hrd_nameset_sort(&seen);
	for (size_t i = 1; i < seen.count; i++) {
		const struct hrd_nameset_entry *e = &seen.entries[i];

		if (hrd_name_cmp(e[-1].name, e->name) == 0)
			report_name(c, HRD_ERROR, &((const struct hrd_shared *)e->value)->item,
			    "inv-duplicate-name", e->name, "shared twice; keep one entry");
	}
	c->nomem = c->nomem || seen.nomem;
	hrd_nameset_free(&seen);
}

static void
check_sections(struct checker *c)
{
	for (size_t s = 0; s < c->inventory->count; s++) {
		const struct hrd_inventory_section *section = c->inventory->sections[s];

		for (size_t i = 0; i < section->basis_count; i++)
			check_basis(c, &section->basis[i]);
		for (size_t i = 0; i < section->entity_count; i++)
			check_entity(c, &section->entities[i]);
		for (size_t i = 0; i < section->profile_count; i++)
			check_profile(c, &section->profiles[i]);
		for (size_t i = 0; i < section->feed_count; i++)
			check_feed(c, &section->feeds[i]);
	}
}

/* What must be there in some file. */
static void
check_present(struct checker *c)
{
	static const char *const keys[] = { "basis", "entities", "profiles", NULL };
	const struct hrd_inventory_section *first = c->inventory->sections[0];

	for (size_t k = 0; keys[k] != NULL; k++) {
		bool found = false;

		for (size_t s = 0; s < c->inventory->count && !found; s++)
			found = hrd_yaml_get(c->inventory->sections[s]->item.node, keys[k]) != NULL;
		if (!found) {
			struct hrd_position place = hrd_item_place(&first->item, NULL);

			hrd_diag(c->diag, HRD_ERROR, &place, "inv-missing-key",
			    "the inventory has no \"%s\"", keys[k]);
		}
	}
}

void
hrd_inventory_check(const struct hrd_inventory *inventory, struct hrd_diag *diag)
{
	struct checker c = { .inventory = inventory, .diag = diag };

	for (size_t s = 0; s < inventory->count; s++)
		c.has_feeds = c.has_feeds || inventory->sections[s]->feed_count > 0;
	check_present(&c);
	check_ids(&c);
	check_listed(&c);
	check_known(&c);
	check_shared(&c);
	check_sections(&c);
	hrd_inventory_check_mistakes(inventory, diag);
	if (c.nomem)
		hrd_diag_nomem(diag);
	free(c.basis.entries);
	free(c.entities.entries);
	hrd_nameset_free(&c.listed);
}
