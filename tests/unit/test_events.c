/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of events, its rate limit, and lines at their longest. */
#include <config.h>

#include "module/report/queue.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/limits.h"
#include "module/decide/decide.h"
#include "module/decide/groups.h"
#include "module/report/audit.h"
#include "tests/unit/check.h"

enum { PRODUCERS = 4, EACH = 5000 };

static struct hrd_metrics metrics;
static struct hrd_event_queue events;

static int
fresh(void **state)
{
	(void)state;
	hrd_metrics_init(&metrics);
	hrd_events_init(&events, &metrics, PRODUCERS);
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

/* Puts events of every size until the ring of the first worker is full; how many found room. */
static int
fill_ring(void)
{
	static struct hrd_event event;
	static char text[HRD_EVENT_ROOM];
	int there = 0;

	while (true) {
		hrd_event_init(&event);
		event.time = there;
		memset(text, there, sizeof(text));
		hrd_event_set(&event, HRD_EVENT_NAME, text, (size_t)there * 7 % HRD_EVENT_ROOM);
		hrd_events_put(&events, 0, &event);
		if (hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED) > 0)
			return there;
		there++;
	}
}

static void
assert_is(const struct hrd_event *event, int i)
{
	assert_non_null(event);
	assert_int_equal(event->time, i);
	assert_int_equal(event->used, i * 7 % HRD_EVENT_ROOM);
	for (size_t at = 0; at < event->used; at++)
		assert_int_equal((uint8_t)event->room[at], (uint8_t)i);
}

TEST(events_of_every_size_come_out_in_order)
{
	static struct hrd_event event;
	int there = fill_ring();

	assert_true(there > 500);
	for (int i = 0; i < there; i++) {
		assert_is(hrd_events_peek(&events), i);
		hrd_events_taken(&events);
		/* One goes in for each that comes out, round the end of the ring. */
		hrd_event_init(&event);
		event.time = there + i;
		hrd_events_put(&events, 0, &event);
	}
	for (int i = 0; i < there; i++) {
		assert_int_equal(hrd_events_peek(&events)->time, there + i);
		hrd_events_taken(&events);
	}
	assert_null(hrd_events_peek(&events));
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED), 1);
}

TEST(of_all_workers_the_first_comes_first)
{
	static struct hrd_event event;

	for (int i = 0; i < 100; i++) {
		hrd_event_init(&event);
		event.time = i;
		hrd_events_put(&events, (size_t)i * 5 % PRODUCERS, &event);
	}
	for (int i = 0; i < 100; i++) {
		assert_int_equal(hrd_events_peek(&events)->time, i);
		hrd_events_taken(&events);
	}
	assert_null(hrd_events_peek(&events));
}

TEST(a_full_ring_drops_and_the_gap_shows)
{
	static struct hrd_event event;
	int there = fill_ring();

	for (int i = 0; i < there; i++) {
		assert_non_null(hrd_events_peek(&events));
		hrd_events_taken(&events);
	}
	hrd_event_init(&event);
	hrd_events_put(&events, 0, &event);
	assert_int_equal(hrd_events_peek(&events)->sequence, there + 2);
	assert_int_equal(hrd_metrics_get(&metrics, HRD_COUNTER_EVENTS_CROWDED), 1);
}

static void *
produce(void *arg)
{
	size_t worker = (uintptr_t)arg;
	struct hrd_event event = { .type = (uint16_t)worker };

	for (int i = 0; i < EACH; i++) {
		event.time = i;
		hrd_events_put(&events, worker, &event);
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

static void
fill(struct hrd_event *event, enum hrd_event_text which, char octet, size_t len)
{
	char text[HRD_META_TEXT_MAX];

	memset(text, octet, sizeof(text));
	hrd_event_set(event, which, text, len);
}

/* An event whose name and rule are at their longest. */
static void
longest_event(struct hrd_event *event)
{
	struct hrd_name name;

	longest_name(&name, 1);
	hrd_event_init(event);
	for (int which = HRD_EVENT_NAME; which <= HRD_EVENT_MATCHED; which++)
		hrd_event_set(event, (enum hrd_event_text)which, name.wire, name.len);
	event->wildcard = true;
	event->trigger = HRD_TRIGGER_QNAME;
	event->action = HRD_ACTION_NXDOMAIN;
	event->type = event->class = event->id = UINT16_MAX;
	event->has_id = event->proxied = true;
	event->port = event->server_port = UINT16_MAX;
	event->serial = UINT32_MAX;
	event->sequence = UINT64_MAX;
	event->client =
	    (struct hrd_prefix){ { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 128 };
	event->server = event->client;
	fill(event, HRD_EVENT_POLICY, 'p', HRD_POLICY_ID_MAX);
}

TEST(the_longest_event_fits)
{
	static struct hrd_event event;
	struct hrd_log_link link = { .line = UINT32_MAX, .keyed = true };
	struct hrd_event_source source = { .instance = "0123456789abcdef",
		.serial = "0123456789abcdef0123456789abcdef",
		.host = "a-name-of-a-machine-that-is-as-long-as-it-can-be.and-on-and-on",
		.link = &link };
	char line[HRD_EVENT_LINE_MAX + 1];
	size_t len;

	longest_event(&event);
	fill(&event, HRD_EVENT_ENTITY, 'e', HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_BASIS, 'b', HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_GROUP, 'g', HRD_GROUP_MAX);
	fill(&event, HRD_EVENT_REASON, 'r', 200);
	fill(&event, HRD_EVENT_CATEGORY, 'c', HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_REFERENCE, 'h', HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_DESCRIPTION, 'd', HRD_META_TEXT_MAX);
	assert_true(event.used <= sizeof(event.room));
	len = hrd_event_line(&event, &source, line);
	assert_true(len > 0 && len + HRD_LINK_TAIL <= HRD_EVENT_LINE_MAX);
	line[len] = '\0';
	assert_string_equal(line + len - 3, "}}\n");
	/* What does not fit is refused, not cut. */
	longest_event(&event);
	fill(&event, HRD_EVENT_RULE, 1, HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_ENTITY, '"', HRD_META_TEXT_MAX);
	fill(&event, HRD_EVENT_BASIS, '"', HRD_META_TEXT_MAX);
	assert_int_equal(hrd_event_line(&event, &source, line), 0);
}

static const char golden_line[] =
    "{\"@timestamp\":\"2026-01-01T00:00:00.000007Z\",\"ecs\":{\"version\":\"8.11.0\"},"
    "\"observer\":{\"vendor\":\"Hradba\",\"product\":\"hradba\",\"type\":\"resolver\","
    "\"version\":\"" PACKAGE_VERSION "\",\"name\":\"ns1\",\"serial_number\":\"5e\"},"
    "\"service\":{\"type\":\"hradba\",\"ephemeral_id\":\"i\"},"
    "\"client\":{\"address\":\"192.0.2.9\",\"ip\":\"192.0.2.9\",\"port\":4711},"
    "\"server\":{\"ip\":\"192.0.2.53\",\"port\":53},"
    "\"network\":{\"transport\":\"tcp\",\"protocol\":\"dns\"},"
    "\"dns\":{\"id\":\"9\",\"type\":\"answer\",\"question\":{\"name\":\"www.example\","
    "\"type\":\"A\",\"class\":\"IN\"},\"response_code\":\"NXDOMAIN\"},"
    "\"rule\":{\"id\":\"demo:*.listed.example\",\"ruleset\":\"demo\",\"version\":\"7\","
    "\"name\":\"*.listed.example\",\"category\":\"api\",\"description\":\"A service\","
    "\"reference\":\"https://act.example/\"},"
    "\"related\":{\"hosts\":[\"www.example\",\"a.listed.example\"],"
    "\"ip\":[\"192.0.2.9\",\"192.0.2.53\"]},"
    "\"labels\":{\"action\":\"nxdomain\",\"trigger\":\"qname\",\"carrier\":\"dot\","
    "\"entity\":\"acme\",\"basis\":\"act\",\"matched_name\":\"a.listed.example\"},"
    "\"hradba\":{\"line\":8},"
    "\"event\":{\"kind\":\"event\",\"category\":[\"network\"],\"type\":[\"denied\"],"
    "\"module\":\"hradba\",\"dataset\":\"hradba.match\",\"action\":\"enforced\","
    "\"outcome\":\"success\",\"reason\":\"Blocked\",\"sequence\":3}}\n";

static void
set_name(struct hrd_event *event, enum hrd_event_text which, const char *text)
{
	struct hrd_name name;

	assert_int_equal(hrd_name_from_text(&name, text, strlen(text)), HRD_OK);
	hrd_event_set(event, which, name.wire, name.len);
}

static void
set_text(struct hrd_event *event, enum hrd_event_text which, const char *text)
{
	hrd_event_set(event, which, text, strlen(text));
}

TEST(every_field_has_its_place)
{
	static struct hrd_event event;
	struct hrd_log_link link = { .line = 7 };
	struct hrd_event_source source = {
		.instance = "i", .serial = "5e", .host = "ns1", .link = &link
	};
	char line[HRD_EVENT_LINE_MAX + 1];
	size_t len;

	hrd_event_init(&event);
	event.time = 1767225600000007;
	event.id = 9;
	event.has_id = true;
	event.type = event.class = 1;
	event.rcode = 3;
	event.protocol = HRD_PROTOCOL_TLS;
	event.port = 4711;
	event.server_port = 53;
	assert_int_equal(hrd_prefix_from_text(&event.client, "192.0.2.9", 9), HRD_OK);
	assert_int_equal(hrd_prefix_from_text(&event.server, "192.0.2.53", 10), HRD_OK);
	event.outcome = HRD_OUTCOME_ENFORCED;
	event.action = HRD_ACTION_NXDOMAIN;
	event.trigger = HRD_TRIGGER_QNAME;
	event.serial = 7;
	event.wildcard = true;
	event.sequence = 3;
	set_name(&event, HRD_EVENT_NAME, "www.example");
	set_name(&event, HRD_EVENT_BASE, "listed.example");
	set_name(&event, HRD_EVENT_MATCHED, "a.listed.example");
	set_text(&event, HRD_EVENT_POLICY, "demo");
	set_text(&event, HRD_EVENT_ENTITY, "acme");
	set_text(&event, HRD_EVENT_BASIS, "act");
	set_text(&event, HRD_EVENT_REASON, "Blocked");
	set_text(&event, HRD_EVENT_CATEGORY, "api");
	set_text(&event, HRD_EVENT_DESCRIPTION, "A service");
	set_text(&event, HRD_EVENT_REFERENCE, "https://act.example/");
	len = hrd_event_line(&event, &source, line);
	line[len] = '\0';
	assert_string_equal(line, golden_line);
}

static bool
set_suffix(
    struct hrd_event *event, enum hrd_event_text which, enum hrd_event_text of, const char *text)
{
	struct hrd_name name;

	assert_int_equal(hrd_name_from_text(&name, text, strlen(text)), HRD_OK);
	return hrd_event_set_suffix(event, which, of, name.wire, name.len);
}

TEST(a_name_that_ends_another_is_kept_once)
{
	static struct hrd_event event;
	struct hrd_event_source source = { .instance = "i", .serial = "", .host = "" };
	char line[HRD_EVENT_LINE_MAX + 1];
	unsigned used;

	hrd_event_init(&event);
	event.trigger = HRD_TRIGGER_QNAME;
	set_name(&event, HRD_EVENT_NAME, "www.listed.example");
	used = event.used;
	assert_false(set_suffix(&event, HRD_EVENT_MATCHED, HRD_EVENT_NAME, "wwx.listed.example"));
	assert_false(set_suffix(&event, HRD_EVENT_MATCHED, HRD_EVENT_NAME, "a.www.listed.example"));
	assert_true(set_suffix(&event, HRD_EVENT_MATCHED, HRD_EVENT_NAME, "www.listed.example"));
	assert_true(set_suffix(&event, HRD_EVENT_BASE, HRD_EVENT_MATCHED, "listed.example"));
	assert_int_equal(event.used, used);
	set_text(&event, HRD_EVENT_POLICY, "demo");
	line[hrd_event_line(&event, &source, line)] = '\0';
	assert_non_null(strstr(line, "\"id\":\"demo:listed.example\""));
	assert_non_null(strstr(line, "\"hosts\":[\"www.listed.example\"]"));
	assert_null(strstr(line, "matched_name"));
}

/* Every octet at every place, beside labels of each length. */
TEST(the_name_that_was_asked_for_is_folded)
{
	static struct hrd_event event;

	for (unsigned len = 1; len <= 63; len++) {
		for (unsigned octet = 0; octet < 256; octet++) {
			uint8_t wire[HRD_NAME_MAX] = { (uint8_t)len };
			struct hrd_name name;

			memset(wire + 1, 'Z', len);
			wire[1 + octet % len] = (uint8_t)octet;
			assert_int_equal(hrd_name_from_wire(&name, wire, len + 2), HRD_OK);
			hrd_event_init(&event);
			hrd_event_set_name(&event, wire, len + 2);
			assert_int_equal(event.texts[HRD_EVENT_NAME].len, name.len);
			assert_memory_equal(
			    event.room + event.texts[HRD_EVENT_NAME].at, name.wire, name.len);
		}
	}
}

TEST(a_pseudonym_takes_the_place_of_the_client)
{
	static struct hrd_event event;
	static const uint8_t key[HRD_IPCRYPT_KEY_LEN] = { 1 };
	struct hrd_event_source source = { .instance = "i", .serial = "", .host = "" };
	char line[HRD_EVENT_LINE_MAX + 1];

	hrd_event_init(&event);
	set_name(&event, HRD_EVENT_NAME, "www.example");
	set_name(&event, HRD_EVENT_BASE, "www.example");
	set_text(&event, HRD_EVENT_POLICY, "demo");
	assert_int_equal(hrd_prefix_from_text(&event.client, "192.0.2.9", 9), HRD_OK);
	event.hidden = true;
	event.port = 4711;
	/* Without a key nobody is told of. */
	line[hrd_event_line(&event, &source, line)] = '\0';
	assert_null(strstr(line, "client\":{"));
	assert_null(strstr(line, "192.0.2.9"));
	assert_int_equal(hrd_ipcrypt_new(key, &source.pseudonyms), HRD_OK);
	line[hrd_event_line(&event, &source, line)] = '\0';
	assert_non_null(strstr(line, "\"client\":{\"address\":\""));
	assert_null(strstr(line, "192.0.2.9"));
	assert_null(strstr(line, "4711"));
	hrd_ipcrypt_free(source.pseudonyms);
}

/* How often a part stands in a text. */
static size_t
count_of(const char *part, const char *text)
{
	size_t count = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		count++;
	return count;
}

TEST(a_heartbeat_counts_the_policies_that_it_has_no_room_for)
{
	static struct hrd_heartbeat_policy policies[HRD_LAYERS_MAX];
	struct hrd_event_source source = { .instance = "i", .serial = "5e", .host = "ns1" };
	struct hrd_heartbeat beat = {
		.action = "heartbeat", .mode = "enforce", .key_id = "", .policies = policies
	};
	char line[HRD_EVENT_LINE_MAX + 1], omitted[64];
	size_t len, told;

	for (size_t i = 0; i < HRD_LAYERS_MAX; i++) {
		memset(policies[i].id, 'p', 4);
		policies[i].serial = UINT32_MAX;
		memset(policies[i].digest, 'd', HRD_AUDIT_DIGEST_MAX - 1);
	}
	for (beat.policy_count = 0; beat.policy_count <= HRD_LAYERS_MAX; beat.policy_count++) {
		len = hrd_heartbeat_line(&beat, &source, line);
		assert_true(len > 0);
		line[len] = '\0';
		told = count_of("{\"id\":\"pppp\",", line);
		snprintf(omitted, sizeof(omitted), "],\"policies_omitted\":%zu}",
		    beat.policy_count - told);
		assert_true(told >= (beat.policy_count < 20 ? beat.policy_count : 20));
		assert_int_equal(count_of(omitted, line), told < beat.policy_count ? 1 : 0);
		assert_int_equal(count_of("omitted", line), told < beat.policy_count ? 1 : 0);
	}
	assert_true(told < HRD_LAYERS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    events_of_every_size_come_out_in_order, fresh, clear),
		cmocka_unit_test_setup_teardown(of_all_workers_the_first_comes_first, fresh, clear),
		cmocka_unit_test_setup_teardown(a_full_ring_drops_and_the_gap_shows, fresh, clear),
		cmocka_unit_test_setup_teardown(many_threads_lose_nothing_uncounted, fresh, clear),
		cmocka_unit_test_setup_teardown(the_rate_is_kept, fresh, clear),
		cmocka_unit_test(the_longest_event_fits),
		cmocka_unit_test(every_field_has_its_place),
		cmocka_unit_test(a_name_that_ends_another_is_kept_once),
		cmocka_unit_test(the_name_that_was_asked_for_is_folded),
		cmocka_unit_test(a_pseudonym_takes_the_place_of_the_client),
		cmocka_unit_test(a_heartbeat_counts_the_policies_that_it_has_no_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
