/* SPDX-License-Identifier: BSD-3-Clause */
/* Carries a verdict out on a query of the host. */
#include <config.h>

#include "module/query/apply.h"

#include "module/query/answer.h"

struct hrd_course *
hrd_course_of(struct module_qstate *query, int id, bool make)
{
	if (query->minfo[id] == NULL && make)
		query->minfo[id] = regional_alloc_zero(query->region, sizeof(struct hrd_course));
	return query->minfo[id];
}

static void
servfail(struct module_qstate *query, int id)
{
	query->return_msg = NULL;
	query->return_rcode = LDNS_RCODE_SERVFAIL;
	query->ext_state[id] = module_finished;
}

/* Waits for the target of an alias. A cycle is what a rule makes that points to itself. */
static void
await(struct module_qstate *query, int id, struct hrd_pending *pending)
{
	struct hrd_course *course = hrd_course_of(query, id, true);
	struct module_qstate *newq = NULL;
	uint16_t flags = (uint16_t)(BIT_RD | (query->query_flags & BIT_CD));

	if (course == NULL || query->env->detect_cycle(query, &pending->target, flags, 0, 0) ||
	    !hrd_host_attach(query, &pending->target, &newq)) {
		servfail(query, id);
		return;
	}
	course->pending = pending;
	query->ext_state[id] = module_wait_subquery;
}

static void
answer(const struct hrd_order *order)
{
	struct hrd_answer build = {
		.query = order->query,
		.verdict = order->verdict,
		.place = order->place,
		.reply = order->reply,
		.settings = order->settings,
	};
	struct hrd_pending *pending = NULL;

	order->query->ext_state[order->id] = module_finished;
	if (!hrd_answer_explain(order->query, order->settings, &order->verdict->hit)) {
		servfail(order->query, order->id);
		return;
	}
	switch (hrd_answer_build(&build, &pending)) {
	case HRD_ANSWER_DONE:
		break;
	case HRD_ANSWER_PENDING:
		await(order->query, order->id, pending);
		break;
	case HRD_ANSWER_FAILED:
		servfail(order->query, order->id);
		break;
	}
}

/* Whether any client of the query asked over UDP. */
static bool
over_udp(const struct module_qstate *query)
{
	for (const struct mesh_reply *r = query->mesh_info->reply_list; r != NULL; r = r->next) {
		if (hrd_host_protocol(&r->query_reply) == HRD_PROTOCOL_UDP)
			return true;
	}
	return false;
}

/* Clients over UDP get TC; those over TCP get the answer, which must not be kept: from the cache it
 * would go out over UDP. */
static void
tcp_only(const struct hrd_order *order)
{
	struct module_qstate *query = order->query;

	query->no_cache_store = 1;
	if (!hrd_host_tcp_only(query))
		servfail(query, order->id);
	else if (order->reply != NULL || over_udp(query))
		query->ext_state[order->id] = module_finished;
	else
		query->ext_state[order->id] = module_wait_module;
}

void
hrd_apply(const struct hrd_order *order)
{
	switch (order->verdict->action) {
	case HRD_ACTION_DROP:
		hrd_drop(order->query);
		order->query->ext_state[order->id] = module_finished;
		break;
	case HRD_ACTION_TCP_ONLY:
		tcp_only(order);
		break;
	default:
		answer(order);
		break;
	}
}

bool
hrd_apply_resumed(struct module_qstate *query, int id)
{
	const struct hrd_course *course = hrd_course_of(query, id, false);

	if (course == NULL || course->pending == NULL)
		return false;
	query->ext_state[id] = module_finished;
	if (!hrd_answer_complete(query, course->pending))
		servfail(query, id);
	return true;
}

void
hrd_apply_target(struct module_qstate *target, int id, struct module_qstate *waiting)
{
	const struct hrd_course *course = hrd_course_of(waiting, id, false);
	struct hrd_pending *pending = course != NULL ? course->pending : NULL;

	if (pending == NULL)
		return;
	pending->got_rcode = target->return_rcode;
	if (target->return_rcode == LDNS_RCODE_NOERROR && target->return_msg != NULL &&
	    target->return_msg->rep != NULL)
		pending->got = reply_info_copy(target->return_msg->rep, NULL, waiting->region);
}

/* Older hosts do not take dropped replies off the number of addresses waited for; when that is 16
 * times the number of queries allowed, they silently drop whoever joins a query. So the number is
 * put right here, once it is suspiciously high. */
static void
recount(struct mesh_area *mesh)
{
	struct mesh_state *state;
	size_t count = 0;

	if (mesh->num_reply_addrs <= mesh->max_reply_states)
		return;
	RBTREE_FOR(state, struct mesh_state *, &mesh->all)
	for (const struct mesh_reply *r = state->reply_list; r != NULL; r = r->next)
		count++;
	mesh->num_reply_addrs = count;
}

static struct mesh_reply *
first_stream(const struct mesh_state *state)
{
	struct mesh_reply *r = state->reply_list;

	while (r != NULL && r->query_reply.c->type == comm_udp)
		r = r->next;
	return r;
}

/* Closes the streams of those who wait, each once. The host would do so for each reply: a
 * connection that asked twice, another one's question in between, came onto its list of free ones
 * twice, and two later connections shared it. */
static void
close_streams(struct mesh_state *state)
{
	struct mesh_reply *r = first_stream(state);

	while (r != NULL) {
		struct mesh_reply *before = r;

		comm_point_drop_reply(&r->query_reply); /* takes all of its replies off the list */
		r = first_stream(state);
		if (r == before)
			return;
	}
}

void
hrd_drop(struct module_qstate *query)
{
	recount(query->env->mesh);
	close_streams(query->mesh_info);
	query->is_drop = 1;
}

void
hrd_isolate(struct module_qstate *query)
{
	struct mesh_area *mesh = query->env->mesh;
	struct mesh_state *state = query->mesh_info;

	query->no_cache_store = 1;
	if (state->unique != NULL)
		return;
	/* The tree is sorted by what makes a state unique. */
	rbtree_delete(&mesh->all, state);
	mesh_state_make_unique(state);
	rbtree_insert(&mesh->all, &state->node);
}

static void
forget_name(const struct module_qstate *query, uint8_t *name, size_t len)
{
	msg_cache_remove(query->env, name, len, query->qinfo.qtype, query->qinfo.qclass, 0);
	/* The host keeps a second message for AAAA with CD. */
	if (query->qinfo.qtype == LDNS_RR_TYPE_AAAA)
		msg_cache_remove(
		    query->env, name, len, query->qinfo.qtype, query->qinfo.qclass, BIT_CD);
}

void
hrd_forget(struct module_qstate *query, const struct reply_info *reply)
{
	struct hrd_chain_walk walk;

	forget_name(query, query->qinfo.qname, query->qinfo.qname_len);
	if (reply == NULL)
		return;
	hrd_chain_walk_init(&walk, reply);
	while (hrd_chain_walk_next(&walk))
		forget_name(query, walk.name, walk.len);
}
