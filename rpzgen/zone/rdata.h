/* SPDX-License-Identifier: BSD-3-Clause */
/* RDATA from presentation form to wire form, for every type that ldns knows and in the form of RFC
 * 3597 for all. ldns never sees a file name, an owner or a directive, only the RDATA of one record.
 * Names over 255 octets and RDATA over 65,535, which ldns lets pass, are refused here. A reader
 * belongs to one thread; the other functions are pure. */
#ifndef HRD_RPZGEN_ZONE_RDATA_H
#define HRD_RPZGEN_ZONE_RDATA_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"

/* The number of a type ("AAAA", "TYPE65"), any letter case; 0 when there is none. */
uint16_t hrd_zone_type(const char *text, size_t len);

struct hrd_zone_rdata;

struct hrd_zone_rdata *hrd_zone_rdata_new(void);        /* NULL when out of memory */
void hrd_zone_rdata_free(struct hrd_zone_rdata *rdata); /* NULL-safe */

/* Reads the text as RDATA of the type; relative names in it end in origin.  *wire belongs to rdata
 * and is valid until the next call. HRD_EINVAL: *why is a static text. HRD_ENOMEM. */
HRD_MUST_USE int hrd_zone_rdata_from_text(struct hrd_zone_rdata *rdata, uint16_t type,
    const char *text, size_t len, const struct hrd_name *origin, const uint8_t **wire,
    size_t *wire_len, const char **why);

/* The version of ldns in use; static text. */
const char *hrd_rdata_version(void);

#endif
