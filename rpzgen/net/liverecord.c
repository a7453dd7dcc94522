/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of what the live DNS said: written as JSON, read back to tell what has changed.
 *
 *   { "format": 1, "date": "2026-10-01",
 *     "names": { "api.example.com": { "state": "exists", "zone": "example.com",
 *                                     "aliases": ["a.cdn.example"] } },
 *     "zones": { "example.com": { "signed": "no", "servers": ["ns1.example.com"] } } }
 *
 * What is unknown on either side is not compared. What a run does not know keeps its value in the
 * record before, with the day on which that was seen ("state_date" beside "state"): the next answer
 * is compared with what was last known, however many runs lie between. */
#include <config.h>

#include "rpzgen/net/liverecord.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/base/json.h"
#include "lib/base/limits.h"
#include "lib/yaml/tree.h"
#include "rpzgen/base/infile.h"

enum { LIST_TEXT_MAX = HRD_LIVE_SERVERS_MAX * HRD_NAME_TEXT_MAX, KEY_MAX = 32 };

struct hrd_live_record {
	struct hrd_yaml *doc;
	const struct hrd_yaml_node *root;
};

static void
write_list(struct hrd_json *json, const char *key, const struct hrd_name *names, size_t count)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_json_key(json, key);
	hrd_json_array(json);
	for (size_t i = 0; i < count; i++) {
		hrd_name_to_text(&names[i], text);
		hrd_json_string(json, text);
	}
	hrd_json_array_end(json);
}

static const struct hrd_yaml_node *
find_entry(const struct hrd_yaml_node *root, const char *section, const struct hrd_name *name)
{
	const struct hrd_yaml_node *map = hrd_yaml_get(root, section), *entry = NULL;
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, text);
	if (map != NULL && map->kind == HRD_YAML_MAP)
		entry = hrd_yaml_get(map, text);
	return entry != NULL && entry->kind == HRD_YAML_MAP ? entry : NULL;
}

static bool
is_word(const struct hrd_yaml_node *node, const char *word)
{
	return node->kind == HRD_YAML_SCALAR && strcmp(node->text, word) == 0;
}

/* A member of a record; NULL when it is not there or says that nothing was known. */
static const struct hrd_yaml_node *
find_known(const struct hrd_yaml_node *entry, const char *key)
{
	const struct hrd_yaml_node *node = hrd_yaml_get(entry, key);

	if (node == NULL || is_word(node, "unknown") || is_word(node, "bogus"))
		return NULL;
	/* Every zone has servers; a name may well be no alias. */
	return strcmp(key, "servers") == 0 && node->children == 0 ? NULL : node;
}

/* The day on which a member of an entry was seen: its own, or that of the record. */
static const char *
day_of(const struct hrd_yaml_node *root, const struct hrd_yaml_node *entry, const char *key)
{
	const struct hrd_yaml_node *day;
	char name[KEY_MAX];

	snprintf(name, sizeof(name), "%s_date", key);
	day = hrd_yaml_get(entry, name);
	if (day == NULL || day->kind != HRD_YAML_SCALAR)
		day = hrd_yaml_get(root, "date");
	return day->text;
}

/* True when a run knows what became of a name. */
static bool
is_known(const struct hrd_live_name *name)
{
	return name->state != HRD_LIVE_UNKNOWN && name->state != HRD_LIVE_INVALID;
}

/* What the record before knew of a name, or NULL. */
static const struct hrd_yaml_node *
find_known_name(const struct hrd_yaml_node *root, const struct hrd_name *name)
{
	const struct hrd_yaml_node *entry = find_entry(root, "names", name);

	return find_known(entry, "state") != NULL ? entry : NULL;
}

/* True when this run found no zone for a name; one that is gone is in none. */
static bool
lost_zone(const struct hrd_live_name *name)
{
	return name->zone == HRD_LIVE_NO_ZONE && name->state != HRD_LIVE_GONE;
}

/* Writes what the record before knew of a member, with its day. False when it knew nothing. */
static bool
keep_member(struct hrd_json *json, const struct hrd_yaml_node *root,
    const struct hrd_yaml_node *entry, const char *key)
{
	const struct hrd_yaml_node *node = find_known(entry, key);
	char name[KEY_MAX];

	if (node == NULL || node->kind == HRD_YAML_MAP)
		return false;
	hrd_json_key(json, key);
	if (node->kind == HRD_YAML_SCALAR)
		hrd_json_string(json, node->text);
	else
		hrd_json_array(json);
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (c->kind == HRD_YAML_SCALAR)
			hrd_json_string(json, c->text);
	}
	if (node->kind == HRD_YAML_LIST)
		hrd_json_array_end(json);
	snprintf(name, sizeof(name), "%s_date", key);
	hrd_json_member(json, name, day_of(root, entry, key));
	return true;
}

/* root: of the record before, or NULL. */
static void
write_name(
    struct hrd_json *json, const struct hrd_live_name *name, const struct hrd_yaml_node *root)
{
	const struct hrd_yaml_node *entry = find_known_name(root, name->name);
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name->name, text);
	hrd_json_key(json, text);
	hrd_json_object(json);
	if (is_known(name) || !keep_member(json, root, entry, "state"))
		hrd_json_member(json, "state", hrd_live_state_words[name->state]);
	if (name->zone != HRD_LIVE_NO_ZONE) {
		hrd_name_to_text(&name->live->zones[name->zone].name, text);
		hrd_json_member(json, "zone", text);
	} else if (lost_zone(name)) {
		keep_member(json, root, entry, "zone");
	}
	if (is_known(name) || !keep_member(json, root, entry, "aliases"))
		write_list(json, "aliases", name->aliases, name->alias_count);
	hrd_json_object_end(json);
}

static void
write_zone(
    struct hrd_json *json, const struct hrd_live_zone *zone, const struct hrd_yaml_node *root)
{
	const struct hrd_yaml_node *entry = find_entry(root, "zones", &zone->name);
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&zone->name, text);
	hrd_json_key(json, text);
	hrd_json_object(json);
	if (zone->is_signed != HRD_LIVE_SIGNED_UNKNOWN || !keep_member(json, root, entry, "signed"))
		hrd_json_member(json, "signed", hrd_live_signed_words[zone->is_signed]);
	if (zone->server_count > 0 || !keep_member(json, root, entry, "servers"))
		write_list(json, "servers", zone->servers, zone->server_count);
	hrd_json_object_end(json);
}

/* Whether a zone of the record before is that of a name of which this run found none. */
static bool
is_kept(const struct hrd_live *live, const char *text)
{
	struct hrd_name zone;
	bool kept = false;

	if (hrd_name_from_text(&zone, text, strlen(text)) != HRD_OK)
		return false;
	for (size_t i = 0; i < live->zone_count; i++) {
		if (hrd_name_cmp(&live->zones[i].name, &zone) == 0)
			return false;
	}
	for (size_t i = 0; i < live->name_count; i++)
		kept |= lost_zone(&live->names[i]) &&
			hrd_name_is_at_or_below(live->names[i].name, &zone);
	return kept;
}

static void
write_kept_zones(
    struct hrd_json *json, const struct hrd_live *live, const struct hrd_yaml_node *root)
{
	const struct hrd_yaml_node *zones = hrd_yaml_get(root, "zones");

	if (zones == NULL || zones->kind != HRD_YAML_MAP)
		return;
	for (const struct hrd_yaml_node *zone = zones->child; zone != NULL; zone = zone->next) {
		if (!is_kept(live, zone->key))
			continue;
		hrd_json_key(json, zone->key);
		hrd_json_object(json);
		keep_member(json, root, zone, "signed");
		keep_member(json, root, zone, "servers");
		hrd_json_object_end(json);
	}
}

/* root: of the record before, or NULL. */
static void
write_members(struct hrd_json *json, const struct hrd_live *live, const struct hrd_yaml_node *root)
{
	char date[HRD_DATE_TEXT_MAX];

	hrd_date_text(live->date, date);
	hrd_json_member(json, "date", date);
	hrd_json_key(json, "names");
	hrd_json_object(json);
	for (size_t i = 0; i < live->name_count; i++)
		write_name(json, &live->names[i], root);
	hrd_json_object_end(json);
	hrd_json_key(json, "zones");
	hrd_json_object(json);
	for (size_t i = 0; i < live->zone_count; i++)
		write_zone(json, &live->zones[i], root);
	write_kept_zones(json, live, root);
	hrd_json_object_end(json);
}

void
hrd_live_members(const struct hrd_live *live, struct hrd_json *json)
{
	write_members(json, live, NULL);
}

int
hrd_live_record_write(const struct hrd_live *live, const struct hrd_live_record *before, FILE *out)
{
	struct hrd_json json;

	hrd_json_init(&json, true, hrd_json_to_stream, out);
	hrd_json_object(&json);
	hrd_json_number(&json, "format", 1);
	write_members(&json, live, before != NULL ? before->root : NULL);
	hrd_json_object_end(&json);
	return hrd_json_end(&json);
}

struct comparison {
	const struct hrd_live *live;
	struct hrd_diag *diag;
	const struct hrd_yaml_node *root; /* of the record */
	const struct hrd_live_name *name; /* at hand: the place of reports */
};

static void
add_text(char list[LIST_TEXT_MAX], const char *text)
{
	size_t used = strlen(list);

	snprintf(list + used, LIST_TEXT_MAX - used, "%s%s", used > 0 ? " " : "", text);
}

/* A list of names as one text. */
static void
text_of_names(char list[LIST_TEXT_MAX], const struct hrd_name *names, size_t count)
{
	char text[HRD_NAME_TEXT_MAX];

	list[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		hrd_name_to_text(&names[i], text);
		add_text(list, text);
	}
}

/* The member of a record as text: a scalar, or a list of scalars; false when there is none. */
static bool
text_of_member(char list[LIST_TEXT_MAX], const struct hrd_yaml_node *map, const char *key)
{
	const struct hrd_yaml_node *node = hrd_yaml_get(map, key);

	list[0] = '\0';
	if (node == NULL)
		return false;
	if (node->kind == HRD_YAML_SCALAR)
		add_text(list, node->text);
	for (const struct hrd_yaml_node *c = node->child; c != NULL; c = c->next) {
		if (c->kind == HRD_YAML_SCALAR)
			add_text(list, c->text);
	}
	return true;
}

static void
compare_member(const struct comparison *c, const struct hrd_name *subject,
    const struct hrd_yaml_node *entry, const char *key, const char *what, const char *now)
{
	struct hrd_position place = hrd_item_place(c->name->item, "name");
	char before[LIST_TEXT_MAX], text[HRD_NAME_TEXT_MAX];

	if (find_known(entry, key) == NULL || !text_of_member(before, entry, key) ||
	    strcmp(before, now) == 0)
		return;
	hrd_name_to_text(subject, text);
	hrd_diag(c->diag, HRD_WARNING, &place, "live-changed",
	    "%s of \"%s\": %s on %s, now %s; look at its evidence again", what, text,
	    before[0] != '\0' ? before : "none", day_of(c->root, entry, key),
	    now[0] != '\0' ? now : "none");
	hrd_diag_raise(c->diag, HRD_EXIT_REJECTED);
}

static void
compare_zone(const struct comparison *c, const struct hrd_live_zone *zone)
{
	const struct hrd_yaml_node *entry = find_entry(c->root, "zones", &zone->name);
	char now[LIST_TEXT_MAX];

	if (zone->is_signed != HRD_LIVE_SIGNED_UNKNOWN)
		compare_member(c, &zone->name, entry, "signed", "DNSSEC",
		    hrd_live_signed_words[zone->is_signed]);
	text_of_names(now, zone->servers, zone->server_count);
	if (zone->server_count > 0)
		compare_member(c, &zone->name, entry, "servers", "name servers", now);
}

static void
compare_name(const struct comparison *c)
{
	const struct hrd_live_name *name = c->name;
	const struct hrd_yaml_node *entry = find_known_name(c->root, name->name);
	char now[LIST_TEXT_MAX];

	if (!is_known(name))
		return;
	compare_member(c, name->name, entry, "state", "state", hrd_live_state_words[name->state]);
	text_of_names(now, name->aliases, name->alias_count);
	compare_member(c, name->name, entry, "aliases", "aliases", now);
	if (name->zone == HRD_LIVE_NO_ZONE)
		return;
	text_of_names(now, &c->live->zones[name->zone].name, 1);
	compare_member(c, name->name, entry, "zone", "zone", now);
}

/* True for the first name of a zone: what changed about the zone is told there. */
static bool
is_first_of_zone(const struct hrd_live *live, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (live->names[i].zone == live->names[index].zone)
			return false;
	}
	return live->names[index].zone != HRD_LIVE_NO_ZONE;
}

static void
refuse(struct hrd_diag *diag, const char *path, const struct hrd_yaml_node *node, const char *what)
{
	struct hrd_position place = { path, 0, 0 };

	if (node != NULL)
		place = hrd_node_place(path, node);
	hrd_diag(diag, HRD_ERROR, &place, "live-record",
	    "%s; is this what check --live --record has written?", what);
}

static bool
has_form(const struct hrd_yaml_node *root, const char *path, struct hrd_diag *diag)
{
	const struct hrd_yaml_node *format, *date;

	if (root->kind != HRD_YAML_MAP) {
		refuse(diag, path, root, "no JSON object");
		return false;
	}
	format = hrd_yaml_get(root, "format");
	date = hrd_yaml_get(root, "date");
	if (format != NULL && format->kind == HRD_YAML_SCALAR && strcmp(format->text, "1") == 0 &&
	    date != NULL && date->kind == HRD_YAML_SCALAR)
		return true;
	refuse(diag, path, root, "no record of format 1");
	return false;
}

static struct hrd_yaml *
parse(const char *path, struct hrd_diag *diag)
{
	struct hrd_diag_file faults = { diag, path };
	struct hrd_yaml *doc = NULL;
	char *data = NULL;
	size_t len;
	int status = hrd_infile_read(path, HRD_YAML_OCTETS_MAX, &data, &len);

	if (status == HRD_OK)
		status = hrd_yaml_parse(data, len, hrd_diag_yaml, &faults, &doc);
	else if (status == HRD_EIO)
		hrd_diag_system(diag, path, errno);
	else if (status == HRD_ELIMIT)
		refuse(diag, path, NULL, "a file of more than 16 MiB");
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	free(data);
	return doc;
}

struct hrd_live_record *
hrd_live_record_read(const char *path, struct hrd_diag *diag)
{
	struct hrd_live_record *record = calloc(1, sizeof(*record));

	if (record == NULL) {
		hrd_diag_nomem(diag);
		return NULL;
	}
	record->doc = parse(path, diag);
	if (record->doc != NULL)
		record->root = hrd_yaml_root(record->doc);
	if (record->doc == NULL || !has_form(record->root, path, diag)) {
		hrd_live_record_free(record);
		return NULL;
	}
	return record;
}

void
hrd_live_record_free(struct hrd_live_record *record)
{
	if (record != NULL)
		hrd_yaml_free(record->doc);
	free(record);
}

enum hrd_live_signed
hrd_live_record_signed(const struct hrd_live_record *record, const struct hrd_name *name)
{
	const struct hrd_yaml_node *entry = find_entry(record->root, "names", name), *zones, *zone;
	char text[LIST_TEXT_MAX];

	zones = hrd_yaml_get(record->root, "zones");
	if (entry == NULL || zones == NULL || zones->kind != HRD_YAML_MAP ||
	    !text_of_member(text, entry, "zone"))
		return HRD_LIVE_SIGNED_UNKNOWN;
	zone = hrd_yaml_get(zones, text);
	if (zone == NULL || zone->kind != HRD_YAML_MAP || !text_of_member(text, zone, "signed"))
		return HRD_LIVE_SIGNED_UNKNOWN;
	for (unsigned word = 0; hrd_live_signed_words[word] != NULL; word++) {
		if (strcmp(hrd_live_signed_words[word], text) == 0)
			return (enum hrd_live_signed)word;
	}
	return HRD_LIVE_SIGNED_UNKNOWN;
}

void
hrd_live_record_compare(
    const struct hrd_live *live, const struct hrd_live_record *before, struct hrd_diag *diag)
{
	struct comparison c = { .live = live, .diag = diag, .root = before->root };

	for (size_t i = 0; i < live->name_count; i++) {
		c.name = &live->names[i];
		compare_name(&c);
		if (is_first_of_zone(live, i))
			compare_zone(&c, &live->zones[c.name->zone]);
	}
}
