/* SPDX-License-Identifier: BSD-3-Clause */
/* What belongs to a query's life: the query as one call sees it, and what is kept between calls.
 * Threads: the worker of the query. */
#ifndef HRD_MODULE_QUERY_QSTATE_H
#define HRD_MODULE_QUERY_QSTATE_H

#include <stdbool.h>
#include <stddef.h>

#include "module/cache/chain.h"
#include "module/decide/decide.h"
#include "module/host/host.h"
#include "module/reload/store.h"

/* One query in one call: on arrival (reply NULL), with its result, or an answer from the host's
 * cache (state NULL). Lives on the caller's stack, between hrd_store_enter() and
 * hrd_store_leave() of the worker's slot; nothing of it may be kept. */
struct hrd_query {
	struct hrd_store *store;
	size_t slot;
	const struct hrd_generation *generation;
	const struct module_env *env;
	const struct query_info *qinfo;
	struct module_qstate *state;
	int id; /* of the module */
	const struct reply_info *reply;
};

/* What was decided about a query for clients of the same policies: the one thing that goes from the
 * decision to the answer. Points into the policies of the query's generation, its name and its
 * reply. */
struct hrd_judgement {
	const struct hrd_query *query;
	struct hrd_verdict verdict;
	struct hrd_chain_owner place; /* in the query's reply */
};

struct hrd_pending;
struct hrd_kept_event;

/* What the module keeps of a query between calls (Unbound: minfo, per query module state), in the
 * region of the query, from its first need to its end. */
struct hrd_qstate {
	struct hrd_pending *pending;   /* an alias target that is waited for */
	struct hrd_kept_event *events; /* of the query's matches, until it ends */
	unsigned answers;              /* made for some of its clients */
	bool store_held; /* no_cache_store is set by us, for the latest response only */
	/* the client that was accounted for on arrival, and what of it */
	const struct comm_reply *counted;
	bool hit_counted, observed_counted;
};

/* The module's state of a query, or NULL where there is none yet. */
static inline struct hrd_qstate *
hrd_qstate_of(const struct module_qstate *query, int id)
{
	return query->minfo[id];
}

/* The same, made where there is none. NULL: out of memory. */
static inline struct hrd_qstate *
hrd_qstate_make(struct module_qstate *query, int id)
{
	if (query->minfo[id] == NULL)
		query->minfo[id] = regional_alloc_zero(query->region, sizeof(struct hrd_qstate));
	return query->minfo[id];
}

#endif
