/* SPDX-License-Identifier: BSD-3-Clause */
/* The answer that a judgement asks for, built in the query's region.
 *
 * Nothing built here points into a policy, so it outlives the use of the store in which it was
 * made. Every rrset has the packed layout of util/data/packed_rrset.h, which the host relies on
 * when it copies a reply. Out of memory is the only failure.
 *
 * Threads: the worker of the query. */
#ifndef HRD_MODULE_QUERY_ANSWER_H
#define HRD_MODULE_QUERY_ANSWER_H

#include <stdbool.h>

#include "lib/policy/policy.h"
#include "module/query/qstate.h"

/* The first part of an answer whose alias target has to be resolved. */
struct hrd_alias {
	struct query_info target;
	struct dns_msg *so_far; /* the aliases that lead to the target */
};

enum hrd_answer_result {
	HRD_ANSWER_DONE,   /* return_msg or return_rcode of the query is set */
	HRD_ANSWER_ALIAS,  /* *alias is set */
	HRD_ANSWER_FAILED, /* out of memory */
};

/* Of a judgement whose action is NXDOMAIN, NODATA or LOCAL_DATA. */
enum hrd_answer_result hrd_answer_build(
    const struct hrd_judgement *judgement, struct hrd_alias *alias);

/* Answers the beacon of a policy (lib/policy/beacon.h): TXT, or no data of another type. False: out
 * of memory. */
bool hrd_answer_beacon(const struct hrd_query *query, const struct hrd_policy_info *info);

/* Completes an answer with what became of its target (got may be NULL): the aliases, the target's
 * answer and authority, its rcode; a failure of the target is the client's SERVFAIL. False: out of
 * memory. */
bool hrd_answer_complete(struct module_qstate *state, const struct hrd_alias *alias,
    const struct reply_info *got, int got_rcode);

/* The query's answer is this response code alone. */
void hrd_answer_rcode(struct module_qstate *state, int rcode);

/* The response code of the query's present answer, HRD_RCODE_UNKNOWN where there is none. */
int hrd_answer_rcode_of(const struct module_qstate *state);

#endif
