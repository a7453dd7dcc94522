/* SPDX-License-Identifier: BSD-3-Clause */
/* Takes addresses of the web apart, through libcurl. */
#include <config.h>

#include "rpzgen/base/url.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

static const char *
fault_of(CURLUcode code)
{
	switch (code) {
	case CURLUE_UNSUPPORTED_SCHEME:
	case CURLUE_NO_SCHEME:
	case CURLUE_BAD_SCHEME:
		return "no https:// or http:// address";
	case CURLUE_USER_NOT_ALLOWED:
		return "a user or password in an address";
	case CURLUE_BAD_PORT_NUMBER:
		return "a bad port in an address";
	case CURLUE_NO_HOST:
	case CURLUE_BAD_HOSTNAME:
		return "an address without a host name";
	default:
		return "no address that libcurl can read";
	}
}

/* A part as a copy of its own; "" where there is none. */
static char *
part_of(CURLU *handle, CURLUPart part, unsigned flags)
{
	char *text = NULL, *copy;

	if (curl_url_get(handle, part, &text, flags) == CURLUE_OUT_OF_MEMORY)
		return NULL;
	copy = strdup(text != NULL ? text : "");
	curl_free(text);
	return copy;
}

static void
normalise_host(char *host)
{
	size_t len = strlen(host);

	for (char *c = host; *c != '\0'; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
}

static bool
has_space_or_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == '\177')
			return true;
	}
	return false;
}

/* What libcurl would mend and nobody else: one slash, or three. */
static bool
has_two_slashes(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon == NULL || strspn(colon + 1, "/") == 2;
}

static int
read_parts(CURLU *handle, struct hrd_url *out, const char **why)
{
	char *path = part_of(handle, CURLUPART_PATH, 0);

	out->scheme = part_of(handle, CURLUPART_SCHEME, 0);
	out->host = part_of(handle, CURLUPART_HOST, 0);
	out->port = part_of(handle, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
	out->query = part_of(handle, CURLUPART_QUERY, 0);
	out->path = path != NULL ? strdup(path[0] == '/' ? path + 1 : path) : NULL;
	free(path);
	if (out->scheme == NULL || out->host == NULL || out->port == NULL || out->path == NULL ||
	    out->query == NULL)
		return HRD_ENOMEM;
	if (strcmp(out->scheme, "https") != 0 && strcmp(out->scheme, "http") != 0) {
		*why = fault_of(CURLUE_UNSUPPORTED_SCHEME);
		return HRD_EINVAL;
	}
	normalise_host(out->host);
	if (out->host[0] == '\0' || out->host[0] == '.' || strstr(out->host, "..") != NULL) {
		*why = fault_of(CURLUE_NO_HOST);
		return HRD_EINVAL;
	}
	return HRD_OK;
}

int
hrd_url_parse(const char *text, struct hrd_url *out, const char **why)
{
	CURLU *handle = curl_url();
	const char *fault = NULL;
	int status = handle == NULL ? HRD_ENOMEM : HRD_OK;
	CURLUcode code;

	*out = (struct hrd_url){ NULL, NULL, NULL, NULL, NULL };
	if (status == HRD_OK && has_space_or_control(text)) {
		fault = "white space in an address";
		status = HRD_EINVAL;
	}
	if (status == HRD_OK && !has_two_slashes(text)) {
		fault = fault_of(CURLUE_NO_HOST);
		status = HRD_EINVAL;
	}
	if (status == HRD_OK) {
		code = curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER);
		if (code == CURLUE_OUT_OF_MEMORY)
			status = HRD_ENOMEM;
		else if (code != CURLUE_OK)
			status = HRD_EINVAL;
		fault = status == HRD_EINVAL ? fault_of(code) : NULL;
	}
	if (status == HRD_OK)
		status = read_parts(handle, out, &fault);
	curl_url_cleanup(handle);
	if (status != HRD_OK)
		hrd_url_clear(out);
	if (why != NULL)
		*why = fault;
	return status;
}

void
hrd_url_clear(struct hrd_url *url)
{
	free(url->scheme);
	free(url->host);
	free(url->port);
	free(url->path);
	free(url->query);
	*url = (struct hrd_url){ NULL, NULL, NULL, NULL, NULL };
}
