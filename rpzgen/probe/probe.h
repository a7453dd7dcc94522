/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a policy is in force on resolvers: asks them, judges the answers, names the causes. One
 * thread. */
#ifndef HRD_RPZGEN_PROBE_PROBE_H
#define HRD_RPZGEN_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpzgen/probe/ask.h"
#include "rpzgen/probe/plan.h"
#include "rpzgen/probe/verdict.h"

enum { HRD_PROBE_CAUSE_MAX = 512 };

struct hrd_probe_server {
	const struct hrd_server *server;
	enum hrd_server_verdict verdict;
	char cause[HRD_PROBE_CAUSE_MAX]; /* one line; "" when it is enforced */
	size_t names[HRD_NAME_VERDICTS];
	bool has_serial;
	uint32_t serial; /* the last that an answer showed */
	bool beacon;     /* the policy's own name told it */
	struct hrd_ask_end end;
	struct hrd_pattern pattern;
};

struct hrd_probe {
	const struct hrd_plan *plan;
	const char *policy;                 /* its id */
	struct hrd_name apex, mname, rname; /* of its zone, and of the SOA records of its answers */
	bool has_current;
	uint32_t current; /* the serial that should be there */
	struct hrd_probe_server *servers;
	size_t server_count;
	uint8_t *seen; /* enum hrd_seen by server, entry, variant */
	struct hrd_probe_cursor *cursors;
	uint64_t answers;
};

/* Asks. policy and apex: those of the plan; has_current, current: what is published, where that is
 * known; else the latest serial that any server shows is taken for current. False after a report;
 * to be cleared in either case. */
struct hrd_probe_policy {
	const char *id;
	struct hrd_name apex, mname, rname; /* of its zone, and of the SOA records of its answers */
	bool has_current;
	uint32_t current;
};
bool hrd_probe_run(struct hrd_probe *probe, const struct hrd_plan *plan,
    const struct hrd_probe_policy *policy, const struct hrd_ask_options *options,
    struct hrd_diag *diag);
void hrd_probe_clear(struct hrd_probe *probe);

/* What was seen for an entry: HRD_VARIANTS of enum hrd_seen, the probe's. */
const uint8_t *hrd_probe_seen(const struct hrd_probe *probe, size_t server, size_t entry);

/* What that means for it. */
enum hrd_name_verdict hrd_probe_name(const struct hrd_probe *probe, size_t server, size_t entry);

/* One warning for each server that does not enforce, and the exit status: 1 where something is
 * found, else 3 where something is not known. */
void hrd_probe_report(const struct hrd_probe *probe, struct hrd_diag *diag);

#endif
