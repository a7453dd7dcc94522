/* SPDX-License-Identifier: BSD-3-Clause */
/* The form of an inventory as tables: which keys, of which type, which are required
 * (zones/README.md, section 2). */
#include <config.h>

#include "rpzgen/base/url.h"
#include "rpzgen/inventory/bind.h"
#include "rpzgen/inventory/inventory.h"

#include <string.h>

#include "lib/base/utf8.h"
#include "lib/base/limits.h"
#include "lib/name/action.h"
#include "rpzgen/list/tolerance.h"

const char *const hrd_relation_words[] = { "self", "parent", "subsidiary", "affiliate",
	"predecessor", "successor", NULL };
const char *const hrd_grade_words[] = { "confirmed", "probable", "unverified", NULL };
const char *const hrd_inventory_action_words[] = { "nxdomain", "nodata", "passthru", "drop",
	"tcp-only", "observe", "none", NULL };

static const char *const match_words[] = { "subtree", "exact", NULL };
static const char *const yes_no_words[] = { "yes", "no", NULL };
static const char *const shared_action_words[] = { "observe", "none", NULL };
static const char *const supports_words[] = { "use", "ownership", "relation", "existence", NULL };
static const char *const threat_words[] = { "low", "medium", "high", "critical", NULL };
static const char *const feed_form_words[] = { "auto", "domains", "hosts", "adblock", "dnsmasq",
	"unbound", "rpz", NULL };
static const char *const brings_words[] = { "addresses", "nameservers", "clients", "redirects",
	NULL };
const char *const hrd_kind_words[] = { "web-app", "api", "website", "documentation", "telemetry",
	"download", "status", "cdn", "files", "other", NULL };

int
hrd_inventory_action(int word)
{
	return word < 0 ? HRD_ACTION_NONE : hrd_action_from_name(hrd_inventory_action_words[word]);
}

enum { SHORT_MAX = 64 }; /* octets: clients get it in their answers */

static const char *
verify_short(const char *text)
{
	if (strlen(text) > SHORT_MAX)
		return "over 64 octets, the room in a DNS answer";
	return hrd_utf8_is_text((const uint8_t *)text, strlen(text))
		   ? NULL
		   : "more than one line, or a control character; it goes into DNS answers";
}

/* One line, of which a policy image tells what it has room for. */
static const char *
verify_one_line(const char *text)
{
	return strchr(text, '\n') != NULL ? "more than one line" : NULL;
}

/* One line that fits a policy image (HRD_META_TEXT_MAX). */
static const char *
verify_line(const char *text)
{
	return strlen(text) > 255 ? "over 255 octets" : verify_one_line(text);
}

/* Name and contact of a publisher share one text of an image. */
static const char *
verify_half_line(const char *text)
{
	return strlen(text) > 125 ? "over 125 octets" : verify_line(text);
}

/* A language tag as settings have it: "cs", "zh-hans". */
static const char *
verify_language(const char *text)
{
	size_t len = strlen(text);

	if (len >= 2 && len <= 35 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
	    text[0] >= 'a' && text[len - 1] != '-')
		return NULL;
	return "no language tag such as cs or en, in lower case";
}

/* What an image can hold of a text and an answer can carry. */
static const char *
verify_answer_text(const char *text)
{
	size_t len = strlen(text);

	if (len > HRD_META_TEXT_MAX)
		return "over 255 octets; shorten it";
	return hrd_utf8_is_text((const uint8_t *)text, len)
		   ? NULL
		   : "more than one line, or a control character; it goes into DNS answers";
}

static const char *
verify_repository(const char *text)
{
	return strpbrk(text, " \n") != NULL ? "white space in a repository's name" : NULL;
}

/* What is wrong with an address; scheme: the only one that will do, or NULL. */
static const char *
url_fault(const char *text, const char *scheme)
{
	const char *why = NULL;
	struct hrd_url url;
	int status = hrd_url_parse(text, &url, &why);

	if (status == HRD_OK && scheme != NULL && strcmp(url.scheme, scheme) != 0)
		why = "no https:// address";
	if (status == HRD_OK)
		hrd_url_clear(&url);
	return status == HRD_ENOMEM ? hrd_bind_nomem : why;
}

static const char *
verify_url(const char *text)
{
	return url_fault(text, NULL);
}

static const char *
verify_https(const char *text)
{
	return url_fault(text, "https");
}

/* One address and nothing else: it becomes the RNAME of the SOA. */
static const char *
mail_fault(const char *text)
{
	const char *at = strchr(text, '@');
	struct hrd_name name;

	if (at == NULL || at == text || strchr(at + 1, '@') != NULL ||
	    strpbrk(text, " \n?<>,;") != NULL || strchr(at + 1, '.') == NULL ||
	    hrd_name_from_text(&name, at + 1, strlen(at + 1)) != HRD_OK)
		return "no mail address; write mailto:somebody@your.domain";
	return NULL;
}

static const char *
verify_contact(const char *text)
{
	const char *placeholder = strstr(text, ".invalid");
	const char *fault;

	if (strlen(text) > 125)
		return "over 125 octets";
	if (placeholder != NULL && (placeholder[8] == '\0' || placeholder[8] == '/'))
		return "a placeholder; name whom a client that is blocked can ask";
	if (strncmp(text, "mailto:", 7) == 0)
		return mail_fault(text + 7);
	fault = verify_https(text);
	if (fault == NULL || fault == hrd_bind_nomem)
		return fault;
	if (strchr(text, '@') != NULL && strchr(text, ':') == NULL)
		return "a mail address without mailto: in front of it";
	return "neither mailto:somebody@your.domain nor an https:// address";
}

static bool
is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

static const char *
verify_sha256(const char *text)
{
	return is_hex(text, 64) ? NULL : "no SHA-256 digest; write 64 lower-case hex digits";
}

static const char *
verify_commit(const char *text)
{
	if (is_hex(text, 40) || is_hex(text, 64))
		return NULL;
	return "no full commit; write its 40 or 64 lower-case hex digits";
}

/* YYYY, YYYY-MM or YYYY-MM-DD: sources often tell no more. */
static const char *
verify_loose_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	size_t len = strlen(text);

	if (len != 4 && len != 7 && len != 10)
		return "no date; write YYYY, YYYY-MM or YYYY-MM-DD";
	for (size_t i = 0; i < len; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (digit != (form[i] == 'd') || (!digit && text[i] != '-'))
			return "no date; write YYYY, YYYY-MM or YYYY-MM-DD";
	}
	return NULL;
}

static const char *
verify_origin(const char *text)
{
	struct hrd_name name;

	return hrd_name_from_text(&name, text, strlen(text)) == HRD_OK ? NULL : "no domain name";
}

static const char *
verify_tolerance(const char *text)
{
	struct hrd_tolerance tolerance;

	return hrd_tolerance_parse(&tolerance, text) ? NULL
						     : "neither a number nor a share, as 50 or 5%";
}

static const char *
verify_minisign(const char *text)
{
	if (strlen(text) == 56 && strncmp(text, "RW", 2) == 0 && strpbrk(text, " \n") == NULL)
		return NULL;
	return "no minisign public key; write the 56 characters of its second line";
}

#define AT(t, member) .offset = offsetof(struct t, member)
#define REQUIRED .required = true
#define TEXT(t, k, m) .key = k, .type = HRD_FIELD_TEXT, AT(t, m)
#define ID(t, k, m) .key = k, .type = HRD_FIELD_ID, AT(t, m)
#define NAME(t) .key = "name", .type = HRD_FIELD_NAME, AT(t, name), REQUIRED
#define DATE(t, k, m) .key = k, .type = HRD_FIELD_DATE, AT(t, m)
#define BOOL(t, k, m) .key = k, .type = HRD_FIELD_BOOL, AT(t, m)
#define WORD(t, k, m, w) .key = k, .type = HRD_FIELD_WORD, AT(t, m), .words = w
#define WORDS(t, k, m, w) .key = k, .type = HRD_FIELD_WORDS, AT(t, m), .words = w
#define NUMBER(t, k, m, most) .key = k, .type = HRD_FIELD_UINT, AT(t, m), .max = most, REQUIRED
#define MAPS(t, k, m, c, s)                                                                \
	.key = k, .type = HRD_FIELD_MAPS, AT(t, m), .count_offset = offsetof(struct t, c), \
	.shape = &s
#define EVIDENCE(t) MAPS(t, "evidence", evidence.all, evidence.count, evidence_shape)

static const struct hrd_field evidence_fields[] = {
	{ TEXT(hrd_evidence, "title", title) },
	{ TEXT(hrd_evidence, "url", url), .verify = verify_url },
	{ TEXT(hrd_evidence, "repository", repository), .verify = verify_repository },
	{ TEXT(hrd_evidence, "path", path) },
	{ TEXT(hrd_evidence, "commit", commit), .verify = verify_commit },
	{ TEXT(hrd_evidence, "date", date), .verify = verify_loose_date },
	{ DATE(hrd_evidence, "retrieved", retrieved) },
	{ BOOL(hrd_evidence, "official", official) },
	{ WORD(hrd_evidence, "supports", supports, supports_words) },
	{ TEXT(hrd_evidence, "sha256", sha256), .verify = verify_sha256 },
	{ .key = NULL },
};
static const struct hrd_shape evidence_shape = { "a source", sizeof(struct hrd_evidence),
	evidence_fields };

static const struct hrd_field publisher_fields[] = {
	{ TEXT(hrd_inventory_publisher, "name", name), REQUIRED, .verify = verify_half_line },
	{ TEXT(hrd_inventory_publisher, "contact", contact), REQUIRED, .verify = verify_contact },
	{ .key = NULL },
};
static const struct hrd_shape publisher_shape = { "the publisher",
	sizeof(struct hrd_inventory_publisher), publisher_fields };

static const struct hrd_field policy_fields[] = {
	{ ID(hrd_inventory_policy, "id", id), REQUIRED },
	{ TEXT(hrd_inventory_policy, "title", title), REQUIRED, .verify = verify_line },
	{ .key = "apex",
	    .type = HRD_FIELD_NAME,
	    AT(hrd_inventory_policy, apex),
	    .single_label = true,
	    REQUIRED },
	{ NUMBER(hrd_inventory_policy, "ttl", ttl, 86400), .min = 1 },
	{ NUMBER(hrd_inventory_policy, "negative-ttl", negative_ttl, 86400), .min = 1 },
	{ NUMBER(hrd_inventory_policy, "valid-days", valid_days, 3660), .min = 1 },
	{ BOOL(hrd_inventory_policy, "beacon", beacon) },
	{ .key = "publisher",
	    .type = HRD_FIELD_MAP,
	    AT(hrd_inventory_policy, publisher),
	    .shape = &publisher_shape,
	    REQUIRED },
	{ .key = NULL },
};
static const struct hrd_shape policy_shape = { "the policy", sizeof(struct hrd_inventory_policy),
	policy_fields };

static const struct hrd_field basis_text_fields[] = {
	{ TEXT(hrd_basis_text, "language", language), REQUIRED, .verify = verify_language },
	{ TEXT(hrd_basis_text, "text", text), REQUIRED, .verify = verify_answer_text },
	{ .key = NULL },
};
static const struct hrd_shape basis_text_shape = { "a justification", sizeof(struct hrd_basis_text),
	basis_text_fields };

static const struct hrd_field basis_fields[] = {
	{ ID(hrd_basis, "id", id), REQUIRED },
	{ TEXT(hrd_basis, "title", title), REQUIRED },
	{ TEXT(hrd_basis, "short", short_title), REQUIRED, .verify = verify_short },
	{ MAPS(hrd_basis, "justification", justification, justification_count, basis_text_shape) },
	{ TEXT(hrd_basis, "issuer", issuer), REQUIRED },
	{ DATE(hrd_basis, "date", date), REQUIRED },
	{ TEXT(hrd_basis, "permalink", permalink), .verify = verify_https,
	    .room = HRD_META_TEXT_MAX },
	{ TEXT(hrd_basis, "document", document), .verify = verify_line },
	{ WORD(hrd_basis, "threat", threat, threat_words) },
	{ TEXT(hrd_basis, "covers", covers), REQUIRED },
	{ TEXT(hrd_basis, "binds", binds) },
	{ TEXT(hrd_basis, "advises", advises) },
	{ TEXT(hrd_basis, "exempts", exempts) },
	{ DATE(hrd_basis, "from", from), REQUIRED },
	{ DATE(hrd_basis, "until", until) },
	{ DATE(hrd_basis, "fulfil-by", fulfil_by) },
	{ EVIDENCE(hrd_basis), REQUIRED },
	{ TEXT(hrd_basis, "note", note) },
	{ .key = NULL },
};
static const struct hrd_shape basis_shape = { "a basis", sizeof(struct hrd_basis), basis_fields };

static const struct hrd_field listed_fields[] = {
	{ NAME(hrd_listed), .single_label = true },
	{ WORD(hrd_listed, "match", match, match_words), REQUIRED },
	{ BOOL(hrd_listed, "exclusive", exclusive), REQUIRED },
	{ WORD(hrd_listed, "confidence", confidence, hrd_grade_words), REQUIRED },
	{ WORD(hrd_listed, "ownership", ownership, hrd_grade_words) },
	{ WORD(hrd_listed, "use", use, hrd_grade_words) },
	{ DATE(hrd_listed, "from", from) },
	{ DATE(hrd_listed, "until", until) },
	{ EVIDENCE(hrd_listed), REQUIRED },
	{ TEXT(hrd_listed, "note", note) },
	{ .key = NULL },
};
static const struct hrd_shape listed_shape = { "a listed name", sizeof(struct hrd_listed),
	listed_fields };

static const struct hrd_field known_fields[] = {
	{ NAME(hrd_known) },
	{ WORD(hrd_known, "confidence", confidence, hrd_grade_words), REQUIRED },
	{ TEXT(hrd_known, "use", use), REQUIRED },
	{ EVIDENCE(hrd_known), REQUIRED },
	{ TEXT(hrd_known, "note", note) },
	{ .key = NULL },
};
static const struct hrd_shape known_shape = { "a known name", sizeof(struct hrd_known),
	known_fields };

static const struct hrd_field service_fields[] = {
	{ ID(hrd_service, "id", id), REQUIRED },
	{ TEXT(hrd_service, "title", title), REQUIRED, .verify = verify_one_line,
	    .room = HRD_META_TEXT_MAX },
	{ WORD(hrd_service, "kind", kind, hrd_kind_words), REQUIRED },
	{ MAPS(hrd_service, "names", names, name_count, listed_shape) },
	{ MAPS(hrd_service, "known", known, known_count, known_shape) },
	{ .key = NULL },
};
static const struct hrd_shape service_shape = { "a service", sizeof(struct hrd_service),
	service_fields };

static const struct hrd_field entity_fields[] = {
	{ ID(hrd_entity, "id", id), REQUIRED },
	{ TEXT(hrd_entity, "name", name), REQUIRED },
	{ TEXT(hrd_entity, "native", native) },
	{ WORD(hrd_entity, "relation", relation, hrd_relation_words), REQUIRED },
	{ ID(hrd_entity, "of", of) },
	{ WORD(hrd_entity, "confidence", confidence, hrd_grade_words), REQUIRED },
	{ DATE(hrd_entity, "since", since) },
	{ DATE(hrd_entity, "until", until) },
	{ EVIDENCE(hrd_entity), REQUIRED },
	{ TEXT(hrd_entity, "note", note) },
	{ MAPS(hrd_entity, "services", services, service_count, service_shape) },
	{ .key = NULL },
};
static const struct hrd_shape entity_shape = { "an entity", sizeof(struct hrd_entity),
	entity_fields };

static const struct hrd_field shared_fields[] = {
	{ NAME(hrd_shared) },
	{ WORD(hrd_shared, "match", match, match_words), REQUIRED },
	{ TEXT(hrd_shared, "vendor", vendor), REQUIRED },
	{ TEXT(hrd_shared, "role", role), REQUIRED },
	{ WORD(hrd_shared, "confidence", confidence, hrd_grade_words), REQUIRED },
	{ WORD(hrd_shared, "action", action, shared_action_words) },
	{ EVIDENCE(hrd_shared), REQUIRED },
	{ TEXT(hrd_shared, "note", note) },
	{ .key = NULL },
};
static const struct hrd_shape shared_shape = { "a shared host", sizeof(struct hrd_shared),
	shared_fields };

static const struct hrd_field never_fields[] = {
	{ NAME(hrd_never), .single_label = true },
	{ WORD(hrd_never, "match", match, match_words), REQUIRED },
	{ TEXT(hrd_never, "reason", reason), REQUIRED },
	{ EVIDENCE(hrd_never) },
	{ .key = NULL },
};
static const struct hrd_shape never_shape = { "a name of the never list", sizeof(struct hrd_never),
	never_fields };

static const struct hrd_field rule_fields[] = {
	{ WORDS(hrd_profile_rule, "relation", relations, hrd_relation_words), REQUIRED },
	{ WORDS(hrd_profile_rule, "confidence", confidences, hrd_grade_words), REQUIRED },
	{ WORD(hrd_profile_rule, "exclusive", exclusive, yes_no_words) },
	{ WORD(hrd_profile_rule, "action", action, hrd_inventory_action_words), REQUIRED },
	{ .key = NULL },
};
static const struct hrd_shape rule_shape = { "a rule of a profile", sizeof(struct hrd_profile_rule),
	rule_fields };

static const struct hrd_field override_fields[] = {
	{ NAME(hrd_override) },
	{ WORD(hrd_override, "action", action, hrd_inventory_action_words), REQUIRED },
	{ TEXT(hrd_override, "owner", owner), REQUIRED },
	{ TEXT(hrd_override, "reason", reason), REQUIRED },
	{ DATE(hrd_override, "until", until) },
	{ .key = NULL },
};
static const struct hrd_shape override_shape = { "an override", sizeof(struct hrd_override),
	override_fields };

static const struct hrd_field profile_fields[] = {
	{ ID(hrd_profile, "id", id), REQUIRED },
	{ TEXT(hrd_profile, "title", title), REQUIRED },
	{ ID(hrd_profile, "basis", basis), REQUIRED },
	{ TEXT(hrd_profile, "text", text), REQUIRED },
	{ DATE(hrd_profile, "from", from) },
	{ DATE(hrd_profile, "until", until) },
	{ MAPS(hrd_profile, "rules", rules, rule_count, rule_shape), REQUIRED },
	{ MAPS(hrd_profile, "overrides", overrides, override_count, override_shape) },
	{ .key = NULL },
};
static const struct hrd_shape profile_shape = { "a profile", sizeof(struct hrd_profile),
	profile_fields };

static const struct hrd_field group_fields[] = {
	{ ID(hrd_group, "id", id), REQUIRED },
	{ TEXT(hrd_group, "title", title), REQUIRED },
	{ WORDS(hrd_group, "relations", relations, hrd_relation_words), REQUIRED },
	{ BOOL(hrd_group, "enabled", enabled), REQUIRED },
	{ .key = NULL },
};
static const struct hrd_shape group_shape = { "a group", sizeof(struct hrd_group), group_fields };

static const struct hrd_field exception_fields[] = {
	{ ID(hrd_exception, "guard", guard), REQUIRED },
	{ .key = "name", .type = HRD_FIELD_NAME, AT(hrd_exception, name), .single_label = true },
	{ TEXT(hrd_exception, "owner", owner), REQUIRED, .room = HRD_META_TEXT_MAX },
	{ TEXT(hrd_exception, "reason", reason), REQUIRED, .room = HRD_META_TEXT_MAX },
	{ DATE(hrd_exception, "expires", expires), REQUIRED },
	{ .key = NULL },
};
static const struct hrd_shape exception_shape = { "an exception", sizeof(struct hrd_exception),
	exception_fields };

static const struct hrd_field feed_fields[] = {
	{ ID(hrd_feed, "id", id), REQUIRED },
	{ TEXT(hrd_feed, "title", title), REQUIRED, .verify = verify_one_line,
	    .room = HRD_META_TEXT_MAX },
	{ TEXT(hrd_feed, "url", url), .verify = verify_https },
	{ TEXT(hrd_feed, "file", file) },
	{ WORD(hrd_feed, "form", form, feed_form_words), REQUIRED },
	{ WORD(hrd_feed, "match", match, match_words) },
	{ WORD(hrd_feed, "action", action, hrd_inventory_action_words) },
	{ TEXT(hrd_feed, "origin", origin), .verify = verify_origin },
	{ .key = "allow", .type = HRD_FIELD_TEXTS, AT(hrd_feed, allow) },
	{ TEXT(hrd_feed, "allow-file", allow_file) },
	{ WORDS(hrd_feed, "brings", brings, brings_words) },
	{ TEXT(hrd_feed, "max-refused", max_refused), .verify = verify_tolerance },
	{ .key = "max-age", .type = HRD_FIELD_UINT, AT(hrd_feed, max_age), .min = 1, .max = 3660 },
	{ ID(hrd_feed, "basis", basis), REQUIRED },
	{ ID(hrd_feed, "entity", entity) },
	{ TEXT(hrd_feed, "sha256", sha256), .verify = verify_sha256 },
	{ TEXT(hrd_feed, "minisign", minisign), .verify = verify_minisign },
	{ DATE(hrd_feed, "from", from) },
	{ DATE(hrd_feed, "until", until) },
	{ TEXT(hrd_feed, "note", note) },
	{ .key = NULL },
};
static const struct hrd_shape feed_shape = { "a feed", sizeof(struct hrd_feed), feed_fields };

static const struct hrd_field section_fields[] = {
	{ NUMBER(hrd_inventory_section, "format", format, 1), .min = 1 },
	{ .key = "policy",
	    .type = HRD_FIELD_MAP,
	    AT(hrd_inventory_section, policy),
	    .shape = &policy_shape },
	{ MAPS(hrd_inventory_section, "basis", basis, basis_count, basis_shape) },
	{ MAPS(hrd_inventory_section, "entities", entities, entity_count, entity_shape) },
	{ MAPS(hrd_inventory_section, "shared", shared, shared_count, shared_shape) },
	{ MAPS(hrd_inventory_section, "never", never, never_count, never_shape) },
	{ MAPS(hrd_inventory_section, "profiles", profiles, profile_count, profile_shape) },
	{ MAPS(hrd_inventory_section, "groups", groups, group_count, group_shape) },
	{ MAPS(hrd_inventory_section, "exceptions", exceptions, exception_count, exception_shape) },
	{ MAPS(hrd_inventory_section, "feeds", feeds, feed_count, feed_shape) },
	{ .key = "include", .type = HRD_FIELD_TEXTS, AT(hrd_inventory_section, include) },
	{ .key = NULL },
};
const struct hrd_shape hrd_section_shape = { "the inventory", sizeof(struct hrd_inventory_section),
	section_fields };
