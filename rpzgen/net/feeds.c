/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads feeds. */
#include <config.h>

#include "rpzgen/net/feeds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/array.h"
#include "lib/base/day.h"
#include "lib/base/hex.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "lib/crypto/blake2b.h"
#include "lib/crypto/signature.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/base/progress.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/list/unpack.h"
#include "rpzgen/net/fetch.h"

struct loader {
	struct hrd_inventory *inventory;
	const struct hrd_feed_options *options;
	struct hrd_diag *diag;
	const struct hrd_feed *feed;
	uint8_t sha256[HRD_SHA256_LEN];
	struct hrd_public_key key;
	struct hrd_progress progress;
};

/* Reports an error of the feed where the inventory names it. */
static bool
report(struct loader *l, const char *key, const char *id, const char *what, const char *more)
{
	struct hrd_position place = hrd_item_place(&l->feed->item, key);

	hrd_diag(l->diag, HRD_ERROR, &place, id, "feed \"%s\": %s%s%s", l->feed->id, what,
	    more != NULL ? ": " : "", more != NULL ? more : "");
	return false;
}

/* The pins of the inventory as octets; their form was checked when it was read. */
static bool
read_pins(struct loader *l)
{
	const char *reason;
	char text[128];
	int len;

	if (l->feed->sha256 != NULL &&
	    hrd_unhex(l->sha256, sizeof(l->sha256), l->feed->sha256) != HRD_OK)
		return report(l, "sha256", "feed-pin", "no SHA-256 digest", NULL);
	if (l->feed->minisign == NULL)
		return true;
	len = snprintf(text, sizeof(text), "untrusted comment: inventory\n%s\n", l->feed->minisign);
	if (hrd_public_key_parse(text, (size_t)len, &l->key, &reason) != HRD_OK)
		return report(l, "minisign", "feed-key", "no minisign public key", reason);
	return true;
}

static bool
check_digest(struct loader *l, const struct hrd_feed_body *body)
{
	uint8_t digest[HRD_SHA256_LEN];

	if (l->feed->sha256 == NULL)
		return true;
	if (hrd_sha256(digest, body->data, body->len) != HRD_OK ||
	    memcmp(digest, l->sha256, sizeof(digest)) != 0)
		return report(
		    l, "sha256", "feed-pin", "the octets have another SHA-256 digest", NULL);
	return true;
}

static bool
check_signature(struct loader *l, const struct hrd_feed_body *body)
{
	char path[4096], *text = NULL;
	uint8_t digest[HRD_DIGEST_LEN];
	struct hrd_signed_by by;
	const char *reason = "cannot be read";
	size_t len;
	bool good;

	if (l->feed->minisign == NULL)
		return true;
	snprintf(path, sizeof(path), "%s.minisig", body->where);
	hrd_blake2b(digest, sizeof(digest), body->data, body->len);
	good = hrd_inventory_read_file(l->inventory, path, HRD_SIGNATURE_OCTETS_MAX, &text, &len) ==
		   HRD_OK &&
	       hrd_signature_verify(digest, text, len, &l->key, 1, &by, &reason) == HRD_OK;
	free(text);
	return good ||
	       report(l, "minisign", "feed-signature", "no valid signature beside it", reason);
}

static bool
load_file(struct loader *l, struct hrd_feed_body *body)
{
	struct stat st;
	int status;

	body->where = hrd_inventory_path(l->inventory, l->feed->file);
	if (body->where == NULL)
		return report(l, "file", "feed-path",
		    "not a path inside the inventory's directory; write a relative one", NULL);
	status = hrd_inventory_read_file(
	    l->inventory, body->where, HRD_FEED_OCTETS_MAX, &body->data, &body->len);
	if (status == HRD_EIO)
		return report(l, "file", "file-unreadable", body->where, hrd_infile_error(errno));
	if (status == HRD_ELIMIT)
		return report(l, "file", "feed-size", body->where,
		    "more than 268435456 octets; split it into several feeds");
	if (status != HRD_OK)
		return report(l, "file", "feed-size", body->where, hrd_strstatus(status));
	if (stat(body->where, &st) == 0 && st.st_mtime > 0)
		body->when = (uint64_t)st.st_mtime;
	return check_digest(l, body) && check_signature(l, body);
}

static void
show(void *ctx, uint64_t octets, uint64_t total)
{
	struct loader *l = ctx;

	(void)total;
	hrd_progress_show(&l->progress, l->feed->id, octets, "octets");
}

static struct hrd_fetch
request_of(struct loader *l)
{
	return (struct hrd_fetch){
		.url = l->feed->url,
		.cache = l->options->cache,
		.octets_max = HRD_FEED_OCTETS_MAX,
		.allow_private = l->options->allow_private,
		.proxy = l->options->proxy,
		.ca_file = l->options->ca_file,
		.sha256 = l->feed->sha256 != NULL ? l->sha256 : NULL,
		.keys = l->feed->minisign != NULL ? &l->key : NULL,
		.key_count = l->feed->minisign != NULL ? 1 : 0,
		.progress = show,
		.progress_ctx = l,
	};
}

/* The fetch failed, or is not wanted: the last good body with a warning, or nothing. */
static bool
keep(struct loader *l, const struct hrd_fetched *fetched)
{
	struct hrd_position place = hrd_item_place(&l->feed->item, "url");
	char day[HRD_DATE_TEXT_MAX];

	if (fetched->data == NULL && l->options->online)
		return report(l, "url", "feed-fetch", "cannot be fetched, and no good body is kept",
		    fetched->reason);
	if (fetched->data == NULL) {
		hrd_diag(l->diag, HRD_WARNING, &place, "feed-offline",
		    "feed \"%s\": left out: nothing is fetched here, and no kept body is at hand",
		    l->feed->id);
		return true;
	}
	hrd_date_text((int32_t)(fetched->when / HRD_DAY_SECONDS), day);
	hrd_diag(l->diag, HRD_WARNING, &place, "feed-kept",
	    "feed \"%s\": the body of %s is used%s%s", l->feed->id, day,
	    fetched->reason[0] != '\0' ? ": " : "", fetched->reason);
	return true;
}

static void
take_body(struct hrd_feed_body *body, struct hrd_fetched *fetched)
{
	body->data = fetched->data;
	body->len = fetched->len;
	body->is_new = fetched->source == HRD_FETCH_NEW;
	body->is_current = fetched->source == HRD_FETCH_SAME;
	body->when = body->is_current ? (uint64_t)time(NULL) : fetched->when;
	memcpy(body->etag, fetched->etag, sizeof(body->etag));
	memcpy(body->modified, fetched->modified, sizeof(body->modified));
	fetched->data = NULL;
}

static bool
load_url(struct loader *l, struct hrd_feed_body *body)
{
	struct hrd_fetch request = request_of(l);
	struct hrd_fetched fetched = { .source = HRD_FETCH_NOTHING };
	bool good = true;
	int status = HRD_OK;

	body->where = l->feed->url;
	hrd_progress_start(&l->progress, l->options->quiet);
	if (l->options->online)
		status = hrd_fetch(&request, &fetched);
	else if (l->options->cache != NULL)
		hrd_fetch_cache_read(&request, &fetched);
	hrd_progress_end(&l->progress);
	if (!l->options->online || status != HRD_OK)
		good = keep(l, &fetched);
	if (good && fetched.data != NULL)
		take_body(body, &fetched);
	hrd_fetched_clear(&fetched);
	return good;
}

void
hrd_feed_keep(
    const struct hrd_feed_body *body, const struct hrd_feed_options *options, struct hrd_diag *diag)
{
	struct loader l = { .options = options, .diag = diag, .feed = body->feed };
	struct hrd_position place = hrd_item_place(&body->feed->item, "url");
	struct hrd_fetched fetched = {
		.source = HRD_FETCH_NEW, .data = body->data, .len = body->len, .when = body->when
	};
	struct hrd_fetch request;

	/* What is current is kept again with the time that says so. */
	if ((!body->is_new && !body->is_current) || !read_pins(&l))
		return;
	request = request_of(&l);
	memcpy(fetched.etag, body->etag, sizeof(fetched.etag));
	memcpy(fetched.modified, body->modified, sizeof(fetched.modified));
	if (hrd_fetch_keep(&request, &fetched) != HRD_OK)
		hrd_diag(diag, HRD_WARNING, &place, "feed-cache",
		    "feed \"%s\": cannot be kept in %s: %s", body->feed->id, options->cache,
		    strerror(errno));
}

static bool
take_kept(struct loader *l, struct hrd_feed_body *body, const char *why)
{
	struct hrd_fetched fetched = { .source = HRD_FETCH_NOTHING };
	struct hrd_fetch request;

	if (!body->is_new || l->options->cache == NULL)
		return false;
	request = request_of(l);
	hrd_fetch_cache_read(&request, &fetched);
	if (fetched.data != NULL) {
		snprintf(fetched.reason, sizeof(fetched.reason), "%s", why);
		(void)!keep(l, &fetched);
		free(body->data);
		take_body(body, &fetched);
		body->is_new = false;
	}
	hrd_fetched_clear(&fetched);
	return !body->is_new;
}

bool
hrd_feed_take_kept(
    const struct hrd_feed_set *feeds, size_t number, const char *why, struct hrd_diag *diag)
{
	struct hrd_feed_body *body = &feeds->all[number];
	struct loader l = { .options = &feeds->options, .diag = diag, .feed = body->feed };

	return read_pins(&l) && take_kept(&l, body, why);
}

/* One name of an allow list, as people write it. */
static bool
add_allowed(struct hrd_feed_body *body, const char *text, size_t len, const char **why)
{
	static char reason[HRD_IDNA_WHY_MAX];
	struct hrd_name name, *bigger;
	const char *id;

	*why = reason;
	if (hrd_idna_parse(&name, text, len, &id, reason) != HRD_OK)
		return false;
	*why = "out of memory";
	bigger = hrd_array_reserve(
	    body->allow, &body->allow_room, body->allow_count + 1, sizeof(*bigger));
	if (bigger == NULL)
		return false;
	body->allow = bigger;
	body->allow[body->allow_count++] = name;
	return true;
}

static bool
load_allow_names(struct loader *l, struct hrd_feed_body *body)
{
	const struct hrd_yaml_node *list = l->feed->allow;
	bool good = true;

	for (const struct hrd_yaml_node *c = list != NULL ? list->child : NULL; c != NULL;
	     c = c->next) {
		struct hrd_position place = hrd_node_place(l->feed->item.file, c);
		const char *why;

		if (c->kind != HRD_YAML_SCALAR || add_allowed(body, c->text, c->text_len, &why))
			continue;
		good = false;
		hrd_diag(l->diag, HRD_ERROR, &place, "feed-allow", "\"%.80s\": %s", c->text, why);
	}
	return good;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The name in a line without its end, "#" begins a comment. What it leaves out, or NULL. */
static const char *
allowed_in(const char **line, size_t *len)
{
	const char *start = *line, *hash = memchr(start, '#', *len);
	const char *end = hash != NULL ? hash : start + *len;
	const char *fault = memchr(start, '\0', *len) != NULL ? "an octet 0 in the line" : NULL;

	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	*line = start;
	*len = (size_t)(end - start);
	for (; start < end && fault == NULL; start++)
		fault = is_blank(*start) ? "more than one name in a line; \"#\" begins a comment"
					 : NULL;
	return fault;
}

static bool
take_allow_lines(
    struct loader *l, struct hrd_feed_body *body, const char *path, const char *text, size_t size)
{
	struct hrd_position place = { path, 0, 0 };
	const char *end = text + size;
	bool good = true;

	text += hrd_utf8_mark(text, size);
	for (place.line = 1; text < end; place.line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text)), *name = text;
		size_t len = (size_t)((newline != NULL ? newline : end) - text);
		const char *why = allowed_in(&name, &len);

		text = newline != NULL ? newline + 1 : end;
		if (why == NULL && (len == 0 || add_allowed(body, name, len, &why)))
			continue;
		good = false;
		hrd_diag(l->diag, HRD_ERROR, &place, "feed-allow", "\"%.*s\": %s",
		    len > 80 ? 80 : (int)len, name, why);
	}
	return good;
}

static bool
load_allow_file(struct loader *l, struct hrd_feed_body *body)
{
	const char *path;
	char *text;
	size_t len;
	bool good;

	if (l->feed->allow_file == NULL)
		return true;
	path = hrd_inventory_path(l->inventory, l->feed->allow_file);
	if (path == NULL)
		return report(l, "allow-file", "feed-path",
		    "not a path inside the inventory's directory; write a relative one", NULL);
	if (hrd_inventory_read_file(l->inventory, path, HRD_YAML_OCTETS_MAX, &text, &len) != HRD_OK)
		return report(l, "allow-file", "file-unreadable", path, hrd_infile_error(errno));
	good = take_allow_lines(l, body, path, text, len);
	free(text);
	return good;
}

/* Pins are of what was published; all else is about the text in it. */
static bool
unpack(struct loader *l, struct hrd_feed_body *body)
{
	char *text;
	size_t len;
	int status;

	if (body->data == NULL || !hrd_is_packed(body->data, body->len))
		return true;
	status = hrd_unpack(body->data, body->len, HRD_FEED_OCTETS_MAX, &text, &len);
	if (status == HRD_ENOMEM) {
		hrd_diag_nomem(l->diag);
		return false;
	}
	if (status != HRD_OK) {
		const char *why = status == HRD_ELIMIT ? "gzip of more than 256 MiB"
						       : "gzip that is damaged, or cut";

		return take_kept(l, body, why) ||
		       report(l, l->feed->file != NULL ? "file" : "url", "feed-packed", why, NULL);
	}
	free(body->data);
	body->data = text;
	body->len = len;
	return true;
}

static bool
load_one(struct loader *l, struct hrd_feed_body *body)
{
	bool good;

	if (!read_pins(l) || !load_allow_names(l, body) || !load_allow_file(l, body))
		return false;
	good = l->feed->file != NULL ? load_file(l, body) : load_url(l, body);
	good = good && unpack(l, body);
	if (good && body->data != NULL)
		hrd_blake2b_update(&l->inventory->digest, body->data, body->len);
	return good;
}

static size_t
count_feeds(const struct hrd_inventory *inventory)
{
	size_t count = 0;

	for (size_t s = 0; s < inventory->count; s++)
		count += inventory->sections[s]->feed_count;
	return count;
}

bool
hrd_feeds_load(struct hrd_feed_set *feeds, struct hrd_inventory *inventory,
    const struct hrd_feed_options *options, struct hrd_diag *diag)
{
	struct loader l = { .inventory = inventory, .options = options, .diag = diag };
	size_t count = count_feeds(inventory);
	bool good = true;

	*feeds = (struct hrd_feed_set){ .options = *options };
	if (count == 0)
		return true;
	feeds->all = calloc(count, sizeof(*feeds->all));
	if (feeds->all == NULL) {
		hrd_diag_nomem(diag);
		return false;
	}
	for (size_t s = 0; s < inventory->count; s++) {
		for (size_t i = 0; i < inventory->sections[s]->feed_count; i++) {
			struct hrd_feed_body *body = &feeds->all[feeds->count++];

			body->feed = l.feed = &inventory->sections[s]->feeds[i];
			good = load_one(&l, body) && good;
		}
	}
	return good;
}

void
hrd_feeds_clear(struct hrd_feed_set *feeds)
{
	for (size_t i = 0; i < feeds->count; i++) {
		free(feeds->all[i].data);
		free(feeds->all[i].allow);
	}
	free(feeds->all);
	*feeds = (struct hrd_feed_set){ .count = 0 };
}
