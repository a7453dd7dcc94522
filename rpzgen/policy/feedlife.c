/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of feeds. */
#include <config.h>

#include "rpzgen/policy/feedlife.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/day.h"
#include "lib/crypto/blake2b.h"

static bool
is_taken(const struct hrd_feedlife *life, size_t n)
{
	const struct hrd_feed_body *body = &life->feeds->all[n];

	return body->data != NULL && hrd_scope_takes_feed(life->scope, body->feed);
}

static const struct hrd_manifest_feed *
former(const struct hrd_manifest *manifest, const char *id)
{
	for (size_t i = 0; manifest != NULL && i < manifest->feed_count; i++) {
		if (strcmp(manifest->feeds[i].id, id) == 0)
			return &manifest->feeds[i];
	}
	return NULL;
}

/* The most lines that a feed had in the builds that are remembered. */
static uint64_t
most_lines(const struct hrd_manifest_feed *feed)
{
	uint64_t most = feed->lines;

	for (size_t i = 0; i < feed->history_count; i++)
		most = feed->history[i] > most ? feed->history[i] : most;
	return most;
}

/* What speaks against a number of lines after that one, or NULL. */
static const char *
size_fault(uint64_t most, uint64_t lines)
{
	if (lines + HRD_FEED_CHANGE_LINES < most && lines * 100 < most * HRD_FEED_COLLAPSE_PERCENT)
		return "less than half of what it had";
	if (lines > most + HRD_FEED_CHANGE_LINES && lines > most * HRD_FEED_EXPLOSION_TIMES)
		return "more than four times what it had";
	return NULL;
}

/* True when the last good body took the place of the new one. */
static bool
judge_size(const struct hrd_feedlife *life, size_t n)
{
	const struct hrd_feed_body *body = &life->feeds->all[n];
	const struct hrd_manifest_feed *before = former(life->previous, body->feed->id);
	struct hrd_position place = { body->where, 0, 0 };
	uint64_t lines = body->taken + body->exempted;
	const char *fault = before != NULL ? size_fault(most_lines(before), lines) : NULL;
	char why[160];

	if (fault == NULL || life->is_accepted(life->ctx, body->feed->id))
		return false;
	snprintf(why, sizeof(why), "%" PRIu64 " lines after %" PRIu64 ", %s", lines,
	    most_lines(before), fault);
	if (hrd_feed_take_kept(life->feeds, n, why, life->diag))
		return true;
	hrd_diag(life->diag, HRD_ERROR, &place, "feed-change",
	    "feed \"%s\": %s; --accept-feed %s takes it, this once", body->feed->id, why,
	    body->feed->id);
	return false;
}

bool
hrd_feedlife_judge_sizes(const struct hrd_feedlife *life)
{
	bool again = false;

	for (size_t n = 0; n < life->feeds->count; n++)
		again = (is_taken(life, n) && judge_size(life, n)) || again;
	return again;
}

/* Reports what is too old; false then. */
static bool
judge_age(const struct hrd_position *place, const char *id, uint64_t when, uint64_t now,
    uint64_t days, struct hrd_diag *diag)
{
	char day[HRD_DATE_TEXT_MAX];

	if (days == 0 || now < when || now - when <= days * HRD_DAY_SECONDS)
		return true;
	hrd_date_text((int32_t)(when / HRD_DAY_SECONDS), day);
	hrd_diag(diag, HRD_ERROR, place, "feed-age",
	    "feed \"%s\" is of %s, more than %" PRIu64 " days ago: its source is gone, or nobody "
	    "fetches it",
	    id, day, days);
	return false;
}

void
hrd_feedlife_judge_ages(const struct hrd_feedlife *life)
{
	for (size_t n = 0; n < life->feeds->count; n++) {
		const struct hrd_feed_body *body = &life->feeds->all[n];
		struct hrd_position place = { body->where, 0, 0 };
		uint64_t days = body->feed->max_age != 0 ? body->feed->max_age : life->max_age_days;

		if (is_taken(life, n))
			(void)!judge_age(
			    &place, body->feed->id, body->when, life->now, days, life->diag);
	}
}

bool
hrd_feedlife_judge_manifest(const struct hrd_manifest *manifest, const char *path, uint64_t now,
    uint64_t max_age_days, struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };
	bool good = true;

	for (size_t i = 0; i < manifest->feed_count; i++)
		good = judge_age(&place, manifest->feeds[i].id, manifest->feeds[i].when, now,
			   max_age_days, diag) &&
		       good;
	return good;
}

/* The sizes before, newest first. What the user has accepted begins anew: else the next build
 * would refuse it again. */
static void
remember(const struct hrd_feedlife *life, struct hrd_manifest_feed *feed)
{
	const struct hrd_manifest_feed *before = former(life->previous, feed->id);

	if (before == NULL || size_fault(most_lines(before), feed->lines) != NULL)
		return;
	if (memcmp(before->blake2b, feed->blake2b, sizeof(feed->blake2b)) != 0)
		feed->history[feed->history_count++] = before->lines;
	for (size_t i = 0;
	     i < before->history_count && feed->history_count < HRD_MANIFEST_HISTORY_MAX; i++)
		feed->history[feed->history_count++] = before->history[i];
}

bool
hrd_feedlife_describe(const struct hrd_feedlife *life, struct hrd_manifest *manifest)
{
	for (size_t n = 0; n < life->feeds->count; n++) {
		const struct hrd_feed_body *body = &life->feeds->all[n];
		struct hrd_manifest_feed *feed = &manifest->feeds[manifest->feed_count];

		if (!is_taken(life, n))
			continue;
		if (manifest->feed_count == HRD_MANIFEST_FEEDS_MAX) {
			struct hrd_position place = { body->where, 0, 0 };

			hrd_diag(life->diag, HRD_ERROR, &place, "feed-count",
			    "more than %d feeds, which a manifest cannot tell to consumers",
			    HRD_MANIFEST_FEEDS_MAX);
			return false;
		}
		manifest->feed_count++;
		snprintf(feed->id, sizeof(feed->id), "%s", body->feed->id);
		snprintf(feed->source, sizeof(feed->source), "%s",
		    body->feed->url != NULL ? body->feed->url : body->feed->file);
		snprintf(feed->form, sizeof(feed->form), "%s", hrd_feed_form_word(body->form));
		feed->size = body->len;
		hrd_blake2b(feed->blake2b, sizeof(feed->blake2b), body->data, body->len);
		feed->when = body->when < life->now ? body->when : life->now;
		feed->lines = body->taken + body->exempted;
		for (int i = 0; i < HRD_SKIPS; i++)
			feed->left_out += body->skipped[i];
		remember(life, feed);
	}
	return true;
}
