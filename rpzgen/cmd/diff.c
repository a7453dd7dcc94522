/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen diff: what changed between two rule sets, whatever their notation. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json.h"
#include "rpzgen/base/dates.h"
#include "rpzgen/inventory/changes.h"
#include "rpzgen/inventory/evidence.h"
#include "rpzgen/policy/source.h"
#include "rpzgen/rules/diff.h"
#include "rpzgen/rules/nameset.h"
#include "rpzgen/zone/write.h"

enum { OPT_PROFILE, OPT_DATE, OPT_MARKDOWN, OPT_EXIT_CODE, OPT_ORIGIN };

static const struct hrd_option options[] = {
	{ "profile", 0, "ID", "profile of an inventory (default: its first)" },
	{ "date", 0, "DATE", "day of an inventory's rules (default: today)" },
	{ "markdown", 'm', NULL, "print a table for a merge request" },
	{ "exit-code", 0, NULL, "end with 1 when there is a difference" },
	{ "origin", 0, "NAME", "apex of the zones, where they do not say it" },
	{ NULL, 0, NULL, NULL },
};

enum form { TEXT, JSON, MARKDOWN };

struct output {
	enum form form;
	struct hrd_source before, after;
	struct hrd_nameset listed[2]; /* of the inventories; values: struct hrd_listed */
	uint64_t inventory_changes;
	bool nomem;
	struct hrd_json *json;
	enum hrd_change only; /* JSON: the array that is being written */
};

static const char *const change_words[] = { "added", "removed", "changed" };
static const char change_signs[] = { '+', '-', '~' };

/* "nxdomain", or "nxdomain -> passthru". */
static void
print_actions(const struct hrd_rule *before, const struct hrd_rule *after)
{
	if (before != NULL)
		fputs(hrd_action_name(before->action), stdout);
	if (before != NULL && after != NULL)
		fputs(" -> ", stdout);
	if (after != NULL)
		fputs(hrd_action_name(after->action), stdout);
}

static void
print_text(const char *owner, const struct hrd_meta *meta, const struct hrd_evidence_list *evidence)
{
	if (meta->entity[0] != '\0' || meta->basis[0] != '\0')
		printf(
		    "  (%s%s%s)", meta->entity, meta->entity[0] != '\0' ? ", " : "", meta->basis);
	putchar('\n');
	/* The wildcard rests on the same evidence as its base name. */
	for (size_t i = 0; evidence != NULL && owner[0] != '*' && i < evidence->count; i++)
		printf("    %s\n", hrd_evidence_address(&evidence->all[i]));
}

/* Texts of an inventory in a table cell: what would end the cell or begin markup is escaped. */
static void
print_cell(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("|\\`*_<>[]", *text) != NULL)
			putchar('\\');
		putchar(*text == '\n' ? ' ' : *text);
	}
}

static void
print_row(const struct hrd_meta *meta, const struct hrd_evidence_list *evidence)
{
	fputs(" | ", stdout);
	print_cell(meta->entity);
	fputs(" | ", stdout);
	print_cell(meta->basis);
	fputs(" | ", stdout);
	for (size_t i = 0; evidence != NULL && i < evidence->count; i++) {
		fputs(i > 0 ? ", " : "", stdout);
		print_cell(hrd_evidence_address(&evidence->all[i]));
	}
	puts(" |");
}

static void
print_change(const struct output *o, enum hrd_change change, const char *owner,
    const struct hrd_rule *before, const struct hrd_rule *after, const struct hrd_meta *meta,
    const struct hrd_evidence_list *evidence)
{
	if (o->form == TEXT)
		printf("%c %s ", change_signs[change], owner);
	else
		printf("| %s | `%s` | ", change_words[change], owner);
	print_actions(before, after);
	if (o->form == TEXT)
		print_text(owner, meta, evidence);
	else
		print_row(meta, evidence);
}

static void
json_change(struct hrd_json *json, const char *owner, const struct hrd_rule *before,
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
tell(void *ctx, enum hrd_change change, const struct hrd_rule *before, const struct hrd_rule *after)
{
	struct output *o = ctx;
	const struct hrd_rule *rule = after != NULL ? after : before;
	const struct hrd_rules *set = after != NULL ? o->after.rules : o->before.rules;
	const struct hrd_evidence_list *evidence = hrd_evidence_of(&o->listed[after != NULL], rule);
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_meta meta;

	if (o->form == JSON && change != o->only)
		return;
	hrd_rules_meta_get(set, rule->meta, &meta);
	hrd_dump_owner_of(rule, owner);
	if (o->form == JSON)
		json_change(o->json, owner, before, after, &meta, evidence);
	else
		print_change(o, change, owner, before, after, &meta, evidence);
}

/* One difference beside the rules. */
static void
tell_inventory(void *ctx, const struct hrd_inventory_change *change)
{
	struct output *o = ctx;
	char *before = hrd_sanitised(change->before != NULL ? change->before : "");
	char *after = hrd_sanitised(change->after != NULL ? change->after : "");

	o->inventory_changes++;
	if (before == NULL || after == NULL) {
		o->nomem = true;
	} else if (o->form == JSON) {
		hrd_json_object(o->json);
		hrd_json_member(o->json, "change", change_words[change->change]);
		hrd_json_member(o->json, "what", change->what);
		if (change->key != NULL)
			hrd_json_member(o->json, "key", change->key);
		if (change->before != NULL)
			hrd_json_member(o->json, "before", change->before);
		if (change->after != NULL)
			hrd_json_member(o->json, "after", change->after);
		hrd_json_object_end(o->json);
	} else if (o->form == MARKDOWN) {
		printf("| %s | ", change_words[change->change]);
		print_cell(change->what);
		printf(" | ");
		print_cell(change->key != NULL ? change->key : "");
		printf(" | ");
		print_cell(before);
		printf(" | ");
		print_cell(after);
		puts(" |");
	} else {
		printf("%c %s%s%s: %s%s%s\n", change_signs[change->change], change->what,
		    change->key != NULL ? ", " : "", change->key != NULL ? change->key : "", before,
		    change->change == HRD_CHANGED ? " -> " : "", after);
	}
	free(before);
	free(after);
}

/* Acts, evidence, grades, owners, reasons and ends, where both sides are inventories. */
static void
write_inventory(struct output *o, struct hrd_diag *diag)
{
	if (o->before.inventory == NULL || o->after.inventory == NULL)
		return;
	if (o->form == JSON) {
		hrd_json_key(o->json, "inventory");
		hrd_json_array(o->json);
	} else if (o->form == MARKDOWN) {
		puts("\n| change | of the inventory | key | before | after |");
		puts("|---|---|---|---|---|");
	}
	if (hrd_inventory_changes(o->before.inventory, o->after.inventory, tell_inventory, o) !=
		HRD_OK ||
	    o->nomem)
		hrd_diag_nomem(diag);
	if (o->form == JSON)
		hrd_json_array_end(o->json);
	else
		printf("%s%llu changes of the inventory\n", o->form == MARKDOWN ? "\n" : "",
		    (unsigned long long)o->inventory_changes);
}

static void
write_json(struct output *o, struct hrd_diff *diff)
{
	for (int change = HRD_ADDED; change <= HRD_CHANGED; change++) {
		o->only = (enum hrd_change)change;
		hrd_json_key(o->json, change_words[change]);
		hrd_json_array(o->json);
		hrd_diff(diff);
		hrd_json_array_end(o->json);
	}
}

static void
write_lines(struct output *o, struct hrd_diff *diff)
{
	if (o->form == MARKDOWN)
		puts("| change | owner | action | entity | basis | evidence |\n"
		     "|---|---|---|---|---|---|");
	hrd_diff(diff);
	printf("%s%llu added, %llu removed, %llu changed\n", o->form == MARKDOWN ? "\n" : "",
	    (unsigned long long)diff->counts[HRD_ADDED],
	    (unsigned long long)diff->counts[HRD_REMOVED],
	    (unsigned long long)diff->counts[HRD_CHANGED]);
}

static int
compare(struct output *o, const struct hrd_args *args)
{
	struct hrd_diff diff = { .before = o->before.rules,
		.after = o->after.rules,
		.observe = o->before.kind != HRD_SOURCE_ZONE && o->after.kind != HRD_SOURCE_ZONE,
		.tell = tell,
		.ctx = o };

	if (o->before.inventory != NULL)
		hrd_evidence_index(&o->listed[0], o->before.inventory);
	if (o->after.inventory != NULL)
		hrd_evidence_index(&o->listed[1], o->after.inventory);
	if (o->form == JSON)
		write_json(o, &diff);
	else
		write_lines(o, &diff);
	write_inventory(o, args->diag);
	hrd_nameset_free(&o->listed[0]);
	hrd_nameset_free(&o->listed[1]);
	if (hrd_arg(args, OPT_EXIT_CODE) == NULL)
		return HRD_EXIT_OK;
	return diff.counts[HRD_ADDED] + diff.counts[HRD_REMOVED] + diff.counts[HRD_CHANGED] +
			   o->inventory_changes >
		       0
		   ? HRD_EXIT_REJECTED
		   : HRD_EXIT_OK;
}

static int
run(struct hrd_args *args)
{
	struct hrd_source_options load = { .profile = hrd_arg(args, OPT_PROFILE),
		.quiet = args->quiet };
	struct hrd_name origin;
	struct output o = { .form = TEXT, .json = hrd_args_result(args) };
	int status = HRD_EXIT_OK;

	if (args->json)
		o.form = JSON;
	else if (hrd_arg(args, OPT_MARKDOWN) != NULL)
		o.form = MARKDOWN;
	if (!hrd_date_option(hrd_arg(args, OPT_DATE), args->diag, &load.date) ||
	    !hrd_arg_name(args, OPT_ORIGIN, &origin))
		return HRD_EXIT_USAGE;
	load.origin = hrd_arg(args, OPT_ORIGIN) != NULL ? &origin : NULL;
	/* Both are loaded, so that the faults of both are told. */
	if ((int)hrd_source_read(&o.before, args->argv[0], &load, args->diag) +
		(int)hrd_source_read(&o.after, args->argv[1], &load, args->diag) ==
	    2)
		status = compare(&o, args);
	hrd_source_clear(&o.before);
	hrd_source_clear(&o.after);
	return status;
}

const struct hrd_command hrd_cmd_diff = {
	.name = "diff",
	.synopsis = "[OPTION]... BEFORE AFTER",
	.summary = "show what changed between two rule sets",
	.help = "BEFORE and AFTER are inventories, zones, policy images or manifests, in any mix.\n"
		"Observe rules are left out where one side is a zone. Of two inventories it also\n"
		"shows what changed in acts, evidence, grades, overrides and dates.\n",
	.examples = "  rpzgen diff old.yaml zones/deepseek.yaml\n"
		    "  rpzgen diff --markdown out/manifest.json new/manifest.json\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 2,
	.max_operands = 2,
	.run = run,
};
