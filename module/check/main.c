/* SPDX-License-Identifier: BSD-3-Clause */
/* hradba-checkconf: judges the module's settings and all that they name, and says what the module
 * would answer. */
#include <config.h>

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/usage/completion.h"
#include "lib/usage/content.h"
#include "module/base/conf.h"
#include "module/check/ask.h"
#include "module/check/review.h"

enum { EXIT_FINE, EXIT_FAULT, EXIT_USED_WRONG, EXIT_UNREADABLE };

struct options {
	const char *file, *user, *chroot, *host, *ask, *client, *at;
	bool json;
};

enum {
	OPT_ASK,
	OPT_CLIENT,
	OPT_AT,
	OPT_USER,
	OPT_CHROOT,
	OPT_HOST,
	OPT_JSON,
	OPT_COMPLETION,
	OPT_HELP,
	OPT_VERSION
};

static const struct hrd_option table[] = {
	{ "ask", 0, "NAME", "say what the module would answer, and why" },
	{ "client", 0, "ADDRESS", "with --ask: who asks" },
	{ "at", 0, "TIME", "judge as of this time: YYYY-MM-DD[THH:MM[:SS]Z]" },
	{ "user", 0, "NAME", "as whom the server runs: judge permissions for this user" },
	{ "chroot", 0, "DIR", "where the server runs (needs root)" },
	{ "unbound-conf", 0, "FILE",
	    "take both from it; judge module order and what hides listed names" },
	{ "json", 0, NULL, "print one JSON object; with --ask, one object a line" },
	{ "completion", 0, "bash|fish|zsh", "print what this shell needs to complete these" },
	{ "help", 'h', NULL, "print this text" },
	{ "version", 'V', NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

static const char help[] =
    "usage: hradba-checkconf [--json] [--user NAME] [--chroot DIR] [--unbound-conf FILE] [FILE]\n"
    "       hradba-checkconf [FILE] --ask NAME [--client ADDRESS] [--at TIME] [--json]\n"
    "\n"
    "Judges the settings of the Hradba module (FILE, else those that the server would read) and\n"
    "all that they name, as the module does at a first start: every fault in one run.\n\n";

static const char help_end[] =
    "\nExit status: 0 fine, 1 a fault, 2 usage, 3 the settings cannot be read, or another failure.";

static int
usage_error(const char *text, const char *word)
{
	fprintf(stderr, "hradba-checkconf: error: %s%s; see hradba-checkconf --help [usage]\n",
	    text, word);
	return EXIT_USED_WRONG;
}

static void
print_help(void)
{
	const struct hrd_option_list list = hrd_option_list(table);

	fputs(help, stdout);
	hrd_options_print(&list);
	puts(help_end);
}

static int
complete(const char *shell)
{
	const struct hrd_completed program = { .options = hrd_option_list(table) };

	if (hrd_completion_print(shell, "hradba-checkconf", &program, 1))
		return -1;
	return usage_error("--completion is bash, fish or zsh, not ", shell);
}

/* Gives EXIT_FINE, or ends the run: -1 when it has printed what was asked for. */
static int
take_option(struct options *o, int option)
{
	const char **const places[] = { [OPT_ASK] = &o->ask,
		[OPT_CLIENT] = &o->client,
		[OPT_AT] = &o->at,
		[OPT_USER] = &o->user,
		[OPT_CHROOT] = &o->chroot,
		[OPT_HOST] = &o->host };

	switch (option) {
	case OPT_JSON:
		o->json = true;
		return EXIT_FINE;
	case OPT_COMPLETION:
		return complete(optarg);
	case OPT_HELP:
		print_help();
		return -1;
	case OPT_VERSION:
		puts("hradba-checkconf (" PACKAGE_NAME ") " PACKAGE_VERSION);
		return -1;
	default:
		*places[option] = optarg;
		return optarg[0] != '\0' ? EXIT_FINE
					 : usage_error("an empty value for --", table[option].name);
	}
}

static int
refuse_option(const struct hrd_option_list *list, int why, char **argv)
{
	char written[HRD_OPTION_TEXT_MAX], text[HRD_OPTION_TEXT_MAX];

	hrd_option_written(argv, written);
	if (!hrd_option_refused(list, why, written, text))
		return usage_error(text, "");
	fprintf(stderr, "hradba-checkconf: error: %s [usage]\n", text);
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
	if (argc - optind > 1)
		return usage_error("more than one file: ", argv[optind + 1]);
	if (optind < argc && argv[optind][0] == '\0')
		return usage_error("a file without a name", "");
	if (o->client != NULL && o->ask == NULL)
		return usage_error("--client goes with --ask", "");
	o->file = optind < argc ? argv[optind] : hrd_settings_path();
	return EXIT_FINE;
}

/* YYYY-MM-DD, with a time of day or without; without a text now. */
static int
read_time(const char *text, int64_t *now)
{
	const char *fault;

	*now = (int64_t)time(NULL);
	if (text == NULL || hrd_time_parse(text, strlen(text), now))
		return EXIT_FINE;
	fault = hrd_time_fault(text, strlen(text));
	if (fault == NULL)
		return usage_error("--at takes YYYY-MM-DD[THH:MM[:SS]Z], not ", text);
	fprintf(stderr, "hradba-checkconf: error: --at %s: %s [usage]\n", text, fault);
	return EXIT_USED_WRONG;
}

static void
host_fault(void *ctx, const char *file, uint32_t line, const char *text)
{
	hrd_findings_add(ctx, true, file, line, "host-unreadable", "%s", text);
}

/* What of the path is below that directory, or NULL. */
static const char *
below(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	while (len > 0 && directory[len - 1] == '/')
		len--;
	return strncmp(path, directory, len) == 0 && path[len] == '/' ? path + len : NULL;
}

/* The settings' path as it is within the chroot: what lies below it outside, by whatever way it is
 * named, else the path as it was given. */
static void
find_within(struct options *o)
{
	static char file[PATH_MAX];
	char root[PATH_MAX];
	const char *within = below(o->chroot, o->file);

	if (within == NULL && realpath(o->chroot, root) != NULL && realpath(o->file, file) != NULL)
		within = below(root, file);
	if (within != NULL)
		o->file = within;
}

/* Goes where the server runs; the settings' path is then one within. */
static bool
enter(struct options *o, struct hrd_finding_list *findings)
{
	if (o->chroot == NULL || o->chroot[0] == '\0')
		return true;
	find_within(o);
	if (chroot(o->chroot) != 0 || chdir("/") != 0) {
		hrd_findings_add(findings, true, NULL, 0, "system",
		    "cannot go to the chroot %s: %s%s", o->chroot, strerror(errno),
		    errno == EPERM ? ": only root can" : "");
		return false;
	}
	if (access(o->file, F_OK) == 0)
		return true;
	hrd_findings_add(findings, true, NULL, 0, "settings-refused",
	    "cannot read %s within the chroot %s: %s; name the settings by their path within, as "
	    "the server finds them",
	    o->file, o->chroot, strerror(errno));
	return false;
}

/* What is asked, and who asks. */
static int
read_question(const struct options *o, struct hrd_ask *ask, struct hrd_prefix *client)
{
	const char *why = o->ask != NULL ? hrd_conf_no_host(o->ask) : NULL;

	ask->text = o->ask;
	if (o->ask == NULL)
		return EXIT_FINE;
	if (why != NULL) {
		fprintf(stderr, "hradba-checkconf: error: --ask %s: %s [usage]\n", o->ask, why);
		return EXIT_USED_WRONG;
	}
	if (hrd_name_from_text(&ask->name, o->ask, strlen(o->ask)) != HRD_OK)
		return usage_error("--ask takes a domain name, not ", o->ask);
	if (o->client == NULL)
		return EXIT_FINE;
	if (hrd_prefix_from_text(client, o->client, strlen(o->client)) != HRD_OK)
		return usage_error("--client takes an address, not ", o->client);
	ask->client = client;
	return EXIT_FINE;
}

static void
print_json(const struct options *o, const struct hrd_finding_list *findings,
    const struct hrd_generation *generation, int status)
{
	static const char *const modes[] = { "enforce", "observe", "off" };
	char end[HRD_END_TEXT_MAX];
	struct hrd_json json;

	hrd_json_init(&json, true, hrd_json_to_stream, stdout);
	hrd_json_object(&json);
	hrd_json_member(&json, "command", "hradba-checkconf");
	hrd_json_number(&json, "status", (uint64_t)status);
	hrd_json_key(&json, "result");
	hrd_json_object(&json);
	hrd_json_member(&json, "file", o->file);
	if (generation != NULL) {
		hrd_json_member(&json, "mode", modes[generation->mode]);
		if (generation->mode != HRD_MODE_ENFORCE) {
			hrd_exemption_end_text(&generation->settings->mode_exemption, end);
			if (end[0] != '\0')
				hrd_json_member(&json, "mode_until", end);
		}
		hrd_json_key(&json, "policies");
		hrd_json_array(&json);
		for (size_t i = 0; i < generation->layers.count; i++) {
			const struct hrd_policy_info *info = generation->layers.layer[i].info;

			hrd_json_object(&json);
			hrd_json_member(&json, "id", info->id);
			hrd_json_number(&json, "serial", info->serial);
			hrd_json_object_end(&json);
		}
		hrd_json_array_end(&json);
	}
	hrd_json_number(&json, "errors", findings->errors);
	hrd_json_number(&json, "warnings", findings->warnings);
	hrd_json_object_end(&json);
	hrd_findings_json(findings, &json);
	hrd_json_object_end(&json);
	/* A failed write is noticed when stdout is closed. */
	(void)!hrd_json_end(&json);
}

/* Judges, then answers what is asked. */
static int
check(struct options *o, struct hrd_review *review, struct hrd_ask *ask)
{
	struct hrd_generation *generation = NULL;
	int status = EXIT_FINE;

	if (!enter(o, review->findings))
		status = EXIT_UNREADABLE;
	review->path = o->file;
	review->asks = o->ask != NULL;
	if (status == EXIT_FINE && !hrd_review_all(review, &generation))
		status = EXIT_UNREADABLE;
	if (status == EXIT_FINE && review->findings->errors > 0)
		status = EXIT_FAULT;
	ask->generation = generation;
	if (o->ask != NULL && generation != NULL) {
		hrd_ask_print(ask, o->json);
		status = EXIT_FINE;
	} else if (o->json && o->ask == NULL) {
		print_json(o, review->findings, generation, status);
	}
	if (!o->json || (o->ask != NULL && generation == NULL))
		hrd_findings_print(review->findings);
	else if (review->findings->nomem)
		fputs("hradba-checkconf: error: out of memory [system]\n", stderr);
	hrd_generation_release(generation);
	return status;
}

/* As whom and where the server runs: as options say, else as its configuration does. */
static int
prepare(
    struct options *o, struct hrd_review *review, struct hrd_hostconf *host, struct hrd_user *user)
{
	char mistaken[HRD_CONTENT_TEXT_MAX];

	if (o->host != NULL && hrd_content_file_mistaken(o->host, HRD_CONTENT_HOST, mistaken)) {
		fprintf(stderr, "%s: error: %s [file-kind]\n", o->host, mistaken);
		return EXIT_FAULT;
	}
	if (o->host != NULL) {
		if (hrd_hostconf_read(host, o->host, NULL, host_fault, review->findings) !=
		    HRD_OK) {
			hrd_findings_print(review->findings);
			return EXIT_UNREADABLE;
		}
		review->host = host;
		review->host_path = o->host;
		if (o->user == NULL && host->user != NULL && host->user[0] != '\0')
			o->user = host->user;
		if (o->chroot == NULL && host->chroot != NULL && host->chroot[0] != '\0')
			o->chroot = host->chroot;
	}
	if (o->user == NULL)
		return EXIT_FINE;
	if (hrd_user_find(user, o->user) != HRD_OK)
		return usage_error("there is no user ", o->user);
	review->user = user;
	user->away = o->chroot != NULL && o->chroot[0] != '\0';
	return EXIT_FINE;
}

int
main(int argc, char **argv)
{
	static struct hrd_user user;
	struct options o = { 0 };
	struct hrd_finding_list findings = { 0 };
	struct hrd_hostconf host = { 0 };
	struct hrd_review review = { .findings = &findings };
	struct hrd_ask ask = { 0 };
	struct hrd_prefix client;
	int status = read_options(&o, argc, argv);

	if (status == -1)
		return fflush(stdout) == 0 ? EXIT_FINE : EXIT_UNREADABLE;
	if (status == EXIT_FINE)
		status = read_question(&o, &ask, &client);
	if (status == EXIT_FINE)
		status = read_time(o.at, &review.now);
	hrd_log_to(hrd_findings_log, &findings);
	if (status == EXIT_FINE)
		status = prepare(&o, &review, &host, &user);
	if (status == EXIT_FINE && (review.blank = hrd_review_blank()) == NULL) {
		fputs("hradba-checkconf: error: no temporary file can be made [system]\n", stderr);
		status = EXIT_UNREADABLE;
	}
	if (status == EXIT_FINE)
		status = check(&o, &review, &ask);
	hrd_log_to(NULL, NULL);
	hrd_settings_release(review.blank);
	hrd_findings_clear(&findings);
	hrd_hostconf_clear(&host);
	return fflush(stdout) == 0 && !ferror(stdout) ? status : EXIT_UNREADABLE;
}
