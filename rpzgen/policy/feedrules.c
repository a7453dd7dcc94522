/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules out of feeds: judged line by line, each feed's exemptions for that feed alone. And those of
 * overrides: below listed names, and of names that feeds have. Of a listed name itself an override
 * decides in the scope. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/list/tolerance.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/policy/deriver.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/rules/find.h"
#include "rpzgen/sign/zonemd.h"
#include "rpzgen/list/listfile.h"

struct taker {
	struct hrd_deriver *d;
	struct hrd_feed_reader *reader;
	const struct hrd_feed *feed;
	size_t number;
	uint32_t meta;
	uint64_t rules;
	struct hrd_progress progress;
};

enum { PROGRESS_STEP = 1 << 16 };

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct taker *taker = ctx;
	struct hrd_rule own = *rule;
	unsigned octets;

	own.meta = taker->meta;
	own.line = hrd_deriver_feed_line(taker->d->scope, taker->number, rule->line);
	octets = hrd_deriver_owner_octets(taker->d, &rule->name, rule->wildcard);
	if (rule->trigger == HRD_TRIGGER_QNAME && octets > HRD_NAME_MAX)
		hrd_deriver_report_owner(
		    taker->d, hrd_scope_place(taker->d->scope, own.line), octets);
	if (++taker->rules % PROGRESS_STEP == 0)
		hrd_progress_show(&taker->progress, taker->feed->id, taker->rules, "rules");
	return hrd_deriver_add(taker->d, taker->number, &own, rr);
}

/* What a feed must bring explicitly; names to block it always may. */
static const char *
not_brought(const struct hrd_feed *feed, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	static const struct {
		enum hrd_brings kind;
		const char *why;
	} kinds[HRD_TRIGGERS] = {
		[HRD_TRIGGER_CLIENT_IP] = { HRD_BRINGS_CLIENTS,
		    "a rule about clients; \"brings:\" must say clients" },
		[HRD_TRIGGER_RESPONSE_IP] = { HRD_BRINGS_ADDRESSES,
		    "a rule about addresses; \"brings:\" must say addresses" },
		[HRD_TRIGGER_NSDNAME] = { HRD_BRINGS_SERVERS,
		    "a rule about name servers; \"brings:\" must say nameservers" },
		[HRD_TRIGGER_NSIP] = { HRD_BRINGS_SERVERS,
		    "a rule about name servers; \"brings:\" must say nameservers" },
	};

	if (kinds[rule->trigger].why != NULL &&
	    (feed->brings & 1u << kinds[rule->trigger].kind) == 0)
		return kinds[rule->trigger].why;
	if (rr != NULL && (feed->brings & 1u << HRD_BRINGS_REDIRECTS) == 0)
		return "data of the feed's choosing; \"brings:\" must say redirects";
	return NULL;
}

/* Lines that the feed may not bring, or that a guard refuses, are left out. */
static int
judge(void *ctx, const struct hrd_rule *rule, enum hrd_list_reach reach, const struct hrd_rr *rr)
{
	struct taker *taker = ctx;
	char owner[HRD_OWNER_TEXT_MAX], why[HRD_GUARD_WHY_MAX];
	const char *fault = not_brought(taker->feed, rule, rr), *id = "feed-brings";
	enum hrd_list_skip kind = HRD_SKIP_BRINGS;

	if (fault == NULL) {
		kind = HRD_SKIP_GUARDED;
		id = hrd_guard_line(taker->d->guard, rule, reach, rr, why);
		fault = id != NULL ? why : NULL;
	}
	if (fault == NULL)
		return HRD_OK;
	hrd_dump_owner_of(rule, owner);
	hrd_feed_skip(taker->reader, kind, id, owner, strlen(owner), fault);
	return HRD_EEXIST;
}

static const char *
relation_of(const struct hrd_deriver *d, const struct hrd_feed *feed)
{
	const struct hrd_entity *entity = NULL;

	if (feed->entity != NULL)
		entity = hrd_inventory_entity(d->scope->inventory, feed->entity);
	return entity != NULL && entity->relation >= 0 ? hrd_relation_words[entity->relation] : "";
}

static bool
to_ascii(struct hrd_name *out, const char *text, size_t len)
{
	const char *id;
	char why[HRD_IDNA_WHY_MAX];

	return hrd_idna_parse(out, text, len, &id, why) == HRD_OK;
}

static struct hrd_feed_reader
reader_of(const struct hrd_deriver *d, const struct hrd_feed_body *body, struct hrd_name *origin)
{
	const struct hrd_feed *feed = body->feed;
	enum hrd_feed_form form = (enum hrd_feed_form)feed->form;

	if (form == HRD_FEED_AUTO)
		form = hrd_list_guess(body->data, body->len);
	if (feed->origin != NULL)
		(void)!hrd_name_from_text(origin, feed->origin, strlen(feed->origin));
	return (struct hrd_feed_reader){
		.form = form,
		.file = body->where,
		.diag = d->diag,
		.action = feed->action < 0 ? HRD_ACTION_NXDOMAIN
					   : (enum hrd_action)hrd_inventory_action(feed->action),
		.subtree = feed->match < 0 ? form == HRD_FEED_DOMAINS : feed->match == HRD_SUBTREE,
		.origin = feed->origin != NULL ? origin : NULL,
		.to_ascii = to_ascii,
	};
}

/* Says what was left out, by kind. */
static void
report_skipped(struct hrd_deriver *d, const struct hrd_feed_body *body)
{
	static const char *const kinds[HRD_SKIPS] = { "unreadable", "no host rule",
		"with modifiers", "redirecting", "not to be brought", "guarded" };
	struct hrd_position place = { body->where, 0, 0 };
	char text[256] = "";
	size_t len = 0;

	for (int i = 0; i < HRD_SKIPS; i++) {
		if (body->skipped[i] > 0 && len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%llu %s",
			    len > 0 ? ", " : "", (unsigned long long)body->skipped[i], kinds[i]);
	}
	if (len > 0)
		hrd_diag(d->diag, HRD_WARNING, &place, "feed-skipped",
		    "feed \"%s\", read as %s: %llu lines taken, left out: %s", body->feed->id,
		    hrd_feed_form_word(body->form), (unsigned long long)body->taken, text);
}

/* The digest that a zone has of itself is checked here and goes no further. */
static const char *
zonemd_fault(
    struct hrd_deriver *d, const struct hrd_feed_body *body, const struct hrd_feed_reader *r)
{
	struct hrd_position place = { body->where, 0, 0 };

	if (r->form != HRD_FEED_RPZ)
		return NULL;
	switch (hrd_zonemd_check(body->data, body->len, r->origin)) {
	case HRD_ZONEMD_WRONG:
		return "its ZONEMD digest is not that of its records: it was damaged on the way";
	case HRD_ZONEMD_UNKNOWN:
		hrd_diag(d->diag, HRD_WARNING, &place, "feed-zonemd",
		    "feed \"%s\": no ZONEMD of a known scheme and hash for the serial: not checked",
		    body->feed->id);
		return NULL;
	default:
		return NULL;
	}
}

/* What speaks against the feed as a whole, or NULL. */
static const char *
feed_fault(const struct hrd_feed_reader *r, const struct hrd_feed *feed)
{
	struct hrd_tolerance most = { .given = false };
	uint64_t junk = r->skipped[HRD_SKIP_JUNK];

	if (feed->max_refused != NULL)
		(void)!hrd_tolerance_parse(&most, feed->max_refused);
	if (r->refused)
		return "no zone, or not all of it";
	if (!hrd_tolerates(&most, junk, junk + r->taken + r->exempted))
		return "too many lines that cannot be read; is it a list at all? \"max-refused:\" "
		       "takes more";
	if (r->taken + r->exempted == 0 &&
	    r->skipped[HRD_SKIP_GUARDED] + r->skipped[HRD_SKIP_BRINGS] == 0)
		return "it has no rule; an empty feed is a fault of its source";
	return NULL;
}

/* Judges the feed as a whole: its last good body takes the place of one that is none. */
static void
judge_feed(struct hrd_deriver *d, size_t number, const struct hrd_feed_reader *r)
{
	struct hrd_feed_body *body = &d->scope->feeds->all[number];
	struct hrd_position place = { body->where, 0, 0 };
	const char *fault = feed_fault(r, body->feed);

	if (fault == NULL)
		fault = zonemd_fault(d, body, r);

	body->form = r->form;
	body->taken = r->taken;
	body->exempted = r->exempted;
	memcpy(body->skipped, r->skipped, sizeof(body->skipped));
	report_skipped(d, body);
	if (fault == NULL)
		return;
	d->again = hrd_feed_take_kept(d->scope->feeds, number, fault, d->diag);
	if (!d->again)
		hrd_diag(d->diag, HRD_ERROR, &place, r->taken == 0 ? "feed-empty" : "feed-refused",
		    "feed \"%s\" is refused: %s", body->feed->id, fault);
}

static void
derive_feed(struct hrd_deriver *d, size_t number)
{
	const struct hrd_feed_body *body = &d->scope->feeds->all[number];
	const struct hrd_feed *feed = body->feed;
	struct hrd_name origin;
	struct hrd_feed_reader reader = reader_of(d, body, &origin);
	struct taker taker = { .d = d, .reader = &reader, .feed = feed, .number = number };

	reader.judge = judge;
	reader.rule = take_rule;
	reader.ctx = &taker;
	taker.meta = hrd_deriver_meta(
	    d, (struct hrd_meta){ .entity = feed->entity != NULL ? feed->entity : "",
		   .relation = relation_of(d, feed),
		   .service = feed->id,
		   .description = feed->title });
	if (d->status != HRD_OK)
		return;
	hrd_progress_start(&taker.progress, false);
	d->status = hrd_feed_read(&reader, body->data, body->len);
	hrd_progress_end(&taker.progress);
	if (d->status == HRD_OK)
		judge_feed(d, number, &reader);
}

/* The rules that stand for exemptions below what their own source blocks. */
static void
add_exempted(struct hrd_deriver *d)
{
	uint32_t meta =
	    d->exemptions.count > 0
		? hrd_deriver_meta(
		      d, (struct hrd_meta){ .entity = "", .relation = "exempt", .service = "" })
		: 0;

	for (size_t i = 0; i < d->exemptions.count && d->status == HRD_OK; i++) {
		struct hrd_rule rules[2];
		unsigned count = hrd_exempt_rules(&d->exemptions, i, rules);

		for (unsigned n = 0; n < count && d->status == HRD_OK; n++) {
			rules[n].meta = meta;
			rules[n].line = hrd_feeds_first_line(d->scope->inventory);
			d->status = hrd_rules_add(d->rules, &rules[n], NULL);
		}
	}
}

static bool
is_zone(const struct hrd_feed_body *body)
{
	return body->feed->form == HRD_FEED_RPZ || body->feed->form == HRD_FEED_AUTO;
}

void
hrd_deriver_feeds(struct hrd_deriver *d)
{
	const struct hrd_feed_set *feeds = d->scope->feeds;

	for (size_t i = 0; feeds != NULL && i < feeds->count && d->status == HRD_OK && !d->again;
	     i++) {
		bool observes =
		    feeds->all[i].feed->action >= 0 &&
		    hrd_inventory_action(feeds->all[i].feed->action) == HRD_ACTION_OBSERVE;

		/* A zone may hold both. */
		if (feeds->all[i].data != NULL &&
		    hrd_scope_takes_feed(d->scope, feeds->all[i].feed) &&
		    (observes == d->observing || (observes && is_zone(&feeds->all[i]))))
			derive_feed(d, i);
	}
	if (d->status == HRD_OK && !d->observing)
		add_exempted(d);
}

/* Exemptions, before any rule. */

static int
take_exempt(void *ctx, const struct hrd_name *name, enum hrd_list_reach reach)
{
	struct taker *taker = ctx;

	return hrd_exempt_add(&taker->d->exemptions, (int)taker->number, name, reach);
}

/* The other forms have no line that exempts. What a line says only its reader knows (words in any
 * case, escapes, relative names), so that a look for words in the octets would miss some. */
static bool
may_exempt(enum hrd_feed_form form)
{
	return form != HRD_FEED_DOMAINS && form != HRD_FEED_HOSTS;
}

static void
exempt_of_feed(struct hrd_deriver *d, size_t number)
{
	const struct hrd_feed_body *body = &d->scope->feeds->all[number];
	struct hrd_name origin;
	struct hrd_feed_reader reader = reader_of(d, body, &origin);
	struct taker taker = { .d = d, .feed = body->feed, .number = number };

	for (size_t i = 0; i < body->allow_count && d->status == HRD_OK; i++)
		d->status =
		    hrd_exempt_add(&d->exemptions, (int)number, &body->allow[i], HRD_REACH_SUBTREE);
	if (d->status != HRD_OK || !may_exempt(reader.form))
		return;
	reader.exempt = take_exempt;
	reader.ctx = &taker;
	d->status = hrd_feed_read(&reader, body->data, body->len);
}

/* "none" takes a name out of every feed. */
static void
exempt_of_overrides(struct hrd_deriver *d)
{
	const struct hrd_profile *profile = d->scope->profile;

	for (size_t i = 0; i < profile->override_count && d->status == HRD_OK; i++) {
		const struct hrd_override *override = &profile->overrides[i];

		if (hrd_override_is_live(d->scope, override) &&
		    hrd_inventory_action(override->action) == HRD_ACTION_NONE)
			d->status = hrd_exempt_add(&d->exemptions, HRD_SOURCE_EVERY_FEED,
			    override->name, HRD_REACH_SUBTREE);
	}
}

void
hrd_deriver_exempt(struct hrd_deriver *d)
{
	const struct hrd_feed_set *feeds = d->scope->feeds;

	if (feeds == NULL || feeds->count == 0)
		return;
	for (size_t i = 0; i < feeds->count && d->status == HRD_OK; i++) {
		if (feeds->all[i].data != NULL &&
		    hrd_scope_takes_feed(d->scope, feeds->all[i].feed))
			exempt_of_feed(d, i);
	}
	exempt_of_overrides(d);
	hrd_exempt_seal(&d->exemptions);
}

/* Overrides. */

static bool
is_listed(const struct hrd_deriver *d, const struct hrd_name *name)
{
	for (size_t i = 0; i < d->scope->decided_count; i++) {
		const struct hrd_listed *listed = d->scope->decided[i].listed;

		if (listed->name != NULL && hrd_name_cmp(listed->name, name) == 0)
			return true;
	}
	return false;
}

/* True where no date and no group keeps a name out of force. */
static bool
is_in_force(const struct hrd_decided *at)
{
	return at->decision.reason == HRD_BY_RULE || at->decision.reason == HRD_BY_OVERRIDE ||
	       at->decision.reason == HRD_NO_RULE;
}

/* A listed subtree that holds the name, in force only, or any. */
static bool
is_in_subtree(const struct hrd_deriver *d, const struct hrd_name *name, bool in_force)
{
	for (size_t i = 0; i < d->scope->decided_count; i++) {
		const struct hrd_decided *at = &d->scope->decided[i];

		if (at->listed->name != NULL && at->listed->match == HRD_SUBTREE &&
		    (is_in_force(at) || !in_force) &&
		    hrd_name_is_at_or_below(name, at->listed->name))
			return true;
	}
	return false;
}

static uint32_t
override_meta(struct hrd_deriver *d)
{
	return hrd_deriver_meta(
	    d, (struct hrd_meta){ .entity = "", .relation = "override", .service = "" });
}

static void
add_override(struct hrd_deriver *d, const struct hrd_override *override, enum hrd_action action)
{
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = *override->name,
		.action = action,
		.meta = override_meta(d) };

	hrd_deriver_check_owner(d, &override->item, override->name, true);
	hrd_deriver_add_own(d, &override->item, &rule);
	rule.wildcard = true;
	hrd_deriver_add_own(d, &override->item, &rule);
}

void
hrd_deriver_overrides(struct hrd_deriver *d)
{
	const struct hrd_profile *profile = d->scope->profile;
	bool live = hrd_scope_is_live(d->scope);

	for (size_t i = 0; live && i < profile->override_count; i++) {
		const struct hrd_override *override = &profile->overrides[i];
		enum hrd_action action;

		if (!hrd_override_is_live(d->scope, override) || is_listed(d, override->name) ||
		    hrd_nameset_find(&d->waiting, override->name) != NULL)
			continue;
		action = (enum hrd_action)hrd_inventory_action(override->action);
		if (action == HRD_ACTION_NONE)
			continue;
		if ((action == HRD_ACTION_OBSERVE) == d->observing)
			add_override(d, override, action);
	}
}

/* What exempts harms nobody; what blocks needs a name that is listed and in force. */
void
hrd_deriver_find_waiting(struct hrd_deriver *d)
{
	const struct hrd_profile *profile = d->scope->profile;

	d->put = calloc(profile->override_count + 1, sizeof(*d->put));
	for (size_t i = 0; i < profile->override_count; i++) {
		const struct hrd_override *override = &profile->overrides[i];

		if (hrd_override_is_live(d->scope, override) &&
		    hrd_action_blocks((enum hrd_action)hrd_inventory_action(override->action)) &&
		    !is_listed(d, override->name) && !is_in_subtree(d, override->name, true))
			hrd_nameset_add(&d->waiting, override->name, override);
	}
	hrd_nameset_sort(&d->waiting);
	if (d->put == NULL || d->waiting.nomem)
		d->status = HRD_ENOMEM;
}

enum { PUT_EXACT = 1, PUT_WILDCARD = 2 };

static void
put_override(struct hrd_deriver *d, const struct hrd_override *override, uint8_t which)
{
	uint8_t *put = &d->put[override - d->scope->profile->overrides];
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = *override->name,
		.wildcard = which == PUT_WILDCARD,
		.action = (enum hrd_action)hrd_inventory_action(override->action) };

	if ((*put & which) != 0)
		return;
	*put |= which;
	rule.meta = override_meta(d);
	hrd_deriver_check_owner(d, &override->item, override->name, rule.wildcard);
	hrd_deriver_add_own(d, &override->item, &rule);
}

void
hrd_deriver_put_waiting(struct hrd_deriver *d, const struct hrd_rule *rule)
{
	for (size_t i = hrd_nameset_seek(&d->waiting, &rule->name); i < d->waiting.count; i++) {
		const struct hrd_nameset_entry *e = &d->waiting.entries[i];
		bool same = hrd_name_cmp(e->name, &rule->name) == 0;

		if (!same && (!rule->wildcard || !hrd_name_is_at_or_below(e->name, &rule->name)))
			return;
		if (!same || !rule->wildcard)
			put_override(d, e->value, PUT_EXACT);
		if (rule->wildcard)
			put_override(d, e->value, PUT_WILDCARD);
	}
}

/* True when each feed of the profile was at hand. */
static bool
has_every_feed(const struct hrd_deriver *d)
{
	const struct hrd_feed_set *feeds = d->scope->feeds;

	for (size_t i = 0; feeds != NULL && i < feeds->count; i++) {
		if (feeds->all[i].data == NULL &&
		    hrd_scope_takes_feed(d->scope, feeds->all[i].feed))
			return false;
	}
	return feeds != NULL && feeds->count > 0;
}

/* A feed may drop a name on any day, which must not cost the policy: a warning. */
void
hrd_deriver_report_waiting(struct hrd_deriver *d)
{
	const struct hrd_override *first = d->scope->profile->overrides;
	bool sure = hrd_scope_is_live(d->scope) && has_every_feed(d);

	for (size_t i = 0; sure && i < d->waiting.count; i++) {
		const struct hrd_override *override = d->waiting.entries[i].value;
		struct hrd_position place = hrd_item_place(&override->item, "name");
		char name[HRD_NAME_TEXT_MAX];

		if (d->put[override - first] != 0 || is_in_subtree(d, override->name, false))
			continue;
		hrd_name_to_text(override->name, name);
		hrd_diag(d->diag, HRD_WARNING, &place, "inv-unreachable",
		    "%s: an override of a name that is neither listed nor in a feed of the "
		    "profile; it does nothing",
		    name);
	}
}
