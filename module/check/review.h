/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges settings and all that they name as the module would at a first start, but goes on after a
 * fault, so that one run reports every fault; writes nothing. One thread. */
#ifndef HRD_MODULE_CHECK_REVIEW_H
#define HRD_MODULE_CHECK_REVIEW_H

#include "module/check/access.h"
#include "module/check/findings.h"
#include "module/check/hostconf.h"
#include "module/generation/generation.h"

struct hrd_review {
	const char *path;                  /* of the settings */
	int64_t now;                       /* seconds since the epoch */
	const struct hrd_user *user;       /* as whom the server runs, or NULL: not said */
	const struct hrd_hostconf *host;   /* its configuration, or NULL */
	const char *host_path;             /* and where that is */
	struct hrd_finding_list *findings; /* hrd_log_to() leads there too */
	struct hrd_settings *blank;        /* hrd_review_blank() */
	bool asks;                         /* what is in force is wanted, with faults or without */
};

/* Settings with nothing in them, which stand in for values with a fault; made before the program
 * goes to a chroot. NULL where there is no memory, or no place for a temporary file. */
struct hrd_settings *hrd_review_blank(void);

/* False when the settings themselves cannot be read.  *out is what would be in force, NULL where
 * there are faults; freed by hrd_generation_release(). */
bool hrd_review_all(struct hrd_review *review, struct hrd_generation **out);

#endif
