/* SPDX-License-Identifier: BSD-3-Clause */
/* One question to one resolver, and in words what its answer says of a block. One thread. */
#ifndef HRD_RPZGEN_PROBE_WHY_H
#define HRD_RPZGEN_PROBE_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/json.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/probe/ask.h"
#include "rpzgen/probe/reason.h"
#include "rpzgen/probe/verdict.h"

struct hrd_why {
	const struct hrd_server *server;
	struct hrd_name name;
	bool asked;
	enum hrd_fate fate;
	enum hrd_seen seen;
	bool blocked; /* a policy answered, as far as the answer shows */
	struct hrd_reply reply;
	struct hrd_ask_end end;
	struct hrd_stated_reason reasons[HRD_REPLY_EDE_MAX];
	size_t reason_count;
};

/* Asks the first of the servers for the name's address. False after a report. */
bool hrd_why_ask(struct hrd_why *why, const struct hrd_name *name,
    const struct hrd_ask_options *options, struct hrd_diag *diag);

/* Why there is no answer, which silence, SERVFAIL and the like are not, unless a policy shows as
 * their cause; NULL: there is one. */
const char *hrd_why_failure(const struct hrd_why *why);

/* Lines of text; members of the object at hand (doc/json.md). */
void hrd_why_print(const struct hrd_why *why, FILE *out);
void hrd_why_members(const struct hrd_why *why, struct hrd_json *json);

#endif
