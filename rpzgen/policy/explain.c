/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers to "why is this name blocked, or not". */
#include <config.h>

#include "rpzgen/policy/explain.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/json.h"
#include "lib/name/prefix.h"
#include "rpzgen/base/shown.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/policy/question.h"

/* Everything that can be said about one question. */
struct answer {
	const char *text; /* as asked */
	size_t text_len;
	enum hrd_question_form form; /* what the text was taken for */
	bool taken;                  /* the text is not the name itself */
	const char *error;           /* not NULL: the question is no name */
	bool is_name;
	struct hrd_name name;
	struct hrd_prefix address; /* unless is_name */
	bool matched;
	struct hrd_match match;
	struct hrd_name base; /* name triggers: the rule's base name */
	struct hrd_meta meta;
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed; /* at or above the name */
	struct hrd_decision decision;    /* of listed */
	const struct hrd_override *override;
	const struct hrd_known *known;
	const struct hrd_shared *shared;
	const struct hrd_never *never;
	const struct hrd_hole *hole; /* that other resolvers see there */
};

static void
add_names(struct hrd_explainer *e, const struct hrd_scope *scope)
{
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_known *known;
	struct hrd_cursor at = { 0 };

	for (size_t i = 0; i < scope->decided_count; i++) {
		const struct hrd_decided *decided = &scope->decided[i];

		if (decided->listed->name != NULL)
			hrd_nameset_add(&e->listed, decided->listed->name, decided);
	}
	while ((known = hrd_next_known(scope->inventory, &at, &entity, &service)) != NULL) {
		if (known->name != NULL)
			hrd_nameset_add(&e->known, known->name, known);
	}
}

static void
add_others(struct hrd_explainer *e, const struct hrd_inventory_section *section)
{
	for (size_t i = 0; i < section->shared_count; i++) {
		if (section->shared[i].name != NULL)
			hrd_nameset_add(&e->shared, section->shared[i].name, &section->shared[i]);
	}
	for (size_t i = 0; i < section->never_count; i++) {
		if (section->never[i].name != NULL)
			hrd_nameset_add(&e->never, section->never[i].name, &section->never[i]);
	}
}

bool
hrd_explainer_init(struct hrd_explainer *e, const struct hrd_policy *policy,
    const struct hrd_scope *scope, bool json, FILE *out, struct hrd_diag *diag)
{
	struct hrd_nameset *const sets[] = { &e->listed, &e->known, &e->shared, &e->never,
		&e->overrides };
	bool complete = true;

	*e = (struct hrd_explainer){
		.policy = policy, .scope = scope, .json = json, .out = out, .diag = diag
	};
	if (scope == NULL)
		return true;
	add_names(e, scope);
	for (size_t s = 0; s < scope->inventory->count; s++)
		add_others(e, scope->inventory->sections[s]);
	for (size_t i = 0; i < scope->profile->override_count; i++) {
		if (scope->profile->overrides[i].name != NULL)
			hrd_nameset_add(&e->overrides, scope->profile->overrides[i].name,
			    &scope->profile->overrides[i]);
	}
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		hrd_nameset_sort(sets[i]);
		complete = complete && !sets[i]->nomem;
	}
	return complete;
}

bool
hrd_explainer_take_time(struct hrd_explainer *e, uint64_t now)
{
	uint64_t end = hrd_policy_info(e->policy)->not_after;

	if (end == 0 || end > now)
		return false;
	hrd_time_text(end, e->expired);
	return true;
}

static int
index_holes(struct hrd_explainer *e, const struct hrd_hole_list *found)
{
	struct hrd_hole hole;
	size_t cursor = 0, count = 0;

	e->hole_list = calloc(hrd_holes_count(found) + 1, sizeof(*e->hole_list));
	if (e->hole_list == NULL)
		return HRD_ENOMEM;
	while (hrd_holes_next(found, &cursor, &hole)) {
		if (hole.trigger != HRD_TRIGGER_QNAME)
			continue;
		e->hole_list[count] = hole;
		hrd_nameset_add(&e->holes, &e->hole_list[count].name, &e->hole_list[count]);
		count++;
	}
	hrd_nameset_sort(&e->holes);
	return e->holes.nomem ? HRD_ENOMEM : HRD_OK;
}

int
hrd_explainer_take_holes(struct hrd_explainer *e, const struct hrd_ruleset *set)
{
	struct hrd_hole_list *found;
	int status = hrd_holes_find(set, &found);

	if (status == HRD_OK) {
		status = index_holes(e, found);
		hrd_holes_free(found);
	}
	return status;
}

void
hrd_explainer_clear(struct hrd_explainer *e)
{
	hrd_nameset_free(&e->holes);
	free(e->hole_list);
	hrd_nameset_free(&e->listed);
	hrd_nameset_free(&e->known);
	hrd_nameset_free(&e->shared);
	hrd_nameset_free(&e->never);
	hrd_nameset_free(&e->overrides);
}

static bool
listed_is_subtree(const void *value)
{
	return ((const struct hrd_decided *)value)->listed->match == HRD_SUBTREE;
}

static bool
shared_is_subtree(const void *value)
{
	return ((const struct hrd_shared *)value)->match == HRD_SUBTREE;
}

static bool
never_is_subtree(const void *value)
{
	return ((const struct hrd_never *)value)->match == HRD_SUBTREE;
}

/* What stands at the name itself, or as a subtree above it. */
static const void *
at_or_above(
    const struct hrd_nameset *set, const struct hrd_name *name, bool (*subtree)(const void *value))
{
	const struct hrd_nameset_entry *entry = hrd_nameset_find(set, name);

	if (entry == NULL)
		entry = hrd_nameset_above(set, name, subtree);
	return entry != NULL ? entry->value : NULL;
}

static void
consult_inventory(struct hrd_explainer *e, struct answer *a)
{
	const struct hrd_nameset_entry *entry;
	const struct hrd_decided *decided;

	a->never = at_or_above(&e->never, &a->name, never_is_subtree);
	a->shared = at_or_above(&e->shared, &a->name, shared_is_subtree);
	decided = at_or_above(&e->listed, &a->name, listed_is_subtree);
	a->override = at_or_above(&e->overrides, &a->name, NULL);
	entry = hrd_nameset_find(&e->known, &a->name);
	a->known = entry != NULL ? entry->value : NULL;
	if (decided == NULL)
		return;
	a->listed = decided->listed;
	a->entity = decided->entity;
	a->service = decided->service;
	a->decision = decided->decision;
}

static bool
hole_is_below(const void *value)
{
	return ((const struct hrd_hole *)value)->wildcard;
}

/* The hole that a matched name lies in; a rule below the hole decides for itself. */
static const struct hrd_hole *
find_hole(const struct hrd_explainer *e, const struct answer *a)
{
	const struct hrd_nameset_entry *entry = hrd_nameset_find(&e->holes, &a->name);
	const struct hrd_hole *hole = entry != NULL ? entry->value : NULL;

	if (hole == NULL || !hole->exact) {
		entry = hole == NULL ? hrd_nameset_above(&e->holes, &a->name, hole_is_below) : NULL;
		hole = entry != NULL ? entry->value : NULL;
	}
	return hole != NULL && a->match.labels <= hrd_name_labels(&hole->name) ? hole : NULL;
}

static void
look_up(struct hrd_explainer *e, enum hrd_trigger trigger, struct answer *a)
{
	a->matched = hrd_policy_find(e->policy, trigger, a->name.wire, a->name.len, &a->match);
	if (a->matched) {
		hrd_name_suffix(&a->base, &a->name, a->match.labels);
		hrd_policy_meta(e->policy, a->match.meta, &a->meta);
	}
	a->hole = trigger == HRD_TRIGGER_QNAME ? find_hole(e, a) : NULL;
	if (e->scope != NULL && trigger == HRD_TRIGGER_QNAME)
		consult_inventory(e, a);
}

static const char *
reason_of(const struct hrd_decision *decision)
{
	switch (decision->reason) {
	case HRD_BY_RULE:
		return "by a rule of the profile";
	case HRD_BY_OVERRIDE:
		return "by an override of the profile";
	case HRD_NO_RULE:
		return "listed, but no rule of the profile takes its relation, "
		       "grade or exclusivity";
	case HRD_NOT_YET:
		return "listed, but its first day is to come";
	case HRD_EXPIRED:
		return "listed, but its last day is past";
	case HRD_ENTITY_NOT_YET:
		return "listed, but its entity's relation begins later";
	case HRD_ENTITY_EXPIRED:
		return "listed, but its entity's relation has ended";
	case HRD_PROFILE_NOT_YET:
		return "listed, but profile or basis is not yet in force";
	case HRD_PROFILE_EXPIRED:
		return "listed, but profile or basis is no longer in force";
	case HRD_GROUP_OFF:
		return "listed, but the group of its relation is switched off";
	default:
		return "listed, but not readable";
	}
}

/* Rules of feeds have the feed for a service, and an entity only where the feed says so. */
static bool
is_of_feed(const struct hrd_explainer *e, const struct answer *a)
{
	const struct hrd_inventory *inventory = e->scope != NULL ? e->scope->inventory : NULL;

	if (!a->matched || a->meta.service[0] == '\0' || a->listed != NULL)
		return false;
	if (a->meta.entity[0] == '\0')
		return true;
	for (size_t s = 0; inventory != NULL && s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->feed_count; i++) {
			if (strcmp(section->feeds[i].id, a->meta.service) == 0)
				return true;
		}
	}
	return false;
}

static const char *
why(const struct hrd_explainer *e, const struct answer *a)
{
	if (a->matched && a->match.action == HRD_ACTION_OBSERVE && a->shared != NULL)
		return "a host of others that the apps use: counted, never blocked";
	if (a->matched && a->match.action == HRD_ACTION_PASSTHRU)
		return "exempt by a passthru rule";
	if (e->scope == NULL)
		return a->matched ? "a rule of the image" : "no rule of the image matches";
	if (a->listed != NULL && a->entity != NULL)
		return reason_of(&a->decision);
	if (a->never != NULL)
		return "on the never list: no rule may cover it";
	if (a->shared != NULL)
		return "a host of others that the apps use: never blocked";
	if (a->matched && is_of_feed(e, a))
		return "a rule of a feed";
	return a->matched ? "a rule of the inventory" : "not in the inventory";
}

/* The name or address that is asked about. */
static const char *
show(const struct answer *a, char shown[HRD_NAME_TEXT_MAX])
{
	if (a->is_name)
		hrd_name_to_text(&a->name, shown);
	else
		hrd_prefix_to_text(&a->address, shown);
	/* One address is written without its length. */
	if (!a->is_name && a->address.len == 128)
		*strchr(shown, '/') = '\0';
	return shown;
}

static void
member_if(struct hrd_json *json, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		hrd_json_member(json, key, text);
}

static void
json_evidence(struct hrd_json *json, const struct hrd_evidence_list *list)
{
	char date[HRD_DATE_TEXT_MAX];

	hrd_json_key(json, "evidence");
	hrd_json_array(json);
	for (size_t i = 0; i < list->count; i++) {
		const struct hrd_evidence *e = &list->all[i];

		hrd_json_object(json);
		member_if(json, "title", e->title);
		member_if(json, "url", e->url);
		member_if(json, "repository", e->repository);
		member_if(json, "path", e->path);
		member_if(json, "commit", e->commit);
		member_if(json, "date", e->date);
		if (e->retrieved != HRD_NO_DATE) {
			hrd_date_text(e->retrieved, date);
			hrd_json_member(json, "retrieved", date);
		}
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

static void
json_inventory(struct hrd_json *json, const struct hrd_explainer *e, const struct answer *a)
{
	hrd_json_member(json, "why", why(e, a));
	if (a->entity != NULL) {
		hrd_json_member(json, "entity_name", a->entity->name);
		hrd_json_member(json, "service_title", a->service->title);
		hrd_json_member(json, "confidence", hrd_grade_words[a->listed->confidence]);
		hrd_json_member(json, "basis_title", e->scope->basis->title);
		member_if(json, "permalink", e->scope->basis->permalink);
		member_if(json, "document", e->scope->basis->document);
		json_evidence(json, &a->listed->evidence);
	} else if (a->shared != NULL) {
		hrd_json_member(json, "vendor", a->shared->vendor);
		hrd_json_member(json, "role", a->shared->role);
		json_evidence(json, &a->shared->evidence);
	}
	if (a->known != NULL)
		hrd_json_member(json, "known_use", a->known->use);
	if (a->never != NULL)
		hrd_json_member(json, "never", a->never->reason);
	if (a->decision.override != NULL)
		hrd_json_member(json, "override", a->decision.override->reason);
	else if (a->override != NULL)
		hrd_json_member(json, "override", a->override->reason);
}

static void
json_rule(struct hrd_json *json, const struct hrd_explainer *e, const struct answer *a)
{
	char id[1500];

	hrd_rule_id(e->policy, &a->match, &a->base, id, sizeof(id));
	hrd_json_member(json, "trigger", hrd_trigger_name(a->match.trigger));
	hrd_json_member(json, "rule_id", id);
	member_if(json, "entity", a->meta.entity);
	member_if(json, "relation", a->meta.relation);
	member_if(json, "service", a->meta.service);
	if (is_of_feed(e, a))
		hrd_json_member(json, "feed", a->meta.service);
	member_if(json, "basis", a->meta.basis);
	member_if(json, "ede", a->meta.ede);
}

static void
json_hole(struct hrd_json *json, const struct hrd_hole *hole)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&hole->name, text);
	hrd_json_member(json, "hole", text);
}

static void
print_json(struct hrd_explainer *e, const struct answer *a)
{
	char unicode[HRD_IDNA_TEXT_MAX], shown[HRD_NAME_TEXT_MAX];
	struct hrd_json json;

	hrd_json_init(&json, false, hrd_json_to_stream, e->out);
	hrd_json_object(&json);
	hrd_json_key(&json, "name");
	if (a->error == NULL && a->taken)
		hrd_json_string(&json, show(a, shown));
	else
		hrd_json_string_len(&json, a->text, a->text_len);
	if (a->error != NULL)
		hrd_json_member(&json, "error", a->error);
	else
		hrd_json_member(&json, "action",
		    hrd_action_name(a->matched ? a->match.action : HRD_ACTION_NONE));
	if (a->error == NULL && a->taken) {
		hrd_json_key(&json, "asked");
		hrd_json_string_len(&json, a->text, a->text_len);
	}
	if (a->error == NULL && a->is_name && hrd_idna_to_text(&a->name, unicode))
		hrd_json_member(&json, "unicode", unicode);
	if (a->matched)
		json_rule(&json, e, a);
	if (a->hole != NULL)
		json_hole(&json, a->hole);
	if (a->error == NULL && e->scope != NULL)
		json_inventory(&json, e, a);
	if (a->error == NULL)
		member_if(&json, "expired", e->expired);
	hrd_json_object_end(&json);
	if (hrd_json_end(&json) != HRD_OK)
		e->failed = true;
}

static void
print_line(struct hrd_explainer *e, const char *label, const char *text, const char *more)
{
	if (text != NULL && text[0] != '\0')
		fprintf(e->out, "  %-9s %s%s%s\n", label, text, more != NULL ? ": " : "",
		    more != NULL ? more : "");
}

/* Where others can look at the source. */
static void
print_address(struct hrd_explainer *e, const struct hrd_evidence *source)
{
	fputs(source->url != NULL ? source->url : source->repository, e->out);
	if (source->path != NULL)
		fprintf(e->out, " %s", source->path);
	if (source->commit != NULL)
		fprintf(e->out, " @%.12s", source->commit);
}

static void
print_evidence(struct hrd_explainer *e, const struct hrd_evidence_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct hrd_evidence *source = &list->all[i];
		bool citable = source->url != NULL || source->repository != NULL;

		fprintf(e->out, "  %-9s ", i == 0 ? "evidence" : "");
		if (source->title != NULL)
			fputs(source->title, e->out);
		if (source->title != NULL && citable)
			fputs(" (", e->out);
		if (citable)
			print_address(e, source);
		fputs(source->title != NULL && citable ? ")\n" : "\n", e->out);
	}
}

static void
print_inventory(struct hrd_explainer *e, const struct answer *a)
{
	print_line(e, "why", why(e, a), NULL);
	if (is_of_feed(e, a))
		print_line(e, "feed", a->meta.service, a->meta.description);
	if (a->entity != NULL) {
		print_line(e, "entity", a->entity->id, a->entity->name);
		print_line(e, "service", a->service->id, a->service->title);
		print_line(e, "basis", e->scope->basis->id, e->scope->basis->title);
		print_line(e, "grade", hrd_grade_words[a->listed->confidence], a->listed->note);
		print_evidence(e, &a->listed->evidence);
	} else if (a->shared != NULL) {
		print_line(e, "vendor", a->shared->vendor, a->shared->role);
		print_evidence(e, &a->shared->evidence);
	}
	print_line(e, "known", a->known != NULL ? a->known->use : NULL, NULL);
	print_line(e, "never", a->never != NULL ? a->never->reason : NULL, NULL);
	if (a->override != NULL)
		print_line(e, "override", a->override->reason, a->override->owner);
}

static void
print_hole(struct hrd_explainer *e, const struct answer *a)
{
	char text[HRD_NAME_TEXT_MAX];

	if (a->hole == NULL)
		return;
	hrd_name_to_text(&a->hole->name, text);
	if (!a->matched)
		fprintf(e->out, "  %-9s kept by compile --wildcards=rfc4592, because %s exists\n",
		    "hole", text);
	else
		fprintf(e->out,
		    "  %-9s BIND or Unbound would let it through, because %s exists; %s\n", "hole",
		    text,
		    e->scope != NULL ? "build lists that too"
				     : "dump --close-holes and build list that too");
}

/* What was pasted, which may hold anything, and what it was taken for. */
static void
print_asked(struct hrd_explainer *e, const struct answer *a)
{
	const char *form = hrd_question_form_text(a->form);
	char *text = a->taken ? hrd_sanitised(a->text) : NULL;

	if (text != NULL)
		fprintf(e->out, "  %-9s %s%s%s%s\n", "asked", text, form[0] != '\0' ? " (" : "",
		    form, form[0] != '\0' ? ")" : "");
	free(text);
}

static void
print_text(struct hrd_explainer *e, const struct answer *a)
{
	char shown[HRD_NAME_TEXT_MAX], unicode[HRD_IDNA_TEXT_MAX], id[1500];

	fputs(show(a, shown), e->out);
	if (a->is_name && hrd_idna_to_text(&a->name, unicode))
		fprintf(e->out, " (%s)", unicode);
	fprintf(e->out, ": %s\n", hrd_action_name(a->matched ? a->match.action : HRD_ACTION_NONE));
	print_asked(e, a);
	if (a->matched) {
		hrd_rule_id(e->policy, &a->match, &a->base, id, sizeof(id));
		print_line(e, "rule", id, NULL);
	}
	print_hole(e, a);
	if (e->scope != NULL) {
		print_inventory(e, a);
	} else if (a->matched) {
		print_line(e, "entity", a->meta.entity, a->meta.relation);
		print_line(e, is_of_feed(e, a) ? "feed" : "service", a->meta.service,
		    is_of_feed(e, a) ? a->meta.description : NULL);
		print_line(e, "basis", a->meta.basis, a->meta.ede);
	}
}

static void
report_error(struct hrd_explainer *e, const struct answer *a)
{
	enum { SHOWN_MAX = 200 };

	hrd_diag(e->diag, HRD_ERROR, &e->asked_at, "explain-question", "\"%.*s%s\": %s",
	    (int)(a->text_len < SHOWN_MAX ? a->text_len : SHOWN_MAX), a->text,
	    a->text_len < SHOWN_MAX ? "" : "...", a->error);
}

static void
print(struct hrd_explainer *e, const struct answer *a)
{
	if (a->error != NULL)
		report_error(e, a);
	if (a->error != NULL && !e->json)
		return;
	if (e->json)
		print_json(e, a);
	else
		print_text(e, a);
	e->failed = e->failed || ferror(e->out);
}

/* White space ends a name in every notation; where it belongs to one it is escaped. */
static bool
has_space(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] <= 0x20 || text[i] == 0x7f)
			return true;
	}
	return false;
}

static void
look_up_address(struct hrd_explainer *e, enum hrd_trigger trigger, struct answer *a)
{
	a->is_name = false;
	a->matched = hrd_policy_find_addr(e->policy, trigger, &a->address, &a->match);
	if (a->matched)
		hrd_policy_meta(e->policy, a->match.meta, &a->meta);
}

static void
look_up_name(struct hrd_explainer *e, const struct hrd_name *name, struct answer *a)
{
	a->is_name = true;
	a->name = *name;
	look_up(e, HRD_TRIGGER_QNAME, a);
}

/* What was pasted may be read in two ways: the one that a rule is for is meant. */
static void
look_up_question(struct hrd_explainer *e, const struct hrd_question *q, struct answer *a)
{
	struct hrd_match match;
	bool as_other = q->has_other && hrd_policy_find(e->policy, HRD_TRIGGER_QNAME, q->other.wire,
					    q->other.len, &match);

	a->form = q->form;
	a->address = q->address;
	if (q->form == HRD_ASKED_ADDRESS && !as_other) {
		look_up_address(e, HRD_TRIGGER_RESPONSE_IP, a);
		return;
	}
	if (q->form != HRD_ASKED_ADDRESS)
		look_up_name(e, &q->name, a);
	if (!a->matched && as_other)
		look_up_name(e, &q->other, a);
}

static void
explain_question(struct hrd_explainer *e, const char *text, size_t len)
{
	struct answer a = { .text = text, .text_len = len };
	char shown[HRD_NAME_TEXT_MAX];
	struct hrd_question question;
	const char *error = NULL;
	int status = hrd_question_read(&question, text, len, &error);

	if (status == HRD_ENOMEM) {
		hrd_diag_nomem(e->diag);
		return;
	}
	if (status == HRD_OK)
		look_up_question(e, &question, &a);
	/* "none" of a text that may mean another name would be a promise that nobody can keep. */
	if (status != HRD_OK || (question.unclear && !a.matched)) {
		a = (struct answer){ .text = text, .text_len = len, .error = error };
	} else {
		a.taken = (a.form != HRD_ASKED_NAME || has_space(text, len)) &&
			  strcmp(text, show(&a, shown)) != 0;
	}
	print(e, &a);
}

void
hrd_explain_name(struct hrd_explainer *e, enum hrd_trigger trigger, const char *text, size_t len)
{
	struct answer a = { .text = text, .text_len = len, .is_name = true };

	if (trigger == HRD_TRIGGER_QNAME) {
		explain_question(e, text, len);
		return;
	}
	if (has_space(text, len) || hrd_name_from_text(&a.name, text, len) != HRD_OK)
		a.error = "not a domain name";
	else
		look_up(e, trigger, &a);
	print(e, &a);
}

/* An address in any form that DNS software logs, ::ffff:192.0.2.1 too, or a prefix. */
static bool
read_address(struct hrd_prefix *out, const char *text)
{
	uint8_t octets[16];

	if (inet_pton(AF_INET6, text, octets) == 1)
		return hrd_prefix_from_addr(out, octets, sizeof(octets)) == HRD_OK;
	return hrd_prefix_from_text(out, text, strlen(text)) == HRD_OK;
}

void
hrd_explain_address(struct hrd_explainer *e, enum hrd_trigger trigger, const char *text)
{
	struct answer a = { .text = text, .text_len = strlen(text) };

	if (read_address(&a.address, text))
		look_up_address(e, trigger, &a);
	else
		a.error = "not an address or prefix; write 192.0.2.1, 192.0.2.0/24 or 2001:db8::1";
	print(e, &a);
}

void
hrd_explain_server(struct hrd_explainer *e, const char *text)
{
	struct hrd_prefix prefix;

	/* No domain name of use has the form of an address. */
	if (read_address(&prefix, text))
		hrd_explain_address(e, HRD_TRIGGER_NSIP, text);
	else
		hrd_explain_name(e, HRD_TRIGGER_NSDNAME, text, strlen(text));
}
