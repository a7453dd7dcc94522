/* SPDX-License-Identifier: BSD-3-Clause */
/* Aliases that the host has in its cache already. */
#ifndef HRD_MODULE_CACHE_CACHED_H
#define HRD_MODULE_CACHE_CACHED_H

#include <stdbool.h>

#include "module/decide/decide.h"
#include "module/host/host.h"

/* Whether the query name is a cached alias, through a few steps, of a listed name. Takes one read
 * lock of the cache at a time. */
bool hrd_cached_alias_listed(const struct hrd_layers *layers, const struct module_qstate *query);

#endif
