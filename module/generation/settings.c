/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the settings file: one table of keys a map, one small form a type. */
#include <config.h>

#include "module/generation/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/yaml/tree.h"
#include "module/base/form.h"

enum {
	INTERVAL_MAX = 3600,
	INTERVAL_DEFAULT = 15,
	RATE_MAX = 1000000,
	RATE_DEFAULT = 1000,
};

static void
read_override(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_word words[] = {
		{ "nxdomain", HRD_OVERRIDE_NXDOMAIN },
		{ "nodata", HRD_OVERRIDE_NODATA },
		{ "passthru", HRD_OVERRIDE_PASSTHRU },
		{ "drop", HRD_OVERRIDE_DROP },
		{ "tcp-only", HRD_OVERRIDE_TCP_ONLY },
		{ "cname", HRD_OVERRIDE_CNAME },
		{ "disabled", HRD_OVERRIDE_DISABLED },
	};
	int value = HRD_OVERRIDE_NONE;

	hrd_form_word(form, node, words, sizeof(words) / sizeof(words[0]),
	    "nxdomain, nodata, passthru, drop, tcp-only, cname or disabled", &value);
	*(enum hrd_override_action *)target = (enum hrd_override_action)value;
}

/* A number from 1 to max. */
static void
read_count(struct hrd_form *form, const struct hrd_yaml_node *node, uint64_t max,
    const char *wanted, uint32_t *out)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, max, &value) || value == 0)
		hrd_form_type_fault(form, node, wanted);
	*out = (uint32_t)value;
}

static void
read_key(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_public_key *key = target;
	const char *path = NULL, *reason = "";
	unsigned before = form->faults;
	int status;

	hrd_form_path(form, node, &path);
	if (form->faults > before)
		return;
	status = hrd_public_key_load(path, key, &reason);
	if (status == HRD_EIO)
		reason = strerror(errno);
	if (status != HRD_OK)
		hrd_form_fault(form, node->line, node->col, "settings-public-key",
		    "cannot take the public key %s: %s", path, reason);
}

static void
read_keys(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;

	policy->keys = hrd_form_list(form, node, "a list of at least one public key file", read_key,
	    sizeof(*policy->keys), &policy->key_count);
}

static void
read_accept_serial(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;
	uint64_t value = 0;

	policy->accepts_serial = hrd_yaml_uint(node, UINT32_MAX, &value);
	policy->accept_serial = (uint32_t)value;
	if (!policy->accepts_serial)
		hrd_form_type_fault(form, node, "a serial, 0 to 4294967295");
}

static void
read_policy(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;
	static const struct hrd_form_field fields[] = {
		{ "path", hrd_form_path, offsetof(struct hrd_policy_settings, path) },
		{ "id", hrd_form_text, offsetof(struct hrd_policy_settings, id) },
		{ "override", read_override, offsetof(struct hrd_policy_settings, override) },
		{ "override-cname", hrd_form_name, offsetof(struct hrd_policy_settings, cname) },
		{ "keys", read_keys, 0 },
		{ "accept-serial", read_accept_serial, 0 },
	};
	unsigned before = form->faults;

	policy->line = node->line;
	policy->col = node->col;
	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), policy);
	if (form->faults > before)
		return;
	if (policy->path == NULL)
		hrd_form_fault(
		    form, node->line, node->col, "settings-missing", "a policy needs \"path\"");
	if ((policy->override == HRD_OVERRIDE_CNAME) != (policy->cname.len > 0))
		hrd_form_fault(form, node->line, node->col, "settings-override",
		    "\"override: cname\" and \"override-cname\" belong together");
}

static void
read_policies(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	settings->policies = hrd_form_list(form, node, "a list of at least one policy", read_policy,
	    sizeof(*settings->policies), &settings->policy_count);
	/* The local allow list is a layer too. */
	if (settings->policy_count >= HRD_LAYERS_MAX)
		hrd_form_fault(form, node->line, node->col, "settings-policies",
		    "more than %d policies", HRD_LAYERS_MAX - 1);
}

static void
read_interval(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	read_count(form, node, INTERVAL_MAX, "seconds, 1 to 3600", target);
}

static void
read_rate(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	read_count(form, node, RATE_MAX, "events a second, 1 to 1000000", target);
}

static void
read_client_detail(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_word words[] = {
		{ "full", HRD_CLIENT_FULL },
		{ "prefix", HRD_CLIENT_PREFIX },
		{ "none", HRD_CLIENT_NONE },
	};
	int value = HRD_CLIENT_PREFIX;

	hrd_form_word(
	    form, node, words, sizeof(words) / sizeof(words[0]), "full, prefix or none", &value);
	*(enum hrd_client_detail *)target = (enum hrd_client_detail)value;
}

/* The directory may come later: events are dropped, and counted, until it is there. */
static void
read_events(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_field fields[] = {
		{ "file", hrd_form_path, offsetof(struct hrd_event_settings, file) },
		{ "client", read_client_detail, offsetof(struct hrd_event_settings, client) },
		{ "rate", read_rate, offsetof(struct hrd_event_settings, rate) },
	};
	struct hrd_event_settings *events = target;
	unsigned before = form->faults;

	events->rate = RATE_DEFAULT;
	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), events);
	if (form->faults == before && events->file == NULL)
		hrd_form_fault(
		    form, node->line, node->col, "settings-missing", "events need \"file\"");
}

static void
read_metrics(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_field fields[] = {
		{ "file", hrd_form_new_file, offsetof(struct hrd_metrics_settings, file) },
		{ "interval", read_interval, offsetof(struct hrd_metrics_settings, interval) },
	};
	struct hrd_metrics_settings *metrics = target;
	unsigned before = form->faults;

	metrics->interval = INTERVAL_DEFAULT;
	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), metrics);
	if (form->faults == before && metrics->file == NULL)
		hrd_form_fault(
		    form, node->line, node->col, "settings-missing", "metrics need \"file\"");
}

static void
read_allow(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	settings->allow_line = node->line;
	settings->allow_col = node->col;
	hrd_form_path(form, node, &settings->local_allow);
}

static void
read_observe(struct hrd_form *form, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_form_word words[] = { { "misses", 0 }, { "all", 1 } };
	int value = 0;

	hrd_form_word(form, node, words, 2, "misses or all", &value);
	*(bool *)target = value != 0;
}

static void
read_root(struct hrd_form *form, const struct hrd_yaml_node *node, struct hrd_settings *settings)
{
	static const struct hrd_form_field fields[] = {
		{ "policies", read_policies, 0 },
		{ "mode", hrd_form_mode, offsetof(struct hrd_settings, mode) },
		{ "state-dir", hrd_form_path, offsetof(struct hrd_settings, state_dir) },
		{ "answer", hrd_form_answer, offsetof(struct hrd_settings, answer) },
		{ "clients", hrd_form_clients, offsetof(struct hrd_settings, clients) },
		{ "local-allow", read_allow, 0 },
		{ "events", read_events, offsetof(struct hrd_settings, events) },
		{ "metrics", read_metrics, offsetof(struct hrd_settings, metrics) },
		{ "on-missing", hrd_form_on_missing, offsetof(struct hrd_settings, on_missing) },
		{ "on-expired", hrd_form_on_expired, offsetof(struct hrd_settings, on_expired) },
		{ "observe", read_observe, offsetof(struct hrd_settings, observe_all) },
		{ "reload-min-interval", hrd_form_reload_interval,
		    offsetof(struct hrd_settings, reload_interval) },
		{ "sweep-interval", hrd_form_sweep_interval,
		    offsetof(struct hrd_settings, sweep_interval) },
	};

	hrd_form_map(form, node, fields, sizeof(fields) / sizeof(fields[0]), settings);
	if (!form->faults && settings->policies == NULL && !form->no_memory)
		hrd_form_fault(
		    form, node->line, node->col, "settings-missing", "\"policies\" is missing");
}

const char *
hrd_settings_path(void)
{
	const char *path = getenv("HRADBA_CONFIG");

	return path != NULL && path[0] ? path : HRADBA_CONFDIR "/hradba.yaml";
}

int
hrd_settings_read(const char *path, bool restarted, struct hrd_settings **out)
{
	struct hrd_form form = { .file = path, .restarted = restarted };
	struct hrd_settings *settings = calloc(1, sizeof(*settings));
	int status = HRD_ENOMEM;

	if (settings != NULL)
		status = hrd_form_open(&form, path, &settings->document);
	if (status == HRD_OK) {
		hrd_answer_settings_init(&settings->answer);
		settings->reload_interval = HRD_RELOAD_INTERVAL_DEFAULT;
		settings->sweep_interval = HRD_SWEEP_INTERVAL_DEFAULT;
		read_root(&form, hrd_yaml_root(settings->document), settings);
		status = hrd_form_status(&form);
	}
	if (status != HRD_OK) {
		hrd_settings_free(settings);
		settings = NULL;
	}
	*out = settings;
	return status;
}

void
hrd_settings_free(struct hrd_settings *settings)
{
	if (settings == NULL)
		return;
	for (size_t i = 0; settings->policies != NULL && i < settings->policy_count; i++)
		free(settings->policies[i].keys);
	free(settings->policies);
	hrd_clients_clear(&settings->clients);
	hrd_answer_settings_clear(&settings->answer);
	hrd_yaml_free(settings->document);
	free(settings);
}
