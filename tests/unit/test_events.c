/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of events, its rate limit, and lines at their longest. */
#include <config.h>

#include "module/report/queue.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/check.h"

enum { PRODUCERS = 4, EACH = 5000 };

static struct hrd_metrics metrics;
static struct hrd_events events;

static int
fresh(void **state)
{
	(void)state;
	hrd_metrics_init(&metrics);
	hrd_events_init(&events, &metrics);
	hrd_events_prepare(&events);
	return 0;
}

static int
clear(void **state)
{
	(void)state;
	hrd_events_clear(&events);
	return 0;
}

TEST(events_come_out_in_order)
{
	static struct hrd_event event;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < HRD_EVENTS_QUEUED - 1; i++) {
			event.time = i;
			hrd_events_put(&events, &event);
		}
		for (int i = 0; i < HRD_EVENTS_QUEUED - 1; i++) {
			assert_int_equal(hrd_events_peek(&events)->time, i);
			hrd_events_taken(&events);
		}
		assert_null(hrd_events_peek(&events));
	}
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED), 0);
}

TEST(a_full_queue_drops_and_the_gap_shows)
{
	static struct hrd_event event;

	for (int i = 0; i < HRD_EVENTS_QUEUED + 5; i++)
		hrd_events_put(&events, &event);
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED), 5);
	hrd_events_taken(&events);
	hrd_events_put(&events, &event);
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED), 5);
	while (hrd_events_peek(&events) != NULL) {
		event = *hrd_events_peek(&events);
		hrd_events_taken(&events);
	}
	assert_int_equal(event.sequence, HRD_EVENTS_QUEUED + 6);
}

static void *
produce(void *arg)
{
	struct hrd_event event = { .type = (uint16_t)(uintptr_t)arg };

	for (int i = 0; i < EACH; i++) {
		event.time = i;
		hrd_events_put(&events, &event);
	}
	return NULL;
}

TEST(many_threads_lose_nothing_uncounted)
{
	pthread_t threads[PRODUCERS];
	int64_t last[PRODUCERS] = { -1, -1, -1, -1 };
	const struct hrd_event *event;
	uint64_t got = 0, lost;

	for (uintptr_t i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, produce, (void *)i), 0);
	do {
		event = hrd_events_peek(&events);
		if (event != NULL) {
			assert_true(event->time > last[event->type]);
			last[event->type] = event->time;
			hrd_events_taken(&events);
			got++;
		}
		lost = hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED);
	} while (got + lost < (uint64_t)PRODUCERS * EACH);
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_null(hrd_events_peek(&events));
}

TEST(the_rate_is_kept)
{
	int passed = 0;

	for (int i = 0; i < 100; i++)
		passed += hrd_events_admit(&events, 1000, 7);
	assert_int_equal(passed, 7);
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_SUPPRESSED), 93);
	assert_true(hrd_events_admit(&events, 1001, 7));
	/* Another worker's clock may be behind; a clock that was set back must not silence events.
	 */
	for (int i = 0; i < 100; i++)
		passed += hrd_events_admit(&events, 1000, 7);
	assert_int_equal(passed, 7 + 6);
	assert_true(hrd_events_admit(&events, 500, 7));
}

/* A name of 255 octets, each of which needs an escape. */
static void
longest_name(struct hrd_name *name, uint8_t octet)
{
	uint8_t at = 0;

	while (at < HRD_NAME_MAX - 1) {
		uint8_t len = HRD_NAME_MAX - 2 - at < HRD_LABEL_MAX
				  ? (uint8_t)(HRD_NAME_MAX - 2 - at)
				  : HRD_LABEL_MAX;

		name->wire[at] = len;
		memset(name->wire + at + 1, octet, len);
		at = (uint8_t)(at + len + 1);
	}
	name->wire[at] = 0;
	name->len = HRD_NAME_MAX;
}

TEST(the_longest_event_fits)
{
	static struct hrd_event event;
	struct hrd_event_source source = { "0123456789abcdef" };
	char line[HRD_EVENT_LINE_MAX + 1];
	size_t len;

	longest_name(&event.name, 1);
	longest_name(&event.base, 1);
	event.wildcard = true;
	event.trigger = HRD_TRIGGER_QNAME;
	event.action = HRD_ACTION_NXDOMAIN;
	event.type = event.class = UINT16_MAX;
	event.port = UINT16_MAX;
	event.serial = UINT32_MAX;
	event.sequence = UINT64_MAX;
	event.client =
	    (struct hrd_prefix){ { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 128 };
	memset(event.policy, 'p', sizeof(event.policy) - 1);
	memset(event.entity, 'e', sizeof(event.entity) - 1);
	memset(event.basis, 'b', sizeof(event.basis) - 1);
	memset(event.group, 'g', sizeof(event.group) - 1);
	len = hrd_event_line(&event, &source, line);
	assert_true(len > 0);
	line[len] = '\0';
	assert_string_equal(line + len - 3, "}}\n");
	/* What does not fit is refused, not cut. */
	memset(event.entity, '"', sizeof(event.entity) - 1);
	memset(event.basis, '"', sizeof(event.basis) - 1);
	memset(event.rule, '\1', sizeof(event.rule) - 1);
	assert_int_equal(hrd_event_line(&event, &source, line), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_come_out_in_order, fresh, clear),
		cmocka_unit_test_setup_teardown(a_full_queue_drops_and_the_gap_shows, fresh, clear),
		cmocka_unit_test_setup_teardown(many_threads_lose_nothing_uncounted, fresh, clear),
		cmocka_unit_test_setup_teardown(the_rate_is_kept, fresh, clear),
		cmocka_unit_test(the_longest_event_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
