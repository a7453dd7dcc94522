/* SPDX-License-Identifier: BSD-3-Clause */
/* RDATA: whether the octets have the type's structure, and which may be local data in an answer.
 *
 * RDATA is class IN, in wire form, its names uncompressed. Types that hold names are checked field
 * by field, since names are followed and copied; the rest is opaque. Pure functions. */
#ifndef HRD_LIB_NAME_RDATA_H
#define HRD_LIB_NAME_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"

enum {
	HRD_TYPE_A = 1,
	HRD_TYPE_NS = 2,
	HRD_TYPE_CNAME = 5,
	HRD_TYPE_SOA = 6,
	HRD_TYPE_PTR = 12,
	HRD_TYPE_MX = 15,
	HRD_TYPE_TXT = 16,
	HRD_TYPE_AAAA = 28,
	HRD_TYPE_SRV = 33,
	HRD_TYPE_NAPTR = 35,
	HRD_TYPE_DNAME = 39,
	HRD_TYPE_DS = 43,
	HRD_TYPE_RRSIG = 46,
	HRD_TYPE_NSEC = 47,
	HRD_TYPE_DNSKEY = 48,
	HRD_TYPE_NSEC3 = 50,
	HRD_TYPE_ZONEMD = 63,
};

/* What sets a type apart. */
enum hrd_type_flags {
	HRD_TYPE_NO_DATA = 1,      /* no rule may put it in an answer */
	HRD_TYPE_OF_TRANSPORT = 2, /* secures the way of a zone, and is no rule */
	HRD_TYPE_OF_SIGNING = 4,   /* signing a zone makes it */
	HRD_TYPE_KEEPS_CASE = 8,   /* its names keep their letters (RFC 6840 section 5.1) */
	HRD_TYPE_LEADS = 16,       /* it says where to go in a form that is not read here */
};
unsigned hrd_type_flags(uint16_t type);

/* How the zones that we write say the type; NULL: as TYPEn (RFC 3597 section 5). Static text. */
const char *hrd_type_word(uint16_t type);

/* The type that such a word says, in capital letters; 0 for any other. */
uint16_t hrd_type_of_word(const char *word, size_t len);

/* NULL for RDATA that may be local data, else a static text that names the fault: a type that is no
 * data (SOA, NS, DNAME, DNSSEC, OPT and meta types), a broken structure, or a CNAME target that the
 * RPZ draft reserves (".", "*." and the names below rpz-*). */
const char *hrd_rdata_fault(uint16_t type, const uint8_t *rdata, size_t len);

/* True for octets that have the structure of the type: every field is there and whole, no name is
 * compressed, and nothing follows. Types that are not known here may hold anything. */
bool hrd_rdata_has_layout(uint16_t type, const uint8_t *rdata, size_t len);

/* True when every name in RDATA that has its layout passes the test, which gets its wire form. */
bool hrd_rdata_names_are(
    uint16_t type, const uint8_t *rdata, size_t len, bool (*test)(const uint8_t *wire));

/* True when RDATA that has its layout sends whoever follows it elsewhere: it names a host or an
 * address. Not elsewhere are the root (the owner itself in SVCB, nothing in MX and SRV),
 * localhost, the name `own` (NULL: none) and what hrd_address_is_nowhere() knows. */
bool hrd_rdata_leads(uint16_t type, const uint8_t *rdata, size_t len, const struct hrd_name *own);

/* True for an address of 4 or 16 octets that only says "nowhere": unspecified or loopback. */
bool hrd_address_is_nowhere(const uint8_t *address, size_t len);

/* Lower-cases the names in RDATA without fault; letter case of other octets stays. */
void hrd_rdata_lower(uint16_t type, uint8_t *rdata, size_t len);

#endif
