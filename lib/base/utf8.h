/* SPDX-License-Identifier: BSD-3-Clause */
/* UTF-8 (RFC 3629) as far as texts from outside must be judged. Pure functions. */
#ifndef HRD_LIB_BASE_UTF8_H
#define HRD_LIB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets of the well-formed character at text, 1..4; 0 when there is none within len octets. */
size_t hrd_utf8_char(const uint8_t *text, size_t len);

/* True for len octets of UTF-8 without control characters (C0 with NUL, DEL, C1). */
bool hrd_utf8_is_text(const uint8_t *text, size_t len);

/* Octets of the byte order mark at the start of a file, which some editors put in front of UTF-8:
 * 3, or 0. Readers of text begin behind it. */
size_t hrd_utf8_mark(const void *text, size_t len);

/* Octets of the character at text when it can be printed as it is; 0 for what is no UTF-8, a
 * control character, or not seen. */
size_t hrd_utf8_shown(const void *text, size_t len);

/* Finds the first character from *at on that is not seen, or turns the direction of text: *at is
 * its octet and *code its code point. False when there is none. */
bool hrd_utf8_unseen(const void *text, size_t len, size_t *at, uint32_t *code);

/* The most octets of a text that ends with a NUL, up to max, that end with a whole character. */
size_t hrd_utf8_cut(const char *text, size_t max);

#endif
