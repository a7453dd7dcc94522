/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares zone text with rules. */
#include <config.h>

#include "rpzgen/zone/readback.h"

#include <stdio.h>
#include <string.h>

#include "rpzgen/zone/read.h"

/* The record that must come next: the n-th of the i-th rule of a trigger. */
struct expected {
	const struct hrd_ruleset *rules;
	const char *file; /* for diagnostics */
	struct hrd_diag *diag;
	uint64_t faults;
	int trigger;
	size_t i, n;
};

static bool
acts(enum hrd_action action)
{
	return action != HRD_ACTION_OBSERVE && action != HRD_ACTION_STOP;
}

/* Moves on to a rule that acts, from the present one; false at the end. */
static bool
find_rule(struct expected *at, struct hrd_rule *rule)
{
	for (; at->trigger < HRD_TRIGGERS; at->trigger++, at->i = 0) {
		enum hrd_trigger trigger = (enum hrd_trigger)at->trigger;

		for (; at->i < hrd_rules_count_of(at->rules, trigger); at->i++) {
			hrd_rules_get(at->rules, trigger, at->i, rule);
			if (acts(rule->action))
				return true;
		}
	}
	return false;
}

static bool
same_owner(const struct hrd_rule *a, const struct hrd_rule *b)
{
	if (a->trigger != b->trigger || a->wildcard != b->wildcard || a->action != b->action)
		return false;
	if (hrd_trigger_has_name(a->trigger))
		return hrd_name_cmp(&a->name, &b->name) == 0;
	return a->prefix.len == b->prefix.len &&
	       memcmp(a->prefix.addr, b->prefix.addr, sizeof(a->prefix.addr)) == 0;
}

static bool
same_record(const struct hrd_rr *a, const struct hrd_rr *b)
{
	return a->type == b->type && a->ttl == b->ttl && a->rdlen == b->rdlen &&
	       memcmp(a->rdata, b->rdata, a->rdlen) == 0;
}

static int
take(void *ctx, const struct hrd_rule *rule, const struct hrd_rr *rr)
{
	struct expected *at = ctx;
	struct hrd_rule wanted;
	struct hrd_rr record;
	size_t records;

	if (!find_rule(at, &wanted) || !same_owner(&wanted, rule))
		return HRD_ECORRUPT;
	records = hrd_rules_rr_count(at->rules, wanted.trigger, at->i);
	if ((records > 0) != (rr != NULL))
		return HRD_ECORRUPT;
	if (rr != NULL) {
		hrd_rules_rr(at->rules, wanted.trigger, at->i, at->n, &record);
		if (!same_record(&record, rr))
			return HRD_ECORRUPT;
	}
	if (++at->n >= records) {
		at->i++;
		at->n = 0;
	}
	return HRD_OK;
}

/* What may be another's way of writing is not what we publish. */
static void
take_fault(void *ctx, enum hrd_severity severity, uint64_t line, const char *id, const char *text)
{
	struct expected *at = ctx;
	struct hrd_position place = { at->file, line, 0 };

	if (strcmp(id, "zone-cut") == 0 || strcmp(id, "zone-target") == 0)
		severity = HRD_ERROR;
	at->faults += severity == HRD_ERROR;
	if (severity == HRD_ERROR)
		hrd_diag(at->diag, severity, &place, id, "%s", text);
}

int
hrd_readback(const struct hrd_ruleset *rules, const char *file, const char *data, size_t len,
    struct hrd_diag *diag)
{
	struct expected at = { .rules = rules, .file = file, .diag = diag };
	const struct hrd_zone_sink sink = { .ctx = &at, .rule = take, .fault = take_fault };
	struct hrd_zone_head head;
	struct hrd_rule missing;
	union {
		const char *in;
		char *out;
	} text = { .in = data }; /* fmemopen() in mode "r" does not write */
	FILE *stream = fmemopen(text.out, len, "r");
	int status;

	if (stream == NULL)
		return HRD_ENOMEM;
	status = hrd_zone_read(stream, NULL, &sink, &head);
	fclose(stream);
	if (status == HRD_EINVAL ||
	    (status == HRD_OK && (at.faults > 0 || find_rule(&at, &missing))))
		status = HRD_ECORRUPT;
	return status;
}
