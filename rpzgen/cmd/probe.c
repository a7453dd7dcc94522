/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen probe: whether a policy is in force on resolvers, asked from outside. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/beacon.h"
#include "rpzgen/base/now.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/probe/probe.h"
#include "rpzgen/probe/report.h"

enum { SECONDS_MAX = 60, SAMPLE_MAX = 100000000 };

enum {
	OPT_INVENTORY,
	OPT_PROFILE,
	OPT_DATE,
	OPT_CACHE,
	OPT_SERVER,
	OPT_SERVERS,
	OPT_CONTROL,
	OPT_MANIFEST,
	OPT_SAMPLE,
	OPT_SOURCE,
	OPT_RATE,
	OPT_IN_FLIGHT,
	OPT_SECONDS,
	OPT_CA,
	OPT_JUNIT,
	OPT_PROMETHEUS,
};

static const struct hrd_option options[] = {
	{ "inventory", 0, "FILE", "what must be in force" },
	{ "profile", 0, "ID", "profile of the inventory (default: its first)" },
	{ "date", 0, "DATE", "day of the rules (default: today)" },
	{ "cache", 0, "DIR", "take in the feeds that build --cache has kept there" },
	{ "server", 0, "ADDR[#PORT][@TLSNAME]", "a resolver to ask; may be given again" },
	{ "servers", 0, "FILE", "resolvers to ask, one a line" },
	{ "control", 0, "NAME",
	    "a name that must resolve (default: the root); may be given again" },
	{ "manifest", 0, "FILE", "the serial of this manifest is current" },
	{ "sample", 0, "N", "ask for so many names, chosen by chance" },
	{ "source", 0, "ADDR", "ask from this address; may be given for IPv4 and IPv6" },
	{ "rate", 0, "N", "questions a second to each server (default: 100)" },
	{ "in-flight", 0, "N", "questions at a time to each server (default: 16)" },
	{ "timeout", 0, "SECONDS", "until an answer counts as lost (default: 5)" },
	{ "ca", 0, "FILE", "certificates to trust for TLS (default: the system's)" },
	{ "junit", 0, "FILE", "write a test report as JUnit XML too" },
	{ "prometheus", 0, "FILE", "write metrics for Prometheus too" },
	{ NULL, 0, NULL, NULL },
};

struct run {
	struct hrd_args *args;
	struct hrd_server_list servers;
	size_t refused; /* lines of --servers that are no servers */
	struct hrd_name controls[HRD_GIVEN_MAX];
	size_t control_count;
	struct sockaddr_storage source4, source6;
	struct hrd_ask_options ask;
	uint64_t sample;
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	struct hrd_scope scope;
	struct hrd_ruleset *set;
	struct hrd_probe_policy policy;
	bool has_beacon;
	struct hrd_name beacon;
	struct hrd_plan plan;
};

static bool
read_servers(struct run *run)
{
	struct hrd_diag *diag = run->args->diag;
	const char *text, *why = NULL;

	for (size_t i = 0; (text = hrd_arg_nth(run->args, OPT_SERVER, i)) != NULL; i++) {
		int status = hrd_servers_add(&run->servers, text, strlen(text), &why);

		if (status == HRD_ENOMEM)
			hrd_diag_nomem(diag);
		else if (status != HRD_OK)
			hrd_diag_usage(diag, "--server \"%s\" is no server: %s", text, why);
		if (status != HRD_OK)
			return false;
	}
	for (size_t i = 0; (text = hrd_arg_nth(run->args, OPT_SERVERS, i)) != NULL; i++) {
		if (!hrd_servers_read(&run->servers, text, &run->refused, diag))
			return false;
	}
	if (run->servers.count > 0)
		return true;
	if (run->refused == 0)
		hrd_diag_usage(
		    diag, "probe needs a resolver to ask: --server ADDR[#PORT][@TLSNAME]");
	else
		hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	return false;
}

static bool
read_controls(struct run *run)
{
	const char *text;

	while ((text = hrd_arg_nth(run->args, OPT_CONTROL, run->control_count)) != NULL) {
		if (hrd_name_from_text(&run->controls[run->control_count], text, strlen(text)) !=
		    HRD_OK) {
			hrd_diag_usage(run->args->diag, "--control \"%s\" is no domain name", text);
			return false;
		}
		run->control_count++;
	}
	return true;
}

static bool
read_sources(struct run *run)
{
	struct sockaddr_storage source;
	const char *text;

	for (size_t i = 0; (text = hrd_arg_nth(run->args, OPT_SOURCE, i)) != NULL; i++) {
		if (!hrd_server_source(text, &source)) {
			hrd_diag_usage(run->args->diag, "--source \"%s\" is no address", text);
			return false;
		}
		if (source.ss_family == AF_INET6) {
			run->source6 = source;
			run->ask.source6 = &run->source6;
		} else {
			run->source4 = source;
			run->ask.source4 = &run->source4;
		}
	}
	return hrd_ask_has_sources(&run->ask, run->args->diag);
}

/* A report never takes the place of what is read. */
static bool
check_outputs(const struct run *run)
{
	static const int outputs[] = { OPT_JUNIT, OPT_PROMETHEUS };
	static const int inputs[] = { OPT_INVENTORY, OPT_SERVERS, OPT_MANIFEST, OPT_CA };
	const size_t input_count = sizeof(inputs) / sizeof(inputs[0]);

	for (size_t i = 0; i < input_count * sizeof(outputs) / sizeof(outputs[0]); i++) {
		const char *output = hrd_arg_value(run->args, outputs[i / input_count]);
		const char *input = hrd_arg_value(run->args, inputs[i % input_count]);

		if (output != NULL && input != NULL && hrd_replaces_input(output, input)) {
			hrd_diag_usage(
			    run->args->diag, "%s would be replaced; write to another file", output);
			return false;
		}
	}
	return true;
}

static bool
read_options(struct run *run)
{
	uint64_t rate = HRD_ASK_RATE, in_flight = HRD_ASK_IN_FLIGHT, seconds = HRD_ASK_SECONDS;

	if (hrd_arg_value(run->args, OPT_INVENTORY) == NULL) {
		hrd_diag_usage(
		    run->args->diag, "probe needs --inventory FILE: what must be in force");
		return false;
	}
	run->ask.servers = &run->servers;
	if (!check_outputs(run) || !read_servers(run) || !read_controls(run) ||
	    !read_sources(run) ||
	    !hrd_arg_number(run->args, OPT_SAMPLE, 1, SAMPLE_MAX, &run->sample) ||
	    !hrd_arg_number(run->args, OPT_RATE, 1, HRD_ASK_RATE_MAX, &rate) ||
	    !hrd_arg_number(run->args, OPT_IN_FLIGHT, 1, HRD_ASK_IN_FLIGHT_MAX, &in_flight) ||
	    !hrd_arg_number(run->args, OPT_SECONDS, 1, SECONDS_MAX, &seconds))
		return false;
	run->ask.rate = (unsigned)rate;
	run->ask.in_flight = (unsigned)in_flight;
	run->ask.seconds = (unsigned)seconds;
	run->ask.ca = hrd_arg_value(run->args, OPT_CA);
	run->ask.quiet = run->args->quiet;
	return true;
}

/* What is published, where a manifest says so. */
static bool
read_manifest(struct run *run)
{
	const char *path = hrd_arg_value(run->args, OPT_MANIFEST);
	struct hrd_manifest *manifest;
	bool good;

	if (path == NULL)
		return true;
	manifest = malloc(sizeof(*manifest));
	if (manifest == NULL) {
		hrd_diag_nomem(run->args->diag);
		return false;
	}
	good = hrd_manifest_read(path, run->args->diag, manifest);
	if (good && strcmp(manifest->id, run->policy.id) != 0) {
		hrd_diag(run->args->diag, HRD_ERROR, &(struct hrd_position){ path, 0, 0 },
		    "probe-manifest", "a manifest of policy %s, not of %s", manifest->id,
		    run->policy.id);
		good = false;
	}
	run->policy.has_current = good;
	run->policy.current = good ? manifest->serial : 0;
	free(manifest);
	return good;
}

/* The rules that build would publish. */
static bool
derive(struct run *run)
{
	struct hrd_diag *diag = run->args->diag;
	const struct hrd_feed_options offline = { .online = false,
		.quiet = run->args->quiet,
		.cache = hrd_arg_value(run->args, OPT_CACHE) };
	struct hrd_policy_info info;
	int32_t date;

	if (!hrd_date_option(hrd_arg_value(run->args, OPT_DATE), diag, &date))
		return false;
	run->inventory = hrd_inventory_read(hrd_arg_value(run->args, OPT_INVENTORY), diag);
	if (run->inventory == NULL)
		return false;
	hrd_inventory_check(run->inventory, diag);
	if (hrd_diag_errors(diag) > 0 ||
	    !hrd_feeds_load(&run->feeds, run->inventory, &offline, diag) ||
	    !hrd_scope_init(&run->scope, run->inventory, &run->feeds,
		hrd_arg_value(run->args, OPT_PROFILE), date, diag))
		return false;
	run->set = hrd_derive(&run->scope, diag);
	if (run->set == NULL || hrd_diag_errors(diag) > 0)
		return false;
	hrd_scope_info(&run->scope, &info);
	run->policy.id = info.id;
	run->policy.apex = info.apex;
	run->policy.mname = info.mname;
	run->policy.rname = info.rname;
	run->has_beacon = info.beacon && hrd_beacon_name(&run->beacon, &info.apex) == HRD_OK;
	return true;
}

/* JUnit XML and metrics, both or none: both are opened before one is written. */
static void
write_files(struct run *run, const struct hrd_probe *probe, uint64_t time)
{
	const char *junit = hrd_arg_value(run->args, OPT_JUNIT);
	const char *prometheus = hrd_arg_value(run->args, OPT_PROMETHEUS);
	const char *what = junit != NULL ? junit : prometheus;
	struct hrd_outset *outputs;
	FILE *report = NULL, *metrics = NULL;
	bool good = true;

	if (what == NULL)
		return;
	outputs = hrd_outset_new(NULL);
	if (outputs != NULL && junit != NULL)
		good = (report = hrd_outset_add(outputs, junit)) != NULL;
	if (outputs != NULL && good && prometheus != NULL) {
		what = prometheus;
		good = (metrics = hrd_outset_add(outputs, prometheus)) != NULL;
	}
	if (good && report != NULL)
		hrd_probe_junit(probe, report);
	if (good && metrics != NULL)
		hrd_probe_prometheus(probe, time, metrics);
	if (outputs == NULL)
		hrd_diag_nomem(run->args->diag);
	else if (!good || hrd_outset_commit(outputs, &what) != HRD_OK)
		hrd_diag_system(run->args->diag, what, errno);
	hrd_outset_free(outputs);
}

/* Whether standard output is for words. */
static bool
speaks(const struct run *run)
{
	const char *junit = hrd_arg_value(run->args, OPT_JUNIT);
	const char *prometheus = hrd_arg_value(run->args, OPT_PROMETHEUS);

	return !run->args->json && !run->args->quiet && (junit == NULL || !hrd_is_stdout(junit)) &&
	       (prometheus == NULL || !hrd_is_stdout(prometheus));
}

static void
probe(struct run *run)
{
	struct hrd_probe probe;
	uint64_t time;

	if (hrd_now(run->args->diag, &time) != HRD_OK)
		return;
	if (hrd_probe_run(&probe, &run->plan, &run->policy, &run->ask, run->args->diag)) {
		hrd_probe_members(&probe, hrd_args_result(run->args));
		if (speaks(run))
			hrd_probe_print(&probe, stdout);
		write_files(run, &probe, time);
		hrd_probe_report(&probe, run->args->diag);
	}
	hrd_probe_clear(&probe);
}

static int
run_probe(struct hrd_args *args)
{
	struct run *run = calloc(1, sizeof(*run));
	int status = HRD_EXIT_OK;

	if (run == NULL) {
		hrd_diag_nomem(args->diag);
		return HRD_EXIT_SYSTEM;
	}
	run->args = args;
	if (!read_options(run)) {
		status = HRD_EXIT_OK; /* it was reported */
	} else if (derive(run) && read_manifest(run)) {
		const struct hrd_plan_options how = { .scope = &run->scope,
			.controls = run->controls,
			.control_count = run->control_count,
			.beacon = run->has_beacon ? &run->beacon : NULL,
			.sample = (size_t)run->sample };

		if (hrd_plan_make(&run->plan, run->set, &how, args->diag))
			probe(run);
	}
	if (run->refused > 0 && hrd_diag_status(args->diag) == HRD_EXIT_OK)
		status = HRD_EXIT_SYSTEM;
	hrd_plan_clear(&run->plan);
	hrd_rules_free(run->set);
	hrd_scope_clear(&run->scope);
	hrd_feeds_clear(&run->feeds);
	hrd_inventory_free(run->inventory);
	hrd_servers_clear(&run->servers);
	free(run);
	return status;
}

const struct hrd_command hrd_cmd_probe = {
	.name = "probe",
	.synopsis = "--inventory FILE (--server ADDR[#PORT][@TLSNAME] | --servers FILE)... "
		    "[OPTION]...",
	.summary = "ask your own resolvers whether the policy is in force",
	.help =
	    "Asks each resolver for every rule's name, a random name below it and the known names "
	    "as A, AAAA,\nHTTPS and TXT, with the DO bit and over TCP, and for control names that "
	    "must resolve.  Exit\nstatus: 0 all enforce, 1 one does not, 3 nothing found but not "
	    "everything is known.\nIt is for resolvers of your own: thousands of questions look "
	    "like an attack to others.\n",
	.examples = "  rpzgen probe --inventory zones/deepseek.yaml --server 192.0.2.53 --server "
		    "192.0.2.54@dns.example --control www.example.com\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 0,
	.max_operands = 0,
	.run = run_probe,
};
