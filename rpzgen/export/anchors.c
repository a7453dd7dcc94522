/* SPDX-License-Identifier: BSD-3-Clause */
/* Negative trust anchors (RFC 7646) for validating forwarders: a block below a signed zone has no
 * proof, so they take it for bogus unless they are told not to validate there (doc/clients.md). */
#include <config.h>

#include <stddef.h>

#include "rpzgen/export/export.h"
#include "rpzgen/rules/find.h"

static enum hrd_export_result
anchor(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why,
    const char *before, const char *after)
{
	if (!hrd_action_blocks(e->at) && !hrd_action_blocks(e->below))
		return HRD_EXPORT_NOTHING;
	switch (hrd_live_record_signed(run->record, &e->name)) {
	case HRD_LIVE_VALIDATED:
		fprintf(run->out, "%s%s%s\n", before, e->text, after);
		return HRD_EXPORT_WRITTEN;
	case HRD_LIVE_SIGNED_UNKNOWN:
		*why = "the record does not say whether its zone is signed";
		return HRD_EXPORT_LEFT_OUT;
	default:
		return HRD_EXPORT_NOTHING;
	}
}

static enum hrd_export_result
unbound(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	return anchor(run, e, why, "domain-insecure: \"", "\"");
}

static enum hrd_export_result
bind(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	return anchor(run, e, why, "\t\"", "\";");
}

static enum hrd_export_result
knot(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	return anchor(run, e, why, "\t'", "',");
}

static enum hrd_export_result
resolved(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	return anchor(run, e, why, "", "");
}

const struct hrd_export_form hrd_export_anchors[] = {
	{ .word = "unbound",
	    .comment = "#",
	    .about = "For include: in unbound.conf: signed listed zones are not validated.",
	    .head = "server:\n",
	    .needs_record = true,
	    .entry = unbound },
	{ .word = "bind",
	    .comment = "#",
	    .about = "For include in options { } of named.conf: the same. For a day: rndc nta.",
	    .head = "validate-except {\n",
	    .tail = "};\n",
	    .needs_record = true,
	    .entry = bind },
	{ .word = "knot",
	    .comment = "--",
	    .about = "For dofile() in kresd.conf of Knot Resolver 5: the same.",
	    .head = "trust_anchors.set_insecure({\n",
	    .tail = "})\n",
	    .needs_record = true,
	    .entry = knot },
	{ .word = "resolved",
	    .comment = ";",
	    .about = "For /etc/dnssec-trust-anchors.d/NAME.negative of systemd-resolved: the same.",
	    .needs_record = true,
	    .entry = resolved },
	{ .word = NULL },
};
