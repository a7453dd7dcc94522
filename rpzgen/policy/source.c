/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads rule sets from any notation. */
#include <config.h>

#include "rpzgen/policy/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/limits.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/zone/rules.h"

enum { KEY_MAX = HRD_NAME_TEXT_MAX + 64 };

static void
keep(struct hrd_source *out, const char *key, const char *value)
{
	hrd_fact_list_add(&out->facts, HRD_FACTS_HEAD, key, value);
}

static void
keep_zone_facts(struct hrd_source *out, const struct hrd_name *apex, uint32_t ttl)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(apex, text);
	keep(out, "apex", text);
	snprintf(text, sizeof(text), "%u", (unsigned)ttl);
	keep(out, "ttl", text);
}

static void
keep_info(struct hrd_source *out, const struct hrd_policy_info *info)
{
	keep(out, "id", info->id);
	keep(out, "title", info->title);
	keep(out, "publisher", info->publisher);
	keep_zone_facts(out, &info->apex, info->ttl);
	keep(out, "wildcards", info->rfc4592 ? "rfc4592" : "cover");
	keep(out, "beacon", info->beacon ? "yes" : "no");
}

/* As the inventory says it; the times themselves are others in each build. */
static void
keep_validity(struct hrd_source *out, uint64_t seconds)
{
	char text[40];

	if (seconds % HRD_DAY_SECONDS == 0)
		snprintf(
		    text, sizeof(text), "%llu", (unsigned long long)(seconds / HRD_DAY_SECONDS));
	else
		snprintf(text, sizeof(text), "%llu seconds", (unsigned long long)seconds);
	keep(out, "valid-days", text);
}

static void
keep_justification(
    struct hrd_source *out, const char *basis, const char *language, const char *text)
{
	char key[KEY_MAX];

	snprintf(key, sizeof(key), "justification %s, %s", basis, language);
	hrd_fact_list_add(&out->facts, HRD_FACTS_JUSTIFICATIONS, key, text);
}

static void
keep_image_facts(struct hrd_source *out, const struct hrd_policy *policy)
{
	const struct hrd_policy_info *info = hrd_policy_info(policy);
	struct hrd_justification reason;

	keep_info(out, info);
	if (info->not_after == 0)
		keep(out, "valid-days", "no end");
	else
		keep_validity(out, info->not_after - info->created);
	out->facts.complete[HRD_FACTS_JUSTIFICATIONS] = true;
	for (size_t i = 0; hrd_policy_justification(policy, i, &reason); i++)
		keep_justification(out, reason.basis, reason.language, reason.text);
}

/* As build writes them into the image. */
static void
keep_inventory_facts(struct hrd_source *out)
{
	const struct hrd_basis *basis = out->scope.basis;
	struct hrd_policy_info info;

	hrd_scope_info(&out->scope, &info);
	keep_info(out, &info);
	keep_validity(
	    out, (uint64_t)hrd_inventory_policy(out->inventory)->valid_days * HRD_DAY_SECONDS);
	out->facts.complete[HRD_FACTS_JUSTIFICATIONS] = true;
	for (size_t i = 0; i < basis->justification_count; i++)
		keep_justification(
		    out, basis->id, basis->justification[i].language, basis->justification[i].text);
}

/* What is granted for as long as the set is valid ends on another day in each build. */
static void
keep_exceptions(struct hrd_source *out, const struct hrd_manifest *manifest)
{
	char key[KEY_MAX], value[2 * HRD_MANIFEST_TEXT_MAX + 80], name[HRD_NAME_TEXT_MAX];

	out->facts.complete[HRD_FACTS_EXCEPTIONS] = true;
	for (size_t i = 0; i < manifest->exception_count; i++) {
		const struct hrd_manifest_exception *e = &manifest->exceptions[i];
		char day[HRD_DATE_TEXT_MAX];

		name[0] = '\0';
		if (e->name.len > 0)
			hrd_name_to_text(&e->name, name);
		hrd_date_text(e->expires, day);
		if ((uint64_t)e->expires == manifest->not_after / HRD_DAY_SECONDS)
			snprintf(day, sizeof(day), "its end");
		snprintf(key, sizeof(key), "exception %s%s%s", e->guard, name[0] != '\0' ? " " : "",
		    name);
		snprintf(value, sizeof(value), "%s, until %s: %s", e->owner, day, e->reason);
		hrd_fact_list_add(&out->facts, HRD_FACTS_EXCEPTIONS, key, value);
	}
}

static bool
report_status(struct hrd_diag *diag, const char *path, int status)
{
	struct hrd_position place = { path, 0, 0 };

	if (status == HRD_EIO) {
		hrd_diag(diag, HRD_ERROR, &place, "file-unreadable",
		    "cannot be read: %s; check the path and its permissions",
		    hrd_infile_strerror(errno));
		hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	} else if (status == HRD_ENOMEM) {
		hrd_diag_nomem(diag);
	} else if (status == HRD_ELIMIT) {
		hrd_diag(diag, HRD_ERROR, &place, "load-rules",
		    "more than 1073741824 octets, or 268435456 rules");
	} else {
		hrd_diag(diag, HRD_ERROR, &place, "load-rules", "%s", hrd_strstatus(status));
	}
	return false;
}

/* takes data */
static bool
load_image(struct hrd_source *out, const char *path, char *data, size_t len, struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	int status = hrd_policy_open((uint8_t *)data, len, true, 0, &policy, &fault);

	if (status == HRD_ECORRUPT) {
		hrd_diag(diag, HRD_ERROR, &place, "image-corrupt",
		    "no valid policy image: section %s, octet %llu: %s", fault.section,
		    (unsigned long long)fault.offset, fault.reason);
		return false;
	}
	if (status == HRD_OK) {
		keep_image_facts(out, policy);
		status = hrd_rules_from_policy(
		    policy, HRD_RULES_OBSERVED | HRD_RULES_STOPS, &out->rules);
	}
	hrd_policy_free(policy);
	return status == HRD_OK || report_status(diag, path, status);
}

static bool
load_described(struct hrd_source *out, const char *path, const struct hrd_manifest_file *file,
    struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };
	char *data;
	size_t len;
	int status = hrd_infile_read(path, HRD_IMAGE_OCTETS_MAX, &data, &len);

	if (status != HRD_OK)
		return report_status(diag, path, status);
	if (hrd_manifest_describes(file, (const uint8_t *)data, len))
		return load_image(out, path, data, len, diag);
	free(data);
	hrd_diag(diag, HRD_ERROR, &place, "manifest-digest",
	    "not the file that the manifest describes; the set is incomplete");
	return false;
}

static bool
load_manifest(struct hrd_source *out, const char *path, struct hrd_diag *diag)
{
	struct hrd_manifest *manifest = calloc(1, sizeof(*manifest));
	const struct hrd_manifest_file *file = NULL;
	const char *slash = strrchr(path, '/');
	struct hrd_position place = { path, 0, 0 };
	char image[4096];
	bool good = manifest != NULL && hrd_manifest_read(path, diag, manifest);

	if (manifest == NULL)
		hrd_diag_nomem(diag);
	if (good && (file = hrd_manifest_image(manifest)) == NULL) {
		hrd_diag(diag, HRD_ERROR, &place, "manifest", "it names no image");
		good = false;
	}
	if (good) {
		snprintf(image, sizeof(image), "%.*s%s",
		    slash != NULL ? (int)(slash - path + 1) : 0, path, file->name);
		good = load_described(out, image, file, diag);
		keep_exceptions(out, manifest);
	}
	free(manifest);
	return good;
}

static bool
load_inventory(struct hrd_source *out, const char *path, const struct hrd_source_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_feed_options offline = { .online = false, .quiet = options->quiet };

	out->inventory = hrd_inventory_read(path, diag);
	if (out->inventory == NULL)
		return false;
	hrd_inventory_check(out->inventory, diag);
	if (hrd_diag_errors(diag) > 0 ||
	    !hrd_feeds_load(&out->feeds, out->inventory, &offline, diag) ||
	    !hrd_scope_init(
		&out->scope, out->inventory, &out->feeds, options->profile, options->date, diag))
		return false;
	keep_inventory_facts(out);
	out->rules = hrd_derive(&out->scope, diag);
	return out->rules != NULL && hrd_diag_errors(diag) == 0;
}

/* False after a report: some are missing. */
static bool
has_facts(const struct hrd_source *source, struct hrd_diag *diag)
{
	if (source->facts.nomem)
		hrd_diag_nomem(diag);
	return !source->facts.nomem;
}

bool
hrd_source_derive(
    struct hrd_source *source, const char *profile, int32_t date, struct hrd_diag *diag)
{
	hrd_rules_free(source->rules);
	hrd_scope_clear(&source->scope);
	source->rules = NULL;
	if (hrd_inventory_profile(source->inventory, profile) == NULL) {
		source->rules = hrd_rules_new();
		if (source->rules != NULL && hrd_rules_seal(source->rules, NULL, NULL) == HRD_OK)
			return true;
		hrd_diag_nomem(diag);
		return false;
	}
	if (!hrd_scope_init(&source->scope, source->inventory, &source->feeds, profile, date, diag))
		return false;
	hrd_fact_list_clear(&source->facts);
	keep_inventory_facts(source);
	source->rules = hrd_derive(&source->scope, diag);
	return source->rules != NULL && hrd_diag_errors(diag) == 0 && has_facts(source, diag);
}

/* True for a line "key:" of an inventory's top level. */
static bool
has_key(const char *data, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = data; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n' ? 1 : 0;
		if (strncmp(line, key, len) == 0 && line[len] == ':')
			return true;
	}
	return false;
}

/* Reads by kind. */
static bool
read_any(struct hrd_source *out, const char *path, const struct hrd_source_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_zone_reading how = {
		.file = path, .diag = diag, .origin = options->origin
	};
	struct hrd_zone_head head;
	char *data;
	size_t len;
	bool good;
	/* A manifest or an inventory is read again by its own reader. */
	int status = hrd_infile_hold(path)
			 ? hrd_infile_read(path, HRD_IMAGE_OCTETS_MAX, &data, &len)
			 : HRD_EIO;

	*out = (struct hrd_source){ .kind = HRD_SOURCE_ZONE };
	if (status != HRD_OK)
		return report_status(diag, path, status);
	if (hrd_policy_is_image(data, len)) {
		out->kind = HRD_SOURCE_IMAGE;
		return load_image(out, path, data, len, diag);
	}
	if (data[strspn(data, " \t\r\n")] == '{') {
		out->kind = HRD_SOURCE_IMAGE;
		good = load_manifest(out, path, diag);
	} else if (has_key(data, "format")) {
		out->kind = HRD_SOURCE_INVENTORY;
		good = load_inventory(out, path, options, diag);
	} else if (!hrd_file_expect(path, HRD_CONTENT_ZONE, diag)) {
		good = false;
	} else {
		out->rules = hrd_zone_rules_text(data, len, &how, &head);
		good = out->rules != NULL;
		if (good)
			keep_zone_facts(out, &head.apex, head.ttl);
	}
	free(data);
	return good;
}

bool
hrd_source_read(struct hrd_source *out, const char *path, const struct hrd_source_options *options,
    struct hrd_diag *diag)
{
	return read_any(out, path, options, diag) && has_facts(out, diag);
}

void
hrd_source_clear(struct hrd_source *source)
{
	hrd_rules_free(source->rules);
	hrd_scope_clear(&source->scope);
	hrd_feeds_clear(&source->feeds);
	hrd_inventory_free(source->inventory);
	hrd_fact_list_clear(&source->facts);
	*source = (struct hrd_source){ .kind = HRD_SOURCE_ZONE };
}
