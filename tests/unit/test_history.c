/* SPDX-License-Identifier: BSD-3-Clause */
/* How manifests are put in order and held against each other: every way to break a chain. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/deliver/history.h"
#include "tests/unit/check.h"

/* A chain of members, each a day after the one before, in an order of its own. */
static void
make_chain(struct hrd_history *history, size_t count)
{
	history->members = calloc(count, sizeof(struct hrd_history_member *));
	history->count = count;
	for (size_t i = 0; i < count; i++) {
		struct hrd_history_member *member = calloc(1, sizeof(*member));
		struct hrd_manifest *m = &member->manifest;

		assert_non_null(member);
		/* By turns from both ends, so that sorting has something to do. */
		history->members[i % 2 == 0 ? i / 2 : count - 1 - i / 2] = member;
		snprintf(m->id, sizeof(m->id), "demo");
		m->created = 1000 + 100 * i;
		m->serial = (uint32_t)(7 + i);
		memset(m->rule_digest, (int)i, sizeof(m->rule_digest));
		memset(m->digest, (int)i + 1, sizeof(m->digest));
		memset(m->previous, (int)i, sizeof(m->previous));
		m->has_previous = i > 0;
	}
}

/* The member of that serial. */
static struct hrd_history_member *
member_of(const struct hrd_history *history, uint32_t serial)
{
	for (size_t i = 0; i < history->count; i++) {
		if (history->members[i]->manifest.serial == serial)
			return history->members[i];
	}
	fprintf(stderr, "no member %u\n", serial);
	abort();
}

static void
expect_links(struct hrd_history *history, const enum hrd_link *links, size_t count)
{
	hrd_history_link(history);
	assert_int_equal(history->count, count);
	for (size_t i = 0; i < count; i++) {
		if (history->members[i]->link != links[i])
			fail_msg("member %zu: link %d", i, history->members[i]->link);
	}
	hrd_history_clear(history);
}

static void
drop(struct hrd_history *history, uint32_t serial)
{
	struct hrd_history_member *member = member_of(history, serial);
	size_t kept = 0;

	for (size_t i = 0; i < history->count; i++) {
		if (history->members[i] != member)
			history->members[kept++] = history->members[i];
	}
	history->count = kept;
	free(member);
}

TEST(a_whole_chain_is_whole_in_any_order)
{
	static const enum hrd_link links[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_WHOLE,
		HRD_LINK_WHOLE };
	struct hrd_history history;

	make_chain(&history, 4);
	expect_links(&history, links, 4);
	make_chain(&history, 4);
	/* Its beginning may be gone: the rest follows one from the other. */
	drop(&history, 7);
	expect_links(&history, links, 3);
}

TEST(a_missing_or_changed_member_is_a_gap)
{
	static const enum hrd_link missing[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_GAP };
	static const enum hrd_link changed[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_WHOLE,
		HRD_LINK_GAP };
	struct hrd_history history;

	make_chain(&history, 4);
	drop(&history, 9);
	expect_links(&history, missing, 3);
	make_chain(&history, 4);
	member_of(&history, 9)->manifest.digest[0] ^= 1;
	expect_links(&history, changed, 4);
}

TEST(two_that_follow_one_are_a_fork)
{
	static const enum hrd_link links[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_FORK,
		HRD_LINK_WHOLE };
	struct hrd_history history;
	struct hrd_history_member *fork;

	make_chain(&history, 4);
	/* 9 follows 7 as 8 does, and 10 goes on from 8. */
	fork = member_of(&history, 9);
	memset(fork->manifest.previous, 1, sizeof(fork->manifest.previous));
	memset(member_of(&history, 10)->manifest.previous, 2, sizeof(fork->manifest.previous));
	expect_links(&history, links, 4);
}

TEST(a_link_that_goes_back_is_told)
{
	static const enum hrd_link links[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_BACKWARD };
	struct hrd_history history;

	make_chain(&history, 3);
	member_of(&history, 9)->manifest.serial = 3;
	expect_links(&history, links, 3);
	/* A renewal has the serial, and the rules, of the one before. */
	make_chain(&history, 3);
	member_of(&history, 9)->manifest.serial = 8;
	expect_links(&history, links, 3);
}

TEST(a_renewal_is_a_link)
{
	static const enum hrd_link links[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_WHOLE };
	struct hrd_history history;
	struct hrd_history_member *renewal, *before;

	make_chain(&history, 3);
	renewal = member_of(&history, 9);
	before = member_of(&history, 8);
	renewal->manifest.serial = before->manifest.serial;
	memcpy(renewal->manifest.rule_digest, before->manifest.rule_digest,
	    sizeof(renewal->manifest.rule_digest));
	expect_links(&history, links, 3);
}

TEST(old_manifests_are_unlinked_and_a_lost_link_is_told)
{
	static const enum hrd_link old[] = { HRD_LINK_FIRST, HRD_LINK_NONE, HRD_LINK_WHOLE };
	static const enum hrd_link lost[] = { HRD_LINK_FIRST, HRD_LINK_WHOLE, HRD_LINK_LOST };
	struct hrd_history history;

	make_chain(&history, 3);
	member_of(&history, 8)->manifest.has_previous = false;
	expect_links(&history, old, 3);
	make_chain(&history, 3);
	member_of(&history, 9)->manifest.has_previous = false;
	expect_links(&history, lost, 3);
}

TEST(copies_are_one_and_policies_are_apart)
{
	static const enum hrd_link links[] = { HRD_LINK_FIRST, HRD_LINK_FIRST, HRD_LINK_WHOLE };
	struct hrd_history history;
	struct hrd_history_member *copy;

	make_chain(&history, 4);
	copy = member_of(&history, 10);
	copy->manifest = member_of(&history, 9)->manifest;
	copy->seal = HRD_SEAL_GOOD;
	snprintf(member_of(&history, 7)->manifest.id, sizeof(copy->manifest.id), "another");
	expect_links(&history, links, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_chain_is_whole_in_any_order),
		cmocka_unit_test(a_missing_or_changed_member_is_a_gap),
		cmocka_unit_test(two_that_follow_one_are_a_fork),
		cmocka_unit_test(a_link_that_goes_back_is_told),
		cmocka_unit_test(a_renewal_is_a_link),
		cmocka_unit_test(old_manifests_are_unlinked_and_a_lost_link_is_told),
		cmocka_unit_test(copies_are_one_and_policies_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
