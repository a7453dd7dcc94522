/* SPDX-License-Identifier: BSD-3-Clause */
/* Asynchronous look-ups with libunbound. */
#include <config.h>

#include "rpzgen/net/livequery.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ldns/ldns.h>
#include <unbound.h>

#include "lib/base/clock.h"
#include "rpzgen/base/progress.h"

/* The keys of the root, as IANA publishes them (https://data.iana.org/root-anchors/). */
static const char *const root_anchors[] = {
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

struct question {
	struct hrd_lookups *lookups;
	struct question *next; /* in the queue, or among those in flight */
	struct hrd_name name;
	enum hrd_live_type type;
	int id; /* libunbound's, while in flight */
	hrd_live_answered_fn *answered;
	void *ctx;
};

struct hrd_lookups {
	struct ub_ctx *ub;
	unsigned seconds;
	struct question *waiting, **waiting_end;
	struct question *in_flight;
	size_t in_flight_count;
	size_t lost;   /* without answer before the first answer */
	bool answered; /* there was one */
	int error;     /* libunbound's, when it does not take questions */
	uint64_t done; /* questions that have their answer, or none */
	bool quiet;
	struct hrd_progress progress;
};

/* libunbound's form of "ADDRESS#PORT", malloc()ed; NULL when the port is none. */
static char *
server_address(const char *server)
{
	const char *mark = strchr(server, '#');
	char *address, *end;
	unsigned long port = 1;

	if (mark != NULL) {
		port = strtoul(mark + 1, &end, 10);
		if (mark[1] < '0' || mark[1] > '9' || *end != '\0')
			return NULL;
	}
	if (port < 1 || port > 65535 || strchr(server, '@') != NULL)
		return NULL;
	address = strdup(server);
	if (address != NULL && mark != NULL)
		address[mark - server] = '@';
	return address;
}

static bool
use_server(struct ub_ctx *ub, const char *server, struct hrd_diag *diag)
{
	char *address = server_address(server);
	bool good;

	/* Who names a resolver on this host means it. */
	good = address != NULL && ub_ctx_set_option(ub, "do-not-query-localhost:", "no") == 0 &&
	       ub_ctx_set_fwd(ub, address) == 0;
	if (!good)
		hrd_diag_usage(
		    diag, "--server \"%s\" is no address; say ADDRESS or ADDRESS#PORT", server);
	free(address);
	return good;
}

static bool
use_anchors(struct ub_ctx *ub, const char *file, struct hrd_diag *diag)
{
	FILE *readable;

	if (file == NULL) {
		for (size_t i = 0; i < sizeof(root_anchors) / sizeof(root_anchors[0]); i++) {
			if (ub_ctx_add_ta(ub, root_anchors[i]) != 0)
				return false;
		}
		return true;
	}
	/* libunbound opens the file with the first question. */
	readable = fopen(file, "r");
	if (readable == NULL) {
		hrd_diag_system(diag, file, errno);
		return false;
	}
	fclose(readable);
	return ub_ctx_add_ta_file(ub, file) == 0;
}

struct hrd_lookups *
hrd_lookups_new(const struct hrd_live_options *options, struct hrd_diag *diag)
{
	struct hrd_lookups *l = calloc(1, sizeof(*l));
	bool good = false;

	if (l != NULL) {
		l->waiting_end = &l->waiting;
		l->seconds = options->seconds != 0 ? options->seconds : HRD_LIVE_SECONDS;
		l->quiet = options->quiet;
		l->ub = ub_ctx_create();
		/* It has a log of its own, on standard error by default. */
		good = l->ub != NULL && ub_ctx_debugout(l->ub, NULL) == 0 &&
		       ub_ctx_async(l->ub, 1) == 0;
	}
	if (!good)
		hrd_diag_nomem(diag);
	if (good && options->server != NULL)
		good = use_server(l->ub, options->server, diag);
	if (good && use_anchors(l->ub, options->anchor, diag))
		return l;
	hrd_lookups_free(l);
	return NULL;
}

static void
free_list(struct question *q)
{
	while (q != NULL) {
		struct question *next = q->next;

		free(q);
		q = next;
	}
}

void
hrd_lookups_free(struct hrd_lookups *l)
{
	if (l == NULL)
		return;
	if (l->ub != NULL)
		ub_ctx_delete(l->ub);
	free_list(l->waiting);
	free_list(l->in_flight);
	free(l);
}

int
hrd_lookups_ask(struct hrd_lookups *l, const struct hrd_name *name, enum hrd_live_type type,
    hrd_live_answered_fn *answered, void *ctx)
{
	struct question *q = malloc(sizeof(*q));

	if (q == NULL)
		return HRD_ENOMEM;
	*q = (struct question){ l, NULL, *name, type, 0, answered, ctx };
	*l->waiting_end = q;
	l->waiting_end = &q->next;
	return HRD_OK;
}

static bool
take_name(struct hrd_name *out, const ldns_rdf *rdf)
{
	return rdf != NULL &&
	       hrd_name_from_wire(out, ldns_rdf_data(rdf), ldns_rdf_size(rdf)) == HRD_OK;
}

/* The target of the CNAME that stands at the name; the records of an answer may be in any order. */
static bool
find_alias(const ldns_rr_list *answer, const struct hrd_name *name, struct hrd_name *target)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answer, i);
		struct hrd_name owner;

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME &&
		    take_name(&owner, ldns_rr_owner(rr)) && hrd_name_cmp(&owner, name) == 0)
			return take_name(target, ldns_rr_rdf(rr, 0));
	}
	return false;
}

static void
take_sections(const struct question *q, const ldns_pkt *packet, struct hrd_live_answer *answer)
{
	const ldns_rr_list *authority = ldns_pkt_authority(packet);
	struct hrd_name at = q->name;

	while (answer->alias_count < HRD_LIVE_ALIASES_MAX &&
	       find_alias(ldns_pkt_answer(packet), &at, &answer->aliases[answer->alias_count]))
		at = answer->aliases[answer->alias_count++];
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(authority, i);

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA)
			answer->has_soa = take_name(&answer->soa, ldns_rr_owner(rr));
	}
}

static int
by_name(const void *a, const void *b)
{
	return hrd_name_cmp(a, b);
}

static void
take_servers(const struct ub_result *result, struct hrd_live_answer *answer)
{
	for (size_t i = 0; result->data[i] != NULL && answer->server_count < HRD_LIVE_SERVERS_MAX;
	     i++) {
		if (hrd_name_from_wire(&answer->servers[answer->server_count],
			(const uint8_t *)result->data[i], (size_t)result->len[i]) == HRD_OK)
			answer->server_count++;
	}
	qsort(answer->servers, answer->server_count, sizeof(answer->servers[0]), by_name);
}

static enum hrd_live_status
status_of(const struct ub_result *result)
{
	if (result->bogus)
		return HRD_LIVE_BOGUS;
	if (result->rcode == LDNS_RCODE_NXDOMAIN)
		return HRD_LIVE_NXDOMAIN;
	if (result->rcode != LDNS_RCODE_NOERROR)
		return HRD_LIVE_NO_ANSWER;
	return result->havedata ? HRD_LIVE_DATA : HRD_LIVE_NODATA;
}

static void
read_result(
    const struct question *q, const struct ub_result *result, struct hrd_live_answer *answer)
{
	ldns_pkt *packet = NULL;

	answer->status = status_of(result);
	answer->secure = result->secure != 0;
	if (answer->status == HRD_LIVE_BOGUS || answer->status == HRD_LIVE_NO_ANSWER)
		return;
	if (q->type == HRD_LIVE_NS && result->havedata)
		take_servers(result, answer);
	if (result->answer_packet != NULL && ldns_wire2pkt(&packet, result->answer_packet,
						 (size_t)result->answer_len) == LDNS_STATUS_OK)
		take_sections(q, packet, answer);
	ldns_pkt_free(packet);
}

static void
leave_flight(struct question *q)
{
	struct question **link = &q->lookups->in_flight;

	while (*link != q)
		link = &(*link)->next;
	*link = q->next;
	q->lookups->in_flight_count--;
}

/* Hands an answer on and ends the question. */
static void
answer_question(struct question *q, const struct hrd_live_answer *answer)
{
	if (answer->status != HRD_LIVE_NO_ANSWER)
		q->lookups->answered = true;
	else if (!q->lookups->answered)
		q->lookups->lost++;
	q->lookups->done++;
	hrd_progress_show(&q->lookups->progress, "live DNS", q->lookups->done, "answers");
	q->answered(q->ctx, answer);
	free(q);
}

static void
result_came(void *ctx, int error, struct ub_result *result)
{
	struct hrd_live_answer answer = { .status = HRD_LIVE_NO_ANSWER };
	struct question *q = ctx;

	if (error == 0)
		read_result(q, result, &answer);
	ub_resolve_free(result);
	leave_flight(q);
	answer_question(q, &answer);
}

static struct question *
take_waiting(struct hrd_lookups *l)
{
	struct question *q = l->waiting;

	l->waiting = q->next;
	if (l->waiting == NULL)
		l->waiting_end = &l->waiting;
	return q;
}

static void
give_up(struct question *q)
{
	static const struct hrd_live_answer nothing = { .status = HRD_LIVE_NO_ANSWER };

	answer_question(q, &nothing);
}

static void
send_question(struct hrd_lookups *l, struct question *q)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&q->name, text);
	q->next = l->in_flight;
	l->in_flight = q;
	l->in_flight_count++;
	l->error = ub_resolve_async(l->ub, text, q->type, LDNS_RR_CLASS_IN, q, result_came, &q->id);
	if (l->error == 0)
		return;
	leave_flight(q);
	give_up(q);
}

/* Milliseconds until the end, at least 0. */
static int
time_left(int64_t end)
{
	int64_t left = (end - hrd_monotonic_us()) / 1000;

	return left < 0 ? 0 : (int)left;
}

/* Waits for answers and hands them on; false when the time is over or libunbound has failed. */
static bool
await_answers(struct hrd_lookups *l, int64_t end)
{
	struct pollfd poll_fd = { .fd = ub_fd(l->ub), .events = POLLIN };
	int left = time_left(end), ready;

	if (left == 0)
		return false;
	ready = poll(&poll_fd, 1, left);
	if (ready < 0)
		return errno == EINTR;
	return ready > 0 && ub_process(l->ub) == 0;
}

/* Ends what has no answer. */
static void
abandon(struct hrd_lookups *l)
{
	while (l->in_flight != NULL) {
		struct question *q = l->in_flight;

		ub_cancel(l->ub, q->id);
		leave_flight(q);
		give_up(q);
	}
	while (l->waiting != NULL)
		give_up(take_waiting(l));
}

const char *
hrd_lookups_error(const struct hrd_lookups *l)
{
	return l->error != 0 ? ub_strerror(l->error) : NULL;
}

void
hrd_lookups_run(struct hrd_lookups *l)
{
	int64_t end = hrd_monotonic_us() + l->seconds * INT64_C(1000000);

	hrd_progress_start(&l->progress, l->quiet);
	while (l->waiting != NULL || l->in_flight != NULL) {
		if (l->error != 0 || (!l->answered && l->lost >= HRD_LIVE_LOST_MAX))
			break;
		while (l->waiting != NULL && l->in_flight_count < HRD_LIVE_IN_FLIGHT_MAX)
			send_question(l, take_waiting(l));
		if (l->in_flight != NULL && !await_answers(l, end))
			break;
	}
	abandon(l);
	hrd_progress_end(&l->progress);
}

const char *
hrd_lookups_version(void)
{
	return ub_version();
}
