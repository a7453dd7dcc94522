/* SPDX-License-Identifier: BSD-3-Clause */
/* From what people paste to the name, or the address, that they ask about. */
#include <config.h>

#include "rpzgen/policy/question.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/hex.h"
#include "rpzgen/inventory/idna.h"

enum { TEXT_MAX = 4096, PORT_DIGITS_MAX = 5 };

/* A text that is cut down to the name in it. */
struct paste {
	char text[TEXT_MAX];
	char *start; /* within text; ends with NUL */
	enum hrd_question_form form;
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Copies the text without the spaces around it; an escaped one belongs to the name. */
static bool
copy(struct paste *paste, const char *text, size_t len)
{
	while (len > 0 && is_space(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_space(text[len - 1]) && !(len > 1 && text[len - 2] == '\\'))
		len--;
	if (len >= TEXT_MAX)
		return false;
	memcpy(paste->text, text, len);
	paste->text[len] = '\0';
	paste->start = paste->text;
	return true;
}

/* An address in any form that DNS software logs, ::ffff:192.0.2.1 too. */
static bool
read_address(struct hrd_prefix *out, const char *text)
{
	uint8_t octets[16];

	if (inet_pton(AF_INET6, text, octets) == 1)
		return hrd_prefix_from_addr(out, octets, sizeof(octets)) == HRD_OK;
	return inet_pton(AF_INET, text, octets) == 1 &&
	       hrd_prefix_from_addr(out, octets, 4) == HRD_OK;
}

/* Octets of what stands for a dot that no program shall make a link of; 0: it is none. */
static size_t
safe_dot(const char *text)
{
	static const char *const dots[] = { "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}" };

	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++) {
		if (strncasecmp(text, dots[i], strlen(dots[i])) == 0)
			return strlen(dots[i]);
	}
	return 0;
}

static void
mend_dots(struct paste *paste)
{
	char *to = paste->text;

	for (const char *from = paste->text; *from != '\0';) {
		size_t len = safe_dot(from);

		*to++ = len > 0 ? '.' : *from;
		from += len > 0 ? len : 1;
		if (len > 0)
			paste->form = HRD_ASKED_SAFE;
	}
	*to = '\0';
}

/* Octets of a sign that stands around names in texts and lists, and in no name of use; 0: none. */
static size_t
sign_at(const char *text)
{
	static const char *const signs[] = { "\"", "'", "`", "<", ">", "(", ")", "{", "}", ",", ";",
		"|", "^", "!", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a", "\u00ab",
		"\u00bb", "\u2039", "\u203a", "\u00a0", "\ufeff", "\u200b" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	}
	return 0;
}

/* Takes away the signs around a name; an escaped one belongs to it. */
static void
cut_signs(struct paste *paste)
{
	size_t len, sign;

	while ((sign = sign_at(paste->start)) > 0) {
		paste->start += sign;
		if (paste->form == HRD_ASKED_NAME)
			paste->form = HRD_ASKED_QUOTED;
	}
	len = strlen(paste->start);
	for (size_t back = 1; back <= 3 && back < len;) {
		if (sign_at(paste->start + len - back) != back ||
		    (len > back && paste->start[len - back - 1] == '\\')) {
			back++;
			continue;
		}
		len -= back;
		paste->start[len] = '\0';
		back = 1;
		if (paste->form == HRD_ASKED_NAME)
			paste->form = HRD_ASKED_QUOTED;
	}
}

/* A line of a hosts file, or of dnsmasq: "0.0.0.0 name", "address=/name/". */
static void
cut_line(struct paste *paste)
{
	struct hrd_prefix address;
	char *space = strpbrk(paste->start, " \t"), *equals = strstr(paste->start, "=/");
	char *dot = strchr(paste->start, '.');

	if (equals != NULL && (dot == NULL || equals < dot)) {
		paste->start = equals + 2;
		paste->start[strcspn(paste->start, "/")] = '\0';
		paste->form = HRD_ASKED_LINE;
	} else if (space != NULL) {
		*space = '\0';
		if (read_address(&address, paste->start)) {
			paste->start = space + 1 + strspn(space + 1, " \t");
			paste->form = HRD_ASKED_LINE;
		} else {
			*space = ' ';
		}
	}
}

/* Browsers read %2E in a host as a dot. */
static void
mend_percents(struct paste *paste)
{
	char *to = paste->start;

	for (const char *from = paste->start; *from != '\0';) {
		int high = from[0] == '%' ? hrd_hex_digit(from[1]) : -1;
		int low = high >= 0 ? hrd_hex_digit(from[2]) : -1;

		if (low >= 0 && (high | low) != 0) {
			*to++ = (char)(high << 4 | low);
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

/* The last "@" that is no octet of a name, or NULL. */
static char *
find_at(char *text)
{
	char *found = NULL;

	for (char *c = text; *c != '\0'; c++) {
		if (*c == '\\' && c[1] != '\0')
			c++;
		else if (*c == '@')
			found = c;
	}
	return found;
}

/* "https:" as people and browsers have it, with any number of slashes. */
static size_t
scheme_of(const char *text)
{
	static const char *const schemes[] = { "http:", "https:", "hxxp:", "hxxps:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i]);

		if (strncasecmp(text, schemes[i], len) == 0)
			return len + strspn(text + len, "/\\");
	}
	return 0;
}

/* Leaves host and port of a URL; the scheme may be missing where a path tells that it is one: "/"
 * behind a dot, which a name in a reverse zone (RFC 2317, 0/25.2.0.192) does not have. Browsers
 * take a backslash for a slash. */
static void
cut_url(struct paste *paste)
{
	char *scheme = strstr(paste->start, "://");
	char *slash = strpbrk(paste->start, "/?#");
	char *dot = strchr(paste->start, '.');
	size_t known = scheme_of(paste->start);

	if (scheme != NULL && slash == scheme + 1)
		known = (size_t)(scheme + 3 - paste->start);
	else if (known == 0 && strncmp(paste->start, "//", 2) == 0)
		known = 2;
	if (known == 0 && (slash == NULL || dot == NULL || dot > slash))
		return;
	paste->start += known;
	paste->form = HRD_ASKED_URL;
	paste->start[strcspn(paste->start, known > 0 ? "/?#\\" : "/?#")] = '\0';
	mend_percents(paste);
}

static void
cut_user(struct paste *paste)
{
	char *at;

	if (strncmp(paste->start, "mailto:", 7) == 0) {
		paste->start += 7;
		paste->start[strcspn(paste->start, "?")] = '\0';
		paste->form = HRD_ASKED_MAIL;
	}
	at = find_at(paste->start);
	if (at == NULL)
		return;
	paste->start = at + 1;
	if (paste->form != HRD_ASKED_URL)
		paste->form = HRD_ASKED_MAIL;
}

/* Takes away ":443", and the brackets of an IPv6 address before it (RFC 3986 3.2.2). */
static void
cut_port(struct paste *paste)
{
	char *colon = strrchr(paste->start, ':');
	size_t digits = colon != NULL ? strlen(colon + 1) : 0;
	char *bracket = paste->start[0] == '[' ? strchr(paste->start, ']') : NULL;

	if (bracket != NULL) {
		*bracket = '\0';
		paste->start++;
		return;
	}
	if (colon == NULL || strchr(paste->start, ':') != colon || digits == 0 ||
	    digits > PORT_DIGITS_MAX || strspn(colon + 1, "0123456789") != digits)
		return;
	*colon = '\0';
	if (paste->form != HRD_ASKED_URL)
		paste->form = HRD_ASKED_PORT;
}

static bool
has_high_octets(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return true;
	}
	return false;
}

static int
read_ascii(struct hrd_name *out, const char *text, const char **why)
{
	int status = hrd_name_from_text(out, text, strlen(text));

	if (status == HRD_ERANGE)
		*why = "a label over 63 or a name over 255 octets";
	else if (status != HRD_OK)
		*why = "not a domain name";
	return status == HRD_OK ? HRD_OK : HRD_EINVAL;
}

/* U-labels are converted; where that fails the octets may be a name of somebody's zone. */
static int
read_name(struct hrd_question *out, const struct paste *paste, const char **why)
{
	int status;

	if (!has_high_octets(paste->start))
		return read_ascii(&out->name, paste->start, why);
	out->has_octets =
	    hrd_name_from_text(&out->octets, paste->start, strlen(paste->start)) == HRD_OK;
	status = hrd_idna_map(&out->name, paste->start);
	if (status == HRD_ENOMEM)
		return status;
	if (status != HRD_OK && !out->has_octets) {
		*why = "not a domain name, and no name of IDNA 2008";
		return HRD_EINVAL;
	}
	if (status == HRD_OK && out->form == HRD_ASKED_NAME)
		out->form = HRD_ASKED_UNICODE;
	if (status != HRD_OK)
		out->name = out->octets;
	return HRD_OK;
}

/* White space ends a name in every notation; where it belongs to one it is escaped. */
static bool
has_space(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

int
hrd_question_read(struct hrd_question *out, const char *text, size_t len, const char **why)
{
	struct paste paste = { .form = HRD_ASKED_NAME };

	memset(out, 0, sizeof(*out));
	if (memchr(text, '\0', len) != NULL || !copy(&paste, text, len)) {
		*why = len < TEXT_MAX ? "white space or a control character in a name"
				      : "a label over 63 or a name over 255 octets";
		return HRD_EINVAL;
	}
	mend_dots(&paste);
	cut_signs(&paste);
	cut_line(&paste);
	cut_url(&paste);
	cut_user(&paste);
	cut_signs(&paste);
	cut_port(&paste);
	if (has_space(paste.start)) {
		*why = "white space or a control character in a name";
		return HRD_EINVAL;
	}
	out->form = paste.form;
	if (!read_address(&out->address, paste.start))
		return read_name(out, &paste, why);
	out->form = HRD_ASKED_ADDRESS;
	/* A foreign zone may have a rule for a name that looks like this. */
	out->has_octets = read_ascii(&out->octets, paste.start, why) == HRD_OK;
	return HRD_OK;
}

const char *
hrd_question_form_text(enum hrd_question_form form)
{
	switch (form) {
	case HRD_ASKED_NAME:
	case HRD_ASKED_ADDRESS:
		return "";
	case HRD_ASKED_URL:
		return "a URL";
	case HRD_ASKED_PORT:
		return "a host with its port";
	case HRD_ASKED_MAIL:
		return "a mail address";
	case HRD_ASKED_UNICODE:
		return "a name in its own script";
	case HRD_ASKED_SAFE:
		return "a name with its dots in brackets";
	case HRD_ASKED_QUOTED:
		return "a name with signs around it";
	case HRD_ASKED_LINE:
		return "a line of a list";
	}
	return "";
}
