/* SPDX-License-Identifier: BSD-3-Clause */
/* The kept bodies of fetches: one file each, so that header and body cannot part. Its name is the
 * digest of the URL and of what the body has to be verified by: a body that was kept with less
 * proof is not found.
 *
 *   hradba-fetch 1 LF url LF etag LF last-modified LF time LF length LF digest LF body */
#include <config.h>

#include "rpzgen/net/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/crypto/blake2b.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/outfile.h"

enum { DIGEST_LEN = 32, HEADER_MAX = 8192, NAME_LEN = 16 };

static const char magic[] = "hradba-fetch 1";

/* "CACHE/HEX.fetched", malloc()ed. */
static char *
path_of(const struct hrd_fetch *request)
{
	uint8_t digest[NAME_LEN];
	char name[2 * NAME_LEN + 1], *path;
	struct hrd_blake2b state;

	hrd_blake2b_init(&state, sizeof(digest));
	hrd_blake2b_update(&state, request->url, strlen(request->url) + 1);
	if (request->sha256 != NULL)
		hrd_blake2b_update(&state, request->sha256, HRD_SHA256_LEN);
	for (size_t i = 0; i < request->key_count; i++)
		hrd_blake2b_update(&state, &request->keys[i], sizeof(request->keys[i]));
	hrd_blake2b_final(&state, digest);
	hrd_hex(name, digest, sizeof(digest));
	return asprintf(&path, "%s/%s.fetched", request->cache, name) < 0 ? NULL : path;
}

/* Takes one line off the text and ends it with NUL; NULL when there is none. */
static char *
take_line(char **at, size_t *left)
{
	char *line = *at, *end = memchr(line, '\n', *left < HEADER_MAX ? *left : HEADER_MAX);

	if (end == NULL)
		return NULL;
	*end = '\0';
	*left -= (size_t)(end + 1 - line);
	*at = end + 1;
	return line;
}

static bool
copy(char *into, size_t size, const char *line)
{
	return line != NULL && snprintf(into, size, "%s", line) < (int)size;
}

static bool
digest_holds(const char *body, size_t len, const char *line)
{
	uint8_t digest[DIGEST_LEN];
	char text[2 * DIGEST_LEN + 1];

	hrd_blake2b(digest, sizeof(digest), body, len);
	hrd_hex(text, digest, sizeof(digest));
	return line != NULL && strcmp(line, text) == 0;
}

static bool
parse(const struct hrd_fetch *request, char *at, size_t left, struct hrd_fetched *out)
{
	char *line = take_line(&at, &left), *length;

	if (line == NULL || strcmp(line, magic) != 0)
		return false;
	line = take_line(&at, &left);
	if (line == NULL || strcmp(line, request->url) != 0)
		return false;
	if (!copy(out->etag, sizeof(out->etag), take_line(&at, &left)) ||
	    !copy(out->modified, sizeof(out->modified), take_line(&at, &left)))
		return false;
	line = take_line(&at, &left);
	length = take_line(&at, &left);
	if (line == NULL || length == NULL)
		return false;
	out->when = strtoull(line, NULL, 10);
	line = take_line(&at, &left);
	out->len = left;
	return strtoull(length, NULL, 10) == left && digest_holds(at, left, line);
}

bool
hrd_fetch_cache_read(const struct hrd_fetch *request, struct hrd_fetched *out)
{
	char *path = path_of(request), *data = NULL;
	size_t len;
	bool good = false;

	if (path != NULL &&
	    hrd_infile_read(path, (size_t)request->octets_max + HEADER_MAX, &data, &len) == HRD_OK)
		good = parse(request, data, len, out);
	free(path);
	if (!good) {
		out->etag[0] = out->modified[0] = '\0';
		out->len = 0;
		free(data);
		return false;
	}
	memmove(data, data + (len - out->len), out->len + 1);
	out->data = data;
	return true;
}

static bool
write_body(FILE *file, const struct hrd_fetch *request, const struct hrd_fetched *fetched)
{
	uint8_t digest[DIGEST_LEN];
	char text[2 * DIGEST_LEN + 1];

	hrd_blake2b(digest, sizeof(digest), fetched->data, fetched->len);
	hrd_hex(text, digest, sizeof(digest));
	return fprintf(file, "%s\n%s\n%s\n%s\n%" PRIu64 "\n%zu\n%s\n", magic, request->url,
		   fetched->etag, fetched->modified, fetched->when, fetched->len, text) > 0 &&
	       fwrite(fetched->data, 1, fetched->len, file) == fetched->len;
}

int
hrd_fetch_keep(const struct hrd_fetch *request, const struct hrd_fetched *fetched)
{
	struct hrd_outset *set;
	const char *what;
	FILE *file;
	char *path;
	int status = HRD_ENOMEM, error;

	if (request->cache == NULL || fetched->source != HRD_FETCH_NEW)
		return HRD_OK;
	set = hrd_outset_new(NULL);
	path = path_of(request);
	if (set != NULL && path != NULL) {
		file = hrd_outset_add(set, path);
		status = HRD_EIO;
		if (file != NULL && write_body(file, request, fetched))
			status = hrd_outset_commit(set, &what);
	}
	error = errno;
	hrd_outset_free(set);
	free(path);
	errno = error;
	return status;
}
