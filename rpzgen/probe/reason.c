/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads and words reasons. */
#include <config.h>

#include "rpzgen/probe/reason.h"

#include <stdlib.h>
#include <string.h>

#include "lib/yaml/tree.h"
#include "rpzgen/base/shown.h"

/* RFC 8914 section 4; what a resolver says of its own failures is told as well. */
static const char *const code_words[] = { "other", "unsupported DNSKEY algorithm",
	"unsupported DS digest", "stale answer", "forged answer", "DNSSEC indeterminate",
	"DNSSEC bogus", "signature expired", "signature not yet valid", "DNSKEY missing",
	"RRSIGs missing", "no zone key bit", "NSEC missing", "cached error", "not ready", "blocked",
	"censored", "filtered", "prohibited", "stale NXDOMAIN answer", "not authoritative",
	"not supported", "no reachable authority", "network error", "invalid data" };

/* Section 11.4 of the draft. */
static const char *const sub_words[] = { "", "malware", "phishing", "spam", "spyware",
	"policy of the network's operator", "policy of the resolver's operator" };
enum {
	CODES = sizeof(code_words) / sizeof(code_words[0]),
	SUB_ERRORS = sizeof(sub_words) / sizeof(sub_words[0])
};

const char *
hrd_reason_code_words(uint16_t code)
{
	return code < CODES ? code_words[code] : NULL;
}

static bool
take_printable(char out[HRD_REASON_TEXT_MAX], const char *text)
{
	char *printable = hrd_sanitised(text);

	if (printable == NULL)
		return false;
	snprintf(out, HRD_REASON_TEXT_MAX, "%s", printable);
	free(printable);
	return true;
}

/* A text member that may be missing. */
static bool
take_member(const struct hrd_yaml_node *map, const char *key, char out[HRD_REASON_TEXT_MAX])
{
	const struct hrd_yaml_node *node = hrd_yaml_get(map, key);

	return node == NULL || node->kind != HRD_YAML_SCALAR || take_printable(out, node->text);
}

static bool
take_contacts(struct hrd_stated_reason *out, const struct hrd_yaml_node *list)
{
	const struct hrd_yaml_node *node =
	    list != NULL && list->kind == HRD_YAML_LIST ? list->child : NULL;

	for (; node != NULL && out->contact_count < HRD_REASON_CONTACTS_MAX; node = node->next) {
		if (node->kind != HRD_YAML_SCALAR)
			continue;
		if (!take_printable(out->contacts[out->contact_count], node->text))
			return false;
		out->contact_count++;
	}
	return true;
}

static void
ignore_fault(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	(void)ctx, (void)line, (void)col, (void)id, (void)text;
}

int
hrd_reason_read(struct hrd_stated_reason *out, uint16_t code, const char *text)
{
	struct hrd_yaml *doc = NULL;
	const struct hrd_yaml_node *root, *sub;
	uint64_t number = 0;
	bool good = true;

	memset(out, 0, sizeof(*out));
	out->code = code;
	/* JSON is YAML; only an object is looked for. */
	if (text[0] == '{' &&
	    hrd_yaml_parse(text, strlen(text), ignore_fault, NULL, &doc) == HRD_ENOMEM)
		return HRD_ENOMEM;
	root = doc != NULL ? hrd_yaml_root(doc) : NULL;
	if (root != NULL && root->kind == HRD_YAML_MAP) {
		out->structured = true;
		sub = hrd_yaml_get(root, "s");
		if (sub != NULL && hrd_yaml_uint(sub, SUB_ERRORS - 1, &number))
			out->sub_error = (unsigned)number;
		good = take_member(root, "j", out->justification) &&
		       take_member(root, "o", out->organisation) &&
		       take_contacts(out, hrd_yaml_get(root, "c"));
	} else {
		good = take_printable(out->text, text);
	}
	hrd_yaml_free(doc);
	return good ? HRD_OK : HRD_ENOMEM;
}

void
hrd_reason_print(const struct hrd_stated_reason *reason, FILE *out)
{
	const char *words = hrd_reason_code_words(reason->code);

	fprintf(out, "  reason: %s (extended error %u)", words != NULL ? words : "unknown",
	    reason->code);
	if (reason->sub_error > 0)
		fprintf(out, ", %s", sub_words[reason->sub_error]);
	fputc('\n', out);
	if (reason->text[0] != '\0')
		fprintf(out, "  it says: %s\n", reason->text);
	if (reason->justification[0] != '\0')
		fprintf(out, "  because: %s\n", reason->justification);
	if (reason->organisation[0] != '\0')
		fprintf(out, "  decided by: %s\n", reason->organisation);
	for (unsigned i = 0; i < reason->contact_count; i++)
		fprintf(out, "  contact: %s\n", reason->contacts[i]);
}

void
hrd_reason_write(const struct hrd_stated_reason *reason, struct hrd_json *json)
{
	const char *words = hrd_reason_code_words(reason->code);

	hrd_json_object(json);
	hrd_json_number(json, "code", reason->code);
	if (words != NULL)
		hrd_json_member(json, "meaning", words);
	if (reason->sub_error > 0)
		hrd_json_member(json, "sub_error", sub_words[reason->sub_error]);
	if (reason->text[0] != '\0')
		hrd_json_member(json, "text", reason->text);
	if (reason->justification[0] != '\0')
		hrd_json_member(json, "justification", reason->justification);
	if (reason->organisation[0] != '\0')
		hrd_json_member(json, "organisation", reason->organisation);
	if (reason->contact_count > 0) {
		hrd_json_key(json, "contacts");
		hrd_json_array(json);
		for (unsigned i = 0; i < reason->contact_count; i++)
			hrd_json_string(json, reason->contacts[i]);
		hrd_json_array_end(json);
	}
	hrd_json_object_end(json);
}
