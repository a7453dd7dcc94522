/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen history: what a policy was from publication to publication, and whether the chain of its
 * manifests is whole. */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "rpzgen/deliver/history.h"
#include "rpzgen/inventory/evidence.h"
#include "rpzgen/rules/diff.h"

enum { OPT_ANCHOR, OPT_INVENTORY };

static const struct hrd_option options[] = {
	{ "anchor", 0, "PATH", "public keys; every manifest must be signed by one of them" },
	{ "inventory", 0, "FILE", "tell the evidence of names that this inventory lists" },
	{ NULL, 0, NULL, NULL },
};

struct run {
	struct hrd_args *args;
	struct hrd_history history;
	struct hrd_nameset listed;
	const struct hrd_ruleset *before, *after; /* of the change that is told */
	struct hrd_json *json;
	size_t changes;
};

/* What a member is, beside the one that it follows. */
static const char *
describe(const struct hrd_history *history, size_t i)
{
	const struct hrd_history_member *member = history->members[i];
	const struct hrd_manifest *before;

	switch (member->link) {
	case HRD_LINK_FIRST:
		return member->manifest.has_previous ? "the oldest here" : "first";
	case HRD_LINK_NONE:
		return "not linked";
	case HRD_LINK_LOST:
	case HRD_LINK_GAP:
		return "broken: what it follows is not here";
	case HRD_LINK_FORK:
		return "broken: a second history";
	case HRD_LINK_BACKWARD:
		return "broken: it goes back";
	case HRD_LINK_WHOLE:
		break;
	}
	before = &history->members[member->followed]->manifest;
	if (memcmp(before->rule_digest, member->manifest.rule_digest, HRD_RULE_DIGEST_LEN) != 0)
		return "rules changed";
	return before->serial == member->manifest.serial ? "renewed" : "other parts changed";
}

static void
print_change(const char *owner, const struct hrd_rule *before, const struct hrd_rule *after,
    const struct hrd_meta *meta, const struct hrd_evidence_list *evidence)
{
	printf("  %c %s %s%s%s",
	    before == NULL  ? '+'
	    : after == NULL ? '-'
			    : '~',
	    owner, before != NULL ? hrd_action_name(before->action) : "",
	    before != NULL && after != NULL ? " -> " : "",
	    after != NULL ? hrd_action_name(after->action) : "");
	if (meta->entity[0] != '\0' || meta->basis[0] != '\0')
		printf(
		    "  (%s%s%s)", meta->entity, meta->entity[0] != '\0' ? ", " : "", meta->basis);
	putchar('\n');
	if (owner[0] == '*')
		return; /* the wildcard rests on the same as its base name */
	if (meta->reference[0] != '\0')
		printf("      basis: %s\n", meta->reference);
	for (size_t i = 0; evidence != NULL && i < evidence->count; i++)
		printf("      evidence: %s\n", hrd_evidence_address(&evidence->all[i]));
}

static void
write_change(struct hrd_json *json, const char *owner, const struct hrd_rule *before,
    const struct hrd_rule *after, const struct hrd_meta *meta,
    const struct hrd_evidence_list *evidence)
{
	hrd_json_object(json);
	hrd_json_member(json, "owner", owner);
	if (before != NULL)
		hrd_json_member(json, "before", hrd_action_name(before->action));
	if (after != NULL)
		hrd_json_member(json, "after", hrd_action_name(after->action));
	if (meta->entity[0] != '\0')
		hrd_json_member(json, "entity", meta->entity);
	if (meta->basis[0] != '\0')
		hrd_json_member(json, "basis", meta->basis);
	if (meta->reference[0] != '\0')
		hrd_json_member(json, "reference", meta->reference);
	if (evidence != NULL) {
		hrd_json_key(json, "evidence");
		hrd_json_array(json);
		for (size_t i = 0; i < evidence->count; i++)
			hrd_json_string(json, hrd_evidence_address(&evidence->all[i]));
		hrd_json_array_end(json);
	}
	hrd_json_object_end(json);
}

static void
report_change(void *ctx, enum hrd_rule_change change, const struct hrd_rule *before,
    const struct hrd_rule *after)
{
	struct run *t = ctx;
	const struct hrd_rule *rule = after != NULL ? after : before;
	const struct hrd_evidence_list *evidence = hrd_evidence_of(&t->listed, rule);
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_meta meta;

	(void)change;
	t->changes++;
	hrd_rules_meta_get(after != NULL ? t->after : t->before, rule->meta, &meta);
	hrd_dump_owner_of(rule, owner);
	if (t->args->json)
		write_change(t->json, owner, before, after, &meta, evidence);
	else if (!t->args->quiet)
		print_change(owner, before, after, &meta, evidence);
}

/* The image of a member must be the one that its manifest describes, where it is there. */
static struct hrd_ruleset *
rules_of(struct run *t, const struct hrd_history_member *member)
{
	struct hrd_position place = { member->path, 0, 0 };
	bool other;
	struct hrd_ruleset *rules = hrd_history_rules(member, &other, t->args->diag);

	if (other)
		hrd_diag(t->args->diag, HRD_ERROR, &place, "manifest-digest",
		    "the image with it is not the one that it describes");
	return rules;
}

/* What member i changed, where it follows one, and both images are here. before: the rules of that
 * one, or NULL. */
static void
report_changes(
    struct run *t, size_t i, const struct hrd_ruleset *before, const struct hrd_ruleset *after)
{
	const struct hrd_history_member *member = t->history.members[i];
	struct hrd_diff diff = {
		.before = before, .after = after, .observe = true, .report = report_change, .ctx = t
	};

	hrd_json_key(t->json, "changes");
	hrd_json_array(t->json);
	t->before = before;
	t->after = after;
	if (before != NULL && after != NULL)
		hrd_diff(&diff);
	else if (!t->args->json && !t->args->quiet && member->link == HRD_LINK_WHOLE &&
		 strcmp(describe(&t->history, i), "rules changed") == 0)
		puts("  which rules is not known: an image is not with its manifest");
	hrd_json_array_end(t->json);
}

static void
report_head(struct run *t, size_t i)
{
	static const char *const seals[] = { "unknown", "yes", "no" };
	const struct hrd_history_member *member = t->history.members[i];
	const struct hrd_manifest *m = &member->manifest;
	char created[HRD_TIME_TEXT_MAX];

	hrd_json_member(t->json, "file", member->path);
	hrd_json_member(t->json, "id", m->id);
	hrd_json_number(t->json, "serial", m->serial);
	hrd_result_time(t->json, "created", m->created);
	hrd_result_time(t->json, "not_after", m->not_after);
	hrd_json_number(t->json, "rules", m->rules);
	hrd_json_member(t->json, "signed", seals[member->seal]);
	hrd_json_flag(
	    t->json, "whole", member->link == HRD_LINK_FIRST || member->link == HRD_LINK_WHOLE);
	hrd_json_member(t->json, "what", describe(&t->history, i));
	hrd_json_hex(t->json, "digest", m->digest, sizeof(m->digest));
	if (t->args->json || t->args->quiet)
		return;
	hrd_time_text(m->created, created);
	printf("%s  %s serial %" PRIu32 ", %" PRIu64 " rules: %s%s\n", created, m->id, m->serial,
	    m->rules, describe(&t->history, i),
	    member->seal == HRD_SEAL_GOOD  ? "; signed"
	    : member->seal == HRD_SEAL_BAD ? "; NOT SIGNED by the publisher"
					   : "");
}

/* Every member in turn; the rules of one at a time and of the one before are in memory. */
static void
report_all(struct run *t)
{
	struct hrd_ruleset *last = NULL, *now;

	hrd_json_key(t->json, "manifests");
	hrd_json_array(t->json);
	for (size_t i = 0; i < t->history.count; i++) {
		const struct hrd_history_member *member = t->history.members[i];
		bool follows_last = member->link == HRD_LINK_WHOLE && member->followed + 1 == i;

		hrd_json_object(t->json);
		report_head(t, i);
		now = rules_of(t, member);
		report_changes(t, i, follows_last ? last : NULL, now);
		hrd_json_object_end(t->json);
		hrd_rules_free(last);
		last = now;
	}
	hrd_rules_free(last);
	hrd_json_array_end(t->json);
	if (!t->args->json && !t->args->quiet)
		printf("%zu manifest%s\n", t->history.count, t->history.count == 1 ? "" : "s");
}

static bool
read_all(struct run *t, const struct hrd_anchors *anchors)
{
	for (int i = 0; i < t->args->argc; i++)
		(void)!hrd_history_add(&t->history, t->args->argv[i], anchors, t->args->diag);
	hrd_history_link(&t->history);
	hrd_history_report(&t->history, t->args->diag);
	if (t->history.count > 0)
		return true;
	if (hrd_diag_errors(t->args->diag) == 0)
		hrd_diag(t->args->diag, HRD_ERROR, &(struct hrd_position){ t->args->argv[0], 0, 0 },
		    "history-nothing", "there is no manifest.json in it or below");
	return false;
}

static int
run(struct hrd_args *args)
{
	const char *anchor = hrd_arg_value(args, OPT_ANCHOR),
		   *path = hrd_arg_value(args, OPT_INVENTORY);
	struct run t = { .args = args, .json = hrd_args_result(args) };
	struct hrd_anchors *anchors = calloc(1, sizeof(*anchors));
	struct hrd_inventory *inventory = NULL;
	bool good = anchors != NULL;

	if (anchors == NULL)
		hrd_diag_nomem(args->diag);
	if (good && anchor != NULL)
		good = hrd_anchors_read(anchor, args->diag, anchors);
	if (good && path != NULL) {
		inventory = hrd_inventory_read(path, args->diag);
		good = inventory != NULL && hrd_diag_errors(args->diag) == 0;
		if (good)
			hrd_evidence_index(&t.listed, inventory);
	}
	if (good && read_all(&t, anchor != NULL ? anchors : NULL))
		report_all(&t);
	hrd_history_clear(&t.history);
	hrd_nameset_free(&t.listed);
	hrd_inventory_free(inventory);
	free(anchors);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_history = {
	.name = "history",
	.synopsis = "[--anchor PATH] [--inventory FILE] DIR|MANIFEST...",
	.summary = "show what changed when, and whether the chain of manifests is whole",
	.help = "Takes manifests, directories with generations, and git clones in which "
		"publications were\ncommitted.  Each manifest carries the digest of the one before "
		"it: what is missing, forked\nor changed is told, and the exit status is 1.\n",
	.examples = "  rpzgen history --anchor /etc/hradba/public /var/lib/hradba/feed\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
