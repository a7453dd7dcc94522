/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups of clients: their settings and the search by address. */
#include <config.h>

#include "module/decide/groups.h"

#include <stdlib.h>
#include <string.h>

#include "module/base/log.h"

void
hrd_form_mode(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_word words[] = {
		{ "enforce", HRD_MODE_ENFORCE },
		{ "observe", HRD_MODE_OBSERVE },
		{ "off", HRD_MODE_OFF },
	};
	int value = HRD_MODE_ENFORCE;

	hrd_form_word(
	    form, node, words, sizeof(words) / sizeof(words[0]), "enforce, observe or off", &value);
	*(enum hrd_mode *)target = (enum hrd_mode)value;
}

static void
read_prefix(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	if (node->kind != HRD_YAML_SCALAR ||
	    hrd_prefix_from_text(target, node->text, node->text_len) != HRD_OK)
		hrd_form_fault(form, node->line, node->col, "settings-prefix",
		    "an address prefix is wanted here, such as 192.0.2.0/24 or 2001:db8::/32, "
		    "without host bits");
}

static void
read_addresses(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_client_group *group = target;

	group->prefixes = hrd_form_list(form, node, "a list of at least one address prefix",
	    read_prefix, sizeof(*group->prefixes), &group->prefix_count);
}

static void
read_policy_id(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_group_policy *policy = target;

	policy->line = node->line;
	policy->col = node->col;
	hrd_form_text(form, node, &policy->id);
}

static void
read_policy_ids(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_client_group *group = target;

	group->policies = hrd_form_list(form, node, "a list of at least one id of a policy",
	    read_policy_id, sizeof(*group->policies), &group->policy_count);
}

static void
read_group_name(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	hrd_form_text(form, node, target);
	if (node->kind == HRD_YAML_SCALAR && node->text_len > HRD_GROUP_MAX)
		hrd_form_type_fault(form, node, "at most 63 octets long");
}

static void
read_group(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_field fields[] = {
		{ "group", read_group_name, offsetof(struct hrd_client_group, name) },
		{ "addresses", read_addresses, 0 },
		{ "mode", hrd_form_mode, offsetof(struct hrd_client_group, mode) },
		{ "language", hrd_form_language, offsetof(struct hrd_client_group, language) },
		{ "policies", read_policy_ids, 0 },
		HRD_EXEMPTION_FIELDS(struct hrd_client_group, exemption),
	};
	struct hrd_client_group *group = target;
	unsigned before = form->faults;

	group->exemption.line = node->line;
	group->exemption.col = node->col;
	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), group);
	if (form->faults > before)
		return;
	if (group->name == NULL || group->prefixes == NULL || hrd_yaml_get(node, "mode") == NULL)
		hrd_form_fault(form, node->line, node->col, "settings-missing",
		    "a group needs \"group\", \"addresses\" and \"mode\"");
}

/* The longest first; equal ones beside each other. */
static int
compare(const void *a, const void *b)
{
	const struct hrd_client_prefix *first = a, *second = b;

	if (first->prefix.len != second->prefix.len)
		return first->prefix.len > second->prefix.len ? -1 : 1;
	return hrd_prefix_cmp(&first->prefix, &second->prefix);
}

static void
sort_prefixes(struct hrd_form *form, struct hrd_clients *clients)
{
	struct hrd_client_prefix *all;
	size_t count = 0, n = 0;

	for (size_t i = 0; i < clients->group_count; i++)
		count += clients->groups[i].prefix_count;
	if (count == 0)
		return;
	clients->prefixes = all = calloc(count, sizeof(*all));
	if (all == NULL) {
		form->no_memory = true;
		return;
	}
	for (size_t i = 0; i < clients->group_count; i++) {
		for (size_t j = 0; j < clients->groups[i].prefix_count; j++)
			all[n++] = (struct hrd_client_prefix){ clients->groups[i].prefixes[j],
				&clients->groups[i] };
	}
	clients->prefix_count = n;
	qsort(all, n, sizeof(*all), compare);
	for (size_t i = 1; i < n; i++) {
		if (compare(&all[i - 1], &all[i]) == 0)
			hrd_form_fault(form, all[i].group->exemption.line,
			    all[i].group->exemption.col, "settings-prefix-twice",
			    "groups \"%s\" and \"%s\" have the same address prefix",
			    all[i - 1].group->name, all[i].group->name);
	}
}

/* Groups that are served otherwise than the rest are exemptions. */
static void
note_exemptions(const struct hrd_form *form, struct hrd_clients *clients)
{
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];

		if (group->mode != HRD_MODE_ENFORCE || group->policies != NULL)
			hrd_exemption_note(
			    form, &group->exemption, "group", group->name, &clients->exemptions);
	}
}

void
hrd_form_clients(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_clients *clients = target;
	unsigned before = form->faults;

	clients->groups = hrd_form_list(form, node, "a list of at least one group", read_group,
	    sizeof(*clients->groups), &clients->group_count);
	if (form->faults > before || form->no_memory)
		return;
	sort_prefixes(form, clients);
	note_exemptions(form, clients);
}

void
hrd_clients_clear(struct hrd_clients *clients)
{
	for (size_t i = 0; clients->groups != NULL && i < clients->group_count; i++) {
		free(clients->groups[i].prefixes);
		free(clients->groups[i].policies);
	}
	free(clients->groups);
	free(clients->prefixes);
}

const struct hrd_client_group *
hrd_clients_find(const struct hrd_clients *clients, const struct hrd_prefix *client, int32_t today)
{
	for (size_t i = 0; i < clients->prefix_count; i++) {
		const struct hrd_client_prefix *entry = &clients->prefixes[i];
		const struct hrd_exemption *exemption = &entry->group->exemption;

		if (hrd_prefix_covers(&entry->prefix, client) &&
		    !(exemption->has_until && exemption->until < today))
			return entry->group;
	}
	return NULL;
}
