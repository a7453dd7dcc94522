/* SPDX-License-Identifier: BSD-3-Clause */
/* Signs a zone.
 *
 * Signatures of all keys used here have 64 octets, so every RRSIG of a zone has RDATA of one length
 * and they lie in one block, in the order of the RRsets: threads fill it without asking each
 * other. */
#include <config.h>

#include "rpzgen/sign/sign.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/name/rdata.h"
#include "rpzgen/base/parallel.h"
#include "rpzgen/base/psl.h"
#include "rpzgen/sign/dnssec.h"

enum { SIGNATURE_LEN = 64, COVERED_MAX = 64 << 20 };

struct signers {
	struct hrd_zonekey *const *keys;
	size_t count;
};

struct signing {
	struct hrd_zonedata *zone;
	struct signers anchors; /* what consumers trust: they sign the DNSKEYs */
	struct signers data;    /* they sign all else; the same where there is one key */
	struct hrd_zonekey *split[HRD_ZONE_ALGORITHMS]; /* data, where there are more */
	const struct hrd_zonesign *how;
	struct hrd_zone_rr *nsecs; /* one an owner */
	size_t *sets;              /* RRsets before each owner, its NSEC counted */
	size_t rrsig_len;          /* octets of RDATA */
	size_t dnskey_set;         /* the RRset of the DNSKEYs, by number */
	uint8_t *rrsigs;           /* those of data for each RRset, then those of the DNSKEYs */
};

static bool
refuse(const struct hrd_zonedata *zone, size_t rr, const char *file, struct hrd_diag *diag,
    const char *why)
{
	struct hrd_position place = { file, 0, 0 };
	char text[HRD_NAME_TEXT_MAX] = "";
	struct hrd_name owner;

	if (hrd_key_to_name(&owner, zone->rrs[rr].key, zone->rrs[rr].key_len) == HRD_OK)
		hrd_name_to_text(&owner, text);
	hrd_diag(diag, HRD_ERROR, &place, "sign-zone", "%s: %s", text, why);
	return false;
}

/* Octets of an RRset as a signature covers it, with the owner in front of each record. */
static size_t
octets_of(const struct hrd_zonedata *zone, size_t first, size_t count)
{
	enum { HEADER = 10 };
	struct hrd_name owner;
	size_t octets = 0;

	hrd_zone_rr_owner(zone, &zone->rrs[first], &owner);
	for (size_t i = first; i < first + count; i++)
		octets += owner.len + HEADER + zone->rrs[i].rdlen;
	return octets;
}

static bool
judge_rrset(const struct hrd_zonedata *zone, size_t first, bool apex, const char *file,
    struct hrd_diag *diag)
{
	uint16_t type = zone->rrs[first].type;
	size_t count = hrd_zonedata_rrset(zone, first);

	if (!apex && (type == HRD_TYPE_NS || type == HRD_TYPE_DS || type == HRD_TYPE_DNAME))
		return refuse(zone, first, file, diag,
		    "NS, DS or DNAME below the apex makes a zone cut, which a "
		    "policy zone cannot have");
	if (apex && type != HRD_TYPE_NS && type != HRD_TYPE_SOA)
		return refuse(zone, first, file, diag,
		    "only SOA and NS belong to the apex of a policy zone; take the others out");
	if (count > HRD_RRSET_MAX)
		return refuse(zone, first, file, diag, "over 1024 records of one type");
	if (octets_of(zone, first, count) > HRD_RRSET_OCTETS_MAX)
		return refuse(zone, first, file, diag,
		    "the records of one type have over 65535 octets, which fit no message; give "
		    "the name fewer or shorter ones");
	return true;
}

static bool
has_address(const struct hrd_zonedata *zone, const struct hrd_name *name)
{
	struct hrd_key key;

	hrd_key_from_name(&key, name);
	for (size_t i = 0; i < zone->count; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if ((rr->type == HRD_TYPE_A || rr->type == HRD_TYPE_AAAA) &&
		    rr->key_len == key.len && memcmp(rr->key, key.octets, key.len) == 0)
			return true;
	}
	return false;
}

/* Wherever in the file a name server of the zone stands: BIND and Knot DNS want its address. */
static bool
judge_servers(const struct hrd_zonedata *zone, const char *file, struct hrd_diag *diag)
{
	struct hrd_position place = { file, 0, 0 };
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name server;

	/* Below the root is everything; who signs it is told of that. */
	for (size_t i = 0; i < zone->owners[1] && zone->head.apex.len > 1; i++) {
		const struct hrd_zone_rr *rr = &zone->rrs[i];

		if (rr->type != HRD_TYPE_NS ||
		    hrd_name_from_wire(&server, rr->rdata, rr->rdlen) != HRD_OK ||
		    !hrd_name_is_at_or_below(&server, &zone->head.apex) ||
		    has_address(zone, &server))
			continue;
		hrd_name_to_text(&server, text);
		hrd_diag(diag, HRD_ERROR, &place, "zone-ns-address",
		    "the name server %s lies in the zone and has no address there; BIND does not "
		    "load such a zone, write \"NS localhost.\"",
		    text);
		return false;
	}
	return true;
}

/* A key without its escapes, which is the form in which Knot DNS orders names: there the octet 0
 * within a label is not told from the end of a label. */
static size_t
unescape(const struct hrd_zone_rr *rr, uint8_t out[static HRD_KEY_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < rr->key_len; i++)
		out[n++] = rr->key[i] == 1 ? (uint8_t)(rr->key[++i] - 1) : rr->key[i];
	return n;
}

/* Whether Knot DNS, too, has an owner before the one that follows it. Nearly no key has escapes. */
static bool
is_ordered_by_knot(const struct hrd_zone_rr *a, const struct hrd_zone_rr *b)
{
	uint8_t left[HRD_KEY_MAX], right[HRD_KEY_MAX];
	size_t left_len, right_len;
	int order;

	if (memchr(a->key, 1, a->key_len) == NULL && memchr(b->key, 1, b->key_len) == NULL)
		return true;
	left_len = unescape(a, left);
	right_len = unescape(b, right);
	order = memcmp(left, right, left_len < right_len ? left_len : right_len);
	return order != 0 ? order < 0 : left_len < right_len;
}

static bool
judge_order(const struct hrd_zonedata *zone, const char *file, struct hrd_diag *diag)
{
	for (size_t o = 1; o < zone->owner_count; o++) {
		const struct hrd_zone_rr *rr = &zone->rrs[zone->owners[o]];

		if (!is_ordered_by_knot(&zone->rrs[zone->owners[o - 1]], rr))
			return refuse(zone, zone->owners[o], file, diag,
			    "Knot DNS takes the octet 0 within a label for its end, so it has this "
			    "name before another one and refuses the signed zone; leave out the "
			    "names with \\000, which nobody looks up");
	}
	return true;
}

bool
hrd_zonesign_judge_apex(const struct hrd_name *apex, const char *file, struct hrd_diag *diag)
{
	struct hrd_position place = { file, 0, 0 };
	struct hrd_psl *psl = hrd_psl_new();
	bool wildcard = apex->wire[0] == 1 && apex->wire[1] == '*';
	bool good = psl != NULL && apex->len > 1 && !hrd_psl_is_listed(psl, apex) && !wildcard;

	if (wildcard)
		hrd_diag(diag, HRD_ERROR, &place, "sign-apex",
		    "the apex is a wildcard: BIND does not load such a zone; give the zone a name "
		    "of your own, as \"policy.rpz\"");
	else if (psl == NULL)
		hrd_diag_system(diag, "Public Suffix List", 0);
	else if (!good)
		hrd_diag(diag, HRD_ERROR, &place, "sign-apex",
		    "the apex is %s: a server with the zone would be authoritative for it; give "
		    "the zone a name of your own, as \"policy.rpz\"",
		    apex->len > 1 ? "a public suffix" : "the root");
	hrd_psl_free(psl);
	return good;
}

bool
hrd_zonesign_prepare(struct hrd_zonedata *zone, const char *file, struct hrd_diag *diag)
{
	struct hrd_position place = { file, 0, 0 };

	hrd_zonedata_strip(zone);
	if (hrd_zonedata_sort(zone) != HRD_OK) {
		hrd_diag_nomem(diag);
		return false;
	}
	if (hrd_zonedata_soa(zone) == NULL) {
		hrd_diag(
		    diag, HRD_ERROR, &place, "sign-zone", "there must be one SOA, at the apex");
		return false;
	}
	for (size_t o = 0; o < zone->owner_count; o++) {
		for (size_t i = zone->owners[o]; i < zone->owners[o + 1];
		     i += hrd_zonedata_rrset(zone, i)) {
			if (!judge_rrset(zone, i, o == 0, file, diag))
				return false;
		}
	}
	return judge_servers(zone, file, diag) && judge_order(zone, file, diag);
}

/* The records of an RRset have one TTL (RFC 2181 section 5.2): the lowest. */
static void
level_ttls(struct hrd_zonedata *zone)
{
	for (size_t i = 0, n; i < zone->count; i += n) {
		uint32_t ttl = zone->rrs[i].ttl;

		n = hrd_zonedata_rrset(zone, i);
		for (size_t k = i; k < i + n; k++)
			ttl = zone->rrs[k].ttl < ttl ? zone->rrs[k].ttl : ttl;
		for (size_t k = i; k < i + n; k++)
			zone->rrs[k].ttl = ttl;
	}
}

static int
set_serial(struct hrd_zonedata *zone, uint32_t serial)
{
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(zone);
	uint8_t *copy = (uint8_t *)hrd_arena_copy(&zone->arena, soa->rdata, soa->rdlen);

	if (copy == NULL)
		return HRD_ENOMEM;
	hrd_put_be32(copy + hrd_soa_serial_offset(soa), serial);
	zone->rrs[soa - zone->rrs].rdata = copy;
	return HRD_OK;
}

static int
add_keys(struct signing *s, const struct signers *signers, uint32_t ttl)
{
	int status = HRD_OK;

	for (size_t i = 0; i < signers->count && status == HRD_OK; i++) {
		const struct hrd_dnskey *key = hrd_zonekey_public(signers->keys[i]);

		status = hrd_zonedata_add(
		    s->zone, &s->zone->head.apex, HRD_TYPE_DNSKEY, ttl, key->rdata, key->len);
	}
	return status;
}

/* DNSKEYs, and a ZONEMD whose digest comes last. A key that does both is there once: equal records
 * are one. */
static int
add_apex(struct signing *s)
{
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(s->zone);
	uint8_t zonemd[HRD_ZONEMD_DIGEST + 48] = {
		[HRD_ZONEMD_SCHEME] = HRD_ZONEMD_SIMPLE, [HRD_ZONEMD_HASH] = HRD_ZONEMD_SHA384
	};
	uint32_t ttl = soa->ttl, key_ttl = s->how->key_ttl != 0 ? s->how->key_ttl : ttl;
	const struct hrd_name *apex = &s->zone->head.apex;
	int status;

	hrd_put_be32(zonemd + HRD_ZONEMD_SERIAL, s->how->serial);
	status = hrd_zonedata_add(s->zone, apex, HRD_TYPE_ZONEMD, ttl, zonemd, sizeof(zonemd));
	if (status == HRD_OK)
		status = add_keys(s, &s->anchors, key_ttl);
	if (status == HRD_OK)
		status = add_keys(s, &s->data, key_ttl);
	return status == HRD_OK ? hrd_zonedata_sort(s->zone) : status;
}

static int
make_nsec(struct signing *s, size_t o, uint32_t ttl)
{
	struct hrd_zonedata *zone = s->zone;
	size_t first = zone->owners[o], next = o + 1 < zone->owner_count ? o + 1 : 0, len;
	uint8_t rdata[HRD_NAME_MAX + HRD_BITMAP_MAX];
	struct hrd_zone_rr *nsec = &s->nsecs[o];
	struct hrd_name name;

	hrd_zonedata_owner(zone, next, &name);
	memcpy(rdata, name.wire, name.len);
	len = name.len +
	      hrd_nsec_bitmap(zone->rrs + first, zone->owners[o + 1] - first, rdata + name.len);
	*nsec = zone->rrs[first];
	nsec->type = HRD_TYPE_NSEC;
	nsec->ttl = ttl;
	nsec->rdlen = (uint16_t)len;
	nsec->rdata = (const uint8_t *)hrd_arena_copy(&zone->arena, rdata, len);
	return nsec->rdata != NULL ? HRD_OK : HRD_ENOMEM;
}

/* NSECs, and the number of RRsets before each owner. */
static int
make_nsecs(struct signing *s)
{
	struct hrd_zonedata *zone = s->zone;
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(zone);
	/* RFC 9077 section 3. */
	uint32_t ttl = hrd_soa_minimum(soa) < soa->ttl ? hrd_soa_minimum(soa) : soa->ttl;
	size_t sets = 0;
	int status = HRD_OK;

	s->nsecs = calloc(zone->owner_count, sizeof(*s->nsecs));
	s->sets = calloc(zone->owner_count + 1, sizeof(*s->sets));
	if (s->nsecs == NULL || s->sets == NULL)
		return HRD_ENOMEM;
	for (size_t o = 0; o < zone->owner_count && status == HRD_OK; o++) {
		s->sets[o] = sets++;
		for (size_t i = zone->owners[o]; i < zone->owners[o + 1];
		     i += hrd_zonedata_rrset(zone, i))
			sets++;
		status = make_nsec(s, o, ttl);
	}
	s->sets[zone->owner_count] = sets;
	return status;
}

static const struct signers *
signers_of(const struct signing *s, size_t set)
{
	return set == s->dnskey_set ? &s->anchors : &s->data;
}

static uint8_t *
rrsig_at(const struct signing *s, size_t set, size_t key)
{
	size_t before = set != s->dnskey_set ? set : s->sets[s->zone->owner_count];

	return s->rrsigs + (before * s->data.count + key) * s->rrsig_len;
}

static void
fill_rrsig(const struct signing *s, uint8_t *rrsig, const struct hrd_dnskey *key,
    const struct hrd_name *owner, const struct hrd_zone_rr *first)
{
	const struct hrd_name *apex = &s->zone->head.apex;

	hrd_put_be16(rrsig + HRD_RRSIG_COVERED, first->type);
	rrsig[HRD_RRSIG_ALGORITHM] = key->algorithm;
	rrsig[HRD_RRSIG_LABELS] = hrd_rrsig_labels(owner);
	hrd_put_be32(rrsig + HRD_RRSIG_TTL, first->ttl);
	hrd_put_be32(rrsig + HRD_RRSIG_EXPIRATION, s->how->expiration);
	hrd_put_be32(rrsig + HRD_RRSIG_INCEPTION, s->how->inception);
	hrd_put_be16(rrsig + HRD_RRSIG_TAG, key->tag);
	memcpy(rrsig + HRD_RRSIG_SIGNER, apex->wire, apex->len);
}

/* Signs one RRset by all keys that have to. */
static int
sign_set(const struct signing *s, struct hrd_buffer *buffer, size_t set,
    const struct hrd_name *owner, const struct hrd_zone_rr *rrs, size_t count)
{
	const struct signers *by = signers_of(s, set);
	size_t front = s->rrsig_len - SIGNATURE_LEN, len;
	uint8_t signature[HRD_ZONE_SIGNATURE_MAX];
	int status = HRD_OK;

	for (size_t k = 0; k < by->count && status == HRD_OK; k++) {
		uint8_t *rrsig = rrsig_at(s, set, k);

		fill_rrsig(s, rrsig, hrd_zonekey_public(by->keys[k]), owner, rrs);
		status = hrd_rrsig_covers(buffer, rrsig, front, owner, rrs, count);
		if (status == HRD_OK)
			status = hrd_zonekey_sign(
			    by->keys[k], buffer->data, buffer->len, signature, &len);
		if (status == HRD_OK && len != SIGNATURE_LEN)
			status = HRD_EIO;
		if (status == HRD_OK)
			memcpy(rrsig + front, signature, SIGNATURE_LEN);
	}
	return status;
}

static int
sign_owner(const struct signing *s, struct hrd_buffer *buffer, size_t o)
{
	const struct hrd_zonedata *zone = s->zone;
	size_t set = s->sets[o];
	struct hrd_name owner;
	int status;

	hrd_zonedata_owner(zone, o, &owner);
	status = sign_set(s, buffer, set++, &owner, &s->nsecs[o], 1);
	for (size_t i = zone->owners[o], n; i < zone->owners[o + 1] && status == HRD_OK; i += n) {
		n = hrd_zonedata_rrset(zone, i);
		status = sign_set(s, buffer, set++, &owner, zone->rrs + i, n);
	}
	return status;
}

static int
sign_owners(void *ctx, size_t from, size_t to)
{
	struct hrd_buffer buffer = { .max = COVERED_MAX };
	int status = HRD_OK;

	for (size_t o = from; o < to && status == HRD_OK; o++)
		status = sign_owner(ctx, &buffer, o);
	hrd_buffer_free(&buffer);
	return status;
}

static int
sign_all(struct signing *s)
{
	const struct hrd_parallel loop = { .count = s->zone->owner_count,
		.work = sign_owners,
		.ctx = s,
		.progress = s->how->progress,
		.subject = "signing",
		.unit = "names" };
	size_t sets = s->sets[s->zone->owner_count];

	s->rrsig_len = (size_t)HRD_RRSIG_SIGNER + s->zone->head.apex.len + SIGNATURE_LEN;
	if (sets > SIZE_MAX / s->rrsig_len / s->data.count - s->anchors.count)
		return HRD_ENOMEM;
	s->rrsigs = malloc((sets * s->data.count + s->anchors.count) * s->rrsig_len);
	return s->rrsigs != NULL ? hrd_parallel(&loop) : HRD_ENOMEM;
}

static int
by_type_and_rdata(const void *left, const void *right)
{
	const struct hrd_zone_rr *a = left, *b = right;
	size_t shorter = a->rdlen < b->rdlen ? a->rdlen : b->rdlen;
	int order;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	order = memcmp(a->rdata, b->rdata, shorter);
	return order != 0 ? order : (a->rdlen > b->rdlen) - (a->rdlen < b->rdlen);
}

static size_t
put_rrsigs(
    const struct signing *s, struct hrd_zone_rr *out, const struct hrd_zone_rr *covered, size_t set)
{
	size_t count = signers_of(s, set)->count;

	for (size_t k = 0; k < count; k++) {
		out[k] = *covered;
		out[k].type = HRD_TYPE_RRSIG;
		out[k].rdata = rrsig_at(s, set, k);
		out[k].rdlen = (uint16_t)s->rrsig_len;
	}
	return count;
}

static size_t
put_owner(const struct signing *s, struct hrd_zone_rr *out, size_t o)
{
	const struct hrd_zonedata *zone = s->zone;
	size_t used = 0, set = s->sets[o];

	used += put_rrsigs(s, out + used, &s->nsecs[o], set++);
	out[used++] = s->nsecs[o];
	for (size_t i = zone->owners[o], n; i < zone->owners[o + 1]; i += n) {
		n = hrd_zonedata_rrset(zone, i);
		used += put_rrsigs(s, out + used, zone->rrs + i, set++);
		memcpy(out + used, zone->rrs + i, n * sizeof(*out));
		used += n;
	}
	qsort(out, used, sizeof(*out), by_type_and_rdata);
	return used;
}

/* The zone with NSEC and RRSIG among its records. */
static int
assemble(struct signing *s)
{
	struct hrd_zonedata *zone = s->zone;
	size_t total = zone->count + zone->owner_count +
		       (s->sets[zone->owner_count] - 1) * s->data.count + s->anchors.count;
	struct hrd_zone_rr *all = calloc(total, sizeof(*all));
	size_t used = 0;

	if (all == NULL)
		return HRD_ENOMEM;
	for (size_t o = 0; o < zone->owner_count; o++) {
		size_t first = used;

		used += put_owner(s, all + used, o);
		zone->owners[o] = first;
	}
	zone->owners[zone->owner_count] = used;
	free(zone->rrs);
	zone->rrs = all;
	zone->count = zone->space = used;
	return HRD_OK;
}

/* Puts the digest into the ZONEMD and signs it anew. */
static int
seal(struct signing *s, size_t set)
{
	struct hrd_buffer buffer = { .max = COVERED_MAX };
	uint8_t digest[HRD_ZONEMD_DIGEST_MAX], *rdata;
	struct hrd_zone_rr *rr = s->zone->rrs;
	struct hrd_name apex;
	int status;

	while (rr->type != HRD_TYPE_ZONEMD)
		rr++;
	rdata = (uint8_t *)hrd_arena_copy(&s->zone->arena, rr->rdata, rr->rdlen);
	if (rdata == NULL)
		return HRD_ENOMEM;
	hrd_zonemd_digest(s->zone, HRD_ZONEMD_SHA384, digest);
	memcpy(rdata + HRD_ZONEMD_DIGEST, digest, hrd_zonemd_digest_len(HRD_ZONEMD_SHA384));
	rr->rdata = rdata;
	hrd_zonedata_owner(s->zone, 0, &apex);
	status = sign_set(s, &buffer, set, &apex, rr, 1);
	hrd_buffer_free(&buffer);
	return status;
}

/* An RRset that add_apex() made, by number: the NSEC of the apex is the first. */
static size_t
set_at_apex(const struct signing *s, uint16_t type)
{
	size_t set = 1, i = 0;

	while (s->zone->rrs[i].type != type) {
		i += hrd_zonedata_rrset(s->zone, i);
		set++;
	}
	return set;
}

/* Who signs what. One key signs everything. Of several, each consumer may trust another: all sign
 * the DNSKEYs, and the first of each algorithm signs the rest, as a zone signing key (flags 256) of
 * its own, because Knot DNS takes only such keys for data where there is more than one. */
static int
share_work(struct signing *s, struct hrd_zonekey *const *keys, size_t count)
{
	bool done[UINT8_MAX + 1] = { false };
	int status = HRD_OK;

	s->anchors = s->data = (struct signers){ keys, count };
	if (count == 1)
		return HRD_OK;
	s->data = (struct signers){ s->split, 0 };
	for (size_t i = 0; i < count && status == HRD_OK; i++) {
		bool *algorithm = &done[hrd_zonekey_public(keys[i])->algorithm];

		if (!*algorithm)
			status = hrd_zonekey_for_data(keys[i], &s->split[s->data.count++]);
		*algorithm = true;
	}
	return status;
}

static int
sign_sets(struct signing *s)
{
	size_t zonemd = set_at_apex(s, HRD_TYPE_ZONEMD);
	int status;

	s->dnskey_set = set_at_apex(s, HRD_TYPE_DNSKEY);
	level_ttls(s->zone);
	status = make_nsecs(s);
	if (status == HRD_OK)
		status = sign_all(s);
	if (status == HRD_OK)
		status = assemble(s);
	return status == HRD_OK ? seal(s, zonemd) : status;
}

int
hrd_zonesign(struct hrd_zonedata *zone, struct hrd_zonekey *const *keys, size_t count,
    const struct hrd_zonesign *how)
{
	struct signing s = { .zone = zone, .how = how };
	int status = share_work(&s, keys, count);

	if (status == HRD_OK)
		status = set_serial(zone, how->serial);
	if (status == HRD_OK)
		status = add_apex(&s);
	if (status == HRD_OK)
		status = sign_sets(&s);
	zone->signatures = s.rrsigs;
	for (size_t i = 0; i < HRD_ZONE_ALGORITHMS; i++)
		hrd_zonekey_free(s.split[i]);
	free(s.nsecs);
	free(s.sets);
	return status;
}
