/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen compile: policy zones become a policy image. */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/limits.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/now.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/list/tolerance.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/rules/combine.h"
#include "rpzgen/rules/replaced.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/prune.h"
#include "rpzgen/zone/companion.h"
#include "rpzgen/zone/consumer.h"
#include "rpzgen/zone/rules.h"
#include "rpzgen/zone/write.h"

enum { VALID_DAYS_MAX = 36500 };

enum {
	OPT_OUTPUT,
	OPT_COMPANION,
	OPT_ORIGIN,
	OPT_ID,
	OPT_WILDCARDS,
	OPT_VALID_DAYS,
	OPT_STRICT,
	OPT_PRUNE,
	OPT_LIST_HOLES,
	OPT_MAX_REFUSED,
	OPT_GUARDS,
	OPT_NEVER,
	OPT_POPULAR,
	OPT_MUST_RESOLVE,
	OPT_CHANGE,
	OPT_MERGE,
};

static const struct hrd_option options[] = {
	{ "output", 'o', "FILE", "write the image to FILE" },
	{ "companion", 0, "FILE", "write the rules for Unbound's own rpz: to FILE" },
	{ "origin", 0, "NAME", "apex of the zone, where it does not say it" },
	{ "id", 0, "ID", "id of the policy (default: the apex of the first zone)" },
	{ "wildcards", 0, "cover|rfc4592",
	    "how holes are read (default: cover); rfc4592 keeps those of BIND" },
	{ "valid-days", 0, "N", "the policy ends N days after its creation (default: never)" },
	{ "strict", 0, NULL, "write nothing when a record is at fault" },
	{ "prune", 0, NULL, "leave out rules that others imply; their ids are lost" },
	{ "list-holes", 0, NULL, "list the holes on standard output" },
	{ "max-refused", 0, "N|P%",
	    "records at fault that may be left out (default: 20 or 1 %, and 5 or 10 %)" },
	{ "guards", 0, "warn|refuse",
	    "warn (default), or refuse: what the guards find is an error" },
	{ "never", 0, "FILE", "names that no rule may block, one a line; *.name: nor lie below" },
	{ "popular", 0, "FILE", "further names that very many people need, one a line" },
	{ "must-resolve", 0, "FILE", "names that must not be blocked, one a line" },
	{ "accept-change", 0, NULL,
	    "replace an image of another policy, or one most of whose rules are gone" },
	{ "merge", 0, NULL,
	    "take several zones for parts of one; else the first that decides about a name does" },
	{ NULL, 0, NULL, NULL },
};

/* One run. */
struct compile {
	struct hrd_args *args;
	struct hrd_diag *diag;
	const char **files;           /* of the zones, for reports */
	struct hrd_combined combined; /* the same; a rule's line says which */
	const char *file;             /* the present one, then the first */
	struct hrd_ruleset **sets;    /* of several zones, until they are one */
	uint64_t shadowed;            /* rules of the present one that a zone before makes void */
	bool rfc4592;
	enum hrd_guard_effect guards;
	struct hrd_tolerance tolerance;
	struct hrd_name origin;
	struct hrd_zone_head head; /* of the first zone; its counts are of all */
	struct hrd_policy_info info;
	char id[HRD_NAME_TEXT_MAX];
	struct hrd_ruleset *set; /* replaced by what prune and rfc4592 make of it */
	size_t rules;            /* without STOP entries */
	uint64_t holes;
};

static bool
is_set(const struct compile *run, int option)
{
	return hrd_arg_value(run->args, option) != NULL;
}

static int
read_valid_days(struct compile *run)
{
	uint64_t days = 0;

	if (!hrd_arg_number(run->args, OPT_VALID_DAYS, 1, VALID_DAYS_MAX, &days))
		return HRD_EINVAL;
	if (days > 0)
		run->info.not_after = run->info.created + days * HRD_DAY_SECONDS;
	return HRD_OK;
}

static void
check_outputs(struct compile *run)
{
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT);
	const char *companion = hrd_arg_value(run->args, OPT_COMPANION);

	for (int i = 0; i < run->args->argc; i++) {
		const char *zone = run->args->argv[i];

		if ((output != NULL && hrd_replaces_input(output, zone)) ||
		    (companion != NULL && hrd_replaces_input(companion, zone)))
			hrd_diag_usage(
			    run->diag, "%s would be replaced; write to another file", zone);
	}
}

/* Several zones, which must be files but for one. */
static void
check_inputs(struct compile *run)
{
	int from_stdin = 0;

	for (int i = 0; i < run->args->argc; i++)
		from_stdin += strcmp(run->args->argv[i], "-") == 0;
	if (from_stdin > 1)
		hrd_diag_usage(run->diag, "standard input can be one zone, not %d", from_stdin);
	if (run->args->argc > 1 && run->rfc4592 && !is_set(run, OPT_MERGE))
		hrd_diag_usage(run->diag,
		    "the holes of --wildcards=rfc4592 are those of one zone; with several zones "
		    "give --merge");
}

/* False after a report. */
static bool
read_limits(struct compile *run)
{
	const char *most = hrd_arg_value(run->args, OPT_MAX_REFUSED);

	if (most != NULL && !hrd_tolerance_parse(&run->tolerance, most)) {
		hrd_diag_usage(run->diag, "--max-refused takes a number, or a share: 50, 5%%");
		return false;
	}
	return hrd_arg_guards(run->args, OPT_GUARDS, &run->guards);
}

static int
read_options(struct compile *run)
{
	const char *mode = hrd_arg_value(run->args, OPT_WILDCARDS);
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT);

	if (output == NULL)
		hrd_diag_usage(run->diag, "compile needs -o FILE");
	else if (mode != NULL && strcmp(mode, "cover") != 0 && strcmp(mode, "rfc4592") != 0)
		hrd_diag_usage(run->diag, "--wildcards is cover or rfc4592, not \"%s\"", mode);
	else if (hrd_arg_name(run->args, OPT_ORIGIN, &run->origin) && read_limits(run))
		check_outputs(run);
	run->rfc4592 = mode != NULL && strcmp(mode, "rfc4592") == 0;
	check_inputs(run);
	if (run->rfc4592 && is_set(run, OPT_PRUNE))
		hrd_diag_usage(run->diag,
		    "--prune changes which holes there are, so it does not go "
		    "with --wildcards=rfc4592");
	if (hrd_diag_status(run->diag) != HRD_EXIT_OK ||
	    hrd_now(run->diag, &run->info.created) != HRD_OK)
		return HRD_EINVAL;
	return read_valid_days(run);
}

/* Says what went wrong with a whole step; HRD_EINVAL was told where it happened. */
static int
explain(struct compile *run, int status, const char *what)
{
	struct hrd_position place = { run->file, 0, 0 };

	if (status == HRD_ENOMEM)
		hrd_diag_nomem(run->diag);
	else if (status == HRD_EIO)
		hrd_diag_system(run->diag, what, errno);
	else if (status == HRD_ELIMIT)
		hrd_diag(run->diag, HRD_ERROR, &place, "zone-limit",
		    "more than 268435456 rules, or an image of more than 1073741824 octets; "
		    "split the zone");
	return status;
}

/* What is left must be what was meant: not a zone that lost most of its records. */
static int
judge_reading(struct compile *run, const struct hrd_zone_head *head)
{
	struct hrd_position place = { run->file, 0, 0 };
	uint64_t refused = head->faults, all = refused + head->rules;

	if (is_set(run, OPT_STRICT) ? refused == 0 : hrd_tolerates(&run->tolerance, refused, all))
		return HRD_OK;
	hrd_diag(run->diag, HRD_ERROR, &place, "compile-refused",
	    "%" PRIu64 " of %" PRIu64 " records are at fault; is this the zone that is meant? %s",
	    refused, all,
	    is_set(run, OPT_STRICT) ? "--strict takes none" : "--max-refused takes more");
	return HRD_EINVAL;
}

/* A part of the first zone: the next one goes on where it ends. */
static void
take_part(struct hrd_zone_head *whole, const struct hrd_zone_head *part)
{
	whole->has_default_ttl = part->has_default_ttl;
	whole->default_ttl = part->default_ttl;
	whole->has_last_ttl = part->has_last_ttl;
	whole->last_ttl = part->last_ttl;
	whole->origin = part->origin;
	whole->rooted = part->rooted;
	whole->suffixes = part->suffixes;
}

/* The n-th zone. A later one may be the rest of the first, without a SOA of its own. */
static int
read_zone(struct compile *run, int n, FILE *stream)
{
	bool part = n > 0 && hrd_file_continues_zone(run->args->argv[n]);
	struct hrd_zone_head head;
	struct hrd_progress progress;
	const struct hrd_zone_reading how = { .file = run->file,
		.diag = run->diag,
		.origin = is_set(run, OPT_ORIGIN) ? &run->origin
			  : part                  ? &run->head.apex
						  : NULL,
		.part = part ? &run->head : NULL,
		.progress = &progress,
		.lenient = true };

	hrd_progress_start(&progress, run->args->quiet);
	run->sets[n] = hrd_zone_rules(stream, &how, &head);
	if (run->sets[n] == NULL)
		return HRD_EINVAL;
	if (n == 0) {
		run->head = head;
	} else {
		run->head.rules += head.rules;
		run->head.faults += head.faults;
		if (part)
			take_part(&run->head, &head);
	}
	return judge_reading(run, &head);
}

static int
open_and_read(struct compile *run, int n)
{
	const char *path = run->args->argv[n];
	FILE *stream;
	int status;

	run->file = run->files[n];
	if (!hrd_file_expect(path, HRD_CONTENT_ZONE, run->diag))
		return HRD_EINVAL;
	stream = hrd_infile_open(path);
	if (stream == NULL)
		return explain(run, HRD_EIO, path);
	status = read_zone(run, n, stream);
	hrd_infile_close(stream);
	return status;
}

/* The first such rule of each zone is told. */
static void
take_shadowed(void *ctx, size_t set, const struct hrd_rule *rule)
{
	struct compile *run = ctx;
	struct hrd_position place = { run->files[set], rule->line, 1 };
	char owner[HRD_OWNER_TEXT_MAX];

	if (run->file != run->files[set]) {
		run->file = run->files[set];
		hrd_dump_owner_of(rule, owner);
		hrd_diag(run->diag, HRD_WARNING, &place, "compile-decided",
		    "%s: a zone before this decides otherwise, so this says nothing; --merge "
		    "takes them for one zone",
		    owner);
	}
	run->shadowed++;
}

static void
take_clash(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct compile *run = ctx;
	struct hrd_position place = hrd_combined_place(&run->combined, other->line);
	struct hrd_position stays = hrd_combined_place(&run->combined, kept->line);
	char owner[HRD_OWNER_TEXT_MAX];

	if (clash == HRD_CLASH_DUPLICATE)
		return;
	run->head.faults++;
	hrd_dump_owner_of(other, owner);
	hrd_diag(run->diag, HRD_WARNING, &place,
	    clash == HRD_CLASH_ACTION  ? "zone-two-actions"
	    : clash == HRD_CLASH_CNAME ? "zone-cname-data"
				       : "zone-records-limit",
	    "%s: does not go with what is in %s, line %" PRIu64 ", which stays", owner, stays.file,
	    stays.line);
}

/* One set of all zones. */
static int
combine(struct compile *run)
{
	const struct hrd_combining how = { .sets = (const struct hrd_ruleset *const *)run->sets,
		.count = (size_t)run->args->argc,
		.merge = is_set(run, OPT_MERGE),
		.ends = run->combined.ends,
		.ctx = run,
		.shadowed = take_shadowed,
		.clash = take_clash };
	int status = HRD_OK;

	run->file = run->files[0];
	if (how.count > 1) {
		status = hrd_rules_combine(&how, &run->set);
	} else {
		run->set = run->sets[0];
		run->sets[0] = NULL;
	}
	for (size_t n = 0; n < how.count; n++) {
		hrd_rules_free(run->sets[n]);
		run->sets[n] = NULL;
	}
	run->file = run->files[0];
	return explain(run, status, NULL);
}

static int
read_zones(struct compile *run)
{
	struct hrd_position place = { run->files[0], 0, 0 };
	int status = HRD_OK;

	for (int n = 0; n < run->args->argc && status == HRD_OK; n++)
		status = open_and_read(run, n);
	if (status == HRD_OK)
		status = combine(run);
	if (status == HRD_OK && hrd_rules_count(run->set) == 0) {
		hrd_diag(run->diag, HRD_ERROR, &place, "compile-empty",
		    "no rule is left; an image without rules would lift every block");
		status = HRD_EINVAL;
	}
	return status;
}

/* What build refuses is only reported unless asked for: the zone is somebody else's. */
static int
check_guards(struct compile *run)
{
	struct hrd_guard guard;
	const struct hrd_guard_files files = { .popular = hrd_arg_value(run->args, OPT_POPULAR),
		.never = hrd_arg_value(run->args, OPT_NEVER),
		.must_resolve = hrd_arg_value(run->args, OPT_MUST_RESOLVE) };
	bool ready = hrd_guard_init(&guard, run->diag, HRD_WARNING, run->file, NULL, &files);

	guard.severity = run->guards == HRD_GUARDS_REFUSE ? HRD_ERROR : HRD_WARNING;
	guard.combined = &run->combined;
	if (ready)
		hrd_guard_rules(&guard, run->set);
	hrd_guard_clear(&guard);
	return ready && hrd_diag_errors(run->diag) == 0 ? HRD_OK : HRD_EINVAL;
}

/* The new set takes the place of the old one. */
static void
replace_set(struct compile *run, struct hrd_ruleset *set)
{
	hrd_rules_free(run->set);
	run->set = set;
}

static int
prune(struct compile *run)
{
	struct hrd_ruleset *pruned;
	size_t dropped;
	int status = hrd_rules_prune(run->set, &pruned, &dropped);

	if (status == HRD_OK)
		replace_set(run, pruned);
	return explain(run, status, NULL);
}

static void
report_holes(struct compile *run)
{
	struct hrd_position place = { run->file, 0, 0 };

	if (run->holes > 0 && !run->rfc4592)
		hrd_diag(run->diag, HRD_WARNING, &place, "zone-holes",
		    "%" PRIu64 " hole%s: names below a listed wildcard that BIND or Unbound would "
		    "let through and this image covers; --list-holes names them, "
		    "--wildcards=rfc4592 keeps them",
		    run->holes, (run->holes == 1) ? "" : "s");
}

static int
look_for_holes(struct compile *run)
{
	struct hrd_hole_list *holes;
	struct hrd_ruleset *kept = NULL;
	int status = hrd_holes_find(run->set, &holes);

	if (status != HRD_OK)
		return explain(run, status, NULL);
	run->rules = hrd_rules_count(run->set);
	run->holes = hrd_holes_count(holes);
	hrd_result_holes(
	    hrd_args_result(run->args), holes, is_set(run, OPT_LIST_HOLES) && run->args->json);
	if (is_set(run, OPT_LIST_HOLES) && !run->args->json)
		hrd_holes_print(holes, run->set, stdout);
	if (run->rfc4592 && run->holes > 0)
		status = hrd_holes_keep(holes, run->set, &kept);
	if (kept != NULL)
		replace_set(run, kept);
	report_holes(run);
	hrd_holes_free(holes);
	return explain(run, status, NULL);
}

/* A zone without an origin has no name: the image is called as its file is, which stays the same.
 */
static void
name_by_output(struct compile *run)
{
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT), *slash = strrchr(output, '/');
	const char *name = slash != NULL ? slash + 1 : output, *dot = strrchr(name, '.');
	size_t len = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);

	if (!hrd_is_stdout(output) && len > 0 && len <= HRD_POLICY_ID_MAX)
		snprintf(run->id, sizeof(run->id), "%.*s", (int)len, name);
}

static int
describe(struct compile *run)
{
	const char *id = hrd_arg_value(run->args, OPT_ID);
	size_t len;

	if (id == NULL) {
		hrd_name_to_text(&run->head.apex, run->id);
		if (run->head.apex.len == 1)
			name_by_output(run);
		id = run->id;
	}
	len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	if (len == 0 || len > HRD_POLICY_ID_MAX || id[len] != '\0') {
		hrd_diag_usage(run->diag,
		    "\"%s\" cannot be a policy id (1 to 63 of a-z, 0-9, \".\", \"-\"); give --id",
		    id);
		return HRD_EINVAL;
	}
	run->info.id = id;
	run->info.title = run->info.publisher = "";
	run->info.apex = run->head.apex;
	run->info.mname = run->head.mname;
	run->info.rname = run->head.rname;
	run->info.serial = run->head.serial;
	run->info.ttl = run->head.ttl;
	run->info.rfc4592 = run->rfc4592;
	hrd_dump_digest(run->set, run->info.rule_digest);
	run->info.has_rule_digest = true;
	run->info.beacon = run->head.beacon[0] != '\0';
	return HRD_OK;
}

/* The stream of a file, or NULL after a report. */
static FILE *
open_output(struct compile *run, struct hrd_outset *outputs, const char *path)
{
	FILE *stream = hrd_outset_add(outputs, path);

	if (stream == NULL)
		explain(run, HRD_EIO, path);
	return stream;
}

static int
write_image(struct compile *run, FILE *stream)
{
	uint8_t *image = NULL;
	size_t len = 0;
	int status = hrd_policy_build(run->set, &run->info, &image, &len);

	if (status == HRD_OK && fwrite(image, 1, len, stream) != len)
		status = HRD_EIO;
	explain(run, status, hrd_arg_value(run->args, OPT_OUTPUT));
	free(image);
	return status;
}

/* All are opened before one is written: what went to standard output cannot be taken back. */
static int
write_to(struct compile *run, struct hrd_outset *outputs)
{
	const char *path = hrd_arg_value(run->args, OPT_COMPANION);
	FILE *companion = path != NULL ? open_output(run, outputs, path) : NULL;
	FILE *image = path == NULL || companion != NULL
			  ? open_output(run, outputs, hrd_arg_value(run->args, OPT_OUTPUT))
			  : NULL;
	int status = image != NULL ? HRD_OK : HRD_EIO;

	if (image != NULL && companion != NULL)
		status = explain(run,
		    hrd_companion_write(companion, run->set, &run->info, run->diag, &run->combined),
		    path);
	return status == HRD_OK ? write_image(run, image) : status;
}

static int
write_files(struct compile *run)
{
	struct hrd_outset *outputs = hrd_outset_new(NULL);
	const char *what = NULL;
	int status;

	if (outputs == NULL)
		return explain(run, HRD_ENOMEM, NULL);
	status = write_to(run, outputs);
	if (status == HRD_OK && hrd_outset_commit(outputs, &what) != HRD_OK) {
		run->args->closing = hrd_outset_closing(outputs);
		status = explain(run, HRD_EIO, what);
	}
	hrd_outset_free(outputs);
	return status;
}

static void
summarise(const struct compile *run)
{
	const char *companion = hrd_arg_value(run->args, OPT_COMPANION);

	if (run->args->quiet || run->args->json || is_set(run, OPT_LIST_HOLES) ||
	    hrd_is_stdout(hrd_arg_value(run->args, OPT_OUTPUT)) ||
	    (companion != NULL && hrd_is_stdout(companion)))
		return;
	printf("%s: serial %" PRIu32 ", rules: %zu, holes%s: %" PRIu64 ", records refused: %" PRIu64
	       "\n",
	    run->info.id, run->info.serial, run->rules, run->rfc4592 ? " kept" : "", run->holes,
	    run->head.faults);
}

static void
write_result(struct compile *run)
{
	struct hrd_json *result = hrd_args_result(run->args);
	const char *companion = hrd_arg_value(run->args, OPT_COMPANION);

	hrd_json_member(result, "id", run->info.id);
	hrd_json_number(result, "serial", run->info.serial);
	hrd_result_rules(result, run->set);
	hrd_json_flag(result, "holes_kept", run->rfc4592);
	hrd_json_number(result, "records_refused", run->head.faults);
	hrd_json_hex(result, "rule_digest", run->info.rule_digest, sizeof(run->info.rule_digest));
	hrd_result_time(result, "created", run->info.created);
	hrd_result_time(result, "not_after", run->info.not_after);
	hrd_json_member(result, "file", hrd_arg_value(run->args, OPT_OUTPUT));
	if (companion != NULL)
		hrd_json_member(result, "companion", companion);
}

static int
compile(struct compile *run)
{
	const char *output = hrd_arg_value(run->args, OPT_OUTPUT);
	int status = read_zones(run);

	if (status == HRD_OK)
		status = check_guards(run);
	if (status == HRD_OK && is_set(run, OPT_PRUNE))
		status = prune(run);
	if (status == HRD_OK)
		status = look_for_holes(run);
	if (status == HRD_OK)
		status = describe(run);
	if (status == HRD_OK && !hrd_is_stdout(output) && !is_set(run, OPT_CHANGE) &&
	    !hrd_replaced_may_be(output, run->set, &run->info, run->diag))
		status = HRD_EINVAL;
	if (status == HRD_OK)
		status = write_files(run);
	return status;
}

static int
run_compile(struct hrd_args *args)
{
	struct compile run = { .args = args, .diag = args->diag, .guards = HRD_GUARDS_WARN };
	int status;

	run.files = calloc((size_t)args->argc, sizeof(*run.files));
	run.sets = calloc((size_t)args->argc, sizeof(struct hrd_ruleset *));
	run.combined.ends = calloc((size_t)args->argc, sizeof(uint64_t));
	run.combined.count = (size_t)args->argc;
	run.combined.files = run.files;
	status = run.files != NULL && run.sets != NULL && run.combined.ends != NULL
		     ? HRD_OK
		     : explain(&run, HRD_ENOMEM, NULL);
	for (int n = 0; n < args->argc && status == HRD_OK; n++)
		run.files[n] = strcmp(args->argv[n], "-") == 0 ? "<stdin>" : args->argv[n];
	if (status == HRD_OK)
		status = read_options(&run);

	if (status == HRD_OK) {
		status = compile(&run);
		if (status != HRD_OK && args->closing == NULL)
			args->closing = "nothing was written";
		else if (status == HRD_OK && run.head.faults > 0)
			args->closing = "the image was written without the records at fault";
		if (status == HRD_OK) {
			summarise(&run);
			if (args->json)
				write_result(&run);
		}
	}
	for (int n = 0; n < args->argc && run.sets != NULL; n++)
		hrd_rules_free(run.sets[n]);
	free(run.combined.ends);
	free(run.sets);
	free(run.files);
	hrd_rules_free(run.set);
	return (status == HRD_OK || hrd_diag_status(args->diag) != HRD_EXIT_OK) ? HRD_EXIT_OK
										: HRD_EXIT_REJECTED;
}

const struct hrd_command hrd_cmd_compile = {
	.name = "compile",
	.synopsis = "[OPTION]... ZONE... -o FILE.policy",
	.summary = "make a policy image of response policy zones",
	.help =
	    "A record at fault is a warning and left out; with --strict, or where many are, "
	    "nothing\nis written. So with status 1 the file there is as it was, and with 0 it "
	    "is whole.\nOf several zones the first that decides about a name does; with --merge "
	    "they are parts\nof one. An image of another policy, or one most of whose rules are "
	    "gone, is not replaced.\n",
	.examples = "  rpzgen compile feed.rpz -o feed.policy\n"
		    "  rpzgen compile feed.rpz --companion feed-companion.rpz -o feed.policy\n",
	.json = HRD_CMD_SARIF_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run_compile,
};
