/* SPDX-License-Identifier: BSD-3-Clause */
/* Response policy zones in presentation form. */
#include <config.h>

#include "rpzgen/zone/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/name/rdata.h"
#include "rpzgen/zone/rdata.h"
#include "rpzgen/zone/reader.h"
#include "rpzgen/zone/rpzrule.h"
#include "rpzgen/zone/text.h"

enum {
	PROGRESS_RECORDS = 1 << 16,
	SHOWN_MAX = 80, /* octets of a field that a text quotes */
};

void
hrd_zonereader_fault(struct hrd_zone_reader *reader, enum hrd_severity severity, uint64_t line,
    const char *id, const char *format, ...)
{
	char text[HRD_NAME_TEXT_MAX + 512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	reader->may_twin = reader->has_twin = false;
	if (severity == HRD_ERROR)
		reader->head->faults++;
	if (line == 0)
		reader->head->col = 0;
	reader->sink->fault(reader->sink->ctx, severity, line, id, text);
}

/* The owner below the apex, root label at its end. */
static void
relative_owner(const struct hrd_zone_reader *reader, struct hrd_name *out)
{
	size_t len = (size_t)reader->owner.len - reader->head->apex.len;

	memcpy(out->wire, reader->owner.wire, len);
	out->wire[len] = 0;
	out->len = (uint8_t)(len + 1);
}

/* The owner as the zone says it: without the apex where it can be. */
static void
shown_owner(const struct hrd_zone_reader *reader, char text[HRD_NAME_TEXT_MAX + 1])
{
	const struct hrd_name *apex = &reader->head->apex;
	struct hrd_name shown = reader->owner;
	bool below = reader->has_apex && reader->owner.len > apex->len &&
		     hrd_name_is_at_or_below(&reader->owner, apex);
	size_t len;

	if (below)
		relative_owner(reader, &shown);
	len = hrd_name_to_text(&shown, text);
	if (!below && shown.len > 1)
		memcpy(text + len, ".", 2);
}

/* A fault of the record whose owner is known. */
int
hrd_zonereader_owner_fault(struct hrd_zone_reader *reader, enum hrd_severity severity,
    uint64_t line, const char *id, const char *what, const char *detail)
{
	char owner[HRD_NAME_TEXT_MAX + 1];

	shown_owner(reader, owner);
	hrd_zonereader_fault(reader, severity, line, id, "%s: %s%s", owner, what, detail);
	return HRD_OK;
}

static bool
field_is(const char *field, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(field, word, len) == 0;
}

/* True when the text ends in a dot that no backslash protects. */
static bool
is_absolute(const char *text, size_t len)
{
	size_t slashes = 0;

	if (len == 0 || text[len - 1] != '.')
		return false;
	while (slashes + 1 < len && text[len - 2 - slashes] == '\\')
		slashes++;
	return (slashes & 1) == 0;
}

/* Reads a name, relative to the origin unless it ends in a dot. */
int
hrd_zonereader_name(
    const struct hrd_zone_reader *reader, const char *text, size_t len, struct hrd_name *out)
{
	int status;

	if (len == 1 && text[0] == '@') {
		*out = reader->origin;
		return (out->len > 0) ? HRD_OK : HRD_ENOENT;
	}
	if (len > 0 && text[0] == '"')
		return HRD_EINVAL;
	status = hrd_name_from_text(out, text, len);
	if (status != HRD_OK || is_absolute(text, len))
		return status;
	if (reader->origin.len == 0)
		return HRD_ENOENT;
	return hrd_name_append(out, &reader->origin);
}

/* Where nothing gives an origin, owners are relative to the policy, as PowerDNS and Knot Resolver
 * take them. Whoever wants the records of the zone itself must know its name. */
void
hrd_zonereader_assume_root(struct hrd_zone_reader *reader)
{
	if (reader->origin.len != 0 || reader->sink->record != NULL)
		return;
	reader->origin.len = 1;
	reader->origin.wire[0] = 0;
	reader->rooted = true;
}

static void
name_fault(struct hrd_zone_reader *reader, uint64_t line, int status, const char *what,
    const char *text, size_t len)
{
	int shown = (len > SHOWN_MAX) ? SHOWN_MAX : (int)len;

	if (status == HRD_ERANGE)
		hrd_zonereader_fault(reader, HRD_ERROR, line, "zone-name-length",
		    "%s \"%.*s\": label over 63 octets, or name over 255 with the origin "
		    "(RFC 1035 2.3.4)",
		    what, shown, text);
	else if (status == HRD_ENOENT)
		hrd_zonereader_fault(reader, HRD_ERROR, line, "zone-no-origin",
		    "%s \"%.*s\" is relative and there is no origin yet", what, shown, text);
	else
		hrd_zonereader_fault(reader, HRD_ERROR, line, "zone-name",
		    "%s \"%.*s\": empty label or bad escape", what, shown, text);
}

static void
set_origin(struct hrd_zone_reader *reader, uint64_t line, const char *text, size_t len)
{
	struct hrd_name name;
	int status;

	if (!is_absolute(text, len))
		hrd_zonereader_assume_root(reader);
	status = hrd_zonereader_name(reader, text, len, &name);
	if (status == HRD_OK) {
		/* Behind a record that took the root for the apex it says no more what that is. */
		reader->rooted = reader->rooted && reader->has_apex;
		reader->origin = name;
		return;
	}
	/* Every relative name after it would be another name than the author meant. */
	reader->head->refused = true;
	name_fault(reader, line, status, "$ORIGIN", text, len);
}

static void
set_default_ttl(struct hrd_zone_reader *reader, uint64_t line, const char *text, size_t len)
{
	reader->head->has_default_ttl =
	    len > 0 && hrd_zone_ttl(text, len, &reader->head->default_ttl);
	if (!reader->head->has_default_ttl)
		hrd_zonereader_fault(reader, HRD_ERROR, line, "zone-ttl",
		    "$TTL is no number of seconds up to %u", HRD_ZONE_TTL_MAX);
}

static void
directive(struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry)
{
	const char *rest = entry->text, *name, *value, *more;
	size_t rest_len = entry->len, name_len, value_len, more_len;
	bool one;

	hrd_zone_field(&rest, &rest_len, &name, &name_len);
	hrd_zone_field(&rest, &rest_len, &value, &value_len);
	one = !hrd_zone_field(&rest, &rest_len, &more, &more_len);
	if (!one && (field_is(name, name_len, "$ORIGIN") || field_is(name, name_len, "$TTL"))) {
		reader->head->refused |= field_is(name, name_len, "$ORIGIN");
		hrd_zonereader_fault(reader, HRD_ERROR, entry->line, "zone-directive",
		    "%.*s takes one value, not two", (int)name_len, name);
	} else if (field_is(name, name_len, "$ORIGIN")) {
		set_origin(reader, entry->line, value, value_len);
	} else if (field_is(name, name_len, "$TTL")) {
		set_default_ttl(reader, entry->line, value, value_len);
	} else if (field_is(name, name_len, "$INCLUDE")) {
		reader->head->refused = true;
		hrd_zonereader_fault(reader, HRD_ERROR, entry->line, "zone-include",
		    "$INCLUDE is refused: a zone must not name files of its reader");
	} else if (field_is(name, name_len, "$GENERATE")) {
		hrd_zonereader_fault(reader, HRD_ERROR, entry->line, "zone-directive",
		    "$GENERATE is BIND's own; write the records out (named-compilezone -D does)");
	} else {
		hrd_zonereader_fault(reader, HRD_ERROR, entry->line, "zone-directive",
		    "%.*s is no directive of RFC 1035 or 2308",
		    (name_len > SHOWN_MAX) ? SHOWN_MAX : (int)name_len, name);
	}
}

/* Types that no zone holds: OPT, TKEY to ANY, and 0. */
static bool
is_meta_type(uint16_t type)
{
	return type == 0 || type == 41 || (type >= 249 && type <= 255);
}

static uint32_t
ttl_of(const struct hrd_zone_reader *reader)
{
	if (reader->head->has_default_ttl)
		return reader->head->default_ttl;
	if (reader->head->has_last_ttl)
		return reader->head->last_ttl;
	return reader->has_soa ? reader->head->ttl : 0;
}

int
hrd_zonereader_rdata(struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    const uint8_t **wire, size_t *wire_len)
{
	const char *why;
	int status;

	if (record->wire != NULL) {
		*wire = record->wire;
		*wire_len = record->len;
		return HRD_OK;
	}
	status = hrd_zone_rdata_from_text(reader->rdata, record->type, record->text, record->len,
	    &reader->origin, wire, wire_len, &why);
	if (status == HRD_OK)
		return HRD_OK;
	*wire = NULL;
	if (status != HRD_EINVAL)
		return status;
	if (record->col != 0)
		reader->head->col = record->col;
	/* A SOA at fault costs the zone: its serial and times would be others than were meant. */
	if (record->type == HRD_TYPE_SOA && !reader->has_soa)
		reader->head->refused = reader->seen_soa = true;
	return hrd_zonereader_owner_fault(
	    reader, HRD_ERROR, record->line, "zone-rdata", "bad RDATA: ", why);
}

static int
emit(struct hrd_zone_reader *reader, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	reader->head->rules++;
	return reader->sink->rule(reader->sink->ctx, rule, rr);
}

/* Warns where a target says something else than its author is likely to have meant. */
static void
check_target(struct hrd_zone_reader *reader, struct hrd_rule *rule, const struct hrd_name *relative,
    const struct hrd_name *target)
{
	if (rule->action != HRD_ACTION_LOCAL_DATA)
		return;
	if (!rule->wildcard && hrd_name_cmp(relative, target) == 0) {
		hrd_zonereader_owner_fault(reader, HRD_WARNING, rule->line, "zone-self-cname",
		    "a CNAME to the name itself is the old form of rpz-passthru and taken as that",
		    "");
		rule->action = HRD_ACTION_PASSTHRU;
	} else if (reader->head->apex.len > 1 &&
		   hrd_name_is_at_or_below(target, &reader->head->apex)) {
		hrd_zonereader_owner_fault(reader, HRD_WARNING, rule->line, "zone-target",
		    "the target lies in the policy zone itself; is its final dot missing?", "");
	}
}

static int
cname_rule(struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    struct hrd_rule *rule, const struct hrd_name *relative, const struct hrd_name *target)
{
	struct hrd_rr rr = { HRD_TYPE_CNAME, (uint16_t)target->len, record->ttl, target->wire };

	if (hrd_rpz_action(target, &rule->action) != HRD_OK)
		return hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line,
		    "zone-reserved-target",
		    "targets whose last label starts with \"rpz-\" are reserved, and "
		    "this one is not known",
		    "");
	check_target(reader, rule, relative, target);
	reader->has_twin = reader->may_twin && rule->action != HRD_ACTION_LOCAL_DATA &&
			   !rule->wildcard && rule->trigger == HRD_TRIGGER_QNAME;
	return emit(reader, rule, rule->action == HRD_ACTION_LOCAL_DATA ? &rr : NULL);
}

/* Reads the target of a CNAME; false after a report. */
static bool
read_target(
    struct hrd_zone_reader *reader, const struct hrd_zone_record *record, struct hrd_name *target)
{
	char owner[HRD_NAME_TEXT_MAX + 1], what[HRD_NAME_TEXT_MAX + 16];
	const char *rest = record->text, *field;
	size_t rest_len = record->len, len;
	int status;

	if (!hrd_zone_field(&rest, &rest_len, &field, &len)) {
		hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-rdata", "bad RDATA: ", "no target");
		return false;
	}
	status = hrd_zonereader_name(reader, field, len, target);
	if (status != HRD_OK) {
		shown_owner(reader, owner);
		snprintf(what, sizeof(what), "%s: target", owner);
		name_fault(reader, record->line, status, what, field, len);
		return false;
	}
	if (hrd_zone_field(&rest, &rest_len, &field, &len)) {
		hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line, "zone-rdata",
		    "bad RDATA: ", "more than one target");
		return false;
	}
	return true;
}

/* CNAME, the form of nearly all records, goes without ldns: the name reader is stricter and faster.
 */
static int
cname_record(struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    struct hrd_rule *rule, const struct hrd_name *relative)
{
	struct hrd_name target;

	return read_target(reader, record, &target)
		   ? cname_rule(reader, record, rule, relative, &target)
		   : HRD_OK;
}

/* True for RDATA that is octets: in wire form, or as RFC 3597 writes them. */
static bool
is_octets(const struct hrd_zone_record *record)
{
	return record->wire != NULL ||
	       (record->len >= 2 && record->text[0] == '\\' && record->text[1] == '#');
}

/* Any other type, and a CNAME that is octets. */
static int
data_record(struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    struct hrd_rule *rule, const struct hrd_name *relative)
{
	struct hrd_rr rr = { record->type, 0, record->ttl, NULL };
	struct hrd_name target;
	const char *why;
	size_t len;
	int status = hrd_zonereader_rdata(reader, record, &rr.rdata, &len);

	if (status != HRD_OK || rr.rdata == NULL)
		return status;
	if (record->type == HRD_TYPE_CNAME &&
	    hrd_name_from_wire(&target, rr.rdata, len) == HRD_OK && target.len == len)
		return cname_rule(reader, record, rule, relative, &target);
	why = hrd_rdata_fault(record->type, rr.rdata, len);
	if (why != NULL)
		return hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-rdata", "no local data: ", why);
	rr.rdlen = (uint16_t)len;
	rule->action = HRD_ACTION_LOCAL_DATA;
	return emit(reader, rule, &rr);
}

/* What may not be meant: an origin that nobody gave, an owner that no query can match. */
static void
look_at_owner(struct hrd_zone_reader *reader, uint64_t line, const struct hrd_rule *rule,
    const struct hrd_name *relative)
{
	const char *why = NULL;

	if (reader->rooted)
		hrd_suffixes_add(&reader->suffixes, relative);
	if (rule->trigger == HRD_TRIGGER_QNAME)
		why = hrd_owner_fault(relative);
	if (why != NULL)
		hrd_zonereader_owner_fault(reader, HRD_WARNING, line, "zone-owner-form",
		    "no query can match this owner: ", why);
}

/* A record below the apex. */
static int
rule_record(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	struct hrd_rule *rule = &reader->rule;
	struct hrd_name relative;
	const char *why;

	rule->line = record->line;
	if (record->type == HRD_TYPE_DNAME)
		return hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line, "zone-dname",
		    "RPZ has no DNAME; write CNAME records for the name and its wildcard", "");
	if (record->type == HRD_TYPE_SOA)
		return hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-type", "SOA below the apex", "");
	relative_owner(reader, &relative);
	if (hrd_rpz_trigger(&relative, rule, &why) != HRD_OK)
		return hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-trigger", "bad trigger: ", why);
	hrd_zonereader_note_address(reader, record);
	look_at_owner(reader, record->line, rule, &relative);
	if (record->type == HRD_TYPE_CNAME && !is_octets(record))
		return cname_record(reader, record, rule, &relative);
	return data_record(reader, record, rule, &relative);
}

static int
no_origin(struct hrd_zone_reader *reader, uint64_t line)
{
	reader->head->refused = true;
	return hrd_zonereader_owner_fault(reader, HRD_ERROR, line, "zone-no-origin",
	    "no origin, neither by $ORIGIN nor by a SOA before this", "");
}

/* Any record for a reader that wants them all. */
static int
raw_record(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	bool at_apex = reader->owner.len == reader->head->apex.len;
	struct hrd_rr rr = { record->type, 0, record->ttl, NULL };
	struct hrd_name target;
	int status = HRD_OK;
	size_t len = 0;

	if (at_apex && record->type == HRD_TYPE_SOA)
		status = hrd_zonereader_soa(reader, record);
	reader->has_ns |= at_apex && record->type == HRD_TYPE_NS;
	if (status == HRD_OK && record->type == HRD_TYPE_CNAME && !is_octets(record)) {
		rr.rdata = read_target(reader, record, &target) ? target.wire : NULL;
		len = target.len;
	} else if (status == HRD_OK) {
		status = hrd_zonereader_rdata(reader, record, &rr.rdata, &len);
	}
	if (status != HRD_OK || rr.rdata == NULL)
		return status;
	if (!hrd_rdata_has_layout(record->type, rr.rdata, len))
		return hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line, "zone-rdata",
		    "bad RDATA: ", "it does not have the structure of its type");
	rr.rdlen = (uint16_t)len;
	return reader->sink->record(reader->sink->ctx, &reader->owner, record->line, &rr);
}

/* A SOA elsewhere says which origin the zone has. */
static int
out_of_zone(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	char apex[HRD_NAME_TEXT_MAX + 1], what[HRD_NAME_TEXT_MAX + 64];
	size_t len = hrd_name_to_text(&reader->head->apex, apex);

	if (reader->head->apex.len > 1)
		memcpy(apex + len, ".", 2);
	snprintf(what, sizeof(what), "not below the apex %s%s", apex,
	    record->type == HRD_TYPE_SOA ? "; is the owner of this SOA the origin?" : "");
	return hrd_zonereader_owner_fault(
	    reader, HRD_ERROR, record->line, "zone-out-of-zone", what, "");
}

/* Sends a record where it belongs. */
static int
dispatch(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	const struct hrd_name *apex = &reader->head->apex;

	if (is_meta_type(record->type))
		return hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line, "zone-type",
		    "no type that a zone can hold", "");
	if (!hrd_zonereader_find_apex(reader, record))
		return no_origin(reader, record->line);
	if (!hrd_name_is_at_or_below(&reader->owner, apex))
		return out_of_zone(reader, record);
	if (reader->sink->record != NULL)
		return raw_record(reader, record);
	if ((hrd_type_flags(record->type) & HRD_TYPE_OF_TRANSPORT) != 0) {
		reader->head->skipped++;
		return HRD_OK;
	}
	if (hrd_zonereader_is_beacon(reader, record)) {
		reader->head->skipped++;
		return HRD_OK;
	}
	if (reader->owner.len != apex->len)
		return rule_record(reader, record);
	reader->head->skipped += record->type == HRD_TYPE_SOA || record->type == HRD_TYPE_NS;
	return hrd_zonereader_apex_record(reader, record);
}

/* Reads TTL and class, in any order and both optional, up to the type. */
static bool
read_fields(struct hrd_zone_reader *reader, struct hrd_zone_record *record, const char **type,
    size_t *type_len)
{
	bool more, has_ttl = false, has_class = false;
	const char *field = NULL;
	size_t len = 0;
	uint32_t ttl;

	record->ttl = ttl_of(reader);
	while ((more = hrd_zone_field(&record->text, &record->len, &field, &len))) {
		if (*field >= '0' && *field <= '9') {
			if (has_ttl || !hrd_zone_ttl(field, len, &ttl)) {
				hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line,
				    "zone-ttl",
				    has_ttl ? "two TTLs"
					    : "the TTL is no number of seconds up to 2147483647",
				    "");
				return false;
			}
			has_ttl = true;
			record->ttl = reader->head->last_ttl = ttl;
			reader->head->has_last_ttl = true;
		} else if (field_is(field, len, "CH") || field_is(field, len, "HS") ||
			   field_is(field, len, "CS") ||
			   (len > 5 && strncasecmp(field, "CLASS", 5) == 0 &&
			       !field_is(field, len, "CLASS1"))) {
			hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line, "zone-class",
			    "only class IN has policies", "");
			return false;
		} else if (has_class ||
			   (!field_is(field, len, "IN") && !field_is(field, len, "CLASS1"))) {
			break;
		} else {
			has_class = true;
		}
	}
	*type = field;
	*type_len = len;
	if (!more)
		hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-type", "no type", "");
	return more;
}

/* Reads the owner of an entry, or takes that of the one before. */
static bool
read_owner(struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry,
    struct hrd_zone_record *record)
{
	const char *field;
	size_t len;
	int status;

	record->text = entry->text;
	record->len = entry->len;
	if (entry->indented) {
		if (reader->owner.len == 0)
			hrd_zonereader_fault(reader, HRD_ERROR, entry->line, "zone-name",
			    "no owner: there is no record before this, or its owner is at fault");
		return reader->owner.len != 0;
	}
	hrd_zone_field(&record->text, &record->len, &field, &len);
	if (!is_absolute(field, len))
		hrd_zonereader_assume_root(reader);
	status = hrd_zonereader_name(reader, field, len, &reader->owner);
	if (status != HRD_OK) {
		reader->owner.len = 0;
		name_fault(reader, entry->line, status, "owner", field, len);
	}
	return status == HRD_OK;
}

static int
read_record(struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry)
{
	char shown[SHOWN_MAX + 3];
	struct hrd_zone_record record = { .line = entry->line };
	const char *type;
	size_t len;

	if (!read_owner(reader, entry, &record) || !read_fields(reader, &record, &type, &len))
		return HRD_OK;
	while (record.len > 0 && (*record.text == ' ' || *record.text == '\t')) {
		record.text++;
		record.len--;
	}
	record.col = entry->one_line ? entry->col + (uint32_t)(record.text - entry->text) : 0;
	record.type = field_is(type, len, "CNAME")   ? HRD_TYPE_CNAME
		      : field_is(type, len, "RRSIG") ? HRD_TYPE_RRSIG
						     : hrd_zone_type(type, len);
	if (record.type == 0) {
		snprintf(shown, sizeof(shown), "\"%.*s\"", (len > SHOWN_MAX) ? SHOWN_MAX : (int)len,
		    type);
		hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, entry->line, "zone-type", shown, " is no type");
		return HRD_OK;
	}
	return dispatch(reader, &record);
}

static bool
is_twin(const struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry)
{
	return reader->has_twin && entry->len == reader->twin_len + 2 && !entry->indented &&
	       memcmp(entry->text, "*.", 2) == 0 &&
	       memcmp(entry->text + 2, reader->twin, reader->twin_len) == 0;
}

/* All but the owner of a twin is as it was read before. */
static int
twin_record(struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry)
{
	struct hrd_rule *rule = &reader->rule;
	struct hrd_name relative;

	reader->has_twin = false;
	rule->wildcard = true;
	rule->line = entry->line;
	relative_owner(reader, &relative);
	look_at_owner(reader, rule->line, rule, &relative);
	return emit(reader, rule, NULL);
}

static int
read_entry(struct hrd_zone_reader *reader, const struct hrd_zone_entry *entry)
{
	static const uint8_t star[] = { '*' };
	int status;

	reader->head->col = entry->col;
	if (!entry->indented && entry->text[0] == '$') {
		directive(reader, entry);
		reader->has_twin = false;
		return HRD_OK;
	}
	reader->head->records++;
	if (reader->sink->progress != NULL && reader->head->records % PROGRESS_RECORDS == 0)
		reader->sink->progress(reader->sink->ctx, reader->head->records);
	if (is_twin(reader, entry) &&
	    hrd_name_prepend(&reader->owner, star, sizeof(star)) == HRD_OK)
		return twin_record(reader, entry);
	reader->has_twin = false;
	/* "@" is the origin only where it stands alone: "*.@" is no twin of it. */
	reader->may_twin = entry->len <= sizeof(reader->twin) && entry->text[0] != '@';
	status = read_record(reader, entry);
	if (reader->has_twin) {
		reader->twin_len = entry->len;
		memcpy(reader->twin, entry->text, entry->len);
	}
	return status;
}

static int
read_entries(struct hrd_zone_reader *reader, struct hrd_zonetext *text)
{
	struct hrd_zone_entry entry;
	const char *why;
	int status = HRD_OK;

	while (status == HRD_OK) {
		status = hrd_zonetext_next(text, &entry, &why);
		if (status == HRD_OK) {
			status = read_entry(reader, &entry);
		} else if (status == HRD_EINVAL || status == HRD_ELIMIT) {
			reader->head->col = 0;
			reader->head->refused |= status == HRD_ELIMIT;
			hrd_zonereader_fault(
			    reader, HRD_ERROR, entry.line, "zone-syntax", "%s", why);
			reader->owner.len = 0;
			status = status == HRD_EINVAL ? HRD_OK : HRD_ENOENT;
		}
		if (status == HRD_OK && hrd_zonereader_is_nonsense(reader, entry.line))
			status = HRD_ENOENT;
	}
	if (status == HRD_ENOENT && hrd_zonetext_cut(text))
		hrd_zonereader_fault(reader, HRD_WARNING, 0, "zone-cut",
		    "the last line has no end; was the zone cut?");
	return status == HRD_ENOENT ? HRD_OK : status;
}

static int
take_records(struct hrd_zone_reader *reader, const struct hrd_record_source *records)
{
	struct hrd_rr rr;
	uint64_t line;
	int status = HRD_OK;

	while (status == HRD_OK && records->next(records->ctx, &reader->owner, &line, &rr)) {
		const struct hrd_zone_record record = { .line = line,
			.ttl = rr.ttl,
			.type = rr.type,
			.wire = rr.rdata,
			.len = rr.rdlen };

		reader->head->records++;
		reader->head->last_ttl = rr.ttl;
		reader->head->has_last_ttl = true;
		status = dispatch(reader, &record);
	}
	return status;
}

static int
start(struct hrd_zone_reader *reader, const struct hrd_name *origin)
{
	const struct hrd_zone_head *part = reader->sink->part;
	struct hrd_zone_head *head = reader->head;

	memset(head, 0, sizeof(*head));
	if (part != NULL) {
		head->has_default_ttl = part->has_default_ttl;
		head->default_ttl = part->default_ttl;
		head->has_last_ttl = part->has_last_ttl;
		head->last_ttl = part->last_ttl;
	}
	if (origin != NULL) {
		reader->origin = head->apex = *origin;
		reader->has_apex = true;
	}
	if (part != NULL && part->origin.len > 0) {
		reader->origin = part->origin;
		reader->rooted = part->rooted;
		reader->suffixes = part->suffixes;
	}
	reader->rdata = hrd_zone_rdata_new();
	return reader->rdata != NULL ? HRD_OK : HRD_ENOMEM;
}

static void
end(struct hrd_zone_reader *reader)
{
	reader->head->origin = reader->origin;
	reader->head->rooted = reader->rooted;
	reader->head->suffixes = reader->suffixes;
	free(reader->soa);
	hrd_zone_rdata_free(reader->rdata);
}

int
hrd_zone_read(FILE *stream, const struct hrd_name *origin, const struct hrd_zone_sink *sink,
    struct hrd_zone_head *head)
{
	struct hrd_zone_reader reader = { .sink = sink, .head = head };
	struct hrd_zonetext *text = hrd_zonetext_new(stream);
	int status = start(&reader, origin);

	if (text == NULL)
		status = HRD_ENOMEM;
	else if (sink->hashes)
		hrd_zonetext_take_hashes(text);
	if (status == HRD_OK)
		status = read_entries(&reader, text);
	if (status == HRD_OK)
		status = hrd_zonereader_conclude(&reader);
	end(&reader);
	hrd_zonetext_free(text);
	return status;
}

int
hrd_zone_read_records(const struct hrd_record_source *records, const struct hrd_zone_sink *sink,
    struct hrd_zone_head *head)
{
	struct hrd_zone_reader reader = { .sink = sink, .head = head };
	int status = start(&reader, records->apex);

	if (status == HRD_OK)
		status = take_records(&reader, records);
	if (status == HRD_OK)
		status = hrd_zonereader_conclude(&reader);
	end(&reader);
	return status;
}
