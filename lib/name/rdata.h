/* SPDX-License-Identifier: BSD-3-Clause */
/* RDATA of local data: what an answer may carry, and whether the octets have the type's structure.
 *
 * RDATA is class IN, in wire form, its names uncompressed. Types that hold names are checked field
 * by field, since names are followed and copied; the rest is opaque. Pure functions. */
#ifndef HRD_LIB_NAME_RDATA_H
#define HRD_LIB_NAME_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
};

/* NULL for RDATA that may be local data, else a static text that names the fault: a type that is no
 * data (SOA, NS, DNAME, DNSSEC, OPT and meta types), a broken structure, or a CNAME target that the
 * RPZ draft reserves (".", "*." and the names below rpz-*). */
const char *hrd_rdata_fault(uint16_t type, const uint8_t *rdata, size_t len);

/* Lower-cases the names in RDATA without fault; letter case of other octets stays. */
void hrd_rdata_lower(uint16_t type, uint8_t *rdata, size_t len);

#endif
