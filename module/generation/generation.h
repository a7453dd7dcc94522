/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in force at one time, immutable once published: settings, allow list and images, and what
 * follows from them and from the time.
 *
 * Each file stands alone. Where one is bad, what was in force of it stays, and everything else is
 * taken over; so one broken publisher holds up no other, and `mode:` holds whatever else is wrong.
 * Where the settings name a policy newly that cannot be had, those that they name no more stay in
 * force until it can; so does one that a group chooses, until it chooses another. Only the first
 * start of a process is refused by a fault.
 *
 * What time alone decides (the end of an exemption, of a policy's validity) holds for a span of
 * time; hrd_generation_renew() makes the generation of another time from the same parts without
 * reading a file, so it comes at its time whatever state the files are in, and a clock that goes
 * back brings back what was.
 *
 * Parts are shared by successive generations and counted by them. Threads: one loads and keeps; any
 * renews, holds and releases. */
#ifndef HRD_MODULE_GENERATION_GENERATION_H
#define HRD_MODULE_GENERATION_GENERATION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/status.h"
#include "module/decide/allow.h"
#include "module/decide/decide.h"
#include "module/generation/image.h"
#include "module/generation/settings.h"

/* One policy, in order of evaluation. */
struct hrd_held {
	struct hrd_settings *settings;            /* that name it; one use */
	const struct hrd_policy_settings *policy; /* of these */
	struct hrd_image *image;                  /* NULL: there is none for it */
	bool awaited;                             /* named newly, and never had since */
	bool expiring;                            /* its validity is over soon */
	bool expired;                             /* its validity is over */
	bool trusted; /* a present key has signed the image, or none is asked for */
};

struct hrd_generation {
	struct hrd_settings *settings;
	struct hrd_allow *allow; /* or NULL: no list is named, or there is none */
	struct hrd_held *held;
	size_t held_count; /* those of the settings first, then what stays without being named */

	enum hrd_mode mode; /* of clients in no group; OFF is everybody's */
	/* the allow list, if any, then the policies in configured order */
	struct hrd_layer_list layers;
	struct hrd_layer *storage;      /* of layers */
	struct hrd_client_table groups; /* of the settings, in force */
	struct hrd_exemption_sum exempt_groups;
	uint64_t *skipped; /* for each group of the settings: the layers that skip it */
	int64_t made;      /* the time that all this is of, seconds since the epoch */
	struct hrd_span span;

	uint64_t seen;         /* hrd_generation_look(), each file before it was read */
	unsigned unsafe;       /* files that others than their owner can replace or change */
	unsigned state_unsafe; /* of these, the state directory: 1 or 0 */
	size_t lacking;        /* policies without an image: an alarm */
	bool servfail;         /* clients get SERVFAIL until no policy is lacking (on-missing) */
	int fault;             /* HRD_OK, or why the first file that is not in force is not */
	bool passing;          /* that may pass without a change of a file: load again soon */
	atomic_uint users;
};

/* The circumstances of a load. */
struct hrd_load {
	const char *settings_path;
	/* in force now; NULL at a start, which a fault refuses */
	const struct hrd_generation *previous;
	int64_t now;             /* seconds since the epoch */
	const atomic_bool *stop; /* or NULL; set: no result is wanted any more, HRD_ESTOP */
	const uid_t *server;     /* as whom the server runs; NULL: as this process */
	bool dry; /* only to see what a start would do: nothing is noted as used, or forgotten */
};

/* Reads the settings file and what it names. Faults are logged (module/base/log.h), one line each.
 * HRD_OK: *out is to be published; its `fault` says whether all files are in force. Else nothing
 * is changed: HRD_ENOMEM, HRD_ESTOP, and at a start the status of the fault. */
HRD_MUST_USE int hrd_generation_load(const struct hrd_load *load, struct hrd_generation **out);

/* Logs what of settings and images, one for each policy or NULL, does not go together, as a first
 * start would: ids that two have, groups that choose what is not there. */
void hrd_generation_judge(
    struct hrd_settings *settings, struct hrd_image *const *images, const char *settings_path);

/* The same parts at another time, with these settings: its own, or hrd_settings_with() of them.
 * Touches no file. HRD_ENOMEM, HRD_EINVAL, HRD_ELIMIT. */
HRD_MUST_USE int hrd_generation_renew(const struct hrd_generation *previous,
    struct hrd_settings *settings, int64_t now, struct hrd_generation **out);

/* Calls back with each file that it is made of, or would be, as the settings name them;
 * settings_path first. */
typedef void hrd_generation_file_fn(void *ctx, const char *path);
void hrd_generation_files(const struct hrd_generation *generation, const char *settings_path,
    hrd_generation_file_fn *each, void *ctx);

/* The sum of what these files look like now, one by one (module/base/look.h), so that each can be
 * looked at when it is read: another one means that one of them has been replaced or changed, in
 * its mode too. */
uint64_t hrd_generation_look(const struct hrd_generation *generation, const char *settings_path);

/* Notes in state-dir which images are in force by "accept-serial", once they are: before it is
 * noted the same image is taken again. hrd_generation_keep() does so too. Only from the thread that
 * loads. */
void hrd_generation_note_accepted(struct hrd_generation *generation);

/* Keeps the images in force in state-dir, for the next start: writes to the disk where they are not
 * there. Failures are logged where `log` is set; false when there was one. Only from the thread
 * that loads. */
bool hrd_generation_keep(struct hrd_generation *generation, bool log);

/* Has the next hrd_generation_keep() read the copies, not only look at them. */
void hrd_generation_doubt(struct hrd_generation *generation);

/* One use more, for whoever may have it when another is in force. */
void hrd_generation_hold(struct hrd_generation *generation);

/* One use less, the first being that of who made it; NULL-safe. The last frees it: workers, who
 * count none, hold it no more by then. */
void hrd_generation_release(struct hrd_generation *generation);

/* Octets held by its images. */
size_t hrd_generation_memory(const struct hrd_generation *generation);

#endif
