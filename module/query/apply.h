/* SPDX-License-Identifier: BSD-3-Clause */
/* Carries a verdict out on a query of the host: answers, drops, and what may stay in caches. */
#ifndef HRD_MODULE_QUERY_APPLY_H
#define HRD_MODULE_QUERY_APPLY_H

#include <stdbool.h>

#include "module/cache/chain.h"
#include "module/decide/decide.h"
#include "module/generation/settings.h"
#include "module/host/host.h"

/* What the module remembers of a query between calls, in its region; NULL until there is something.
 */
struct hrd_course {
	struct hrd_pending *pending; /* an alias target that is waited for */
	bool store_held;             /* no_cache_store is set by us, for the latest response only */
	struct hrd_kept_event *events; /* of the query's matches, until it ends */
	/* the deciding match, and the first that only observes, have been accounted for */
	bool hit_counted, observed_counted;
};

/* The course of a query, made when `make` is set; NULL: none, or out of memory. */
struct hrd_course *hrd_course_of(struct module_qstate *query, int id, bool make);

/* A verdict and all that carrying it out needs. */
struct hrd_order {
	struct module_qstate *query;
	int id; /* of the module */
	const struct hrd_verdict *verdict;
	const struct hrd_chain_owner *place;
	const struct reply_info *reply; /* NULL: nothing was asked upstream yet */
	const struct hrd_answer_settings *settings;
};

/* Carries out a verdict that acts; sets the module state of the query. Out of memory is SERVFAIL.
 */
void hrd_apply(const struct hrd_order *order);

/* Goes on with a query whose alias target has been resolved. False: it waits for none. */
bool hrd_apply_resumed(struct module_qstate *query, int id);

/* Takes the answer of an alias target over into the query that waits for it. */
void hrd_apply_target(struct module_qstate *target, int id, struct module_qstate *waiting);

/* Drops the replies to clients; whoever else waits for the query gets its result. */
void hrd_drop(struct module_qstate *query);

/* Nobody shares this query's state or finds its answer in a cache: for a client that is served
 * otherwise than others. */
void hrd_isolate(struct module_qstate *query);

/* Removes the message of the query name, and of every name of the chain in the reply (may be NULL),
 * so that no later client is served what this answer was made of. */
void hrd_forget(struct module_qstate *query, const struct reply_info *reply);

#endif
