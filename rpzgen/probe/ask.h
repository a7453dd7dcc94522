/* SPDX-License-Identifier: BSD-3-Clause */
/* Asks many resolvers many questions at once, at a bounded rate, with packets of its own.
 *
 * Every UDP question has a socket of its own, so that its port is the kernel's random choice and
 * only that server's datagrams arrive there; the id is random too. An answer counts when id, name
 * and type are those of the question (RFC 5452 section 9.1), what else comes is passed over. TCP
 * and TLS questions share one connection a server. One thread, one loop; nothing is kept between
 * runs. */
#ifndef HRD_RPZGEN_PROBE_ASK_H
#define HRD_RPZGEN_PROBE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "rpzgen/base/diag.h"
#include "rpzgen/probe/message.h"
#include "rpzgen/probe/server.h"
#include "rpzgen/probe/stream.h"

enum {
	HRD_ASK_RATE = 100, /* questions a second to each server */
	HRD_ASK_RATE_MAX = 100000,
	HRD_ASK_IN_FLIGHT = 16, /* questions at a time to each server */
	HRD_ASK_IN_FLIGHT_MAX = 256,
	HRD_ASK_SLOTS_MAX = 512, /* questions at a time in all */
	HRD_ASK_SECONDS = 5,     /* until an answer counts as lost */
	HRD_ASK_TRIES = 2,       /* of a question over UDP, or whose connection ended */
	HRD_ASK_LOST_MAX = 8,    /* as many at first without an answer: there is no server */
	HRD_ASK_SILENT_MAX = 48, /* as many in a row later: it has stopped */
};

struct hrd_ask_options {
	const struct hrd_server_list *servers;
	const struct sockaddr_storage *source4, *source6; /* where questions come from, or NULL */
	unsigned rate, in_flight, seconds;                /* over 0 */
	const char *ca; /* certificates to trust for TLS; NULL: the system's */
	bool quiet;     /* no progress */
};

struct hrd_ask_question {
	struct hrd_dns_query query; /* its id is set here */
	bool tcp;                   /* of a server without TLS name: over TCP, not UDP */
	bool whole;                 /* a truncated answer over UDP is asked for again over TCP */
	bool may_be_silent;         /* that there is no answer says nothing about the server */
	size_t entry;               /* the caller's */
	unsigned variant;           /* the caller's */
};

enum hrd_fate {
	HRD_ANSWERED,
	HRD_NO_ANSWER,   /* in time */
	HRD_UNREACHABLE, /* refused, reset, no connection, no trust */
};

struct hrd_asker {
	/* The next question for a server (its index); false: there are no more. */
	bool (*next)(void *ctx, size_t server, struct hrd_ask_question *out);
	/* Every question that next() gave is answered once; reply: of HRD_ANSWERED, else NULL. */
	void (*answered)(void *ctx, size_t server, const struct hrd_ask_question *question,
	    enum hrd_fate fate, const struct hrd_reply *reply);
	void *ctx;
};

/* What became of a server. */
struct hrd_ask_end {
	bool answered;                /* at least once */
	bool given_up;                /* it was not asked everything */
	char why[HRD_STREAM_WHY_MAX]; /* the last failure, or "" */
};

/* Where sources are given, each server needs one of its family: asked from another address, it
 * would answer as another client. False after a report of usage. */
bool hrd_ask_has_sources(const struct hrd_ask_options *options, struct hrd_diag *diag);

/* Asks until nobody has a question. ends: one for each server. False after a report: nothing could
 * be asked. */
bool hrd_ask_all(const struct hrd_ask_options *options, const struct hrd_asker *asker,
    struct hrd_ask_end *ends, struct hrd_diag *diag);

#endif
