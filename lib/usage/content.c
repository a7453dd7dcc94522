/* SPDX-License-Identifier: BSD-3-Clause */
/* Tells files apart by how they begin. */
#include <config.h>

#include "lib/usage/content.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/utf8.h"
#include "lib/policy/policy.h"

enum { START_MAX = 16384 };

/* True for a line that begins with these words. */
static bool
has_line(const char *text, const char *words)
{
	size_t len = strlen(words);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n' ? 1 : 0;
		if (strncmp(line, words, len) == 0)
			return true;
	}
	return false;
}

/* True for a comment of a zone, or of a feed or list. */
static bool
is_remark(const char *text)
{
	return strchr(";#!", *text) != NULL || strncmp(text, "//", 2) == 0;
}

/* True for a word of YAML or of a configuration, which no record before an SOA has: "key:". */
static bool
is_key(const char *word, size_t len)
{
	return len > 1 && word[len - 1] == ':';
}

/* True for the start of a zone: a directive, or the SOA that every zone has first. The words may
 * stand in a text of another file too, so that owner, TTL and class alone come before it. */
bool
hrd_content_is_zone(const char *text)
{
	enum { BEFORE_TYPE = 3 };

	if (has_line(text, "$ORIGIN") || has_line(text, "$TTL"))
		return true;
	for (const char *line = text; *line != '\0'; line += *line == '\n' ? 1 : 0) {
		const char *end = line + strcspn(line, "\n"), *word = line;

		for (int i = 0; i <= BEFORE_TYPE && word < end; i++) {
			size_t len;

			word += strspn(word, " \t");
			if (is_remark(word))
				break;
			len = strcspn(word, " \t\r\n");
			if (is_key(word, len))
				return false;
			if (len == 3 && word > line && strncasecmp(word, "SOA", len) == 0)
				return true;
			word += len;
		}
		line = end;
	}
	return false;
}

/* True where each line that is no comment is one word with a dot in it; the last may be cut off. */
static bool
is_list(const char *text)
{
	size_t lines = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n"), word = strcspn(text, " \t\r\n");

		if (len > 0 && *text != '#') {
			if (word + strspn(text + word, " \t\r") != len ||
			    memchr(text, '.', word) == NULL || strchr(":-$;", *text) != NULL ||
			    memchr(text, ':', word) != NULL)
				return false;
			lines++;
		}
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	return lines > 0;
}

enum hrd_content
hrd_content_of(const char *text, size_t len)
{
	if (hrd_policy_is_image(text, len))
		return HRD_CONTENT_IMAGE;
	text += hrd_utf8_mark(text, len);
	if (text[strspn(text, " \t\r\n")] == '{')
		return strstr(text, "\"rule_digest\"") != NULL ? HRD_CONTENT_MANIFEST
							       : HRD_CONTENT_UNKNOWN;
	if (has_line(text, "policies:") || has_line(text, "mode:"))
		return HRD_CONTENT_SETTINGS;
	if (has_line(text, "format:"))
		return HRD_CONTENT_INVENTORY;
	if (strncmp(text, "untrusted comment:", strlen("untrusted comment:")) == 0)
		return HRD_CONTENT_KEY;
	if (has_line(text, "- name:"))
		return HRD_CONTENT_ALLOW;
	if (has_line(text, "server:"))
		return HRD_CONTENT_HOST;
	if (hrd_content_is_zone(text))
		return HRD_CONTENT_ZONE;
	return is_list(text) ? HRD_CONTENT_LIST : HRD_CONTENT_UNKNOWN;
}

/* The start of a regular file as text; its length, 0 when there is nothing to look at. */
size_t
hrd_content_start(const char *path, char *text, size_t size)
{
	struct stat st;
	size_t len = 0;
	FILE *stream;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	stream = fopen(path, "rbe");
	if (stream == NULL)
		return 0;
	len = fread(text, 1, size - 1, stream);
	fclose(stream);
	text[len] = '\0';
	return len;
}

bool
hrd_content_mistaken(
    const char *start, size_t len, enum hrd_content wanted, char text[HRD_CONTENT_TEXT_MAX])
{
	static const struct {
		const char *noun, *kind;
	} all[] = { { "", "" }, { "zone", "a zone: rpzgen compile makes an image of it" },
		{ "policy image",
		    "a policy image: rpzgen dump prints it, explain --policy asks it" },
		{ "manifest", "the manifest of a build: rpzgen verify and diff take it" },
		{ "inventory",
		    "an inventory: rpzgen check, build and explain --inventory take it" },
		{ "settings file", "settings of the module: hradba-checkconf judges them" },
		{ "allow list", "an allow list of the module: hradba-checkconf judges it" },
		{ "key", "a key or signature: rpzgen sign and verify take it" },
		{ "configuration of Unbound",
		    "a configuration of Unbound: --unbound-conf takes it" },
		{ "list of names", "a list of names: a feed of an inventory takes it" },
		{ "log of the module", "" }, { "record of check --live", "" } };
	enum hrd_content content = len > 0 ? hrd_content_of(start, len) : HRD_CONTENT_UNKNOWN;

	/* A bare list of names that should be exempt is told by the form that is wanted. */
	if (content == HRD_CONTENT_LIST && wanted == HRD_CONTENT_ALLOW)
		return false;
	if (content == HRD_CONTENT_UNKNOWN || wanted == HRD_CONTENT_UNKNOWN || content == wanted)
		return false;
	snprintf(text, HRD_CONTENT_TEXT_MAX, "this is no %s but %s", all[wanted].noun,
	    all[content].kind);
	return true;
}

bool
hrd_content_file_mistaken(
    const char *path, enum hrd_content wanted, char text[HRD_CONTENT_TEXT_MAX])
{
	char start[START_MAX];
	size_t len = hrd_content_start(path, start, sizeof(start));

	return hrd_content_mistaken(start, len, wanted, text);
}
