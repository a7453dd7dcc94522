/* SPDX-License-Identifier: BSD-3-Clause */
/* From what people paste to the name, or the address, that they ask about. */
#include <config.h>

#include "rpzgen/policy/question.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/hex.h"
#include "lib/base/utf8.h"
#include "rpzgen/inventory/idna.h"

enum { TEXT_MAX = 4096 };

static const char not_a_name[] =
    "not a name; ask about one name alone, and write an octet that belongs to it as \\DDD";

/* A text that is cut down to the name in it. */
struct paste {
	char text[TEXT_MAX];
	char *start; /* within text; ends with NUL */
	enum hrd_question_form form;
	bool scheme;  /* it begins as URLs do */
	bool unclear; /* what was cut away may be a name too, or part of this one */
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

/* What stands for a sign so that no program makes a link of the text; the longer ones first. */
static const struct {
	const char *text, *sign;
} safe_signs[] = {
	{ "\\[.\\]", "." },
	{ "[://]", "://" },
	{ "[dot]", "." },
	{ "(dot)", "." },
	{ "{dot}", "." },
	{ "<dot>", "." },
	{ " dot ", "." },
	{ "[at]", "@" },
	{ "(at)", "@" },
	{ "{at}", "@" },
	{ "[@]", "@" },
	{ "[:]", ":" },
	{ "[/]", "/" },
	{ "[.]", "." },
	{ "(.)", "." },
	{ "{.}", "." },
	{ "<.>", "." },
	{ "[.", "." },
	{ ".]", "." },
};
enum { SAFE_SIGNS = sizeof(safe_signs) / sizeof(safe_signs[0]) };

/* The number of the disguise at text, or SAFE_SIGNS. */
static size_t
safe_sign(const char *text)
{
	size_t i = 0;

	while (i < SAFE_SIGNS &&
	       strncasecmp(text, safe_signs[i].text, strlen(safe_signs[i].text)) != 0)
		i++;
	return i;
}

static void
mend_signs(struct paste *paste)
{
	char *to = paste->text;

	for (const char *from = paste->text; *from != '\0';) {
		size_t i = safe_sign(from);

		if (i == SAFE_SIGNS) {
			*to++ = *from++;
			continue;
		}
		for (const char *sign = safe_signs[i].sign; *sign != '\0'; sign++)
			*to++ = *sign;
		from += strlen(safe_signs[i].text);
		paste->form = HRD_ASKED_SAFE;
	}
	*to = '\0';
}

/* The ASCII that a wide character of East Asian keyboards stands for (U+FF01 to U+FF5E, the space
 * U+3000, the dots U+3002 and U+FF61); 0: none. */
static char
narrow(const char *text)
{
	const uint8_t *c = (const uint8_t *)text;

	if (c[0] == 0xef && c[1] == 0xbc && c[2] >= 0x81 && c[2] <= 0xbf)
		return (char)(c[2] - 0x81 + '!');
	if (c[0] == 0xef && c[1] == 0xbd && c[2] >= 0x80 && c[2] <= 0x9e)
		return (char)(c[2] - 0x80 + '`');
	if (strncmp(text, "\u3002", 3) == 0 || strncmp(text, "\uff61", 3) == 0)
		return '.';
	return strncmp(text, "\u3000", 3) == 0 ? ' ' : '\0';
}

/* Whether the character of len octets is not seen, and so comes along unnoticed; the joiners may
 * belong to a U-label (RFC 5892 A.1, A.2). */
static bool
is_unseen(const char *text, size_t len)
{
	enum { NON_JOINER = 0x200c, JOINER = 0x200d };
	size_t at = 0;
	uint32_t code;

	return hrd_utf8_unseen(text, len, &at, &code) && code != NON_JOINER && code != JOINER;
}

/* Wide forms of ASCII become ASCII, as in browsers; what is not seen goes. */
static void
fold(struct paste *paste)
{
	size_t left = strlen(paste->text), step;
	char *to = paste->text;

	for (const char *from = paste->text; left > 0; from += step, left -= step) {
		char ascii = narrow(from);

		step = hrd_utf8_char((const uint8_t *)from, left);
		step += step == 0;
		if (is_unseen(from, step)) {
			if (paste->form == HRD_ASKED_NAME)
				paste->form = HRD_ASKED_QUOTED;
		} else if (ascii != '\0') {
			*to++ = ascii;
			paste->form = HRD_ASKED_UNICODE;
		} else {
			memmove(to, from, step);
			to += step;
		}
	}
	*to = '\0';
}

/* Octets of a sign that stands around names in texts and lists, and in no name of use; 0: none.
 * The first ones begin patterns that end at a label. */
static size_t
sign_at(const char *text)
{
	static const char *const signs[] = { "(^|\\.)", "(\\.|^)", "...", "@@", "--", "- ", "* ",
		"\"", "'", "`", "<", ">", "(", ")", "[", "]", "{", "}", ",", ";", "|", "^", "!",
		"$", "=", "~", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a", "\u00ab",
		"\u00bb", "\u2039", "\u203a", "\u300a", "\u300b", "\u300c", "\u300d", "\u300e",
		"\u300f", "\u3010", "\u3011", "\u3001", "\u00a0", "\u00b7", "\u2022", "\u2026",
		"\u2122", "\u2013", "\u2014", "\u200c", "\u200d" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	}
	return 0;
}

/* As sign_at(), and a star that is no label: Markdown has them around words. */
static size_t
sign_in_front(const char *text)
{
	size_t sign = sign_at(text);

	return sign == 0 && text[0] == '*' && text[1] != '.' && text[1] != '\0' ? 1 : sign;
}

/* Octets of the sign that ends the text; an escaped one belongs to it. No name of use ends with a
 * hyphen, an underscore, or a star behind other octets. */
static size_t
sign_behind(const char *text, size_t len)
{
	if (len > 1 && strchr("*_-", text[len - 1]) != NULL && text[len - 2] != '.' &&
	    text[len - 2] != '\\')
		return 1;
	for (size_t back = 1; back <= 3 && back < len; back++) {
		if (sign_at(text + len - back) == back && text[len - back - 1] != '\\')
			return back;
	}
	return 0;
}

/* Takes away the signs around a name; underscores only in pairs, as one begins names of use. */
static void
cut_signs(struct paste *paste)
{
	size_t whole = strlen(paste->start), len = whole, sign;

	while (len > 2 && paste->start[0] == '_' && paste->start[len - 1] == '_') {
		paste->start++;
		len -= 2;
		paste->start[len] = '\0';
	}
	while ((sign = sign_in_front(paste->start)) > 0) {
		paste->start += sign;
		paste->start += strspn(paste->start, " \t");
	}
	len = strlen(paste->start);
	while ((sign = sign_behind(paste->start, len)) > 0) {
		len -= sign;
		paste->start[len] = '\0';
	}
	if (len < whole && paste->form == HRD_ASKED_NAME)
		paste->form = HRD_ASKED_QUOTED;
}

/* Takes away white space at the end. */
static void
trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_space(text[len - 1]))
		text[--len] = '\0';
}

/* "address=/name/", "server=/name/name/..." of dnsmasq; false: it is none. */
static bool
cut_dnsmasq(struct paste *paste)
{
	char *equals = strstr(paste->start, "=/"), *dot = strchr(paste->start, '.'), *slash;

	if (equals == NULL || (dot != NULL && dot < equals))
		return false;
	paste->start = equals + 2;
	slash = strchr(paste->start, '/');
	if (slash == NULL)
		return true;
	*slash = '\0';
	paste->unclear = strchr(slash + 1, '/') != NULL;
	return true;
}

/* A line of a hosts file, "0.0.0.0 name # text". */
static bool
cut_hosts(struct paste *paste)
{
	char *space = strpbrk(paste->start, " \t");
	struct hrd_prefix address;

	if (space == NULL)
		return false;
	*space = '\0';
	if (!read_address(&address, paste->start)) {
		*space = ' ';
		return false;
	}
	paste->start = space + 1 + strspn(space + 1, " \t");
	paste->start[strcspn(paste->start, "#")] = '\0';
	trim(paste->start);
	return true;
}

/* A line of a ranking, "1,name". */
static bool
cut_rank(struct paste *paste)
{
	size_t digits = strspn(paste->start, "0123456789");

	if (digits == 0 || paste->start[digits] != ',')
		return false;
	paste->start += digits + 1;
	return true;
}

static void
cut_line(struct paste *paste)
{
	if (cut_dnsmasq(paste) || cut_hosts(paste) || cut_rank(paste))
		paste->form = HRD_ASKED_LINE;
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

/* A URL that a program put into another one, or into a log, is encoded as a whole. */
static void
mend_encoded(struct paste *paste)
{
	if (strstr(paste->start, "://") == NULL && (strstr(paste->start, "%3A%2F%2F") != NULL ||
						       strstr(paste->start, "%3a%2f%2f") != NULL))
		mend_percents(paste);
}

/* Dots behind backslashes, as regular expressions and logs have them, become dots. True: there
 * were some; *others: there are dots without. */
static bool
bare_dots(char *text, bool *others)
{
	bool found = false;
	char *to = text;

	*others = false;
	for (const char *from = text; *from != '\0';) {
		size_t len = strspn(from, "\\");

		if (len > 0 && from[len] == '.') {
			found = true;
			from += len;
		} else {
			*others = *others || *from == '.';
			len = len > 0 && from[len] != '\0' ? len : 0;
			memmove(to, from, len);
			to += len;
			from += len;
		}
		*to++ = *from++;
	}
	*to = '\0';
	return found;
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
	static const char *const schemes[] = { "http:", "https:", "hxxp:", "hxxps:", "ftp:",
		"stun:", "stuns:", "turn:", "turns:", "http//", "https//", "hxxp//", "hxxps//",
		"\\\\" };

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
	bool others;

	if (scheme != NULL && slash == scheme + 1)
		known = (size_t)(scheme + 3 - paste->start);
	else if (known == 0 && strncmp(paste->start, "//", 2) == 0)
		known = 2;
	if (known == 0 && (slash == NULL || dot == NULL || dot > slash))
		return;
	paste->start += known;
	paste->form = HRD_ASKED_URL;
	paste->scheme = known > 0;
	if (paste->scheme)
		bare_dots(paste->start, &others);
	paste->start[strcspn(paste->start, paste->scheme ? "/?#\\" : "/?#")] = '\0';
	mend_percents(paste);
}

/* The address in "Some One <user@host>". */
static void
cut_brackets(struct paste *paste)
{
	char *open = strrchr(paste->start, '<'), *at = open != NULL ? find_at(open) : NULL;
	char *close = at != NULL ? strchr(at, '>') : NULL;

	if (close == NULL)
		return;
	*close = '\0';
	paste->start = open + 1;
}

/* Leaves out what follows a name in a list or a text: "name,action", "name^$option". It is told
 * apart from a name with another sign in place of a dot only where its form is known. */
static void
cut_tail(struct paste *paste)
{
	size_t len = strcspn(paste->start, "\"'`>()|^$,;");
	char *tail = paste->start + len, sign = *tail;

	if (sign == '\0' || memchr(paste->start, '.', len) == NULL || tail[-1] == '\\')
		return;
	*tail++ = '\0';
	trim(paste->start);
	if (paste->form == HRD_ASKED_NAME || paste->form == HRD_ASKED_QUOTED)
		paste->form = HRD_ASKED_LINE;
	if (strpbrk(tail, ".@") == NULL &&
	    ((sign == '^' && tail[0] == '$') || (sign == '"' && tail[0] == ',') ||
		(sign == ';' && strchr(tail, '=') != NULL)))
		return;
	paste->unclear = true;
}

/* Takes away the user; "name@port" and "name @server" look like one. */
static void
cut_user(struct paste *paste)
{
	struct hrd_prefix address;
	char *at;

	if (strncasecmp(paste->start, "mailto:", 7) == 0) {
		paste->start += 7;
		paste->start[strcspn(paste->start, "?")] = '\0';
		paste->form = HRD_ASKED_MAIL;
	}
	at = find_at(paste->start);
	if (at == NULL)
		return;
	*at = '\0';
	if (find_at(paste->start) != NULL)
		paste->unclear = paste->unclear || !paste->scheme;
	else if (strchr(paste->start, '.') != NULL && !paste->scheme)
		paste->unclear = paste->unclear || strchr(at + 1, '.') == NULL ||
				 strchr(paste->start, ' ') != NULL ||
				 read_address(&address, at + 1);
	paste->start = at + 1;
	if (paste->form != HRD_ASKED_URL)
		paste->form = HRD_ASKED_MAIL;
}

/* Whether text is a port behind a name: ":443"; RFC 3986 3.2.3 has ":" and ":000443" as well. */
static bool
is_port(const char *text)
{
	static const char *const services[] = { "http", "https", "domain", "ssh", "smtp", "imap",
		"imaps", "ftp", "ftps", "submission" };

	if (text[0] != ':')
		return false;
	text++;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcasecmp(text, services[i]) == 0)
			return true;
	}
	return text[strspn(text, "0123456789")] == '\0';
}

/* Takes away the port, and the bracket of an IPv6 address before it (RFC 3986 3.2.2). */
static void
cut_port(struct paste *paste)
{
	char *colon = strchr(paste->start, ':'), *bracket = strchr(paste->start, ']');

	if (bracket != NULL && (bracket[1] == '\0' || is_port(bracket + 1))) {
		*bracket = '\0';
		return;
	}
	if (colon == NULL || !is_port(colon))
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

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_host_octet(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Reverse zones have slashes in their names (RFC 2317 4). */
static bool
is_reverse(const char *text)
{
	static const char arpa[] = ".arpa";
	size_t len = strlen(text), size = sizeof(arpa) - 1;

	if (len > 0 && text[len - 1] == '.')
		len--;
	return len > size && strncasecmp(text + len - size, arpa, size) == 0;
}

/* Whether a text of ASCII may be meant as a name as it stands: letters, digits, "-", "_", "*" as a
 * first label, and escapes; but that of a letter, which no name needs and texts of programs have.
 */
static bool
is_plausible(const char *text)
{
	bool reverse = is_reverse(text);

	for (const char *c = text; *c != '\0'; c++) {
		bool alone = c == text && (c[1] == '.' || c[1] == '\0');

		if (*c == '\\' && c[1] != '\0' && !is_letter(c[1]))
			c++;
		else if (!is_host_octet(*c) && *c != '.' && !(*c == '*' && alone) &&
			 !(*c == '/' && reverse))
			return false;
	}
	return true;
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

/* A second reading, as octets of a zone. */
static void
read_other(struct hrd_question *out, const char *text, size_t len)
{
	out->has_other = hrd_name_from_text(&out->other, text, len) == HRD_OK;
}

/* "chat\.example" is one label for DNS, and two where the dot was escaped for another program. */
static int
read_escaped(struct hrd_question *out, char *text, const char **why)
{
	char plain[TEXT_MAX];
	bool others;
	int status;

	memcpy(plain, text, strlen(text) + 1);
	if (!bare_dots(plain, &others)) {
		out->unclear = out->unclear || !is_plausible(text);
		return read_ascii(&out->name, text, why);
	}
	out->unclear = out->unclear || !is_plausible(others ? text : plain);
	status = read_ascii(&out->name, others ? text : plain, why);
	read_other(out, others ? plain : text, strlen(others ? plain : text));
	if (!others && out->form == HRD_ASKED_NAME)
		out->form = HRD_ASKED_SAFE;
	return status;
}

/* U-labels are converted; where that fails the octets may be a name of somebody's zone. */
static int
read_name(struct hrd_question *out, struct paste *paste, const char **why)
{
	char shown[HRD_NAME_TEXT_MAX];
	int status;

	if (!has_high_octets(paste->start))
		return read_escaped(out, paste->start, why);
	read_other(out, paste->start, strlen(paste->start));
	status = hrd_idna_map(&out->name, paste->start);
	if (status == HRD_ENOMEM)
		return status;
	if (status != HRD_OK && !out->has_other) {
		*why = "not a domain name, and no name of IDNA 2008";
		return HRD_EINVAL;
	}
	if (status == HRD_OK && out->form == HRD_ASKED_NAME)
		out->form = HRD_ASKED_UNICODE;
	if (status != HRD_OK)
		out->name = out->other;
	hrd_name_to_text(&out->name, shown);
	/* The middle dot belongs to names, and stands for the other. */
	out->unclear = out->unclear || status != HRD_OK || strchr(shown, '\\') != NULL ||
		       !is_plausible(shown) || strstr(paste->start, "\u00b7") != NULL;
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

static void
cut(struct paste *paste)
{
	mend_encoded(paste);
	fold(paste);
	mend_signs(paste);
	paste->start += strspn(paste->start, " \t");
	trim(paste->start);
	cut_brackets(paste);
	cut_signs(paste);
	cut_line(paste);
	cut_url(paste);
	if (paste->form != HRD_ASKED_URL)
		cut_tail(paste);
	cut_user(paste);
	cut_tail(paste);
	cut_signs(paste);
	cut_port(paste);
}

int
hrd_question_read(struct hrd_question *out, const char *text, size_t len, const char **why)
{
	struct paste paste = { .form = HRD_ASKED_NAME };
	int status;

	memset(out, 0, sizeof(*out));
	if (memchr(text, '\0', len) != NULL || !copy(&paste, text, len)) {
		*why = len < TEXT_MAX ? "white space or a control character in a name"
				      : "a label over 63 or a name over 255 octets";
		return HRD_EINVAL;
	}
	cut(&paste);
	if (has_space(paste.start)) {
		*why = "white space or a control character in a name";
		return HRD_EINVAL;
	}
	out->form = paste.form;
	out->unclear = paste.unclear;
	*why = not_a_name;
	if (read_address(&out->address, paste.start)) {
		out->form = HRD_ASKED_ADDRESS;
		/* A foreign zone may have a rule for a name that looks like this. */
		read_other(out, paste.start, strlen(paste.start));
		return HRD_OK;
	}
	status = read_name(out, &paste, why);
	/* Or for one with the signs that were cut away. */
	if (!out->has_other && (out->form == HRD_ASKED_QUOTED || out->form == HRD_ASKED_UNICODE))
		read_other(out, text, len);
	return status;
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
		return "a name with its dots disguised";
	case HRD_ASKED_QUOTED:
		return "a name with signs around it";
	case HRD_ASKED_LINE:
		return "a line of a list";
	}
	return "";
}
