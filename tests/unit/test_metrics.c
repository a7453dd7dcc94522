/* SPDX-License-Identifier: BSD-3-Clause */
/* Tallies of matches, and the page that is made of them. */
#include <config.h>

#include "module/report/metrics_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"

static struct hrd_series
series(const char *policy, const char *entity, enum hrd_outcome outcome)
{
	return (
	    struct hrd_series){ policy, entity, HRD_ACTION_NXDOMAIN, HRD_TRIGGER_QNAME, outcome };
}

/* The page of a tally under settings without policies; malloc()ed. */
static char *
page_of(const struct hrd_metrics *metrics, const struct hrd_tally *tally)
{
	struct hrd_settings settings = { .mode = HRD_MODE_OBSERVE };
	struct hrd_generation generation = { .settings = &settings, .mode = settings.mode };
	struct hrd_buffer out = { .max = HRD_PAGE_MAX };

	assert_int_equal(hrd_metrics_page(metrics, &generation, tally, 1000, &out), HRD_OK);
	assert_int_equal(hrd_buffer_add(&out, "", 1), HRD_OK);
	return (char *)out.data;
}

TEST(a_tally_tells_series_apart)
{
	struct hrd_metrics metrics;
	struct hrd_tally tally = { 0 };
	char *page;

	hrd_metrics_init(&metrics);
	for (int i = 0; i < 5; i++) {
		char entity[8];
		struct hrd_series one;

		snprintf(entity, sizeof(entity), "e%d", i % 2);
		one = series("one", entity, HRD_OUTCOME_ENFORCED);
		assert_true(hrd_tally_add(&tally, &one, 1));
		one = series("two", "", HRD_OUTCOME_EXEMPT);
		assert_true(hrd_tally_add(&tally, &one, 2));
	}
	page = page_of(&metrics, &tally);
	assert_non_null(strstr(page, "hradba_matches_total{policy=\"one\",action=\"nxdomain\","
				     "trigger=\"qname\",outcome=\"enforced\"} 5\n"));
	assert_non_null(strstr(page, "policy=\"two\",action=\"nxdomain\",trigger=\"qname\","
				     "outcome=\"exempt\"} 10\n"));
	assert_non_null(
	    strstr(page, "hradba_entity_matches_total{entity=\"e0\",outcome=\"enforced\"} 3\n"));
	assert_null(strstr(page, "entity=\"\""));
	assert_non_null(strstr(page, "hradba_mode{mode=\"observe\"} 1\n"));
	free(page);
	hrd_tally_clear(&tally);
}

TEST(texts_are_escaped)
{
	struct hrd_metrics metrics;
	struct hrd_tally tally = { 0 };
	struct hrd_series hostile = series("one", "a\"b\\c\nd", HRD_OUTCOME_OBSERVED);
	char *page;

	hrd_metrics_init(&metrics);
	assert_true(hrd_tally_add(&tally, &hostile, 1));
	page = page_of(&metrics, &tally);
	assert_non_null(strstr(page, "{entity=\"a\\\"b\\\\c\\nd\",outcome=\"observed\"} 1\n"));
	free(page);
	hrd_tally_clear(&tally);
}

TEST(a_tally_has_a_ceiling)
{
	struct hrd_metrics metrics;
	struct hrd_tally tally = { 0 };
	char *page, entity[16];
	struct hrd_series one = series("one", entity, HRD_OUTCOME_ENFORCED);

	for (int i = 0; i < HRD_SERIES_MAX; i++) {
		snprintf(entity, sizeof(entity), "entity-%d", i);
		assert_true(hrd_tally_add(&tally, &one, 1));
	}
	assert_true(hrd_tally_add(&tally, &one, 1));
	snprintf(entity, sizeof(entity), "another");
	assert_true(hrd_tally_add(&tally, &one, 1));
	snprintf(entity, sizeof(entity), "a-third");
	assert_true(hrd_tally_add(&tally, &one, 2));
	/* They are counted together, and that is told. */
	assert_int_equal(tally.folded, 3);
	assert_int_equal(tally.used, HRD_SERIES_MAX + 1);
	hrd_metrics_init(&metrics);
	page = page_of(&metrics, &tally);
	assert_non_null(strstr(page, "hradba_matches_total{policy=\"(other)\",action=\"nxdomain\","
				     "trigger=\"qname\",outcome=\"enforced\"} 3\n"));
	assert_non_null(strstr(page, "hradba_folded_matches_total 3\n"));
	free(page);
	hrd_tally_reset(&tally);
	assert_int_equal(tally.used, HRD_SERIES_MAX + 1);
	hrd_tally_clear(&tally);
}

TEST(numbers_are_in_base_units)
{
	struct hrd_metrics metrics;
	struct hrd_tally tally = { 0 };
	char *page;

	hrd_metrics_init(&metrics);
	hrd_metrics_set(&metrics, HRD_COUNTER_LOAD_TIME, 1500000);
	hrd_metrics_add(&metrics, HRD_COUNTER_SWEPT, 3);
	hrd_metrics_reload(&metrics, HRD_ESIGNATURE);
	hrd_metrics_reload(&metrics, -1000);
	page = page_of(&metrics, &tally);
	assert_non_null(strstr(page, "hradba_load_seconds 1.500000\n"));
	assert_non_null(strstr(page, "hradba_swept_entries_total 3\n"));
	assert_non_null(strstr(page, "{outcome=\"failure\",reason=\"signature\"} 1\n"));
	assert_non_null(strstr(page, "{outcome=\"failure\",reason=\"other\"} 1\n"));
	free(page);
}

TEST(a_page_above_its_ceiling_is_refused)
{
	struct hrd_settings settings = { .mode = HRD_MODE_ENFORCE };
	struct hrd_generation generation = { .settings = &settings, .mode = settings.mode };
	struct hrd_buffer out = { .max = 1 << 20 };
	struct hrd_metrics metrics;
	struct hrd_tally tally = { 0 };
	size_t len;

	hrd_metrics_init(&metrics);
	assert_int_equal(hrd_metrics_page(&metrics, &generation, &tally, 1000, &out), HRD_OK);
	len = out.len;
	for (size_t max = 1; max < len; max += 1 + len / 100) {
		out.len = 0;
		out.max = max;
		assert_int_equal(
		    hrd_metrics_page(&metrics, &generation, &tally, 1000, &out), HRD_ELIMIT);
	}
	hrd_buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tally_tells_series_apart),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(a_tally_has_a_ceiling),
		cmocka_unit_test(numbers_are_in_base_units),
		cmocka_unit_test(a_page_above_its_ceiling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
