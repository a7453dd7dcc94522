/* SPDX-License-Identifier: BSD-3-Clause */
/* hradba-prestart: before a server starts, writes the part of its configuration that this server
 * can really load, so that DNS comes up whatever a package update has brought. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/readfile.h"
#include "lib/usage/option.h"
#include "module/base/replace.h"
#include "module/check/review.h"
#include "module/check/version.h"
#include "module/generation/state.h"
#include "module/prestart/fallback.h"
#include "module/prestart/trial.h"

enum {
	EXIT_FINE,
	EXIT_USED_WRONG = 2,
	EXIT_FAILED,
	FRAGMENT_MAX = 1 << 20,
	MODULE_SECONDS = 60, /* that a server gets to come up with the module */
	RPZ_SECONDS = 60,    /* and with rpz:, besides what its rules need */
	MODE_PUBLIC = 0644,
	MODE_DIRECTORY = 0755,
};

struct options {
	const char *server, *module, *settings, *zones, *out, *host, *metrics, *attempt;
	unsigned long many;
};

/* One run. */
struct prestart {
	struct options o;
	char *directory;  /* of the fragment */
	char *allow_path; /* the zone of exempted names, in it */
	struct hrd_hostconf host;
	const char *root;    /* the server's; "": the system's */
	const char *modules; /* that the site has configured */
	struct hrd_user user;
	bool has_user;
	int64_t now;
	struct hrd_settings *blank;
	struct hrd_site site;
	char *trial; /* settings for a trial of the module; NULL: it would not start */
	struct hrd_report report;
};

enum {
	OPT_SERVER,
	OPT_MODULE,
	OPT_SETTINGS,
	OPT_ZONES,
	OPT_OUT,
	OPT_HOST,
	OPT_METRICS,
	OPT_ATTEMPT,
	OPT_MANY,
	OPT_HELP,
	OPT_VERSION
};

static const struct hrd_option table[] = {
	{ "server", 0, "BINARY", "the server that is about to start" },
	{ "module", 0, "SO", "the module hradba.so" },
	{ "settings", 0, "FILE", "the module's settings" },
	{ "zones", 0, "DIR", "where the policies' plain zones are, as ID.rpz" },
	{ "output", 'o', "FRAGMENT", "what the server's configuration includes" },
	{ "unbound-conf", 0, "FILE",
	    "the server's configuration: its user, chroot and other modules" },
	{ "metrics", 0, "FILE", "the metrics page for an alarm (default: that of the settings)" },
	{ "attempt", 0, "FILE",
	    "made before a start with the module, removed by the service once it is up" },
	{ "many", 0, "N", "say what rpz: costs above N rules (default 300000)" },
	{ "help", 'h', NULL, "print this text" },
	{ "version", 'V', NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

static const char help[] =
    "usage: hradba-prestart --server BINARY --module SO --settings FILE --zones DIR -o FRAGMENT\n"
    "                       [--unbound-conf FILE] [--metrics FILE] [--attempt FILE] [--many N]\n"
    "\n"
    "Writes into FRAGMENT, a file that the server's configuration includes, what this server can\n"
    "load: the Hradba module, or where that does not fit its own rpz: with the same rules.\n\n";

static const char help_end[] =
    "\nExit status: 0 the fragment is right for this server, 2 usage, 3 it could not be written.";

static int
usage_error(const char *text, const char *word)
{
	hrd_report_line("error", "%s%s; see hradba-prestart --help [usage]", text, word);
	return EXIT_USED_WRONG;
}

static bool
is_quotable_path(const char *path)
{
	return path[0] == '/' && strpbrk(path, "\"\n\r\t") == NULL;
}

/* All that is needed is there, and paths mean the same to the server. */
static int
check_options(const struct options *o)
{
	const struct {
		const char *value, *name;
	} needed[] = { { o->server, "--server" }, { o->module, "--module" },
		{ o->settings, "--settings" }, { o->zones, "--zones" }, { o->out, "-o" } };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (needed[i].value == NULL)
			return usage_error("there is no ", needed[i].name);
		if (!is_quotable_path(needed[i].value))
			return usage_error(
			    "an absolute path without quotes is needed, not ", needed[i].value);
	}
	return EXIT_FINE;
}

/* Gives EXIT_FINE, or ends the run: -1 when it has printed what was asked for. */
static int
take_option(struct options *o, int option)
{
	const char **const places[] = { [OPT_SERVER] = &o->server,
		[OPT_MODULE] = &o->module,
		[OPT_SETTINGS] = &o->settings,
		[OPT_ZONES] = &o->zones,
		[OPT_OUT] = &o->out,
		[OPT_HOST] = &o->host,
		[OPT_METRICS] = &o->metrics,
		[OPT_ATTEMPT] = &o->attempt };
	char *end;

	switch (option) {
	case OPT_HELP:
		hrd_help_print(help, table, help_end);
		return -1;
	case OPT_VERSION:
		hrd_version_of("hradba-prestart");
		return -1;
	case OPT_MANY:
		errno = 0;
		o->many = strtoul(optarg, &end, 10);
		if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0)
			return usage_error("--many takes a number, not ", optarg);
		return EXIT_FINE;
	default:
		*places[option] = optarg;
		return EXIT_FINE;
	}
}

static int
refuse_option(const struct hrd_option_list *list, int why, char **argv)
{
	char written[HRD_OPTION_TEXT_MAX], text[HRD_OPTION_TEXT_MAX];

	hrd_option_written(argv, written);
	if (!hrd_option_refused(list, why, written, text))
		return usage_error(text, "");
	hrd_report_line("error", "%s [usage]", text);
	return EXIT_USED_WRONG;
}

/* The same of all options. */
static int
read_options(struct options *o, int argc, char **argv)
{
	const struct hrd_option_list list = hrd_option_list(table);
	int option, status;

	while ((option = hrd_option_next(&list, argc, argv)) >= 0) {
		status = take_option(o, option);
		if (status != EXIT_FINE)
			return status;
	}
	if (option != HRD_OPTION_END)
		return refuse_option(&list, option, argv);
	if (optind < argc)
		return usage_error("what is this for: ", argv[optind]);
	return check_options(o);
}

static void
host_fault(void *ctx, const char *file, uint32_t line, const char *text)
{
	(void)ctx;
	hrd_report_line("warning", "%s:%u: %s", file, (unsigned)line, text);
}

/* As whom and where the server runs, and which modules it has besides. */
static void
read_host(struct prestart *p)
{
	const char *user;

	p->modules = "validator iterator";
	p->root = "";
	if (p->o.host == NULL)
		return;
	if (hrd_hostconf_read(&p->host, p->o.host, p->o.out, host_fault, NULL) != HRD_OK)
		hrd_report_line("warning", "%s is not taken into account", p->o.host);
	user = p->host.user != NULL ? p->host.user : "unbound";
	p->has_user = user[0] != '\0' && hrd_user_find(&p->user, user) == HRD_OK;
	if (p->host.chroot != NULL)
		p->root = p->host.chroot;
	if (p->host.modules != NULL && strpbrk(p->host.modules, "\"\n") == NULL)
		p->modules = p->host.modules;
	if (strncmp(p->modules, "dynlib ", 7) == 0)
		p->modules += 7;
}

/* A path as the server sees it. */
static const char *
within(const struct prestart *p, const char *path)
{
	size_t len = strlen(p->root);

	while (len > 0 && p->root[len - 1] == '/')
		len--;
	return len > 0 && strncmp(path, p->root, len) == 0 && path[len] == '/' ? path + len : path;
}

/* Notes why the module is not loaded; the first reason counts. */
static void
fall_back(struct prestart *p, enum hrd_cause cause, const char *why)
{
	if (p->report.cause != HRD_CAUSE_NONE)
		return;
	p->report.cause = cause;
	p->report.why = strdup(why);
}

/* A YAML text in double quotes. */
static void
put_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fprintf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	fputc('"', out);
}

static void
put_policy(FILE *out, const char *path)
{
	fputs("  - path: ", out);
	put_quoted(out, path);
	fputc('\n', out);
}

/* Settings with the same images, or the last good copies that stand in for them, that write
 * nothing: to see that this server can read those. NULL: no memory. */
static char *
harmless_settings(const struct hrd_generation *start)
{
	const struct hrd_settings *settings = start->settings;
	char *text = NULL, *copy = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	fputs("policies:\n", out);
	for (size_t i = 0; i < start->held_count; i++) {
		const struct hrd_held *held = &start->held[i];

		if (held->image != NULL && held->image->file.st_ino == 0)
			copy =
			    hrd_state_path(settings->state_dir, held->policy->path, HRD_STATE_COPY);
		put_policy(out, copy != NULL ? copy : held->policy->path);
		free(copy);
		copy = NULL;
	}
	/* Whether an image has to be there, the settings themselves have decided. */
	if (settings->on_missing != HRD_MISSING_REFUSE)
		fputs("on-missing: allow\n", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* Falls back where a start with these settings is refused: no other fault of them is one that
 * keeps the module out. */
static void
take_start(
    struct prestart *p, const struct hrd_generation *start, const struct hrd_finding_list *findings)
{
	size_t last = findings->last_error;

	if (start == NULL) {
		fall_back(p, HRD_CAUSE_SETTINGS,
		    last > 0 ? findings->all[last - 1].text : "they cannot be read");
		return;
	}
	p->site.mode = start->mode;
	p->trial = harmless_settings(start);
	if (p->trial == NULL || findings->nomem)
		fall_back(p, HRD_CAUSE_SETTINGS, "out of memory");
}

/* What hradba-checkconf says of the settings, and what the site has decided. */
static void
judge(struct prestart *p)
{
	static struct hrd_finding_list findings = { .program = "hradba-prestart" };
	struct hrd_generation *generation = NULL;
	struct hrd_review judge = { .path = within(p, p->o.settings),
		.now = p->now,
		.user = p->has_user ? &p->user : NULL,
		.findings = &findings,
		.blank = p->blank,
		.asks = true };

	hrd_log_to(hrd_findings_log, &findings);
	hrd_review_all(&judge, &generation);
	hrd_log_to(NULL, NULL);
	if (!hrd_site_read(&p->site, judge.path, p->blank, p->now))
		fall_back(p, HRD_CAUSE_SETTINGS, "out of memory");
	take_start(p, generation, &findings);
	hrd_findings_print(&findings, true);
	hrd_findings_clear(&findings);
	hrd_generation_release(generation);
}

/* The same from where the server runs. */
static void
judge_there(struct prestart *p)
{
	int system = -1;
	bool there = p->root[0] == '\0' || strcmp(p->root, "/") == 0;

	if (!there) {
		system = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		there = system >= 0 && chroot(p->root) == 0 && chdir("/") == 0;
	}
	if (there)
		judge(p);
	else
		fall_back(p, HRD_CAUSE_SETTINGS, "the server's chroot cannot be looked into");
	if (system < 0)
		return;
	if (fchdir(system) != 0 || chroot(".") != 0)
		hrd_report_line("error", "cannot come back from the chroot [system]");
	close(system);
}

static char *
module_text(const struct prestart *p)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	fprintf(out, "server:\n\tmodule-config: \"dynlib %s\"\ndynlib:\n\tdynlib-file: \"%s\"\n",
	    p->modules, within(p, p->o.module));
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* The modules of the site, with respip where the clauses need it. */
static char *
rpz_text(const struct prestart *p, const char *clauses)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool respip = clauses[0] != '\0' && strstr(p->modules, "respip") == NULL;

	if (out == NULL)
		return NULL;
	fprintf(out, "server:\n\tmodule-config: \"%s%s\"\n%s", respip ? "respip " : "", p->modules,
	    clauses);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static enum hrd_trial_result
attempt(const struct prestart *p, const char *config, const char *settings, unsigned seconds,
    char why[HRD_TRIAL_WHY_MAX], unsigned *left_out)
{
	struct hrd_trial trial = { .server = p->o.server,
		.user = p->o.host == NULL ? "" : p->host.user,
		.chroot = p->o.host == NULL ? "" : p->host.chroot,
		.place = p->directory,
		.config = config,
		.settings = settings,
		.seconds = seconds };

	return hrd_trial_run(&trial, why, left_out);
}

/* The fragment with the module, or NULL: it does not fit, and the report says why; *untried: or
 * nothing is known of it. */
static char *
try_module(struct prestart *p, bool *untried)
{
	char why[HRD_TRIAL_WHY_MAX];
	char *config = module_text(p);
	enum hrd_trial_result result;
	unsigned none;

	*untried = false;
	if (p->report.cause != HRD_CAUSE_NONE || config == NULL) {
		free(config);
		return NULL;
	}
	result = attempt(p, config, p->trial, MODULE_SECONDS, why, &none);
	if (result == HRD_TRIAL_STARTS)
		return config;
	*untried = result == HRD_TRIAL_UNTRIED;
	fall_back(p, HRD_CAUSE_SERVER, why);
	free(config);
	return NULL;
}

/* Notes it where the server starts, and leaves out zones whose files it does not take. */
static void
note_left_out(
    struct prestart *p, const struct hrd_fallback *fallback, const char *why, unsigned left_out)
{
	unsigned zones = 0;

	if (left_out == 0)
		return;
	hrd_report_note(&p->report,
	    "the server leaves out %u of the zones, and what they list is not blocked: %s",
	    left_out, why);
	for (size_t i = 0; i < fallback->count; i++)
		zones += !fallback->clauses[i].left_out &&
			 strcmp(fallback->clauses[i].path, p->allow_path) != 0;
	if (left_out >= zones) {
		p->report.unprotected = true;
		p->report.rules = 0;
	}
}

/* The fragment with the clauses that are not left out; NULL: no memory. */
static char *
clauses_text(struct prestart *p, const struct hrd_fallback *fallback)
{
	char *clauses = hrd_fallback_text(fallback, &p->report), *config = NULL;

	if (clauses != NULL)
		config = rpz_text(p, clauses);
	free(clauses);
	return config;
}

static enum hrd_trial_result
attempt_rpz(
    const struct prestart *p, const char *config, char why[HRD_TRIAL_WHY_MAX], unsigned *left_out)
{
	uint64_t seconds = RPZ_SECONDS + 5 * p->report.rules * HRD_RPZ_MICROSECONDS / 1000000;

	return attempt(p, config, NULL, (unsigned)seconds, why, left_out);
}

/* Leaves out each of several clauses with which alone the server does not start, and says so. Gives
 * the rest, or NULL where that is nothing, or all. */
static char *
leave_out(struct prestart *p, struct hrd_fallback *fallback)
{
	struct hrd_fallback one = { .count = 1 };
	char why[HRD_TRIAL_WHY_MAX];
	size_t kept = 0, lost = 0;
	unsigned none;

	for (size_t i = 0; fallback->count > 1 && i < fallback->count; i++) {
		struct hrd_fallback_clause *clause = &fallback->clauses[i];
		char *config;

		one.clauses = clause;
		config = clauses_text(p, &one);
		clause->left_out =
		    config != NULL && attempt_rpz(p, config, why, &none) == HRD_TRIAL_FAILS;
		free(config);
		kept += !clause->left_out && clause->rules > 0;
		lost += clause->left_out;
		if (clause->left_out)
			hrd_report_note(&p->report,
			    "the server does not start with the zone %s: nothing of it is "
			    "enforced: %s",
			    clause->path, why);
	}
	return kept > 0 && lost > 0 ? clauses_text(p, fallback) : NULL;
}

/* The fragment with what the server starts with of the clauses. One that does not start without
 * them either gets all of them, which every Unbound knows: its trials tell nothing. NULL: no
 * memory.
 */
static char *
try_rpz(struct prestart *p, struct hrd_fallback *fallback)
{
	char *config = clauses_text(p, fallback), *bare = rpz_text(p, "");
	char why[HRD_TRIAL_WHY_MAX], why_bare[HRD_TRIAL_WHY_MAX];
	unsigned left_out = 0, none;

	if (config == NULL || bare == NULL ||
	    attempt_rpz(p, config, why, &left_out) == HRD_TRIAL_STARTS) {
		if (config != NULL)
			note_left_out(p, fallback, why, left_out);
		free(bare);
		return config;
	}
	if (attempt(p, bare, NULL, MODULE_SECONDS, why_bare, &none) != HRD_TRIAL_STARTS) {
		hrd_report_note(
		    &p->report, "the server cannot be tried, rpz: is taken untried: %s", why_bare);
		free(bare);
		return config;
	}
	free(config);
	config = leave_out(p, fallback);
	if (config != NULL && attempt_rpz(p, config, why, &left_out) != HRD_TRIAL_FAILS) {
		note_left_out(p, fallback, why, left_out);
		free(bare);
		return config;
	}
	hrd_report_note(&p->report, "the server does not start with rpz: either: %s", why);
	p->report.unprotected = true;
	p->report.rules = 0;
	free(config);
	return bare;
}

/* The fragment without the module; NULL: no memory. */
static char *
make_fallback(struct prestart *p)
{
	struct hrd_fallback_want want = { .site = &p->site,
		.root = p->root,
		.zones = p->o.zones,
		.allow_path = p->allow_path,
		.many = p->o.many,
		.now = p->now };
	struct hrd_fallback fallback = { 0 };
	char *config = NULL;

	if (!hrd_fallback_make(&want, &p->report, &fallback)) {
		hrd_fallback_clear(&fallback);
		return NULL;
	}
	if (fallback.allow != NULL && hrd_replace(p->allow_path, fallback.allow,
					  strlen(fallback.allow), MODE_PUBLIC) != HRD_OK)
		hrd_report_note(&p->report, "cannot write %s: %s", p->allow_path, strerror(errno));
	if (fallback.count > 0) {
		config = try_rpz(p, &fallback);
	} else {
		config = rpz_text(p, "");
		p->report.unprotected = p->site.mode != HRD_MODE_OFF;
	}
	hrd_fallback_clear(&fallback);
	return config;
}

/* Replaces the fragment unless it is the same already. Where it cannot be replaced, one that is
 * not there is better than one that does not fit. */
static int
write_fragment(struct prestart *p, const char *config)
{
	static const char head[] = "# Written by hradba-prestart(8) at each start of the server; "
				   "changes here are lost.\n";
	size_t size = strlen(config) + sizeof(head);
	char *text = malloc(size);
	uint8_t *before = NULL;
	const char *why;
	size_t len = 0;
	int status = EXIT_FINE;

	if (text == NULL)
		return EXIT_FAILED;
	snprintf(text, size, "%s%s", head, config);
	if ((hrd_read_regular(p->o.out, FRAGMENT_MAX, &before, &len, NULL, &why) != HRD_OK ||
		len != strlen(text) || memcmp(before, text, len) != 0) &&
	    hrd_replace_durably(p->o.out, text, strlen(text), MODE_PUBLIC) != HRD_OK) {
		hrd_report_line("ALARM", "cannot write %s: %s; the server starts without a policy",
		    p->o.out, strerror(errno));
		unlink(p->o.out);
		p->report.unprotected = true;
		p->report.rules = 0;
		status = EXIT_FAILED;
	}
	free(before);
	free(text);
	return status;
}

/* Notes what takes the place of our module-config: one of another file, or that ours is not read.
 */
static void
note_overridden(struct prestart *p, const struct hrd_hostconf *host)
{
	fall_back(p, HRD_CAUSE_OVERRIDE,
	    host->modules_file != NULL ? "another takes its place" : "it is not included");
	p->report.unprotected = true;
	if (host->modules_file != NULL)
		hrd_report_note(&p->report,
		    "%s:%u: module-config: \"%s\" stands after that of %s and counts: take the "
		    "line out, or have its file read before",
		    host->modules_file, (unsigned)host->modules_line, host->modules, p->o.out);
	else
		hrd_report_note(&p->report, "%s does not include %s: add the line include: \"%s\"",
		    p->o.host, p->o.out, p->o.out);
}

/* Notes it where the server will not take our module-config: of several the last counts. With one
 * that lacks respip it would not start with rpz: clauses, so these are left out then. */
static int
look_for_override(struct prestart *p, const char *config)
{
	static const char key[] = "module-config: \"";
	const char *ours = strstr(config, key) + sizeof(key) - 1;
	size_t len = strcspn(ours, "\"");
	struct hrd_hostconf host = { 0 };
	int status = EXIT_FINE;

	if (p->o.host != NULL &&
	    hrd_hostconf_read(&host, p->o.host, NULL, host_fault, NULL) == HRD_OK &&
	    (host.modules == NULL || strlen(host.modules) != len ||
		strncmp(host.modules, ours, len) != 0)) {
		note_overridden(p, &host);
		if (strstr(config, "rpz:\n") != NULL && host.modules != NULL &&
		    strstr(host.modules, "respip") == NULL)
			status = write_fragment(p, "");
	}
	hrd_hostconf_clear(&host);
	return status;
}

static void
write_report(struct prestart *p)
{
	const struct hrd_settings *settings = p->site.settings;
	const char *metrics = p->o.metrics;
	char below_root[4096];

	if (metrics == NULL && settings != NULL && settings->metrics.file != NULL) {
		snprintf(below_root, sizeof(below_root), "%s%s", p->root, settings->metrics.file);
		metrics = below_root;
	}
	hrd_report_print(&p->report);
	if (p->report.cause != HRD_CAUSE_NONE && metrics != NULL &&
	    hrd_report_metrics(&p->report, metrics, p->now) != HRD_OK)
		hrd_report_line("warning", "cannot write %s: %s", metrics, strerror(errno));
}

/* The mark of a start with the module that has not succeeded yet. */
static void
note_attempt(const struct prestart *p)
{
	if (p->o.attempt == NULL)
		return;
	if (p->report.cause != HRD_CAUSE_NONE)
		unlink(p->o.attempt);
	else if (hrd_replace(p->o.attempt, "", 0, MODE_PUBLIC) != HRD_OK)
		hrd_report_line("warning", "cannot write %s: %s", p->o.attempt, strerror(errno));
}

/* What cannot be tried is no reason against the module: where the start before had it, it stays.
 * Should this start fail, the mark tells the next one. */
static bool
keep_fragment(struct prestart *p)
{
	uint8_t *text = NULL;
	const char *why;
	size_t len = 0;
	bool keep = hrd_read_regular(p->o.out, FRAGMENT_MAX, &text, &len, NULL, &why) == HRD_OK &&
		    memmem(text, len, "dynlib-file", strlen("dynlib-file")) != NULL;

	free(text);
	if (!keep)
		return false;
	hrd_report_line("ALARM",
	    "the server cannot be tried: %s; %s stays as the start before had it", p->report.why,
	    p->o.out);
	free(p->report.why);
	p->report.why = NULL;
	p->report.cause = HRD_CAUSE_NONE;
	note_attempt(p);
	return true;
}

static int
prestart(struct prestart *p)
{
	bool untried;
	char *config;
	int status;

	if (mkdir(p->directory, MODE_DIRECTORY) != 0 && errno != EEXIST)
		hrd_report_line("error", "cannot make %s: %s", p->directory, strerror(errno));
	read_host(p);
	if (p->o.attempt != NULL && access(p->o.attempt, F_OK) == 0)
		fall_back(p, HRD_CAUSE_ATTEMPT, "the log of that start says why");
	judge_there(p);
	config = try_module(p, &untried);
	if (config == NULL && untried && keep_fragment(p))
		return EXIT_FAILED;
	if (config == NULL)
		config = make_fallback(p);
	status = config != NULL ? write_fragment(p, config) : EXIT_FAILED;
	if (config != NULL && status == EXIT_FINE)
		status = look_for_override(p, config);
	write_report(p);
	note_attempt(p);
	free(config);
	return status;
}

/* "DIRECTORY" and "DIRECTORY/hradba-allow.rpz" of the fragment's path. */
static bool
place_files(struct prestart *p)
{
	size_t len = (size_t)(strrchr(p->o.out, '/') - p->o.out);
	static const char name[] = "/hradba-allow.rpz";

	p->directory = strndup(p->o.out, len);
	p->allow_path = malloc(len + sizeof(name));
	if (p->directory == NULL || p->allow_path == NULL)
		return false;
	snprintf(p->allow_path, len + sizeof(name), "%s%s", p->directory, name);
	return true;
}

int
main(int argc, char **argv)
{
	static struct prestart p = { .o = { .many = 300000 } };
	int status = read_options(&p.o, argc, argv);

	if (status == -1)
		return fflush(stdout) == 0 ? EXIT_FINE : EXIT_FAILED;
	if (status != EXIT_FINE)
		return status;
	p.now = (int64_t)time(NULL);
	p.blank = hrd_review_blank();
	if (p.blank == NULL || !place_files(&p)) {
		hrd_report_line("error", "no memory, or no temporary file [system]");
		status = EXIT_FAILED;
	} else {
		status = prestart(&p);
	}
	hrd_settings_release(p.blank);
	hrd_site_clear(&p.site);
	free(p.trial);
	hrd_report_clear(&p.report);
	hrd_hostconf_clear(&p.host);
	free(p.directory);
	free(p.allow_path);
	return status;
}
