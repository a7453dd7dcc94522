/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in force of the parts at a time. */
#include <config.h>

#include "module/generation/parts.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/day.h"
#include "module/base/log.h"

enum { EXPIRING_DAYS = 3, EXPIRING_PART = 4 };

/* From when on an image is about to expire: the last quarter of its validity, three days at most.
 */
static int64_t
expires_soon_from(const struct hrd_policy_info *info)
{
	int64_t end = (int64_t)info->not_after, days = (int64_t)EXPIRING_DAYS * HRD_DAY_SECONDS;
	int64_t part =
	    info->created < info->not_after ? (end - (int64_t)info->created) / EXPIRING_PART : 0;

	return end - (part < days ? part : days);
}

static void
log_end(const struct hrd_held *held, const struct hrd_policy_info *info,
    const struct hrd_settings *settings)
{
	char text[HRD_TIME_TEXT_MAX];
	struct hrd_log_subject subject;

	hrd_image_subject(held->policy->path, held->image, false, &subject);
	hrd_time_text(info->not_after, text);
	if (held->expired)
		hrd_log_about(HRD_LOG_ERROR, "image-expired", &subject,
		    "ALARM: policy %s expired at %s: %s (on-expired); see why no newer image "
		    "is published",
		    info->id, text,
		    settings->on_expired == HRD_EXPIRED_OBSERVE ? "its rules only observe"
								: "it is enforced all the same");
	else
		hrd_log_about(HRD_LOG_WARNING, "image-expiring", &subject,
		    "policy %s expires at %s: see why no newer image is published", info->id, text);
}

/* The former one of the same image, where it was said under the same settings, or NULL. */
static const struct hrd_held *
former_of(const struct hrd_generation *previous, const struct hrd_held *held,
    const struct hrd_settings *settings)
{
	const struct hrd_held *former = hrd_held_find(previous, held->policy->path);

	return former != NULL && former->image == held->image &&
		       previous->settings->on_expired == settings->on_expired
		   ? former
		   : NULL;
}

/* What the time makes of an image that does not last for ever; what is new of it is said. */
static void
judge_validity(struct hrd_generation *generation, struct hrd_held *held,
    const struct hrd_policy_info *info, const struct hrd_generation *previous)
{
	const struct hrd_held *former = former_of(previous, held, generation->settings);
	int64_t end = (int64_t)info->not_after, soon = expires_soon_from(info);

	hrd_span_cut(&generation->span, generation->made, soon);
	hrd_span_cut(&generation->span, generation->made, end);
	held->expired = end <= generation->made;
	held->expiring = !held->expired && soon <= generation->made;
	if ((held->expired && (former == NULL || !former->expired)) ||
	    (held->expiring && (former == NULL || !(former->expiring || former->expired))))
		log_end(held, info, generation->settings);
	former = previous != NULL ? former_of(previous, held, previous->settings) : NULL;
	if (!held->expired && former != NULL && former->expired)
		hrd_log(HRD_LOG_NOTICE, "policy %s is valid again: the clock went back", info->id);
}

/* Makes a layer of a policy that has an image. */
static void
add_layer(
    struct hrd_generation *generation, struct hrd_held *held, const struct hrd_generation *previous)
{
	const struct hrd_policy_settings *policy = held->policy;
	struct hrd_layer *layer = &generation->storage[generation->layers.count++];

	layer->policy = held->image->policy;
	layer->info = hrd_policy_info(layer->policy);
	layer->override = policy->override;
	layer->cname = policy->override == HRD_OVERRIDE_CNAME ? &policy->cname : NULL;
	held->trusted = hrd_held_is_trusted(generation, held);
	held->expired = held->expiring = false;
	if (layer->info->not_after > 0 && layer->info->not_after <= INT64_MAX)
		judge_validity(generation, held, layer->info, previous);
	if (held->expired && generation->settings->on_expired == HRD_EXPIRED_OBSERVE)
		layer->override = HRD_OVERRIDE_DISABLED;
}

static int
make_layers(struct hrd_generation *generation, const struct hrd_generation *previous)
{
	const struct hrd_policy *exempt =
	    generation->allow != NULL ? generation->allow->policy : NULL;

	generation->storage = calloc(generation->held_count + 1, sizeof(*generation->storage));
	if (generation->storage == NULL)
		return HRD_ENOMEM;
	generation->layers.layer = generation->storage;
	if (exempt != NULL) {
		generation->storage[0].policy = exempt;
		generation->storage[0].info = hrd_policy_info(exempt);
		generation->layers.count = 1;
	}
	for (size_t i = 0; i < generation->held_count; i++) {
		if (generation->held[i].image != NULL)
			add_layer(generation, &generation->held[i], previous);
	}
	return HRD_OK;
}

static uint64_t
bit_of(const struct hrd_generation *generation, const char *id)
{
	for (size_t i = 0; i < generation->layers.count; i++) {
		if (strcmp(generation->layers.layer[i].info->id, id) == 0)
			return (uint64_t)1 << i;
	}
	return 0;
}

/* Which layers skip each group: those that it does not choose, if it chooses any. The local allow
 * list is everybody's. */
static int
choose_layers(struct hrd_generation *generation)
{
	const struct hrd_client_settings *clients = &generation->settings->clients;
	uint64_t allow = bit_of(generation, HRD_ALLOW_ID);

	generation->skipped = calloc(clients->group_count + 1, sizeof(*generation->skipped));
	if (generation->skipped == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];
		uint64_t chosen = group->policies != NULL ? allow : UINT64_MAX;

		for (size_t j = 0; j < group->policy_count; j++)
			chosen |= bit_of(generation, group->policies[j].id);
		generation->skipped[i] = ~chosen;
		generation->layers.optional |= ~chosen;
	}
	return HRD_OK;
}

static int
make_groups(struct hrd_generation *generation, const struct hrd_generation *previous,
    const char *settings_path)
{
	bool same = previous != NULL && previous->settings == generation->settings;
	struct hrd_exemption_count count = { .file = settings_path,
		.now = generation->made,
		.before = same ? previous->made : INT64_MIN,
		.span = generation->span };
	int status =
	    hrd_client_table_make(&generation->settings->clients, &count, &generation->groups);

	generation->exempt_groups = count.sum;
	generation->span = count.span;
	return status;
}

/* Warns of a mode other than enforce that nobody answers for, or whose end has come. */
static void
warn_of_mode(const struct hrd_settings *settings, int64_t now, const char *path)
{
	const struct hrd_exemption *exemption = &settings->mode_exemption;
	char end[HRD_END_TEXT_MAX];

	if (hrd_exemption_state(exemption, now) == HRD_EXEMPTION_OVER) {
		hrd_exemption_end_text(exemption, end);
		hrd_log_as(HRD_LOG_WARNING, "exemption-warning",
		    "%s:%u:%u: warning: \"mode\" ended on %s and is not applied: remove it, or "
		    "give it a later \"mode-until\" [mode-over]",
		    path, (unsigned)exemption->line, (unsigned)exemption->col, end);
	} else if (exemption->owner == NULL || exemption->reason == NULL || !exemption->has_end) {
		hrd_log_as(HRD_LOG_WARNING, "exemption-warning",
		    "%s:%u:%u: warning: \"mode\" has no \"%s\" [mode-unowned]", path,
		    (unsigned)exemption->line, (unsigned)exemption->col,
		    exemption->owner == NULL    ? "mode-owner"
		    : exemption->reason == NULL ? "mode-reason"
						: "mode-until");
	}
}

static void
make_mode(struct hrd_generation *generation, const struct hrd_generation *previous,
    const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;
	bool same = previous != NULL && previous->settings == settings;

	generation->mode = hrd_settings_mode(settings, generation->made);
	if (settings->mode == HRD_MODE_ENFORCE)
		return;
	if (settings->mode_exemption.has_end)
		hrd_span_cut(&generation->span, generation->made, settings->mode_exemption.end);
	if (!same)
		warn_of_mode(settings, generation->made, settings_path);
}

int
hrd_generation_derive(struct hrd_generation *generation, const struct hrd_generation *previous,
    int64_t now, const char *settings_path)
{
	int status;

	generation->made = now;
	generation->span = (struct hrd_span)HRD_SPAN_ALWAYS;
	if (generation->allow != NULL)
		generation->span = generation->allow->span;
	make_mode(generation, previous, settings_path);
	status = make_groups(generation, previous, settings_path);
	if (status == HRD_OK)
		status = make_layers(generation, previous);
	return status == HRD_OK ? choose_layers(generation) : status;
}
