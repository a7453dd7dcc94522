/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen why: asks a resolver once and says in words why the answer is what it is. */
#include <config.h>

#include "rpzgen/cmd/commands.h"

#include <stdlib.h>
#include <string.h>

#include "rpzgen/policy/question.h"
#include "rpzgen/probe/why.h"

enum { SECONDS_MAX = 60 };
enum { OPT_SERVER, OPT_SOURCE, OPT_SECONDS, OPT_CA };

static const struct hrd_option options[] = {
	{ "server", 0, "ADDR[#PORT][@TLSNAME]", "the resolver to ask" },
	{ "source", 0, "ADDR", "ask from this address" },
	{ "timeout", 0, "SECONDS", "until an answer counts as lost (default: 5)" },
	{ "ca", 0, "FILE", "certificates to trust for TLS (default: the system's)" },
	{ NULL, 0, NULL, NULL },
};

struct run {
	struct hrd_server_list servers;
	struct sockaddr_storage source;
	struct hrd_ask_options ask;
	struct hrd_why why;
};

static bool
read_options(struct hrd_args *args, struct run *run)
{
	const char *server = hrd_arg_value(args, OPT_SERVER),
		   *source = hrd_arg_value(args, OPT_SOURCE), *why;
	uint64_t seconds = HRD_ASK_SECONDS;
	int status;

	if (server == NULL) {
		hrd_diag_usage(args->diag, "why needs --server ADDR[#PORT][@TLSNAME]");
		return false;
	}
	status = hrd_servers_add(&run->servers, server, strlen(server), &why);
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(args->diag);
	else if (status != HRD_OK)
		hrd_diag_usage(args->diag, "--server \"%s\" is no server: %s", server, why);
	if (status != HRD_OK || !hrd_arg_number(args, OPT_SECONDS, 1, SECONDS_MAX, &seconds))
		return false;
	if (source != NULL && !hrd_server_source(source, &run->source)) {
		hrd_diag_usage(args->diag, "--source \"%s\" is no address", source);
		return false;
	}
	run->ask = (struct hrd_ask_options){ .servers = &run->servers,
		.rate = HRD_ASK_RATE,
		.in_flight = 1,
		.seconds = (unsigned)seconds,
		.ca = hrd_arg_value(args, OPT_CA),
		.quiet = args->quiet };
	if (source != NULL && run->source.ss_family == AF_INET6)
		run->ask.source6 = &run->source;
	else if (source != NULL)
		run->ask.source4 = &run->source;
	return hrd_ask_has_sources(&run->ask, args->diag);
}

/* What people paste is taken for the name in it. */
static bool
read_name(struct hrd_args *args, struct hrd_name *name)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };
	struct hrd_question question;
	const char *why = NULL;
	int status = hrd_question_read(&question, args->argv[0], strlen(args->argv[0]), &why);

	if (status == HRD_ENOMEM)
		hrd_diag_nomem(args->diag);
	else if (status != HRD_OK || question.unclear)
		hrd_diag(args->diag, HRD_ERROR, &nowhere, "explain-question", "\"%s\": %s",
		    args->argv[0], why);
	else if (question.form == HRD_ASKED_ADDRESS)
		hrd_diag(args->diag, HRD_ERROR, &nowhere, "explain-question",
		    "\"%s\" is an address; resolvers are asked for names", args->argv[0]);
	else
		*name = question.name;
	return hrd_diag_status(args->diag) == HRD_EXIT_OK;
}

static void
ask(struct hrd_args *args, struct run *run, const struct hrd_name *name)
{
	static const struct hrd_position nowhere = { NULL, 0, 0 };
	const char *failure;

	if (!hrd_why_ask(&run->why, name, &run->ask, args->diag))
		return;
	hrd_why_members(&run->why, hrd_args_result(args));
	if (!args->json && !args->quiet)
		hrd_why_print(&run->why, stdout);
	failure = hrd_why_failure(&run->why);
	if (failure == NULL)
		return;
	hrd_diag(args->diag, HRD_WARNING, &nowhere, "probe-broken", "%s: no answer: %s",
	    run->why.server->text, failure);
	hrd_diag_raise(args->diag, HRD_EXIT_SYSTEM);
}

static int
run_why(struct hrd_args *args)
{
	struct run *run = calloc(1, sizeof(*run));
	struct hrd_name name;

	if (run == NULL) {
		hrd_diag_nomem(args->diag);
		return HRD_EXIT_SYSTEM;
	}
	if (read_options(args, run) && read_name(args, &name))
		ask(args, run, &name);
	hrd_servers_clear(&run->servers);
	free(run);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_why = {
	.name = "why",
	.synopsis = "NAME --server ADDR[#PORT][@TLSNAME] [OPTION]...",
	.summary = "ask a resolver once why a name has no answer",
	.help = "Asks for the name's address and says in words what came back: the reason that "
		"the resolver\ngives (extended errors, also as JSON), and the policy zone that "
		"answered.  Exit status 3\nwhen there is no answer.\n",
	.examples = "  rpzgen why chat.deepseek.com --server 192.0.2.53\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_why,
};
