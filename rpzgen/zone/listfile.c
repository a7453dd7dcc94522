/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of names, hosts files and zones as rules. */
#include <config.h>

#include "rpzgen/zone/listfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/name/name.h"
#include "rpzgen/zone/read.h"

enum { SHOWN_MAX = 60 };

static void
tell(struct hrd_feed_reader *r, const char *id, const char *text, size_t len, const char *why)
{
	struct hrd_position place = { r->file, r->lines, 0 };
	int shown = len > SHOWN_MAX ? SHOWN_MAX : (int)len;

	r->junk++;
	hrd_diag(r->diag, HRD_ERROR, &place, id, "\"%.*s\": %s", shown, text, why);
	if (r->junk == HRD_FEED_JUNK_MAX)
		hrd_diag(r->diag, HRD_ERROR, &place, "feed-junk",
		    "%d bad lines; is this a feed of this form at all? The rest is not read",
		    HRD_FEED_JUNK_MAX);
}

static bool
is_host_octet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

static bool
is_host(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_host_octet(text[i]))
			return false;
	}
	return len > 0;
}

/* True when the last label is all digits: an address, or nothing that could exist. */
static bool
ends_in_number(const char *text, size_t len)
{
	size_t digits = 0;

	while (digits < len && text[len - 1 - digits] >= '0' && text[len - 1 - digits] <= '9')
		digits++;
	return digits > 0 && (digits == len || text[len - 1 - digits] == '.');
}

/* Hands a rule on; a name that no rule can have is a bad line, not an error of ours. */
static int
hand_on(struct hrd_feed_reader *r, const struct hrd_rule *rule, const char *text, size_t len)
{
	int status = r->rule(r->ctx, rule, NULL);

	if (status != HRD_EINVAL && status != HRD_ERANGE)
		return status;
	tell(r, "feed-name", text, len,
	    "no rule can be for this name: the root, a label of RPZ at its end, or too long");
	return HRD_OK;
}

static int
take_name(struct hrd_feed_reader *r, const char *text, size_t len)
{
	struct hrd_rule rule = {
		.trigger = HRD_TRIGGER_QNAME, .action = r->action, .line = r->lines
	};
	int status = HRD_EINVAL;

	if (is_host(text, len))
		status = hrd_name_from_text(&rule.name, text, len);
	if (status == HRD_ERANGE)
		tell(r, "feed-name", text, len, "a label over 63 or a name over 253 octets");
	else if (status != HRD_OK)
		tell(r, "feed-name", text, len, "no host name");
	else if (ends_in_number(text, len))
		tell(r, "feed-name", text, len, "an address where a name is wanted");
	if (status != HRD_OK || ends_in_number(text, len))
		return HRD_OK;
	status = hand_on(r, &rule, text, len);
	rule.wildcard = true;
	if (status == HRD_OK && r->subtree)
		status = hand_on(r, &rule, text, len);
	return status;
}

/* The next word of a line; its length is 0 at the end. */
static size_t
next_word(const char **text, const char *end)
{
	const char *start;

	while (*text < end && (**text == ' ' || **text == '\t'))
		++*text;
	start = *text;
	while (start < end && *start != ' ' && *start != '\t')
		start++;
	return (size_t)(start - *text);
}

static int
take_domain(struct hrd_feed_reader *r, const char *text, const char *end)
{
	size_t len = next_word(&text, end);
	const char *rest = text + len;

	if (next_word(&rest, end) > 0 && *rest != '#') {
		tell(r, "feed-line", text, (size_t)(end - text), "more than one name in a line");
		return HRD_OK;
	}
	return take_name(r, text, len);
}

static bool
is_word(const char *text, size_t len, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strlen(*words) == len && memcmp(*words, text, len) == 0)
			return true;
	}
	return false;
}

/* Addresses that mean "nowhere", and names that every hosts file has for the host itself. */
static const char *const nowhere[] = { "0.0.0.0", "127.0.0.1", "::", "::1", "0", NULL };
static const char *const own[] = { "localhost", "localhost.localdomain", "local", "broadcasthost",
	"ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
	"ip6-allrouters", "ip6-allhosts", "0.0.0.0", NULL };

/* Lines of a hosts file that name the host itself: their addresses are others. */
static const char *const own_addresses[] = { "255.255.255.255", "fe80::1%lo0", "ff00::0", "ff02::1",
	"ff02::2", "ff02::3", NULL };

static int
take_host(struct hrd_feed_reader *r, const char *text, const char *end)
{
	size_t len = next_word(&text, end);
	int status = HRD_OK;

	if (is_word(text, len, own_addresses))
		return HRD_OK;
	if (!is_word(text, len, nowhere)) {
		tell(r, "feed-line", text, (size_t)(end - text),
		    "no line of a hosts file that blocks");
		return HRD_OK;
	}
	text += len;
	len = next_word(&text, end);
	if (len == 0)
		tell(r, "feed-line", text, 0, "an address without a name");
	for (; len > 0 && *text != '#' && status == HRD_OK; len = next_word(&text, end)) {
		if (!is_word(text, len, own))
			status = take_name(r, text, len);
		text += len;
	}
	return status;
}

static int
take_line(struct hrd_feed_reader *r, const char *text, const char *end)
{
	if (end > text && end[-1] == '\r')
		end--;
	if (next_word(&text, end) == 0 || *text == '#')
		return HRD_OK;
	if (r->form == HRD_FEED_HOSTS)
		return take_host(r, text, end);
	return *text == '!' ? HRD_OK : take_domain(r, text, end);
}

static int
read_lines(struct hrd_feed_reader *r, const char *data, size_t len)
{
	const char *end = data + len;
	int status = HRD_OK;

	while (data < end && status == HRD_OK && r->junk < HRD_FEED_JUNK_MAX) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));

		r->lines++;
		if (newline == NULL)
			tell(r, "feed-cut", data, (size_t)(end - data),
			    "the last line has no end; the feed may be cut short");
		status = take_line(r, data, newline != NULL ? newline : end);
		data = newline != NULL ? newline + 1 : end;
	}
	return status;
}

static int
take_zone_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct hrd_feed_reader *r = ctx;

	r->lines++;
	return r->rule(r->ctx, rule, rr);
}

static void
take_zone_fault(
    void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct hrd_feed_reader *r = ctx;
	struct hrd_position place = { r->file, line, 0 };

	/* What may be another's way of writing is not what we publish. */
	if (r->strict && (strcmp(id, "zone-cut") == 0 || strcmp(id, "zone-target") == 0))
		severity = HRD_ERROR;
	r->junk += severity == HRD_ERROR ? 1 : 0;
	hrd_diag(r->diag, severity, &place, id, "%s", text);
}

static int
read_zone(struct hrd_feed_reader *r, const char *data, size_t len)
{
	struct hrd_zone_sink sink = { .ctx = r, .rule = take_zone_rule, .fault = take_zone_fault };
	struct hrd_zone_head head;
	union {
		const char *in;
		char *out;
	} text = { .in = data }; /* fmemopen() in mode "r" does not write */
	FILE *stream;
	int status;

	if (len == 0)
		return HRD_OK;
	stream = fmemopen(text.out, len, "r");
	if (stream == NULL)
		return HRD_ENOMEM;
	status = hrd_zone_read(stream, NULL, &sink, &head);
	fclose(stream);
	return status == HRD_EINVAL ? HRD_OK : status;
}

int
hrd_feed_read(struct hrd_feed_reader *r, const char *data, size_t len)
{
	r->lines = 0;
	r->junk = 0;
	return r->form == HRD_FEED_RPZ ? read_zone(r, data, len) : read_lines(r, data, len);
}
