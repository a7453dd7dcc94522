/* SPDX-License-Identifier: BSD-3-Clause */
/* The feeds of an inventory: from files beside it and over https, checked against their pins. One
 * thread. Bodies live until hrd_feeds_clear() and borrow the inventory. False after a report. */
#ifndef HRD_RPZGEN_NET_FEEDS_H
#define HRD_RPZGEN_NET_FEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/net/fetch.h"
#include "rpzgen/list/listline.h"

enum { HRD_FEED_OCTETS_MAX = 256 << 20 }; /* of one feed: ten million names */

struct hrd_feed_options {
	bool online; /* fetch; else only files and kept bodies are used, and others left out with a
			warning */
	bool allow_private; /* https to loopback and private addresses */
	bool quiet;
	const char *cache;   /* directory of the last good bodies, or NULL */
	const char *proxy;   /* or NULL */
	const char *ca_file; /* or NULL */
};

struct hrd_feed_body {
	const struct hrd_feed *feed;
	const char *where; /* path or URL, for diagnostics */
	char *data;
	size_t len;
	/* Of a body that was fetched now, or that the server says is current, what is kept with it.
	 */
	bool is_new, is_current;
	uint64_t when; /* fetched or found to be current; of a file: changed */
	char etag[HRD_FETCH_VALIDATOR_MAX], modified[HRD_FETCH_VALIDATOR_MAX];
	struct hrd_name *allow; /* names that are exempt from this feed */
	size_t allow_count, allow_room;
	/* Set when its rules are derived: the form that it was read in, and its lines by what
	 * became of them. */
	enum hrd_feed_form form;
	uint64_t taken, exempted, skipped[HRD_SKIPS];
};

struct hrd_feed_set {
	struct hrd_feed_body *all;
	size_t count;
	struct hrd_feed_options options; /* of loading */
};

/* Loads all feeds and adds their octets to the digest of the inventory. False after a report of an
 * error. */
bool hrd_feeds_load(struct hrd_feed_set *feeds, struct hrd_inventory *inventory,
    const struct hrd_feed_options *options, struct hrd_diag *diag);

/* Keeps a body that was fetched now as the last good one, after it was read and passed the guards.
 * A cache that cannot be written is a warning. */
void hrd_feed_keep(const struct hrd_feed_body *body, const struct hrd_feed_options *options,
    struct hrd_diag *diag);

/* Puts the last good body of a feed in the place of one that was fetched now and is no good, with
 * a warning that says why. False: there is none. */
bool hrd_feed_take_kept(
    const struct hrd_feed_set *feeds, size_t number, const char *why, struct hrd_diag *diag);

/* Zeroed it holds nothing. */
void hrd_feeds_clear(struct hrd_feed_set *feeds);

#endif
