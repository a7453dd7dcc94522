/* SPDX-License-Identifier: BSD-3-Clause */
/* Tells zones, images and manifests apart. */
#include <config.h>

#include "rpzgen/base/filekind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/policy/policy.h"
#include "rpzgen/base/infile.h"

bool
hrd_file_kind(const char *path, struct hrd_diag *diag, enum hrd_file_kind *kind)
{
	FILE *stream = hrd_infile_open(path);
	char start[8];
	size_t len;

	if (stream == NULL) {
		hrd_diag_system(diag, path, errno);
		return false;
	}
	len = fread(start, 1, sizeof(start), stream);
	if (ferror(stream)) {
		hrd_diag_system(diag, path, errno);
		hrd_infile_close(stream);
		return false;
	}
	hrd_infile_close(stream);
	*kind = HRD_FILE_ZONE;
	if (hrd_policy_is_image(start, len))
		*kind = HRD_FILE_IMAGE;
	else if (len > 0 && start[0] == '{')
		*kind = HRD_FILE_MANIFEST;
	return true;
}

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

/* True for the start of a zone: a directive, or the SOA that every zone has first. */
static bool
looks_like_zone(const char *text)
{
	static const char *const soa[] = { " SOA ", "\tSOA\t", " SOA\t", "\tSOA " };

	if (has_line(text, "$ORIGIN") || has_line(text, "$TTL"))
		return true;
	for (size_t i = 0; i < sizeof(soa) / sizeof(soa[0]); i++) {
		if (strcasestr(text, soa[i]) != NULL)
			return true;
	}
	return false;
}

static enum hrd_content
content_of(const char *text, size_t len)
{
	if (hrd_policy_is_image(text, len))
		return HRD_CONTENT_IMAGE;
	if (text[strspn(text, " \t\r\n")] == '{')
		return strstr(text, "\"rule_digest\"") != NULL ? HRD_CONTENT_MANIFEST
							       : HRD_CONTENT_UNKNOWN;
	if (has_line(text, "format:"))
		return HRD_CONTENT_INVENTORY;
	if (has_line(text, "policies:"))
		return HRD_CONTENT_SETTINGS;
	if (has_line(text, "- name:"))
		return HRD_CONTENT_ALLOW;
	return looks_like_zone(text) ? HRD_CONTENT_ZONE : HRD_CONTENT_UNKNOWN;
}

/* The start of a regular file as text; its length, 0 when there is nothing to look at. */
static size_t
read_start(const char *path, char *text, size_t size)
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
hrd_file_expect(const char *path, enum hrd_content wanted, struct hrd_diag *diag)
{
	static const char *const kinds[] = { "", "a zone: rpzgen compile makes an image of it",
		"a policy image: rpzgen dump prints it, explain --policy asks it",
		"the manifest of a build: rpzgen verify and diff take it",
		"an inventory: rpzgen check, build and explain --inventory take it",
		"settings of the module: hradba-checkconf judges them",
		"a local allow list of the module: hradba-checkconf judges it with the settings" };
	static const char *const nouns[] = { "", "a zone", "a policy image", "a manifest",
		"an inventory", "settings", "an allow list" };
	struct hrd_position place = { path, 0, 0 };
	char text[16384];
	size_t len = read_start(path, text, sizeof(text));
	enum hrd_content content = len > 0 ? content_of(text, len) : HRD_CONTENT_UNKNOWN;

	if (content == HRD_CONTENT_UNKNOWN || content == wanted)
		return true;
	hrd_diag(diag, HRD_ERROR, &place, "file-kind", "this is no %s but %s",
	    strchr(nouns[wanted], ' ') != NULL ? strchr(nouns[wanted], ' ') + 1 : nouns[wanted],
	    kinds[content]);
	return false;
}

bool
hrd_file_continues_zone(const char *path)
{
	char text[16384];

	return read_start(path, text, sizeof(text)) > 0 && !looks_like_zone(text);
}
