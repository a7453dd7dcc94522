/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules as lines of RPZ text. */
#include <config.h>

#include "lib/rules/dump.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/hex.h"
#include "lib/crypto/blake2b.h"
#include "lib/name/rdata.h"

/* Collects pieces of text for the sink; errors of the sink stick. */
struct out {
	hrd_sink_fn *sink;
	void *ctx;
	int status;
	bool portable;
	size_t len;
	char text[4096];
};

static void
flush(struct out *out)
{
	if (out->status == HRD_OK && out->len > 0)
		out->status = out->sink(out->ctx, out->text, out->len);
	out->len = 0;
}

/* len: at most that of the buffer. */
static void
put(struct out *out, const char *text, size_t len)
{
	if (len > sizeof(out->text) - out->len)
		flush(out);
	memcpy(out->text + out->len, text, len);
	out->len += len;
}

static void
put_text(struct out *out, const char *text)
{
	put(out, text, strlen(text));
}

static void
put_uint(struct out *out, uint32_t value)
{
	char text[12];

	put(out, text, (size_t)snprintf(text, sizeof(text), "%u", (unsigned)value));
}

static size_t
name_text(const struct hrd_name *name, bool portable, char text[HRD_NAME_TEXT_MAX])
{
	return portable ? hrd_name_to_portable_text(name, text) : hrd_name_to_text(name, text);
}

/* An absolute name within RDATA; gives its octets. */
static size_t
put_name(struct out *out, const uint8_t *wire, size_t len)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	if (hrd_name_from_wire(&name, wire, len) != HRD_OK)
		return len;
	put(out, text, name_text(&name, out->portable, text));
	if (name.len > 1)
		put(out, ".", 1);
	return name.len;
}

static void
put_strings(struct out *out, const uint8_t *rdata, size_t len)
{
	char text[5];

	for (size_t i = 0; i < len;) {
		size_t end = i + 1 + rdata[i];

		put_text(out, i > 0 ? " \"" : "\"");
		for (i++; i < end; i++) {
			if (rdata[i] < 0x20 || rdata[i] > 0x7e)
				snprintf(text, sizeof(text), "\\%03u", rdata[i]);
			else
				snprintf(text, sizeof(text), "%s%c",
				    rdata[i] == '"' || rdata[i] == '\\' ? "\\" : "", rdata[i]);
			put_text(out, text);
		}
		put(out, "\"", 1);
	}
}

/* RFC 3597 section 5. */
static void
put_generic(struct out *out, const struct hrd_rr *rr)
{
	put_text(out, "\\# ");
	put_uint(out, rr->rdlen);
	if (rr->rdlen > 0)
		put(out, " ", 1);
	for (size_t i = 0; i < rr->rdlen; i++) {
		char text[2 + 1];

		hrd_hex(text, rr->rdata + i, 1);
		put(out, text, 2);
	}
}

static void
put_address(struct out *out, int family, const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, addr, text, sizeof(text));
	put_text(out, text);
}

/* Network-order numbers and then a name: MX and SRV. */
static void
put_numbers_name(struct out *out, const struct hrd_rr *rr, size_t numbers)
{
	for (size_t i = 0; i < numbers; i++) {
		put_uint(out, hrd_be16(rr->rdata + 2 * i));
		put(out, " ", 1);
	}
	put_name(out, rr->rdata + 2 * numbers, rr->rdlen - 2 * numbers);
}

static bool
begins_readably(const uint8_t *wire)
{
	return wire[0] != 1 || wire[1] != '@';
}

/* True for RDATA that the types' own forms can show. A name that begins with the label "@" is the
 * origin to many readers, ldns among them, however it is escaped; targets are read by our own. */
static bool
is_showable(const struct hrd_rr *rr)
{
	return hrd_rdata_has_layout(rr->type, rr->rdata, rr->rdlen) &&
	       (rr->type == HRD_TYPE_CNAME ||
		   hrd_rdata_names_are(rr->type, rr->rdata, rr->rdlen, begins_readably));
}

bool
hrd_dump_is_generic(const struct hrd_rr *rr)
{
	static const uint16_t own[] = { HRD_TYPE_A, HRD_TYPE_AAAA, HRD_TYPE_CNAME, HRD_TYPE_PTR,
		HRD_TYPE_MX, HRD_TYPE_TXT, HRD_TYPE_SRV };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (rr->type == own[i])
			return !is_showable(rr);
	}
	return true;
}

static void
put_rdata(struct out *out, const struct hrd_rr *rr)
{
	if (hrd_dump_is_generic(rr)) {
		put_generic(out, rr);
		return;
	}
	switch (rr->type) {
	case HRD_TYPE_A:
		put_address(out, AF_INET, rr->rdata);
		break;
	case HRD_TYPE_AAAA:
		put_address(out, AF_INET6, rr->rdata);
		break;
	case HRD_TYPE_CNAME:
	case HRD_TYPE_PTR:
		put_name(out, rr->rdata, rr->rdlen);
		break;
	case HRD_TYPE_MX:
		put_numbers_name(out, rr, 1);
		break;
	case HRD_TYPE_SRV:
		put_numbers_name(out, rr, 3);
		break;
	case HRD_TYPE_TXT:
		put_strings(out, rr->rdata, rr->rdlen);
		break;
	default:
		put_generic(out, rr);
	}
}

static void
put_type(struct out *out, uint16_t type)
{
	const char *name = hrd_type_word(type);

	if (name != NULL) {
		put_text(out, name);
	} else {
		put_text(out, "TYPE");
		put_uint(out, type);
	}
}

static const char *
action_rdata(enum hrd_action action)
{
	switch (action) {
	case HRD_ACTION_NXDOMAIN:
		return " CNAME .\n";
	case HRD_ACTION_NODATA:
		return " CNAME *.\n";
	case HRD_ACTION_PASSTHRU:
		return " CNAME rpz-passthru.\n";
	case HRD_ACTION_DROP:
		return " CNAME rpz-drop.\n";
	case HRD_ACTION_TCP_ONLY:
		return " CNAME rpz-tcp-only.\n";
	default:
		return NULL;
	}
}

static size_t
append(char *text, size_t n, const char *more)
{
	size_t len = strlen(more);

	memcpy(text + n, more, len + 1);
	return n + len;
}

size_t
hrd_dump_owner(const struct hrd_dump_rule *rule, char text[HRD_OWNER_TEXT_MAX])
{
	const char *label = hrd_trigger_label(rule->trigger);
	struct hrd_name owner;
	size_t n = 0;

	if (rule->prefix != NULL) {
		hrd_prefix_to_owner(rule->prefix, &owner);
		n = hrd_name_to_text(&owner, text);
	} else if (rule->wildcard && rule->name->len == 1) {
		n = append(text, 0, "*");
	} else {
		n = rule->wildcard ? append(text, 0, "*.") : 0;
		n += name_text(rule->name, rule->portable, text + n);
	}
	if (label != NULL) {
		n = append(text, n, ".");
		n = append(text, n, label);
	}
	return n;
}

static void
put_records(struct out *out, const struct hrd_dump_rule *rule, const char *owner, size_t len)
{
	struct hrd_rr rr;

	for (size_t n = 0; rule->rr(rule->rr_ctx, n, &rr); n++) {
		put(out, owner, len);
		put(out, " ", 1);
		put_uint(out, rr.ttl);
		put(out, " ", 1);
		put_type(out, rr.type);
		put(out, " ", 1);
		put_rdata(out, &rr);
		put(out, "\n", 1);
	}
}

int
hrd_dump_rule(const struct hrd_dump_rule *rule, hrd_sink_fn *sink, void *ctx)
{
	const char *rdata = action_rdata(rule->action);
	char owner[HRD_OWNER_TEXT_MAX];
	struct out out;
	size_t len;

	if (rdata == NULL && rule->action != HRD_ACTION_LOCAL_DATA)
		return HRD_OK;
	out.sink = sink;
	out.ctx = ctx;
	out.status = HRD_OK;
	out.portable = rule->portable;
	out.len = 0;
	len = hrd_dump_owner(rule, owner);
	if (rdata == NULL) {
		put_records(&out, rule, owner, len);
	} else {
		put(&out, owner, len);
		put_text(&out, rdata);
	}
	flush(&out);
	return out.status;
}

void
hrd_dump_use_rule(struct hrd_dump_rule *line, const struct hrd_rule *rule)
{
	bool named = hrd_trigger_has_name(rule->trigger);

	line->trigger = rule->trigger;
	line->wildcard = rule->wildcard;
	line->action = rule->action;
	line->name = named ? &rule->name : NULL;
	line->prefix = named ? NULL : &rule->prefix;
	line->portable = false;
}

void
hrd_dump_owner_of(const struct hrd_rule *rule, char owner[HRD_OWNER_TEXT_MAX])
{
	struct hrd_dump_rule line = { .trigger = rule->trigger };

	hrd_dump_use_rule(&line, rule);
	hrd_dump_owner(&line, owner);
}

static bool
rr_of_set(const void *ctx, size_t n, struct hrd_rr *out)
{
	const struct hrd_dump_source *from = ctx;

	if (n >= hrd_rules_rr_count(from->set, from->trigger, from->i))
		return false;
	hrd_rules_rr(from->set, from->trigger, from->i, n, out);
	return true;
}

static void
use_source(struct hrd_dump_source *from, struct hrd_dump_rule *line)
{
	hrd_dump_use_rule(line, &from->rule);
	line->rr = rr_of_set;
	line->rr_ctx = from;
}

void
hrd_dump_of_set(struct hrd_dump_source *from, struct hrd_dump_rule *line)
{
	hrd_rules_get(from->set, from->trigger, from->i, &from->rule);
	use_source(from, line);
}

int
hrd_dump_all(const struct hrd_ruleset *set, hrd_sink_fn *sink, void *ctx)
{
	struct hrd_dump_source from = { .set = set };
	struct hrd_dump_rule line;

	for (int t = 0; t < HRD_TRIGGERS; t++) {
		from.trigger = (enum hrd_trigger)t;
		for (from.i = 0; from.i < hrd_rules_count_of(set, from.trigger); from.i++) {
			int status;

			hrd_rules_get_next(set, from.trigger, from.i, &from.rule);
			use_source(&from, &line);
			status = hrd_dump_rule(&line, sink, ctx);
			if (status != HRD_OK)
				return status;
		}
	}
	return HRD_OK;
}

static int
digest_sink(void *ctx, const char *text, size_t len)
{
	hrd_blake2b_update(ctx, text, len);
	return HRD_OK;
}

void
hrd_dump_digest(const struct hrd_ruleset *set, uint8_t *digest)
{
	struct hrd_blake2b hash;

	hrd_blake2b_init(&hash, 32);
	/* The sink never fails, so neither does the dump. */
	if (hrd_dump_all(set, digest_sink, &hash) == HRD_OK)
		hrd_blake2b_final(&hash, digest);
}

int
hrd_dump_data(const struct hrd_rr *rr, hrd_sink_fn *sink, void *ctx)
{
	struct out out = { .sink = sink, .ctx = ctx };

	put_type(&out, rr->type);
	put(&out, " ", 1);
	put_rdata(&out, rr);
	flush(&out);
	return out.status;
}
