/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen check: every fault of an inventory in one run. */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/base/now.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpzgen/base/filekind.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/net/liverecord.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/rules/holes.h"

enum { TIMEOUT_MAX = 3600 };

enum {
	OPT_PROFILE,
	OPT_DATE,
	OPT_POPULAR,
	OPT_CACHE,
	OPT_LIST_HOLES,
	OPT_LIVE,
	OPT_SERVER,
	OPT_ANCHOR,
	OPT_SINCE,
	OPT_RECORD,
	OPT_SECONDS,
};

static const struct hrd_option options[] = {
	{ "profile", 0, "ID", "check the rules of this profile only (default: of all)" },
	{ "date", 0, "DATE", "day of the rules (default: today), and of the age of sources" },
	{ "popular", 0, "FILE", "further names that must not be blocked, one a line" },
	{ "cache", 0, "DIR", "judge the feeds that build --cache has kept there" },
	{ "list-holes", 0, NULL, "list the holes that build closes, on standard output" },
	{ "live", 0, NULL, "then ask the DNS about listed and known names" },
	{ "server", 0, "ADDRESS[#PORT]",
	    "ask this resolver (default: the authorities, from the root)" },
	{ "trust-anchor", 0, "FILE",
	    "DS or DNSKEY records to validate with (default: the root's)" },
	{ "since", 0, "RECORD", "tell what has changed since that record of a former run" },
	{ "record", 0, "FILE", "keep what was seen, as JSON; tell what has changed since it was" },
	{ "timeout", 0, "SECONDS", "end of all look-ups together (default: 120)" },
	{ NULL, 0, NULL, NULL },
};

static void
list_holes(const struct hrd_args *args, const struct hrd_scope *scope,
    const struct hrd_hole_list *holes, const struct hrd_ruleset *set)
{
	if (hrd_holes_count(holes) == 0 || args->json)
		return;
	printf("# profile %s\n", scope->profile->id);
	hrd_holes_print(holes, set, stdout);
}

/* The rules that build would make; NULL after a report. */
static struct hrd_ruleset *
derive(struct hrd_args *args, const struct hrd_scope *scope)
{
	struct hrd_ruleset *open = hrd_derive_open(scope, true, args->diag), *closed = NULL;
	struct hrd_hole_list *holes = NULL;
	int status = open != NULL ? hrd_holes_find(open, &holes) : HRD_OK;

	if (holes != NULL && hrd_arg_value(args, OPT_LIST_HOLES) != NULL)
		list_holes(args, scope, holes, open);
	if (holes != NULL)
		hrd_result_holes(
		    hrd_args_result(args), holes, hrd_arg_value(args, OPT_LIST_HOLES) != NULL);
	if (holes != NULL)
		status = hrd_holes_close(holes, open, &closed);
	if (status != HRD_OK)
		hrd_diag_nomem(args->diag);
	hrd_holes_free(holes);
	hrd_rules_free(open);
	return closed;
}

/* The rules that build would make, and what the guards say to them. */
static void
judge_profile(struct hrd_args *args, struct hrd_scope *scope)
{
	struct hrd_ruleset *rules;
	const struct hrd_guard_files files = { .popular = hrd_arg_value(args, OPT_POPULAR) };
	struct hrd_guard guard;
	bool ready;

	ready = hrd_guard_init(&guard, args->diag, HRD_ERROR, args->argv[0], scope, &files);
	scope->guard = ready ? &guard : NULL;
	rules = ready ? derive(args, scope) : NULL;
	if (rules != NULL) {
		hrd_guard_rules(&guard, rules);
		hrd_guard_exceptions(&guard);
	}
	if (rules != NULL)
		hrd_result_rules(hrd_args_result(args), rules);
	hrd_guard_clear(&guard);
	hrd_rules_free(rules);
}

static void
check_profile(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_feed_set *feeds, const char *profile, int32_t date)
{
	struct hrd_json *result = hrd_args_result(args);
	struct hrd_scope scope;

	if (hrd_scope_init(&scope, inventory, feeds, profile, date, args->diag)) {
		hrd_json_object(result);
		hrd_json_member(result, "id", profile);
		hrd_json_flag(result, "in_force", hrd_scope_is_live(&scope));
		if (hrd_scope_is_live(&scope))
			judge_profile(args, &scope);
		hrd_json_object_end(result);
	}
	hrd_scope_clear(&scope);
}

static void
check_profiles(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_feed_set *feeds, int32_t date)
{
	if (hrd_arg_value(args, OPT_PROFILE) != NULL) {
		check_profile(args, inventory, feeds, hrd_arg_value(args, OPT_PROFILE), date);
		return;
	}
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->profile_count; i++) {
			if (section->profiles[i].id != NULL)
				check_profile(
				    args, inventory, feeds, section->profiles[i].id, date);
		}
	}
}

/* Options that say how to look need --live; false after a report. */
static bool
read_live_options(struct hrd_args *args, struct hrd_live_options *live)
{
	uint64_t seconds = 0; /* the default */

	*live = (struct hrd_live_options){ .server = hrd_arg_value(args, OPT_SERVER),
		.anchor = hrd_arg_value(args, OPT_ANCHOR),
		.quiet = args->quiet };
	for (int option = OPT_SERVER; option <= OPT_SECONDS; option++) {
		if (hrd_arg_value(args, option) == NULL || hrd_arg_value(args, OPT_LIVE) != NULL)
			continue;
		hrd_diag_usage(args->diag, "--%s says how to look; add --live",
		    args->command->options[option].name);
		return false;
	}
	if (!hrd_arg_number(args, OPT_SECONDS, 1, TIMEOUT_MAX, &seconds))
		return false;
	live->seconds = (unsigned)seconds;
	return true;
}

/* What is compared with, and where the record goes, before anybody is asked. */
static bool
open_records(struct hrd_args *args, const char *since, const char *record, struct hrd_outset *set,
    FILE **file)
{
	*file = NULL;
	if (since != NULL && access(since, R_OK) != 0) {
		hrd_diag_system(args->diag, since, errno);
		return false;
	}
	if (since != NULL && !hrd_file_expect(since, HRD_CONTENT_RECORD, args->diag))
		return false;
	if (record != NULL && (*file = hrd_outset_add(set, record)) == NULL) {
		hrd_diag_system(args->diag, record, errno);
		return false;
	}
	return true;
}

static void
write_record(struct hrd_args *args, const struct hrd_live *live,
    const struct hrd_live_record *before, struct hrd_outset *set, FILE *file)
{
	const char *path = hrd_arg_value(args, OPT_RECORD), *what = path;

	if (hrd_live_record_write(live, before, file) != HRD_OK ||
	    hrd_outset_commit(set, &what) != HRD_OK)
		hrd_diag_system(args->diag, what != NULL ? what : path, errno);
}

/* Tells what has changed since a record, and writes the new one. */
static void
use_records(struct hrd_args *args, const struct hrd_live *live, const char *since,
    struct hrd_outset *set, FILE *file)
{
	struct hrd_live_record *before = NULL;

	if (since != NULL) {
		before = hrd_live_record_read(since, args->diag);
		if (before == NULL)
			return; /* what is no record stays as it is */
		hrd_live_record_compare(live, before, args->diag);
	}
	if (file != NULL)
		write_record(args, live, before, set, file);
	hrd_live_record_free(before);
}

static void
look_live(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_live_options *how, struct hrd_outset *set)
{
	const char *since = hrd_arg_value(args, OPT_SINCE),
		   *record = hrd_arg_value(args, OPT_RECORD);
	struct hrd_live live;
	FILE *file;

	/* The record of the run before is what this one is compared with, unless another is named.
	 */
	if (since == NULL && record != NULL && !hrd_is_stdout(record) && access(record, F_OK) == 0)
		since = record;
	if (!open_records(args, since, record, set, &file))
		return;
	if (hrd_live_look(&live, inventory, how, args->diag)) {
		hrd_live_report(&live, args->diag);
		hrd_json_key(hrd_args_result(args), "live");
		hrd_json_object(hrd_args_result(args));
		hrd_live_members(&live, hrd_args_result(args));
		hrd_json_object_end(hrd_args_result(args));
		use_records(args, &live, since, set, file);
		if (!args->json && !args->quiet && (record == NULL || !hrd_is_stdout(record)))
			hrd_live_print(&live, stdout);
	}
	hrd_live_clear(&live);
}

static void
check_live(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_live_options *how)
{
	struct hrd_outset *set = hrd_outset_new(NULL);

	if (set == NULL)
		hrd_diag_nomem(args->diag);
	else
		look_live(args, inventory, how, set);
	hrd_outset_free(set);
}

static void
write_head(struct hrd_args *args, int32_t date)
{
	char text[HRD_DATE_TEXT_MAX];

	hrd_date_text(date, text);
	hrd_json_member(hrd_args_result(args), "inventory", args->argv[0]);
	hrd_json_member(hrd_args_result(args), "date", text);
}

static int
run(struct hrd_args *args)
{
	const struct hrd_feed_options offline = {
		.online = false, .quiet = args->quiet, .cache = hrd_arg_value(args, OPT_CACHE)
	};
	struct hrd_live_options live;
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	bool has_form;
	int32_t date;

	if (!hrd_date_option(hrd_arg_value(args, OPT_DATE), args->diag, &date) ||
	    !read_live_options(args, &live))
		return HRD_EXIT_USAGE;
	inventory = hrd_inventory_read(args->argv[0], args->diag);
	if (inventory == NULL)
		return HRD_EXIT_OK;
	has_form = hrd_diag_errors(args->diag) == 0;
	hrd_inventory_check(inventory, args->diag);
	hrd_inventory_check_grades(inventory, args->diag);
	/* By the day that was asked for: the same files say the same on any other day. */
	hrd_inventory_check_contact(inventory, args->diag);
	hrd_inventory_check_sources(
	    inventory, hrd_arg_value(args, OPT_DATE) != NULL ? date : HRD_NO_DATE, args->diag);
	/* Rules can be made of what has the form; other faults leave enough to look at. */
	if (has_form) {
		write_head(args, date);
		hrd_feeds_load(&feeds, inventory, &offline, args->diag);
		hrd_json_key(hrd_args_result(args), "profiles");
		hrd_json_array(hrd_args_result(args));
		check_profiles(args, inventory, &feeds, date);
		hrd_json_array_end(hrd_args_result(args));
		hrd_feeds_clear(&feeds);
	}
	if (hrd_arg_value(args, OPT_LIVE) != NULL && hrd_diag_errors(args->diag) == 0)
		check_live(args, inventory, &live);
	hrd_inventory_free(inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_check = {
	.name = "check",
	.synopsis = "INVENTORY [--profile ID] [--date DATE] [--live [--since RECORD] [--record "
		    "FILE]] [--json | --sarif]",
	.summary = "report every fault of an inventory",
	.help =
	    "Checks form, references, grades against evidence, and with the guards the rules "
	    "that\nbuild would make.  --live tells which names exist, behind which aliases and in "
	    "which\nzones, and what has changed; findings make the exit status 1, questions "
	    "without an\nanswer make it 3.\n",
	.examples = "  rpzgen check zones/deepseek.yaml\n"
		    "  rpzgen check zones/deepseek.yaml --live --record seen.json\n",
	.json = HRD_CMD_SARIF_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
