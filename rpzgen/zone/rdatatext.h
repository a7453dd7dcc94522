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

#endif
