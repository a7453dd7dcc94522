/* SPDX-License-Identifier: BSD-3-Clause */
/* Structured errors: whatever octets the settings' and the rule's texts have, what is written is
 * one JSON object in UTF-8, in the bounds of its buffer, or nothing. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "fuzz/json_reader.h"
#include "fuzz/require.h"
#include "lib/base/utf8.h"
#include "module/query/sde.h"

enum { TEXTS = 9, TEXT_MAX = 600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Takes texts of the input, each ended by a 0 octet. */
static void
take_texts(const uint8_t *data, size_t len, char texts[TEXTS][TEXT_MAX + 1])
{
	for (int i = 0; i < TEXTS; i++) {
		const uint8_t *end = len > 0 ? memchr(data, 0, len) : NULL;
		size_t take = end != NULL ? (size_t)(end - data) : len;
		size_t kept = take < TEXT_MAX ? take : TEXT_MAX;

		if (kept > 0)
			memcpy(texts[i], data, kept);
		texts[i][kept] = '\0';
		take += end != NULL;
		data += take;
		len -= take;
	}
}

/* A policy of one rule with these texts; NULL where they cannot stand in an image. */
static struct hrd_policy *
make_policy(char texts[TEXTS][TEXT_MAX + 1])
{
	struct hrd_justification why = { texts[6], "cs", texts[7] };
	struct hrd_policy_info info = { .id = "fuzz",
		.title = "",
		.publisher = texts[8],
		.ttl = 60,
		.justifications = &why,
		.justification_count = 1 };
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = HRD_ACTION_NXDOMAIN };
	struct hrd_meta meta = { texts[4], "", "", "", texts[6], texts[5], "", "", "" };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	uint8_t *image = NULL;
	size_t len = 0;

	if (set == NULL || hrd_name_from_text(&rule.name, "a.example", 9) != HRD_OK)
		abort();
	info.apex = info.mname = info.rname = rule.name;
	if (hrd_rules_meta(set, &meta, &rule.meta) != HRD_OK)
		rule.meta = 0;
	if (hrd_rules_add(set, &rule, NULL) == HRD_OK &&
	    hrd_rules_seal(set, NULL, NULL) == HRD_OK &&
	    hrd_policy_build(set, &info, &image, &len) == HRD_OK &&
	    hrd_policy_open(image, len, true, 0, &policy, &fault) != HRD_OK)
		policy = NULL;
	hrd_rules_free(set);
	return policy;
}

static void
check_text(const char *text, size_t len)
{
	const char *end;

	require(len < HRD_SDE_TEXT_MAX && strlen(text) == len, "length");
	if (len == 0)
		return;
	require(hrd_utf8_is_text((const uint8_t *)text, len), "text");
	require(text[0] == '{', "object");
	end = skip_value(text, 0);
	require(end != NULL && *end == '\0', "JSON");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char texts[TEXTS][TEXT_MAX + 1];
	char text[HRD_SDE_TEXT_MAX];
	const char *contacts[] = { texts[0], texts[1] };
	struct hrd_answer_text own = { "en", texts[2] };
	struct hrd_answer_settings settings = {
		.contacts = contacts, .organisation = texts[3], .justifications = &own
	};
	struct hrd_layer layer = { 0 };
	struct hrd_hit hit = { .layer = &layer };
	struct hrd_policy *policy;
	uint8_t how = len > 0 ? data[0] : 0;

	take_texts(data + (len > 0), len - (len > 0), texts);
	policy = make_policy(texts);
	if (policy == NULL)
		return 0;
	settings.language = "en";
	settings.contact_count = how & 3 ? 2 : 0;
	settings.justification_count = how >> 2 & 1;
	settings.sub_error = how >> 3 & 3;
	layer.policy = policy;
	layer.info = hrd_policy_info(policy);
	require(hrd_policy_find(policy, HRD_TRIGGER_QNAME, layer.info->apex.wire,
		    layer.info->apex.len, &hit.match),
	    "rule");
	hrd_name_suffix(&hit.base, &layer.info->apex, hit.match.labels);
	for (int detail = HRD_EDE_FULL; detail <= HRD_EDE_NOTHING; detail++)
		check_text(text, hrd_sde_text(&settings, &hit, how & 16 ? "cs" : NULL,
				     (enum hrd_ede_detail)detail, text));
	hrd_policy_free(policy);
	return 0;
}
