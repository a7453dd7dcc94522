/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups of clients: their settings and the search by address. */
#include <config.h>

#include "module/decide/groups.h"

#include <stdlib.h>
#include <string.h>

#include "module/base/log.h"

#define NO_PARENT UINT32_MAX /* of an entry that no other covers */

void
hrd_conf_mode(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = {
		{ "enforce", HRD_MODE_ENFORCE },
		{ "observe", HRD_MODE_OBSERVE },
		{ "off", HRD_MODE_OFF },
	};
	int value = HRD_MODE_ENFORCE;

	hrd_conf_word(
	    conf, node, words, sizeof(words) / sizeof(words[0]), "enforce, observe or off", &value);
	*(enum hrd_mode *)target = (enum hrd_mode)value;
}

static void
read_prefix(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	const char *slash = strchr(node->text, '/');
	struct hrd_prefix host;

	if (hrd_prefix_from_text(target, node->text, node->text_len) == HRD_OK)
		return;
	if (slash != NULL &&
	    hrd_prefix_from_text(&host, node->text, (size_t)(slash - node->text)) == HRD_OK)
		hrd_conf_fault(conf, node->line, node->col, "settings-prefix",
		    "\"%.60s\": host bits, or a length that is none; write the first address of "
		    "the prefix and its length, as in 192.0.2.0/24",
		    node->text);
	else
		hrd_conf_fault(conf, node->line, node->col, "settings-prefix",
		    "\"%.60s\" is no address prefix, such as 192.0.2.0/24 or 2001:db8::/32",
		    node->text);
}

static void
read_addresses(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_client_group *group = target;

	group->prefixes = hrd_conf_list(conf, node, "a list of at least one address prefix",
	    read_prefix, sizeof(*group->prefixes), &group->prefix_count);
}

static void
read_policy_id(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_group_policy *policy = target;

	policy->line = node->line;
	policy->col = node->col;
	hrd_conf_text(conf, node, &policy->id);
}

static void
read_policy_ids(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_client_group *group = target;

	group->policies = hrd_conf_list(conf, node, "a list of at least one id of a policy",
	    read_policy_id, sizeof(*group->policies), &group->policy_count);
}

static void
read_group_name(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	hrd_conf_text(conf, node, target);
	if (node->kind == HRD_YAML_SCALAR && node->text_len > HRD_GROUP_MAX)
		hrd_conf_type_fault(conf, node, "at most 63 octets long");
}

static void
read_group(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = {
		{ "group", read_group_name, offsetof(struct hrd_client_group, name) },
		{ "addresses", read_addresses, 0 },
		{ "mode", hrd_conf_mode, offsetof(struct hrd_client_group, mode) },
		{ "language", hrd_conf_language, offsetof(struct hrd_client_group, language) },
		{ "policies", read_policy_ids, 0 },
		HRD_EXEMPTION_FIELDS(struct hrd_client_group, exemption),
	};
	struct hrd_client_group *group = target;
	static const char *const needed[] = { "group", "addresses", "mode" };
	unsigned before = conf->faults;

	group->exemption.line = node->line;
	group->exemption.col = node->col;
	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), group);
	if (conf->faults > before)
		return;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (hrd_yaml_get(node, needed[i]) == NULL)
			hrd_conf_fault(conf, node->line, node->col, "settings-missing",
			    "a group needs \"%s\"", needed[i]);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct hrd_client_prefix *first = a, *second = b;

	return hrd_prefix_cmp(&first->prefix, &second->prefix);
}

static void
sort_prefixes(struct hrd_conf *conf, struct hrd_client_settings *clients)
{
	struct hrd_client_prefix *all;
	size_t count = 0, n = 0;

	for (size_t i = 0; i < clients->group_count; i++)
		count += clients->groups[i].prefix_count;
	if (count == 0)
		return;
	clients->prefixes = all = calloc(count, sizeof(*all));
	if (all == NULL) {
		conf->no_memory = true;
		return;
	}
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];

		for (size_t j = 0; j < group->prefix_count; j++)
			all[n++] = (struct hrd_client_prefix){ group->prefixes[j], group, 0 };
	}
	clients->prefix_count = n;
	qsort(all, n, sizeof(*all), compare);
	for (size_t i = 1; i < n; i++) {
		if (compare(&all[i - 1], &all[i]) == 0)
			hrd_conf_fault(conf, all[i].group->exemption.line,
			    all[i].group->exemption.col, "settings-prefix-twice",
			    "groups \"%s\" and \"%s\" have the same address prefix",
			    all[i - 1].group->name, all[i].group->name);
	}
}

void
hrd_conf_clients(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_client_settings *clients = target;
	unsigned before = conf->faults;

	clients->groups = hrd_conf_list(conf, node, "a list of at least one group", read_group,
	    sizeof(*clients->groups), &clients->group_count);
	if (conf->faults == before && !conf->no_memory)
		sort_prefixes(conf, clients);
}

void
hrd_client_settings_clear(struct hrd_client_settings *clients)
{
	for (size_t i = 0; clients->groups != NULL && i < clients->group_count; i++) {
		free(clients->groups[i].prefixes);
		free(clients->groups[i].policies);
	}
	free(clients->groups);
	free(clients->prefixes);
}

/* Whether it is an exemption: its clients are served otherwise than the policies say. */
static bool
is_exempt(const struct hrd_client_group *group)
{
	return group->mode != HRD_MODE_ENFORCE || group->policies != NULL;
}

/* The entry itself or the next shorter one that lies around the prefix, or NO_PARENT. */
static uint32_t
find_cover(const struct hrd_client_table *table, uint32_t at, const struct hrd_prefix *prefix)
{
	while (at != NO_PARENT && !hrd_prefix_covers(&table->prefixes[at].prefix, prefix))
		at = table->prefixes[at].parent;
	return at;
}

int
hrd_client_table_make(const struct hrd_client_settings *clients, struct hrd_exemption_count *count,
    struct hrd_client_table *out)
{
	out->count = 0;
	out->prefixes = calloc(clients->prefix_count + 1, sizeof(*out->prefixes));
	if (out->prefixes == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];

		if (is_exempt(group))
			hrd_exemption_note(count, &group->exemption, "group", group->name);
		else if (group->exemption.has_end)
			hrd_span_cut(&count->span, count->now, group->exemption.end);
	}
	for (size_t i = 0; i < clients->prefix_count; i++) {
		struct hrd_client_prefix *entry = &out->prefixes[out->count];

		*entry = clients->prefixes[i];
		if (hrd_exemption_state(&entry->group->exemption, count->now) == HRD_EXEMPTION_OVER)
			continue;
		entry->parent = find_cover(
		    out, out->count > 0 ? (uint32_t)out->count - 1 : NO_PARENT, &entry->prefix);
		out->count++;
	}
	return HRD_OK;
}

void
hrd_client_table_clear(struct hrd_client_table *table)
{
	free(table->prefixes);
	table->prefixes = NULL;
	table->count = 0;
}

const struct hrd_client_group *
hrd_client_table_find(const struct hrd_client_table *table, const struct hrd_prefix *client)
{
	size_t low = 0, high = table->count;
	uint32_t at;

	/* Whatever covers the client is the last entry that is not behind it, or covers that. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hrd_prefix_cmp(&table->prefixes[middle].prefix, client) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	at = find_cover(table, low > 0 ? (uint32_t)low - 1 : NO_PARENT, client);
	/* IPv6 prefixes do not cover IPv4 addresses, as in the policies (policy-format.md, 7.2). */
	if (at == NO_PARENT ||
	    hrd_prefix_is_ipv4(&table->prefixes[at].prefix) != hrd_prefix_is_ipv4(client))
		return NULL;
	return table->prefixes[at].group;
}
