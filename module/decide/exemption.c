/* SPDX-License-Identifier: BSD-3-Clause */
/* Exemptions and their ends. */
#include <config.h>

#include "module/decide/exemption.h"

#include <stdio.h>
#include <time.h>

#include "lib/base/day.h"
#include "module/base/log.h"

enum { DATE_TEXT_MAX = 16 };

void
hrd_form_until(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_exemption *exemption = target;

	if (!hrd_yaml_date(node, &exemption->until))
		hrd_form_type_fault(form, node, "a date, YYYY-MM-DD");
	exemption->has_until = true;
}

static void
write_date(int32_t day, char text[DATE_TEXT_MAX])
{
	time_t seconds = (time_t)day * HRD_DAY_SECONDS;
	struct tm utc;

	gmtime_r(&seconds, &utc);
	if (strftime(text, DATE_TEXT_MAX, "%Y-%m-%d", &utc) == 0)
		text[0] = '\0';
}

/* Warns of a fact about one exemption. */
static void
warn(const struct hrd_form *form, const struct hrd_exemption *exemption, const char *what,
    const char *name, const char *fact, const char *id)
{
	hrd_log(HRD_LOG_WARNING, "%s:%u:%u: warning: the exemption of %s \"%s\" %s [%s]",
	    form->file, (unsigned)exemption->line, (unsigned)exemption->col, what, name, fact, id);
}

static void
warn_of_end(const struct hrd_form *form, const struct hrd_exemption *exemption, const char *what,
    const char *name, bool over)
{
	char date[DATE_TEXT_MAX], fact[128];

	write_date(exemption->until, date);
	snprintf(fact, sizeof(fact),
	    over ? "ended on %s and is not applied: remove it, or give it a later \"until\""
		 : "ends on %s: renew \"until\", or let it end",
	    date);
	warn(form, exemption, what, name, fact, over ? "exemption-over" : "exemption-ends");
}

static void
change_on(struct hrd_exemptions *sum, int32_t day)
{
	if (sum->change == 0 || day < sum->change)
		sum->change = day;
}

bool
hrd_exemption_note(const struct hrd_form *form, const struct hrd_exemption *exemption,
    const char *what, const char *name, struct hrd_exemptions *sum)
{
	if (exemption->has_until && exemption->until < form->today) {
		sum->over++;
		warn_of_end(form, exemption, what, name, true);
		return false;
	}
	sum->active++;
	if (exemption->owner == NULL || exemption->reason == NULL || !exemption->has_until)
		warn(form, exemption, what, name,
		    exemption->owner == NULL    ? "has no \"owner\""
		    : exemption->reason == NULL ? "has no \"reason\""
						: "has no end, \"until\"",
		    "exemption-unowned");
	if (!exemption->has_until)
		return true;
	if (exemption->until - form->today <= HRD_EXEMPTION_WARN_DAYS) {
		sum->ending++;
		warn_of_end(form, exemption, what, name, false);
		change_on(sum, exemption->until + 1);
	} else {
		change_on(sum, exemption->until - HRD_EXEMPTION_WARN_DAYS);
	}
	return true;
}
