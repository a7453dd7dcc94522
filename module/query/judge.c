/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges a query of the host for its clients. */
#include <config.h>

#include "module/query/judge.h"

void
hrd_judge_init(struct hrd_judge *judge, const struct hrd_query *query)
{
	judge->query = query;
	judge->count = 0;
}

/* The first stage: the question, with the client's address where it is given. */
static bool
judge_question(const struct hrd_query *query, const struct hrd_layer_list *layers,
    const struct hrd_prefix *address, bool validates, struct hrd_judgement *out)
{
	const struct query_info *qinfo = query->qinfo;

	out->query = query;
	hrd_verdict_init(&out->verdict);
	hrd_chain_owner_init(&out->place, qinfo);
	return hrd_decide_question(layers, address, qinfo->qname, qinfo->qname_len, qinfo->qtype,
	    validates, &out->verdict);
}

static const struct hrd_judgement *
judge_layers(struct hrd_judge *judge, const struct hrd_layer_list *layers, bool validates)
{
	const struct hrd_query *query = judge->query;
	struct hrd_judgement *out;
	size_t last;

	for (size_t i = 0; i < judge->count; i++) {
		if (judge->of[i].skipped == layers->skipped && judge->of[i].validates == validates)
			return &judge->of[i].judgement;
	}
	last = judge->count < HRD_JUDGE_MEMORY ? judge->count++ : HRD_JUDGE_MEMORY - 1;
	judge->of[last].skipped = layers->skipped;
	judge->of[last].validates = validates;
	out = &judge->of[last].judgement;
	if (!judge_question(query, layers, NULL, validates, out) && query->reply != NULL)
		hrd_chain_decide(layers, query->qinfo, query->reply, &out->verdict, &out->place);
	return out;
}

const struct hrd_judgement *
hrd_judge_all(struct hrd_judge *judge)
{
	return judge_layers(judge, &judge->query->generation->layers, false);
}

const struct hrd_judgement *
hrd_judge_client(struct hrd_judge *judge, const struct hrd_client *client)
{
	const struct hrd_prefix *address = hrd_client_address(client);

	if (address != NULL && hrd_layers_have_clients(&client->layers) &&
	    judge_question(
		judge->query, &client->layers, address, client->validates, &judge->own) &&
	    judge->own.verdict.hit.match.trigger == HRD_TRIGGER_CLIENT_IP)
		return &judge->own;
	return judge_layers(judge, &client->layers, client->validates);
}

bool
hrd_judgement_binds(const struct hrd_judgement *judgement, const struct hrd_client *client)
{
	return client->mode == HRD_MODE_ENFORCE && hrd_verdict_acts(&judgement->verdict);
}

bool
hrd_judgement_matched(const struct hrd_judgement *judgement)
{
	return judgement->verdict.hit.layer != NULL || judgement->verdict.observed.layer != NULL;
}

bool
hrd_judge_listed(const struct hrd_query *query)
{
	const struct hrd_layer_list *layers = &query->generation->layers;
	const struct query_info *qinfo = query->qinfo;

	return hrd_question_listed(layers, qinfo->qname, qinfo->qname_len, qinfo->qtype) ||
	       (query->reply != NULL && hrd_chain_listed(layers, query->reply));
}
