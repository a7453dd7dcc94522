/* SPDX-License-Identifier: BSD-3-Clause */
/* The metrics page: one function a group of families. */
#include <config.h>

#include "module/report/metrics_page.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"

enum {
	LINE_PART_MAX = 512,
	ZEROS_MAX = HRD_SERIES_MAX / 2, /* series beyond which none with 0 is added */
};

struct page {
	struct hrd_buffer *out;
	int status; /* the first failure */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
put(struct page *page, const char *format, ...)
{
	char text[LINE_PART_MAX];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		page->status = HRD_ELIMIT;
	if (page->status == HRD_OK)
		page->status = hrd_buffer_add(page->out, text, (size_t)len);
}

/* key="value" with the escapes of the format. */
static void
put_label(struct page *page, const char *key, const char *value)
{
	put(page, "%s=\"", key);
	for (; *value; value++) {
		if (*value == '\n')
			put(page, "\\n");
		else
			put(page, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
	}
	put(page, "\"");
}

static void
family(struct page *page, const char *name, const char *type, const char *help)
{
	put(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_instance(struct page *page, const struct hrd_metrics *metrics,
    const struct hrd_generation *generation, int64_t now)
{
	static const char *const modes[] = { "enforce", "observe", "off" };

	family(page, "hradba_instance_info", "gauge",
	    "This start of the module; counters begin at 0 with each instance.");
	put(page, "hradba_instance_info{start_id=\"%s\",version=\"" PACKAGE_VERSION "\"} 1\n",
	    metrics->instance);
	family(page, "hradba_start_time_seconds", "gauge", "When this instance started.");
	put(page, "hradba_start_time_seconds %" PRId64 "\n", metrics->started);
	family(page, "hradba_up", "gauge", "0: the module was told to end, this is its last page.");
	put(page, "hradba_up %d\n", hrd_metrics_get(metrics, HRD_COUNTER_STOPPED) == 0);
	family(page, "hradba_page_timestamp_seconds", "gauge",
	    "When this page was written: an old one is that of a dead server.");
	put(page, "hradba_page_timestamp_seconds %" PRId64 "\n", now);
	family(page, "hradba_page_interval_seconds", "gauge", "Seconds between two pages.");
	put(page, "hradba_page_interval_seconds %u\n",
	    (unsigned)generation->settings->metrics.interval);
	family(page, "hradba_mode", "gauge", "1 for the mode of clients in no group.");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		put(page, "hradba_mode{mode=\"%s\"} %d\n", modes[i],
		    generation->mode == (enum hrd_mode)i);
	family(page, "hradba_mode_until_timestamp_seconds", "gauge",
	    "When the mode goes back to enforce by itself; none: it does not.");
	if (generation->mode != HRD_MODE_ENFORCE && generation->settings->mode_exemption.has_end)
		put(page, "hradba_mode_until_timestamp_seconds %" PRId64 "\n",
		    generation->settings->mode_exemption.end);
	family(page, "hradba_policies_configured", "gauge", "Policies that the settings name.");
	put(page, "hradba_policies_configured %zu\n", generation->settings->policy_count);
	family(page, "hradba_policies_loaded", "gauge",
	    "Policies in force; fewer than configured: an alarm.");
	put(page, "hradba_policies_loaded %zu\n",
	    generation->settings->policy_count - generation->lacking);
	family(page, "hradba_unsafe_files", "gauge",
	    "Files, of those that decide what is blocked, that others than their owner can write.");
	put(page, "hradba_unsafe_files %u\n", generation->unsafe);
}

static void
put_exemption(struct page *page, const char *kind, const struct hrd_exemption_sum *sum)
{
	put(page,
	    "hradba_exemptions{kind=\"%s\",state=\"active\"} %u\n"
	    "hradba_exemptions{kind=\"%s\",state=\"ending\"} %u\n"
	    "hradba_exemptions{kind=\"%s\",state=\"over\"} %u\n",
	    kind, sum->active, kind, sum->ending, kind, sum->over);
}

static void
put_exemptions(struct page *page, const struct hrd_generation *generation)
{
	static const struct hrd_exemption_sum none = { 0, 0, 0 };

	family(page, "hradba_exemptions", "gauge",
	    "Exempt groups and names; ending ones, within 14 days, are active too.");
	put_exemption(page, "group", &generation->exempt_groups);
	put_exemption(
	    page, "name", generation->allow != NULL ? &generation->allow->exemptions : &none);
}

/* One gauge of each policy: sets *value, or says that there is none. */
typedef bool policy_value_fn(
    const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value);

static const struct hrd_policy_info *
info_of(const struct hrd_generation *generation, size_t i)
{
	return hrd_policy_info(generation->held[i].image->policy);
}

static bool
serial(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = info_of(generation, i)->serial;
	return true;
}

static bool
created(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)info_of(generation, i)->created;
	return *value != 0;
}

static bool
age(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	bool known = created(generation, i, now, value);

	*value = now - *value;
	return known;
}

static bool
expiry(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)info_of(generation, i)->not_after;
	return *value != 0;
}

static bool
expired(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = generation->held[i].expired;
	return true;
}

static bool
signature_required(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = generation->held[i].policy->key_count > 0;
	return true;
}

static bool
stand_in(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = generation->held[i].image->file.st_ino == 0;
	return true;
}

static bool
key_withdrawn(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = !generation->held[i].trusted;
	return true;
}

static bool
memory(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)hrd_policy_memory(generation->held[i].image->policy);
	return true;
}

static bool
observe_rules(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)info_of(generation, i)->observed;
	return true;
}

static bool
companion_rules(const struct hrd_generation *generation, size_t i, int64_t now, int64_t *value)
{
	const uint64_t *rules = info_of(generation, i)->rules;

	(void)now;
	*value = (int64_t)(rules[HRD_TRIGGER_CLIENT_IP] + rules[HRD_TRIGGER_NSDNAME] +
			   rules[HRD_TRIGGER_NSIP]);
	return true;
}

static void
put_policies(struct page *page, const struct hrd_generation *generation, int64_t now)
{
	static const struct {
		const char *name;
		policy_value_fn *value;
		const char *help;
	} gauges[] = {
		{ "hradba_policy_serial", serial, "Serial of the image in force." },
		{ "hradba_policy_created_timestamp_seconds", created, "When the image was made." },
		{ "hradba_policy_age_seconds", age, "Time since the image was made." },
		{ "hradba_policy_expiry_timestamp_seconds", expiry,
		    "When the validity of the image ends." },
		{ "hradba_policy_expired", expired,
		    "1: the validity of the image has ended: an alarm." },
		{ "hradba_policy_signature_required", signature_required,
		    "0: the settings name no keys, so unsigned images are taken." },
		{ "hradba_policy_last_good_copy", stand_in,
		    "1: the image of the settings was bad at the start, its last good copy is in "
		    "force: an alarm." },
		{ "hradba_policy_key_withdrawn", key_withdrawn,
		    "1: no key of the settings has signed the image in force: an alarm." },
		{ "hradba_policy_memory_bytes", memory, "Octets held by the image." },
		{ "hradba_policy_observe_rules", observe_rules, "Rules that only observe." },
		{ "hradba_policy_companion_rules", companion_rules,
		    "Rules that are left to the companion zone." },
	};
	size_t count = generation->held_count;
	int64_t value;

	for (size_t g = 0; count > 0 && g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		family(page, gauges[g].name, "gauge", gauges[g].help);
		for (size_t i = 0; i < count; i++) {
			if (generation->held[i].image != NULL &&
			    gauges[g].value(generation, i, now, &value))
				put(page, "%s{policy=\"%s\"} %" PRId64 "\n", gauges[g].name,
				    info_of(generation, i)->id, value);
		}
	}
}

/* The digest of the rules, by which zone and image of one build are bound. */
static void
put_digests(struct page *page, const struct hrd_generation *generation)
{
	char digest[2 * HRD_RULE_DIGEST_LEN + 1];

	family(page, "hradba_policy_info", "gauge", "The digest of the rules in force.");
	for (size_t i = 0; i < generation->held_count; i++) {
		if (generation->held[i].image == NULL)
			continue;
		hrd_hex(digest, info_of(generation, i)->rule_digest, HRD_RULE_DIGEST_LEN);
		put(page, "hradba_policy_info{policy=\"%s\",digest=\"%s\"} 1\n",
		    info_of(generation, i)->id, digest);
	}
}

/* Of the local allow list too. */
static void
put_rules(struct page *page, const struct hrd_layer_list *layers)
{
	if (layers->count == 0)
		return;
	family(page, "hradba_policy_rules", "gauge", "Rules of the policy by trigger.");
	for (size_t i = 0; i < layers->count; i++) {
		for (int t = 0; t < HRD_TRIGGERS; t++)
			put(page, "hradba_policy_rules{policy=\"%s\",trigger=\"%s\"} %" PRIu64 "\n",
			    layers->layer[i].info->id, hrd_trigger_name((enum hrd_trigger)t),
			    layers->layer[i].info->rules[t]);
	}
}

static int
compare_matches(const struct hrd_series *a, const struct hrd_series *b)
{
	int order = strcmp(a->policy, b->policy);

	if (order == 0)
		order = (int)a->action - (int)b->action;
	if (order == 0)
		order = (int)a->trigger - (int)b->trigger;
	return order ? order : (int)a->outcome - (int)b->outcome;
}

static int
compare_entities(const struct hrd_series *a, const struct hrd_series *b)
{
	int order = strcmp(a->entity, b->entity);

	return order ? order : (int)a->outcome - (int)b->outcome;
}

static int
by_matches(const void *a, const void *b)
{
	return compare_matches(&((const struct hrd_tally_entry *)a)->series,
	    &((const struct hrd_tally_entry *)b)->series);
}

static int
by_entities(const void *a, const void *b)
{
	return compare_entities(&((const struct hrd_tally_entry *)a)->series,
	    &((const struct hrd_tally_entry *)b)->series);
}

static void
put_match(struct page *page, const struct hrd_series *series, uint64_t count)
{
	put(page, "hradba_matches_total{");
	put_label(page, "policy", series->policy);
	put(page, ",action=\"%s\",trigger=\"%s\",outcome=\"%s\"} %" PRIu64 "\n",
	    hrd_action_name(series->action), hrd_trigger_name(series->trigger),
	    hrd_outcome_name(series->outcome), count);
}

static void
put_entity(struct page *page, const struct hrd_series *series, uint64_t count)
{
	if (!series->entity[0])
		return;
	put(page, "hradba_entity_matches_total{");
	put_label(page, "entity", series->entity);
	put(page, ",outcome=\"%s\"} %" PRIu64 "\n", hrd_outcome_name(series->outcome), count);
}

/* One line for each run of entries that the order takes for equal. */
static void
put_sums(struct page *page, struct hrd_tally_entry *entries, size_t count,
    int (*order)(const void *, const void *),
    void (*line)(struct page *, const struct hrd_series *, uint64_t))
{
	qsort(entries, count, sizeof(*entries), order);
	for (size_t i = 0; i < count;) {
		size_t first = i;
		uint64_t sum = 0;

		for (; i < count && order(&entries[first], &entries[i]) == 0; i++)
			sum += entries[i].count;
		line(page, &entries[first].series, sum);
	}
}

static void
put_matches(struct page *page, const struct hrd_tally *total)
{
	struct hrd_tally_entry *entries = calloc(total->used + 1, sizeof(*entries));
	size_t count = 0;

	if (entries == NULL) {
		page->status = HRD_ENOMEM;
		return;
	}
	for (size_t i = 0; i < total->size; i++) {
		if (total->entries[i].texts != NULL)
			entries[count++] = total->entries[i];
	}
	family(page, "hradba_matches_total", "counter",
	    "Matches of rules, one for each client's query.");
	put_sums(page, entries, count, by_matches, put_match);
	family(page, "hradba_entity_matches_total", "counter",
	    "Matches by the entity that the rule is about.");
	put_sums(page, entries, count, by_entities, put_entity);
	free(entries);
	family(page, "hradba_folded_matches_total", "counter",
	    "Matches counted under policy and entity \"(other)\": there are too many of these.");
	put(page, "hradba_folded_matches_total %" PRIu64 "\n", total->folded);
}

static void
put_reloads(struct page *page, const struct hrd_metrics *metrics)
{
	static const char *const reasons[HRD_STATUSES] = {
		[0] = "none",
		[-HRD_ENOMEM] = "memory",
		[-HRD_EINVAL] = "settings",
		[-HRD_ERANGE] = "range",
		[-HRD_ENOENT] = "missing",
		[-HRD_ECORRUPT] = "corrupt",
		[-HRD_EVERSION] = "version",
		[-HRD_EIO] = "unreadable",
		[-HRD_ESIGNATURE] = "signature",
		[-HRD_EEXIST] = "exists",
		[-HRD_ELIMIT] = "limit",
		[-HRD_EOLD] = "older",
		[HRD_STATUSES - 1] = "other",
	};

	family(page, "hradba_reloads_total", "counter",
	    "Loads of settings and images, the first one included, by outcome and reason.");
	for (size_t i = 0; i < HRD_STATUSES; i++) {
		if (reasons[i] != NULL)
			put(page,
			    "hradba_reloads_total{outcome=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
			    i == 0 ? "success" : "failure", reasons[i],
			    atomic_load_explicit(&metrics->reloads[i], memory_order_relaxed));
	}
}

static void
put_numbers(struct page *page, const struct hrd_metrics *metrics)
{
	static const struct {
		enum hrd_counter number;
		const char *name;
		const char *type;
		const char *labels; /* or "" */
		const char *help;   /* NULL: another line of the family before */
		bool microseconds;  /* printed as seconds */
	} rows[] = {
		{ HRD_COUNTER_LOAD_TIME, "hradba_load_seconds", "gauge", "",
		    "Duration of the last load.", true },
		{ HRD_COUNTER_SWEEP_TIME, "hradba_sweep_seconds", "gauge", "",
		    "Duration of the last sweep of the caches.", true },
		{ HRD_COUNTER_TIME_TO_BLOCK, "hradba_time_to_block_seconds", "gauge", "",
		    "From the change of a file to the end of the sweep that followed it.", true },
		{ HRD_COUNTER_SWEEPS, "hradba_sweeps_total", "counter", "",
		    "Sweeps of the caches that ended.", false },
		{ HRD_COUNTER_SWEPT, "hradba_swept_entries_total", "counter", "",
		    "Entries taken out of the caches.", false },
		{ HRD_COUNTER_PAGE_FAILURES, "hradba_metrics_write_failures_total", "counter", "",
		    "Times that this file could not be written.", false },
		{ HRD_COUNTER_EVENTS_WRITTEN, "hradba_events_written_total", "counter", "",
		    "Events written to their file.", false },
		{ HRD_COUNTER_EVENT_OCTETS, "hradba_events_written_bytes_total", "counter", "",
		    "Octets written to the file of events.", false },
		{ HRD_COUNTER_EVENTS_SUPPRESSED, "hradba_events_suppressed_total", "counter", "",
		    "Events left out by the rate limit.", false },
		{ HRD_COUNTER_EVENTS_CROWDED, "hradba_events_dropped_total", "counter",
		    "{reason=\"queue\"}", "Events lost: no room in the queue, or the file.",
		    false },
		{ HRD_COUNTER_EVENTS_UNWRITTEN, "hradba_events_dropped_total", "counter",
		    "{reason=\"file\"}", NULL, false },
		{ HRD_COUNTER_MATCHES_LOST, "hradba_uncounted_matches_total", "counter", "",
		    "Matches for which there was no memory.", false },
		{ HRD_COUNTER_AUDIT_LOST, "hradba_audit_events_lost_total", "counter", "",
		    "Audit events for which there was no room.", false },
		{ HRD_COUNTER_CHAIN_UNKEYED, "hradba_events_unkeyed", "gauge", "",
		    "1: a chain of lines that should have a key has none: an alarm.", false },
		{ HRD_COUNTER_KEEP_FAILURES, "hradba_state_write_failures_total", "counter", "",
		    "Loads whose last good copies could not be kept in state-dir.", false },
		{ HRD_COUNTER_CLOCK_STEPS, "hradba_clock_steps_total", "counter", "",
		    "Times that the clock was set by a minute or more.", false },
		{ HRD_COUNTER_CODE_REPLACED, "hradba_module_replaced", "gauge", "",
		    "1: the module on the disk is another than the one in memory.", false },
		{ HRD_COUNTER_HOST_UNTRIED, "hradba_host_untried", "gauge", "",
		    "1: the server is not the one that the module was built with.", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value = hrd_metrics_get(metrics, rows[i].number);

		if (rows[i].help != NULL)
			family(page, rows[i].name, rows[i].type, rows[i].help);
		if (rows[i].microseconds)
			put(page, "%s%s %" PRIu64 ".%06" PRIu64 "\n", rows[i].name, rows[i].labels,
			    value / 1000000, value % 1000000);
		else
			put(page, "%s%s %" PRIu64 "\n", rows[i].name, rows[i].labels, value);
	}
}

/* What a rule of that action can come to: acting rules to anything, the others to one thing. */
static bool
can_be(enum hrd_action action, enum hrd_outcome outcome)
{
	if (action == HRD_ACTION_PASSTHRU)
		return outcome == HRD_OUTCOME_EXEMPT;
	if (action == HRD_ACTION_OBSERVE)
		return outcome == HRD_OUTCOME_OBSERVED;
	return true;
}

/* Of one policy, trigger and entity. */
static bool
zeros_of(struct hrd_tally *total, struct hrd_series series)
{
	static const enum hrd_action actions[] = { HRD_ACTION_NXDOMAIN, HRD_ACTION_NODATA,
		HRD_ACTION_PASSTHRU, HRD_ACTION_DROP, HRD_ACTION_TCP_ONLY, HRD_ACTION_LOCAL_DATA,
		HRD_ACTION_OBSERVE };
	bool complete = true;

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		series.action = actions[i];
		for (int outcome = 0; outcome < HRD_OUTCOMES; outcome++) {
			series.outcome = (enum hrd_outcome)outcome;
			if (can_be(series.action, series.outcome))
				complete &= hrd_tally_add(total, &series, 0);
		}
	}
	return complete;
}

/* Entities are not told apart by action: one series for each outcome is enough. */
static bool
zeros_of_entities(struct hrd_tally *total, const struct hrd_policy *policy)
{
	struct hrd_series series = { .policy = hrd_policy_info(policy)->id,
		.action = HRD_ACTION_NXDOMAIN,
		.trigger = HRD_TRIGGER_QNAME };
	bool complete = true;
	struct hrd_meta meta;

	for (uint32_t i = 1; i < hrd_policy_meta_count(policy) && total->used < ZEROS_MAX; i++) {
		hrd_policy_meta(policy, i, &meta);
		series.entity = meta.entity;
		for (int outcome = 0; outcome < HRD_OUTCOMES && meta.entity[0] != '\0'; outcome++) {
			series.outcome = (enum hrd_outcome)outcome;
			complete &= hrd_tally_add(total, &series, 0);
		}
	}
	return complete;
}

bool
hrd_metrics_zeros(const struct hrd_generation *generation, struct hrd_tally *total)
{
	bool complete = true;

	for (size_t i = 0; i < generation->layers.count; i++) {
		const struct hrd_layer *layer = &generation->layers.layer[i];

		for (int t = 0; t < HRD_TRIGGERS && total->used < ZEROS_MAX; t++) {
			struct hrd_series series = { .policy = layer->info->id,
				.entity = "",
				.trigger = (enum hrd_trigger)t };

			if (layer->info->rules[t] > 0 && t <= HRD_TRIGGER_RESPONSE_IP)
				complete &= zeros_of(total, series);
		}
		complete &= zeros_of_entities(total, layer->policy);
	}
	return complete;
}

int
hrd_metrics_page(const struct hrd_metrics *metrics, const struct hrd_generation *generation,
    const struct hrd_tally *total, int64_t now, struct hrd_buffer *out)
{
	struct page page = { out, HRD_OK };

	put_instance(&page, metrics, generation, now);
	put_policies(&page, generation, now);
	put_digests(&page, generation);
	put_rules(&page, &generation->layers);
	put_exemptions(&page, generation);
	put_matches(&page, total);
	put_reloads(&page, metrics);
	put_numbers(&page, metrics);
	return page.status;
}
