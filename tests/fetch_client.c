/* SPDX-License-Identifier: BSD-3-Clause */
/* Fetches one URL with the options of struct hrd_fetch, for the tests of fetching:
 *
 *   fetch_client URL [NAME=VALUE]...
 *
 * prints status, source, length and reason on one line each, and the body after them. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/net/fetch.h"

struct options {
	struct hrd_fetch fetch;
	uint8_t sha256[HRD_SHA256_LEN];
	struct hrd_public_key key;
};

static int
take_pin(struct options *o, const char *value)
{
	for (size_t i = 0; i < sizeof(o->sha256); i++) {
		unsigned octet;

		if (sscanf(value + 2 * i, "%2x", &octet) != 1)
			return 1;
		o->sha256[i] = (uint8_t)octet;
	}
	o->fetch.sha256 = o->sha256;
	return 0;
}

static int
take_key(struct options *o, const char *value)
{
	const char *reason;

	o->fetch.keys = &o->key;
	o->fetch.key_count = 1;
	return hrd_public_key_load(value, &o->key, &reason) != HRD_OK;
}

static int
take(struct options *o, char *word)
{
	char *value = strchr(word, '=');

	if (value == NULL)
		return 1;
	*value++ = '\0';
	if (strcmp(word, "cache") == 0)
		o->fetch.cache = value;
	else if (strcmp(word, "ca") == 0)
		o->fetch.ca_file = value;
	else if (strcmp(word, "octets") == 0)
		o->fetch.octets_max = strtoull(value, NULL, 10);
	else if (strcmp(word, "seconds") == 0)
		o->fetch.seconds_max = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(word, "attempts") == 0)
		o->fetch.attempts = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(word, "private") == 0)
		o->fetch.allow_private = true;
	else if (strcmp(word, "sha256") == 0)
		return take_pin(o, value);
	else if (strcmp(word, "key") == 0)
		return take_key(o, value);
	else
		return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const sources[] = { "nothing", "new", "same", "kept" };
	struct options options = { 0 };
	struct hrd_fetched got = { 0 };
	int status;

	if (argc < 2)
		return 2;
	options.fetch.url = argv[1];
	for (int i = 2; i < argc; i++) {
		if (take(&options, argv[i]) != 0)
			return 2;
	}
	status = hrd_fetch(&options.fetch, &got);
	if (status == HRD_OK)
		status = hrd_fetch_keep(&options.fetch, &got);
	printf("%d\n%s\n%zu\n%s\n", status, sources[got.source], got.len, got.reason);
	fwrite(got.len != 0 ? got.data : "", 1, got.len, stdout);
	hrd_fetched_clear(&got);
	return 0;
}
