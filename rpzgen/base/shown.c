/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts from outside, made fit to be printed. */
#include <config.h>

#include "rpzgen/base/shown.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"

/* What ends a word in our sentences, and what ends an address even where it holds quotes. */
#define WORD_END " \"'<>\n\t"
#define SPACE " \n\t"

static bool
is_scheme_of_mail(const char *word)
{
	static const char *const schemes[] = { "mailto:", "mail:", "email:", "e-mail:", "contact:",
		"sip:", "sips:", "xmpp:", "acct:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncmp(word, schemes[i], strlen(schemes[i])) == 0)
			return true;
	}
	return false;
}

/* The last "@" of the first len octets, or NULL. */
static const char *
last_at(const char *text, size_t len)
{
	return memrchr(text, '@', len);
}

/* Octets in front of the "@" behind "://": those of a user, perhaps with a password; 0 = none. A
 * slash ends them, unless what is in front of it can be no host and port. */
static size_t
user_of(const char *authority)
{
	size_t len = strcspn(authority, "/?#" SPACE), whole = strcspn(authority, SPACE);
	const char *colon = memchr(authority, ':', len), *at = last_at(authority, len);

	if (at == NULL && colon != NULL && authority[0] != '[' &&
	    strspn(colon + 1, "0123456789") != len - (size_t)(colon + 1 - authority))
		at = last_at(authority, whole);
	return at != NULL ? (size_t)(at - authority) : 0;
}

/* An IPv6 address, which may have "@" and a name behind it where servers are told. */
static bool
is_address(const char *text, size_t len)
{
	size_t colons = 0;

	for (size_t i = 0; i < len; i++)
		colons += text[i] == ':' ? 1 : 0;
	return colons > 1 && strspn(text, "0123456789abcdefABCDEF:.#%") >= len;
}

/* "user:password" in front of the "@" of a word without "://"; 0 = none. */
static size_t
user_of_word(const char *word)
{
	size_t len = strcspn(word, WORD_END), slashes = strspn(word, "/");
	size_t name = slashes + strcspn(word + slashes, ":/@" WORD_END);
	const char *at = last_at(word, len);

	if (at == NULL || name == slashes || word[name] != ':' || word + name + 1 >= at ||
	    strncmp(word + name, "://", 3) == 0 || is_scheme_of_mail(word) ||
	    is_address(word, (size_t)(at - word)))
		return 0;
	return (size_t)(at - word);
}

/* Octets to leave out here, and those before them that stay. */
static size_t
secret_at(const char *text, bool starts_word, size_t *front)
{
	*front = strncmp(text, "://", 3) == 0 ? 3 : 0;
	if (*front > 0)
		return user_of(text + 3);
	return starts_word ? user_of_word(text) : 0;
}

static char *
copy(const char *text, bool readable)
{
	size_t len = strlen(text), front;
	char *out = malloc(4 * len + 4), *to = out;
	bool starts_word = true;

	for (size_t i = 0; out != NULL && i < len;) {
		size_t secret = secret_at(text + i, starts_word, &front);
		size_t n = readable ? hrd_utf8_shown(text + i, len - i) : 1;

		if (secret > 0) {
			memcpy(to, text + i, front);
			memcpy(to + front, "***", 3);
			to += front + 3;
			i += front + secret;
			continue;
		}
		starts_word = strchr(WORD_END "(=", text[i]) != NULL;
		if (n == 0) {
			to += snprintf(to, 5, "\\x%02x", (unsigned char)text[i++]);
			continue;
		}
		memcpy(to, text + i, n);
		to += n;
		i += n;
	}
	if (out != NULL)
		*to = '\0';
	return out;
}

char *
hrd_sanitised(const char *text)
{
	return copy(text, true);
}

char *
hrd_without_secrets(const char *text)
{
	return copy(text, false);
}
