/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of the Extended DNS Error: by whom, why, by which rule, and whom to ask. */
#include <config.h>

#include "module/query/ede.h"

#include <string.h>

#include "lib/base/utf8.h"

enum { RULE_ID_MAX = 128 };

/* The settings warn of what does not fit. */
_Static_assert(sizeof("Blocked by ; contact ") + HRD_ANSWER_WHO_MAX == HRD_EDE_TEXT_MAX,
    "an organisation and a contact that are not warned of fit");

/* A part of the text: its value in so many octets, behind what leads to it. */
struct part {
	const char *before, *value;
	size_t len; /* of the value; 0: the part is left out */
};

/* Gives a part what is left of the room, before others that matter less. */
static struct part
make_part(const char *before, const char *value, size_t *left)
{
	struct part part = { before, value, 0 };
	size_t head = strlen(before);

	if (value == NULL || value[0] == '\0' || head >= *left)
		return part;
	part.len = hrd_utf8_cut(value, *left - head);
	if (part.len > 0)
		*left -= head + part.len;
	return part;
}

/* Appends a part. No formatter, because this is done for each blocked answer. */
static size_t
append(char *text, size_t len, const struct part *part)
{
	size_t head = strlen(part->before);

	if (part->len == 0)
		return len;
	memcpy(text + len, part->before, head);
	memcpy(text + len + head, part->value, part->len);
	return len + head + part->len;
}

static size_t
write_text(const struct part parts[], size_t count, char text[HRD_EDE_TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len = append(text, len, &parts[i]);
	text[len] = '\0';
	return len;
}

size_t
hrd_ede_text(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    enum hrd_ede_detail detail, char text[HRD_EDE_TEXT_MAX])
{
	const char *whom =
	    settings->contact_count > 0 ? settings->contacts[0] : hit->layer->info->publisher;
	size_t left = detail == HRD_EDE_NOTHING ? 0 : HRD_EDE_TEXT_MAX - 1;
	struct part blocked = make_part("", "Blocked", &left);
	struct part contact = make_part("; contact ", whom, &left), rule, organisation, basis;
	struct hrd_meta meta;
	char rule_id[RULE_ID_MAX];

	if (detail != HRD_EDE_FULL)
		left = 0;
	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	hrd_rule_id(hit->layer->policy, &hit->match, &hit->base, rule_id, sizeof(rule_id));
	rule = make_part("; rule ", rule_id, &left);
	organisation = make_part(" by ", settings->organisation, &left);
	basis = make_part(": ", meta.ede[0] ? meta.ede : meta.basis, &left);
	return write_text(
	    (const struct part[]){ blocked, organisation, basis, rule, contact }, 5, text);
}
