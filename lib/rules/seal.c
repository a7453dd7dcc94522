/* SPDX-License-Identifier: BSD-3-Clause */
/* Sealing a rule set: sort each class by key, then make one rule of all that have the same owner.
 *
 * The sort is a stable merge sort (no input makes it quadratic) over items that carry the beginning
 * of their key, eighteen octets in twelve, so that most comparisons touch no other memory. Entries
 * that were added one after the other with the same name share their key and move as one item. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/name/rdata.h"
#include "lib/rules/private.h"
#include "lib/rules/rules.h"

enum {
	/* Digits of a number to the base of the ranks: 40^12 < 2^64, 40^6 < 2^32. */
	RANKS = 40,
	HIGH_DIGITS = 12,
	LOW_DIGITS = 6,
	SHARED_RANK = 64, /* flag of a rank: more than one octet has it */
	SHORT_RUN = 8,
	AHEAD = 8, /* items whose memory is asked for before it is needed */
};

/* A group of entries with one key. */
struct item {
	uint64_t high; /* ranks of the first octets of the key, padded with 00 */
	uint32_t low;
	uint32_t first; /* index of its first entry */
};

/* An element of the array in which items are sorted and which then takes the entries. */
union slot {
	struct item item;
	struct hrd_rule_entry entry;
};

/* One class while it is being sealed. */
struct class
{
	struct hrd_ruleset *set;
	enum hrd_trigger trigger;
	struct hrd_rule_entry *entries;
	size_t count;
	hrd_rules_clash_fn *clash;
	void *ctx;
	bool contradiction;
	bool moved;                /* some class was not in order */
	uint8_t rank[256];         /* of an octet: below RANKS, ascends with it; and SHARED_RANK */
	struct hrd_buffer room;    /* memory that sorting left over */
	struct hrd_buffer picks;   /* struct pick: records of the owner at hand */
	struct hrd_buffer records; /* struct hrd_record: grouped by owner, replaces those of set */
};

/* A record of one owner, with the entry that brought it. */
struct pick {
	struct hrd_record record;
	const uint8_t *rdata;
	uint32_t entry;
};

static int
compare_keys(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_entries(
    const struct class *class, const struct hrd_rule_entry *a, const struct hrd_rule_entry *b)
{
	const uint8_t *keys = class->set->keys.data;

	if (a->key == b->key && a->key_len == b->key_len)
		return 0;
	return compare_keys(keys + a->key, a->key_len, keys + b->key, b->key_len);
}

static int
compare_items(const struct class *class, const struct item *a, const struct item *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return compare_entries(class, &class->entries[a->first], &class->entries[b->first]);
}

static bool
is_sorted(const struct class *class)
{
	for (size_t i = 1; i < class->count; i++) {
		const struct hrd_rule_entry *a = &class->entries[i - 1], *b = &class->entries[i];
		int order = compare_entries(class, a, b);

		if (order > 0 || (order == 0 && a->wildcard > b->wildcard))
			return false;
	}
	return true;
}

static bool
starts_group(const struct class *class, size_t i)
{
	return i == 0 || !hrd_entry_has_same_key(&class->entries[i]);
}

/* Letters, digits and the end of a label have ranks of their own, what is between shares one. */
static bool
has_own_rank(unsigned octet)
{
	return octet == 0 || (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z');
}

static void
make_ranks(uint8_t rank[256])
{
	unsigned last = 0;

	for (unsigned octet = 1; octet < 256; octet++) {
		last += has_own_rank(octet) || has_own_rank(octet - 1);
		rank[octet] = (uint8_t)(last | (has_own_rank(octet) ? 0 : SHARED_RANK));
	}
	rank[0] = 0;
}

/* The next n octets of a key as a number. Behind an octet whose rank others share, nothing can be
 * told. */
static uint64_t
read_digits(const uint8_t rank[256], const uint8_t **key, const uint8_t *end, unsigned n)
{
	uint64_t number = 0;

	for (; n > 0; n--) {
		unsigned digit = *key < end ? rank[*(*key)++] : 0;

		number = number * RANKS + (digit & (SHARED_RANK - 1));
		if ((digit & SHARED_RANK) != 0)
			*key = end;
	}
	return number;
}

/* One item for each group; gives their number. */
static size_t
make_items(const struct class *class, union slot *items)
{
	size_t n = 0;

	for (size_t i = 0; i < class->count; i++) {
		const struct hrd_rule_entry *entry = &class->entries[i];
		const uint8_t *key = class->set->keys.data + entry->key;
		const uint8_t *end = key + entry->key_len;
		struct item *item = &items[n].item;

		if (!starts_group(class, i))
			continue;
		item->high = read_digits(class->rank, &key, end, HIGH_DIGITS);
		item->low = (uint32_t)read_digits(class->rank, &key, end, LOW_DIGITS);
		item->first = (uint32_t)i;
		n++;
	}
	return n;
}

static void
insertion_sort(const struct class *class, union slot *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		union slot item = items[i];
		size_t j = i;

		for (; j > 0 && compare_items(class, &items[j - 1].item, &item.item) > 0; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static void
merge_runs(
    const struct class *class, const union slot *from, size_t middle, size_t end, union slot *to)
{
	size_t a = 0, b = middle;

	while (a < middle && b < end)
		*to++ =
		    compare_items(class, &from[a].item, &from[b].item) <= 0 ? from[a++] : from[b++];
	memcpy(to, from + a, (middle - a) * sizeof(*to));
	memcpy(to + (middle - a), from + b, (end - b) * sizeof(*to));
}

/* Sorts items with spare as room for as many; gives the array that holds the result. */
static union slot *
merge_sort(const struct class *class, union slot *items, union slot *spare, size_t n)
{
	for (size_t i = 0; i < n; i += SHORT_RUN)
		insertion_sort(class, items + i, n - i < SHORT_RUN ? n - i : SHORT_RUN);
	for (size_t width = SHORT_RUN; width < n; width *= 2) {
		union slot *swap = items;

		for (size_t i = 0; i < n; i += 2 * width) {
			size_t end = n - i < 2 * width ? n - i : 2 * width;

			merge_runs(class, items + i, end < width ? end : width, end, spare + i);
		}
		items = spare;
		spare = swap;
	}
	return items;
}

/* Copies the entries of one item that are wildcards, or that are none. */
static size_t
copy_group(const struct class *class, size_t i, bool wildcard, union slot *to)
{
	size_t n = 0, first = i;

	for (; i < class->count && (i == first || !starts_group(class, i)); i++) {
		if ((class->entries[i].wildcard != 0) == wildcard)
			to[n++].entry = class->entries[i];
	}
	return n;
}

/* Writes the entries in order of the items; within one key exact rules first. */
static void
copy_sorted(const struct class *class, const union slot *items, size_t n, union slot *to)
{
	for (size_t i = 0, j; i < n; i = j) {
		if (i + AHEAD < n)
			__builtin_prefetch(&class->entries[items[i + AHEAD].item.first]);
		for (j = i + 1; j < n; j++) {
			if (compare_items(class, &items[i].item, &items[j].item) != 0)
				break;
		}
		for (int wildcard = 0; wildcard < 2; wildcard++) {
			for (size_t k = i; k < j; k++)
				to += copy_group(class, items[k].item.first, wildcard, to);
		}
	}
}

/* The sorted entries are written over one of the two arrays in which the items were sorted. */
static int
sort_class(struct class *class)
{
	struct hrd_buffer *buffer = &class->set->entries[class->trigger];
	size_t octets = class->count * sizeof(union slot), n;
	union slot *slots = malloc(octets), *items = NULL;

	if (slots != NULL) {
		n = make_items(class, slots);
		items = malloc(n * sizeof(*items));
	}
	if (items == NULL) {
		free(slots);
		return HRD_ENOMEM;
	}
	if (merge_sort(class, slots, items, n) == slots)
		memcpy(items, slots, n * sizeof(*items));
	copy_sorted(class, items, n, slots);
	free(items);
	hrd_buffer_free(&class->room);
	class->room = *buffer;
	buffer->data = (uint8_t *)slots;
	buffer->cap = octets;
	class->entries = hrd_rules_entries(class->set, class->trigger);
	return HRD_OK;
}

static void
report(struct class *class, enum hrd_clash clash, const struct hrd_rule_entry *kept,
    const struct hrd_rule_entry *other)
{
	struct hrd_rule a, b;

	class->contradiction = class->contradiction || clash != HRD_CLASH_DUPLICATE;
	if (class->clash == NULL)
		return;
	hrd_rules_expand(class->set, class->trigger, kept, &a);
	hrd_rules_expand(class->set, class->trigger, other, &b);
	class->clash(class->ctx, clash, &a, &b);
}

static int
compare_picks(const void *left, const void *right)
{
	const struct pick *a = left, *b = right;
	int order;

	if (a->record.type != b->record.type)
		return a->record.type < b->record.type ? -1 : 1;
	order = compare_keys(a->rdata, a->record.rdlen, b->rdata, b->record.rdlen);
	return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static bool
same_record(const struct pick *a, const struct pick *b)
{
	return a->record.type == b->record.type && a->record.rdlen == b->record.rdlen &&
	       memcmp(a->rdata, b->rdata, a->record.rdlen) == 0;
}

/* The lowest TTL of a record set is that of all its records (RFC 2181 section 5.2). */
static void
level_ttls(struct pick *picks, size_t n)
{
	for (size_t i = 0, j; i < n; i = j) {
		uint32_t ttl = picks[i].record.ttl;

		for (j = i + 1; j < n && picks[j].record.type == picks[i].record.type; j++) {
			if (picks[j].record.ttl < ttl)
				ttl = picks[j].record.ttl;
		}
		for (size_t k = i; k < j; k++)
			picks[k].record.ttl = ttl;
	}
}

static int
add_pick(struct class *class, size_t entry)
{
	const struct hrd_ruleset *set = class->set;
	struct pick pick = { .entry = (uint32_t)entry };

	pick.record = hrd_rules_records(set)[class->entries[entry].about];
	pick.rdata = set->rdata.data + pick.record.rdata;
	return hrd_buffer_add(&class->picks, &pick, sizeof(pick));
}

/* A CNAME stands alone at its owner (RFC 1034 section 3.6.2). */
static bool
fits(const struct class *class, const struct hrd_rule_entry *kept,
    const struct hrd_rule_entry *other)
{
	const struct hrd_record *records = hrd_rules_records(class->set);
	const struct hrd_record *a = &records[kept->about], *b = &records[other->about];
	const uint8_t *rdata = class->set->rdata.data;

	if (a->type != HRD_TYPE_CNAME && b->type != HRD_TYPE_CNAME)
		return true;
	return a->type == b->type && a->rdlen == b->rdlen &&
	       memcmp(rdata + a->rdata, rdata + b->rdata, a->rdlen) == 0;
}

/* Sorts the picked records, drops equal ones and makes the record set of the rule that is kept. */
static int
make_rrset(struct class *class, struct hrd_rule_entry *kept)
{
	struct pick *picks = (struct pick *)(void *)class->picks.data;
	size_t n = class->picks.len / sizeof(*picks);
	struct hrd_rrset rrset = {
		.first = (uint32_t)(class->records.len / sizeof(struct hrd_record)),
		.meta = hrd_rules_meta_of(class->set, kept),
	};

	qsort(picks, n, sizeof(*picks), compare_picks);
	level_ttls(picks, n);
	for (size_t i = 0; i < n; i++) {
		int status;

		if (i > 0 && same_record(&picks[i - 1], &picks[i])) {
			report(class, HRD_CLASH_DUPLICATE, &class->entries[picks[i - 1].entry],
			    &class->entries[picks[i].entry]);
			continue;
		}
		if (rrset.count == HRD_RRS_PER_OWNER_MAX) {
			report(class, HRD_CLASH_SURPLUS, kept, &class->entries[picks[i].entry]);
			continue;
		}
		rrset.count++;
		status = hrd_buffer_add(&class->records, &picks[i].record, sizeof(picks[i].record));
		if (status != HRD_OK)
			return status;
	}
	kept->about = (uint32_t)(class->set->rrsets.len / sizeof(rrset));
	return hrd_buffer_add(&class->set->rrsets, &rrset, sizeof(rrset));
}

/* Makes one rule of the entries from first to end, all of one owner. */
static int
merge_owner(struct class *class, size_t first, size_t end, struct hrd_rule_entry *kept)
{
	bool local = class->entries[first].action == HRD_ACTION_LOCAL_DATA;
	int status = HRD_OK;

	*kept = class->entries[first];
	class->picks.len = 0;
	if (local)
		status = add_pick(class, first);
	for (size_t i = first + 1; i < end && status == HRD_OK; i++) {
		const struct hrd_rule_entry *other = &class->entries[i];

		if (other->action != kept->action)
			report(class, HRD_CLASH_ACTION, kept, other);
		else if (!local)
			report(class, HRD_CLASH_DUPLICATE, kept, other);
		else if (!fits(class, kept, other))
			report(class, HRD_CLASH_CNAME, kept, other);
		else
			status = add_pick(class, i);
	}
	if (local && status == HRD_OK)
		status = make_rrset(class, kept);
	return status;
}

static int
merge_class(struct class *class)
{
	size_t kept = 0, end;

	for (size_t i = 0; i < class->count; i = end) {
		const struct hrd_rule_entry *first = &class->entries[i];
		struct hrd_rule_entry rule;
		int status;

		for (end = i + 1; end < class->count; end++) {
			if (class->entries[end].wildcard != first->wildcard ||
			    starts_group(class, end))
				break;
		}
		status = merge_owner(class, i, end, &rule);
		if (status != HRD_OK)
			return status;
		class->entries[kept++] = rule;
	}
	class->set->entries[class->trigger].len = kept * sizeof(struct hrd_rule_entry);
	return HRD_OK;
}

/* The keys of one trigger. */
static int
repack_trigger(const struct hrd_ruleset *set, enum hrd_trigger trigger, struct hrd_buffer *keys)
{
	struct hrd_rule_entry *entry = hrd_rules_entries(set, trigger);
	size_t count = hrd_rules_count_of(set, trigger);
	const uint8_t *before = NULL;

	for (size_t i = 0; i < count; i++, entry++) {
		const uint8_t *key = set->keys.data + entry->key;
		int status;

		if (i + AHEAD < count)
			__builtin_prefetch(set->keys.data + entry[AHEAD].key);
		if (before != NULL && entry[-1].key_len == entry->key_len &&
		    (before == key || memcmp(before, key, entry->key_len) == 0)) {
			entry->key = entry[-1].key;
			continue;
		}
		before = key;
		entry->key = (uint32_t)keys->len;
		status = hrd_buffer_add(keys, key, entry->key_len);
		if (status != HRD_OK)
			return status;
	}
	return HRD_OK;
}

/* Puts the keys in the order of the rules, each once: later passes over the rules are sequential
 * then. */
static int
repack_keys(struct class *class)
{
	struct hrd_ruleset *set = class->set;
	struct hrd_buffer keys = {
		.data = class->room.data, .cap = class->room.cap, .max = set->keys.max
	};
	int status = HRD_OK;

	class->room = (struct hrd_buffer){ 0 };
	for (int t = 0; t < HRD_TRIGGERS && status == HRD_OK; t++)
		status = repack_trigger(set, (enum hrd_trigger)t, &keys);
	if (status != HRD_OK) {
		hrd_buffer_free(&keys);
		return status;
	}
	hrd_buffer_free(&set->keys);
	set->keys = keys;
	hrd_buffer_trim(&set->keys);
	return HRD_OK;
}

static void
select_class(struct class *class, enum hrd_trigger trigger)
{
	class->trigger = trigger;
	class->entries = hrd_rules_entries(class->set, trigger);
	class->count = hrd_rules_count_of(class->set, trigger);
}

static int
sort_all(struct class *class)
{
	bool moved = false;
	int status = HRD_OK;

	for (int t = 0; t < HRD_TRIGGERS && status == HRD_OK; t++) {
		select_class(class, (enum hrd_trigger)t);
		if (is_sorted(class))
			continue;
		status = sort_class(class);
		moved = true;
	}
	if (status == HRD_OK && moved)
		status = repack_keys(class);
	hrd_buffer_free(&class->room);
	return status;
}

static int
merge_all(struct class *class)
{
	int status = HRD_OK;

	class->records.max = class->set->records.max;
	class->picks.max = SIZE_MAX;
	for (int t = 0; t < HRD_TRIGGERS && status == HRD_OK; t++) {
		select_class(class, (enum hrd_trigger)t);
		status = merge_class(class);
	}
	hrd_buffer_free(&class->picks);
	if (status != HRD_OK) {
		hrd_buffer_free(&class->records);
		return status;
	}
	hrd_buffer_free(&class->set->records);
	class->set->records = class->records;
	return HRD_OK;
}

int
hrd_rules_seal(struct hrd_ruleset *set, hrd_rules_clash_fn *clash, void *ctx)
{
	struct class class = { .set = set, .clash = clash, .ctx = ctx };
	int status;

	make_ranks(class.rank);
	status = set->sealed ? HRD_EINVAL : sort_all(&class);
	if (status == HRD_OK)
		status = merge_all(&class);
	if (status != HRD_OK)
		return status;
	set->sealed = true;
	return class.contradiction ? HRD_EEXIST : HRD_OK;
}
