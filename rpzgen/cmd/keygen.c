/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen keygen: a policy key and a zone key, private and public apart. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/crypto/loglink.h"
#include "lib/crypto/signature.h"
#include "lib/crypto/sitekey.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/sign/keyfile.h"
#include "rpzgen/sign/zonekey.h"

enum { OPT_OUTPUT, OPT_ZONE, OPT_ALGORITHM, OPT_ADD, OPT_LOG_KEY, OPT_PSEUDONYM_KEY };

static const struct hrd_option options[] = {
	{ "output", 'o', "DIR", "make DIR/private and DIR/public" },
	{ "zone", 0, "APEX", "the zone key is for this zone (default: for any zone of yours)" },
	{ "algorithm", 0, "NAME", "of the zone key: ed25519 (default) or ecdsap256" },
	{ "add", 0, NULL, "add a zone key to DIR, for a roll-over" },
	{ "log-key", 0, "FILE", "make FILE alone: the key of a log's chain" },
	{ "pseudonym-key", 0, "FILE", "make FILE alone: the key of clients' pseudonyms" },
	{ NULL, 0, NULL, NULL },
};

struct keygen {
	struct hrd_args *args;
	struct hrd_diag *diag;
	struct hrd_name zone;
	uint8_t algorithm;
	int private; /* directories */
	char *public;
	struct hrd_outset *outputs; /* public files */
};

static bool
fail(struct keygen *run, const char *what)
{
	hrd_diag_system(run->diag, what, errno);
	return false;
}

static bool
read_options(struct keygen *run)
{
	const char *zone = hrd_arg(run->args, OPT_ZONE);
	const char *algorithm = hrd_arg(run->args, OPT_ALGORITHM);

	if (zone == NULL)
		zone = ".";
	if (hrd_arg(run->args, OPT_OUTPUT) == NULL)
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
	return hrd_diag_status(run->diag) == HRD_EXIT_OK;
}

/* Makes the directories that are missing and opens the private one. */
static bool
make_directories(struct keygen *run)
{
	const char *dir = hrd_arg(run->args, OPT_OUTPUT);
	char *private;

	if (asprintf(&private, "%s/private", dir) < 0)
		return fail(run, dir);
	if ((mkdir(dir, 0755) != 0 && errno != EEXIST) ||
	    (mkdir(private, 0700) != 0 && errno != EEXIST))
		fail(run, dir);
	else
		run->private = hrd_keydir_open(private, run->diag);
	free(private);
	if (run->private < 0)
		return false;
	if (asprintf(&run->public, "%s/public", dir) < 0)
		return fail(run, dir);
	run->outputs = hrd_outset_new(run->public);
	return run->outputs != NULL || fail(run, run->public);
}

static bool
add_public(struct keygen *run, const char *name, const char *text)
{
	FILE *stream = hrd_outset_add(run->outputs, name);

	return (stream != NULL && text != NULL && fputs(text, stream) >= 0) || fail(run, name);
}

static bool
make_policy_key(struct keygen *run)
{
	char secret[HRD_SECRET_KEY_TEXT_MAX], public[HRD_PUBLIC_KEY_TEXT_MAX];
	struct hrd_secret_key key;
	size_t len;
	bool good;

	if (hrd_secret_key_generate(&key) != HRD_OK)
		return fail(run, "random numbers");
	len = hrd_secret_key_format(&key, secret);
	good = hrd_secret_write(run->private, "policy.key", secret, len, run->diag);
	hrd_public_key_format(&key.public, public);
	hrd_wipe(secret, sizeof(secret));
	hrd_secret_key_clear(&key);
	return good && add_public(run, "policy.pub", public);
}

static bool
add_with_suffix(struct keygen *run, const char *base, const char *suffix, char *text)
{
	char *name = NULL;
	bool good = asprintf(&name, "%s%s", base, suffix) > 0 && add_public(run, name, text);

	free(name);
	free(text);
	return good;
}

/* The private half, and beside it the .key file that BIND's and ldns's tools want there. */
static bool
write_zone_key(struct keygen *run, const struct hrd_zonekey *key, const char *base)
{
	char *text = hrd_dnskey_key_text(hrd_zonekey_public(key)), *name = NULL, *public = NULL;
	struct hrd_secret secret = { 0 };
	bool good = text != NULL && asprintf(&name, "%s.private", base) > 0 &&
		    asprintf(&public, "%s.key", base) > 0 &&
		    hrd_zonekey_private_text(key, &secret) == HRD_OK;

	if (!good)
		hrd_diag_nomem(run->diag);
	good = good && hrd_secret_write(run->private, name, secret.text, secret.len, run->diag) &&
	       hrd_secret_write(run->private, public, text, strlen(text), run->diag);
	hrd_secret_clear(&secret);
	free(text);
	free(name);
	free(public);
	return good;
}

static bool
make_zone_key(struct keygen *run)
{
	struct hrd_zonekey *key = NULL;
	const struct hrd_dnskey *public;
	char base[HRD_ZONE_KEY_NAME_MAX];
	bool good;

	if (hrd_zonekey_generate(&run->zone, run->algorithm, &key) != HRD_OK)
		return fail(run, "zone key");
	public = hrd_zonekey_public(key);
	hrd_dnskey_file_name(public, base);
	good = write_zone_key(run, key, base) &&
	       add_with_suffix(run, base, ".key", hrd_dnskey_key_text(public));
	/* A DS says for which zone; a key for any zone has none. */
	if (good && run->zone.len > 1)
		good = add_with_suffix(run, base, ".ds", hrd_dnskey_ds_text(public));
	if (good && !run->args->quiet && !run->args->json)
		printf("%s\n", base);
	if (good)
		hrd_json_member(hrd_args_result(run->args), "zone_key", base);
	hrd_zonekey_free(key);
	return good;
}

static bool
has_keys(struct keygen *run)
{
	struct hrd_position place = { hrd_arg(run->args, OPT_OUTPUT), 0, 0 };

	if (faccessat(run->private, "policy.key", F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	hrd_diag(run->diag, HRD_ERROR, &place, "key-exists",
	    "has keys already, and keys are never overwritten; take another directory, or --add a "
	    "zone key for a roll-over");
	return true;
}

static bool
publish(struct keygen *run)
{
	const char *what;

	if (hrd_outset_commit(run->outputs, &what) != HRD_OK)
		return fail(run, what);
	return fsync(run->private) == 0 || fail(run, "private");
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
	const char *log = hrd_arg(args, OPT_LOG_KEY), *other = hrd_arg(args, OPT_PSEUDONYM_KEY);

	if (log == NULL && other == NULL)
		return false;
	*exit = HRD_EXIT_USAGE;
	if (args->count > 1)
		hrd_diag_usage(args->diag, "--log-key and --pseudonym-key each stand alone");
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
	bool add = hrd_arg(args, OPT_ADD) != NULL, good;
	int exit;

	if (makes_site_key(args, &exit))
		return exit;
	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	hrd_secrets_begin();
	good = make_directories(&run) && (add || (!has_keys(&run) && make_policy_key(&run))) &&
	       make_zone_key(&run) && publish(&run);
	if (good)
		hrd_json_member(hrd_args_result(args), "directory", hrd_arg(args, OPT_OUTPUT));
	if (good)
		hrd_json_flag(hrd_args_result(args), "policy_key", !add);
	if (run.private >= 0)
		close(run.private);
	hrd_outset_free(run.outputs);
	free(run.public);
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
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 0,
	.max_operands = 0,
	.run = run_keygen,
};
