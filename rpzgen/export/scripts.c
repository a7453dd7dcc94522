/* SPDX-License-Identifier: BSD-3-Clause */
/* Forms in Lua, with the reading of this engine: the exact rule of a name, else the wildcard of the
 * closest ancestor that has one. */
#include <config.h>

#include <stddef.h>

#include "rpzgen/export/export.h"

struct language {
	const char *before, *between, *after; /* of table[name] = action */
	const char *actions[HRD_ACTIONS];
};

static void
line(FILE *out, const struct language *language, const char *table, const char *name,
    const char *action)
{
	fprintf(out, "%s%s%s%s%s%s\n", table, language->before, name, language->between, action,
	    language->after);
}

static enum hrd_export_result
script(const struct hrd_export *run, const struct hrd_export_entry *e,
    const struct language *language, const char **why)
{
	const char *at = language->actions[e->at], *below = language->actions[e->below];

	if ((e->at != HRD_ACTION_NONE && at == NULL) ||
	    (e->below != HRD_ACTION_NONE && below == NULL)) {
		*why = "the form has no such action";
		return HRD_EXPORT_LEFT_OUT;
	}
	if (at != NULL)
		line(run->out, language, "at", e->text, at);
	if (below != NULL)
		line(run->out, language, "below", e->text, below);
	return HRD_EXPORT_WRITTEN;
}

static enum hrd_export_result
recursor(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	static const struct language language = { .before = "['",
		.between = ".'] = '",
		.after = "'",
		.actions = {
		    [HRD_ACTION_NXDOMAIN] = "NXDOMAIN",
		    [HRD_ACTION_NODATA] = "NODATA",
		    [HRD_ACTION_DROP] = "DROP",
		    [HRD_ACTION_PASSTHRU] = "PASS",
		} };

	return script(run, e, &language, why);
}

static enum hrd_export_result
knot(const struct hrd_export *run, const struct hrd_export_entry *e, const char **why)
{
	static const struct language language = { .before = "[todname('",
		.between = ".')] = ",
		.after = "",
		.actions = {
		    [HRD_ACTION_NXDOMAIN] = "policy.DENY",
		    [HRD_ACTION_DROP] = "policy.DROP",
		    [HRD_ACTION_PASSTHRU] = "policy.PASS",
		} };

	return script(run, e, &language, why);
}

const struct hrd_export_form hrd_export_scripts[] = {
	{ .word = "recursor",
	    .comment = "--",
	    .about = "For lua-dns-script (recursor.lua_dns_script) of PowerDNS Recursor.",
	    .head = "local at, below = {}, {}\n",
	    .tail =
		"local function decide(name)\n"
		"  local found = at[name:toString():lower()]\n"
		"  while found == nil and name:chopOff() do\n"
		"    found = below[name:toString():lower()]\n"
		"  end\n"
		"  return found\n"
		"end\n"
		"function preresolve(dq)\n"
		"  local found = decide(newDN(dq.qname:toString()))\n"
		"  if found == nil or found == 'PASS' then return false end\n"
		"  dq.rcode = found == 'NODATA' and pdns.NOERROR or found == 'DROP' and pdns.DROP\n"
		"    or pdns.NXDOMAIN\n"
		"  return true\n"
		"end\n",
	    .entry = recursor },
	{ .word = "knot",
	    .comment = "--",
	    .about = "For dofile() in kresd.conf of Knot Resolver 5.",
	    .head = "local at, below = {}, {}\n",
	    .tail = "policy.add(function (_, query)\n"
		    "  local name = query:name()\n"
		    "  local found = at[name]\n"
		    "  while found == nil and name:byte(1) ~= 0 do\n"
		    "    name = name:sub(name:byte(1) + 2)\n"
		    "    found = below[name]\n"
		    "  end\n"
		    "  return found\n"
		    "end)\n",
	    .entry = knot },
	{ .word = NULL },
};
