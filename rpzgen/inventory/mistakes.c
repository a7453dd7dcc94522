/* SPDX-License-Identifier: BSD-3-Clause */
/* What an inventory may hold by its form and is still a mistake: relations in a circle, rules that
 * never apply, names twice, dates that cannot be, a zone that would take the place of a domain. */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/base/day.h"
#include "lib/policy/beacon.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/rules/nameset.h"

struct mistakes {
	const struct hrd_inventory *inventory;
	struct hrd_diag *diag;
	int32_t today;
};

static void
report(struct mistakes *m, enum hrd_severity severity, const struct hrd_item *item, const char *key,
    const char *id, const char *text)
{
	struct hrd_position place = hrd_item_place(item, key);

	hrd_diag(m->diag, severity, &place, id, "%s", text);
}

/* Follows "of" from an entity; as many steps as there are entities end in a circle. */
static bool
is_in_circle(const struct mistakes *m, const struct hrd_entity *entity, size_t entities)
{
	const struct hrd_entity *at = entity;

	for (size_t step = 0; at != NULL && at->of != NULL && step <= entities; step++) {
		at = hrd_inventory_entity(m->inventory, at->of);
		if (at == entity)
			return true;
	}
	return false;
}

static void
check_relations(struct mistakes *m)
{
	const struct hrd_entity *entity, *first = NULL;
	struct hrd_cursor at = { 0 };
	size_t entities = 0;
	bool self = false;

	while ((entity = hrd_next_entity(m->inventory, &at)) != NULL) {
		first = first != NULL ? first : entity;
		/* One whose relation could not be read may be it. */
		self = self || entity->relation <= HRD_SELF;
		entities++;
	}
	if (first != NULL && !self)
		report(m, HRD_WARNING, &first->item, "relation", "inv-relation",
		    "no entity is of relation self; whom is this inventory about?");
	at = (struct hrd_cursor){ 0 };
	while ((entity = hrd_next_entity(m->inventory, &at)) != NULL) {
		if (entity->id != NULL && entity->of != NULL &&
		    strcmp(entity->of, entity->id) != 0 && is_in_circle(m, entity, entities))
			report(m, HRD_ERROR, &entity->item, "of", "inv-relation",
			    "the relations go in a circle");
	}
}

/* True when every name that the later rule takes was taken by the earlier one. */
static bool
shadows(const struct hrd_profile_rule *earlier, const struct hrd_profile_rule *later)
{
	return (later->relations & ~earlier->relations) == 0 &&
	       (later->confidences & ~earlier->confidences) == 0 &&
	       (earlier->exclusive < 0 || earlier->exclusive == later->exclusive);
}

static void
check_profile(struct mistakes *m, const struct hrd_profile *profile)
{
	for (size_t i = 1; i < profile->rule_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (profile->rules[i].relations == 0 ||
			    profile->rules[i].confidences == 0 ||
			    !shadows(&profile->rules[j], &profile->rules[i]))
				continue;
			report(m, HRD_WARNING, &profile->rules[i].item, NULL, "inv-shadowed",
			    "an earlier rule of the profile takes all that this one would");
			break;
		}
	}
	for (size_t i = 1; i < profile->override_count; i++) {
		for (size_t j = 0; j < i && profile->overrides[i].name != NULL; j++) {
			if (profile->overrides[j].name == NULL ||
			    hrd_name_cmp(profile->overrides[j].name, profile->overrides[i].name) !=
				0)
				continue;
			report(m, HRD_ERROR, &profile->overrides[i].item, "name",
			    "inv-duplicate-name", "overridden before; keep one entry");
			break;
		}
	}
}

static void
check_never(struct mistakes *m)
{
	struct hrd_nameset seen = { 0 };

	for (size_t s = 0; s < m->inventory->count; s++) {
		const struct hrd_inventory_section *section = m->inventory->sections[s];

		for (size_t i = 0; i < section->never_count; i++) {
			if (section->never[i].name != NULL)
				hrd_nameset_add(&seen, section->never[i].name, &section->never[i]);
		}
	}
	hrd_nameset_sort(&seen);
	for (size_t i = 1; i < seen.count; i++) {
		if (hrd_name_cmp(seen.entries[i - 1].name, seen.entries[i].name) == 0)
			report(m, HRD_ERROR,
			    &((const struct hrd_never *)seen.entries[i].value)->item, "name",
			    "inv-duplicate-name", "on the never list before; keep one entry");
	}
	if (seen.nomem)
		hrd_diag_nomem(m->diag);
	hrd_nameset_free(&seen);
}

/* The first day that a loose date may mean; HRD_NO_DATE when it is none. */
static int32_t
first_day(const char *loose)
{
	char text[] = "0000-01-01";
	int32_t day;

	if (strlen(loose) >= sizeof(text))
		return HRD_NO_DATE;
	memcpy(text, loose, strlen(loose));
	return hrd_date_parse(text, strlen(text), &day) ? day : HRD_NO_DATE;
}

static void
check_source(struct mistakes *m, const struct hrd_evidence *e)
{
	int32_t made = e->date != NULL ? first_day(e->date) : HRD_NO_DATE;

	if (e->date != NULL && made == HRD_NO_DATE)
		report(m, HRD_ERROR, &e->item, "date", "inv-date", "there is no such day");
	if (e->retrieved == HRD_NO_DATE)
		return;
	/* A day ahead is another time zone. */
	if (e->retrieved > m->today + 1)
		report(m, HRD_WARNING, &e->item, "retrieved", "inv-date-future",
		    "looked at on a day that is still to come");
	if (made != HRD_NO_DATE && made > e->retrieved)
		report(m, HRD_WARNING, &e->item, "retrieved", "inv-date-order",
		    "looked at before the day of the source");
}

static void
check_sources(struct mistakes *m, const struct hrd_evidence_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		check_source(m, &list->all[i]);
}

static void
check_evidence(struct mistakes *m)
{
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;
	const struct hrd_known *known;
	struct hrd_cursor at = { 0 };

	while ((entity = hrd_next_entity(m->inventory, &at)) != NULL)
		check_sources(m, &entity->evidence);
	at = (struct hrd_cursor){ 0 };
	while ((listed = hrd_next_listed(m->inventory, &at, &entity, &service)) != NULL)
		check_sources(m, &listed->evidence);
	at = (struct hrd_cursor){ 0 };
	while ((known = hrd_next_known(m->inventory, &at, &entity, &service)) != NULL)
		check_sources(m, &known->evidence);
	for (size_t s = 0; s < m->inventory->count; s++) {
		const struct hrd_inventory_section *section = m->inventory->sections[s];

		for (size_t i = 0; i < section->basis_count; i++)
			check_sources(m, &section->basis[i].evidence);
		for (size_t i = 0; i < section->shared_count; i++)
			check_sources(m, &section->shared[i].evidence);
		for (size_t i = 0; i < section->never_count; i++)
			check_sources(m, &section->never[i].evidence);
	}
}

static void
check_basis(struct mistakes *m)
{
	for (size_t s = 0; s < m->inventory->count; s++) {
		const struct hrd_inventory_section *section = m->inventory->sections[s];

		for (size_t i = 0; i < section->basis_count; i++) {
			const struct hrd_basis *basis = &section->basis[i];

			if (basis->fulfil_by != HRD_NO_DATE && basis->from != HRD_NO_DATE &&
			    basis->fulfil_by < basis->from)
				report(m, HRD_ERROR, &basis->item, "fulfil-by", "inv-date-order",
				    "to be fulfilled before it is in force");
		}
		for (size_t i = 0; i < section->profile_count; i++)
			check_profile(m, &section->profiles[i]);
	}
}

/* All that the policy answers has one TTL, the lesser of the two (RFC 2308 section 5). */
static void
check_ttls(struct mistakes *m)
{
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(m->inventory);
	struct hrd_position place;

	if (policy == NULL || policy->negative_ttl == 0 || policy->ttl <= policy->negative_ttl)
		return;
	place = hrd_item_place(&policy->item, "ttl");
	hrd_diag(m->diag, HRD_WARNING, &place, "inv-ttl",
	    "above \"negative-ttl\", so it is never used: whatever the policy answers has a TTL "
	    "of %llu; make both the same",
	    (unsigned long long)policy->negative_ttl);
}

/* A server with the zone is authoritative for its apex: a listed domain, or one above it, would be
 * answered from the zone and not be looked up any more. */
static void
check_apex(struct mistakes *m)
{
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(m->inventory);
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;
	struct hrd_cursor at = { 0 };

	if (policy == NULL || policy->apex == NULL)
		return;
	if (policy->beacon && !hrd_beacon_fits(policy->apex))
		report(m, HRD_ERROR, &policy->item, "beacon", "inv-beacon",
		    "the beacon's owner would be over 255 octets; choose a shorter apex");
	while ((listed = hrd_next_listed(m->inventory, &at, &entity, &service)) != NULL) {
		if (listed->name == NULL || !hrd_name_is_at_or_below(listed->name, policy->apex))
			continue;
		report(m, HRD_ERROR, &policy->item, "apex", "inv-apex",
		    "a listed name is the apex or below it: a server with the zone would be "
		    "authoritative for that; choose a name of your own, as \"policy.rpz\"");
		break;
	}
}

static int32_t
day_of_clock(void)
{
	return (int32_t)(time(NULL) / HRD_DAY_SECONDS);
}

void
hrd_inventory_check_mistakes(const struct hrd_inventory *inventory, struct hrd_diag *diag)
{
	struct mistakes m = { inventory, diag, day_of_clock() };

	check_relations(&m);
	check_basis(&m);
	check_never(&m);
	check_evidence(&m);
	check_ttls(&m);
	check_apex(&m);
}

/* Names that are reserved for documents (RFC 2606): a contact there reaches nobody. */
static bool
is_placeholder(const char *contact)
{
	static const char *const reserved[] = { "example", "example.com", "example.net",
		"example.org", "invalid", "test", "localhost" };
	const char *at = strchr(contact, '@');
	const char *host = at != NULL ? at + 1 : contact + strlen("https://");
	size_t len = strcspn(host, "/:?#");

	len -= len > 0 && host[len - 1] == '.' ? 1 : 0;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		size_t size = strlen(reserved[i]);

		if (len >= size && strncasecmp(host + len - size, reserved[i], size) == 0 &&
		    (len == size || host[len - size - 1] == '.'))
			return true;
	}
	return false;
}

void
hrd_inventory_check_contact(const struct hrd_inventory *inventory, struct hrd_diag *diag)
{
	const struct hrd_inventory_policy *policy = hrd_inventory_policy(inventory);
	struct mistakes m = { inventory, diag, 0 };

	if (policy != NULL && policy->publisher != NULL && policy->publisher->contact != NULL &&
	    is_placeholder(policy->publisher->contact))
		report(&m, HRD_WARNING, &policy->publisher->item, "contact", "inv-placeholder",
		    "a placeholder: clients get it with each answer; put your own there");
}
