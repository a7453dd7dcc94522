/* SPDX-License-Identifier: BSD-3-Clause */
/* A second reading of RFC 8259, for targets that write JSON. */
#ifndef HRD_FUZZ_JSON_READER_H
#define HRD_FUZZ_JSON_READER_H

#include <stddef.h>
#include <string.h>

enum { JSON_DEPTH_MAX = 8 };

/* The parsers of RFC 8259 give what follows, or NULL; the text ends with a NUL. */
static inline const char *
skip_string(const char *at)
{
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u') {
			if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
				return NULL;
			at += 4;
		} else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
			return NULL;
		}
	}
	return at + 1;
}

static inline const char *skip_value(const char *at, int depth);

/* The members of an object, or the elements of an array, up to the closing bracket. */
static inline const char *
skip_members(const char *at, int depth, char end)
{
	if (*at == end)
		return at + 1;
	for (;; at++) {
		if (end == '}') {
			at = skip_string(at);
			if (at == NULL || *at++ != ':')
				return NULL;
		}
		at = skip_value(at, depth + 1);
		if (at == NULL)
			return NULL;
		if (*at == end)
			return at + 1;
		if (*at != ',')
			return NULL;
	}
}

static inline const char *
skip_value(const char *at, int depth)
{
	size_t digits;

	if (depth > JSON_DEPTH_MAX)
		return NULL;
	if (*at == '{')
		return skip_members(at + 1, depth, '}');
	if (*at == '[')
		return skip_members(at + 1, depth, ']');
	if (*at == '"')
		return skip_string(at);
	digits = strspn(at, "0123456789");
	return digits > 0 && (*at != '0' || digits == 1) ? at + digits : NULL;
}

#endif
