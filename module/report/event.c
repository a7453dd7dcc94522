/* SPDX-License-Identifier: BSD-3-Clause */
/* Events and their lines. */
#include <config.h>

#include "module/report/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/json.h"
#include "lib/rules/dump.h"

#define ECS_VERSION "8.11.0"

enum { NUMBER_TEXT_MAX = 24, TIME_TEXT_MAX = 48, MICROSECONDS = 1000000 };

/* Texts of metadata have a ceiling that the record has room for; a longer one is cut. */
static void
copy_text(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

void
hrd_event_take_hit(struct hrd_event *event, const struct hrd_hit *hit)
{
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	copy_text(event->policy, sizeof(event->policy), hit->layer->info->id);
	copy_text(event->rule, sizeof(event->rule), meta.rule_id);
	copy_text(event->entity, sizeof(event->entity), meta.entity);
	copy_text(event->basis, sizeof(event->basis), meta.basis);
	event->serial = hit->layer->info->serial;
	event->trigger = hit->match.trigger;
	event->wildcard = hit->match.wildcard;
	event->base = hit->base;
	event->prefix = hit->match.prefix;
}

struct line {
	char *text;
	size_t len;
};

static int
put(void *ctx, const char *text, size_t len)
{
	struct line *line = ctx;

	if (len > HRD_EVENT_LINE_MAX - line->len)
		return HRD_ELIMIT;
	memcpy(line->text + line->len, text, len);
	line->len += len;
	return HRD_OK;
}

static void
open_object(struct hrd_json *json, const char *key)
{
	hrd_json_key(json, key);
	hrd_json_object(json);
}

static void
put_list(struct hrd_json *json, const char *key, const char *only)
{
	hrd_json_key(json, key);
	hrd_json_array(json);
	hrd_json_string(json, only);
	hrd_json_array_end(json);
}

static void
put_number(struct hrd_json *json, const char *key, uint64_t value)
{
	hrd_json_key(json, key);
	hrd_json_uint(json, value);
}

/* A number where the schema wants a keyword. */
static void
put_keyword(struct hrd_json *json, const char *key, uint64_t value)
{
	char text[NUMBER_TEXT_MAX];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	hrd_json_member(json, key, text);
}

static void
put_some(struct hrd_json *json, const char *key, const char *text)
{
	if (text[0])
		hrd_json_member(json, key, text);
}

/* What every line begins with; the object "event" stays open. */
static void
begin_line(struct hrd_json *json, const struct hrd_event_source *source, int64_t at,
    uint64_t sequence, const char *type, const char *action)
{
	time_t seconds = (time_t)(at / MICROSECONDS);
	char text[TIME_TEXT_MAX];
	struct tm utc;
	size_t len;

	gmtime_r(&seconds, &utc);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + len, sizeof(text) - len, ".%06dZ", (int)(at % MICROSECONDS));
	hrd_json_object(json);
	hrd_json_member(json, "@timestamp", text);
	open_object(json, "ecs");
	hrd_json_member(json, "version", ECS_VERSION);
	hrd_json_object_end(json);
	open_object(json, "agent");
	hrd_json_member(json, "type", "hradba");
	hrd_json_member(json, "version", PACKAGE_VERSION);
	hrd_json_member(json, "ephemeral_id", source->instance);
	hrd_json_object_end(json);
	open_object(json, "event");
	hrd_json_member(json, "kind", "event");
	put_list(json, "category", "network");
	put_list(json, "type", type);
	hrd_json_member(json, "module", "hradba");
	hrd_json_member(json, "dataset", "hradba.match");
	hrd_json_member(json, "action", action);
	put_number(json, "sequence", sequence);
	hrd_json_object_end(json);
}

static size_t
end_line(struct hrd_json *json, const struct line *line)
{
	hrd_json_object_end(json);
	return hrd_json_end(json) == HRD_OK ? line->len : 0;
}

static void
put_client(struct hrd_json *json, const struct hrd_event *event)
{
	char address[HRD_PREFIX_TEXT_MAX], *slash;

	if (event->client.len == 0)
		return;
	hrd_prefix_to_text(&event->client, address);
	open_object(json, "client");
	hrd_json_member(json, "address", address);
	slash = strchr(address, '/');
	if (slash != NULL)
		*slash = '\0';
	hrd_json_member(json, "ip", address);
	put_number(json, "port", event->port);
	hrd_json_object_end(json);
}

static void
put_network(struct hrd_json *json, enum hrd_protocol protocol)
{
	static const char *const names[] = { "dns", "dns", "dot", "doh" };

	open_object(json, "network");
	hrd_json_member(json, "transport", protocol == HRD_PROTOCOL_UDP ? "udp" : "tcp");
	hrd_json_member(json, "protocol", names[protocol]);
	hrd_json_object_end(json);
}

/* The names of types that clients ask for; others are written as in RFC 3597. */
static void
put_type(struct hrd_json *json, uint16_t type)
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
			hrd_json_member(json, "type", types[i].name);
			return;
		}
	}
	snprintf(text, sizeof(text), "TYPE%u", (unsigned)type);
	hrd_json_member(json, "type", text);
}

static void
put_rcode(struct hrd_json *json, int rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE" };
	char text[NUMBER_TEXT_MAX];

	if (rcode < 0)
		return;
	snprintf(text, sizeof(text), "RCODE%d", rcode);
	hrd_json_member(json, "response_code",
	    (size_t)rcode < sizeof(names) / sizeof(names[0]) ? names[rcode] : text);
}

static void
put_dns(struct hrd_json *json, const struct hrd_event *event)
{
	char name[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&event->name, name);
	open_object(json, "dns");
	hrd_json_member(json, "type", event->rcode < 0 ? "query" : "answer");
	open_object(json, "question");
	hrd_json_member(json, "name", name);
	put_type(json, event->type);
	hrd_json_member(json, "class", event->class == 1 ? "IN" : "ANY");
	hrd_json_object_end(json);
	put_rcode(json, event->rcode);
	hrd_json_object_end(json);
}

/* The id of the rule, as hrd_rule_id() has it. */
static void
put_rule_id(struct hrd_json *json, const struct hrd_event *event)
{
	bool named = event->trigger == HRD_TRIGGER_QNAME;
	struct hrd_dump_rule rule = {
		.trigger = event->trigger,
		.wildcard = event->wildcard,
		.name = named ? &event->base : NULL,
		.prefix = named ? NULL : &event->prefix,
	};
	char owner[HRD_OWNER_TEXT_MAX], text[HRD_OWNER_TEXT_MAX + HRD_POLICY_ID_MAX + 1];

	if (event->rule[0]) {
		hrd_json_member(json, "id", event->rule);
		return;
	}
	hrd_dump_owner(&rule, owner);
	snprintf(text, sizeof(text), "%s:%s", event->policy, owner);
	hrd_json_member(json, "id", text);
}

static void
put_rule(struct hrd_json *json, const struct hrd_event *event)
{
	open_object(json, "rule");
	put_rule_id(json, event);
	hrd_json_member(json, "ruleset", event->policy);
	put_keyword(json, "version", event->serial);
	hrd_json_object_end(json);
	open_object(json, "labels");
	hrd_json_member(json, "action", hrd_action_name(event->action));
	hrd_json_member(json, "trigger", hrd_trigger_name(event->trigger));
	put_some(json, "entity", event->entity);
	put_some(json, "basis", event->basis);
	put_some(json, "group", event->group);
	hrd_json_object_end(json);
}

size_t
hrd_event_line(const struct hrd_event *event, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	struct line line = { text, 0 };
	struct hrd_json json;

	hrd_json_init(&json, false, put, &line);
	begin_line(&json, source, event->time, event->sequence,
	    event->outcome == HRD_OUTCOME_ENFORCED ? "denied" : "allowed",
	    hrd_outcome_name(event->outcome));
	put_client(&json, event);
	put_network(&json, event->protocol);
	put_dns(&json, event);
	put_rule(&json, event);
	return end_line(&json, &line);
}

size_t
hrd_event_loss_line(const struct hrd_event_loss *loss, const struct hrd_event_source *source,
    char text[HRD_EVENT_LINE_MAX])
{
	struct line line = { text, 0 };
	struct hrd_json json;

	hrd_json_init(&json, false, put, &line);
	begin_line(&json, source, loss->time, loss->sequence, "info", "suppressed");
	open_object(&json, "labels");
	put_keyword(&json, "suppressed", loss->suppressed);
	put_keyword(&json, "dropped", loss->dropped);
	hrd_json_object_end(&json);
	return end_line(&json, &line);
}
