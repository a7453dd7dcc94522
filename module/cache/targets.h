/* SPDX-License-Identifier: BSD-3-Clause */
/* The names that a new generation lists and the one before did not: what is taken out of the caches
 * first, without a walk. Exact names of query-name rules only; all else waits for the walk
 * (module/cache/sweep.h), so a list that is cut short costs time, never completeness. */
#ifndef HRD_MODULE_CACHE_TARGETS_H
#define HRD_MODULE_CACHE_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "module/decide/decide.h"

/* Beyond these the walk over the caches is as quick. */
enum {
	HRD_TARGETS_MAX = 4096,         /* names found */
	HRD_TARGETS_RULES_MAX = 500000, /* query-name rules of a policy that is compared: 0.1 s */
};

struct hrd_targets {
	size_t count;
	struct hrd_name names[]; /* `count` of them */
};

/* Asked now and then: true when nobody needs the list any more. */
typedef bool hrd_targets_stop_fn(void *ctx);

/* Compares the layers; linear in the rules of policies that changed. NULL when there is no name,
 * there are too many, memory is short or it was stopped. free() is enough. */
struct hrd_targets *hrd_targets_new(const struct hrd_layers *before, const struct hrd_layers *after,
    hrd_targets_stop_fn *stop, void *ctx);

#endif
