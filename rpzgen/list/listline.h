/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of a list of names in one of the forms that lists have.
 *
 *   domains  name, *.name, .name
 *   hosts    0.0.0.0 name ..., as in /etc/hosts
 *   adblock  ||name^ with or without $important, $all, $document; @@||name^
 *   dnsmasq  address=/name/..., server=/name/, local=/name/
 *   unbound  local-zone: "name" TYPE, local-data: "name A 0.0.0.0"
 *
 * A line gives names to block, names to exempt, nothing, or a reason why it is left out. Pure. In
 * Unbound the zone that a name is in decides, wherever it stands, so that such a list is read as a
 * whole first. */
#ifndef HRD_RPZGEN_LIST_LISTLINE_H
#define HRD_RPZGEN_LIST_LISTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpzgen/list/localzone.h"

enum hrd_feed_form {
	HRD_FEED_AUTO,
	HRD_FEED_DOMAINS,
	HRD_FEED_HOSTS,
	HRD_FEED_ADBLOCK,
	HRD_FEED_DNSMASQ,
	HRD_FEED_UNBOUND,
	HRD_FEED_RPZ,
	HRD_FEED_FORMS,
};

/* The word of a form: "auto", "domains", ...  NULL past the last one. */
const char *hrd_feed_form_word(unsigned form);

/* Which names a line means. */
enum hrd_list_reach {
	HRD_REACH_LIST,    /* what the list as a whole means: the name, or all at and below it */
	HRD_REACH_EXACT,   /* the name */
	HRD_REACH_SUBTREE, /* the name and all below it */
	HRD_REACH_BELOW,   /* all below the name */
};

/* Why a line gives no rule. */
enum hrd_list_skip {
	HRD_SKIP_JUNK,     /* it cannot be read */
	HRD_SKIP_RULE,     /* a rule that is not about a host */
	HRD_SKIP_MODIFIER, /* a rule that only some requests match: in DNS it would block all */
	HRD_SKIP_REDIRECT, /* it sends a name to an address or name of its choosing */
	HRD_SKIP_BRINGS,   /* what the feed is not to bring */
	HRD_SKIP_GUARDED,  /* a guard refuses it */
	HRD_SKIPS,
};

/* Where what a line says goes. A status that is not HRD_OK ends the line and is returned. */
struct hrd_list_sink {
	void *ctx;
	int (*name)(
	    void *ctx, bool exempt, enum hrd_list_reach reach, const char *text, size_t len);
	/* id: that of the diagnostic; what: the part of the line that is at fault. */
	void (*skip)(void *ctx, enum hrd_list_skip kind, const char *id, const char *what,
	    size_t len, const char *why);
};

/* Collects what a line needs to know of the whole list: with unbound its zones, which borrow from
 * the list, else nothing. HRD_ENOMEM. To be cleared in either case. */
HRD_MUST_USE int hrd_list_prepare(
    enum hrd_feed_form form, struct hrd_local_table *zones, const char *data, size_t len);

/* Reads a line without its end. The form is neither auto nor rpz; a line of unbound is part of the
 * list that the zones are of, other forms need none. HRD_OK, or what the sink returned. */
int hrd_list_line(enum hrd_feed_form form, const struct hrd_local_table *zones, const char *text,
    size_t len, const struct hrd_list_sink *sink);

/* The form that most of the first lines have; domains where none stands out. */
enum hrd_feed_form hrd_list_guess(const char *data, size_t len);

#endif
