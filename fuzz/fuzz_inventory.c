/* SPDX-License-Identifier: BSD-3-Clause */
/* Inventories: whatever the file holds, reading and checking end without a crash, and what passes
 * the checks keeps the promises: every profile gives rules whose zone and image hold the same, no
 * unverified or shared name is blocked, and no name of the never list. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/require.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/zone/rules.h"
#include "rpzgen/zone/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { DAY = 20454 }; /* 2026-01-01 */

static char directory[64], path[96];

static void
remove_directory(void)
{
	unlink(path);
	rmdir(directory);
}

/* The file that is read; a directory of its own, so that an include finds nothing else. */
static void
write_input(const uint8_t *data, size_t len)
{
	FILE *file;

	if (directory[0] == '\0') {
		snprintf(directory, sizeof(directory), "%s/hradba-fuzz.XXXXXX",
		    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		require(mkdtemp(directory) != NULL, "no directory");
		snprintf(path, sizeof(path), "%s/inventory.yaml", directory);
		atexit(remove_directory);
	}
	file = fopen(path, "wb");
	require(file != NULL && fwrite(data, 1, len, file) == len && fclose(file) == 0, "no file");
}

static bool
is_blocking(enum hrd_action action)
{
	return action == HRD_ACTION_NXDOMAIN || action == HRD_ACTION_NODATA ||
	       action == HRD_ACTION_DROP || action == HRD_ACTION_TCP_ONLY;
}

static bool
blocks(const struct hrd_policy *policy, const struct hrd_name *name)
{
	struct hrd_match match;

	return hrd_policy_find(policy, HRD_TRIGGER_QNAME, name->wire, name->len, &match) &&
	       is_blocking(match.action);
}

static void
judge_listed(const struct hrd_scope *scope)
{
	for (size_t i = 0; i < scope->decided_count; i++) {
		const struct hrd_listed *listed = scope->decided[i].listed;

		require(!is_blocking(scope->decided[i].decision.action) ||
			    (listed->confidence != HRD_UNVERIFIED && listed->exclusive),
		    "an unverified or a shared name is blocked");
	}
}

static void
judge_others(const struct hrd_inventory *inventory, const struct hrd_policy *policy)
{
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->never_count; i++)
			require(
			    !blocks(policy, section->never[i].name), "the never list is blocked");
		for (size_t i = 0; i < section->shared_count; i++)
			require(
			    !blocks(policy, section->shared[i].name), "a shared host is blocked");
	}
}

/* Zone text of the rules, read again, is the same rules. */
static void
judge_zone(const struct hrd_ruleset *rules, struct hrd_policy_info *info, const uint8_t *digest,
    struct hrd_diag *diag)
{
	struct hrd_zone_writer writer = { .apex = &info->apex, .minimum = 60 };
	uint8_t again[HRD_RULE_DIGEST_LEN];
	const struct hrd_zone_reading how = { .file = "zone", .diag = diag };
	struct hrd_zone_head head;
	struct hrd_ruleset *back;
	char *text;
	size_t len;

	writer.out = open_memstream(&text, &len);
	require(writer.out != NULL, "out of memory");
	require(hrd_zone_write_head(&writer, info) == HRD_OK, "no head");
	for (unsigned trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		require(hrd_zone_write_set(&writer, rules, trigger) == HRD_OK, "no rules");
	require(fclose(writer.out) == 0 && writer.omitted == 0, "a rule that no zone can hold");
	back = hrd_zone_rules_text(text, len, &how, &head);
	require(back != NULL, "no zone was written");
	hrd_dump_digest(back, again);
	require(memcmp(digest, again, sizeof(again)) == 0, "the zone holds other rules");
	hrd_rules_free(back);
	free(text);
}

static void
judge_rules(struct hrd_scope *scope, const struct hrd_ruleset *rules, struct hrd_diag *diag)
{
	struct hrd_policy *policy = NULL;
	struct hrd_policy_info info;
	uint8_t digest[HRD_RULE_DIGEST_LEN], *image = NULL;
	struct hrd_hole_list *holes;
	struct hrd_fault fault;
	size_t len;

	hrd_scope_info(scope, &info);
	hrd_dump_digest(rules, digest);
	require(hrd_holes_find(rules, &holes) == HRD_OK, "out of memory");
	require(hrd_holes_count(holes) == 0, "holes are left");
	hrd_holes_free(holes);
	require(hrd_policy_build(rules, &info, &image, &len) == HRD_OK, "no image");
	require(hrd_policy_open(image, len, true, 0, &policy, &fault) == HRD_OK, "a bad image");
	require(memcmp(hrd_policy_info(policy)->rule_digest, digest, sizeof(digest)) == 0,
	    "the image holds other rules");
	judge_others(scope->inventory, policy);
	judge_zone(rules, &info, digest, diag);
	hrd_policy_free(policy);
}

/* What check does for a profile, and then, without a fault, the promises. */
static void
judge_scope(struct hrd_scope *scope, struct hrd_diag *diag)
{
	struct hrd_ruleset *open, *rules;
	struct hrd_guard guard;

	open = hrd_derive_open(scope, true, diag);
	require(open != NULL, "out of memory");
	hrd_rules_free(open);
	rules = hrd_derive(scope, diag);
	require(rules != NULL, "out of memory");
	if (hrd_guard_init(&guard, diag, HRD_ERROR, path, scope, NULL)) {
		hrd_guard_rules(&guard, rules);
		hrd_guard_exceptions(&guard);
	}
	hrd_guard_clear(&guard);
	if (hrd_diag_errors(diag) == 0) {
		judge_listed(scope);
		judge_rules(scope, rules, diag);
	}
	hrd_rules_free(rules);
}

static void
judge_profile(const struct hrd_inventory *inventory, const struct hrd_feed_set *feeds,
    const char *profile, struct hrd_diag *diag)
{
	struct hrd_scope scope;

	if (hrd_scope_init(&scope, inventory, feeds, profile, DAY, diag) &&
	    hrd_scope_is_live(&scope))
		judge_scope(&scope, diag);
	hrd_scope_clear(&scope);
}

static void
judge_inventory(struct hrd_inventory *inventory, struct hrd_diag *diag)
{
	const struct hrd_feed_options offline = { .quiet = true };
	bool has_form = hrd_diag_errors(diag) == 0;
	struct hrd_feed_set feeds;

	hrd_inventory_check(inventory, diag);
	hrd_inventory_check_grades(inventory, diag);
	hrd_inventory_check_sources(inventory, DAY, diag);
	if (!has_form)
		return;
	hrd_feeds_load(&feeds, inventory, &offline, diag);
	for (size_t s = 0; s < inventory->count; s++) {
		for (size_t i = 0; i < inventory->sections[s]->profile_count; i++)
			judge_profile(
			    inventory, &feeds, inventory->sections[s]->profiles[i].id, diag);
	}
	hrd_feeds_clear(&feeds);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, true);
	struct hrd_inventory *inventory;

	require(diag != NULL, "out of memory");
	write_input(data, len);
	inventory = hrd_inventory_read(path, diag);
	require(inventory != NULL || hrd_diag_errors(diag) > 0, "refused without a fault");
	if (inventory != NULL)
		judge_inventory(inventory, diag);
	hrd_inventory_free(inventory);
	hrd_diag_free(diag);
	return 0;
}
