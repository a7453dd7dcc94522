/* SPDX-License-Identifier: BSD-3-Clause */
/* Images, groups and policies that have to go together. */
#include <config.h>

#include "module/generation/parts.h"

#include <string.h>

#include "module/base/log.h"

/* The entry of that path; NULL when there is none. */
const struct hrd_held *
hrd_held_find(const struct hrd_generation *generation, const char *path)
{
	for (size_t i = 0; generation != NULL && i < generation->held_count; i++) {
		if (strcmp(generation->held[i].policy->path, path) == 0)
			return &generation->held[i];
	}
	return NULL;
}

/* The id of its image; "" without one. */
static const char *
id_of(const struct hrd_held *held)
{
	return held->image != NULL ? hrd_policy_info(held->image->policy)->id : "";
}

/* The entry with an image of that id; the number of entries when there is none. */
static size_t
find_id(const struct hrd_generation *generation, const char *id)
{
	size_t i = 0;

	while (i < generation->held_count && strcmp(id_of(&generation->held[i]), id) != 0)
		i++;
	return i;
}

bool
hrd_held_is_trusted(const struct hrd_generation *generation, const struct hrd_held *held)
{
	const struct hrd_settings *settings = generation->settings;
	const struct hrd_policy_settings *policy = held->policy;

	if ((size_t)(held - generation->held) < settings->policy_count || policy->key_count == 0)
		return hrd_image_is_trusted(held->image, policy);
	for (size_t i = 0; i < settings->policy_count; i++) {
		policy = &settings->policies[i];
		if (policy->key_count > 0 && hrd_image_is_trusted(held->image, policy))
			return true;
	}
	return false;
}

struct hrd_image_want
hrd_held_want(const struct hrd_generation *generation, const struct hrd_held *held,
    const struct hrd_load *load)
{
	const struct hrd_held *former = hrd_held_find(load->previous, held->policy->path);

	return (struct hrd_image_want){
		.policy = held->policy,
		.state_dir = generation->settings->state_dir,
		.former = former != NULL ? former->image : NULL,
		.stop = load->stop,
		.dry = load->dry,
	};
}

/* Whether the image was read anew, from the file that the settings name. */
bool
hrd_held_is_fresh(const struct hrd_held *held, const struct hrd_load *load)
{
	const struct hrd_held *former = hrd_held_find(load->previous, held->policy->path);

	return held->image != NULL && held->image->file.st_ino != 0 &&
	       (former == NULL || former->image != held->image);
}

void
hrd_generation_note(struct hrd_generation *generation, int status, bool passing)
{
	if (status == HRD_OK)
		return;
	if (generation->fault == HRD_OK)
		generation->fault = status;
	generation->passing |= passing;
}

/* What was in force of the policy; NULL: nothing was. */
static const struct hrd_held *
former_of(const struct hrd_held *held, const struct hrd_load *load)
{
	const struct hrd_held *former = hrd_held_find(load->previous, held->policy->path);

	return former != NULL && former->image != NULL ? former : NULL;
}

/* Puts what was in force of the policy in the place of an image that is refused. */
static void
put_back(struct hrd_generation *generation, struct hrd_held *held, const struct hrd_load *load)
{
	struct hrd_image_want want = hrd_held_want(generation, held, load);

	hrd_image_release(held->image);
	held->image = hrd_image_stand_in(&want);
	hrd_generation_note(generation, HRD_EINVAL, false);
}

static void
log_policy(const struct hrd_held *held, const struct hrd_load *load, const char *id,
    const char *text, const char *diagnostic)
{
	hrd_log(HRD_LOG_ERROR, "%s:%u:%u: error: %s \"%s\"%s", load->settings_path,
	    (unsigned)held->policy->line, (unsigned)held->policy->col, text, id, diagnostic);
}

/* How much right a policy has to the id of its image: most where it had it in force, and more where
 * nothing was in force of it than where that can stand in. */
enum right { RIGHT_LEAST, RIGHT_NEW, RIGHT_HOLDER };

static enum right
right_of(const struct hrd_held *held, const struct hrd_load *load)
{
	const struct hrd_held *former = former_of(held, load);

	if (former == NULL)
		return RIGHT_NEW;
	return strcmp(id_of(former), id_of(held)) == 0 ? RIGHT_HOLDER : RIGHT_LEAST;
}

/* Whether the id is in force of a policy that is named no more: it may have to stay. */
static bool
is_left(const struct hrd_generation *generation, const char *id, const struct hrd_load *load)
{
	size_t i = load->previous != NULL ? find_id(load->previous, id) : 0;

	return load->previous != NULL && i < load->previous->held_count &&
	       hrd_held_find(generation, load->previous->held[i].policy->path) == NULL;
}

/* Whether another policy has the id of this one, and this one has to give way: it came later. */
static bool
is_second(const struct hrd_generation *generation, size_t i, const struct hrd_load *load)
{
	const struct hrd_held *held = &generation->held[i];
	const char *id = id_of(held);
	enum right right = right_of(held, load);

	if (strcmp(id, HRD_ALLOW_ID) == 0)
		return true;
	for (size_t j = 0; j < generation->held_count; j++) {
		const struct hrd_held *other = &generation->held[j];
		enum right its = right_of(other, load);

		if (j != i && other->image != NULL && (its > right || (its == right && j < i)) &&
		    strcmp(id_of(other), id) == 0)
			return true;
	}
	return right == RIGHT_LEAST && is_left(generation, id, load);
}

/* Refuses the first image that has to give way; false: there is none. What comes back in its place
 * had its id in force, and nothing takes that from it. */
static bool
refuse_second(struct hrd_generation *generation, const struct hrd_load *load)
{
	size_t i = 0;
	struct hrd_held *held;

	while (i < generation->held_count &&
	       (generation->held[i].image == NULL || !is_second(generation, i, load)))
		i++;
	if (i == generation->held_count)
		return false;
	held = &generation->held[i];
	/* What is left may go with this very load. */
	generation->passing |= is_left(generation, id_of(held), load);
	log_policy(held, load, id_of(held), "two policies have the id",
	    ": remove one, or compile it with another --id [settings-policy-twice]");
	if (right_of(held, load) == RIGHT_LEAST) {
		put_back(generation, held, load);
		return true;
	}
	hrd_image_release(held->image);
	held->image = NULL;
	hrd_generation_note(generation, HRD_EINVAL, false);
	return true;
}

/* Two policies of one id could not be told apart in answers, events and metrics: the one that came
 * later is refused. HRD_EINVAL: at a start. */
static int
check_ids(struct hrd_generation *generation, const struct hrd_load *load)
{
	int status = HRD_OK;

	while (refuse_second(generation, load)) {
		if (load->previous == NULL)
			status = HRD_EINVAL;
	}
	return status;
}

/* Whether a group chooses the policy of that id. */
static bool
is_chosen(const struct hrd_client_settings *clients, const char *id)
{
	for (size_t i = 0; i < clients->group_count; i++) {
		for (size_t j = 0; j < clients->groups[i].policy_count; j++) {
			if (strcmp(clients->groups[i].policies[j].id, id) == 0)
				return true;
		}
	}
	return false;
}

/* Refuses the first image that leaves those without policy who choose it by its former id; false:
 * there is none. */
static bool
refuse_other_id(struct hrd_generation *generation, const struct hrd_load *load)
{
	for (size_t i = 0; i < generation->held_count; i++) {
		struct hrd_held *held = &generation->held[i];
		const struct hrd_held *former = former_of(held, load);

		if (former == NULL || !hrd_held_is_fresh(held, load) ||
		    !is_chosen(&generation->settings->clients, id_of(former)) ||
		    find_id(generation, id_of(former)) < generation->held_count)
			continue;
		log_policy(held, load, id_of(former), "a group chooses the policy",
		    ", and the image of that policy now has another id [settings-policy-id]");
		put_back(generation, held, load);
		return true;
	}
	return false;
}

/* One that is put back may have been the one that had the former id of another. */
static void
check_choices(struct hrd_generation *generation, const struct hrd_load *load)
{
	while (refuse_other_id(generation, load))
		;
}

/* Whether an entry has no image and had none since it was named. */
static bool
is_awaited(const struct hrd_held *held, const struct hrd_load *load)
{
	const struct hrd_held *former = hrd_held_find(load->previous, held->policy->path);

	return held->image == NULL && (former == NULL || former->awaited);
}

static int
see_to_missing(struct hrd_generation *generation, const struct hrd_load *load)
{
	const struct hrd_generation *previous = load->previous;

	for (size_t i = 0; i < generation->held_count; i++) {
		struct hrd_held *held = &generation->held[i];

		held->awaited = previous != NULL && is_awaited(held, load);
		generation->lacking += held->image == NULL;
	}
	if (generation->lacking == 0)
		return HRD_OK;
	if (previous == NULL && generation->settings->on_missing == HRD_MISSING_REFUSE)
		return generation->fault;
	generation->servfail = generation->settings->on_missing == HRD_MISSING_SERVFAIL &&
			       (previous == NULL || previous->servfail);
	hrd_log(HRD_LOG_ERROR, "ALARM: %zu of %zu policies are missing: %s until they are there",
	    generation->lacking, generation->held_count,
	    generation->servfail ? "every client gets SERVFAIL" : "they are not enforced");
	return HRD_OK;
}

/* Whether a policy is awaited: then all that was in force stays. */
static bool
awaits(const struct hrd_generation *generation)
{
	size_t i = 0;

	while (i < generation->held_count && !generation->held[i].awaited)
		i++;
	return i < generation->held_count;
}

/* Whether a group can choose that id: what is named has it, or may have it when it is there. */
static bool
is_there(const struct hrd_generation *generation, const char *id, const struct hrd_load *load)
{
	return find_id(generation, id) < generation->held_count ||
	       (awaits(generation) && is_left(generation, id, load));
}

/* Tells of each policy that a group chooses and that is not there; how many there are. */
static unsigned
log_wrong_choices(const struct hrd_generation *generation, const struct hrd_load *load)
{
	const struct hrd_client_settings *clients = &generation->settings->clients;
	unsigned wrong = 0;

	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];

		for (size_t j = 0; j < group->policy_count; j++) {
			const struct hrd_group_policy *choice = &group->policies[j];

			if (is_there(generation, choice->id, load))
				continue;
			wrong++;
			hrd_log(HRD_LOG_ERROR,
			    "%s:%u:%u: error: no policy has the id \"%s\" of those named: the log "
			    "tells the id of each image [settings-policy-id]",
			    load->settings_path, (unsigned)choice->line, (unsigned)choice->col,
			    choice->id);
		}
	}
	return wrong;
}

/* Goes on with the groups that are in force. */
static int
keep_groups(struct hrd_generation *generation, const struct hrd_load *load)
{
	struct hrd_settings *next;
	int status;

	if (load->previous->settings == generation->settings)
		return HRD_OK;
	status = hrd_settings_with(
	    generation->settings, load->previous->settings, HRD_SETTING_CLIENTS, &next);
	if (status != HRD_OK)
		return status;
	hrd_settings_release(generation->settings);
	generation->settings = next;
	check_choices(generation, load);
	return HRD_OK;
}

/* Groups that choose what is not there are not taken: the former ones stay. At a start it may be
 * among those that are missing. */
static int
check_groups(struct hrd_generation *generation, const struct hrd_load *load)
{
	if ((load->previous == NULL && generation->lacking > 0) ||
	    log_wrong_choices(generation, load) == 0)
		return HRD_OK;
	hrd_generation_note(generation, HRD_EINVAL, false);
	return load->previous == NULL ? HRD_EINVAL : keep_groups(generation, load);
}

/* Adds what was in force and is named no more. */
static void
retain(struct hrd_generation *generation, const struct hrd_held *former, const char *until)
{
	struct hrd_held *held = &generation->held[generation->held_count];

	if (generation->held_count + 1 >= HRD_LAYERS_MAX) {
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: policy %s is named no more, and there is no room to keep it until %s",
		    id_of(former), until);
		return;
	}
	*held = *former;
	hrd_settings_hold(held->settings);
	atomic_fetch_add(&held->image->users, 1);
	generation->held_count++;
	if (hrd_held_is_trusted(generation, held))
		hrd_log(HRD_LOG_WARNING, "policy %s is named no more, but stays in force until %s",
		    id_of(held), until);
	else
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: policy %s is named no more, but stays in force until %s, and no key of "
		    "the settings has signed it",
		    id_of(held), until);
}

/* Keeps what is to stay: all while a policy is awaited, else what a group chooses. */
static void
retain_all(struct hrd_generation *generation, const struct hrd_load *load)
{
	const struct hrd_generation *previous = load->previous;
	bool all = awaits(generation);

	for (size_t i = 0; previous != NULL && i < previous->held_count; i++) {
		const struct hrd_held *former = &previous->held[i];
		const char *id = id_of(former);

		if (former->image == NULL ||
		    hrd_held_find(generation, former->policy->path) != NULL ||
		    find_id(generation, id) < generation->held_count)
			continue;
		if (all)
			retain(generation, former, "all that is named is there");
		else if (is_chosen(&generation->settings->clients, id))
			retain(generation, former, "no group chooses it");
	}
}

int
hrd_generation_agree(struct hrd_generation *generation, const struct hrd_load *load)
{
	int status = check_ids(generation, load);

	if (status != HRD_OK)
		return status;
	check_choices(generation, load);
	status = see_to_missing(generation, load);
	if (status == HRD_OK)
		status = check_groups(generation, load);
	if (status == HRD_OK)
		retain_all(generation, load);
	return status;
}

void
hrd_generation_judge(
    struct hrd_settings *settings, struct hrd_image *const *images, const char *settings_path)
{
	struct hrd_held held[HRD_LAYERS_MAX];
	struct hrd_generation first = { .settings = settings, .held = held };
	struct hrd_load load = { .settings_path = settings_path };

	for (size_t i = 0; i < settings->policy_count && i < HRD_LAYERS_MAX; i++) {
		held[i] = (struct hrd_held){ .policy = &settings->policies[i], .image = images[i] };
		if (images[i] != NULL)
			atomic_fetch_add(&images[i]->users, 1);
		first.lacking += images[i] == NULL;
		first.held_count++;
	}
	(void)!check_ids(&first, &load);
	(void)!check_groups(&first, &load);
	for (size_t i = 0; i < first.held_count; i++)
		hrd_image_release(held[i].image);
}
