/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen explain: which rule decides about a name, and the way back to entity, basis and evidence.
 */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/base/infile.h"
#include "rpzgen/base/now.h"
#include "rpzgen/policy/explain.h"
#include "rpzgen/policy/imagefile.h"
#include "rpzgen/rules/copy.h"

enum {
	OPT_POLICY,
	OPT_INVENTORY,
	OPT_PROFILE,
	OPT_DATE,
	OPT_CLIENT,
	OPT_RESPONSE,
	OPT_NS,
	OPT_CACHE,
	OPT_HOLES
};

static const struct hrd_option options[] = {
	{ "policy", 0, "FILE", "ask this policy image" },
	{ "inventory", 0, "FILE", "ask what build would make of this inventory" },
	{ "profile", 0, "ID", "profile of the inventory (default: its first)" },
	{ "date", 0, "DATE", "day of the inventory's rules (default: today)" },
	{ "client", 0, "ADDR", "ask about a client's address" },
	{ "response-ip", 0, "ADDR", "ask about an address in an answer" },
	{ "ns", 0, "NAME|ADDR", "ask about a name server, by its name or address" },
	{ "cache", 0, "DIR", "take in the feeds that build --cache has kept there" },
	{ "holes", 0, NULL, "tell what other resolvers would let through" },
	{ NULL, 0, NULL, NULL },
};

/* What the questions are put to. */
struct source {
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	struct hrd_scope scope;
	struct hrd_policy *policy;
};

/* The image that build would make, in memory: explain and build can never differ. */
static struct hrd_policy *
make_policy(struct hrd_scope *scope, struct hrd_diag *diag)
{
	struct hrd_ruleset *rules = hrd_derive(scope, diag);
	struct hrd_policy *policy = NULL;
	struct hrd_policy_info info;
	struct hrd_fault fault;
	uint8_t *data = NULL;
	size_t len;

	if (rules == NULL || hrd_diag_errors(diag) > 0) {
		hrd_rules_free(rules);
		return NULL;
	}
	hrd_scope_info(scope, &info);
	if (hrd_policy_build(rules, &info, &data, &len) != HRD_OK ||
	    hrd_policy_open(data, len, true, 0, &policy, &fault) != HRD_OK)
		hrd_diag_nomem(diag);
	hrd_rules_free(rules);
	return policy;
}

static void
open_inventory(struct source *source, struct hrd_args *args)
{
	const struct hrd_feed_options offline = {
		.online = false, .quiet = args->quiet, .cache = hrd_arg_value(args, OPT_CACHE)
	};
	const char *profile = hrd_arg_value(args, OPT_PROFILE);
	int32_t date;

	if (!hrd_date_option(hrd_arg_value(args, OPT_DATE), args->diag, &date))
		return;
	source->inventory = hrd_inventory_read(hrd_arg_value(args, OPT_INVENTORY), args->diag);
	if (source->inventory == NULL)
		return;
	hrd_inventory_check(source->inventory, args->diag);
	if (hrd_diag_errors(args->diag) == 0 &&
	    hrd_feeds_load(&source->feeds, source->inventory, &offline, args->diag) &&
	    hrd_scope_init(
		&source->scope, source->inventory, &source->feeds, profile, date, args->diag))
		source->policy = make_policy(&source->scope, args->diag);
}

/* Names of stdin, one a line. */
static void
explain_lines(struct hrd_explainer *e, struct hrd_diag *diag)
{
	char *line = NULL;
	FILE *input = hrd_infile_open("-");
	size_t space = 0;
	ssize_t len = input != NULL ? 0 : -1;

	e->asked_at = (struct hrd_position){ "<stdin>", 0, 0 };
	while (input != NULL && !e->failed && (len = hrd_infile_line(input, &line, &space)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (len > 0 && line[len - 1] == '\r')
			line[--len] = '\0';
		e->asked_at.line++;
		hrd_explain_name(e, HRD_TRIGGER_QNAME, line, (size_t)len);
	}
	if (len < 0)
		hrd_diag_system(diag, "standard input", errno);
	e->asked_at = (struct hrd_position){ NULL, 0, 0 };
	free(line);
}

static void
explain_options(struct hrd_explainer *e, const struct hrd_args *args)
{
	for (size_t i = 0; i < args->count; i++) {
		const char *value = args->given[i].value;

		switch (args->given[i].option) {
		case OPT_CLIENT:
			hrd_explain_address(e, HRD_TRIGGER_CLIENT_IP, value);
			break;
		case OPT_RESPONSE:
			hrd_explain_address(e, HRD_TRIGGER_RESPONSE_IP, value);
			break;
		case OPT_NS:
			hrd_explain_server(e, value);
			break;
		default:
			break;
		}
	}
}

/* Rules as they were before build closed their holes. */
static void
take_holes(const struct source *source, struct hrd_explainer *e, struct hrd_diag *diag)
{
	struct hrd_ruleset *set = NULL;

	if (source->inventory != NULL)
		set = hrd_derive_open(e->scope, false, diag);
	else if (hrd_rules_from_policy(source->policy, HRD_RULES_OBSERVED, &set) != HRD_OK)
		hrd_diag_nomem(diag);
	if (set != NULL && hrd_explainer_take_holes(e, set) != HRD_OK)
		hrd_diag_nomem(diag);
	hrd_rules_free(set);
}

/* What is asked of an image is what it says today; an old one is in force with an alarm at most. */
static void
take_time(struct hrd_explainer *e, struct hrd_args *args)
{
	struct hrd_position position = { hrd_arg_value(args, OPT_POLICY), 0, 0 };
	uint64_t now;

	if (hrd_now(args->diag, &now) == HRD_OK && hrd_explainer_take_time(e, now))
		hrd_diag(args->diag, HRD_WARNING, &position, "image-expired",
		    "serial %u expired at %s; fetch or build a newer image",
		    (unsigned)hrd_policy_info(e->policy)->serial, e->expired);
}

static void
explain_all(const struct source *source, struct hrd_args *args)
{
	struct hrd_explainer e;

	if (!hrd_explainer_init(&e, source->policy,
		source->inventory != NULL ? &source->scope : NULL, args->json, stdout, args->diag))
		hrd_diag_nomem(args->diag);
	if (source->inventory == NULL)
		take_time(&e, args);
	if (hrd_arg_value(args, OPT_HOLES) != NULL)
		take_holes(source, &e, args->diag);
	explain_options(&e, args);
	for (int i = 0; i < args->argc; i++) {
		if (strcmp(args->argv[i], "-") == 0)
			explain_lines(&e, args->diag);
		else
			hrd_explain_name(
			    &e, HRD_TRIGGER_QNAME, args->argv[i], strlen(args->argv[i]));
	}
	hrd_explainer_clear(&e);
}

static bool
has_question(const struct hrd_args *args)
{
	if (args->argc > 0)
		return true;
	for (size_t i = 0; i < args->count; i++) {
		if (args->given[i].option >= OPT_CLIENT && args->given[i].option <= OPT_NS)
			return true;
	}
	return false;
}

static int
run(struct hrd_args *args)
{
	const char *policy = hrd_arg_value(args, OPT_POLICY),
		   *inventory = hrd_arg_value(args, OPT_INVENTORY);
	struct source source = { 0 };

	if ((policy == NULL) == (inventory == NULL)) {
		hrd_diag_usage(args->diag,
		    "explain needs %s --policy FILE or --inventory FILE; see rpzgen help explain",
		    policy == NULL ? "either" : "one of");
		return HRD_EXIT_USAGE;
	}
	if (!has_question(args)) {
		hrd_diag_usage(args->diag, "nothing to explain; see rpzgen help explain");
		return HRD_EXIT_USAGE;
	}
	if (policy != NULL && (hrd_arg_misplaced(args, OPT_PROFILE, "--inventory") ||
				  hrd_arg_misplaced(args, OPT_DATE, "--inventory") ||
				  hrd_arg_misplaced(args, OPT_CACHE, "--inventory")))
		return HRD_EXIT_USAGE;
	if (policy != NULL)
		source.policy = hrd_imagefile_open(policy, args->diag);
	else
		open_inventory(&source, args);
	if (source.policy != NULL)
		explain_all(&source, args);
	hrd_policy_free(source.policy);
	hrd_scope_clear(&source.scope);
	hrd_feeds_clear(&source.feeds);
	hrd_inventory_free(source.inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_explain = {
	.name = "explain",
	.synopsis = "--policy FILE | --inventory FILE [OPTION]... NAME... | -",
	.summary = "say which rule decides about a name, and why",
	.help = "A name may be pasted as a URL, host:port, a mail address, or in its own script; "
		"\"-\"\nreads them from standard input, one a line. With --inventory it also says "
		"why a\nname is not blocked. What is no name is an error, and the run goes on.\n",
	.examples = "  rpzgen explain --policy out/deepseek.policy https://chat.deepseek.com/\n"
		    "  rpzgen explain --inventory zones/deepseek.yaml chat.deepseek.com\n",
	.json = HRD_CMD_JSON_DATA,
	.options = options,
	.max_operands = -1,
	.run = run,
};
