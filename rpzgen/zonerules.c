/* SPDX-License-Identifier: BSD-3-Clause */
/* Zone to rule set, without mercy. */
#include <config.h>

#include "rpzgen/zonerules.h"

#include <errno.h>
#include <inttypes.h>

struct reading {
	struct hrd_rules *rules;
	struct hrd_diag *diag;
	const char *file;
};

static int
take_rule(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct reading *r = ctx;

	return hrd_rules_add(r->rules, rule, rr);
}

static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct reading *r = ctx;
	struct hrd_place place = { r->file, line, 0 };

	hrd_diag(r->diag, severity, &place, id, "%s", text);
}

static void
take_clash(
    void *ctx, enum hrd_clash clash, const struct hrd_rule *kept, const struct hrd_rule *other)
{
	struct reading *r = ctx;
	struct hrd_place place = { r->file, other->line, 0 };

	if (clash != HRD_CLASH_DUPLICATE)
		hrd_diag(r->diag, HRD_ERROR, &place, "zone-two-actions",
		    "two actions for one trigger; the other is in line %" PRIu64, kept->line);
}

struct hrd_rules *
hrd_zone_rules(FILE *stream, const char *file, struct hrd_diag *diag, struct hrd_zone_head *head)
{
	struct reading r = { hrd_rules_new(), diag, file };
	const struct hrd_zone_sink sink = { .ctx = &r, .rule = take_rule, .fault = take_fault };
	struct hrd_place place = { file, 0, 0 };
	int status = r.rules != NULL ? hrd_zone_read(stream, NULL, &sink, head) : HRD_ENOMEM;

	if (status == HRD_OK && head->faults > 0)
		status = HRD_EINVAL;
	if (status == HRD_OK)
		status = hrd_rules_seal(r.rules, take_clash, &r);
	if (status == HRD_OK)
		return r.rules;
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status == HRD_EIO)
		hrd_diag_system(diag, file, errno);
	else if (status == HRD_ELIMIT)
		hrd_diag(diag, HRD_ERROR, &place, "zone-limit", "too many rules");
	hrd_rules_free(r.rules);
	return NULL;
}
