/* SPDX-License-Identifier: BSD-3-Clause */
/* The apex of a policy zone: which it is, its SOA and its name servers. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/name/rdata.h"
#include "rpzgen/base/psl.h"
#include "rpzgen/zone/reader.h"
#include "rpzgen/zone/text.h"

/* Takes MNAME, RNAME, serial and the negative TTL from the RDATA of the SOA. */
static int
use_soa(struct hrd_zone_reader *reader, const struct hrd_zone_record *record, const uint8_t *wire,
    size_t len)
{
	struct hrd_zone_head *head = reader->head;
	size_t names, explicit_ttl;

	if (hrd_name_from_wire(&head->mname, wire, len) != HRD_OK)
		return HRD_EINVAL;
	names = head->mname.len;
	if (hrd_name_from_wire(&head->rname, wire + names, len - names) != HRD_OK)
		return HRD_EINVAL;
	names += head->rname.len;
	if (len - names != 20)
		return HRD_EINVAL;
	head->serial = hrd_be32(wire + names);
	head->ttl = hrd_be32(wire + names + 16);
	explicit_ttl = head->has_default_ttl || head->has_last_ttl;
	if (explicit_ttl && record->ttl < head->ttl)
		head->ttl = record->ttl;
	if (head->ttl > HRD_ZONE_TTL_MAX)
		head->ttl = 0;
	return HRD_OK;
}

static int
keep_soa(struct hrd_zone_reader *reader, const uint8_t *wire, size_t len)
{
	reader->soa = malloc(len);
	if (reader->soa == NULL)
		return HRD_ENOMEM;
	memcpy(reader->soa, wire, len);
	reader->soa_len = len;
	reader->has_soa = true;
	return HRD_OK;
}

int
hrd_zonereader_soa(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	const uint8_t *wire;
	size_t len;
	int status = hrd_zonereader_rdata(reader, record, &wire, &len);

	if (status != HRD_OK || wire == NULL)
		return status;
	if (reader->has_soa) {
		/* A transfer ends with the SOA that it began with. */
		if (len != reader->soa_len || memcmp(wire, reader->soa, len) != 0)
			hrd_zonereader_owner_fault(reader, HRD_ERROR, record->line,
			    "zone-second-soa", "another SOA than before", "");
		return HRD_OK;
	}
	if (use_soa(reader, record, wire, len) != HRD_OK) {
		reader->head->refused = true;
		return hrd_zonereader_owner_fault(
		    reader, HRD_ERROR, record->line, "zone-rdata", "bad RDATA: ", "no SOA");
	}
	if (reader->head->records > 1)
		hrd_zonereader_owner_fault(reader, HRD_WARNING, record->line, "zone-soa-order",
		    "the SOA is not the first record; PowerDNS does not load such a zone", "");
	return keep_soa(reader, wire, len);
}

static bool
read_server(const struct hrd_zone_reader *reader, const struct hrd_zone_record *record,
    struct hrd_name *name)
{
	const char *rest = record->text, *field;
	size_t rest_len = record->len, len;

	if (record->wire != NULL)
		return hrd_name_from_wire(name, record->wire, record->len) == HRD_OK;
	return hrd_zone_field(&rest, &rest_len, &field, &len) &&
	       hrd_zonereader_name(reader, field, len, name) == HRD_OK;
}

/* Notes a name server within the zone: BIND wants its address there. */
static void
note_server(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	struct hrd_name name;

	reader->has_ns = true;
	if (reader->head->apex.len == 1 || reader->head->rules > 0 ||
	    reader->server_count == HRD_ZONE_SERVERS_MAX || !read_server(reader, record, &name) ||
	    !hrd_name_is_at_or_below(&name, &reader->head->apex))
		return;
	reader->servers[reader->server_count++] = (struct hrd_zone_server){ name, false };
}

void
hrd_zonereader_note_address(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	for (size_t i = 0; i < reader->server_count; i++) {
		if ((record->type == HRD_TYPE_A || record->type == HRD_TYPE_AAAA) &&
		    hrd_name_cmp(&reader->servers[i].name, &reader->owner) == 0)
			reader->servers[i].has_address = true;
	}
}

/* A record of the apex: SOA, NS, or nothing that a policy zone may have. */
int
hrd_zonereader_apex_record(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	if (record->type == HRD_TYPE_SOA)
		return hrd_zonereader_soa(reader, record);
	if (record->type == HRD_TYPE_NS) {
		note_server(reader, record);
		return HRD_OK;
	}
	hrd_zonereader_note_address(reader, record);
	reader->head->skipped++;
	return hrd_zonereader_owner_fault(reader, HRD_WARNING, record->line, "zone-apex-data",
	    "only SOA and NS belong to the apex, so this is left out: several resolvers take "
	    "other records there as data of the DNS root",
	    "");
}

bool
hrd_zonereader_is_beacon(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	const struct hrd_name *apex = &reader->head->apex;
	const uint8_t *wire;
	struct hrd_name owner;
	size_t len;

	if (record->type != HRD_TYPE_TXT || hrd_beacon_name(&owner, apex) != HRD_OK ||
	    hrd_name_append(&owner, apex) != HRD_OK || hrd_name_cmp(&owner, &reader->owner) != 0 ||
	    hrd_zonereader_rdata(reader, record, &wire, &len) != HRD_OK || wire == NULL ||
	    len < 1 || wire[0] != len - 1 || !hrd_beacon_is_text((const char *)wire + 1, len - 1))
		return false;
	memcpy(reader->head->beacon, wire + 1, len - 1);
	reader->head->beacon[len - 1] = '\0';
	return true;
}

/* Finds out the apex before the first record that needs it. */
bool
hrd_zonereader_find_apex(struct hrd_zone_reader *reader, const struct hrd_zone_record *record)
{
	if (reader->has_apex)
		return true;
	if (record->type == HRD_TYPE_SOA) {
		reader->head->apex = reader->owner;
	} else {
		hrd_zonereader_assume_root(reader);
		reader->head->apex = reader->origin;
	}
	if (reader->head->apex.len == 0)
		return false;
	if (reader->origin.len == 0)
		reader->origin = reader->head->apex;
	reader->rooted = reader->rooted && reader->head->apex.len == 1;
	reader->has_apex = true;
	return true;
}

static void
check_servers(struct hrd_zone_reader *reader)
{
	char name[HRD_NAME_TEXT_MAX];

	for (size_t i = 0; i < reader->server_count; i++) {
		if (reader->servers[i].has_address)
			continue;
		hrd_name_to_text(&reader->servers[i].name, name);
		hrd_zonereader_fault(reader, HRD_WARNING, 0, "zone-ns-address",
		    "the name server %s lies in the zone and has no address there; BIND does not "
		    "load such a zone, write \"NS localhost.\"",
		    name);
	}
}

/* The suffix of most owners, unless names of strangers have it: such a one is no origin that was
 * forgotten. */
static bool
find_origin(const struct hrd_suffixes *suffixes, struct hrd_name *suffix)
{
	struct hrd_psl *psl = NULL;
	bool found = false;

	for (unsigned labels = HRD_SUFFIX_LABELS_MIN; labels <= HRD_SUFFIX_LABELS_MAX && !found &&
						      hrd_suffixes_most(suffixes, labels, suffix);
	     labels++) {
		psl = psl != NULL ? psl : hrd_psl_new();
		found = psl == NULL || hrd_psl_kind(psl, suffix) == HRD_PSL_NONE;
	}
	hrd_psl_free(psl);
	return found;
}

/* Owners that all end in one origin would be rules for names that nobody asks for. */
static void
check_origin(struct hrd_zone_reader *reader)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name suffix;

	if (!reader->rooted || !find_origin(&reader->suffixes, &suffix))
		return;
	hrd_name_to_text(&suffix, text);
	reader->head->refused = true;
	hrd_zonereader_fault(reader, HRD_ERROR, 0, "zone-no-origin",
	    "most owners end in %s, and no origin was given: give --origin %s (of a feed, "
	    "\"origin: %s\"), or the root, \".\", if names below it are meant",
	    text, text, text);
}

int
hrd_zonereader_conclude(struct hrd_zone_reader *reader)
{
	if (!reader->has_soa && reader->sink->part == NULL) {
		/* Where the zone was refused before, this is no news. */
		bool reported = reader->seen_soa || reader->head->refused;

		reader->head->refused = true;
		if (!reported)
			hrd_zonereader_fault(reader, HRD_ERROR, 0, "zone-no-soa",
			    "no SOA at the apex: no policy zone, or not all of it");
	} else if (!reader->has_ns && reader->has_soa) {
		hrd_zonereader_fault(reader, HRD_WARNING, 0, "zone-no-ns",
		    "no NS at the apex; BIND does not load such a zone");
	}
	check_servers(reader);
	check_origin(reader);
	return reader->head->refused ? HRD_EINVAL : HRD_OK;
}

bool
hrd_zonereader_is_nonsense(struct hrd_zone_reader *reader, uint64_t line)
{
	if (reader->head->faults < HRD_ZONE_FAULTS_MAX ||
	    reader->head->faults <= reader->head->rules)
		return false;
	reader->head->refused = true;
	hrd_zonereader_fault(reader, HRD_ERROR, line, "zone-limit",
	    "more than %u records at fault, and more than there are rules: this is no zone",
	    HRD_ZONE_FAULTS_MAX);
	return true;
}
