/* SPDX-License-Identifier: BSD-3-Clause */
/* One query of the host, from its arrival to its result. Threads: the worker of the query, in one
 * of the host's calls. Out of memory the query fails, and is not permitted. */
#ifndef HRD_MODULE_QUERY_QUERY_H
#define HRD_MODULE_QUERY_QUERY_H

#include "module/host/host.h"
#include "module/reload/store.h"

/* A client's query arrives (or an internal one, which passes): answers it when its name decides. */
void hrd_query_begin(struct hrd_store *store, struct module_qstate *query, int id);

/* Goes on with a query that waited for the target of a rule's alias. False: it did not. */
bool hrd_query_resume(struct hrd_store *store, struct module_qstate *query, int id);

/* The modules behind us are done: checks name, chain and addresses, answers clients, and sees to it
 * that no cache keeps what was permitted to nobody. */
void hrd_query_finish(struct hrd_store *store, struct module_qstate *query, int id);

/* A client was answered from the host's cache, where "observe: all" asks for that to be counted.
 * Takes no lock of the host's and changes nothing: the entry is locked. */
void hrd_query_cached(struct hrd_store *store, const struct worker *worker, int id,
    const struct query_info *qinfo, const struct reply_info *reply, const struct comm_reply *from);

/* An answer came from upstream, before anything of it is stored: keeps it out of caches when it
 * holds what is listed. response may be NULL. */
void hrd_query_response(
    struct hrd_store *store, struct module_qstate *query, int id, const struct dns_msg *response);

#endif
