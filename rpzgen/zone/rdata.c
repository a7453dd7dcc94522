/* SPDX-License-Identifier: BSD-3-Clause */
/* RDATA from presentation form to wire form. */
#include <config.h>

#include "rpzgen/zone/rdata.h"

#include <ldns/ldns.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
#include "lib/base/hex.h"
#include "lib/name/rdata.h"
#include "rpzgen/zone/rdatatext.h"
#include "rpzgen/zone/text.h"

enum { TYPE_SPF = 99, RDATA_MAX = 65535, FIELDS_MAX = 16, TRIM_OCTETS = 16 << 20 };

struct hrd_zone_rdata {
	char *line; /* what ldns reads */
	size_t room;
	uint8_t wire[RDATA_MAX];
};

/* "TYPE65" (RFC 3597 section 5); ldns does not look at the range. */
static uint16_t
generic_type(const char *digits)
{
	char *end;
	unsigned long number;

	if (*digits < '0' || *digits > '9')
		return 0;
	number = strtoul(digits, &end, 10);
	return (*end == '\0' && number <= 65535) ? (uint16_t)number : 0;
}

uint16_t
hrd_zone_type(const char *text, size_t len)
{
	char name[32];

	if (len == 0 || len >= sizeof(name))
		return 0;
	memcpy(name, text, len);
	name[len] = '\0';
	if (strncasecmp(name, "TYPE", 4) == 0)
		return generic_type(name + 4);
	return (uint16_t)ldns_get_rr_type_by_name(name);
}

struct hrd_zone_rdata *
hrd_zone_rdata_new(void)
{
	struct hrd_zone_rdata *rdata = malloc(sizeof(*rdata));

#ifdef M_TRIM_THRESHOLD
	/* ldns takes and gives back 64 KiB for each record; where that moves the end of the heap,
	 * it costs more than the record. */
	mallopt(M_TRIM_THRESHOLD, TRIM_OCTETS);
#endif
	if (rdata == NULL)
		return NULL;
	rdata->line = NULL;
	rdata->room = 0;
	return rdata;
}

void
hrd_zone_rdata_free(struct hrd_zone_rdata *rdata)
{
	if (rdata == NULL)
		return;
	free(rdata->line);
	free(rdata);
}

/* Makes the record that ldns reads: owner, TTL and class mean nothing. */
static int
make_line(struct hrd_zone_rdata *rdata, uint16_t type, const char *text, size_t len)
{
	char *line = hrd_array_reserve(rdata->line, &rdata->room, len + 32, 1);
	int front;

	if (line == NULL)
		return HRD_ENOMEM;
	rdata->line = line;
	front = snprintf(rdata->line, rdata->room, ". 0 IN TYPE%u ", type);
	memcpy(rdata->line + front, text, len);
	rdata->line[(size_t)front + len] = '\0';
	return HRD_OK;
}

static const char *
collect(struct hrd_zone_rdata *rdata, const ldns_rr *rr, size_t *len)
{
	size_t size;
	const ldns_rdf *field;

	*len = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		field = ldns_rr_rdf(rr, i);
		size = ldns_rdf_size(field);
		if (ldns_rdf_get_type(field) == LDNS_RDF_TYPE_DNAME && size > HRD_NAME_MAX)
			return "a name in the RDATA has over 255 octets (RFC 1035 2.3.4)";
		if (size > RDATA_MAX - *len)
			return "RDATA over 65535 octets";
		/* A field without octets has no data either. */
		if (size > 0)
			memcpy(rdata->wire + *len, ldns_rdf_data(field), size);
		*len += size;
	}
	return NULL;
}

static bool
has_names(uint16_t type)
{
	const ldns_rr_descriptor *fields = ldns_rr_descript(type);

	/* Some types repeat their last field without end. */
	for (size_t i = 0; i < ldns_rr_descriptor_maximum(fields) && i < FIELDS_MAX; i++) {
		if (ldns_rr_descriptor_field_type(fields, i) == LDNS_RDF_TYPE_DNAME)
			return true;
	}
	return false;
}

/* True for a name whose first label is "@": ldns takes it, escaped or not, for the origin. */
static bool
is_misread(const char *field, size_t len)
{
	static const char *const labels[] = { "@.", "\\@.", "\\064." };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (len >= strlen(labels[i]) && memcmp(field, labels[i], strlen(labels[i])) == 0)
			return true;
	}
	return false;
}

static bool
is_readable(uint16_t type, const char *text, size_t len)
{
	const char *field;
	size_t field_len;

	while (has_names(type) && hrd_zone_field(&text, &len, &field, &field_len)) {
		if (is_misread(field, field_len))
			return false;
	}
	return true;
}

/* Any type but those of RFC 3597 below, through ldns. */
static int
from_ldns(struct hrd_zone_rdata *rdata, uint16_t type, const char *text, size_t len,
    const struct hrd_name *origin, size_t *wire_len, const char **why)
{
	ldns_rdf *base;
	ldns_rr *rr = NULL;
	ldns_status status;

	*why = "a name that begins with the label \"@\"; write the RDATA in the form of RFC 3597";
	if (!is_readable(type, text, len))
		return HRD_EINVAL;
	if (make_line(rdata, type, text, len) != HRD_OK)
		return HRD_ENOMEM;
	base = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin->len, origin->wire);
	if (base == NULL)
		return HRD_ENOMEM;
	status = ldns_rr_new_frm_str(&rr, rdata->line, 0, base, NULL);
	*why = status == LDNS_STATUS_OK ? collect(rdata, rr, wire_len)
					: ldns_get_errorstr_by_id(status);
	if (status == LDNS_STATUS_OK)
		ldns_rr_free(rr);
	ldns_rdf_deep_free(base);
	if (status == LDNS_STATUS_MEM_ERR)
		return HRD_ENOMEM;
	return *why == NULL ? HRD_OK : HRD_EINVAL;
}

/* Reads the hexadecimal digits of a field after those before it: two an octet, fields may split
 * them. False for anything else, and over RDATA_MAX. */
static bool
take_hex(uint8_t *wire, size_t *digits, const char *field, size_t len)
{
	int value;

	if (len > 2 * (size_t)RDATA_MAX - *digits)
		return false;
	for (; len > 0; field++, len--) {
		value = hrd_hex_digit(*field);
		if (value < 0)
			return false;
		if (*digits % 2 == 0)
			wire[*digits / 2] = (uint8_t)(value << 4);
		else
			wire[*digits / 2] |= (uint8_t)value;
		++*digits;
	}
	return true;
}

/* "\# 3 ab cdef" (RFC 3597 section 5), the text without its "\#". ldns stops at 32 KiB. */
static int
from_generic(
    struct hrd_zone_rdata *rdata, const char *text, size_t len, size_t *wire_len, const char **why)
{
	const char *field;
	size_t field_len, digits = 0, size = 0;

	*why = "the form of RFC 3597 is \\#, a number of octets up to 65535, and their digits";
	if (!hrd_zone_field(&text, &len, &field, &field_len) || field_len > 5)
		return HRD_EINVAL;
	for (size_t i = 0; i < field_len; i++) {
		if (field[i] < '0' || field[i] > '9')
			return HRD_EINVAL;
		size = size * 10 + (size_t)(field[i] - '0');
	}
	while (hrd_zone_field(&text, &len, &field, &field_len)) {
		if (!take_hex(rdata->wire, &digits, field, field_len))
			return HRD_EINVAL;
	}
	*wire_len = size;
	return (size <= RDATA_MAX && digits == 2 * size) ? HRD_OK : HRD_EINVAL;
}

/* The octet after a backslash: three digits, or itself. */
static bool
take_escape(const char **text, const char *end, uint8_t *octet)
{
	const char *at = *text;
	unsigned value = 0;

	if (at == end)
		return false;
	if (*at < '0' || *at > '9') {
		*octet = (uint8_t)*at;
		*text = at + 1;
		return true;
	}
	for (unsigned i = 0; i < 3; i++, at++) {
		if (at == end || *at < '0' || *at > '9')
			return false;
		value = value * 10 + (unsigned)(*at - '0');
	}
	*octet = (uint8_t)value;
	*text = at;
	return value <= 255;
}

/* One character string (RFC 1035 section 5.1) to *text: length and octets. False when it is none,
 * or does not fit. */
static bool
take_string(const char **text, const char *end, uint8_t *wire, size_t *wire_len)
{
	bool quoted = **text == '"';
	const char *at = *text + (quoted ? 1 : 0);
	size_t len = 0;

	while (at < end && (quoted ? *at != '"' : *at != ' ' && *at != '\t' && *at != '"')) {
		uint8_t octet = (uint8_t)*at++;

		if (octet == '\\' && !take_escape(&at, end, &octet))
			return false;
		if (len == UINT8_MAX || *wire_len + 1 + len >= RDATA_MAX)
			return false;
		wire[*wire_len + 1 + len++] = octet;
	}
	if (quoted && at++ == end)
		return false;
	wire[*wire_len] = (uint8_t)len;
	*wire_len += 1 + len;
	*text = at;
	return true;
}

static int
from_strings(
    struct hrd_zone_rdata *rdata, const char *text, size_t len, size_t *wire_len, const char **why)
{
	const char *end = text + len;

	*why = "no character strings of up to 255 octets, 65535 octets in all";
	*wire_len = 0;
	for (;;) {
		while (text < end && (*text == ' ' || *text == '\t'))
			text++;
		if (text == end)
			break;
		if (*wire_len >= RDATA_MAX || !take_string(&text, end, rdata->wire, wire_len))
			return HRD_EINVAL;
	}
	return *wire_len > 0 ? HRD_OK : HRD_EINVAL;
}

int
hrd_zone_rdata_from_text(struct hrd_zone_rdata *rdata, uint16_t type, const char *text, size_t len,
    const struct hrd_name *origin, const uint8_t **wire, size_t *wire_len, const char **why)
{
	*wire = rdata->wire;
	if (len > 2 && memcmp(text, "\\#", 2) == 0 && (text[2] == ' ' || text[2] == '\t'))
		return from_generic(rdata, text + 2, len - 2, wire_len, why);
	*wire_len = hrd_rrsig_from_text(type, text, len, rdata->wire);
	if (*wire_len > 0)
		return HRD_OK;
	if (type == HRD_TYPE_TXT || type == TYPE_SPF)
		return from_strings(rdata, text, len, wire_len, why);
	*why = hrd_rdata_text_fault(type, text, len);
	if (*why != NULL)
		return HRD_EINVAL;
	return from_ldns(rdata, type, text, len, origin, wire_len, why);
}

const char *
hrd_rdata_version(void)
{
	return ldns_version();
}
