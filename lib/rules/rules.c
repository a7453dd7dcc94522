/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule set: filling it and reading it. Sorting and merging are in seal.c. */
#include <config.h>

#include "lib/rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/name/rdata.h"
#include "lib/rules/private.h"

enum { PREFIX_KEY = 17 };

struct hrd_ruleset *
hrd_rules_new(void)
{
	static const struct hrd_meta nothing = { "", "", "", "", "", "", "", "", "" };
	struct hrd_ruleset *set = calloc(1, sizeof(*set));
	uint32_t zero;

	if (set == NULL)
		return NULL;
	for (int t = 0; t < HRD_TRIGGERS; t++)
		set->entries[t].max = (size_t)HRD_RULES_MAX * sizeof(struct hrd_rule_entry);
	set->keys.max = set->rdata.max = UINT32_MAX;
	set->records.max = (size_t)HRD_RULES_MAX * sizeof(struct hrd_record);
	set->rrsets.max = (size_t)HRD_RULES_MAX * sizeof(struct hrd_rrset);
	hrd_intern_init(&set->texts);
	hrd_intern_init(&set->metas);
	if (hrd_rules_meta(set, &nothing, &zero) != HRD_OK) {
		hrd_rules_free(set);
		return NULL;
	}
	return set;
}

void
hrd_rules_free(struct hrd_ruleset *set)
{
	if (set == NULL)
		return;
	for (int t = 0; t < HRD_TRIGGERS; t++)
		hrd_buffer_free(&set->entries[t]);
	hrd_buffer_free(&set->keys);
	hrd_buffer_free(&set->records);
	hrd_buffer_free(&set->rdata);
	hrd_buffer_free(&set->rrsets);
	hrd_intern_free(&set->texts);
	hrd_intern_free(&set->metas);
	free(set);
}

int
hrd_rules_meta(struct hrd_ruleset *set, const struct hrd_meta *meta, uint32_t *index)
{
	const char *const texts[HRD_META_TEXTS] = { meta->rule_id, meta->entity, meta->relation,
		meta->service, meta->basis, meta->ede, meta->category, meta->description,
		meta->reference };
	uint32_t numbers[HRD_META_TEXTS];

	for (int i = 0; i < HRD_META_TEXTS; i++) {
		size_t len = strlen(texts[i]);
		int status;

		if (len > HRD_META_TEXT_MAX)
			return HRD_ELIMIT;
		if (!hrd_utf8_is_text((const uint8_t *)texts[i], len))
			return HRD_EINVAL;
		status = hrd_intern(&set->texts, texts[i], len + 1, &numbers[i]);
		if (status != HRD_OK)
			return status;
	}
	return hrd_intern(&set->metas, numbers, sizeof(numbers), index);
}

void
hrd_rules_meta_get(const struct hrd_ruleset *set, uint32_t index, struct hrd_meta *out)
{
	uint32_t numbers[HRD_META_TEXTS];
	const char *texts[HRD_META_TEXTS];
	size_t len;

	memcpy(numbers, hrd_intern_get(&set->metas, index, &len), sizeof(numbers));
	for (int i = 0; i < HRD_META_TEXTS; i++)
		texts[i] = (const char *)hrd_intern_get(&set->texts, numbers[i], &len);
	*out = (struct hrd_meta){ texts[0], texts[1], texts[2], texts[3], texts[4], texts[5],
		texts[6], texts[7], texts[8] };
}

bool
hrd_rules_is_trigger_owner(const struct hrd_name *name)
{
	const uint8_t *top = name->wire;

	if (name->len == 1)
		return false;
	while (top[top[0] + 1] != 0)
		top += top[0] + 1;
	for (int t = 0; top[1] == 'r' && t < HRD_TRIGGERS; t++) { /* as all of them begin */
		const char *label = hrd_trigger_label((enum hrd_trigger)t);

		if (label != NULL && top[0] == strlen(label) && memcmp(top + 1, label, top[0]) == 0)
			return true;
	}
	return false;
}

/* A name rule must have an owner of its own in a zone, or dump and compile would not agree. */
static int
check_name(const struct hrd_rule *rule)
{
	const struct hrd_name *name = &rule->name;

	if (rule->wildcard)
		return name->len + 2 > HRD_NAME_MAX ? HRD_ERANGE : HRD_OK;
	if (name->len == 1 || memcmp(name->wire, "\001*", 2) == 0)
		return HRD_EINVAL;
	return HRD_OK;
}

static int
check_prefix(const struct hrd_rule *rule)
{
	if (rule->wildcard || rule->action == HRD_ACTION_STOP ||
	    !hrd_prefix_is_valid(&rule->prefix))
		return HRD_EINVAL;
	return HRD_OK;
}

static int
check_rule(const struct hrd_ruleset *set, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	if (set->sealed || (unsigned)rule->trigger >= HRD_TRIGGERS ||
	    rule->action <= HRD_ACTION_NONE || rule->action > HRD_ACTION_STOP)
		return HRD_EINVAL;
	if (rule->meta >= hrd_intern_count(&set->metas))
		return HRD_EINVAL;
	if ((rule->action == HRD_ACTION_LOCAL_DATA) != (rr != NULL))
		return HRD_EINVAL;
	if (rr != NULL && hrd_rdata_fault(rr->type, rr->rdata, rr->rdlen) != NULL)
		return HRD_EINVAL;
	if (rule->trigger == HRD_TRIGGER_QNAME && hrd_rules_is_trigger_owner(&rule->name))
		return HRD_EINVAL;
	return hrd_trigger_has_name(rule->trigger) ? check_name(rule) : check_prefix(rule);
}

static size_t
make_key(const struct hrd_rule *rule, struct hrd_key *key)
{
	if (hrd_trigger_has_name(rule->trigger)) {
		hrd_key_from_name(key, &rule->name);
		return key->len;
	}
	memcpy(key->octets, rule->prefix.addr, sizeof(rule->prefix.addr));
	key->octets[PREFIX_KEY - 1] = rule->prefix.len;
	return PREFIX_KEY;
}

/* Stores the key, or finds it in the entry before: a wildcard mostly follows its exact rule. */
static int
add_key(struct hrd_ruleset *set, const struct hrd_rule *rule, struct hrd_rule_entry *entry)
{
	const struct hrd_buffer *entries = &set->entries[rule->trigger];
	struct hrd_key key;
	size_t len = make_key(rule, &key);

	entry->key_len = (uint16_t)len;
	entry->plain = len + 1 == rule->name.len;
	if (entries->len > 0) {
		const struct hrd_rule_entry *before =
		    hrd_rules_entries(set, rule->trigger) + entries->len / sizeof(*before) - 1;

		if (before->key_len == len &&
		    memcmp(set->keys.data + before->key, key.octets, len) == 0) {
			entry->key = before->key;
			return HRD_OK;
		}
	}
	entry->key = (uint32_t)set->keys.len;
	return hrd_buffer_add(&set->keys, key.octets, len);
}

static int
add_record(struct hrd_ruleset *set, const struct hrd_rr *rr, uint32_t meta, uint32_t *index)
{
	struct hrd_record record = { rr->type, rr->rdlen, 0, (uint32_t)set->rdata.len, meta };
	int status = hrd_buffer_add(&set->rdata, rr->rdata, rr->rdlen);

	if (status != HRD_OK)
		return status;
	/* A TTL with its highest bit set counts as 0 (RFC 2181 section 8). */
	record.ttl = rr->ttl <= INT32_MAX ? rr->ttl : 0;
	hrd_rdata_lower(rr->type, set->rdata.data + record.rdata, rr->rdlen);
	*index = (uint32_t)(set->records.len / sizeof(record));
	return hrd_buffer_add(&set->records, &record, sizeof(record));
}

int
hrd_rules_add(struct hrd_ruleset *set, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct hrd_rule_entry entry = {
		.action = (uint8_t)rule->action,
		.wildcard = rule->wildcard,
		.about = rule->meta,
		.line = rule->line < UINT32_MAX ? (uint32_t)rule->line : UINT32_MAX,
	};
	int status = check_rule(set, rule, rr);

	if (status == HRD_OK && hrd_rules_count(set) >= HRD_RULES_MAX)
		status = HRD_ELIMIT;
	if (status == HRD_OK && rr != NULL)
		status = add_record(set, rr, rule->meta, &entry.about);
	if (status == HRD_OK)
		status = add_key(set, rule, &entry);
	if (status == HRD_OK)
		status = hrd_buffer_add(&set->entries[rule->trigger], &entry, sizeof(entry));
	return status;
}

size_t
hrd_rules_count_of(const struct hrd_ruleset *set, enum hrd_trigger trigger)
{
	return set->entries[trigger].len / sizeof(struct hrd_rule_entry);
}

size_t
hrd_rules_count(const struct hrd_ruleset *set)
{
	size_t n = 0;

	for (int t = 0; t < HRD_TRIGGERS; t++)
		n += hrd_rules_count_of(set, (enum hrd_trigger)t);
	return n;
}

/* All of a rule but its name. */
static void
expand_head(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_rule_entry *entry, struct hrd_rule *out)
{
	out->trigger = trigger;
	out->wildcard = entry->wildcard != 0;
	out->action = (enum hrd_action)entry->action;
	out->meta = hrd_rules_meta_of(set, entry);
	out->line = entry->line;
}

void
hrd_rules_expand(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_rule_entry *entry, struct hrd_rule *out)
{
	const uint8_t *key = set->keys.data + entry->key;
	int status = HRD_OK;

	expand_head(set, trigger, entry, out);
	memset(&out->prefix, 0, sizeof(out->prefix));
	if (!hrd_trigger_has_name(trigger)) {
		memcpy(out->prefix.addr, key, sizeof(out->prefix.addr));
		out->prefix.len = key[PREFIX_KEY - 1];
		status = HRD_ENOENT;
	} else if (entry->plain) {
		status = hrd_plain_key_to_name(&out->name, key, entry->key_len);
	} else {
		status = hrd_key_to_name(&out->name, key, entry->key_len);
	}
	if (status != HRD_OK) { /* a prefix: the key was made from a name otherwise */
		out->name.len = 1;
		out->name.wire[0] = 0;
	}
}

void
hrd_rules_get(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, struct hrd_rule *out)
{
	hrd_rules_expand(set, trigger, hrd_rules_entries(set, trigger) + i, out);
}

bool
hrd_rules_same_name(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i)
{
	const struct hrd_rule_entry *entry = hrd_rules_entries(set, trigger) + i;

	return i > 0 && hrd_trigger_has_name(trigger) && hrd_entry_has_same_key(entry);
}

void
hrd_rules_get_next(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, struct hrd_rule *out)
{
	if (hrd_rules_same_name(set, trigger, i))
		expand_head(set, trigger, hrd_rules_entries(set, trigger) + i, out);
	else
		hrd_rules_get(set, trigger, i, out);
}

enum hrd_action
hrd_rules_action(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i)
{
	return (enum hrd_action)hrd_rules_entries(set, trigger)[i].action;
}

/* The records of a rule; none unless it is local data. */
static struct hrd_rrset
rrset_of(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i)
{
	static const struct hrd_rrset none = { 0, 0, 0 };
	const struct hrd_rule_entry *entry = hrd_rules_entries(set, trigger) + i;

	return entry->action == HRD_ACTION_LOCAL_DATA ? hrd_rules_rrsets(set)[entry->about] : none;
}

size_t
hrd_rules_rr_count(const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i)
{
	return rrset_of(set, trigger, i).count;
}

void
hrd_rules_rr(
    const struct hrd_ruleset *set, enum hrd_trigger trigger, size_t i, size_t n, struct hrd_rr *out)
{
	const struct hrd_record *record =
	    hrd_rules_records(set) + rrset_of(set, trigger, i).first + n;

	out->type = record->type;
	out->rdlen = record->rdlen;
	out->ttl = record->ttl;
	out->rdata = set->rdata.data + record->rdata;
}
