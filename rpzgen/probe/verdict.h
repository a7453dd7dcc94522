/* SPDX-License-Identifier: BSD-3-Clause */
/* From answers to verdicts: what one answer shows, what that means for a name, what all names mean
 * for a server, and which cause the pattern of the leaks suggests.
 *
 * A name that does not exist is no block: a negative answer with the SOA of the name's own zone
 * (RFC 2308) came from that zone, so the question got out. A policy answers without an SOA, with
 * the one of its own zone, or says so by an extended error. Pure functions; any number of threads.
 */
#ifndef HRD_RPZGEN_PROBE_VERDICT_H
#define HRD_RPZGEN_PROBE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rules/rules.h"
#include "rpzgen/probe/message.h"

/* What came back for one question. */
enum hrd_seen {
	HRD_SEEN_NOTHING, /* it was not asked */
	HRD_SEEN_NO_ANSWER,
	HRD_SEEN_UNREACHABLE,
	HRD_SEEN_REFUSED,  /* REFUSED, NOTAUTH: this client is not served */
	HRD_SEEN_FAILURE,  /* SERVFAIL and other codes */
	HRD_SEEN_NXDOMAIN, /* without the SOA of the name's zone */
	HRD_SEEN_NODATA,   /* likewise */
	HRD_SEEN_GONE,     /* NXDOMAIN of the name's own zone */
	HRD_SEEN_EMPTY,    /* no data of the type, by the name's own zone */
	HRD_SEEN_DATA,
	HRD_SEEN_LOCAL, /* the records of the rule */
	HRD_SEEN_SINK,  /* other data that a policy put there */
	HRD_SEEN_TRUNCATED,
};

/* How a name is asked for. */
enum hrd_probe_form {
	HRD_FORM_CONTROL,   /* a name that must resolve */
	HRD_FORM_BEACON,    /* the policy's own name */
	HRD_FORM_NAME,      /* the name of a rule */
	HRD_FORM_SUBDOMAIN, /* a random name below it */
	HRD_FORM_KNOWN,     /* a name that is in use there */
};
extern const char *const hrd_probe_form_words[];

/* The questions about one name. */
enum { HRD_VARIANTS = 7 };
struct hrd_variant {
	const char *word; /* "A", "A+DO", "A over TCP" */
	uint16_t type;
	bool dnssec, tcp;
};
extern const struct hrd_variant hrd_variant_table[HRD_VARIANTS];
enum {
	HRD_VARIANT_A,
	HRD_VARIANT_AAAA,
	HRD_VARIANT_HTTPS,
	HRD_VARIANT_TXT,
	HRD_VARIANT_DNSSEC,
	HRD_VARIANT_TCP,
	HRD_VARIANT_NS
};

/* What a rule wants: NONE for a control name. The records of local data are those of the rule. */
struct hrd_expected {
	enum hrd_action action;
	const struct hrd_ruleset *set; /* or NULL */
	size_t rule;                   /* of the trigger QNAME */
};

/* By which SOA records a policy is known: that of its zone, or one that the module makes for a
 * negative answer, at the listed name, with the fields of the policy. NULL: not known. */
struct hrd_policy_mark {
	const struct hrd_name *apex, *mname, *rname;
};
bool hrd_is_policy_soa(const struct hrd_reply_soa *soa, const struct hrd_policy_mark *mark);

/* What an answer shows. */
enum hrd_seen hrd_see(const struct hrd_reply *reply, const struct hrd_dns_query *query,
    const struct hrd_policy_mark *mark, const struct hrd_expected *expected);

/* A name's verdict. */
enum hrd_name_verdict {
	HRD_NAME_ENFORCED,
	HRD_NAME_OBSERVED, /* as declared: only counted */
	HRD_NAME_EXEMPT,   /* as declared: let through */
	HRD_NAME_UNKNOWN,
	HRD_NAME_WRONG, /* kept from its answer, but by another action, or although it is exempt */
	HRD_NAME_LEAKING,
};
enum { HRD_NAME_VERDICTS = 6 };
extern const char *const hrd_name_verdict_words[];

/* What one answer means for the rule. stream: it came over TCP or TLS. */
enum hrd_name_verdict hrd_judge_answer(enum hrd_action expected, enum hrd_seen seen, bool stream);

/* What all of them mean: the worst. seen: HRD_VARIANTS of them; those not asked count for nothing,
 * nor does a TCP port that is closed. tls: all came over TLS. */
enum hrd_name_verdict hrd_judge_name(enum hrd_action expected, const uint8_t *seen, bool tls);

/* What the leaks of a server have in common. */
struct hrd_pattern {
	size_t names, leaking;                 /* names that are to be blocked */
	size_t forms[5], leaking_forms[5];     /* the same by enum hrd_probe_form */
	size_t below, leaking_below;           /* those that a wildcard covers */
	size_t answers, leaking_answers;       /* of all their questions */
	size_t leaking_variants[HRD_VARIANTS]; /* answers that leak */
	size_t asked_variants[HRD_VARIANTS];
};

/* Counts a name in. below: a wildcard decides about it. */
void hrd_pattern_add(struct hrd_pattern *pattern, enum hrd_probe_form form, bool below,
    enum hrd_action expected, const uint8_t *seen, bool tls);

/* The likely cause of the leaks; NULL when there are none. beacon: the policy's own name was
 * answered by it. The text is in out. */
enum { HRD_CAUSE_MAX = 256 };
const char *hrd_pattern_cause(
    const struct hrd_pattern *pattern, bool beacon, char out[HRD_CAUSE_MAX]);

/* A server's verdict. */
enum hrd_server_verdict {
	HRD_SERVER_ENFORCED,
	HRD_SERVER_LEAKING,
	HRD_SERVER_WRONG_ACTION,
	HRD_SERVER_STALE,
	HRD_SERVER_BROKEN,
	HRD_SERVER_INCONCLUSIVE,
};
enum { HRD_SERVER_VERDICTS = 6 };
extern const char *const hrd_server_verdict_words[];

struct hrd_server_facts {
	bool answered;       /* anything at all, in DNS */
	bool served;         /* not only refusals and failures */
	bool given_up;       /* it was not asked everything */
	size_t controls_bad; /* control names that do not resolve */
	size_t names[HRD_NAME_VERDICTS];
	bool all_leak;    /* every name that is to be blocked */
	bool data_leaked; /* there is a name that is to be blocked and has data */
	bool older;       /* its serial is older than the one that is current */
};
enum hrd_server_verdict hrd_judge_server(const struct hrd_server_facts *facts);

#endif
