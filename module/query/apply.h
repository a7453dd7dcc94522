/* SPDX-License-Identifier: BSD-3-Clause */
/* Carries judgements out: each client that waits for a query gets what its own policies say.
 *
 * Threads: the worker of the query, between hrd_store_enter() and hrd_store_leave(), because a
 * judgement points into the policies; hrd_apply_target() takes no lock and reads no policy. */
#ifndef HRD_MODULE_QUERY_APPLY_H
#define HRD_MODULE_QUERY_APPLY_H

#include <stdbool.h>

#include "module/query/qstate.h"

/* What is left to do for a query. */
enum hrd_apply_result {
	HRD_APPLY_DONE,    /* no client waits any more */
	HRD_APPLY_WAITS,   /* for the target of a rule's alias: the module state is set */
	HRD_APPLY_OTHERS,  /* some clients are to get the real answer: no rule matched for them */
	HRD_APPLY_EXEMPTS, /* the same, and one matched, or was not asked, for some of them */
};

/* Judges every client that waits, accounts for what matched, and answers or drops those whom a rule
 * binds; the others stay with the query. Where a rule's alias leads to a target that has to be
 * resolved, its clients wait for that and the others are answered first. */
enum hrd_apply_result hrd_apply(const struct hrd_query *query);

/* A query whose alias target has been resolved: answers those who waited for it. False: the query
 * waits for none. Who else waits by then is left; return_msg is again what it was. */
bool hrd_apply_resume(struct module_qstate *state, int id);

/* Takes the answer of an alias target over into the query that waits for it. In inform_super(). */
void hrd_apply_target(struct module_qstate *target, int id, struct module_qstate *waiting);

#endif
