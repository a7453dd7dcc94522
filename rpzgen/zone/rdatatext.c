/* SPDX-License-Identifier: BSD-3-Clause */
/* The fields of RDATA in presentation form, type by type; RRSIG and NSEC read whole. */
#include <config.h>

#include "rpzgen/zone/rdatatext.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/base/hex.h"
#include "lib/name/name.h"
#include "lib/name/rdata.h"
#include "rpzgen/zone/text.h"

/* Fields of a type: 1, 2, 4 = a number of so many octets, p = a period of 32 bits with or without
 * units, n = a name, m, M = a number or a mnemonic of one octet or two, f = any one field, v =
 * SvcParams, h = hexadecimal digits up to the end, # = a form whose ranges nobody checks, so that
 * only the generic one is taken, * = anything. */
static const struct {
	uint16_t type;
	const char *fields;
} layouts[] = {
	{ HRD_TYPE_NS, "n" }, { HRD_TYPE_CNAME, "n" }, { HRD_TYPE_PTR, "n" },
	{ HRD_TYPE_SOA, "nn4pppp" }, { 11, "#" },   /* WKS */
	{ 14, "nn" },                               /* MINFO */
	{ HRD_TYPE_MX, "2n" }, { 17, "nn" },        /* RP */
	{ 18, "2n" },                               /* AFSDB */
	{ 21, "2n" },                               /* RT */
	{ 22, "#" },                                /* NSAP */
	{ 26, "2nn" },                              /* PX */
	{ 27, "#" },                                /* GPOS */
	{ 29, "#" },                                /* LOC */
	{ HRD_TYPE_SRV, "222n" }, { 35, "22fffn" }, /* NAPTR */
	{ 36, "2n" },                               /* KX */
	{ 37, "M2m*" },                             /* CERT */
	{ 39, "n" },                                /* DNAME */
	{ 42, "#" },                                /* APL */
	{ 43, "2m1h" },                             /* DS */
	{ 44, "m1h" },                              /* SSHFP */
	{ 45, "111*" },                             /* IPSECKEY */
	{ 46, "fm14ff2*" },                         /* RRSIG; its times have a form of their own */
	{ 48, "21m*" },                             /* DNSKEY */
	{ 50, "112*" },                             /* NSEC3 */
	{ 51, "112*" },                             /* NSEC3PARAM */
	{ 52, "mmmh" },                             /* TLSA */
	{ 53, "mmmh" },                             /* SMIMEA */
	{ 59, "2m1h" },                             /* CDS */
	{ 60, "21m*" },                             /* CDNSKEY */
	{ 62, "42*" },                              /* CSYNC */
	{ 63, "411h" },                             /* ZONEMD */
	{ 64, "2nv" },                              /* SVCB */
	{ 65, "2nv" },                              /* HTTPS */
	{ 104, "2f" },                              /* NID */
	{ 105, "2f" },                              /* L32 */
	{ 106, "2f" },                              /* L64 */
	{ 107, "2n" },                              /* LP */
	{ 256, "22f" },                             /* URI */
	{ 257, "1ff" },                             /* CAA */
	{ 32769, "2m1h" },                          /* DLV */
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
	case 'M':
		return !is_digit(field[0]) || is_number(field, len, UINT16_MAX)
			   ? NULL
			   : "no number from 0 to 65535";
	case '#':
		return "of this type only the form \"\\# LENGTH HEX\" is taken (RFC 3597)";
	case 'n':
		return name_fault(field, len);
	default:
		return NULL;
	}
}

enum { SVC_KEYS_MAX = 64, SVC_KEY_ALPN = 1, SVC_KEY_PORT = 3, SVC_KEY_ECH = 5 };

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

/* What the library lets pass, or reads otherwise: numbers that are too large, base64 that is cut, a
 * comma in a protocol's name. */
static const char *
svc_value_fault(long key, const char *value, size_t len)
{
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value++;
		len -= 2;
	}
	if (key == SVC_KEY_PORT && !is_number(value, len, UINT16_MAX))
		return "the port is no number from 0 to 65535";
	if (key == SVC_KEY_ECH && len % 4 != 0)
		return "ech is no base64 of whole groups";
	if (key == SVC_KEY_ALPN && memchr(value, '\\', len) != NULL)
		return "alpn with an escape; write the RDATA in the form of RFC 3597";
	return NULL;
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
		if ((field[0] | 0x20) == 'k')
			continue;
		if (equals == NULL)
			why = key == SVC_KEY_PORT ? "a port without its number" : NULL;
		else
			why = svc_value_fault(key, equals + 1, field_len - key_len - 1);
		if (why != NULL)
			return why;
	}
	return NULL;
}

/* Two digits an octet, in one or more fields; the library makes up the one that is missing. */
static const char *
hex_fault(const char *text, size_t len)
{
	const char *field;
	size_t field_len, digits = 0;

	while (hrd_zone_field(&text, &len, &field, &field_len)) {
		for (size_t i = 0; i < field_len; i++) {
			if (hrd_hex_digit(field[i]) < 0)
				return "no hexadecimal digits";
		}
		digits += field_len;
	}
	return digits % 2 == 0 ? NULL : "an odd number of hexadecimal digits";
}

const char *
hrd_rdata_text_fault(uint16_t type, const char *text, size_t len)
{
	const char *fields = layout_of(type), *field, *why;
	size_t field_len;

	for (; *fields != '\0' && *fields != '*'; fields++) {
		if (*fields == 'v')
			return svc_params_fault(text, len);
		if (*fields == 'h')
			return hex_fault(text, len);
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

enum { TIME_DIGITS = 14, WINDOW_OCTETS = 32 };

/* Text that is read, and RDATA that comes of it. */
struct reading {
	const char *text;
	size_t len;
	uint8_t *wire;
	size_t used;
};

static bool
next_field(struct reading *r, const char **field, size_t *len)
{
	return hrd_zone_field(&r->text, &r->len, field, len);
}

static void
put(struct reading *r, uint64_t value, unsigned octets)
{
	while (octets-- > 0)
		r->wire[r->used++] = (uint8_t)(value >> 8 * octets);
}

static bool
read_digits(const char *text, size_t len, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = *value * 10 + (uint64_t)(text[i] - '0');
	}
	return len > 0;
}

/* A number of so many octets. */
static bool
take_number(struct reading *r, unsigned octets)
{
	const char *field;
	uint64_t value;
	size_t len;

	if (!next_field(r, &field, &len) || len > 10 || !read_digits(field, len, &value) ||
	    value >> 8 * octets != 0)
		return false;
	put(r, value, octets);
	return true;
}

static bool
two_digits(const char *text, int least, int most, int *value)
{
	*value = (text[0] - '0') * 10 + text[1] - '0';
	return *value >= least && *value <= most;
}

/* YYYYMMDDHHmmSS (RFC 4034 section 3.2), modulo 2^32. */
static bool
take_time(struct reading *r)
{
	struct tm tm = { 0 };
	const char *field;
	uint64_t all;
	size_t len;
	int day;

	if (!next_field(r, &field, &len) || len != TIME_DIGITS || !read_digits(field, len, &all))
		return false;
	tm.tm_year = (int)(all / 10000000000) - 1900;
	if (tm.tm_year < 70 || !two_digits(field + 4, 1, 12, &tm.tm_mon) ||
	    !two_digits(field + 6, 1, 31, &tm.tm_mday) ||
	    !two_digits(field + 8, 0, 23, &tm.tm_hour) ||
	    !two_digits(field + 10, 0, 59, &tm.tm_min) ||
	    !two_digits(field + 12, 0, 59, &tm.tm_sec))
		return false;
	tm.tm_mon--;
	day = tm.tm_mday;
	put(r, (uint64_t)timegm(&tm) & UINT32_MAX, 4);
	return tm.tm_mday == day; /* there is no 31 February */
}

/* An absolute name without capital letters: RDATA keeps them, hrd_name does not. */
static bool
take_name(struct reading *r)
{
	struct hrd_name name;
	const char *field;
	size_t len;

	if (!next_field(r, &field, &len) || field[len - 1] != '.' ||
	    (len > 1 && field[len - 2] == '\\'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((field[i] >= 'A' && field[i] <= 'Z') || field[i] == '"')
			return false;
		/* An escape may stand for a capital letter too. */
		if (field[i] == '\\' && (i + 1 == len || field[i + 1] == '0' ||
					    field[i + 1] == '1' || field[i + 1] == '2'))
			return false;
	}
	if (hrd_name_from_text(&name, field, len) != HRD_OK)
		return false;
	memcpy(r->wire + r->used, name.wire, name.len);
	r->used += name.len;
	return true;
}

/* Types that signed policy zones have, by mnemonic, and all of them in the form of RFC 3597; 0 for
 * others. */
static uint16_t
read_type(const char *field, size_t len)
{
	uint16_t type = hrd_type_of_word(field, len);
	uint64_t number;

	if (type != 0)
		return type;
	if (len < 5 || len > 9 || memcmp(field, "TYPE", 4) != 0 ||
	    !read_digits(field + 4, len - 4, &number) || number > UINT16_MAX)
		return 0;
	return (uint16_t)number;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Digits of base64 in one or more fields (RFC 4648 section 4): whole groups, padded. */
static bool
take_base64(struct reading *r)
{
	size_t digits = 0, padding = 0, len;
	uint32_t bits = 0;
	const char *field;

	while (next_field(r, &field, &len)) {
		for (size_t i = 0; i < len; i++) {
			int value = base64_value(field[i]);

			padding += field[i] == '=';
			if ((value < 0 || padding > 0) && field[i] != '=')
				return false;
			bits = bits << 6 | (uint32_t)(value < 0 ? 0 : value);
			if (++digits % 4 == 0)
				put(r, bits & 0xffffff, 3);
		}
	}
	/* Bits behind the last octet are zero in what signers write. */
	if (digits == 0 || digits % 4 != 0 || padding > 2)
		return false;
	for (size_t i = 0; i < padding; i++) {
		if (r->wire[--r->used] != 0)
			return false;
	}
	return true;
}

static bool
read_rrsig(struct reading *r)
{
	const char *field;
	uint16_t covered;
	size_t len;

	covered = next_field(r, &field, &len) ? read_type(field, len) : 0;
	put(r, covered, 2);
	return covered != 0 && take_number(r, 1) && take_number(r, 1) && take_number(r, 4) &&
	       take_time(r) && take_time(r) && take_number(r, 2) && take_name(r) && take_base64(r);
}

/* One window block of the type bitmap, without zeros at its end. */
static void
put_window(struct reading *r, unsigned window, const uint8_t block[static WINDOW_OCTETS])
{
	size_t len = WINDOW_OCTETS;

	while (len > 0 && block[len - 1] == 0)
		len--;
	if (len == 0)
		return;
	put(r, window, 1);
	put(r, len, 1);
	memcpy(r->wire + r->used, block, len);
	r->used += len;
}

/* Types in rising order: each window then comes once. */
static bool
take_bitmap(struct reading *r)
{
	uint8_t block[WINDOW_OCTETS] = { 0 };
	unsigned window = 0;
	uint16_t type, last = 0;
	const char *field;
	size_t len;

	while (next_field(r, &field, &len)) {
		type = read_type(field, len);
		if (type <= last)
			return false;
		last = type;
		if (type / 256 != window) {
			put_window(r, window, block);
			memset(block, 0, sizeof(block));
			window = type / 256;
		}
		block[type % 256 / 8] |= (uint8_t)(0x80 >> type % 8);
	}
	put_window(r, window, block);
	return last != 0;
}

size_t
hrd_rrsig_from_text(uint16_t type, const char *text, size_t len, uint8_t *wire)
{
	struct reading r = { text, len, wire, 0 };
	bool good = false;

	if (len > HRD_RRSIG_TEXT_MAX)
		return 0;
	if (type == HRD_TYPE_RRSIG)
		good = read_rrsig(&r);
	else if (type == HRD_TYPE_NSEC)
		good = take_name(&r) && take_bitmap(&r);
	return good ? r.used : 0;
}
