/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches, one for each client's query and rule: counts it and, where the settings
 * want events and their rate allows, keeps an event with the query. The event goes to the queue
 * when the query ends, for the response code is known then. */
#ifndef HRD_MODULE_QUERY_ACCOUNT_H
#define HRD_MODULE_QUERY_ACCOUNT_H

#include "module/decide/decide.h"
#include "module/host/host.h"
#include "module/reload/store.h"

/* One point of a query's course: its arrival (reply NULL), its result, or an answer from the host's
 * cache (query NULL). By the worker of the slot, between hrd_store_enter() and hrd_store_leave().
 */
struct hrd_point {
	struct hrd_store *store;
	size_t slot;
	const struct hrd_generation *generation;
	const struct query_info *qinfo;
	const struct module_env *env;
	struct module_qstate *query;
	int id; /* of the module */
	const struct reply_info *reply;
};

/* One match. */
struct hrd_account_entry {
	const struct hrd_hit *hit;
	enum hrd_action action; /* of the rule, as the site overrides it */
	enum hrd_outcome outcome;
};

void hrd_account(const struct hrd_point *at, const struct comm_reply *from,
    const struct hrd_account_entry *entry);

/* The query ends: its events go to the queue. In clear(). */
void hrd_account_end(struct hrd_store *store, struct module_qstate *query, int id);

#endif
