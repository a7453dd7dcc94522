/* SPDX-License-Identifier: BSD-3-Clause */
/* The local allow list, made a policy of PASSTHRU rules. */
#include <config.h>

#include "module/decide/allow.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules/rules.h"
#include "module/base/form.h"
#include "module/base/log.h"

struct entry {
	struct hrd_name name;
	bool exact;
	struct hrd_exemption exemption;
};

static void
read_match(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_word words[] = { { "subtree", 0 }, { "exact", 1 } };
	int value = 0;

	hrd_form_word(form, node, words, 2, "subtree or exact", &value);
	*(bool *)target = value != 0;
}

static void
read_entry(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_field fields[] = {
		{ "name", hrd_form_name, offsetof(struct entry, name) },
		{ "match", read_match, offsetof(struct entry, exact) },
		HRD_EXEMPTION_FIELDS(struct entry, exemption),
	};
	struct entry *entry = target;
	unsigned before = form->faults;

	entry->exemption.line = node->line;
	entry->exemption.col = node->col;
	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), entry);
	if (form->faults == before && entry->name.len == 0)
		hrd_form_fault(
		    form, node->line, node->col, "allow-missing", "an entry needs \"name\"");
}

static int
add_entry(struct hrd_rules *set, const struct entry *entry)
{
	struct hrd_rule rule = {
		.trigger = HRD_TRIGGER_QNAME,
		.name = entry->name,
		.action = HRD_ACTION_PASSTHRU,
		.line = entry->exemption.line,
	};
	int status = hrd_rules_add(set, &rule, NULL);

	if (status != HRD_OK || entry->exact)
		return status;
	rule.wildcard = true;
	return hrd_rules_add(set, &rule, NULL);
}

/* Adds what is in force. */
static int
add_entries(const struct hrd_form *form, const struct entry *entries, size_t count,
    struct hrd_rules *set, struct hrd_exemptions *sum)
{
	int status = HRD_OK;

	for (size_t i = 0; i < count && status == HRD_OK; i++) {
		const struct entry *entry = &entries[i];
		char name[HRD_NAME_TEXT_MAX];

		hrd_name_to_text(&entry->name, name);
		if (hrd_exemption_note(form, &entry->exemption, "name", name, sum))
			status = add_entry(set, entry);
	}
	return status;
}

static int
make_policy(struct hrd_rules *set, struct hrd_policy **out)
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
hrd_allow_read(const char *path, int32_t today, struct hrd_allow *out)
{
	struct hrd_form form = { .file = path, .today = today };
	struct hrd_yaml *document = NULL;
	struct hrd_rules *set = hrd_rules_new();
	struct entry *entries = NULL;
	size_t count = 0;
	int status = set != NULL ? hrd_form_open(&form, path, &document) : HRD_ENOMEM;

	memset(out, 0, sizeof(*out));
	if (status == HRD_OK) {
		entries = hrd_form_list(&form, hrd_yaml_root(document),
		    "a list of at least one exempted name", read_entry, sizeof(*entries), &count);
		status = hrd_form_status(&form);
	}
	if (status == HRD_OK)
		status = add_entries(&form, entries, count, set, &out->exemptions);
	if (status == HRD_OK)
		status = make_policy(set, &out->policy);
	free(entries);
	hrd_rules_free(set);
	hrd_yaml_free(document);
	return status;
}
