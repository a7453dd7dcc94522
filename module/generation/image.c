/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges image files, and finds what stands in for a bad one. */
#include <config.h>

#include "module/generation/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/serial.h"
#include "lib/usage/content.h"
#include "module/base/log.h"
#include "module/base/look.h"
#include "module/base/thread.h"
#include "module/generation/state.h"

enum { ID_TEXT_MAX = 256, RECORD_MAX = 128 };

/* What an image is judged by before its structure is parsed. */
struct bench {
	const struct hrd_image_want *want;
	bool ordered;           /* there is a stamp that it may not be older than */
	struct hrd_stamp floor; /* that stamp */
	char id[ID_TEXT_MAX];   /* of what has that stamp; "": any will do */
	struct hrd_stamp stamp; /* out: of the image */
	bool accepted;          /* out: it is older, and taken because of "accept-serial" */
	bool untold;            /* out: nothing tells whether that was used */
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

/* What is noted of an "accept-serial": its serial, and the rules that it is for. They are pending
 * until they are in force, which a load that is given up never comes to; until then they may be
 * taken again. The length. */
static size_t
note_text(const struct hrd_stamp *stamp, bool pending, char text[RECORD_MAX])
{
	char rules[2 * sizeof(stamp->rule_digest) + 1];
	int len;

	hrd_hex(rules, stamp->rule_digest, sizeof(stamp->rule_digest));
	len = snprintf(text, RECORD_MAX, "%u %s%s\n", (unsigned)stamp->serial, rules,
	    pending ? " pending" : "");
	return (size_t)len;
}

/* Notes that "accept-serial" is used, or about to be. HRD_EIO with errno set, HRD_ENOMEM. */
static int
note_use(const struct hrd_policy_settings *policy, const char *state_dir,
    const struct hrd_stamp *stamp, bool pending)
{
	char text[RECORD_MAX];
	size_t len = note_text(stamp, pending, text);

	return state_dir == NULL
		   ? HRD_OK
		   : hrd_state_keep(state_dir, policy->path, HRD_STATE_ACCEPTED, text, len, 0600);
}

/* Whether "accept-serial" may be used: HRD_OK; HRD_EOLD: it was; HRD_EIO: nothing tells. */
static int
check_use(const struct bench *bench, const char **reason)
{
	const struct hrd_image_want *want = bench->want;
	char text[RECORD_MAX], pending[RECORD_MAX];
	int status = want->state_dir == NULL ? HRD_ENOENT
					     : hrd_state_read(want->state_dir, want->policy->path,
						   HRD_STATE_ACCEPTED, text, sizeof(text));

	if (status == HRD_ENOENT)
		return HRD_OK;
	if (status != HRD_OK) {
		*reason = "older than the image that was in force, and accept-serial has to wait: "
			  "state-dir cannot be read, which remembers whether it was used";
		return HRD_EIO;
	}
	note_text(&bench->stamp, true, pending);
	if (strtoul(text, NULL, 10) != want->policy->accept_serial || strcmp(text, pending) == 0)
		return HRD_OK;
	*reason = "older than the image that was in force, and accept-serial was used already: "
		  "take it out of the settings";
	return HRD_EOLD;
}

/* An older image is taken once when the settings name its serial. */
static int
check_order(struct bench *bench, const char **reason)
{
	const struct hrd_policy_settings *policy = bench->want->policy;
	int status;

	if (!bench->ordered)
		return HRD_OK;
	*reason = hrd_stamp_fault(&bench->floor, &bench->stamp);
	if (*reason == NULL)
		return HRD_OK;
	if (!policy->accepts_serial || policy->accept_serial != bench->stamp.serial)
		return HRD_EOLD;
	status = check_use(bench, reason);
	bench->accepted = status == HRD_OK;
	bench->untold = status == HRD_EIO;
	return status;
}

static int
judge(void *ctx, const struct hrd_policy_parts *parts, struct hrd_fault *fault)
{
	struct bench *bench = ctx;
	int status;

	fault->section = "signature";
	fault->offset = (uint64_t)parts->payload_len + HRD_DIGEST_LEN;
	status = check_signature(bench->want->policy, parts->digest, parts->signature,
	    parts->signature_len, &fault->reason);
	if (status != HRD_OK)
		return status;
	hrd_policy_stamp(parts->payload, &bench->stamp);
	fault->section = "header";
	fault->offset = 0;
	return check_order(bench, &fault->reason);
}

static bool
goes_on(void *ctx)
{
	const struct bench *bench = ctx;
	const atomic_bool *stop = bench->want->stop;

	hrd_thread_give_way();
	return stop == NULL || !atomic_load_explicit(stop, memory_order_relaxed);
}

static struct hrd_stamp
stamp_of(const struct hrd_image *image)
{
	const struct hrd_policy_info *info = hrd_policy_info(image->policy);
	struct hrd_stamp stamp = { .serial = info->serial, .created = info->created };

	memcpy(stamp.rule_digest, info->rule_digest, sizeof(stamp.rule_digest));
	return stamp;
}

bool
hrd_image_is_trusted(const struct hrd_image *image, const struct hrd_policy_settings *policy)
{
	const uint8_t *payload, *digest, *signature;
	size_t len, signature_len;
	const char *reason;

	hrd_policy_payload(image->policy, &payload, &len, &digest, &signature, &signature_len);
	return check_signature(policy, digest, signature, signature_len, &reason) == HRD_OK;
}

static const char *
id_of(const struct hrd_image *image)
{
	return hrd_policy_info(image->policy)->id;
}

void
hrd_image_subject(
    const char *path, const struct hrd_image *image, bool stays, struct hrd_log_subject *out)
{
	const struct hrd_policy_info *info = image != NULL ? hrd_policy_info(image->policy) : NULL;

	memset(out, 0, sizeof(*out));
	snprintf(out->file, sizeof(out->file), "%s", path);
	if (info == NULL)
		return;
	snprintf(out->policy, sizeof(out->policy), "%s", info->id);
	hrd_hex(out->digest, info->rule_digest, sizeof(info->rule_digest));
	out->serial = info->serial;
	out->has_serial = true;
	out->stays = stays;
}

static int
check_id(const char *path, const struct bench *bench, const struct hrd_image *image)
{
	const char *id = bench->want->policy->id;
	struct hrd_log_subject subject;

	hrd_image_subject(path, bench->want->former, true, &subject);
	if (id != NULL && strcmp(id, id_of(image)) != 0) {
		hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
		    "policy image %s has the id \"%s\", the settings want \"%s\"", path,
		    id_of(image), id);
		return HRD_EINVAL;
	}
	if (id != NULL || bench->id[0] == '\0' || strcmp(bench->id, id_of(image)) == 0)
		return HRD_OK;
	hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
	    "policy image %s has the id \"%s\", what was in force has \"%s\": where another policy "
	    "is meant to follow, name it in the settings (id: %s)",
	    path, id_of(image), bench->id, id_of(image));
	return HRD_EINVAL;
}

static void
log_refusal(const char *path, const struct bench *bench, int status, const struct hrd_fault *fault)
{
	char mistaken[HRD_CONTENT_TEXT_MAX];
	struct hrd_log_subject subject;

	hrd_image_subject(path, bench->want->former, true, &subject);
	if (status == HRD_ECORRUPT && hrd_content_file_mistaken(path, HRD_CONTENT_IMAGE, mistaken))
		hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
		    "policy image %s refused: %s", path, mistaken);
	else if (status == HRD_EIO && !bench->untold)
		hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
		    "cannot read the policy image %s: %s", path, fault->reason);
	else if (status == HRD_ENOMEM)
		hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
		    "cannot take the policy image %s: out of memory: it needs about %llu octets "
		    "beside what is in force",
		    path, (unsigned long long)fault->offset);
	else if (status != HRD_ESTOP)
		hrd_log_about(HRD_LOG_ERROR, "image-refused", &subject,
		    "policy image %s refused: %s: section %s, offset %llu: %s", path,
		    hrd_strstatus(status), fault->section, (unsigned long long)fault->offset,
		    fault->reason);
}

static void
drop(struct hrd_image *image)
{
	hrd_policy_free(image->policy);
	free(image);
}

static int
open_image(const char *path, struct bench *bench, struct hrd_image **out, struct hrd_fault *fault)
{
	struct hrd_policy_reader reader = { bench->want->policy->key_count > 0 ? judge : NULL,
		goes_on, bench };
	struct hrd_image *image = calloc(1, sizeof(*image));
	struct stat file;
	int status = HRD_ENOMEM;

	*fault = (struct hrd_fault){ "file", 0, "out of memory" };
	if (image != NULL)
		status =
		    hrd_policy_read_judged(path, HRD_OPEN_LOOK_UPS, &reader, &image->policy, fault);
	if (status == HRD_ENOMEM)
		fault->offset = stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
	if (status == HRD_OK)
		*out = image;
	else
		free(image);
	return status;
}

/* Takes an older image because of "accept-serial", where it can be noted. */
static int
accept_older(const struct bench *bench, struct hrd_image *image)
{
	const struct hrd_policy_settings *policy = bench->want->policy;
	int status = bench->want->dry
			 ? HRD_OK
			 : note_use(policy, bench->want->state_dir, &bench->stamp, true);

	if (status == HRD_OK) {
		image->accepted = true;
		hrd_log(HRD_LOG_WARNING,
		    "policy image %s: serial %u is taken because of accept-serial, this once: "
		    "remove that from the settings now",
		    policy->path, (unsigned)bench->stamp.serial);
		return HRD_OK;
	}
	hrd_log(HRD_LOG_ERROR,
	    "policy image %s: serial %u is not taken: state-dir %s cannot note that accept-serial "
	    "is used: %s",
	    policy->path, (unsigned)bench->stamp.serial, bench->want->state_dir,
	    status == HRD_EIO ? strerror(errno) : hrd_strstatus(status));
	return status;
}

/* The last good copy of the policy, where it can be had; it is refused without an error, for that
 * is what a new key does to the copy of an image that was not signed yet. */
static struct hrd_image *
open_copy(const struct hrd_image_want *want)
{
	struct bench bench = { .want = want };
	struct hrd_image *image = NULL;
	struct hrd_fault fault;
	struct stat file;
	int status = HRD_ENOENT;
	uint64_t seen;
	char *copy;

	if (want->state_dir == NULL)
		return NULL;
	copy = hrd_state_path(want->state_dir, want->policy->path, HRD_STATE_COPY);
	if (copy == NULL)
		return NULL;
	seen = hrd_look(copy);
	if (stat(copy, &file) == 0)
		status = open_image(copy, &bench, &image, &fault);
	if (status != HRD_OK && status != HRD_ENOENT && status != HRD_ESTOP)
		hrd_log(HRD_LOG_WARNING,
		    "policy image %s: its last good copy %s does not count: %s: %s",
		    want->policy->path, copy, hrd_strstatus(status), fault.reason);
	free(copy);
	if (image == NULL)
		return NULL;
	image->mode = file.st_mode & 0777;
	image->copy = seen;
	if (want->policy->id == NULL || strcmp(want->policy->id, id_of(image)) == 0)
		return image;
	hrd_log(HRD_LOG_WARNING,
	    "policy image %s: its last good copy does not count: it has the id \"%s\"",
	    want->policy->path, id_of(image));
	drop(image);
	return NULL;
}

/* Finds out what the file may not be older than; asked only where keys are configured. What the
 * settings name by another id begins anew. */
static void
find_floor(const struct hrd_image_want *want, struct bench *bench)
{
	const struct hrd_policy_settings *policy = want->policy;
	struct hrd_image *copy = want->former != NULL ? NULL : open_copy(want);
	const struct hrd_image *floor = want->former != NULL ? want->former : copy;

	if (floor != NULL && hrd_image_is_trusted(floor, policy) &&
	    (policy->id == NULL || strcmp(policy->id, id_of(floor)) == 0)) {
		bench->ordered = true;
		bench->floor = stamp_of(floor);
		snprintf(bench->id, sizeof(bench->id), "%s", id_of(floor));
	}
	if (floor == NULL)
		hrd_log(HRD_LOG_WARNING,
		    "policy image %s: state-dir has no last good copy of it, so nothing tells "
		    "whether it is older than what was in force",
		    policy->path);
	if (copy != NULL)
		drop(copy);
}

/* Without keys anything is taken; it is worth a line when it seems to be a mistake. */
static void
note_step_back(const struct hrd_image_want *want, const struct hrd_image *image)
{
	uint32_t before, after = hrd_policy_info(image->policy)->serial;

	if (want->policy->key_count > 0 || want->former == NULL)
		return;
	before = hrd_policy_info(want->former->policy)->serial;
	if (hrd_serial_is_later(before, after))
		hrd_log(HRD_LOG_WARNING, "policy image %s: the serial went back from %u to %u",
		    want->policy->path, (unsigned)before, (unsigned)after);
}

/* The image of the file that the settings name, with no user yet. */
static int
get_file(const struct hrd_image_want *want, struct hrd_image **out)
{
	struct bench bench = { .want = want };
	struct hrd_fault fault;
	struct stat file;
	int status;

	if (stat(want->policy->path, &file) != 0) {
		fault = (struct hrd_fault){ "file", 0, strerror(errno) };
		status = errno == ENOENT ? HRD_ENOENT : HRD_EIO;
		log_refusal(want->policy->path, &bench, HRD_EIO, &fault);
		return status;
	}
	if (want->former != NULL && hrd_same_file(&want->former->file, &file) &&
	    (want->policy->id == NULL || strcmp(want->policy->id, id_of(want->former)) == 0) &&
	    hrd_image_is_trusted(want->former, want->policy)) {
		*out = want->former;
		return HRD_OK;
	}
	if (want->policy->key_count > 0)
		find_floor(want, &bench);
	status = open_image(want->policy->path, &bench, out, &fault);
	if (status != HRD_OK) {
		log_refusal(want->policy->path, &bench, status, &fault);
		return status;
	}
	status = check_id(want->policy->path, &bench, *out);
	if (status == HRD_OK && bench.accepted)
		status = accept_older(&bench, *out);
	if (status != HRD_OK) {
		drop(*out);
		*out = NULL;
		return status;
	}
	(*out)->file = file;
	(*out)->mode = file.st_mode & 0777;
	note_step_back(want, *out);
	return HRD_OK;
}

static struct hrd_image *
stand_in_copy(const struct hrd_image_want *want)
{
	struct hrd_image *image = open_copy(want);

	if (image != NULL)
		hrd_log(HRD_LOG_WARNING,
		    "policy %s: the last good image, serial %u from state-dir, is in force instead",
		    id_of(image), (unsigned)hrd_policy_info(image->policy)->serial);
	return image;
}

struct hrd_image *
hrd_image_stand_in(const struct hrd_image_want *want)
{
	struct hrd_image *image = want->former;

	if (image == NULL)
		image = stand_in_copy(want);
	else if (hrd_image_is_trusted(image, want->policy))
		hrd_log(HRD_LOG_WARNING, "policy %s: what was in force, serial %u, stays in force",
		    id_of(image), (unsigned)hrd_policy_info(image->policy)->serial);
	else
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: policy %s: what was in force, serial %u, stays in force, but no key of "
		    "the settings has signed it: publish an image that one of them has signed",
		    id_of(image), (unsigned)hrd_policy_info(image->policy)->serial);
	if (image != NULL)
		atomic_fetch_add(&image->users, 1);
	return image;
}

int
hrd_image_get(const struct hrd_image_want *want, struct hrd_image **out)
{
	int status;

	*out = NULL;
	status = get_file(want, out);
	if (*out != NULL)
		atomic_fetch_add(&(*out)->users, 1);
	else if (status != HRD_ESTOP)
		*out = hrd_image_stand_in(want);
	return status;
}

/* Writes the copy, or sees that it is there. */
static int
keep_copy(struct hrd_image *image, const struct hrd_policy_settings *policy, const char *state_dir)
{
	char *copy = hrd_state_path(state_dir, policy->path, HRD_STATE_COPY);
	const uint8_t *payload, *digest, *signature;
	size_t len, signature_len;
	int status = HRD_OK, error;

	if (copy == NULL)
		return HRD_ENOMEM;
	/* It may be gone, or be that of another directory. */
	if (image->copy != hrd_look(copy)) {
		hrd_policy_payload(
		    image->policy, &payload, &len, &digest, &signature, &signature_len);
		/* The parts follow one another in the file. */
		status = hrd_state_keep(state_dir, policy->path, HRD_STATE_COPY, payload,
		    (size_t)(signature + signature_len - payload), image->mode);
		error = errno;
		image->copy = status == HRD_OK ? hrd_look(copy) : 0;
		errno = error;
	}
	free(copy);
	return status;
}

int
hrd_image_note_accepted(
    struct hrd_image *image, const struct hrd_policy_settings *policy, const char *state_dir)
{
	struct hrd_stamp stamp = stamp_of(image);
	int status = image->accepted ? note_use(policy, state_dir, &stamp, false) : HRD_OK;

	if (status == HRD_OK)
		image->accepted = false;
	return status;
}

bool
hrd_image_keep(struct hrd_image *image, const struct hrd_policy_settings *policy,
    const char *state_dir, bool log)
{
	int status;

	if (state_dir == NULL)
		return true;
	status = hrd_image_note_accepted(image, policy, state_dir);
	if (status == HRD_OK)
		status = keep_copy(image, policy, state_dir);
	if (status != HRD_OK && log)
		hrd_log(HRD_LOG_ERROR,
		    "cannot keep the last good image of policy %s in state-dir %s: %s: the "
		    "directory must exist and be writable for the server",
		    id_of(image), state_dir,
		    status == HRD_EIO ? strerror(errno) : hrd_strstatus(status));
	return status == HRD_OK;
}

void
hrd_image_doubt(struct hrd_image *image)
{
	image->copy = 0;
}

void
hrd_image_release(struct hrd_image *image)
{
	if (image != NULL && atomic_fetch_sub(&image->users, 1) == 1)
		drop(image);
}
