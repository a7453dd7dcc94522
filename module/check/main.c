/* SPDX-License-Identifier: BSD-3-Clause */
/* hradba-checkconf: judges the module's settings and all that they name, and says what the module
 * would answer. */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/in.h>
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
#include "module/check/version.h"

enum { EXIT_FINE, EXIT_FAULT, EXIT_USED_WRONG, EXIT_UNREADABLE };

struct options {
	const char *file, *user, *chroot, *host, *ask, *client, *at;
	bool json;
	struct hrd_finding_list *findings; /* usage errors too: report() alone prints them */
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
    "\nexamples:\n"
    "  hradba-checkconf --unbound-conf /etc/unbound/unbound.conf\n"
    "  hradba-checkconf --ask chat.deepseek.com --client 192.0.2.7\n"
    "\nExit status: 0 fine, 1 a fault, 2 usage, 3 the settings cannot be read, or another failure.";

static int
usage_error(const struct options *o, const char *text, const char *word)
{
	hrd_findings_add(
	    o->findings, true, NULL, 0, "usage", "%s%s; see hradba-checkconf --help", text, word);
	return EXIT_USED_WRONG;
}

static int
complete(const struct options *o, const char *shell)
{
	const struct hrd_completed program = { .options = hrd_option_list(table) };

	if (hrd_completion_print(shell, "hradba-checkconf", &program, 1))
		return -1;
	return usage_error(o, "--completion is bash, fish or zsh, not ", shell);
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
		return complete(o, optarg);
	case OPT_HELP:
		hrd_help_print(help, table, help_end);
		return -1;
	case OPT_VERSION:
		hrd_version_of("hradba-checkconf");
		return -1;
	default:
		*places[option] = optarg;
		return optarg[0] != '\0'
			   ? EXIT_FINE
			   : usage_error(o, "an empty value for --", table[option].name);
	}
}

static int
refuse_option(const struct options *o, const struct hrd_option_list *list, int why, char **argv)
{
	char written[HRD_OPTION_TEXT_MAX], text[HRD_OPTION_TEXT_MAX];

	hrd_option_written(argv, written);
	if (!hrd_option_refused(list, why, written, text))
		return usage_error(o, text, "");
	hrd_findings_add(o->findings, true, NULL, 0, "usage", "%s", text);
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
		return refuse_option(o, &list, option, argv);
	if (argc - optind > 1)
		return usage_error(o, "more than one file: ", argv[optind + 1]);
	if (optind < argc && argv[optind][0] == '\0')
		return usage_error(o, "a file without a name", "");
	if (o->client != NULL && o->ask == NULL)
		return usage_error(o, "--client goes with --ask", "");
	o->file = optind < argc ? argv[optind] : hrd_settings_path();
	return EXIT_FINE;
}

/* YYYY-MM-DD, with a time of day or without; without a text now. */
static int
read_time(const struct options *o, int64_t *now)
{
	const char *text = o->at, *fault;

	*now = (int64_t)time(NULL);
	if (text == NULL || hrd_time_parse(text, strlen(text), now))
		return EXIT_FINE;
	fault = hrd_time_fault(text, strlen(text));
	if (fault == NULL)
		return usage_error(o, "--at takes YYYY-MM-DD[THH:MM[:SS]Z], not ", text);
	hrd_findings_add(o->findings, true, NULL, 0, "usage", "--at %s: %s", text, fault);
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

/* An address alone, in any of its ways to be written: an IPv4 address that is mapped into IPv6 is
 * that address, as the module has it. */
static bool
read_client(const char *text, struct hrd_prefix *client)
{
	uint8_t octets[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET6, text, octets) == 1)
		return hrd_prefix_from_addr(client, octets, 16) == HRD_OK;
	return inet_pton(AF_INET, text, octets) == 1 &&
	       hrd_prefix_from_addr(client, octets, 4) == HRD_OK;
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
		hrd_findings_add(o->findings, true, NULL, 0, "usage", "--ask %s: %s", o->ask, why);
		return EXIT_USED_WRONG;
	}
	if (hrd_name_from_text(&ask->name, o->ask, strlen(o->ask)) != HRD_OK)
		return usage_error(o, "--ask takes a domain name, not ", o->ask);
	if (o->client == NULL)
		return EXIT_FINE;
	if (!read_client(o->client, client))
		return usage_error(o, "--client takes one address, not ", o->client);
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
	if (o->file != NULL)
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

/* What was found: with --json one object, whatever became of the run; but of --ask, whose answer is
 * an object of its own, as lines on standard error. */
static void
report(const struct options *o, const struct hrd_generation *generation, int status)
{
	if (o->json && o->ask == NULL)
		print_json(o, o->findings, generation, status);
	else
		hrd_findings_print(o->findings, status != EXIT_USED_WRONG);
	if (o->findings->nomem)
		fputs("hradba-checkconf: error: out of memory [system]\n", stderr);
}

/* Judges, then answers what is asked: with faults too, for that is in force then. */
static int
check(struct options *o, struct hrd_review *review, struct hrd_ask *ask,
    struct hrd_generation **generation)
{
	if (!enter(o, review->findings))
		return EXIT_UNREADABLE;
	review->path = o->file;
	review->asks = o->ask != NULL;
	if (!hrd_review_all(review, generation))
		return EXIT_UNREADABLE;
	ask->generation = *generation;
	if (o->ask != NULL && *generation != NULL)
		hrd_ask_print(ask, o->json);
	return review->findings->errors > 0 ? EXIT_FAULT : EXIT_FINE;
}

/* As whom and where the server runs: as options say, else as its configuration does. */
static int
prepare(
    struct options *o, struct hrd_review *review, struct hrd_hostconf *host, struct hrd_user *user)
{
	char mistaken[HRD_CONTENT_TEXT_MAX];

	if (o->host != NULL && hrd_content_file_mistaken(o->host, HRD_CONTENT_HOST, mistaken)) {
		hrd_findings_add(o->findings, true, o->host, 0, "file-kind", "%s", mistaken);
		return EXIT_FAULT;
	}
	if (o->host != NULL) {
		if (hrd_hostconf_read(host, o->host, NULL, host_fault, review->findings) != HRD_OK)
			return EXIT_UNREADABLE;
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
		return usage_error(o, "there is no user ", o->user);
	review->user = user;
	user->away = o->chroot != NULL && o->chroot[0] != '\0';
	return EXIT_FINE;
}

/* Whether the word is among the options: what asks for JSON gets it for a usage error too, which
 * may come before. */
static bool
has_word(const char *word, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], word) == 0)
			return true;
	}
	return false;
}

/* Judges what the options say; its parts are the caller's to free. */
static int
run(struct options *o, struct hrd_review *review, struct hrd_hostconf *host,
    struct hrd_generation **generation)
{
	static struct hrd_user user;
	static struct hrd_prefix client;
	static struct hrd_ask ask;
	int status = read_question(o, &ask, &client);

	if (status == EXIT_FINE)
		status = read_time(o, &review->now);
	if (status == EXIT_FINE)
		status = prepare(o, review, host, &user);
	if (status != EXIT_FINE)
		return status;
	review->blank = hrd_review_blank();
	if (review->blank != NULL)
		return check(o, review, &ask, generation);
	hrd_findings_add(
	    o->findings, true, NULL, 0, "system", "no temporary file can be made in /tmp");
	return EXIT_UNREADABLE;
}

/* The status, unless what was printed is lost. */
static int
close_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "hradba-checkconf: error: cannot write to standard output: %s [system]\n",
	    strerror(errno));
	return EXIT_UNREADABLE;
}

int
main(int argc, char **argv)
{
	struct hrd_finding_list findings = { 0 };
	struct options o = { .findings = &findings, .json = has_word("--json", argc, argv) };
	struct hrd_hostconf host = { 0 };
	struct hrd_review review = { .findings = &findings };
	struct hrd_generation *generation = NULL;
	int status = read_options(&o, argc, argv);

	if (status == -1)
		return close_output(EXIT_FINE);
	hrd_log_to(hrd_findings_log, &findings);
	if (status == EXIT_FINE)
		status = run(&o, &review, &host, &generation);
	hrd_log_to(NULL, NULL);
	report(&o, generation, status);
	hrd_generation_release(generation);
	hrd_settings_release(review.blank);
	hrd_findings_clear(&findings);
	hrd_hostconf_clear(&host);
	return close_output(status);
}
