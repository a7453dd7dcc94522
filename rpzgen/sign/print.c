/* SPDX-License-Identifier: BSD-3-Clause */
/* Signed zones in presentation form: hrd_zonedata_write() of sign.h. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/bytes.h"
#include "lib/base/hex.h"
#include "lib/name/rdata.h"
#include "lib/rules/dump.h"
#include "rpzgen/sign/dnssec.h"
#include "rpzgen/sign/sign.h"
#include "rpzgen/sign/zonekey.h"

enum { BASE64_MAX = (HRD_DNSKEY_RDATA_MAX + 2) / 3 * 4 + 1 };

static int
write_text(void *ctx, const char *text, size_t len)
{
	return fwrite(text, 1, len, ctx) == len ? HRD_OK : HRD_EIO;
}

/* An absolute name at the front of RDATA; its octets. */
static size_t
print_name(FILE *out, const uint8_t *wire, size_t len)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	if (hrd_name_from_wire(&name, wire, len) != HRD_OK)
		return len;
	hrd_name_to_text(&name, text);
	fputs(text, out);
	if (name.len > 1)
		fputc('.', out);
	return name.len;
}

static void
print_type(FILE *out, uint16_t type)
{
	const char *word = hrd_type_word(type);

	if (word != NULL)
		fputs(word, out);
	else
		fprintf(out, "TYPE%u", (unsigned)type);
}

static void
print_base64(FILE *out, const uint8_t *data, size_t len)
{
	char text[BASE64_MAX];

	hrd_base64(text, data, len);
	fputs(text, out);
}

static void
print_hex(FILE *out, const uint8_t *data, size_t len)
{
	for (size_t part; len > 0; data += part, len -= part) {
		char text[2 * 64 + 1];

		part = len < 64 ? len : 64;
		hrd_hex(text, data, part);
		fputs(text, out);
	}
}

/* YYYYMMDDHHmmSS, in the serial arithmetic of RFC 4034 section 3.1.5 taken as before 2106. */
static void
print_time(FILE *out, uint32_t seconds)
{
	time_t when = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (gmtime_r(&when, &tm) != NULL && strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm) > 0)
		fputs(text, out);
}

static void
print_soa(FILE *out, const uint8_t *rdata, size_t len)
{
	size_t at = print_name(out, rdata, len);

	fputc(' ', out);
	at += print_name(out, rdata + at, len - at);
	for (; at + 4 <= len; at += 4)
		fprintf(out, " %" PRIu32, hrd_be32(rdata + at));
}

static void
print_rrsig(FILE *out, const uint8_t *rdata, size_t len)
{
	size_t at = HRD_RRSIG_SIGNER;

	print_type(out, hrd_be16(rdata));
	fprintf(out, " %u %u %" PRIu32 " ", (unsigned)rdata[HRD_RRSIG_ALGORITHM],
	    (unsigned)rdata[HRD_RRSIG_LABELS], hrd_be32(rdata + HRD_RRSIG_TTL));
	print_time(out, hrd_be32(rdata + HRD_RRSIG_EXPIRATION));
	fputc(' ', out);
	print_time(out, hrd_be32(rdata + HRD_RRSIG_INCEPTION));
	fprintf(out, " %u ", (unsigned)hrd_be16(rdata + HRD_RRSIG_TAG));
	at += print_name(out, rdata + at, len - at);
	fputc(' ', out);
	print_base64(out, rdata + at, len - at);
}

static void
print_nsec(FILE *out, const uint8_t *rdata, size_t len)
{
	size_t at = print_name(out, rdata, len);

	while (at + 2 < len) {
		unsigned window = rdata[at], octets = rdata[at + 1];

		at += 2;
		for (unsigned bit = 0; bit < octets * 8; bit++) {
			if (rdata[at + bit / 8] & 0x80 >> bit % 8) {
				fputc(' ', out);
				print_type(out, (uint16_t)(window * 256 + bit));
			}
		}
		at += octets;
	}
}

/* Octets that every reader takes as they are. Knot refuses others without a backslash, and ldns
 * takes "@" for the origin with one. */
static bool
is_plain_octet(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
	       (octet >= '0' && octet <= '9') || octet == '-' || octet == '_' || octet == '*';
}

static bool
is_plain(const uint8_t *wire)
{
	for (const uint8_t *label = wire; *label != 0; label += *label + 1) {
		for (size_t i = 1; i <= *label; i++) {
			if (!is_plain_octet(label[i]))
				return false;
		}
	}
	return true;
}

/* Types whose own form is written here; the others have theirs from hrd_dump_data(). */
static bool
is_ours(uint16_t type)
{
	return type == HRD_TYPE_CNAME || type == HRD_TYPE_NS || type == HRD_TYPE_SOA ||
	       type == HRD_TYPE_RRSIG || type == HRD_TYPE_NSEC || type == HRD_TYPE_DNSKEY ||
	       type == HRD_TYPE_ZONEMD;
}

/* True for RDATA that its own form shows to every reader. */
static bool
is_showable(const struct hrd_zone_rr *rr)
{
	if ((rr->type == HRD_TYPE_RRSIG || rr->type == HRD_TYPE_DNSKEY) &&
	    rr->rdlen > HRD_DNSKEY_RDATA_MAX)
		return false;
	return hrd_rdata_has_layout(rr->type, rr->rdata, rr->rdlen) &&
	       hrd_rdata_names_are(rr->type, rr->rdata, rr->rdlen, is_plain);
}

static void
print_ours(FILE *out, const struct hrd_zone_rr *rr)
{
	const uint8_t *rdata = rr->rdata;

	switch (rr->type) {
	case HRD_TYPE_SOA:
		print_soa(out, rdata, rr->rdlen);
		break;
	case HRD_TYPE_RRSIG:
		print_rrsig(out, rdata, rr->rdlen);
		break;
	case HRD_TYPE_NSEC:
		print_nsec(out, rdata, rr->rdlen);
		break;
	case HRD_TYPE_DNSKEY:
		fprintf(out, "%u %u %u ", (unsigned)hrd_be16(rdata), (unsigned)rdata[2],
		    (unsigned)rdata[3]);
		print_base64(out, rdata + 4, rr->rdlen - 4u);
		break;
	case HRD_TYPE_ZONEMD:
		fprintf(out, "%" PRIu32 " %u %u ", hrd_be32(rdata), (unsigned)rdata[4],
		    (unsigned)rdata[5]);
		print_hex(out, rdata + HRD_ZONEMD_DIGEST, rr->rdlen - (size_t)HRD_ZONEMD_DIGEST);
		break;
	default:
		print_name(out, rdata, rr->rdlen);
		break;
	}
}

/* The form of RFC 3597 section 5, which every reader has for every type. */
static void
print_generic(FILE *out, const struct hrd_zone_rr *rr)
{
	fprintf(out, "\\# %u%s", (unsigned)rr->rdlen, rr->rdlen > 0 ? " " : "");
	print_hex(out, rr->rdata, rr->rdlen);
}

/* Type and RDATA. */
static int
print_data(FILE *out, const struct hrd_zone_rr *rr)
{
	const struct hrd_rr data = { rr->type, rr->rdlen, rr->ttl, rr->rdata };

	if (!is_showable(rr) || is_ours(rr->type)) {
		print_type(out, rr->type);
		fputc(' ', out);
		if (is_showable(rr))
			print_ours(out, rr);
		else
			print_generic(out, rr);
		return HRD_OK;
	}
	return hrd_dump_data(&data, write_text, out);
}

static int
print_record(FILE *out, const char *owner, const struct hrd_zone_rr *rr)
{
	int status;

	fprintf(out, "%s %" PRIu32 " ", owner, rr->ttl);
	status = print_data(out, rr);
	fputc('\n', out);
	return status == HRD_OK && !ferror(out) ? HRD_OK : HRD_EIO;
}

/* An owner as text; what some reader takes otherwise goes by number, which all take. */
static void
owner_text(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX])
{
	size_t n = 0;

	for (const uint8_t *label = name->wire; *label != 0; label += *label + 1) {
		if (n > 0)
			text[n++] = '.';
		for (size_t i = 1; i <= *label; i++) {
			if (is_plain_octet(label[i]))
				text[n++] = (char)label[i];
			else
				n += (size_t)snprintf(text + n, 5, "\\%03u", label[i]);
		}
	}
	text[n] = '\0';
}

/* The owner relative to the apex, "@" for the apex itself. */
static void
relative_text(const struct hrd_zonedata *zone, size_t o, char text[HRD_NAME_TEXT_MAX])
{
	struct hrd_name name;

	hrd_zonedata_owner(zone, o, &name);
	name.len = (uint8_t)(name.len - zone->head.apex.len + 1);
	name.wire[name.len - 1] = 0;
	if (name.len == 1)
		memcpy(text, "@", 2);
	else
		owner_text(&name, text);
}

int
hrd_zonedata_write(const struct hrd_zonedata *zone, FILE *out)
{
	const struct hrd_zone_rr *soa = hrd_zonedata_soa(zone);
	char owner[HRD_NAME_TEXT_MAX];
	int status;

	owner_text(&zone->head.apex, owner);
	fprintf(out,
	    "; Signed, for transport: resolvers load the plain zone that \"rpzgen verify\" "
	    "makes of it.\n$ORIGIN %s.\n",
	    owner);
	status = soa != NULL ? print_record(out, "@", soa) : HRD_EINVAL;
	for (size_t o = 0; o < zone->owner_count && status == HRD_OK; o++) {
		relative_text(zone, o, owner);
		for (size_t i = zone->owners[o]; i < zone->owners[o + 1] && status == HRD_OK; i++) {
			if (&zone->rrs[i] != soa)
				status = print_record(out, owner, &zone->rrs[i]);
		}
	}
	return status;
}
