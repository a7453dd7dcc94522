/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen diff: what changed between two rule sets, whatever their notation; of inventories over all
 * profiles and over the days on which something of them begins or ends. */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/base/now.h"
#include "rpzgen/cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/json.h"
#include "rpzgen/base/shown.h"
#include "rpzgen/inventory/changes.h"
#include "rpzgen/inventory/schedule.h"
#include "rpzgen/inventory/evidence.h"
#include "rpzgen/policy/source.h"
#include "rpzgen/rules/difftable.h"
#include "rpzgen/rules/nameset.h"
#include "rpzgen/zone/write.h"

enum { OPT_PROFILE, OPT_DATE, OPT_FROM, OPT_TO, OPT_MARKDOWN, OPT_EXIT_CODE, OPT_ORIGIN };
enum { DAYS_MAX = 64 };

static const struct hrd_option options[] = {
	{ "profile", 0, "ID", "this profile of an inventory (default: all of two inventories)" },
	{ "date", 0, "DATE", "the rules of this day alone" },
	{ "from", 0, "DATE", "the rules from this day on (default: today)" },
	{ "to", 0, "DATE", "the rules up to this day (default: no end)" },
	{ "markdown", 'm', NULL, "print a table for a merge request" },
	{ "exit-code", 0, NULL, "end with 1 when there is a difference" },
	{ "origin", 0, "NAME", "apex of the zones, where they do not say it" },
	{ NULL, 0, NULL, NULL },
};

enum form { TEXT, JSON, MARKDOWN };

struct output {
	enum form form;
	struct hrd_source before, after;
	struct hrd_source *later;     /* of these, the second side; before where only it is given */
	struct hrd_nameset listed[2]; /* of the inventories; values: struct hrd_listed */
	const char **profiles;        /* that are compared, by number */
	size_t profile_count, profile_room;
	struct hrd_schedule days; /* on which they are */
	bool folded;              /* rows are of the table */
	struct hrd_difftable table;
	uint64_t counts[3];     /* of rows, by enum hrd_rule_change */
	uint64_t other_changes; /* of the inventory, of the policy as a whole */
	bool nomem;
	struct hrd_json *json;
	enum hrd_rule_change only; /* JSON: the array that is being written */
};

static const char *const change_words[] = { "added", "removed", "changed" };
static const struct hrd_position nowhere = { NULL, 0, 0 };
static const char change_signs[] = { '+', '-', '~' };

enum { DAYS_TEXT_MAX = 64 };

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

/* As dump --json has it: a hole that was kept is no rule, but its coming and going is a change. */
static const char *
action_word(enum hrd_action action)
{
	return action == HRD_ACTION_STOP ? "stop" : hrd_action_name(action);
}

/* An owner in a table cell, as code where nothing in it would end the code or the cell. */
static void
print_owner_cell(const char *owner)
{
	if (strpbrk(owner, "|`") != NULL)
		print_cell(owner);
	else
		printf("`%s`", owner);
}

/* "nxdomain", or "nxdomain -> passthru". */
static void
print_actions(const struct hrd_diff_row *row)
{
	if (row->before != HRD_ACTION_NONE)
		fputs(action_word(row->before), stdout);
	if (row->before != HRD_ACTION_NONE && row->after != HRD_ACTION_NONE &&
	    row->before != row->after)
		fputs(" -> ", stdout);
	if (row->after != HRD_ACTION_NONE && row->before != row->after)
		fputs(action_word(row->after), stdout);
}

/* "from 2027-01-01 until 2027-01-31": when it is so, where that is not all the time that is looked
 * at. */
static void
days_text(const struct output *o, const struct hrd_diff_row *row, char text[DAYS_TEXT_MAX])
{
	char since[HRD_DATE_TEXT_MAX] = "", until[HRD_DATE_TEXT_MAX] = "";

	if (row->since > 0)
		hrd_date_text(o->days.all[row->since], since);
	if (row->until != HRD_DIFF_NO_END)
		hrd_date_text(o->days.all[row->until] - 1, until);
	snprintf(text, DAYS_TEXT_MAX, "%s%s%s%s%s", since[0] != '\0' ? "from " : "", since,
	    since[0] != '\0' && until[0] != '\0' ? " " : "", until[0] != '\0' ? "until " : "",
	    until);
}

/* The profiles of a row, where they are not all. */
static void
print_profiles(const struct output *o, const struct hrd_diff_row *row, void (*print)(const char *))
{
	for (size_t i = 0; row->profile_count < o->profile_count && i < row->profile_count; i++) {
		print(i > 0 ? ", " : "");
		print(o->profiles[row->profiles[i]]);
	}
}

static void
print_plain(const char *text)
{
	fputs(text, stdout);
}

static void
print_text(const struct output *o, const struct hrd_diff_row *row, const char *owner,
    const struct hrd_evidence_list *evidence)
{
	bool some = o->folded && row->profile_count < o->profile_count;
	char days[DAYS_TEXT_MAX];

	days_text(o, row, days);
	printf("%c %s%s ", change_signs[row->change], owner, row->subtree ? " and below" : "");
	print_actions(row);
	if (row->entity[0] != '\0' || row->basis[0] != '\0')
		printf("  (%s%s%s)", row->entity, row->entity[0] != '\0' ? ", " : "", row->basis);
	if (some || days[0] != '\0') {
		fputs("  [", stdout);
		print_profiles(o, row, print_plain);
		printf("%s%s]", some && days[0] != '\0' ? "; " : "", days);
	}
	putchar('\n');
	if (row->detail[0] != '\0')
		printf("    %s\n", row->detail);
	/* The wildcard rests on the same evidence as its base name. */
	for (size_t i = 0; evidence != NULL && !row->rule.wildcard && i < evidence->count; i++)
		printf("    %s\n", hrd_evidence_address(&evidence->all[i]));
}

static void
print_markdown(const struct output *o, const struct hrd_diff_row *row, const char *owner,
    const struct hrd_evidence_list *evidence)
{
	char days[DAYS_TEXT_MAX];

	printf("| %s | ", change_words[row->change]);
	print_owner_cell(owner);
	fputs(row->subtree ? " and below | " : " | ", stdout);
	print_actions(row);
	fputs(row->detail[0] != '\0' ? ": " : "", stdout);
	print_cell(row->detail);
	if (o->folded) {
		days_text(o, row, days);
		fputs(" | ", stdout);
		print_profiles(o, row, print_cell);
		printf(" | %s", days);
	}
	fputs(" | ", stdout);
	print_cell(row->entity);
	fputs(" | ", stdout);
	print_cell(row->basis);
	fputs(" | ", stdout);
	for (size_t i = 0; evidence != NULL && i < evidence->count; i++) {
		fputs(i > 0 ? ", " : "", stdout);
		print_cell(hrd_evidence_address(&evidence->all[i]));
	}
	puts(" |");
}

static void
json_day(struct hrd_json *json, const char *key, int32_t day)
{
	char text[HRD_DATE_TEXT_MAX];

	hrd_date_text(day, text);
	hrd_json_member(json, key, text);
}

static void
json_strings(struct hrd_json *json, const char *key)
{
	hrd_json_key(json, key);
	hrd_json_array(json);
}

static void
write_json_row(const struct output *o, const struct hrd_diff_row *row, const char *owner,
    const struct hrd_evidence_list *evidence)
{
	struct hrd_json *json = o->json;

	hrd_json_object(json);
	hrd_json_member(json, "owner", owner);
	if (row->subtree) {
		hrd_json_key(json, "subtree");
		hrd_json_bool(json, true);
	}
	if (row->before != HRD_ACTION_NONE)
		hrd_json_member(json, "before", action_word(row->before));
	if (row->after != HRD_ACTION_NONE)
		hrd_json_member(json, "after", action_word(row->after));
	if (row->detail[0] != '\0')
		hrd_json_member(json, "detail", row->detail);
	if (o->folded) {
		json_strings(json, "profiles");
		for (size_t i = 0; i < row->profile_count; i++)
			hrd_json_string(json, o->profiles[row->profiles[i]]);
		hrd_json_array_end(json);
		json_day(json, "from", o->days.all[row->since]);
		if (row->until != HRD_DIFF_NO_END)
			json_day(json, "until", o->days.all[row->until] - 1);
	}
	if (row->entity[0] != '\0')
		hrd_json_member(json, "entity", row->entity);
	if (row->basis[0] != '\0')
		hrd_json_member(json, "basis", row->basis);
	if (evidence != NULL) {
		json_strings(json, "evidence");
		for (size_t i = 0; i < evidence->count; i++)
			hrd_json_string(json, hrd_evidence_address(&evidence->all[i]));
		hrd_json_array_end(json);
	}
	hrd_json_object_end(json);
}

static void
print_row(void *ctx, const struct hrd_diff_row *row)
{
	struct output *o = ctx;
	bool of_after = row->after != HRD_ACTION_NONE;
	const struct hrd_evidence_list *evidence =
	    hrd_evidence_of(&o->listed[of_after], &row->rule);
	char owner[HRD_OWNER_TEXT_MAX];

	if (o->form == JSON && row->change != o->only)
		return;
	o->counts[row->change]++;
	hrd_dump_owner_of(&row->rule, owner);
	if (o->form == JSON)
		write_json_row(o, row, owner, evidence);
	else if (o->form == MARKDOWN)
		print_markdown(o, row, owner, evidence);
	else
		print_text(o, row, owner, evidence);
}

/* One difference beside the rules. */
static void
print_inventory(void *ctx, const struct hrd_inventory_change *change)
{
	struct output *o = ctx;
	char *before = hrd_sanitised(change->before != NULL ? change->before : "");
	char *after = hrd_sanitised(change->after != NULL ? change->after : "");

	o->other_changes++;
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

static void
print_fact(void *ctx, const char *key, const char *before, const char *after)
{
	struct output *o = ctx;
	struct hrd_inventory_change change = { .change = before == NULL  ? HRD_ADDED
							 : after == NULL ? HRD_REMOVED
									 : HRD_CHANGED,
		.what = "policy",
		.key = key,
		.before = before,
		.after = after };

	if (o->form == MARKDOWN && o->other_changes == 0)
		puts("\n| change | of | key | before | after |\n|---|---|---|---|---|");
	print_inventory(o, &change);
}

/* Title, publisher and so on, where a side is no inventory and both say them. */
static void
write_facts(struct output *o)
{
	if (o->later != &o->after || (o->before.inventory != NULL && o->after.inventory != NULL))
		return;
	if (o->form == JSON)
		json_strings(o->json, "policy");
	hrd_fact_list_compare(&o->before.facts, &o->after.facts, print_fact, o);
	if (o->form == JSON)
		hrd_json_array_end(o->json);
}

/* Acts, evidence, grades, owners, reasons and ends, where both sides are inventories. */
static void
write_inventory(struct output *o, struct hrd_diag *diag)
{
	if (o->later != &o->after || o->before.inventory == NULL || o->after.inventory == NULL)
		return;
	if (o->form == JSON) {
		hrd_json_key(o->json, "inventory");
		hrd_json_array(o->json);
	} else if (o->form == MARKDOWN) {
		puts("\n| change | of the inventory | key | before | after |");
		puts("|---|---|---|---|---|");
	}
	if (hrd_inventory_compare(o->before.inventory, o->after.inventory, print_inventory, o) !=
		HRD_OK ||
	    o->nomem)
		hrd_diag_nomem(diag);
	if (o->form == JSON)
		hrd_json_array_end(o->json);
	else
		printf("%s%llu change%s of the inventory\n", o->form == MARKDOWN ? "\n" : "",
		    (unsigned long long)o->other_changes, o->other_changes == 1 ? "" : "s");
}

static struct hrd_diff
pair(const struct output *o)
{
	bool zone = o->before.kind == HRD_SOURCE_ZONE || o->later->kind == HRD_SOURCE_ZONE;
	bool inventories = o->before.inventory != NULL && o->later->inventory != NULL;

	/* What is said of rules by two inventories shows in them once, not with each rule; but
	 * which feed has a name is in no inventory. */
	return (struct hrd_diff){ .before = o->before.rules,
		.after = o->later->rules,
		.observe = !zone,
		.meta = !zone && !inventories,
		.feeds_before = inventories ? hrd_feeds_first_line(o->before.inventory) : 0,
		.feeds_after = inventories ? hrd_feeds_first_line(o->later->inventory) : 0 };
}

static void
write_rows(struct output *o)
{
	struct hrd_diff diff = pair(o);

	if (!o->folded)
		hrd_diff_each_row(&diff, print_row, o);
	else if (hrd_difftable_report(&o->table, print_row, o) != HRD_OK)
		o->nomem = true;
}

static void
write_json(struct output *o)
{
	for (int change = HRD_ADDED; change <= HRD_CHANGED; change++) {
		o->only = (enum hrd_rule_change)change;
		json_strings(o->json, change_words[change]);
		write_rows(o);
		hrd_json_array_end(o->json);
	}
	hrd_json_key(o->json, "counts");
	hrd_json_object(o->json);
	for (int change = HRD_ADDED; change <= HRD_CHANGED; change++)
		hrd_json_number(o->json, change_words[change], o->counts[change]);
	hrd_json_object_end(o->json);
	if (!o->folded)
		return;
	json_strings(o->json, "profiles");
	for (size_t i = 0; i < o->profile_count; i++)
		hrd_json_string(o->json, o->profiles[i]);
	hrd_json_array_end(o->json);
	json_strings(o->json, "days");
	for (size_t i = 0; i < o->days.count; i++) {
		char text[HRD_DATE_TEXT_MAX];

		hrd_date_text(o->days.all[i], text);
		hrd_json_string(o->json, text);
	}
	hrd_json_array_end(o->json);
}

/* Which profiles and days: "profiles a, b from 2026-12-01 on, with 2 later days ...". */
static void
print_scope(const struct output *o)
{
	char first[HRD_DATE_TEXT_MAX], last[HRD_DATE_TEXT_MAX];

	if (!o->folded)
		return;
	hrd_date_text(o->days.all[0], first);
	hrd_date_text(o->days.all[o->days.count - 1], last);
	printf("profile%s ", o->profile_count == 1 ? "" : "s");
	for (size_t i = 0; i < o->profile_count; i++) {
		fputs(i > 0 ? ", " : "", stdout);
		(o->form == MARKDOWN ? print_cell : print_plain)(o->profiles[i]);
	}
	if (o->days.count == 1)
		printf(" on %s\n", first);
	else
		printf(" on %s and on %zu later day%s on which something begins or ends, the last "
		       "%s\n",
		    first, o->days.count - 1, o->days.count == 2 ? "" : "s", last);
	if (o->form == MARKDOWN)
		putchar('\n');
}

static void
write_lines(struct output *o)
{
	print_scope(o);
	if (o->form == MARKDOWN && o->folded)
		puts("| change | owner | action | profiles | days | entity | basis | evidence |\n"
		     "|---|---|---|---|---|---|---|---|");
	else if (o->form == MARKDOWN)
		puts("| change | owner | action | entity | basis | evidence |\n"
		     "|---|---|---|---|---|---|");
	write_rows(o);
	printf("%s%llu added, %llu removed, %llu changed\n", o->form == MARKDOWN ? "\n" : "",
	    (unsigned long long)o->counts[HRD_ADDED], (unsigned long long)o->counts[HRD_REMOVED],
	    (unsigned long long)o->counts[HRD_CHANGED]);
}

/* Adds the profiles of a side that are not there yet. */
static bool
add_profiles(struct output *o, const struct hrd_source *side, const char *only)
{
	const struct hrd_inventory *inventory = side->inventory;

	for (size_t i = 0; i < inventory->count; i++) {
		for (size_t j = 0; j < inventory->sections[i]->profile_count; j++) {
			const char *id = inventory->sections[i]->profiles[j].id;
			const char **grown;
			size_t k = 0;

			while (k < o->profile_count && strcmp(o->profiles[k], id) != 0)
				k++;
			if (k < o->profile_count || (only != NULL && strcmp(only, id) != 0))
				continue;
			grown = hrd_array_reserve(
			    o->profiles, &o->profile_room, o->profile_count + 1, sizeof(*grown));
			if (grown == NULL)
				return false;
			o->profiles = grown;
			grown[o->profile_count++] = id;
		}
	}
	return true;
}

/* Which days are looked at: the first one and those on which something begins or ends. */
static bool
plan_days(struct output *o, int32_t first, int32_t last, struct hrd_diag *diag)
{
	char text[HRD_DATE_TEXT_MAX];
	int32_t *all;
	int status = hrd_schedule_add(&o->days, o->before.inventory, first, last);

	if (status == HRD_OK && o->later == &o->after)
		status = hrd_schedule_add(&o->days, o->after.inventory, first, last);
	all = status != HRD_OK
		  ? NULL
		  : hrd_array_reserve(o->days.all, &o->days.room, o->days.count + 1, sizeof(*all));
	if (all == NULL) {
		hrd_diag_nomem(diag);
		return false;
	}
	o->days.all = all;
	memmove(all + 1, all, o->days.count * sizeof(*all));
	all[0] = first;
	o->days.count++;
	if (o->days.count > DAYS_MAX) {
		hrd_date_text(all[DAYS_MAX], text);
		hrd_diag(diag, HRD_WARNING, &nowhere, "diff-days",
		    "of %zu days on which something begins or ends the first %d are looked at; "
		    "for the others give --from=%s",
		    o->days.count, DAYS_MAX, text);
		o->days.count = DAYS_MAX;
	}
	return true;
}

/* One inventory: what is other than on the day before. */
static bool
add_day(struct output *o, uint32_t profile, uint32_t day, struct hrd_diag *diag)
{
	const char *id = o->profiles[profile];
	bool alone = o->later == &o->before;
	struct hrd_ruleset *former = alone ? o->before.rules : NULL;
	struct hrd_diff diff;
	bool good;
	int status = HRD_OK;

	if (alone)
		o->before.rules = NULL;
	good = hrd_source_derive(&o->before, id, o->days.all[day], diag) &&
	       (alone || hrd_source_derive(&o->after, id, o->days.all[day], diag));
	diff = pair(o);
	if (alone)
		diff.before = former;
	if (good && !(alone && day == 0))
		status = hrd_difftable_add(&o->table, &diff, profile, day, !alone);
	hrd_rules_free(former);
	if (status == HRD_ELIMIT)
		hrd_diag(diag, HRD_ERROR, &nowhere, "diff-rows",
		    "more than %d rows over all profiles and days: give --profile and --date",
		    HRD_DIFF_ROWS_MAX);
	else if (status != HRD_OK)
		hrd_diag_nomem(diag);
	return good && status == HRD_OK;
}

/* Compares inventories over profiles and days. */
static bool
fold(struct output *o, const struct hrd_args *args, int32_t first, int32_t last)
{
	const char *only = hrd_arg_value(args, OPT_PROFILE);

	o->folded = true;
	if (!add_profiles(o, &o->before, only) ||
	    (o->later == &o->after && !add_profiles(o, &o->after, only))) {
		hrd_diag_nomem(args->diag);
		return false;
	}
	/* That there is no such profile is told with those that there are. */
	hrd_scope_clear(&o->before.scope);
	if (o->profile_count == 0 && !hrd_scope_init(&o->before.scope, o->before.inventory,
					 &o->before.feeds, only, first, args->diag))
		return false;
	if (!plan_days(o, first, last, args->diag))
		return false;
	for (uint32_t p = 0; p < o->profile_count; p++) {
		for (uint32_t day = 0; day < o->days.count; day++) {
			if (!add_day(o, p, day, args->diag))
				return false;
		}
	}
	return true;
}

static int
compare(struct output *o, const struct hrd_args *args)
{
	if (o->before.inventory != NULL)
		hrd_evidence_index(&o->listed[0], o->before.inventory);
	if (o->later->inventory != NULL)
		hrd_evidence_index(&o->listed[1], o->later->inventory);
	if (o->form == JSON)
		write_json(o);
	else
		write_lines(o);
	write_facts(o);
	write_inventory(o, args->diag);
	hrd_nameset_free(&o->listed[0]);
	hrd_nameset_free(&o->listed[1]);
	if (o->nomem)
		hrd_diag_nomem(args->diag);
	if (hrd_arg_value(args, OPT_EXIT_CODE) == NULL)
		return HRD_EXIT_OK;
	return o->counts[HRD_ADDED] + o->counts[HRD_REMOVED] + o->counts[HRD_CHANGED] +
			   o->other_changes >
		       0
		   ? HRD_EXIT_REJECTED
		   : HRD_EXIT_OK;
}

/* The days that are asked for; false after a report of usage. */
static bool
read_days(const struct hrd_args *args, int32_t *first, int32_t *last)
{
	const char *date = hrd_arg_value(args, OPT_DATE), *from = hrd_arg_value(args, OPT_FROM),
		   *to = hrd_arg_value(args, OPT_TO);

	if (date != NULL && (from != NULL || to != NULL)) {
		hrd_diag_usage(args->diag, "--date is one day, --from and --to are many: give one");
		return false;
	}
	*last = INT32_MAX - 1;
	if (!hrd_date_option(date != NULL ? date : from, args->diag, first) ||
	    (to != NULL && !hrd_date_option(to, args->diag, last)))
		return false;
	if (date != NULL)
		*last = *first;
	if (*last < *first) {
		hrd_diag_usage(args->diag, "--to is before --from");
		return false;
	}
	return true;
}

/* Reads what is given, both so that the faults of both are told. */
static bool
read_sides(struct output *o, const struct hrd_args *args, const struct hrd_source_options *load)
{
	bool good = hrd_source_read(&o->before, args->argv[0], load, args->diag);

	o->later = args->argc > 1 ? &o->after : &o->before;
	if (args->argc > 1)
		good &= hrd_source_read(&o->after, args->argv[1], load, args->diag);
	return good;
}

/* Beside rules that have no profile: that of an inventory. */
static bool
choose(struct output *o, const struct hrd_args *args, int32_t date)
{
	struct hrd_source *side = o->before.inventory != NULL ? &o->before : &o->after;
	const char *profile = hrd_arg_value(args, OPT_PROFILE);

	if (side->inventory == NULL || profile == NULL)
		return true;
	hrd_scope_clear(&side->scope);
	return hrd_scope_init(
		   &side->scope, side->inventory, &side->feeds, profile, date, args->diag) &&
	       hrd_source_derive(side, profile, date, args->diag);
}

/* Whether all options have an effect on what was read; false after a report of usage. */
static bool
suits(const struct output *o, const struct hrd_args *args)
{
	bool inventory = o->before.inventory != NULL || o->later->inventory != NULL;
	bool zone = o->before.kind == HRD_SOURCE_ZONE || o->later->kind == HRD_SOURCE_ZONE;

	if (!inventory && (hrd_arg_misplaced(args, OPT_PROFILE, "inventories") ||
			      hrd_arg_misplaced(args, OPT_DATE, "inventories")))
		return false;
	if (!zone && hrd_arg_misplaced(args, OPT_ORIGIN, "zones"))
		return false;
	if ((o->before.inventory != NULL && o->later->inventory != NULL) ||
	    (hrd_arg_value(args, OPT_FROM) == NULL && hrd_arg_value(args, OPT_TO) == NULL))
		return true;
	hrd_diag_usage(args->diag, "--from and --to are for inventories");
	return false;
}

static int
run(struct hrd_args *args)
{
	struct hrd_source_options load = { .quiet = args->quiet };
	struct output o = { .form = TEXT, .json = hrd_args_result(args) };
	bool many = hrd_arg_value(args, OPT_FROM) != NULL || hrd_arg_value(args, OPT_TO) != NULL;
	struct hrd_name origin;
	int status = HRD_EXIT_OK;
	int32_t last;

	if (args->json && hrd_arg_value(args, OPT_MARKDOWN) != NULL) {
		hrd_diag_usage(args->diag, "--json and --markdown are two forms: give one");
		return HRD_EXIT_USAGE;
	}
	if (args->json)
		o.form = JSON;
	else if (hrd_arg_value(args, OPT_MARKDOWN) != NULL)
		o.form = MARKDOWN;
	if (args->argc == 1 && !many) {
		hrd_diag_usage(
		    args->diag, "diff needs BEFORE and AFTER, or one inventory and --from or --to");
		return HRD_EXIT_USAGE;
	}
	if (!read_days(args, &load.date, &last) || !hrd_arg_name(args, OPT_ORIGIN, &origin))
		return HRD_EXIT_USAGE;
	load.origin = hrd_arg_value(args, OPT_ORIGIN) != NULL ? &origin : NULL;
	if (read_sides(&o, args, &load) && suits(&o, args)) {
		bool inventories = o.before.inventory != NULL && o.later->inventory != NULL;

		if (inventories ? fold(&o, args, load.date, last) : choose(&o, args, load.date))
			status = compare(&o, args);
	}
	hrd_difftable_clear(&o.table);
	free(o.profiles);
	free(o.days.all);
	hrd_source_clear(&o.before);
	hrd_source_clear(&o.after);
	return status;
}

const struct hrd_command hrd_cmd_diff = {
	.name = "diff",
	.synopsis = "[OPTION]... BEFORE [AFTER]",
	.summary = "show what changed between two rule sets",
	.help =
	    "BEFORE and AFTER are inventories, zones, policy images or manifests, in any mix.\n"
	    "Observe rules are left out where one side is a zone. Two inventories are compared\n"
	    "in all profiles, today and on every later day on which something of them begins or\n"
	    "ends; and in acts, evidence, grades, overrides and dates. With --from or --to one\n"
	    "inventory alone is compared with itself over these days.\n",
	.examples = "  rpzgen diff old.yaml zones/deepseek.yaml\n"
		    "  rpzgen diff --markdown out/manifest.json new/manifest.json\n"
		    "  rpzgen diff --from 2026-12-31 zones/deepseek.yaml\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 2,
	.run = run,
};
