/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes and reads manifests. */
#include <config.h>

#include "rpzgen/policy/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/day.h"
#include "lib/base/hex.h"
#include "lib/base/json.h"
#include "lib/base/limits.h"
#include "lib/crypto/blake2b.h"
#include "lib/usage/content.h"
#include "lib/yaml/tree.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/inventory/bind.h"

static void
write_number(struct hrd_json *json, const char *key, uint64_t value)
{
	hrd_json_key(json, key);
	hrd_json_uint(json, value);
}

static void
write_files(struct hrd_json *json, const struct hrd_manifest *m)
{
	hrd_json_key(json, "files");
	hrd_json_object(json);
	for (size_t i = 0; i < m->file_count; i++) {
		hrd_json_key(json, m->files[i].name);
		hrd_json_object(json);
		write_number(json, "size", m->files[i].size);
		hrd_json_hex(json, "blake2b", m->files[i].blake2b, HRD_DIGEST_LEN);
		hrd_json_object_end(json);
	}
	hrd_json_object_end(json);
}

static void
write_feed(struct hrd_json *json, const struct hrd_manifest_feed *feed)
{
	hrd_json_key(json, feed->id);
	hrd_json_object(json);
	hrd_json_member(json, "source", feed->source);
	hrd_json_member(json, "form", feed->form);
	write_number(json, "size", feed->size);
	hrd_json_hex(json, "blake2b", feed->blake2b, HRD_DIGEST_LEN);
	write_number(json, "when", feed->when);
	write_number(json, "lines", feed->lines);
	write_number(json, "left_out", feed->left_out);
	hrd_json_key(json, "history");
	hrd_json_array(json);
	for (size_t i = 0; i < feed->history_count; i++)
		hrd_json_uint(json, feed->history[i]);
	hrd_json_array_end(json);
	hrd_json_object_end(json);
}

static void
write_feeds(struct hrd_json *json, const struct hrd_manifest *m)
{
	if (m->feed_count == 0)
		return;
	hrd_json_key(json, "feeds");
	hrd_json_object(json);
	for (size_t i = 0; i < m->feed_count; i++)
		write_feed(json, &m->feeds[i]);
	hrd_json_object_end(json);
}

static void
write_exceptions(struct hrd_json *json, const struct hrd_manifest *m)
{
	char text[HRD_NAME_TEXT_MAX];

	if (m->exception_count == 0)
		return;
	hrd_json_key(json, "exceptions");
	hrd_json_array(json);
	for (size_t i = 0; i < m->exception_count; i++) {
		const struct hrd_manifest_exception *e = &m->exceptions[i];

		hrd_json_object(json);
		hrd_json_member(json, "guard", e->guard);
		text[0] = '\0';
		if (e->name.len > 0)
			hrd_name_to_text(&e->name, text);
		hrd_json_member(json, "name", text);
		hrd_json_member(json, "owner", e->owner);
		hrd_json_member(json, "reason", e->reason);
		hrd_date_text(e->expires, text);
		hrd_json_member(json, "expires", text);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

static void
write_apexes(struct hrd_json *json, const struct hrd_manifest *m)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_json_key(json, "apexes");
	hrd_json_array(json);
	for (size_t i = 0; i < m->apex_count; i++) {
		hrd_name_to_text(&m->apexes[i], text);
		hrd_json_string(json, text);
	}
	hrd_json_array_end(json);
}

int
hrd_manifest_write(FILE *out, const struct hrd_manifest *m)
{
	struct hrd_json json;

	hrd_json_init(&json, true, hrd_json_to_stream, out);
	hrd_json_object(&json);
	write_number(&json, "format", HRD_MANIFEST_FORMAT);
	hrd_json_member(&json, "id", m->id);
	hrd_json_member(&json, "profile", m->profile);
	hrd_json_member(&json, "date", m->date);
	write_number(&json, "serial", m->serial);
	write_number(&json, "created", m->created);
	write_number(&json, "not_after", m->not_after);
	write_number(&json, "rules", m->rules);
	hrd_json_hex(&json, "rule_digest", m->rule_digest, HRD_RULE_DIGEST_LEN);
	hrd_json_hex(&json, "inventory_digest", m->inventory_digest, HRD_DIGEST_LEN);
	write_apexes(&json, m);
	if (m->has_previous)
		hrd_json_hex(&json, "previous", m->previous, HRD_DIGEST_LEN);
	write_files(&json, m);
	write_exceptions(&json, m);
	write_feeds(&json, m);
	hrd_json_object_end(&json);
	return hrd_json_end(&json);
}

struct reading {
	struct hrd_diag *diag;
	const char *path;
	struct hrd_manifest *out;
};

static bool
refuse(struct reading *r, const struct hrd_yaml_node *node, const char *what)
{
	struct hrd_position place = { r->path, 0, 0 };

	if (node != NULL)
		place = hrd_node_place(r->path, node);
	hrd_diag(r->diag, HRD_ERROR, &place, "manifest", "%s; is this a manifest of rpzgen build?",
	    what);
	return false;
}

static bool
take_text(struct reading *r, const struct hrd_yaml_node *node, char *out, size_t size)
{
	if (node->kind != HRD_YAML_SCALAR || node->text_len >= size)
		return refuse(r, node, "a text of wrong form");
	memcpy(out, node->text, node->text_len + 1);
	return true;
}

static bool
take_number(struct reading *r, const struct hrd_yaml_node *node, uint64_t max, uint64_t *out)
{
	return hrd_yaml_uint(node, max, out) || refuse(r, node, "no number, or out of range");
}

static bool
take_hex(struct reading *r, const struct hrd_yaml_node *node, uint8_t *out, size_t len)
{
	if (node->kind != HRD_YAML_SCALAR || node->text_len != 2 * len)
		return refuse(r, node, "a digest of wrong length");
	return hrd_unhex(out, len, node->text) == HRD_OK ||
	       refuse(r, node, "a digest that is not lower-case hex");
}

static bool
take_apexes(struct reading *r, const struct hrd_yaml_node *node)
{
	struct hrd_manifest *m = r->out;

	if (node->kind != HRD_YAML_LIST || node->children > HRD_MANIFEST_APEXES_MAX)
		return refuse(r, node, "no list of at most 256 names");
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (c->kind != HRD_YAML_SCALAR ||
		    hrd_name_from_text(&m->apexes[m->apex_count++], c->text, c->text_len) != HRD_OK)
			return refuse(r, c, "no domain name");
	}
	return true;
}

static bool
take_file(struct reading *r, const struct hrd_yaml_node *node)
{
	struct hrd_manifest_file *file = &r->out->files[r->out->file_count++];
	const struct hrd_yaml_node *size = hrd_yaml_get(node, "size");
	const struct hrd_yaml_node *digest = hrd_yaml_get(node, "blake2b");

	if (size == NULL || digest == NULL || node->children != 2)
		return refuse(r, node, "a file has size and blake2b");
	if (strlen(node->key) >= sizeof(file->name) || strchr(node->key, '/') != NULL ||
	    node->key[0] == '.')
		return refuse(r, node, "a file name with a directory, or too long");
	snprintf(file->name, sizeof(file->name), "%s", node->key);
	return take_number(r, size, UINT64_MAX, &file->size) &&
	       take_hex(r, digest, file->blake2b, HRD_DIGEST_LEN);
}

static bool
take_files(struct reading *r, const struct hrd_yaml_node *node)
{
	if (node->kind != HRD_YAML_MAP || node->children > HRD_MANIFEST_FILES_MAX)
		return refuse(r, node, "no map of at most 16 files");
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (!take_file(r, c))
			return false;
	}
	return true;
}

static bool
take_history(struct reading *r, const struct hrd_yaml_node *node, struct hrd_manifest_feed *feed)
{
	if (node->kind != HRD_YAML_LIST || node->children > HRD_MANIFEST_HISTORY_MAX)
		return refuse(r, node, "no list of counts, or too many");
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (!take_number(r, c, UINT64_MAX, &feed->history[feed->history_count++]))
			return false;
	}
	return true;
}

static bool
take_feed(struct reading *r, const struct hrd_yaml_node *node)
{
	static const char *const keys[] = { "source", "form", "size", "blake2b", "when", "lines",
		"left_out", "history" };
	enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
	struct hrd_manifest_feed *feed = &r->out->feeds[r->out->feed_count++];
	const struct hrd_yaml_node *value[KEYS];

	for (size_t i = 0; i < KEYS; i++) {
		value[i] = hrd_yaml_get(node, keys[i]);
		if (value[i] == NULL || node->children != KEYS)
			return refuse(r, node, "a feed lacks a member, or has one more");
	}
	if (strlen(node->key) >= sizeof(feed->id))
		return refuse(r, node, "a feed's id is too long");
	snprintf(feed->id, sizeof(feed->id), "%s", node->key);
	return take_text(r, value[0], feed->source, sizeof(feed->source)) &&
	       take_text(r, value[1], feed->form, sizeof(feed->form)) &&
	       take_number(r, value[2], UINT64_MAX, &feed->size) &&
	       take_hex(r, value[3], feed->blake2b, HRD_DIGEST_LEN) &&
	       take_number(r, value[4], UINT64_MAX, &feed->when) &&
	       take_number(r, value[5], UINT64_MAX, &feed->lines) &&
	       take_number(r, value[6], UINT64_MAX, &feed->left_out) &&
	       take_history(r, value[7], feed);
}

static bool
take_feeds(struct reading *r, const struct hrd_yaml_node *node)
{
	if (node->kind != HRD_YAML_MAP || node->children > HRD_MANIFEST_FEEDS_MAX)
		return refuse(r, node, "no map of at most 100 feeds");
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (!take_feed(r, c))
			return false;
	}
	return true;
}

static bool
take_exception(struct reading *r, const struct hrd_yaml_node *node)
{
	static const char *const keys[] = { "guard", "name", "owner", "reason", "expires" };
	enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
	struct hrd_manifest_exception *e = &r->out->exceptions[r->out->exception_count++];
	const struct hrd_yaml_node *value[KEYS];

	for (size_t i = 0; i < KEYS; i++) {
		value[i] = hrd_yaml_get(node, keys[i]);
		if (value[i] == NULL || node->children != KEYS)
			return refuse(r, node, "an exception lacks a member, or has one more");
	}
	if (value[1]->kind != HRD_YAML_SCALAR ||
	    (value[1]->text_len > 0 &&
		hrd_name_from_text(&e->name, value[1]->text, value[1]->text_len) != HRD_OK))
		return refuse(r, value[1], "no domain name");
	if (!hrd_yaml_date(value[4], &e->expires))
		return refuse(r, value[4], "no date, YYYY-MM-DD");
	return take_text(r, value[0], e->guard, sizeof(e->guard)) &&
	       take_text(r, value[2], e->owner, sizeof(e->owner)) &&
	       take_text(r, value[3], e->reason, sizeof(e->reason));
}

static bool
take_exceptions(struct reading *r, const struct hrd_yaml_node *node)
{
	if (node->kind != HRD_YAML_LIST || node->children > HRD_MANIFEST_EXCEPTIONS_MAX)
		return refuse(r, node, "no list of exceptions, or too many");
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (!take_exception(r, c))
			return false;
	}
	return true;
}

static bool
take_serial(struct reading *r, const struct hrd_yaml_node *node)
{
	uint64_t serial;

	if (!take_number(r, node, UINT32_MAX, &serial))
		return false;
	r->out->serial = (uint32_t)serial;
	return true;
}

static bool
take_format(struct reading *r, const struct hrd_yaml_node *node)
{
	uint64_t format;

	if (hrd_yaml_uint(node, UINT64_MAX, &format) && format == HRD_MANIFEST_FORMAT)
		return true;
	return refuse(r, node, "a format that this program does not know");
}

enum { MEMBERS = 15, REQUIRED = 12 };
static const char *const members[MEMBERS] = { "format", "id", "profile", "date", "serial",
	"created", "not_after", "rules", "rule_digest", "inventory_digest", "apexes", "files",
	"previous", "feeds", "exceptions" };

static bool
take_previous(struct reading *r, const struct hrd_yaml_node *node)
{
	r->out->has_previous = true;
	return take_hex(r, node, r->out->previous, HRD_DIGEST_LEN);
}

static bool
take_member(struct reading *r, int member, const struct hrd_yaml_node *node)
{
	struct hrd_manifest *m = r->out;

	switch (member) {
	case 0:
		return take_format(r, node);
	case 1:
		return take_text(r, node, m->id, sizeof(m->id));
	case 2:
		return take_text(r, node, m->profile, sizeof(m->profile));
	case 3:
		return take_text(r, node, m->date, sizeof(m->date));
	case 4:
		return take_serial(r, node);
	case 5:
		return take_number(r, node, UINT64_MAX, &m->created);
	case 6:
		return take_number(r, node, UINT64_MAX, &m->not_after);
	case 7:
		return take_number(r, node, UINT64_MAX, &m->rules);
	case 8:
		return take_hex(r, node, m->rule_digest, HRD_RULE_DIGEST_LEN);
	case 9:
		return take_hex(r, node, m->inventory_digest, HRD_DIGEST_LEN);
	case 10:
		return take_apexes(r, node);
	case 11:
		return take_files(r, node);
	case 12:
		return take_previous(r, node);
	case 13:
		return take_feeds(r, node);
	case 14:
		return take_exceptions(r, node);
	default:
		return refuse(r, node, "an unknown member");
	}
}

static int
find_member(const char *key)
{
	for (int i = 0; i < MEMBERS; i++) {
		if (strcmp(members[i], key) == 0)
			return i;
	}
	return -1;
}

static bool
take_root(struct reading *r, const struct hrd_yaml_node *root)
{
	if (root->kind != HRD_YAML_MAP)
		return refuse(r, root, "no JSON object");
	for (int i = 0; i < REQUIRED; i++) {
		if (hrd_yaml_get(root, members[i]) == NULL)
			return refuse(r, root, "a member is missing");
	}
	for (const struct hrd_yaml_node *c = root->child; c != NULL; c = c->next) {
		if (!take_member(r, find_member(c->key), c))
			return false;
	}
	return true;
}

bool
hrd_manifest_parse(
    char *data, size_t len, const char *path, struct hrd_diag *diag, struct hrd_manifest *out)
{
	struct hrd_diag_file faults = { diag, path };
	struct reading r = { diag, path, out };
	struct hrd_yaml *doc = NULL;
	uint8_t digest[HRD_DIGEST_LEN];
	struct hrd_position place = { path, 0, 0 };
	char mistaken[HRD_CONTENT_TEXT_MAX];
	bool good = false;
	int status;

	memset(out, 0, sizeof(*out));
	if (hrd_content_mistaken(data, len, HRD_CONTENT_MANIFEST, mistaken)) {
		hrd_diag(diag, HRD_ERROR, &place, "file-kind", "%s", mistaken);
		return false;
	}
	hrd_blake2b(digest, sizeof(digest), data, len);
	status = hrd_yaml_parse(data, len, hrd_diag_yaml, &faults, &doc);
	memcpy(out->digest, digest, sizeof(digest));
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	if (doc != NULL)
		good = take_root(&r, hrd_yaml_root(doc));
	hrd_yaml_free(doc);
	return good;
}

bool
hrd_manifest_read(const char *path, struct hrd_diag *diag, struct hrd_manifest *out)
{
	struct reading r = { diag, path, out };
	char *data = NULL;
	size_t len;
	bool good = false;
	int status = hrd_infile_read(path, HRD_YAML_OCTETS_MAX, &data, &len);

	if (status == HRD_EIO)
		hrd_diag_system(diag, path, errno);
	else if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status == HRD_ELIMIT)
		refuse(&r, NULL, "a file of more than 16 MiB");
	else
		good = hrd_manifest_parse(data, len, path, diag, out);
	free(data);
	return good;
}

struct hrd_stamp
hrd_manifest_stamp(const struct hrd_manifest *manifest)
{
	struct hrd_stamp stamp = { .serial = manifest->serial, .created = manifest->created };

	memcpy(stamp.rule_digest, manifest->rule_digest, sizeof(stamp.rule_digest));
	return stamp;
}

bool
hrd_manifest_describes(const struct hrd_manifest_file *file, const uint8_t *data, size_t len)
{
	uint8_t digest[HRD_DIGEST_LEN];

	if (len < file->size || (len > file->size && !hrd_policy_is_image(data, len)))
		return false;
	hrd_blake2b(digest, sizeof(digest), data, (size_t)file->size);
	return memcmp(digest, file->blake2b, sizeof(digest)) == 0;
}

const struct hrd_manifest_file *
hrd_manifest_image(const struct hrd_manifest *manifest)
{
	static const char suffix[] = ".policy";

	for (size_t i = 0; i < manifest->file_count; i++) {
		size_t len = strlen(manifest->files[i].name);

		if (len > sizeof(suffix) - 1 &&
		    strcmp(manifest->files[i].name + len - (sizeof(suffix) - 1), suffix) == 0)
			return &manifest->files[i];
	}
	return NULL;
}
