/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a policy image (doc/policy-format.md).
 *
 * Texts, metadata, data sets, rows and values are interned in the order of the rules, so the image
 * depends on the sealed set alone and not on the order in which it was filled. Names are not
 * copied here: the trie reads their keys from the set. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/bytes.h"
#include "lib/rules/intern.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/crypto/blake2b.h"
#include "lib/policy/format.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "lib/rules/private.h"

/* A section to be written. */
struct piece {
	const uint8_t *octets;
	size_t len;
	uint32_t offset;
};

struct build {
	const struct hrd_ruleset *set;
	const struct hrd_policy_info *info;
	struct hrd_intern texts, metas, data, rows, values;
	uint32_t *meta_map; /* by metadata index of the set: image index + 1 */
	struct hrd_buffer
	    scratch; /* one data set in notation: the record's head without offset, RDATA */
	struct hrd_buffer names; /* struct named: of the name trigger at hand */
	struct hrd_buffer contents[SECTIONS_KNOWN + 1]; /* sections that no intern table holds */
	uint64_t rules[HRD_TRIGGERS];
	uint64_t observed;
};

/* A name of a trie: its first entry in the set and its value. */
struct named {
	uint32_t entry;
	uint32_t value;
};

/* What the callback of the trie needs. */
struct trie_source {
	const struct hrd_ruleset *set;
	const struct hrd_rule_entry *entries;
	const struct named *names;
};

static int
text_offset(struct build *build, const char *text, uint32_t *offset)
{
	uint32_t number;
	int status = hrd_intern(&build->texts, text, strlen(text) + 1, &number);

	if (status == HRD_OK)
		*offset = hrd_intern_offset(&build->texts, number);
	return status;
}

/* 4.2 */
static int
map_meta(struct build *build, uint32_t index, uint32_t *out)
{
	struct hrd_meta meta;
	uint8_t entry[META_ENTRY];
	int status = HRD_OK;

	if (build->meta_map[index] == 0) {
		hrd_rules_meta_get(build->set, index, &meta);
		const char *const texts[HRD_META_TEXTS] = { meta.rule_id, meta.entity,
			meta.relation, meta.service, meta.basis, meta.ede, meta.category,
			meta.description, meta.reference };

		for (size_t i = 0; i < HRD_META_TEXTS && status == HRD_OK; i++) {
			uint32_t offset = 0;

			status = text_offset(build, texts[i], &offset);
			hrd_put_le32(entry + 4 * i, offset);
		}
		if (status == HRD_OK)
			status = hrd_intern(&build->metas, entry, sizeof(entry), out);
		if (status == HRD_OK)
			build->meta_map[index] = *out + 1;
		return status;
	}
	*out = build->meta_map[index] - 1;
	return HRD_OK;
}

/* Interns the records of a rule as one string of heads (type, length, TTL) and RDATA. */
static int
intern_data(struct build *build, enum hrd_trigger trigger, size_t i, uint32_t *out)
{
	size_t n = hrd_rules_rr_count(build->set, trigger, i);

	build->scratch.len = 0;
	for (size_t r = 0; r < n; r++) {
		struct hrd_rr rr;
		uint8_t *head;
		int status;

		hrd_rules_rr(build->set, trigger, i, r, &rr);
		status = hrd_buffer_extend(&build->scratch, RECORD_RDATA, &head);
		if (status != HRD_OK)
			return status;
		hrd_put_le16(head + RECORD_TYPE, rr.type);
		hrd_put_le16(head + RECORD_RDLEN, rr.rdlen);
		hrd_put_le32(head + RECORD_TTL, rr.ttl);
		status = hrd_buffer_add(&build->scratch, rr.rdata, rr.rdlen);
		if (status != HRD_OK)
			return status;
	}
	return hrd_intern(&build->data, build->scratch.data, build->scratch.len, out);
}

/* 6.1 */
static int
intern_row(struct build *build, enum hrd_trigger trigger, size_t i, uint32_t *out)
{
	const struct hrd_rule_entry *entry = hrd_rules_entries(build->set, trigger) + i;
	uint8_t row[ROW_ENTRY] = { entry->action };
	uint32_t data = 0, meta = 0;
	int status = map_meta(build, hrd_rules_meta_of(build->set, entry), &meta);

	if (status == HRD_OK && entry->action == HRD_ACTION_LOCAL_DATA)
		status = intern_data(build, trigger, i, &data);
	if (status != HRD_OK)
		return status;
	if (entry->action != HRD_ACTION_STOP)
		build->rules[trigger]++;
	if (entry->action == HRD_ACTION_OBSERVE)
		build->observed++;
	hrd_put_le32(row + ROW_DATA, data);
	hrd_put_le32(row + ROW_META, meta);
	return hrd_intern(&build->rows, row, sizeof(row), out);
}

/* 6.2: the rules of one name, which begin at entry i; gives how many they are. */
static int
intern_value(struct build *build, enum hrd_trigger trigger, size_t i, size_t count, size_t *used)
{
	const struct hrd_rule_entry *entries = hrd_rules_entries(build->set, trigger);
	struct named named = { (uint32_t)i, 0 };
	uint32_t rows[2] = { 0, 0 }, number;
	uint8_t value[VALUE_ENTRY];
	int status = HRD_OK;

	*used = i + 1 < count && hrd_entry_has_same_key(&entries[i + 1]) ? 2 : 1;
	for (size_t k = i; k < i + *used && status == HRD_OK; k++) {
		bool wildcard = entries[k].wildcard != 0;

		status = intern_row(build, trigger, k, &rows[wildcard]);
		named.value |= wildcard ? HRD_TRIE_WILD : HRD_TRIE_EXACT;
	}
	hrd_put_le32(value + VALUE_EXACT, rows[0]);
	hrd_put_le32(value + VALUE_WILD, rows[1]);
	if (status == HRD_OK)
		status = hrd_intern(&build->values, value, sizeof(value), &number);
	if (status != HRD_OK)
		return status;
	if (number > UINT32_MAX >> HRD_TRIE_SHIFT)
		return HRD_ELIMIT;
	named.value |= number << HRD_TRIE_SHIFT;
	return hrd_buffer_add(&build->names, &named, sizeof(named));
}

static void
get_name(const void *ctx, size_t i, const uint8_t **key, size_t *len, uint32_t *value)
{
	const struct trie_source *source = ctx;
	const struct hrd_rule_entry *entry = &source->entries[source->names[i].entry];

	*key = source->set->keys.data + entry->key;
	*len = entry->key_len;
	*value = source->names[i].value;
}

/* 8: the name section of a trigger; empty without names. */
static int
build_names(struct build *build, enum hrd_trigger trigger, struct hrd_buffer *out)
{
	size_t count = hrd_rules_count_of(build->set, trigger), used;
	struct trie_source source = { build->set, hrd_rules_entries(build->set, trigger), NULL };
	struct hrd_trie_input input = { 0, get_name, &source };
	int status = HRD_OK;

	build->names.len = 0;
	for (size_t i = 0; i < count && status == HRD_OK; i += used)
		status = intern_value(build, trigger, i, count, &used);
	if (status == HRD_OK && count > 0) {
		source.names = (const struct named *)(void *)build->names.data;
		input.count = build->names.len / sizeof(struct named);
		status = hrd_trie_build(&input, &out->data, &out->len);
	}
	hrd_buffer_free(&build->names);
	return status;
}

/* 7: the prefix table of a trigger. */
static int
build_prefixes(struct build *build, enum hrd_trigger trigger, struct hrd_buffer *out)
{
	size_t count = hrd_rules_count_of(build->set, trigger);
	struct hrd_prefix open[129]; /* those that cover the last entry, widest first */
	uint32_t indexes[129];
	unsigned depth = 0;

	for (size_t i = 0; i < count; i++) {
		struct hrd_rule rule;
		uint32_t row = 0;
		uint8_t *entry;
		int status = intern_row(build, trigger, i, &row);

		if (status == HRD_OK)
			status = hrd_buffer_extend(out, PREFIX_ENTRY, &entry);
		if (status != HRD_OK)
			return status;
		hrd_rules_get(build->set, trigger, i, &rule);
		while (depth > 0 && !hrd_prefix_covers(&open[depth - 1], &rule.prefix))
			depth--;
		memset(entry, 0, PREFIX_ENTRY);
		memcpy(entry + PREFIX_ADDR, rule.prefix.addr, sizeof(rule.prefix.addr));
		entry[PREFIX_LEN] = rule.prefix.len;
		hrd_put_le32(
		    entry + PREFIX_PARENT, depth > 0 ? indexes[depth - 1] : PREFIX_NO_PARENT);
		hrd_put_le32(entry + PREFIX_ROW, row);
		open[depth] = rule.prefix;
		indexes[depth++] = (uint32_t)i;
	}
	return HRD_OK;
}

/* 5: the records of one data set, from the string that stands for it. */
static int
write_data_set(struct build *build, uint32_t number)
{
	struct hrd_buffer *records = &build->contents[SECTION_RECORDS];
	struct hrd_buffer *rdata = &build->contents[SECTION_RDATA];
	uint8_t end[DATA_ENTRY], offset[4];
	size_t len, step;
	const uint8_t *at = hrd_intern_get(&build->data, number, &len);
	int status = HRD_OK;

	for (; len > 0 && status == HRD_OK; at += step, len -= step) {
		step = RECORD_RDATA + (size_t)hrd_le16(at + RECORD_RDLEN);
		hrd_put_le32(offset, (uint32_t)rdata->len);
		status = hrd_buffer_add(records, at, RECORD_RDATA);
		if (status == HRD_OK)
			status = hrd_buffer_add(records, offset, sizeof(offset));
		if (status == HRD_OK)
			status = hrd_buffer_add(rdata, at + RECORD_RDATA, step - RECORD_RDATA);
	}
	if (status != HRD_OK)
		return status;
	hrd_put_le32(end, (uint32_t)(records->len / RECORD_ENTRY));
	return hrd_buffer_add(&build->contents[SECTION_DATA], end, sizeof(end));
}

/* 3 */
static int
write_info(struct build *build)
{
	const struct hrd_policy_info *info = build->info;
	const struct hrd_name *const names[3] = { &info->apex, &info->mname, &info->rname };
	const char *const texts[3] = { info->id, info->title, info->publisher };
	struct hrd_buffer *out = &build->contents[SECTION_INFO];
	int status = HRD_OK;

	for (int i = 0; i < 3 && status == HRD_OK; i++)
		status = hrd_buffer_add(out, names[i]->wire, names[i]->len);
	for (int i = 0; i < 3 && status == HRD_OK; i++)
		status = hrd_buffer_add(out, texts[i], strlen(texts[i]) + 1);
	return status;
}

/* 4.3 */
static int
write_justifications(struct build *build)
{
	int status = HRD_OK;

	for (size_t i = 0; i < build->info->justification_count && status == HRD_OK; i++) {
		const struct hrd_justification *given = &build->info->justifications[i];
		uint32_t basis = 0, language = 0, text = 0;
		uint8_t entry[JUSTIFICATION_ENTRY];

		status = text_offset(build, given->basis, &basis);
		if (status == HRD_OK)
			status = text_offset(build, given->language, &language);
		if (status == HRD_OK)
			status = text_offset(build, given->text, &text);
		hrd_put_le32(entry + JUSTIFICATION_BASIS, basis);
		hrd_put_le32(entry + JUSTIFICATION_LANGUAGE, language);
		hrd_put_le32(entry + JUSTIFICATION_TEXT, text);
		if (status == HRD_OK)
			status = hrd_buffer_add(
			    &build->contents[SECTION_JUSTIFICATIONS], entry, sizeof(entry));
	}
	return status;
}

static int
fill_sections(struct build *build)
{
	struct hrd_buffer *contents = build->contents;
	int status = write_info(build);

	if (status == HRD_OK)
		status = build_prefixes(build, HRD_TRIGGER_CLIENT_IP, &contents[SECTION_CLIENT_IP]);
	if (status == HRD_OK)
		status = build_names(build, HRD_TRIGGER_QNAME, &contents[SECTION_QNAME]);
	if (status == HRD_OK)
		status =
		    build_prefixes(build, HRD_TRIGGER_RESPONSE_IP, &contents[SECTION_RESPONSE_IP]);
	if (status == HRD_OK)
		status = build_names(build, HRD_TRIGGER_NSDNAME, &contents[SECTION_NSDNAME]);
	if (status == HRD_OK)
		status = build_prefixes(build, HRD_TRIGGER_NSIP, &contents[SECTION_NSIP]);
	if (status == HRD_OK)
		status = write_justifications(build);
	for (uint32_t i = 0; i < hrd_intern_count(&build->data) && status == HRD_OK; i++)
		status = write_data_set(build, i);
	return status;
}

/* The intern tables are sections as they are. */
static const struct hrd_buffer *
section_contents(const struct build *build, unsigned id)
{
	switch (id) {
	case SECTION_STRINGS:
		return &build->texts.octets;
	case SECTION_META:
		return &build->metas.octets;
	case SECTION_ROWS:
		return &build->rows.octets;
	case SECTION_VALUES:
		return &build->values.octets;
	default:
		return &build->contents[id];
	}
}

static uint64_t
align(uint64_t offset)
{
	return (offset + SECTION_ALIGN - 1) / SECTION_ALIGN * SECTION_ALIGN;
}

/* 2.1 */
static void
write_header(const struct build *build, uint8_t *out, uint64_t payload)
{
	const struct hrd_policy_info *info = build->info;

	memcpy(out + HEAD_MAGIC, HRD_MAGIC, MAGIC_LEN);
	hrd_put_le32(out + HEAD_VERSION, FORMAT_VERSION);
	hrd_put_le32(out + HEAD_SIZE, HEAD_FIXED + SECTIONS_KNOWN * SECTION_ENTRY);
	hrd_put_le64(out + HEAD_PAYLOAD, payload);
	hrd_put_le32(out + HEAD_SECTIONS, SECTIONS_KNOWN);
	hrd_put_le32(out + HEAD_FLAGS,
	    (info->rfc4592 ? FLAG_RFC4592 : 0) | (info->beacon ? FLAG_BEACON : 0));
	hrd_put_le32(out + HEAD_SERIAL, info->serial);
	hrd_put_le32(out + HEAD_TTL, info->ttl);
	hrd_put_le64(out + HEAD_CREATED, info->created);
	hrd_put_le64(out + HEAD_NOT_AFTER, info->not_after);
	for (size_t t = 0; t < HRD_TRIGGERS; t++)
		hrd_put_le64(out + HEAD_RULES + 8 * t, build->rules[t]);
	hrd_put_le64(out + HEAD_OBSERVED, build->observed);
	if (info->has_rule_digest)
		memcpy(out + HEAD_RULE_DIGEST, info->rule_digest, HRD_RULE_DIGEST_LEN);
	else
		hrd_dump_digest(build->set, out + HEAD_RULE_DIGEST);
}

/* Lays the sections out and writes everything; *out is malloc()ed. */
static int
assemble(const struct build *build, uint8_t **out, size_t *len)
{
	uint64_t offset = HEAD_FIXED + SECTIONS_KNOWN * SECTION_ENTRY;
	uint64_t total = offset;
	uint8_t *entry;

	for (unsigned id = 1; id <= SECTIONS_KNOWN; id++)
		total = align(total + section_contents(build, id)->len);
	if (total + HRD_DIGEST_LEN + HRD_SIGNATURE_OCTETS_MAX > HRD_IMAGE_OCTETS_MAX)
		return HRD_ELIMIT;
	*out = calloc(1, (size_t)total + HRD_DIGEST_LEN);
	if (*out == NULL)
		return HRD_ENOMEM;
	write_header(build, *out, total);
	entry = *out + HEAD_FIXED;
	for (unsigned id = 1; id <= SECTIONS_KNOWN; id++, entry += SECTION_ENTRY) {
		const struct hrd_buffer *contents = section_contents(build, id);

		hrd_put_le32(entry + SECTION_ID, id);
		hrd_put_le32(entry + SECTION_OFFSET, (uint32_t)offset);
		hrd_put_le32(entry + SECTION_LEN, (uint32_t)contents->len);
		if (contents->len > 0)
			memcpy(*out + offset, contents->data, contents->len);
		offset = align(offset + contents->len);
	}
	hrd_blake2b(*out + total, HRD_DIGEST_LEN, *out, (size_t)total);
	*len = (size_t)total + HRD_DIGEST_LEN;
	return HRD_OK;
}

static bool
is_id(const char *id)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return len >= 1 && len <= HRD_POLICY_ID_MAX && id[len] == '\0';
}

static bool
is_text(const char *text)
{
	size_t len = strlen(text);

	return len <= HRD_META_TEXT_MAX && hrd_utf8_is_text((const uint8_t *)text, len);
}

static bool
is_name(const struct hrd_name *name)
{
	struct hrd_name copy;

	return hrd_name_from_wire(&copy, name->wire, name->len) == HRD_OK &&
	       copy.len == name->len && memcmp(copy.wire, name->wire, copy.len) == 0;
}

static int
check_input(const struct hrd_ruleset *set, const struct hrd_policy_info *info)
{
	if (!set->sealed || !is_id(info->id) || !is_text(info->title) || !is_text(info->publisher))
		return HRD_EINVAL;
	for (size_t i = 0; i < info->justification_count; i++) {
		const struct hrd_justification *given = &info->justifications[i];

		if (!is_text(given->basis) || !is_text(given->language) || !is_text(given->text))
			return HRD_EINVAL;
	}
	if (!is_name(&info->apex) || !is_name(&info->mname) || !is_name(&info->rname))
		return HRD_EINVAL;
	return info->ttl <= TTL_MAX ? HRD_OK : HRD_EINVAL;
}

/* Number 0 of texts, metadata and rows means nothing. */
static int
begin(struct build *build)
{
	static const uint8_t zeros[META_ENTRY];
	uint32_t number;
	int status;

	hrd_intern_init(&build->texts);
	hrd_intern_init(&build->metas);
	hrd_intern_init(&build->data);
	hrd_intern_init(&build->rows);
	hrd_intern_init(&build->values);
	build->scratch.max = build->names.max = SIZE_MAX;
	for (unsigned id = 1; id <= SECTIONS_KNOWN; id++)
		build->contents[id].max = HRD_IMAGE_OCTETS_MAX;
	build->meta_map = calloc(hrd_intern_count(&build->set->metas), sizeof(*build->meta_map));
	if (build->meta_map == NULL)
		return HRD_ENOMEM;
	build->meta_map[0] = 1;
	status = hrd_intern(&build->texts, "", 1, &number);
	if (status == HRD_OK)
		status = hrd_intern(&build->metas, zeros, META_ENTRY, &number);
	if (status == HRD_OK)
		status = hrd_intern(&build->rows, zeros, ROW_ENTRY, &number);
	return status;
}

static void
end(struct build *build)
{
	hrd_intern_free(&build->texts);
	hrd_intern_free(&build->metas);
	hrd_intern_free(&build->data);
	hrd_intern_free(&build->rows);
	hrd_intern_free(&build->values);
	free(build->meta_map);
	hrd_buffer_free(&build->scratch);
	hrd_buffer_free(&build->names);
	for (unsigned id = 1; id <= SECTIONS_KNOWN; id++)
		hrd_buffer_free(&build->contents[id]);
}

int
hrd_policy_build(
    const struct hrd_ruleset *set, const struct hrd_policy_info *info, uint8_t **out, size_t *len)
{
	struct build build = { .set = set, .info = info };
	int status = check_input(set, info);

	if (status != HRD_OK)
		return status;
	status = begin(&build);
	if (status == HRD_OK)
		status = fill_sections(&build);
	if (status == HRD_OK)
		status = assemble(&build, out, len);
	end(&build);
	return status;
}

void
hrd_policy_restamp(
    uint8_t *image, size_t len, uint32_t serial, uint64_t created, uint64_t not_after)
{
	size_t payload = len - HRD_DIGEST_LEN;

	hrd_put_le32(image + HEAD_SERIAL, serial);
	hrd_put_le64(image + HEAD_CREATED, created);
	hrd_put_le64(image + HEAD_NOT_AFTER, not_after);
	hrd_blake2b(image + payload, HRD_DIGEST_LEN, image, payload);
}
