/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers of resolvers: whatever comes back is read without a crash or refused, what is kept of it
 * is within its bounds, and judging it and its reasons ends. */
#include <config.h>

#include <stdint.h>
#include <string.h>

#include "fuzz/require.h"
#include "rpzgen/probe/message.h"
#include "rpzgen/probe/reason.h"
#include "rpzgen/probe/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What the answer would show of each action. */
static void
judge(const struct hrd_reply *reply)
{
	const struct hrd_dns_query query = {
		.name = reply->name, .type = reply->type, .id = reply->id
	};
	const struct hrd_name root = { .len = 1 };
	const struct hrd_policy_mark mark = { &root, &root, &root };

	for (int action = 0; action < HRD_ACTIONS; action++) {
		const struct hrd_expected expected = { (enum hrd_action)action, NULL, 0 };
		enum hrd_seen seen = hrd_see(reply, &query, &mark, &expected);

		require(seen > HRD_SEEN_UNREACHABLE && seen <= HRD_SEEN_TRUNCATED, "no such sight");
		require(
		    (int)hrd_judge_answer((enum hrd_action)action, seen, false) < HRD_NAME_VERDICTS,
		    "no such verdict");
	}
	if (reply->has_question)
		require(hrd_reply_is_for(reply, &query), "an answer to another question");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct hrd_reply reply;
	static struct hrd_stated_reason reason;
	int status = len > 0 ? hrd_reply_read(&reply, data, len) : HRD_EINVAL;

	if (status != HRD_OK)
		return 0;
	require(reply.record_count <= HRD_REPLY_RECORDS_MAX &&
		    reply.soa_count <= HRD_REPLY_SOA_MAX && reply.ede_count <= HRD_REPLY_EDE_MAX,
	    "more than there is room for");
	for (size_t i = 0; i < reply.record_count; i++)
		require(
		    reply.records[i].len <= HRD_REPLY_RDATA_MAX, "longer than there is room for");
	for (size_t i = 0; i < reply.ede_count; i++)
		require(hrd_reason_read(&reason, reply.ede[i].code, reply.ede[i].text) == HRD_OK,
		    "no reason");
	if (reply.has_question)
		judge(&reply);
	return 0;
}
