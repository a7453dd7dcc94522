/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a query: which step asks the policies, and what becomes of the query then. */
#include <config.h>

#include "module/query/query.h"

#include "lib/policy/beacon.h"
#include "module/query/account.h"
#include "module/query/answer.h"
#include "module/query/apply.h"
#include "module/query/judge.h"
#include "module/query/replies.h"

/* Names that rules apply to: class IN, and ANY, which asks for IN as well; never the root, or
 * priming would fail. */
static bool
concerns_us(const struct query_info *qinfo)
{
	return (qinfo->qclass == LDNS_RR_CLASS_IN || qinfo->qclass == LDNS_RR_CLASS_ANY) &&
	       qinfo->qname_len > 1;
}

/* Whether clients wait for this query itself. Without one it is internal: a name server's address,
 * a key, a prefetch, another rule's target. */
static bool
has_clients(const struct module_qstate *state)
{
	return state->mesh_info->reply_list != NULL && !state->is_priming && !state->is_valrec;
}

/* Whether somebody inside the host waits for the result as well. */
static bool
has_internal_users(const struct module_qstate *state)
{
	return state->mesh_info->super_set.count > 0 || state->mesh_info->cb_list != NULL;
}

/* Whether there is an answer that is no failure: SERVFAIL and BOGUS are never rewritten. */
static bool
is_sound(const struct module_qstate *state)
{
	const struct reply_info *reply = state->return_msg != NULL ? state->return_msg->rep : NULL;

	return reply != NULL && state->return_rcode == LDNS_RCODE_NOERROR &&
	       FLAGS_GET_RCODE(reply->flags) != LDNS_RCODE_SERVFAIL &&
	       reply->security != sec_status_bogus &&
	       reply->security != sec_status_secure_sentinel_fail;
}

static bool
is_off(const struct hrd_query *query)
{
	return query->generation->mode == HRD_MODE_OFF;
}

static size_t
slot_of(const struct hrd_store *store, const struct worker *worker)
{
	size_t slot = worker != NULL ? (size_t)worker->thread_num : 0;

	return slot < store->slot_count ? slot : 0;
}

/* The query as it is now; its generation is current until leave(). */
static struct hrd_query
enter(struct hrd_store *store, struct module_qstate *state, int id)
{
	size_t slot = slot_of(store, state->env->worker);

	return (struct hrd_query){
		.store = store,
		.slot = slot,
		.generation = hrd_store_enter(store, slot),
		.env = state->env,
		.qinfo = &state->qinfo,
		.state = state,
		.id = id,
		.reply = state->return_msg != NULL ? state->return_msg->rep : NULL,
	};
}

static void
leave(const struct hrd_query *query)
{
	hrd_store_leave(query->store, query->slot);
}

/* What clients get while a policy is missing that the settings want to wait for. */
static void
fail(const struct hrd_query *query)
{
	query->state->return_rcode = LDNS_RCODE_SERVFAIL;
	query->state->return_msg = NULL;
	query->state->ext_state[query->id] = module_finished;
}

/* Before anything is resolved: a query whose name decides is answered here. One that goes on,
 * though others would be answered, shares neither its state nor a cache with them. */
static void
arrive(const struct hrd_query *query)
{
	struct module_qstate *state = query->state;

	switch (hrd_apply(query)) {
	case HRD_APPLY_DONE:
		if (!has_internal_users(state))
			state->ext_state[query->id] = module_finished;
		break;
	case HRD_APPLY_EXEMPTS:
		if (hrd_judge_listed(query))
			hrd_isolate(state);
		break;
	case HRD_APPLY_WAITS:
	case HRD_APPLY_OTHERS:
		break;
	}
}

/* The policy whose own name is asked for, where it has one. */
static const struct hrd_policy_info *
beacon_of(const struct hrd_query *query)
{
	const struct hrd_layer_list *layers = &query->generation->layers;
	const struct query_info *qinfo = query->qinfo;
	struct hrd_name name;

	if (!hrd_beacon_may_be(qinfo->qname, qinfo->qname_len))
		return NULL;
	for (size_t i = 0; i < layers->count; i++) {
		const struct hrd_policy_info *info = layers->layer[i].info;

		if (info->beacon && hrd_beacon_name(&name, &info->apex) == HRD_OK &&
		    name.len == qinfo->qname_len &&
		    query_dname_compare(name.wire, qinfo->qname) == 0)
			return info;
	}
	return NULL;
}

/* Tells which policy is there, to every client, whatever else it gets: that is no match. */
static void
shine(const struct hrd_query *query, const struct hrd_policy_info *info)
{
	struct module_qstate *state = query->state;

	if (!hrd_answer_beacon(query, info))
		hrd_answer_rcode(state, LDNS_RCODE_SERVFAIL);
	if (!has_internal_users(state))
		state->ext_state[query->id] = module_finished;
}

void
hrd_query_begin(struct hrd_store *store, struct module_qstate *state, int id)
{
	const struct hrd_policy_info *beacon;
	struct hrd_query query;

	state->ext_state[id] = module_wait_module;
	if (!concerns_us(&state->qinfo) || !has_clients(state))
		return;
	query = enter(store, state, id);
	beacon = beacon_of(&query);
	if (is_off(&query))
		;
	else if (query.generation->servfail)
		fail(&query);
	else if (beacon != NULL)
		shine(&query, beacon);
	else
		arrive(&query);
	leave(&query);
}

bool
hrd_query_resume(struct hrd_store *store, struct module_qstate *state, int id)
{
	struct hrd_query query;

	if (!hrd_apply_resume(state, id))
		return false;
	state->ext_state[id] = state->return_msg != NULL ? module_finished : module_wait_module;
	if (!has_clients(state)) {
		if (!has_internal_users(state))
			state->ext_state[id] = module_finished;
		return true;
	}
	/* Others have joined meanwhile, or wait for another alias. */
	query = enter(store, state, id);
	if (query.reply == NULL)
		arrive(&query);
	else
		hrd_apply(&query);
	leave(&query);
	return true;
}

/* Whether the question is for the alias itself, whose target the judge leaves alone. */
static bool
asks_for_aliases(const struct query_info *qinfo)
{
	return qinfo->qtype == LDNS_RR_TYPE_CNAME || qinfo->qtype == LDNS_RR_TYPE_DNAME ||
	       qinfo->qtype == LDNS_RR_TYPE_ANY;
}

static void
forget_name(const struct module_qstate *state, uint8_t *name, size_t len)
{
	const struct query_info *qinfo = &state->qinfo;

	msg_cache_remove(state->env, name, len, qinfo->qtype, qinfo->qclass, 0);
	/* The host keeps a second message for AAAA with CD. */
	if (qinfo->qtype == LDNS_RR_TYPE_AAAA)
		msg_cache_remove(state->env, name, len, qinfo->qtype, qinfo->qclass, BIT_CD);
}

/* Removes the message of the query name, and of every name of the chain in the reply, so that no
 * later client is served what this answer was made of. */
static void
forget(const struct hrd_query *query)
{
	struct hrd_chain_walk walk;

	forget_name(query->state, query->qinfo->qname, query->qinfo->qname_len);
	if (query->reply == NULL)
		return;
	hrd_chain_walk_init(&walk, query->reply);
	while (hrd_chain_walk_next(&walk))
		forget_name(query->state, walk.name, walk.len);
}

static void
finish(const struct hrd_query *query)
{
	struct hrd_judge judge;
	bool matched;

	hrd_judge_init(&judge, query);
	matched = hrd_judgement_matched(hrd_judge_all(&judge));
	if ((matched || asks_for_aliases(query->qinfo)) && hrd_judge_listed(query))
		forget(query);
	if (matched && has_clients(query->state) && is_sound(query->state))
		hrd_apply(query);
}

void
hrd_query_finish(struct hrd_store *store, struct module_qstate *state, int id)
{
	struct hrd_query query;

	state->ext_state[id] = module_finished;
	if (!concerns_us(&state->qinfo))
		return;
	query = enter(store, state, id);
	if (!is_off(&query))
		finish(&query);
	leave(&query);
}

void
hrd_query_cached(struct hrd_store *store, const struct worker *worker, int id,
    const struct query_info *qinfo, const struct reply_info *reply, const struct comm_reply *from)
{
	struct hrd_query query = {
		.store = store,
		.slot = slot_of(store, worker),
		.qinfo = qinfo,
		.env = &worker->env,
		.id = id,
		.reply = reply,
	};
	const struct hrd_judgement *judgement;
	struct hrd_client client;
	struct hrd_judge judge;

	if (reply == NULL || !concerns_us(qinfo))
		return;
	query.generation = hrd_store_enter(store, query.slot);
	if (!is_off(&query)) {
		hrd_judge_init(&judge, &query);
		hrd_client_of(query.generation, from, false, &client);
		judgement = hrd_judge_client(&judge, &client);
		/* What acts is on its way out of the cache: nobody observes or exempts it. */
		if (!hrd_verdict_acts(&judgement->verdict))
			hrd_account_passed(&query, &client, judgement);
	}
	leave(&query);
}

/* Whether the response is to another name than the query's, and that one is listed: with
 * qname-minimisation the host asks for, and keeps, the names above the one it was asked for. */
static bool
asks_listed(const struct hrd_query *query, const struct query_info *asked)
{
	return asked->qname != NULL &&
	       query_dname_compare(asked->qname, query->qinfo->qname) != 0 &&
	       hrd_question_listed(
		   &query->generation->layers, asked->qname, asked->qname_len, asked->qtype);
}

/* Whether the host asked for an ancestor of the name only, with qname-minimisation; so it does, but
 * rarely, behind an alias. */
static bool
is_step(const struct hrd_query *query, const struct query_info *asked)
{
	return asked->qname != NULL && dname_strict_subdomain_c(query->qinfo->qname, asked->qname);
}

/* Decides what may be stored of one response. The query of a name server's address keeps its
 * records, for the host needs them; its message is removed when it is done. So late a removal is
 * not enough elsewhere: while an answer is validated, clients could get it from the cache. */
static void
hold(const struct hrd_query *query, const struct query_info *asked)
{
	struct module_qstate *state = query->state;
	const struct hrd_judgement *judgement;
	struct hrd_qstate *qstate;
	struct hrd_judge judge;
	bool whole;

	hrd_judge_init(&judge, query);
	judgement = hrd_judge_all(&judge);
	whole = hrd_verdict_acts(&judgement->verdict) || !is_step(query, asked);
	if (whole && (!state->is_valrec || judgement->place.keep > 0) && hrd_judge_listed(query)) {
		state->no_cache_store = 1;
	} else if (!state->no_cache_store && asks_listed(query, asked)) {
		state->no_cache_store = 1;
		qstate = hrd_qstate_make(state, query->id);
		if (qstate != NULL)
			qstate->store_held = true;
	}
}

void
hrd_query_response(
    struct hrd_store *store, struct module_qstate *state, int id, const struct dns_msg *response)
{
	struct hrd_qstate *qstate = hrd_qstate_of(state, id);
	struct hrd_query query;

	if (qstate != NULL && qstate->store_held) {
		qstate->store_held = false;
		state->no_cache_store = 0;
	}
	if (response == NULL || response->rep == NULL || !concerns_us(&state->qinfo))
		return;
	query = enter(store, state, id);
	query.reply = response->rep;
	if (!is_off(&query))
		hold(&query, &response->qinfo);
	leave(&query);
}
