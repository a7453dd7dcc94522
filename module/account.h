/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches: one for each client's query and rule. */
#ifndef HRD_MODULE_ACCOUNT_H
#define HRD_MODULE_ACCOUNT_H

#include "module/decide.h"
#include "module/store.h"

/* One match. */
struct hrd_sighting {
	const struct hrd_hit *hit;
	enum hrd_action action; /* of the rule, as the site overrides it */
	enum hrd_outcome outcome;
};

/* Counts a match.  By the worker of that slot, between hrd_store_enter() and hrd_store_leave(). */
void hrd_account(struct hrd_store *store, size_t slot, const struct hrd_sighting *sighting);

#endif
