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

/* Code points that a reader of text does not see, or that turn its direction: those that Unicode
 * says to leave out where they have no form (Default_Ignorable_Code_Point), line and paragraph
 * separator, the blank pattern of Braille and the marks of annotations. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0xad, 0xad },
	{ 0x34f, 0x34f },
	{ 0x61c, 0x61c },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x2800, 0x2800 },
	{ 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

/* The code point of a well-formed character of len octets. */
static uint32_t
code_point(const uint8_t *text, size_t len)
{
	static const uint8_t lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = text[0] & lead[len];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (text[i] & 0x3fu);
	return code;
}

static bool
is_unseen(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]) && unseen[i].first <= code; i++) {
		if (code <= unseen[i].last)
			return true;
	}
	return false;
}

size_t
hrd_utf8_shown(const void *text, size_t len)
{
	size_t step = hrd_utf8_char(text, len);

	return step > 0 && hrd_utf8_is_text(text, step) && !is_unseen(code_point(text, step)) ? step
											      : 0;
}

bool
hrd_utf8_unseen(const void *text, size_t len, size_t *at, uint32_t *code)
{
	const uint8_t *octets = text;

	while (*at < len) {
		size_t step;

		if (octets[*at] < 0x80) {
			++*at;
			continue;
		}
		step = hrd_utf8_char(octets + *at, len - *at);
		*code = step > 0 ? code_point(octets + *at, step) : 0;
		if (is_unseen(*code))
			return true;
		*at += step > 0 ? step : 1;
	}
	return false;
}

size_t
hrd_utf8_cut(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return len;
	for (len = max; len > 0 && is_tail((uint8_t)text[len]);)
		len--;
	return len;
}
