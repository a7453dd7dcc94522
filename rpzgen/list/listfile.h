/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of others as rules: a pure function of octets.
 *
 * A list has one of the forms of rpzgen/list/listline.h, or is a response policy zone
 * (rpzgen/zone/read.h). It names what to block, and may exempt names from itself. What it says
 * besides is left out and counted by kind, the first few lines of each kind are reported as
 * warnings: one line never costs the list. Whether a list with so many bad lines is one at all is
 * for the caller to say. */
#ifndef HRD_RPZGEN_LIST_LISTFILE_H
#define HRD_RPZGEN_LIST_LISTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/list/listline.h"

enum { HRD_FEED_SHOWN_MAX = 5 }; /* lines of a kind that are reported */

/* Reads a name that is no ASCII; false when it is none of IDNA 2008. */
typedef bool hrd_list_to_ascii_fn(struct hrd_name *out, const char *text, size_t len);

struct hrd_feed_reader {
	enum hrd_feed_form form; /* auto: set to the form that it was taken for */
	const char *file;        /* for diagnostics */
	struct hrd_diag *diag;
	enum hrd_action action; /* of what is blocked; data that says "nowhere" means it too */
	bool subtree;           /* a plain name of domains and hosts means all below it as well */
	const struct hrd_name *origin;  /* rpz: of relative owners, or NULL */
	hrd_list_to_ascii_fn *to_ascii; /* may be NULL, then such names are bad lines */
	/* Asked once a line, before its rules: HRD_OK to take it, HRD_EEXIST when it is left out,
	 * which was given to skip(). May be NULL. */
	int (*judge)(void *ctx, const struct hrd_rule *rule, enum hrd_list_reach reach,
	    const struct hrd_rr *rr);
	/* Takes a rule (trigger, name or prefix, wildcard, action, line); rr as in hrd_rules_add().
	 * NULL: only what is exempt is wanted, and nothing is reported. */
	int (*rule)(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr);
	/* A name that this list exempts from itself; HRD_REACH_EXACT, _SUBTREE or _BELOW.  May be
	 * NULL. */
	int (*exempt)(void *ctx, const struct hrd_name *name, enum hrd_list_reach reach);
	void *ctx;
	/* Set by reading: */
	uint64_t line;               /* the present one */
	uint32_t col;                /* of the present name in it; 0 = unknown */
	uint64_t taken;              /* lines or records that gave rules */
	uint64_t exempted;           /* lines that exempt */
	uint64_t skipped[HRD_SKIPS]; /* lines by why they gave none */
	bool refused;                /* rpz: no zone, or not all of it */
};

/* HRD_OK also when lines were left out; else what rule() or exempt() returned, HRD_ENOMEM. */
HRD_MUST_USE int hrd_feed_read(struct hrd_feed_reader *reader, const char *data, size_t len);

/* Reads a name as lists have them; NULL, or what is wrong with it, as static text. */
const char *hrd_list_name(
    struct hrd_name *name, const char *text, size_t len, hrd_list_to_ascii_fn *to_ascii);

/* Counts a line that gives no rule, and reports it while there are few of the kind. */
void hrd_feed_skip(struct hrd_feed_reader *reader, enum hrd_list_skip kind, const char *id,
    const char *what, size_t len, const char *why);

#endif
