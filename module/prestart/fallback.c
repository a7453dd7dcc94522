/* SPDX-License-Identifier: BSD-3-Clause */
/* A site's decisions as rpz: clauses. */
#include <config.h>

#include "module/prestart/fallback.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "module/prestart/zone.h"

#define ALLOW_ORIGIN "hradba-allow"

/* One run. */
struct making {
	const struct hrd_fallback_want *want;
	struct hrd_report *report;
	struct hrd_fallback *out;
	bool nomem;
};

static const char *
override_text(enum hrd_override_action override)
{
	switch (override) {
	case HRD_OVERRIDE_NXDOMAIN:
		return "nxdomain";
	case HRD_OVERRIDE_NODATA:
		return "nodata";
	case HRD_OVERRIDE_PASSTHRU:
		return "passthru";
	case HRD_OVERRIDE_DROP:
		return "drop";
	case HRD_OVERRIDE_CNAME:
		return "cname";
	case HRD_OVERRIDE_DISABLED:
		return "disabled";
	default:
		return NULL;
	}
}

/* A clause to fill in; NULL: no memory. */
static FILE *
begin_clause(struct making *m, const char *origin, const char *path, uint64_t rules)
{
	static const struct hrd_fallback_clause none;
	struct hrd_fallback_clause *clauses =
	    hrd_array_reserve(m->out->clauses, &m->out->room, m->out->count + 1, sizeof(*clauses));
	struct hrd_fallback_clause *clause;
	FILE *text = NULL;

	if (clauses != NULL) {
		m->out->clauses = clauses;
		clause = &clauses[m->out->count++];
		*clause = none;
		clause->rules = rules;
		clause->origin = strdup(origin);
		clause->path = strdup(path);
		if (clause->origin != NULL && clause->path != NULL)
			text = open_memstream(&clause->text, &clause->text_len);
	}
	if (text == NULL)
		m->nomem = true;
	else
		fprintf(text, "rpz:\n\tname: \"%s.\"\n\tzonefile: \"%s\"\n\trpz-log: yes\n", origin,
		    path);
	return text;
}

static void
end_clause(struct making *m, FILE *text)
{
	if (fclose(text) != 0)
		m->nomem = true;
}

static void
put_override(struct making *m, FILE *text, const char *id, const struct hrd_site_policy *policy)
{
	enum hrd_override_action override = policy != NULL ? policy->override : HRD_OVERRIDE_NONE;
	char target[HRD_NAME_TEXT_MAX];

	if (m->want->site->mode == HRD_MODE_OBSERVE)
		override = HRD_OVERRIDE_DISABLED;
	if (override_text(override) != NULL)
		fprintf(text, "\trpz-action-override: %s\n", override_text(override));
	else if (override != HRD_OVERRIDE_NONE)
		hrd_report_note(m->report,
		    "policy %s: its override is none that rpz: has; the rules' own actions apply",
		    id);
	if (override == HRD_OVERRIDE_CNAME) {
		hrd_name_to_text(policy->cname, target);
		fprintf(text, "\trpz-cname-override: \"%s.\"\n", target);
	}
}

/* Of two zones with one name the server takes the first alone. Policies that share a zone have it
 * once. */
static bool
has_zone(struct making *m, const struct hrd_zone_look *zone)
{
	for (size_t i = 0; i < m->out->count; i++) {
		if (strcmp(m->out->clauses[i].path, zone->path) == 0)
			return true;
		if (strcmp(m->out->clauses[i].origin, zone->origin) != 0)
			continue;
		hrd_report_note(m->report,
		    "the zone %s has the name %s as that of %s: nothing of it is enforced; give it "
		    "an apex of its own",
		    zone->path, zone->origin, m->out->clauses[i].path);
		return true;
	}
	return false;
}

static void
put_clause(struct making *m, const struct hrd_zone_look *zone, const char *id,
    const struct hrd_site_policy *policy)
{
	FILE *text;

	if (has_zone(m, zone))
		return;
	if (zone->records == 0)
		hrd_report_note(m->report, "the zone %s has no rules", zone->path);
	text = begin_clause(m, zone->origin, zone->path, zone->records);
	if (text == NULL)
		return;
	fprintf(text, "\trpz-log-name: \"%s\"\n", id);
	put_override(m, text, id, policy);
	end_clause(m, text);
}

/* Whether the server's configuration can have it between quotes. */
static bool
is_quotable(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == '"' || *text == 0x7f)
			return false;
	}
	return true;
}

/* Whether the server can open what is there: from its root. */
static bool
is_within_root(const struct making *m, const char *path)
{
	const char *root = m->want->root;
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	return strncmp(path, root, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* One without an SOA would be taken for a zone without rules, and no word of the server said. */
static bool
find_zone(const struct making *m, struct hrd_zone_look *zone, const char *directory, const char *id)
{
	if (!is_within_root(m, directory) || !hrd_zone_look(zone, directory, id))
		return false;
	if (!zone->has_soa)
		hrd_report_note(m->report, "%s has no SOA and is no zone", zone->path);
	return zone->has_soa;
}

/* Its zone: in the directory of zones, else beside the image. */
static void
take_policy(struct making *m, const struct hrd_site_policy *policy)
{
	char beside[PATH_MAX];
	struct hrd_zone_look zone;
	int len = snprintf(beside, sizeof(beside), "%s%s", m->want->root, policy->directory);

	if (!is_quotable(policy->id) || !is_quotable(beside)) {
		hrd_report_note(
		    m->report, "policy %s: a name that no configuration can have", policy->id);
		return;
	}
	if (!find_zone(m, &zone, m->want->zones, policy->id) &&
	    (len < 0 || (size_t)len >= sizeof(beside) ||
		!find_zone(m, &zone, beside, policy->id))) {
		hrd_report_note(m->report,
		    "policy %s: there is no zone %s/%s.rpz%s: nothing of it is enforced",
		    policy->id, m->want->zones, policy->id,
		    is_within_root(m, m->want->zones) ? "" : " in the chroot of the server");
		return;
	}
	if (policy->known && zone.has_serial && zone.serial != policy->serial)
		hrd_report_note(m->report,
		    "policy %s: %s has serial %" PRIu32 ", the image %" PRIu32
		    ": other rules are enforced",
		    policy->id, zone.path, zone.serial, policy->serial);
	put_clause(m, &zone, policy->id, policy);
}

static int
is_zone(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	/* What a clause can quote; "." hides what is being written. */
	return len > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 4, ".rpz") == 0 &&
	       strspn(entry->d_name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789-._") == len;
}

/* Where the settings do not say which policies there are: all zones of the directory. */
static void
take_all_zones(struct making *m)
{
	struct dirent **entries = NULL;
	int count = scandir(m->want->zones, &entries, is_zone, alphasort);
	size_t before = m->out->count;

	for (int i = 0; i < count; i++) {
		struct hrd_zone_look zone;
		char id[NAME_MAX + 1];

		snprintf(id, sizeof(id), "%.*s", (int)strlen(entries[i]->d_name) - 4,
		    entries[i]->d_name);
		if (find_zone(m, &zone, m->want->zones, id))
			put_clause(m, &zone, id, NULL);
		free(entries[i]);
	}
	free(entries);
	hrd_report_note(m->report,
	    "the settings do not say which policies there are: all %zu zones of %s%s are taken",
	    m->out->count - before, m->want->zones,
	    is_within_root(m, m->want->zones) ? "" : " in the chroot of the server");
}

/* Whether an entry for a whole subtree above covers this one too. A second owner below a wildcard
 * would take the names between them out of it, as the server reads wildcards. */
static bool
is_covered(const struct hrd_policy *allowed, const struct hrd_name *name)
{
	static const uint8_t sibling[] = { 1 };
	struct hrd_name other;
	struct hrd_match match;
	unsigned labels = hrd_name_labels(name);

	if (labels < 2)
		return false;
	hrd_name_suffix(&other, name, labels - 1);
	return hrd_name_prepend(&other, sibling, sizeof(sibling)) == HRD_OK &&
	       hrd_policy_find(allowed, HRD_TRIGGER_QNAME, other.wire, other.len, &match);
}

static void
put_exempted(struct making *m, FILE *zone, const struct hrd_allow_entry *entry)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name whole = entry->name, origin;

	if (hrd_exemption_state(&entry->exemption, m->want->now) == HRD_EXEMPTION_OVER ||
	    is_covered(m->want->site->allow->policy, &entry->name))
		return;
	hrd_name_to_text(&entry->name, text);
	if (hrd_name_from_text(&origin, "*." ALLOW_ORIGIN, strlen("*." ALLOW_ORIGIN)) != HRD_OK ||
	    hrd_name_append(&whole, &origin) != HRD_OK) {
		hrd_report_note(m->report, "%s is too long for rpz: and not exempt", text);
		return;
	}
	fprintf(zone, "%s CNAME rpz-passthru.\n", text);
	if (!entry->exact)
		fprintf(zone, "*.%s CNAME rpz-passthru.\n", text);
}

/* The leading zone of what the site exempts. */
static bool
take_allow(struct making *m, char **text)
{
	const struct hrd_allow *allow = m->want->site->allow;
	size_t len;
	FILE *zone;

	if (allow == NULL || allow->policy == NULL)
		return true;
	if (!is_within_root(m, m->want->allow_path)) {
		hrd_report_note(m->report,
		    "%s would not be in the chroot of the server: no name is exempt",
		    m->want->allow_path);
		return true;
	}
	zone = open_memstream(text, &len);
	if (zone == NULL)
		return false;
	fputs("$ORIGIN " ALLOW_ORIGIN ".\n$TTL 60\n@ SOA localhost. root.localhost. 1 3600 600 "
	      "604800 60\n@ NS localhost.\n",
	    zone);
	for (size_t i = 0; i < allow->list->count; i++)
		put_exempted(m, zone, &allow->list->entries[i]);
	if (fclose(zone) != 0)
		return false;
	zone = begin_clause(m, ALLOW_ORIGIN, m->want->allow_path, 0);
	if (zone == NULL)
		return false;
	fputs("\trpz-log-name: \"local-allow\"\n", zone);
	end_clause(m, zone);
	return true;
}

static void
note_groups(struct making *m)
{
	static const char *const modes[] = { "enforce", "observe", "off" };
	const struct hrd_settings *settings = m->want->site->settings;

	for (size_t i = 0; settings != NULL && i < settings->clients.group_count; i++) {
		const struct hrd_client_group *group = &settings->clients.groups[i];

		if (hrd_exemption_state(&group->exemption, m->want->now) == HRD_EXEMPTION_OVER)
			continue;
		hrd_report_note(m->report,
		    "group %s (mode %s%s) is served as everybody: rpz: knows no groups",
		    group->name, modes[group->mode],
		    group->policy_count > 0 ? ", policies of its own" : "");
	}
}

/* What ends by itself ends in no server without the module; asked once the exempted are written. */
static void
note_ends(struct making *m)
{
	const struct hrd_site *site = m->want->site;
	const struct hrd_exemption *first = NULL;
	char end[HRD_END_TEXT_MAX];

	if (site->mode != HRD_MODE_ENFORCE && site->settings != NULL &&
	    site->settings->mode_exemption.has_end) {
		hrd_exemption_end_text(&site->settings->mode_exemption, end);
		hrd_report_note(m->report,
		    "mode-until: %s: the mode does not end then by itself: restart the server",
		    end);
	}
	for (size_t i = 0; m->out->allow != NULL && i < site->allow->list->count; i++) {
		const struct hrd_exemption *one = &site->allow->list->entries[i].exemption;

		if (hrd_exemption_state(one, m->want->now) != HRD_EXEMPTION_OVER && one->has_end &&
		    (first == NULL || one->end < first->end))
			first = one;
	}
	if (first == NULL)
		return;
	hrd_exemption_end_text(first, end);
	hrd_report_note(m->report,
	    "no name's exemption ends by itself: restart the server after the first end, %s", end);
}

static void
note_cost(struct making *m)
{
	uint64_t rules = 0;

	for (size_t i = 0; i < m->out->count; i++)
		rules += m->out->clauses[i].rules;
	if (rules > m->want->many)
		hrd_report_note(m->report,
		    "%" PRIu64 " rules in rpz: cost about %" PRIu64 " MB of memory and %" PRIu64
		    " s of each start and reload",
		    rules, rules * HRD_RPZ_OCTETS / 1000000,
		    (rules * HRD_RPZ_MICROSECONDS + 999999) / 1000000);
}

bool
hrd_fallback_make(
    const struct hrd_fallback_want *want, struct hrd_report *report, struct hrd_fallback *out)
{
	struct making m = { .want = want, .report = report, .out = out };
	bool good = true;

	memset(out, 0, sizeof(*out));
	if (want->site->mode == HRD_MODE_OFF) {
		hrd_report_note(report, "the site has switched enforcement off (mode: off)");
		note_ends(&m);
		return true;
	}
	if (want->site->mode == HRD_MODE_OBSERVE)
		hrd_report_note(
		    report, "the site only observes (mode: observe): the log tells matches");
	else
		good = take_allow(&m, &out->allow);
	note_ends(&m);
	for (size_t i = 0; i < want->site->count; i++)
		take_policy(&m, &want->site->policies[i]);
	if (want->site->count == 0)
		take_all_zones(&m);
	note_groups(&m);
	note_cost(&m);
	return good && !m.nomem;
}

char *
hrd_fallback_text(const struct hrd_fallback *fallback, struct hrd_report *report)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	report->rules = 0;
	for (size_t i = 0; i < fallback->count; i++) {
		if (fallback->clauses[i].left_out)
			continue;
		fputs(fallback->clauses[i].text, out);
		report->rules += fallback->clauses[i].rules;
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

void
hrd_fallback_clear(struct hrd_fallback *fallback)
{
	for (size_t i = 0; i < fallback->count; i++) {
		free(fallback->clauses[i].text);
		free(fallback->clauses[i].origin);
		free(fallback->clauses[i].path);
	}
	free(fallback->clauses);
	free(fallback->allow);
	memset(fallback, 0, sizeof(*fallback));
}
