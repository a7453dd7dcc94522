/* SPDX-License-Identifier: BSD-3-Clause */
/* Fetches one file over https, by libcurl.
 *
 * A server is hostile: the number of octets, the time in all, the speed, the redirects and the
 * header are bounded; a body must say where it ends, so a cut one is noticed; redirects stay with
 * the origin; addresses that are not global are refused at the socket, after the name was resolved
 * (a name cannot be pointed at an inner host). Nothing is taken from the environment or from
 * .netrc: no proxy, no credentials. A pinned digest or a minisign key is checked before anything
 * is kept.
 *
 * With a cache directory the fetch is conditional (ETag, If-Modified-Since), and the last good body
 * is handed out when the fetch fails. A body is good when the caller says so: what came with
 * status 200 may still be an error page. One thread at a time may fetch; call it before threads
 * start. */
#ifndef HRD_RPZGEN_NET_FETCH_H
#define HRD_RPZGEN_NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/crypto/signature.h"

enum {
	HRD_FETCH_URL_MAX = 2048,
	HRD_FETCH_REDIRECTS_MAX = 3,
	HRD_FETCH_HEADER_OCTETS_MAX = 65536,
	HRD_FETCH_REASON_MAX = 512,
	HRD_FETCH_VALIDATOR_MAX = 256, /* octets of an ETag or a date that are kept */
};

/* Zeros mean the defaults that are named here. */
struct hrd_fetch {
	const char *url;                   /* https only, no user, no fragment */
	const char *cache;                 /* an existing directory, or NULL */
	uint64_t octets_max;               /* of the body; 64 MiB */
	unsigned seconds_max;              /* for all attempts together; 60 */
	unsigned low_speed;                /* octets/s, for ten seconds; 512 */
	unsigned attempts;                 /* 3 */
	bool allow_private;                /* loopback and private addresses */
	const char *proxy;                 /* URL, or NULL: none */
	const char *ca_file;               /* PEM; NULL: those of the system */
	const uint8_t *sha256;             /* pinned digest, 32 octets, or NULL */
	const struct hrd_public_key *keys; /* URL.minisig must be by one of these */
	size_t key_count;
	/* Called now and then while octets arrive; total is 0 when unknown. May be NULL. */
	void (*progress)(void *ctx, uint64_t octets, uint64_t total);
	void *progress_ctx;
};

enum hrd_fetch_source {
	HRD_FETCH_NOTHING, /* there is no body */
	HRD_FETCH_NEW,     /* fetched now */
	HRD_FETCH_SAME,    /* the server says that the kept body is current */
	HRD_FETCH_KEPT,    /* the fetch failed: the last good body */
};

struct hrd_fetched {
	enum hrd_fetch_source source;
	char *data; /* NUL behind len octets */
	size_t len;
	uint64_t when;                     /* seconds since the epoch, of the fetch of this body */
	char reason[HRD_FETCH_REASON_MAX]; /* why the fetch failed, one line; else "" */
	char etag[HRD_FETCH_VALIDATOR_MAX];
	char modified[HRD_FETCH_VALIDATOR_MAX];
};

/* Fetches. HRD_OK: source is NEW or SAME. On failure source is KEPT or NOTHING and reason is set:
 * HRD_EINVAL (the URL, or an answer that makes no sense), HRD_ELIMIT (too large, slow, late or many
 * redirects), HRD_ENOENT (HTTP 404 and 410), HRD_ESIGNATURE (digest or signature), HRD_EIO
 * (network, TLS, other HTTP errors, cache), HRD_ENOMEM. The caller clears *out in any case. */
HRD_MUST_USE int hrd_fetch(const struct hrd_fetch *request, struct hrd_fetched *out);

/* Keeps a new body as the last good one, when the request names a cache; other bodies are kept
 * already. Of fetched, source, data, len, when, etag and modified are read. HRD_EIO with errno
 * set, HRD_ENOMEM. */
HRD_MUST_USE int hrd_fetch_keep(const struct hrd_fetch *request, const struct hrd_fetched *fetched);

/* Frees the body; zeroed it has none. */
void hrd_fetched_clear(struct hrd_fetched *fetched);

/* Reads the kept body of the URL into out (source stays); false when there is none that is whole.
 */
bool hrd_fetch_cache_read(const struct hrd_fetch *request, struct hrd_fetched *out);
/* The version of libcurl in use; static text. */
const char *hrd_fetch_version(void);

#endif
