/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of the web, taken apart by libcurl (RFC 3986 as it reads it). Pure functions. */
#ifndef HRD_RPZGEN_BASE_URL_H
#define HRD_RPZGEN_BASE_URL_H

#include "lib/base/status.h"

/* Parts without the signs that lead them in; each is NUL-terminated and owned. */
struct hrd_url {
	char *scheme; /* "http" or "https" */
	char *host;   /* lower case, without a final dot; not "" */
	char *port;   /* digits, or "" where it is the scheme's own */
	char *path;   /* without the first slash, "." and ".." resolved; "" for none */
	char *query;  /* "" for none */
};

/* Takes text apart; why: NULL, or set to a static text that says what is wrong. Refused is what is
 * no http or https address, what has a user or password, and white space or control characters
 * anywhere. HRD_EINVAL, HRD_ENOMEM: out holds nothing. */
HRD_MUST_USE int hrd_url_parse(const char *text, struct hrd_url *out, const char **why);

/* Frees the parts; zeroed it has none. */
void hrd_url_clear(struct hrd_url *url);

#endif
