/* SPDX-License-Identifier: BSD-3-Clause */
/* The reason on an answer that a rule changed, as each client can take it: an Extended DNS Error
 * (RFC 8914) for those who speak EDNS, in as many words as their packets have room for. Threads:
 * the worker of the query, between hrd_store_enter() and hrd_store_leave(). What is made lies in
 * the query's region and lives as long as it. */
#ifndef HRD_MODULE_QUERY_REASON_H
#define HRD_MODULE_QUERY_REASON_H

#include <stdbool.h>
#include <stddef.h>

#include "module/base/conf.h"
#include "module/query/qstate.h"

/* What the reason for a client depends on; clients with equal ones get the same octets. */
struct hrd_reader {
	bool edns;       /* without EDNS there is no room for a reason */
	bool dnssec;     /* the answer comes with its signatures */
	size_t room;     /* octets of a response without options of ours; streams: SIZE_MAX */
	bool structured; /* asked for JSON by an EDNS option (module/query/sde.h) */
	char language[HRD_LANGUAGE_MAX + 1]; /* then: of the client's group, or "" */
};

/* Of a client that waits for the query. */
void hrd_reader_of(
    const struct hrd_query *query, const struct mesh_reply *reply, struct hrd_reader *out);
bool hrd_reader_equal(const struct hrd_reader *a, const struct hrd_reader *b);

/* Adds to the query's options for clients as much of the reason as fits beside its present answer:
 * never does a reason cost a client data (RFC 8914 section 3). False: out of memory. */
bool hrd_reason_give(const struct hrd_judgement *judgement, const struct hrd_reader *reader);

/* A reason in the query's region, for an answer that is not there yet: in fewer and fewer words. */
enum { HRD_REASON_LEVELS = 3 };
struct hrd_reason {
	int code; /* of RFC 8914; -1: no reason is given */
	const char *text[HRD_REASON_LEVELS];
};

/* Makes it, and gives it when the answer is there. False: out of memory. */
bool hrd_reason_keep(
    const struct hrd_judgement *judgement, const struct hrd_reader *reader, struct hrd_reason *out);
bool hrd_reason_give_kept(
    struct module_qstate *state, const struct hrd_reason *reason, const struct hrd_reader *reader);

#endif
