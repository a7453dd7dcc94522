/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges NAPTR's substitution expressions. */
#include <config.h>

#include "lib/name/naptr.h"

#include <string.h>

enum { BOUND_MAX = 255 }; /* of a repetition (POSIX RE_DUP_MAX) */

/* What of a pattern has been read. */
struct pattern {
	unsigned open, groups;
	bool has_atom;     /* something that can be repeated, or end an alternative */
	bool was_multiple; /* which is repeated already */
};

static bool
is_digit(uint8_t octet)
{
	return octet >= '0' && octet <= '9';
}

/* Octets of the bracket expression at text, 0 where it is none: "[a-z0-9]". */
static size_t
bracket_size(const uint8_t *text, size_t len)
{
	size_t i = len > 1 && text[1] == '^' ? 2 : 1;
	unsigned range = 0; /* 2: "a-" was read, 1: "a-z", which begins no further range */
	bool seen = false;
	uint8_t start = 0;

	for (; i < len && text[i] != ']'; i++) {
		if (text[i] == '[' || text[i] == '\\')
			return 0;
		if (text[i] == '-' && seen && range != 2) {
			if (range == 1)
				return 0;
			range = 2;
			continue;
		}
		if (range == 2 && text[i] < start)
			return 0;
		range -= range > 0;
		start = text[i];
		seen = true;
	}
	return i < len && seen && range != 2 ? i + 1 : 0;
}

/* A number up to BOUND_MAX at text[*i], which moves behind it. */
static bool
read_bound(const uint8_t *text, size_t len, size_t *i, unsigned *value)
{
	size_t first = *i;

	for (*value = 0; *i < len && is_digit(text[*i]) && *value <= BOUND_MAX; ++*i)
		*value = *value * 10 + text[*i] - '0';
	return *i > first && *value <= BOUND_MAX;
}

/* Octets of the repetition at text, 0 where it is none: "{2}", "{2,}", "{2,5}". */
static size_t
repetition_size(const uint8_t *text, size_t len)
{
	size_t i = 1;
	unsigned low, high;

	if (!read_bound(text, len, &i, &low))
		return 0;
	if (i < len && text[i] == ',') {
		i++;
		if (i < len && is_digit(text[i]) &&
		    (!read_bound(text, len, &i, &high) || high < low))
			return 0;
	}
	return i < len && text[i] == '}' ? i + 1 : 0;
}

static bool
is_repetition(const uint8_t *text, size_t len)
{
	return *text == '*' || *text == '+' || *text == '?' ||
	       (*text == '{' && len > 1 && is_digit(text[1]));
}

/* Takes an atom or an anchor; its octets, 0 for none. */
static size_t
take_atom(struct pattern *p, const uint8_t *text, size_t len)
{
	size_t size = 1;

	if (*text == '[')
		size = bracket_size(text, len);
	else if (*text == '\\')
		size = len > 1 && !(is_digit(text[1]) && text[1] > '0' + (int)p->groups) ? 2 : 0;
	p->has_atom = true;
	p->was_multiple = *text == '^' || *text == '$';
	return size;
}

/* Takes what is next in a pattern; its octets, 0 when it cannot stand there. */
static size_t
take_part(struct pattern *p, const uint8_t *text, size_t len)
{
	if (is_repetition(text, len)) {
		bool good = p->has_atom && !p->was_multiple;

		p->was_multiple = true;
		return !good ? 0 : *text == '{' ? repetition_size(text, len) : 1;
	}
	switch (*text) {
	case '(':
		p->open++;
		p->groups++;
		p->has_atom = p->was_multiple = false;
		return 1;
	case ')':
		if (p->open == 0 || !p->has_atom)
			return 0;
		p->open--;
		p->was_multiple = false;
		return 1;
	case '|':
		if (!p->has_atom)
			return 0;
		p->has_atom = p->was_multiple = false;
		return 1;
	default:
		return take_atom(p, text, len);
	}
}

static bool
is_pattern(const uint8_t *text, size_t len, unsigned *groups)
{
	struct pattern p = { 0 };
	size_t size;

	for (size_t i = 0; i < len; i += size) {
		size = take_part(&p, text + i, len - i);
		if (size == 0)
			return false;
	}
	*groups = p.groups;
	return p.has_atom && p.open == 0;
}

/* The length of the part before the next delimiter that no backslash escapes; len: there is none.
 */
static size_t
part_len(const uint8_t *text, size_t len, uint8_t delimiter)
{
	size_t i = 0;

	while (i < len && text[i] != delimiter)
		i += text[i] == '\\' ? 2 : 1;
	return i < len ? i : len;
}

/* "\1" to "\9" stand for groups of the pattern; "\0" for nothing. */
static bool
is_replacement(const uint8_t *text, size_t len, unsigned groups)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\\')
			continue;
		i++;
		if (is_digit(text[i]) && (text[i] == '0' || text[i] > '0' + (int)groups))
			return false;
	}
	return true;
}

bool
hrd_naptr_is_expression(const uint8_t *text, size_t len)
{
	size_t pattern, replacement, rest;
	unsigned groups;

	if (len == 0)
		return true;
	if (memchr(text, 0, len) != NULL || is_digit(*text) || *text == '\\' || *text == 'i')
		return false;
	pattern = part_len(text + 1, len - 1, *text);
	if (pattern == len - 1 || !is_pattern(text + 1, pattern, &groups))
		return false;
	rest = 1 + pattern + 1;
	replacement = part_len(text + rest, len - rest, *text);
	if (replacement == len - rest || !is_replacement(text + rest, replacement, groups))
		return false;
	for (rest += replacement + 1; rest < len; rest++) {
		if (text[rest] != 'i')
			return false;
	}
	return true;
}
