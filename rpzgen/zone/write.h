/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy zones written: the plain form that BIND, PowerDNS Recursor, Knot Resolver and Unbound
 * load.
 *
 * First the SOA, then one NS, then the rules that act, one record a line (lib/rules/dump.h):
 * sorted, unique, in lower case, with nothing else at the apex. Observe rules and STOP entries
 * have no form in a zone and are left out. The zone compiled again gives the same rule digest.
 * Names have no octet that a server takes only escaped, unless the lines are asked for as they are.
 *
 * One thread for each writer; rules and info are borrowed. */
#ifndef HRD_RPZGEN_ZONE_WRITE_H
#define HRD_RPZGEN_ZONE_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "lib/name/action.h"
#include "lib/policy/policy.h"
#include "lib/rules/dump.h"
#include "lib/rules/rules.h"

struct hrd_zone_writer {
	FILE *out;
	const struct hrd_name *apex;
	bool floating;    /* without $ORIGIN: the server that loads the zone gives it its name */
	bool canonical;   /* lines as the rule digest has them; else as every server reads them */
	uint32_t minimum; /* SOA minimum in seconds; 0 = the TTL of the policy */
	/* Told each rule whose owner would be over 255 octets with the apex (RFC 1035 2.3.4): it
	 * cannot be in this zone and is left out. May be NULL. */
	void (*too_long)(void *ctx, const char *owner);
	void *ctx;
	uint64_t rules;    /* written */
	uint64_t observed; /* left out */
	uint64_t stops;    /* left out */
	uint64_t omitted;  /* too long */
};

/* Octets of the owner in wire form below the apex, no root label counted: "*.x", "x.rpz-nsdname".
 */
size_t hrd_zone_owner_octets(const struct hrd_dump_rule *rule);

/* The head of the zone: comments that say what it is, $ORIGIN, $TTL, SOA and NS. HRD_EIO with errno
 * set, as the three below; what stdio still holds may fail at fflush() or fclose(). */
HRD_MUST_USE int hrd_zone_write_head(
    struct hrd_zone_writer *writer, const struct hrd_policy_info *info);

/* One rule. HRD_EIO with errno set. */
HRD_MUST_USE int hrd_zone_write_rule(
    struct hrd_zone_writer *writer, const struct hrd_dump_rule *rule);

/* All rules of one trigger of a sealed set, or of all triggers of an image. */
HRD_MUST_USE int hrd_zone_write_set(
    struct hrd_zone_writer *writer, const struct hrd_ruleset *set, enum hrd_trigger trigger);
HRD_MUST_USE int hrd_zone_write_policy(
    struct hrd_zone_writer *writer, const struct hrd_policy *policy);

/* The beacon (lib/policy/beacon.h), behind the rules: which of it is in the zone is no rule. text:
 * as hrd_beacon_text() gives it; "" writes nothing. */
HRD_MUST_USE int hrd_zone_write_beacon(struct hrd_zone_writer *writer, const char *text);

/* The rule digest that the rules of an image have (lib/rules/dump.h), whatever its header says. */
void hrd_zone_policy_digest(const struct hrd_policy *policy, uint8_t digest[HRD_RULE_DIGEST_LEN]);

#endif
