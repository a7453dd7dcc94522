/* SPDX-License-Identifier: BSD-3-Clause */
/* Events and their lines. */
#include <config.h>

#include "module/report/event.h"

#include <stdio.h>
#include <string.h>

#include "lib/rules/dump.h"
#include "module/decide/allow.h"

enum { NUMBER_TEXT_MAX = 24, RULE_ID_SHORT = 256, CARRIERS = 4 };

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

void
hrd_event_take_hit(struct hrd_event *event, const struct hrd_hit *hit)
{
	bool named = hit->match.trigger == HRD_TRIGGER_QNAME;
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	event->serial = hit->layer->info->serial;
	event->trigger = hit->match.trigger;
	event->wildcard = hit->match.wildcard;
	event->prefix = hit->match.prefix;
	event->address = hit->match.addr;
	if (named) {
		hrd_event_set(event, HRD_EVENT_BASE, hit->base.wire, hit->base.len);
		hrd_event_set(event, HRD_EVENT_MATCHED, hit->name.wire, hit->name.len);
	}
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

/* A name of the record as text; false when there is none. */
static bool
name_text(const struct hrd_event *event, enum hrd_event_text which, char text[HRD_NAME_TEXT_MAX])
{
	struct hrd_name name;

	if (hrd_name_from_wire(&name, (const uint8_t *)event->room + event->texts[which].at,
		event->texts[which].len) != HRD_OK)
		return false;
	hrd_name_to_text(&name, text);
	return true;
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
	hrd_entry_text(line, "transport", protocol == HRD_PROTOCOL_UDP ? "udp" : "tcp");
	hrd_entry_text(line, "protocol", "dns");
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
			hrd_entry_text(line, "type", types[i].name);
			return;
		}
	}
	snprintf(text, sizeof(text), "TYPE%u", (unsigned)type);
	hrd_entry_text(line, "type", text);
}

static void
put_rcode(struct hrd_entry *line, int rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE" };
	char text[NUMBER_TEXT_MAX];

	if (rcode < 0)
		return;
	snprintf(text, sizeof(text), "RCODE%d", rcode);
	hrd_entry_text(line, "response_code",
	    (size_t)rcode < sizeof(names) / sizeof(names[0]) ? names[rcode] : text);
}

static void
put_dns(struct hrd_entry *line, const struct hrd_event *event, const char *name)
{
	hrd_entry_open(line, "dns");
	if (event->has_id)
		hrd_entry_keyword(line, "id", event->id);
	hrd_entry_text(line, "type", event->rcode < 0 ? "query" : "answer");
	hrd_entry_open(line, "question");
	hrd_entry_text(line, "name", name);
	put_type(line, event->type);
	hrd_entry_text(line, "class", event->class == 1 ? "IN" : "ANY");
	hrd_entry_close(line);
	put_rcode(line, event->rcode);
	hrd_entry_close(line);
}

/* The owner of the rule in a zone. */
static void
owner_text(const struct hrd_event *event, char text[HRD_OWNER_TEXT_MAX])
{
	bool named = event->trigger == HRD_TRIGGER_QNAME;
	struct hrd_name base = { .len = 1 };
	struct hrd_dump_rule rule = {
		.trigger = event->trigger,
		.wildcard = event->wildcard,
		.name = named ? &base : NULL,
		.prefix = named ? NULL : &event->prefix,
	};

	text[0] = '\0';
	if (named && hrd_name_from_wire(&base,
			 (const uint8_t *)event->room + event->texts[HRD_EVENT_BASE].at,
			 event->texts[HRD_EVENT_BASE].len) != HRD_OK)
		return;
	hrd_dump_owner(&rule, text);
}

/* The id of the rule, as hrd_rule_id() has it. */
static void
put_rule_id(
    struct hrd_entry *line, const struct hrd_event *event, const char *owner, enum detail detail)
{
	char text[HRD_OWNER_TEXT_MAX + HRD_POLICY_ID_MAX + 1];
	int len;

	if (event->texts[HRD_EVENT_RULE].len > 0) {
		put_text(line, "id", event, HRD_EVENT_RULE);
		return;
	}
	len = snprintf(text, sizeof(text), "%.*s:%s", (int)event->texts[HRD_EVENT_POLICY].len,
	    event->room + event->texts[HRD_EVENT_POLICY].at, owner);
	if (detail == ESSENTIALS && len > RULE_ID_SHORT)
		len = RULE_ID_SHORT;
	hrd_entry_octets(line, "id", text, (size_t)len);
}

static void
put_rule(struct hrd_entry *line, const struct hrd_event *event, enum detail detail)
{
	char owner[HRD_OWNER_TEXT_MAX];

	owner_text(event, owner);
	hrd_entry_open(line, "rule");
	put_rule_id(line, event, owner, detail);
	put_text(line, "ruleset", event, HRD_EVENT_POLICY);
	hrd_entry_keyword(line, "version", event->serial);
	if (detail != ESSENTIALS) {
		hrd_entry_text(line, "name", owner);
		put_text(line, "category", event, HRD_EVENT_CATEGORY);
	}
	if (detail == EVERYTHING) {
		put_text(line, "description", event, HRD_EVENT_DESCRIPTION);
		put_text(line, "reference", event, HRD_EVENT_REFERENCE);
	}
	hrd_entry_close(line);
}

static void
put_related(struct hrd_entry *line, const struct addresses *addresses, const char *name,
    const char *matched)
{
	const char *const texts[] = { addresses->whole ? addresses->client : "", addresses->server,
		addresses->matched };

	hrd_entry_open(line, "related");
	hrd_json_key(&line->json, "hosts");
	hrd_json_array(&line->json);
	hrd_json_string(&line->json, name);
	if (matched[0] != '\0' && strcmp(matched, name) != 0)
		hrd_json_string(&line->json, matched);
	hrd_json_array_end(&line->json);
	hrd_json_key(&line->json, "ip");
	hrd_json_array(&line->json);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i][0] != '\0')
			hrd_json_string(&line->json, texts[i]);
	}
	hrd_json_array_end(&line->json);
	hrd_entry_close(line);
}

static void
put_labels(struct hrd_entry *line, const struct hrd_event *event, const struct addresses *addresses,
    const char *name, const char *matched, enum detail detail)
{
	static const char *const carriers[CARRIERS] = { "udp", "tcp", "dot", "doh" };

	hrd_entry_open(line, "labels");
	hrd_entry_text(line, "action", hrd_action_name(event->action));
	hrd_entry_text(line, "trigger", hrd_trigger_name(event->trigger));
	hrd_entry_text(line, "carrier", carriers[(unsigned)event->protocol % CARRIERS]);
	if (event->proxied)
		hrd_entry_text(line, "proxied", "yes");
	if (event->hidden)
		hrd_entry_text(line, "client", "pseudonym");
	put_text(line, "entity", event, HRD_EVENT_ENTITY);
	put_text(line, "basis", event, HRD_EVENT_BASIS);
	put_text(line, "group", event, HRD_EVENT_GROUP);
	if (detail != ESSENTIALS) {
		put_text(line, "owner", event, HRD_EVENT_OWNER);
		put_text(line, "reason", event, HRD_EVENT_WHY);
		put_text(line, "until", event, HRD_EVENT_UNTIL);
		hrd_entry_text(line, "matched_ip", addresses->matched);
		if (matched[0] != '\0' && strcmp(matched, name) != 0)
			hrd_entry_text(line, "matched_name", matched);
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
	char name[HRD_NAME_TEXT_MAX] = "", matched[HRD_NAME_TEXT_MAX] = "";
	struct addresses addresses;
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

	if (!name_text(event, HRD_EVENT_NAME, name))
		return 0;
	if (event->trigger == HRD_TRIGGER_QNAME)
		name_text(event, HRD_EVENT_MATCHED, matched);
	hrd_entry_begin(&line, source, event->time, text);
	take_addresses(event, source, &addresses);
	put_client(&line, event, &addresses);
	put_server(&line, event, &addresses);
	put_network(&line, event->protocol);
	put_dns(&line, event, name);
	put_rule(&line, event, detail);
	if (detail == EVERYTHING)
		put_related(&line, &addresses, name, matched);
	put_labels(&line, event, &addresses, name, matched, detail);
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
