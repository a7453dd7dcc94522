/* SPDX-License-Identifier: BSD-3-Clause */
/* The judge: what the policies say of a query, for each of its clients.
 *
 * The decision itself is module/decide; here it meets the query of the host. Pure but for the
 * judge's own memory. */
#ifndef HRD_MODULE_QUERY_JUDGE_H
#define HRD_MODULE_QUERY_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/query/client.h"
#include "module/query/qstate.h"

/* Judgements of one query by the policies that apply: thousands of clients can wait for an answer
 * of thousands of records, which must not be looked through for each of them. */
enum { HRD_JUDGE_MEMORY = 8 };
struct hrd_judge {
	const struct hrd_query *query;
	size_t count;
	struct {
		uint64_t skipped; /* of their layers */
		bool validates;
		struct hrd_judgement judgement;
	} of[HRD_JUDGE_MEMORY];
	struct hrd_judgement own; /* of the client judged last, by its address */
};

/* query outlives it. */
void hrd_judge_init(struct hrd_judge *judge, const struct hrd_query *query);

/* What the policies that apply to the client say. Valid until the next call. */
const struct hrd_judgement *hrd_judge_client(
    struct hrd_judge *judge, const struct hrd_client *client);

/* What all policies say, for nobody in particular. Valid until the next call. */
const struct hrd_judgement *hrd_judge_all(struct hrd_judge *judge);

/* Whether the judgement changes this client's answer. */
bool hrd_judgement_binds(const struct hrd_judgement *judgement, const struct hrd_client *client);

/* Whether any rule matched at all. */
bool hrd_judgement_matched(const struct hrd_judgement *judgement);

/* Whether there can be a client, in whatever group, whose answer the policies change: then no cache
 * and no other query may share what this query brought. */
bool hrd_judge_listed(const struct hrd_query *query);

#endif
