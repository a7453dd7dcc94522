/* SPDX-License-Identifier: BSD-3-Clause */
/* Look-ups in the live DNS: the only user of libunbound.
 *
 * Questions are put in a queue and asked a few at a time; the time for all of them together is
 * bounded, and what has no answer by then counts as unanswered. Nothing is taken from the
 * machine's settings (resolv.conf, hosts): by default the authorities are asked from the root down,
 * so that a policy of the local resolver is not seen. One context belongs to one thread. */
#ifndef HRD_RPZGEN_NET_LIVEQUERY_H
#define HRD_RPZGEN_NET_LIVEQUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "rpzgen/base/diag.h"

enum {
	HRD_LIVE_ALIASES_MAX = 12, /* of one chain; more are cut off */
	HRD_LIVE_SERVERS_MAX = 16,
	HRD_LIVE_IN_FLIGHT_MAX = 8, /* questions at a time */
	HRD_LIVE_LOST_MAX = 8,      /* as many at first without any answer: there is no network */
	HRD_LIVE_SECONDS = 120,     /* for all questions together */
};

/* Types that are asked for (RFC 1035 3.2.2, RFC 3596, RFC 4034). */
enum hrd_live_type {
	HRD_LIVE_A = 1,
	HRD_LIVE_NS = 2,
	HRD_LIVE_AAAA = 28,
	HRD_LIVE_DNSKEY = 48,
};

struct hrd_live_options {
	const char *server; /* "ADDRESS[#PORT]" of a resolver to ask; NULL: the authorities */
	const char *anchor; /* file of DS or DNSKEY records; NULL: those of the root */
	unsigned seconds;   /* for all questions together; 0 = HRD_LIVE_SECONDS */
	bool quiet;         /* no progress */
};

enum hrd_live_status {
	HRD_LIVE_DATA,      /* records of the type, at the end of the aliases */
	HRD_LIVE_NODATA,    /* the name exists */
	HRD_LIVE_NXDOMAIN,  /* the name, or the last alias, does not exist */
	HRD_LIVE_BOGUS,     /* DNSSEC validation failed: nothing is known */
	HRD_LIVE_NO_ANSWER, /* no server answered: nothing is known */
};

struct hrd_live_answer {
	enum hrd_live_status status;
	bool secure;                                   /* validated up to a trust anchor */
	struct hrd_name aliases[HRD_LIVE_ALIASES_MAX]; /* targets of CNAME records, in order */
	size_t alias_count;
	bool has_soa;
	struct hrd_name soa; /* apex of the zone that says no (RFC 2308) */
	struct hrd_name servers[HRD_LIVE_SERVERS_MAX]; /* of HRD_LIVE_NS, in canonical order */
	size_t server_count;
};

struct hrd_lookups;

/* Takes the answer of a question; may put further ones. */
typedef void hrd_live_answered_fn(void *ctx, const struct hrd_live_answer *answer);

/* NULL after a report. */
struct hrd_lookups *hrd_lookups_new(const struct hrd_live_options *options, struct hrd_diag *diag);
void hrd_lookups_free(struct hrd_lookups *lookups); /* NULL-safe */

/* Puts a question into the queue. HRD_ENOMEM: it will not be asked or answered. */
HRD_MUST_USE int hrd_lookups_ask(struct hrd_lookups *lookups, const struct hrd_name *name,
    enum hrd_live_type type, hrd_live_answered_fn *answered, void *ctx);

/* Asks until the queue is empty or the time is over; every question gets its answer. */
void hrd_lookups_run(struct hrd_lookups *lookups);

/* Why libunbound took no question, or NULL: a file of trust anchors that is none shows only then.
 */
const char *hrd_lookups_error(const struct hrd_lookups *lookups);

/* The version of libunbound in use; static text. */
const char *hrd_lookups_version(void);

#endif
