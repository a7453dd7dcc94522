/* SPDX-License-Identifier: BSD-3-Clause */
/* Carries judgements out on the clients that wait for a query. */
#include <config.h>

#include "module/query/apply.h"

#include <stdlib.h>

#include "module/query/account.h"
#include "module/query/answer.h"
#include "module/query/judge.h"
#include "module/query/reason.h"
#include "module/query/replies.h"

/* Clients whom one judgement binds: those of the same policies. */
struct audience {
	uint64_t skipped; /* of their layers */
	bool validates;
	struct hrd_judgement judgement;
	unsigned answer; /* its name to the accounts */
	struct hrd_replies replies;
};

/* A part of an audience that can read the same reason; it waits. */
struct readers {
	struct readers *next;
	struct hrd_reader reader;
	struct hrd_reason reason;
	size_t count;
	const struct mesh_reply *reply[]; /* to be compared only: some may have gone */
};

/* An alias target that is waited for. */
struct hrd_pending {
	struct hrd_alias alias;
	struct readers *readers;
	unsigned answer;
	struct dns_msg *real; /* what the query had come to, for others */
	int real_rcode;
	struct reply_info *got; /* the target's answer, in the region of the waiting query */
	int got_rcode;
};

enum { AUDIENCES_MAX = 8 };

/* The clients of a query, sorted. */
struct round {
	const struct hrd_query *query;
	struct hrd_waiting waiting;
	size_t count;
	struct audience of[AUDIENCES_MAX];
	struct hrd_replies others; /* no rule binds them */
	struct hrd_replies
	    later; /* of more audiences than there is room for, or of another alias */
	struct hrd_replies alias; /* they wait for one */
	bool exempts;
};

static struct audience *
audience_of(
    struct round *round, const struct hrd_client *client, const struct hrd_judgement *judgement)
{
	struct hrd_qstate *qstate;
	struct audience *audience;

	for (size_t i = 0; i < round->count; i++) {
		if (round->of[i].skipped == client->layers.skipped &&
		    round->of[i].validates == client->validates)
			return &round->of[i];
	}
	if (round->count == AUDIENCES_MAX)
		return NULL;
	audience = &round->of[round->count++];
	audience->skipped = client->layers.skipped;
	audience->validates = client->validates;
	audience->judgement = *judgement;
	qstate = hrd_qstate_make(round->query->state, round->query->id);
	audience->answer = qstate != NULL ? ++qstate->answers : 0;
	hrd_replies_init(&audience->replies);
	return audience;
}

/* TCP-ONLY asks a client over UDP to come again; over a stream it gets the real answer. */
static bool
gets_real_answer(const struct hrd_judgement *judgement, const struct hrd_client *client)
{
	return judgement->verdict.action == HRD_ACTION_TCP_ONLY &&
	       hrd_host_protocol(client->from) != HRD_PROTOCOL_UDP;
}

static void
pass(struct round *round, const struct hrd_client *client, const struct hrd_judgement *judgement)
{
	bool bound = hrd_judgement_binds(judgement, client);

	if (bound)
		hrd_account_enforced(round->query, client, judgement, 0);
	else
		hrd_account_passed(round->query, client, judgement);
	if (round->query->reply == NULL && hrd_judgement_matched(judgement))
		hrd_account_once(round->query, client, judgement, bound);
	round->exempts |= client->layers.skipped != 0 || judgement->verdict.hit.layer != NULL;
}

/* Judges a client, once, and puts it where it belongs. */
static void
sort_one(struct round *round, struct hrd_judge *judge, struct mesh_reply *reply)
{
	const struct hrd_query *query = round->query;
	const struct hrd_judgement *judgement;
	struct audience *audience;
	struct hrd_client client;

	hrd_client_of(
	    query->generation, &reply->query_reply, (reply->edns.bits & EDNS_DO) != 0, &client);
	judgement = hrd_judge_client(judge, &client);
	if (!hrd_judgement_binds(judgement, &client) || gets_real_answer(judgement, &client)) {
		pass(round, &client, judgement);
		hrd_replies_add(&round->others, reply);
		return;
	}
	audience = audience_of(round, &client, judgement);
	if (audience == NULL) {
		hrd_replies_add(&round->later, reply);
		return;
	}
	hrd_account_enforced(query, &client, judgement, audience->answer);
	hrd_replies_add(&audience->replies, reply);
}

static void
sort(struct round *round, struct mesh_reply *all)
{
	struct hrd_judge judge;
	struct mesh_reply *next;

	round->count = 0;
	hrd_judge_init(&judge, round->query);
	for (struct mesh_reply *r = all; r != NULL; r = next) {
		next = r->next;
		sort_one(round, &judge, r);
	}
}

/* Takes from the list those who can read the same as its first. */
static void
take_equals(const struct hrd_query *query, struct hrd_replies *list, struct hrd_reader *reader,
    struct hrd_replies *equals)
{
	struct mesh_reply *r = list->first, *next;

	hrd_reader_of(query, r, reader);
	hrd_replies_init(list);
	hrd_replies_init(equals);
	for (; r != NULL; r = next) {
		struct hrd_reader own;

		next = r->next;
		hrd_reader_of(query, r, &own);
		hrd_replies_add(hrd_reader_equal(&own, reader) ? equals : list, r);
	}
}

/* Tells the accounts the reason that is given: the option before those that were there. */
static void
note_reason(struct module_qstate *state, int id, unsigned answer, const struct hrd_reader *reader,
    const struct edns_option *before)
{
	enum { INFO_CODE = 2 };
	const struct edns_option *given = state->edns_opts_front_out;

	if (given != before && given->opt_len > INFO_CODE)
		hrd_account_reason(state, id, answer, reader,
		    (const char *)given->opt_data + INFO_CODE, given->opt_len - INFO_CODE);
}

/* Sends an audience the query's present answer, to each with the reason that it can read. */
static void
send_explained(struct round *round, struct audience *audience)
{
	struct module_qstate *state = round->query->state;
	struct edns_option *options = state->edns_opts_front_out;

	while (audience->replies.first != NULL) {
		struct hrd_replies equals;
		struct hrd_reader reader;

		take_equals(round->query, &audience->replies, &reader, &equals);
		if (!hrd_reason_give(&audience->judgement, &reader))
			hrd_answer_rcode(state, LDNS_RCODE_SERVFAIL);
		note_reason(state, round->query->id, audience->answer, &reader, options);
		hrd_waiting_send(&round->waiting, &equals);
		state->edns_opts_front_out = options;
	}
}

static void
answered(const struct round *round, const struct audience *audience)
{
	struct module_qstate *state = round->query->state;

	hrd_account_answered(state, round->query->id, audience->answer, hrd_answer_rcode_of(state));
}

static int
compare(const void *a, const void *b)
{
	const struct mesh_reply *const *first = a, *const *second = b;

	return (*first > *second) - (*first < *second);
}

/* One more part of an audience that waits. */
static struct readers *
readers_new(const struct round *round, const struct audience *audience,
    const struct hrd_reader *reader, const struct hrd_replies *replies)
{
	struct readers *made;
	size_t count = 0;

	for (const struct mesh_reply *r = replies->first; r != NULL; r = r->next)
		count++;
	made = regional_alloc(
	    round->query->state->region, sizeof(*made) + count * sizeof(made->reply[0]));
	if (made == NULL)
		return NULL;
	made->next = NULL;
	made->reader = *reader;
	made->count = 0;
	for (const struct mesh_reply *r = replies->first; r != NULL; r = r->next)
		made->reply[made->count++] = r;
	qsort(made->reply, made->count, sizeof(made->reply[0]), compare);
	if (!hrd_reason_keep(&audience->judgement, reader, &made->reason))
		return NULL;
	return made;
}

/* Notes who waits for the alias, and what reason each of them will be given. */
static struct hrd_pending *
pending_new(struct round *round, struct audience *audience, const struct hrd_alias *alias)
{
	struct module_qstate *state = round->query->state;
	struct hrd_pending *pending = regional_alloc_zero(state->region, sizeof(*pending));
	struct readers **end;

	if (pending == NULL)
		return NULL;
	pending->alias = *alias;
	pending->answer = audience->answer;
	pending->got_rcode = LDNS_RCODE_SERVFAIL;
	end = &pending->readers;
	while (audience->replies.first != NULL) {
		struct hrd_replies equals;
		struct hrd_reader reader;

		take_equals(round->query, &audience->replies, &reader, &equals);
		*end = readers_new(round, audience, &reader, &equals);
		hrd_replies_join(&round->alias, &equals);
		if (*end == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return pending;
}

/* Asks for the target of an alias on behalf of the query. A cycle is what a rule makes that points
 * to itself. On arrival, where clients differ, nobody may join who would wait in vain. */
static bool
ask_target(const struct hrd_query *query, struct hrd_alias *alias)
{
	struct module_qstate *state = query->state, *made = NULL;
	uint16_t flags = (uint16_t)(BIT_RD | (state->query_flags & BIT_CD));

	if (state->env->detect_cycle(state, &alias->target, flags, 0, 0))
		return false;
	if (query->reply == NULL && hrd_clients_differ(query->generation))
		hrd_isolate(state);
	return hrd_host_attach(state, &alias->target, &made) != 0;
}

static void
await(struct round *round, struct audience *audience, struct hrd_alias *alias)
{
	const struct hrd_query *query = round->query;
	struct hrd_qstate *qstate = hrd_qstate_make(query->state, query->id);
	struct hrd_pending *pending = qstate != NULL ? pending_new(round, audience, alias) : NULL;

	if (pending != NULL && ask_target(query, &pending->alias)) {
		qstate->pending = pending;
		return;
	}
	hrd_replies_join(&audience->replies, &round->alias);
	hrd_answer_rcode(query->state, LDNS_RCODE_SERVFAIL);
	hrd_waiting_send(&round->waiting, &audience->replies);
	answered(round, audience);
}

static void
answer(struct round *round, struct audience *audience)
{
	const struct hrd_query *query = round->query;
	struct hrd_alias alias;

	switch (hrd_answer_build(&audience->judgement, &alias)) {
	case HRD_ANSWER_ALIAS:
		if (round->alias.first != NULL)
			hrd_replies_join(&round->later, &audience->replies);
		else
			await(round, audience, &alias);
		return;
	case HRD_ANSWER_FAILED:
		hrd_answer_rcode(query->state, LDNS_RCODE_SERVFAIL);
		break;
	case HRD_ANSWER_DONE:
		break;
	}
	send_explained(round, audience);
	answered(round, audience);
}

static void
serve(struct round *round, struct audience *audience)
{
	const struct hrd_query *query = round->query;

	switch (audience->judgement.verdict.action) {
	case HRD_ACTION_DROP:
		hrd_waiting_drop(&round->waiting, &audience->replies);
		hrd_account_answered(query->state, query->id, audience->answer, HRD_RCODE_UNKNOWN);
		return;
	case HRD_ACTION_TCP_ONLY:
		hrd_answer_rcode(query->state, BIT_TC);
		hrd_waiting_send(&round->waiting, &audience->replies);
		answered(round, audience);
		return;
	default:
		answer(round, audience);
		return;
	}
}

static void
serve_all(struct round *round)
{
	struct mesh_reply *all = round->waiting.all;

	while (all != NULL && round->alias.first == NULL) {
		sort(round, all);
		for (size_t i = 0; i < round->count; i++)
			serve(round, &round->of[i]);
		all = round->later.first;
		if (round->alias.first == NULL)
			hrd_replies_init(&round->later);
	}
}

/* Puts back who goes on waiting for the target, or for what comes after it. */
static enum hrd_apply_result
wait_on(struct round *round)
{
	struct module_qstate *state = round->query->state;
	struct hrd_pending *pending = hrd_qstate_of(state, round->query->id)->pending;

	pending->real = state->return_msg;
	pending->real_rcode = state->return_rcode;
	if (round->query->reply != NULL)
		hrd_waiting_send(&round->waiting, &round->others);
	hrd_replies_join(&round->alias, &round->others);
	hrd_replies_join(&round->alias, &round->later);
	hrd_waiting_put(&round->waiting, &round->alias);
	state->ext_state[round->query->id] = module_wait_subquery;
	return HRD_APPLY_WAITS;
}

enum hrd_apply_result
hrd_apply(const struct hrd_query *query)
{
	struct module_qstate *state = query->state;
	struct dns_msg *real = state->return_msg;
	int real_rcode = state->return_rcode;
	struct round round;

	round.query = query;
	round.exempts = false;
	hrd_replies_init(&round.others);
	hrd_replies_init(&round.later);
	hrd_replies_init(&round.alias);
	hrd_waiting_take(&round.waiting, state);
	serve_all(&round);
	state->return_msg = real;
	state->return_rcode = real_rcode;
	if (round.alias.first != NULL)
		return wait_on(&round);
	hrd_waiting_put(&round.waiting, &round.others);
	if (round.others.first == NULL)
		return HRD_APPLY_DONE;
	return round.exempts ? HRD_APPLY_EXEMPTS : HRD_APPLY_OTHERS;
}

/* Takes from the list those of the readers who are still there. */
static void
take_readers(const struct readers *readers, struct hrd_replies *list, struct hrd_replies *found)
{
	struct mesh_reply *r = list->first, *next;

	hrd_replies_init(list);
	hrd_replies_init(found);
	for (; r != NULL; r = next) {
		const struct mesh_reply *key = r;
		bool is_one = bsearch(&key, readers->reply, readers->count,
				  sizeof(readers->reply[0]), compare) != NULL;

		next = r->next;
		hrd_replies_add(is_one ? found : list, r);
	}
}

static void
send_to_readers(const struct hrd_pending *pending, struct module_qstate *state, int id)
{
	struct edns_option *options = state->edns_opts_front_out;
	struct hrd_waiting waiting;
	struct hrd_replies rest;

	hrd_waiting_take(&waiting, state);
	hrd_replies_init(&rest);
	rest.first = waiting.all;
	for (const struct readers *r = pending->readers; r != NULL; r = r->next) {
		struct hrd_replies found;

		take_readers(r, &rest, &found);
		if (!hrd_reason_give_kept(state, &r->reason, &r->reader))
			hrd_answer_rcode(state, LDNS_RCODE_SERVFAIL);
		note_reason(state, id, pending->answer, &r->reader, options);
		hrd_waiting_send(&waiting, &found);
		state->edns_opts_front_out = options;
	}
	hrd_waiting_put(&waiting, &rest);
}

bool
hrd_apply_resume(struct module_qstate *state, int id)
{
	struct hrd_qstate *qstate = hrd_qstate_of(state, id);
	struct hrd_pending *pending = qstate != NULL ? qstate->pending : NULL;

	if (pending == NULL)
		return false;
	qstate->pending = NULL;
	if (!hrd_answer_complete(state, &pending->alias, pending->got, pending->got_rcode))
		hrd_answer_rcode(state, LDNS_RCODE_SERVFAIL);
	send_to_readers(pending, state, id);
	hrd_account_answered(state, id, pending->answer, hrd_answer_rcode_of(state));
	state->return_msg = pending->real;
	state->return_rcode = pending->real_rcode;
	return true;
}

void
hrd_apply_target(struct module_qstate *target, int id, struct module_qstate *waiting)
{
	const struct hrd_qstate *qstate = hrd_qstate_of(waiting, id);
	struct hrd_pending *pending = qstate != NULL ? qstate->pending : NULL;

	if (pending == NULL)
		return;
	pending->got_rcode = target->return_rcode;
	if (target->return_rcode == LDNS_RCODE_NOERROR && target->return_msg != NULL &&
	    target->return_msg->rep != NULL)
		pending->got = reply_info_copy(target->return_msg->rep, NULL, waiting->region);
}
