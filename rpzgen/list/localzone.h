/* SPDX-License-Identifier: BSD-3-Clause */
/* The local zones of a list for Unbound. In which one a name is decides what becomes of it, and
 * data decides what a zone that redirects does, wherever either stands in the list
 * (unbound.conf(5)).
 *
 * Filled, sealed, told of the data, then only read. Names are text without a final dot, borrowed
 * until hrd_local_table_clear(); letters match in either case. One thread. */
#ifndef HRD_RPZGEN_LIST_LOCALZONE_H
#define HRD_RPZGEN_LIST_LOCALZONE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"

enum hrd_local_zone_kind {
	HRD_LOCAL_OTHER,     /* none of the following */
	HRD_LOCAL_BLOCKS,    /* the name and what is below, but for local data */
	HRD_LOCAL_REDIRECTS, /* the same to the data of the name; without any there is no answer */
	HRD_LOCAL_PASSES,    /* ends a zone above, but for local data */
	HRD_LOCAL_IGNORES,   /* the same, and local data is not looked at */
};

struct hrd_local_zone {
	const char *name;
	size_t len;
	enum hrd_local_zone_kind kind;
	bool nowhere, elsewhere; /* set by the owner: where data of its name leads to */
};

/* Zeroed it is empty. */
struct hrd_local_table {
	struct hrd_local_zone *all;
	size_t count, room;
};

HRD_MUST_USE int hrd_local_table_add(/* HRD_ENOMEM */
    struct hrd_local_table *zones, const char *name, size_t len, enum hrd_local_zone_kind kind);

/* Of several of one name, which are parts of one text, the last stays, as in Unbound. */
void hrd_local_table_seal(struct hrd_local_table *zones);
void hrd_local_table_clear(struct hrd_local_table *zones);

/* The zone of that name, or the closest strictly above it; NULL. */
struct hrd_local_zone *hrd_local_zone_find(
    const struct hrd_local_table *zones, const char *name, size_t len);
const struct hrd_local_zone *hrd_local_zone_above(
    const struct hrd_local_table *zones, const char *name, size_t len);

/* True for a zone that takes names away. */
bool hrd_local_zone_blocks(const struct hrd_local_zone *zone);

/* True for a zone (NULL: none) that lets through what one above it would block. */
bool hrd_local_zone_lifts(const struct hrd_local_table *zones, const struct hrd_local_zone *zone);

#endif
