/* SPDX-License-Identifier: BSD-3-Clause */
/* Records in the packed layout of the host, made in a region. Threads: whoever owns the region.
 * What is given lives as long as it and points into nothing else. */
#ifndef HRD_MODULE_QUERY_RRSET_H
#define HRD_MODULE_QUERY_RRSET_H

#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/policy/policy.h"
#include "module/host/host.h"

/* An owner in wire form; copied. */
struct hrd_owner {
	const uint8_t *wire;
	size_t len;
};

/* An rrset of one record; rdata without its length. NULL: out of memory. */
struct ub_packed_rrset_key *hrd_rrset_single(struct regional *region, const struct hrd_owner *owner,
    uint16_t type, uint32_t ttl, const uint8_t *rdata, size_t len);

/* All records of one type of a local-data rule; there must be one. NULL: out of memory. */
struct ub_packed_rrset_key *hrd_rrset_local(struct regional *region, const struct hrd_owner *owner,
    const struct hrd_policy *policy, uint32_t data, uint16_t type);

/* The SOA of a negative answer. NULL: out of memory. */
struct ub_packed_rrset_key *hrd_rrset_soa(struct regional *region, const struct hrd_owner *owner,
    const struct hrd_policy_info *info, uint32_t ttl);

#endif
