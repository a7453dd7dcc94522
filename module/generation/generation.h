/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in force at one time: settings, allow list and images together, immutable once published.
 *
 * Bad settings or a bad allow list refuse a generation as a whole. A bad image does not: what was
 * in force of that policy stays (module/generation/image.h) and everything else is taken over, so
 * that one broken publisher holds up no other.
 *
 * An image that did not change is shared by successive generations; its count of users belongs to
 * the one thread that loads and frees generations. */
#ifndef HRD_MODULE_GENERATION_GENERATION_H
#define HRD_MODULE_GENERATION_GENERATION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/base/status.h"
#include "module/decide/allow.h"
#include "module/decide/decide.h"
#include "module/generation/image.h"
#include "module/generation/settings.h"

struct hrd_generation {
	struct hrd_settings *settings;
	struct hrd_layers
	    layers; /* the allow list, if any, then the policies in configured order */
	struct hrd_image **images; /* one a policy of the settings; NULL: there is none for it */
	struct hrd_layer *storage; /* of layers */
	struct hrd_allow allow;    /* its policy is NULL where nothing is allowed */
	struct stat settings_file; /* as they were before they were read */
	struct stat allow_file;
	uint64_t seen;       /* hrd_generation_look() before the files were read */
	int64_t next_change; /* when time alone changes it, in seconds since the epoch; 0: never */
	uint64_t *skipped;   /* for each group of clients: the layers that skip it */
	unsigned unsafe;     /* files that others than their owner can replace or change */
	size_t lacking;      /* policies without an image: an alarm */
	bool empty;          /* enforces nothing: the files could not be read */
	bool servfail;       /* clients get SERVFAIL until no policy is lacking (on-missing) */
	int fault;           /* HRD_OK, or why the first file that is not in force is not */
};

/* The circumstances of a load. */
struct hrd_load {
	const char *settings_path;
	/* in force now, NULL at a start; its images are taken over where their files are unchanged
	 */
	const struct hrd_generation *previous;
	/* at a start: the process has enforced before (the host was reloaded), so it goes on
	 * without what is missing, whatever the settings say */
	bool restarted;
	int64_t now;             /* seconds since the epoch */
	const atomic_bool *stop; /* or NULL; set: no result is wanted any more, HRD_ESTOP */
};

/* Reads the settings file and what it names. Faults are said (module/base/log.h), one line each.
 * HRD_OK: *out is to be published; its `fault` says whether all files are in force. Else nothing
 * is changed: HRD_EINVAL, HRD_ECORRUPT, HRD_EVERSION, HRD_EIO, HRD_ENOENT, HRD_ESIGNATURE,
 * HRD_EOLD, HRD_ELIMIT, HRD_ENOMEM. */
HRD_MUST_USE int hrd_generation_load(const struct hrd_load *load, struct hrd_generation **out);

/* A generation that enforces nothing; it has the settings, where they can be read, so that their
 * files are watched. NULL when out of memory. */
struct hrd_generation *hrd_generation_empty(const char *settings_path);

/* A digest of what the files of a generation look like now: another one means that one of them has
 * been replaced. */
uint64_t hrd_generation_look(const struct hrd_generation *generation, const char *settings_path);

/* Whether the policy has an end of validity, and it is past. */
bool hrd_policy_expired(const struct hrd_policy_info *info, int64_t now);

/* Keeps what is in force in state-dir, for the next start: writes to the disk. Failures are said;
 * false when there was one. Only from the thread that loads. */
bool hrd_generation_keep(struct hrd_generation *generation, const char *settings_path);

/* NULL-safe. Only when no worker can hold it. */
void hrd_generation_free(struct hrd_generation *generation);

/* Octets held by its images. */
size_t hrd_generation_memory(const struct hrd_generation *generation);

#endif
