/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers and drops clients that wait in the host's mesh, each list of them by itself. */
#include <config.h>

#include "module/query/replies.h"

#include <stdbool.h>

void
hrd_replies_init(struct hrd_replies *replies)
{
	replies->first = NULL;
	replies->end = &replies->first;
}

void
hrd_replies_add(struct hrd_replies *replies, struct mesh_reply *reply)
{
	reply->next = NULL;
	*replies->end = reply;
	replies->end = &reply->next;
}

void
hrd_replies_join(struct hrd_replies *replies, struct hrd_replies *more)
{
	if (more->first == NULL)
		return;
	*replies->end = more->first;
	replies->end = more->end;
	hrd_replies_init(more);
}

void
hrd_waiting_take(struct hrd_waiting *waiting, struct module_qstate *query)
{
	struct mesh_state *state = query->mesh_info;

	waiting->query = query;
	waiting->all = state->reply_list;
	waiting->callbacks = state->cb_list;
	waiting->reply_states = query->env->mesh->num_reply_states;
	waiting->detached_states = query->env->mesh->num_detached_states;
	state->reply_list = NULL;
	state->cb_list = NULL;
}

/* The host takes the state for one that nobody waits for when the last of a list is gone. */
static void
restore_numbers(const struct hrd_waiting *waiting)
{
	struct mesh_area *mesh = waiting->query->env->mesh;

	mesh->num_reply_states = waiting->reply_states;
	mesh->num_detached_states = waiting->detached_states;
	waiting->query->mesh_info->replies_sent = 0;
}

/* With the first answer on a connection the host has forgotten all of the connection's questions to
 * this state; one that still waits must be found when the connection closes. */
static bool
is_known(const struct mesh_reply *reply, const struct mesh_state *state)
{
	const struct tcp_req_info *stream = reply->query_reply.c->tcp_req_info;

	if (stream == NULL)
		return true;
	for (const struct tcp_req_open_item *i = stream->open_req_list; i != NULL; i = i->next) {
		if (i->mesh_state == state)
			return true;
	}
	return false;
}

void
hrd_waiting_send(const struct hrd_waiting *waiting, struct hrd_replies *replies)
{
	struct mesh_state *state = waiting->query->mesh_info;

	if (replies->first == NULL)
		return;
	state->reply_list = replies->first;
	mesh_query_done(state);
	state->reply_list = NULL;
	restore_numbers(waiting);
	hrd_replies_init(replies);
}

/* The host's replay program puts its own network in the place of that of the server and lacks
 * these; without the one or the other there are no streams to end. */
#if defined(HAVE_NGHTTP2)
#pragma weak adjusted_tcp_timeout
#pragma weak nghttp2_submit_rst_stream
#endif

/* Ends the stream of a dropped question, so that its client need not wait. */
static void
reset_stream(struct mesh_reply *reply)
{
#if defined(HAVE_NGHTTP2)
	struct comm_point *c = reply->query_reply.c;

	reply->h2_stream->mesh_state = NULL;
	if (adjusted_tcp_timeout == NULL || nghttp2_submit_rst_stream == NULL)
		return;
	nghttp2_submit_rst_stream(
	    c->h2_session->session, NGHTTP2_FLAG_NONE, reply->h2_stream->stream_id, NGHTTP2_CANCEL);
	/* As comm_point_send_reply() goes on after an answer. */
	c->tcp_is_reading = 0;
	comm_point_stop_listening(c);
	comm_point_start_listening(c, -1, adjusted_tcp_timeout(c));
#else
	(void)reply;
#endif
}

/* Takes the question off its connection. One whose other side has nothing more to ask and nothing
 * to get is closed, as the host does after an answer. */
static void
forget_question(struct comm_reply *from, struct mesh_state *state)
{
	struct tcp_req_info *stream = from->c->tcp_req_info;

	tcp_req_info_remove_mesh_state(stream, state);
	if (stream->read_is_closed && !stream->in_worker_handle && stream->num_open_req == 0 &&
	    stream->num_done_req == 0 && from->c->tcp_is_reading)
		comm_point_drop_reply(from);
}

/* Whether we can take this question alone; DNS over QUIC has streams of the host's own for that. */
static bool
can_drop_alone(const struct mesh_reply *reply)
{
	const struct comm_point *c = reply->query_reply.c;

	return c->type == comm_udp || c->tcp_req_info != NULL ||
	       (c->use_h2 && reply->h2_stream != NULL);
}

/* Drops one reply, which the state has been given for its only one. */
static void
drop_only(struct mesh_state *state, struct mesh_reply *reply)
{
	if (!can_drop_alone(reply)) {
		state->s.is_drop = 1;
		mesh_query_done(state);
		state->s.is_drop = 0;
		return;
	}
	if (reply->query_reply.c->use_h2)
		reset_stream(reply);
	hrd_host_remove_reply(state, reply);
	if (reply->query_reply.c->tcp_req_info != NULL)
		forget_question(&reply->query_reply, state);
}

void
hrd_waiting_drop(const struct hrd_waiting *waiting, struct hrd_replies *replies)
{
	struct mesh_state *state = waiting->query->mesh_info;
	struct mesh_reply *next;

	for (struct mesh_reply *r = replies->first; r != NULL; r = next) {
		next = r->next;
		r->next = NULL;
		state->reply_list = r;
		drop_only(state, r);
		state->reply_list = NULL;
		restore_numbers(waiting);
	}
	hrd_replies_init(replies);
}

/* Takes out those for whose connections there is no memory to know them. */
static void
take_lost(const struct hrd_waiting *waiting, struct hrd_replies *list, struct hrd_replies *lost)
{
	struct mesh_state *state = waiting->query->mesh_info;
	struct mesh_reply *r = list->first, *next;

	hrd_replies_init(list);
	hrd_replies_init(lost);
	for (; r != NULL; r = next) {
		bool known =
		    is_known(r, state) || tcp_req_info_add_meshstate(r->query_reply.c->tcp_req_info,
					      waiting->query->env->mesh, state) != 0;

		next = r->next;
		hrd_replies_add(known ? list : lost, r);
	}
}

void
hrd_waiting_put(const struct hrd_waiting *waiting, struct hrd_replies *rest)
{
	struct mesh_state *state = waiting->query->mesh_info;
	struct mesh_area *mesh = waiting->query->env->mesh;
	struct hrd_replies lost;

	take_lost(waiting, rest, &lost);
	hrd_waiting_drop(waiting, &lost);
	state->reply_list = rest->first;
	state->cb_list = waiting->callbacks;
	if (rest->first != NULL || waiting->callbacks != NULL || waiting->all == NULL)
		return;
	mesh->num_reply_states--;
	if (state->super_set.count == 0)
		mesh->num_detached_states++;
}

void
hrd_isolate(struct module_qstate *query)
{
	struct mesh_area *mesh = query->env->mesh;
	struct mesh_state *state = query->mesh_info;

	query->no_cache_store = 1;
	if (state->unique != NULL || state->super_set.count > 0 || state->sub_set.count > 0)
		return;
	rbtree_delete(&mesh->all, state);
	mesh_state_make_unique(state);
	rbtree_insert(&mesh->all, &state->node);
}
