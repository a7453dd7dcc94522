/* SPDX-License-Identifier: BSD-3-Clause */
/* Names, prefixes and RDATA: every reader takes any octets, and what it takes survives the way
 * back. */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "lib/base/utf8.h"
#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/name/rdata.h"
#include "lib/rules/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
same(const struct hrd_name *a, const struct hrd_name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

static void
check_owner(const struct hrd_name *name)
{
	struct hrd_prefix prefix, back;
	struct hrd_name owner;
	const char *why = NULL;
	char text[HRD_PREFIX_TEXT_MAX];

	if (hrd_prefix_from_owner(&prefix, name, &why) != HRD_OK) {
		require(why != NULL, "owner refused without a reason");
		return;
	}
	require(hrd_prefix_is_valid(&prefix), "owner gives an invalid prefix");
	hrd_prefix_to_owner(&prefix, &owner);
	require(hrd_prefix_from_owner(&back, &owner, &why) == HRD_OK &&
		    hrd_prefix_cmp(&prefix, &back) == 0,
	    "owner does not come back");
	require(hrd_prefix_from_text(&back, text, hrd_prefix_to_text(&prefix, text)) == HRD_OK &&
		    hrd_prefix_cmp(&prefix, &back) == 0,
	    "prefix text does not come back");
}

static void
check_name(const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name back;
	struct hrd_key key;
	size_t len = hrd_name_to_text(name, text);
	unsigned labels = hrd_name_labels(name);

	require(len < sizeof(text) && strlen(text) == len, "length of the text");
	require(hrd_name_from_text(&back, text, len) == HRD_OK && same(name, &back),
	    "text does not come back");
	require(hrd_name_from_wire(&back, name->wire, name->len) == HRD_OK && same(name, &back),
	    "wire does not come back");
	hrd_key_from_name(&key, name);
	require(key.len <= sizeof(key.octets), "length of the key");
	require(hrd_key_to_name(&back, key.octets, key.len) == HRD_OK && same(name, &back),
	    "key does not come back");
	require(labels <= HRD_LABELS_MAX, "number of labels");
	hrd_name_suffix(&back, name, labels / 2);
	require(hrd_name_is_at_or_below(name, &back) && hrd_name_cmp(&back, name) <= 0, "ancestor");
	check_owner(name);
}

static int
count_octets(void *ctx, const char *text, size_t len)
{
	(void)text;
	*(size_t *)ctx += len;
	return HRD_OK;
}

static bool
one_record(const void *ctx, size_t n, struct hrd_rr *rr)
{
	*rr = *(const struct hrd_rr *)ctx;
	return n == 0;
}

static void
check_rdata(const uint8_t *data, size_t len)
{
	struct hrd_rr rr = { .ttl = 60 };
	struct hrd_name owner = { .len = 3, .wire = "\001x" };
	struct hrd_dump_rule rule = { .trigger = HRD_TRIGGER_QNAME,
		.name = &owner,
		.action = HRD_ACTION_LOCAL_DATA,
		.rr = one_record,
		.rr_ctx = &rr };
	uint8_t *copy;
	size_t octets = 0;

	if (len < 1 || len > 4096 || (copy = malloc(len)) == NULL)
		return;
	rr.type = data[0];
	rr.rdlen = (uint16_t)(len - 1);
	memcpy(copy, data + 1, len - 1);
	rr.rdata = copy;
	if (hrd_rdata_fault(rr.type, copy, rr.rdlen) == NULL) {
		hrd_rdata_lower(rr.type, copy, rr.rdlen);
		require(
		    hrd_rdata_fault(rr.type, copy, rr.rdlen) == NULL, "lower case breaks RDATA");
		require(hrd_dump_rule(&rule, count_octets, &octets) == HRD_OK && octets > 0,
		    "record not printed");
	}
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hrd_prefix prefix;
	struct hrd_name name;

	if (hrd_name_from_text(&name, (const char *)data, len) == HRD_OK)
		check_name(&name);
	if (hrd_name_from_wire(&name, data, len) == HRD_OK)
		check_name(&name);
	if (hrd_key_to_name(&name, data, len) == HRD_OK)
		check_name(&name);
	if (hrd_prefix_from_text(&prefix, (const char *)data, len) == HRD_OK)
		require(hrd_prefix_is_valid(&prefix), "text gives an invalid prefix");
	if (hrd_utf8_is_text(data, len))
		require(memchr(data, 0, len) == NULL, "NUL in a text");
	check_rdata(data, len);
	return 0;
}
