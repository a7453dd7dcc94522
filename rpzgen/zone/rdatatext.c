/* SPDX-License-Identifier: BSD-3-Clause */
/* The fields of RDATA in presentation form, type by type. */
#include <config.h>

#include "rpzgen/zone/rdatatext.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/name/rdata.h"
#include "rpzgen/zone/text.h"

/* Fields of a type: 1, 2, 4 = a number of so many octets, p = a period of 32 bits with or without
 * units, n = a name, m = a number or a mnemonic of one octet, f = any one field, v = SvcParams,
 * * = anything. */
static const struct {
	uint16_t type;
	const char *fields;
} layouts[] = {
	{ HRD_TYPE_NS, "n" }, { HRD_TYPE_CNAME, "n" }, { HRD_TYPE_PTR, "n" },
	{ HRD_TYPE_SOA, "nn4pppp" }, { 14, "nn" },  /* MINFO */
	{ HRD_TYPE_MX, "2n" }, { 17, "nn" },        /* RP */
	{ 18, "2n" },                               /* AFSDB */
	{ 21, "2n" },                               /* RT */
	{ 26, "2nn" },                              /* PX */
	{ HRD_TYPE_SRV, "222n" }, { 35, "22fffn" }, /* NAPTR */
	{ 36, "2n" },                               /* KX */
	{ 39, "n" },                                /* DNAME */
	{ 43, "2m1*" },                             /* DS */
	{ 44, "m1*" },                              /* SSHFP */
	{ 45, "111*" },                             /* IPSECKEY */
	{ 46, "fm14fff2*" },                        /* RRSIG; its times have a form of their own */
	{ 48, "21m*" },                             /* DNSKEY */
	{ 50, "112*" },                             /* NSEC3 */
	{ 51, "112*" },                             /* NSEC3PARAM */
	{ 52, "mmm*" },                             /* TLSA */
	{ 53, "mmm*" },                             /* SMIMEA */
	{ 59, "2m1*" },                             /* CDS */
	{ 60, "21m*" },                             /* CDNSKEY */
	{ 62, "42*" },                              /* CSYNC */
	{ 63, "411*" },                             /* ZONEMD */
	{ 64, "2nv" },                              /* SVCB */
	{ 65, "2nv" },                              /* HTTPS */
	{ 104, "2f" },                              /* NID */
	{ 105, "2f" },                              /* L32 */
	{ 106, "2f" },                              /* L64 */
	{ 107, "2n" },                              /* LP */
	{ 256, "22f" },                             /* URI */
	{ 257, "1ff" },                             /* CAA */
	{ 32769, "2m1*" },                          /* DLV */
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

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* True for decimal digits of a number up to max. */
static bool
is_number(const char *text, size_t len, uint64_t max)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]) || value > max)
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	return len > 0 && value <= max;
}

/* True for a number of seconds, or "1h30m", of 32 bits. */
static bool
is_period(const char *text, size_t len)
{
	static const char units[] = "smhdw";
	static const uint32_t factors[] = { 1, 60, 3600, 86400, 604800 };
	uint64_t sum = 0;

	while (len > 0 && sum <= UINT32_MAX) {
		size_t digits = 0;
		uint64_t value = 0;
		const char *unit;

		for (; digits < len && is_digit(text[digits]); digits++) {
			if (value <= UINT32_MAX)
				value = value * 10 + (uint64_t)(text[digits] - '0');
		}
		if (digits == 0)
			return false;
		if (digits < len) {
			unit = strchr(units, text[digits] | 0x20);
			if (unit == NULL || *unit == '\0')
				return false;
			value *= factors[unit - units];
			digits++;
		}
		sum += value;
		text += digits;
		len -= digits;
		if (len == 0)
			return sum <= UINT32_MAX;
	}
	return false;
}

static const char *
name_fault(const char *field, size_t len)
{
	/* What stands in quotes is a character string, and would become part of a label. */
	return len > 0 && field[0] == '"' ? "a name in quotes" : NULL;
}

static const char *
field_fault(char kind, const char *field, size_t len)
{
	switch (kind) {
	case '1':
		return is_number(field, len, UINT8_MAX) ? NULL : "no number from 0 to 255";
	case '2':
		return is_number(field, len, UINT16_MAX) ? NULL : "no number from 0 to 65535";
	case '4':
		return is_number(field, len, UINT32_MAX) ? NULL : "no number from 0 to 4294967295";
	case 'p':
		return is_period(field, len) ? NULL : "no number of seconds from 0 to 4294967295";
	case 'm':
		return (!is_digit(field[0]) && field[0] != '-') || is_number(field, len, UINT8_MAX)
			   ? NULL
			   : "no number from 0 to 255";
	case 'n':
		return name_fault(field, len);
	default:
		return NULL;
	}
}

enum { SVC_KEYS_MAX = 64, SVC_KEY_PORT = 3 };

static bool
key_is(const char *key, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(key, word, len) == 0;
}

/* The number of a key, or -1 for one that only the library may know. */
static long
svc_key(const char *key, size_t len)
{
	static const char *const words[] = { "mandatory", "alpn", "no-default-alpn", "port",
		"ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp" };
	long number = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (key_is(key, len, words[i]))
			return (long)i;
	}
	if (len < 4 || strncasecmp(key, "key", 3) != 0 || !is_number(key + 3, len - 3, UINT16_MAX))
		return -1;
	for (size_t i = 3; i < len; i++)
		number = number * 10 + (key[i] - '0');
	return number;
}

/* A port is the one value that is a number. */
static const char *
port_fault(const char *value, size_t len)
{
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value++;
		len -= 2;
	}
	return is_number(value, len, UINT16_MAX) ? NULL : "the port is no number from 0 to 65535";
}

static const char *
svc_params_fault(const char *text, size_t len)
{
	long keys[SVC_KEYS_MAX];
	size_t count = 0, field_len;
	const char *field, *why;

	while (hrd_zone_field(&text, &len, &field, &field_len)) {
		const char *equals = memchr(field, '=', field_len);
		size_t key_len = equals != NULL ? (size_t)(equals - field) : field_len;
		long key = svc_key(field, key_len);

		for (size_t i = 0; i < count && key >= 0; i++) {
			if (keys[i] == key)
				return "a SvcParam twice";
		}
		if (count == SVC_KEYS_MAX)
			return "over 64 SvcParams";
		keys[count++] = key;
		if (key != SVC_KEY_PORT || (field[0] | 0x20) == 'k')
			continue;
		why = equals == NULL ? "a port without its number"
				     : port_fault(equals + 1, field_len - key_len - 1);
		if (why != NULL)
			return why;
	}
	return NULL;
}

const char *
hrd_rdata_text_fault(uint16_t type, const char *text, size_t len)
{
	const char *fields = layout_of(type), *field, *why;
	size_t field_len;

	for (; *fields != '\0' && *fields != '*'; fields++) {
		if (*fields == 'v')
			return svc_params_fault(text, len);
		if (!hrd_zone_field(&text, &len, &field, &field_len))
			return "a field is missing";
		why = field_fault(*fields, field, field_len);
		if (why != NULL)
			return why;
	}
	if (*fields == '\0' && hrd_zone_field(&text, &len, &field, &field_len))
		return "a field too many";
	return NULL;
}
