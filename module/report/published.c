/* SPDX-License-Identifier: BSD-3-Clause */
/* What is taken into force, as audit events. */
#include <config.h>

#include "module/report/published.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"
#include "module/generation/changes.h"

#define COPY(to, from) hrd_audit_text((to), sizeof(to), (from))

enum { NAMES_AT_START = 200 };

static void
take_subject(struct hrd_audit_event *event, const struct hrd_log_subject *subject)
{
	COPY(event->file, subject->file);
	COPY(event->policy, subject->policy);
	if (subject->stays) {
		event->had_serial = subject->has_serial;
		event->serial_before = subject->serial;
		COPY(event->digest_before, subject->digest);
		return;
	}
	event->has_serial = subject->has_serial;
	event->serial = subject->serial;
	COPY(event->digest, subject->digest);
}

void
hrd_audit_log_listener(void *ctx, enum hrd_log_level level, const char *action,
    const struct hrd_log_subject *subject, const char *text)
{
	static const char *const levels[] = { "error", "warning" };
	struct hrd_audit_event event = { .type = "info", .failed = level == HRD_LOG_ERROR };

	if (action == NULL)
		action = level == HRD_LOG_ERROR     ? "fault"
			 : level == HRD_LOG_WARNING ? "warning"
						    : "";
	if (action[0] == '\0')
		return;
	event.action = action;
	if (level <= HRD_LOG_WARNING)
		event.level = levels[level];
	if (level == HRD_LOG_ERROR)
		event.type = "error";
	if (subject != NULL)
		take_subject(&event, subject);
	COPY(event.message, text);
	hrd_audit_put(ctx, &event);
}

static const char *
mode_name(enum hrd_mode mode)
{
	static const char *const names[] = { "enforce", "observe", "off" };

	return names[mode];
}

static void
digest_text(uint64_t digest, char text[HRD_AUDIT_DIGEST_MAX])
{
	snprintf(text, HRD_AUDIT_DIGEST_MAX, "%016" PRIx64, digest);
}

static void
record_settings(struct hrd_audit *audit, const struct hrd_generation *before,
    const struct hrd_generation *after)
{
	struct hrd_audit_event event = { .action = "settings-taken", .type = "change" };

	if (before != NULL && before->settings->contents == after->settings->contents)
		return;
	digest_text(after->settings->contents, event.digest);
	if (before != NULL)
		digest_text(before->settings->contents, event.digest_before);
	COPY(event.mode, mode_name(after->mode));
	COPY(event.message, "settings are in force");
	hrd_audit_put(audit, &event);
}

static void
record_mode(struct hrd_audit *audit, const struct hrd_change *change)
{
	struct hrd_audit_event event = { .action = "mode-changed", .type = "change" };

	COPY(event.mode, mode_name(change->after));
	COPY(event.mode_before, mode_name(change->before));
	/* An enforcing mode needs nobody to answer for it, but one that has come by the clock was
	 * agreed by somebody. */
	if (change->after != HRD_MODE_ENFORCE || change->kind == HRD_CHANGE_ENDED) {
		COPY(event.owner, change->exemption->owner);
		COPY(event.reason, change->exemption->reason);
		hrd_exemption_end_text(change->exemption, event.until);
	}
	snprintf(event.message, sizeof(event.message), "mode is %s %s, was %s%s",
	    change->after != change->before ? "now" : "still", event.mode, event.mode_before,
	    change->kind == HRD_CHANGE_ENDED     ? ": its end has come"
	    : change->kind == HRD_CHANGE_RESUMED ? ": the clock went back"
						 : "");
	hrd_audit_put(audit, &event);
}

static void
record_exemption(struct hrd_audit *audit, const char *action, const char *kind, const char *subject,
    const struct hrd_change *change)
{
	struct hrd_audit_event event = { .action = action, .type = "change" };

	if (change->subject == HRD_CHANGE_GROUP) {
		COPY(event.group, change->name);
		COPY(event.mode, mode_name(change->after));
	} else {
		COPY(event.name, change->name);
	}
	if (change->exemption != NULL) {
		COPY(event.owner, change->exemption->owner);
		COPY(event.reason, change->exemption->reason);
		hrd_exemption_end_text(change->exemption, event.until);
	}
	snprintf(event.message, sizeof(event.message), "%s \"%s\" %s", subject, change->name, kind);
	hrd_audit_put(audit, &event);
}

static void
record_change(void *ctx, const struct hrd_change *change)
{
	static const char *const kinds[] = { "added", "changed", "removed", "ended", "resumed" };
	static const char *const groups[] = { "group-added", "group-changed", "group-removed",
		"group-ended", "group-resumed" };
	static const char *const names[] = { "exemption-added", "exemption-changed",
		"exemption-removed", "exemption-ended", "exemption-resumed" };

	if (change->subject == HRD_CHANGE_MODE)
		record_mode(ctx, change);
	else if (change->subject == HRD_CHANGE_GROUP)
		record_exemption(ctx, groups[change->kind], kinds[change->kind], "group", change);
	else
		record_exemption(
		    ctx, names[change->kind], kinds[change->kind], "exempt name", change);
}

/* What is exempted from the first moment on. */
static void
record_all_exemptions(struct hrd_audit *audit, const struct hrd_generation *after)
{
	const struct hrd_client_settings *clients = &after->settings->clients;
	const struct hrd_allow_list *list = after->allow != NULL ? after->allow->list : NULL;
	char name[HRD_NAME_TEXT_MAX];

	for (size_t i = 0; i < clients->group_count; i++) {
		struct hrd_change change = { .subject = HRD_CHANGE_GROUP,
			.name = clients->groups[i].name,
			.after = clients->groups[i].mode,
			.exemption = &clients->groups[i].exemption };

		if (clients->groups[i].mode != HRD_MODE_ENFORCE)
			record_exemption(audit, "group-in-force", "in force", "group", &change);
	}
	for (size_t i = 0; list != NULL && i < list->count && i < NAMES_AT_START; i++) {
		struct hrd_change change = { .subject = HRD_CHANGE_NAME,
			.name = name,
			.exemption = &list->entries[i].exemption };

		hrd_name_to_text(&list->entries[i].name, name);
		record_exemption(audit, "exemption-in-force", "in force", "exempt name", &change);
	}
}

static const struct hrd_held *
find_path(const struct hrd_generation *generation, const char *path)
{
	for (size_t i = 0; generation != NULL && i < generation->held_count; i++) {
		if (strcmp(generation->held[i].policy->path, path) == 0)
			return &generation->held[i];
	}
	return NULL;
}

static const struct hrd_policy_info *
info_of(const struct hrd_held *held)
{
	return held != NULL && held->image != NULL ? hrd_policy_info(held->image->policy) : NULL;
}

/* was: NULL where there was none; now: NULL where there is none any more. */
static void
record_image(struct hrd_audit *audit, const char *path, const struct hrd_policy_info *was,
    const struct hrd_policy_info *now)
{
	struct hrd_audit_event event = { .action = "image-dropped", .type = "change" };

	COPY(event.file, path);
	if (was != NULL) {
		COPY(event.policy, was->id);
		event.had_serial = true;
		event.serial_before = was->serial;
		hrd_hex(event.digest_before, was->rule_digest, sizeof(was->rule_digest));
	}
	if (now != NULL) {
		event.action = "image-taken";
		COPY(event.policy, now->id);
		event.has_serial = true;
		event.serial = now->serial;
		hrd_hex(event.digest, now->rule_digest, sizeof(now->rule_digest));
	}
	snprintf(event.message, sizeof(event.message), "policy %s is in force%s", event.policy,
	    now != NULL ? "" : " no more");
	hrd_audit_put(audit, &event);
}

/* The ids of the keys, with commas. */
static void
key_ids(const struct hrd_policy_settings *policy, char text[HRD_AUDIT_TEXT_MAX])
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < policy->key_count; i++) {
		if (len + 2 * HRD_KEY_ID_LEN + 2 > HRD_AUDIT_TEXT_MAX)
			return;
		if (len > 0)
			text[len++] = ',';
		hrd_hex(text + len, policy->keys[i].id, HRD_KEY_ID_LEN);
		len += 2 * HRD_KEY_ID_LEN;
	}
}

static void
record_keys(struct hrd_audit *audit, const struct hrd_held *former, const struct hrd_held *held)
{
	struct hrd_audit_event event = { .action = "signer-changed", .type = "change" };

	key_ids(former->policy, event.keys_before);
	key_ids(held->policy, event.keys);
	if (strcmp(event.keys, event.keys_before) == 0)
		return;
	COPY(event.file, held->policy->path);
	snprintf(event.message, sizeof(event.message), "images from %s are to be signed by %s",
	    held->policy->path, event.keys[0] != '\0' ? "other keys" : "nobody");
	hrd_audit_put(audit, &event);
}

static void
record_images(struct hrd_audit *audit, const struct hrd_generation *before,
    const struct hrd_generation *after)
{
	for (size_t i = 0; i < after->held_count; i++) {
		const struct hrd_held *held = &after->held[i];
		const struct hrd_held *former = find_path(before, held->policy->path);
		const struct hrd_policy_info *now = info_of(held);

		if (now != NULL && (former == NULL || former->image != held->image))
			record_image(audit, held->policy->path, info_of(former), now);
		if (former != NULL)
			record_keys(audit, former, held);
	}
	for (size_t i = 0; before != NULL && i < before->held_count; i++) {
		const struct hrd_held *former = &before->held[i];
		const struct hrd_policy_info *was = info_of(former);

		if (was != NULL && info_of(find_path(after, former->policy->path)) == NULL)
			record_image(audit, former->policy->path, was, NULL);
	}
}

void
hrd_audit_published(struct hrd_audit *audit, const struct hrd_generation *before,
    const struct hrd_generation *after)
{
	record_settings(audit, before, after);
	record_images(audit, before, after);
	if (hrd_changes_find(before, after, record_change, audit) != HRD_OK)
		hrd_log(HRD_LOG_WARNING, "out of memory: not all changes are in the audit events");
	if (before == NULL)
		record_all_exemptions(audit, after);
}
