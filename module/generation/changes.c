/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares two generations. */
#include <config.h>

#include "module/generation/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module/base/log.h"

enum { LINES_MAX = 60, MODE_TEXT_MAX = 800 };

/* Two generations, and who is told of what differs. */
struct diff {
	const struct hrd_generation *before, *after;
	hrd_change_fn *each;
	void *ctx;
};

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_exemption(const struct hrd_exemption *a, const struct hrd_exemption *b)
{
	return same_text(a->owner, b->owner) && same_text(a->reason, b->reason) &&
	       a->has_end == b->has_end && (!a->has_end || a->end == b->end);
}

static bool
is_over(const struct hrd_exemption *exemption, const struct hrd_generation *at)
{
	return hrd_exemption_state(exemption, at->made) == HRD_EXEMPTION_OVER;
}

/* Tells what became of one of which both generations have an entry, by their exemptions. */
static void
add_both(const struct diff *diff, struct hrd_change change, const struct hrd_exemption *former,
    const struct hrd_exemption *now, bool same)
{
	bool was_over = is_over(former, diff->before), over = is_over(now, diff->after);

	change.exemption = now;
	if (over && was_over)
		return;
	if (over)
		change.kind = HRD_CHANGE_ENDED;
	else if (was_over && same)
		change.kind = HRD_CHANGE_RESUMED;
	else if (was_over)
		change.kind = HRD_CHANGE_ADDED;
	else if (same)
		return;
	else
		change.kind = HRD_CHANGE_CHANGED;
	diff->each(diff->ctx, &change);
}

/* Tells what only one of them has; what is over there is nothing. */
static void
add_one(const struct diff *diff, struct hrd_change change, enum hrd_change_kind kind,
    const struct hrd_exemption *exemption)
{
	if (is_over(exemption, kind == HRD_CHANGE_ADDED ? diff->after : diff->before))
		return;
	change.kind = kind;
	change.exemption = exemption;
	diff->each(diff->ctx, &change);
}

static bool
same_group(const struct hrd_client_group *a, const struct hrd_client_group *b)
{
	bool same = a->mode == b->mode && a->prefix_count == b->prefix_count &&
		    a->policy_count == b->policy_count &&
		    same_exemption(&a->exemption, &b->exemption);

	for (size_t i = 0; same && i < a->prefix_count; i++)
		same = hrd_prefix_cmp(&a->prefixes[i], &b->prefixes[i]) == 0;
	for (size_t i = 0; same && i < a->policy_count; i++)
		same = strcmp(a->policies[i].id, b->policies[i].id) == 0;
	return same;
}

static int
by_group(const void *a, const void *b)
{
	const struct hrd_client_group *const *first = a, *const *second = b;
	int order = strcmp((*first)->name, (*second)->name);

	if (order != 0)
		return order;
	return *first < *second ? -1 : *first > *second;
}

static int
compare_groups(const void *a, const void *b)
{
	const struct hrd_client_group *const *first = a, *const *second = b;

	return strcmp((*first)->name, (*second)->name);
}

static void
add_group(const struct diff *diff, const void *former, const void *now)
{
	const struct hrd_client_group *const *a = former, *const *b = now;
	struct hrd_change change = { .subject = HRD_CHANGE_GROUP,
		.name = b != NULL ? (*b)->name : (*a)->name,
		.after = b != NULL ? (*b)->mode : (*a)->mode };

	if (a == NULL)
		add_one(diff, change, HRD_CHANGE_ADDED, &(*b)->exemption);
	else if (b == NULL)
		add_one(diff, change, HRD_CHANGE_REMOVED, &(*a)->exemption);
	else
		add_both(diff, change, &(*a)->exemption, &(*b)->exemption, same_group(*a, *b));
}

static int
compare_names(const void *a, const void *b)
{
	const struct hrd_allow_entry *const *first = a, *const *second = b;
	int order = hrd_name_cmp(&(*first)->name, &(*second)->name);

	return order != 0 ? order : (int)(*first)->exact - (int)(*second)->exact;
}

static int
by_name(const void *a, const void *b)
{
	const struct hrd_allow_entry *const *first = a, *const *second = b;
	int order = compare_names(a, b);

	if (order != 0)
		return order;
	return *first < *second ? -1 : *first > *second;
}

static void
add_name(const struct diff *diff, const void *former, const void *now)
{
	const struct hrd_allow_entry *const *a = former, *const *b = now;
	const struct hrd_allow_entry *entry = b != NULL ? *b : *a;
	char name[HRD_NAME_TEXT_MAX];
	struct hrd_change change = {
		.subject = HRD_CHANGE_NAME, .name = name, .exact = entry->exact
	};

	hrd_name_to_text(&entry->name, name);
	if (a == NULL)
		add_one(diff, change, HRD_CHANGE_ADDED, &(*b)->exemption);
	else if (b == NULL)
		add_one(diff, change, HRD_CHANGE_REMOVED, &(*a)->exemption);
	else
		add_both(diff, change, &(*a)->exemption, &(*b)->exemption,
		    same_exemption(&(*a)->exemption, &(*b)->exemption));
}

struct side {
	const void **entries;
	size_t count;
};

typedef int order_fn(const void *, const void *);
typedef void add_fn(const struct diff *diff, const void *former, const void *now);

static void
merge(const struct diff *diff, const struct side *former, const struct side *now, order_fn *order,
    add_fn *add)
{
	size_t i = 0, j = 0;

	while (i < former->count || j < now->count) {
		int which = i == former->count ? 1
			    : j == now->count  ? -1
					       : order(&former->entries[i], &now->entries[j]);

		add(diff, which <= 0 ? &former->entries[i] : NULL,
		    which >= 0 ? &now->entries[j] : NULL);
		i += which <= 0;
		j += which >= 0;
	}
}

static const struct hrd_client_settings *
clients_of(const struct hrd_generation *generation)
{
	return &generation->settings->clients;
}

/* Those groups that are exemptions, or were. */
static int
take_groups(const struct hrd_generation *generation, struct side *side)
{
	const struct hrd_client_settings *clients = clients_of(generation);

	side->count = 0;
	side->entries = calloc(clients->group_count + 1, sizeof(*side->entries));
	if (side->entries == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < clients->group_count; i++)
		side->entries[side->count++] = &clients->groups[i];
	qsort(side->entries, side->count, sizeof(*side->entries), by_group);
	return HRD_OK;
}

static int
take_names(const struct hrd_generation *generation, struct side *side)
{
	const struct hrd_allow_list *list =
	    generation->allow != NULL ? generation->allow->list : NULL;
	size_t count = list != NULL ? list->count : 0;

	side->count = 0;
	side->entries = calloc(count + 1, sizeof(*side->entries));
	if (side->entries == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < count; i++)
		side->entries[side->count++] = &list->entries[i];
	qsort(side->entries, side->count, sizeof(*side->entries), by_name);
	return HRD_OK;
}

typedef int take_fn(const struct hrd_generation *generation, struct side *side);

static int
find(const struct diff *diff, take_fn *take, order_fn *order, add_fn *add)
{
	struct side former = { NULL, 0 }, now = { NULL, 0 };
	int status = take(diff->before, &former);

	if (status == HRD_OK)
		status = take(diff->after, &now);
	if (status == HRD_OK)
		merge(diff, &former, &now, order, add);
	free(former.entries);
	free(now.entries);
	return status;
}

static bool
mode_is_over(const struct hrd_generation *generation)
{
	return generation->settings->mode != HRD_MODE_ENFORCE &&
	       is_over(&generation->settings->mode_exemption, generation);
}

static void
add_mode(const struct diff *diff)
{
	const struct hrd_generation *before = diff->before, *after = diff->after;
	const struct hrd_exemption *exemption = &after->settings->mode_exemption;
	struct hrd_change change = { .subject = HRD_CHANGE_MODE,
		.kind = HRD_CHANGE_CHANGED,
		.name = "",
		.before = before != NULL ? before->mode : HRD_MODE_ENFORCE,
		.after = after->mode,
		.exemption = exemption };
	bool other = change.before != change.after;

	if (other && mode_is_over(after))
		change.kind = HRD_CHANGE_ENDED;
	else if (other && before != NULL && before->settings == after->settings)
		change.kind = HRD_CHANGE_RESUMED;
	else if (!other && before != NULL && change.after != HRD_MODE_ENFORCE)
		other = !same_exemption(&before->settings->mode_exemption, exemption);
	if (other)
		diff->each(diff->ctx, &change);
}

int
hrd_changes_find(const struct hrd_generation *before, const struct hrd_generation *after,
    hrd_change_fn *each, void *ctx)
{
	struct diff diff = { before, after, each, ctx };
	int status = HRD_OK;

	add_mode(&diff);
	if (before == NULL)
		return HRD_OK;
	if (before->settings != after->settings || before->made != after->made)
		status = find(&diff, take_groups, compare_groups, add_group);
	if (status == HRD_OK && before->allow != after->allow)
		status = find(&diff, take_names, compare_names, add_name);
	return status;
}

static const char *
mode_name(enum hrd_mode mode)
{
	static const char *const names[] = { "enforce", "observe", "off" };

	return names[mode];
}

/* Why a mode is what it is: "" where nobody says so. */
static void
describe_mode(const struct hrd_change *change, char text[MODE_TEXT_MAX])
{
	const struct hrd_exemption *exemption = change->exemption;
	char end[HRD_END_TEXT_MAX];

	hrd_exemption_end_text(exemption, end);
	text[0] = '\0';
	if (change->kind == HRD_CHANGE_ENDED)
		snprintf(text, MODE_TEXT_MAX, ": \"mode-until\" has come, %s", end);
	else if (change->after != HRD_MODE_ENFORCE &&
		 (exemption->owner != NULL || exemption->reason != NULL || exemption->has_end))
		snprintf(text, MODE_TEXT_MAX, "%s: owner %.255s, reason %.255s, until %s",
		    change->kind == HRD_CHANGE_RESUMED ? ": the clock went back" : "",
		    exemption->owner != NULL ? exemption->owner : "not named",
		    exemption->reason != NULL ? exemption->reason : "not given",
		    exemption->has_end ? end : "not given");
}

static void
log_mode(const struct hrd_change *change)
{
	static const char *const effects[] = { "rules change answers",
		"rules match and change nothing", "nothing is enforced for anybody" };
	bool other = change->before != change->after;
	char why[MODE_TEXT_MAX];

	describe_mode(change, why);
	hrd_log_as(change->after == HRD_MODE_ENFORCE ? HRD_LOG_NOTICE : HRD_LOG_WARNING, "",
	    "mode is %s %s%s%s: %s%s", other ? "now" : "still", mode_name(change->after),
	    other ? ", was " : "", other ? mode_name(change->before) : "", effects[change->after],
	    why);
}

static void
log_one(void *ctx, const struct hrd_change *change)
{
	static const char *const kinds[] = { "added", "changed", "removed", "ended",
		"holds again: the clock went back" };
	const struct hrd_exemption *exemption = change->exemption;
	char end[HRD_END_TEXT_MAX] = "";
	size_t *count = ctx;

	if (change->subject == HRD_CHANGE_MODE) {
		log_mode(change);
		return;
	}
	if ((*count)++ >= LINES_MAX)
		return;
	hrd_exemption_end_text(exemption, end);
	hrd_log(HRD_LOG_NOTICE, "%s \"%s\" %s%s%s: owner %s, reason %s, until %s",
	    change->subject == HRD_CHANGE_GROUP ? "group" : "exempt name", change->name,
	    kinds[change->kind], change->subject == HRD_CHANGE_GROUP ? ", mode " : "",
	    change->subject == HRD_CHANGE_GROUP ? mode_name(change->after) : "",
	    exemption->owner != NULL ? exemption->owner : "not named",
	    exemption->reason != NULL ? exemption->reason : "not given",
	    end[0] != '\0' ? end : "not given");
}

void
hrd_changes_log(const struct hrd_generation *before, const struct hrd_generation *after)
{
	size_t count = 0;
	int status = hrd_changes_find(before, after, log_one, &count);

	if (count > LINES_MAX)
		hrd_log(HRD_LOG_NOTICE, "and %zu more exemptions changed", count - LINES_MAX);
	if (status != HRD_OK)
		hrd_log(HRD_LOG_WARNING, "out of memory: not all changed exemptions were told");
}
