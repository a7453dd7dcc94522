/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts generations together. */
#include <config.h>

#include "module/generation/generation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "module/base/log.h"
#include "module/base/permissions.h"
#include "module/generation/state.h"

static bool
same_keys(const struct hrd_policy_settings *a, const struct hrd_policy_settings *b)
{
	return a->key_count == b->key_count &&
	       (a->key_count == 0 ||
		   memcmp(a->keys, b->keys, a->key_count * sizeof(*a->keys)) == 0);
}

/* The index of a path among the policies of a generation; their number when it is not there. */
static size_t
find_path(const struct hrd_generation *generation, const char *path)
{
	size_t i = 0;

	while (i < generation->settings->policy_count &&
	       strcmp(generation->settings->policies[i].path, path) != 0)
		i++;
	return i;
}

/* Whether the generation goes on without an image for the policy of that path. */
static bool
may_lack(const struct hrd_load *load, const struct hrd_settings *settings, const char *path)
{
	const struct hrd_generation *previous = load->previous;

	if (previous == NULL)
		return load->restarted || settings->on_missing != HRD_MISSING_REFUSE;
	/* A path that is new in the settings has to be right. */
	return find_path(previous, path) < previous->settings->policy_count &&
	       (previous->images == NULL || previous->images[find_path(previous, path)] == NULL);
}

static int
get_image(struct hrd_generation *generation, size_t i, const struct hrd_load *load)
{
	const struct hrd_generation *previous = load->previous;
	const struct hrd_policy_settings *policy = &generation->settings->policies[i];
	struct hrd_image_want want = {
		.policy = policy, .state_dir = generation->settings->state_dir, .stop = load->stop
	};
	size_t at = previous != NULL ? find_path(previous, policy->path) : 0;
	int status;

	if (previous != NULL && previous->images != NULL && at < previous->settings->policy_count) {
		want.former = previous->images[at];
		want.same_keys = same_keys(&previous->settings->policies[at], policy);
	}
	status = hrd_image_get(&want, &generation->images[i]);
	if (generation->fault == HRD_OK)
		generation->fault = status;
	if (generation->images[i] != NULL)
		return HRD_OK;
	if (status == HRD_ENOMEM || status == HRD_ESTOP ||
	    !may_lack(load, generation->settings, policy->path))
		return status;
	generation->lacking++;
	return HRD_OK;
}

/* What the operator should know of a policy that was read anew. */
static void
describe(const struct hrd_policy_settings *policy, const struct hrd_policy_info *info)
{
	unsigned long long left = info->rules[HRD_TRIGGER_CLIENT_IP] +
				  info->rules[HRD_TRIGGER_NSDNAME] + info->rules[HRD_TRIGGER_NSIP];

	hrd_log(HRD_LOG_NOTICE, "policy %s serial %u from %s: %llu names, %llu addresses; %s",
	    info->id, (unsigned)info->serial, policy->path,
	    (unsigned long long)info->rules[HRD_TRIGGER_QNAME],
	    (unsigned long long)info->rules[HRD_TRIGGER_RESPONSE_IP],
	    policy->key_count ? "signature verified" : "no keys, so no signature asked for");
	if (left)
		hrd_log(HRD_LOG_WARNING,
		    "policy %s: %llu rules by client address, name server name or name server "
		    "address are left to the companion zone (rpzgen compile --companion); of "
		    "them only PASSTHRU by client address is carried out here",
		    info->id, left);
	hrd_warn_unsafe(policy->path, true);
}

bool
hrd_policy_expired(const struct hrd_policy_info *info, int64_t now)
{
	return info->not_after != 0 && now > 0 && info->not_after <= (uint64_t)now;
}

static void
apply_expiry(struct hrd_layer *layer, const struct hrd_settings *settings)
{
	struct tm tm;
	time_t end = (time_t)layer->info->not_after;
	char text[sizeof("2026-12-31T23:59:59Z")] = "?";

	if (gmtime_r(&end, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	hrd_log(HRD_LOG_ERROR,
	    "ALARM: policy %s expired at %s: %s (on-expired); see why no newer image is published",
	    layer->info->id, text,
	    settings->on_expired == HRD_EXPIRED_OBSERVE ? "its rules only observe"
							: "it is enforced all the same");
	if (settings->on_expired == HRD_EXPIRED_OBSERVE)
		layer->override = HRD_OVERRIDE_DISABLED;
}

static int
load_policy(struct hrd_generation *generation, size_t i, const struct hrd_load *load)
{
	const struct hrd_policy_settings *policy = &generation->settings->policies[i];
	struct hrd_layer *layer = &generation->storage[generation->layers.count];
	int status = get_image(generation, i, load);

	if (status != HRD_OK || generation->images[i] == NULL)
		return status;
	layer->policy = generation->images[i]->policy;
	layer->info = hrd_policy_info(layer->policy);
	layer->override = policy->override;
	layer->cname = policy->override == HRD_OVERRIDE_CNAME ? &policy->cname : NULL;
	generation->layers.count++;
	/* What stands in for a bad file was told already. */
	if (generation->images[i]->users == 1 && generation->images[i]->file.st_ino != 0)
		describe(policy, layer->info);
	if (hrd_policy_expired(layer->info, load->now))
		apply_expiry(layer, generation->settings);
	return HRD_OK;
}

/* The id of a policy, NULL where it has no image. */
static const char *
id_of(const struct hrd_generation *generation, size_t i)
{
	return generation->images[i] != NULL ? hrd_policy_info(generation->images[i]->policy)->id
					     : NULL;
}

/* Two policies of one id could not be told apart in answers, events and metrics. */
static int
check_ids(const struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;

	for (size_t i = 0; i < settings->policy_count; i++) {
		const char *id = id_of(generation, i);
		bool taken = id != NULL && strcmp(id, HRD_ALLOW_ID) == 0;

		for (size_t j = 0; j < i && id != NULL && !taken; j++)
			taken =
			    id_of(generation, j) != NULL && strcmp(id, id_of(generation, j)) == 0;
		if (!taken)
			continue;
		hrd_log(HRD_LOG_ERROR,
		    "%s:%u:%u: error: two policies have the id \"%s\": remove one, or compile it "
		    "with another --id [settings-policy-twice]",
		    settings_path, (unsigned)settings->policies[i].line,
		    (unsigned)settings->policies[i].col, id);
		return HRD_EINVAL;
	}
	return HRD_OK;
}

/* After the host was reloaded a bad list gives way to its last good copy, else to none. */
static int
stand_in_for_allow(struct hrd_generation *generation, int32_t today, int status)
{
	const struct hrd_settings *settings = generation->settings;
	char *copy = settings->state_dir != NULL
			 ? hrd_state_path(settings->state_dir, settings->local_allow)
			 : NULL;
	struct stat file;
	bool good = copy != NULL && stat(copy, &file) == 0 &&
		    hrd_allow_read(copy, today, &generation->allow) == HRD_OK;

	hrd_log(HRD_LOG_ERROR, "ALARM: %s until the local allow list %s is mended",
	    good ? "the last good copy is in force" : "nothing is exempted", settings->local_allow);
	free(copy);
	memset(&generation->allow_file, 0, sizeof(generation->allow_file));
	generation->fault = status;
	return HRD_OK;
}

static int
read_allow(struct hrd_generation *generation, int32_t today, const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;

	if (access(settings->local_allow, R_OK) == 0)
		return hrd_allow_read(settings->local_allow, today, &generation->allow);
	hrd_log(HRD_LOG_ERROR,
	    "%s:%u:%u: error: cannot read the allow list %s: %s: make it readable for the server, "
	    "or take the setting out [settings-allow]",
	    settings_path, (unsigned)settings->allow_line, (unsigned)settings->allow_col,
	    settings->local_allow, strerror(errno));
	return HRD_EIO;
}

/* The allow list is the first layer. */
static int
load_allow(struct hrd_generation *generation, const struct hrd_load *load)
{
	const char *path = generation->settings->local_allow;
	struct hrd_layer *layer = &generation->storage[0];
	int32_t today = (int32_t)(load->now / HRD_DAY_SECONDS);
	int status;

	if (path == NULL)
		return HRD_OK;
	stat(path, &generation->allow_file);
	status = read_allow(generation, today, load->settings_path);
	if (status != HRD_OK && status != HRD_ENOMEM && load->restarted)
		status = stand_in_for_allow(generation, today, status);
	if (status != HRD_OK || generation->allow.policy == NULL)
		return status;
	layer->policy = generation->allow.policy;
	layer->info = hrd_policy_info(layer->policy);
	generation->layers.count = 1;
	return HRD_OK;
}

/* The bit of the layer that a group chooses. */
static int
find_layer(const struct hrd_generation *generation, const struct hrd_group_policy *policy,
    const char *settings_path, uint64_t *bit)
{
	const struct hrd_layers *layers = &generation->layers;

	*bit = 0;
	for (size_t i = 0; i < layers->count; i++) {
		if (strcmp(layers->layer[i].info->id, policy->id) == 0) {
			*bit = (uint64_t)1 << i;
			return HRD_OK;
		}
	}
	/* It may be one of those that are missing. */
	if (generation->lacking > 0)
		return HRD_OK;
	hrd_log(HRD_LOG_ERROR,
	    "%s:%u:%u: error: no policy has the id \"%s\": the log tells the id of each image "
	    "[settings-policy-id]",
	    settings_path, (unsigned)policy->line, (unsigned)policy->col, policy->id);
	return HRD_EINVAL;
}

/* Which layers skip each group: those that it does not choose, if it chooses any. The local allow
 * list is everybody's. */
static int
choose_layers(struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_clients *clients = &generation->settings->clients;
	uint64_t allow = generation->allow.policy != NULL ? 1 : 0;

	generation->skipped = calloc(clients->group_count + 1, sizeof(*generation->skipped));
	if (generation->skipped == NULL)
		return HRD_ENOMEM;
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];
		uint64_t chosen = group->policies != NULL ? allow : UINT64_MAX, bit = 0;

		for (size_t j = 0; j < group->policy_count; j++) {
			if (find_layer(generation, &group->policies[j], settings_path, &bit) !=
			    HRD_OK)
				return HRD_EINVAL;
			chosen |= bit;
		}
		generation->skipped[i] = ~chosen;
		generation->layers.optional |= ~chosen;
	}
	return HRD_OK;
}

static int
load_policies(struct hrd_generation *generation, const struct hrd_load *load)
{
	const struct hrd_generation *previous = load->previous;
	size_t count = generation->settings->policy_count;
	int status;

	generation->storage = calloc(count + 1, sizeof(*generation->storage));
	generation->images = calloc(count, sizeof(*generation->images));
	if (generation->storage == NULL || generation->images == NULL)
		return HRD_ENOMEM;
	generation->layers.layer = generation->storage;
	status = load_allow(generation, load);
	for (size_t i = 0; i < count && status == HRD_OK; i++)
		status = load_policy(generation, i, load);
	generation->servfail = generation->lacking > 0 &&
			       generation->settings->on_missing == HRD_MISSING_SERVFAIL &&
			       (previous != NULL ? previous->servfail : !load->restarted);
	if (status == HRD_OK)
		status = check_ids(generation, load->settings_path);
	return status == HRD_OK ? choose_layers(generation, load->settings_path) : status;
}

/* Mixes a number into a digest (FNV-1a over its octets). */
static uint64_t
mix(uint64_t digest, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		digest = (digest ^ (value & 0xff)) * 0x100000001b3ull;
	return digest;
}

static uint64_t
mix_file(uint64_t digest, const struct stat *file)
{
	digest = mix(digest, (uint64_t)file->st_dev);
	digest = mix(digest, (uint64_t)file->st_ino);
	digest = mix(digest, (uint64_t)file->st_size);
	digest = mix(digest, (uint64_t)file->st_mtim.tv_sec);
	return mix(digest, (uint64_t)file->st_mtim.tv_nsec);
}

static uint64_t
mix_path(uint64_t digest, const char *path)
{
	struct stat file;

	if (path == NULL)
		return digest;
	return stat(path, &file) == 0 ? mix_file(digest, &file) : mix(digest, (uint64_t)errno);
}

/* The digest, with a description of the settings file that was taken before. */
static uint64_t
look(const struct hrd_settings *settings, const struct stat *settings_file)
{
	uint64_t digest = mix_file(0xcbf29ce484222325ull, settings_file);

	digest = mix_path(digest, settings->local_allow);
	for (size_t i = 0; i < settings->policy_count; i++)
		digest = mix_path(digest, settings->policies[i].path);
	return digest;
}

uint64_t
hrd_generation_look(const struct hrd_generation *generation, const char *settings_path)
{
	struct stat file;

	memset(&file, 0, sizeof(file));
	stat(settings_path, &file);
	return look(generation->settings, &file);
}

static void
note_change(struct hrd_generation *generation, uint64_t when, int64_t now)
{
	if (when > INT64_MAX || (int64_t)when <= now)
		return;
	if (generation->next_change == 0 || (int64_t)when < generation->next_change)
		generation->next_change = (int64_t)when;
}

/* Ends of validity and of exemptions change what is in force without any file. */
static void
note_changes(struct hrd_generation *generation, int64_t now)
{
	const int32_t days[] = { generation->allow.exemptions.change,
		generation->settings->clients.exemptions.change };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		note_change(generation, (uint64_t)days[i] * HRD_DAY_SECONDS, now);
	for (size_t i = 0; i < generation->layers.count; i++)
		note_change(generation, generation->layers.layer[i].info->not_after, now);
}

/* Counts the files that others can write to, and says which, when there is a reason to look. */
static void
look_at_permissions(struct hrd_generation *generation, const struct hrd_load *load)
{
	const struct hrd_settings *settings = generation->settings;
	bool say = load->previous == NULL ||
		   !hrd_same_file(&load->previous->settings_file, &generation->settings_file);

	generation->unsafe = hrd_warn_unsafe(load->settings_path, say);
	if (settings->local_allow != NULL)
		generation->unsafe += hrd_warn_unsafe(settings->local_allow, say);
	if (settings->state_dir != NULL)
		generation->unsafe += hrd_warn_unsafe_directory(settings->state_dir, say);
	/* What of these is new was said when it was read. */
	for (size_t i = 0; i < settings->policy_count; i++)
		generation->unsafe += hrd_warn_unsafe(settings->policies[i].path, false);
}

int
hrd_generation_load(const struct hrd_load *load, struct hrd_generation **out)
{
	struct hrd_generation *generation = calloc(1, sizeof(*generation));
	int status = HRD_ENOMEM;

	*out = NULL;
	if (generation != NULL) {
		stat(load->settings_path, &generation->settings_file);
		status =
		    hrd_settings_read(load->settings_path, load->restarted, &generation->settings);
	}
	if (status == HRD_OK) {
		generation->seen = look(generation->settings, &generation->settings_file);
		status = load_policies(generation, load);
	}
	if (status == HRD_ENOMEM)
		hrd_log(HRD_LOG_ERROR, "out of memory while loading %s", load->settings_path);
	if (status != HRD_OK) {
		hrd_generation_free(generation);
		return status;
	}
	note_changes(generation, load->now);
	look_at_permissions(generation, load);
	*out = generation;
	return HRD_OK;
}

struct hrd_generation *
hrd_generation_empty(const char *settings_path)
{
	struct hrd_generation *generation = calloc(1, sizeof(*generation));

	if (generation != NULL &&
	    hrd_settings_read(settings_path, true, &generation->settings) != HRD_OK)
		generation->settings = calloc(1, sizeof(*generation->settings));
	if (generation != NULL && generation->settings == NULL) {
		free(generation);
		return NULL;
	}
	if (generation != NULL) {
		generation->seen = hrd_generation_look(generation, settings_path);
		generation->empty = true;
	}
	return generation;
}

static bool
keep_text(const char *state_dir, const char *path, const struct stat *as_read)
{
	if (path == NULL || as_read->st_ino == 0 ||
	    hrd_state_keep_file(state_dir, path, as_read) == HRD_OK)
		return true;
	hrd_log(HRD_LOG_ERROR, "cannot keep a copy of %s in state-dir %s: %s", path, state_dir,
	    strerror(errno));
	return false;
}

bool
hrd_generation_keep(struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;
	bool kept = true;

	if (settings->state_dir == NULL || generation->images == NULL)
		return true;
	for (size_t i = 0; i < settings->policy_count; i++) {
		struct hrd_image *image = generation->images[i];

		if (image == NULL)
			continue;
		hrd_image_keep(image, &settings->policies[i], settings->state_dir);
		kept &= image->kept;
	}
	kept &= keep_text(settings->state_dir, settings->local_allow, &generation->allow_file);
	kept &= keep_text(settings->state_dir, settings_path, &generation->settings_file);
	return kept;
}

void
hrd_generation_free(struct hrd_generation *generation)
{
	if (generation == NULL)
		return;
	for (size_t i = 0; generation->images != NULL && i < generation->settings->policy_count;
	     i++)
		hrd_image_release(generation->images[i]);
	hrd_policy_free(generation->allow.policy);
	free(generation->images);
	free(generation->skipped);
	free(generation->storage);
	hrd_settings_free(generation->settings);
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
