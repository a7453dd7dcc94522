/* SPDX-License-Identifier: BSD-3-Clause */
/* Domain names: reading, writing, comparing and the canonical key. */
#include <config.h>

#include "lib/name/name.h"

#include <string.h>

/* ASCII alone, whatever the locale: DNS folds these 26 letters and no others (RFC 4343). */
static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the escape after a backslash; gives the octets of text used, 0 for a bad one. */
static size_t
read_escape(const char *text, size_t len, uint8_t *octet)
{
	unsigned value;

	if (len == 0)
		return 0;
	if (!is_digit(text[0])) {
		*octet = (uint8_t)text[0];
		return 1;
	}
	if (len < 3 || !is_digit(text[1]) || !is_digit(text[2]))
		return 0;
	value = (unsigned)(text[0] - '0') * 100 + (unsigned)(text[1] - '0') * 10 +
		(unsigned)(text[2] - '0');
	if (value > 255)
		return 0;
	*octet = (uint8_t)value;
	return 3;
}

/* Reads one label up to an unescaped dot or the end; gives the octets of text used, or a status.
 * A label that is too long is read to its end all the same: a bad escape behind it is the graver
 * fault. */
static int
read_label(
    const char *text, size_t len, size_t *used, uint8_t label[HRD_LABEL_MAX], size_t *out_len)
{
	size_t i = 0, n = 0, step;

	while (i < len && text[i] != '.') {
		uint8_t octet = (uint8_t)text[i++];

		if (octet == '\\') {
			step = read_escape(text + i, len - i, &octet);
			if (step == 0)
				return HRD_EINVAL;
			i += step;
		}
		if (n < HRD_LABEL_MAX)
			label[n] = lower(octet);
		n++;
	}
	*used = i;
	*out_len = n;
	return n == 0 ? HRD_EINVAL : HRD_OK;
}

int
hrd_name_from_text(struct hrd_name *out, const char *text, size_t len)
{
	uint8_t label[HRD_LABEL_MAX];
	size_t pos = 0, n = 0, used, label_len;
	bool too_long = false;

	if (len == 1 && text[0] == '.') {
		out->wire[0] = 0;
		out->len = 1;
		return HRD_OK;
	}
	do {
		int status = read_label(text + pos, len - pos, &used, label, &label_len);

		if (status != HRD_OK)
			return status;
		pos += used + 1;
		too_long =
		    too_long || label_len > HRD_LABEL_MAX || n + label_len + 2 > HRD_NAME_MAX;
		if (too_long)
			continue;
		out->wire[n++] = (uint8_t)label_len;
		memcpy(out->wire + n, label, label_len);
		n += label_len;
	} while (pos < len);
	if (too_long)
		return HRD_ERANGE;
	out->wire[n++] = 0;
	out->len = (uint8_t)n;
	return HRD_OK;
}

int
hrd_name_from_wire(struct hrd_name *out, const uint8_t *wire, size_t len)
{
	size_t n = 0;

	while (n < len && wire[n] != 0) {
		size_t label = wire[n];

		if (label > HRD_LABEL_MAX)
			return HRD_EINVAL;
		if (n + label + 2 > HRD_NAME_MAX)
			return HRD_ERANGE;
		if (label >= len - n)
			return HRD_EINVAL;
		out->wire[n++] = (uint8_t)label;
		for (; label > 0; label--, n++)
			out->wire[n] = lower(wire[n]);
	}
	if (n >= len)
		return HRD_EINVAL;
	out->wire[n++] = 0;
	out->len = (uint8_t)n;
	return HRD_OK;
}

static size_t
write_decimal(char *text, uint8_t octet)
{
	text[0] = '\\';
	text[1] = (char)('0' + octet / 100);
	text[2] = (char)('0' + octet / 10 % 10);
	text[3] = (char)('0' + octet % 10);
	return 4;
}

/* Writes one octet of a label; gives the octets of text used. */
static size_t
write_octet(char *text, uint8_t octet)
{
	if (octet < 0x21 || octet > 0x7e)
		return write_decimal(text, octet);
	if (strchr(".\\\"();@$", octet) != NULL) {
		text[0] = '\\';
		text[1] = (char)octet;
		return 2;
	}
	text[0] = (char)octet;
	return 1;
}

/* The same where that need not be short. */
static size_t
write_portable_octet(char *text, uint8_t octet)
{
	if (octet != '*' && octet != '/')
		return write_decimal(text, octet);
	text[0] = (char)octet;
	return 1;
}

/* True for the octets that need no look at the table of specials: nearly all in real names. */
static bool
is_plain(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static size_t
to_text(const struct hrd_name *name, char *text, size_t (*write)(char *text, uint8_t octet))
{
	size_t n = 0;

	if (name->wire[0] == 0)
		text[n++] = '.';
	for (size_t i = 0; name->wire[i] != 0;) {
		size_t end = i + 1 + name->wire[i];

		if (i > 0)
			text[n++] = '.';
		for (i++; i < end; i++) {
			if (is_plain(name->wire[i]))
				text[n++] = (char)name->wire[i];
			else
				n += write(text + n, name->wire[i]);
		}
	}
	text[n] = '\0';
	return n;
}

size_t
hrd_name_to_text(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX])
{
	return to_text(name, text, write_octet);
}

size_t
hrd_name_to_portable_text(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX])
{
	return to_text(name, text, write_portable_octet);
}

/* Offsets of all labels, leftmost first; gives their number. */
static unsigned
label_offsets(const struct hrd_name *name, uint8_t offsets[HRD_LABELS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; name->wire[i] != 0; i += name->wire[i] + 1u)
		offsets[n++] = (uint8_t)i;
	return n;
}

unsigned
hrd_name_labels(const struct hrd_name *name)
{
	unsigned n = 0;

	for (unsigned i = 0; name->wire[i] != 0; i += name->wire[i] + 1u)
		n++;
	return n;
}

void
hrd_name_suffix(struct hrd_name *out, const struct hrd_name *name, unsigned labels)
{
	unsigned skip = hrd_name_labels(name) - labels, at = 0;

	for (; skip > 0; skip--)
		at += name->wire[at] + 1u;
	out->len = (uint8_t)(name->len - at);
	memmove(out->wire, name->wire + at, out->len);
}

unsigned
hrd_name_common_labels(const struct hrd_name *a, const struct hrd_name *b)
{
	uint8_t at_a[HRD_LABELS_MAX], at_b[HRD_LABELS_MAX];
	unsigned i = label_offsets(a, at_a), j = label_offsets(b, at_b), common = 0;

	for (; i > 0 && j > 0; i--, j--, common++) {
		const uint8_t *la = a->wire + at_a[i - 1], *lb = b->wire + at_b[j - 1];

		if (memcmp(la, lb, la[0] + 1u) != 0)
			break;
	}
	return common;
}

void
hrd_name_ancestors(struct hrd_name_ancestors *out, const struct hrd_name *name)
{
	unsigned at = 0;

	out->labels = hrd_name_labels(name);
	for (unsigned labels = out->labels; labels > 0; labels--) {
		out->at[labels] = (uint8_t)at;
		at += name->wire[at] + 1u;
	}
	out->at[0] = (uint8_t)at;
}

void
hrd_name_nth_ancestor(struct hrd_name *out, const struct hrd_name *name,
    const struct hrd_name_ancestors *of, unsigned labels)
{
	out->len = (uint8_t)(name->len - of->at[labels]);
	memcpy(out->wire, name->wire + of->at[labels], out->len);
}

int
hrd_name_append(struct hrd_name *name, const struct hrd_name *origin)
{
	if (name->len - 1u + origin->len > HRD_NAME_MAX)
		return HRD_ERANGE;
	memcpy(name->wire + name->len - 1, origin->wire, origin->len);
	name->len = (uint8_t)(name->len - 1u + origin->len);
	return HRD_OK;
}

int
hrd_name_prepend(struct hrd_name *name, const uint8_t *label, size_t len)
{
	if (len == 0 || len > HRD_LABEL_MAX || name->len + len + 1 > HRD_NAME_MAX)
		return HRD_ERANGE;
	memmove(name->wire + len + 1, name->wire, name->len);
	name->wire[0] = (uint8_t)len;
	for (size_t i = 0; i < len; i++)
		name->wire[i + 1] = lower(label[i]);
	name->len = (uint8_t)(name->len + len + 1);
	return HRD_OK;
}

bool
hrd_name_is_at_or_below(const struct hrd_name *name, const struct hrd_name *ancestor)
{
	unsigned at = 0;

	if (ancestor->len > name->len)
		return false;
	while (name->len - at > ancestor->len)
		at += name->wire[at] + 1u;
	return name->len - at == ancestor->len &&
	       memcmp(name->wire + at, ancestor->wire, ancestor->len) == 0;
}

int
hrd_name_cmp(const struct hrd_name *a, const struct hrd_name *b)
{
	uint8_t at_a[HRD_LABELS_MAX], at_b[HRD_LABELS_MAX];
	unsigned i = label_offsets(a, at_a), j = label_offsets(b, at_b);

	for (; i > 0 && j > 0; i--, j--) {
		const uint8_t *la = a->wire + at_a[i - 1], *lb = b->wire + at_b[j - 1];
		int order = memcmp(la + 1, lb + 1, la[0] < lb[0] ? la[0] : lb[0]);

		if (order != 0)
			return order;
		if (la[0] != lb[0])
			return la[0] < lb[0] ? -1 : 1;
	}
	return (int)i - (int)j;
}

void
hrd_key_from_name(struct hrd_key *out, const struct hrd_name *name)
{
	uint8_t offsets[HRD_LABELS_MAX];
	unsigned n = 0;

	for (unsigned left = label_offsets(name, offsets); left > 0; left--) {
		const uint8_t *label = name->wire + offsets[left - 1];

		for (unsigned i = 1; i <= label[0]; i++) {
			if (label[i] <= 1) {
				out->octets[n++] = 1;
				out->octets[n++] = (uint8_t)(label[i] + 1);
			} else {
				out->octets[n++] = label[i];
			}
		}
		out->octets[n++] = 0;
	}
	out->len = (uint16_t)n;
}

/* Reads one label of a key; gives the octets of the key used, 0 for a bad one. */
static size_t
key_label(const uint8_t *key, size_t len, uint8_t label[HRD_LABEL_MAX], size_t *out_len)
{
	size_t i = 0, n = 0;

	while (i < len && key[i] != 0) {
		uint8_t octet = key[i++];

		if (octet == 1) {
			if (i >= len || key[i] < 1 || key[i] > 2)
				return 0;
			octet = (uint8_t)(key[i++] - 1);
		} else if (octet >= 'A' && octet <= 'Z') {
			return 0;
		}
		if (n >= HRD_LABEL_MAX)
			return 0;
		label[n++] = octet;
	}
	*out_len = n;
	return n > 0 && i < len ? i + 1 : 0;
}

/* The name is as long as such a key and the root label, so each label is put in place at once. */
int
hrd_plain_key_to_name(struct hrd_name *out, const uint8_t *key, size_t len)
{
	uint8_t *start = out->wire + len;
	size_t label_len;

	*start = 0;
	out->len = (uint8_t)(len + 1);
	for (const uint8_t *end = key + len; key < end; key += label_len + 1) {
		const uint8_t *label_end = memchr(key, 0, (size_t)(end - key));

		label_len = label_end != NULL ? (size_t)(label_end - key) : 0;
		if (label_len == 0 || label_len > HRD_LABEL_MAX)
			return HRD_EINVAL;
		start -= label_len + 1;
		start[0] = (uint8_t)label_len;
		memcpy(start + 1, key, label_len);
	}
	return HRD_OK;
}

static bool
is_plain_key(const uint8_t *key, size_t len)
{
	unsigned special = 0;

	for (size_t i = 0; i < len; i++)
		special |= (key[i] == 1) | (key[i] - (unsigned)'A' <= 'Z' - 'A');
	return special == 0 && len < HRD_NAME_MAX;
}

int
hrd_key_to_name(struct hrd_name *out, const uint8_t *key, size_t len)
{
	uint8_t *end = out->wire + HRD_NAME_MAX, *start = end - 1;
	uint8_t label[HRD_LABEL_MAX];
	size_t used, label_len;

	if (is_plain_key(key, len))
		return hrd_plain_key_to_name(out, key, len);
	/* The key runs from the root down, so the wire form grows from its end to its start. */
	*start = 0;
	for (size_t pos = 0; pos < len; pos += used) {
		used = key_label(key + pos, len - pos, label, &label_len);
		if (used == 0)
			return HRD_EINVAL;
		if ((size_t)(start - out->wire) < label_len + 1)
			return HRD_ERANGE;
		start -= label_len;
		memcpy(start, label, label_len);
		*--start = (uint8_t)label_len;
	}
	out->len = (uint8_t)(end - start);
	memmove(out->wire, start, out->len);
	return HRD_OK;
}
