/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds the answers of NXDOMAIN, NODATA and local data, and completes aliases. */
#include <config.h>

#include "module/query/answer.h"

#include <string.h>

#include "module/query/ede.h"
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
begin(const struct hrd_answer *answer, size_t more, struct draft *draft)
{
	size_t keep = answer->reply != NULL ? answer->place->keep : 0;

	if (!draft_init(draft, answer->query->region, keep + more))
		return false;
	for (size_t i = 0; i < keep; i++) {
		if (!add_answer(draft, answer->reply->rrsets[i]))
			return false;
	}
	return true;
}

static bool
by_name(const struct hrd_answer *answer)
{
	return answer->verdict->hit.match.trigger == HRD_TRIGGER_QNAME;
}

static bool
set_message(const struct hrd_answer *answer, const struct draft *draft, int rcode)
{
	struct dns_msg *message = draft_message(draft, answer->query, rcode, by_name(answer));

	if (message == NULL)
		return false;
	answer->query->return_msg = message;
	answer->query->return_rcode = LDNS_RCODE_NOERROR;
	return true;
}

/* The SOA's owner is the base name of the rule, because stubs keep a negative answer only under an
 * enclosing SOA; for a rule by address it is the name that has the address. */
static struct ub_packed_rrset_key *
soa_of(const struct hrd_answer *answer)
{
	const struct hrd_hit *hit = &answer->verdict->hit;
	struct hrd_owner owner = owner_of(answer->place);
	uint32_t ttl = answer->settings->ttl ? answer->settings->ttl : hit->layer->info->ttl;

	if (hit->match.trigger == HRD_TRIGGER_QNAME) {
		owner.wire = hit->base.wire;
		owner.len = hit->base.len;
	}
	return hrd_rrset_soa(answer->query->region, &owner, hit->layer->info, ttl);
}

static enum hrd_answer_outcome
negative(const struct hrd_answer *answer, int rcode)
{
	struct draft draft;

	if (!begin(answer, 1, &draft) || !add_authority(&draft, soa_of(answer)) ||
	    !set_message(answer, &draft, rcode))
		return HRD_ANSWER_FAILED;
	return HRD_ANSWER_DONE;
}

static enum hrd_answer_outcome
rcode_only(struct module_qstate *query, int rcode)
{
	query->return_msg = NULL;
	query->return_rcode = rcode;
	return HRD_ANSWER_DONE;
}

/* Adds the alias; unless the alias itself was asked for, its target is to be resolved. */
static enum hrd_answer_outcome
alias(const struct hrd_answer *answer, const struct hrd_name *target, uint32_t ttl,
    struct hrd_pending **pending)
{
	struct module_qstate *query = answer->query;
	struct hrd_owner owner = owner_of(answer->place);
	struct draft draft;
	struct hrd_pending *wait;

	if (!begin(answer, 1, &draft) ||
	    !add_answer(&draft, hrd_rrset_single(query->region, &owner, LDNS_RR_TYPE_CNAME, ttl,
				    target->wire, target->len)))
		return HRD_ANSWER_FAILED;
	if (query->qinfo.qtype == LDNS_RR_TYPE_CNAME || query->qinfo.qtype == LDNS_RR_TYPE_ANY)
		return set_message(answer, &draft, LDNS_RCODE_NOERROR) ? HRD_ANSWER_DONE
								       : HRD_ANSWER_FAILED;
	wait = regional_alloc_zero(query->region, sizeof(*wait));
	if (wait == NULL)
		return HRD_ANSWER_FAILED;
	wait->target.qname = regional_alloc_init(query->region, target->wire, target->len);
	wait->target.qname_len = target->len;
	wait->target.qtype = query->qinfo.qtype;
	wait->target.qclass = LDNS_RR_CLASS_IN;
	wait->so_far = draft_message(&draft, query, LDNS_RCODE_NOERROR, by_name(answer));
	if (wait->target.qname == NULL || wait->so_far == NULL)
		return HRD_ANSWER_FAILED;
	*pending = wait;
	return HRD_ANSWER_PENDING;
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

static enum hrd_answer_outcome
alias_rule(const struct hrd_answer *answer, const uint8_t *rdata, size_t len, uint32_t ttl,
    struct hrd_pending **pending)
{
	struct hrd_name target;

	switch (expand(&target, answer->place, rdata, len)) {
	case HRD_OK:
		return alias(answer, &target, ttl, pending);
	case HRD_ERANGE:
		return rcode_only(answer->query, LDNS_RCODE_YXDOMAIN);
	default:
		return rcode_only(answer->query, LDNS_RCODE_SERVFAIL);
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

static enum hrd_answer_outcome
local_data(const struct hrd_answer *answer, struct hrd_pending **pending)
{
	const struct hrd_hit *hit = &answer->verdict->hit;
	struct hrd_owner owner = owner_of(answer->place);
	uint16_t types[TYPES_MAX];
	struct draft draft;
	struct hrd_rr rr;
	size_t count;

	if (answer->verdict->cname != NULL)
		return alias_rule(answer, answer->verdict->cname->wire, answer->verdict->cname->len,
		    hit->layer->info->ttl, pending);
	if (find_cname(hit, &rr))
		return alias_rule(answer, rr.rdata, rr.rdlen, rr.ttl, pending);
	count = wanted_types(hit, answer->query->qinfo.qtype, types);
	if (count == 0)
		return negative(answer, LDNS_RCODE_NOERROR);
	if (!begin(answer, count, &draft))
		return HRD_ANSWER_FAILED;
	for (size_t i = 0; i < count; i++) {
		if (!add_answer(&draft, hrd_rrset_local(answer->query->region, &owner,
					    hit->layer->policy, hit->match.data, types[i])))
			return HRD_ANSWER_FAILED;
	}
	return set_message(answer, &draft, LDNS_RCODE_NOERROR) ? HRD_ANSWER_DONE
							       : HRD_ANSWER_FAILED;
}

enum hrd_answer_outcome
hrd_answer_build(const struct hrd_answer *answer, struct hrd_pending **pending)
{
	switch (answer->verdict->action) {
	case HRD_ACTION_NXDOMAIN:
		return negative(answer, LDNS_RCODE_NXDOMAIN);
	case HRD_ACTION_NODATA:
		return negative(answer, LDNS_RCODE_NOERROR);
	case HRD_ACTION_LOCAL_DATA:
		return local_data(answer, pending);
	default:
		return rcode_only(answer->query, LDNS_RCODE_SERVFAIL);
	}
}

bool
hrd_answer_complete(struct module_qstate *query, const struct hrd_pending *pending)
{
	const struct reply_info *head = pending->so_far->rep;
	const struct reply_info *tail = pending->got;
	struct dns_msg *message;
	struct draft draft;
	bool ok = true;

	if (tail == NULL || pending->got_rcode != LDNS_RCODE_NOERROR ||
	    FLAGS_GET_RCODE(tail->flags) == LDNS_RCODE_SERVFAIL) {
		rcode_only(query, LDNS_RCODE_SERVFAIL);
		return true;
	}
	if (!draft_init(&draft, query->region,
		head->an_numrrsets + tail->an_numrrsets + tail->ns_numrrsets))
		return false;
	for (size_t i = 0; i < head->an_numrrsets; i++)
		ok = ok && add_answer(&draft, head->rrsets[i]);
	for (size_t i = 0; i < tail->an_numrrsets; i++)
		ok = ok && add_answer(&draft, tail->rrsets[i]);
	for (size_t i = 0; i < tail->ns_numrrsets; i++)
		ok = ok && add_authority(&draft, tail->rrsets[tail->an_numrrsets + i]);
	message = ok ? draft_message(
			   &draft, query, FLAGS_GET_RCODE(tail->flags), head->authoritative != 0)
		     : NULL;
	if (message == NULL)
		return false;
	if (tail->security <= sec_status_bogus)
		message->rep->security = tail->security;
	query->return_msg = message;
	query->return_rcode = LDNS_RCODE_NOERROR;
	return true;
}

bool
hrd_answer_explain(struct module_qstate *query, const struct hrd_answer_settings *settings,
    const struct hrd_hit *hit)
{
	char text[HRD_EDE_TEXT_MAX];

	if (!settings->ede)
		return true;
	hrd_ede_text(settings, hit, text);
	return edns_opt_list_append_ede(&query->edns_opts_front_out, query->region,
		   (sldns_ede_code)settings->ede_code, text) != 0;
}
