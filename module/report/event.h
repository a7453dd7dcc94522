/* SPDX-License-Identifier: BSD-3-Clause */
/* One match as an event: a record of fixed size, which a worker fills, and its line of JSON, which
 * the reporter writes (Elastic Common Schema 8; doc/events.md has every field). */
#ifndef HRD_MODULE_REPORT_EVENT_H
#define HRD_MODULE_REPORT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/limits.h"
#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/policy/policy.h"
#include "module/base/protocol.h"
#include "module/decide/decide.h"
#include "module/decide/groups.h"
#include "module/report/metrics.h"

enum { HRD_RCODE_UNKNOWN = -1 }; /* no answer, or none that the module saw */

struct hrd_event {
	uint64_t sequence;
	int64_t time; /* microseconds since the epoch */

	struct hrd_name name; /* asked for */
	uint16_t type, class;
	int rcode; /* or HRD_RCODE_UNKNOWN */
	enum hrd_protocol protocol;

	struct hrd_prefix client; /* len 0: not to be told; shorter than an address: its prefix */
	uint16_t port;
	char group[HRD_GROUP_MAX + 1]; /* or "" */

	enum hrd_outcome outcome;
	enum hrd_action action;
	enum hrd_trigger trigger;
	uint32_t serial;
	char policy[HRD_POLICY_ID_MAX + 1];
	/* texts of the rule, "" where it has none */
	char rule[HRD_META_TEXT_MAX + 1]; /* id; "": it follows from what comes next */
	char entity[HRD_META_TEXT_MAX + 1];
	char basis[HRD_META_TEXT_MAX + 1];
	bool wildcard;
	struct hrd_name base;     /* name triggers: of the rule */
	struct hrd_prefix prefix; /* address triggers: of the rule */
};

/* Copies what a match says of its rule. */
void hrd_event_take_hit(struct hrd_event *event, const struct hrd_hit *hit);

/* A line that a pipe takes whole or not at all: names and texts at their longest fit. */
enum { HRD_EVENT_LINE_MAX = 4096 };

/* What names the writer of the events. */
struct hrd_event_source {
	const char *instance;
};

/* Writes the event as one line, LF included; the length, or 0 when it does not fit. */
size_t hrd_event_line(const struct hrd_event *event, const struct hrd_event_source *source,
    char line[HRD_EVENT_LINE_MAX]);

/* The same for events that were not written. */
struct hrd_event_loss {
	uint64_t sequence;
	int64_t time;
	uint64_t suppressed; /* by the rate limit */
	uint64_t dropped;    /* for want of room, or of a file that takes them */
};
size_t hrd_event_loss_line(const struct hrd_event_loss *loss, const struct hrd_event_source *source,
    char line[HRD_EVENT_LINE_MAX]);

#endif
