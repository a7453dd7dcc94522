/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen verify: verifies what a publisher signed, and installs it. */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/day.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"
#include "rpzgen/deliver/install.h"
#include "rpzgen/deliver/verify.h"

enum {
	OPT_ANCHOR,
	OPT_OUTPUT,
	OPT_SPLIT,
	OPT_INSTALL,
	OPT_ROLLBACK,
	OPT_OLDER,
	OPT_CHANGE,
	OPT_EVERY,
	OPT_AGE,
	OPT_TIME,
	OPT_ORIGIN,
	OPT_GUARDS,
};

static const struct hrd_option options[] = {
	{ "anchor", 'a', "DIR", "trusted public keys: keygen's DIR/public, or one key file" },
	{ "output", 'o', "FILE", "zone: write the plain zone, without DNSSEC, to FILE" },
	{ "split", 0, NULL, "image: write FILE.payload and FILE.payload.minisig for minisign -V" },
	{ "install", 0, "DIR", "install as a new generation below DIR; DIR/current leads to it" },
	{ "rollback", 0, NULL, "with --install: return to the generation before; no FILE" },
	{ "accept-older", 0, NULL,
	    "take an older serial, another policy or a held one, this once" },
	{ "accept-change", 0, NULL, "let a large change pass, this once" },
	{ "every-signature", 0, NULL,
	    "zone: compute each signature, where a signed ZONEMD covers them all too" },
	{ "max-age", 0, "DAYS", "refuse a manifest or image that was made longer ago" },
	{ "time", 0, "SECONDS", "judge as if it were this time (since the epoch)" },
	{ "origin", 0, "NAME", "apex of the zone, where it does not say it" },
	{ "guards", 0, "warn|refuse",
	    "with --install: warn, or refuse (default): what the guards find is an error, "
	    "unless an exception of the publisher allows it" },
	{ NULL, 0, NULL, NULL },
};

struct command {
	struct hrd_args *args;
	struct hrd_diag *diag;
	struct hrd_anchors *anchors;
	struct hrd_verification how;
	struct hrd_install install;
	struct hrd_name origin; /* with --origin */
	uint64_t max_age;       /* days */
};

enum { DAYS_MAX = 36500 };

static bool
read_time(struct command *run)
{
	const char *text = hrd_arg_value(run->args, OPT_TIME);
	char *end;

	/* The clock, and not SOURCE_DATE_EPOCH: that must not make old signatures good. */
	run->how.now = (uint64_t)time(NULL);
	if (text == NULL)
		return true;
	errno = 0;
	run->how.now = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0)
		return true;
	hrd_diag_usage(run->diag, "--time takes seconds since the epoch");
	return false;
}

static bool
read_options(struct command *run)
{
	bool rollback = hrd_arg_value(run->args, OPT_ROLLBACK) != NULL;
	const char *plain = hrd_arg_value(run->args, OPT_OUTPUT);

	run->install = (struct hrd_install){ .dir = hrd_arg_value(run->args, OPT_INSTALL),
		.accept_older = hrd_arg_value(run->args, OPT_OLDER) != NULL,
		.accept_change = hrd_arg_value(run->args, OPT_CHANGE) != NULL,
		.guards = HRD_GUARDS_REFUSE,
		.diag = run->diag };
	if (rollback && (run->install.dir == NULL || run->args->argc > 0))
		hrd_diag_usage(run->diag, "--rollback goes with --install DIR and without FILE");
	else if (!rollback && run->args->argc == 0)
		hrd_diag_usage(run->diag, "verify needs FILE");
	else if (!rollback && hrd_arg_value(run->args, OPT_ANCHOR) == NULL)
		hrd_diag_usage(run->diag, "verify needs --anchor DIR");
	else if (hrd_arg_value(run->args, OPT_GUARDS) != NULL &&
		 (rollback || run->install.dir == NULL))
		hrd_diag_usage(run->diag, "--guards goes with --install DIR and FILE");
	else if (plain != NULL && run->args->argc > 0 &&
		 hrd_replaces_input(plain, run->args->argv[0]))
		hrd_diag_usage(run->diag, "-o names the input; write to another file");
	else if (hrd_arg_value(run->args, OPT_SPLIT) != NULL && run->args->argc > 0 &&
		 strcmp(run->args->argv[0], "-") == 0)
		hrd_diag_usage(run->diag, "--split names its files after FILE; give a file, not -");
	return hrd_diag_status(run->diag) == HRD_EXIT_OK && read_time(run) &&
	       hrd_arg_number(run->args, OPT_AGE, 0, DAYS_MAX, &run->max_age) &&
	       hrd_arg_name(run->args, OPT_ORIGIN, &run->origin) &&
	       hrd_arg_guards(run->args, OPT_GUARDS, &run->install.guards);
}

static bool
wrong_kind(struct command *run, const char *option, const char *kind)
{
	hrd_diag_usage(run->diag, "--%s is for %s", option, kind);
	return false;
}

/* A publisher renews what it publishes: what gets old shows that it does not any more. */
static bool
check_age(struct command *run, const struct hrd_verified *verified)
{
	struct hrd_position place = { run->args->argv[0], 0, 0 };
	uint64_t created = verified->manifest.created, now = run->how.now;

	if (hrd_arg_value(run->args, OPT_AGE) == NULL)
		return true;
	if (verified->kind == HRD_FILE_ZONE)
		return wrong_kind(run, "max-age", "manifests and images");
	if (now <= created || now - created <= run->max_age * HRD_DAY_SECONDS)
		return true;
	hrd_diag(run->diag, HRD_ERROR, &place, "verify-age",
	    "was made %" PRIu64 " days ago; does its publisher still renew it?",
	    (now - created) / HRD_DAY_SECONDS);
	return false;
}

static bool
write_file(struct command *run, const char *path, const void *data, size_t len)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	const char *what = path;
	FILE *out = set != NULL ? hrd_outset_add(set, path) : NULL;
	bool good = out != NULL && fwrite(data, 1, len, out) == len &&
		    hrd_outset_commit(set, &what) == HRD_OK;

	if (!good)
		hrd_diag_system(run->diag, what, errno);
	hrd_outset_free(set);
	return good;
}

static bool
write_beside(struct command *run, const char *suffix, const void *data, size_t len)
{
	char *path;
	bool good;

	if (asprintf(&path, "%s%s", run->args->argv[0], suffix) < 0)
		return false;
	good = write_file(run, path, data, len);
	free(path);
	return good;
}

static bool
write_outputs(struct command *run, const struct hrd_verified *verified)
{
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT);

	if (output != NULL && verified->kind != HRD_FILE_ZONE)
		return wrong_kind(run, "output", "zones");
	if (output != NULL &&
	    !write_file(run, output, verified->parts[0].data, verified->parts[0].len))
		return false;
	if (hrd_arg_value(run->args, OPT_SPLIT) == NULL)
		return true;
	if (verified->kind != HRD_FILE_IMAGE)
		return wrong_kind(run, "split", "images");
	return write_beside(run, ".payload", verified->payload, verified->payload_len) &&
	       write_beside(run, ".payload.minisig", verified->signature, verified->signature_len);
}

/* Whether standard output is for words. */
static bool
speaks(const struct command *run)
{
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT);

	return !run->args->quiet && !run->args->json && (output == NULL || !hrd_is_stdout(output));
}

static void
summarise(const struct command *run, const struct hrd_verified *verified)
{
	static const char *const kinds[] = { "zone", "image", "manifest" };
	const struct hrd_manifest *m = &verified->manifest;

	if (!speaks(run))
		return;
	printf("%s: verified: %s %s, serial %" PRIu32 ", rules: %" PRIu64 " (%s)\n",
	    run->args->argv[0], kinds[verified->kind], m->id, m->serial, m->rules,
	    verified->detail);
}

static void
report_install(struct command *run)
{
	hrd_result_install(hrd_args_result(run->args), &run->install);
	if (!speaks(run))
		return;
	printf("%s/current: generation %u, serial %" PRIu32 "%s\n", run->install.dir,
	    run->install.generation, run->install.serial,
	    run->install.unchanged ? " (the same as before)" : "");
}

static bool
verify(struct command *run)
{
	struct hrd_verified *verified = calloc(1, sizeof(*verified));
	bool good = false;

	if (verified == NULL) {
		hrd_diag_nomem(run->diag);
		return false;
	}
	hrd_diag_step(run->diag, "anchor");
	good = hrd_anchors_read(hrd_arg_value(run->args, OPT_ANCHOR), run->diag, run->anchors);
	hrd_diag_step(run->diag, "verify");
	good = good && hrd_verify_file(&run->how, run->args->argv[0], verified) &&
	       check_age(run, verified) && write_outputs(run, verified);
	if (good)
		hrd_result_verified(hrd_args_result(run->args), verified);
	if (good)
		summarise(run, verified);
	hrd_diag_step(run->diag, "install");
	run->install.now = run->how.now;
	if (good && run->install.dir != NULL) {
		good = hrd_install(&run->install, verified);
		if (good)
			report_install(run);
	}
	hrd_verified_clear(verified);
	free(verified);
	return good;
}

static int
run_verify(struct hrd_args *args)
{
	struct command run = { .args = args, .diag = args->diag };
	bool good;

	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	run.anchors = calloc(1, sizeof(*run.anchors));
	run.how = (struct hrd_verification){ .anchors = run.anchors,
		.now = run.how.now,
		.origin = hrd_arg_value(args, OPT_ORIGIN) != NULL ? &run.origin : NULL,
		.every_signature = hrd_arg_value(args, OPT_EVERY) != NULL,
		.diag = run.diag,
		.quiet = args->quiet };
	if (hrd_arg_value(args, OPT_ROLLBACK) != NULL) {
		hrd_diag_step(run.diag, "rollback");
		good = hrd_install_rollback(&run.install);
		if (good)
			report_install(&run);
	} else {
		good = run.anchors != NULL && verify(&run);
	}
	free(run.anchors);
	if (!good && run.install.dir != NULL)
		args->closing = "what was installed stays";
	return good ? HRD_EXIT_OK : HRD_EXIT_REJECTED;
}

const struct hrd_command hrd_cmd_verify = {
	.name = "verify",
	.synopsis = "--anchor DIR [OPTION]... FILE\n"
		    "       rpzgen verify --install DIR --rollback",
	.summary = "verify a signed zone, image or manifest, and install it",
	.help =
	    "A zone: anchor, DNSKEY, RRSIG and NSEC of every name, ZONEMD.  An image: signature,\n"
	    "digest, structure, time.  A manifest: signature, time, and the files it names beside\n"
	    "it, the signed zone NAME.signed too.  Installing checks the order of serials and the\n"
	    "guards on change.  The exit status is 1 when anything is not as it must be.\n",
	.examples =
	    "  rpzgen verify --anchor keys/public signed/deepseek.policy\n"
	    "  rpzgen verify --anchor keys/public --install /var/lib/hradba deepseek.policy\n",
	.json = HRD_CMD_SARIF_REPORT,
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.run = run_verify,
};
