/* SPDX-License-Identifier: BSD-3-Clause */
/* The canonical line of a rule: RPZ text relative to the apex, one record a line.
 *
 *   deepseek.com CNAME .
 *   *.deepseek.com CNAME .
 *   24.0.2.0.192.rpz-client-ip CNAME rpz-drop.
 *   www.example 300 A 192.0.2.1
 *
 * The same lines make a zone (rpzgen build, dump) and the rule digest: BLAKE2b-256 over the lines
 * of all rules that act (not observe, not STOP), each ended by LF, in rule-set order
 * (lib/rules/rules.h). So rpzgen dump F.policy | grep -v '^[;$@]' | b2sum -l 256 gives the digest
 * of the header. A record of local data has its TTL, the other actions have none. RDATA is
 * printed by type for A, AAAA, CNAME, PTR, MX, TXT, SRV and in the form of RFC 3597 (\# n hex) for
 * all others.
 *
 * Pure but for the sink, which the calling thread runs; a sealed set may be printed by many threads
 * at once. Errors are those of the sink. */
#ifndef HRD_LIB_RULES_DUMP_H
#define HRD_LIB_RULES_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"

/* A record can take 64 Ki octets of RDATA, so lines go to a sink piecewise; a sink returns HRD_OK
 * or the error that ends the dump. */
typedef int hrd_sink_fn(void *ctx, const char *text, size_t len);

/* A rule to print. Local data: rr(rr_ctx, n, &out) gives the n-th record, false past the end. */
struct hrd_dump_rule {
	enum hrd_trigger trigger;
	bool wildcard;
	const struct hrd_name *name;     /* name triggers */
	const struct hrd_prefix *prefix; /* IP triggers */
	enum hrd_action action;
	bool (*rr)(
	    const void *ctx, size_t n, struct hrd_rr *out); /* local data; false past the end */
	const void *rr_ctx;
	bool portable; /* names as hrd_name_to_portable_text() has them: no line of the digest */
};

/* All lines of one rule: one for a plain action, one a record for local data, none for what does
 * not act (none, observe, STOP). */
HRD_MUST_USE int hrd_dump_rule(const struct hrd_dump_rule *rule, hrd_sink_fn *sink, void *ctx);

/* The owner of a rule as relative text ("*.x", "24.0.2.0.192.rpz-ip"); returns its length. */
enum { HRD_OWNER_TEXT_MAX = 1100 };
size_t hrd_dump_owner(const struct hrd_dump_rule *rule, char text[HRD_OWNER_TEXT_MAX]);

/* The same of a rule. */
void hrd_dump_owner_of(const struct hrd_rule *rule, char owner[HRD_OWNER_TEXT_MAX]);

/* The parts of a line that a rule gives: all but its records, and not portable. line points into
 * *rule. */
void hrd_dump_use_rule(struct hrd_dump_rule *line, const struct hrd_rule *rule);

/* Which rule of a sealed set: the caller sets the first three members. */
struct hrd_dump_source {
	const struct hrd_ruleset *set;
	enum hrd_trigger trigger;
	size_t i;             /* below hrd_rules_count_of(set, trigger) */
	struct hrd_rule rule; /* what the line points into */
};

/* Fills line, which points into *from and is valid until *from changes or the set is freed. */
void hrd_dump_of_set(struct hrd_dump_source *from, struct hrd_dump_rule *line);

/* Type and RDATA of one record as such a line has them: "A 192.0.2.1". */
HRD_MUST_USE int hrd_dump_data(const struct hrd_rr *rr, hrd_sink_fn *sink, void *ctx);

/* True for a record that such a line has in the form of RFC 3597: of most types, and of the others
 * where their own form cannot show it. */
bool hrd_dump_is_generic(const struct hrd_rr *rr);

/* The lines of all rules of a sealed set, in order. */
HRD_MUST_USE int hrd_dump_all(const struct hrd_ruleset *set, hrd_sink_fn *sink, void *ctx);

/* The rule digest of a sealed set: 32 octets. */
void hrd_dump_digest(const struct hrd_ruleset *set, uint8_t *digest);

#endif
