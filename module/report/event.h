/* SPDX-License-Identifier: BSD-3-Clause */
/* One match as an event: a record, which a worker fills, and its line of JSON, which the reporter
 * writes (doc/events.md has every field).
 *
 * Texts and names lie behind one another in the record, so that what is copied is what is used.
 *
 * Pure: a record belongs to whoever has it, a worker, then the reporter's thread. Nothing is
 * allocated; a record points into nothing. */
#ifndef HRD_MODULE_REPORT_EVENT_H
#define HRD_MODULE_REPORT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/policy/policy.h"
#include "module/base/protocol.h"
#include "module/decide/decide.h"
#include "module/report/entry.h"
#include "module/report/metrics.h"

enum { HRD_RCODE_UNKNOWN = -1 }; /* no answer, or none that the module saw */

/* What the record has of variable length. Where it has no room for all, those that stand last are
 * cut. */
enum hrd_event_text {
	HRD_EVENT_NAME,    /* asked for; wire form */
	HRD_EVENT_BASE,    /* name triggers: of the rule; wire form */
	HRD_EVENT_MATCHED, /* name triggers: the name that matched, an alias for one; wire form */
	HRD_EVENT_POLICY,
	HRD_EVENT_RULE, /* id; "": it follows from trigger and base or prefix */
	HRD_EVENT_ENTITY,
	HRD_EVENT_BASIS,
	HRD_EVENT_GROUP,  /* of the client */
	HRD_EVENT_OWNER,  /* of the exemption */
	HRD_EVENT_WHY,    /* of the exemption */
	HRD_EVENT_UNTIL,  /* of the exemption */
	HRD_EVENT_REASON, /* that the client got */
	HRD_EVENT_CATEGORY,
	HRD_EVENT_REFERENCE,
	HRD_EVENT_DESCRIPTION,
	HRD_EVENT_TEXTS,
};

enum { HRD_EVENT_ROOM = 2304 };

struct hrd_event {
	uint64_t sequence;
	int64_t time; /* microseconds since the epoch */

	uint16_t id; /* of the query's message; meaningless unless has_id */
	bool has_id;
	uint16_t type, class;
	int rcode; /* or HRD_RCODE_UNKNOWN */
	enum hrd_protocol protocol;
	bool proxied; /* by the PROXY protocol */

	/* len 0: not to be written; shorter than an address: its network, without a port */
	struct hrd_prefix client;
	bool hidden; /* a pseudonym is written instead, without a port */
	uint16_t port;
	struct hrd_prefix server; /* len 0: not known */
	uint16_t server_port;     /* 0: not known */

	enum hrd_outcome outcome;
	enum hrd_action action;
	enum hrd_trigger trigger;
	uint32_t serial;
	bool wildcard;
	struct hrd_prefix prefix;  /* address triggers: of the rule */
	struct hrd_prefix address; /* address triggers: that matched; len 0: not known */

	struct {
		uint16_t at, len;
	} texts[HRD_EVENT_TEXTS];
	uint16_t used; /* octets of room */
	char room[HRD_EVENT_ROOM];
};

/* An empty record, but for its room. */
void hrd_event_init(struct hrd_event *event);

/* Sets a text or a name, once. */
void hrd_event_set(
    struct hrd_event *event, enum hrd_event_text which, const void *text, size_t len);

/* Sets HRD_EVENT_NAME to a valid name in wire form, in lower case. */
void hrd_event_set_name(struct hrd_event *event, const uint8_t *wire, size_t len);

/* The same as hrd_event_set() for a name that is the last `len` octets of one that is set: nothing
 * is copied. False: it is none. */
bool hrd_event_set_suffix(struct hrd_event *event, enum hrd_event_text which,
    enum hrd_event_text of, const void *wire, size_t len);

/* Octets of the record that are used: the rest needs no copying. */
size_t hrd_event_size(const struct hrd_event *event);

/* Copies what a match says of its rule. */
void hrd_event_take_hit(struct hrd_event *event, const struct hrd_hit *hit);

/* Writes the event as one line, LF included, without its link; the length, or 0 when it does not
 * fit: with the longest names and texts what is there twice, or can be found by the rule's id, is
 * left out. */
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
