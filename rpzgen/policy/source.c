/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads rule sets from any notation. */
#include <config.h>

#include "rpzgen/policy/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/zone/rules.h"

const char *const hrd_source_fact_words[HRD_FACTS] = { "id", "title", "publisher", "apex", "ttl",
	"wildcards" };

static void
keep_fact(struct hrd_source *out, enum hrd_source_fact fact, const char *text)
{
	free(out->facts[fact]);
	out->facts[fact] = strdup(text);
}

static void
keep_zone_facts(struct hrd_source *out, const struct hrd_name *apex, uint32_t ttl)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(apex, text);
	keep_fact(out, HRD_FACT_APEX, text);
	snprintf(text, sizeof(text), "%u", (unsigned)ttl);
	keep_fact(out, HRD_FACT_TTL, text);
}

static void
keep_facts(struct hrd_source *out, const struct hrd_policy_info *info)
{
	keep_fact(out, HRD_FACT_ID, info->id);
	keep_fact(out, HRD_FACT_TITLE, info->title);
	keep_fact(out, HRD_FACT_PUBLISHER, info->publisher);
	keep_zone_facts(out, &info->apex, info->ttl);
	keep_fact(out, HRD_FACT_WILDCARDS, info->rfc4592 ? "rfc4592" : "cover");
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
		keep_facts(out, hrd_policy_info(policy));
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
	}
	free(manifest);
	return good;
}

static bool
load_inventory(struct hrd_source *out, const char *path, const struct hrd_source_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_feed_options offline = { .online = false, .quiet = options->quiet };
	struct hrd_policy_info info;

	out->inventory = hrd_inventory_read(path, diag);
	if (out->inventory == NULL)
		return false;
	hrd_inventory_check(out->inventory, diag);
	if (hrd_diag_errors(diag) > 0 ||
	    !hrd_feeds_load(&out->feeds, out->inventory, &offline, diag) ||
	    !hrd_scope_init(
		&out->scope, out->inventory, &out->feeds, options->profile, options->date, diag))
		return false;
	hrd_scope_info(&out->scope, &info);
	keep_facts(out, &info);
	out->rules = hrd_derive(&out->scope, diag);
	return out->rules != NULL && hrd_diag_errors(diag) == 0;
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
	source->rules = hrd_derive(&source->scope, diag);
	return source->rules != NULL && hrd_diag_errors(diag) == 0;
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

bool
hrd_source_read(struct hrd_source *out, const char *path, const struct hrd_source_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_zone_reading how = {
		.file = path, .diag = diag, .origin = options->origin
	};
	struct hrd_zone_head head;
	char *data;
	size_t len;
	bool good;
	int status = hrd_infile_read(path, HRD_IMAGE_OCTETS_MAX, &data, &len);

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

void
hrd_source_clear(struct hrd_source *source)
{
	hrd_rules_free(source->rules);
	hrd_scope_clear(&source->scope);
	hrd_feeds_clear(&source->feeds);
	hrd_inventory_free(source->inventory);
	for (int i = 0; i < HRD_FACTS; i++)
		free(source->facts[i]);
	*source = (struct hrd_source){ .kind = HRD_SOURCE_ZONE };
}
