/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen sign: signs a zone, a policy image or a manifest.
 *
 * Everything from outside is read and judged first; the keys are opened after that, and gone before
 * anything is written. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "lib/crypto/blake2b.h"
#include "lib/crypto/signature.h"
#include "lib/name/rdata.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/now.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/result.h"
#include "rpzgen/policy/imagefile.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/sign/dnssec.h"
#include "rpzgen/sign/keyfile.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/sign/zonekey.h"

enum {
	OPT_KEYS,
	OPT_KEY_FD,
	OPT_OUTPUT,
	OPT_VALID,
	OPT_INCEPTION,
	OPT_EXPIRY,
	OPT_SERIAL,
	OPT_PREVIOUS,
	OPT_REFRESH,
	OPT_KEY_TTL,
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
	{ NULL, 0, NULL, NULL },
};

enum { DAY = 86400, HOUR = 3600, VALID_DAYS = 35, REFRESH_DAYS = 7, DAYS_MAX = 3650 };

struct sign {
	struct hrd_args *args;
	struct hrd_diag *diag;
	const char *file, *output;
	uint64_t now;
	int key_fd;          /* or -1 */
	uint64_t valid_days; /* of signatures that are made now */
	uint64_t refresh_days;
	struct hrd_zonesign how;
	struct hrd_progress progress;
	/* what is signed: one of them */
	struct hrd_zonedata zone;
	struct hrd_policy *policy;
	char *manifest;
	size_t manifest_len;
	char comment[HRD_TRUSTED_COMMENT_MAX];
	/* what came of it */
	char signature[HRD_SIGNATURE_OCTETS_MAX];
	size_t signature_len;
};

/* A number up to max; *out stays when the option is not given. */
static bool
take_number(struct sign *run, int option, uint64_t max, uint64_t *out)
{
	const char *text = hrd_arg(run->args, option);
	unsigned long long value;
	char *end;

	if (text == NULL)
		return true;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > max) {
		hrd_diag_usage(
		    run->diag, "--%s takes a number up to %" PRIu64, options[option].name, max);
		return false;
	}
	*out = value;
	return true;
}

static bool
read_times(struct sign *run)
{
	uint64_t inception, expiry, key_ttl = 0;

	run->valid_days = VALID_DAYS;
	run->refresh_days = REFRESH_DAYS;
	if (hrd_now(run->diag, &run->now) != HRD_OK ||
	    !take_number(run, OPT_VALID, DAYS_MAX, &run->valid_days) ||
	    !take_number(run, OPT_REFRESH, DAYS_MAX, &run->refresh_days))
		return false;
	/* At least half of the validity remains to whom the zone reaches late. */
	if (run->refresh_days > run->valid_days / 2)
		run->refresh_days = run->valid_days / 2;
	inception = run->now - HOUR;
	expiry = run->now + run->valid_days * DAY;
	if (!take_number(run, OPT_INCEPTION, UINT32_MAX, &inception) ||
	    !take_number(run, OPT_EXPIRY, UINT32_MAX, &expiry) ||
	    !take_number(run, OPT_KEY_TTL, INT32_MAX, &key_ttl))
		return false;
	if (expiry <= inception || expiry - inception > (uint64_t)DAYS_MAX * DAY) {
		hrd_diag_usage(run->diag, "the signatures must end after they begin, "
					  "and within ten years");
		return false;
	}
	run->how.inception = (uint32_t)inception;
	run->how.expiration = (uint32_t)expiry;
	run->how.key_ttl = (uint32_t)key_ttl;
	return true;
}

static bool
read_options(struct sign *run)
{
	uint64_t fd = UINT64_MAX;

	run->output = hrd_arg(run->args, OPT_OUTPUT);
	if (run->output == NULL)
		hrd_diag_usage(run->diag, "sign needs -o FILE");
	else if ((hrd_arg(run->args, OPT_KEYS) != NULL) == (hrd_arg(run->args, OPT_KEY_FD) != NULL))
		hrd_diag_usage(run->diag, "sign needs either --keys DIR or --key-fd N");
	if (hrd_diag_status(run->diag) != HRD_EXIT_OK ||
	    !take_number(run, OPT_KEY_FD, INT32_MAX, &fd) || !read_times(run))
		return false;
	run->key_fd = fd != UINT64_MAX ? (int)fd : -1;
	return true;
}

/* What counts of the signed zone before this one. */
struct previous {
	uint32_t serial;
	uint32_t inception, expiration; /* of the SOA's signature; 0 when there is none */
};

static bool
read_previous(struct sign *run, struct previous *out)
{
	const char *path = hrd_arg(run->args, OPT_PREVIOUS);
	struct hrd_zonedata zone = { 0 };
	bool good = hrd_zonedata_read(&zone, path, run->diag, &run->progress);

	*out = (struct previous){ .serial = zone.head.serial };
	for (size_t i = 0; i < zone.count; i++) {
		const struct hrd_zone_rr *rr = &zone.rrs[i];

		if (rr->type != HRD_TYPE_RRSIG || rr->rdlen < HRD_RRSIG_SIGNER ||
		    hrd_be16(rr->rdata + HRD_RRSIG_COVERED) != HRD_TYPE_SOA)
			continue;
		out->inception = hrd_be32(rr->rdata + HRD_RRSIG_INCEPTION);
		out->expiration = hrd_be32(rr->rdata + HRD_RRSIG_EXPIRATION);
	}
	hrd_zonedata_clear(&zone);
	return good;
}

/* Ed25519 makes the same signature of the same data and times: while the times stay, a zone with
 * few changes travels as a small IXFR. */
static void
choose_times(struct sign *run, const struct previous *previous)
{
	uint64_t end = run->now + run->valid_days * DAY;

	if (hrd_arg(run->args, OPT_INCEPTION) == NULL && hrd_arg(run->args, OPT_EXPIRY) == NULL &&
	    previous->inception <= run->now && previous->expiration <= end &&
	    previous->expiration + run->refresh_days * DAY > end) {
		run->how.inception = previous->inception;
		run->how.expiration = previous->expiration;
	}
}

/* Later than the plain zone's and the previous signed zone's, the time where that is later (RFC
 * 1982). */
static bool
choose_serial(struct sign *run, const struct previous *previous)
{
	uint32_t serial = run->zone.head.serial, now = (uint32_t)run->now;
	uint64_t given = UINT64_MAX;

	if (!take_number(run, OPT_SERIAL, UINT32_MAX, &given))
		return false;
	if (hrd_serial_is_later(now, serial))
		serial = now;
	if (previous != NULL && !hrd_serial_is_later(serial, previous->serial))
		serial = previous->serial + 1;
	run->how.serial = given != UINT64_MAX ? (uint32_t)given : serial;
	return true;
}

static bool
continue_previous(struct sign *run)
{
	struct previous previous;

	if (hrd_arg(run->args, OPT_PREVIOUS) == NULL)
		return choose_serial(run, NULL);
	if (!read_previous(run, &previous))
		return false;
	choose_times(run, &previous);
	return choose_serial(run, &previous);
}

static bool
read_zone(struct sign *run)
{
	hrd_progress_start(&run->progress, run->args->quiet);
	run->how.progress = &run->progress;
	return hrd_zonedata_read(&run->zone, run->file, run->diag, &run->progress) &&
	       hrd_zonesign_prepare(&run->zone, run->file, run->diag) && continue_previous(run);
}

static bool
read_image(struct sign *run)
{
	const struct hrd_policy_info *info;

	run->policy = hrd_imagefile_open(run->file, run->diag);
	if (run->policy == NULL)
		return false;
	info = hrd_policy_info(run->policy);
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

static bool
read_input(struct sign *run, enum hrd_file_kind kind)
{
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

struct zone_keys {
	struct hrd_zonekey *keys[HRD_ZONE_KEYS_MAX];
	size_t count;
};

static void
free_keys(struct zone_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		hrd_zonekey_free(keys->keys[i]);
	keys->count = 0;
}

static bool
add_key(struct sign *run, int dir, const char *name, struct zone_keys *keys)
{
	struct hrd_secret secret;
	const char *reason;
	bool good;

	if (keys->count == HRD_ZONE_KEYS_MAX)
		return key_fault(run, name, "too many keys for one zone");
	if (!read_secret(run, dir, name, &secret))
		return false;
	good = hrd_zonekey_parse(
		   &secret, &run->zone.head.apex, &keys->keys[keys->count], &reason) == HRD_OK;
	hrd_secret_clear(&secret);
	if (!good)
		return key_fault(run, name, reason);
	keys->count++;
	return true;
}

/* "K<owner>.+AAA+TTTTT.private" with this owner. */
static bool
is_key_of(const char *file, const char *owner)
{
	size_t len = strlen(owner), n = strlen(file);

	return n == 1 + len + strlen("+015+01234.private") && file[0] == 'K' &&
	       memcmp(file + 1, owner, len) == 0 && file[1 + len] == '+' &&
	       strcmp(file + n - 8, ".private") == 0;
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Adds the keys of one owner in the order of their file names. */
static bool
add_keys_of(struct sign *run, int dir, const char *owner, struct zone_keys *keys)
{
	char *names[HRD_ZONE_KEYS_MAX];
	size_t count = 0;
	int copy = dup(dir);
	DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;
	bool good = stream != NULL;

	if (!good)
		hrd_diag_system(run->diag, "keys", errno);
	if (good)
		rewinddir(stream);
	while (good && (entry = readdir(stream)) != NULL) {
		if (!is_key_of(entry->d_name, owner))
			continue;
		good = count < HRD_ZONE_KEYS_MAX ||
		       key_fault(run, entry->d_name, "too many keys for one zone");
		if (good && (names[count] = strdup(entry->d_name)) != NULL)
			count++;
	}
	if (stream != NULL)
		closedir(stream);
	if (count > 0)
		qsort(names, count, sizeof(names[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		good = good && add_key(run, dir, names[i], keys);
		free(names[i]);
	}
	return good;
}

static bool
open_zone_keys(struct sign *run, int dir, struct zone_keys *keys)
{
	char apex[HRD_NAME_TEXT_MAX + 1];
	size_t len = hrd_name_to_text(&run->zone.head.apex, apex);

	if (run->zone.head.apex.len > 1)
		memcpy(apex + len, ".", 2);
	if (run->key_fd >= 0)
		return add_key(run, dir, "key descriptor", keys);
	if (!add_keys_of(run, dir, apex, keys))
		return false;
	if (keys->count == 0 && !add_keys_of(run, dir, ".", keys))
		return false;
	return keys->count > 0 ||
	       key_fault(run, hrd_arg(run->args, OPT_KEYS),
		   "has no key for this zone (K<apex>.+*.private), and none for any zone (K.+*)");
}

static void
report_ecdsa(struct sign *run, const struct zone_keys *keys)
{
	struct hrd_position place = { run->file, 0, 0 };

	for (size_t i = 0; i < keys->count; i++) {
		if (hrd_zonekey_public(keys->keys[i])->algorithm == HRD_ZONE_ECDSA_P256) {
			hrd_diag(run->diag, HRD_WARNING, &place, "sign-not-reproducible",
			    "ECDSA signatures differ each time; Ed25519 gives the same octets for "
			    "the same input");
			return;
		}
	}
}

static bool
sign_zone(struct sign *run, int dir)
{
	struct zone_keys keys = { 0 };
	int status;

	if (!open_zone_keys(run, dir, &keys)) {
		free_keys(&keys);
		return false;
	}
	report_ecdsa(run, &keys);
	status = hrd_zonesign(&run->zone, keys.keys, keys.count, &run->how);
	free_keys(&keys);
	hrd_progress_end(&run->progress);
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(run->diag);
	else if (status != HRD_OK)
		hrd_diag_system(run->diag, "signatures", 0);
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
		dir = hrd_keydir_open(hrd_arg(run->args, OPT_KEYS), run->diag);
		if (dir < 0)
			return false;
	}
	good = kind == HRD_FILE_ZONE ? sign_zone(run, dir) : sign_octets(run, dir);
	if (dir >= 0)
		close(dir);
	return good;
}

static int
write_content(const struct sign *run, FILE *out, enum hrd_file_kind kind)
{
	const uint8_t *payload, *digest, *old;
	size_t len, old_len;

	if (kind == HRD_FILE_ZONE)
		return hrd_zonedata_write(&run->zone, out);
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
	char *name;
	FILE *out = NULL;

	if (asprintf(&name, "%s.minisig", run->output) < 0)
		return false;
	out = hrd_outset_add(outputs, name);
	free(name);
	return out != NULL &&
	       fwrite(run->signature, 1, run->signature_len, out) == run->signature_len;
}

static bool
write_output(struct sign *run, enum hrd_file_kind kind)
{
	struct hrd_outset *outputs = hrd_outset_new(NULL);
	const char *what = run->output;
	FILE *out = NULL;
	bool good = outputs != NULL;

	if (good && kind == HRD_FILE_MANIFEST)
		good = add_detached(run, outputs);
	if (good)
		out = hrd_outset_add(outputs, run->output);
	good = out != NULL && write_content(run, out, kind) == HRD_OK &&
	       hrd_outset_commit(outputs, &what) == HRD_OK;
	if (!good) {
		run->args->closing =
		    outputs != NULL ? hrd_outset_closing(outputs) : "nothing was written";
		hrd_diag_system(run->diag, what != NULL ? what : run->output, errno);
	}
	hrd_outset_free(outputs);
	return good;
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
		hrd_json_number(result, "serial", run->zone.head.serial);
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
	if (!hrd_file_kind(run.file, run.diag, &kind) || !read_input(&run, kind) ||
	    !sign_with_keys(&run, kind))
		args->closing = "nothing was written";
	else
		written = write_output(&run, kind);
	if (written)
		write_result(&run, kind);
	hrd_progress_end(&run.progress);
	hrd_zonedata_clear(&run.zone);
	hrd_policy_free(run.policy);
	free(run.manifest);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_sign = {
	.name = "sign",
	.synopsis = "[OPTION]... --keys DIR FILE -o OUT",
	.summary = "sign a zone, a policy image or a manifest",
	.help = "A zone gets DNSKEY, NSEC, RRSIG and ZONEMD records, a policy image a minisign\n"
		"signature inside, a manifest one in OUT.minisig.  SOURCE_DATE_EPOCH is the time.\n"
		"All keys of the zone sign it, so that two overlap in a roll-over.\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_sign,
};
