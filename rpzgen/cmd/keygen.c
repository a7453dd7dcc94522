/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen keygen: a policy key and a zone key, private and public apart. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/crypto/loglink.h"
#include "lib/crypto/signature.h"
#include "lib/crypto/sitekey.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/sign/keyfile.h"
#include "rpzgen/sign/zonekey.h"

enum { OPT_OUTPUT, OPT_ZONE, OPT_ALGORITHM, OPT_ADD, OPT_LOG_KEY, OPT_PSEUDONYM_KEY };

static const struct hrd_option options[] = {
	{ "output", 'o', "DIR", "make DIR/private and DIR/public" },
	{ "zone", 0, "APEX", "the zone key is for this zone (default: for any zone of yours)" },
	{ "algorithm", 0, "ed25519|ecdsap256", "of the zone key (default: ed25519)" },
	{ "add", 0, NULL, "add a zone key to DIR, for a roll-over" },
	{ "log-key", 0, "FILE", "make FILE alone: the key of a log's chain" },
	{ "pseudonym-key", 0, "FILE", "make FILE alone: the key of clients' pseudonyms" },
	{ NULL, 0, NULL, NULL },
};

/* What a file's name has besides the zone: "K", "+015+12345.private", and a temporary name. */
enum { FILE_NAME_MORE = 40, DIRECTORIES = 3, NAME_OCTETS_MAX = 255 };

enum { PUBLIC_FILE_OCTETS_MAX = 16384 };

struct keygen {
	struct hrd_args *args;
	struct hrd_diag *diag;
	struct hrd_name zone;
	uint8_t algorithm;
	int private;                /* directory */
	char *paths[DIRECTORIES];   /* DIR, DIR/private, DIR/public */
	bool made[DIRECTORIES];     /* by this run */
	struct hrd_outset *outputs; /* all files: none has its name before all are written */
	bool has_policy, has_zone;  /* keys that are there */
	size_t completed;           /* files of them that were missing */
};

static bool
fail(struct keygen *run, const char *what)
{
	hrd_diag_system(run->diag, what, errno);
	return false;
}

/* The apex goes into file names, and must be what zones have: letters, digits, "-" and "_". */
static bool
is_apex(struct keygen *run, const char *text)
{
	const struct hrd_name *zone = &run->zone;

	if (strlen(text) > NAME_OCTETS_MAX - FILE_NAME_MORE) {
		hrd_diag_usage(run->diag, "--zone is too long for the name of a key file");
		return false;
	}
	for (const uint8_t *label = zone->wire; *label != 0; label += *label + 1) {
		for (size_t i = 1; i <= *label; i++) {
			if ((label[i] >= 'a' && label[i] <= 'z') || label[i] == '-' ||
			    (label[i] >= '0' && label[i] <= '9') || label[i] == '_')
				continue;
			hrd_diag_usage(run->diag,
			    "--zone \"%s\" is no apex of a policy zone: letters, digits, \"-\" "
			    "and \"_\"; others as A-label (xn--...)",
			    text);
			return false;
		}
	}
	return true;
}

static bool
read_options(struct keygen *run)
{
	const char *zone = hrd_arg_value(run->args, OPT_ZONE);
	const char *algorithm = hrd_arg_value(run->args, OPT_ALGORITHM);

	if (zone == NULL)
		zone = ".";
	if (hrd_arg_value(run->args, OPT_OUTPUT) == NULL)
		hrd_diag_usage(run->diag, "keygen needs -o DIR");
	else if (hrd_name_from_text(&run->zone, zone, strlen(zone)) != HRD_OK)
		hrd_diag_usage(run->diag, "--zone \"%s\" is no domain name", zone);
	else if (algorithm == NULL || strcmp(algorithm, "ed25519") == 0)
		run->algorithm = HRD_ZONE_ED25519;
	else if (strcmp(algorithm, "ecdsap256") == 0)
		run->algorithm = HRD_ZONE_ECDSA_P256;
	else
		hrd_diag_usage(
		    run->diag, "--algorithm is ed25519 or ecdsap256, not \"%s\"", algorithm);
	return hrd_diag_status(run->diag) == HRD_EXIT_OK && is_apex(run, zone);
}

static bool
make_directory(struct keygen *run, size_t n, const char *below, mode_t mode)
{
	if (asprintf(&run->paths[n], "%s%s", hrd_arg_value(run->args, OPT_OUTPUT), below) < 0) {
		run->paths[n] = NULL;
		return fail(run, below);
	}
	run->made[n] = mkdir(run->paths[n], mode) == 0;
	return run->made[n] || errno == EEXIST || fail(run, run->paths[n]);
}

/* Makes the directories that are missing, and keeps other runs out until this one ends. */
static bool
make_directories(struct keygen *run)
{
	if (!make_directory(run, 0, "", 0755) || !make_directory(run, 1, "/private", 0700) ||
	    !make_directory(run, 2, "/public", 0755))
		return false;
	run->private = hrd_keydir_open(run->paths[1], run->diag);
	if (run->private < 0)
		return false;
	if (flock(run->private, LOCK_EX) != 0 && errno == EINTR)
		return fail(run, run->paths[1]);
	run->outputs = hrd_outset_new(NULL);
	return run->outputs != NULL || fail(run, "memory");
}

static void
remove_directories(const struct keygen *run)
{
	for (size_t n = DIRECTORIES; n-- > 0;) {
		if (run->made[n])
			rmdir(run->paths[n]);
	}
}

/* Adds DIR/private/NAME or DIR/public/NAME. */
static bool
add_file(struct keygen *run, bool private, const char *name, const char *text)
{
	FILE *stream = NULL;
	char *path;

	if (asprintf(&path, "%s/%s", run->paths[private ? 1 : 2], name) < 0)
		return fail(run, name);
	stream = private ? hrd_outset_add_secret(run->outputs, path)
			 : hrd_outset_add(run->outputs, path);
	if (stream == NULL)
		fail(run, path);
	free(path);
	if (stream == NULL)
		return false;
	return (text != NULL && fputs(text, stream) >= 0) || fail(run, name);
}

static bool
add_with_suffix(
    struct keygen *run, bool private, const char *base, const char *suffix, const char *text)
{
	char *name = NULL;
	bool good = asprintf(&name, "%s%s", base, suffix) > 0 && add_file(run, private, name, text);

	free(name);
	return good;
}

static bool
is_there(const struct keygen *run, bool private, const char *base, const char *suffix)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s/%s%s", run->paths[private ? 1 : 2], base, suffix) < 0)
		return false;
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

static bool
make_policy_key(struct keygen *run)
{
	char secret[HRD_SECRET_KEY_TEXT_MAX], public[HRD_PUBLIC_KEY_TEXT_MAX];
	struct hrd_secret_key key;
	bool good;

	if (hrd_secret_key_generate(&key) != HRD_OK)
		return fail(run, "random numbers");
	hrd_secret_key_format(&key, secret);
	good = add_file(run, true, "policy.key", secret);
	hrd_public_key_format(&key.public, public);
	hrd_wipe(secret, sizeof(secret));
	hrd_secret_key_clear(&key);
	return good && add_file(run, false, "policy.pub", public);
}

/* A public half that consumers would get, and that says nothing, or speaks for another key. */
static bool
refuse_half(struct keygen *run, const char *path, const char *private)
{
	struct hrd_position place = { path, 0, 0 };

	hrd_diag(run->diag, HRD_ERROR, &place, "key-file",
	    "is not the public half of private/%s; remove it and run keygen again", private);
	hrd_diag_raise(run->diag, HRD_EXIT_SYSTEM);
	return false;
}

/* Takes out what other tools write otherwise: blanks, parentheses, comments. */
static void
squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from += *from != '\0') {
		if (*from == ';')
			from += strcspn(from, "\n");
		else if (strchr(" \t\r\n()", *from) == NULL)
			*to++ = *from;
	}
	*to = '\0';
}

/* True when the file has the record of this text, whatever its owner, TTL and class. */
static bool
has_record(const char *path, const char *text, bool ds)
{
	char *found = NULL, *wanted = strdup(strstr(text, ds ? " DS " : " DNSKEY "));
	size_t len;
	bool good =
	    wanted != NULL && hrd_infile_read(path, PUBLIC_FILE_OCTETS_MAX, &found, &len) == HRD_OK;

	if (good) {
		squeeze(found);
		squeeze(wanted);
		/* The digest is hexadecimal. */
		good = (ds ? strcasestr(found, wanted) : strstr(found, wanted)) != NULL;
	}
	free(found);
	free(wanted);
	return good;
}

/* A public file of a zone key: made when it is missing, refused when it is no such. */
static bool
complete_file(struct keygen *run, bool private, const char *base, const char *suffix,
    const char *text, size_t *added)
{
	char *path, *half;
	bool good = false;

	if (!is_there(run, private, base, suffix))
		return ++*added > 0 && add_with_suffix(run, private, base, suffix, text);
	if (text == NULL)
		return fail(run, "memory");
	if (asprintf(&path, "%s/%s%s", run->paths[private ? 1 : 2], base, suffix) < 0)
		return fail(run, "memory");
	if (asprintf(&half, "%s.private", base) > 0) {
		good = has_record(path, text, strcmp(suffix, ".ds") == 0) ||
		       refuse_half(run, path, half);
		free(half);
	}
	free(path);
	return good;
}

/* The public files of a zone key: beside the private half, where BIND's and ldns's tools want one,
 * and for consumers. A DS says for which zone: a key for any has none. */
static bool
add_public_half(
    struct keygen *run, const struct hrd_dnskey *public, const char *base, size_t *added)
{
	char *key = hrd_dnskey_key_text(public), *ds = hrd_dnskey_ds_text(public);
	bool good = complete_file(run, true, base, ".key", key, added) &&
		    complete_file(run, false, base, ".key", key, added) &&
		    (public->owner.len == 1 || complete_file(run, false, base, ".ds", ds, added));

	free(key);
	free(ds);
	return good;
}

static bool
make_zone_key(struct keygen *run)
{
	struct hrd_zonekey *key = NULL;
	char base[HRD_ZONE_KEY_NAME_MAX];
	struct hrd_secret secret = { 0 };
	size_t added = 0;
	bool good;

	if (hrd_zonekey_generate(&run->zone, run->algorithm, &key) != HRD_OK)
		return fail(run, "zone key");
	hrd_dnskey_file_name(hrd_zonekey_public(key), base);
	good = hrd_zonekey_private_text(key, &secret) == HRD_OK &&
	       add_with_suffix(run, true, base, ".private", secret.text) &&
	       add_public_half(run, hrd_zonekey_public(key), base, &added);
	hrd_secret_clear(&secret);
	if (good && !run->args->quiet && !run->args->json)
		printf("%s\n", base);
	if (good)
		hrd_json_member(hrd_args_result(run->args), "zone_key", base);
	hrd_zonekey_free(key);
	return good;
}

static bool
refuse_key(struct keygen *run, const char *name, const char *why)
{
	struct hrd_position place = { name, 0, 0 };

	hrd_diag(run->diag, HRD_ERROR, &place, "key-file",
	    "%s; was the disk full when it was made? If nobody has its public half, remove all "
	    "files of this key and run keygen again",
	    why);
	hrd_diag_raise(run->diag, HRD_EXIT_SYSTEM);
	return false;
}

/* The public half of the policy key that is there. */
static bool
judge_policy_pub(struct keygen *run, const struct hrd_public_key *public)
{
	struct hrd_public_key found;
	const char *reason;
	char *path;
	bool good;

	if (asprintf(&path, "%s/policy.pub", run->paths[2]) < 0)
		return fail(run, "memory");
	good = hrd_public_key_load(path, &found, &reason) == HRD_OK &&
	       memcmp(&found, public, sizeof(found)) == 0;
	good = good || refuse_half(run, path, "policy.key");
	free(path);
	return good;
}

/* The public half of the policy key, where an earlier run did not come so far. */
static bool
complete_policy_key(struct keygen *run)
{
	char public[HRD_PUBLIC_KEY_TEXT_MAX];
	struct hrd_secret_key key;
	struct hrd_public_key half;
	struct hrd_secret secret;
	const char *reason;
	int status;

	run->has_policy = is_there(run, true, "policy", ".key");
	if (!run->has_policy)
		return true;
	if (!hrd_secret_read(run->private, "policy.key", "policy.key", run->diag, &secret))
		return false;
	status = hrd_secret_key_parse(secret.text, secret.len, &key, &reason);
	hrd_secret_clear(&secret);
	if (status != HRD_OK)
		return refuse_key(run, "policy.key", reason);
	hrd_public_key_format(&key.public, public);
	half = key.public;
	hrd_secret_key_clear(&key);
	if (is_there(run, false, "policy", ".pub"))
		return judge_policy_pub(run, &half);
	run->completed++;
	return add_file(run, false, "policy.pub", public);
}

/* "K<owner>+AAA+TTTTT.private": the owner of a key file by its name. */
static bool
owner_of_file(const char *name, struct hrd_name *owner)
{
	size_t len = strlen(name), more = strlen("+015+01234.private");

	return len > 1 + more && name[0] == 'K' && strcmp(name + len - 8, ".private") == 0 &&
	       hrd_name_from_text(owner, name + 1, len - 1 - more) == HRD_OK;
}

static bool
complete_zone_key(struct keygen *run, const char *name)
{
	struct hrd_zonekey *key = NULL;
	char base[HRD_ZONE_KEY_NAME_MAX];
	struct hrd_secret secret;
	struct hrd_name owner;
	const char *reason;
	bool good;
	int status;

	if (!owner_of_file(name, &owner))
		return true;
	if (!hrd_secret_read(run->private, name, name, run->diag, &secret))
		return false;
	status = hrd_zonekey_parse(&secret, &owner, &key, &reason);
	hrd_secret_clear(&secret);
	if (status != HRD_OK)
		return refuse_key(run, name, reason);
	run->has_zone = true;
	hrd_dnskey_file_name(hrd_zonekey_public(key), base);
	good = add_public_half(run, hrd_zonekey_public(key), base, &run->completed);
	hrd_zonekey_free(key);
	return good;
}

static int
is_zone_half(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && entry->d_name[0] == 'K' && strcmp(entry->d_name + len - 4, ".key") == 0;
}

/* Who has a public half would refuse what a new key signs, and no copy of the old is overwritten.
 * dir: of the half. */
static bool
refuse_orphan(struct keygen *run, const char *dir, const char *name, const char *private)
{
	struct hrd_position place = { NULL, 0, 0 };
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return fail(run, "memory");
	place.file = path;
	hrd_diag(run->diag, HRD_ERROR, &place, "key-file",
	    "is there without its private half; put private/%s back, or, for a new key that all "
	    "consumers must get, move this file away and run keygen again",
	    private);
	hrd_diag_raise(run->diag, HRD_EXIT_SYSTEM);
	free(path);
	return false;
}

/* A zone key is made where there is none, and no public half of one: in a roll-over some stay. */
static bool
judge_zone_halves(struct keygen *run, const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, is_zone_half, alphasort);
	bool good = count == 0;

	if (count < 0)
		return fail(run, dir);
	if (!good)
		refuse_orphan(run, dir, entries[0]->d_name, "K*.private");
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return good;
}

/* A key that is to be made must be new to everybody. */
static bool
judge_orphans(struct keygen *run)
{
	if (!run->has_policy && is_there(run, false, "policy", ".pub"))
		return refuse_orphan(run, run->paths[2], "policy.pub", "policy.key");
	return run->has_zone ||
	       (judge_zone_halves(run, run->paths[2]) && judge_zone_halves(run, run->paths[1]));
}

/* What an earlier run has left half made is made whole. */
static bool
complete(struct keygen *run, bool add)
{
	struct hrd_position place = { run->paths[0], 0, 0 };
	struct dirent **entries;
	int count = scandir(run->paths[1], &entries, NULL, alphasort);
	bool good = count >= 0 ? complete_policy_key(run) : fail(run, run->paths[1]);

	for (int i = 0; i < count; i++) {
		good = good && complete_zone_key(run, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	good = good && (add || judge_orphans(run));
	if (good && run->completed > 0)
		hrd_diag(run->diag, HRD_WARNING, &place, "key-completed",
		    "keys were half made: %zu missing files of public halves are written now",
		    run->completed);
	return good;
}

/* What is not there, or a further zone key. */
static bool
make_keys(struct keygen *run, bool add)
{
	struct hrd_position place = { run->paths[0], 0, 0 };

	if (add)
		return make_zone_key(run);
	if (run->has_policy && run->has_zone && run->completed == 0) {
		hrd_diag(run->diag, HRD_ERROR, &place, "key-exists",
		    "has keys already, and keys are never overwritten; take another directory, or "
		    "--add a zone key for a roll-over");
		return false;
	}
	return (run->has_policy || make_policy_key(run)) && (run->has_zone || make_zone_key(run));
}

static bool
publish(struct keygen *run)
{
	const char *what;

	return hrd_outset_commit(run->outputs, &what) == HRD_OK || fail(run, what);
}

/* Makes one key file of a site's own: it must not exist. */
static int
make_site_key(struct hrd_args *args, enum hrd_site_key_kind kind, const char *path)
{
	struct hrd_position place = { path, 0, 0 };
	char text[HRD_SITE_KEY_TEXT_MAX], id[2 * HRD_LOG_KEY_ID_LEN + 1];
	uint8_t key[HRD_SITE_KEY_LEN], id_octets[HRD_LOG_KEY_ID_LEN];
	bool good = false;

	hrd_secrets_begin();
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		hrd_diag_system(args->diag, "random numbers", errno);
		return HRD_EXIT_SYSTEM;
	}
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		hrd_diag(args->diag, HRD_ERROR, &place, "key-exists",
		    "is there already, and keys are never overwritten; take another name");
	else
		good = hrd_secret_write(
		    AT_FDCWD, path, text, hrd_site_key_format(kind, key, text), args->diag);
	hrd_log_key_id(key, id_octets);
	hrd_hex(id, id_octets, sizeof(id_octets));
	if (good && kind == HRD_SITE_KEY_LOG && !args->quiet && !args->json)
		printf("%s\n", id);
	if (good)
		hrd_json_member(hrd_args_result(args), "file", path);
	if (good && kind == HRD_SITE_KEY_LOG)
		hrd_json_member(hrd_args_result(args), "key_id", id);
	hrd_wipe(key, sizeof(key));
	hrd_wipe(text, sizeof(text));
	return good ? HRD_EXIT_OK : HRD_EXIT_REJECTED;
}

/* Whether a key of a site's own is asked for, which stands alone; *exit: how that went. */
static bool
makes_site_key(struct hrd_args *args, int *exit)
{
	const char *log = hrd_arg_value(args, OPT_LOG_KEY),
		   *other = hrd_arg_value(args, OPT_PSEUDONYM_KEY);

	if (log == NULL && other == NULL)
		return false;
	*exit = HRD_EXIT_USAGE;
	if (args->count > 1)
		hrd_diag_usage(args->diag, "--log-key and --pseudonym-key each stand alone");
	else if (strcmp(log != NULL ? log : other, "-") == 0)
		hrd_diag_usage(args->diag,
		    "a key goes into a file that is closed to others, which \"-\" is not");
	else if (log != NULL)
		*exit = make_site_key(args, HRD_SITE_KEY_LOG, log);
	else
		*exit = make_site_key(args, HRD_SITE_KEY_PSEUDONYM, other);
	return true;
}

static int
run_keygen(struct hrd_args *args)
{
	struct keygen run = { .args = args, .diag = args->diag, .private = -1 };
	bool add = hrd_arg_value(args, OPT_ADD) != NULL, good;
	int exit;

	if (makes_site_key(args, &exit))
		return exit;
	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	hrd_secrets_begin();
	good =
	    make_directories(&run) && complete(&run, add) && make_keys(&run, add) && publish(&run);
	if (good)
		hrd_json_member(
		    hrd_args_result(args), "directory", hrd_arg_value(args, OPT_OUTPUT));
	if (good)
		hrd_json_flag(hrd_args_result(args), "policy_key", !add && !run.has_policy);
	hrd_outset_free(run.outputs);
	if (run.private >= 0)
		close(run.private);
	if (!good)
		remove_directories(&run);
	for (size_t n = 0; n < DIRECTORIES; n++)
		free(run.paths[n]);
	return good ? HRD_EXIT_OK : HRD_EXIT_REJECTED;
}

const struct hrd_command hrd_cmd_keygen = {
	.name = "keygen",
	.synopsis = "[OPTION]... -o DIR | --log-key FILE | --pseudonym-key FILE",
	.summary = "make the keys that sign zones, images and manifests",
	.help =
	    "DIR/private is for the signing machine alone: policy.key in minisign's unencrypted\n"
	    "form, K*.private in BIND's.  DIR/public is what consumers get: policy.pub, K*.key\n"
	    "and, with --zone, K*.ds.\n"
	    "A log key is the module's until its first start (chain-key), then for verify-log\n"
	    "alone; its id is printed.  A pseudonym key is the module's and that of reveal.\n",
	.examples = "  rpzgen keygen -o keys --zone deepseek.rpz\n"
		    "  rpzgen keygen -o keys --zone deepseek.rpz --add\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 0,
	.max_operands = 0,
	.run = run_keygen,
};
