/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches. */
#include <config.h>

#include "module/query/account.h"

#include <limits.h>
#include <netinet/in.h>

#include "module/query/answer.h"
#include "module/query/ede.h"
#include "module/query/reason.h"

enum { GIVEN = UINT_MAX }; /* no answer's name */
enum { SDE_ROOM = 1024 };  /* octets for a structured reason: a longer one is not told */
enum { MICROSECONDS = 1000000, IPV4_START = 96, IPV4_BITS = 24, IPV6_BITS = 56 };

/* An event that waits for its answer, in the query's region. */
struct hrd_kept_event {
	struct hrd_kept_event *next;
	size_t worker;   /* whose query it is: its slot */
	unsigned answer; /* that tells its response code; 0: the query's own, GIVEN: it is known */
	struct hrd_reader reader; /* what its client can read of a reason */
	size_t room;              /* octets for that */
	struct hrd_event event;
};

/* One match, and what came of it. */
struct record {
	const struct hrd_hit *hit;
	enum hrd_action action; /* of the rule, as the site overrides it */
	enum hrd_outcome outcome;
	unsigned answer;
};

static void
count(const struct hrd_query *query, const struct record *record)
{
	const struct hrd_hit *hit = record->hit;
	struct hrd_series series = {
		.policy = hit->layer->info->id,
		.action = record->action,
		.trigger = hit->match.trigger,
		.outcome = record->outcome,
	};
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	series.entity = meta.entity;
	if (!hrd_tally_add(&query->store->slots[query->slot].tally, &series, 1))
		hrd_metrics_add(&query->store->metrics, HRD_COUNTER_MATCHES_LOST, 1);
}

static uint16_t
port_of(const struct sockaddr_storage *from)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (from->ss_family == AF_INET) {
		memcpy(&in4, from, sizeof(in4));
		return ntohs(in4.sin_port);
	}
	memcpy(&in6, from, sizeof(in6));
	return ntohs(in6.sin6_port);
}

static void
set_text(struct hrd_event *event, enum hrd_event_text which, const char *text)
{
	if (text != NULL && text[0] != '\0')
		hrd_event_set(event, which, text, strlen(text));
}

/* Who answers for an exemption, why, and until when. */
static void
take_exemption(struct hrd_event *event, const struct hrd_exemption *exemption)
{
	char end[HRD_END_TEXT_MAX];

	hrd_exemption_end_text(exemption, end);
	set_text(event, HRD_EVENT_OWNER, exemption->owner);
	set_text(event, HRD_EVENT_WHY, exemption->reason);
	set_text(event, HRD_EVENT_UNTIL, end);
}

/* What the settings let be told of the client. */
static void
take_client(struct hrd_event *event, const struct hrd_client *client, enum hrd_client_detail detail)
{
	unsigned bits;

	if (client->group != NULL)
		set_text(event, HRD_EVENT_GROUP, client->group->name);
	if (!client->known || detail == HRD_CLIENT_NONE)
		return;
	event->client = client->address;
	event->hidden = detail == HRD_CLIENT_PSEUDONYM;
	event->port = port_of(&client->from->client_addr);
	bits = hrd_prefix_is_ipv4(&client->address) ? IPV4_START + IPV4_BITS : IPV6_BITS;
	if (detail == HRD_CLIENT_PREFIX)
		hrd_prefix_shorten(&event->client, bits);
}

/* By which message the query came. */
static void
take_message(struct hrd_event *event, const struct hrd_query *query, const struct comm_reply *from)
{
	event->protocol = hrd_host_protocol(from);
	event->proxied = from->is_proxied != 0;
	event->has_id = hrd_host_message_id(query->state != NULL, from, &event->id);
	hrd_host_server(from, &event->server, &event->server_port);
}

/* Fills the event. */
static void
fill(struct hrd_event *event, const struct hrd_query *query, const struct hrd_client *client,
    const struct record *record)
{
	const struct timeval *now = query->env->now_tv;

	hrd_event_init(event);
	hrd_event_set_name(event, query->qinfo->qname, query->qinfo->qname_len);
	event->time = (int64_t)now->tv_sec * MICROSECONDS + now->tv_usec;
	event->type = query->qinfo->qtype;
	event->class = query->qinfo->qclass;
	event->outcome = record->outcome;
	event->action = record->action;
	take_message(event, query, client->from);
	take_client(event, client, query->generation->settings->events.client);
	if (client->group != NULL && client->mode != HRD_MODE_ENFORCE)
		take_exemption(event, &client->group->exemption);
	hrd_event_take_hit(event, record->hit);
}

/* Queues an event of an answer from the cache. */
static void
put(const struct hrd_query *query, const struct hrd_client *client, const struct record *record)
{
	struct hrd_event event;

	fill(&event, query, client, record);
	event.rcode = (int)FLAGS_GET_RCODE(query->reply->flags);
	hrd_events_put(&query->store->events, query->slot, &event);
}

/* Keeps an event with its query: as much of it as is used, with room for the reason. */
static void
keep(const struct hrd_query *query, const struct hrd_client *client, const struct record *record)
{
	struct hrd_qstate *qstate = hrd_qstate_make(query->state, query->id);
	struct hrd_kept_event *kept = NULL;
	struct hrd_reader reader;
	struct hrd_event event;
	size_t room, size;

	fill(&event, query, client, record);
	hrd_reader_of(query, hrd_host_reply_of(client->from), &reader);
	room = reader.structured ? SDE_ROOM : HRD_EDE_TEXT_MAX;
	size = offsetof(struct hrd_kept_event, event) + hrd_event_size(&event) + room;
	if (size > sizeof(*kept))
		size = sizeof(*kept);
	if (qstate != NULL)
		kept = regional_alloc(query->state->region, size);
	if (kept == NULL) {
		hrd_metrics_add(&query->store->metrics, HRD_COUNTER_EVENTS_CROWDED, 1);
		return;
	}
	memcpy(&kept->event, &event, hrd_event_size(&event));
	kept->worker = query->slot;
	kept->answer = record->answer;
	kept->reader = reader;
	kept->room = room;
	kept->next = qstate->events;
	qstate->events = kept;
}

static void
account(const struct hrd_query *query, const struct hrd_client *client, const struct record *record)
{
	const struct hrd_event_settings *settings = &query->generation->settings->events;

	count(query, record);
	if (settings->file == NULL ||
	    !hrd_events_admit(&query->store->events, (uint32_t)*query->env->now, settings->rate))
		return;
	if (query->state != NULL)
		keep(query, client, record);
	else
		put(query, client, record);
}

/* The state of a query whose client it is that was accounted for on arrival, or NULL. */
static const struct hrd_qstate *
counted(const struct hrd_query *query, const struct hrd_client *client)
{
	const struct hrd_qstate *qstate =
	    query->state != NULL ? hrd_qstate_of(query->state, query->id) : NULL;

	return qstate != NULL && qstate->counted == client->from ? qstate : NULL;
}

void
hrd_account_enforced(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement, unsigned answer)
{
	const struct hrd_verdict *verdict = &judgement->verdict;
	const struct hrd_qstate *before = counted(query, client);
	struct record record = { &verdict->hit, verdict->action, HRD_OUTCOME_ENFORCED, answer };

	if (before == NULL || !before->hit_counted)
		account(query, client, &record);
}

void
hrd_account_passed(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement)
{
	const struct hrd_verdict *verdict = &judgement->verdict;
	const struct hrd_qstate *before = counted(query, client);
	struct record decided = { &verdict->hit, verdict->action, HRD_OUTCOME_EXEMPT, 0 };
	struct record seen = { &verdict->observed, HRD_ACTION_OBSERVE, HRD_OUTCOME_OBSERVED, 0 };

	if (hrd_verdict_acts(verdict) && client->mode != HRD_MODE_OFF)
		decided.outcome = HRD_OUTCOME_OBSERVED;
	if (verdict->hit.layer != NULL && (before == NULL || !before->hit_counted))
		account(query, client, &decided);
	if (verdict->observed.layer != NULL && (before == NULL || !before->observed_counted))
		account(query, client, &seen);
}

void
hrd_account_once(const struct hrd_query *query, const struct hrd_client *client,
    const struct hrd_judgement *judgement, bool enforced)
{
	struct hrd_qstate *qstate = hrd_qstate_make(query->state, query->id);

	if (qstate == NULL)
		return;
	qstate->counted = client->from;
	qstate->hit_counted = judgement->verdict.hit.layer != NULL;
	qstate->observed_counted = !enforced && judgement->verdict.observed.layer != NULL;
}

void
hrd_account_reason(struct module_qstate *query, int id, unsigned answer,
    const struct hrd_reader *reader, const char *text, size_t len)
{
	const struct hrd_qstate *qstate = hrd_qstate_of(query, id);

	if (qstate == NULL)
		return;
	for (struct hrd_kept_event *e = qstate->events; e != NULL; e = e->next) {
		if (e->answer == answer && len <= e->room &&
		    e->event.texts[HRD_EVENT_REASON].len == 0 &&
		    hrd_reader_equal(&e->reader, reader))
			hrd_event_set(&e->event, HRD_EVENT_REASON, text, len);
	}
}

void
hrd_account_answered(struct module_qstate *query, int id, unsigned answer, int rcode)
{
	const struct hrd_qstate *qstate = hrd_qstate_of(query, id);

	if (qstate == NULL)
		return;
	for (struct hrd_kept_event *e = qstate->events; e != NULL; e = e->next) {
		if (e->answer != answer)
			continue;
		e->answer = GIVEN;
		e->event.rcode = rcode;
	}
}

void
hrd_account_end(struct hrd_store *store, struct module_qstate *query, int id)
{
	struct hrd_qstate *qstate = hrd_qstate_of(query, id);
	struct hrd_kept_event *kept = qstate != NULL ? qstate->events : NULL;

	for (; kept != NULL; kept = kept->next) {
		if (kept->answer != GIVEN)
			kept->event.rcode = hrd_answer_rcode_of(query);
		hrd_events_put(&store->events, kept->worker, &kept->event);
	}
	if (qstate != NULL)
		qstate->events = NULL;
}
