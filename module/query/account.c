/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches. */
#include <config.h>

#include "module/query/account.h"

#include <netinet/in.h>

#include "module/query/apply.h"
#include "module/query/client.h"

enum { MICROSECONDS = 1000000, IPV4_START = 96, IPV4_BITS = 24, IPV6_BITS = 56 };

/* An event that waits for the end of its query, in the query's region. */
struct hrd_kept_event {
	struct hrd_kept_event *next;
	struct hrd_event event;
};

static void
count(const struct hrd_point *at, const struct hrd_account_entry *entry)
{
	const struct hrd_hit *hit = entry->hit;
	struct hrd_series series = {
		.policy = hit->layer->info->id,
		.action = entry->action,
		.trigger = hit->match.trigger,
		.outcome = entry->outcome,
	};
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	series.entity = meta.entity;
	if (!hrd_tally_add(&at->store->slots[at->slot].tally, &series, 1))
		hrd_metrics_add(&at->store->metrics, HRD_COUNTER_MATCHES_LOST, 1);
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

/* What the settings let be told of the client. */
static void
take_client(
    struct hrd_event *event, const struct hrd_client *client, enum hrd_client_detail telling)
{
	unsigned bits;

	event->client.len = 0;
	if (client->group != NULL)
		memcpy(event->group, client->group->name, strlen(client->group->name) + 1);
	if (!client->known || telling == HRD_CLIENT_NONE)
		return;
	event->client = client->address;
	event->port = port_of(&client->from->client_addr);
	bits = hrd_prefix_is_ipv4(&client->address) ? IPV4_START + IPV4_BITS : IPV6_BITS;
	if (telling == HRD_CLIENT_PREFIX)
		hrd_prefix_shorten(&event->client, bits);
}

/* Fills the event; false when what was asked is no name. */
static bool
fill(struct hrd_event *event, const struct hrd_point *at, const struct comm_reply *from,
    const struct hrd_account_entry *entry)
{
	const struct timeval *now = at->env->now_tv;
	struct hrd_client client;

	event->group[0] = '\0';
	hrd_client_of(at->generation, from, *at->env->now, &client);
	take_client(event, &client, at->generation->settings->events.client);
	event->time = (int64_t)now->tv_sec * MICROSECONDS + now->tv_usec;
	event->type = at->qinfo->qtype;
	event->class = at->qinfo->qclass;
	event->rcode = HRD_RCODE_UNKNOWN;
	event->protocol = hrd_host_protocol(from);
	event->outcome = entry->outcome;
	event->action = entry->action;
	hrd_event_take_hit(event, entry->hit);
	return hrd_name_from_wire(&event->name, at->qinfo->qname, at->qinfo->qname_len) == HRD_OK;
}

/* Keeps an event with its query, or queues it at once where there is none. */
static void
keep(const struct hrd_point *at, const struct comm_reply *from,
    const struct hrd_account_entry *entry)
{
	struct hrd_course *course;
	struct hrd_kept_event *kept;
	struct hrd_event event;

	if (at->query == NULL) {
		if (fill(&event, at, from, entry)) {
			event.rcode = (int)FLAGS_GET_RCODE(at->reply->flags);
			hrd_events_put(&at->store->events, &event);
		}
		return;
	}
	course = hrd_course_of(at->query, at->id, true);
	kept = course != NULL ? regional_alloc(at->query->region, sizeof(*kept)) : NULL;
	if (kept == NULL) {
		hrd_metrics_add(&at->store->metrics, HRD_COUNTER_EVENTS_CROWDED, 1);
		return;
	}
	if (!fill(&kept->event, at, from, entry))
		return;
	kept->next = course->events;
	course->events = kept;
}

void
hrd_account(const struct hrd_point *at, const struct comm_reply *from,
    const struct hrd_account_entry *entry)
{
	const struct hrd_event_settings *settings = &at->generation->settings->events;

	count(at, entry);
	if (settings->file != NULL &&
	    hrd_events_admit(&at->store->events, (uint32_t)*at->env->now, settings->rate))
		keep(at, from, entry);
}

/* The response code that the clients got. */
static int
rcode_of(const struct module_qstate *query)
{
	if (query->is_drop)
		return HRD_RCODE_UNKNOWN;
	if (query->return_rcode != LDNS_RCODE_NOERROR)
		return query->return_rcode;
	if (query->return_msg != NULL && query->return_msg->rep != NULL)
		return (int)FLAGS_GET_RCODE(query->return_msg->rep->flags);
	return HRD_RCODE_UNKNOWN;
}

void
hrd_account_end(struct hrd_store *store, struct module_qstate *query, int id)
{
	struct hrd_course *course = hrd_course_of(query, id, false);
	struct hrd_kept_event *kept = course != NULL ? course->events : NULL;

	for (; kept != NULL; kept = kept->next) {
		kept->event.rcode = rcode_of(query);
		hrd_events_put(&store->events, &kept->event);
	}
	if (course != NULL)
		course->events = NULL;
}
