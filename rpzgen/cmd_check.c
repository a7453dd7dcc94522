/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen check: every fault of an inventory in one run. */
#include <config.h>

#include "rpzgen/commands.h"

#include "rpzgen/dates.h"
#include "rpzgen/derive.h"
#include "rpzgen/guard.h"
#include "rpzgen/inventory.h"

enum { OPT_PROFILE, OPT_DATE, OPT_POPULAR };

static const struct hrd_option options[] = {
	{ "profile", 0, "ID", "check the rules of this profile only (default: of all)" },
	{ "date", 0, "DATE", "day of the rules (default: today)" },
	{ "popular", 0, "FILE", "further names that must not be blocked, one a line" },
	{ NULL, 0, NULL, NULL },
};

/* The rules that build would make, and what the guards say to them. */
static void
check_profile(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_feeds *feeds, const char *profile, int32_t date)
{
	struct hrd_scope scope;
	struct hrd_rules *rules;
	struct hrd_guard guard;

	if (!hrd_scope_init(&scope, inventory, feeds, profile, date, args->diag) ||
	    !hrd_scope_is_live(&scope))
		return;
	rules = hrd_derive(&scope, args->diag);
	if (hrd_guard_init(
		&guard, args->diag, HRD_ERROR, args->argv[0], &scope, hrd_arg(args, OPT_POPULAR)) &&
	    rules != NULL) {
		hrd_guard_rules(&guard, rules);
		hrd_guard_exceptions(&guard);
	}
	hrd_guard_clear(&guard);
	hrd_rules_free(rules);
}

static void
check_profiles(struct hrd_args *args, const struct hrd_inventory *inventory,
    const struct hrd_feeds *feeds, int32_t date)
{
	if (hrd_arg(args, OPT_PROFILE) != NULL) {
		check_profile(args, inventory, feeds, hrd_arg(args, OPT_PROFILE), date);
		return;
	}
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->profile_count; i++) {
			if (section->profiles[i].id != NULL)
				check_profile(
				    args, inventory, feeds, section->profiles[i].id, date);
		}
	}
}

static int
run(struct hrd_args *args)
{
	const struct hrd_feed_options offline = { .online = false, .quiet = args->quiet };
	struct hrd_inventory *inventory;
	struct hrd_feeds feeds;
	bool has_form;
	int32_t date;

	if (!hrd_date_option(hrd_arg(args, OPT_DATE), args->diag, &date))
		return HRD_EXIT_USAGE;
	inventory = hrd_inventory_read(args->argv[0], args->diag);
	if (inventory == NULL)
		return HRD_EXIT_OK;
	has_form = hrd_diag_errors(args->diag) == 0;
	hrd_inventory_check(inventory, args->diag);
	hrd_inventory_check_grades(inventory, args->diag);
	/* Rules can be made of what has the form; other faults leave enough to look at. */
	if (has_form) {
		hrd_feeds_load(&feeds, inventory, &offline, args->diag);
		check_profiles(args, inventory, &feeds, date);
		hrd_feeds_clear(&feeds);
	}
	hrd_inventory_free(inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_check = {
	.name = "check",
	.synopsis = "INVENTORY [--profile ID] [--date DATE] [--json | --sarif]",
	.summary = "report every fault of an inventory",
	.help = "Checks form, references, grades against evidence, and with the guards the rules "
		"that\nbuild would make.  Nothing is written.\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
