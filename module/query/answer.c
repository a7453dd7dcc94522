/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds the answers of NXDOMAIN, NODATA and local data, and completes aliases. */
#include <config.h>

#include "module/query/answer.h"

#include <string.h>

#include "lib/policy/beacon.h"
#include "module/query/rrset.h"

enum { TYPES_MAX = 64 }; /* types of local data that an answer to ANY gives */

/* A reply under construction: rrsets in the order of the sections. */
struct draft {
	struct ub_packed_rrset_key **rrsets;
	size_t capacity, answers, authorities;
};

static struct hrd_owner
owner_of(const struct hrd_chain_owner *place)
{
	struct hrd_owner owner = { place->owner, place->owner_len };

	return owner;
}

static bool
draft_init(struct draft *draft, struct regional *region, size_t capacity)
{
	memset(draft, 0, sizeof(*draft));
	draft->capacity = capacity;
	draft->rrsets =
	    regional_alloc_zero(region, (capacity ? capacity : 1) * sizeof(*draft->rrsets));
	return draft->rrsets != NULL;
}

/* Adds to the answer section; call before any authority is added. */
static bool
add_answer(struct draft *draft, struct ub_packed_rrset_key *rrset)
{
	if (rrset == NULL || draft->answers + draft->authorities >= draft->capacity)
		return false;
	draft->rrsets[draft->answers++] = rrset;
	return true;
}

static bool
add_authority(struct draft *draft, struct ub_packed_rrset_key *rrset)
{
	if (rrset == NULL || draft->answers + draft->authorities >= draft->capacity)
		return false;
	draft->rrsets[draft->answers + draft->authorities++] = rrset;
	return true;
}

/* The message of a draft; the flags are those of the host's own RPZ, which claims authority for
 * what a name decides, not for what an address decides. */
static struct dns_msg *
draft_message(const struct draft *draft, struct module_qstate *query, int rcode, bool authoritative)
{
	struct dns_msg *message = regional_alloc_zero(query->region, sizeof(*message));
	struct reply_info *reply = regional_alloc_zero(query->region, sizeof(*reply));

	if (message == NULL || reply == NULL)
		return NULL;
	message->qinfo = query->qinfo;
	message->rep = reply;
	reply->flags = (uint16_t)(BIT_QR | BIT_RA | (authoritative ? BIT_AA : 0) | rcode);
	reply->authoritative = authoritative;
	reply->qdcount = 1;
	reply->security = sec_status_insecure;
	reply->reason_bogus = LDNS_EDE_NONE;
	reply->an_numrrsets = draft->answers;
	reply->ns_numrrsets = draft->authorities;
	reply->rrset_count = draft->answers + draft->authorities;
	reply->rrsets = draft->rrsets;
	return message;
}

/* Starts with the aliases that lead to the place. */
static bool
begin(const struct hrd_judgement *judgement, size_t more, struct draft *draft)
{
	size_t keep = judgement->query->reply != NULL ? judgement->place.keep : 0;

	if (!draft_init(draft, judgement->query->state->region, keep + more))
		return false;
	for (size_t i = 0; i < keep; i++) {
		if (!add_answer(draft, judgement->query->reply->rrsets[i]))
			return false;
	}
	return true;
}

static bool
by_name(const struct hrd_judgement *judgement)
{
	return judgement->verdict.hit.match.trigger == HRD_TRIGGER_QNAME;
}

static bool
set_message(const struct hrd_judgement *judgement, const struct draft *draft, int rcode)
{
	struct dns_msg *message =
	    draft_message(draft, judgement->query->state, rcode, by_name(judgement));

	if (message == NULL)
		return false;
	judgement->query->state->return_msg = message;
	judgement->query->state->return_rcode = LDNS_RCODE_NOERROR;
	return true;
}

/* The SOA's owner is the base name of the rule, because stubs keep a negative answer only under an
 * enclosing SOA; for a rule by address it is the name that has the address. */
static struct ub_packed_rrset_key *
soa_of(const struct hrd_judgement *judgement)
{
	const struct hrd_hit *hit = &judgement->verdict.hit;
	struct hrd_owner owner = owner_of(&judgement->place);
	uint32_t ttl = judgement->query->generation->settings->answer.ttl
			   ? judgement->query->generation->settings->answer.ttl
			   : hit->layer->info->ttl;

	if (hit->match.trigger == HRD_TRIGGER_QNAME) {
		owner.wire = hit->base.wire;
		owner.len = hit->base.len;
	}
	return hrd_rrset_soa(judgement->query->state->region, &owner, hit->layer->info, ttl);
}

/* NXDOMAIN is kept for all types of a name (RFC 2308 section 5), and says that nothing is below it
 * (RFC 8020). Without an SOA nobody keeps it: where the name may have other types besides the
 * address that is listed, and where names below it are spared, which a validator could not prove
 * then. */
static bool
may_be_kept(const struct hrd_judgement *judgement, int rcode)
{
	return rcode != LDNS_RCODE_NXDOMAIN ||
	       (by_name(judgement) &&
		   !hrd_spares_below(&judgement->query->generation->layers, &judgement->verdict,
		       judgement->place.owner, judgement->place.owner_len));
}

static enum hrd_answer_result
negative(const struct hrd_judgement *judgement, int rcode)
{
	struct draft draft;

	if (!begin(judgement, 1, &draft) ||
	    (may_be_kept(judgement, rcode) && !add_authority(&draft, soa_of(judgement))) ||
	    !set_message(judgement, &draft, rcode))
		return HRD_ANSWER_FAILED;
	return HRD_ANSWER_DONE;
}

void
hrd_answer_rcode(struct module_qstate *state, int rcode)
{
	state->return_msg = NULL;
	state->return_rcode = rcode;
}

int
hrd_answer_rcode_of(const struct module_qstate *state)
{
	if (state->return_rcode != LDNS_RCODE_NOERROR)
		return (int)FLAGS_GET_RCODE(state->return_rcode);
	if (state->return_msg != NULL && state->return_msg->rep != NULL)
		return (int)FLAGS_GET_RCODE(state->return_msg->rep->flags);
	return HRD_RCODE_UNKNOWN;
}

static enum hrd_answer_result
rcode_only(const struct hrd_judgement *judgement, int rcode)
{
	hrd_answer_rcode(judgement->query->state, rcode);
	return HRD_ANSWER_DONE;
}

/* Adds the alias; unless the alias itself was asked for, its target is to be resolved. */
static enum hrd_answer_result
alias(const struct hrd_judgement *judgement, const struct hrd_name *target, uint32_t ttl,
    struct hrd_alias *out)
{
	struct module_qstate *state = judgement->query->state;
	struct hrd_owner owner = owner_of(&judgement->place);
	struct draft draft;

	if (!begin(judgement, 1, &draft) ||
	    !add_answer(&draft, hrd_rrset_single(state->region, &owner, LDNS_RR_TYPE_CNAME, ttl,
				    target->wire, target->len)))
		return HRD_ANSWER_FAILED;
	if (state->qinfo.qtype == LDNS_RR_TYPE_CNAME || state->qinfo.qtype == LDNS_RR_TYPE_ANY)
		return set_message(judgement, &draft, LDNS_RCODE_NOERROR) ? HRD_ANSWER_DONE
									  : HRD_ANSWER_FAILED;
	memset(out, 0, sizeof(*out));
	out->target.qname = regional_alloc_init(state->region, target->wire, target->len);
	out->target.qname_len = target->len;
	out->target.qtype = state->qinfo.qtype;
	out->target.qclass = LDNS_RR_CLASS_IN;
	out->so_far = draft_message(&draft, state, LDNS_RCODE_NOERROR, by_name(judgement));
	return out->target.qname != NULL && out->so_far != NULL ? HRD_ANSWER_ALIAS
								: HRD_ANSWER_FAILED;
}

/* The target of a CNAME rule; "*.garden" becomes the name asked for below garden. HRD_ERANGE when
 * that is over 255 octets. */
static int
expand(
    struct hrd_name *target, const struct hrd_chain_owner *place, const uint8_t *rdata, size_t len)
{
	struct hrd_name suffix;
	bool wildcard = len > 2 && rdata[0] == 1 && rdata[1] == '*';
	int status =
	    hrd_name_from_wire(&suffix, wildcard ? rdata + 2 : rdata, wildcard ? len - 2 : len);

	if (status != HRD_OK || !wildcard) {
		*target = suffix;
		return status;
	}
	status = hrd_name_from_wire(target, place->owner, place->owner_len);
	return status == HRD_OK ? hrd_name_append(target, &suffix) : status;
}

static enum hrd_answer_result
alias_rule(const struct hrd_judgement *judgement, const uint8_t *rdata, size_t len, uint32_t ttl,
    struct hrd_alias *out)
{
	struct hrd_name target;

	switch (expand(&target, &judgement->place, rdata, len)) {
	case HRD_OK:
		return alias(judgement, &target, ttl, out);
	case HRD_ERANGE:
		return rcode_only(judgement, LDNS_RCODE_YXDOMAIN);
	default:
		return rcode_only(judgement, LDNS_RCODE_SERVFAIL);
	}
}

/* The distinct types of a local-data rule that the query asks for. */
static size_t
wanted_types(const struct hrd_hit *hit, uint16_t qtype, uint16_t types[TYPES_MAX])
{
	struct hrd_rr rr;
	size_t count = 0;

	for (size_t n = 0; hrd_policy_rr(hit->layer->policy, hit->match.data, n, &rr); n++) {
		size_t i = 0;

		if (qtype != LDNS_RR_TYPE_ANY && rr.type != qtype)
			continue;
		while (i < count && types[i] != rr.type)
			i++;
		if (i == count && count < TYPES_MAX)
			types[count++] = rr.type;
	}
	return count;
}

static bool
find_cname(const struct hrd_hit *hit, struct hrd_rr *rr)
{
	for (size_t n = 0; hrd_policy_rr(hit->layer->policy, hit->match.data, n, rr); n++) {
		if (rr->type == LDNS_RR_TYPE_CNAME)
			return true;
	}
	return false;
}

static enum hrd_answer_result
local_data(const struct hrd_judgement *judgement, struct hrd_alias *out)
{
	const struct hrd_hit *hit = &judgement->verdict.hit;
	struct hrd_owner owner = owner_of(&judgement->place);
	uint16_t types[TYPES_MAX];
	struct draft draft;
	struct hrd_rr rr;
	size_t count;

	if (judgement->verdict.cname != NULL)
		return alias_rule(judgement, judgement->verdict.cname->wire,
		    judgement->verdict.cname->len, hit->layer->info->ttl, out);
	if (find_cname(hit, &rr))
		return alias_rule(judgement, rr.rdata, rr.rdlen, rr.ttl, out);
	count = wanted_types(hit, judgement->query->state->qinfo.qtype, types);
	if (count == 0)
		return negative(judgement, LDNS_RCODE_NOERROR);
	if (!begin(judgement, count, &draft))
		return HRD_ANSWER_FAILED;
	for (size_t i = 0; i < count; i++) {
		if (!add_answer(&draft, hrd_rrset_local(judgement->query->state->region, &owner,
					    hit->layer->policy, hit->match.data, types[i])))
			return HRD_ANSWER_FAILED;
	}
	return set_message(judgement, &draft, LDNS_RCODE_NOERROR) ? HRD_ANSWER_DONE
								  : HRD_ANSWER_FAILED;
}

enum hrd_answer_result
hrd_answer_build(const struct hrd_judgement *judgement, struct hrd_alias *out)
{
	switch (judgement->verdict.action) {
	case HRD_ACTION_NXDOMAIN:
		return negative(judgement, LDNS_RCODE_NXDOMAIN);
	case HRD_ACTION_NODATA:
		return negative(judgement, LDNS_RCODE_NOERROR);
	case HRD_ACTION_LOCAL_DATA:
		return local_data(judgement, out);
	default:
		return rcode_only(judgement, LDNS_RCODE_SERVFAIL);
	}
}

bool
hrd_answer_beacon(const struct hrd_query *query, const struct hrd_policy_info *info)
{
	struct module_qstate *state = query->state;
	struct hrd_owner owner = { query->qinfo->qname, query->qinfo->qname_len };
	bool asked =
	    query->qinfo->qtype == LDNS_RR_TYPE_TXT || query->qinfo->qtype == LDNS_RR_TYPE_ANY;
	char text[HRD_BEACON_TEXT_MAX];
	uint8_t rdata[1 + HRD_BEACON_TEXT_MAX];
	size_t len = hrd_beacon_text(info->id, info->serial, hrd_beacon_rules(info), text);
	struct dns_msg *message;
	struct draft draft;

	rdata[0] = (uint8_t)len;
	memcpy(rdata + 1, text, len);
	if (!draft_init(&draft, state->region, 1) ||
	    !(asked ? add_answer(&draft, hrd_rrset_single(state->region, &owner, LDNS_RR_TYPE_TXT,
					     info->ttl, rdata, 1 + len))
		    : add_authority(&draft, hrd_rrset_soa(state->region, &owner, info, info->ttl))))
		return false;
	message = draft_message(&draft, state, LDNS_RCODE_NOERROR, true);
	if (message == NULL)
		return false;
	state->return_msg = message;
	state->return_rcode = LDNS_RCODE_NOERROR;
	return true;
}

bool
hrd_answer_complete(struct module_qstate *state, const struct hrd_alias *alias,
    const struct reply_info *tail, int rcode)
{
	const struct reply_info *head = alias->so_far->rep;
	struct dns_msg *message;
	struct draft draft;
	bool ok = true;

	if (tail == NULL || rcode != LDNS_RCODE_NOERROR ||
	    FLAGS_GET_RCODE(tail->flags) == LDNS_RCODE_SERVFAIL) {
		hrd_answer_rcode(state, LDNS_RCODE_SERVFAIL);
		return true;
	}
	if (!draft_init(&draft, state->region,
		head->an_numrrsets + tail->an_numrrsets + tail->ns_numrrsets))
		return false;
	for (size_t i = 0; i < head->an_numrrsets; i++)
		ok = ok && add_answer(&draft, head->rrsets[i]);
	for (size_t i = 0; i < tail->an_numrrsets; i++)
		ok = ok && add_answer(&draft, tail->rrsets[i]);
	for (size_t i = 0; i < tail->ns_numrrsets; i++)
		ok = ok && add_authority(&draft, tail->rrsets[tail->an_numrrsets + i]);
	message = ok ? draft_message(
			   &draft, state, FLAGS_GET_RCODE(tail->flags), head->authoritative != 0)
		     : NULL;
	if (message == NULL)
		return false;
	if (tail->security <= sec_status_bogus)
		message->rep->security = tail->security;
	state->return_msg = message;
	state->return_rcode = LDNS_RCODE_NOERROR;
	return true;
}
