/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches, one for each client's query and rule: counts it and, where the settings
 * want events and their rate allows, keeps an event with the query until its answer is known.
 *
 * Threads: the worker of the query, between hrd_store_enter() and hrd_store_leave() but for the
 * last function, which takes no lock. */
#ifndef HRD_MODULE_QUERY_ACCOUNT_H
#define HRD_MODULE_QUERY_ACCOUNT_H

#include "module/query/client.h"
#include "module/query/qstate.h"
#include "module/query/reason.h"

/* The judgement is carried out for this client. answer: by which the answer is named to
 * hrd_account_answered(); 0: it is the query's own. */
void hrd_account_enforced(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement, unsigned answer);

/* What matched for this client changes nothing. */
void hrd_account_passed(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement);

/* The client has been accounted for on arrival and is not to be again when the query is done: for
 * what was enforced, or for all that matched. */
void hrd_account_once(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement, bool enforced);

/* This text is what those of the clients are given that can read it. */
void hrd_account_reason(struct module_qstate *query, int id, unsigned answer,
    const struct hrd_reader *reader, const char *text, size_t len);

/* An answer to some clients has gone out, or none will (HRD_RCODE_UNKNOWN). */
void hrd_account_answered(struct module_qstate *query, int id, unsigned answer, int rcode);

/* The query ends: its events go to the queue. In clear(). */
void hrd_account_end(struct hrd_store *store, struct module_qstate *query, int id);

#endif
