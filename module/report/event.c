/* SPDX-License-Identifier: BSD-3-Clause */
/* Events and their lines. */
#include <config.h>

#include "module/report/event.h"

#include <stdio.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "module/decide/allow.h"

enum { NUMBER_TEXT_MAX = 24, RULE_ID_SHORT = 256, CARRIERS = 5 };

/* How much of an event is told: less and less until it fits. */
enum detail { EVERYTHING, NO_REPETITION, ESSENTIALS, DETAILS };

void
hrd_event_init(struct hrd_event *event)
{
	memset(event, 0, offsetof(struct hrd_event, room));
	event->rcode = HRD_RCODE_UNKNOWN;
}

void
hrd_event_set(struct hrd_event *event, enum hrd_event_text which, const void *text, size_t len)
{
	size_t room = sizeof(event->room) - event->used;

	if (len > room)
		len = room;
	memcpy(event->room + event->used, text, len);
	event->texts[which].at = event->used;
	event->texts[which].len = (uint16_t)len;
	event->used = (uint16_t)(event->used + len);
}

/* Eight octets in lower case: where 'A' to 'Z' is, bit 5 is set. Octets that tell the length of a
 * label are below the letters. */
static uint64_t
lower(uint64_t octets)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	uint64_t seven = octets & ~high;
	uint64_t upper = (seven + each * (0x80 - 'A')) ^ (seven + each * (0x7f - 'Z'));

	return octets | (upper & ~octets & high) >> 2;
}

void
hrd_event_set_name(struct hrd_event *event, const uint8_t *wire, size_t len)
{
	uint64_t words[HRD_NAME_MAX / sizeof(uint64_t) + 1];

	if (len == 0 || len > HRD_NAME_MAX)
		return;
	words[(len - 1) / sizeof(uint64_t)] = 0;
	memcpy(words, wire, len);
	for (size_t i = 0; i <= (len - 1) / sizeof(uint64_t); i++)
		words[i] = lower(words[i]);
	hrd_event_set(event, HRD_EVENT_NAME, words, len);
}

bool
hrd_event_set_suffix(struct hrd_event *event, enum hrd_event_text which, enum hrd_event_text of,
    const void *wire, size_t len)
{
	size_t end = event->texts[of].at + event->texts[of].len;

	if (len > event->texts[of].len || memcmp(event->room + end - len, wire, len) != 0)
		return false;
	event->texts[which].at = (uint16_t)(end - len);
	event->texts[which].len = (uint16_t)len;
	return true;
}

size_t
hrd_event_size(const struct hrd_event *event)
{
	return offsetof(struct hrd_event, room) + event->used;
}

static void
set_text(struct hrd_event *event, enum hrd_event_text which, const char *text)
{
	if (text != NULL && text[0] != '\0')
		hrd_event_set(event, which, text, strlen(text));
}

/* The name that matched is mostly the one asked for, and the rule's a suffix of it. */
static void
take_names(struct hrd_event *event, const struct hrd_hit *hit)
{
	const struct hrd_name *name = &hit->name, *base = &hit->base;

	if (name->len != event->texts[HRD_EVENT_NAME].len ||
	    !hrd_event_set_suffix(event, HRD_EVENT_MATCHED, HRD_EVENT_NAME, name->wire, name->len))
		hrd_event_set(event, HRD_EVENT_MATCHED, name->wire, name->len);
	if (!hrd_event_set_suffix(event, HRD_EVENT_BASE, HRD_EVENT_MATCHED, base->wire, base->len))
		hrd_event_set(event, HRD_EVENT_BASE, base->wire, base->len);
}

void
hrd_event_take_hit(struct hrd_event *event, const struct hrd_hit *hit)
{
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	event->serial = hit->layer->info->serial;
	event->trigger = hit->match.trigger;
	event->wildcard = hit->match.wildcard;
	event->prefix = hit->match.prefix;
	event->address = hit->match.addr;
	if (hit->match.trigger == HRD_TRIGGER_QNAME)
		take_names(event, hit);
	set_text(event, HRD_EVENT_POLICY, hit->layer->info->id);
	set_text(event, HRD_EVENT_RULE, meta.rule_id);
	set_text(event, HRD_EVENT_ENTITY, meta.entity);
	set_text(event, HRD_EVENT_BASIS, meta.basis);
	if (strcmp(hit->layer->info->id, HRD_ALLOW_ID) == 0) {
		set_text(event, HRD_EVENT_OWNER, meta.relation);
		set_text(event, HRD_EVENT_WHY, meta.description);
		set_text(event, HRD_EVENT_UNTIL, meta.service);
		return;
	}
	set_text(event, HRD_EVENT_CATEGORY, meta.category);
	set_text(event, HRD_EVENT_REFERENCE, meta.reference);
	set_text(event, HRD_EVENT_DESCRIPTION, meta.description);
}

static void
put_text(struct hrd_entry *line, const char *key, const struct hrd_event *event,
    enum hrd_event_text which)
{
	hrd_entry_octets(line, key, event->room + event->texts[which].at, event->texts[which].len);
}

/* A name as text. */
struct name_text {
	size_t len; /* 0: there is none */
	char text[HRD_NAME_TEXT_MAX];
};

static void
take_name(const struct hrd_event *event, enum hrd_event_text which, struct name_text *out)
{
	struct hrd_name name;

	out->len = 0;
	if (hrd_name_from_wire(&name, (const uint8_t *)event->room + event->texts[which].at,
		event->texts[which].len) == HRD_OK)
		out->len = hrd_name_to_text(&name, out->text);
}

/* The names of an event. */
struct names {
	struct name_text asked;
	struct name_text matched; /* where that is another */
};

static void
take_names_of(const struct hrd_event *event, struct names *out)
{
	take_name(event, HRD_EVENT_NAME, &out->asked);
	out->matched.len = 0;
	if (event->trigger == HRD_TRIGGER_QNAME &&
	    (event->texts[HRD_EVENT_MATCHED].at != event->texts[HRD_EVENT_NAME].at ||
		event->texts[HRD_EVENT_MATCHED].len != event->texts[HRD_EVENT_NAME].len))
		take_name(event, HRD_EVENT_MATCHED, &out->matched);
}

/* An address, or a network as "192.0.2.0/24"; "" for none. */
static void
prefix_text(const struct hrd_prefix *prefix, char text[HRD_PREFIX_TEXT_MAX])
{
	text[0] = '\0';
	if (prefix->len > 0)
		hrd_prefix_to_text(prefix, text);
	if (prefix->len == 128)
		text[strcspn(text, "/")] = '\0';
}

/* The client as it is told; len 0: it is not. */
static struct hrd_prefix
client_of(const struct hrd_event *event, const struct hrd_event_source *source)
{
	struct hrd_prefix client = event->client;

	if (event->hidden && client.len > 0 &&
	    (source->pseudonyms == NULL ||
		hrd_ipcrypt_hide(source->pseudonyms, client.addr, client.addr) != HRD_OK))
		client.len = 0;
	return client;
}

/* The addresses of an event as texts; "" for none. */
struct addresses {
	bool whole; /* the client's is one address */
	char client[HRD_PREFIX_TEXT_MAX], server[HRD_PREFIX_TEXT_MAX], matched[HRD_PREFIX_TEXT_MAX];
};

static void
take_addresses(
    const struct hrd_event *event, const struct hrd_event_source *source, struct addresses *out)
{
	struct hrd_prefix client = client_of(event, source);

	out->whole = client.len == 128;
	prefix_text(&client, out->client);
	prefix_text(&event->server, out->server);
	prefix_text(&event->address, out->matched);
}

static void
put_client(struct hrd_entry *line, const struct hrd_event *event, const struct addresses *addresses)
{
	if (addresses->client[0] == '\0')
		return;
	hrd_entry_open(line, "client");
	hrd_entry_text(line, "address", addresses->client);
	if (addresses->whole)
		hrd_entry_text(line, "ip", addresses->client);
	if (addresses->whole && !event->hidden)
		hrd_entry_number(line, "port", event->port);
	hrd_entry_close(line);
}

static void
put_server(struct hrd_entry *line, const struct hrd_event *event, const struct addresses *addresses)
{
	if (event->server.len == 0 && event->server_port == 0)
		return;
	hrd_entry_open(line, "server");
	hrd_entry_text(line, "ip", addresses->server);
	if (event->server_port != 0)
		hrd_entry_number(line, "port", event->server_port);
	hrd_entry_close(line);
}

static void
put_network(struct hrd_entry *line, enum hrd_protocol protocol)
{
	hrd_entry_open(line, "network");
	hrd_entry_word(line, "transport",
	    protocol == HRD_PROTOCOL_UDP || protocol == HRD_PROTOCOL_QUIC ? "udp" : "tcp");
	hrd_entry_word(line, "protocol", "dns");
	hrd_entry_close(line);
}

/* The names of types that clients ask for; others are written as in RFC 3597. */
static void
put_type(struct hrd_entry *line, uint16_t type)
{
	static const struct {
		uint16_t number;
		const char *name;
	} types[] = {
		{ 1, "A" },
		{ 2, "NS" },
		{ 5, "CNAME" },
		{ 6, "SOA" },
		{ 12, "PTR" },
		{ 13, "HINFO" },
		{ 15, "MX" },
		{ 16, "TXT" },
		{ 28, "AAAA" },
		{ 29, "LOC" },
		{ 33, "SRV" },
		{ 35, "NAPTR" },
		{ 39, "DNAME" },
		{ 43, "DS" },
		{ 44, "SSHFP" },
		{ 46, "RRSIG" },
		{ 47, "NSEC" },
		{ 48, "DNSKEY" },
		{ 50, "NSEC3" },
		{ 52, "TLSA" },
		{ 53, "SMIMEA" },
		{ 59, "CDS" },
		{ 60, "CDNSKEY" },
		{ 61, "OPENPGPKEY" },
		{ 64, "SVCB" },
		{ 65, "HTTPS" },
		{ 99, "SPF" },
		{ 255, "ANY" },
		{ 256, "URI" },
		{ 257, "CAA" },
	};
	char text[NUMBER_TEXT_MAX];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].number == type) {
			hrd_entry_word(line, "type", types[i].name);
			return;
		}
	}
	snprintf(text, sizeof(text), "TYPE%u", (unsigned)type);
	hrd_entry_word(line, "type", text);
}

static void
put_rcode(struct hrd_entry *line, int rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE" };
	char text[NUMBER_TEXT_MAX];

	if (rcode < 0)
		return;
	if ((size_t)rcode < sizeof(names) / sizeof(names[0])) {
		hrd_entry_word(line, "response_code", names[rcode]);
		return;
	}
	snprintf(text, sizeof(text), "RCODE%d", rcode);
	hrd_entry_word(line, "response_code", text);
}

static void
put_dns(struct hrd_entry *line, const struct hrd_event *event, const struct name_text *name)
{
	hrd_entry_open(line, "dns");
	if (event->has_id)
		hrd_entry_keyword(line, "id", event->id);
	hrd_entry_word(line, "type", event->rcode < 0 ? "query" : "answer");
	hrd_entry_open(line, "question");
	hrd_entry_octets(line, "name", name->text, name->len);
	put_type(line, event->type);
	hrd_entry_word(line, "class", event->class == 1 ? "IN" : "ANY");
	hrd_entry_close(line);
	put_rcode(line, event->rcode);
	hrd_entry_close(line);
}

/* The owner of the rule in a zone. */
struct owner_text {
	size_t len; /* 0: not known */
	char text[HRD_OWNER_TEXT_MAX];
};

static void
take_owner(const struct hrd_event *event, struct owner_text *out)
{
	bool named = event->trigger == HRD_TRIGGER_QNAME;
	struct hrd_name base;
	struct hrd_dump_rule rule = {
		.trigger = event->trigger,
		.wildcard = event->wildcard,
		.name = named ? &base : NULL,
		.prefix = named ? NULL : &event->prefix,
	};

	out->len = 0;
	if (!named || hrd_name_from_wire(&base,
			  (const uint8_t *)event->room + event->texts[HRD_EVENT_BASE].at,
			  event->texts[HRD_EVENT_BASE].len) == HRD_OK)
		out->len = hrd_dump_owner(&rule, out->text);
}

/* The id of the rule, as hrd_rule_id() has it. */
static void
put_rule_id(struct hrd_entry *line, const struct hrd_event *event, const struct owner_text *owner,
    enum detail detail)
{
	char text[HRD_OWNER_TEXT_MAX + HRD_POLICY_ID_MAX + 1];
	size_t len = event->texts[HRD_EVENT_POLICY].len;

	if (event->texts[HRD_EVENT_RULE].len > 0) {
		put_text(line, "id", event, HRD_EVENT_RULE);
		return;
	}
	if (len > HRD_POLICY_ID_MAX)
		len = HRD_POLICY_ID_MAX;
	memcpy(text, event->room + event->texts[HRD_EVENT_POLICY].at, len);
	text[len++] = ':';
	memcpy(text + len, owner->text, owner->len);
	len += owner->len;
	if (detail == ESSENTIALS && len > RULE_ID_SHORT)
		len = RULE_ID_SHORT;
	hrd_entry_octets(line, "id", text, len);
}

static void
put_rule(struct hrd_entry *line, const struct hrd_event *event, enum detail detail)
{
	struct owner_text owner;

	take_owner(event, &owner);
	hrd_entry_open(line, "rule");
	put_rule_id(line, event, &owner, detail);
	put_text(line, "ruleset", event, HRD_EVENT_POLICY);
	hrd_entry_keyword(line, "version", event->serial);
	if (detail != ESSENTIALS) {
		hrd_entry_octets(line, "name", owner.text, owner.len);
		put_text(line, "category", event, HRD_EVENT_CATEGORY);
	}
	if (detail == EVERYTHING) {
		put_text(line, "description", event, HRD_EVENT_DESCRIPTION);
		put_text(line, "reference", event, HRD_EVENT_REFERENCE);
	}
	hrd_entry_close(line);
}

static void
put_related(struct hrd_entry *line, const struct addresses *addresses, const struct names *names)
{
	const char *const texts[] = { addresses->whole ? addresses->client : "", addresses->server,
		addresses->matched };

	hrd_entry_open(line, "related");
	hrd_entry_list(line, "hosts");
	hrd_entry_string(line, names->asked.text, names->asked.len);
	if (names->matched.len > 0) {
		hrd_entry_next(line);
		hrd_entry_string(line, names->matched.text, names->matched.len);
	}
	hrd_entry_list_end(line);
	hrd_entry_list(line, "ip");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i][0] == '\0')
			continue;
		hrd_entry_next(line);
		hrd_entry_literal(line, texts[i]);
	}
	hrd_entry_list_end(line);
	hrd_entry_close(line);
}

static void
put_labels(struct hrd_entry *line, const struct hrd_event *event, const struct addresses *addresses,
    const struct names *names, enum detail detail)
{
	static const char *const carriers[CARRIERS] = { "udp", "tcp", "dot", "doh", "doq" };

	hrd_entry_open(line, "labels");
	hrd_entry_word(line, "action", hrd_action_name(event->action));
	hrd_entry_word(line, "trigger", hrd_trigger_name(event->trigger));
	hrd_entry_word(line, "carrier", carriers[(unsigned)event->protocol % CARRIERS]);
	if (event->proxied)
		hrd_entry_word(line, "proxied", "yes");
	if (event->hidden)
		hrd_entry_word(line, "client", "pseudonym");
	put_text(line, "entity", event, HRD_EVENT_ENTITY);
	put_text(line, "basis", event, HRD_EVENT_BASIS);
	put_text(line, "group", event, HRD_EVENT_GROUP);
	if (detail != ESSENTIALS) {
		put_text(line, "owner", event, HRD_EVENT_OWNER);
		put_text(line, "reason", event, HRD_EVENT_WHY);
		put_text(line, "until", event, HRD_EVENT_UNTIL);
		hrd_entry_text(line, "matched_ip", addresses->matched);
		hrd_entry_octets(line, "matched_name", names->matched.text, names->matched.len);
	}
	hrd_entry_close(line);
}

/* Whether what the action says came about. */
static const char *
success(const struct hrd_event *event)
{
	enum { SERVFAIL = 2 };

	if (event->rcode == SERVFAIL)
		return "failure";
	return event->rcode == HRD_RCODE_UNKNOWN && event->action != HRD_ACTION_DROP ? "unknown"
										     : "success";
}

static size_t
try_line(const struct hrd_event *event, const struct hrd_event_source *source, enum detail detail,
    char text[HRD_EVENT_LINE_MAX])
{
	struct addresses addresses;
	struct names names;
	struct hrd_entry_event about = {
		.kind = "event",
		.category = "network",
		.type = event->outcome == HRD_OUTCOME_ENFORCED ? "denied" : "allowed",
		.dataset = "hradba.match",
		.action = hrd_outcome_name(event->outcome),
		.outcome = success(event),
		.sequence = event->sequence,
	};
	struct hrd_entry line;

	take_names_of(event, &names);
	if (names.asked.len == 0)
		return 0;
	hrd_entry_begin(&line, source, event->time, text);
	take_addresses(event, source, &addresses);
	put_client(&line, event, &addresses);
	put_server(&line, event, &addresses);
	put_network(&line, event->protocol);
	put_dns(&line, event, &names.asked);
	put_rule(&line, event, detail);
	if (detail == EVERYTHING)
		put_related(&line, &addresses, &names);
	put_labels(&line, event, &addresses, &names, detail);
	if (detail != ESSENTIALS) {
		about.reason = event->room + event->texts[HRD_EVENT_REASON].at;
		about.reason_len = event->texts[HRD_EVENT_REASON].len;
	}
	return hrd_entry_end(&line, source, &about);
}

size_t
hrd_event_line(const struct hrd_event *event, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	size_t len = 0;

	for (int detail = EVERYTHING; detail < DETAILS && len == 0; detail++)
		len = try_line(event, source, (enum detail)detail, text);
	return len;
}

size_t
hrd_event_loss_line(const struct hrd_event_loss *loss, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	struct hrd_entry_event about = {
		.kind = "event",
		.category = "network",
		.type = "info",
		.dataset = "hradba.match",
		.action = "suppressed",
		.outcome = "failure",
		.sequence = loss->sequence,
	};
	struct hrd_entry line;

	hrd_entry_begin(&line, source, loss->time, text);
	hrd_entry_open(&line, "labels");
	hrd_entry_keyword(&line, "suppressed", loss->suppressed);
	hrd_entry_keyword(&line, "dropped", loss->dropped);
	hrd_entry_close(&line);
	return hrd_entry_end(&line, source, &about);
}
