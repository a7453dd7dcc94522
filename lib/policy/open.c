/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens a policy image: checks all of it, once, in linear time (doc/policy-format.md).
 *
 * After this the other files may follow every offset without a look. The checks stand on their
 * own: they hold for a file whose digest and signature are right. */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/name/rdata.h"
#include "lib/policy/private.h"

static const char *const section_names[SECTIONS_KNOWN + 1] = {
	[SECTION_INFO] = "info",
	[SECTION_STRINGS] = "strings",
	[SECTION_META] = "meta",
	[SECTION_RDATA] = "rdata",
	[SECTION_RECORDS] = "records",
	[SECTION_DATA] = "data",
	[SECTION_ROWS] = "rows",
	[SECTION_VALUES] = "values",
	[SECTION_QNAME] = "qname",
	[SECTION_NSDNAME] = "nsdname",
	[SECTION_CLIENT_IP] = "client-ip",
	[SECTION_RESPONSE_IP] = "response-ip",
	[SECTION_NSIP] = "nsip",
	[SECTION_JUSTIFICATIONS] = "justifications",
};

/* What the steps of the validation share. */
struct checker {
	struct hrd_policy *policy;
	struct hrd_fault *fault;
	enum hrd_trigger trigger; /* of the rules being counted */
	uint64_t rules[HRD_TRIGGERS];
	uint64_t observed;
	bool value_refused;
	const struct hrd_policy_reader *reader;
	bool stopped;
	bool look_ups_only;
};

enum hrd_section
hrd_trigger_section(enum hrd_trigger trigger)
{
	static const enum hrd_section sections[HRD_TRIGGERS] = {
		[HRD_TRIGGER_CLIENT_IP] = SECTION_CLIENT_IP,
		[HRD_TRIGGER_QNAME] = SECTION_QNAME,
		[HRD_TRIGGER_RESPONSE_IP] = SECTION_RESPONSE_IP,
		[HRD_TRIGGER_NSDNAME] = SECTION_NSDNAME,
		[HRD_TRIGGER_NSIP] = SECTION_NSIP,
	};

	return sections[trigger];
}

/* Refuses a section; offset is within it. */
static int
refuse_in(struct checker *checker, enum hrd_section id, uint64_t offset, const char *reason)
{
	uint64_t start = (uint64_t)(checker->policy->sections[id].base - checker->policy->data);

	return hrd_refuse(checker->fault, section_names[id], start + offset, reason);
}

/* The ids 1 to this one are those that the version has. */
static uint32_t
known_sections(const struct hrd_policy *policy)
{
	return policy->version == 1 ? SECTIONS_KNOWN_1 : SECTIONS_KNOWN;
}

static int
check_header(struct checker *checker)
{
	struct hrd_policy_info *info = &checker->policy->info;
	const uint8_t *data = checker->policy->data;
	uint32_t sections = hrd_le32(data + HEAD_SECTIONS), flags = hrd_le32(data + HEAD_FLAGS);
	uint32_t known_flags;

	checker->policy->version = hrd_le32(data + HEAD_VERSION);
	checker->policy->meta_entry = checker->policy->version == 1 ? META_ENTRY_1 : META_ENTRY;
	known_flags = checker->policy->version == 1 ? FLAG_RFC4592 : FLAG_RFC4592 | FLAG_BEACON;
	if (sections < known_sections(checker->policy) || sections > SECTIONS_MAX)
		return hrd_refuse(checker->fault, "header", HEAD_SECTIONS, "number of sections");
	if (hrd_le32(data + HEAD_SIZE) != HEAD_FIXED + sections * SECTION_ENTRY)
		return hrd_refuse(checker->fault, "header", HEAD_SIZE,
		    "header size does not fit the number of sections");
	if (hrd_le32(data + HEAD_SIZE) > checker->policy->parts.payload_len)
		return hrd_refuse(
		    checker->fault, "header", HEAD_SIZE, "section table reaches past the payload");
	if ((flags & ~known_flags) != 0)
		return hrd_refuse(checker->fault, "header", HEAD_FLAGS, "unknown flag");
	info->rfc4592 = (flags & FLAG_RFC4592) != 0;
	info->beacon = (flags & FLAG_BEACON) != 0;
	info->serial = hrd_le32(data + HEAD_SERIAL);
	info->ttl = hrd_le32(data + HEAD_TTL);
	if (info->ttl > TTL_MAX)
		return hrd_refuse(checker->fault, "header", HEAD_TTL, "TTL over 2147483647");
	info->created = hrd_le64(data + HEAD_CREATED);
	info->not_after = hrd_le64(data + HEAD_NOT_AFTER);
	for (size_t t = 0; t < HRD_TRIGGERS; t++)
		info->rules[t] = hrd_le64(data + HEAD_RULES + 8 * t);
	info->observed = hrd_le64(data + HEAD_OBSERVED);
	memcpy(info->rule_digest, data + HEAD_RULE_DIGEST, sizeof(info->rule_digest));
	return HRD_OK;
}

/* Padding from the end of a section to the next boundary; all of it must be 0. */
static int
check_padding(struct checker *checker, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++) {
		if (checker->policy->data[i] != 0)
			return hrd_refuse(checker->fault, "sections", i, "padding is not zero");
	}
	return HRD_OK;
}

static int
check_section_id(struct checker *checker, uint32_t i, uint32_t before, const uint8_t *entry)
{
	uint64_t at = (uint64_t)(entry - checker->policy->data);
	uint32_t id = hrd_le32(entry + SECTION_ID), flags = hrd_le32(entry + SECTION_FLAGS);

	if (i < known_sections(checker->policy)) {
		if (id != i + 1)
			return hrd_refuse(
			    checker->fault, "sections", at, "a section is missing or out of order");
		if (flags != 0)
			return hrd_refuse(
			    checker->fault, "sections", at + SECTION_FLAGS, "unknown flag");
		return HRD_OK;
	}
	if (id <= before)
		return hrd_refuse(checker->fault, "sections", at, "sections out of order");
	if (flags != SECTION_OPTIONAL) {
		hrd_refuse(
		    checker->fault, "sections", at, "unknown section that cannot be passed over");
		return HRD_EVERSION;
	}
	return HRD_OK;
}

/* Sections follow one another without gaps, each on a boundary of SECTION_ALIGN. */
static int
check_sections(struct checker *checker)
{
	struct hrd_policy *policy = checker->policy;
	uint32_t sections = hrd_le32(policy->data + HEAD_SECTIONS), before = 0;
	uint64_t at = hrd_le32(policy->data + HEAD_SIZE), payload = policy->parts.payload_len;

	for (uint32_t i = 0; i < sections; i++) {
		const uint8_t *entry = policy->data + HEAD_FIXED + (size_t)i * SECTION_ENTRY;
		uint32_t offset = hrd_le32(entry + SECTION_OFFSET);
		uint32_t len = hrd_le32(entry + SECTION_LEN);
		uint64_t place = (uint64_t)(entry - policy->data), end = (uint64_t)offset + len;
		uint64_t next = (end + SECTION_ALIGN - 1) / SECTION_ALIGN * SECTION_ALIGN;
		int status = check_section_id(checker, i, before, entry);

		if (status != HRD_OK)
			return status;
		if (offset != at)
			return hrd_refuse(checker->fault, "sections", place + SECTION_OFFSET,
			    "section does not begin where the one before ends");
		if (next > payload)
			return hrd_refuse(checker->fault, "sections", place + SECTION_LEN,
			    "section reaches past the payload");
		status = check_padding(checker, end, next);
		if (status != HRD_OK)
			return status;
		before = hrd_le32(entry + SECTION_ID);
		if (i < known_sections(policy)) {
			policy->sections[before].base = policy->data + offset;
			policy->sections[before].len = len;
		}
		at = next;
	}
	if (at != payload)
		return hrd_refuse(
		    checker->fault, "sections", at, "payload goes on after the sections");
	return HRD_OK;
}

/* Entries of one size: sets the count. */
static int
check_table(struct checker *checker, enum hrd_section id, uint32_t entry)
{
	struct hrd_section_view *view = &checker->policy->sections[id];

	if (view->len % entry != 0)
		return refuse_in(checker, id, view->len, "length is no multiple of its entries");
	view->count = view->len / entry;
	return HRD_OK;
}

static bool
take_name(const uint8_t **at, size_t *left, struct hrd_name *name)
{
	if (hrd_name_from_wire(name, *at, *left) != HRD_OK ||
	    memcmp(name->wire, *at, name->len) != 0)
		return false;
	*at += name->len;
	*left -= name->len;
	return true;
}

static bool
take_text(const uint8_t **at, size_t *left, const char **text)
{
	size_t len = strnlen((const char *)*at, *left);

	if (len == *left || len > HRD_META_TEXT_MAX || !hrd_utf8_is_text(*at, len))
		return false;
	*text = (const char *)*at;
	*at += len + 1;
	*left -= len + 1;
	return true;
}

static int
check_info(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_INFO];
	struct hrd_policy_info *info = &checker->policy->info;
	const uint8_t *at = view->base;
	size_t left = view->len, id_len;

	if (!take_name(&at, &left, &info->apex) || !take_name(&at, &left, &info->mname) ||
	    !take_name(&at, &left, &info->rname))
		return refuse_in(checker, SECTION_INFO, view->len - left, "no lower-case name");
	if (!take_text(&at, &left, &info->id) || !take_text(&at, &left, &info->title) ||
	    !take_text(&at, &left, &info->publisher))
		return refuse_in(checker, SECTION_INFO, view->len - left,
		    "text without end, over 255 octets, not UTF-8 or with control characters");
	if (left != 0)
		return refuse_in(checker, SECTION_INFO, view->len - left, "octets left over");
	id_len = strspn(info->id, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	if (id_len == 0 || id_len > HRD_POLICY_ID_MAX || info->id[id_len] != '\0')
		return refuse_in(checker, SECTION_INFO, 0, "policy id is not [a-z0-9.-]{1,63}");
	return HRD_OK;
}

static int
check_strings(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_STRINGS];
	const uint8_t *at = view->base;
	size_t left = view->len;
	const char *text;

	if (view->len == 0 || view->base[0] != '\0')
		return refuse_in(checker, SECTION_STRINGS, 0, "first string is not empty");
	while (left > 0) {
		if (!take_text(&at, &left, &text))
			return refuse_in(checker, SECTION_STRINGS, view->len - left,
			    "text without end, over 255 octets, not UTF-8 or "
			    "with control characters");
	}
	return HRD_OK;
}

/* A section of nothing but offsets of strings. */
static int
check_offsets(struct checker *checker, enum hrd_section id)
{
	const struct hrd_section_view *strings = &checker->policy->sections[SECTION_STRINGS];
	const struct hrd_section_view *view = &checker->policy->sections[id];

	for (uint32_t i = 0; i < view->len; i += 4) {
		uint32_t offset = hrd_le32(view->base + i);

		if (offset >= strings->len || (offset > 0 && strings->base[offset - 1] != '\0'))
			return refuse_in(checker, id, i, "offset is not that of a string");
	}
	return HRD_OK;
}

static int
check_meta(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_META];
	uint32_t size = checker->policy->meta_entry;
	int status = check_table(checker, SECTION_META, size);

	if (status != HRD_OK)
		return status;
	if (view->count == 0)
		return refuse_in(checker, SECTION_META, 0, "entry 0 is missing");
	for (uint32_t i = 0; i < size; i += 4) {
		if (hrd_le32(view->base + i) != 0)
			return refuse_in(checker, SECTION_META, i, "entry 0 is not empty");
	}
	return check_offsets(checker, SECTION_META);
}

static int
check_justifications(struct checker *checker)
{
	int status = check_table(checker, SECTION_JUSTIFICATIONS, JUSTIFICATION_ENTRY);

	return status == HRD_OK ? check_offsets(checker, SECTION_JUSTIFICATIONS) : status;
}

static int
compare_rdata(const struct hrd_rr *a, const struct hrd_rr *b)
{
	size_t len = a->rdlen < b->rdlen ? a->rdlen : b->rdlen;
	int order = memcmp(a->rdata, b->rdata, len);

	return order != 0 ? order : (int)a->rdlen - (int)b->rdlen;
}

static void
record_at(const struct hrd_policy *policy, uint32_t i, struct hrd_rr *rr)
{
	const uint8_t *entry = policy->sections[SECTION_RECORDS].base + (size_t)i * RECORD_ENTRY;

	rr->type = hrd_le16(entry + RECORD_TYPE);
	rr->rdlen = hrd_le16(entry + RECORD_RDLEN);
	rr->ttl = hrd_le32(entry + RECORD_TTL);
	rr->rdata = policy->sections[SECTION_RDATA].base + hrd_le32(entry + RECORD_RDATA);
}

/* The RDATA of all records, end to end, fill the RDATA section. */
static int
check_records(struct checker *checker)
{
	const struct hrd_policy *policy = checker->policy;
	const struct hrd_section_view *view = &policy->sections[SECTION_RECORDS];
	uint32_t end = 0, rdata_len = policy->sections[SECTION_RDATA].len;
	int status = check_table(checker, SECTION_RECORDS, RECORD_ENTRY);

	for (uint32_t i = 0; i < view->count && status == HRD_OK; i++) {
		const uint8_t *entry = view->base + (size_t)i * RECORD_ENTRY;
		const char *why;
		struct hrd_rr rr;

		if (hrd_le32(entry + RECORD_RDATA) != end ||
		    hrd_le16(entry + RECORD_RDLEN) > rdata_len - end)
			return refuse_in(checker, SECTION_RECORDS, (uint64_t)i * RECORD_ENTRY,
			    "RDATA is not where the one before ends");
		record_at(policy, i, &rr);
		if (rr.ttl > TTL_MAX)
			return refuse_in(checker, SECTION_RECORDS, (uint64_t)i * RECORD_ENTRY,
			    "TTL over 2147483647");
		why = hrd_rdata_fault(rr.type, rr.rdata, rr.rdlen);
		if (why != NULL)
			return refuse_in(checker, SECTION_RDATA, end, why);
		end += rr.rdlen;
	}
	if (status == HRD_OK && end != rdata_len)
		return refuse_in(checker, SECTION_RDATA, end, "octets left over");
	return status;
}

/* Two neighbours in one data set. */
static const char *
neighbour_fault(const struct hrd_rr *a, const struct hrd_rr *b)
{
	if (a->type == HRD_TYPE_CNAME || b->type == HRD_TYPE_CNAME)
		return "CNAME beside another record";
	if (a->type > b->type || (a->type == b->type && compare_rdata(a, b) >= 0))
		return "records of a data set not in order";
	if (a->type == b->type && a->ttl != b->ttl)
		return "TTLs of one type differ";
	return NULL;
}

static int
check_data_set(struct checker *checker, uint32_t set, uint32_t first, uint32_t end)
{
	uint64_t offset = (uint64_t)set * DATA_ENTRY;
	struct hrd_rr rr, before;

	if (end <= first || end > checker->policy->sections[SECTION_RECORDS].count)
		return refuse_in(checker, SECTION_DATA, offset, "no records, or past the last one");
	if (end - first > HRD_RRS_PER_OWNER_MAX)
		return refuse_in(checker, SECTION_DATA, offset, "more than 1024 records");
	for (uint32_t i = first + 1; i < end; i++) {
		const char *why;

		record_at(checker->policy, i - 1, &before);
		record_at(checker->policy, i, &rr);
		why = neighbour_fault(&before, &rr);
		if (why != NULL)
			return refuse_in(checker, SECTION_DATA, offset, why);
	}
	return HRD_OK;
}

static int
check_data(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_DATA];
	uint32_t first = 0;
	int status = check_table(checker, SECTION_DATA, DATA_ENTRY);

	for (uint32_t i = 0; i < view->count && status == HRD_OK; i++) {
		uint32_t end = hrd_le32(view->base + (size_t)i * DATA_ENTRY);

		status = check_data_set(checker, i, first, end);
		first = end;
	}
	if (status == HRD_OK && first != checker->policy->sections[SECTION_RECORDS].count)
		return refuse_in(checker, SECTION_DATA, view->len, "records left over");
	return status;
}

static const char *
row_fault(const struct hrd_policy *policy, uint32_t i, const uint8_t *row)
{
	uint32_t data = hrd_le32(row + ROW_DATA);

	if (hrd_le32(row) != row[ROW_ACTION])
		return "reserved octets are not zero";
	if (row[ROW_ACTION] > HRD_ACTION_STOP || (row[ROW_ACTION] == HRD_ACTION_NONE) != (i == 0))
		return "unknown action";
	if (row[ROW_ACTION] == HRD_ACTION_LOCAL_DATA) {
		if (data >= policy->sections[SECTION_DATA].count)
			return "data set does not exist";
	} else if (data != 0) {
		return "data set of an action that has none";
	}
	if (hrd_le32(row + ROW_META) >= policy->sections[SECTION_META].count)
		return "metadata does not exist";
	if (i == 0 && hrd_le32(row + ROW_META) != 0)
		return "row 0 is not empty";
	return NULL;
}

static int
check_rows(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_ROWS];
	int status = check_table(checker, SECTION_ROWS, ROW_ENTRY);

	if (status == HRD_OK && view->count == 0)
		return refuse_in(checker, SECTION_ROWS, 0, "row 0 is missing");
	for (uint32_t i = 0; i < view->count && status == HRD_OK; i++) {
		uint64_t offset = (uint64_t)i * ROW_ENTRY;
		const char *why = row_fault(checker->policy, i, view->base + offset);

		if (why != NULL)
			return refuse_in(checker, SECTION_ROWS, offset, why);
	}
	return status;
}

static int
check_values(struct checker *checker)
{
	const struct hrd_section_view *view = &checker->policy->sections[SECTION_VALUES];
	uint32_t rows = checker->policy->sections[SECTION_ROWS].count;
	int status = check_table(checker, SECTION_VALUES, VALUE_ENTRY);

	for (uint32_t i = 0; i < view->count && status == HRD_OK; i++) {
		const uint8_t *value = view->base + (size_t)i * VALUE_ENTRY;
		uint32_t exact = hrd_le32(value + VALUE_EXACT);
		uint32_t wild = hrd_le32(value + VALUE_WILD);

		if (exact >= rows || wild >= rows)
			return refuse_in(checker, SECTION_VALUES, (uint64_t)i * VALUE_ENTRY,
			    "row does not exist");
		if (exact == 0 && wild == 0)
			return refuse_in(checker, SECTION_VALUES, (uint64_t)i * VALUE_ENTRY,
			    "neither an exact rule nor a wildcard");
	}
	return status;
}

static void
count_rules(struct checker *checker, uint32_t row, uint32_t n)
{
	const uint8_t *rows = checker->policy->sections[SECTION_ROWS].base;
	uint8_t action = rows[(size_t)row * ROW_ENTRY + ROW_ACTION];

	if (action != HRD_ACTION_STOP && action != HRD_ACTION_NONE)
		checker->rules[checker->trigger] += n;
	if (action == HRD_ACTION_OBSERVE)
		checker->observed += n;
	if (action == HRD_ACTION_PASSTHRU && n > 0)
		checker->policy->info.spares = true;
}

static const char *
prefix_fault(const struct checker *checker, const uint8_t *entry, struct hrd_prefix *prefix)
{
	const struct hrd_section_view *rows = &checker->policy->sections[SECTION_ROWS];
	uint32_t row = hrd_le32(entry + PREFIX_ROW);
	uint8_t action;

	memcpy(prefix->addr, entry + PREFIX_ADDR, sizeof(prefix->addr));
	prefix->len = entry[PREFIX_LEN];
	if (hrd_le32(entry + PREFIX_LEN) != prefix->len)
		return "reserved octets are not zero";
	if (!hrd_prefix_is_valid(prefix))
		return "prefix over 128 bits or with host bits";
	if (row == 0 || row >= rows->count)
		return "row does not exist";
	action = rows->base[(size_t)row * ROW_ENTRY + ROW_ACTION];
	return action == HRD_ACTION_STOP ? "stop entry among prefixes" : NULL;
}

static int
check_prefixes(struct checker *checker, enum hrd_section id)
{
	const struct hrd_section_view *view = &checker->policy->sections[id];
	struct hrd_prefix prefix, open[129]; /* those that cover the last entry, widest first */
	uint32_t indexes[129];
	unsigned depth = 0;
	int status = check_table(checker, id, PREFIX_ENTRY);

	for (uint32_t i = 0; i < view->count && status == HRD_OK; i++) {
		uint64_t offset = (uint64_t)i * PREFIX_ENTRY;
		const uint8_t *entry = view->base + offset;
		const char *why = prefix_fault(checker, entry, &prefix);

		if (why != NULL)
			return refuse_in(checker, id, offset, why);
		/* The entry before is always on top of the stack. */
		if (depth > 0 && hrd_prefix_cmp(&open[depth - 1], &prefix) >= 0)
			return refuse_in(checker, id, offset, "prefixes not in order");
		while (depth > 0 && !hrd_prefix_covers(&open[depth - 1], &prefix))
			depth--;
		if (hrd_le32(entry + PREFIX_PARENT) !=
		    (depth > 0 ? indexes[depth - 1] : PREFIX_NO_PARENT))
			return refuse_in(checker, id, offset + PREFIX_PARENT,
			    "not the closest prefix that covers this one");
		open[depth] = prefix;
		indexes[depth++] = i;
		count_rules(checker, hrd_le32(entry + PREFIX_ROW), 1);
	}
	return status;
}

/* The flags of a value say which rules its pair of rows has. */
static bool
check_value(void *ctx, uint32_t value, uint32_t names)
{
	struct checker *checker = ctx;
	const struct hrd_section_view *values = &checker->policy->sections[SECTION_VALUES];
	uint32_t exact, wild, flags;

	if (names == 0) {
		checker->stopped = !hrd_goes_on(checker->reader);
		return !checker->stopped;
	}
	checker->value_refused = true;
	if (value >> HRD_TRIE_SHIFT >= values->count)
		return false;
	exact =
	    hrd_le32(values->base + (size_t)(value >> HRD_TRIE_SHIFT) * VALUE_ENTRY + VALUE_EXACT);
	wild =
	    hrd_le32(values->base + (size_t)(value >> HRD_TRIE_SHIFT) * VALUE_ENTRY + VALUE_WILD);
	flags = (exact != 0 ? HRD_TRIE_EXACT : 0) | (wild != 0 ? HRD_TRIE_WILD : 0);
	if ((value & HRD_TRIE_FLAGS) != flags)
		return false;
	checker->value_refused = false;
	count_rules(checker, exact, names);
	count_rules(checker, wild, names);
	return true;
}

static int
check_names(struct checker *checker, enum hrd_section id)
{
	const struct hrd_section_view *view = &checker->policy->sections[id];
	struct hrd_trie *trie = &checker->policy->names[checker->trigger];
	const char *why = "";
	size_t offset = 0;
	int status;

	if (view->len == 0)
		return HRD_OK;
	status = hrd_trie_open(trie, view->base, view->len, check_value, checker, &why, &offset);
	if (status == HRD_OK && !checker->look_ups_only)
		status = hrd_trie_check_names(trie, &why, &offset);
	if (checker->stopped)
		return HRD_ESTOP;
	if (status == HRD_ECORRUPT && checker->value_refused)
		why = "value does not fit its rules";
	if (status == HRD_ECORRUPT)
		return refuse_in(checker, id, offset, why);
	return status;
}

static int
check_rules(struct checker *checker)
{
	for (int t = 0; t < HRD_TRIGGERS; t++) {
		enum hrd_section id = hrd_trigger_section((enum hrd_trigger)t);
		int status;

		checker->trigger = (enum hrd_trigger)t;
		status = id == SECTION_QNAME || id == SECTION_NSDNAME ? check_names(checker, id)
								      : check_prefixes(checker, id);
		if (status != HRD_OK)
			return status;
		if (checker->rules[t] != checker->policy->info.rules[t])
			return hrd_refuse(checker->fault, "header", HEAD_RULES + 8 * (uint64_t)t,
			    "number of rules does not agree with the sections");
	}
	if (checker->observed != checker->policy->info.observed)
		return hrd_refuse(checker->fault, "header", HEAD_OBSERVED,
		    "number of observe rules does not agree with the sections");
	return HRD_OK;
}

static int
check_all(struct checker *checker, unsigned flags)
{
	static int (*const steps[])(struct checker *) = { check_header, check_sections, check_info,
		check_strings, check_meta, check_justifications, check_records, check_data,
		check_rows, check_values, check_rules };
	struct hrd_policy *policy = checker->policy;
	int status = hrd_policy_take_apart(
	    policy->data, policy->len, flags, checker->reader, &policy->parts, checker->fault);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HRD_OK; i++)
		status = hrd_goes_on(checker->reader) ? steps[i](checker) : HRD_ESTOP;
	return status;
}

static void
release(uint8_t *data, size_t len, enum hrd_ownership ownership)
{
	if (ownership == HRD_HEAP)
		free(data);
	else if (ownership == HRD_MAPPED)
		munmap(data, len);
}

int
hrd_policy_adopt(uint8_t *data, size_t len, enum hrd_ownership ownership, unsigned flags,
    const struct hrd_policy_reader *reader, struct hrd_policy **out, struct hrd_fault *fault)
{
	struct hrd_policy *policy = calloc(1, sizeof(*policy));
	struct checker checker = { .policy = policy,
		.fault = fault,
		.reader = reader,
		.look_ups_only = (flags & HRD_OPEN_LOOK_UPS) != 0 };
	int status;

	hrd_refuse(fault, "", 0, "");
	if (policy == NULL) {
		release(data, len, ownership);
		return HRD_ENOMEM;
	}
	policy->data = data;
	policy->len = len;
	policy->ownership = ownership;
	status = check_all(&checker, flags);
	if (status != HRD_OK) {
		hrd_policy_free(policy);
		return status;
	}
	*out = policy;
	return HRD_OK;
}

bool
hrd_policy_is_image(const void *data, size_t len)
{
	return len >= MAGIC_LEN && memcmp(data, HRD_MAGIC, MAGIC_LEN) == 0;
}

int
hrd_policy_open(uint8_t *data, size_t len, bool owned, unsigned flags, struct hrd_policy **out,
    struct hrd_fault *fault)
{
	return hrd_policy_adopt(
	    data, len, owned ? HRD_HEAP : HRD_BORROWED, flags, &hrd_no_reader, out, fault);
}

void
hrd_policy_free(struct hrd_policy *policy)
{
	if (policy == NULL)
		return;
	for (int t = 0; t < HRD_TRIGGERS; t++)
		hrd_trie_close(&policy->names[t]);
	release(policy->data, policy->len, policy->ownership);
	free(policy);
}
