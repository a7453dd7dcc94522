/* SPDX-License-Identifier: BSD-3-Clause */
/* Well-formed UTF-8 by the table of RFC 3629 section 4. */
#include <config.h>

#include "lib/base/utf8.h"

#include <string.h>

static bool
is_tail(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* Bounds of the second octet, which rule out overlong forms, surrogates and what is above
 * U+10FFFF. */
static bool
second_is_valid(uint8_t first, uint8_t second)
{
	uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

size_t
hrd_utf8_char(const uint8_t *text, size_t len)
{
	size_t need;

	if (len == 0)
		return 0;
	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	need = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (len < need || !second_is_valid(text[0], text[1]))
		return 0;
	for (size_t i = 2; i < need; i++) {
		if (!is_tail(text[i]))
			return 0;
	}
	return need;
}

size_t
hrd_utf8_mark(const void *text, size_t len)
{
	static const uint8_t mark[3] = { 0xef, 0xbb, 0xbf };

	return len >= sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0 ? sizeof(mark) : 0;
}

bool
hrd_utf8_is_text(const uint8_t *text, size_t len)
{
	for (size_t i = 0, step; i < len; i += step) {
		step = hrd_utf8_char(text + i, len - i);
		if (step == 0 || text[i] < 0x20 || text[i] == 0x7f)
			return false;
		if (text[i] == 0xc2 && text[i + 1] < 0xa0)
			return false;
	}
	return true;
}

bool
hrd_utf8_hidden(const char *text, size_t len)
{
	const unsigned char *c = (const unsigned char *)text;

	for (size_t i = 0; i + 1 < len; i++) {
		if ((c[i] == 0xc2 && c[i + 1] == 0xad) || (c[i] == 0xd8 && c[i + 1] == 0x9c))
			return true;
		if (i + 2 >= len)
			continue;
		if (c[i] == 0xe2 && c[i + 1] == 0x80 &&
		    ((c[i + 2] >= 0x8b && c[i + 2] <= 0x8f) ||
			(c[i + 2] >= 0xa8 && c[i + 2] <= 0xae)))
			return true;
		if (c[i] == 0xe2 && c[i + 1] == 0x81 && c[i + 2] >= 0xa0 && c[i + 2] <= 0xaf)
			return true;
		if ((c[i] == 0xef && c[i + 1] == 0xbb && c[i + 2] == 0xbf) ||
		    (c[i] == 0xf3 && c[i + 1] == 0xa0))
			return true;
	}
	return false;
}
