/* SPDX-License-Identifier: BSD-3-Clause */
/* Generations of settings and policies, and their replacement under running workers. */
#include <config.h>

#include "module/store.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "module/say.h"

enum { SECONDS_A_DAY = 86400 };

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool
same_keys(const struct hrd_policy_settings *a, const struct hrd_policy_settings *b)
{
	return a->key_count == b->key_count &&
	       (a->key_count == 0 ||
		   memcmp(a->keys, b->keys, a->key_count * sizeof(*a->keys)) == 0);
}

/* The image that a former generation had for this path, when the file and the keys that vouch for
 * it are still the same. */
static struct hrd_image *
reuse(const struct hrd_generation *previous, const struct hrd_policy_settings *policy,
    const struct stat *file)
{
	if (!previous || !previous->images)
		return NULL;
	for (size_t i = 0; i < previous->settings->policy_count; i++) {
		const struct hrd_policy_settings *former = &previous->settings->policies[i];

		if (strcmp(former->path, policy->path) == 0 && same_keys(former, policy) &&
		    same_file(&previous->images[i]->file, file))
			return previous->images[i];
	}
	return NULL;
}

static void
release(struct hrd_image *image)
{
	if (!image || --image->users > 0)
		return;
	hrd_policy_free(image->policy);
	free(image);
}

struct signature_judge {
	const struct hrd_policy_settings *policy;
};

/* Whether one of the keys of the policy signed the image; asked before its structure is parsed. */
static int
judge_signature(void *ctx, const struct hrd_policy_parts *parts, struct hrd_fault *fault)
{
	const struct signature_judge *judge = ctx;
	const struct hrd_policy_settings *policy = judge->policy;

	fault->section = "signature";
	fault->offset = (uint64_t)parts->payload_len + HRD_DIGEST_LEN;
	if (parts->signature_len == 0) {
		fault->reason = "not signed, and the settings name keys";
		return HRD_ESIGNATURE;
	}
	return hrd_verify(parts->digest, (const char *)parts->signature, parts->signature_len,
	    policy->keys, policy->key_count, NULL, &fault->reason);
}

static int
open_image(
    const struct hrd_policy_settings *policy, const struct stat *file, struct hrd_image **out)
{
	struct hrd_image *image = calloc(1, sizeof(*image));
	struct signature_judge judge = { policy };
	struct hrd_fault fault = { "file", 0, "" };
	int status;

	if (!image)
		return HRD_ENOMEM;
	status = hrd_policy_read_judged(policy->path, 0, policy->key_count ? judge_signature : NULL,
	    &judge, &image->policy, &fault);
	if (status == HRD_EIO) {
		hrd_say(HRD_SAY_ERROR, "cannot read the policy image %s: %s", policy->path,
		    strerror(errno));
	} else if (status != HRD_OK) {
		hrd_say(HRD_SAY_ERROR, "policy image %s refused: %s: section %s, offset %llu: %s",
		    policy->path, hrd_strstatus(status), fault.section,
		    (unsigned long long)fault.offset, fault.reason);
	}
	if (status != HRD_OK) {
		free(image);
		return status;
	}
	image->file = *file;
	*out = image;
	return HRD_OK;
}

/* Gets the image of one policy; its count of users is raised. */
static int
get_image(const struct hrd_policy_settings *policy, const struct hrd_generation *previous,
    struct hrd_image **out)
{
	struct stat file;
	struct hrd_image *image;
	int status = HRD_OK;

	if (stat(policy->path, &file) != 0) {
		hrd_say(HRD_SAY_ERROR, "cannot read the policy image %s: %s", policy->path,
		    strerror(errno));
		return HRD_EIO;
	}
	image = reuse(previous, policy, &file);
	if (!image)
		status = open_image(policy, &file, &image);
	if (status != HRD_OK)
		return status;
	image->users++;
	*out = image;
	return HRD_OK;
}

/* What the operator should know of a policy that was read anew. */
static void
describe(const struct hrd_policy_settings *policy, const struct hrd_policy_info *info)
{
	unsigned long long left = info->rules[HRD_TRIGGER_CLIENT_IP] +
				  info->rules[HRD_TRIGGER_NSDNAME] + info->rules[HRD_TRIGGER_NSIP];

	hrd_say(HRD_SAY_NOTICE, "policy %s serial %u from %s: %llu names, %llu addresses; %s",
	    info->id, (unsigned)info->serial, policy->path,
	    (unsigned long long)info->rules[HRD_TRIGGER_QNAME],
	    (unsigned long long)info->rules[HRD_TRIGGER_RESPONSE_IP],
	    policy->key_count ? "signature verified" : "no keys, so no signature asked for");
	if (left)
		hrd_say(HRD_SAY_WARNING,
		    "policy %s: %llu rules by client address, name server name or name server "
		    "address are left to the companion zone (rpzgen compile --companion); of "
		    "them only PASSTHRU by client address is carried out here",
		    info->id, left);
}

static int
load_policy(struct hrd_generation *generation, size_t i, const struct hrd_generation *previous)
{
	const struct hrd_policy_settings *policy = &generation->settings->policies[i];
	struct hrd_layer *layer = &generation->storage[generation->layers.count];
	int status = get_image(policy, previous, &generation->images[i]);

	if (status != HRD_OK)
		return status;
	layer->policy = generation->images[i]->policy;
	layer->info = hrd_policy_info(layer->policy);
	layer->override = policy->override;
	generation->layers.count++;
	layer->cname = policy->override == HRD_OVERRIDE_CNAME ? &policy->cname : NULL;
	if (policy->id && strcmp(policy->id, layer->info->id) != 0) {
		hrd_say(HRD_SAY_ERROR,
		    "policy image %s has the id \"%s\", the settings want \"%s\"", policy->path,
		    layer->info->id, policy->id);
		return HRD_EINVAL;
	}
	if (generation->images[i]->users == 1)
		describe(policy, layer->info);
	return HRD_OK;
}

/* Two policies of one id could not be told apart in answers, events and metrics. */
static int
check_ids(const struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;

	for (size_t i = 0; i < settings->policy_count; i++) {
		const char *id = hrd_policy_info(generation->images[i]->policy)->id;
		bool taken = strcmp(id, HRD_ALLOW_ID) == 0;

		for (size_t j = 0; j < i && !taken; j++)
			taken = strcmp(id, hrd_policy_info(generation->images[j]->policy)->id) == 0;
		if (!taken)
			continue;
		hrd_say(HRD_SAY_ERROR,
		    "%s:%u:%u: error: two policies have the id \"%s\": remove one, or compile it "
		    "with another --id [settings-policy-twice]",
		    settings_path, (unsigned)settings->policies[i].line,
		    (unsigned)settings->policies[i].col, id);
		return HRD_EINVAL;
	}
	return HRD_OK;
}

/* The allow list is the first layer. */
static int
load_allow(struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_settings *settings = generation->settings;
	const char *path = settings->local_allow;
	struct hrd_layer *layer = &generation->storage[0];
	int status;

	if (!path)
		return HRD_OK;
	if (access(path, R_OK) != 0) {
		hrd_say(HRD_SAY_ERROR,
		    "%s:%u:%u: error: cannot read the allow list %s: %s: make it readable for the "
		    "server, or take the setting out [settings-allow]",
		    settings_path, (unsigned)settings->allow_line, (unsigned)settings->allow_col,
		    path, strerror(errno));
		return HRD_EIO;
	}
	status = hrd_allow_read(path, (int32_t)(time(NULL) / SECONDS_A_DAY), &generation->allow);
	if (status != HRD_OK || !generation->allow.policy)
		return status;
	layer->policy = generation->allow.policy;
	layer->info = hrd_policy_info(layer->policy);
	generation->layers.count = 1;
	return HRD_OK;
}

/* The bit of the layer that a group chooses. */
static int
find_layer(const struct hrd_layers *layers, const struct hrd_group_policy *policy,
    const char *settings_path, uint64_t *bit)
{
	for (size_t i = 0; i < layers->count; i++) {
		if (strcmp(layers->layer[i].info->id, policy->id) == 0) {
			*bit = (uint64_t)1 << i;
			return HRD_OK;
		}
	}
	hrd_say(HRD_SAY_ERROR,
	    "%s:%u:%u: error: no policy has the id \"%s\": the log tells the id of each image "
	    "[settings-policy-id]",
	    settings_path, (unsigned)policy->line, (unsigned)policy->col, policy->id);
	return HRD_EINVAL;
}

/* Which layers skip each group: those that it does not choose, if it chooses any.  The local allow
 * list is everybody's. */
static int
choose_layers(struct hrd_generation *generation, const char *settings_path)
{
	const struct hrd_clients *clients = &generation->settings->clients;
	uint64_t allow = generation->allow.policy ? 1 : 0;

	generation->skipped = calloc(clients->group_count + 1, sizeof(*generation->skipped));
	if (!generation->skipped)
		return HRD_ENOMEM;
	for (size_t i = 0; i < clients->group_count; i++) {
		const struct hrd_client_group *group = &clients->groups[i];
		uint64_t chosen = group->policies ? allow : UINT64_MAX, bit = 0;

		for (size_t j = 0; j < group->policy_count; j++) {
			if (find_layer(&generation->layers, &group->policies[j], settings_path,
				&bit) != HRD_OK)
				return HRD_EINVAL;
			chosen |= bit;
		}
		generation->skipped[i] = ~chosen;
	}
	return HRD_OK;
}

static int
load_policies(struct hrd_generation *generation, const struct hrd_generation *previous,
    const char *settings_path)
{
	size_t count = generation->settings->policy_count;
	int status;

	generation->storage = calloc(count + 1, sizeof(*generation->storage));
	generation->images = calloc(count, sizeof(*generation->images));
	if (!generation->storage || !generation->images)
		return HRD_ENOMEM;
	generation->layers.layer = generation->storage;
	status = load_allow(generation, settings_path);
	for (size_t i = 0; i < count && status == HRD_OK; i++)
		status = load_policy(generation, i, previous);
	return status;
}

int
hrd_generation_load(
    const char *settings_path, const struct hrd_generation *previous, struct hrd_generation **out)
{
	struct hrd_generation *generation = calloc(1, sizeof(*generation));
	int status = HRD_ENOMEM;

	*out = NULL;
	if (generation)
		status = hrd_settings_read(settings_path, &generation->settings);
	if (status == HRD_OK)
		status = load_policies(generation, previous, settings_path);
	if (status == HRD_OK)
		status = check_ids(generation, settings_path);
	if (status == HRD_OK)
		status = choose_layers(generation, settings_path);
	if (status == HRD_ENOMEM)
		hrd_say(HRD_SAY_ERROR, "out of memory while loading %s", settings_path);
	if (status != HRD_OK) {
		hrd_generation_free(generation);
		return status;
	}
	*out = generation;
	return HRD_OK;
}

struct hrd_generation *
hrd_generation_empty(const char *settings_path)
{
	struct hrd_generation *generation = calloc(1, sizeof(*generation));

	if (generation && hrd_settings_read(settings_path, &generation->settings) != HRD_OK)
		generation->settings = calloc(1, sizeof(*generation->settings));
	if (generation && !generation->settings) {
		free(generation);
		return NULL;
	}
	return generation;
}

void
hrd_generation_free(struct hrd_generation *generation)
{
	if (!generation)
		return;
	for (size_t i = 0; generation->images && i < generation->settings->policy_count; i++)
		release(generation->images[i]);
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

/* What has to be there before a generation is in force. */
static void
prepare(struct hrd_store *store, const struct hrd_generation *next)
{
	if (next->settings->events.file)
		hrd_events_prepare(&store->events);
	atomic_store(&store->observe_all, next->settings->observe_all);
}

int
hrd_store_init(struct hrd_store *store, size_t slots, struct hrd_generation *first)
{
	size_t ready = 0;

	store->slot_count = 0;
	atomic_init(&store->current, first);
	hrd_metrics_init(&store->metrics);
	hrd_events_init(&store->events, &store->metrics);
	atomic_init(&store->observe_all, false);
	prepare(store, first);
	store->slots = aligned_alloc(HRD_SLOT_ALIGN, (slots + 1) * sizeof(*store->slots));
	for (; store->slots && ready <= slots; ready++) {
		memset(&store->slots[ready], 0, sizeof(store->slots[ready]));
		if (pthread_mutex_init(&store->slots[ready].lock, NULL) != 0)
			break;
	}
	if (ready <= slots) {
		while (ready-- > 0)
			(void)pthread_mutex_destroy(&store->slots[ready].lock);
		free(store->slots);
		store->slots = NULL;
		hrd_store_clear(store);
		return HRD_ENOMEM;
	}
	store->slot_count = slots;
	return HRD_OK;
}

void
hrd_store_clear(struct hrd_store *store)
{
	for (size_t i = 0; store->slots && i <= store->slot_count; i++) {
		hrd_tally_clear(&store->slots[i].tally);
		(void)pthread_mutex_destroy(&store->slots[i].lock);
	}
	free(store->slots);
	store->slots = NULL;
	store->slot_count = 0;
	hrd_events_clear(&store->events);
	hrd_generation_free(atomic_exchange(&store->current, NULL));
}

const struct hrd_generation *
hrd_store_enter(struct hrd_store *store, size_t slot)
{
	(void)pthread_mutex_lock(&store->slots[slot].lock);
	return atomic_load(&store->current);
}

void
hrd_store_leave(struct hrd_store *store, size_t slot)
{
	(void)pthread_mutex_unlock(&store->slots[slot].lock);
}

struct hrd_generation *
hrd_store_publish(struct hrd_store *store, struct hrd_generation *next)
{
	struct hrd_generation *old;

	prepare(store, next);
	old = atomic_exchange(&store->current, next);
	for (size_t i = 0; i <= store->slot_count; i++) {
		(void)pthread_mutex_lock(&store->slots[i].lock);
		(void)pthread_mutex_unlock(&store->slots[i].lock);
	}
	return old;
}

size_t
hrd_store_reporter_slot(const struct hrd_store *store)
{
	return store->slot_count;
}

bool
hrd_store_tally(struct hrd_store *store, struct hrd_tally *total)
{
	bool complete = true;

	hrd_tally_reset(total);
	for (size_t i = 0; i < store->slot_count; i++) {
		const struct hrd_tally *tally = &store->slots[i].tally;

		(void)pthread_mutex_lock(&store->slots[i].lock);
		for (size_t j = 0; j < tally->size; j++)
			if (tally->entries[j].texts)
				complete &= hrd_tally_add(
				    total, &tally->entries[j].series, tally->entries[j].count);
		(void)pthread_mutex_unlock(&store->slots[i].lock);
	}
	return complete;
}
