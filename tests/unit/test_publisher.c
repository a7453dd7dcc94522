/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in force has the mode that was read last, whoever was first with what. */
#include <config.h>

#include "module/reload/publisher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "module/reload/loader.h"
#include "tests/unit/check.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { TEXT_MAX = 512, SOON_MS = 60000, MOMENT_US = 10000 };

static const struct small_rule rules[] = { { "listed.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

static struct hrd_store store;
static struct hrd_publisher publisher;
static unsigned published;

static void
count(void *ctx, const struct hrd_generation *before)
{
	(void)ctx;
	assert_ptr_not_equal(before, atomic_load(&store.current));
	published++;
}

static const char *
put_image(const char *id)
{
	size_t len;
	uint8_t *data = small_image(id, rules, &len);
	const char *path = put_file("one.policy", data, len);

	free(data);
	return path;
}

static const char *
put_settings(const char *more)
{
	char text[TEXT_MAX];
	int n = snprintf(text, sizeof(text), "policies:\n  - path: %s\n%s", put_image("one"), more);

	return put_file("hradba.yaml", text, (size_t)n);
}

static struct hrd_generation *
load(const char *path, const struct hrd_generation *previous)
{
	struct hrd_load load = {
		.settings_path = path, .previous = previous, .now = (int64_t)time(NULL)
	};
	struct hrd_generation *generation;

	assert_int_equal(hrd_generation_load(&load, &generation), HRD_OK);
	return generation;
}

static const struct hrd_generation *
in_force(void)
{
	return atomic_load(&store.current);
}

/* Puts the settings into force as a start does. */
static const char *
begin(const char *more)
{
	const char *path = put_settings(more);

	published = 0;
	assert_int_equal(hrd_store_init(&store, 1, load(path, NULL)), HRD_OK);
	assert_int_equal(hrd_publisher_init(&publisher, &store, count, NULL), HRD_OK);
	return path;
}

static void
end(void)
{
	hrd_publisher_clear(&publisher);
	hrd_generation_release(hrd_store_clear(&store));
}

/* As the thread that sees to the mode. */
static void
switch_mode(const char *path, int64_t read)
{
	struct hrd_generation *current = hrd_publisher_hold(&publisher);
	struct hrd_settings *mode;

	assert_int_equal(hrd_settings_read_mode(path, current->settings, 0, &mode), HRD_OK);
	assert_int_equal(hrd_publisher_adapt(&publisher, mode, read), HRD_OK);
	hrd_settings_release(mode);
	hrd_generation_release(current);
}

TEST(a_load_that_began_before_a_switch_does_not_take_it_back)
{
	const char *path = begin("on-expired: enforce\n");
	struct hrd_generation *before = hrd_publisher_hold(&publisher), *late;

	put_settings("on-expired: observe\n");
	late = load(path, before);
	put_settings("mode: off\nmode-owner: me\non-expired: observe\n");
	switch_mode(path, 20);
	assert_int_equal(in_force()->mode, HRD_MODE_OFF);
	assert_int_equal(in_force()->settings->on_expired, HRD_EXPIRED_ENFORCE);
	assert_int_equal(hrd_publisher_replace(&publisher, late, 0, 10), HRD_OK);
	assert_int_equal(in_force()->mode, HRD_MODE_OFF);
	assert_string_equal(in_force()->settings->mode_exemption.owner, "me");
	assert_int_equal(in_force()->settings->on_expired, HRD_EXPIRED_OBSERVE);
	assert_int_equal(published, 2);
	/* What was held is whole still. */
	assert_int_equal(before->mode, HRD_MODE_ENFORCE);
	assert_string_equal(before->layers.layer[0].info->id, "one");
	hrd_generation_release(before);
	end();
}

TEST(a_load_with_the_mode_in_force_is_published_as_it_is)
{
	const char *path = begin("mode: observe\nmode-until: 2999-12-31\n");
	struct hrd_generation *before = hrd_publisher_hold(&publisher), *next;

	put_settings("mode: observe\nmode-until: 2999-12-31\non-expired: observe\n");
	switch_mode(path, 1);
	assert_int_equal(published, 0);
	next = load(path, before);
	assert_int_equal(hrd_publisher_replace(&publisher, next, 0, 0), HRD_OK);
	assert_ptr_equal(in_force(), next);
	hrd_generation_release(before);
	end();
}

TEST(a_mode_that_was_read_before_a_load_does_not_take_its_mode_back)
{
	const char *path = begin("");
	struct hrd_generation *before = hrd_publisher_hold(&publisher), *next;

	put_settings("mode: off\n");
	next = load(path, before);
	assert_int_equal(hrd_publisher_replace(&publisher, next, 0, 10), HRD_OK);
	assert_ptr_equal(in_force(), next);
	put_settings("mode: enforce\n");
	switch_mode(path, 9);
	assert_int_equal(in_force()->mode, HRD_MODE_OFF);
	switch_mode(path, 11);
	assert_int_equal(in_force()->mode, HRD_MODE_ENFORCE);
	hrd_generation_release(before);
	end();
}

TEST(the_mode_needs_no_other_file)
{
	static const char bad_keys[] = "mode: off\npolicies: 3\nanswer: [x]\n";
	static const char no_yaml[] = "mode: enforce\nx: [";
	struct hrd_settings *mode;
	const char *path;

	begin("");
	assert_int_equal(unlink(in_force()->held[0].policy->path), 0);
	path = put_file("hradba.yaml", bad_keys, strlen(bad_keys));
	switch_mode(path, 1);
	assert_int_equal(in_force()->mode, HRD_MODE_OFF);
	assert_int_equal(in_force()->layers.count, 1);
	assert_int_equal(in_force()->settings->policy_count, 1);
	path = put_file("hradba.yaml", no_yaml, strlen(no_yaml));
	assert_int_equal(hrd_settings_read_mode(path, in_force()->settings, 0, &mode), HRD_EINVAL);
	assert_null(mode);
	end();
}

TEST(what_is_of_another_time_is_renewed)
{
	struct hrd_generation *current;

	begin("mode: off\nmode-until: 2999-12-31\n");
	current = hrd_publisher_hold(&publisher);
	assert_int_equal(hrd_publisher_adapt(&publisher, NULL, 0), HRD_OK);
	assert_int_equal(published, 0);
	/* As if the clock had stood elsewhere when it was made. */
	current->span.until = current->made;
	assert_int_equal(hrd_publisher_adapt(&publisher, NULL, 0), HRD_OK);
	assert_int_equal(published, 1);
	assert_ptr_not_equal(in_force(), current);
	assert_true(in_force()->span.until > in_force()->made);
	hrd_generation_release(current);
	end();
}

/* The octets of the image: what a generation has besides is small. */
static size_t
image_octets(void)
{
	return hrd_policy_memory(in_force()->held[0].image->policy);
}

TEST(the_memory_told_has_rings_of_events_and_counts_of_every_worker)
{
	enum { WORKERS = 3 };
	const char *path = put_settings("");
	struct hrd_generation *before, *next;
	const struct hrd_series series = { "one", "", HRD_ACTION_NXDOMAIN, HRD_TRIGGER_QNAME,
		HRD_OUTCOME_ENFORCED };
	char events[TEXT_MAX];
	size_t octets, more;

	assert_int_equal(hrd_store_init(&store, WORKERS, load(path, NULL)), HRD_OK);
	assert_int_equal(hrd_publisher_init(&publisher, &store, count, NULL), HRD_OK);
	octets = hrd_store_memory(&store);
	assert_true(octets >= image_octets() + WORKERS * sizeof(struct hrd_worker_slot));
	assert_true(octets < HRD_EVENTS_RING);

	before = hrd_publisher_hold(&publisher);
	snprintf(events, sizeof(events), "events: {file: %s}\n", in_directory("events.json"));
	put_settings(events);
	next = load(path, before);
	hrd_generation_release(before);
	assert_int_equal(hrd_publisher_replace(&publisher, next, 0, 0), HRD_OK);
	more = hrd_store_memory(&store);
	assert_true(more >= octets + WORKERS * (size_t)HRD_EVENTS_RING);

	/* Counted once, whichever worker asks. */
	hrd_store_enter(&store, WORKERS - 1);
	assert_true(hrd_tally_add(&store.slots[WORKERS - 1].tally, &series, 1));
	hrd_store_leave(&store, WORKERS - 1);
	assert_int_equal(hrd_store_memory(&store) - more,
	    store.slots[WORKERS - 1].tally.size * sizeof(struct hrd_tally_entry));
	end();
}

/* How many publications are still to fail for want of memory. */
static atomic_uint failing;

int __real_hrd_publisher_replace(
    struct hrd_publisher *p, struct hrd_generation *next, int64_t changed, int64_t read);
int __wrap_hrd_publisher_replace(
    struct hrd_publisher *p, struct hrd_generation *next, int64_t changed, int64_t read);

int
__wrap_hrd_publisher_replace(
    struct hrd_publisher *p, struct hrd_generation *next, int64_t changed, int64_t read)
{
	if (failing == 0)
		return __real_hrd_publisher_replace(p, next, changed, read);
	failing--;
	hrd_generation_release(next);
	return HRD_ENOMEM;
}

static bool
observes_what_is_expired(void)
{
	struct hrd_generation *current = hrd_publisher_hold(&publisher);
	bool observes = current->settings->on_expired == HRD_EXPIRED_OBSERVE;

	hrd_generation_release(current);
	return observes;
}

TEST(what_could_not_be_published_is_published_without_another_change)
{
	const char *path = begin("on-expired: enforce\n");
	int64_t until = hrd_monotonic_ms() + SOON_MS;
	struct hrd_thread *loader;

	put_settings("on-expired: observe\n");
	failing = 1;
	assert_int_equal(hrd_loader_start(&publisher, path, true, &loader), HRD_OK);
	while (!observes_what_is_expired() && hrd_monotonic_ms() < until)
		usleep(MOMENT_US);
	hrd_thread_stop(loader);
	assert_true(hrd_thread_end(loader, hrd_monotonic_ms() + SOON_MS));
	assert_int_equal(failing, 0);
	assert_true(observes_what_is_expired());
	end();
}

/* What a thread of ours loads, once it was told to end. */
struct late_load {
	struct hrd_load load;
	struct hrd_generation *out;
	int status;
};

static void
load_late(void *arg)
{
	struct late_load *late = arg;

	while (!hrd_thread_is_stopping())
		usleep(MOMENT_US);
	late->status = hrd_generation_load(&late->load, &late->out);
}

TEST(a_thread_that_is_told_to_end_leaves_lists_unread)
{
	static const char list[] = "- {name: ok.example, owner: A, reason: B}\n";
	char text[TEXT_MAX];
	struct hrd_thread thread;
	struct late_load late = { .load = { .now = (int64_t)time(NULL) } };

	begin("");
	snprintf(text, sizeof(text), "local-allow: %s\n",
	    put_file("allow.yaml", list, sizeof(list) - 1));
	late.load.settings_path = put_settings(text);
	late.load.previous = in_force();
	assert_int_equal(hrd_thread_start(&thread, load_late, NULL, &late), HRD_OK);
	hrd_thread_stop(&thread);
	assert_true(hrd_thread_end(&thread, hrd_monotonic_ms() + SOON_MS));
	assert_int_equal(late.status, HRD_ESTOP);
	assert_null(late.out);
	end();
}

/* Questions until the thread seems to be told to end; -1: it is asked itself. */
static int questions_left = -1;

bool __real_hrd_thread_is_stopping(void);
bool __wrap_hrd_thread_is_stopping(void);

bool
__wrap_hrd_thread_is_stopping(void)
{
	if (questions_left < 0)
		return __real_hrd_thread_is_stopping();
	if (questions_left > 0)
		questions_left--;
	return questions_left == 0;
}

/* Wherever it is told to end: nothing comes of it, and no word of what was half read. */
TEST(a_thread_that_is_told_to_end_takes_no_part_of_a_list)
{
	static const char lists[] =
	    "answer: {contact: [mailto:a@noc.example, mailto:b@noc.example], organisation: O}\n"
	    "clients:\n  - {group: g, addresses: [192.0.2.0/24, 198.51.100.0/24], mode: off,\n"
	    "     owner: o, reason: r}\n";
	const char *path;
	int status = HRD_ESTOP, ends = 0;

	begin("");
	path = put_settings(lists);
	for (; status == HRD_ESTOP; ends++) {
		struct hrd_load load = {
			.settings_path = path, .previous = in_force(), .now = (int64_t)time(NULL)
		};
		struct hrd_generation *out;

		logged_forget();
		questions_left = ends + 1;
		status = hrd_generation_load(&load, &out);
		questions_left = -1;
		assert_null(strstr(logged(), "error"));
		if (status == HRD_ESTOP)
			assert_null(out);
		else
			hrd_generation_release(out);
	}
	assert_int_equal(status, HRD_OK);
	assert_in_range(ends, 5, 100);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_that_began_before_a_switch_does_not_take_it_back),
		cmocka_unit_test(a_load_with_the_mode_in_force_is_published_as_it_is),
		cmocka_unit_test(a_mode_that_was_read_before_a_load_does_not_take_its_mode_back),
		cmocka_unit_test(the_mode_needs_no_other_file),
		cmocka_unit_test(what_is_of_another_time_is_renewed),
		cmocka_unit_test(the_memory_told_has_rings_of_events_and_counts_of_every_worker),
		cmocka_unit_test(what_could_not_be_published_is_published_without_another_change),
		cmocka_unit_test(a_thread_that_is_told_to_end_leaves_lists_unread),
		cmocka_unit_test(a_thread_that_is_told_to_end_takes_no_part_of_a_list),
	};

	return cmocka_run_group_tests_name("publisher", tests, make_directory, remove_directory);
}
