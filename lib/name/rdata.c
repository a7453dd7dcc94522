/* SPDX-License-Identifier: BSD-3-Clause */
/* The structure of RDATA, type by type. */
#include <config.h>

#include "lib/name/rdata.h"

#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/name/name.h"
#include "lib/name/naptr.h"

enum {
	NO_DATA = HRD_TYPE_NO_DATA,
	TRANSPORT = NO_DATA | HRD_TYPE_OF_TRANSPORT,
	SIGNING = TRANSPORT | HRD_TYPE_OF_SIGNING,
	CASE = HRD_TYPE_KEEPS_CASE,
	LEADS = HRD_TYPE_LEADS,
};

enum { PARAM_IPV4HINT = 4, PARAM_IPV6HINT = 6, PARAM_DOHPATH = 7 };

/* Types with a form of their own. */
enum {
	TYPE_WKS = 11,
	TYPE_X25 = 19,
	TYPE_LOC = 29,
	TYPE_APL = 42,
	TYPE_SSHFP = 44,
	TYPE_IPSECKEY = 45,
	TYPE_CAA = 257,
};

/* The types that differ from "anything may be data, and its RDATA is opaque", by number. Fields:
 * digit = that many octets, n = name, s = character string, e = one that is NAPTR's expression; up
 * to the end S = one or more strings, t = one or none, p = SvcParams, b = a type bitmap (RFC 4034
 * section 4.1.2), o = octets, one at least, f = a form of its own (has_own_form()), * = anything. A
 * type whose form nobody here can judge is no data: other programs refuse a whole zone for a record
 * that breaks it. Nor are those for which BIND (MD, MF) or ldns (NSAP-PTR, SINK) refuse any zone.
 */
static const struct rr_type {
	uint16_t type;
	uint16_t flags;
	const char *word;
	const char *fields;
} types[] = {
	{ 0, NO_DATA, NULL, "*" },
	{ HRD_TYPE_A, 0, "A", "4" },
	{ HRD_TYPE_NS, NO_DATA, "NS", "n" },
	{ /* MD */ 3, NO_DATA, NULL, "n" },
	{ /* MF */ 4, NO_DATA, NULL, "n" },
	{ HRD_TYPE_CNAME, 0, "CNAME", "n" },
	{ HRD_TYPE_SOA, NO_DATA, "SOA", "nn488" },
	{ /* MB */ 7, 0, NULL, "n" },
	{ /* MG */ 8, 0, NULL, "n" },
	{ /* MR */ 9, 0, NULL, "n" },
	{ TYPE_WKS, LEADS, NULL, "f" },
	{ HRD_TYPE_PTR, 0, "PTR", "n" },
	{ /* HINFO */ 13, 0, NULL, "ss" },
	{ /* MINFO */ 14, 0, NULL, "nn" },
	{ HRD_TYPE_MX, 0, "MX", "2n" },
	{ HRD_TYPE_TXT, 0, "TXT", "S" },
	{ /* RP */ 17, 0, NULL, "nn" },
	{ /* AFSDB */ 18, 0, NULL, "2n" },
	{ TYPE_X25, LEADS, NULL, "f" },
	{ /* ISDN */ 20, LEADS, NULL, "st" },
	{ /* RT */ 21, 0, NULL, "2n" },
	{ /* NSAP */ 22, LEADS, NULL, "o" },
	{ /* NSAP-PTR */ 23, NO_DATA, NULL, "n" },
	{ /* SIG */ 24, TRANSPORT, NULL, "99n*" },
	{ /* KEY */ 25, TRANSPORT, NULL, "4*" },
	{ /* PX */ 26, 0, NULL, "2nn" },
	{ /* GPOS */ 27, 0, NULL, "sss" },
	{ HRD_TYPE_AAAA, 0, "AAAA", "88" },
	{ TYPE_LOC, 0, NULL, "f" },
	{ /* NXT */ 30, TRANSPORT | CASE, NULL, "n*" },
	{ /* EID */ 31, LEADS, NULL, "o" },
	{ /* NIMLOC */ 32, LEADS, NULL, "o" },
	{ HRD_TYPE_SRV, 0, "SRV", "6n" },
	{ /* ATMA */ 34, NO_DATA, NULL, "*" },
	{ HRD_TYPE_NAPTR, 0, NULL, "4ssen" },
	{ /* KX */ 36, 0, NULL, "2n" },
	{ /* CERT */ 37, 0, NULL, "5o" },
	{ /* A6 */ 38, NO_DATA, NULL, "*" },
	{ HRD_TYPE_DNAME, NO_DATA, NULL, "n" },
	{ /* SINK */ 40, NO_DATA, NULL, "*" },
	{ /* OPT */ 41, NO_DATA, NULL, "*" },
	{ TYPE_APL, 0, NULL, "f" },
	{ HRD_TYPE_DS, TRANSPORT, NULL, "4*" },
	{ TYPE_SSHFP, 0, NULL, "f" },
	{ TYPE_IPSECKEY, LEADS, NULL, "f" },
	{ HRD_TYPE_RRSIG, SIGNING, "RRSIG", "99n*" },
	{ HRD_TYPE_NSEC, SIGNING | CASE, "NSEC", "nb" },
	{ HRD_TYPE_DNSKEY, SIGNING, "DNSKEY", "4*" },
	{ /* DHCID */ 49, 0, NULL, "o" },
	{ HRD_TYPE_NSEC3, SIGNING, NULL, "4ssb" },
	{ /* NSEC3PARAM */ 51, SIGNING, NULL, "4s" },
	{ /* TLSA */ 52, 0, NULL, "3o" },
	{ /* SMIMEA */ 53, 0, NULL, "3o" },
	{ /* HIP */ 55, NO_DATA, NULL, "*" },
	{ /* NINFO */ 56, 0, NULL, "S" },
	{ /* RKEY */ 57, NO_DATA, NULL, "*" },
	{ /* TALINK */ 58, CASE, NULL, "nn" },
	{ /* CDS */ 59, SIGNING, NULL, "4*" },
	{ /* CDNSKEY */ 60, SIGNING, NULL, "4*" },
	{ /* OPENPGPKEY */ 61, 0, NULL, "o" },
	{ /* CSYNC */ 62, NO_DATA, NULL, "6b" },
	{ HRD_TYPE_ZONEMD, SIGNING, "ZONEMD", "6*" },
	{ /* SVCB */ 64, CASE, NULL, "2np" },
	{ /* HTTPS */ 65, CASE, NULL, "2np" },
	{ /* DSYNC */ 66, NO_DATA, NULL, "*" },
	{ /* SPF */ 99, 0, NULL, "S" },
	{ /* NID */ 104, LEADS, NULL, "28" },
	{ /* L32 */ 105, LEADS, NULL, "24" },
	{ /* L64 */ 106, LEADS, NULL, "28" },
	{ /* LP */ 107, CASE, NULL, "2n" },
	{ /* EUI48 */ 108, 0, NULL, "6" },
	{ /* EUI64 */ 109, 0, NULL, "8" },
	{ /* URI */ 256, LEADS, NULL, "4*" },
	{ TYPE_CAA, 0, NULL, "f" },
	{ /* AVC */ 258, 0, NULL, "S" },
	{ /* DOA */ 259, NO_DATA, NULL, "*" },
	{ /* AMTRELAY */ 260, NO_DATA, NULL, "*" },
	{ /* RESINFO */ 261, 0, NULL, "S" },
	{ /* WALLET */ 262, 0, NULL, "S" },
	{ /* TA */ 32768, NO_DATA, NULL, "*" },
	{ /* DLV */ 32769, NO_DATA, NULL, "*" },
	{ /* BIND's notes on its signing */ 65534, HRD_TYPE_OF_TRANSPORT | HRD_TYPE_OF_SIGNING,
	    NULL, "*" },
	{ /* reserved */ 65535, NO_DATA, NULL, "*" },
};

/* Fields that reach to the end: no name is behind them. */
static const char OPEN[] = "*Stpbof";

static const struct rr_type *
find_type(uint16_t type)
{
	static const struct rr_type other = { 0, 0, NULL, "*" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && types[i].type <= type; i++) {
		if (types[i].type == type)
			return &types[i];
	}
	return &other;
}

static const char *
layout_of(uint16_t type)
{
	return find_type(type)->fields;
}

unsigned
hrd_type_flags(uint16_t type)
{
	/* 128 to 255 are query and meta types (RFC 6895 section 3.1). */
	return type >= 128 && type <= 255 ? HRD_TYPE_NO_DATA : find_type(type)->flags;
}

const char *
hrd_type_word(uint16_t type)
{
	return find_type(type)->word;
}

uint16_t
hrd_type_of_word(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *known = types[i].word;

		if (known != NULL && len > 0 && known[0] == word[0] && strlen(known) == len &&
		    memcmp(known, word, len) == 0)
			return types[i].type;
	}
	return 0;
}

/* Octets of the field at rdata; 0 when it does not fit. */
static size_t
field_size(char field, const uint8_t *rdata, size_t len)
{
	struct hrd_name name;

	if (len == 0)
		return 0;
	if (field == 'n')
		return hrd_name_from_wire(&name, rdata, len) == HRD_OK ? name.len : 0;
	if (field == 's' || field == 'S' || field == 'e')
		return rdata[0] < len ? rdata[0] + 1u : 0;
	return (size_t)(field - '0') <= len ? (size_t)(field - '0') : 0;
}

/* Moves behind the parameter at pos; false when it does not fit. */
static bool
next_param(const uint8_t *params, size_t len, size_t *pos)
{
	size_t left = len - *pos;

	if (left < 4 || left - 4 < hrd_be16(params + *pos + 2))
		return false;
	*pos += 4 + hrd_be16(params + *pos + 2);
	return true;
}

static bool
has_param(const uint8_t *params, size_t len, unsigned key)
{
	for (size_t pos = 0; len - pos >= 4 && hrd_be16(params + pos) <= key;) {
		if (hrd_be16(params + pos) == key)
			return true;
		if (!next_param(params, len, &pos))
			return false;
	}
	return false;
}

/* "mandatory": other keys that are there, in order. */
static bool
is_mandatory(const uint8_t *value, size_t len, const uint8_t *params, size_t params_len)
{
	unsigned last = 0;

	if (len == 0 || len % 2 != 0)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		unsigned key = hrd_be16(value + i);

		if (key <= last || !has_param(params, params_len, key))
			return false;
		last = key;
	}
	return true;
}

/* "alpn": one or more character strings, none empty. */
static bool
is_alpn(const uint8_t *value, size_t len)
{
	size_t pos = 0;

	while (pos < len && value[pos] > 0 && value[pos] < len - pos)
		pos += 1u + value[pos];
	return len > 0 && pos == len;
}

/* "dohpath": a URI template in UTF-8, relative, with the variable "dns" (RFC 9461 section 5). */
static bool
is_dohpath(const uint8_t *value, size_t len)
{
	return len > 0 && value[0] == '/' && hrd_utf8_is_text(value, len) &&
	       memmem(value, len, "{?dns}", 6) != NULL;
}

static bool
is_param(const uint8_t *param, const uint8_t *params, size_t params_len)
{
	const uint8_t *value = param + 4;
	size_t len = hrd_be16(param + 2);

	switch (hrd_be16(param)) {
	case 0:
		return is_mandatory(value, len, params, params_len);
	case 1:
		return is_alpn(value, len);
	case 2: /* no-default-alpn */
		return len == 0 && has_param(params, params_len, 1);
	case 3: /* port */
		return len == 2;
	case PARAM_IPV4HINT:
		return len > 0 && len % 4 == 0;
	case PARAM_IPV6HINT:
		return len > 0 && len % 16 == 0;
	case PARAM_DOHPATH:
		return is_dohpath(value, len);
	default:
		return true;
	}
}

static bool
are_params(const uint8_t *params, size_t len)
{
	size_t pos = 0;

	while (pos < len) {
		size_t at = pos;

		if (!next_param(params, len, &pos) || !is_param(params + at, params, len))
			return false;
		if (pos < len && (len - pos < 4 || hrd_be16(params + pos) <= hrd_be16(params + at)))
			return false;
	}
	return true;
}

/* Window blocks in rising order, each with 1 to 32 octets. */
static bool
is_bitmap(const uint8_t *rdata, size_t len)
{
	int window = -1;

	for (size_t at = 0; at < len; at += 2 + (size_t)rdata[at + 1]) {
		if (len - at < 3 || rdata[at] <= window || rdata[at + 1] == 0 ||
		    rdata[at + 1] > 32 || len - at - 2 < rdata[at + 1])
			return false;
		window = rdata[at];
	}
	return true;
}

/* The version, three sizes, latitude and longitude, altitude (RFC 1876 section 2). */
static bool
is_loc(const uint8_t *rdata, size_t len)
{
	static const uint32_t equator = 1u << 31, degree = 3600000;

	if (len != 16 || rdata[0] != 0)
		return false;
	for (unsigned i = 1; i <= 3; i++) {
		/* One digit and its power of ten; 0 has no power. */
		if (rdata[i] >> 4 > 9 || (rdata[i] & 15) > 9 ||
		    (rdata[i] >> 4 == 0 && rdata[i] != 0))
			return false;
	}
	return hrd_be32(rdata + 4) - (equator - 90 * degree) <= 180 * degree &&
	       hrd_be32(rdata + 8) - (equator - 180 * degree) <= 360 * degree;
}

/* Prefixes of addresses, each without zeros at its end (RFC 3123 section 4). */
static bool
is_apl(const uint8_t *rdata, size_t len)
{
	while (len > 0) {
		unsigned family = len < 4 ? 0 : hrd_be16(rdata);
		size_t size = len < 4 ? 0 : rdata[3] & 127, most = family == 1 ? 4 : 16;

		if ((family != 1 && family != 2) || rdata[2] > 8 * most || size > most ||
		    size > len - 4 || (size > 0 && rdata[3 + size] == 0))
			return false;
		rdata += 4 + size;
		len -= 4 + size;
	}
	return true;
}

/* Precedence, kind of gateway, algorithm, gateway, key (RFC 4025 section 2). */
static bool
is_ipseckey(const uint8_t *rdata, size_t len)
{
	static const uint8_t sizes[] = { 0, 4, 16 };
	struct hrd_name name;
	size_t size;

	if (len < 4 || rdata[1] > 3)
		return false;
	if (rdata[1] < sizeof(sizes))
		size = sizes[rdata[1]];
	else
		size = hrd_name_from_wire(&name, rdata + 3, len - 3) == HRD_OK ? name.len : len;
	return len - 3 > size;
}

/* Flags, a tag of letters and digits, the value (RFC 8659 section 4.1). */
static bool
is_caa(const uint8_t *rdata, size_t len)
{
	if (len < 2 || rdata[1] == 0 || rdata[1] > len - 2)
		return false;
	for (unsigned i = 0; i < rdata[1]; i++) {
		uint8_t octet = rdata[2 + i];

		if ((octet < '0' || octet > '9') && ((octet | 32) < 'a' || (octet | 32) > 'z'))
			return false;
	}
	return true;
}

/* Four digits at least (RFC 1183 section 3.1). */
static bool
is_x25(const uint8_t *rdata, size_t len)
{
	if (len <= 4 || rdata[0] != len - 1)
		return false;
	for (size_t i = 1; i < len; i++) {
		if (rdata[i] < '0' || rdata[i] > '9')
			return false;
	}
	return true;
}

/* The types with the field f. */
static bool
has_own_form(uint16_t type, const uint8_t *rdata, size_t len)
{
	switch (type) {
	case TYPE_WKS: /* address, protocol, bits without zeros at their end (RFC 1035, 3.4.2) */
		return len == 5 || (len > 5 && len <= 5 + 8192 && rdata[len - 1] != 0);
	case TYPE_X25:
		return is_x25(rdata, len);
	case TYPE_LOC:
		return is_loc(rdata, len);
	case TYPE_APL:
		return is_apl(rdata, len);
	case TYPE_SSHFP: /* SHA-1 and SHA-256 have their size (RFC 4255, RFC 6594) */
		return len > 2 && (rdata[1] != 1 || len == 2 + 20) &&
		       (rdata[1] != 2 || len == 2 + 32);
	case TYPE_IPSECKEY:
		return is_ipseckey(rdata, len);
	case TYPE_CAA:
		return is_caa(rdata, len);
	default:
		return false;
	}
}

bool
hrd_rdata_has_layout(uint16_t type, const uint8_t *rdata, size_t len)
{
	const char *fields = layout_of(type);
	size_t pos = 0;

	for (; *fields != '\0' && strchr("*pbotf", *fields) == NULL; fields++) {
		do {
			size_t step = field_size(*fields, rdata + pos, len - pos);

			if (step == 0 ||
			    (*fields == 'e' && !hrd_naptr_is_expression(rdata + pos + 1, step - 1)))
				return false;
			pos += step;
		} while (*fields == 'S' && pos < len);
	}
	if (*fields == 'p')
		return are_params(rdata + pos, len - pos);
	if (*fields == 'b')
		return is_bitmap(rdata + pos, len - pos);
	if (*fields == 'f')
		return has_own_form(type, rdata, len);
	if (*fields == 'o')
		return pos < len;
	if (*fields == 't' && pos < len)
		return rdata[pos] == len - pos - 1;
	return *fields == '*' || pos == len;
}

bool
hrd_rdata_names_are(
    uint16_t type, const uint8_t *rdata, size_t len, bool (*test)(const uint8_t *wire))
{
	size_t pos = 0;

	for (const char *fields = layout_of(type); *fields != '\0' && strchr(OPEN, *fields) == NULL;
	     fields++) {
		if (*fields == 'n' && !test(rdata + pos))
			return false;
		pos += field_size(*fields, rdata + pos, len - pos);
	}
	return true;
}

bool
hrd_address_is_nowhere(const uint8_t *address, size_t len)
{
	static const uint8_t zero[15];
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (len == 16 && memcmp(address, mapped, sizeof(mapped)) == 0)
		return hrd_address_is_nowhere(address + sizeof(mapped), 4);
	if (len == 16)
		return memcmp(address, zero, sizeof(zero)) == 0 && address[15] <= 1;
	return len == 4 && (address[0] == 0 || address[0] == 127);
}

/* True when all addresses of a list are nowhere. */
static bool
are_nowhere(const uint8_t *list, size_t len, size_t size)
{
	for (size_t at = 0; at + size <= len; at += size) {
		if (!hrd_address_is_nowhere(list + at, size))
			return false;
	}
	return true;
}

/* Hints are addresses of the target. */
static bool
params_lead(const uint8_t *params, size_t len)
{
	for (size_t pos = 0; pos < len;) {
		const uint8_t *param = params + pos;
		size_t size;

		if (!next_param(params, len, &pos))
			return true;
		size = hrd_be16(param) == PARAM_IPV4HINT   ? 4
		       : hrd_be16(param) == PARAM_IPV6HINT ? 16
							   : 0;
		if (size > 0 && !are_nowhere(param + 4, hrd_be16(param + 2), size))
			return true;
	}
	return false;
}

static bool
name_leads(const uint8_t *wire, size_t len, const struct hrd_name *own)
{
	static const uint8_t localhost[] = "\011localhost";
	struct hrd_name name;

	if (hrd_name_from_wire(&name, wire, len) != HRD_OK)
		return true;
	return name.len > 1 && memcmp(name.wire, localhost, sizeof(localhost)) != 0 &&
	       (own == NULL || hrd_name_cmp(&name, own) != 0);
}

bool
hrd_rdata_leads(uint16_t type, const uint8_t *rdata, size_t len, const struct hrd_name *own)
{
	size_t pos = 0;

	if (type == HRD_TYPE_A || type == HRD_TYPE_AAAA)
		return !hrd_address_is_nowhere(rdata, len);
	if ((hrd_type_flags(type) & HRD_TYPE_LEADS) != 0)
		return true;
	for (const char *field = layout_of(type);
	     *field != '\0' && (*field == 'p' || strchr(OPEN, *field) == NULL); field++) {
		if (*field == 'p')
			return params_lead(rdata + pos, len - pos);
		if (*field == 'n' && name_leads(rdata + pos, len - pos, own))
			return true;
		/* The expression in front of NAPTR's name makes another. */
		if (*field == 'e' && rdata[pos] > 0)
			return true;
		pos += field_size(*field, rdata + pos, len - pos);
	}
	return false;
}

/* "." and "*." are actions, and all below the top labels "rpz-..." is reserved for more of them. */
static bool
is_action_target(const uint8_t *target)
{
	const uint8_t *top = target;

	if (target[0] == 0 || memcmp(target, "\001*", 3) == 0)
		return true;
	while (top[top[0] + 1] != 0)
		top += top[0] + 1;
	return top[0] >= 4 && memcmp(top + 1, "rpz-", 4) == 0;
}

const char *
hrd_rdata_fault(uint16_t type, const uint8_t *rdata, size_t len)
{
	struct hrd_name target;

	if ((hrd_type_flags(type) & HRD_TYPE_NO_DATA) != 0)
		return "record type cannot be local data";
	if (len > HRD_RDATA_OCTETS_MAX)
		return "RDATA over 30000 octets";
	if (!hrd_rdata_has_layout(type, rdata, len))
		return "RDATA does not have the structure of its type";
	if (type == HRD_TYPE_CNAME && hrd_name_from_wire(&target, rdata, len) == HRD_OK &&
	    is_action_target(target.wire))
		return "CNAME target stands for an action";
	return NULL;
}

void
hrd_rdata_lower(uint16_t type, uint8_t *rdata, size_t len)
{
	size_t pos = 0;

	for (const char *fields = layout_of(type); *fields != '\0' && strchr(OPEN, *fields) == NULL;
	     fields++) {
		struct hrd_name name;

		if (*fields == 'n' && hrd_name_from_wire(&name, rdata + pos, len - pos) == HRD_OK)
			memcpy(rdata + pos, name.wire, name.len);
		pos += field_size(*fields, rdata + pos, len - pos);
	}
}
