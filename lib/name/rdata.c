/* SPDX-License-Identifier: BSD-3-Clause */
/* The structure of RDATA, type by type. */
#include <config.h>

#include "lib/name/rdata.h"

#include <string.h>

#include "lib/base/bytes.h"
#include "lib/name/name.h"

/* Fields of a type: digit = that many octets, n = name, s = character string, S = one or more of
 * them up to the end, p = SvcParams, b = a type bitmap up to the end (RFC 4034 section 4.1.2),
 * * = anything. */
static const struct {
	uint16_t type;
	const char *fields;
} layouts[] = {
	{ HRD_TYPE_A, "4" }, { HRD_TYPE_NS, "n" }, { 3, "n" },            /* MD */
	{ 4, "n" },                                                       /* MF */
	{ HRD_TYPE_CNAME, "n" }, { HRD_TYPE_SOA, "nn488" }, { 7, "n" },   /* MB */
	{ 8, "n" },                                                       /* MG */
	{ 9, "n" },                                                       /* MR */
	{ HRD_TYPE_PTR, "n" }, { 13, "ss" },                              /* HINFO */
	{ 14, "nn" },                                                     /* MINFO */
	{ HRD_TYPE_MX, "2n" }, { HRD_TYPE_TXT, "S" }, { 17, "nn" },       /* RP */
	{ 18, "2n" },                                                     /* AFSDB */
	{ 21, "2n" },                                                     /* RT */
	{ 24, "99n*" },                                                   /* SIG */
	{ 25, "4*" },                                                     /* KEY */
	{ 26, "2nn" },                                                    /* PX */
	{ HRD_TYPE_AAAA, "88" }, { HRD_TYPE_SRV, "6n" }, { 35, "4sssn" }, /* NAPTR */
	{ 36, "2n" },                                                     /* KX */
	{ 39, "n" },                                                      /* DNAME */
	{ 43, "4*" },                                                     /* DS */
	{ 46, "99n*" },                                                   /* RRSIG */
	{ 47, "nb" },                                                     /* NSEC */
	{ 48, "4*" },                                                     /* DNSKEY */
	{ 50, "4ssb" },                                                   /* NSEC3 */
	{ 51, "4s" },                                                     /* NSEC3PARAM */
	{ 58, "nn" },                                                     /* TALINK */
	{ 59, "4*" },                                                     /* CDS */
	{ 60, "4*" },                                                     /* CDNSKEY */
	{ 62, "6b" },                                                     /* CSYNC */
	{ 63, "6*" },                                                     /* ZONEMD */
	{ 64, "2np" },                                                    /* SVCB */
	{ 65, "2np" },                                                    /* HTTPS */
	{ 99, "S" },                                                      /* SPF */
	{ 107, "2n" },                                                    /* LP */
};

static const char *
layout_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (layouts[i].type == type)
			return layouts[i].fields;
	}
	return "*";
}

/* Types that no rule may put in an answer. */
static bool
is_forbidden(uint16_t type)
{
	static const uint16_t types[] = {
		0, HRD_TYPE_NS, HRD_TYPE_SOA, 24, 25, 30, /* SIG, KEY, NXT */
		39, 41, 43, 46, 47, 48,                   /* DNAME, OPT, DS, RRSIG, NSEC, DNSKEY */
		50, 51, 59, 60, 62, 63, /* NSEC3, NSEC3PARAM, CDS, CDNSKEY, CSYNC, ZONEMD */
		32768, 32769, 65535,    /* TA, DLV, reserved */
	};

	/* 128 to 255 are query and meta types (RFC 6895 section 3.1). */
	if (type >= 128 && type <= 255)
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i] == type)
			return true;
	}
	return false;
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
	if (field == 's' || field == 'S')
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
	case 4: /* ipv4hint */
		return len > 0 && len % 4 == 0;
	case 6: /* ipv6hint */
		return len > 0 && len % 16 == 0;
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

bool
hrd_rdata_has_layout(uint16_t type, const uint8_t *rdata, size_t len)
{
	const char *fields = layout_of(type);
	size_t pos = 0;

	for (; *fields != '\0' && strchr("*pb", *fields) == NULL; fields++) {
		do {
			size_t step = field_size(*fields, rdata + pos, len - pos);

			if (step == 0)
				return false;
			pos += step;
		} while (*fields == 'S' && pos < len);
	}
	if (*fields == 'p')
		return are_params(rdata + pos, len - pos);
	if (*fields == 'b')
		return is_bitmap(rdata + pos, len - pos);
	return *fields == '*' || pos == len;
}

bool
hrd_rdata_names_are(
    uint16_t type, const uint8_t *rdata, size_t len, bool (*test)(const uint8_t *wire))
{
	size_t pos = 0;

	for (const char *fields = layout_of(type);
	     *fields != '\0' && strchr("*pbS", *fields) == NULL; fields++) {
		if (*fields == 'n' && !test(rdata + pos))
			return false;
		pos += field_size(*fields, rdata + pos, len - pos);
	}
	return true;
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

	if (is_forbidden(type))
		return "record type cannot be local data";
	if (len > UINT16_MAX)
		return "RDATA over 65535 octets";
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

	for (const char *fields = layout_of(type); *fields != '\0' && *fields != '*'; fields++) {
		struct hrd_name name;

		if (strchr("Spb", *fields) != NULL)
			return;
		if (*fields == 'n' && hrd_name_from_wire(&name, rdata + pos, len - pos) == HRD_OK)
			memcpy(rdata + pos, name.wire, name.len);
		pos += field_size(*fields, rdata + pos, len - pos);
	}
}
