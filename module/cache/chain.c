/* SPDX-License-Identifier: BSD-3-Clause */
/* The scan of a reply for aliases and addresses. */
#include <config.h>

#include "module/cache/chain.h"

#include <arpa/inet.h>
#include <string.h>

/* SvcParamKeys of RFC 9460 section 14.3.2 that hold addresses. */
enum { SVCPARAM_IPV4HINT = 4, SVCPARAM_IPV6HINT = 6 };

/* An octet of an IPv6 address that holds no part of an embedded one (RFC 6052 section 2.2). */
enum { DNS64_RESERVED_OCTET = 8 };

/* The well-known prefix of RFC 6052 section 2.1, 64:ff9b::/96, unless the host has another. Set
 * before threads start. */
static struct hrd_prefix dns64 = { .addr = { 0x00, 0x64, 0xff, 0x9b }, .len = 96 };

void
hrd_chain_set_dns64(const char *prefix)
{
	struct hrd_prefix other;

	if (prefix != NULL && hrd_prefix_from_text(&other, prefix, strlen(prefix)) == HRD_OK &&
	    !hrd_prefix_is_ipv4(&other) && other.len % 8 == 0 && other.len <= 96)
		dns64 = other;
}

/* The IPv4 address within an address of the DNS64 prefix. */
static bool
embedded(const uint8_t *octets, struct hrd_prefix *ipv4)
{
	struct hrd_prefix whole;
	uint8_t found[4];
	size_t at = dns64.len / 8u;

	if (hrd_prefix_from_addr(&whole, octets, 16) != HRD_OK ||
	    !hrd_prefix_covers(&dns64, &whole))
		return false;
	for (size_t i = 0; i < sizeof(found); i++) {
		at += at == DNS64_RESERVED_OCTET;
		found[i] = octets[at++];
	}
	return hrd_prefix_from_addr(ipv4, found, sizeof(found)) == HRD_OK;
}

static uint16_t
rrset_type(const struct ub_packed_rrset_key *rrset)
{
	return ntohs(rrset->rk.type);
}

static const struct packed_rrset_data *
rrset_data(const struct ub_packed_rrset_key *rrset)
{
	return rrset->entry.data;
}

static bool
is_alias(const struct ub_packed_rrset_key *rrset)
{
	uint16_t type = rrset_type(rrset);

	return type == LDNS_RR_TYPE_CNAME || type == LDNS_RR_TYPE_DNAME;
}

/* The target of a CNAME or DNAME; false when its rdata is no name. */
static bool
alias_target(struct ub_packed_rrset_key *rrset, uint8_t **name, size_t *len)
{
	*name = NULL;
	*len = 0;
	get_cname_target(rrset, name, len);
	return *name != NULL;
}

void
hrd_chain_owner_init(struct hrd_chain_owner *place, const struct query_info *query)
{
	place->keep = 0;
	place->owner = query->qname;
	place->owner_len = query->qname_len;
}

/* Moves the place along when rrset i is the CNAME of the name reached so far. */
static void
follow(const struct reply_info *rep, size_t i, struct hrd_chain_owner *place)
{
	struct ub_packed_rrset_key *rrset;
	uint8_t *target;
	size_t len;

	if (i >= rep->an_numrrsets)
		return;
	rrset = rep->rrsets[i];
	if (rrset_type(rrset) != LDNS_RR_TYPE_CNAME ||
	    query_dname_compare(rrset->rk.dname, place->owner) != 0 ||
	    !alias_target(rrset, &target, &len))
		return;
	place->keep = i + 1;
	place->owner = target;
	place->owner_len = len;
}

/* Whether an alias leads on from the name reached so far. The question may be for the alias itself:
 * CNAME and ANY are not followed (RFC 1034 section 3.6.2), and a DNAME does not redirect its own
 * owner (RFC 6672 section 2.3). */
static bool
leads_on(
    uint16_t qtype, const struct ub_packed_rrset_key *alias, const struct hrd_chain_owner *place)
{
	if (qtype == LDNS_RR_TYPE_CNAME || qtype == LDNS_RR_TYPE_ANY)
		return false;
	return qtype != LDNS_RR_TYPE_DNAME || rrset_type(alias) != LDNS_RR_TYPE_DNAME ||
	       query_dname_compare(alias->rk.dname, place->owner) != 0;
}

/* One rrset of the answer section: its owner, then its target. place follows the chain. */
static bool
rrset_decides(const struct hrd_layer_list *layers, uint16_t qtype, const struct reply_info *rep,
    size_t i, struct hrd_verdict *verdict, struct hrd_chain_owner *place)
{
	struct ub_packed_rrset_key *rrset = rep->rrsets[i];
	uint8_t *target;
	size_t len;

	place->keep = i;
	if (query_dname_compare(rrset->rk.dname, place->owner) != 0 &&
	    hrd_decide_query(layers, NULL, rrset->rk.dname, rrset->rk.dname_len, verdict))
		return true;
	if (!is_alias(rrset) || !leads_on(qtype, rrset, place) ||
	    !alias_target(rrset, &target, &len))
		return false;
	place->keep = i + 1;
	follow(rep, i, place);
	if (!hrd_decide_query(layers, NULL, target, len, verdict))
		return false;
	/* A DNAME goes with the CNAME that it makes of the name asked for. */
	if (rrset_type(rrset) == LDNS_RR_TYPE_DNAME)
		follow(rep, i + 1, place);
	return true;
}

/* The addresses of an answer section, one after the other. */
struct addresses {
	const struct reply_info *rep;
	size_t rrset, rr;
	size_t param; /* offset in the rdata of an SVCB record where the next parameter begins */
	const uint8_t *hints; /* what is left of a parameter with addresses */
	size_t hints_len, hint_size;
	struct hrd_prefix embedded; /* the IPv4 address within a DNS64 address just given */
	bool have_embedded;
};

static void
addresses_rewind(void *ctx)
{
	struct addresses *at = ctx;
	const struct reply_info *rep = at->rep;

	memset(at, 0, sizeof(*at));
	at->rep = rep;
}

/* Gives one address; keeps the one embedded in it for the next call. */
static bool
give(struct addresses *at, const uint8_t *octets, size_t len, struct hrd_prefix *addr)
{
	at->have_embedded = len == 16 && embedded(octets, &at->embedded);
	return hrd_prefix_from_addr(addr, octets, len) == HRD_OK;
}

/* Where the parameters of SVCB rdata begin: after priority and target; 0 when it is cut short. */
static size_t
svcb_params(const uint8_t *rdata, size_t len)
{
	size_t at = 2;

	while (at < len && rdata[at] != 0) {
		if (rdata[at] > LDNS_MAX_LABELLEN)
			return 0;
		at += (size_t)rdata[at] + 1;
	}
	return at < len ? at + 1 : 0;
}

/* Moves to the next parameter of the record that holds addresses. */
static bool
next_hints(struct addresses *at, const uint8_t *rdata, size_t len)
{
	if (at->param == 0)
		at->param = svcb_params(rdata, len);
	while (at->param && at->param + 4 <= len) {
		size_t key = sldns_read_uint16(rdata + at->param);
		size_t value_len = sldns_read_uint16(rdata + at->param + 2);
		const uint8_t *value = rdata + at->param + 4;

		if (value_len > len - at->param - 4)
			return false;
		at->param += 4 + value_len;
		if (key != SVCPARAM_IPV4HINT && key != SVCPARAM_IPV6HINT)
			continue;
		at->hints = value;
		at->hints_len = value_len;
		at->hint_size = key == SVCPARAM_IPV4HINT ? 4 : 16;
		return true;
	}
	return false;
}

static void
next_record(struct addresses *at)
{
	at->rr++;
	at->param = 0;
	at->hints_len = 0;
}

/* The next address of the record at hand, or false when it has no more. */
static bool
record_next(
    struct addresses *at, uint16_t type, const uint8_t *rdata, size_t len, struct hrd_prefix *addr)
{
	if (type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA) {
		size_t size = type == LDNS_RR_TYPE_A ? 4 : 16;

		next_record(at);
		return len == size && give(at, rdata, size, addr);
	}
	while (at->hints_len == 0 || at->hints_len < at->hint_size) {
		if (!next_hints(at, rdata, len)) {
			next_record(at);
			return false;
		}
	}
	at->hints += at->hint_size;
	at->hints_len -= at->hint_size;
	return give(at, at->hints - at->hint_size, at->hint_size, addr);
}

static bool
has_addresses(uint16_t type)
{
	return type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA || type == LDNS_RR_TYPE_SVCB ||
	       type == LDNS_RR_TYPE_HTTPS;
}

static bool
addresses_next(void *ctx, struct hrd_prefix *addr)
{
	struct addresses *at = ctx;

	if (at->have_embedded) {
		at->have_embedded = false;
		*addr = at->embedded;
		return true;
	}
	while (at->rrset < at->rep->an_numrrsets) {
		const struct ub_packed_rrset_key *rrset = at->rep->rrsets[at->rrset];
		const struct packed_rrset_data *data = rrset_data(rrset);

		if (!has_addresses(rrset_type(rrset)) || at->rr >= data->count) {
			at->rrset++;
			at->rr = 0;
			at->param = 0;
			at->hints_len = 0;
			continue;
		}
		/* The first two octets of packed rdata are its length. */
		if (data->rr_len[at->rr] < 2)
			next_record(at);
		else if (record_next(at, rrset_type(rrset), data->rr_data[at->rr] + 2,
			     data->rr_len[at->rr] - 2, addr))
			return true;
	}
	return false;
}

/* An address hit answers at the last owner, after all aliases. */
static void
place_at_end(const struct reply_info *rep, struct hrd_chain_owner *place)
{
	place->keep = 0;
	for (size_t i = 0; i < rep->an_numrrsets; i++) {
		if (is_alias(rep->rrsets[i]))
			place->keep = i + 1;
	}
}

bool
hrd_chain_decide(const struct hrd_layer_list *layers, const struct query_info *query,
    const struct reply_info *rep, struct hrd_verdict *verdict, struct hrd_chain_owner *place)
{
	struct addresses at = { .rep = rep };
	struct hrd_addr_source source = { addresses_rewind, addresses_next, &at };

	hrd_chain_owner_init(place, query);
	for (size_t i = 0; i < rep->an_numrrsets; i++) {
		if (rrset_decides(layers, query->qtype, rep, i, verdict, place))
			return true;
	}
	if (!hrd_layers_have_addresses(layers))
		return false;
	if (!hrd_decide_addresses(layers, &source, verdict))
		return false;
	place_at_end(rep, place);
	return true;
}

bool
hrd_chain_listed(const struct hrd_layer_list *layers, const struct reply_info *rep)
{
	struct addresses at = { .rep = rep };
	struct hrd_addr_source source = { addresses_rewind, addresses_next, &at };
	uint8_t *target;
	size_t len;

	for (size_t i = 0; i < rep->an_numrrsets; i++) {
		struct ub_packed_rrset_key *rrset = rep->rrsets[i];

		if (hrd_question_listed(
			layers, rrset->rk.dname, rrset->rk.dname_len, rrset_type(rrset)))
			return true;
		if (is_alias(rrset) && alias_target(rrset, &target, &len) &&
		    hrd_question_listed(layers, target, len, 0))
			return true;
	}
	return hrd_layers_have_addresses(layers) && hrd_addresses_listed(layers, &source);
}

void
hrd_chain_walk_init(struct hrd_chain_walk *walk, const struct reply_info *rep)
{
	walk->rep = rep;
	walk->next = 0;
	walk->name = NULL;
	walk->len = 0;
}

bool
hrd_chain_walk_next(struct hrd_chain_walk *walk)
{
	while (walk->next < walk->rep->an_numrrsets) {
		struct ub_packed_rrset_key *rrset = walk->rep->rrsets[walk->next++];

		if (rrset_type(rrset) == LDNS_RR_TYPE_CNAME &&
		    alias_target(rrset, &walk->name, &walk->len))
			return true;
	}
	return false;
}
