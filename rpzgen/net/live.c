/* SPDX-License-Identifier: BSD-3-Clause */
/* Which questions are asked about an inventory's names, and what the answers mean.
 *
 * A name is asked for its address. Where it lives is asked from the name upwards (NS), until an
 * answer or the SOA of a negative one shows the apex; each zone is then asked for its name servers
 * and keys once. */
#include <config.h>

#include "rpzgen/net/live.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "rpzgen/base/now.h"

const char *const hrd_live_state_words[] = { "exists", "gone", "dangling", "bogus", "unknown",
	NULL };
const char *const hrd_live_signed_words[] = { "unknown", "no", "without-chain", "validated", NULL };

static void
add_name(struct hrd_live *live, const struct hrd_live_name *name)
{
	struct hrd_live_name *copy = &live->names[live->name_count++];

	*copy = *name;
	copy->live = live;
	copy->zone = HRD_LIVE_NO_ZONE;
	copy->state = HRD_LIVE_UNKNOWN;
}

static void
add_names(struct hrd_live *live, const struct hrd_inventory *inventory)
{
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;
	const struct hrd_known *known;
	struct hrd_cursor at = { 0 };

	while ((listed = hrd_next_listed(inventory, &at, &entity, &service)) != NULL)
		add_name(live, &(struct hrd_live_name){ .item = &listed->item,
				   .name = listed->name,
				   .evidence = &listed->evidence,
				   .confidence = listed->confidence });
	at = (struct hrd_cursor){ 0 };
	while ((known = hrd_next_known(inventory, &at, &entity, &service)) != NULL)
		add_name(live, &(struct hrd_live_name){ .item = &known->item,
				   .name = known->name,
				   .evidence = &known->evidence,
				   .confidence = known->confidence });
}

static size_t
count_names(const struct hrd_inventory *inventory)
{
	const struct hrd_entity *entity;
	struct hrd_cursor at = { 0 };
	size_t count = 0;

	while ((entity = hrd_next_entity(inventory, &at)) != NULL) {
		for (size_t s = 0; s < entity->service_count; s++)
			count += entity->services[s].name_count + entity->services[s].known_count;
	}
	return count;
}

static void
ask(struct hrd_live *live, const struct hrd_name *name, enum hrd_live_type type,
    hrd_live_answered_fn *answered, void *ctx)
{
	if (hrd_lookups_ask(live->lookups, name, type, answered, ctx) != HRD_OK)
		live->nomem = true;
}

static bool
is_known(const struct hrd_live_answer *answer)
{
	return answer->status != HRD_LIVE_BOGUS && answer->status != HRD_LIVE_NO_ANSWER;
}

static void
take_servers(void *ctx, const struct hrd_live_answer *answer)
{
	struct hrd_live_zone *zone = ctx;

	memcpy(zone->servers, answer->servers, sizeof(zone->servers));
	zone->server_count = answer->server_count;
}

static void
take_keys(void *ctx, const struct hrd_live_answer *answer)
{
	struct hrd_live_zone *zone = ctx;

	if (!is_known(answer))
		return;
	if (answer->status != HRD_LIVE_DATA)
		zone->is_signed = HRD_LIVE_UNSIGNED;
	else
		zone->is_signed = answer->secure ? HRD_LIVE_VALIDATED : HRD_LIVE_SIGNED;
}

/* The index of a zone; a new one is asked for. There are no more zones than names. */
static size_t
find_zone(struct hrd_live *live, const struct hrd_name *apex)
{
	struct hrd_live_zone *zone;

	for (size_t i = 0; i < live->zone_count; i++) {
		if (hrd_name_cmp(&live->zones[i].name, apex) == 0)
			return i;
	}
	zone = &live->zones[live->zone_count];
	zone->live = live;
	zone->name = *apex;
	ask(live, apex, HRD_LIVE_NS, take_servers, zone);
	ask(live, apex, HRD_LIVE_DNSKEY, take_keys, zone);
	return live->zone_count++;
}

static void take_apex(void *ctx, const struct hrd_live_answer *answer);

static void
ask_apex(struct hrd_live_name *name)
{
	ask(name->live, &name->candidate, HRD_LIVE_NS, take_apex, name);
}

/* Goes one label up. A top-level domain is nobody's zone. */
static void
climb(struct hrd_live_name *name)
{
	unsigned labels = hrd_name_labels(&name->candidate);

	if (labels <= 2)
		return;
	hrd_name_suffix(&name->candidate, &name->candidate, labels - 1);
	ask_apex(name);
}

static void
take_apex(void *ctx, const struct hrd_live_answer *answer)
{
	struct hrd_live_name *name = ctx;

	if (!is_known(answer))
		return;
	if (answer->alias_count == 0 && answer->status == HRD_LIVE_DATA)
		name->zone = find_zone(name->live, &name->candidate);
	else if (answer->alias_count == 0 && answer->has_soa &&
		 hrd_name_is_at_or_below(&name->candidate, &answer->soa))
		name->zone = find_zone(name->live, &answer->soa);
	else
		climb(name);
}

static enum hrd_live_state
state_of(const struct hrd_live_answer *answer)
{
	switch (answer->status) {
	case HRD_LIVE_BOGUS:
		return HRD_LIVE_INVALID;
	case HRD_LIVE_NO_ANSWER:
		return HRD_LIVE_UNKNOWN;
	case HRD_LIVE_NXDOMAIN:
		return answer->alias_count > 0 ? HRD_LIVE_DANGLING : HRD_LIVE_GONE;
	default:
		return HRD_LIVE_EXISTS;
	}
}

static void
take_address(void *ctx, const struct hrd_live_answer *answer)
{
	struct hrd_live_name *name = ctx;

	name->state = state_of(answer);
	name->alias_count = answer->alias_count;
	memcpy(name->aliases, answer->aliases, sizeof(name->aliases));
	if (name->state != HRD_LIVE_EXISTS && name->state != HRD_LIVE_DANGLING)
		return;
	name->candidate = *name->name;
	if (name->alias_count > 0)
		climb(name); /* an alias is no apex (RFC 1034 3.6.2) */
	else
		ask_apex(name);
}

static bool
anything_answered(const struct hrd_live *live)
{
	for (size_t i = 0; i < live->name_count; i++) {
		if (live->names[i].state != HRD_LIVE_UNKNOWN)
			return true;
	}
	return live->name_count == 0;
}

/* Why there is no answer at all. */
static void
report_nothing_answered(const char *error, const char *anchor, struct hrd_diag *diag)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };

	hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	if (error != NULL && anchor != NULL)
		hrd_diag(diag, HRD_ERROR, &(struct hrd_position){ anchor, 0, 0 }, "live-anchor",
		    "libunbound: %s; are these DS or DNSKEY records?", error);
	else if (error != NULL)
		hrd_diag(diag, HRD_ERROR, &nowhere, "system", "libunbound: %s", error);
	if (error != NULL)
		return;
	hrd_diag(diag, HRD_ERROR, &nowhere, "live-no-network",
	    "not one question was answered; is there a network that lets DNS out? --server ADDRESS "
	    "asks a resolver instead of the authorities");
}

static bool
allocate(struct hrd_live *live, size_t count)
{
	live->names = calloc(count + 1, sizeof(*live->names));
	live->zones = calloc(count + 1, sizeof(*live->zones));
	return live->names != NULL && live->zones != NULL;
}

bool
hrd_live_look(struct hrd_live *live, const struct hrd_inventory *inventory,
    const struct hrd_live_options *options, struct hrd_diag *diag)
{
	uint64_t now;

	*live = (struct hrd_live){ .names = NULL };
	if (hrd_now(diag, &now) != HRD_OK)
		return false;
	live->date = (int32_t)(now / HRD_DAY_SECONDS);
	if (!allocate(live, count_names(inventory))) {
		hrd_diag_nomem(diag);
		return false;
	}
	live->lookups = hrd_lookups_new(options, diag);
	if (live->lookups == NULL)
		return false;
	add_names(live, inventory);
	for (size_t i = 0; i < live->name_count; i++)
		ask(live, live->names[i].name, HRD_LIVE_A, take_address, &live->names[i]);
	hrd_lookups_run(live->lookups);
	if (live->nomem)
		hrd_diag_nomem(diag);
	else if (!anything_answered(live))
		report_nothing_answered(hrd_lookups_error(live->lookups), options->anchor, diag);
	else
		return true;
	return false;
}

void
hrd_live_clear(struct hrd_live *live)
{
	hrd_lookups_free(live->lookups);
	free(live->names);
	free(live->zones);
	*live = (struct hrd_live){ .names = NULL };
}

/* The day on which the evidence was last looked at; "an unknown day" where none says. */
static const char *
last_retrieved(const struct hrd_evidence_list *evidence, char text[HRD_DATE_TEXT_MAX])
{
	int32_t last = HRD_NO_DATE;

	for (size_t i = 0; i < evidence->count; i++) {
		if (evidence->all[i].retrieved > last)
			last = evidence->all[i].retrieved;
	}
	if (last == HRD_NO_DATE)
		return "an unknown day";
	hrd_date_text(last, text);
	return text;
}

static void
report_name(const struct hrd_live_name *name, struct hrd_diag *diag)
{
	struct hrd_position place = hrd_item_place(name->item, "name");
	char text[HRD_NAME_TEXT_MAX], target[HRD_NAME_TEXT_MAX], date[HRD_DATE_TEXT_MAX];
	int status = HRD_EXIT_REJECTED;

	hrd_name_to_text(name->name, text);
	if (name->state == HRD_LIVE_GONE && name->confidence != HRD_UNVERIFIED) {
		hrd_diag(diag, HRD_WARNING, &place, "live-gone",
		    "\"%s\" does not exist any more; its evidence was last retrieved on %s", text,
		    last_retrieved(name->evidence, date));
	} else if (name->state == HRD_LIVE_DANGLING) {
		hrd_name_to_text(&name->aliases[name->alias_count - 1], target);
		hrd_diag(diag, HRD_WARNING, &place, "live-dangling",
		    "\"%s\" is an alias of \"%s\", which does not exist", text, target);
	} else if (name->state == HRD_LIVE_INVALID) {
		hrd_diag(diag, HRD_WARNING, &place, "live-bogus",
		    "the answer for \"%s\" fails DNSSEC validation: nothing is known of it", text);
		status = HRD_EXIT_SYSTEM;
	} else if (name->state == HRD_LIVE_UNKNOWN) {
		hrd_diag(diag, HRD_WARNING, &place, "live-no-answer",
		    "no answer for \"%s\": nothing is known of it", text);
		status = HRD_EXIT_SYSTEM;
	} else {
		return;
	}
	hrd_diag_raise(diag, status);
}

void
hrd_live_report(const struct hrd_live *live, struct hrd_diag *diag)
{
	for (size_t i = 0; i < live->name_count; i++)
		report_name(&live->names[i], diag);
}

static void
print_names(FILE *out, const struct hrd_name *names, size_t count)
{
	char text[HRD_NAME_TEXT_MAX];

	if (count == 0)
		putc('-', out);
	for (size_t i = 0; i < count; i++) {
		hrd_name_to_text(&names[i], text);
		fprintf(out, "%s%s", i == 0 ? "" : ", ", text);
	}
	putc('\n', out);
}

/* The columns that a name takes, with two blanks behind it. */
static int
width_of(const struct hrd_name *name, int least)
{
	char text[HRD_NAME_TEXT_MAX];
	int width = (int)hrd_name_to_text(name, text) + 2;

	return width > least ? width : least;
}

static void
print_name(const struct hrd_live_name *name, int width, int zone_width, FILE *out)
{
	const struct hrd_live *live = name->live;
	char text[HRD_NAME_TEXT_MAX], zone[HRD_NAME_TEXT_MAX] = "-";

	hrd_name_to_text(name->name, text);
	if (name->zone != HRD_LIVE_NO_ZONE)
		hrd_name_to_text(&live->zones[name->zone].name, zone);
	fprintf(
	    out, "%-*s%-10s%-*s", width, text, hrd_live_state_words[name->state], zone_width, zone);
	print_names(out, name->aliases, name->alias_count);
}

static void
print_zone(const struct hrd_live_zone *zone, int width, FILE *out)
{
	static const char *const words[] = { "unknown", "no", "no chain", "yes" };
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&zone->name, text);
	fprintf(out, "%-*s%-10s", width, text, words[zone->is_signed]);
	print_names(out, zone->servers, zone->server_count);
}

void
hrd_live_print(const struct hrd_live *live, FILE *out)
{
	int width = 8, zone_width = 8;
	size_t is_signed = 0;

	for (size_t i = 0; i < live->name_count; i++)
		width = width_of(live->names[i].name, width);
	for (size_t i = 0; i < live->zone_count; i++)
		zone_width = width_of(&live->zones[i].name, zone_width);
	fprintf(out, "%-*s%-10s%-*s%s\n", width, "name", "state", zone_width, "zone", "alias of");
	for (size_t i = 0; i < live->name_count; i++)
		print_name(&live->names[i], width, zone_width, out);
	fprintf(out, "\n%-*s%-10s%s\n", zone_width, "zone", "signed", "name servers");
	for (size_t i = 0; i < live->zone_count; i++) {
		print_zone(&live->zones[i], zone_width, out);
		is_signed += live->zones[i].is_signed >= HRD_LIVE_SIGNED ? 1 : 0;
	}
	if (is_signed > 0)
		fprintf(out,
		    "%zu of %zu zones are signed: without \"break-dnssec yes\", BIND lets their "
		    "names through to clients that set the DO bit\n",
		    is_signed, live->zone_count);
}
