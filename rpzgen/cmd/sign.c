/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen sign: signs a zone, a policy image or a manifest.
 *
 * Everything from outside is read and judged first; the keys are opened after that, and gone before
 * anything is written. */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/base/limits.h"
#include "lib/base/serial.h"
#include "lib/crypto/blake2b.h"
#include "lib/crypto/signature.h"
#include "lib/name/rdata.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/now.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"
#include "rpzgen/policy/imagefile.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/sign/check.h"
#include "rpzgen/sign/keyfile.h"
#include "rpzgen/sign/keyring.h"
#include "rpzgen/sign/previous.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/zone/rules.h"

enum {
	OPT_KEYS,
	OPT_KEY_FD,
	OPT_OUTPUT,
	/* of zones alone: */
	OPT_VALID,
	OPT_INCEPTION,
	OPT_EXPIRY,
	OPT_SERIAL,
	OPT_PREVIOUS,
	OPT_REFRESH,
	OPT_KEY_TTL,
	OPT_ORIGIN,
};

static const struct hrd_option options[] = {
	{ "keys", 'k', "DIR", "directory of the private keys (keygen's DIR/private)" },
	{ "key-fd", 0, "N", "read the private key from file descriptor N instead" },
	{ "output", 'o', "FILE",
	    "write the signed file to FILE; the signature of a manifest to FILE.minisig" },
	{ "valid-days", 0, "N", "zone: signatures end N days after now (default: 35)" },
	{ "inception", 0, "TIME",
	    "zone: signatures begin (seconds since the epoch; default: an "
	    "hour before now)" },
	{ "expiry", 0, "TIME", "zone: signatures end (instead of --valid-days)" },
	{ "serial", 0, "N", "zone: serial of the signed zone (default: the time, or more)" },
	{ "previous", 0, "FILE",
	    "zone: signed zone whose serial must be passed, and whose times are kept while "
	    "fresh: then only what changed has other signatures" },
	{ "refresh-days", 0, "N", "zone: keep the times of --previous for N days (default: 7)" },
	{ "key-ttl", 0, "N", "zone: TTL of the DNSKEY records (default: that of the SOA)" },
	{ "origin", 0, "NAME", "zone: its apex, where it does not say it" },
	{ NULL, 0, NULL, NULL },
};

enum {
	HOUR = 3600,
	VALID_DAYS = 35,
	REFRESH_DAYS = 7,
	DAYS_MAX = 3650,
	ZONE_OCTETS_MAX = 1 << 30,
};

struct sign {
	struct hrd_args *args;
	struct hrd_diag *diag;
	const char *file, *output;
	char *detached;         /* of a manifest: where its signature goes */
	struct hrd_name origin; /* with --origin */
	uint64_t now;
	int key_fd;          /* or -1 */
	uint64_t valid_days; /* of signatures that are made now */
	uint64_t refresh_days;
	struct hrd_zonesign how;
	struct hrd_progress progress;
	/* what is signed: one of them */
	struct hrd_zonedata zone;
	uint8_t rule_digest[HRD_RULE_DIGEST_LEN]; /* of the zone */
	struct hrd_previous previous;             /* zone, with --previous */
	struct hrd_policy *policy;
	char *manifest;
	size_t manifest_len;
	char comment[HRD_TRUSTED_COMMENT_MAX];
	/* what came of it */
	struct hrd_dnskey keys[HRD_ZONE_KEYS_MAX]; /* the public halves of those that signed */
	size_t key_count;
	char signature[HRD_SIGNATURE_OCTETS_MAX];
	size_t signature_len;
};

/* Signatures that nobody takes now. */
static void
judge_times(struct sign *run, uint64_t inception, uint64_t expiry)
{
	struct hrd_position place = { run->file, 0, 0 };

	if (expiry <= run->now)
		hrd_diag(run->diag, HRD_WARNING, &place, "sign-expired",
		    "--expiry has passed: nobody will take the signatures");
	if (inception > run->now)
		hrd_diag(run->diag, HRD_WARNING, &place, "sign-future",
		    "--inception is to come: until then nobody will take the signatures");
}

/* Signatures begin an hour ago, for clocks that are late. */
static bool
read_times(struct sign *run)
{
	uint64_t inception = run->now > HOUR ? run->now - HOUR : 0, expiry, key_ttl = 0;

	expiry = run->now + run->valid_days * HRD_DAY_SECONDS;
	if (!hrd_arg_number(run->args, OPT_INCEPTION, 0, UINT32_MAX, &inception) ||
	    !hrd_arg_number(run->args, OPT_EXPIRY, 0, UINT32_MAX, &expiry) ||
	    !hrd_arg_number(run->args, OPT_KEY_TTL, 0, INT32_MAX, &key_ttl))
		return false;
	if (expiry <= inception ||
	    expiry - inception > (uint64_t)DAYS_MAX * HRD_DAY_SECONDS + HOUR) {
		hrd_diag_usage(run->diag, "the signatures must end after they begin, "
					  "and within ten years");
		return false;
	}
	judge_times(run, inception, expiry);
	run->how.inception = (uint32_t)inception;
	run->how.expiration = (uint32_t)expiry;
	run->how.key_ttl = (uint32_t)key_ttl;
	return true;
}

static bool
read_days(struct sign *run)
{
	run->valid_days = VALID_DAYS;
	run->refresh_days = REFRESH_DAYS;
	if (hrd_now(run->diag, &run->now) != HRD_OK ||
	    !hrd_arg_number(run->args, OPT_VALID, 0, DAYS_MAX, &run->valid_days) ||
	    !hrd_arg_number(run->args, OPT_REFRESH, 0, DAYS_MAX, &run->refresh_days))
		return false;
	/* At least half of the validity remains to whom the zone reaches late. */
	if (run->refresh_days > run->valid_days / 2)
		run->refresh_days = run->valid_days / 2;
	if (run->valid_days == 0)
		hrd_diag_usage(run->diag, "--valid-days takes a number from 1");
	else if (hrd_arg_value(run->args, OPT_VALID) != NULL &&
		 hrd_arg_value(run->args, OPT_EXPIRY) != NULL)
		hrd_diag_usage(run->diag, "--valid-days and --expiry say the same thing twice; "
					  "leave one out");
	return hrd_diag_status(run->diag) == HRD_EXIT_OK;
}

/* An input is not replaced by what was made of it: the next run would have nothing to read. */
static bool
is_other_file(struct sign *run, const char *what, const char *path)
{
	if (!hrd_replaces_input(path, run->file))
		return true;
	hrd_diag_usage(run->diag, "%s names the input; write to another file", what);
	return false;
}

/* The directory of keys holds nothing that goes out, and no key is replaced by mistake. */
static bool
is_apart_from_keys(struct sign *run, const char *what, const char *path)
{
	const char *keys = hrd_arg_value(run->args, OPT_KEYS);

	if (keys == NULL || !hrd_output_lies_in(path, keys))
		return true;
	hrd_diag_usage(
	    run->diag, "%s is in the directory of the keys; write to another directory", what);
	return false;
}

/* what: the words for the path in a report. */
static bool
is_possible_output(struct sign *run, const char *what, const char *path)
{
	return is_other_file(run, what, path) && is_apart_from_keys(run, what, path);
}

/* Of what is no file none can lie beside it, and a signature in a device is lost. */
static bool
is_file(struct sign *run, const char *what, const char *path)
{
	struct stat st;

	if (!hrd_is_stdout(path) && (stat(path, &st) != 0 || S_ISREG(st.st_mode)))
		return true;
	hrd_diag_usage(run->diag,
	    "%s is no file; a manifest and its signature go to two files, OUT and OUT.minisig",
	    what);
	return false;
}

/* A manifest has a second output, for which the same holds as for -o. */
static bool
judge_detached(struct sign *run)
{
	static const char *const what = "OUT.minisig";

	if (asprintf(&run->detached, "%s.minisig", run->output) < 0) {
		run->detached = NULL;
		hrd_diag_nomem(run->diag);
		return false;
	}
	return is_file(run, "-o", run->output) && is_file(run, what, run->detached) &&
	       is_possible_output(run, what, run->detached);
}

static bool
read_options(struct sign *run)
{
	uint64_t fd = UINT64_MAX;

	run->output = hrd_arg_value(run->args, OPT_OUTPUT);
	if (run->output == NULL)
		hrd_diag_usage(run->diag, "sign needs -o FILE");
	else if ((hrd_arg_value(run->args, OPT_KEYS) != NULL) ==
		 (hrd_arg_value(run->args, OPT_KEY_FD) != NULL))
		hrd_diag_usage(run->diag, "sign needs either --keys DIR or --key-fd N");
	if (hrd_diag_status(run->diag) != HRD_EXIT_OK ||
	    !is_possible_output(run, "-o", run->output) ||
	    !hrd_arg_number(run->args, OPT_KEY_FD, 0, INT32_MAX, &fd) || !read_days(run) ||
	    !read_times(run) || !hrd_arg_name(run->args, OPT_ORIGIN, &run->origin))
		return false;
	run->key_fd = fd != UINT64_MAX ? (int)fd : -1;
	return true;
}

/* Ed25519 makes the same signature of the same data and times: while the times stay, a zone with
 * few changes travels as a small IXFR. */
static void
choose_times(struct sign *run)
{
	const struct hrd_previous *previous = &run->previous;
	uint64_t end = run->now + run->valid_days * HRD_DAY_SECONDS;

	if (hrd_arg_value(run->args, OPT_INCEPTION) == NULL &&
	    hrd_arg_value(run->args, OPT_EXPIRY) == NULL && previous->inception <= run->now &&
	    previous->expiration <= end &&
	    previous->expiration + run->refresh_days * HRD_DAY_SECONDS > end) {
		run->how.inception = previous->inception;
		run->how.expiration = previous->expiration;
	}
}

static void
raise_serial(uint32_t *serial, uint32_t over)
{
	if (!hrd_serial_is_later(*serial, over))
		*serial = over + 1;
}

/* The time; where the plain zone counts otherwise (YYYYMMDDNN) and is later, more than that, and
 * than what the output holds so far: each signing is another zone, but for one of the same time. */
static uint32_t
default_serial(const struct sign *run)
{
	uint32_t plain = run->zone.head.serial, now = (uint32_t)run->now, serial = now, old;
	bool by_time = plain == now || hrd_serial_is_later(now, plain);

	if (!by_time)
		raise_serial(&serial, plain);
	if (hrd_previous_serial(run->output, &run->zone.head.apex, &old) &&
	    !(by_time && old == now))
		raise_serial(&serial, old);
	return serial;
}

static bool
serial_fault(
    struct sign *run, enum hrd_severity severity, uint32_t given, const char *than, uint32_t serial)
{
	struct hrd_position place = { run->file, 0, 0 };

	hrd_diag(run->diag, severity, &place, "sign-serial",
	    "--serial %" PRIu32 " is not later than %s, %" PRIu32
	    " (RFC 1982): who has that takes this for old",
	    given, than, serial);
	return severity != HRD_ERROR;
}

static bool
choose_serial(struct sign *run, bool has_previous)
{
	uint32_t plain = run->zone.head.serial, before = run->previous.serial, serial;
	uint64_t given = UINT64_MAX;

	if (!hrd_arg_number(run->args, OPT_SERIAL, 0, UINT32_MAX, &given))
		return false;
	serial = given != UINT64_MAX ? (uint32_t)given : default_serial(run);
	if (given != UINT64_MAX && has_previous && !hrd_serial_is_later(serial, before))
		return serial_fault(run, HRD_ERROR, serial, "that of --previous", before);
	if (given != UINT64_MAX && serial != plain && !hrd_serial_is_later(serial, plain))
		serial_fault(run, HRD_WARNING, serial, "that of the plain zone", plain);
	if (has_previous)
		raise_serial(&serial, before);
	run->how.serial = serial;
	return true;
}

static struct hrd_zone_reading
reading_of(struct sign *run)
{
	return (struct hrd_zone_reading){
		.file = run->file,
		.diag = run->diag,
		.origin = hrd_arg_value(run->args, OPT_ORIGIN) != NULL ? &run->origin : NULL,
	};
}

/* What the consumers' reader finds in the zone is what they must get. */
static bool
judge_rules(struct sign *run, const char *text, size_t len)
{
	struct hrd_zone_reading how = reading_of(run);
	struct hrd_zone_head head;
	struct hrd_ruleset *rules;

	how.strict = true;
	rules = hrd_zone_rules_text(text, len, &how, &head);
	if (rules == NULL)
		return false;
	hrd_dump_digest(rules, run->rule_digest);
	hrd_rules_free(rules);
	return true;
}

static bool
read_records(struct sign *run, char *text, size_t len)
{
	struct hrd_zone_reading how = reading_of(run);
	FILE *stream = fmemopen(text, len, "r");
	bool good;

	if (stream == NULL) {
		hrd_diag_nomem(run->diag);
		return false;
	}
	how.progress = &run->progress;
	good = hrd_zonedata_read_stream(&run->zone, stream, &how) &&
	       hrd_zonesign_prepare(&run->zone, run->file, run->diag);
	fclose(stream);
	return good;
}

static bool
read_zone(struct sign *run)
{
	const char *previous = hrd_arg_value(run->args, OPT_PREVIOUS);
	struct hrd_position place = { run->file, 0, 0 };
	char *text = NULL;
	size_t len;
	int status = hrd_infile_read(run->file, ZONE_OCTETS_MAX, &text, &len);
	bool good;

	hrd_progress_start(&run->progress, run->args->quiet);
	run->how.progress = &run->progress;
	if (status == HRD_ELIMIT)
		hrd_diag(run->diag, HRD_ERROR, &place, "sign-zone", "over 1 GiB");
	else if (status != HRD_OK)
		hrd_diag_system(run->diag, run->file, status == HRD_ENOMEM ? ENOMEM : errno);
	good = status == HRD_OK && judge_rules(run, text, len) && read_records(run, text, len) &&
	       hrd_zonesign_judge_apex(&run->zone.head.apex, run->file, run->diag);
	free(text);
	return good && (previous == NULL || hrd_previous_read(&run->previous, previous, run->diag));
}

/* What says of itself that it has ended. */
static void
judge_end(struct sign *run, uint64_t not_after)
{
	struct hrd_position place = { run->file, 0, 0 };
	char text[HRD_TIME_TEXT_MAX];

	if (not_after == 0 || run->now <= not_after)
		return;
	hrd_time_text(not_after, text);
	hrd_diag(run->diag, HRD_WARNING, &place, "sign-expired",
	    "expired at %s: nobody will take it; build it again", text);
}

static bool
read_image(struct sign *run)
{
	const struct hrd_policy_info *info;

	run->policy = hrd_imagefile_open(run->file, run->diag);
	if (run->policy == NULL)
		return false;
	info = hrd_policy_info(run->policy);
	judge_end(run, info->not_after);
	snprintf(run->comment, sizeof(run->comment),
	    "hradba policy image, id %s, serial %" PRIu32 ", created %" PRIu64, info->id,
	    info->serial, info->created);
	return true;
}

static bool
read_manifest(struct sign *run)
{
	struct hrd_manifest *manifest = calloc(1, sizeof(*manifest));
	bool good = manifest != NULL && hrd_manifest_read(run->file, run->diag, manifest);

	if (manifest == NULL)
		hrd_diag_nomem(run->diag);
	if (good) {
		judge_end(run, manifest->not_after);
		snprintf(run->comment, sizeof(run->comment),
		    "hradba manifest, id %s, serial %" PRIu32 ", created %" PRIu64, manifest->id,
		    manifest->serial, manifest->created);
		if (hrd_infile_read(run->file, HRD_YAML_OCTETS_MAX, &run->manifest,
			&run->manifest_len) != HRD_OK) {
			hrd_diag_system(run->diag, run->file, errno);
			good = false;
		}
	}
	free(manifest);
	return good;
}

/* Of what is no zone, the signature has neither times nor a serial. */
static bool
suits(struct sign *run, enum hrd_file_kind kind)
{
	for (int option = OPT_VALID; kind != HRD_FILE_ZONE && option <= OPT_ORIGIN; option++) {
		if (hrd_arg_misplaced(run->args, option, "zones"))
			return false;
	}
	return true;
}

static bool
read_input(struct sign *run, enum hrd_file_kind kind)
{
	if (!suits(run, kind))
		return false;
	switch (kind) {
	case HRD_FILE_ZONE:
		return read_zone(run);
	case HRD_FILE_IMAGE:
		return read_image(run);
	default:
		return read_manifest(run);
	}
}

static bool
key_fault(struct sign *run, const char *name, const char *why)
{
	struct hrd_position place = { name, 0, 0 };

	hrd_diag(run->diag, HRD_ERROR, &place, "key-file", "%s", why);
	hrd_diag_raise(run->diag, HRD_EXIT_SYSTEM);
	return false;
}

static bool
read_secret(struct sign *run, int dir, const char *name, struct hrd_secret *secret)
{
	return run->key_fd >= 0 ? hrd_secret_read_fd(run->key_fd, run->diag, secret)
				: hrd_secret_read(dir, name, name, run->diag, secret);
}

static bool
open_policy_key(struct sign *run, int dir, struct hrd_secret_key *key)
{
	struct hrd_secret secret;
	const char *reason;
	bool good = read_secret(run, dir, "policy.key", &secret);

	if (!good)
		return false;
	if (hrd_secret_key_parse(secret.text, secret.len, key, &reason) != HRD_OK)
		good = key_fault(run, "policy.key", reason);
	hrd_secret_clear(&secret);
	return good;
}

static bool
sign_octets(struct sign *run, int dir)
{
	struct hrd_secret_key key;
	uint8_t made[HRD_DIGEST_LEN];
	const uint8_t *payload, *digest = made, *old;
	size_t len, old_len;
	int status;

	if (run->policy != NULL)
		hrd_policy_payload(run->policy, &payload, &len, &digest, &old, &old_len);
	else
		hrd_blake2b(made, sizeof(made), run->manifest, run->manifest_len);
	if (!open_policy_key(run, dir, &key))
		return false;
	status = hrd_sign(&key, digest, run->comment, run->signature, sizeof(run->signature),
	    &run->signature_len);
	hrd_secret_key_clear(&key);
	if (status != HRD_OK)
		hrd_diag_system(run->diag, "signature", 0);
	return status == HRD_OK;
}

static bool
open_zone_keys(struct sign *run, int dir, struct hrd_keyring *keys)
{
	const struct hrd_name *apex = &run->zone.head.apex;
	struct hrd_secret secret;

	if (run->key_fd < 0)
		return hrd_keyring_open(
		    keys, dir, apex, hrd_arg_value(run->args, OPT_KEYS), run->diag);
	return hrd_secret_read_fd(run->key_fd, run->diag, &secret) &&
	       hrd_keyring_take(keys, &secret, apex, "key descriptor", run->diag);
}

static void
keep_public(struct sign *run, const struct hrd_keyring *keys)
{
	struct hrd_position place = { run->file, 0, 0 };
	bool ecdsa = false;

	run->key_count = keys->count;
	for (size_t i = 0; i < keys->count; i++) {
		run->keys[i] = *hrd_zonekey_public(keys->keys[i]);
		ecdsa |= run->keys[i].algorithm == HRD_ZONE_ECDSA_P256;
	}
	if (ecdsa)
		hrd_diag(run->diag, HRD_WARNING, &place, "sign-not-reproducible",
		    "ECDSA signatures differ each time; Ed25519 gives the same octets "
		    "for the same input");
}

/* The serial and times of --previous count when one of the keys vouches for them. */
static bool
settle(struct sign *run, const struct hrd_keyring *keys)
{
	const char *previous = hrd_arg_value(run->args, OPT_PREVIOUS);

	if (previous == NULL)
		return choose_serial(run, false);
	if (!hrd_previous_judge(&run->previous, &run->zone.head.apex, keys, previous, run->diag))
		return false;
	choose_times(run);
	return choose_serial(run, true);
}

static bool
sign_zone(struct sign *run, int dir)
{
	struct hrd_keyring keys = { 0 };
	int status = HRD_EINVAL;

	if (open_zone_keys(run, dir, &keys) && settle(run, &keys)) {
		keep_public(run, &keys);
		status = hrd_zonesign(&run->zone, keys.keys, keys.count, &run->how);
		if (status == HRD_ENOMEM)
			hrd_diag_nomem(run->diag);
		else if (status != HRD_OK)
			hrd_diag_system(run->diag, "signatures", 0);
	}
	hrd_keyring_clear(&keys);
	hrd_progress_end(&run->progress);
	return status == HRD_OK;
}

/* The only part of the program that sees private keys. */
static bool
sign_with_keys(struct sign *run, enum hrd_file_kind kind)
{
	int dir = -1;
	bool good;

	hrd_secrets_begin();
	if (run->key_fd < 0) {
		dir = hrd_keydir_open(hrd_arg_value(run->args, OPT_KEYS), run->diag);
		if (dir < 0)
			return false;
	}
	good = kind == HRD_FILE_ZONE ? sign_zone(run, dir) : sign_octets(run, dir);
	if (dir >= 0)
		close(dir);
	return good;
}

/* Reads a signed zone back before anybody else does. What is in memory is freed first: the zone
 * that comes is as large. */
static int
check_written(struct sign *run, FILE *back)
{
	const struct hrd_signed_zone meant = { .file = run->output,
		.keys = run->keys,
		.key_count = run->key_count,
		.now = run->how.inception,
		.rule_digest = run->rule_digest,
		.diag = run->diag,
		.progress = &run->progress };
	bool good;

	hrd_zonedata_clear(&run->zone);
	good = hrd_signed_zone_check(back, &meant);
	hrd_progress_end(&run->progress);
	return good ? HRD_OK : HRD_EINVAL;
}

static int
copy_stream(FILE *from, FILE *to)
{
	char octets[65536];
	size_t got;

	rewind(from);
	while ((got = fread(octets, 1, sizeof(octets), from)) > 0) {
		if (fwrite(octets, 1, got, to) != got)
			return HRD_EIO;
	}
	return ferror(from) ? HRD_EIO : HRD_OK;
}

/* To a stream that cannot be read again the zone goes when it has been checked. */
static int
write_through(struct sign *run, FILE *out)
{
	FILE *copy = tmpfile();
	int status = copy != NULL ? hrd_zonedata_write(&run->zone, copy) : HRD_EIO;

	if (status == HRD_OK && fflush(copy) != 0)
		status = HRD_EIO;
	if (status == HRD_OK) {
		rewind(copy);
		status = check_written(run, copy);
	}
	if (status == HRD_OK)
		status = copy_stream(copy, out);
	if (copy != NULL)
		fclose(copy);
	return status;
}

static int
write_zone(struct sign *run, struct hrd_outset *outputs, FILE *out)
{
	FILE *back;
	int status;

	if (!hrd_outset_is_file(outputs, out))
		return write_through(run, out);
	status = hrd_zonedata_write(&run->zone, out);
	back = status == HRD_OK ? hrd_outset_reopen(outputs, out) : NULL;
	if (back == NULL)
		return HRD_EIO;
	status = check_written(run, back);
	fclose(back);
	return status;
}

/* HRD_EIO with errno set, HRD_EINVAL when it was told. */
static int
write_content(struct sign *run, struct hrd_outset *outputs, FILE *out, enum hrd_file_kind kind)
{
	const uint8_t *payload, *digest, *old;
	size_t len, old_len;

	if (kind == HRD_FILE_ZONE)
		return write_zone(run, outputs, out);
	if (kind == HRD_FILE_MANIFEST)
		return fwrite(run->manifest, 1, run->manifest_len, out) == run->manifest_len
			   ? HRD_OK
			   : HRD_EIO;
	hrd_policy_payload(run->policy, &payload, &len, &digest, &old, &old_len);
	if (fwrite(payload, 1, len, out) != len ||
	    fwrite(digest, 1, HRD_DIGEST_LEN, out) != HRD_DIGEST_LEN ||
	    fwrite(run->signature, 1, run->signature_len, out) != run->signature_len)
		return HRD_EIO;
	return HRD_OK;
}

/* A manifest's signature lies beside it and goes first. */
static bool
add_detached(const struct sign *run, struct hrd_outset *outputs)
{
	FILE *out = hrd_outset_add(outputs, run->detached);

	return out != NULL &&
	       fwrite(run->signature, 1, run->signature_len, out) == run->signature_len;
}

static int
write_files(
    struct sign *run, struct hrd_outset *outputs, enum hrd_file_kind kind, const char **what)
{
	FILE *out = NULL;
	int status = HRD_OK;

	if (kind == HRD_FILE_MANIFEST && !add_detached(run, outputs))
		return HRD_EIO;
	out = hrd_outset_add(outputs, run->output);
	status = out != NULL ? write_content(run, outputs, out, kind) : HRD_EIO;
	return status == HRD_OK ? hrd_outset_commit(outputs, what) : status;
}

static bool
write_output(struct sign *run, enum hrd_file_kind kind)
{
	struct hrd_outset *outputs = hrd_outset_new(NULL);
	const char *what = run->output;
	int status = outputs != NULL ? write_files(run, outputs, kind, &what) : HRD_EIO;

	if (status != HRD_OK)
		run->args->closing =
		    outputs != NULL ? hrd_outset_closing(outputs) : "nothing was written";
	if (status == HRD_EIO)
		hrd_diag_system(run->diag, what != NULL ? what : run->output, errno);
	hrd_outset_free(outputs);
	return status == HRD_OK;
}

static void
write_result(struct sign *run, enum hrd_file_kind kind)
{
	static const char *const kinds[] = { "zone", "image", "manifest" };
	struct hrd_json *result = hrd_args_result(run->args);

	hrd_json_member(result, "kind", kinds[kind]);
	hrd_json_member(result, "file", run->file);
	hrd_json_member(result, "output", run->output);
	if (kind == HRD_FILE_ZONE) {
		hrd_json_number(result, "serial", run->how.serial);
		hrd_result_time(result, "inception", run->how.inception);
		hrd_result_time(result, "expiration", run->how.expiration);
	} else if (kind == HRD_FILE_IMAGE) {
		hrd_json_number(result, "serial", hrd_policy_info(run->policy)->serial);
	}
	if (kind != HRD_FILE_ZONE)
		hrd_json_member(result, "comment", run->comment);
}

static int
run_sign(struct hrd_args *args)
{
	struct sign run = { .args = args, .diag = args->diag, .file = args->argv[0], .key_fd = -1 };
	enum hrd_file_kind kind;
	bool written = false;

	if (!read_options(&run))
		return HRD_EXIT_USAGE;
	if (!hrd_file_kind(run.file, run.diag, &kind) ||
	    (kind == HRD_FILE_MANIFEST && !judge_detached(&run)) || !read_input(&run, kind) ||
	    !sign_with_keys(&run, kind))
		args->closing = "nothing was written";
	else
		written = write_output(&run, kind);
	if (written)
		write_result(&run, kind);
	hrd_progress_end(&run.progress);
	hrd_zonedata_clear(&run.zone);
	hrd_previous_clear(&run.previous);
	hrd_policy_free(run.policy);
	free(run.manifest);
	free(run.detached);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_sign = {
	.name = "sign",
	.synopsis = "[OPTION]... --keys DIR FILE -o OUT",
	.summary = "sign a zone, a policy image or a manifest",
	.help = "A zone gets DNSKEY, NSEC, RRSIG and ZONEMD records, a policy image a minisign\n"
		"signature inside, a manifest one in OUT.minisig.  SOURCE_DATE_EPOCH is the time.\n"
		"All keys of the zone sign it, so that two overlap in a roll-over.\n",
	.examples =
	    "  rpzgen sign --keys keys/private out/deepseek.policy -o signed/deepseek.policy\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_sign,
};
