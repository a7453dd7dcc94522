/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of lists: domains, hosts files, ad-block rules, options of dnsmasq and Unbound. */
#include <config.h>

#include "rpzgen/list/listline.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base/status.h"
#include "lib/name/rdata.h"

enum { GUESS_LINES = 400, LINE_MAX_SEEN = 1024 };

static const char *const form_words[HRD_FEED_FORMS + 1] = { "auto", "domains", "hosts", "adblock",
	"dnsmasq", "unbound", "rpz", NULL };

const char *
hrd_feed_form_word(unsigned form)
{
	return form < HRD_FEED_FORMS ? form_words[form] : NULL;
}

/* A part of a line. */
struct part {
	const char *text;
	size_t len;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct part
trim(struct part p)
{
	while (p.len > 0 && is_blank(p.text[0])) {
		p.text++;
		p.len--;
	}
	while (p.len > 0 && is_blank(p.text[p.len - 1]))
		p.len--;
	return p;
}

static bool
begins(struct part p, const char *word)
{
	size_t len = strlen(word);

	return p.len >= len && strncasecmp(p.text, word, len) == 0;
}

static bool
equals(struct part p, const char *word)
{
	return p.len == strlen(word) && strncasecmp(p.text, word, p.len) == 0;
}

static bool
is_one_of(struct part p, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (equals(p, *words))
			return true;
	}
	return false;
}

/* Takes the first word off. */
static struct part
next_word(struct part *rest)
{
	struct part word;

	*rest = trim(*rest);
	word = *rest;
	for (word.len = 0; word.len < rest->len && !is_blank(rest->text[word.len]);)
		word.len++;
	rest->text += word.len;
	rest->len -= word.len;
	return word;
}

/* Takes what is in front of a character off, and the character. */
static struct part
next_until(struct part *rest, char end)
{
	const char *at = memchr(rest->text, end, rest->len);
	struct part part = { rest->text, at != NULL ? (size_t)(at - rest->text) : rest->len };

	rest->text += part.len + (at != NULL ? 1 : 0);
	rest->len -= part.len + (at != NULL ? 1 : 0);
	return part;
}

static int
give(const struct hrd_list_sink *sink, bool exempt, enum hrd_list_reach reach, struct part name)
{
	return sink->name(sink->ctx, exempt, reach, name.text, name.len);
}

static int
skip(const struct hrd_list_sink *sink, enum hrd_list_skip kind, struct part what, const char *why)
{
	sink->skip(sink->ctx, kind, "feed-line", what.text, what.len, why);
	return HRD_OK;
}

/* True for an address of any form, its zone id left off. */
static bool
read_address(struct part p, uint8_t octets[16], bool *is_v4)
{
	char text[INET6_ADDRSTRLEN + 1];
	const char *zone = memchr(p.text, '%', p.len);
	size_t len = zone != NULL ? (size_t)(zone - p.text) : p.len;

	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, p.text, len);
	text[len] = '\0';
	*is_v4 = inet_pton(AF_INET, text, octets) == 1;
	return *is_v4 || inet_pton(AF_INET6, text, octets) == 1;
}

/* True for an address that only says "nowhere", and the signs for one. */
static bool
is_nowhere(struct part p)
{
	uint8_t octets[16];
	bool is_v4;

	return equals(p, "0") || equals(p, "#") ||
	       (read_address(p, octets, &is_v4) && hrd_address_is_nowhere(octets, is_v4 ? 4 : 16));
}

/* Cuts the text where a comment begins. */
static struct part
without_comment(struct part p)
{
	for (size_t i = 0; i < p.len; i++) {
		bool slashes = p.text[i] == '/' && i + 1 < p.len && p.text[i + 1] == '/' &&
			       (i == 0 || is_blank(p.text[i - 1]));

		if (p.text[i] == '#' || p.text[i] == ';' || slashes ||
		    (p.text[i] == '!' && (i == 0 || is_blank(p.text[i - 1]))))
			p.len = i;
	}
	return trim(p);
}

/* Takes "*." or "." off; the reach says what it meant. */
static enum hrd_list_reach
take_wildcard(struct part *name)
{
	size_t front = begins(*name, "*.") ? 2 : begins(*name, ".") ? 1 : 0;

	if (name->len <= front)
		return HRD_REACH_LIST;
	name->text += front;
	name->len -= front;
	return front > 0 ? HRD_REACH_SUBTREE : HRD_REACH_LIST;
}

static int
domain_line(struct part line, const struct hrd_list_sink *sink)
{
	struct part rest = without_comment(line), name = next_word(&rest);
	enum hrd_list_reach reach;

	if (name.len == 0)
		return HRD_OK;
	if (trim(rest).len > 0)
		return skip(sink, HRD_SKIP_JUNK, line, "more than one name in a line");
	/* A domains list that was made from a hosts file begins with the machine itself. */
	if (equals(name, "localhost") || equals(name, "localhost.localdomain"))
		return HRD_OK;
	reach = take_wildcard(&name);
	return give(sink, false, reach, name);
}

/* Names that a hosts file has for the machine itself. */
static const char *const own_names[] = { "localhost", "localhost.localdomain", "localhost4",
	"localhost6", "localhost4.localdomain4", "localhost6.localdomain6", "local",
	"broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
	"ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0", NULL };

/* True for an address that only such names have: broadcast, multicast, link and site local. */
static bool
is_own_address(struct part p)
{
	uint8_t octets[16];
	bool is_v4;

	if (!read_address(p, octets, &is_v4))
		return false;
	return is_v4 ? octets[0] == 255 : octets[0] >= 0xfe;
}

static bool
is_single_label(struct part name)
{
	return memchr(name.text, '.', name.len) == NULL;
}

/* "127.0.1.1 host.example.org host": Debian's line for the machine. */
static bool
names_the_machine(struct part address, struct part names)
{
	struct part name;

	if (!equals(address, "127.0.1.1"))
		return false;
	while ((name = next_word(&names)).len > 0) {
		if (is_single_label(name))
			return true;
	}
	return false;
}

static int
host_line(struct part line, const struct hrd_list_sink *sink)
{
	struct part rest = without_comment(line), address = next_word(&rest), name;
	int status = HRD_OK;

	if (address.len == 0 || is_own_address(address) || names_the_machine(address, rest))
		return HRD_OK;
	if (!is_nowhere(address)) {
		uint8_t octets[16];
		bool is_v4, known = read_address(address, octets, &is_v4);

		return skip(sink, known ? HRD_SKIP_REDIRECT : HRD_SKIP_JUNK, line,
		    "no line of a hosts file that blocks");
	}
	name = next_word(&rest);
	if (name.len == 0)
		return skip(sink, HRD_SKIP_JUNK, line, "an address without a name");
	for (; name.len > 0 && status == HRD_OK; name = next_word(&rest)) {
		enum hrd_list_reach reach = take_wildcard(&name);

		if (!is_one_of(name, own_names) && !is_single_label(name))
			status = give(sink, false, reach, name);
	}
	return status;
}

/* True when every modifier leaves the rule about all requests to the host. */
static bool
are_harmless(struct part modifiers)
{
	static const char *const harmless[] = { "important", "all", "document", "doc", NULL };

	while (modifiers.len > 0) {
		struct part one = trim(next_until(&modifiers, ','));

		if (!is_one_of(one, harmless))
			return false;
	}
	return true;
}

static bool
is_adblock_comment(struct part line)
{
	return line.text[0] == '!' || line.text[0] == '[' || equals(line, "#") ||
	       (line.len > 1 && line.text[0] == '#' && is_blank(line.text[1]));
}

/* "||name^": the name, when the pattern says no more than that. */
static bool
take_pattern(struct part pattern, struct part *name)
{
	if (!begins(pattern, "||"))
		return false;
	pattern.text += 2;
	pattern.len -= 2;
	if (pattern.len > 0 && pattern.text[pattern.len - 1] == '|')
		pattern.len--;
	if (pattern.len < 2 || pattern.text[pattern.len - 1] != '^')
		return false;
	pattern.len--;
	*name = pattern;
	for (size_t i = begins(pattern, "*.") ? 2 : 0; i < pattern.len; i++) {
		if (strchr("*/^|:?=&", pattern.text[i]) != NULL)
			return false;
	}
	return true;
}

static int
adblock_line(struct part line, const struct hrd_list_sink *sink)
{
	enum hrd_list_reach reach = HRD_REACH_SUBTREE;
	bool exempt = begins(line, "@@");
	struct part rest = line, pattern, name;

	if (is_adblock_comment(line))
		return HRD_OK;
	/* A host rule has no blank, so what follows one is a comment. */
	for (size_t i = 1; i < rest.len && (begins(line, "||") || exempt); i++) {
		if (is_blank(rest.text[i - 1]) && (rest.text[i] == '#' || rest.text[i] == '!'))
			rest.len = i;
	}
	rest = trim(rest);
	if (exempt) {
		rest.text += 2;
		rest.len -= 2;
	}
	pattern = next_until(&rest, '$');
	if (!take_pattern(pattern, &name))
		return skip(sink, HRD_SKIP_RULE, line, "no rule about a host");
	if (!are_harmless(rest))
		return skip(sink, HRD_SKIP_MODIFIER, line,
		    "its modifiers pick some requests; in DNS it would block all");
	if (begins(name, "*.")) {
		name.text += 2;
		name.len -= 2;
		reach = HRD_REACH_BELOW;
	}
	return give(sink, exempt, reach, name);
}

/* What an option does to its names, by its value. */
static int
dnsmasq_option(bool address, struct part value, struct part line, const struct hrd_list_sink *sink,
    bool *exempt)
{
	*exempt = !address && equals(value, "#");
	if (value.len == 0 || *exempt || (address && is_nowhere(value)))
		return HRD_OK;
	skip(sink, address ? HRD_SKIP_REDIRECT : HRD_SKIP_RULE, line,
	    address ? "it gives the name an address" : "it names a server and blocks nothing");
	return HRD_EEXIST;
}

/* "/one/two/value": the names, when the value says that they are blocked. */
static int
dnsmasq_names(bool address, struct part list, struct part line, const struct hrd_list_sink *sink)
{
	struct part value = list, names = list;
	bool exempt;
	int status = HRD_OK;

	while (memchr(value.text, '/', value.len) != NULL)
		next_until(&value, '/');
	names.len -= value.len;
	if (dnsmasq_option(address, trim(value), line, sink, &exempt) != HRD_OK)
		return HRD_OK;
	while (names.len > 0 && status == HRD_OK) {
		struct part name = next_until(&names, '/');

		take_wildcard(&name);
		if (name.len > 0)
			status = give(sink, exempt, HRD_REACH_SUBTREE, name);
	}
	return status;
}

/* A comment needs a blank before it: "/name/#" is a value. */
static struct part
without_hash(struct part line)
{
	for (size_t i = 1; i < line.len; i++) {
		if (line.text[i] == '#' && is_blank(line.text[i - 1]))
			line.len = i;
	}
	return trim(line);
}

static int
dnsmasq_line(struct part line, const struct hrd_list_sink *sink)
{
	struct part rest = line, key;

	if (line.text[0] == '#')
		return HRD_OK;
	rest = without_hash(rest);
	key = trim(next_until(&rest, '='));
	rest = trim(rest);
	if (!begins(rest, "/") ||
	    (!equals(key, "address") && !equals(key, "server") && !equals(key, "local")))
		return skip(sink,
		    memchr(line.text, '=', line.len) != NULL ? HRD_SKIP_RULE : HRD_SKIP_JUNK, line,
		    "no option of dnsmasq that blocks a name");
	rest.text++;
	rest.len--;
	return dnsmasq_names(equals(key, "address"), rest, line, sink);
}

static struct part
unquoted(struct part p)
{
	p = trim(p);
	if (p.len >= 2 && (p.text[0] == '"' || p.text[0] == '\'') &&
	    p.text[p.len - 1] == p.text[0]) {
		p.text++;
		p.len -= 2;
	}
	return trim(p);
}

/* Takes TTL and class off a record, and gives its type. */
static struct part
next_type(struct part *record)
{
	struct part word = next_word(record);

	while (equals(word, "IN") || (word.len > 0 && word.text[0] >= '0' && word.text[0] <= '9'))
		word = next_word(record);
	return word;
}

static enum hrd_local_zone_kind
zone_kind(struct part type)
{
	static const char *const blocks[] = { "static", "deny", "refuse", "always_nxdomain",
		"always_nodata", "always_refuse", "always_deny", "always_null", "inform_deny",
		NULL };
	static const char *const passes[] = { "transparent", "typetransparent", "inform", NULL };

	if (equals(type, "always_transparent"))
		return HRD_LOCAL_IGNORES;
	if (equals(type, "redirect") || equals(type, "inform_redirect"))
		return HRD_LOCAL_REDIRECTS;
	if (is_one_of(type, passes))
		return HRD_LOCAL_PASSES;
	return is_one_of(type, blocks) ? HRD_LOCAL_BLOCKS : HRD_LOCAL_OTHER;
}

static struct part
without_dot(struct part name)
{
	if (name.len > 1 && name.text[name.len - 1] == '.')
		name.len--;
	return name;
}

/* A local-zone or local-data. */
struct statement {
	struct part key, name, type, data;
};

/* False for any other line. */
static bool
read_statement(struct part line, struct statement *s)
{
	struct part rest = without_hash(line);

	*s = (struct statement){ .key = trim(next_until(&rest, ':')) };
	if (equals(s->key, "local-zone")) {
		s->name = without_dot(unquoted(next_word(&rest)));
		s->type = unquoted(rest);
		return true;
	}
	if (!equals(s->key, "local-data"))
		return false;
	rest = unquoted(rest);
	s->name = without_dot(next_word(&rest));
	s->type = next_type(&rest);
	s->data = trim(rest);
	return true;
}

static bool
is_address(const struct statement *s)
{
	return equals(s->type, "A") || equals(s->type, "AAAA");
}

/* False for "nodefault" as well, which makes no zone. */
static bool
is_zone(const struct statement *s)
{
	return equals(s->key, "local-zone") && !equals(s->type, "nodefault");
}

static void
note_data(const struct hrd_local_table *zones, const struct statement *s)
{
	struct hrd_local_zone *zone = hrd_local_zone_find(zones, s->name.text, s->name.len);

	if (zone == NULL)
		return;
	zone->nowhere |= is_address(s) && is_nowhere(s->data);
	zone->elsewhere |= equals(s->type, "CNAME") || (is_address(s) && !is_nowhere(s->data));
}

int
hrd_list_prepare(
    enum hrd_feed_form form, struct hrd_local_table *zones, const char *data, size_t len)
{
	struct statement s;
	int status = HRD_OK;

	*zones = (struct hrd_local_table){ .count = 0 };
	if (form != HRD_FEED_UNBOUND)
		return HRD_OK;
	for (struct part rest = { data, len }; rest.len > 0 && status == HRD_OK;) {
		if (read_statement(trim(next_until(&rest, '\n')), &s) && is_zone(&s))
			status =
			    hrd_local_table_add(zones, s.name.text, s.name.len, zone_kind(s.type));
	}
	hrd_local_table_seal(zones);
	for (struct part rest = { data, len }; rest.len > 0 && status == HRD_OK;) {
		if (read_statement(trim(next_until(&rest, '\n')), &s) &&
		    equals(s.key, "local-data"))
			note_data(zones, &s);
	}
	return status;
}

/* What a list exempts it does not block, however far below. */
static int
skip_nested(struct part line, const struct hrd_list_sink *sink)
{
	return skip(sink, HRD_SKIP_RULE, line,
	    "it blocks within a zone that is let through below one that is blocked");
}

static int
unbound_zone(const struct statement *s, struct part line, const struct hrd_local_table *zones,
    const struct hrd_list_sink *sink)
{
	const struct hrd_local_zone *zone = hrd_local_zone_find(zones, s->name.text, s->name.len);

	if (!is_zone(s))
		return HRD_OK;
	if (zone_kind(s->type) == HRD_LOCAL_OTHER)
		return skip(sink, HRD_SKIP_JUNK, line, "no type of local-zone that blocks");
	/* A later line of the name takes its place. */
	if (zone == NULL || zone->name != s->name.text)
		return HRD_OK;
	if (hrd_local_zone_lifts(zones, zone))
		return give(sink, true,
		    zone->nowhere && zone->kind == HRD_LOCAL_PASSES ? HRD_REACH_BELOW
								    : HRD_REACH_SUBTREE,
		    s->name);
	/* Where data says that it leads nowhere, its line blocks. */
	if (!hrd_local_zone_blocks(zone) || (zone->kind == HRD_LOCAL_REDIRECTS && zone->nowhere))
		return HRD_OK;
	if (hrd_local_zone_lifts(zones, hrd_local_zone_above(zones, zone->name, zone->len)))
		return skip_nested(line, sink);
	return give(sink, false, HRD_REACH_SUBTREE, s->name);
}

static int
unbound_data(const struct statement *s, struct part line, const struct hrd_local_table *zones,
    const struct hrd_list_sink *sink)
{
	const struct hrd_local_zone *own = hrd_local_zone_find(zones, s->name.text, s->name.len);
	const struct hrd_local_zone *above = hrd_local_zone_above(zones, s->name.text, s->name.len);
	const struct hrd_local_zone *in = own != NULL ? own : above;

	if (!is_address(s) || !is_nowhere(s->data))
		return skip(sink, HRD_SKIP_REDIRECT, line, "it gives the name data");
	if (in != NULL && in->kind == HRD_LOCAL_IGNORES)
		return skip(sink, HRD_SKIP_RULE, line,
		    "data in an always_transparent zone, where Unbound looks at none");
	if (hrd_local_zone_lifts(zones, above))
		return skip_nested(line, sink);
	return give(sink, false,
	    own != NULL && own->kind == HRD_LOCAL_REDIRECTS ? HRD_REACH_SUBTREE : HRD_REACH_EXACT,
	    s->name);
}

static int
unbound_line(
    struct part line, const struct hrd_local_table *zones, const struct hrd_list_sink *sink)
{
	struct statement s;

	if (line.text[0] == '#')
		return HRD_OK;
	if (read_statement(line, &s))
		return equals(s.key, "local-zone") ? unbound_zone(&s, line, zones, sink)
						   : unbound_data(&s, line, zones, sink);
	if (equals(without_hash(line), "server:"))
		return HRD_OK;
	return skip(sink, s.key.len < line.len ? HRD_SKIP_RULE : HRD_SKIP_JUNK, line,
	    "neither local-zone nor local-data");
}

int
hrd_list_line(enum hrd_feed_form form, const struct hrd_local_table *zones, const char *text,
    size_t len, const struct hrd_list_sink *sink)
{
	struct part line = trim((struct part){ text, len });

	if (line.len == 0)
		return HRD_OK;
	switch (form) {
	case HRD_FEED_HOSTS:
		return host_line(line, sink);
	case HRD_FEED_ADBLOCK:
		return adblock_line(line, sink);
	case HRD_FEED_DNSMASQ:
		return dnsmasq_line(line, sink);
	case HRD_FEED_UNBOUND:
		return unbound_line(line, zones, sink);
	default:
		return domain_line(line, sink);
	}
}

/* A directive or the SOA, which no other form has. */
static bool
begins_zone(struct part line)
{
	struct part rest = without_comment(line), type;

	next_word(&rest);
	type = next_type(&rest);
	return begins(line, "$ORIGIN") || begins(line, "$TTL") ||
	       (equals(type, "SOA") && trim(rest).len > 0);
}

/* "name A 192.0.2.1", with TTL and class or without. */
static bool
is_record(struct part rest)
{
	struct part type = next_type(&rest);

	return equals(type, "CNAME") || equals(type, "NS") || equals(type, "A") ||
	       equals(type, "AAAA");
}

/* The form that only this line could have; auto where it could be of several. */
static enum hrd_feed_form
form_of(struct part line)
{
	struct part rest = line, first = next_word(&rest);
	uint8_t octets[16];
	bool is_v4;

	if (begins(line, "||") || begins(line, "@@") || begins(line, "[adblock"))
		return HRD_FEED_ADBLOCK;
	if (begins(line, "address=/") || begins(line, "server=/") || begins(line, "local=/"))
		return HRD_FEED_DNSMASQ;
	if (begins(line, "local-zone:") || begins(line, "local-data:"))
		return HRD_FEED_UNBOUND;
	if (trim(rest).len > 0 && (read_address(first, octets, &is_v4) || equals(first, "0")))
		return HRD_FEED_HOSTS;
	if (is_record(rest))
		return HRD_FEED_RPZ;
	return HRD_FEED_AUTO;
}

enum hrd_feed_form
hrd_list_guess(const char *data, size_t len)
{
	unsigned seen[HRD_FEED_FORMS] = { 0 };
	enum hrd_feed_form best = HRD_FEED_DOMAINS;
	struct part rest = { data, len };

	for (unsigned n = 0; n < GUESS_LINES && rest.len > 0; n++) {
		struct part line = next_until(&rest, '\n');

		if (line.len > LINE_MAX_SEEN)
			line.len = LINE_MAX_SEEN;
		line = trim(line);
		if (line.len == 0 || strchr("#!;", line.text[0]) != NULL || begins(line, "//"))
			continue;
		if (begins_zone(line))
			return HRD_FEED_RPZ;
		seen[form_of(line)]++;
	}
	for (unsigned form = HRD_FEED_HOSTS; form < HRD_FEED_FORMS; form++) {
		if (seen[form] > (best == HRD_FEED_DOMAINS ? 0 : seen[best]))
			best = (enum hrd_feed_form)form;
	}
	/* One line of another form among names is a bad line. */
	return seen[HRD_FEED_AUTO] > 4 * seen[best] && best != HRD_FEED_ADBLOCK ? HRD_FEED_DOMAINS
										: best;
}
