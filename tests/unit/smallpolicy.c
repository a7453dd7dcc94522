/* SPDX-License-Identifier: BSD-3-Clause */
/* Small policies for unit tests of the module. */
#include <config.h>

#include "tests/unit/smallpolicy.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "tests/unit/check.h"

static void
read_trigger(const char *text, struct hrd_rule *rule)
{
	if (strncmp(text, "ip:", 3) == 0 || strncmp(text, "client:", 7) == 0) {
		rule->trigger = text[0] == 'i' ? HRD_TRIGGER_RESPONSE_IP : HRD_TRIGGER_CLIENT_IP;
		text = strchr(text, ':') + 1;
		assert_int_equal(hrd_prefix_from_text(&rule->prefix, text, strlen(text)), HRD_OK);
		return;
	}
	rule->trigger = HRD_TRIGGER_QNAME;
	rule->wildcard = strncmp(text, "*.", 2) == 0;
	text += rule->wildcard ? 2 : 0;
	if (*text == '\0')
		text = ".";
	assert_int_equal(hrd_name_from_text(&rule->name, text, strlen(text)), HRD_OK);
}

uint8_t *
small_image(const char *id, const struct small_rule *rules, size_t *len)
{
	static const uint8_t address[] = { 192, 0, 2, 1 };
	const struct hrd_rr rr = { .type = 1, .rdlen = 4, .ttl = 60, .rdata = address };
	struct hrd_policy_info info = { .id = id, .title = "", .publisher = "", .ttl = 60 };
	struct hrd_ruleset *set = hrd_rules_new();
	uint8_t *image = NULL;

	assert_non_null(set);
	assert_int_equal(hrd_name_from_text(&info.apex, id, strlen(id)), HRD_OK);
	info.mname = info.apex;
	info.rname = info.apex;
	for (; rules->trigger != NULL; rules++) {
		struct hrd_rule rule = { .action = rules->action };

		read_trigger(rules->trigger, &rule);
		assert_int_equal(
		    hrd_rules_add(set, &rule, rule.action == HRD_ACTION_LOCAL_DATA ? &rr : NULL),
		    HRD_OK);
	}
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	assert_int_equal(hrd_policy_build(set, &info, &image, len), HRD_OK);
	hrd_rules_free(set);
	return image;
}

struct hrd_policy *
small_policy(const char *id, const struct small_rule *rules)
{
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	size_t len;
	uint8_t *image = small_image(id, rules, &len);

	assert_int_equal(hrd_policy_open(image, len, true, 0, &policy, &fault), HRD_OK);
	return policy;
}

void
put_signed_by(const struct hrd_secret_key *key, const char *name, const uint8_t *image, size_t len)
{
	char text[HRD_SIGNATURE_OCTETS_MAX];
	size_t text_len;
	uint8_t *both;

	assert_int_equal(
	    hrd_sign(key, image + len - HRD_DIGEST_LEN, "t", text, sizeof(text), &text_len),
	    HRD_OK);
	both = malloc(len + text_len);
	assert_non_null(both);
	memcpy(both, image, len);
	memcpy(both + len, text, text_len);
	unlink(in_directory(name));
	put_file(name, both, len + text_len);
	free(both);
}

void
put_signed(const char *name, const char *key_name, const uint8_t *image, size_t len)
{
	char public[HRD_PUBLIC_KEY_TEXT_MAX];
	struct hrd_secret_key key;

	assert_int_equal(hrd_secret_key_generate(&key), HRD_OK);
	put_signed_by(&key, name, image, len);
	put_file(key_name, public, hrd_public_key_format(&key.public, public));
	hrd_secret_key_clear(&key);
}
