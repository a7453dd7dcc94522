/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads "answer" of the settings. */
#include <config.h>

#include "module/generation/answer_settings.h"

#include <stdlib.h>
#include <string.h>

enum { TTL_MAX = 86400, SUB_ERROR_MAX = 6, SUB_ERROR_OF_ALL = 4 };

void
hrd_answer_settings_init(struct hrd_answer_settings *answer)
{
	answer->ede = true;
	answer->ede_code = HRD_EDE_BLOCKED;
	answer->structured = true;
	answer->language = "en";
}

void
hrd_answer_settings_clear(struct hrd_answer_settings *answer)
{
	free(answer->contacts);
	free(answer->justifications);
}

static void
read_ttl(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, TTL_MAX, &value) || value == 0)
		hrd_conf_type_fault(conf, node, "seconds, 1 to 86400");
	*(uint32_t *)target = (uint32_t)value;
}

static void
read_ede_code(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, HRD_EDE_PROHIBITED, &value) || value < HRD_EDE_BLOCKED)
		hrd_conf_type_fault(
		    conf, node, "15 (Blocked), 16 (Censored), 17 (Filtered) or 18 (Prohibited)");
	*(uint16_t *)target = (uint16_t)value;
}

static void
read_sub_error(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, SUB_ERROR_MAX, &value) || value == 0)
		hrd_conf_type_fault(conf, node,
		    "1 (malware), 2 (phishing), 3 (spam), 4 (spyware), 5 (network operator's "
		    "policy) or 6 (DNS operator's policy)");
	*(unsigned *)target = (unsigned)value;
}

static void
read_organisation(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	hrd_conf_text(conf, node, target);
	hrd_conf_judge_length(conf, node, HRD_ANSWER_ORGANISATION_MAX);
}

static void
read_contact(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	hrd_conf_text(conf, node, target);
	if (node->kind == HRD_YAML_SCALAR && node->text_len > HRD_ANSWER_CONTACT_MAX)
		hrd_conf_warn_long(conf, node,
		    "a contact of more than %d octets is told to nobody; shorten it",
		    HRD_ANSWER_CONTACT_MAX);
}

/* The contact that an answer has no room for, if there is one. */
static void
judge_contacts(const struct hrd_conf *conf, const struct hrd_yaml_node *node)
{
	const struct hrd_yaml_node *contact = node->child;

	for (size_t i = 0; i < HRD_ANSWER_CONTACTS_MAX && contact != NULL; i++)
		contact = contact->next;
	if (contact != NULL)
		hrd_conf_warn_long(conf, contact,
		    "of the contacts the first %d are told; leave the others out",
		    HRD_ANSWER_CONTACTS_MAX);
}

static void
read_contacts(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_answer_settings *answer = target;

	if (node->kind != HRD_YAML_SCALAR) {
		answer->contacts = hrd_conf_list(conf, node, "a contact, or a list of them",
		    read_contact, sizeof(*answer->contacts), &answer->contact_count);
		judge_contacts(conf, node);
		return;
	}
	answer->contacts = calloc(1, sizeof(*answer->contacts));
	if (answer->contacts == NULL) {
		conf->no_memory = true;
		return;
	}
	answer->contact_count = 1;
	read_contact(conf, node, &answer->contacts[0]);
}

static void
read_justifications(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_answer_settings *answer = target;
	size_t count = 0;

	if (node->kind != HRD_YAML_MAP) {
		hrd_conf_type_fault(conf, node, "texts by language, such as {cs: ..., en: ...}");
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child != NULL; child = child->next)
		count++;
	answer->justifications = calloc(count + 1, sizeof(*answer->justifications));
	if (answer->justifications == NULL) {
		conf->no_memory = true;
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child != NULL; child = child->next) {
		struct hrd_answer_text *text =
		    &answer->justifications[answer->justification_count++];

		text->language = child->key;
		hrd_conf_text(conf, child, &text->text);
		hrd_conf_judge_length(conf, child, HRD_ANSWER_JUSTIFICATION_MAX);
		if (!hrd_conf_is_language(child->key))
			hrd_conf_type_fault(conf, child, "under a language tag, such as cs");
	}
}

/* Which sub-errors go with which code (draft-ietf-dnsop-structured-dns-error section 11.4). */
static void
check_sub_error(struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_answer_settings *answer)
{
	if (answer->sub_error == 0 || answer->ede_code == HRD_EDE_BLOCKED ||
	    (answer->ede_code == HRD_EDE_FILTERED && answer->sub_error <= SUB_ERROR_OF_ALL))
		return;
	hrd_conf_fault(conf, node->line, node->col, "settings-sub-error",
	    "this \"sub-error\" does not go with this \"ede-code\": "
	    "1 to 4 go with 15 and 17, 5 and 6 with 15, none with 16 and 18");
}

/* Who blocks and whom to ask share the text of an Extended DNS Error. */
static void
judge_who(const struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_answer_settings *answer)
{
	const struct hrd_yaml_node *place = hrd_yaml_get(node, "organisation");
	size_t len = answer->organisation != NULL ? strlen(answer->organisation) : 0;

	if (answer->contact_count > 0)
		len += strlen(answer->contacts[0]);
	if (len > HRD_ANSWER_WHO_MAX)
		hrd_conf_warn_long(conf, place != NULL ? place : hrd_yaml_get(node, "contact"),
		    "\"organisation\" and the first \"contact\" have %zu octets together, and an "
		    "Extended DNS Error has room for %d: it is cut; shorten them",
		    len, HRD_ANSWER_WHO_MAX);
}

void
hrd_conf_answer(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = {
		{ "ttl", read_ttl, offsetof(struct hrd_answer_settings, ttl) },
		{ "ede", hrd_conf_bool, offsetof(struct hrd_answer_settings, ede) },
		{ "ede-code", read_ede_code, offsetof(struct hrd_answer_settings, ede_code) },
		{ "organisation", read_organisation,
		    offsetof(struct hrd_answer_settings, organisation) },
		{ "contact", read_contacts, 0 },
		{ "structured", hrd_conf_bool, offsetof(struct hrd_answer_settings, structured) },
		{ "sub-error", read_sub_error, offsetof(struct hrd_answer_settings, sub_error) },
		{ "language", hrd_conf_language, offsetof(struct hrd_answer_settings, language) },
		{ "justification", read_justifications, 0 },
	};
	unsigned before = conf->faults;

	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), target);
	if (conf->faults != before)
		return;
	check_sub_error(conf, node, target);
	judge_who(conf, node, target);
}
