/* SPDX-License-Identifier: BSD-3-Clause */
/* DNS messages by ldns. */
#include <config.h>

#include "rpzgen/probe/message.h"

#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "lib/base/bytes.h"
#include "lib/name/rdata.h"

enum {
	EDE_OPTION = 15,        /* RFC 8914 */
	STRUCTURED_OPTION = 26, /* IANA, DNS EDNS0 Option Codes */
	OPTION_HEAD = 4,        /* code and length (RFC 6891 6.1.2) */
	FORMERR_OCTETS = 12,    /* of a header alone */
};

static bool
add_option(ldns_pkt *packet)
{
	static const uint8_t option[OPTION_HEAD] = { 0, STRUCTURED_OPTION, 0, 0 };
	ldns_rdf *data = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, sizeof(option), option);

	if (data != NULL)
		ldns_pkt_set_edns_data(packet, data);
	return data != NULL;
}

int
hrd_query_write(const struct hrd_dns_query *query, uint8_t out[HRD_QUERY_MAX], size_t *len)
{
	ldns_rdf *name = ldns_dname_new_frm_data(query->name.len, query->name.wire);
	ldns_pkt *packet = NULL;
	uint8_t *wire = NULL;
	size_t size = 0;
	bool good = false;

	if (name != NULL)
		packet =
		    ldns_pkt_query_new(name, (ldns_rr_type)query->type, LDNS_RR_CLASS_IN, LDNS_RD);
	if (packet != NULL) {
		ldns_pkt_set_id(packet, query->id);
		ldns_pkt_set_edns_udp_size(packet, HRD_UDP_SIZE);
		ldns_pkt_set_edns_do(packet, query->dnssec);
		good = (!query->structured || add_option(packet)) &&
		       ldns_pkt2wire(&wire, packet, &size) == LDNS_STATUS_OK &&
		       size <= HRD_QUERY_MAX;
	} else {
		ldns_rdf_deep_free(name);
	}
	if (good) {
		memcpy(out, wire, size);
		*len = size;
	}
	free(wire);
	ldns_pkt_free(packet);
	return good ? HRD_OK : HRD_ENOMEM;
}

static bool
take_name(struct hrd_name *out, const ldns_rdf *rdf)
{
	return rdf != NULL &&
	       hrd_name_from_wire(out, ldns_rdf_data(rdf), ldns_rdf_size(rdf)) == HRD_OK;
}

/* RDATA as it would be on the wire, uncompressed. */
static void
take_record(struct hrd_reply *out, const ldns_rr *rr)
{
	struct hrd_reply_record *record = &out->records[out->record_count];

	record->type = (uint16_t)ldns_rr_get_type(rr);
	record->len = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		size_t room = sizeof(record->rdata) - record->len, size = ldns_rdf_size(rdf);

		if (size > room)
			return;
		if (size > 0) /* else there is no data either */
			memcpy(record->rdata + record->len, ldns_rdf_data(rdf), size);
		record->len = (uint16_t)(record->len + size);
	}
	if (hrd_rdata_has_layout(record->type, record->rdata, record->len))
		hrd_rdata_lower(record->type, record->rdata, record->len);
	out->record_count++;
}

static void
take_soa(struct hrd_reply *out, const ldns_rr *rr, bool authority)
{
	struct hrd_reply_soa *soa = &out->soas[out->soa_count];

	if (out->soa_count == HRD_REPLY_SOA_MAX || ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA ||
	    ldns_rr_rd_count(rr) != 7 || ldns_rdf_size(ldns_rr_rdf(rr, 2)) != 4 ||
	    !take_name(&soa->owner, ldns_rr_owner(rr)) ||
	    !take_name(&soa->mname, ldns_rr_rdf(rr, 0)) ||
	    !take_name(&soa->rname, ldns_rr_rdf(rr, 1)))
		return;
	soa->serial = hrd_be32(ldns_rdf_data(ldns_rr_rdf(rr, 2)));
	soa->authority = authority;
	out->soa_count++;
}

static void
take_ede(struct hrd_reply *out, const uint8_t *data, size_t len)
{
	if (len < 2 || out->ede_count == HRD_REPLY_EDE_MAX)
		return;
	out->ede[out->ede_count].code = hrd_be16(data);
	data += 2;
	len -= 2;
	if (len > HRD_REPLY_EDE_TEXT_MAX - 1)
		len = HRD_REPLY_EDE_TEXT_MAX - 1;
	memcpy(out->ede[out->ede_count].text, data, len);
	out->ede[out->ede_count++].text[len] = '\0';
}

static void
take_options(struct hrd_reply *out, const ldns_pkt *packet)
{
	const ldns_rdf *options = ldns_pkt_edns_data(packet);
	const uint8_t *at = options != NULL ? ldns_rdf_data(options) : NULL;
	size_t left = options != NULL ? ldns_rdf_size(options) : 0;

	while (left >= OPTION_HEAD) {
		size_t len = hrd_be16(at + 2);

		if (len > left - OPTION_HEAD)
			return;
		if (hrd_be16(at) == EDE_OPTION)
			take_ede(out, at + OPTION_HEAD, len);
		at += OPTION_HEAD + len;
		left -= OPTION_HEAD + len;
	}
}

static bool
take_question(struct hrd_reply *out, const ldns_pkt *packet)
{
	const ldns_rr_list *question = ldns_pkt_question(packet);
	const ldns_rr *rr = ldns_rr_list_rr(question, 0);

	if (ldns_rr_list_rr_count(question) == 0)
		return true;
	out->has_question = true;
	out->type = (uint16_t)ldns_rr_get_type(rr);
	return ldns_rr_list_rr_count(question) == 1 && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       take_name(&out->name, ldns_rr_owner(rr));
}

static bool
take_packet(struct hrd_reply *out, const ldns_pkt *packet)
{
	const ldns_rr_list *answer = ldns_pkt_answer(packet);
	const ldns_rr_list *authority = ldns_pkt_authority(packet);
	const ldns_rr_list *additional = ldns_pkt_additional(packet);

	if (!ldns_pkt_qr(packet) || ldns_pkt_get_opcode(packet) != LDNS_PACKET_QUERY ||
	    !take_question(out, packet))
		return false;
	out->id = ldns_pkt_id(packet);
	out->rcode = (unsigned)ldns_pkt_get_rcode(packet) |
		     (unsigned)ldns_pkt_edns_extended_rcode(packet) << 4;
	out->truncated = ldns_pkt_tc(packet);
	out->recursion = ldns_pkt_ra(packet);
	out->answers = ldns_rr_list_rr_count(answer);
	for (size_t i = 0; i < out->answers && i < HRD_REPLY_RECORDS_MAX; i++)
		take_record(out, ldns_rr_list_rr(answer, i));
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++)
		take_soa(out, ldns_rr_list_rr(authority, i), true);
	for (size_t i = 0; i < ldns_rr_list_rr_count(additional); i++)
		take_soa(out, ldns_rr_list_rr(additional, i), false);
	take_options(out, packet);
	return true;
}

int
hrd_reply_read(struct hrd_reply *out, const uint8_t *wire, size_t len)
{
	ldns_pkt *packet = NULL;
	ldns_status status;
	bool good;

	memset(out, 0, sizeof(*out));
	if (len < FORMERR_OCTETS)
		return HRD_EINVAL;
	status = ldns_wire2pkt(&packet, wire, len);
	if (status == LDNS_STATUS_MEM_ERR)
		return HRD_ENOMEM;
	if (status != LDNS_STATUS_OK)
		return HRD_EINVAL;
	good = take_packet(out, packet);
	ldns_pkt_free(packet);
	return good ? HRD_OK : HRD_EINVAL;
}

bool
hrd_reply_is_for(const struct hrd_reply *reply, const struct hrd_dns_query *query)
{
	if (reply->id != query->id)
		return false;
	if (!reply->has_question)
		return reply->rcode != LDNS_RCODE_NOERROR && reply->rcode != LDNS_RCODE_NXDOMAIN;
	return reply->type == query->type && hrd_name_cmp(&reply->name, &query->name) == 0;
}

bool
hrd_reply_is_by_policy(const struct hrd_reply *reply)
{
	for (size_t i = 0; i < reply->ede_count; i++) {
		unsigned code = reply->ede[i].code;

		if (code == HRD_EDE_FORGED || (code >= HRD_EDE_BLOCKED && code <= HRD_EDE_FILTERED))
			return true;
	}
	return false;
}
