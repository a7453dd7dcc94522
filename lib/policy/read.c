/* SPDX-License-Identifier: BSD-3-Clause */
/* Questions to an opened policy, and reading its file. */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/base/readfile.h"
#include "lib/policy/private.h"
#include "lib/rules/dump.h"

enum { IPV4_OFFSET = 96 };

const struct hrd_policy_info *
hrd_policy_info(const struct hrd_policy *policy)
{
	return &policy->info;
}

size_t
hrd_policy_memory(const struct hrd_policy *policy)
{
	size_t octets = sizeof(*policy) + policy->len;

	for (int t = 0; t < HRD_TRIGGERS; t++)
		octets += hrd_trie_memory(&policy->names[t]);
	return octets;
}

void
hrd_policy_payload(const struct hrd_policy *policy, const uint8_t **payload, size_t *len,
    const uint8_t **digest, const uint8_t **signature, size_t *signature_len)
{
	*payload = policy->parts.payload;
	*len = policy->parts.payload_len;
	*digest = policy->parts.digest;
	*signature = policy->parts.signature;
	*signature_len = policy->parts.signature_len;
}

/* Fills in what a row says. */
static void
read_row(const struct hrd_policy *policy, uint32_t row, struct hrd_match *match)
{
	const uint8_t *entry = policy->sections[SECTION_ROWS].base + (size_t)row * ROW_ENTRY;

	match->action = (enum hrd_action)entry[ROW_ACTION];
	match->data = hrd_le32(entry + ROW_DATA);
	match->meta = hrd_le32(entry + ROW_META);
}

/* The row of the exact rule or of the wildcard behind the value of a name. */
static uint32_t
row_of(const struct hrd_policy *policy, uint32_t value, bool wildcard)
{
	const uint8_t *entry =
	    policy->sections[SECTION_VALUES].base + (size_t)(value >> HRD_TRIE_SHIFT) * VALUE_ENTRY;

	return hrd_le32(entry + (wildcard ? VALUE_WILD : VALUE_EXACT));
}

static void
match_name(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_trie_hit *hit, struct hrd_match *match)
{
	memset(match, 0, sizeof(*match));
	match->trigger = trigger;
	match->wildcard = hit->wildcard;
	match->labels = hit->labels;
	read_row(policy, row_of(policy, hit->value, hit->wildcard), match);
}

/* The rule with fewer labels than that. */
static bool
find_above(const struct hrd_policy *policy, enum hrd_trigger trigger, const uint8_t *wire,
    size_t len, unsigned labels, struct hrd_match *match)
{
	struct hrd_trie_hit hit;

	if ((trigger != HRD_TRIGGER_QNAME && trigger != HRD_TRIGGER_NSDNAME) ||
	    policy->sections[hrd_trigger_section(trigger)].len == 0)
		return false;
	if (!hrd_trie_find_above(&policy->names[trigger], wire, len, labels, &hit))
		return false;
	match_name(policy, trigger, &hit, match);
	return match->action != HRD_ACTION_STOP;
}

bool
hrd_policy_find_first(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const uint8_t *wire, size_t len, struct hrd_match *match)
{
	return find_above(policy, trigger, wire, len, UINT_MAX, match);
}

bool
hrd_policy_find_next(const struct hrd_policy *policy, enum hrd_trigger trigger, const uint8_t *wire,
    size_t len, struct hrd_match *match)
{
	return find_above(policy, trigger, wire, len, match->labels, match);
}

bool
hrd_policy_find(const struct hrd_policy *policy, enum hrd_trigger trigger, const uint8_t *wire,
    size_t len, struct hrd_match *match)
{
	bool found = hrd_policy_find_first(policy, trigger, wire, len, match);
	struct hrd_match other;

	if (!found || match->action != HRD_ACTION_OBSERVE)
		return found;
	other = *match;
	while (hrd_policy_find_next(policy, trigger, wire, len, &other)) {
		if (other.action == HRD_ACTION_OBSERVE)
			continue;
		*match = other;
		break;
	}
	return true;
}

static void
prefix_at(const struct hrd_section_view *view, uint32_t i, struct hrd_prefix *prefix)
{
	const uint8_t *entry = view->base + (size_t)i * PREFIX_ENTRY;

	memcpy(prefix->addr, entry + PREFIX_ADDR, sizeof(prefix->addr));
	prefix->len = entry[PREFIX_LEN];
}

/* The last entry that is not behind the address; the count when there is none. All that cover the
 * address are among this entry and those that cover it. */
static uint32_t
last_not_behind(const struct hrd_section_view *view, const struct hrd_prefix *addr)
{
	uint32_t low = 0, high = view->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct hrd_prefix prefix;

		prefix_at(view, middle, &prefix);
		if (hrd_prefix_cmp(&prefix, addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : view->count;
}

static void
match_prefix(
    const struct hrd_policy *policy, enum hrd_trigger trigger, uint32_t i, struct hrd_match *match)
{
	const struct hrd_section_view *view = &policy->sections[hrd_trigger_section(trigger)];

	memset(match, 0, sizeof(*match));
	match->trigger = trigger;
	prefix_at(view, i, &match->prefix);
	read_row(policy, hrd_le32(view->base + (size_t)i * PREFIX_ENTRY + PREFIX_ROW), match);
}

/* The entry of the longest prefix that covers the address, from the i-th upwards. */
static bool
find_covering(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, uint32_t i, struct hrd_match *match)
{
	const struct hrd_section_view *view = &policy->sections[hrd_trigger_section(trigger)];
	bool ipv4 = hrd_prefix_is_ipv4(addr);

	while (i < view->count) {
		struct hrd_prefix prefix;

		prefix_at(view, i, &prefix);
		/* 7.2: IPv6 prefixes do not cover IPv4 addresses. */
		if (ipv4 && prefix.len < IPV4_OFFSET)
			return false;
		if (hrd_prefix_covers(&prefix, addr)) {
			match_prefix(policy, trigger, i, match);
			match->addr = *addr;
			return true;
		}
		i = hrd_le32(view->base + (size_t)i * PREFIX_ENTRY + PREFIX_PARENT);
	}
	return false;
}

static bool
is_prefix_trigger(enum hrd_trigger trigger)
{
	return trigger == HRD_TRIGGER_CLIENT_IP || trigger == HRD_TRIGGER_RESPONSE_IP ||
	       trigger == HRD_TRIGGER_NSIP;
}

bool
hrd_policy_find_addr_first(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match)
{
	const struct hrd_section_view *view;

	if (!is_prefix_trigger(trigger))
		return false;
	view = &policy->sections[hrd_trigger_section(trigger)];
	return find_covering(policy, trigger, addr, last_not_behind(view, addr), match);
}

bool
hrd_policy_find_addr_next(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match)
{
	const struct hrd_section_view *view = &policy->sections[hrd_trigger_section(trigger)];
	uint32_t i = last_not_behind(view, &match->prefix);

	if (i >= view->count)
		return false;
	return find_covering(policy, trigger, addr,
	    hrd_le32(view->base + (size_t)i * PREFIX_ENTRY + PREFIX_PARENT), match);
}

bool
hrd_policy_find_addr(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match)
{
	bool found = hrd_policy_find_addr_first(policy, trigger, addr, match);
	struct hrd_match other;

	if (!found || match->action != HRD_ACTION_OBSERVE)
		return found;
	other = *match;
	while (hrd_policy_find_addr_next(policy, trigger, addr, &other)) {
		if (other.action == HRD_ACTION_OBSERVE)
			continue;
		*match = other;
		break;
	}
	return true;
}

bool
hrd_policy_rr(const struct hrd_policy *policy, uint32_t data, size_t n, struct hrd_rr *rr)
{
	const struct hrd_section_view *sets = &policy->sections[SECTION_DATA];
	const uint8_t *entry;
	uint32_t first, end;

	if (data >= sets->count)
		return false;
	first = data > 0 ? hrd_le32(sets->base + (size_t)(data - 1) * DATA_ENTRY) : 0;
	end = hrd_le32(sets->base + (size_t)data * DATA_ENTRY);
	if (n >= end - first)
		return false;
	entry = policy->sections[SECTION_RECORDS].base + (first + n) * RECORD_ENTRY;
	rr->type = hrd_le16(entry + RECORD_TYPE);
	rr->rdlen = hrd_le16(entry + RECORD_RDLEN);
	rr->ttl = hrd_le32(entry + RECORD_TTL);
	rr->rdata = policy->sections[SECTION_RDATA].base + hrd_le32(entry + RECORD_RDATA);
	return true;
}

uint32_t
hrd_policy_meta_count(const struct hrd_policy *policy)
{
	return (uint32_t)policy->sections[SECTION_META].count;
}

void
hrd_policy_meta(const struct hrd_policy *policy, uint32_t meta, struct hrd_meta *out)
{
	const struct hrd_section_view *metas = &policy->sections[SECTION_META];
	const char *strings = (const char *)policy->sections[SECTION_STRINGS].base;
	const uint8_t *entry = metas->base;
	bool has_all = policy->meta_entry == META_ENTRY;

	if (meta < metas->count)
		entry += (size_t)meta * policy->meta_entry;
	out->rule_id = strings + hrd_le32(entry);
	out->entity = strings + hrd_le32(entry + 4);
	out->relation = strings + hrd_le32(entry + 8);
	out->service = strings + hrd_le32(entry + 12);
	out->basis = strings + hrd_le32(entry + 16);
	out->ede = strings + hrd_le32(entry + 20);
	out->category = has_all ? strings + hrd_le32(entry + 24) : "";
	out->description = has_all ? strings + hrd_le32(entry + 28) : "";
	out->reference = has_all ? strings + hrd_le32(entry + 32) : "";
}

bool
hrd_policy_justification(const struct hrd_policy *policy, size_t i, struct hrd_justification *out)
{
	const struct hrd_section_view *view = &policy->sections[SECTION_JUSTIFICATIONS];
	const char *strings = (const char *)policy->sections[SECTION_STRINGS].base;
	const uint8_t *entry;

	if (i >= view->count)
		return false;
	entry = view->base + i * JUSTIFICATION_ENTRY;
	out->basis = strings + hrd_le32(entry + JUSTIFICATION_BASIS);
	out->language = strings + hrd_le32(entry + JUSTIFICATION_LANGUAGE);
	out->text = strings + hrd_le32(entry + JUSTIFICATION_TEXT);
	return true;
}

size_t
hrd_rule_id(const struct hrd_policy *policy, const struct hrd_match *match,
    const struct hrd_name *base, char *text, size_t size)
{
	bool name = hrd_trigger_has_name(match->trigger);
	struct hrd_dump_rule rule = {
		.trigger = match->trigger,
		.wildcard = match->wildcard,
		.name = name ? base : NULL,
		.prefix = name ? NULL : &match->prefix,
	};
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_meta meta;
	int len;

	hrd_policy_meta(policy, match->meta, &meta);
	if (meta.rule_id[0] != '\0') {
		len = snprintf(text, size, "%s", meta.rule_id);
	} else {
		hrd_dump_owner(&rule, owner);
		len = snprintf(text, size, "%s:%s", policy->info.id, owner);
	}
	if (len < 0 || size == 0)
		return 0;
	return (size_t)len < size ? (size_t)len : size - 1;
}

static void
start_trigger(struct hrd_policy_walk *walk, int trigger)
{
	walk->trigger = (enum hrd_trigger)trigger;
	walk->next = 0;
	walk->wildcard_due = false;
	if (hrd_trigger_has_name(trigger))
		hrd_trie_walk_init(&walk->trie, &walk->policy->names[trigger]);
}

void
hrd_policy_walk_init(struct hrd_policy_walk *walk, const struct hrd_policy *policy)
{
	memset(walk, 0, sizeof(*walk));
	walk->policy = policy;
	start_trigger(walk, 0);
}

/* The next rule of the name at hand, else of the next name. */
static bool
walk_names(struct hrd_policy_walk *walk, struct hrd_name *name, struct hrd_match *match)
{
	struct hrd_trie_hit hit;

	if (walk->wildcard_due) {
		walk->wildcard_due = false;
		hit.wildcard = true;
	} else {
		if (walk->policy->sections[hrd_trigger_section(walk->trigger)].len == 0 ||
		    !hrd_trie_walk_next(&walk->trie, &walk->name, &walk->value))
			return false;
		hit.wildcard = (walk->value & HRD_TRIE_EXACT) == 0;
		walk->wildcard_due = !hit.wildcard && (walk->value & HRD_TRIE_WILD) != 0;
	}
	hit.value = walk->value;
	hit.labels = hrd_name_labels(&walk->name);
	match_name(walk->policy, walk->trigger, &hit, match);
	*name = walk->name;
	return true;
}

static bool
walk_prefixes(struct hrd_policy_walk *walk, struct hrd_match *match)
{
	if (walk->next >= walk->policy->sections[hrd_trigger_section(walk->trigger)].count)
		return false;
	match_prefix(walk->policy, walk->trigger, (uint32_t)walk->next++, match);
	return true;
}

bool
hrd_policy_walk_next(struct hrd_policy_walk *walk, struct hrd_name *name, struct hrd_match *match)
{
	for (;;) {
		bool names = hrd_trigger_has_name(walk->trigger);

		if (names ? walk_names(walk, name, match) : walk_prefixes(walk, match))
			return true;
		if (walk->trigger == HRD_TRIGGER_NSIP)
			return false;
		start_trigger(walk, (int)walk->trigger + 1);
	}
}

static bool
has_action(const struct hrd_policy *policy, enum hrd_trigger trigger, enum hrd_action action,
    const struct hrd_name *name, uint32_t value)
{
	static const struct {
		uint32_t flag;
		bool wildcard;
	} kinds[] = { { HRD_TRIE_EXACT, false }, { HRD_TRIE_WILD, true } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct hrd_trie_hit hit = { value, hrd_name_labels(name), kinds[i].wildcard };
		struct hrd_match match;

		if ((value & kinds[i].flag) == 0)
			continue;
		match_name(policy, trigger, &hit, &match);
		if (match.action == action)
			return true;
	}
	return false;
}

bool
hrd_policy_has_below(const struct hrd_policy *policy, enum hrd_trigger trigger,
    enum hrd_action action, const struct hrd_name *name)
{
	struct hrd_trie_walk walk;
	struct hrd_name found;
	uint32_t value;

	if (policy->info.rules[trigger] == 0 ||
	    !hrd_trie_walk_seek(&walk, &policy->names[trigger], name->wire, name->len))
		return false;
	for (int looked = 0;
	     looked < HRD_POLICY_BELOW_MAX && hrd_trie_walk_next(&walk, &found, &value);) {
		if (hrd_name_is_at_or_below(&found, name)) {
			looked++;
			if (has_action(policy, trigger, action, &found, value))
				return true;
		} else if (hrd_name_cmp(&found, name) > 0) {
			return false;
		}
	}
	return false;
}

/* Reads exactly len octets and sees that the file ends there. */
static int
read_all(int fd, uint8_t *data, size_t len, const struct hrd_policy_reader *reader,
    struct hrd_fault *fault)
{
	uint8_t more;
	size_t done = 0;

	while (done <= len) {
		size_t some =
		    len - done < HRD_OCTETS_A_QUESTION ? len - done : HRD_OCTETS_A_QUESTION;
		ssize_t n;

		if (!hrd_goes_on(reader))
			return HRD_ESTOP;
		n = some > 0 ? read(fd, data + done, some) : read(fd, &more, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return HRD_EIO;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	if (done == len)
		return HRD_OK;
	*fault = (struct hrd_fault){ "file", done, "the file changed while it was read" };
	return HRD_ECORRUPT;
}

/* The file in private read-only memory. */
static int
read_into_memory(int fd, const struct stat *st, const struct hrd_policy_reader *reader,
    uint8_t **out, size_t *out_len, struct hrd_fault *fault)
{
	uint8_t *data;
	size_t len;
	int status;

	*fault = (struct hrd_fault){ "file", (uint64_t)st->st_size,
		st->st_size <= 0 ? "it is empty"
				 : "more than 1073741824 octets: split the policy" };
	if (st->st_size <= 0 || (uint64_t)st->st_size > HRD_IMAGE_OCTETS_MAX)
		return HRD_ECORRUPT;
	fault->reason = "out of memory";
	len = (size_t)st->st_size;
	data = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return HRD_ENOMEM;
#if defined(MADV_HUGEPAGE)
	madvise(data, len, MADV_HUGEPAGE); /* look-ups go anywhere: fewer pages to find */
#endif
	status = read_all(fd, data, len, reader, fault);
	if (status == HRD_OK && mprotect(data, len, PROT_READ) != 0)
		status = HRD_EIO;
	if (status == HRD_EIO)
		fault->reason = strerror(errno);
	if (status != HRD_OK) {
		int error = errno;

		munmap(data, len);
		errno = error;
		return status;
	}
	*out = data;
	*out_len = len;
	return HRD_OK;
}

/* Lets the caller judge, then opens; takes data. The digest is checked once. */
static int
judge_and_adopt(uint8_t *data, size_t len, unsigned flags, const struct hrd_policy_reader *reader,
    struct hrd_policy **out, struct hrd_fault *fault)
{
	struct hrd_policy_parts parts;
	int status = HRD_OK;

	if (reader->judge != NULL) {
		status = hrd_policy_take_apart(data, len, flags, reader, &parts, fault);
		if (status == HRD_OK)
			status = reader->judge(reader->ctx, &parts, fault);
		flags |= HRD_OPEN_NO_DIGEST;
	}
	if (status != HRD_OK) {
		munmap(data, len);
		return status;
	}
	return hrd_policy_adopt(data, len, HRD_MAPPED, flags, reader, out, fault);
}

int
hrd_policy_read(const char *path, unsigned flags, struct hrd_policy **out, struct hrd_fault *fault)
{
	return hrd_policy_read_judged(path, flags, &hrd_no_reader, out, fault);
}

int
hrd_policy_read_judged(const char *path, unsigned flags, const struct hrd_policy_reader *reader,
    struct hrd_policy **out, struct hrd_fault *fault)
{
	struct stat st;
	uint8_t *data;
	size_t len;
	int fd, status, error;

	*fault = (struct hrd_fault){ "file", 0, "" };
	status = hrd_open_regular(path, &fd, &st, &fault->reason);
	if (status != HRD_OK)
		return HRD_EIO;
	status = read_into_memory(fd, &st, reader, &data, &len, fault);
	error = errno;
	close(fd);
	errno = error;
	return status == HRD_OK ? judge_and_adopt(data, len, flags, reader, out, fault) : status;
}
