/* SPDX-License-Identifier: BSD-3-Clause */
/* Zone to rule set. */
#include <config.h>

#include "rpzgen/zone/rules.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/limits.h"
#include "rpzgen/zone/write.h"

struct reading {
	const struct hrd_zone_reading *how;
	struct hrd_ruleset *rules;
	struct hrd_zone_head *head;
};

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct reading *r = ctx;

	return hrd_rules_add(r->rules, rule, rr);
}

/* Warnings of what some servers load no zone with. */
static bool
is_unloadable(const char *id)
{
	return strcmp(id, "zone-no-ns") == 0 || strcmp(id, "zone-ns-address") == 0;
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct reading *r = ctx;
	struct hrd_position place = { r->how->file, line, r->head->col };

	/* A record that is left out is no error where the rest is taken. */
	if (r->how->lenient && !r->head->refused && severity == HRD_ERROR)
		severity = HRD_WARNING;
	if (r->how->strict && is_unloadable(id)) {
		severity = HRD_ERROR;
		r->head->faults++;
	}
	hrd_diag(r->how->diag, severity, &place, id, "%s", text);
}

static void
take_progress(void *ctx, uint64_t records)
{
	struct reading *r = ctx;

	hrd_progress_show(r->how->progress, r->how->file, records, "records");
}

static void
take_clash(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct reading *r = ctx;
	struct hrd_diag *diag = r->how->diag;
	enum hrd_severity severity = r->how->lenient ? HRD_WARNING : HRD_ERROR;
	struct hrd_position place = { r->how->file, other->line, 0 };
	char owner[HRD_OWNER_TEXT_MAX];

	if (clash == HRD_CLASH_DUPLICATE)
		return;
	r->head->faults++;
	hrd_dump_owner_of(other, owner);
	if (clash == HRD_CLASH_SURPLUS)
		hrd_diag(diag, severity, &place, "zone-records-limit",
		    "%s: more than %u records at one owner; this one is left out", owner,
		    HRD_RRS_PER_OWNER_MAX);
	else if (clash == HRD_CLASH_CNAME)
		hrd_diag(diag, severity, &place, "zone-cname-data",
		    "%s: data beside a CNAME, or two CNAMEs; line %" PRIu64 " stays", owner,
		    kept->line);
	else
		hrd_diag(diag, severity, &place, "zone-two-actions",
		    "%s: two actions for one trigger: %s here, %s in line %" PRIu64 ", which stays",
		    owner, hrd_action_name(other->action), hrd_action_name(kept->action),
		    kept->line);
}

/* HRD_EINVAL was told where it happened. */
static void
report(const struct hrd_zone_reading *how, int status)
{
	struct hrd_position place = { how->file, 0, 0 };

	if (status == HRD_ENOMEM)
		hrd_diag_nomem(how->diag);
	else if (status == HRD_EIO)
		hrd_diag_system(how->diag, how->file, errno);
	else if (status == HRD_ELIMIT)
		hrd_diag(how->diag, HRD_ERROR, &place, "zone-limit", "too many rules");
}

/* Reads the stream, or the records where there is none. */
static int
read_rules(struct reading *r, FILE *stream, const struct hrd_record_source *records)
{
	const struct hrd_zone_sink sink = { .ctx = r,
		.part = r->how->part,
		.rule = take_rule,
		.fault = take_fault,
		.progress = r->how->progress != NULL ? take_progress : NULL };
	int status = stream != NULL ? hrd_zone_read(stream, r->how->origin, &sink, r->head)
				    : hrd_zone_read_records(records, &sink, r->head);

	if (status != HRD_OK)
		return status;
	status = hrd_rules_seal(r->rules, take_clash, r);
	if (status != HRD_OK && status != HRD_EEXIST)
		return status;
	return r->head->faults > 0 && !r->how->lenient ? HRD_EINVAL : HRD_OK;
}

static struct hrd_ruleset *
make_rules(FILE *stream, const struct hrd_record_source *records,
    const struct hrd_zone_reading *how, struct hrd_zone_head *head)
{
	struct reading r = { how, hrd_rules_new(), head };
	int status = r.rules != NULL ? read_rules(&r, stream, records) : HRD_ENOMEM;

	if (how->progress != NULL)
		hrd_progress_end(how->progress);
	if (status == HRD_OK)
		return r.rules;
	report(how, status);
	hrd_rules_free(r.rules);
	return NULL;
}

struct hrd_ruleset *
hrd_zone_rules(FILE *stream, const struct hrd_zone_reading *how, struct hrd_zone_head *head)
{
	return make_rules(stream, NULL, how, head);
}

struct hrd_ruleset *
hrd_zone_rules_records(const struct hrd_record_source *records, const struct hrd_zone_reading *how,
    struct hrd_zone_head *head)
{
	return make_rules(NULL, records, how, head);
}

struct hrd_ruleset *
hrd_zone_rules_text(
    const char *text, size_t len, const struct hrd_zone_reading *how, struct hrd_zone_head *head)
{
	union {
		const char *in;
		char *out;
	} data = { .in = text }; /* fmemopen() in mode "r" does not write */
	FILE *stream = fmemopen(data.out, len, "r");
	struct hrd_ruleset *rules;

	if (stream == NULL) {
		hrd_diag_nomem(how->diag);
		return NULL;
	}
	rules = hrd_zone_rules(stream, how, head);
	fclose(stream);
	return rules;
}
