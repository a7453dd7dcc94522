/* SPDX-License-Identifier: BSD-3-Clause */
/* The answer that a verdict asks for, built in the query's region.
 *
 * Nothing built here points into a policy, so it outlives the use of the store in which it was
 * made. Every rrset has the packed layout of util/data/packed_rrset.h, which the host relies on
 * when it copies a reply. Out of memory is the only failure. */
#ifndef HRD_MODULE_QUERY_ANSWER_H
#define HRD_MODULE_QUERY_ANSWER_H

#include <stdbool.h>

#include "module/cache/chain.h"
#include "module/decide/decide.h"
#include "module/generation/settings.h"
#include "module/host/host.h"

/* An alias target that has to be resolved before the answer is whole. */
struct hrd_pending {
	struct query_info target;
	struct dns_msg *so_far; /* the aliases that lead to the target */
	struct reply_info *got; /* the target's answer, in the region of the waiting query */
	int got_rcode;
};

struct hrd_answer {
	struct module_qstate *query;
	const struct hrd_verdict *verdict; /* NXDOMAIN, NODATA or LOCAL_DATA */
	const struct hrd_chain_owner *place;
	const struct reply_info *reply; /* what place counts in; NULL before there is one */
	const struct hrd_answer_settings *settings;
};

enum hrd_answer_outcome {
	HRD_ANSWER_DONE,    /* return_msg or return_rcode of the query is set */
	HRD_ANSWER_PENDING, /* *pending is set */
	HRD_ANSWER_FAILED,  /* out of memory */
};

enum hrd_answer_outcome hrd_answer_build(
    const struct hrd_answer *answer, struct hrd_pending **pending);

/* Completes an answer with what became of its target: the aliases, the target's answer and
 * authority, its rcode; a failure of the target is the client's SERVFAIL. False: out of memory. */
bool hrd_answer_complete(struct module_qstate *query, const struct hrd_pending *pending);

/* Adds the Extended DNS Error for the rule; a client without EDNS does not see it. */
bool hrd_answer_explain(struct module_qstate *query, const struct hrd_answer_settings *settings,
    const struct hrd_hit *hit);

#endif
