/* SPDX-License-Identifier: BSD-3-Clause */
/* The local allow list, made a policy of PASSTHRU rules. */
#include <config.h>

#include "module/decide/allow.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/rules/rules.h"
#include "module/base/conf.h"
#include "module/base/look.h"
#include "module/base/thread.h"

enum { WILDCARD_OCTETS = 2 }; /* the label "*" */

static void
read_match(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = { { "subtree", 0 }, { "exact", 1 } };
	int value = 0;

	hrd_conf_word(conf, node, words, 2, "subtree or exact", &value);
	*(bool *)target = value != 0;
}

/* What is exempt is a name with all below it, or alone; what no rule can be made of is a fault of
 * this file. */
static void
read_name(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_name *name = target;

	hrd_conf_name(conf, node, name);
	if (name->len > 0 && hrd_rules_is_trigger_owner(name))
		hrd_conf_fault(conf, node->line, node->col, "settings-name",
		    "\"%s\" is the owner of a rule by address or name server; only names of hosts "
		    "can be exempted",
		    node->text);
	if (name->len > 1 && name->wire[0] == 1 && name->wire[1] == '*')
		hrd_conf_fault(conf, node->line, node->col, "settings-name",
		    "\"%s\" is a wildcard; write the name below the *, which exempts all below it",
		    node->text);
}

static void
read_entry(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = {
		{ "name", read_name, offsetof(struct hrd_allow_entry, name) },
		{ "match", read_match, offsetof(struct hrd_allow_entry, exact) },
		HRD_EXEMPTION_FIELDS(struct hrd_allow_entry, exemption),
	};
	struct hrd_allow_entry *entry = target;
	unsigned before = conf->faults;

	entry->exemption.line = node->line;
	entry->exemption.col = node->col;
	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), entry);
	if (conf->faults == before && entry->name.len == 0)
		hrd_conf_fault(
		    conf, node->line, node->col, "allow-missing", "an entry needs \"name\"");
	if (entry->name.len + WILDCARD_OCTETS > HRD_NAME_MAX && !entry->exact)
		hrd_conf_fault(conf, node->line, node->col, "settings-name",
		    "no name can be below this one, it is too long: write \"match: exact\"");
}

/* A text of the list as metadata of its rule, which have a ceiling. */
static const char *
meta_text(const char *text, char room[HRD_META_TEXT_MAX + 1])
{
	size_t len = text != NULL ? hrd_utf8_cut(text, HRD_META_TEXT_MAX) : 0;

	memcpy(room, text != NULL ? text : "", len);
	room[len] = '\0';
	return hrd_utf8_is_text((const uint8_t *)room, strlen(room)) ? room : "";
}

/* Who exempts, why, and until when: for events (module/report/event.c). */
static int
add_meta(struct hrd_ruleset *set, const struct hrd_exemption *exemption, uint32_t *index)
{
	char owner[HRD_META_TEXT_MAX + 1], reason[HRD_META_TEXT_MAX + 1], end[HRD_END_TEXT_MAX];
	struct hrd_meta meta = { .rule_id = "",
		.entity = "",
		.relation = meta_text(exemption->owner, owner),
		.service = end,
		.basis = "",
		.ede = "",
		.category = "",
		.description = meta_text(exemption->reason, reason),
		.reference = "" };

	hrd_exemption_end_text(exemption, end);
	return hrd_rules_meta(set, &meta, index);
}

static int
add_entry(struct hrd_ruleset *set, const struct hrd_allow_entry *entry)
{
	struct hrd_rule rule = {
		.trigger = HRD_TRIGGER_QNAME,
		.name = entry->name,
		.action = HRD_ACTION_PASSTHRU,
		.line = entry->exemption.line,
	};
	int status = add_meta(set, &entry->exemption, &rule.meta);

	if (status == HRD_OK)
		status = hrd_rules_add(set, &rule, NULL);
	if (status != HRD_OK || entry->exact)
		return status;
	rule.wildcard = true;
	return hrd_rules_add(set, &rule, NULL);
}

/* Adds what is in force. */
static int
add_entries(
    const struct hrd_allow_list *list, struct hrd_exemption_count *count, struct hrd_ruleset *set)
{
	int status = HRD_OK;

	for (size_t i = 0; i < list->count && status == HRD_OK; i++) {
		const struct hrd_allow_entry *entry = &list->entries[i];
		char name[HRD_NAME_TEXT_MAX];

		if (hrd_thread_is_stopping())
			return HRD_ESTOP;

		hrd_name_to_text(&entry->name, name);
		count->file = entry->file;
		if (hrd_exemption_note(count, &entry->exemption, "name", name))
			status = add_entry(set, entry);
	}
	return status;
}

static int
make_policy(struct hrd_ruleset *set, struct hrd_policy **out)
{
	static const struct hrd_policy_info info = {
		.id = HRD_ALLOW_ID,
		.title = "",
		.publisher = "",
		.apex = { 1, { 0 } },
		.mname = { 1, { 0 } },
		.rname = { 1, { 0 } },
	};
	struct hrd_fault fault;
	uint8_t *image = NULL;
	size_t len = 0;
	int status = hrd_rules_seal(set, NULL, NULL);

	if (status != HRD_OK || hrd_rules_count(set) == 0)
		return status;
	status = hrd_policy_build(set, &info, &image, &len);
	if (status != HRD_OK)
		return status;
	return hrd_policy_open(image, len, true, 0, out, &fault);
}

int
hrd_allow_file_read(const char *path, bool *passing, struct hrd_allow_file **out)
{
	struct hrd_conf conf = { .file = path, .wanted = HRD_CONTENT_ALLOW };
	struct hrd_allow_file *file = calloc(1, sizeof(*file));
	int status = HRD_ENOMEM;

	*out = NULL;
	if (file != NULL) {
		atomic_init(&file->users, 1);
		file->path = strdup(path);
		file->seen = hrd_look(path);
	}
	if (file != NULL && file->path != NULL)
		status = hrd_conf_open(&conf, path, &file->document);
	if (status == HRD_OK) {
		file->entries = hrd_conf_list(&conf, hrd_yaml_root(file->document),
		    "a list of at least one exempted name", read_entry, sizeof(*file->entries),
		    &file->count);
		status = hrd_conf_status(&conf);
	}
	*passing = conf.passing || status == HRD_ENOMEM;
	if (status != HRD_OK) {
		hrd_allow_file_release(file);
		return status;
	}
	for (size_t i = 0; i < file->count; i++)
		file->entries[i].file = file->path;
	file->contents = conf.digest;
	*out = file;
	return HRD_OK;
}

bool
hrd_allow_file_is_current(const struct hrd_allow_file *file, const char *path)
{
	return strcmp(file->path, path) == 0 && file->seen == hrd_look(path);
}

bool
hrd_allow_file_is_same(const struct hrd_allow_file *a, const struct hrd_allow_file *b)
{
	return a->contents == b->contents && strcmp(a->path, b->path) == 0;
}

static bool
is_of(const struct hrd_allow_list *list, struct hrd_allow_file *const *files, size_t count)
{
	bool same = list->file_count == count;

	for (size_t i = 0; same && i < count; i++)
		same = list->files[i] == files[i];
	return same;
}

int
hrd_allow_list_make(struct hrd_allow_file *const *files, size_t count,
    struct hrd_allow_list *former, struct hrd_allow_list **out)
{
	struct hrd_allow_list *list;
	size_t entries = 0;

	*out = former;
	if (former != NULL && is_of(former, files, count)) {
		atomic_fetch_add(&former->users, 1);
		return HRD_OK;
	}
	*out = NULL;
	for (size_t i = 0; i < count; i++)
		entries += files[i]->count;
	list = calloc(1, sizeof(*list));
	if (list == NULL)
		return HRD_ENOMEM;
	atomic_init(&list->users, 1);
	list->files = calloc(count + 1, sizeof(struct hrd_allow_file *));
	list->entries = calloc(entries + 1, sizeof(*list->entries));
	if (list->files == NULL || list->entries == NULL) {
		hrd_allow_list_release(list);
		return HRD_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		atomic_fetch_add(&files[i]->users, 1);
		list->files[list->file_count++] = files[i];
		for (size_t j = 0; j < files[i]->count; j++)
			list->entries[list->count++] = files[i]->entries[j];
	}
	*out = list;
	return HRD_OK;
}

static int
make(struct hrd_allow *allow, int64_t now, int64_t before)
{
	struct hrd_exemption_count count = {
		.now = now, .before = before, .span = HRD_SPAN_ALWAYS
	};
	struct hrd_ruleset *set = hrd_rules_new();
	int status = set != NULL ? add_entries(allow->list, &count, set) : HRD_ENOMEM;

	if (status == HRD_OK)
		status = make_policy(set, &allow->policy);
	hrd_rules_free(set);
	allow->exemptions = count.sum;
	allow->span = count.span;
	allow->made = now;
	return status;
}

int
hrd_allow_make(
    struct hrd_allow_list *list, int64_t now, struct hrd_allow *before, struct hrd_allow **out)
{
	bool same = before != NULL && before->list == list;
	int status;

	*out = NULL;
	if (same && before->span.since <= now && now < before->span.until) {
		atomic_fetch_add(&before->users, 1);
		*out = before;
		return HRD_OK;
	}
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return HRD_ENOMEM;
	atomic_init(&(*out)->users, 1);
	atomic_fetch_add(&list->users, 1);
	(*out)->list = list;
	status = make(*out, now, same ? before->made : INT64_MIN);
	if (status != HRD_OK) {
		hrd_allow_release(*out);
		*out = NULL;
	}
	return status;
}

void
hrd_allow_file_release(struct hrd_allow_file *file)
{
	if (file == NULL || atomic_fetch_sub(&file->users, 1) > 1)
		return;
	free(file->entries);
	hrd_yaml_free(file->document);
	free(file->path);
	free(file);
}

void
hrd_allow_list_release(struct hrd_allow_list *list)
{
	if (list == NULL || atomic_fetch_sub(&list->users, 1) > 1)
		return;
	for (size_t i = 0; i < list->file_count; i++)
		hrd_allow_file_release(list->files[i]);
	free(list->files);
	free(list->entries);
	free(list);
}

void
hrd_allow_release(struct hrd_allow *allow)
{
	if (allow == NULL || atomic_fetch_sub(&allow->users, 1) > 1)
		return;
	hrd_policy_free(allow->policy);
	hrd_allow_list_release(allow->list);
	free(allow);
}
