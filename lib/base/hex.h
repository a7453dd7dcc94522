/* SPDX-License-Identifier: BSD-3-Clause */
/* Octets as hexadecimal digits, and back: the one reader and writer of them. Pure. */
#ifndef HRD_LIB_BASE_HEX_H
#define HRD_LIB_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

/* The value of a digit of either letter case; -1 for anything else. */
int hrd_hex_digit(char c);

/* Writes 2 * len lower-case digits and a NUL. */
void hrd_hex(char *text, const uint8_t *octets, size_t len);

/* Reads 2 * len lower-case digits; stops at the first octet of text that is none, so at its NUL.
 * HRD_EINVAL: octets is then written in part. */
HRD_MUST_USE int hrd_unhex(uint8_t *octets, size_t len, const char *text);

#endif
