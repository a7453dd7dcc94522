/* SPDX-License-Identifier: BSD-3-Clause */
/* https with ceilings, over libcurl. */
#include <config.h>

#include "rpzgen/net/fetch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/crypto/blake2b.h"
#include "rpzgen/base/url.h"
#include "rpzgen/net/netaddr.h"

enum {
	OCTETS_MAX = 64 << 20,
	SECONDS_MAX = 60,
	CONNECT_SECONDS = 15,
	LOW_SPEED = 512,
	LOW_SPEED_SECONDS = 10,
	ATTEMPTS = 3,
	BACKOFF_MS = 500,       /* doubled each time */
	BACKOFF_MS_MAX = 10000, /* also of what Retry-After asks for */
};

/* One request on its way. */
struct transfer {
	const struct hrd_fetch *request;
	CURL *curl;
	char *data;
	size_t len, space;
	uint64_t octets_max;
	size_t header_octets;
	char etag[HRD_FETCH_VALIDATOR_MAX], modified[HRD_FETCH_VALIDATOR_MAX];
	bool has_length; /* the end of the body is told, by length or chunks */
	bool too_large, too_much_header, refused_addr, no_memory;
	int64_t deadline; /* milliseconds of the monotonic clock */
	char error[CURL_ERROR_SIZE];
	char *reason;
};

static int fail(struct transfer *t, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int
fail(struct transfer *t, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->reason, HRD_FETCH_REASON_MAX, format, args);
	va_end(args);
	return status;
}

static bool
make_room(struct transfer *t, size_t more)
{
	char *data = hrd_array_reserve(t->data, &t->space, t->len + more + 1, 1);

	if (data != NULL)
		t->data = data;
	return data != NULL;
}

static size_t
on_body(char *octets, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;

	if (len > t->octets_max - t->len) {
		t->too_large = true;
		return 0;
	}
	if (!make_room(t, len)) {
		t->no_memory = true;
		return 0;
	}
	memcpy(t->data + t->len, octets, len);
	t->len += len;
	t->data[t->len] = '\0';
	return len;
}

/* The value of a header field as text; false when the line is another field or the value is nothing
 * we would send back. */
static bool
field(const char *line, size_t len, const char *name, char *value)
{
	size_t name_len = strlen(name), used = 0;

	if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
		return false;
	for (size_t i = name_len + 1; i < len && line[i] != '\r' && line[i] != '\n'; i++) {
		if ((unsigned char)line[i] < 0x20 || (unsigned char)line[i] > 0x7e ||
		    used == HRD_FETCH_VALIDATOR_MAX - 1)
			return false;
		if (used > 0 || line[i] != ' ')
			value[used++] = line[i];
	}
	value[used] = '\0';
	return used > 0;
}

static size_t
on_header(char *line, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;
	char value[HRD_FETCH_VALIDATOR_MAX];

	if (len > HRD_FETCH_HEADER_OCTETS_MAX - t->header_octets) {
		t->too_much_header = true;
		return 0;
	}
	t->header_octets += len;
	if (field(line, len, "etag", value))
		memcpy(t->etag, value, sizeof(value));
	else if (field(line, len, "last-modified", value))
		memcpy(t->modified, value, sizeof(value));
	else if (field(line, len, "content-length", value) ||
		 field(line, len, "transfer-encoding", value))
		t->has_length = true;
	return len;
}

static curl_socket_t
on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *addr)
{
	struct transfer *t = ctx;

	(void)purpose;
	if (!t->request->allow_private && t->request->proxy == NULL &&
	    !hrd_netaddr_is_global(&addr->addr)) {
		t->refused_addr = true;
		return CURL_SOCKET_BAD;
	}
	return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

static int
on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	struct transfer *t = ctx;

	(void)up_total;
	(void)up;
	if (t->request->progress != NULL)
		t->request->progress(t->request->progress_ctx, (uint64_t)now, (uint64_t)total);
	return 0;
}

/* Scheme, host and port of two URLs are the same. */
static bool
same_origin(const char *a, const char *b)
{
	static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT };
	CURLU *ua = curl_url(), *ub = curl_url();
	bool same = ua != NULL && ub != NULL &&
		    curl_url_set(ua, CURLUPART_URL, a, 0) == CURLUE_OK &&
		    curl_url_set(ub, CURLUPART_URL, b, 0) == CURLUE_OK;

	for (size_t i = 0; same && i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *va = NULL, *vb = NULL;

		same = curl_url_get(ua, parts[i], &va, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		       curl_url_get(ub, parts[i], &vb, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		       strcasecmp(va, vb) == 0;
		curl_free(va);
		curl_free(vb);
	}
	curl_url_cleanup(ua);
	curl_url_cleanup(ub);
	return same;
}

/* Why a URL is not taken, or NULL. */
static const char *
url_fault(const char *text)
{
	const char *fault = NULL;
	struct hrd_url url;

	if (strlen(text) > HRD_FETCH_URL_MAX)
		return "an address of more than 2048 octets";
	if (hrd_url_parse(text, &url, &fault) != HRD_OK)
		return fault != NULL ? fault : "out of memory";
	if (strcmp(url.scheme, "https") != 0)
		fault = "only https is fetched";
	else if (strchr(text, '#') != NULL)
		fault = "a fragment says nothing to a server";
	hrd_url_clear(&url);
	return fault;
}

static bool
set_security(struct transfer *t)
{
	const struct hrd_fetch *r = t->request;
	CURL *c = t->curl;

	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROXY, r->proxy != NULL ? r->proxy : "") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       (r->ca_file == NULL ||
		   (curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file) == CURLE_OK &&
		       curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK)) &&
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK;
}

static bool
set_limits(struct transfer *t)
{
	const struct hrd_fetch *r = t->request;
	CURL *c = t->curl;
	long left = (long)(t->deadline - hrd_monotonic_ms());

	return curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left > 1 ? left : 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT,
		   r->low_speed != 0 ? (long)r->low_speed : (long)LOW_SPEED) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)LOW_SPEED_SECONDS) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->octets_max) ==
		   CURLE_OK;
}

static bool
set_callbacks(struct transfer *t)
{
	CURL *c = t->curl;

	return curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERDATA, t) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_XFERINFODATA, t) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION) == CURLE_OK;
}

/* Appends "NAME: value" when there is a value. */
static bool
add_field(struct curl_slist **list, const char *name, const char *value)
{
	char line[HRD_FETCH_VALIDATOR_MAX + 32];
	struct curl_slist *longer;

	if (value[0] == '\0')
		return true;
	snprintf(line, sizeof(line), "%s: %s", name, value);
	longer = curl_slist_append(*list, line);
	if (longer == NULL)
		return false;
	*list = longer;
	return true;
}

/* What went wrong below HTTP. */
static int
network_failure(struct transfer *t, CURLcode code)
{
	const char *text = t->error[0] != '\0' ? t->error : curl_easy_strerror(code);

	if (t->no_memory || code == CURLE_OUT_OF_MEMORY)
		return fail(t, HRD_ENOMEM, "out of memory");
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return fail(
		    t, HRD_ELIMIT, "more than %llu octets", (unsigned long long)t->octets_max);
	if (t->too_much_header)
		return fail(
		    t, HRD_ELIMIT, "more than %d octets of header", HRD_FETCH_HEADER_OCTETS_MAX);
	if (t->refused_addr)
		return fail(t, HRD_EINVAL,
		    "the host has a private or loopback address; --allow-private takes it");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fail(t, HRD_ELIMIT, "too slow: %s", text);
	return fail(t, HRD_EIO, "%s", text);
}

/* Failures that may be gone at the next attempt. */
static bool
is_passing(int status, CURLcode code, long http)
{
	if (code != CURLE_OK)
		return status == HRD_EIO && code != CURLE_PEER_FAILED_VERIFICATION &&
		       code != CURLE_SSL_CACERT_BADFILE && code != CURLE_UNSUPPORTED_PROTOCOL;
	return http == 429 || http == 500 || http == 502 || http == 503 || http == 504;
}

static void
reset(struct transfer *t)
{
	t->len = 0;
	t->header_octets = 0;
	t->etag[0] = t->modified[0] = t->error[0] = '\0';
	t->has_length = t->too_large = t->too_much_header = t->refused_addr = t->no_memory = false;
}

static CURLcode
perform(struct transfer *t, const char *url, const struct hrd_fetched *kept)
{
	struct curl_slist *fields = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	curl_easy_reset(t->curl);
	reset(t);
	if (add_field(&fields, "If-None-Match", kept != NULL ? kept->etag : "") &&
	    add_field(&fields, "If-Modified-Since", kept != NULL ? kept->modified : "") &&
	    set_security(t) && set_limits(t) && set_callbacks(t) &&
	    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, fields) == CURLE_OK &&
	    curl_easy_setopt(t->curl, CURLOPT_URL, url) == CURLE_OK)
		code = curl_easy_perform(t->curl);
	curl_slist_free_all(fields);
	return code;
}

static int
judge(struct transfer *t, long http, bool conditional)
{
	long version = 0;

	curl_easy_getinfo(t->curl, CURLINFO_HTTP_VERSION, &version);
	if (http == 304 && conditional)
		return HRD_OK;
	if (http == 404 || http == 410)
		return fail(t, HRD_ENOENT, "the server has no such file (HTTP %ld)", http);
	if (http != 200)
		return fail(t, HRD_EIO, "HTTP status %ld", http);
	if (version < CURL_HTTP_VERSION_2_0 && !t->has_length)
		return fail(t, HRD_EINVAL, "the answer does not say where it ends");
	if (!make_room(t, 0))
		return fail(t, HRD_ENOMEM, "out of memory");
	t->data[t->len] = '\0';
	return HRD_OK;
}

/* The target of a redirect, malloc()ed in *url; HRD_OK goes on there. */
static int
redirect(struct transfer *t, char **url, unsigned *hops)
{
	char *target = NULL, *copy;

	curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &target);
	if (target == NULL)
		return fail(t, HRD_EINVAL, "a redirect without a target");
	if (++*hops > HRD_FETCH_REDIRECTS_MAX)
		return fail(t, HRD_ELIMIT, "more than %d redirects", HRD_FETCH_REDIRECTS_MAX);
	if (url_fault(target) != NULL || !same_origin(*url, target))
		return fail(t, HRD_EINVAL, "a redirect to another origin: %.200s", target);
	copy = strdup(target);
	if (copy == NULL)
		return fail(t, HRD_ENOMEM, "out of memory");
	free(*url);
	*url = copy;
	return HRD_OK;
}

/* One attempt with its redirects. */
static int
attempt(struct transfer *t, const char *start, const struct hrd_fetched *kept, long *http,
    bool *passing)
{
	char *url = strdup(start);
	unsigned hops = 0;
	int status = HRD_OK;
	CURLcode code;

	*passing = false;
	if (url == NULL)
		return fail(t, HRD_ENOMEM, "out of memory");
	for (;;) {
		*http = 0;
		code = perform(t, url, kept);
		if (code != CURLE_OK) {
			status = network_failure(t, code);
			break;
		}
		curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, http);
		if (*http < 300 || *http > 399 || *http == 304) {
			status = judge(t, *http, kept != NULL);
			break;
		}
		status = redirect(t, &url, &hops);
		if (status != HRD_OK)
			break;
	}
	if (status != HRD_OK)
		*passing = is_passing(status, code, *http);
	free(url);
	return status;
}

/* Waits before the next attempt; false when there is no time for another. */
static bool
back_off(struct transfer *t, unsigned done)
{
	curl_off_t asked = 0;
	int64_t wait = (int64_t)BACKOFF_MS << (done - 1 < 8 ? done - 1 : 8), left;

	curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &asked);
	if (asked > 0)
		wait = asked > BACKOFF_MS_MAX / 1000 ? BACKOFF_MS_MAX : asked * 1000;
	if (wait > BACKOFF_MS_MAX)
		wait = BACKOFF_MS_MAX;
	left = t->deadline - hrd_monotonic_ms();
	if (wait >= left)
		return false;
	nanosleep(
	    &(struct timespec){ .tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000 }, NULL);
	return true;
}

static int
get(struct transfer *t, const char *url, const struct hrd_fetched *kept, long *http)
{
	unsigned attempts = t->request->attempts != 0 ? t->request->attempts : ATTEMPTS;
	bool passing;
	int status;

	for (unsigned i = 1;; i++) {
		status = attempt(t, url, kept, http, &passing);
		if (status == HRD_OK || !passing || i >= attempts || !back_off(t, i))
			return status;
	}
}

/* The URL of the signature: ".minisig" behind the path. */
static char *
signature_url(const char *url)
{
	CURLU *u = curl_url();
	char *path = NULL, *longer = NULL, *text = NULL, *copy = NULL;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
	    asprintf(&longer, "%s.minisig", path) > 0 &&
	    curl_url_set(u, CURLUPART_PATH, longer, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK)
		copy = strdup(text);
	free(longer);
	curl_free(path);
	curl_free(text);
	curl_url_cleanup(u);
	return copy;
}

/* Fetches the signature of the body and verifies it. */
static int
check_signature(struct transfer *t, const char *data, size_t len)
{
	struct transfer s = { .request = t->request,
		.curl = t->curl,
		.deadline = t->deadline,
		.octets_max = HRD_SIGNATURE_OCTETS_MAX,
		.reason = t->reason };
	char *url = signature_url(t->request->url);
	const char *why = NULL;
	uint8_t digest[64];
	long http;
	int status = url != NULL ? get(&s, url, NULL, &http) : HRD_ENOMEM;

	if (status == HRD_OK) {
		hrd_blake2b(digest, sizeof(digest), data, len);
		status = hrd_signature_verify(
		    digest, s.data, s.len, t->request->keys, t->request->key_count, NULL, &why);
		if (status != HRD_OK)
			fail(t, status, "%s", why);
	} else if (status == HRD_ENOENT) {
		status = fail(t, HRD_ESIGNATURE, "the server has no signature (.minisig) of it");
	}
	free(s.data);
	free(url);
	return status;
}

static int
check_body(struct transfer *t, const char *data, size_t len)
{
	uint8_t digest[HRD_SHA256_LEN];

	if (t->request->sha256 != NULL) {
		if (hrd_sha256(digest, data, len) != HRD_OK)
			return fail(t, HRD_EIO, "SHA-256 failed");
		if (memcmp(digest, t->request->sha256, sizeof(digest)) != 0)
			return fail(t, HRD_ESIGNATURE, "the SHA-256 digest is not the pinned one");
	}
	return t->request->key_count > 0 ? check_signature(t, data, len) : HRD_OK;
}

/* Hands the fetched body out instead of the kept one. */
static int
take_new(struct transfer *t, struct hrd_fetched *out)
{
	int status = check_body(t, t->data, t->len);

	if (status != HRD_OK)
		return status;
	free(out->data);
	out->data = t->data;
	out->len = t->len;
	t->data = NULL;
	memcpy(out->etag, t->etag, sizeof(out->etag));
	memcpy(out->modified, t->modified, sizeof(out->modified));
	out->when = (uint64_t)time(NULL);
	out->source = HRD_FETCH_NEW;
	return HRD_OK;
}

static int
fetch(struct transfer *t, struct hrd_fetched *out)
{
	bool have = out->data != NULL;
	long http = 0;
	int status = get(t, t->request->url, have ? out : NULL, &http);

	if (status != HRD_OK)
		return status;
	if (http != 304)
		return take_new(t, out);
	status = check_body(t, out->data, out->len);
	if (status == HRD_OK)
		out->source = HRD_FETCH_SAME;
	return status;
}

int
hrd_fetch(const struct hrd_fetch *request, struct hrd_fetched *out)
{
	struct hrd_fetch full = *request;
	struct transfer t = { .request = &full, .reason = out->reason };
	const char *fault = url_fault(request->url);
	int status;

	memset(out, 0, sizeof(*out));
	if (fault != NULL)
		return fail(&t, HRD_EINVAL, "%s", fault);
	if (full.octets_max == 0)
		full.octets_max = OCTETS_MAX;
	t.octets_max = full.octets_max;
	t.deadline =
	    hrd_monotonic_ms() + 1000ll * (full.seconds_max != 0 ? full.seconds_max : SECONDS_MAX);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(&t, HRD_EIO, "libcurl cannot start");
	if (full.cache != NULL && hrd_fetch_cache_read(&full, out))
		out->source = HRD_FETCH_KEPT;
	t.curl = curl_easy_init();
	status = t.curl != NULL ? fetch(&t, out) : fail(&t, HRD_ENOMEM, "out of memory");
	curl_easy_cleanup(t.curl);
	curl_global_cleanup();
	free(t.data);
	return status;
}

void
hrd_fetched_clear(struct hrd_fetched *fetched)
{
	free(fetched->data);
	memset(fetched, 0, sizeof(*fetched));
}

const char *
hrd_fetch_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
