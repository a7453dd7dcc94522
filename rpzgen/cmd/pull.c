/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen pull: fetches what a publisher signed, verifies and installs it. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/base/limits.h"
#include "rpzgen/base/url.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"
#include "rpzgen/deliver/install.h"
#include "rpzgen/deliver/verify.h"
#include "rpzgen/net/fetch.h"
#include "rpzgen/policy/feedlife.h"

enum {
	OPT_ANCHOR,
	OPT_INSTALL,
	OPT_CA,
	OPT_PRIVATE,
	OPT_PROXY,
	OPT_OCTETS,
	OPT_SECONDS,
	OPT_OLDER,
	OPT_CHANGE,
	OPT_ORIGIN,
	OPT_GUARDS,
	OPT_FEED_MAX_AGE,
};

static const struct hrd_option options[] = {
	{ "anchor", 'a', "DIR", "trusted public keys: keygen's DIR/public" },
	{ "install", 0, "DIR", "install as a new generation below DIR; DIR/current leads to it" },
	{ "ca-file", 0, "FILE", "certificates to trust instead of the system's (PEM)" },
	{ "allow-private", 0, NULL, "fetch from loopback and private addresses too" },
	{ "proxy", 0, "URL", "fetch through this proxy (the environment is not asked)" },
	{ "max-octets", 0, "N", "of one file (default: 256 MiB)" },
	{ "max-seconds", 0, "N", "for one file, all attempts together (default: 120)" },
	{ "accept-older", 0, NULL,
	    "take an older serial, another policy or a held one, this once" },
	{ "accept-change", 0, NULL, "let a large change pass, this once" },
	{ "origin", 0, "NAME", "apex of the zone, where it does not say it" },
	{ "guards", 0, "warn|refuse",
	    "warn, or refuse (default): what the guards find is an error, unless an exception of "
	    "the publisher allows it" },
	{ "feed-max-age", 0, "DAYS", "refuse a set with a feed that was not fetched for so long" },
	{ NULL, 0, NULL, NULL },
};

enum { OCTETS = 256 << 20, SECONDS = 120 };

struct pull {
	struct hrd_args *args;
	struct hrd_diag *diag;
	struct hrd_anchors *anchors;
	struct hrd_fetch fetch;
	struct hrd_install install;
	struct hrd_name origin; /* with --origin */
	uint64_t feed_max_age;  /* days; 0: any */
	char *cache;            /* DIR/.cache */
	char *work;             /* DIR/.pull: what was fetched, until it is installed */
};

static bool
fail(struct pull *run, const char *what)
{
	hrd_diag_system(run->diag, what, errno);
	return false;
}

/* The name of the file that a URL is for; malloc()ed. NULL: it names none. */
static char *
name_of(const char *url)
{
	size_t end = strcspn(url, "?"), start = end;

	while (start > 0 && url[start - 1] != '/')
		start--;
	return end > start && url[start] != '.' ? strndup(url + start, end - start) : NULL;
}

/* Each URL could be fetched: a mistake in the second is not found when the first fails one day. */
static bool
check_urls(struct pull *run)
{
	for (int i = 0; i < run->args->argc; i++) {
		const char *url = run->args->argv[i], *why = NULL;
		struct hrd_url parts;
		char *name = name_of(url);
		int status = hrd_url_parse(url, &parts, &why);

		if (status == HRD_ENOMEM)
			hrd_diag_nomem(run->diag);
		else if (status != HRD_OK)
			hrd_diag_usage(run->diag, "\"%s\": %s", url, why);
		else if (name == NULL || parts.path[0] == '\0')
			hrd_diag_usage(run->diag,
			    "\"%s\": it must end in the name of a file, as manifest.json", url);
		hrd_url_clear(&parts);
		free(name);
	}
	return hrd_diag_status(run->diag) == HRD_EXIT_OK;
}

static bool
read_options(struct pull *run)
{
	uint64_t seconds = SECONDS;

	run->install = (struct hrd_install){ .dir = hrd_arg_value(run->args, OPT_INSTALL),
		.accept_older = hrd_arg_value(run->args, OPT_OLDER) != NULL,
		.accept_change = hrd_arg_value(run->args, OPT_CHANGE) != NULL,
		.guards = HRD_GUARDS_REFUSE,
		.diag = run->diag };
	run->fetch.octets_max = OCTETS;
	run->fetch.ca_file = hrd_arg_value(run->args, OPT_CA);
	run->fetch.proxy = hrd_arg_value(run->args, OPT_PROXY);
	run->fetch.allow_private = hrd_arg_value(run->args, OPT_PRIVATE) != NULL;
	if (run->install.dir == NULL || hrd_arg_value(run->args, OPT_ANCHOR) == NULL) {
		hrd_diag_usage(run->diag, "pull needs --anchor DIR and --install DIR");
		return false;
	}
	if (!check_urls(run) ||
	    !hrd_arg_number(
		run->args, OPT_OCTETS, 1, HRD_IMAGE_OCTETS_MAX, &run->fetch.octets_max) ||
	    !hrd_arg_number(run->args, OPT_SECONDS, 1, HRD_DAY_SECONDS, &seconds) ||
	    !hrd_arg_name(run->args, OPT_ORIGIN, &run->origin) ||
	    !hrd_arg_number(run->args, OPT_FEED_MAX_AGE, 1, 3660, &run->feed_max_age) ||
	    !hrd_arg_guards(run->args, OPT_GUARDS, &run->install.guards))
		return false;
	run->fetch.seconds_max = (unsigned)seconds;
	return true;
}

static char *
make_directory(struct pull *run, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", run->install.dir, name) < 0)
		return NULL;
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return path;
	free(path);
	return NULL;
}

/* Removes what an earlier run left there, which a killed one does. */
static void
empty_directory(const char *path)
{
	DIR *stream = opendir(path);
	struct dirent *entry;

	if (stream == NULL)
		return;
	while ((entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(stream), entry->d_name, 0);
	}
	closedir(stream);
}

/* One pull at a time: the working directory is that of one. The lock ends with the program. */
static bool
lock_work(struct pull *run)
{
	int fd = open(run->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return (fd >= 0 && flock(fd, LOCK_EX) == 0) || fail(run, run->work);
}

static bool
make_directories(struct pull *run)
{
	if (mkdir(run->install.dir, 0755) != 0 && errno != EEXIST)
		return fail(run, run->install.dir);
	run->cache = make_directory(run, ".cache");
	run->work = make_directory(run, ".pull");
	run->fetch.cache = run->cache;
	if (run->cache == NULL || run->work == NULL)
		return fail(run, run->install.dir);
	return lock_work(run);
}

static bool
report_fetch(struct pull *run, const char *url, int status, const char *reason)
{
	struct hrd_position place = { url, 0, 0 };

	hrd_diag(run->diag, HRD_ERROR, &place, "pull-fetch", "%s", reason);
	if (status != HRD_ESIGNATURE)
		hrd_diag_raise(run->diag, HRD_EXIT_SYSTEM);
	return false;
}

static bool
save(struct pull *run, const char *name, const struct hrd_fetched *got)
{
	char *path;
	FILE *out;
	bool good;

	if (asprintf(&path, "%s/%s", run->work, name) < 0)
		return false;
	out = fopen(path, "wbe");
	good = out != NULL && fwrite(got->data, 1, got->len, out) == got->len;
	if (out != NULL && fclose(out) != 0)
		good = false;
	if (!good)
		fail(run, path);
	free(path);
	return good;
}

/* Fetches a URL to a file of the working directory. */
static bool
fetch_to(struct pull *run, const char *url, uint64_t octets_max, const char *name)
{
	struct hrd_fetch request = run->fetch;
	struct hrd_fetched got = { 0 };
	bool good;
	int status;

	request.url = url;
	if (octets_max < request.octets_max)
		request.octets_max = octets_max;
	status = hrd_fetch(&request, &got);
	good =
	    status == HRD_OK ? save(run, name, &got) : report_fetch(run, url, status, got.reason);
	/* A later run then asks for changes only; what it gets is verified again. */
	if (good && hrd_fetch_keep(&request, &got) != HRD_OK)
		good = fail(run, run->cache);
	hrd_fetched_clear(&got);
	return good;
}

/* The URL of a file beside that of the manifest, or of its signature; malloc()ed. A query would
 * not lead anywhere there, so it is dropped. */
static char *
url_beside(const char *url, const char *name)
{
	size_t path = strcspn(url, "?"), end = path;
	char *out;

	while (end > 0 && url[end - 1] != '/')
		end--;
	return asprintf(&out, "%.*s%s", (int)end, url, name) < 0 ? NULL : out;
}

static bool
fetch_beside(struct pull *run, const char *url, const char *from, uint64_t octets, const char *name)
{
	char *full = url_beside(url, from);
	bool good = full != NULL && fetch_to(run, full, octets, name);

	free(full);
	return good;
}

/* Verifies the manifest's signature before its list of files is followed. */
static bool
fetch_files(struct pull *run, const char *url, const char *path)
{
	struct hrd_manifest *manifest = calloc(1, sizeof(*manifest));
	bool good;

	hrd_diag_step(run->diag, "verify");
	good = manifest != NULL && hrd_verify_manifest(run->anchors, path, run->diag) &&
	       hrd_manifest_read(path, run->diag, manifest);
	hrd_diag_step(run->diag, "fetch");

	for (size_t i = 0; good && i < manifest->file_count; i++) {
		const struct hrd_manifest_file *file = &manifest->files[i];

		good = fetch_beside(
		    run, url, file->name, file->size + HRD_SIGNATURE_OCTETS_MAX, file->name);
	}
	free(manifest);
	return good;
}

/* Fetches what the URL names, and for a manifest all that it names; *path is the file to verify. */
static bool
fetch_set(struct pull *run, const char *url, char **path)
{
	char *name = name_of(url), *signature = NULL;
	enum hrd_file_kind kind = HRD_FILE_ZONE;
	bool good = false;

	if (name == NULL || asprintf(&signature, "%s.minisig", name) < 0 ||
	    asprintf(path, "%s/%s", run->work, name) < 0) {
		hrd_diag_nomem(run->diag);
	} else if (fetch_to(run, url, UINT64_MAX, name) && hrd_file_kind(*path, run->diag, &kind)) {
		good = kind != HRD_FILE_MANIFEST ||
		       (fetch_beside(run, url, signature, HRD_SIGNATURE_OCTETS_MAX, signature) &&
			   fetch_files(run, url, *path));
	}
	free(name);
	free(signature);
	return good;
}

static void
report_install(struct pull *run, const char *url, const struct hrd_verified *verified)
{
	struct hrd_json *result = hrd_args_result(run->args);

	hrd_json_member(result, "url", url);
	hrd_result_verified(result, verified);
	hrd_result_install(result, &run->install);
	if (run->args->quiet || run->args->json)
		return;
	printf("%s: generation %u, serial %" PRIu32 "%s\n", url, run->install.generation,
	    run->install.serial, run->install.unchanged ? " (the same as before)" : "");
}

static bool
pull_one(struct pull *run, const char *url)
{
	struct hrd_verification how = { .anchors = run->anchors,
		.now = (uint64_t)time(NULL),
		.origin = hrd_arg_value(run->args, OPT_ORIGIN) != NULL ? &run->origin : NULL,
		.diag = run->diag,
		.quiet = run->args->quiet };
	struct hrd_verified *verified = calloc(1, sizeof(*verified));
	char *path = NULL;
	bool good = verified != NULL;

	empty_directory(run->work);
	hrd_diag_step(run->diag, "fetch");
	good = good && fetch_set(run, url, &path);
	hrd_diag_step(run->diag, "verify");
	good = good && hrd_verify_file(&how, path, verified) &&
	       hrd_feedlife_judge_manifest(
		   &verified->manifest, url, how.now, run->feed_max_age, run->diag);
	hrd_diag_step(run->diag, "install");
	run->install.now = how.now;
	good = good && hrd_install(&run->install, verified);
	if (good)
		report_install(run, url, verified);
	if (verified != NULL)
		hrd_verified_clear(verified);
	free(verified);
	free(path);
	empty_directory(run->work);
	return good;
}

static int
run_pull(struct hrd_args *args)
{
	struct pull run = { .args = args, .diag = args->diag };
	bool good = false;

	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	hrd_diag_step(run.diag, "anchor");
	run.anchors = calloc(1, sizeof(*run.anchors));
	if (run.anchors != NULL &&
	    hrd_anchors_read(hrd_arg_value(args, OPT_ANCHOR), run.diag, run.anchors) &&
	    make_directories(&run)) {
		for (int i = 0; i < args->argc && !good; i++)
			good = pull_one(&run, args->argv[i]);
	}
	if (good)
		hrd_diag_demote(run.diag); /* mirrors before the one that served */
	free(run.anchors);
	free(run.cache);
	free(run.work);
	if (!good)
		args->closing = "what was installed stays";
	return good ? HRD_EXIT_OK : HRD_EXIT_REJECTED;
}

const struct hrd_command hrd_cmd_pull = {
	.name = "pull",
	.synopsis = "--anchor DIR --install DIR [OPTION]... URL...",
	.summary = "fetch what a publisher signed, verify and install it",
	.help =
	    "A URL is that of a manifest (its files are fetched from beside it), a signed zone or\n"
	    "a signed image; https only.  Several URLs are mirrors: the first that serves\n"
	    "something good is taken.  Whatever fails, what was installed stays; --json names\n"
	    "the step that failed: anchor, fetch, verify or install.\n",
	.examples =
	    "  rpzgen pull --anchor keys/public --install /var/lib/hradba https://feeds.example.org/manifest.json\n",
	.json = HRD_CMD_SARIF_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run_pull,
};
