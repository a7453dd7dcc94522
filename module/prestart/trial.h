/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether this server starts with this configuration: found out by starting it, on a free port of
 * 127.0.0.1, from a private directory, for as long as it takes to say that it serves. Nothing else
 * tells what the distributor's last patch, the linker, or a security module make of it. One thread.
 */
#ifndef HRD_MODULE_PRESTART_TRIAL_H
#define HRD_MODULE_PRESTART_TRIAL_H

#include <stdbool.h>

enum { HRD_TRIAL_WHY_MAX = 2000 };

struct hrd_trial {
	const char *server;   /* the program */
	const char *user;     /* "": stays who we are; NULL: as the server was built */
	const char *chroot;   /* likewise */
	const char *place;    /* an existing directory that the server can read */
	const char *config;   /* text that goes into its configuration */
	const char *settings; /* text of hradba.yaml, or NULL: none is needed */
	unsigned seconds;     /* that it gets */
};

enum hrd_trial_result {
	HRD_TRIAL_STARTS,
	HRD_TRIAL_FAILS,   /* why: what the server said */
	HRD_TRIAL_UNTRIED, /* for want of room, memory or rights: nothing is known. why: of what
			    */
};

/* The server is gone when this returns. *left_out: how many zones it came up without, because their
 * files are bad (newer servers do); then why says it of the first. */
enum hrd_trial_result hrd_trial_run(
    const struct hrd_trial *trial, char why[HRD_TRIAL_WHY_MAX], unsigned *left_out);

#endif
