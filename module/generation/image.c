/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges image files, and finds what stands in for a bad one. */
#include <config.h>

#include "module/generation/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/serial.h"
#include "module/base/log.h"
#include "module/base/thread.h"
#include "module/generation/state.h"

/* What an image is judged by before its structure is parsed. */
struct bench {
	const struct hrd_policy_settings *policy;
	const atomic_bool *stop;
	bool ordered;           /* there is a stamp that it may not be older than */
	struct hrd_stamp floor; /* that stamp */
	struct hrd_stamp stamp; /* out: of the image */
	bool stamp_only;        /* look no further */
};

/* Whether one of the keys of the policy signed this digest. */
static int
check_signature(const struct hrd_policy_settings *policy, const uint8_t *digest,
    const uint8_t *signature, size_t len, const char **reason)
{
	if (policy->key_count == 0)
		return HRD_OK;
	if (len == 0) {
		*reason = "not signed, and the settings name keys";
		return HRD_ESIGNATURE;
	}
	return hrd_signature_verify(
	    digest, (const char *)signature, len, policy->keys, policy->key_count, NULL, reason);
}

/* An older image is taken when the settings name its serial. */
static int
check_order(const struct bench *bench, const char **reason)
{
	const struct hrd_policy_settings *policy = bench->policy;

	if (!bench->ordered)
		return HRD_OK;
	*reason = hrd_stamp_fault(&bench->floor, &bench->stamp);
	if (*reason == NULL)
		return HRD_OK;
	if (!policy->accepts_serial || policy->accept_serial != bench->stamp.serial)
		return HRD_EOLD;
	hrd_log(HRD_LOG_WARNING,
	    "policy image %s: serial %u is taken because of accept-serial: remove that "
	    "from the settings now",
	    policy->path, (unsigned)bench->stamp.serial);
	return HRD_OK;
}

static int
judge(void *ctx, const struct hrd_policy_parts *parts, struct hrd_fault *fault)
{
	struct bench *bench = ctx;
	int status;

	fault->section = "signature";
	fault->offset = (uint64_t)parts->payload_len + HRD_DIGEST_LEN;
	status = check_signature(
	    bench->policy, parts->digest, parts->signature, parts->signature_len, &fault->reason);
	if (status != HRD_OK)
		return status;
	hrd_policy_stamp(parts->payload, &bench->stamp);
	if (bench->stamp_only)
		return HRD_EEXIST;
	fault->section = "header";
	fault->offset = 0;
	return check_order(bench, &fault->reason);
}

static bool
goes_on(void *ctx)
{
	const struct bench *bench = ctx;

	hrd_thread_give_way();
	return bench->stop == NULL || !atomic_load_explicit(bench->stop, memory_order_relaxed);
}

static struct hrd_stamp
stamp_of(const struct hrd_image *image)
{
	const struct hrd_policy_info *info = hrd_policy_info(image->policy);
	struct hrd_stamp stamp = { .serial = info->serial, .created = info->created };

	memcpy(stamp.rule_digest, info->rule_digest, sizeof(stamp.rule_digest));
	return stamp;
}

/* Whether an image in memory would be taken under these settings. */
static bool
would_do(const struct hrd_image *image, const struct hrd_policy_settings *policy)
{
	const uint8_t *payload, *digest, *signature;
	size_t len, signature_len;
	const char *reason;

	hrd_policy_payload(image->policy, &payload, &len, &digest, &signature, &signature_len);
	return (policy->id == NULL ||
		   strcmp(policy->id, hrd_policy_info(image->policy)->id) == 0) &&
	       check_signature(policy, digest, signature, signature_len, &reason) == HRD_OK;
}

/* Finds out what the file may not be older than; asked only where keys are configured. */
static void
find_floor(const struct hrd_image_want *want, struct bench *bench)
{
	struct bench of_copy = { .policy = want->policy, .stop = want->stop, .stamp_only = true };
	struct hrd_policy_reader reader = { judge, goes_on, &of_copy };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	char *copy;

	if (want->policy->key_count == 0)
		return;
	if (want->former != NULL) {
		bench->ordered = would_do(want->former, want->policy);
		bench->floor = stamp_of(want->former);
		return;
	}
	copy = want->state_dir != NULL ? hrd_state_path(want->state_dir, want->policy->path) : NULL;
	bench->ordered =
	    copy != NULL && hrd_policy_read_judged(copy, 0, &reader, &policy, &fault) == HRD_EEXIST;
	bench->floor = of_copy.stamp;
	free(copy);
}

static int
check_id(const char *path, const struct hrd_policy_settings *policy, const struct hrd_policy *image)
{
	if (policy->id == NULL || strcmp(policy->id, hrd_policy_info(image)->id) == 0)
		return HRD_OK;
	hrd_log(HRD_LOG_ERROR, "policy image %s has the id \"%s\", the settings want \"%s\"", path,
	    hrd_policy_info(image)->id, policy->id);
	return HRD_EINVAL;
}

static int
open_image(const char *path, struct bench *bench, struct hrd_image **out)
{
	struct hrd_policy_reader reader = { bench->policy->key_count ? judge : NULL, goes_on,
		bench };
	struct hrd_image *image = calloc(1, sizeof(*image));
	struct hrd_fault fault = { "file", 0, "" };
	int status = HRD_ENOMEM;

	if (image != NULL)
		status = hrd_policy_read_judged(
		    path, HRD_OPEN_LOOK_UPS, &reader, &image->policy, &fault);
	if (status == HRD_EIO)
		hrd_log(
		    HRD_LOG_ERROR, "cannot read the policy image %s: %s", path, strerror(errno));
	else if (status != HRD_OK && status != HRD_ESTOP)
		hrd_log(HRD_LOG_ERROR, "policy image %s refused: %s: section %s, offset %llu: %s",
		    path, hrd_strstatus(status), fault.section, (unsigned long long)fault.offset,
		    fault.reason);
	else if (status == HRD_OK)
		status = check_id(path, bench->policy, image->policy);
	if (status != HRD_OK) {
		if (image != NULL)
			hrd_policy_free(image->policy);
		free(image);
		return status;
	}
	*out = image;
	return HRD_OK;
}

/* Without keys anything is taken; it is worth a line when it seems to be a mistake. */
static void
note_step_back(const struct hrd_image_want *want, const struct hrd_image *image)
{
	uint32_t before, after = hrd_policy_info(image->policy)->serial;

	if (want->policy->key_count || want->former == NULL)
		return;
	before = hrd_policy_info(want->former->policy)->serial;
	if (hrd_serial_is_later(before, after))
		hrd_log(HRD_LOG_WARNING, "policy image %s: the serial went back from %u to %u",
		    want->policy->path, (unsigned)before, (unsigned)after);
}

/* The image of the file that the settings name. */
static int
get_file(const struct hrd_image_want *want, struct hrd_image **out)
{
	struct bench bench = { .policy = want->policy, .stop = want->stop };
	struct stat file;
	int status;

	if (stat(want->policy->path, &file) != 0) {
		status = errno == ENOENT ? HRD_ENOENT : HRD_EIO;
		hrd_log(HRD_LOG_ERROR, "cannot read the policy image %s: %s", want->policy->path,
		    strerror(errno));
		return status;
	}
	if (want->former != NULL && want->same_keys && hrd_same_file(&want->former->file, &file) &&
	    would_do(want->former, want->policy)) {
		*out = want->former;
		return HRD_OK;
	}
	find_floor(want, &bench);
	status = open_image(want->policy->path, &bench, out);
	if (status != HRD_OK)
		return status;
	(*out)->file = file;
	note_step_back(want, *out);
	return HRD_OK;
}

/* The last good copy, when it is good still. */
static struct hrd_image *
get_copy(const struct hrd_image_want *want)
{
	struct bench bench = { .policy = want->policy, .stop = want->stop };
	struct hrd_image *image = NULL;
	struct stat file;
	char *copy =
	    want->state_dir != NULL ? hrd_state_path(want->state_dir, want->policy->path) : NULL;

	if (copy != NULL && stat(copy, &file) == 0 && open_image(copy, &bench, &image) == HRD_OK) {
		image->kept = true;
		hrd_log(HRD_LOG_WARNING,
		    "policy %s: the last good image, serial %u from %s, is in force instead",
		    hrd_policy_info(image->policy)->id,
		    (unsigned)hrd_policy_info(image->policy)->serial, copy);
	}
	free(copy);
	return image;
}

static struct hrd_image *
stand_in(const struct hrd_image_want *want)
{
	if (want->former == NULL || !would_do(want->former, want->policy))
		return get_copy(want);
	hrd_log(HRD_LOG_WARNING, "policy %s: what was in force, serial %u, stays in force",
	    hrd_policy_info(want->former->policy)->id,
	    (unsigned)hrd_policy_info(want->former->policy)->serial);
	return want->former;
}

int
hrd_image_get(const struct hrd_image_want *want, struct hrd_image **out)
{
	int status;

	*out = NULL;
	status = get_file(want, out);
	if (status != HRD_OK && status != HRD_ESTOP)
		*out = stand_in(want);
	if (*out != NULL)
		(*out)->users++;
	return status;
}

void
hrd_image_keep(
    struct hrd_image *image, const struct hrd_policy_settings *policy, const char *state_dir)
{
	const uint8_t *payload, *digest, *signature;
	size_t len, signature_len;
	int status;

	if (state_dir == NULL || image->kept)
		return;
	hrd_policy_payload(image->policy, &payload, &len, &digest, &signature, &signature_len);
	/* The parts follow one another in the file. */
	status = hrd_state_keep(
	    state_dir, policy->path, payload, (size_t)(signature + signature_len - payload));
	image->kept = status == HRD_OK;
	if (status != HRD_OK)
		hrd_log(HRD_LOG_ERROR,
		    "cannot keep the last good image of policy %s in state-dir %s: %s: the "
		    "directory must exist and be writable for the server",
		    hrd_policy_info(image->policy)->id, state_dir,
		    status == HRD_EIO ? strerror(errno) : hrd_strstatus(status));
}

void
hrd_image_release(struct hrd_image *image)
{
	if (image == NULL || --image->users > 0)
		return;
	hrd_policy_free(image->policy);
	free(image);
}
