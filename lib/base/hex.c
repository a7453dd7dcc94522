/* SPDX-License-Identifier: BSD-3-Clause */
/* Hexadecimal digits. */
#include <config.h>

#include "lib/base/hex.h"

int
hrd_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
hrd_hex(char *text, const uint8_t *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*text++ = digits[octets[i] >> 4];
		*text++ = digits[octets[i] & 15];
	}
	*text = '\0';
}

static int
lower_digit(char c)
{
	return c >= 'A' && c <= 'F' ? -1 : hrd_hex_digit(c);
}

int
hrd_unhex(uint8_t *octets, size_t len, const char *text)
{
	for (size_t i = 0; i < len; i++) {
		int high = lower_digit(text[2 * i]);
		int low = high < 0 ? -1 : lower_digit(text[2 * i + 1]);

		if (low < 0)
			return HRD_EINVAL;
		octets[i] = (uint8_t)(high << 4 | low);
	}
	return HRD_OK;
}
