/* SPDX-License-Identifier: BSD-3-Clause */
/* The substitution expression of a NAPTR record. A pure function. */
#ifndef HRD_LIB_NAME_NAPTR_H
#define HRD_LIB_NAME_NAPTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for no expression at all, and for one of RFC 3402 section 3.2: a delimiter, a POSIX extended
 * regular expression, the delimiter, what replaces the match, the delimiter, flags. BIND refuses a
 * whole zone for any other; within brackets it takes more than this (classes, escapes). Nothing is
 * compiled: time is linear in len. */
bool hrd_naptr_is_expression(const uint8_t *text, size_t len);

#endif
