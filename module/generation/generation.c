/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts generations together. */
#include <config.h>

#include "module/generation/generation.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module/base/log.h"
#include "module/base/look.h"
#include "module/base/permissions.h"
#include "module/generation/parts.h"
#include "module/generation/state.h"

/* Whether a fault may pass without a change of the file. */
static bool
may_pass(int status)
{
	return status == HRD_EIO || status == HRD_ENOENT || status == HRD_ENOMEM;
}

/* Forgets that an "accept-serial" was used, once it is asked for no more. */
static void
forget_accepted(const struct hrd_settings *settings)
{
	for (size_t i = 0; i < settings->policy_count && settings->state_dir != NULL; i++) {
		const struct hrd_policy_settings *policy = &settings->policies[i];

		if (policy->key_count > 0 && !policy->accepts_serial)
			hrd_state_forget(settings->state_dir, policy->path, HRD_STATE_ACCEPTED);
	}
}

static int
get_settings(struct hrd_generation *generation, const struct hrd_load *load)
{
	struct hrd_settings *former = load->previous != NULL ? load->previous->settings : NULL;
	bool passing;
	int status;

	generation->seen = hrd_settings_look(former, load->settings_path);
	if (former != NULL && former->fault == HRD_OK && former->seen == generation->seen) {
		hrd_settings_hold(former);
		generation->settings = former;
		return HRD_OK;
	}
	status = hrd_settings_read(
	    load->settings_path, former, load->now, load->server, &passing, &generation->settings);
	if (status == HRD_ESTOP || (status != HRD_OK && former == NULL))
		return status;
	if (status == HRD_OK) {
		generation->seen = generation->settings->seen;
		hrd_generation_note(
		    generation, generation->settings->fault, generation->settings->passing);
		if (former != NULL && hrd_settings_are_same(former, generation->settings)) {
			former->seen = generation->settings->seen;
			hrd_settings_release(generation->settings);
			generation->settings = former;
			hrd_settings_hold(former);
		}
		if (!load->dry)
			forget_accepted(generation->settings);
		return HRD_OK;
	}
	hrd_generation_note(generation, status, passing);
	generation->settings = former;
	hrd_settings_hold(former);
	return HRD_OK;
}

/* The list that is in force; NULL: none is. */
static struct hrd_allow_list *
former_list(const struct hrd_load *load)
{
	return load->previous != NULL && load->previous->allow != NULL ? load->previous->allow->list
								       : NULL;
}

/* The file of that path in the list in force; NULL: it has none. */
static struct hrd_allow_file *
former_file(const struct hrd_load *load, const char *path)
{
	const struct hrd_allow_list *list = former_list(load);

	for (size_t i = 0; list != NULL && i < list->file_count; i++) {
		if (strcmp(list->files[i]->path, path) == 0)
			return list->files[i];
	}
	return NULL;
}

/* One file of the list; where it cannot be had, what is in force of it, which may be NULL.  *out
 * has one use. */
static int
get_file(struct hrd_generation *generation, const struct hrd_load *load,
    const struct hrd_allow_path *named, struct hrd_allow_file **out)
{
	struct hrd_allow_file *former = former_file(load, named->path);
	bool passing;
	int status = HRD_OK;

	*out = NULL;
	generation->seen += hrd_look(named->path);
	if (former == NULL || !hrd_allow_file_is_current(former, named->path))
		status = hrd_allow_file_read(named->path, &passing, out);
	if (status == HRD_ESTOP)
		return status;
	if (status != HRD_OK) {
		hrd_log(HRD_LOG_ERROR,
		    "%s:%u:%u: error: cannot take the allow list %s: %s [settings-allow]",
		    load->settings_path, (unsigned)named->line, (unsigned)named->col, named->path,
		    former != NULL ? "what was exempt stays exempt" : "nothing is exempt by it");
		if (load->previous == NULL)
			return status;
		hrd_generation_note(generation, status, passing);
	}
	if (*out != NULL && (former == NULL || !hrd_allow_file_is_same(former, *out)))
		return HRD_OK;
	if (*out != NULL)
		former->seen = (*out)->seen;
	hrd_allow_file_release(*out);
	*out = former;
	if (former != NULL)
		atomic_fetch_add(&former->users, 1);
	return HRD_OK;
}

/* The list that the settings name. */
static int
get_list(
    struct hrd_generation *generation, const struct hrd_load *load, struct hrd_allow_list **out)
{
	const struct hrd_settings *settings = generation->settings;
	struct hrd_allow_file **files =
	    calloc(settings->allow_count + 1, sizeof(struct hrd_allow_file *));
	int status = files != NULL ? HRD_OK : HRD_ENOMEM;
	size_t count = 0;

	*out = NULL;
	for (size_t i = 0; status == HRD_OK && i < settings->allow_count; i++) {
		status = get_file(generation, load, &settings->local_allow[i], &files[count]);
		count += status == HRD_OK && files[count] != NULL;
	}
	if (status == HRD_OK && count > 0)
		status = hrd_allow_list_make(files, count, former_list(load), out);
	for (size_t i = 0; i < count; i++)
		hrd_allow_file_release(files[i]);
	free(files);
	return status;
}

/* What is in force instead of a list of which nothing can be made. */
static int
keep_allow(struct hrd_generation *generation, const struct hrd_load *load, int status)
{
	struct hrd_allow *before = load->previous != NULL ? load->previous->allow : NULL;

	hrd_log(HRD_LOG_ERROR, "cannot make the allow list of \"local-allow\": %s: %s",
	    hrd_strstatus(status),
	    before != NULL ? "what was exempt stays exempt" : "nothing is exempt by it");
	if (load->previous == NULL)
		return status;
	hrd_generation_note(generation, status, false);
	return before != NULL ? hrd_allow_make(before->list, load->now, before, &generation->allow)
			      : HRD_OK;
}

static int
get_allow(struct hrd_generation *generation, const struct hrd_load *load)
{
	struct hrd_allow *before = load->previous != NULL ? load->previous->allow : NULL;
	struct hrd_allow_list *list;
	int status = get_list(generation, load, &list);

	if (status != HRD_OK || list == NULL)
		return status;
	status = hrd_allow_make(list, load->now, before, &generation->allow);
	hrd_allow_list_release(list);
	if (status == HRD_OK || status == HRD_ENOMEM || status == HRD_ESTOP)
		return status;
	return keep_allow(generation, load, status);
}

/* Begins the list of policies with those of the settings, and room for those in force. */
static int
make_held(struct hrd_generation *generation, const struct hrd_load *load)
{
	struct hrd_settings *settings = generation->settings;
	size_t room =
	    settings->policy_count + (load->previous != NULL ? load->previous->held_count : 0);

	generation->held = calloc(room + 1, sizeof(*generation->held));
	if (generation->held == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < settings->policy_count; i++) {
		hrd_settings_hold(settings);
		generation->held[i].settings = settings;
		generation->held[i].policy = &settings->policies[i];
	}
	generation->held_count = settings->policy_count;
	return HRD_OK;
}

static int
get_images(struct hrd_generation *generation, const struct hrd_load *load)
{
	int status = make_held(generation, load);

	for (size_t i = 0; status == HRD_OK && i < generation->held_count; i++) {
		struct hrd_held *held = &generation->held[i];
		struct hrd_image_want want = hrd_held_want(generation, held, load);

		generation->seen += hrd_look(held->policy->path);
		status = hrd_image_get(&want, &held->image);
		if (status == HRD_ESTOP)
			return status;
		hrd_generation_note(generation, status, may_pass(status));
		status = HRD_OK;
	}
	return status;
}

void
hrd_generation_files(const struct hrd_generation *generation, const char *settings_path,
    hrd_generation_file_fn *each, void *ctx)
{
	each(ctx, settings_path);
	for (size_t i = 0; i < generation->settings->allow_count; i++)
		each(ctx, generation->settings->local_allow[i].path);
	/* What is named no more is in memory alone. */
	for (size_t i = 0; i < generation->settings->policy_count; i++) {
		const struct hrd_policy_settings *policy = generation->held[i].policy;

		each(ctx, policy->path);
		for (size_t j = 0; j < policy->key_count; j++)
			each(ctx, policy->key_paths[j]);
	}
}

static void
look_at_one(void *ctx, const char *path)
{
	uint64_t *sum = ctx;

	*sum += hrd_look(path);
}

uint64_t
hrd_generation_look(const struct hrd_generation *generation, const char *settings_path)
{
	uint64_t sum = 0;

	hrd_generation_files(generation, settings_path, look_at_one, &sum);
	return sum;
}

/* Of a policy that was read anew. */
static void
describe(const struct hrd_held *held)
{
	const struct hrd_policy_info *info = hrd_policy_info(held->image->policy);
	unsigned long long left = info->rules[HRD_TRIGGER_CLIENT_IP] +
				  info->rules[HRD_TRIGGER_NSDNAME] + info->rules[HRD_TRIGGER_NSIP];

	hrd_log(HRD_LOG_NOTICE, "policy %s serial %u from %s: %llu names, %llu addresses; %s",
	    info->id, (unsigned)info->serial, held->policy->path,
	    (unsigned long long)info->rules[HRD_TRIGGER_QNAME],
	    (unsigned long long)info->rules[HRD_TRIGGER_RESPONSE_IP],
	    held->policy->key_count > 0 ? "signature verified"
					: "no keys, so no signature asked for");
	if (left > 0)
		hrd_log(HRD_LOG_WARNING,
		    "policy %s: %llu rules by client address, name server name or name server "
		    "address are left to the companion zone (rpzgen compile --companion); of "
		    "them only PASSTHRU by client address is carried out here",
		    info->id, left);
}

/* A file as it is looked at for its permissions. */
struct look_at {
	unsigned unsafe;
	uid_t server;
	bool log;
};

static void
look_at_file(void *ctx, const char *path)
{
	struct look_at *look = ctx;

	look->unsafe += hrd_warn_unsafe(path, look->server, look->log);
}

/* Looks at the state directory when the settings are new: its disk may hang, which must not keep
 * images out. */
static unsigned
look_at_state(const struct hrd_generation *generation, const struct hrd_load *load,
    const struct look_at *look)
{
	const struct hrd_settings *settings = generation->settings;
	unsigned unsafe;

	if (load->previous != NULL && load->previous->settings == settings)
		return load->previous->state_unsafe;
	if (settings->state_dir == NULL)
		return 0;
	unsafe = hrd_warn_unsafe_directory(settings->state_dir, look->server, look->log);
	for (size_t i = 0; i < settings->policy_count; i++) {
		if (settings->policies[i].key_count == 0)
			unsafe |= hrd_warn_replaceable(
			    settings->policies[i].path, settings->state_dir, look->log);
	}
	return unsafe;
}

/* Counts the files that others can write to, and says which when something was read anew. */
static void
look_at_permissions(struct hrd_generation *generation, const struct hrd_load *load)
{
	struct look_at look = { .server = load->server != NULL ? *load->server : geteuid(),
		.log = load->previous == NULL || load->previous->settings != generation->settings };

	for (size_t i = 0; i < generation->held_count; i++)
		look.log |= hrd_held_is_fresh(&generation->held[i], load);
	hrd_generation_files(generation, load->settings_path, look_at_file, &look);
	generation->state_unsafe = look_at_state(generation, load, &look);
	generation->unsafe = look.unsafe + generation->state_unsafe;
}

static struct hrd_generation *
generation_new(void)
{
	struct hrd_generation *generation = calloc(1, sizeof(*generation));

	if (generation != NULL)
		atomic_init(&generation->users, 1);
	return generation;
}

static int
load_parts(struct hrd_generation *generation, const struct hrd_load *load)
{
	int status = get_settings(generation, load);

	if (status == HRD_OK)
		status = get_allow(generation, load);
	if (status == HRD_OK)
		status = get_images(generation, load);
	return status == HRD_OK ? hrd_generation_agree(generation, load) : status;
}

int
hrd_generation_load(const struct hrd_load *load, struct hrd_generation **out)
{
	struct hrd_generation *generation = generation_new();
	int status = generation != NULL ? load_parts(generation, load) : HRD_ENOMEM;

	*out = NULL;
	if (status == HRD_OK)
		status = hrd_generation_derive(
		    generation, load->previous, load->now, load->settings_path);
	if (status == HRD_ENOMEM)
		hrd_log(HRD_LOG_ERROR, "out of memory while loading %s", load->settings_path);
	if (status != HRD_OK) {
		hrd_generation_release(generation);
		return status;
	}
	for (size_t i = 0; i < generation->held_count; i++) {
		if (hrd_held_is_fresh(&generation->held[i], load))
			describe(&generation->held[i]);
	}
	look_at_permissions(generation, load);
	*out = generation;
	return HRD_OK;
}

/* The same parts. */
static struct hrd_generation *
copy_parts(const struct hrd_generation *previous, struct hrd_settings *settings)
{
	struct hrd_generation *generation = generation_new();

	if (generation == NULL)
		return NULL;
	generation->held = calloc(previous->held_count + 1, sizeof(*generation->held));
	if (generation->held == NULL) {
		free(generation);
		return NULL;
	}
	hrd_settings_hold(settings);
	generation->settings = settings;
	for (; generation->held_count < previous->held_count; generation->held_count++) {
		struct hrd_held *held = &generation->held[generation->held_count];

		*held = previous->held[generation->held_count];
		hrd_settings_hold(held->settings);
		if (held->image != NULL)
			atomic_fetch_add(&held->image->users, 1);
	}
	generation->seen = previous->seen;
	generation->unsafe = previous->unsafe;
	generation->state_unsafe = previous->state_unsafe;
	generation->lacking = previous->lacking;
	generation->servfail = previous->servfail;
	generation->fault = previous->fault;
	generation->passing = previous->passing;
	return generation;
}

int
hrd_generation_renew(const struct hrd_generation *previous, struct hrd_settings *settings,
    int64_t now, struct hrd_generation **out)
{
	struct hrd_generation *generation = copy_parts(previous, settings);
	int status = HRD_ENOMEM;

	*out = NULL;
	if (generation != NULL)
		status = previous->allow != NULL ? hrd_allow_make(previous->allow->list, now,
						       previous->allow, &generation->allow)
						 : HRD_OK;
	if (status == HRD_OK)
		status = hrd_generation_derive(generation, previous, now, hrd_settings_path());
	if (status != HRD_OK) {
		hrd_generation_release(generation);
		return status;
	}
	*out = generation;
	return HRD_OK;
}

void
hrd_generation_note_accepted(struct hrd_generation *generation)
{
	for (size_t i = 0; i < generation->held_count; i++) {
		struct hrd_held *held = &generation->held[i];

		/* What fails is tried again with the last good copy. */
		if (held->image != NULL)
			(void)!hrd_image_note_accepted(
			    held->image, held->policy, generation->settings->state_dir);
	}
}

bool
hrd_generation_keep(struct hrd_generation *generation, bool log)
{
	bool kept = true;

	for (size_t i = 0; i < generation->held_count; i++) {
		struct hrd_held *held = &generation->held[i];

		/* A withdrawn key's image is a floor for nobody. */
		if (held->image != NULL && held->trusted)
			kept &= hrd_image_keep(
			    held->image, held->policy, generation->settings->state_dir, log);
	}
	return kept;
}

void
hrd_generation_doubt(struct hrd_generation *generation)
{
	for (size_t i = 0; i < generation->held_count; i++) {
		if (generation->held[i].image != NULL)
			hrd_image_doubt(generation->held[i].image);
	}
}

void
hrd_generation_hold(struct hrd_generation *generation)
{
	atomic_fetch_add(&generation->users, 1);
}

void
hrd_generation_release(struct hrd_generation *generation)
{
	if (generation == NULL || atomic_fetch_sub(&generation->users, 1) > 1)
		return;
	for (size_t i = 0; i < generation->held_count; i++) {
		hrd_image_release(generation->held[i].image);
		hrd_settings_release(generation->held[i].settings);
	}
	free(generation->held);
	hrd_allow_release(generation->allow);
	hrd_client_table_clear(&generation->groups);
	free(generation->skipped);
	free(generation->storage);
	hrd_settings_release(generation->settings);
	free(generation);
}

size_t
hrd_generation_memory(const struct hrd_generation *generation)
{
	size_t octets = 0;

	for (size_t i = 0; i < generation->layers.count; i++)
		octets += hrd_policy_memory(generation->layers.layer[i].policy);
	return octets;
}
