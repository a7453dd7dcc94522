/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies what a publisher sent. */
#include <config.h>

#include "rpzgen/deliver/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/base/hex.h"
#include "lib/base/limits.h"
#include "lib/crypto/blake2b.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/sign/check.h"
#include "rpzgen/sign/verify.h"
#include "rpzgen/zone/rules.h"
#include "rpzgen/zone/write.h"

enum { PART_OCTETS_MAX = 1 << 30, FUTURE = HRD_DAY_SECONDS };

struct verifying {
	const struct hrd_verification *how;
	const char *path;
	struct hrd_verified *out;
};

static bool
refuse(const struct verifying *v, const char *file, const char *id, const char *text)
{
	struct hrd_position place = { file, 0, 0 };

	hrd_diag(v->how->diag, HRD_ERROR, &place, id, "%s", text);
	return false;
}

static bool
nomem(const struct verifying *v)
{
	hrd_diag_nomem(v->how->diag);
	return false;
}

/* Adds a part; takes data, also on failure. */
static bool
add_part(struct verifying *v, const char *name, uint8_t *data, size_t len)
{
	struct hrd_part *part = &v->out->parts[v->out->part_count];

	if (v->out->part_count < HRD_PARTS_MAX && data != NULL &&
	    (part->name = strdup(name)) != NULL) {
		part->data = data;
		part->len = len;
		v->out->part_count++;
		return true;
	}
	free(data);
	return nomem(v);
}

static bool
read_octets(const struct verifying *v, const char *path, uint8_t **data, size_t *len)
{
	char *text = NULL;
	int status = hrd_infile_read(path, PART_OCTETS_MAX, &text, len);

	*data = (uint8_t *)text;
	if (status == HRD_OK)
		return true;
	if (status == HRD_ENOMEM)
		return nomem(v);
	if (status == HRD_ELIMIT)
		return refuse(v, path, "verify-limit", "over 1 GiB");
	hrd_diag_system(v->how->diag, path, errno);
	return false;
}

/* Checks the time that something says of itself. */
static bool
check_validity(const struct verifying *v, const char *file, uint64_t created, uint64_t not_after)
{
	struct hrd_position place = { file, 0, 0 };
	char text[HRD_TIME_TEXT_MAX];

	if (not_after != 0 && v->how->now > not_after) {
		hrd_time_text(not_after, text);
		hrd_diag(v->how->diag, HRD_ERROR, &place, "verify-time", "expired at %s", text);
		return false;
	}
	if (created > v->how->now + FUTURE) {
		hrd_time_text(created, text);
		hrd_diag(v->how->diag, HRD_ERROR, &place, "verify-time",
		    "made at %s, which is in the future; is the clock right?", text);
		return false;
	}
	return true;
}

/* The apex; where that is too long for an id its beginning and a digest of all, lest one such
 * policy be taken for another. */
static void
zone_id(char id[static HRD_POLICY_ID_MAX + 1], const char *apex)
{
	uint8_t digest[8];
	enum { DIGITS = 2 * sizeof(digest), KEPT = HRD_POLICY_ID_MAX - 1 - DIGITS };
	size_t len = strlen(apex);

	if (len <= HRD_POLICY_ID_MAX) {
		memcpy(id, apex, len + 1);
		return;
	}
	hrd_blake2b(digest, sizeof(digest), apex, len);
	memcpy(id, apex, KEPT);
	id[KEPT] = '-';
	hrd_hex(id + KEPT + 1, digest, sizeof(digest));
}

/* What the rules of a zone are, in the words of a manifest. */
static void
describe_rules(
    struct hrd_manifest *m, const struct hrd_ruleset *rules, const struct hrd_zone_head *head)
{
	char apex[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&head->apex, apex);
	zone_id(m->id, apex);
	m->serial = head->serial;
	m->rules = hrd_rules_count(rules);
	hrd_dump_digest(rules, m->rule_digest);
}

/* The plain zone of a rule set, malloc()ed. */
static bool
make_plain(const struct verifying *v, const struct hrd_ruleset *rules,
    const struct hrd_zone_head *head, uint8_t **data, size_t *len)
{
	const struct hrd_policy_info info = { .id = v->out->manifest.id,
		.title = "",
		.publisher = "",
		.apex = head->apex,
		.mname = head->mname,
		.rname = head->rname,
		.serial = head->serial,
		.ttl = head->ttl };
	char *text = NULL;
	FILE *out = open_memstream(&text, len);
	struct hrd_zone_writer writer = { .out = out, .apex = &head->apex };
	int status = out != NULL ? hrd_zone_write_head(&writer, &info) : HRD_ENOMEM;

	for (int t = 0; t < HRD_TRIGGERS && status == HRD_OK; t++)
		status = hrd_zone_write_set(&writer, rules, (enum hrd_trigger)t);
	if (status == HRD_OK)
		status = hrd_zone_write_beacon(&writer, head->beacon);
	if (out != NULL && fclose(out) != 0)
		status = HRD_ENOMEM;
	*data = (uint8_t *)text;
	if (status == HRD_OK)
		return true;
	free(text);
	*data = NULL;
	return nomem(v);
}

/* Reads and verifies a signed zone; its rules, or NULL after a report. */
static struct hrd_ruleset *
verify_signed_zone(
    const struct verifying *v, const char *path, struct hrd_zone_head *head, char detail[256])
{
	struct hrd_zonedata zone = { 0 };
	struct hrd_progress progress;
	struct hrd_zoneverify how = { .anchors = v->how->anchors->zone,
		.anchor_count = v->how->anchors->zone_count,
		.depth = v->how->every_signature ? HRD_VERIFY_EVERY_SIGNATURE : HRD_VERIFY_COVERED,
		.now = v->how->now,
		.file = path,
		.diag = v->how->diag,
		.progress = &progress };
	const struct hrd_zone_reading raw = {
		.file = path, .diag = v->how->diag, .origin = v->how->origin, .progress = &progress
	};
	const struct hrd_zone_reading reading = { .file = path, .diag = v->how->diag };
	struct hrd_ruleset *rules = NULL;
	char until[HRD_TIME_TEXT_MAX];
	bool good;

	hrd_progress_start(&progress, v->how->quiet);
	good = hrd_zonedata_read(&zone, path, &raw) && hrd_zoneverify(&zone, &how);
	hrd_progress_end(&progress);
	if (good) {
		hrd_time_text(how.expiration, until);
		snprintf(
		    detail, 256, "signed by key %u, valid until %s", (unsigned)how.key_tag, until);
		rules = hrd_zonedata_rules(&zone, &reading, head);
	}
	hrd_zonedata_clear(&zone);
	return rules;
}

static bool
verify_zone(struct verifying *v)
{
	struct hrd_verified *out = v->out;
	char name[HRD_NAME_TEXT_MAX + 8], apex[HRD_NAME_TEXT_MAX];
	struct hrd_zone_head head;
	uint8_t *plain;
	size_t len;

	out->rules = verify_signed_zone(v, v->path, &head, out->detail);
	if (out->rules == NULL)
		return false;
	out->zone = strdup(v->path);
	if (out->zone == NULL)
		return nomem(v);
	describe_rules(&out->manifest, out->rules, &head);
	if (!make_plain(v, out->rules, &head, &plain, &len))
		return false;
	hrd_name_to_text(&head.apex, apex);
	/* "deepseek.rpz" is a file name already. */
	snprintf(name, sizeof(name), "%s%s", apex, strstr(apex, "rpz") != NULL ? "" : ".rpz");
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '/' ? '_' : *c;
	return add_part(v, name, plain, len);
}

static bool
check_image_signature(struct verifying *v, const char *file, const struct hrd_policy_parts *parts)
{
	struct hrd_signed_by by;
	const char *reason;

	if (hrd_signature_verify(parts->digest, (const char *)parts->signature,
		parts->signature_len, v->how->anchors->policy, v->how->anchors->policy_count, &by,
		&reason) != HRD_OK)
		return refuse(v, file, "verify-signature", reason);
	snprintf(v->out->detail, sizeof(v->out->detail), "%.*s",
	    (int)(by.comment_len < 200 ? by.comment_len : 200), by.comment);
	return true;
}

/* Signature, then structure, then time. data stays the caller's; *out borrows it. */
static bool
open_image(
    struct verifying *v, const char *file, uint8_t *data, size_t len, struct hrd_policy **out)
{
	struct hrd_position place = { file, 0, 0 };
	struct hrd_policy_parts parts;
	struct hrd_fault fault = { "file", 0, "" };
	int status = hrd_policy_split(data, len, 0, &parts, &fault);

	if (status == HRD_OK) {
		if (!check_image_signature(v, file, &parts))
			return false;
		status = hrd_policy_open(data, len, false, 0, out, &fault);
	}
	if (status == HRD_OK) {
		v->out->payload = parts.payload;
		v->out->payload_len = parts.payload_len;
		v->out->signature = parts.signature;
		v->out->signature_len = parts.signature_len;
		return true;
	}
	if (status == HRD_ENOMEM)
		return nomem(v);
	hrd_diag(v->how->diag, HRD_ERROR, &place,
	    status == HRD_EVERSION ? "image-version" : "image-corrupt",
	    "no valid policy image: section %s, octet %" PRIu64 ": %s", fault.section, fault.offset,
	    fault.reason);
	return false;
}

static void
describe_image(struct hrd_manifest *m, const struct hrd_policy_info *info)
{
	snprintf(m->id, sizeof(m->id), "%s", info->id);
	m->serial = info->serial;
	m->created = info->created;
	m->not_after = info->not_after;
	for (int t = 0; t < HRD_TRIGGERS; t++)
		m->rules += info->rules[t];
	m->rules -= info->observed;
	memcpy(m->rule_digest, info->rule_digest, sizeof(m->rule_digest));
}

static bool
verify_image(struct verifying *v)
{
	struct hrd_policy *policy = NULL;
	char name[HRD_POLICY_ID_MAX + 16];
	const struct hrd_policy_info *info;
	uint8_t *data;
	size_t len;
	bool good;

	if (!read_octets(v, v->path, &data, &len))
		return false;
	if (!add_part(v, "image", data, len) || !open_image(v, v->path, data, len, &policy))
		return false;
	info = hrd_policy_info(policy);
	describe_image(&v->out->manifest, info);
	good = check_validity(v, v->path, info->created, info->not_after);
	snprintf(name, sizeof(name), "%s.policy", info->id);
	hrd_policy_free(policy);
	free(v->out->parts[0].name);
	v->out->parts[0].name = strdup(name);
	return good && (v->out->parts[0].name != NULL || nomem(v));
}

/* "DIRECTORY-OF-PATH/name", malloc()ed. */
static char *
beside(const char *path, const char *name, const char *suffix)
{
	const char *slash = strrchr(path, '/');
	char *out;

	if (asprintf(&out, "%.*s%s%s", slash != NULL ? (int)(slash + 1 - path) : 0, path, name,
		suffix) < 0)
		return NULL;
	return out;
}

static bool
check_manifest_signature(struct verifying *v, const uint8_t *data, size_t len)
{
	char *path = NULL;
	uint8_t *signature = NULL, digest[HRD_DIGEST_LEN];
	struct hrd_signed_by by;
	size_t signature_len;
	const char *reason;
	bool good;

	if (asprintf(&path, "%s.minisig", v->path) < 0)
		return nomem(v);
	good = read_octets(v, path, &signature, &signature_len);
	free(path);
	if (!good)
		return false;
	hrd_blake2b(digest, sizeof(digest), data, len);
	if (hrd_signature_verify(digest, (const char *)signature, signature_len,
		v->how->anchors->policy, v->how->anchors->policy_count, &by, &reason) != HRD_OK) {
		free(signature);
		return refuse(v, v->path, "verify-signature", reason);
	}
	snprintf(v->out->detail, sizeof(v->out->detail), "%.*s",
	    (int)(by.comment_len < 200 ? by.comment_len : 200), by.comment);
	return add_part(v, "manifest.json.minisig", signature, signature_len);
}

static bool
check_image_of_set(struct verifying *v, const char *path, struct hrd_part *part)
{
	const struct hrd_manifest *m = &v->out->manifest;
	const struct hrd_policy_info *info;
	struct hrd_policy *policy = NULL;
	bool good;

	if (!open_image(v, path, part->data, part->len, &policy))
		return false;
	info = hrd_policy_info(policy);
	good = strcmp(info->id, m->id) == 0 && info->serial == m->serial &&
	       memcmp(info->rule_digest, m->rule_digest, sizeof(m->rule_digest)) == 0;
	hrd_policy_free(policy);
	return good ||
	       refuse(v, path, "verify-set", "the image is of another build than the manifest");
}

static bool
check_rules_of_set(struct verifying *v, const char *path, struct hrd_ruleset *rules)
{
	uint8_t digest[HRD_RULE_DIGEST_LEN];

	hrd_dump_digest(rules, digest);
	if (memcmp(digest, v->out->manifest.rule_digest, sizeof(digest)) == 0)
		return true;
	return refuse(v, path, "verify-set", "the zone is of another build than the manifest");
}

/* A signed zone beside the plain one is verified too: both must be of this build. */
static bool
check_signed_zone(struct verifying *v, const char *path)
{
	struct hrd_zone_head head;
	struct hrd_ruleset *rules;
	char detail[256];
	bool good;

	if (access(path, F_OK) != 0)
		return true;
	rules = verify_signed_zone(v, path, &head, detail);
	good = rules != NULL && check_rules_of_set(v, path, rules);
	hrd_rules_free(rules);
	return good;
}

static bool
check_zone_of_set(struct verifying *v, const char *path, struct hrd_part *part)
{
	const struct hrd_zone_reading how = {
		.file = path, .diag = v->how->diag, .origin = v->how->origin
	};
	struct hrd_zone_head head;
	char *signed_path;
	bool good;

	hrd_rules_free(v->out->rules);
	free(v->out->zone);
	v->out->zone = strdup(path);
	if (v->out->zone == NULL)
		return nomem(v);
	v->out->rules = hrd_zone_rules_text((const char *)part->data, part->len, &how, &head);
	if (v->out->rules == NULL || !check_rules_of_set(v, path, v->out->rules))
		return false;
	if (asprintf(&signed_path, "%s.signed", path) < 0)
		return nomem(v);
	good = check_signed_zone(v, signed_path);
	free(signed_path);
	return good;
}

static bool
check_file(struct verifying *v, const struct hrd_manifest_file *file)
{
	char *path = beside(v->path, file->name, "");
	struct hrd_part *part;
	uint8_t *data;
	size_t len;
	bool good;

	if (path == NULL)
		return nomem(v);
	good = read_octets(v, path, &data, &len) && add_part(v, file->name, data, len);
	if (good) {
		part = &v->out->parts[v->out->part_count - 1];
		if (!hrd_manifest_describes(file, part->data, part->len))
			good = refuse(v, path, "verify-set",
			    "not the file that the manifest describes (size or digest)");
		else if (hrd_policy_is_image(part->data, part->len))
			good = check_image_of_set(v, path, part);
		else
			good = check_zone_of_set(v, path, part);
	}
	free(path);
	return good;
}

static bool
verify_manifest(struct verifying *v)
{
	struct hrd_manifest *m = &v->out->manifest;
	char detail[sizeof(v->out->detail)], *copy;
	uint8_t *data;
	size_t len;
	bool good;

	if (!read_octets(v, v->path, &data, &len) || !add_part(v, "manifest.json", data, len))
		return false;
	if (!check_manifest_signature(v, data, len))
		return false;
	memcpy(detail, v->out->detail, sizeof(detail));
	copy = malloc(len + 1);
	if (copy == NULL)
		return nomem(v);
	memcpy(copy, data, len + 1);
	good =
	    hrd_manifest_parse(copy, len, v->path, v->how->diag, m) &&
	    (m->file_count > 0 || refuse(v, v->path, "verify-set", "the manifest names no file")) &&
	    check_validity(v, v->path, m->created, m->not_after);
	free(copy);
	for (size_t i = 0; i < m->file_count && good; i++)
		good = check_file(v, &m->files[i]);
	memcpy(v->out->detail, detail, sizeof(detail));
	return good;
}

bool
hrd_verify_manifest(const struct hrd_anchors *anchors, const char *path, struct hrd_diag *diag)
{
	const struct hrd_verification how = { .anchors = anchors, .diag = diag };
	struct hrd_verified *out = calloc(1, sizeof(*out));
	struct verifying v = { &how, path, out };
	uint8_t *data;
	size_t len;
	bool good;

	if (out == NULL)
		return nomem(&v);
	good = read_octets(&v, path, &data, &len) && add_part(&v, "manifest.json", data, len) &&
	       check_manifest_signature(&v, data, len);
	hrd_verified_clear(out);
	free(out);
	return good;
}

bool
hrd_verify_file(const struct hrd_verification *how, const char *path, struct hrd_verified *out)
{
	struct verifying v = { how, path, out };

	memset(out, 0, sizeof(*out));
	if (!hrd_file_kind(path, how->diag, &out->kind))
		return false;
	switch (out->kind) {
	case HRD_FILE_ZONE:
		return verify_zone(&v);
	case HRD_FILE_IMAGE:
		return verify_image(&v);
	default:
		return verify_manifest(&v);
	}
}

void
hrd_verified_clear(struct hrd_verified *verified)
{
	for (size_t i = 0; i < verified->part_count; i++) {
		free(verified->parts[i].name);
		free(verified->parts[i].data);
	}
	hrd_rules_free(verified->rules);
	free(verified->zone);
	memset(verified, 0, sizeof(*verified));
}
