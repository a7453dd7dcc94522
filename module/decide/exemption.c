/* SPDX-License-Identifier: BSD-3-Clause */
/* Exemptions and their ends. */
#include <config.h>

#include "module/decide/exemption.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/day.h"
#include "module/base/log.h"

/* Reads a date, whose end is meant, or a date and a time of day. */
static bool
read_end(const struct hrd_yaml_node *node, int64_t *end)
{
	int32_t day;

	if (!hrd_yaml_date(node, &day))
		return node->kind == HRD_YAML_SCALAR &&
		       hrd_time_parse(node->text, node->text_len, end);
	*end = ((int64_t)day + 1) * HRD_DAY_SECONDS;
	return true;
}

void
hrd_conf_until(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_exemption *exemption = target;
	const char *fault = hrd_time_fault(node->text, node->text_len);

	if (fault != NULL)
		hrd_conf_fault(
		    conf, node->line, node->col, "settings-type", "\"%s\": %s", node->text, fault);
	else if (!read_end(node, &exemption->end))
		hrd_conf_type_fault(conf, node, "a date, YYYY-MM-DD, or YYYY-MM-DDTHH:MMZ");
	exemption->has_end = true;
}

enum hrd_exemption_state
hrd_exemption_state(const struct hrd_exemption *exemption, int64_t now)
{
	if (!exemption->has_end || now < exemption->end - HRD_EXEMPTION_WARN)
		return HRD_EXEMPTION_ACTIVE;
	return now < exemption->end ? HRD_EXEMPTION_ENDING : HRD_EXEMPTION_OVER;
}

void
hrd_exemption_end_text(const struct hrd_exemption *exemption, char text[HRD_END_TEXT_MAX])
{
	bool day = exemption->end < 0 || exemption->end % HRD_DAY_SECONDS == 0;

	text[0] = '\0';
	/* A day is named by itself, not by the midnight that ends it. */
	if (exemption->has_end && day)
		hrd_date_text((int32_t)(exemption->end / HRD_DAY_SECONDS - 1), text);
	else if (exemption->has_end)
		hrd_time_text((uint64_t)exemption->end, text);
}

void
hrd_span_cut(struct hrd_span *span, int64_t now, int64_t at)
{
	if (at <= now) {
		if (at > span->since)
			span->since = at;
	} else if (at < span->until) {
		span->until = at;
	}
}

/* Warns of a fact about one exemption. */
static void
warn(const struct hrd_exemption_count *count, const struct hrd_exemption *exemption,
    const char *what, const char *name, const char *fact, const char *id)
{
	hrd_log_as(HRD_LOG_WARNING, "exemption-warning",
	    "%s:%u:%u: warning: the exemption of %s \"%s\" %s [%s]", count->file,
	    (unsigned)exemption->line, (unsigned)exemption->col, what, name, fact, id);
}

static void
warn_of_end(const struct hrd_exemption_count *count, const struct hrd_exemption *exemption,
    const char *what, const char *name, bool over)
{
	char date[HRD_END_TEXT_MAX], fact[128];

	hrd_exemption_end_text(exemption, date);
	snprintf(fact, sizeof(fact),
	    over ? "ended on %s and is not applied: remove it, or give it a later \"until\""
		 : "ends on %s: renew \"until\", or let it end",
	    date);
	warn(count, exemption, what, name, fact, over ? "exemption-over" : "exemption-ends");
}

/* Who, why and until when. */
static void
warn_of_gaps(const struct hrd_exemption_count *count, const struct hrd_exemption *exemption,
    const char *what, const char *name)
{
	const char *fact = exemption->owner == NULL    ? "has no \"owner\""
			   : exemption->reason == NULL ? "has no \"reason\""
			   : !exemption->has_end       ? "has no end, \"until\""
						       : NULL;

	if (fact != NULL)
		warn(count, exemption, what, name, fact, "exemption-unowned");
}

bool
hrd_exemption_note(struct hrd_exemption_count *count, const struct hrd_exemption *exemption,
    const char *what, const char *name)
{
	enum hrd_exemption_state state = hrd_exemption_state(exemption, count->now);
	bool fresh = count->before == INT64_MIN;
	bool other = fresh || hrd_exemption_state(exemption, count->before) != state;

	count->sum.active += state != HRD_EXEMPTION_OVER;
	count->sum.ending += state == HRD_EXEMPTION_ENDING;
	count->sum.over += state == HRD_EXEMPTION_OVER;
	if (exemption->has_end) {
		hrd_span_cut(&count->span, count->now, exemption->end - HRD_EXEMPTION_WARN);
		hrd_span_cut(&count->span, count->now, exemption->end);
	}
	if (fresh && state != HRD_EXEMPTION_OVER)
		warn_of_gaps(count, exemption, what, name);
	if (other && state != HRD_EXEMPTION_ACTIVE)
		warn_of_end(count, exemption, what, name, state == HRD_EXEMPTION_OVER);
	return state != HRD_EXEMPTION_OVER;
}
