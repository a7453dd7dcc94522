/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of names, hosts files and zones as rules. */
#include <config.h>

#include "rpzgen/list/listfile.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/name/name.h"
#include "lib/name/rdata.h"
#include "rpzgen/zone/read.h"

enum { SHOWN_MAX = 60 };

void
hrd_feed_skip(struct hrd_feed_reader *r, enum hrd_list_skip kind, const char *id, const char *what,
    size_t len, const char *why)
{
	struct hrd_position place = { r->file, r->line, r->col };
	int shown = len > SHOWN_MAX ? SHOWN_MAX : (int)len;

	if (r->rule == NULL || r->skipped[kind]++ >= HRD_FEED_SHOWN_MAX)
		return;
	hrd_diag(r->diag, HRD_WARNING, &place, id, "\"%.*s\": %s; left out", shown, what, why);
}

struct lines {
	struct hrd_feed_reader *reader;
	struct hrd_local_table zones; /* of the whole list */
	const char *start;            /* of the line */
	bool gave;                    /* the line gave a rule */
	bool exempted;
};

static bool
is_host_octet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

static bool
is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return false;
	}
	return true;
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

const char *
hrd_list_name(struct hrd_name *name, const char *text, size_t len, hrd_list_to_ascii_fn *to_ascii)
{
	int status = HRD_EINVAL;

	if (len > 0 && !is_ascii(text, len))
		return to_ascii != NULL && to_ascii(name, text, len) ? NULL
								     : "no name of IDNA 2008";
	if (is_host(text, len))
		status = hrd_name_from_text(name, text, len);
	if (status == HRD_ERANGE)
		return "a label over 63 or a name over 253 octets";
	if (status != HRD_OK)
		return "no host name";
	return ends_in_number(text, len) ? "an address where a name is wanted" : NULL;
}

/* Hands one rule on; a name that no rule can have is a bad line, not an error of ours. */
static int
hand_on(struct lines *l, const struct hrd_rule *rule, const char *text, size_t len)
{
	int status = l->reader->rule(l->reader->ctx, rule, NULL);

	if (status == HRD_OK)
		l->gave = true;
	if (status != HRD_EINVAL && status != HRD_ERANGE)
		return status;
	hrd_feed_skip(l->reader, HRD_SKIP_JUNK, "feed-name", text, len,
	    "no rule can be for this name: the root, a label of RPZ at its end, or too long");
	return HRD_OK;
}

static int
block(struct lines *l, const struct hrd_name *name, enum hrd_list_reach reach, const char *text,
    size_t len)
{
	struct hrd_feed_reader *r = l->reader;
	struct hrd_rule rule = {
		.trigger = HRD_TRIGGER_QNAME, .name = *name, .action = r->action, .line = r->line
	};
	int status = r->judge != NULL ? r->judge(r->ctx, &rule, reach, NULL) : HRD_OK;

	if (status != HRD_OK)
		return status == HRD_EEXIST ? HRD_OK : status;
	if (reach != HRD_REACH_BELOW)
		status = hand_on(l, &rule, text, len);
	rule.wildcard = true;
	if (status == HRD_OK && reach != HRD_REACH_EXACT)
		status = hand_on(l, &rule, text, len);
	return status;
}

static int
take_name(void *ctx, bool exempt, enum hrd_list_reach reach, const char *text, size_t len)
{
	struct lines *l = ctx;
	struct hrd_feed_reader *r = l->reader;
	struct hrd_name name;
	const char *why;

	r->col = (uint32_t)(text - l->start) + 1;
	why = hrd_list_name(&name, text, len, r->to_ascii);
	if (why != NULL) {
		hrd_feed_skip(r, HRD_SKIP_JUNK, "feed-name", text, len, why);
		return HRD_OK;
	}
	if (reach == HRD_REACH_LIST)
		reach = r->subtree ? HRD_REACH_SUBTREE : HRD_REACH_EXACT;
	if (!exempt)
		return r->rule != NULL ? block(l, &name, reach, text, len) : HRD_OK;
	l->exempted = true;
	return r->exempt != NULL ? r->exempt(r->ctx, &name, reach) : HRD_OK;
}

static void
take_skip(void *ctx, enum hrd_list_skip kind, const char *id, const char *what, size_t len,
    const char *why)
{
	struct lines *l = ctx;

	l->reader->col = (uint32_t)(what - l->start) + 1;
	hrd_feed_skip(l->reader, kind, id, what, len, why);
}

/* A line without its end may be half of one; the caller knows whether the transfer was whole. */
static void
report_cut(struct hrd_feed_reader *r, const char *line, size_t len)
{
	struct hrd_position place = { r->file, r->line, 0 };
	int shown = len > SHOWN_MAX ? SHOWN_MAX : (int)len;

	if (r->rule != NULL)
		hrd_diag(r->diag, HRD_WARNING, &place, "feed-cut",
		    "\"%.*s\": the last line has no end; it is taken as it is", shown, line);
}

static int
read_lines(struct hrd_feed_reader *r, const char *data, size_t len)
{
	struct lines l = { .reader = r };
	const struct hrd_list_sink sink = { &l, take_name, take_skip };
	const char *end = data + len;
	int status = hrd_list_prepare(r->form, &l.zones, data, len);

	while (data < end && status == HRD_OK) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		const char *stop = newline != NULL ? newline : end;

		r->line++;
		r->col = 0;
		l.start = data;
		l.gave = l.exempted = false;
		if (newline == NULL)
			report_cut(r, data, (size_t)(end - data));
		status = hrd_list_line(r->form, &l.zones, data, (size_t)(stop - data), &sink);
		r->taken += l.gave;
		r->exempted += l.exempted;
		data = newline != NULL ? newline + 1 : end;
	}
	hrd_local_table_clear(&l.zones);
	return status;
}

/* True for data that only says "nowhere": an unspecified or loopback address, localhost. */
static bool
is_nowhere(const struct hrd_rr *rr)
{
	static const uint8_t localhost[] = "\011localhost";

	if (rr->type == HRD_TYPE_A || rr->type == HRD_TYPE_AAAA)
		return hrd_address_is_nowhere(rr->rdata, rr->rdlen);
	return rr->type == HRD_TYPE_CNAME && rr->rdlen == sizeof(localhost) &&
	       memcmp(rr->rdata, localhost, sizeof(localhost)) == 0;
}

static int
take_passthru(struct hrd_feed_reader *r, const struct hrd_rule *rule)
{
	bool is_name = rule->trigger == HRD_TRIGGER_QNAME;

	if (!is_name) {
		/* It exempts from rules that the feed does not bring. */
		hrd_feed_skip(
		    r, HRD_SKIP_BRINGS, "feed-brings", "PASSTHRU", 8, "a feed exempts names");
		return HRD_OK;
	}
	r->exempted++;
	return r->exempt != NULL ? r->exempt(r->ctx, &rule->name,
				       rule->wildcard ? HRD_REACH_BELOW : HRD_REACH_EXACT)
				 : HRD_OK;
}

/* A zone being read, and what it says of itself. */
struct zone {
	struct hrd_feed_reader *reader;
	struct hrd_zone_head head;
};

static int
take_zone_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct hrd_feed_reader *r = ((struct zone *)ctx)->reader;
	struct hrd_rule own = *rule;
	int status;

	r->line = rule->line;
	r->col = rule->line != 0 ? 1 : 0;
	if (rule->action == HRD_ACTION_PASSTHRU)
		return take_passthru(r, rule);
	if (r->rule == NULL)
		return HRD_OK;
	if (rr != NULL && is_nowhere(rr)) {
		own.action = r->action;
		rr = NULL;
	}
	status = r->judge != NULL ? r->judge(r->ctx, &own,
					rule->wildcard ? HRD_REACH_BELOW : HRD_REACH_EXACT, rr)
				  : HRD_OK;
	if (status != HRD_OK)
		return status == HRD_EEXIST ? HRD_OK : status;
	r->taken++;
	return r->rule(r->ctx, &own, rr);
}

static void
take_zone_fault(
    void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	const struct zone *zone = ctx;
	struct hrd_feed_reader *r = zone->reader;
	struct hrd_position place = { r->file, line, zone->head.col };

	if (r->rule == NULL)
		return;
	if (severity == HRD_ERROR && r->skipped[HRD_SKIP_JUNK]++ >= HRD_FEED_SHOWN_MAX)
		return;
	hrd_diag(r->diag, HRD_WARNING, &place, id, "%s", text);
}

static int
read_zone(struct hrd_feed_reader *r, const char *data, size_t len)
{
	/* Lists of records without a SOA are in use; it says nothing that a feed needs. */
	static const struct hrd_zone_head headless;
	struct zone zone = { .reader = r };
	const struct hrd_zone_sink sink = { .ctx = &zone,
		.hashes = true,
		.part = &headless,
		.rule = take_zone_rule,
		.fault = take_zone_fault };
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
	status = hrd_zone_read(stream, r->origin, &sink, &zone.head);
	fclose(stream);
	r->refused = status == HRD_EINVAL;
	return r->refused ? HRD_OK : status;
}

int
hrd_feed_read(struct hrd_feed_reader *r, const char *data, size_t len)
{
	size_t mark = hrd_utf8_mark(data, len);

	data += mark;
	len -= mark;
	r->line = r->taken = r->exempted = 0;
	r->col = 0;
	r->refused = false;
	memset(r->skipped, 0, sizeof(r->skipped));
	if (r->form == HRD_FEED_AUTO)
		r->form = hrd_list_guess(data, len);
	return r->form == HRD_FEED_RPZ ? read_zone(r, data, len) : read_lines(r, data, len);
}
