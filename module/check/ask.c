/* SPDX-License-Identifier: BSD-3-Clause */
/* Asks the decision. */
#include <config.h>

#include "module/check/ask.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/json.h"

enum { RULE_ID_MAX = 1500, REASON_MAX = 1200 };

struct answer {
	const char *action; /* what the client gets */
	struct hrd_verdict verdict;
	const struct hrd_hit *hit; /* the rule, within verdict, or NULL */
	const struct hrd_client_group *group;
	enum hrd_mode mode;
	char rule[RULE_ID_MAX];
	char reason[REASON_MAX];
};

static const char *const mode_words[] = { "enforce", "observe", "off" };

/* "owner: J. Doe, reason: ticket 1, until: 2026-12-31", as far as it is said. */
static void
describe(const struct hrd_exemption *exemption, char *text, size_t size)
{
	char end[HRD_END_TEXT_MAX];

	hrd_exemption_end_text(exemption, end);
	snprintf(text, size, "owner: %.200s, reason: %.400s, until: %s",
	    exemption->owner != NULL ? exemption->owner : "not said",
	    exemption->reason != NULL ? exemption->reason : "not said",
	    end[0] != '\0' ? end : "no end");
}

/* The entry of the allow list that exempts the name; the deepest one. */
static const struct hrd_allow_entry *
find_entry(const struct hrd_generation *generation, const struct hrd_name *name)
{
	const struct hrd_allow_list *list =
	    generation->allow != NULL ? generation->allow->list : NULL;
	const struct hrd_allow_entry *best = NULL;

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct hrd_allow_entry *entry = &list->entries[i];
		bool covers = entry->exact ? hrd_name_cmp(&entry->name, name) == 0
					   : hrd_name_is_at_or_below(name, &entry->name);

		if (covers && (best == NULL || entry->name.len > best->name.len))
			best = entry;
	}
	return best;
}

static void
explain_hit(const struct hrd_ask *ask, struct answer *a)
{
	const struct hrd_allow_entry *entry = NULL;
	char who[REASON_MAX];

	if (strcmp(a->hit->layer->info->id, HRD_ALLOW_ID) == 0)
		entry = find_entry(ask->generation, &ask->name);
	if (entry != NULL) {
		describe(&entry->exemption, who, sizeof(who));
		snprintf(
		    a->reason, sizeof(a->reason), "exempt by the local allow list (%.900s)", who);
	} else if (a->hit->layer->override == HRD_OVERRIDE_DISABLED) {
		snprintf(a->reason, sizeof(a->reason),
		    "the policy only observes here (override: disabled, or it has expired)");
	} else if (a->hit->layer->override != HRD_OVERRIDE_NONE) {
		snprintf(a->reason, sizeof(a->reason), "a rule of the policy, as override says");
	} else {
		snprintf(a->reason, sizeof(a->reason), "%s",
		    a->verdict.action == HRD_ACTION_PASSTHRU ? "let through by a rule of the policy"
							     : "a rule of the policy");
	}
}

/* A mode other than enforce takes the action from the rule. */
static void
apply_mode(const struct hrd_ask *ask, struct answer *a, enum hrd_action action)
{
	bool all_off = ask->generation->mode == HRD_MODE_OFF;
	char who[REASON_MAX], whose[128];

	if (all_off)
		a->mode = HRD_MODE_OFF;
	if (a->mode == HRD_MODE_ENFORCE)
		return;
	if (a->group != NULL && !all_off) {
		describe(&a->group->exemption, who, sizeof(who));
		snprintf(whose, sizeof(whose), "group %s", a->group->name);
	} else {
		snprintf(who, sizeof(who), "mode: %s of the settings, ", mode_words[a->mode]);
		describe(&ask->generation->settings->mode_exemption, who + strlen(who),
		    sizeof(who) - strlen(who));
		snprintf(whose, sizeof(whose), "every client%s", all_off ? "" : " in no group");
	}
	a->action = a->mode == HRD_MODE_OBSERVE && a->hit != NULL ? "observe" : "none";
	snprintf(a->reason, sizeof(a->reason), "%s is %s: %s%s (%.800s)", whose,
	    a->mode == HRD_MODE_OFF ? "exempt" : "observed",
	    a->hit != NULL ? "without that " : "nothing is listed",
	    a->hit != NULL ? hrd_action_name(action) : "", who);
}

static void
decide(const struct hrd_ask *ask, struct answer *a)
{
	const struct hrd_generation *g = ask->generation;
	struct hrd_layer_list layers = g->layers;
	struct hrd_verdict *verdict = &a->verdict;

	memset(a, 0, sizeof(*a));
	a->group = ask->client != NULL ? hrd_client_table_find(&g->groups, ask->client) : NULL;
	a->mode = a->group != NULL ? a->group->mode : g->mode;
	if (a->group != NULL)
		layers.skipped = g->skipped[a->group - g->settings->clients.groups];
	hrd_verdict_init(verdict);
	(void)!hrd_decide_query(&layers, ask->client, ask->name.wire, ask->name.len, verdict);
	a->action = hrd_action_name(verdict->action);
	if (verdict->action != HRD_ACTION_NONE)
		a->hit = &verdict->hit;
	else if (verdict->observed.layer != NULL)
		a->hit = &verdict->observed;
	snprintf(a->reason, sizeof(a->reason), "no policy lists it");
	if (a->hit != NULL) {
		hrd_rule_id(
		    a->hit->layer->policy, &a->hit->match, &a->hit->base, a->rule, sizeof(a->rule));
		explain_hit(ask, a);
		if (a->hit == &verdict->observed)
			a->action = hrd_action_name(HRD_ACTION_OBSERVE);
	}
	if (g->servfail)
		snprintf(a->reason, sizeof(a->reason),
		    "a policy is missing and on-missing is servfail: every client gets SERVFAIL");
	else
		apply_mode(ask, a, verdict->action);
}

static void
member_or_null(struct hrd_json *json, const char *key, const char *text)
{
	hrd_json_key(json, key);
	if (text != NULL)
		hrd_json_string(json, text);
	else
		hrd_json_null(json);
}

void
hrd_ask_print(const struct hrd_ask *ask, bool as_json)
{
	struct hrd_json json;
	struct answer a;
	const char *policy, *group;

	decide(ask, &a);
	policy = a.hit != NULL ? a.hit->layer->info->id : NULL;
	group = a.group != NULL ? a.group->name : NULL;
	if (!as_json) {
		printf("%s: %s\n", ask->text, a.action);
		if (policy != NULL)
			printf("  policy    %s\n  rule      %s\n", policy, a.rule);
		if (group != NULL)
			printf("  group     %s\n", group);
		printf("  mode      %s\n  reason    %s\n", mode_words[a.mode], a.reason);
		return;
	}
	hrd_json_init(&json, false, hrd_json_to_stream, stdout);
	hrd_json_object(&json);
	hrd_json_member(&json, "name", ask->text);
	hrd_json_member(&json, "action", a.action);
	member_or_null(&json, "policy", policy);
	member_or_null(&json, "rule", policy != NULL ? a.rule : NULL);
	member_or_null(&json, "group", group);
	hrd_json_member(&json, "mode", mode_words[a.mode]);
	hrd_json_member(&json, "reason", a.reason);
	hrd_json_object_end(&json);
	/* A failed write is noticed when stdout is closed. */
	(void)!hrd_json_end(&json);
}
