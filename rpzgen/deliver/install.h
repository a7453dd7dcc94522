/* SPDX-License-Identifier: BSD-3-Clause */
/* Generations of what was verified, in a directory of a consumer:
 *
 *   DIR/current -> gen-000007      what servers read: DIR/current/NAME
 *   DIR/gen-000005, -000006, -000007
 *   DIR/held.json                  the latest that --rollback took back: it must not come again
 *   DIR/newest.json                the newest that was installed, should it or the link be lost
 *
 * A generation is written whole, synced, and then becomes current by one rename of the symbolic
 * link: a reader sees the old set or the new one. Three are kept; an older one that cannot be
 * removed is warned of. What comes must be later than what is there, by serial (RFC 1982) and, for
 * the same serial and rules, by its time; and it must pass the guards on change, which ask the
 * rules and not what is said of them. Once a set with a manifest is installed, only such a set
 * follows.
 *
 * One thread; of two programs at one directory one waits for the other (flock). False after a
 * report: what was installed stays. */
#ifndef HRD_RPZGEN_DELIVER_INSTALL_H
#define HRD_RPZGEN_DELIVER_INSTALL_H

#include <stdbool.h>
#include <stdint.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/deliver/verify.h"
#include "rpzgen/policy/guard.h"

enum { HRD_GENERATIONS_KEPT = 3 };

struct hrd_install {
	const char *dir;    /* made when missing */
	bool accept_older;  /* take an older serial, another id, or what is held, this once */
	bool accept_change; /* pass the guards on change, this once */
	enum hrd_guard_effect guards; /* what becomes of what they find in the rules */
	uint64_t now;                 /* seconds since the epoch: exceptions end */
	struct hrd_diag *diag;
	/* Set on success. */
	bool unchanged;      /* the same is there already */
	unsigned generation; /* that is current now */
	uint32_t serial;     /* of it */
};

/* Installs; false after a report, with what was current still current. */
bool hrd_install(struct hrd_install *how, const struct hrd_verified *verified);

/* Makes the generation before the current one current, and holds back what it replaces. */
bool hrd_install_rollback(struct hrd_install *how);

#endif
