/* SPDX-License-Identifier: BSD-3-Clause */
/* Settings files and generations: what is taken, what is refused and with which line. */
#include <config.h>

#include "module/generation/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "module/reload/store.h"
#include "tests/unit/check.h"
#include "tests/unit/logged.h"
#include "tests/unit/smallpolicy.h"

enum { PATH_MAX_OCTETS = 256 };

static const struct small_rule rules[] = { { "listed.example", HRD_ACTION_NXDOMAIN }, { NULL, 0 } };

static bool passing; /* the last fault may pass by itself */
static int64_t now;  /* seconds since the epoch */

/* Reads settings while others are in force, or NULL. */
static struct hrd_settings *
read_after(const char *text, const struct hrd_settings *former)
{
	struct hrd_settings *settings;

	logged_forget();
	if (hrd_settings_read(put_file("hradba.yaml", text, strlen(text)), former, now, NULL,
		&passing, &settings) != HRD_OK)
		assert_null(settings);
	return settings;
}

static struct hrd_settings *
read_text(const char *text)
{
	return read_after(text, NULL);
}

TEST(the_smallest_file_is_enough)
{
	struct hrd_settings *s = read_text("policies:\n  - path: /x/a.policy\nstate-dir: /x\n");

	assert_non_null(s);
	assert_int_equal(s->policy_count, 1);
	assert_string_equal(s->policies[0].path, "/x/a.policy");
	assert_int_equal(s->policies[0].override, HRD_OVERRIDE_NONE);
	assert_int_equal(s->mode, HRD_MODE_ENFORCE);
	assert_string_equal(s->state_dir, "/x");
	assert_true(s->answer.ede);
	assert_int_equal(s->answer.ede_code, 15);
	hrd_settings_release(s);
}

TEST(images_follow_one_another_by_serial)
{
	struct hrd_stamp old = { .serial = 0xfffffff0u, .created = 100 }, new = old;

	assert_null(hrd_stamp_fault(&old, &new));
	new.serial = 5; /* RFC 1982: later */
	assert_null(hrd_stamp_fault(&old, &new));
	assert_non_null(strstr(hrd_stamp_fault(&new, &old), "its serial is lower"));
	new = old;
	new.created = 101;
	assert_null(hrd_stamp_fault(&old, &new));
	assert_non_null(strstr(hrd_stamp_fault(&new, &old), "created earlier"));
	new.rule_digest[31] = 1;
	assert_non_null(strstr(hrd_stamp_fault(&old, &new), "other rules"));
}

TEST(every_form_is_read)
{
	struct hrd_settings *s = read_text("mode: observe\n"
					   "policies:\n"
					   "  - {path: /a, id: one, override: nodata}\n"
					   "  - path: /b\n"
					   "    override: cname\n"
					   "    override-cname: Walled.Example\n"
					   "    accept-serial: 0\n"
					   "on-missing: servfail\n"
					   "on-expired: observe\n"
					   "reload-min-interval: 1.25\n"
					   "sweep-interval: 7\n"
					   "answer: {ttl: 30, ede: no, ede-code: 17,\n"
					   "         organisation: Us, contact: noc@example}\n"
					   "metrics: {file: /tmp/hradba.prom}\n"
					   "events: {file: /x/events.json, rate: 5}\n");

	assert_non_null(s);
	assert_int_equal(s->mode, HRD_MODE_OBSERVE);
	assert_string_equal(s->policies[0].id, "one");
	assert_int_equal(s->policies[0].override, HRD_OVERRIDE_NODATA);
	assert_int_equal(s->policies[1].override, HRD_OVERRIDE_CNAME);
	assert_memory_equal(s->policies[1].cname.wire, "\6walled\7example", 16);
	assert_int_equal(s->answer.ttl, 30);
	assert_false(s->answer.ede);
	assert_int_equal(s->answer.ede_code, 17);
	assert_string_equal(s->answer.organisation, "Us");
	assert_string_equal(s->answer.contacts[0], "noc@example");
	assert_int_equal(s->on_missing, HRD_MISSING_SERVFAIL);
	assert_int_equal(s->on_expired, HRD_EXPIRED_OBSERVE);
	assert_int_equal(s->reload_interval, 1250);
	assert_int_equal(s->sweep_interval, 7);
	assert_false(s->policies[0].accepts_serial);
	assert_true(s->policies[1].accepts_serial);
	assert_int_equal(s->policies[1].accept_serial, 0);
	assert_string_equal(s->metrics.file, "/tmp/hradba.prom");
	assert_int_equal(s->metrics.interval, 15);
	assert_string_equal(s->events.file, "/x/events.json");
	assert_int_equal(s->events.client, HRD_CLIENT_PREFIX);
	assert_int_equal(s->events.rate, 5);
	hrd_settings_release(s);
}

TEST(faults_have_place_and_id)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "policies: []\n", ":1:11: error: \"policies\" must be a list" },
		{ "mode: off\n", "\"policies\" is missing [settings-missing]" },
		{ "policies:\n  - id: x\n",
		    ":2:5: error: a policy needs \"path\" [settings-missing]" },
		{ "policies:\n  - path: rel\n",
		    ":2:11: error: \"rel\" is not an absolute path [settings-path]" },
		{ "policies:\n  - path: /a\nmoode: off\n",
		    ":3:1: error: unknown key \"moode\"; did you mean \"mode\"? [settings-key]" },
		{ "policies:\n  - path: /a\nmode: on\n",
		    ":3:7: error: \"mode\" must be enforce, observe or off, not \"on\"" },
		{ "policies:\n  - path: /a\n    override: allow\n",
		    ":3:15: error: \"override\" must" },
		{ "policies:\n  - path: /a\n    override: cname\n", "[settings-override]" },
		{ "policies:\n  - path: /a\n    override-cname: x.example\n",
		    "[settings-override]" },
		{ "policies:\n  - path: /a\n    override: cname\n    override-cname: a..b\n",
		    ":4:21: error: \"a..b\" is not a domain name [settings-name]" },
		{ "policies:\n  - path: /a\nanswer: {ttl: 0}\n",
		    ":3:15: error: \"ttl\" must be seconds" },
		{ "policies:\n  - path: /a\nanswer: {ede: maybe}\n", "must be yes or no" },
		{ "policies:\n  - path: /a\nanswer: {ede-code: 4}\n",
		    ":3:20: error: \"ede-code\"" },
		{ "policies:\n  - path: /a\n    keys: [/nonexistent.pub]\n",
		    ":3:12: error: cannot take the public key /nonexistent.pub: No such file" },
		{ "policies:\n  - path: /a\nevents: {client: full}\n",
		    ":3:9: error: events need \"file\" [settings-missing]" },
		{ "policies:\n  - path: /a\nevents: {file: /x, client: all}\n",
		    ":3:28: error: \"client\" must be full, prefix, none or pseudonym" },
		{ "policies:\n  - path: /a\nevents: {file: /x, rate: 0}\n",
		    ":3:26: error: \"rate\" must be events a second" },
		{ "policies:\n  - path: /a\nmetrics: {interval: 5}\n",
		    ":3:10: error: metrics need \"file\" [settings-missing]" },
		{ "policies:\n  - path: /a\nmetrics: {file: /x, interval: 0}\n",
		    ":3:31: error: \"interval\" must be seconds" },
		{ "policies:\n  - path: /a\nmetrics: {file: /nonexistent/x}\n",
		    ":3:17: error: there is no directory /nonexistent/: create it" },
		{ "policies:\n  - path: /a\n  - path: /a\npolicies: x\n", "[yaml-duplicate-key]" },
		{ "policies:\n  - path: /a\non-missing: panic\n", ":3:13: error: \"on-missing\"" },
		{ "policies:\n  - path: /a\nanswer: {contact: []}\n",
		    ":3:19: error: \"contact\" must be a contact, or a list of them" },
		{ "policies:\n  - path: /a\nanswer: {language: en--US}\n",
		    ":3:20: error: \"language\" must be a language tag" },
		{ "policies:\n  - path: /a\nanswer: {justification: {a b: c}}\n",
		    "error: \"a b\" must be under a language tag" },
		{ "policies:\n  - path: /a\nanswer: {ede-code: 16, sub-error: 1}\n",
		    "[settings-sub-error]" },
		{ "policies:\n  - path: /a\nanswer: {ede-code: 17, sub-error: 5}\n",
		    "[settings-sub-error]" },
		{ "policies:\n  - path: /a\non-expired: allow\n", ":3:13: error: \"on-expired\"" },
		{ "policies:\n  - path: /a\nreload-min-interval: .5\n", "seconds, 0 to 3600" },
		{ "policies:\n  - path: /a\nreload-min-interval: 1.\n", "seconds, 0 to 3600" },
		{ "policies:\n  - path: /a\nreload-min-interval: 0.2505\n", "seconds, 0 to 3600" },
		{ "policies:\n  - path: /a\nreload-min-interval: 3600.001\n",
		    "seconds, 0 to 3600" },
		{ "policies:\n  - path: /a\nreload-min-interval: 99999999999\n",
		    "seconds, 0 to 3600" },
		{ "policies:\n  - path: /a\nsweep-interval: 0\n", "seconds, 1 to 86400" },
		{ "policies:\n  - path: /a\n    accept-serial: 4294967296\n", "a serial, 0 to" },
		{ "- a\n", ":1:1: error: this must be a map" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(read_text(cases[i].text));
		if (strstr(logged(), cases[i].want) == NULL)
			fail_msg("want \"%s\" in \"%s\"", cases[i].want, logged());
	}
	assert_int_not_equal(hrd_settings_read(in_directory("absent.yaml"), NULL, now, NULL,
				 &passing, &(struct hrd_settings *){ NULL }),
	    HRD_OK);
}

static int
load_generation(
    const char *path, const struct hrd_generation *previous, struct hrd_generation **out)
{
	struct hrd_load load = {
		.settings_path = path, .previous = previous, .now = (int64_t)time(NULL)
	};

	return hrd_generation_load(&load, out);
}

static const char *
settings_for(const char *image, const char *more)
{
	char text[2 * PATH_MAX_OCTETS];
	int n = snprintf(text, sizeof(text), "policies:\n  - path: %s\n%s", image, more);

	return put_file("hradba.yaml", text, (size_t)n);
}

TEST(a_generation_has_its_images)
{
	struct hrd_generation *first, *second;
	const char *image, *path;
	uint8_t *data;
	size_t len;

	data = small_image("one", rules, &len);
	image = put_file("one.policy", data, len);
	path = settings_for(image, "");
	assert_int_equal(load_generation(path, NULL, &first), HRD_OK);
	assert_int_equal(first->layers.count, 1);
	assert_string_equal(first->layers.layer[0].info->id, "one");
	assert_true(hrd_generation_memory(first) >= len);
	/* The file is the same: so is the image. */
	assert_int_equal(load_generation(path, first, &second), HRD_OK);
	assert_ptr_equal(first->held[0].image, second->held[0].image);
	hrd_generation_release(first);
	assert_string_equal(hrd_policy_info(second->held[0].image->policy)->id, "one");
	first = second;
	assert_int_equal(unlink(image), 0);
	put_file("one.policy", data, len);
	assert_int_equal(load_generation(path, first, &second), HRD_OK);
	assert_ptr_not_equal(first->held[0].image, second->held[0].image);
	hrd_generation_release(first);
	hrd_generation_release(second);
	free(data);
}

TEST(bad_images_are_refused)
{
	struct hrd_generation *generation;
	uint8_t *data;
	size_t len;

	data = small_image("one", rules, &len);
	logged_forget();
	assert_int_equal(
	    load_generation(settings_for(in_directory("absent"), ""), NULL, &generation),
	    HRD_ENOENT);
	assert_non_null(strstr(logged(), "cannot read the policy image"));
	data[len / 2] ^= 1;
	assert_int_equal(
	    load_generation(settings_for(put_file("bad", data, len), ""), NULL, &generation),
	    HRD_ECORRUPT);
	assert_non_null(strstr(logged(), "refused"));
	data[len / 2] ^= 1;
	assert_int_equal(
	    load_generation(
		settings_for(put_file("good", data, len), "    id: other\n"), NULL, &generation),
	    HRD_EINVAL);
	assert_non_null(strstr(logged(), "the settings want \"other\""));
	assert_null(generation);
	free(data);
}

/* Puts a signed image, and the public key of who signed it. */
static void
put_one_signed(const char *name, const char *key_name)
{
	size_t len;
	uint8_t *image = small_image("one", rules, &len);

	put_signed(name, key_name, image, len);
	free(image);
}

static const char good_settings[] =
    "policies: [{path: /a}]\n"
    "state-dir: /x\n"
    "mode: observe\n"
    "local-allow: /x/allow.yaml\n"
    "clients: [{group: lab, addresses: [192.0.2.0/24], mode: off}]\n"
    "answer: {ttl: 30}\n"
    "events: {file: /x/events.json, rate: 5}\n"
    "metrics: {file: /tmp/hradba.prom, interval: 7}\n"
    "on-missing: allow\n"
    "on-expired: observe\n"
    "observe: all\n"
    "reload-min-interval: 2\n"
    "sweep-interval: 9\n";

static void
assert_good(const struct hrd_settings *s)
{
	assert_int_equal(s->policy_count, 1);
	assert_string_equal(s->policies[0].path, "/a");
	assert_string_equal(s->state_dir, "/x");
	assert_int_equal(s->allow_count, 1);
	assert_string_equal(s->local_allow[0].path, "/x/allow.yaml");
	assert_int_equal(s->clients.group_count, 1);
	assert_string_equal(s->clients.groups[0].name, "lab");
	assert_int_equal(s->answer.ttl, 30);
	assert_true(s->answer.ede);
	assert_string_equal(s->events.file, "/x/events.json");
	assert_int_equal(s->events.rate, 5);
	assert_int_equal(s->metrics.interval, 7);
	assert_int_equal(s->on_missing, HRD_MISSING_ALLOW);
	assert_int_equal(s->on_expired, HRD_EXPIRED_OBSERVE);
	assert_true(s->observe_all);
	assert_int_equal(s->reload_interval, 2000);
	assert_int_equal(s->sweep_interval, 9);
}

/* The good settings with other text in the place of the line of one key. */
static void
with_line(char *text, size_t size, const char *key, const char *line)
{
	const char *at = strstr(good_settings, key), *end = strchr(at, '\n') + 1;

	snprintf(text, size, "%.*s%s%s", (int)(at - good_settings), good_settings, line, end);
}

TEST(a_key_with_a_fault_keeps_its_value_and_the_rest_is_taken)
{
	static const struct {
		const char *key, *line;
	} cases[] = {
		{ "policies:", "policies: []\n" },
		{ "policies:", "" },
		{ "policies:", "policies: [{path: /b, color: red}]\n" },
		{ "policies:", "policies: [{path: /b, keys: [/nonexistent.pub]}]\n" },
		{ "policies:", "policies: [{path: /b}]\npolicies: [{path: /c}]\n" },
		{ "state-dir:", "state-dir: x\n" },
		{ "local-allow:", "local-allow: []\n" },
		{ "local-allow:", "local-allow: !tag /y\n" },
		{ "clients:", "clients: [{group: x, addresses: [192.0.2.1/24], mode: off}]\n" },
		{ "clients:", "clients: {a: b}\n" },
		{ "clients:", "clients: &here [{group: x, addresses: [192.0.2.1], mode: off}]\n" },
		{ "clients:", "client: []\n" },
		{ "answer:", "answer: {ttl: 60, ede: maybe}\n" },
		{ "answer:", "answer: {ttl: 60, ttl: 61}\n" },
		{ "answer:", "answer: {organisation: \"\\a\"}\n" },
		{ "answer:", "answer: {? [a, {b: c}] : d, ttl: 60}\n" },
		{ "answer:", "answer: {*a : b}\n" },
		{ "answer:", "answer: [[[[[[[[[[[[[[[[[[[[x, {y: z}]]]]]]]]]]]]]]]]]]]]\n" },
		{ "answer:", "? [answer, mode]\n: {mode: enforce}\n" },
		{ "events:", "events: {file: y}\n" },
		{ "metrics:", "metrics: {file: /nonexistent/x, interval: 3}\n" },
		{ "on-missing:", "on-missing: perhaps\n" },
		{ "on-expired:", "on-expired: *alias\n" },
		{ "observe:", "observe: [all]\n" },
		{ "reload-min-interval:", "reload-min-interval: often\n" },
		{ "sweep-interval:", "sweep-interval: 0\n" },
	};
	struct hrd_settings *former = read_text(good_settings), *s;
	char text[4096];

	assert_non_null(former);
	assert_good(former);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		with_line(text, sizeof(text), cases[i].key, cases[i].line);
		assert_null(read_text(text));
		memcpy(strstr(text, "mode: observe"), "mode: off    ", sizeof("mode: observe") - 1);
		s = read_after(text, former);
		if (s == NULL)
			fail_msg("refused: %s", text);
		assert_int_equal(s->mode, HRD_MODE_OFF);
		assert_good(s);
		assert_int_equal(s->fault, HRD_EINVAL);
		if (strstr(logged(), " error: ") == NULL)
			fail_msg("nothing said of %s", cases[i].line);
		/* What stands in stands in again. */
		hrd_settings_release(former);
		former = s;
	}
	s = read_after(good_settings, former);
	assert_int_equal(s->fault, HRD_OK);
	assert_int_equal(s->mode, HRD_MODE_OBSERVE);
	hrd_settings_release(s);
	hrd_settings_release(former);
}

TEST(what_is_no_yaml_changes_nothing)
{
	static const char *const texts[] = { "mode: off\npolicies: [", "mode: off\n\tx: y\n",
		"mode: off\n--- \nmode: off\n", "", "- mode\n- off\n", "off\n",
		"mode: off\nx: \"\xff\"\n" };
	struct hrd_settings *former = read_text(good_settings);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct hrd_settings *s = read_after(texts[i], former);

		if (s != NULL)
			fail_msg("taken: %s", texts[i]);
		assert_string_not_equal(logged(), "");
	}
	hrd_settings_release(former);
}

TEST(keys_need_a_state_dir)
{
	struct hrd_settings *s;
	char text[2 * PATH_MAX_OCTETS];

	put_one_signed("signed", "a.pub");
	snprintf(
	    text, sizeof(text), "policies:\n  - {path: /a, keys: [%s]}\n", in_directory("a.pub"));
	assert_null(read_text(text));
	assert_non_null(strstr(logged(), ":2:5: error: \"keys\" need \"state-dir\""));
	snprintf(text, sizeof(text), "policies:\n  - {path: /a, keys: [%s]}\nstate-dir: /x\n",
	    in_directory("a.pub"));
	s = read_text(text);
	assert_non_null(s);
	hrd_settings_release(s);
}

TEST(a_key_file_that_is_lost_stays_trusted)
{
	struct hrd_settings *former, *s;
	char text[2 * PATH_MAX_OCTETS];

	put_one_signed("signed", "a.pub");
	snprintf(text, sizeof(text), "policies: [{path: /a, keys: [%s]}]\nstate-dir: /x\n",
	    in_directory("a.pub"));
	former = read_text(text);
	assert_non_null(former);
	assert_int_equal(former->seen, hrd_settings_look(former, in_directory("hradba.yaml")));
	assert_int_equal(unlink(in_directory("a.pub")), 0);
	assert_int_not_equal(former->seen, hrd_settings_look(former, in_directory("hradba.yaml")));
	s = read_after(text, former);
	assert_non_null(s);
	assert_int_equal(s->fault, HRD_EINVAL);
	assert_true(s->passing);
	/* It is not loaded again for that alone. */
	assert_int_equal(s->seen, hrd_settings_look(s, in_directory("hradba.yaml")));
	assert_memory_equal(
	    &s->policies[0].keys[0], &former->policies[0].keys[0], sizeof(s->policies[0].keys[0]));
	hrd_settings_release(former);
	hrd_settings_release(s);
	assert_null(read_text(text));
}

/* What the mode comes to by a file that is read while another is in force; keeps the new ones. */
static enum hrd_mode
mode_after(struct hrd_settings **in_force, const char *text, int64_t at)
{
	struct hrd_settings *s;

	now = at;
	s = read_after(text, *in_force);
	assert_non_null(s);
	hrd_settings_release(*in_force);
	*in_force = s;
	return hrd_settings_mode(s, at);
}

TEST(a_mode_holds_beside_a_bad_end)
{
	static const char good[] = "policies: [{path: /a}]\nmode: off\nmode-until: 1970-01-02\n";
	static const char *const bad[] = {
		"policies: [{path: /a}]\nmode: off\nmode-until: soon\n",
		"policies: [{path: /a}]\nmode: off\nmode-untill: 1970-01-03\n",
	};
	enum { DAY = 86400 };

	for (size_t i = 0; i < 2; i++) {
		struct hrd_settings *s = read_text(good);

		/* Written before the end: it ends at its time, however often it is read. */
		assert_int_equal(mode_after(&s, bad[i], DAY), HRD_MODE_OFF);
		assert_int_equal(mode_after(&s, bad[i], 3 * DAY), HRD_MODE_ENFORCE);
		/* Written after it: off, and off again when it is read once more. */
		assert_int_equal(mode_after(&s, bad[1 - i], 3 * DAY), HRD_MODE_OFF);
		assert_non_null(strstr(logged(), "error: "));
		assert_int_equal(mode_after(&s, bad[1 - i], 4 * DAY), HRD_MODE_OFF);
		assert_int_equal(mode_after(&s, good, 4 * DAY), HRD_MODE_ENFORCE);
		assert_int_equal(mode_after(&s, bad[i], 4 * DAY), HRD_MODE_OFF);
		/* A mode that is not of the file brings nothing back. */
		assert_int_equal(mode_after(&s, good, 4 * DAY), HRD_MODE_ENFORCE);
		assert_int_equal(
		    mode_after(&s, "policies: [{path: /a}]\nmode: of\nmode-until: x\n", 4 * DAY),
		    HRD_MODE_ENFORCE);
		hrd_settings_release(s);
	}
	now = 0;
}

TEST(an_end_is_a_day_or_a_moment)
{
	struct hrd_settings *s = read_text(
	    "policies: [{path: /a}]\n"
	    "clients:\n"
	    "  - {group: day, addresses: [192.0.2.0/28], mode: off, until: 1970-01-02}\n"
	    "  - {group: minute, addresses: [192.0.2.16/28], mode: off, until: 1970-01-02T03:04Z}\n"
	    "  - {group: second, addresses: [192.0.2.32/28], mode: off,\n"
	    "     until: 1970-01-02T03:04:05Z}\n");
	char text[HRD_END_TEXT_MAX];

	assert_non_null(s);
	assert_int_equal(s->clients.groups[0].exemption.end, 2 * 86400);
	assert_int_equal(s->clients.groups[1].exemption.end, 86400 + 3 * 3600 + 4 * 60);
	assert_int_equal(s->clients.groups[2].exemption.end, 86400 + 3 * 3600 + 4 * 60 + 5);
	hrd_exemption_end_text(&s->clients.groups[0].exemption, text);
	assert_string_equal(text, "1970-01-02");
	hrd_exemption_end_text(&s->clients.groups[2].exemption, text);
	assert_string_equal(text, "1970-01-02T03:04:05Z");
	hrd_settings_release(s);
	for (const char *const *bad = (const char *const[]){ "1970-01-02T24:00Z",
		 "1970-01-02T03:04", "1970-01-02 03:04Z", "1970-01-02T03:60Z", "1970-02-30T03:04Z",
		 "1970-01-02T03:04:05", NULL };
	     *bad != NULL; bad++) {
		char whole[PATH_MAX_OCTETS];

		snprintf(whole, sizeof(whole),
		    "policies: [{path: /a}]\n"
		    "clients: [{group: g, addresses: [192.0.2.1], mode: off, until: %s}]\n",
		    *bad);
		assert_null(read_text(whole));
		assert_true(strstr(logged(), "must be a date") != NULL ||
			    strstr(logged(), "there is no such") != NULL);
	}
}

static int
load_with_key(const char *image, const char *key)
{
	struct hrd_generation *generation = NULL;
	char more[2 * PATH_MAX_OCTETS + 32];
	int status;

	snprintf(more, sizeof(more), "    keys: [%s]\nstate-dir: %s\n", in_directory(key),
	    in_directory(NULL));
	logged_forget();
	status = load_generation(settings_for(in_directory(image), more), NULL, &generation);
	hrd_generation_release(generation);
	return status;
}

TEST(with_keys_an_image_must_be_signed_by_one)
{
	uint8_t *data;
	size_t len;

	put_one_signed("signed", "a.pub");
	put_one_signed("other", "b.pub");
	data = small_image("one", rules, &len);
	put_file("unsigned", data, len);
	free(data);
	assert_int_equal(load_with_key("signed", "a.pub"), HRD_OK);
	assert_non_null(strstr(logged(), "signature verified"));
	assert_int_equal(load_with_key("signed", "b.pub"), HRD_ESIGNATURE);
	assert_int_equal(load_with_key("other", "b.pub"), HRD_OK);
	assert_int_equal(load_with_key("unsigned", "a.pub"), HRD_ESIGNATURE);
	assert_non_null(strstr(logged(), "not signed, and the settings name keys"));
}

static struct hrd_layer_list
layers_with_allow(const char *allow, struct hrd_generation **generation)
{
	static const struct small_rule all[] = { { "*.example", HRD_ACTION_NXDOMAIN },
		{ NULL, 0 } };
	char more[PATH_MAX_OCTETS + 16];
	uint8_t *data;
	size_t len;

	data = small_image("one", all, &len);
	snprintf(
	    more, sizeof(more), "local-allow: %s\n", put_file("allow.yaml", allow, strlen(allow)));
	logged_forget();
	if (load_generation(
		settings_for(put_file("one.policy", data, len), more), NULL, generation) != HRD_OK)
		*generation = NULL;
	free(data);
	return *generation != NULL ? (*generation)->layers : (struct hrd_layer_list){ .count = 0 };
}

static enum hrd_action
action_of(const struct hrd_layer_list *layers, const char *name)
{
	struct hrd_verdict verdict;
	struct hrd_name wire;

	assert_int_equal(hrd_name_from_text(&wire, name, strlen(name)), HRD_OK);
	hrd_verdict_init(&verdict);
	hrd_decide_query(layers, NULL, wire.wire, wire.len, &verdict);
	return verdict.action;
}

#define LABEL_60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
/* 254 octets. */
#define LONG_NAME LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 ".bbbbbbbb"

TEST(the_allow_list_comes_before_all_policies)
{
	struct hrd_generation *generation;
	struct hrd_layer_list layers =
	    layers_with_allow("- {name: ok.example, owner: A, reason: B}\n"
			      "- {name: one.example, match: exact, until: 2999-12-31}\n"
			      "- {name: old.example, until: 2001-01-01, owner: A, reason: B}\n"
			      "- {name: " LONG_NAME ", match: exact}\n",
		&generation);

	assert_non_null(generation);
	assert_int_equal(layers.count, 2);
	assert_int_equal(action_of(&layers, "x.example"), HRD_ACTION_NXDOMAIN);
	assert_int_equal(action_of(&layers, "ok.example"), HRD_ACTION_PASSTHRU);
	assert_int_equal(action_of(&layers, "a.ok.example"), HRD_ACTION_PASSTHRU);
	assert_int_equal(action_of(&layers, "one.example"), HRD_ACTION_PASSTHRU);
	assert_int_equal(action_of(&layers, "a.one.example"), HRD_ACTION_NXDOMAIN);
	assert_int_equal(action_of(&layers, LONG_NAME), HRD_ACTION_PASSTHRU);
	assert_int_equal(action_of(&layers, "old.example"), HRD_ACTION_NXDOMAIN);
	assert_int_equal(generation->allow->exemptions.active, 3);
	assert_int_equal(generation->allow->exemptions.over, 1);
	assert_true(generation->span.until > 300000ll * 86400);
	assert_non_null(
	    strstr(logged(), ":3:3: warning: the exemption of name \"old.example\" ended "
			     "on 2001-01-01 and is not applied"));
	hrd_generation_release(generation);
}

TEST(a_bad_allow_list_refuses_the_settings)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "- {owner: A}\n", ":1:3: error: an entry needs \"name\" [allow-missing]" },
		{ "- {name: \"a b..c\"}\n", "is not a domain name [settings-name]" },
		{ "- {name: .}\n", "is not a domain name [settings-name]" },
		{ "- {name: \"https://a.example/\"}\n",
		    ":1:10: error: \"https://a.example/\" is a URL; write the name of its host" },
		{ "- {name: \"a.example:443\"}\n", "is no name; write it without port" },
		{ "- {name: \"joe@a.example\"}\n", "is an address of mail; write what is" },
		{ "- {name: 192.0.2.1}\n", "is an address, not a name [settings-name]" },
		{ "- {name: \"a b.example\"}\n", "is no name of a host; it has letters" },
		{ "- {name: \"*.a.example\"}\n", "is a wildcard; write the name below the *" },
		{ "- {name: 32.1.2.0.192.rpz-ip}\n",
		    ":1:10: error: \"32.1.2.0.192.rpz-ip\" is the owner of a rule by address" },
		{ "- {name: ns.example.rpz-nsdname, match: exact}\n", "is the owner of a rule" },
		{ "- {name: " LONG_NAME "}\n",
		    ":1:3: error: no name can be below this one, it is too long: write \"match: "
		    "exact\" [settings-name]" },
		{ "- {name: a.example, until: soon}\n", "must be a date, YYYY-MM-DD" },
		{ "- {name: a.example, match: all}\n", "must be subtree or exact" },
		{ "name: a.example\n", "must be a list of at least one exempted name" },
	};
	struct hrd_generation *generation;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		layers_with_allow(cases[i].text, &generation);
		assert_null(generation);
		if (strstr(logged(), cases[i].want) == NULL)
			fail_msg("want \"%s\" in \"%s\"", cases[i].want, logged());
	}
}

static struct hrd_exemption_sum sum; /* of the groups, when they were looked at last */

static enum hrd_mode
mode_for(const struct hrd_settings *s, const char *address, int32_t today)
{
	struct hrd_exemption_count count = { .file = "",
		.now = (int64_t)today * 86400,
		.before = INT64_MIN,
		.span = HRD_SPAN_ALWAYS };
	const struct hrd_client_group *group;
	struct hrd_client_table table;
	struct hrd_prefix client;
	enum hrd_mode mode;

	assert_int_equal(hrd_prefix_from_text(&client, address, strlen(address)), HRD_OK);
	assert_int_equal(hrd_client_table_make(&s->clients, &count, &table), HRD_OK);
	group = hrd_client_table_find(&table, &client);
	mode = group != NULL ? group->mode : s->mode;
	hrd_client_table_clear(&table);
	sum = count.sum;
	return mode;
}

TEST(the_longest_prefix_gives_the_group)
{
	struct hrd_settings *s = read_text(
	    "policies: [{path: /a}]\n"
	    "clients:\n"
	    "  - {group: lab, addresses: [192.0.2.0/24, 2001:db8::/32], mode: off}\n"
	    "  - {group: desk, addresses: [192.0.2.7], mode: enforce}\n"
	    "  - {group: pilot, addresses: [198.51.100.0/24], mode: observe,\n"
	    "     owner: A, reason: B, until: 1970-01-11}\n"
	    "  - {group: all, addresses: [198.51.0.0/16], mode: off, owner: A, reason: B,\n"
	    "     until: 2999-01-01}\n"
	    "  - {group: six, addresses: [\"::/0\"], mode: observe, owner: A, reason: B,\n"
	    "     until: 2999-01-01}\n");

	assert_non_null(s);
	assert_int_equal(mode_for(s, "192.0.2.1", 0), HRD_MODE_OFF);
	assert_int_equal(mode_for(s, "192.0.2.7", 0), HRD_MODE_ENFORCE);
	assert_int_equal(mode_for(s, "2001:db8::1", 0), HRD_MODE_OFF);
	assert_int_equal(mode_for(s, "203.0.113.1", 0), HRD_MODE_ENFORCE);
	/* All of IPv6 is not all of IPv4. */
	assert_int_equal(mode_for(s, "2001:db9::1", 0), HRD_MODE_OBSERVE);
	assert_int_equal(mode_for(s, "198.51.100.1", 10), HRD_MODE_OBSERVE);
	/* A group that has ended leaves its clients to the next shorter prefix. */
	assert_int_equal(mode_for(s, "198.51.100.1", 11), HRD_MODE_OFF);
	assert_non_null(
	    strstr(logged(), ":3:5: warning: the exemption of group \"lab\" has no \"owner\""));
	assert_null(strstr(logged(), "desk"));
	assert_non_null(strstr(logged(), ":5:5: warning: the exemption of group \"pilot\" ended on "
					 "1970-01-11 and is not applied: remove it"));
	assert_int_equal(sum.active, 3);
	assert_int_equal(sum.over, 1);
	hrd_settings_release(s);
}

TEST(faults_of_groups_have_place_and_id)
{
	static const struct {
		const char *group;
		const char *want;
	} cases[] = {
		{ "{group: a, addresses: [192.0.2.1/24], mode: off}",
		    ":2:28: error: \"192.0.2.1/24\": host bits" },
		{ "{group: a, addresses: [x], mode: off}", "[settings-prefix]" },
		{ "{group: a, addresses: [], mode: off}",
		    "must be a list of at least one address" },
		{ "{group: a, addresses: [192.0.2.1]}", ":2:5: error: a group needs \"mode\"" },
		{ "{group: a, addresses: [192.0.2.1], mode: off, until: x}", "must be a date" },
		{ "{group: a, addresses: [192.0.2.1], mode: off, color: x}",
		    "unknown key \"color\"" },
		{ "{group: a, addresses: [192.0.2.1, 192.0.2.1/32], mode: off}",
		    "[settings-prefix-twice]" },
	};
	char text[PATH_MAX_OCTETS];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "clients:\n  - %s\npolicies: [{path: /a}]\n",
		    cases[i].group);
		assert_null(read_text(text));
		if (strstr(logged(), cases[i].want) == NULL)
			fail_msg("want \"%s\" in \"%s\"", cases[i].want, logged());
	}
}

TEST(publishing_hands_the_old_generation_back)
{
	struct hrd_generation *first, *second;
	struct hrd_store store;
	const char *path;
	uint8_t *data;
	size_t len;

	data = small_image("one", rules, &len);
	path = settings_for(put_file("one.policy", data, len), "");
	free(data);
	assert_int_equal(load_generation(path, NULL, &first), HRD_OK);
	assert_int_equal(hrd_store_init(&store, 3, first), HRD_OK);
	assert_ptr_equal(hrd_store_enter(&store, 2), first);
	hrd_store_leave(&store, 2);
	assert_int_equal(load_generation(path, first, &second), HRD_OK);
	assert_ptr_equal(hrd_store_publish(&store, second), first);
	assert_ptr_equal(hrd_store_enter(&store, 0), second);
	hrd_store_leave(&store, 0);
	hrd_generation_release(first);
	hrd_generation_release(hrd_store_clear(&store));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_smallest_file_is_enough),
		cmocka_unit_test(every_form_is_read),
		cmocka_unit_test(faults_have_place_and_id),
		cmocka_unit_test(a_key_with_a_fault_keeps_its_value_and_the_rest_is_taken),
		cmocka_unit_test(what_is_no_yaml_changes_nothing),
		cmocka_unit_test(keys_need_a_state_dir),
		cmocka_unit_test(a_key_file_that_is_lost_stays_trusted),
		cmocka_unit_test(a_mode_holds_beside_a_bad_end),
		cmocka_unit_test(an_end_is_a_day_or_a_moment),
		cmocka_unit_test(a_generation_has_its_images),
		cmocka_unit_test(images_follow_one_another_by_serial),
		cmocka_unit_test(bad_images_are_refused),
		cmocka_unit_test(with_keys_an_image_must_be_signed_by_one),
		cmocka_unit_test(the_allow_list_comes_before_all_policies),
		cmocka_unit_test(a_bad_allow_list_refuses_the_settings),
		cmocka_unit_test(the_longest_prefix_gives_the_group),
		cmocka_unit_test(faults_of_groups_have_place_and_id),
		cmocka_unit_test(publishing_hands_the_old_generation_back),
	};

	return cmocka_run_group_tests_name("settings", tests, make_directory, remove_directory);
}
