/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen export: the rules of an inventory in the form of another program. */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/base/now.h"
#include "rpzgen/cmd/commands.h"

#include <errno.h>
#include <string.h>

#include "rpzgen/base/outfile.h"
#include "rpzgen/export/export.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/rules/prune.h"

enum { OPT_FORM, OPT_OUTPUT, OPT_FOR, OPT_LIVE, OPT_PROFILE, OPT_DATE, OPT_CACHE };

static const struct hrd_option options[] = {
	{ "form", 0, "domains|hosts|dnsmasq|unbound|adguard|recursor|knot|trust-anchors",
	    "what to write" },
	{ "output", 'o', "FILE", "where to (default: standard output)" },
	{ "for", 0, "unbound|bind|knot|resolved", "of trust-anchors, the file for this program" },
	{ "live", 0, "RECORD", "for trust-anchors: what check --live --record has written" },
	{ "profile", 0, "ID", "profile of the inventory (default: its first)" },
	{ "date", 0, "DATE", "day of the rules (default: today)" },
	{ "cache", 0, "DIR", "take in the feeds that build --cache has kept there" },
	{ NULL, 0, NULL, NULL },
};

struct export
{
	struct hrd_args *args;
	const char *word, *program, *output;
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	struct hrd_scope scope;
	struct hrd_ruleset *set;
	struct hrd_live_record *record;
};

static void
judge_form(const struct export *run)
{
	struct hrd_diag *diag = run->args->diag;
	const struct hrd_export_form *form = hrd_export_form(run->word, NULL);

	if (form == NULL)
		hrd_diag_usage(
		    diag, "there is no form \"%s\"; there are %s", run->word, hrd_export_words);
	else if (run->program != NULL && !form->needs_record)
		hrd_diag_usage(diag, "--for belongs to --form trust-anchors");
	else if (run->program != NULL && hrd_export_form(run->word, run->program) == NULL)
		hrd_diag_usage(
		    diag, "--for knows %s, not \"%s\"", hrd_export_programs, run->program);
	else if (form->needs_record && hrd_arg_value(run->args, OPT_LIVE) == NULL)
		hrd_diag_usage(diag,
		    "trust-anchors needs --live RECORD, which says what is signed; make it by "
		    "rpzgen check --live --record RECORD %s",
		    run->args->argv[0]);
}

static bool
read_options(struct export *run)
{
	struct hrd_diag *diag = run->args->diag;

	run->word = hrd_arg_value(run->args, OPT_FORM);
	run->program = hrd_arg_value(run->args, OPT_FOR);
	run->output = hrd_arg_value(run->args, OPT_OUTPUT);
	if (run->output == NULL)
		run->output = "-";
	if (run->word == NULL)
		hrd_diag_usage(diag, "export needs --form; there are %s", hrd_export_words);
	else
		judge_form(run);
	if (run->args->json && hrd_is_stdout(run->output))
		hrd_diag_usage(diag, "--json needs standard output for itself; give --output FILE");
	if (hrd_replaces_input(run->output, run->args->argv[0]))
		hrd_diag_usage(diag, "%s would be replaced; write to another file", run->output);
	return hrd_diag_errors(diag) == 0;
}

/* The rules that build would publish, without those that others imply. */
static void
derive(struct export *run)
{
	struct hrd_ruleset *all = hrd_derive(&run->scope, run->args->diag);
	size_t dropped;

	if (all != NULL && hrd_diag_errors(run->args->diag) == 0 &&
	    hrd_rules_prune(all, &run->set, &dropped) != HRD_OK)
		hrd_diag_nomem(run->args->diag);
	hrd_rules_free(all);
}

static void
read_inputs(struct export *run)
{
	struct hrd_diag *diag = run->args->diag;
	const char *live = hrd_arg_value(run->args, OPT_LIVE);
	const struct hrd_feed_options offline = { .online = false,
		.quiet = run->args->quiet,
		.cache = hrd_arg_value(run->args, OPT_CACHE) };
	int32_t date;

	if (!hrd_date_option(hrd_arg_value(run->args, OPT_DATE), diag, &date))
		return;
	if (live != NULL)
		run->record = hrd_live_record_read(live, diag);
	if (live != NULL && run->record == NULL)
		return;
	run->inventory = hrd_inventory_read(run->args->argv[0], diag);
	if (run->inventory == NULL)
		return;
	hrd_inventory_check(run->inventory, diag);
	if (hrd_diag_errors(diag) == 0 &&
	    hrd_feeds_load(&run->feeds, run->inventory, &offline, diag) &&
	    hrd_scope_init(&run->scope, run->inventory, &run->feeds,
		hrd_arg_value(run->args, OPT_PROFILE), date, diag))
		derive(run);
}

static bool
publish(struct export *run, struct hrd_outset *outputs, struct hrd_export *export)
{
	const char *what = run->output;
	int status = HRD_EIO;

	export->out = hrd_outset_add(outputs, run->output);
	if (export->out != NULL)
		status = hrd_export_write(export, run->word, run->program);
	if (status == HRD_OK)
		status = hrd_outset_commit(outputs, &what);
	if (status == HRD_OK)
		return true;
	hrd_diag_system(run->args->diag, what, errno);
	run->args->closing = hrd_outset_closing(outputs);
	return false;
}

static void
write_result(const struct export *run, const struct hrd_export *export)
{
	struct hrd_json *result = hrd_args_result(run->args);

	hrd_json_member(result, "form", run->word);
	if (run->program != NULL)
		hrd_json_member(result, "for", run->program);
	hrd_json_member(result, "file", run->output);
	hrd_json_number(result, "names", export->written);
	hrd_json_number(result, "left_out", export->left_out);
	if (!run->args->json && !run->args->quiet && !hrd_is_stdout(run->output))
		printf("%s: names: %zu, left out: %zu\n", run->output, export->written,
		    export->left_out);
}

static void
write_file(struct export *run)
{
	struct hrd_outset *outputs = hrd_outset_new(NULL);
	struct hrd_policy_info info;
	char date[HRD_DATE_TEXT_MAX];
	struct hrd_export export = { .set = run->set,
		.record = run->record,
		.date = date,
		.inventory = run->args->argv[0],
		.diag = run->args->diag };

	hrd_date_text(run->scope.date, date);
	hrd_scope_info(&run->scope, &info);
	export.policy = info.id;
	if (outputs == NULL)
		hrd_diag_nomem(run->args->diag);
	else if (publish(run, outputs, &export))
		write_result(run, &export);
	hrd_outset_free(outputs);
}

static int
run_export(struct hrd_args *args)
{
	struct export run = { .args = args };

	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	read_inputs(&run);
	if (run.set != NULL)
		write_file(&run);
	else
		args->closing = "nothing was written";
	hrd_rules_free(run.set);
	hrd_live_record_free(run.record);
	hrd_scope_clear(&run.scope);
	hrd_feeds_clear(&run.feeds);
	hrd_inventory_free(run.inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_export = {
	.name = "export",
	.synopsis = "--form FORM INVENTORY [-o FILE] [OPTION]...",
	.summary = "write the listed names in the form of another program",
	.help = "What a form cannot say is left out, with a comment in the file and a warning;\n"
		"nothing is ever widened. trust-anchors tells validating forwarders which listed\n"
		"names are below a signed zone, so that they pass the block on.\n",
	.examples = "  rpzgen export --form dnsmasq zones/deepseek.yaml -o deepseek.conf\n"
		    "  rpzgen export --form trust-anchors --live seen.json --for bind "
		    "zones/deepseek.yaml\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_export,
};
