/* SPDX-License-Identifier: BSD-3-Clause */
/* Address prefixes: text, owners below the rpz-* labels, order. */
#include <config.h>

#include "lib/name/prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/hex.h"

enum { BITS = 128, IPV4_OFFSET = 96, WORDS = 8 };

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool
hrd_prefix_is_ipv4(const struct hrd_prefix *p)
{
	return p->len >= IPV4_OFFSET && memcmp(p->addr, mapped, sizeof(mapped)) == 0;
}

bool
hrd_prefix_is_valid(const struct hrd_prefix *p)
{
	unsigned whole = p->len / 8u;

	if (p->len > BITS)
		return false;
	if (p->len % 8u != 0) {
		if ((p->addr[whole] & (0xff >> p->len % 8u)) != 0)
			return false;
		whole++;
	}
	for (; whole < sizeof(p->addr); whole++) {
		if (p->addr[whole] != 0)
			return false;
	}
	return true;
}

int
hrd_prefix_from_addr(struct hrd_prefix *out, const uint8_t *addr, size_t len)
{
	if (len == 4) {
		memcpy(out->addr, mapped, sizeof(mapped));
		memcpy(out->addr + sizeof(mapped), addr, 4);
	} else if (len == sizeof(out->addr)) {
		memcpy(out->addr, addr, sizeof(out->addr));
	} else {
		return HRD_EINVAL;
	}
	out->len = BITS;
	return HRD_OK;
}

/* Reads a decimal number without sign or leading zero, at most max; -1 for anything else. */
static int
read_decimal(const char *text, size_t len, int max)
{
	int value = 0;

	if (len == 0 || len > 3 || (len > 1 && text[0] == '0'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value <= max ? value : -1;
}

int
hrd_prefix_from_text(struct hrd_prefix *out, const char *text, size_t len)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = memchr(text, '/', len);
	size_t addr_len = slash != NULL ? (size_t)(slash - text) : len;
	int bits, offset = 0;

	if (addr_len >= sizeof(addr) || memchr(text, '\0', addr_len) != NULL)
		return HRD_EINVAL;
	memcpy(addr, text, addr_len);
	addr[addr_len] = '\0';
	memcpy(out->addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, addr, out->addr + sizeof(mapped)) == 1)
		offset = IPV4_OFFSET;
	else if (inet_pton(AF_INET6, addr, out->addr) != 1)
		return HRD_EINVAL;
	bits = slash == NULL ? BITS - offset
			     : read_decimal(slash + 1, len - addr_len - 1, BITS - offset);
	if (bits < 0)
		return HRD_EINVAL;
	out->len = (uint8_t)(bits + offset);
	/* Mapped addresses are written as IPv4, so that each prefix has one notation. */
	if (!hrd_prefix_is_valid(out) || (offset == 0 && hrd_prefix_is_ipv4(out)))
		return HRD_EINVAL;
	return HRD_OK;
}

/* A number up to 255; the octets of text. */
static size_t
decimal(char *text, unsigned value)
{
	size_t n = 0;

	if (value >= 100)
		text[n++] = (char)('0' + value / 100);
	if (value >= 10)
		text[n++] = (char)('0' + value / 10 % 10);
	text[n++] = (char)('0' + value % 10);
	return n;
}

static size_t
ipv4_text(char *text, const uint8_t addr[4])
{
	size_t n = decimal(text, addr[0]);

	for (size_t i = 1; i < 4; i++) {
		text[n++] = '.';
		n += decimal(text + n, addr[i]);
	}
	return n;
}

size_t
hrd_prefix_to_text(const struct hrd_prefix *p, char text[HRD_PREFIX_TEXT_MAX])
{
	bool ipv4 = hrd_prefix_is_ipv4(p);
	size_t n;

	if (ipv4) {
		n = ipv4_text(text, p->addr + sizeof(mapped));
	} else {
		text[0] = '\0';
		inet_ntop(AF_INET6, p->addr, text, INET6_ADDRSTRLEN);
		n = strlen(text);
	}
	text[n++] = '/';
	n += decimal(text + n, ipv4 ? p->len - (unsigned)IPV4_OFFSET : p->len);
	text[n] = '\0';
	return n;
}

/* The labels of an owner as text slices, leftmost first; at most max, more give max + 1. */
struct label {
	const char *text;
	size_t len;
};

static unsigned
split_labels(const struct hrd_name *name, struct label *out, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; name->wire[i] != 0 && n <= max; i += name->wire[i] + 1u, n++) {
		if (n < max) {
			out[n].text = (const char *)name->wire + i + 1;
			out[n].len = name->wire[i];
		}
	}
	return n;
}

static bool
is_zz(const struct label *label)
{
	return label->len == 2 && memcmp(label->text, "zz", 2) == 0;
}

/* Reads one to four hexadecimal digits; -1 for anything else. */
static int
read_word(const struct label *label)
{
	int value = 0;

	if (label->len == 0 || label->len > 4)
		return -1;
	for (size_t i = 0; i < label->len; i++) {
		int digit = hrd_hex_digit(label->text[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* "B4.B3.B2.B1": the last octet first. */
static const char *
read_ipv4(struct hrd_prefix *out, const struct label *labels)
{
	memcpy(out->addr, mapped, sizeof(mapped));
	for (unsigned i = 0; i < 4; i++) {
		int octet = read_decimal(labels[i].text, labels[i].len, 255);

		if (octet < 0)
			return "IPv4 octet is not a number of 0 to 255 without leading zeros";
		out->addr[15 - i] = (uint8_t)octet;
	}
	return NULL;
}

/* "W8.W7...W1" with at most one "zz" for a run of zero words: of n labels, n - 1 are words then.
 * The caller has at most eight. */
static const char *
read_ipv6(struct hrd_prefix *out, const struct label *labels, unsigned n)
{
	unsigned w = 0, zz = 0;

	memset(out->addr, 0, sizeof(out->addr));
	for (unsigned i = 0; i < n; i++) {
		int word;

		if (is_zz(&labels[i])) {
			if (zz++ > 0)
				return "two zz";
			w += WORDS - n + 1;
			continue;
		}
		word = read_word(&labels[i]);
		if (word < 0)
			return "IPv6 word is not one to four hexadecimal digits";
		out->addr[14 - 2 * w] = (uint8_t)(word >> 8);
		out->addr[15 - 2 * w] = (uint8_t)word;
		w++;
	}
	return w == WORDS ? NULL
			  : "fewer than four IPv4 octets or eight IPv6 words (zz fills with zeros)";
}

static const char *
read_owner(struct hrd_prefix *out, const struct label *labels, unsigned n)
{
	const char *why;
	bool has_zz = false;
	int bits, offset = 0;

	if (n < 2)
		return "no address: expected PREFIXLENGTH.B4.B3.B2.B1 or PREFIXLENGTH.W8...W1";
	for (unsigned i = 0; i < n; i++)
		has_zz = has_zz || is_zz(&labels[i]);
	if (n == 4 && !has_zz)
		return "missing prefix length in front of the address";
	if (n == 5 && !has_zz) {
		offset = IPV4_OFFSET;
		why = read_ipv4(out, labels + 1);
	} else {
		why = read_ipv6(out, labels + 1, n - 1);
	}
	bits = read_decimal(labels[0].text, labels[0].len, BITS - offset);
	if (why != NULL)
		return why;
	if (bits < 0)
		return "prefix length is missing or out of range";
	out->len = (uint8_t)(bits + offset);
	if (!hrd_prefix_is_valid(out))
		return "host bits are set beyond the prefix length";
	if (offset == 0 && hrd_prefix_is_ipv4(out))
		return "IPv4-mapped IPv6 prefix: write it as IPv4 (PREFIXLENGTH.B4.B3.B2.B1)";
	return NULL;
}

int
hrd_prefix_from_owner(struct hrd_prefix *out, const struct hrd_name *labels, const char **why)
{
	struct label label[WORDS + 1];
	unsigned n = split_labels(labels, label, WORDS + 1);
	const char *fault =
	    n > WORDS + 1 ? "more than eight IPv6 words" : read_owner(out, label, n);

	if (fault == NULL)
		return HRD_OK;
	if (why != NULL)
		*why = fault;
	return HRD_EINVAL;
}

static unsigned
word_at(const struct hrd_prefix *p, unsigned w)
{
	return hrd_be16(p->addr + 14 - 2 * w);
}

/* The longest run of at least two zero words, counted from the last word; of equal ones the run
 * nearer to the front of the address. BIND takes no other form. */
static unsigned
zero_run(const struct hrd_prefix *p, unsigned *first)
{
	unsigned best = 0, run = 0;

	for (unsigned w = 0; w < WORDS; w++) {
		run = word_at(p, w) == 0 ? run + 1 : 0;
		if (run > 1 && run >= best) {
			best = run;
			*first = w + 1 - run;
		}
	}
	return best;
}

static void
put_label(struct hrd_name *name, const char *text)
{
	size_t len = strlen(text);

	name->wire[name->len - 1] = (uint8_t)len;
	memcpy(name->wire + name->len, text, len);
	name->len = (uint8_t)(name->len + len + 1);
	name->wire[name->len - 1] = 0;
}

void
hrd_prefix_to_owner(const struct hrd_prefix *p, struct hrd_name *labels)
{
	bool ipv4 = hrd_prefix_is_ipv4(p);
	unsigned first = WORDS, run = ipv4 ? 0 : zero_run(p, &first);
	char text[8];

	labels->len = 1;
	labels->wire[0] = 0;
	snprintf(text, sizeof(text), "%u", ipv4 ? p->len - (unsigned)IPV4_OFFSET : p->len);
	put_label(labels, text);
	for (unsigned i = 0; ipv4 && i < 4; i++) {
		snprintf(text, sizeof(text), "%u", p->addr[15 - i]);
		put_label(labels, text);
	}
	for (unsigned w = 0; !ipv4 && w < WORDS; w++) {
		if (w == first) {
			w += run - 1;
			put_label(labels, "zz");
			continue;
		}
		snprintf(text, sizeof(text), "%x", word_at(p, w));
		put_label(labels, text);
	}
}

bool
hrd_prefix_covers(const struct hrd_prefix *p, const struct hrd_prefix *inner)
{
	unsigned whole = p->len / 8u, rest = p->len % 8u;

	if (p->len > inner->len || memcmp(p->addr, inner->addr, whole) != 0)
		return false;
	return rest == 0 || ((p->addr[whole] ^ inner->addr[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

void
hrd_prefix_shorten(struct hrd_prefix *p, unsigned bits)
{
	if (p->len <= bits)
		return;
	p->len = (uint8_t)bits;
	if (bits % 8 != 0)
		p->addr[bits / 8] &= (uint8_t)(0xff00u >> bits % 8);
	for (size_t i = (bits + 7) / 8; i < sizeof(p->addr); i++)
		p->addr[i] = 0;
}

int
hrd_prefix_cmp(const struct hrd_prefix *a, const struct hrd_prefix *b)
{
	int order = memcmp(a->addr, b->addr, sizeof(a->addr));

	return order != 0 ? order : (int)a->len - (int)b->len;
}
