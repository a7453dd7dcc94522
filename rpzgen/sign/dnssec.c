/* SPDX-License-Identifier: BSD-3-Clause */
/* Canonical octets of DNSSEC and ZONEMD. */
#include <config.h>

#include "rpzgen/sign/dnssec.h"

#include <string.h>

#include <ldns/sha2.h>

#include "lib/base/bytes.h"

enum { CLASS_IN = 1, RR_FIXED = 10 };

size_t
hrd_zonemd_digest_len(uint8_t hash)
{
	switch (hash) {
	case HRD_ZONEMD_SHA384:
		return 48;
	case HRD_ZONEMD_SHA512:
		return 64;
	default:
		return 0;
	}
}

uint8_t
hrd_rrsig_labels(const struct hrd_name *owner)
{
	unsigned labels = hrd_name_labels(owner);

	return (uint8_t)(labels - (owner->wire[0] == 1 && owner->wire[1] == '*' ? 1 : 0));
}

/* Type, class, TTL and length of RDATA. */
static void
put_fixed(uint8_t out[static RR_FIXED], const struct hrd_zone_rr *rr, uint32_t ttl)
{
	hrd_put_be16(out, rr->type);
	hrd_put_be16(out + 2, CLASS_IN);
	hrd_put_be32(out + 4, ttl);
	hrd_put_be16(out + 8, rr->rdlen);
}

int
hrd_rrsig_covers(struct hrd_buffer *buffer, const uint8_t *rrsig, size_t len,
    const struct hrd_name *owner, const struct hrd_zone_rr *rrs, size_t count)
{
	uint8_t fixed[RR_FIXED];
	int status;

	buffer->len = 0;
	status = hrd_buffer_add(buffer, rrsig, len);
	for (size_t i = 0; i < count && status == HRD_OK; i++) {
		put_fixed(fixed, &rrs[i], hrd_be32(rrsig + HRD_RRSIG_TTL));
		status = hrd_buffer_add(buffer, owner->wire, owner->len);
		if (status == HRD_OK)
			status = hrd_buffer_add(buffer, fixed, sizeof(fixed));
		if (status == HRD_OK)
			status = hrd_buffer_add(buffer, rrs[i].rdata, rrs[i].rdlen);
	}
	return status;
}

/* Writes one window block without the zeros at its end; its octets. */
static size_t
put_window(uint8_t *out, unsigned window, const uint8_t block[static 32])
{
	size_t len = 32;

	while (len > 0 && block[len - 1] == 0)
		len--;
	if (len == 0)
		return 0;
	out[0] = (uint8_t)window;
	out[1] = (uint8_t)len;
	memcpy(out + 2, block, len);
	return len + 2;
}

static void
set_type(uint8_t block[static 32], uint16_t type)
{
	block[type % 256 / 8] |= (uint8_t)(0x80 >> type % 8);
}

size_t
hrd_nsec_bitmap(const struct hrd_zone_rr *rrs, size_t count, uint8_t out[static HRD_BITMAP_MAX])
{
	uint8_t block[32] = { 0 };
	unsigned window = 0;
	size_t used = 0;

	set_type(block, HRD_TYPE_RRSIG);
	set_type(block, HRD_TYPE_NSEC);
	/* The records are in the order of their types. */
	for (size_t i = 0; i < count; i++) {
		if (rrs[i].type / 256 != window) {
			used += put_window(out + used, window, block);
			memset(block, 0, sizeof(block));
			window = rrs[i].type / 256;
		}
		set_type(block, rrs[i].type);
	}
	return used + put_window(out + used, window, block);
}

/* SHA-384 is SHA-512 with another start; ldns has one context for both. */
struct digest {
	uint8_t hash;
	ldns_sha512_CTX context;
};

static void
update(struct digest *digest, const uint8_t *data, size_t len)
{
	if (digest->hash == HRD_ZONEMD_SHA384)
		ldns_sha384_update(&digest->context, data, len);
	else
		ldns_sha512_update(&digest->context, data, len);
}

static bool
is_excluded(const struct hrd_zone_rr *rr)
{
	return rr->type == HRD_TYPE_ZONEMD ||
	       (rr->type == HRD_TYPE_RRSIG && rr->rdlen >= 2 &&
		   hrd_be16(rr->rdata + HRD_RRSIG_COVERED) == HRD_TYPE_ZONEMD);
}

void
hrd_zonemd_digest(
    const struct hrd_zonedata *zone, uint8_t hash, uint8_t out[static HRD_ZONEMD_DIGEST_MAX])
{
	struct digest digest = { .hash = hash };
	uint8_t fixed[RR_FIXED];
	struct hrd_name owner;

	if (hash == HRD_ZONEMD_SHA384)
		ldns_sha384_init(&digest.context);
	else
		ldns_sha512_init(&digest.context);
	for (size_t o = 0; o < zone->owner_count; o++) {
		hrd_zonedata_owner(zone, o, &owner);
		for (size_t i = zone->owners[o]; i < zone->owners[o + 1]; i++) {
			const struct hrd_zone_rr *rr = &zone->rrs[i];

			/* The apex comes first. */
			if (o == 0 && is_excluded(rr))
				continue;
			put_fixed(fixed, rr, rr->ttl);
			update(&digest, owner.wire, owner.len);
			update(&digest, fixed, sizeof(fixed));
			update(&digest, rr->rdata, rr->rdlen);
		}
	}
	if (hash == HRD_ZONEMD_SHA384)
		ldns_sha384_final(out, &digest.context);
	else
		ldns_sha512_final(out, &digest.context);
}
