/* SPDX-License-Identifier: BSD-3-Clause */
/* Forms of one line a name. */
#include <config.h>

#include <stddef.h>

#include "rpzgen/export/export.h"
#include "rpzgen/rules/find.h"

static const char only_subtrees[] =
    "the form takes a name together with everything below it, and the rule is for one of the two";
static const char no_action[] = "the form has no such action";
static const char no_exception[] =
    "the form has no exception; the name is blocked where one above it is";

static enum hrd_export_result
left_out(const char **why, const char *text)
{
	*why = text;
	return HRD_EXPORT_LEFT_OUT;
}

static bool
is_subtree(const struct hrd_export_entry *e)
{
	return e->at == e->below;
}

static enum hrd_export_result
domains(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	if (!is_subtree(e))
		return left_out(why, only_subtrees);
	if (e->at == HRD_ACTION_PASSTHRU)
		return left_out(why, no_exception);
	if (e->at != HRD_ACTION_NXDOMAIN)
		return left_out(why, no_action);
	fprintf(run->out, "%s\n", e->text);
	return HRD_EXPORT_WRITTEN;
}

/* A hosts file has single names: what passes is just not in it. */
static enum hrd_export_result
hosts(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	if (e->at == HRD_ACTION_NXDOMAIN) {
		fprintf(run->out, "0.0.0.0 %s\n:: %s\n", e->text, e->text);
		*why = "names below it are not blocked: the form has single names";
		return hrd_action_blocks(e->below) ? HRD_EXPORT_PARTLY : HRD_EXPORT_WRITTEN;
	}
	if (hrd_action_blocks(e->at))
		return left_out(why, no_action);
	if (hrd_action_blocks(e->below))
		return left_out(why, "the form has single names, no wildcards");
	return HRD_EXPORT_NOTHING;
}

static enum hrd_export_result
dnsmasq(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	if (!is_subtree(e))
		return left_out(why, only_subtrees);
	if (e->at == HRD_ACTION_PASSTHRU)
		fprintf(run->out, "server=/%s/#\n", e->text);
	else if (e->at == HRD_ACTION_NXDOMAIN)
		fprintf(run->out, "address=/%s/\n", e->text);
	else
		return left_out(why, no_action);
	return HRD_EXPORT_WRITTEN;
}

static enum hrd_export_result
unbound(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	static const char *const types[HRD_ACTIONS] = {
		[HRD_ACTION_NXDOMAIN] = "always_nxdomain",
		[HRD_ACTION_NODATA] = "always_nodata",
		[HRD_ACTION_DROP] = "always_deny",
		[HRD_ACTION_PASSTHRU] = "always_transparent",
	};

	if (!is_subtree(e))
		return left_out(why, only_subtrees);
	if (types[e->at] == NULL)
		return left_out(why, no_action);
	fprintf(run->out, "local-zone: \"%s.\" %s\n", e->text, types[e->at]);
	return HRD_EXPORT_WRITTEN;
}

/* In this form an exception wins over every block, however close that one is. */
static bool
is_below_exception(const struct hrd_ruleset *set, const struct hrd_name *name)
{
	struct hrd_name_ancestors of;
	struct hrd_name above;
	struct hrd_rule rule;
	size_t index;

	hrd_name_ancestors(&of, name);
	for (unsigned labels = of.labels; labels-- > 0;) {
		hrd_name_nth_ancestor(&above, name, &of, labels);
		if (!hrd_rules_of(set, HRD_TRIGGER_QNAME, &above, true, &index))
			continue;
		hrd_rules_get(set, HRD_TRIGGER_QNAME, index, &rule);
		if (rule.action == HRD_ACTION_PASSTHRU)
			return true;
	}
	return false;
}

static enum hrd_export_result
adguard(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	bool passes = e->at == HRD_ACTION_PASSTHRU;

	if (!is_subtree(e) && e->below != HRD_ACTION_NONE)
		return left_out(why, "the form has one action for a name and what is below it");
	if (!passes && e->at != HRD_ACTION_NXDOMAIN)
		return left_out(why, no_action);
	if (!passes && is_below_exception(run->set, &e->name))
		return left_out(why, "an exception above it wins over every block");
	fprintf(run->out, "%s%s%s^\n", passes ? "@@" : "", is_subtree(e) ? "||" : "|", e->text);
	return HRD_EXPORT_WRITTEN;
}

const struct hrd_export_form hrd_export_lists[] = {
	{ .word = "domains",
	    .comment = "#",
	    .about = "Each name stands for itself and everything below it.",
	    .entry = domains },
	{ .word = "hosts",
	    .comment = "#",
	    .about =
		"Single names with addresses that lead nowhere; nothing below a name is in it.",
	    .entry = hosts },
	{ .word = "dnsmasq",
	    .comment = "#",
	    .about = "For conf-dir of dnsmasq: NXDOMAIN for each name and everything below it.",
	    .entry = dnsmasq },
	{ .word = "unbound",
	    .comment = "#",
	    .about =
		"For include: in unbound.conf; each line covers what is below the name as well.",
	    .head = "server:\n",
	    .entry = unbound },
	{ .word = "adguard",
	    .comment = "!",
	    .about =
		"For AdGuard Home and what reads its filters; || covers what is below as well.",
	    .entry = adguard },
	{ .word = NULL },
};
