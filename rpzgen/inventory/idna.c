/* SPDX-License-Identifier: BSD-3-Clause */
/* Host names of inventories, through libidn2. */
#include <config.h>

#include "rpzgen/inventory/idna.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <idn2.h>

enum { NAME_OCTETS_MAX = 253, LABEL_SHOWN = 40 };

static int
refuse(const char **id, char *why, const char *which, const char *text)
{
	*id = which;
	snprintf(why, HRD_IDNA_WHY_MAX, "%s", text);
	return HRD_EINVAL;
}

/* What people paste by mistake; NULL when the text may be a name. */
static const char *
find_mistake(const char *text)
{
	if (strstr(text, "://") != NULL || strchr(text, '/') != NULL)
		return "a URL or path; write the host name alone";
	if (strchr(text, '@') != NULL)
		return "a mail address; write the host name alone";
	if (strchr(text, ':') != NULL && strchr(text, ':') == strrchr(text, ':'))
		return "a port; write the host name alone";
	if (strchr(text, '*') != NULL)
		return "a wildcard; write the base name and \"match: subtree\"";
	if (strpbrk(text, " \t\n") != NULL)
		return "white space in a name; remove it";
	return NULL;
}

static bool
is_address(const char *text)
{
	unsigned char octets[16];
	const char *last = strrchr(text, '.');

	if (inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1)
		return true;
	last = last == NULL ? text : last + 1;
	return last[0] != '\0' && strspn(last, "0123456789") == strlen(last);
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

static bool
is_host_octet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* An A-label must come from a valid U-label and lead back to itself. */
static bool
is_a_label(const char *label)
{
	char *unicode = NULL, *back = NULL;
	bool good = idn2_to_unicode_8z8z(label, &unicode, 0) == IDN2_OK &&
		    idn2_lookup_u8((const uint8_t *)unicode, (uint8_t **)&back, IDN2_NFC_INPUT) ==
			IDN2_OK &&
		    strcmp(label, back) == 0;

	idn2_free(unicode);
	idn2_free(back);
	return good;
}

/* What is wrong with a label, and the id for it; NULL: nothing. */
static const char *
check_label(const char *label, size_t len, const char **id)
{
	*id = "name-label";
	if (len > HRD_LABEL_MAX)
		return "a label of more than 63 octets (RFC 1035 2.3.4)";
	*id = "name-syntax";
	if (len == 0)
		return "an empty label; remove the extra dot";
	for (size_t i = 0; i < len; i++) {
		if (!is_host_octet(label[i]))
			return "only letters, digits, hyphens and underscores make a host name";
	}
	if (label[0] == '-' || label[len - 1] == '-')
		return "a label begins or ends with a hyphen";
	*id = "name-idna";
	if (len >= 4 && label[2] == '-' && label[3] == '-' &&
	    (strncmp(label, "xn--", 4) != 0 || !is_a_label(label)))
		return "no valid A-label (RFC 5891)";
	return NULL;
}

/* Checks lower-case ASCII text label by label. */
static int
check_labels(char *text, const char **id, char *why)
{
	char *label = text;

	for (;;) {
		char *dot = strchr(label, '.');
		const char *fault;

		if (dot != NULL)
			*dot = '\0';
		fault = check_label(label, strlen(label), id);
		if (fault != NULL) {
			snprintf(why, HRD_IDNA_WHY_MAX, "\"%.*s%s\": %s", LABEL_SHOWN, label,
			    strlen(label) > LABEL_SHOWN ? "..." : "", fault);
			return HRD_EINVAL;
		}
		if (dot == NULL)
			return HRD_OK;
		*dot = '.';
		label = dot + 1;
	}
}

/* Lower-case ASCII of the name, to be freed; NULL with the fault. */
static char *
to_ascii(const char *text, const char **id, char *why)
{
	uint8_t *ascii = NULL;
	char *copy;
	int code;

	if (is_ascii(text)) {
		copy = strdup(text);
		for (char *c = copy; c != NULL && *c != '\0'; c++) {
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		}
		return copy;
	}
	/* Nothing is mapped: what the file says is what is listed. */
	code = idn2_lookup_u8((const uint8_t *)text, &ascii, IDN2_NO_TR46);
	if (code == IDN2_OK) {
		copy = strdup((const char *)ascii);
		idn2_free(ascii);
		return copy;
	}
	*id = code == IDN2_TOO_BIG_LABEL    ? "name-label"
	      : code == IDN2_TOO_BIG_DOMAIN ? "name-length"
					    : "name-idna";
	snprintf(why, HRD_IDNA_WHY_MAX,
	    "not a name of IDNA 2008 as it stands: %s; write its lower-case U-label or its A-label",
	    idn2_strerror(code));
	return NULL;
}

static int
parse_ascii(struct hrd_name *out, char *ascii, const char **id, char *why)
{
	if (check_labels(ascii, id, why) != HRD_OK)
		return HRD_EINVAL;
	if (strlen(ascii) > NAME_OCTETS_MAX ||
	    hrd_name_from_text(out, ascii, strlen(ascii)) != HRD_OK)
		return refuse(
		    id, why, "name-length", "a name of more than 253 octets (RFC 1035 2.3.4)");
	return HRD_OK;
}

static int
parse_text(struct hrd_name *out, char *text, const char **id, char *why)
{
	size_t len = strlen(text);
	const char *mistake = find_mistake(text);
	char *ascii;
	int status;

	if (len == 0)
		return refuse(id, why, "name-syntax", "an empty name");
	if (strcmp(text, ".") == 0)
		return refuse(id, why, "guard-root", "the root; no rule may cover every name");
	if (mistake != NULL)
		return refuse(id, why, "name-syntax", mistake);
	if (is_address(text))
		return refuse(id, why, "name-address", "an address; only names can be listed");
	if (text[len - 1] == '.')
		text[len - 1] = '\0';
	*id = NULL;
	ascii = to_ascii(text, id, why);
	if (ascii == NULL)
		return *id != NULL ? HRD_EINVAL : HRD_ENOMEM;
	status = parse_ascii(out, ascii, id, why);
	free(ascii);
	return status;
}

int
hrd_idna_parse(
    struct hrd_name *out, const char *text, size_t len, const char **id, char why[HRD_IDNA_WHY_MAX])
{
	char copy[HRD_IDNA_TEXT_MAX];

	if (len >= sizeof(copy))
		return refuse(
		    id, why, "name-length", "a name of more than 253 octets (RFC 1035 2.3.4)");
	if (memchr(text, '\0', len) != NULL)
		return refuse(id, why, "name-syntax", "a NUL octet in a name");
	memcpy(copy, text, len);
	copy[len] = '\0';
	return parse_text(out, copy, id, why);
}

bool
hrd_idna_is_mixed(const char *text)
{
	bool latin = false, other = false;

	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (*c == '.')
			latin = other = false;
		latin = latin || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
		/* U+0370 to U+052F: Greek and Cyrillic. */
		other = other || (*c == 0xcd && c[1] >= 0xb0) || (*c >= 0xce && *c <= 0xd3) ||
			(*c == 0xd4 && c[1] < 0xb0);
		if (latin && other)
			return true;
	}
	return false;
}

int
hrd_idna_map(struct hrd_name *out, const char *text)
{
	char *ascii = NULL;
	int code = idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	int status = code == IDN2_MALLOC ? HRD_ENOMEM : HRD_EINVAL;

	if (code == IDN2_OK)
		status = hrd_name_from_text(out, ascii, strlen(ascii));
	idn2_free(ascii);
	return status == HRD_ERANGE ? HRD_EINVAL : status;
}

bool
hrd_idna_to_text(const struct hrd_name *name, char text[HRD_IDNA_TEXT_MAX])
{
	char ascii[HRD_NAME_TEXT_MAX];
	char *unicode = NULL;
	bool differs = false;

	hrd_name_to_text(name, ascii);
	if (strstr(ascii, "xn--") != NULL && idn2_to_unicode_8z8z(ascii, &unicode, 0) == IDN2_OK &&
	    strlen(unicode) < HRD_IDNA_TEXT_MAX)
		differs = strcmp(unicode, ascii) != 0;
	snprintf(text, HRD_IDNA_TEXT_MAX, "%s", differs ? unicode : ascii);
	idn2_free(unicode);
	return differs;
}

const char *
hrd_idna_version(void)
{
	return idn2_check_version(NULL);
}
