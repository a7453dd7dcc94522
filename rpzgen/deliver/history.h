/* SPDX-License-Identifier: BSD-3-Clause */
/* The history of a policy: its manifests, each of which carries the digest of the one before it, so
 * that none can be taken away, put in or changed unseen. What is missing, forked or changed is
 * found without any key; that the last one is the publisher's, by its signature alone. One thread.
 */
#ifndef HRD_RPZGEN_DELIVER_HISTORY_H
#define HRD_RPZGEN_DELIVER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/deliver/anchors.h"
#include "rpzgen/policy/manifest.h"

enum { HRD_HISTORY_MAX = 10000, HRD_HISTORY_DEPTH_MAX = 4 };

/* How a manifest stands to the one before it in time. */
enum hrd_link {
	HRD_LINK_FIRST,    /* there is none before it here */
	HRD_LINK_WHOLE,    /* it follows it */
	HRD_LINK_NONE,     /* neither knows of a chain: made before there was one */
	HRD_LINK_LOST,     /* it says nothing, though the one before is of a chain */
	HRD_LINK_GAP,      /* it follows one that is not here */
	HRD_LINK_FORK,     /* it follows one that another follows as well */
	HRD_LINK_BACKWARD, /* it follows it, but its serial or time goes back */
};

enum hrd_sealed { HRD_SEAL_UNKNOWN, HRD_SEAL_GOOD, HRD_SEAL_BAD };

struct hrd_history_member {
	char *path; /* where it was found, for people */
	/* Where the files that it names are: in a directory, or in a commit of the clone there. */
	char *directory, *commit; /* commit: NULL, or its id */
	char *inner;              /* of the clone: the directory within it, with its slash, or "" */
	struct hrd_manifest manifest;
	enum hrd_sealed seal;
	const char *seal_fault; /* of HRD_SEAL_BAD: static text */
	enum hrd_link link;
	size_t followed; /* index of the member that it follows; HRD_LINK_FORK, _WHOLE, _BACKWARD */
	size_t sibling;  /* HRD_LINK_FORK: another that follows that one */
};

struct hrd_history {
	struct hrd_history_member **members; /* by policy, then in time */
	size_t count, room;
};

/* Adds the manifest of a file; for a directory the files manifest.json in it and below, no link
 * followed; for a git clone every manifest.json that was ever committed. anchors: whose signatures
 * (.minisig beside it) must be there, or NULL. What is no manifest is reported, the rest goes on,
 * and the result is false. */
bool hrd_history_add(struct hrd_history *history, const char *path,
    const struct hrd_anchors *anchors, struct hrd_diag *diag);

/* The rules of a member's image, sealed and the caller's; NULL where the image is not there or not
 * the one that the manifest describes, which *other tells. */
struct hrd_ruleset *hrd_history_rules(
    const struct hrd_history_member *member, bool *other, struct hrd_diag *diag);

/* Sorts, takes copies of one manifest for one, and finds how each stands to the one before it.
 * Asks nothing of the disk. */
void hrd_history_link(struct hrd_history *history);

/* Reports what is wrong, as errors. */
void hrd_history_report(const struct hrd_history *history, struct hrd_diag *diag);

/* Zeroed it holds nothing. */
void hrd_history_clear(struct hrd_history *history);

#endif
