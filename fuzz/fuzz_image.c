/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy images: whatever the octets, open ends without a crash, and what it takes can be walked
 * and asked.
 *
 * An input is an image, opened without a look at its digest. If it does not begin with the magic,
 * it is the sections of one, each after its length (u16): the target lays them out and counts their
 * rules, so that the fuzzer reaches what is behind the header. */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "lib/base/bytes.h"
#include "lib/policy/format.h"
#include "lib/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEADER = HEAD_FIXED + SECTIONS_KNOWN * SECTION_ENTRY, IMAGE_MAX = 1 << 17 };

struct layout {
	uint8_t image[IMAGE_MAX];
	size_t len;
	const uint8_t *sections[SECTIONS_KNOWN + 1];
	uint32_t lens[SECTIONS_KNOWN + 1];
	uint64_t rules, observed; /* of the trigger being counted, of all */
};

static void
count_row(struct layout *layout, uint32_t row, uint32_t n)
{
	uint8_t action = HRD_ACTION_NONE;

	if (row < layout->lens[SECTION_ROWS] / ROW_ENTRY)
		action = layout->sections[SECTION_ROWS][row * ROW_ENTRY];
	if (action != HRD_ACTION_NONE && action != HRD_ACTION_STOP)
		layout->rules += n;
	if (action == HRD_ACTION_OBSERVE)
		layout->observed += n;
}

static bool
count_value(void *ctx, uint32_t value, uint32_t names)
{
	struct layout *layout = ctx;
	uint32_t at = value >> HRD_TRIE_SHIFT;

	if (at >= layout->lens[SECTION_VALUES] / VALUE_ENTRY)
		return false;
	count_row(layout, hrd_le32(layout->sections[SECTION_VALUES] + at * VALUE_ENTRY), names);
	count_row(layout, hrd_le32(layout->sections[SECTION_VALUES] + at * VALUE_ENTRY + 4), names);
	return true;
}

static void
count_trigger(struct layout *layout, unsigned trigger)
{
	static const unsigned ids[HRD_TRIGGERS] = { SECTION_CLIENT_IP, SECTION_QNAME,
		SECTION_RESPONSE_IP, SECTION_NSDNAME, SECTION_NSIP };
	unsigned id = ids[trigger];
	struct hrd_trie trie;
	const char *why;
	size_t offset;

	layout->rules = 0;
	if (id == SECTION_QNAME || id == SECTION_NSDNAME) {
		if (layout->lens[id] > 0 &&
		    hrd_trie_open(&trie, layout->sections[id], layout->lens[id], count_value,
			layout, &why, &offset) == HRD_OK)
			hrd_trie_close(&trie);
	} else {
		for (uint32_t i = 0; i + PREFIX_ENTRY <= layout->lens[id]; i += PREFIX_ENTRY)
			count_row(layout, hrd_le32(layout->sections[id] + i + PREFIX_ROW), 1);
	}
	hrd_put_le64(layout->image + HEAD_RULES + 8 * trigger, layout->rules);
}

static void
place_section(struct layout *layout, unsigned id, const uint8_t *octets, size_t len)
{
	uint8_t *entry = layout->image + HEAD_FIXED + (id - 1) * SECTION_ENTRY;
	uint8_t *place = layout->image + layout->len;

	hrd_put_le32(entry + SECTION_ID, id);
	hrd_put_le32(entry + SECTION_OFFSET, (uint32_t)layout->len);
	hrd_put_le32(entry + SECTION_LEN, (uint32_t)len);
	if (len > 0)
		memcpy(place, octets, len);
	layout->sections[id] = place;
	layout->lens[id] = (uint32_t)len;
	layout->len += len;
	while (layout->len % SECTION_ALIGN != 0)
		layout->image[layout->len++] = 0;
}

static void
lay_out(struct layout *layout, const uint8_t *data, size_t len)
{
	memset(layout->image, 0, HEADER);
	layout->len = HEADER;
	layout->observed = 0;
	for (unsigned id = 1; id <= SECTIONS_KNOWN; id++) {
		size_t size = len >= 2 ? hrd_le16(data) : 0, skip = len >= 2 ? 2 : len;

		data += skip;
		len -= skip;
		size = size < len ? size : len;
		place_section(layout, id, data, size);
		data += size;
		len -= size;
	}
	memcpy(layout->image, HRD_MAGIC, MAGIC_LEN);
	hrd_put_le32(layout->image + HEAD_VERSION, FORMAT_VERSION);
	hrd_put_le32(layout->image + HEAD_SIZE, HEADER);
	hrd_put_le64(layout->image + HEAD_PAYLOAD, layout->len);
	hrd_put_le32(layout->image + HEAD_SECTIONS, SECTIONS_KNOWN);
	for (unsigned t = 0; t < HRD_TRIGGERS; t++)
		count_trigger(layout, t);
	hrd_put_le64(layout->image + HEAD_OBSERVED, layout->observed);
	layout->len += HRD_DIGEST_LEN;
}

/* The rule must be found where it was put. */
static void
find_again(
    const struct hrd_policy *policy, const struct hrd_match *rule, const struct hrd_name *name)
{
	struct hrd_match match;
	bool found;

	if (!hrd_trigger_has_name(rule->trigger)) {
		struct hrd_prefix address = rule->prefix;

		found = hrd_policy_find_addr_first(policy, rule->trigger, &address, &match);
		require(
		    found && hrd_prefix_cmp(&match.prefix, &rule->prefix) == 0, "prefix not found");
		return;
	}
	found = hrd_policy_find_first(policy, rule->trigger, name->wire, name->len, &match);
	if (rule->wildcard) {
		require(!found || match.wildcard == false || match.labels < rule->labels,
		    "a wildcard covers its base");
		return;
	}
	require(found == (rule->action != HRD_ACTION_STOP), "name not found");
	require(!found || (!match.wildcard && match.action == rule->action), "another rule found");
}

static void
use_rule(
    const struct hrd_policy *policy, const struct hrd_match *match, const struct hrd_name *name)
{
	struct hrd_meta meta;
	struct hrd_rr rr;
	char id[256];
	size_t records = 0;

	hrd_policy_meta(policy, match->meta, &meta);
	require(strlen(meta.rule_id) + strlen(meta.entity) + strlen(meta.relation) +
			strlen(meta.service) + strlen(meta.basis) + strlen(meta.ede) +
			strlen(meta.category) + strlen(meta.description) + strlen(meta.reference) <=
		    9 * 255,
	    "texts too long");
	require(hrd_rule_id(policy, match, name, id, sizeof(id)) < sizeof(id), "rule id too long");
	if (match->action == HRD_ACTION_LOCAL_DATA) {
		while (hrd_policy_rr(policy, match->data, records, &rr))
			records++;
		require(records > 0, "local data without records");
	}
	find_again(policy, match, name);
}

static void
use_justifications(const struct hrd_policy *policy)
{
	struct hrd_justification given;

	for (size_t i = 0; hrd_policy_justification(policy, i, &given); i++)
		require(
		    strlen(given.basis) + strlen(given.language) + strlen(given.text) <= 3 * 255,
		    "texts too long");
}

static void
use(const struct hrd_policy *policy)
{
	const struct hrd_policy_info *info = hrd_policy_info(policy);
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name, before;
	uint64_t rules = 0, stops = 0, expected = 0;
	bool started = false;

	use_justifications(policy);
	hrd_policy_walk_init(&walk, policy);
	while (hrd_policy_walk_next(&walk, &name, &match)) {
		rules += match.action != HRD_ACTION_STOP;
		stops += match.action == HRD_ACTION_STOP;
		if (hrd_trigger_has_name(match.trigger)) {
			if (started && walk.trigger == HRD_TRIGGER_QNAME)
				require(hrd_name_cmp(&before, &name) <= 0, "names not in order");
			before = name;
			started = true;
		}
		use_rule(policy, &match, &name);
	}
	for (int t = 0; t < HRD_TRIGGERS; t++)
		expected += info->rules[t];
	require(rules == expected, "the header has another number of rules");
	require(stops <= 2 * (uint64_t)IMAGE_MAX, "too many stop entries");
}

/* Opens it as a server does, which refuses no more than a full check does, and asks. */
static bool
opens_for_look_ups(uint8_t *image, size_t len)
{
	static const uint8_t names[][8] = { { 0 }, { 1, 'a', 0 }, { 1, '-', 2, 'b', 0xff, 0 },
		{ 1, 'a', 1, 'a', 1, 'a', 0 } };
	struct hrd_policy *policy;
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name;
	struct hrd_fault fault;

	if (hrd_policy_open(image, len, false, HRD_OPEN_NO_DIGEST | HRD_OPEN_LOOK_UPS, &policy,
		&fault) != HRD_OK)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		hrd_policy_find(policy, HRD_TRIGGER_QNAME, names[i], sizeof(names[i]), &match);
	hrd_policy_walk_init(&walk, policy);
	while (hrd_policy_walk_next(&walk, &name, &match))
		;
	hrd_policy_free(policy);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct layout layout;
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	uint8_t *copy;
	int status;
	bool opens;

	if (len > IMAGE_MAX / 2)
		return 0;
	if (len < MAGIC_LEN || memcmp(data, HRD_MAGIC, MAGIC_LEN) != 0) {
		lay_out(&layout, data, len);
		data = layout.image;
		len = layout.len;
	}
	copy = malloc(len);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, len);
	opens = opens_for_look_ups(copy, len);
	status = hrd_policy_open(copy, len, true, HRD_OPEN_NO_DIGEST, &policy, &fault);
	require(opens || status != HRD_OK, "a server refuses what is good");
	if (status == HRD_OK)
		use(policy);
	else
		require(fault.section[0] != '\0' && fault.reason[0] != '\0',
		    "refused without a reason");
	hrd_policy_free(status == HRD_OK ? policy : NULL);
	return 0;
}
