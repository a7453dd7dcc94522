/* SPDX-License-Identifier: BSD-3-Clause */
/* What RDATA in presentation form must be before a library reads it: numbers within their field,
 * names without quotes, no field too many (RFC 1035 section 3.3, RFC 2782, 8659, 9460). The
 * library stores a number modulo its field. Pure functions. */
#ifndef HRD_RPZGEN_ZONE_RDATATEXT_H
#define HRD_RPZGEN_ZONE_RDATATEXT_H

#include <stddef.h>
#include <stdint.h>

/* NULL, or a static text that says what is wrong with the fields. Types without a table here pass.
 */
const char *hrd_rdata_text_fault(uint16_t type, const char *text, size_t len);

/* RDATA of an RRSIG or NSEC in the form in which signers write it.
 *
 * A signed zone is nearly all RRSIG and NSEC, and ldns takes most of the time that reading one
 * costs. What has another form (mnemonics of algorithms, times as seconds, capital letters in a
 * name, relative names, types that only ldns knows) is left to ldns: no form is refused here.
 * Octets of RDATA in wire, which has room for 65,535; 0 for a form, or a type, that is not read
 * here. */
enum { HRD_RRSIG_TEXT_MAX = 4096 }; /* octets of text that are looked at */
size_t hrd_rrsig_from_text(uint16_t type, const char *text, size_t len, uint8_t *wire);

#endif
