/* SPDX-License-Identifier: BSD-3-Clause */
/* Questions to resolvers and their answers, octet for octet: the only code of the probe that knows
 * the form of DNS messages (RFC 1035 section 4), by ldns.
 *
 * An answer is hostile input: it is read as a whole or refused, and what of it is kept is bounded.
 * No state; any number of threads. */
#ifndef HRD_RPZGEN_PROBE_MESSAGE_H
#define HRD_RPZGEN_PROBE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"

enum {
	HRD_TYPE_HTTPS = 65,        /* RFC 9460 */
	HRD_QUERY_MAX = 512,        /* octets of a question */
	HRD_UDP_SIZE = 1232,        /* what we take in one datagram */
	HRD_MESSAGE_MAX = 65535,    /* octets of an answer */
	HRD_REPLY_RECORDS_MAX = 16, /* of the answer section; more are counted only */
	HRD_REPLY_RDATA_MAX = 256,  /* octets; longer ones are cut */
	HRD_REPLY_SOA_MAX = 4,
	HRD_REPLY_EDE_MAX = 4,
	HRD_REPLY_EDE_TEXT_MAX = 1024, /* with its NUL; longer texts are cut */
};

/* Extended DNS errors (RFC 8914 section 4) that say that a policy answered. */
enum hrd_ede_code {
	HRD_EDE_FORGED = 4,
	HRD_EDE_BLOCKED = 15,
	HRD_EDE_CENSORED = 16,
	HRD_EDE_FILTERED = 17,
};

struct hrd_dns_query {
	struct hrd_name name;
	uint16_t type;
	uint16_t id;
	bool dnssec;     /* the DO bit (RFC 3225) */
	bool structured; /* asks for the reason as JSON (draft-ietf-dnsop-structured-dns-error) */
};

/* The octets of a question with RD set; *len of them. HRD_ENOMEM. */
HRD_MUST_USE int hrd_query_write(
    const struct hrd_dns_query *query, uint8_t out[HRD_QUERY_MAX], size_t *len);

struct hrd_reply_record {
	uint16_t type;
	uint16_t len;
	uint8_t rdata[HRD_REPLY_RDATA_MAX]; /* names in it are uncompressed and lower case */
};

struct hrd_reply_soa {
	struct hrd_name owner, mname, rname;
	uint32_t serial;
	bool authority; /* where it stood; else in the additional section */
};

struct hrd_reply {
	uint16_t id;
	unsigned rcode; /* with the high bits of EDNS */
	bool truncated, recursion;
	bool has_question;
	struct hrd_name name;
	uint16_t type;
	size_t answers; /* records in the answer section */
	struct hrd_reply_record records[HRD_REPLY_RECORDS_MAX];
	size_t record_count;
	struct hrd_reply_soa soas[HRD_REPLY_SOA_MAX];
	size_t soa_count;
	struct {
		uint16_t code;
		char text[HRD_REPLY_EDE_TEXT_MAX]; /* as it came, up to a NUL in it */
	} ede[HRD_REPLY_EDE_MAX];
	size_t ede_count;
};

/* Reads a response to a standard query. HRD_EINVAL: it is none. HRD_ENOMEM. */
HRD_MUST_USE int hrd_reply_read(struct hrd_reply *out, const uint8_t *wire, size_t len);

/* True for the answer to that question: id, name, type. A refusal need not repeat the question. */
bool hrd_reply_is_for(const struct hrd_reply *reply, const struct hrd_dns_query *query);

/* True when an extended error says that a policy answered. */
bool hrd_reply_is_by_policy(const struct hrd_reply *reply);

#endif
