/* SPDX-License-Identifier: BSD-3-Clause */
/* Finds evidence by name. */
#include <config.h>

#include "rpzgen/inventory/evidence.h"

void
hrd_evidence_index(struct hrd_nameset *set, const struct hrd_inventory *inventory)
{
	struct hrd_cursor at = { 0 };
	const struct hrd_entity *entity;
	const struct hrd_service *service;
	const struct hrd_listed *listed;

	while ((listed = hrd_next_listed(inventory, &at, &entity, &service)) != NULL) {
		if (listed->name != NULL)
			hrd_nameset_add(set, listed->name, listed);
	}
	hrd_nameset_sort(set);
}

const struct hrd_evidence_list *
hrd_evidence_of(const struct hrd_nameset *listed, const struct hrd_rule *rule)
{
	const struct hrd_nameset_entry *entry = NULL;

	if (rule->trigger == HRD_TRIGGER_QNAME && listed->count > 0)
		entry = hrd_nameset_find(listed, &rule->name);
	return entry != NULL ? &((const struct hrd_listed *)entry->value)->evidence : NULL;
}

const char *
hrd_evidence_address(const struct hrd_evidence *evidence)
{
	if (evidence->url != NULL)
		return evidence->url;
	return evidence->repository != NULL ? evidence->repository : evidence->title;
}
