/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes and pruning, against naive models of the two readings of wildcards: ours (the closest
 * ancestor with a wildcard) and that of RFC 4592 (the wildcard of the closest encloser). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules/rules.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/rules/prune.h"
#include "tests/names.h"
#include "tests/unit/check.h"

enum { SETS = 1000, RULES_MAX = 12, QUERIES = 200 };

static void
add(struct hrd_ruleset *set, const char *owner, enum hrd_action action)
{
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = action };

	rule.wildcard = strncmp(owner, "*.", 2) == 0 || strcmp(owner, "*") == 0;
	if (rule.wildcard)
		owner += (owner[1] == '.') ? 2 : 1;
	rule.name = name_of((*owner == '\0') ? "." : owner);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
}

static void
seal(struct hrd_ruleset *set)
{
	int status = hrd_rules_seal(set, NULL, NULL);

	assert_true(status == HRD_OK || status == HRD_EEXIST);
}

/* The action of an owner, or NONE. */
static enum hrd_action
action_at(const struct hrd_ruleset *set, const struct hrd_name *name, bool wildcard)
{
	struct hrd_rule rule;

	for (size_t i = 0; i < hrd_rules_count_of(set, HRD_TRIGGER_QNAME); i++) {
		hrd_rules_get(set, HRD_TRIGGER_QNAME, i, &rule);
		if (rule.wildcard == wildcard && hrd_name_cmp(&rule.name, name) == 0)
			return rule.action;
	}
	return HRD_ACTION_NONE;
}

/* Our reading. STOP reads NONE. */
static enum hrd_action
find_ours(const struct hrd_ruleset *set, const struct hrd_name *query)
{
	enum hrd_action action = action_at(set, query, false);
	unsigned labels = hrd_name_labels(query);
	struct hrd_name ancestor;

	while (action == HRD_ACTION_NONE && labels-- > 0) {
		hrd_name_suffix(&ancestor, query, labels);
		action = action_at(set, &ancestor, true);
	}
	return action == HRD_ACTION_STOP ? HRD_ACTION_NONE : action;
}

/* The owner of a rule, "*" a label like any other. */
static struct hrd_name
owner_of(const struct hrd_rule *rule)
{
	struct hrd_name owner = rule->name;

	if (rule->wildcard)
		assert_int_equal(hrd_name_prepend(&owner, (const uint8_t *)"*", 1), HRD_OK);
	return owner;
}

/* RFC 4592 section 2.2: a name exists when an owner is at or below it. */
static bool
exists(const struct hrd_ruleset *set, const struct hrd_name *name, enum hrd_action *action)
{
	bool found = false;
	struct hrd_rule rule;
	struct hrd_name owner;

	*action = HRD_ACTION_NONE;
	for (size_t i = 0; i < hrd_rules_count_of(set, HRD_TRIGGER_QNAME); i++) {
		hrd_rules_get(set, HRD_TRIGGER_QNAME, i, &rule);
		owner = owner_of(&rule);
		found |= hrd_name_is_at_or_below(&owner, name);
		if (hrd_name_cmp(&owner, name) == 0)
			*action = rule.action;
	}
	return found;
}

/* RFC 4592 section 3.3: the source of synthesis is "*" below the closest encloser. */
static enum hrd_action
find_rfc4592(const struct hrd_ruleset *set, const struct hrd_name *query)
{
	unsigned labels = hrd_name_labels(query);
	struct hrd_name encloser = *query;
	enum hrd_action action;

	if (exists(set, query, &action))
		return action;
	do {
		hrd_name_suffix(&encloser, query, --labels);
	} while (labels > 0 && !exists(set, &encloser, &action));
	if (hrd_name_prepend(&encloser, (const uint8_t *)"*", 1) != HRD_OK)
		return HRD_ACTION_NONE;
	exists(set, &encloser, &action);
	return action;
}

static struct rng rng = { .state = 1 };

/* Five octets, of which the last is left out where no star is wanted. */
static struct hrd_name
random_name(unsigned labels_max, bool star)
{
	struct hrd_name name;

	names_of_octets(&rng, labels_max, "abc\001*", star ? 5 : 4, &name);
	return name;
}

static struct hrd_ruleset *
random_set(void)
{
	struct hrd_ruleset *set = hrd_rules_new();
	unsigned n = 1 + rng_below(&rng, RULES_MAX);
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME };

	assert_non_null(set);
	while (n-- > 0) {
		rule.name = random_name(5, true);
		rule.wildcard = rng_below(&rng, 2) == 0;
		rule.action = HRD_ACTION_NXDOMAIN + rng_below(&rng, 3);
		if (!rule.wildcard && rule.name.wire[1] == '*')
			continue; /* that owner is a wildcard */
		assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	}
	seal(set);
	return set;
}

typedef enum hrd_action find_fn(const struct hrd_ruleset *set, const struct hrd_name *query);

static void
assert_alike(
    const struct hrd_ruleset *a, find_fn *find_a, const struct hrd_ruleset *b, find_fn *find_b)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name query;

	for (unsigned i = 0; i < QUERIES; i++) {
		query = random_name(7, false);
		if (find_a(a, &query) == find_b(b, &query))
			continue;
		hrd_name_to_text(&query, text);
		fail_msg("%s: %s, %s", text, hrd_action_name(find_a(a, &query)),
		    hrd_action_name(find_b(b, &query)));
	}
}

static struct hrd_hole_list *
holes_of(const struct hrd_ruleset *set)
{
	struct hrd_hole_list *holes;

	assert_int_equal(hrd_holes_find(set, &holes), HRD_OK);
	return holes;
}

TEST(closed_holes_make_both_readings_one)
{
	struct hrd_ruleset *set, *closed;
	struct hrd_hole_list *holes, *left;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set();
		holes = holes_of(set);
		assert_int_equal(hrd_holes_close(holes, set, &closed), HRD_OK);
		assert_alike(set, find_ours, closed, find_ours);
		assert_alike(set, find_ours, closed, find_rfc4592);
		left = holes_of(closed);
		assert_int_equal(hrd_holes_count(left), 0);
		hrd_holes_free(left);
		hrd_holes_free(holes);
		hrd_rules_free(closed);
		hrd_rules_free(set);
	}
}

TEST(kept_holes_make_our_reading_that_of_rfc4592)
{
	struct hrd_ruleset *set, *kept;
	struct hrd_hole_list *holes;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set();
		holes = holes_of(set);
		assert_int_equal(hrd_holes_keep(holes, set, &kept), HRD_OK);
		assert_alike(set, find_rfc4592, kept, find_ours);
		if (hrd_holes_count(holes) == 0)
			assert_int_equal(hrd_rules_count(set), hrd_rules_count(kept));
		hrd_holes_free(holes);
		hrd_rules_free(kept);
		hrd_rules_free(set);
	}
}

TEST(a_set_without_holes_reads_alike)
{
	struct hrd_ruleset *set;
	struct hrd_hole_list *holes;
	unsigned seen = 0;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set();
		holes = holes_of(set);
		if (hrd_holes_count(holes) == 0) {
			assert_alike(set, find_ours, set, find_rfc4592);
			seen++;
		}
		hrd_holes_free(holes);
		hrd_rules_free(set);
	}
	assert_true(seen > 10);
}

TEST(pruning_changes_no_answer)
{
	struct hrd_ruleset *set, *pruned;
	size_t dropped, total = 0;

	for (unsigned i = 0; i < SETS; i++) {
		set = random_set();
		assert_int_equal(hrd_rules_prune(set, &pruned, &dropped), HRD_OK);
		assert_alike(set, find_ours, pruned, find_ours);
		assert_int_equal(hrd_rules_count(set), hrd_rules_count(pruned) + dropped);
		total += dropped;
		hrd_rules_free(pruned);
		hrd_rules_free(set);
	}
	assert_true(total > 50);
}

/* The longest prefix of the address's own family. */
static enum hrd_action
find_prefix(const struct hrd_ruleset *set, const struct hrd_prefix *address)
{
	enum hrd_action action = HRD_ACTION_NONE;
	struct hrd_rule rule;
	int longest = -1;

	for (size_t i = 0; i < hrd_rules_count_of(set, HRD_TRIGGER_RESPONSE_IP); i++) {
		hrd_rules_get(set, HRD_TRIGGER_RESPONSE_IP, i, &rule);
		if (rule.prefix.len <= longest || !hrd_prefix_covers(&rule.prefix, address) ||
		    hrd_prefix_is_ipv4(&rule.prefix) != hrd_prefix_is_ipv4(address))
			continue;
		longest = rule.prefix.len;
		action = rule.action;
	}
	return action;
}

/* Of few addresses, so that many are within each other; IPv6 ones span the mapped IPv4 too. */
static void
random_prefix(struct hrd_prefix *out, bool whole)
{
	uint8_t octets[16] = { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2 };

	octets[15] = (uint8_t)(rng_below(&rng, 4));
	if (rng_below(&rng, 3) == 0)
		octets[rng_below(&rng, 2)] = 0x20;
	assert_int_equal(hrd_prefix_from_addr(out, octets, sizeof(octets)), HRD_OK);
	if (!whole)
		hrd_prefix_shorten(
		    out, (unsigned)(rng_below(&rng, 4) == 0 ? rng_below(&rng, 96)
							    : 96 + rng_below(&rng, 33)));
}

TEST(pruning_changes_no_answer_about_addresses)
{
	static const enum hrd_action actions[] = { HRD_ACTION_NXDOMAIN, HRD_ACTION_NODATA };
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_RESPONSE_IP };
	size_t dropped, total = 0;
	struct hrd_prefix address;

	for (unsigned i = 0; i < SETS; i++) {
		struct hrd_ruleset *set = hrd_rules_new(), *pruned;

		for (unsigned n = 0; n < RULES_MAX; n++) {
			rule.action = actions[rng_below(&rng, 2)];
			random_prefix(&rule.prefix, false);
			assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
		}
		seal(set);
		assert_int_equal(hrd_rules_prune(set, &pruned, &dropped), HRD_OK);
		for (unsigned n = 0; n < QUERIES / 4; n++) {
			random_prefix(&address, true);
			assert_int_equal(find_prefix(pruned, &address), find_prefix(set, &address));
		}
		total += dropped;
		hrd_rules_free(pruned);
		hrd_rules_free(set);
	}
	assert_true(total > 50);
}

static void
expect_holes(const struct hrd_ruleset *set, const char *expected)
{
	char text[4096] = "", name[HRD_NAME_TEXT_MAX];
	struct hrd_hole_list *holes = holes_of(set);
	struct hrd_hole hole;
	size_t cursor = 0;

	while (hrd_holes_next(holes, &cursor, &hole)) {
		hrd_name_to_text(&hole.name, name);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s%s ", name,
		    hole.exact ? " name" : "", hole.wildcard ? " below" : "",
		    hole.inner ? " inner;" : ";");
	}
	assert_string_equal(text, expected);
	hrd_holes_free(holes);
}

TEST(holes_are_found_where_resolvers_differ)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_non_null(set);
	add(set, "*.nx.example", HRD_ACTION_NXDOMAIN);
	add(set, "nx.example", HRD_ACTION_NXDOMAIN);
	add(set, "ok.nx.example", HRD_ACTION_PASSTHRU);
	add(set, "*.ent.example", HRD_ACTION_NXDOMAIN);
	add(set, "a.b.ent.example", HRD_ACTION_NXDOMAIN);
	add(set, "*.deep.example", HRD_ACTION_NXDOMAIN);
	add(set, "x.y.z.deep.example", HRD_ACTION_NODATA);
	add(set, "*.only.nx.example", HRD_ACTION_NXDOMAIN);
	add(set, "c.d.free.example", HRD_ACTION_NXDOMAIN);
	seal(set);
	expect_holes(set,
	    "z.deep.example name below; y.z.deep.example name below inner; "
	    "x.y.z.deep.example below inner; b.ent.example name below; "
	    "a.b.ent.example below inner; ok.nx.example below; only.nx.example name; ");
	hrd_rules_free(set);
}

TEST(a_wildcard_of_the_root_has_holes_too)
{
	struct hrd_ruleset *set = hrd_rules_new();

	assert_non_null(set);
	add(set, "*", HRD_ACTION_NXDOMAIN);
	add(set, "ok.example", HRD_ACTION_PASSTHRU);
	add(set, "*.ok.example", HRD_ACTION_PASSTHRU);
	seal(set);
	expect_holes(set, "example name below; ");
	hrd_rules_free(set);
}

TEST(names_of_255_octets_have_nothing_below)
{
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME, .action = HRD_ACTION_NXDOMAIN };

	assert_non_null(set);
	add(set, "*", HRD_ACTION_NXDOMAIN);
	rule.name = name_of(".");
	for (unsigned i = 0; i < HRD_LABELS_MAX; i++)
		assert_int_equal(hrd_name_prepend(&rule.name, (const uint8_t *)"x", 1), HRD_OK);
	assert_int_equal(rule.name.len, HRD_NAME_MAX);
	assert_int_equal(hrd_rules_add(set, &rule, NULL), HRD_OK);
	seal(set);
	{
		struct hrd_hole_list *holes = holes_of(set);
		struct hrd_ruleset *closed;

		assert_int_equal(hrd_holes_count(holes), HRD_LABELS_MAX - 1);
		assert_int_equal(hrd_holes_close(holes, set, &closed), HRD_OK);
		hrd_rules_free(closed);
		hrd_holes_free(holes);
	}
	hrd_rules_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_found_where_resolvers_differ),
		cmocka_unit_test(a_wildcard_of_the_root_has_holes_too),
		cmocka_unit_test(names_of_255_octets_have_nothing_below),
		cmocka_unit_test(a_set_without_holes_reads_alike),
		cmocka_unit_test(closed_holes_make_both_readings_one),
		cmocka_unit_test(kept_holes_make_our_reading_that_of_rfc4592),
		cmocka_unit_test(pruning_changes_no_answer),
		cmocka_unit_test(pruning_changes_no_answer_about_addresses),
	};

	return cmocka_run_group_tests_name("holes", tests, NULL, NULL);
}
