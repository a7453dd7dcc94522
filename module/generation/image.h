/* SPDX-License-Identifier: BSD-3-Clause */
/* The image that is in force for one entry of "policies", and where it comes from.
 *
 * It is the file that the settings name, when that is good. Else the image that was in force
 * before stays; else, after a start, the last good copy (module/generation/state.h) takes its
 * place.
 *
 * Where keys are configured one of them must have signed whatever is taken from the disk, and a
 * file that is older than what was in force, or of another policy, is refused, across restarts too:
 * the last good copy is what it is compared with. Once the settings name other keys, what the
 * former ones signed is taken from no disk and is no floor; what of it is in force stays, with an
 * alarm, until there is something better.
 *
 * Images are made in one thread, the one that loads, and counted by those who use them, any. */
#ifndef HRD_MODULE_GENERATION_IMAGE_H
#define HRD_MODULE_GENERATION_IMAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "lib/base/status.h"
#include "lib/policy/policy.h"
#include "module/base/log.h"
#include "module/generation/settings.h"

/* One image in memory. */
struct hrd_image {
	struct hrd_policy *policy;
	atomic_uint users; /* generations that use it */
	struct stat file;  /* as it was when opened; zero: it comes from the last good copy */
	bool accepted;     /* by "accept-serial", and not noted as in force yet */
	mode_t mode;       /* of what it was read from, and so of its last good copy */
	/* what that copy looked like when it was seen to be there (module/base/look.h), or 0 */
	atomic_uint_least64_t copy;
};

/* What is asked for. */
struct hrd_image_want {
	const struct hrd_policy_settings *policy;
	const char *state_dir;    /* or NULL */
	struct hrd_image *former; /* of this path, in the generation in force; or NULL */
	const atomic_bool *stop;  /* or NULL; another thread sets it to end a long reading */
	bool dry; /* that an "accept-serial" is used is not noted: it is only looked at */
};

/* Gets the image, its count of users raised; *out is NULL when there is none. The status is that of
 * the file of the settings: HRD_OK when it is in force; else why it is not, with *out standing in
 * for it, which is logged (module/base/log.h). HRD_ESTOP: the caller wanted no result any more;
 * nothing is logged. */
HRD_MUST_USE int hrd_image_get(const struct hrd_image_want *want, struct hrd_image **out);

/* What stands in for a file that is not to be taken: the former image, or the last good copy; its
 * count of users raised; or NULL. */
struct hrd_image *hrd_image_stand_in(const struct hrd_image_want *want);

/* Whether one of the keys of the policy, if it has any, signed the image. */
bool hrd_image_is_trusted(const struct hrd_image *image, const struct hrd_policy_settings *policy);

/* Notes that an image is in force by "accept-serial", so that it is used; nothing where it is not.
 * HRD_EIO with errno set, HRD_ENOMEM: the next hrd_image_keep() tries again. */
HRD_MUST_USE int hrd_image_note_accepted(
    struct hrd_image *image, const struct hrd_policy_settings *policy, const char *state_dir);

/* Does that, and writes the last good copy where it is not there as it was left; a failure is
 * logged where `log` is set. False: there is none. The thread that loads. */
bool hrd_image_keep(struct hrd_image *image, const struct hrd_policy_settings *policy,
    const char *state_dir, bool log);

/* Has the next hrd_image_keep() read the copy. */
void hrd_image_doubt(struct hrd_image *image);

/* What a line about the image of that path tells. image: NULL where there is none; stays: it is
 * what was in force before, and is still. */
void hrd_image_subject(
    const char *path, const struct hrd_image *image, bool stays, struct hrd_log_subject *out);

/* Gives up one use; NULL-safe. */
void hrd_image_release(struct hrd_image *image);

#endif
