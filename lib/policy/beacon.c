/* SPDX-License-Identifier: BSD-3-Clause */
/* Name and text of the beacon. */
#include <config.h>

#include "lib/policy/beacon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char label[] = "_policy";

int
hrd_beacon_name(struct hrd_name *out, const struct hrd_name *apex)
{
	*out = *apex;
	return hrd_name_prepend(out, (const uint8_t *)label, sizeof(label) - 1);
}

bool
hrd_beacon_may_be(const uint8_t *name, size_t len)
{
	return len > sizeof(label) && name[0] == sizeof(label) - 1 &&
	       strncasecmp((const char *)name + 1, label, sizeof(label) - 1) == 0;
}

bool
hrd_beacon_fits(const struct hrd_name *apex)
{
	struct hrd_name owner;

	return hrd_beacon_name(&owner, apex) == HRD_OK && hrd_name_append(&owner, apex) == HRD_OK;
}

size_t
hrd_beacon_text(const char *id, uint32_t serial, uint64_t rules, char text[HRD_BEACON_TEXT_MAX])
{
	int len = snprintf(text, HRD_BEACON_TEXT_MAX, "id=%.63s serial=%" PRIu32 " rules=%" PRIu64,
	    id, serial, rules);

	return (size_t)len;
}

/* Passes over a key and the characters of its value; NULL when they are not there. */
static const char *
pass(const char *at, const char *key, const char *characters)
{
	size_t len;

	if (at == NULL || strncmp(at, key, strlen(key)) != 0)
		return NULL;
	at += strlen(key);
	len = strspn(at, characters);
	return len > 0 ? at + len : NULL;
}

bool
hrd_beacon_is_text(const char *text, size_t len)
{
	char copy[HRD_BEACON_TEXT_MAX];
	const char *at = copy;

	if (len >= sizeof(copy) || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	at = pass(at, "id=", "abcdefghijklmnopqrstuvwxyz0123456789.-");
	at = pass(at, " serial=", "0123456789");
	at = pass(at, " rules=", "0123456789");
	return at != NULL && *at == '\0';
}

uint64_t
hrd_beacon_rules(const struct hrd_policy_info *info)
{
	uint64_t rules = 0;

	for (int t = 0; t < HRD_TRIGGERS; t++)
		rules += info->rules[t];
	return rules - info->observed;
}
