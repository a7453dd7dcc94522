/* SPDX-License-Identifier: BSD-3-Clause */
/* Records in the packed layout of the host. */
#include <config.h>

#include "module/query/rrset.h"

#include <arpa/inet.h>
#include <string.h>

/* SOA timers that only a secondary would read (RIPE-203 has the like). */
enum { SOA_REFRESH = 3600, SOA_RETRY = 600, SOA_EXPIRE = 604800 };

/* The key and, behind it in one block, room for `count` records of `rdata_len` octets in all, their
 * lengths included. rr_len is set by the caller before pack(). */
static struct ub_packed_rrset_key *
rrset_new(struct regional *region, const struct hrd_owner *owner, uint16_t type, size_t count,
    size_t rdata_len)
{
	struct ub_packed_rrset_key *key = regional_alloc_zero(region, sizeof(*key));
	struct packed_rrset_data *data;
	size_t size = sizeof(*data) +
		      count * (sizeof(size_t) + sizeof(uint8_t *) + sizeof(time_t)) + rdata_len;

	data = regional_alloc_zero(region, size);
	if (key == NULL || data == NULL)
		return NULL;
	key->rk.dname = regional_alloc_init(region, owner->wire, owner->len);
	if (key->rk.dname == NULL)
		return NULL;
	key->rk.dname_len = owner->len;
	key->rk.type = htons(type);
	key->rk.rrset_class = htons(LDNS_RR_CLASS_IN);
	key->entry.key = key;
	key->entry.data = data;
	key->entry.hash = rrset_key_hash(&key->rk);
	data->count = count;
	data->trust = rrset_trust_ultimate;
	data->security = sec_status_insecure;
	data->rr_len = (size_t *)(data + 1);
	return key;
}

static void
put_record(struct packed_rrset_data *data, size_t i, const uint8_t *rdata, size_t len, uint32_t ttl)
{
	sldns_write_uint16(data->rr_data[i], (uint16_t)len);
	if (len)
		memcpy(data->rr_data[i] + 2, rdata, len);
	data->rr_ttl[i] = (time_t)ttl;
	if (i == 0 || data->ttl > (time_t)ttl)
		data->ttl = (time_t)ttl;
}

struct ub_packed_rrset_key *
hrd_rrset_single(struct regional *region, const struct hrd_owner *owner, uint16_t type,
    uint32_t ttl, const uint8_t *rdata, size_t len)
{
	struct ub_packed_rrset_key *key = rrset_new(region, owner, type, 1, len + 2);
	struct packed_rrset_data *data;

	if (key == NULL)
		return NULL;
	data = key->entry.data;
	data->rr_len[0] = len + 2;
	packed_rrset_ptr_fixup(data);
	put_record(data, 0, rdata, len, ttl);
	return key;
}

/* Counts the records of the type and their octets. */
static size_t
measure(const struct hrd_policy *policy, uint32_t index, uint16_t type, size_t *octets)
{
	struct hrd_rr rr;
	size_t count = 0;

	*octets = 0;
	for (size_t n = 0; hrd_policy_rr(policy, index, n, &rr); n++) {
		if (rr.type != type)
			continue;
		count++;
		*octets += (size_t)rr.rdlen + 2;
	}
	return count;
}

struct ub_packed_rrset_key *
hrd_rrset_local(struct regional *region, const struct hrd_owner *owner,
    const struct hrd_policy *policy, uint32_t index, uint16_t type)
{
	size_t octets, i = 0;
	size_t count = measure(policy, index, type, &octets);
	struct ub_packed_rrset_key *key = rrset_new(region, owner, type, count, octets);
	struct packed_rrset_data *data;
	struct hrd_rr rr;

	if (key == NULL || count == 0)
		return NULL;
	data = key->entry.data;
	for (size_t n = 0; hrd_policy_rr(policy, index, n, &rr); n++) {
		if (rr.type == type)
			data->rr_len[i++] = (size_t)rr.rdlen + 2;
	}
	packed_rrset_ptr_fixup(data);
	i = 0;
	for (size_t n = 0; hrd_policy_rr(policy, index, n, &rr); n++) {
		if (rr.type == type)
			put_record(data, i++, rr.rdata, rr.rdlen, rr.ttl);
	}
	return key;
}

struct ub_packed_rrset_key *
hrd_rrset_soa(struct regional *region, const struct hrd_owner *owner,
    const struct hrd_policy_info *info, uint32_t ttl)
{
	uint8_t rdata[2 * HRD_NAME_MAX + 20];
	const uint32_t numbers[] = { info->serial, SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, ttl };
	size_t len = 0;

	memcpy(rdata, info->mname.wire, info->mname.len);
	len += info->mname.len;
	memcpy(rdata + len, info->rname.wire, info->rname.len);
	len += info->rname.len;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++, len += 4)
		sldns_write_uint32(rdata + len, numbers[i]);
	return hrd_rrset_single(region, owner, LDNS_RR_TYPE_SOA, ttl, rdata, len);
}
