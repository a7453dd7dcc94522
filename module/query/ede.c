/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of the Extended DNS Error: by whom, why, by which rule, and whom to ask. */
#include <config.h>

#include "module/query/ede.h"

#include <string.h>

enum { RULE_ID_MAX = 128 };

static size_t
append_one(char text[HRD_EDE_TEXT_MAX], size_t len, const char *value)
{
	size_t room = HRD_EDE_TEXT_MAX - 1 - len, octets = strnlen(value, room);

	memcpy(text + len, value, octets);
	text[len + octets] = '\0';
	return len + octets;
}

/* Appends before, then value, when there is a value; cuts at the end of the buffer. No
 * formatter, because this is done for each blocked answer. */
static size_t
append(char text[HRD_EDE_TEXT_MAX], size_t len, const char *before, const char *value)
{
	if (value == NULL || !value[0])
		return len;
	return append_one(text, append_one(text, len, before), value);
}

/* Drops a UTF-8 character that was cut in two. */
static size_t
whole_characters(char *text, size_t len)
{
	size_t start = len;
	unsigned char lead;
	size_t need;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return len;
	lead = (unsigned char)text[start - 1];
	need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	if (len - (start - 1) < need)
		len = start - 1;
	text[len] = '\0';
	return len;
}

size_t
hrd_ede_text(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    char text[HRD_EDE_TEXT_MAX])
{
	const char *contact =
	    settings->contact != NULL ? settings->contact : hit->layer->info->publisher;
	struct hrd_meta meta;
	char rule[RULE_ID_MAX];
	size_t len;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	hrd_rule_id(hit->layer->policy, &hit->match, &hit->base, rule, sizeof(rule));
	len = append(text, 0, "", "Blocked");
	len = append(text, len, " by ", settings->organisation);
	len = append(text, len, ": ", meta.ede[0] ? meta.ede : meta.basis);
	len = append(text, len, "; rule ", rule);
	len = append(text, len, "; contact ", contact);
	return whole_characters(text, len);
}
