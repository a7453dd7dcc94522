/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of others as rules: a pure function of octets.
 *
 *   domains  one name a line; "#" or "!" begins a comment line, " #" a comment
 *   hosts    "0.0.0.0 name ..." as in /etc/hosts; the address says only "nowhere"
 *   rpz      a response policy zone (rpzgen/zone/read.h)
 *
 * What is no such line is an error with its number, never a rule: an error page, a redirect, half a
 * name. After HRD_FEED_JUNK_MAX of them the reading ends. */
#ifndef HRD_RPZGEN_ZONE_LISTFILE_H
#define HRD_RPZGEN_ZONE_LISTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"

enum hrd_feed_form { HRD_FEED_DOMAINS, HRD_FEED_HOSTS, HRD_FEED_RPZ };

enum { HRD_FEED_JUNK_MAX = 100 };

struct hrd_feed_reader {
	enum hrd_feed_form form;
	const char *file; /* for diagnostics */
	struct hrd_diag *diag;
	enum hrd_action action; /* domains, hosts */
	bool subtree;           /* domains, hosts */
	bool strict;            /* rpz: a cut zone or a target without its final dot is an error */
	/* Takes a rule (trigger, name or prefix, wildcard, action, line); rr as in hrd_rules_add().
	 */
	int (*rule)(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr);
	void *ctx;
	uint64_t lines; /* set: lines or records read */
	unsigned junk;  /* set: lines that are none */
};

/* HRD_OK also when there was junk, which was reported; else what rule() returned, HRD_ENOMEM. */
HRD_MUST_USE int hrd_feed_read(struct hrd_feed_reader *reader, const char *data, size_t len);

#endif
