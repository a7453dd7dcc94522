/* SPDX-License-Identifier: BSD-3-Clause */
/* The inside of a rule set, for this room and lib/policy/build.c only. Threads as rules.h
 * says: one until the set is sealed, then any number. */
#ifndef HRD_LIB_RULES_PRIVATE_H
#define HRD_LIB_RULES_PRIVATE_H

#include "lib/base/buffer.h"
#include "lib/rules/intern.h"
#include "lib/rules/rules.h"

enum { HRD_META_TEXTS = 9 };

/* One rule. Its key is that of the name, or the 16 octets of a prefix and its length: both sort by
 * memcmp(). */
struct hrd_rule_entry {
	uint32_t key;     /* offset in keys */
	uint16_t key_len; /* octets */
	uint8_t action;
	uint8_t wildcard : 1;
	uint8_t plain : 1; /* the key has no escapes */
	/* metadata; of local data the number of a record while the set is open, of an hrd_rrset
	 * once it is sealed, and these have the metadata */
	uint32_t about;
	uint32_t line; /* UINT32_MAX stands for all higher ones */
};

struct hrd_record {
	uint16_t type;
	uint16_t rdlen;
	uint32_t ttl;
	uint32_t rdata; /* offset in rdata */
	uint32_t meta;
};

/* The records of one owner. */
struct hrd_rrset {
	uint32_t first;
	uint32_t count;
	uint32_t meta;
};

struct hrd_ruleset {
	bool sealed;
	struct hrd_buffer entries[HRD_TRIGGERS]; /* struct hrd_rule_entry */
	struct hrd_buffer keys;
	struct hrd_buffer records; /* struct hrd_record */
	struct hrd_buffer rdata;
	struct hrd_buffer rrsets; /* struct hrd_rrset, made by seal */
	struct hrd_intern texts;  /* each with its NUL */
	struct hrd_intern metas;  /* HRD_META_TEXTS text numbers each; number 0 is all "" */
};

static inline struct hrd_rule_entry *
hrd_rules_entries(const struct hrd_ruleset *set, enum hrd_trigger trigger)
{
	return (struct hrd_rule_entry *)(void *)set->entries[trigger].data;
}

static inline struct hrd_record *
hrd_rules_records(const struct hrd_ruleset *set)
{
	return (struct hrd_record *)(void *)set->records.data;
}

static inline struct hrd_rrset *
hrd_rules_rrsets(const struct hrd_ruleset *set)
{
	return (struct hrd_rrset *)(void *)set->rrsets.data;
}

/* True when the entry before has the same key. Equal keys of neighbours are one: adding sees to it,
 * and sorting. */
static inline bool
hrd_entry_has_same_key(const struct hrd_rule_entry *entry)
{
	return entry[-1].key == entry->key && entry[-1].key_len == entry->key_len;
}

static inline uint32_t
hrd_rules_meta_of(const struct hrd_ruleset *set, const struct hrd_rule_entry *entry)
{
	if (entry->action != HRD_ACTION_LOCAL_DATA)
		return entry->about;
	return set->sealed ? hrd_rules_rrsets(set)[entry->about].meta
			   : hrd_rules_records(set)[entry->about].meta;
}

/* The rule of an entry, its key turned back into a name or prefix. */
void hrd_rules_expand(const struct hrd_ruleset *set, enum hrd_trigger trigger,
    const struct hrd_rule_entry *entry, struct hrd_rule *out);

#endif
