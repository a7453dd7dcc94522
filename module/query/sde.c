/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes Structured DNS Errors. */
#include <config.h>

#include "module/query/sde.h"

#include <string.h>
#include <strings.h>

#include "lib/base/json.h"
#include "lib/base/utf8.h"

enum {
	RULE_ID_MAX = 128,
	JUSTIFICATION_MAX = HRD_ANSWER_JUSTIFICATION_MAX,
	ORGANISATION_MAX = HRD_ANSWER_ORGANISATION_MAX,
	CONTACT_MAX = HRD_ANSWER_CONTACT_MAX,
	CONTACTS_MAX = HRD_ANSWER_CONTACTS_MAX,
};

/* What is written, in a buffer. */
struct buffer {
	char *text;
	size_t len;
};

static int
to_buffer(void *ctx, const char *text, size_t len)
{
	struct buffer *buffer = ctx;

	if (len >= HRD_SDE_TEXT_MAX - buffer->len)
		return HRD_ELIMIT;
	memcpy(buffer->text + buffer->len, text, len);
	buffer->len += len;
	return HRD_OK;
}

bool
hrd_sde_has(unsigned ede_code)
{
	return ede_code == HRD_EDE_BLOCKED || ede_code == HRD_EDE_CENSORED ||
	       ede_code == HRD_EDE_FILTERED;
}

/* Contacts are URIs of the schemes that section 11.3 registers; clients ignore all others. */
static bool
is_contact(const char *text)
{
	return strncasecmp(text, "mailto:", 7) == 0 || strncasecmp(text, "tel:", 4) == 0;
}

/* A mail address without its scheme, as people write it. */
static bool
is_mail_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' && strpbrk(text, " :<>,\"") == NULL;
}

static void
write_contact(struct hrd_json *json, const char *text)
{
	char uri[CONTACT_MAX + 8] = "mailto:";

	if (is_contact(text)) {
		hrd_json_string(json, text);
		return;
	}
	memcpy(uri + 7, text, strlen(text) + 1);
	hrd_json_string(json, uri);
}

/* Writes those of the texts that are contacts; whether there was one. */
static bool
write_contacts(struct hrd_json *json, const char *const texts[], size_t count)
{
	size_t written = 0;

	for (size_t i = 0; i < count && written < CONTACTS_MAX; i++) {
		if (texts[i] == NULL || strlen(texts[i]) > CONTACT_MAX ||
		    (!is_contact(texts[i]) && !is_mail_address(texts[i])))
			continue;
		if (written++ == 0) {
			hrd_json_key(json, "c");
			hrd_json_array(json);
		}
		write_contact(json, texts[i]);
	}
	if (written > 0)
		hrd_json_array_end(json);
	return written > 0;
}

/* How well a text's language serves the one that is wanted. */
static int
fitness(const char *have, const char *want)
{
	size_t primary = strcspn(want, "-");

	if (strcasecmp(have, want) == 0)
		return 3;
	return strncasecmp(have, want, primary) == 0 &&
		       (have[primary] == '\0' || have[primary] == '-')
		   ? 2
		   : 1;
}

struct choice {
	const char *text, *language;
	int fitness;
};

static void
consider(struct choice *best, const char *text, const char *language, const char *want)
{
	int fit = fitness(language, want);

	if (text == NULL || text[0] == '\0' || fit <= best->fitness)
		return;
	*best = (struct choice){ text, language, fit };
}

/* Why: as the site says it, else the policy for the basis of the rule, else the policy's short
 * text; of several languages the one that is wanted. */
static struct choice
justification(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    const struct hrd_meta *meta, const char *want)
{
	const struct hrd_policy *policy = hit->layer->policy;
	struct choice best = { NULL, NULL, 0 };
	struct hrd_justification entry;

	for (size_t i = 0; i < settings->justification_count; i++)
		consider(&best, settings->justifications[i].text,
		    settings->justifications[i].language, want);
	if (best.fitness > 0)
		return best;
	for (size_t i = 0; hrd_policy_justification(policy, i, &entry); i++) {
		if (strcmp(entry.basis, meta->basis) == 0)
			consider(&best, entry.text, entry.language, want);
	}
	if (best.fitness == 0)
		consider(&best, meta->ede[0] != '\0' ? meta->ede : meta->basis, settings->language,
		    want);
	return best;
}

/* The justification and, behind it, the rule, by which a help desk finds the block. */
static void
write_justification(struct hrd_json *json, const struct choice *why, const char *rule)
{
	char text[JUSTIFICATION_MAX + RULE_ID_MAX + 16];
	size_t len = why->text != NULL ? hrd_utf8_cut(why->text, JUSTIFICATION_MAX) : 0;

	if (len > 0)
		memcpy(text, why->text, len);
	if (rule[0] != '\0') {
		const char *before = len > 0 ? " (rule " : "(rule ";
		size_t head = strlen(before), id = strlen(rule);

		memcpy(text + len, before, head);
		memcpy(text + len + head, rule, id);
		len += head + id;
		text[len++] = ')';
	}
	if (len == 0)
		return;
	hrd_json_key(json, "j");
	hrd_json_string_len(json, text, len);
}

/* Which sub-errors go with a code is judged with the settings. */
static bool
write_sub_error(struct hrd_json *json, const struct hrd_answer_settings *settings)
{
	if (settings->sub_error == 0)
		return false;
	hrd_json_number(json, "s", settings->sub_error);
	return true;
}

/* The contact of a policy's publisher, who is told as "name <contact>". */
static const char *
publishers_contact(const char *publisher, char contact[CONTACT_MAX + 1])
{
	const char *open = strrchr(publisher, '<'), *close = strrchr(publisher, '>');
	size_t len = open != NULL && close != NULL && close > open ? (size_t)(close - open) - 1 : 0;

	if (len > CONTACT_MAX)
		return NULL;
	memcpy(contact, open != NULL ? open + 1 : "", len);
	contact[len] = '\0';
	return contact;
}

static bool
write_whom(struct hrd_json *json, const struct hrd_answer_settings *settings, const char *publisher)
{
	char contact[CONTACT_MAX + 1];
	const char *whom;

	if (settings->contact_count > 0)
		return write_contacts(json, settings->contacts, settings->contact_count);
	whom = publishers_contact(publisher, contact);
	return write_contacts(json, &whom, 1);
}

size_t
hrd_sde_text(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    const char *language, enum hrd_ede_detail detail, char text[HRD_SDE_TEXT_MAX])
{
	const char *want = language != NULL ? language : settings->language;
	struct buffer buffer = { text, 0 };
	char rule[RULE_ID_MAX];
	struct hrd_json json;
	struct choice why;
	struct hrd_meta meta;
	bool useful;

	text[0] = '\0';
	if (detail == HRD_EDE_NOTHING)
		return 0;
	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	hrd_json_init(&json, false, to_buffer, &buffer);
	hrd_json_object(&json);
	useful = write_whom(&json, settings, hit->layer->info->publisher);
	if (detail == HRD_EDE_FULL) {
		hrd_rule_id(hit->layer->policy, &hit->match, &hit->base, rule, sizeof(rule));
		why = justification(settings, hit, &meta, want);
		write_justification(&json, &why, rule);
		useful = true;
	}
	useful |= write_sub_error(&json, settings);
	if (detail == HRD_EDE_FULL) {
		if (settings->organisation != NULL) {
			hrd_json_key(&json, "o");
			hrd_json_string_len(&json, settings->organisation,
			    hrd_utf8_cut(settings->organisation, ORGANISATION_MAX));
		}
		hrd_json_member(&json, "l", why.language != NULL ? why.language : want);
	}
	hrd_json_object_end(&json);
	if (json.status != HRD_OK || !useful)
		buffer.len = 0;
	text[buffer.len] = '\0';
	return buffer.len;
}
