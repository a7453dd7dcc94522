/* SPDX-License-Identifier: BSD-3-Clause */
/* The course of a query: which rules are asked when, and for whom. */
#include <config.h>

#include "module/query/query.h"

#include "module/cache/cached.h"
#include "module/cache/chain.h"
#include "module/query/account.h"
#include "module/query/apply.h"
#include "module/query/client.h"

/* What was decided about a query at one point of its course. */
struct judgement {
	struct hrd_verdict verdict;
	struct hrd_chain_owner place;
};

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
has_clients(const struct module_qstate *query)
{
	return query->mesh_info->reply_list != NULL && !query->is_priming && !query->is_valrec;
}

/* Whether somebody inside the host waits for the result as well. */
static bool
has_internal_users(const struct module_qstate *query)
{
	return query->mesh_info->super_set.count > 0 || query->mesh_info->cb_list != NULL;
}

/* The answer, unless it is a failure: SERVFAIL and BOGUS are never rewritten. */
static const struct reply_info *
sound_reply(const struct module_qstate *query)
{
	const struct reply_info *reply = query->return_msg != NULL ? query->return_msg->rep : NULL;

	if (reply == NULL || query->return_rcode != LDNS_RCODE_NOERROR ||
	    FLAGS_GET_RCODE(reply->flags) == LDNS_RCODE_SERVFAIL ||
	    reply->security == sec_status_bogus ||
	    reply->security == sec_status_secure_sentinel_fail)
		return NULL;
	return reply;
}

/* The stages for one client, or for nobody in particular (NULL); true when the verdict acts. */
static bool
judge(const struct hrd_layers *layers, const struct query_info *qinfo,
    const struct reply_info *reply, const struct hrd_prefix *client, struct judgement *out)
{
	hrd_verdict_init(&out->verdict);
	hrd_chain_owner_init(&out->place, qinfo);
	if (!hrd_decide_query(layers, client, qinfo->qname, qinfo->qname_len, &out->verdict) &&
	    reply != NULL)
		hrd_chain_decide(layers, qinfo, reply, &out->verdict, &out->place);
	return hrd_verdict_acts(&out->verdict);
}

/* What the answer of a query is to all clients of the same policies: thousands can wait for one
 * that has thousands of records, and the worker must not look through it for each of them. */
enum { SHARED_MAX = 8 };
struct shared {
	size_t count;
	struct {
		uint64_t skipped; /* of their layers */
		struct judgement judgement;
	} of[SHARED_MAX];
};

static const struct judgement *
judge_answer(const struct hrd_point *at, const struct hrd_layers *layers, struct shared *shared)
{
	size_t last;

	for (size_t i = 0; i < shared->count; i++) {
		if (shared->of[i].skipped == layers->skipped)
			return &shared->of[i].judgement;
	}
	last = shared->count < SHARED_MAX ? shared->count++ : SHARED_MAX - 1;
	shared->of[last].skipped = layers->skipped;
	judge(layers, at->qinfo, at->reply, NULL, &shared->of[last].judgement);
	return &shared->of[last].judgement;
}

/* The stages for one client, who is told besides. */
static void
judge_client(const struct hrd_point *at, const struct comm_reply *from, struct shared *shared,
    struct hrd_client *client, struct judgement *out)
{
	struct hrd_hit observed;

	hrd_client_of(at->generation, from, *at->env->now, client);
	hrd_verdict_init(&out->verdict);
	hrd_chain_owner_init(&out->place, at->qinfo);
	if (hrd_decide_query(&client->layers, hrd_client_address(client), at->qinfo->qname,
		at->qinfo->qname_len, &out->verdict) ||
	    at->reply == NULL)
		return;
	observed = out->verdict.observed;
	*out = *judge_answer(at, &client->layers, shared);
	if (observed.layer != NULL)
		out->verdict.observed = observed;
}

/* The verdict that changes the answer of the query's clients, or NULL. Where one answer goes to
 * several, the strictest verdict is everybody's. */
static const struct judgement *
strictest(const struct hrd_point *at, const struct judgement *anyone, struct judgement *own)
{
	struct shared shared = { .count = 0 };

	if (!hrd_clients_differ(at->generation))
		return hrd_verdict_acts(&anyone->verdict) &&
			       at->generation->settings->mode == HRD_MODE_ENFORCE
			   ? anyone
			   : NULL;
	for (const struct mesh_reply *r = at->query->mesh_info->reply_list; r != NULL;
	     r = r->next) {
		struct hrd_client client;

		judge_client(at, &r->query_reply, &shared, &client, own);
		if (client.mode == HRD_MODE_ENFORCE && hrd_verdict_acts(&own->verdict))
			return own;
	}
	return NULL;
}

/* What has been accounted for when the query arrived is not met a second time when it is done. */
static void
remember(const struct hrd_point *at, bool hit, bool observed)
{
	struct hrd_course *course = hrd_course_of(at->query, at->id, true);

	if (course == NULL)
		return;
	course->hit_counted |= hit;
	course->observed_counted |= observed;
}

/* Accounts for a verdict that is carried out for all clients of the query. */
static void
account_enforced(const struct hrd_point *at, const struct judgement *judgement)
{
	const struct hrd_course *course = hrd_course_of(at->query, at->id, false);
	struct hrd_account_entry entry = { &judgement->verdict.hit, judgement->verdict.action,
		HRD_OUTCOME_ENFORCED };

	if (course != NULL && course->hit_counted)
		return;
	for (const struct mesh_reply *r = at->query->mesh_info->reply_list; r != NULL; r = r->next)
		hrd_account(at, &r->query_reply, &entry);
}

/* Accounts for what matched one client's query and changes nothing; of the matches, only those that
 * are asked for. */
static void
account_client(const struct hrd_point *at, const struct comm_reply *from, struct shared *shared,
    bool hit, bool observed)
{
	struct judgement own;
	struct hrd_client client;
	const struct hrd_verdict *verdict = &own.verdict;
	struct hrd_account_entry decided = { .hit = &verdict->hit }, seen = { &verdict->observed,
		HRD_ACTION_OBSERVE, HRD_OUTCOME_OBSERVED };

	judge_client(at, from, shared, &client, &own);
	decided.action = verdict->action;
	decided.outcome = hrd_verdict_acts(verdict) && client.mode != HRD_MODE_OFF
			      ? HRD_OUTCOME_OBSERVED
			      : HRD_OUTCOME_EXEMPT;
	if (hit && verdict->hit.layer != NULL)
		hrd_account(at, from, &decided);
	if (observed && verdict->observed.layer != NULL)
		hrd_account(at, from, &seen);
}

/* The same for all clients of the query. */
static void
account_passed(const struct hrd_point *at, const struct judgement *anyone)
{
	const struct hrd_course *course = hrd_course_of(at->query, at->id, false);
	bool hit = course == NULL || !course->hit_counted;
	bool observed = course == NULL || !course->observed_counted;
	struct shared shared = { .count = 0 };

	for (const struct mesh_reply *r = at->query->mesh_info->reply_list; r != NULL; r = r->next)
		account_client(at, &r->query_reply, &shared, hit, observed);
	remember(at, anyone->verdict.hit.layer != NULL, anyone->verdict.observed.layer != NULL);
}

/* Whether any rule matched at all. */
static bool
matched(const struct judgement *judgement)
{
	return judgement->verdict.hit.layer != NULL || judgement->verdict.observed.layer != NULL;
}

/* Whether a client is served otherwise than others would be, should its name lead to a listed one.
 */
static bool
is_exempt(const struct hrd_point *at)
{
	struct shared shared = { .count = 0 };
	struct hrd_client client;
	struct judgement own;
	const struct hrd_verdict *verdict = &own.verdict;

	judge_client(at, &at->query->mesh_info->reply_list->query_reply, &shared, &client, &own);
	if (client.mode != HRD_MODE_ENFORCE || client.layers.skipped)
		return true;
	return verdict->action == HRD_ACTION_PASSTHRU &&
	       verdict->hit.match.trigger == HRD_TRIGGER_CLIENT_IP;
}

/* Whether a cache must not keep what this query brought: to somebody it would not be given. A
 * PASSTHRU alias may lead to listed names, which the host would keep under their own names. */
static bool
must_not_stay(
    const struct hrd_layers *layers, const struct reply_info *reply, const struct judgement *anyone)
{
	if (hrd_verdict_acts(&anyone->verdict))
		return true;
	return anyone->verdict.action == HRD_ACTION_PASSTHRU && reply != NULL &&
	       hrd_chain_listed(layers, reply);
}

static void
carry_out(const struct hrd_point *at, const struct judgement *judgement)
{
	struct hrd_order order = {
		.query = at->query,
		.id = at->id,
		.verdict = &judgement->verdict,
		.place = &judgement->place,
		.reply = at->reply,
		.settings = &at->generation->settings->answer,
	};

	hrd_apply(&order);
}

static size_t
slot_of(const struct hrd_store *store, const struct worker *worker)
{
	size_t slot = worker != NULL ? (size_t)worker->thread_num : 0;

	return slot < store->slot_count ? slot : 0;
}

static struct hrd_point
point_of(struct hrd_store *store, struct module_qstate *query, int id)
{
	return (struct hrd_point){
		.store = store,
		.slot = slot_of(store, query->env->worker),
		.qinfo = &query->qinfo,
		.env = query->env,
		.query = query,
		.id = id,
	};
}

static void
begin(const struct hrd_point *at)
{
	const struct hrd_layers *layers = &at->generation->layers;
	const struct judgement *these;
	struct judgement anyone, own;

	if (at->generation->settings->mode == HRD_MODE_OFF)
		return;
	if (judge(layers, at->qinfo, NULL, NULL, &anyone)) {
		these = strictest(at, &anyone, &own);
		if (these != NULL) {
			account_enforced(at, these);
			carry_out(at, these);
			if (at->query->ext_state[at->id] != module_finished)
				remember(at, true, false);
			return;
		}
		hrd_isolate(at->query);
	} else if (hrd_clients_differ(at->generation) && is_exempt(at) &&
		   hrd_cached_alias_listed(layers, at->query)) {
		hrd_isolate(at->query);
	}
	if (matched(&anyone))
		account_passed(at, &anyone);
}

/* What clients get while a policy is missing that the settings want to wait for. */
static void
fail(struct module_qstate *query, int id)
{
	query->return_rcode = LDNS_RCODE_SERVFAIL;
	query->return_msg = NULL;
	query->ext_state[id] = module_finished;
}

void
hrd_query_begin(struct hrd_store *store, struct module_qstate *query, int id)
{
	struct hrd_point at = point_of(store, query, id);

	query->ext_state[id] = module_wait_module;
	if (!concerns_us(&query->qinfo) || !has_clients(query))
		return;
	at.generation = hrd_store_enter(store, at.slot);
	if (at.generation->servfail && at.generation->settings->mode != HRD_MODE_OFF)
		fail(query, id);
	else
		begin(&at);
	hrd_store_leave(store, at.slot);
}

static void
finish(const struct hrd_point *at)
{
	const struct judgement *these;
	struct judgement anyone, own;
	bool keep, heard = has_clients(at->query) && sound_reply(at->query) != NULL;

	if (at->generation->settings->mode == HRD_MODE_OFF)
		return;
	judge(&at->generation->layers, at->qinfo, at->reply, NULL, &anyone);
	keep = !must_not_stay(&at->generation->layers, at->reply, &anyone);
	if (!keep)
		hrd_forget(at->query, at->reply);
	these = keep || !heard ? NULL : strictest(at, &anyone, &own);
	if (these == NULL) {
		if (heard && matched(&anyone))
			account_passed(at, &anyone);
		return;
	}
	account_enforced(at, these);
	if (has_internal_users(at->query))
		hrd_drop(at->query);
	else
		carry_out(at, these);
}

void
hrd_query_finish(struct hrd_store *store, struct module_qstate *query, int id)
{
	struct hrd_point at = point_of(store, query, id);

	at.reply = query->return_msg != NULL ? query->return_msg->rep : NULL;
	query->ext_state[id] = module_finished;
	if (!concerns_us(&query->qinfo))
		return;
	at.generation = hrd_store_enter(store, at.slot);
	finish(&at);
	hrd_store_leave(store, at.slot);
}

void
hrd_query_cached(struct hrd_store *store, const struct worker *worker, int id,
    const struct query_info *qinfo, const struct reply_info *reply, const struct comm_reply *from)
{
	struct hrd_point at = {
		.store = store,
		.slot = slot_of(store, worker),
		.qinfo = qinfo,
		.env = &worker->env,
		.id = id,
		.reply = reply,
	};
	struct shared shared = { .count = 0 };
	struct judgement anyone;

	if (reply == NULL || !concerns_us(qinfo))
		return;
	at.generation = hrd_store_enter(store, at.slot);
	/* What acts is on its way out of the cache: nobody observes or exempts it. */
	if (at.generation->settings->mode != HRD_MODE_OFF &&
	    !judge(&at.generation->layers, qinfo, reply, NULL, &anyone) && matched(&anyone))
		account_client(&at, from, &shared, true, true);
	hrd_store_leave(store, at.slot);
}

/* Whether the response is to another name than the query's, and that one is listed: with
 * qname-minimisation the host asks for, and keeps, the names above the one it was asked for. */
static bool
asks_listed(const struct hrd_layers *layers, const struct module_qstate *query,
    const struct query_info *asked)
{
	return asked->qname != NULL && query_dname_compare(asked->qname, query->qinfo.qname) != 0 &&
	       hrd_name_listed(layers, asked->qname, asked->qname_len);
}

/* Whether the host asked for an ancestor of the name only, with qname-minimisation; so it does, but
 * rarely, behind an alias. */
static bool
is_step(const struct module_qstate *query, const struct query_info *asked)
{
	return asked->qname != NULL && dname_strict_subdomain_c(query->qinfo.qname, asked->qname);
}

/* Decides what may be stored of one response. The query of a name server's address keeps its
 * records, for the host needs them; its message is removed when it is done. So late a removal is
 * not enough elsewhere: while an answer is validated, clients could get it from the cache. */
static void
hold(const struct hrd_generation *generation, struct module_qstate *query, int id,
    const struct dns_msg *response)
{
	const struct hrd_layers *layers = &generation->layers;
	struct hrd_course *course;
	struct judgement anyone;
	bool whole;

	judge(layers, &query->qinfo, response->rep, NULL, &anyone);
	whole = hrd_verdict_acts(&anyone.verdict) || !is_step(query, &response->qinfo);
	if (whole && (!query->is_valrec || anyone.place.keep > 0) &&
	    must_not_stay(layers, response->rep, &anyone)) {
		query->no_cache_store = 1;
	} else if (!query->no_cache_store && asks_listed(layers, query, &response->qinfo)) {
		query->no_cache_store = 1;
		course = hrd_course_of(query, id, true);
		if (course != NULL)
			course->store_held = true;
	}
}

void
hrd_query_response(
    struct hrd_store *store, struct module_qstate *query, int id, const struct dns_msg *response)
{
	struct hrd_course *course = hrd_course_of(query, id, false);
	size_t slot = slot_of(store, query->env->worker);
	const struct hrd_generation *generation;

	if (course != NULL && course->store_held) {
		course->store_held = false;
		query->no_cache_store = 0;
	}
	if (response == NULL || response->rep == NULL || !concerns_us(&query->qinfo))
		return;
	generation = hrd_store_enter(store, slot);
	if (generation->settings->mode != HRD_MODE_OFF)
		hold(generation, query, id, response);
	hrd_store_leave(store, slot);
}
