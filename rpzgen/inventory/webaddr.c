/* SPDX-License-Identifier: BSD-3-Clause */
/* Web addresses by their form: what moves, and what is a home page. */
#include <config.h>

#include "rpzgen/inventory/webaddr.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "rpzgen/base/url.h"

/* A part of the text. */
struct part {
	const char *text;
	size_t len;
};

static struct part
whole(const char *text)
{
	return (struct part){ text, strlen(text) };
}

/* Takes the next component off a path; false at its end. Empty components are none. */
static bool
next_component(struct part *path, struct part *component)
{
	while (path->len > 0 && *path->text == '/') {
		path->text++;
		path->len--;
	}
	if (path->len == 0)
		return false;
	*component = (struct part){ path->text, 0 };
	while (path->len > 0 && *path->text != '/') {
		path->text++;
		path->len--;
		component->len++;
	}
	return true;
}

static bool
part_is(struct part part, const char *text)
{
	return part.len == strlen(text) && strncasecmp(part.text, text, part.len) == 0;
}

static bool
part_is_any(struct part part, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++) {
		if (part_is(part, words[i]))
			return true;
	}
	return false;
}

/* The names of branches that are known to move; "main.zip" is the archive of one. */
static bool
is_branch(struct part part)
{
	static const char *const names[] = { "main", "master", "HEAD", "main.zip", "main.tar.gz",
		"master.zip", "master.tar.gz", "HEAD.zip", "HEAD.tar.gz", NULL };

	return part_is_any(part, names);
}

/* The component after which code hosts write a revision: /OWNER/NAME/blob/REVISION/FILE. */
static bool
leads_to_revision(struct part part)
{
	static const char *const words[] = { "blob", "raw", "tree", "blame", "edit", "src", "plain",
		"archive", "zip", "tar.gz", "file", "files", "browse", "commits", "log", NULL };

	return part_is_any(part, words);
}

/* Hosts that serve files alone write the revision third, without such a word. */
static bool
serves_files_alone(struct part host)
{
	return host.len > 4 && strncasecmp(host.text, "raw.", 4) == 0;
}

/* ".../OWNER/NAME@main/FILE", as mirrors of code hosts write it. */
static bool
ends_at_branch(struct part part)
{
	for (size_t i = 1; i < part.len; i++) {
		if (part.text[i] == '@' &&
		    is_branch((struct part){ part.text + i + 1, part.len - i - 1 }))
			return true;
	}
	return false;
}

/* The first revision decides: "main" may be a folder further down. */
static bool
path_moves(struct part host, struct part path)
{
	struct part component, before = { "", 0 };
	bool revision_next = false;

	for (size_t i = 0; next_component(&path, &component); i++) {
		if (ends_at_branch(component))
			return true;
		if (part_is(before, "refs"))
			return part_is(component, "heads");
		before = component;
		if (part_is(component, "refs") || (revision_next && part_is(component, "branch")))
			continue;
		if (revision_next || (i == 2 && serves_files_alone(host)))
			return is_branch(component);
		revision_next = i >= 2 && leads_to_revision(component);
	}
	return false;
}

/* "h=master", "ref=refs/heads/main": the revision as a parameter. */
static bool
query_moves(struct part query)
{
	static const char *const keys[] = { "h", "id", "ref", "at", "branch", "rev", NULL };
	static const char heads[] = "refs/heads/";

	while (query.len > 0) {
		const char *end = memchr(query.text, '&', query.len);
		size_t len = end != NULL ? (size_t)(end - query.text) : query.len;
		const char *sign = memchr(query.text, '=', len);

		if (sign != NULL) {
			struct part key = { query.text, (size_t)(sign - query.text) };
			struct part value = { sign + 1, len - key.len - 1 };
			bool head = value.len >= sizeof(heads) - 1 &&
				    memcmp(value.text, heads, sizeof(heads) - 1) == 0;

			if (part_is_any(key, keys) && (head || is_branch(value)))
				return true;
		}
		len += end != NULL;
		query.text += len;
		query.len -= len;
	}
	return false;
}

bool
hrd_webaddr_is_moving(const char *url)
{
	struct hrd_url address;
	bool moves;

	if (hrd_url_parse(url, &address, NULL) != HRD_OK)
		return false;
	moves = path_moves(whole(address.host), whole(address.path)) ||
		query_moves(whole(address.query));
	hrd_url_clear(&address);
	return moves;
}

/* A language as a component of a path: "cs", "en-gb", "zh_Hans". */
static bool
is_language(struct part part)
{
	static const char *const languages[] = { "ar", "bg", "bs", "ca", "cn", "cs", "cz", "da",
		"de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr",
		"hu", "hy", "id", "is", "it", "ja", "jp", "ka", "kk", "ko", "kr", "lb", "lt", "lv",
		"mk", "ms", "mt", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "se", "sk", "sl",
		"sq", "sr", "sv", "th", "tr", "tw", "ua", "uk", "vi", "zh", NULL };

	if (part.len > 2 && part.len <= 7 && (part.text[2] == '-' || part.text[2] == '_'))
		part.len = 2;
	return part_is_any(part, languages);
}

/* The file that a site shows when none is asked for. */
static bool
is_front(struct part part)
{
	static const char *const names[] = { "home", "index", "default", "welcome", NULL };
	const char *dot = memchr(part.text, '.', part.len);

	if (dot != NULL)
		part.len = (size_t)(dot - part.text);
	return part_is_any(part, names);
}

static bool
is_home(struct part path)
{
	struct part component;
	bool more = next_component(&path, &component);

	if (more && is_language(component))
		more = next_component(&path, &component);
	if (more && is_front(component))
		more = next_component(&path, &component);
	return !more;
}

bool
hrd_webaddr_is_home(const char *url)
{
	struct hrd_url address;
	bool home;

	if (hrd_url_parse(url, &address, NULL) != HRD_OK)
		return false;
	home = address.query[0] == '\0' && is_home(whole(address.path));
	hrd_url_clear(&address);
	return home;
}
