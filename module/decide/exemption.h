/* SPDX-License-Identifier: BSD-3-Clause */
/* What is served otherwise than the policies say, for somebody and for a time: a group of clients
 * (module/decide/groups.h) or an entry of the local allow list (module/decide/allow.h).
 *
 * An exemption that is over ends by itself; from 14 days before its end the log warns of it. What
 * state it is in is a pure function of the time, so a clock that goes back brings the former state
 * back. Any thread; counting logs. */
#ifndef HRD_MODULE_DECIDE_EXEMPTION_H
#define HRD_MODULE_DECIDE_EXEMPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/day.h"
#include "module/base/conf.h"

/* Seconds before the end: the last day and the fourteen before it. */
enum { HRD_EXEMPTION_WARN = 15 * HRD_DAY_SECONDS };

/* Texts live as long as the document. */
struct hrd_exemption {
	const char *owner;  /* who answers for it, or NULL */
	const char *reason; /* or NULL */
	bool has_end;
	int64_t end; /* the first second at which it holds no more, since the epoch */
	uint32_t line, col;
};

/* The rows of a table of fields for a map that has an exemption. */
#define HRD_EXEMPTION_FIELDS(type, member)                              \
	{ "owner", hrd_conf_note, offsetof(type, member.owner) },       \
	    { "reason", hrd_conf_note, offsetof(type, member.reason) }, \
	{                                                               \
		"until", hrd_conf_until, offsetof(type, member)         \
	}

/* struct hrd_exemption: its end. A date is the last day, YYYY-MM-DDTHH:MM[:SS]Z the end itself. */
hrd_conf_read hrd_conf_until;

enum hrd_exemption_state { HRD_EXEMPTION_ACTIVE, HRD_EXEMPTION_ENDING, HRD_EXEMPTION_OVER };

/* OVER from its end on, ENDING within HRD_EXEMPTION_WARN of it; without an end always ACTIVE. */
enum hrd_exemption_state hrd_exemption_state(const struct hrd_exemption *exemption, int64_t now);

/* "2026-12-31" or "2026-12-01T18:00:00Z": its end as it is written in a file; "" without one. */
enum { HRD_END_TEXT_MAX = 32 };
void hrd_exemption_end_text(const struct hrd_exemption *exemption, char text[HRD_END_TEXT_MAX]);

/* How long what was derived from a time stays so: from `since` to before `until`, in seconds since
 * the epoch. */
struct hrd_span {
	int64_t since, until;
};

/* All time. */
#define HRD_SPAN_ALWAYS              \
	{                            \
		INT64_MIN, INT64_MAX \
	}

/* Narrows the span around now: something changes at that time. */
void hrd_span_cut(struct hrd_span *span, int64_t now, int64_t at);

/* How many exemptions are in which state. */
struct hrd_exemption_sum {
	unsigned active; /* in force, ending ones included */
	unsigned ending; /* of these, within HRD_EXEMPTION_WARN */
	unsigned over;
};

/* What the exemptions of one file are counted with. */
struct hrd_exemption_count {
	const char *file; /* for the lines in the log */
	int64_t now;
	/* the time of the count before this one of the same exemptions: only what differs from then
	 * is warned of; INT64_MIN: there was none, everything is */
	int64_t before;
	struct hrd_exemption_sum sum;
	struct hrd_span span;
};

/* Counts one; warns where it is over, ends soon, or says not who, why and until when.  what, name:
 * "group" and "lab". True when it is in force. */
bool hrd_exemption_note(struct hrd_exemption_count *count, const struct hrd_exemption *exemption,
    const char *what, const char *name);

#endif
