/* SPDX-License-Identifier: BSD-3-Clause */
/* What the owners of a policy zone look like: whether they hide an origin that nobody gave, and
 * whether a query can ever match them. No allocation; one structure belongs to one thread. */
#ifndef HRD_RPZGEN_ZONE_OWNERS_H
#define HRD_RPZGEN_ZONE_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/name/name.h"

enum { HRD_SUFFIXES = 8, HRD_SUFFIX_LABELS_MIN = 2, HRD_SUFFIX_LABELS_MAX = 3 };

/* Owners that share a suffix. */
struct hrd_suffix {
	struct hrd_name name; /* the longest that all of them have */
	uint64_t owners;
};

/* Counts owners by the suffix of two or more labels that they share, and by that of three or more:
 * one of two may be public. Zero to start with. */
struct hrd_suffixes {
	uint64_t owners; /* different from the one before each */
	struct hrd_name last;
	struct hrd_suffix found[HRD_SUFFIX_LABELS_MAX - HRD_SUFFIX_LABELS_MIN + 1][HRD_SUFFIXES];
};

/* Counts an owner as the zone has it, its "*." included. */
void hrd_suffixes_add(struct hrd_suffixes *suffixes, const struct hrd_name *owner);

/* True when more than half of the owners lie below one suffix of so many labels at least: by two
 * labels or more, or with the label of a trigger in front of it. */
bool hrd_suffixes_most(
    const struct hrd_suffixes *suffixes, unsigned labels, struct hrd_name *suffix);

/* Why no query can match an owner that is a name, or NULL: an address, a URL, UTF-8.  relative: to
 * the apex. Static text. */
const char *hrd_owner_fault(const struct hrd_name *relative);

#endif
