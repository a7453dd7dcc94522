/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the settings file: one table of keys a map, one small reader a type. */
#include <config.h>

#include "module/generation/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/crypto/sitekey.h"
#include "lib/yaml/tree.h"
#include "module/base/conf.h"
#include "module/base/look.h"

enum {
	INTERVAL_MAX = 3600,
	INTERVAL_DEFAULT = 15,
	HEARTBEAT_DEFAULT = 300,
	RATE_MAX = 1000000,
	RATE_DEFAULT = 1000,
};

static void
read_override(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = {
		{ "nxdomain", HRD_OVERRIDE_NXDOMAIN },
		{ "nodata", HRD_OVERRIDE_NODATA },
		{ "passthru", HRD_OVERRIDE_PASSTHRU },
		{ "drop", HRD_OVERRIDE_DROP },
		{ "tcp-only", HRD_OVERRIDE_TCP_ONLY },
		{ "cname", HRD_OVERRIDE_CNAME },
		{ "disabled", HRD_OVERRIDE_DISABLED },
	};
	int value = HRD_OVERRIDE_NONE;

	hrd_conf_word(conf, node, words, sizeof(words) / sizeof(words[0]),
	    "nxdomain, nodata, passthru, drop, tcp-only, cname or disabled", &value);
	*(enum hrd_override_action *)target = (enum hrd_override_action)value;
}

/* A number from 1 to max. */
static void
read_count(struct hrd_conf *conf, const struct hrd_yaml_node *node, uint64_t max,
    const char *wanted, uint32_t *out)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, max, &value) || value == 0)
		hrd_conf_type_fault(conf, node, wanted);
	*out = (uint32_t)value;
}

/* The key that a file held when it was read last. */
static const struct hrd_public_key *
find_former_key(const struct hrd_settings *former, const char *path)
{
	for (size_t i = 0; former != NULL && i < former->policy_count; i++) {
		const struct hrd_policy_settings *policy = &former->policies[i];

		for (size_t j = 0; j < policy->key_count; j++) {
			if (strcmp(policy->key_paths[j], path) == 0)
				return &policy->keys[j];
		}
	}
	return NULL;
}

/* What readers of this file are told by ctx. */
struct reading {
	const struct hrd_settings *former; /* or NULL */
	int64_t now;                       /* seconds since the epoch */
	const uid_t *server;               /* or NULL: this process */
	bool mode_only;                    /* the rest is the former one's, no other file touched */
	uint64_t contents;                 /* out: digest of the keys, in order */
};

/* A key while its list is read. */
struct key_file {
	const char *path;
	struct hrd_public_key key;
	uint64_t seen; /* what it looked like before it was read */
};

static void
read_key(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct key_file *file = target;
	struct reading *reading = conf->ctx;
	const struct hrd_public_key *former;
	const char *reason = "";
	unsigned before = conf->faults;
	int status;

	hrd_conf_path(conf, node, &file->path);
	if (conf->faults > before)
		return;
	former = find_former_key(reading->former, file->path);
	if (!reading->mode_only)
		file->seen = hrd_look(file->path);
	if (conf->trusted && former != NULL) {
		file->key = *former;
		return;
	}
	status = hrd_public_key_load(file->path, &file->key, &reason);
	if (status == HRD_OK) {
		reading->contents = 31 * reading->contents + hrd_le64(file->key.key);
		return;
	}
	conf->passing |= status != HRD_EINVAL;
	if (former != NULL)
		file->key = *former;
	hrd_conf_fault(conf, node->line, node->col, "settings-public-key",
	    "cannot take the public key %s: %s%s", file->path, reason,
	    former != NULL ? ": what it held before stays trusted" : "");
	/* The file fails alone. */
	if (former != NULL) {
		conf->faults = before;
		conf->lapses++;
	}
}

static void
read_keys(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;
	struct key_file *files = hrd_conf_list(conf, node, "a list of at least one public key file",
	    read_key, sizeof(*files), &policy->key_count);

	policy->keys = calloc(policy->key_count + 1, sizeof(*policy->keys));
	policy->key_paths = calloc(policy->key_count + 1, sizeof(*policy->key_paths));
	if (files == NULL || policy->keys == NULL || policy->key_paths == NULL) {
		conf->no_memory |= files != NULL;
		policy->key_count = 0;
	}
	for (size_t i = 0; i < policy->key_count; i++) {
		policy->keys[i] = files[i].key;
		policy->key_paths[i] = files[i].path;
		policy->keys_seen += files[i].seen;
	}
	free(files);
}

static void
read_accept_serial(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;
	uint64_t value = 0;

	policy->accepts_serial = hrd_yaml_uint(node, UINT32_MAX, &value);
	policy->accept_serial = (uint32_t)value;
	if (!policy->accepts_serial)
		hrd_conf_type_fault(conf, node, "a serial, 0 to 4294967295");
}

static void
read_policy(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;
	static const struct hrd_conf_field fields[] = {
		{ "path", hrd_conf_path, offsetof(struct hrd_policy_settings, path) },
		{ "id", hrd_conf_text, offsetof(struct hrd_policy_settings, id) },
		{ "override", read_override, offsetof(struct hrd_policy_settings, override) },
		{ "override-cname", hrd_conf_name, offsetof(struct hrd_policy_settings, cname) },
		{ "keys", read_keys, 0 },
		{ "accept-serial", read_accept_serial, 0 },
	};
	unsigned before = conf->faults;

	policy->line = node->line;
	policy->col = node->col;
	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), policy);
	if (conf->faults > before)
		return;
	if (policy->path == NULL)
		hrd_conf_fault(
		    conf, node->line, node->col, "settings-missing", "a policy needs \"path\"");
	if ((policy->override == HRD_OVERRIDE_CNAME) != (policy->cname.len > 0))
		hrd_conf_fault(conf, node->line, node->col, "settings-override",
		    "\"override: cname\" and \"override-cname\" belong together");
}

static void
read_policies(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	settings->policies = hrd_conf_list(conf, node, "a list of at least one policy", read_policy,
	    sizeof(*settings->policies), &settings->policy_count);
	/* The local allow list is a layer too. */
	if (settings->policy_count >= HRD_LAYERS_MAX)
		hrd_conf_fault(conf, node->line, node->col, "settings-policies",
		    "more than %d policies", HRD_LAYERS_MAX - 1);
}

static void
read_interval(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	read_count(conf, node, INTERVAL_MAX, "seconds, 1 to 3600", target);
}

static void
read_rate(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	read_count(conf, node, RATE_MAX, "events a second, 1 to 1000000", target);
}

static void
read_client_detail(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = {
		{ "full", HRD_CLIENT_FULL },
		{ "prefix", HRD_CLIENT_PREFIX },
		{ "none", HRD_CLIENT_NONE },
		{ "pseudonym", HRD_CLIENT_PSEUDONYM },
	};
	int value = HRD_CLIENT_PREFIX;

	hrd_conf_word(conf, node, words, sizeof(words) / sizeof(words[0]),
	    "full, prefix, none or pseudonym", &value);
	*(enum hrd_client_detail *)target = (enum hrd_client_detail)value;
}

/* The key of pseudonyms has to be there; its holder is the thread that writes. */
static void
read_pseudonym_key(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	const struct reading *reading = conf->ctx;
	const char *path = NULL, *reason;
	uint8_t key[HRD_SITE_KEY_LEN];
	uid_t server = reading->server != NULL ? *reading->server : geteuid();

	hrd_conf_path(conf, node, &path);
	*(const char **)target = path;
	if (path == NULL || conf->trusted)
		return;
	if (hrd_site_key_read(path, HRD_SITE_KEY_PSEUDONYM, server, key, &reason) != HRD_OK) {
		conf->passing = true;
		hrd_conf_fault(conf, node->line, node->col, "settings-site-key",
		    "cannot take the pseudonym key %s: %s", path, reason);
	}
	explicit_bzero(key, sizeof(key));
}

/* The directory may come later: events are dropped, and counted, until it is there. */
static void
read_events(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = {
		{ "file", hrd_conf_path, offsetof(struct hrd_event_settings, file) },
		{ "client", read_client_detail, offsetof(struct hrd_event_settings, client) },
		{ "rate", read_rate, offsetof(struct hrd_event_settings, rate) },
		{ "chain", hrd_conf_bool, offsetof(struct hrd_event_settings, chain) },
		{ "chain-key", hrd_conf_path, offsetof(struct hrd_event_settings, chain_key) },
		{ "pseudonym-key", read_pseudonym_key,
		    offsetof(struct hrd_event_settings, pseudonym_key) },
	};
	struct hrd_event_settings *events = target;
	unsigned before = conf->faults;

	events->rate = RATE_DEFAULT;
	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), events);
	hrd_conf_need(conf, node, "file");
	if (conf->faults > before)
		return;
	if ((events->client == HRD_CLIENT_PSEUDONYM) != (events->pseudonym_key != NULL))
		hrd_conf_fault(conf, node->line, node->col, "settings-missing",
		    "\"client: pseudonym\" and \"pseudonym-key\" belong together");
	if (events->chain_key != NULL && !events->chain)
		hrd_conf_fault(conf, node->line, node->col, "settings-missing",
		    "\"chain-key\" needs \"chain: yes\"");
}

static void
read_audit(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = { { "file", hrd_conf_path, 0 } };

	hrd_conf_map(conf, node, fields, 1, target);
}

static void
read_heartbeat(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	read_count(conf, node, INTERVAL_MAX, "seconds, 1 to 3600", target);
}

static void
read_metrics(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_field fields[] = {
		{ "file", hrd_conf_new_file, offsetof(struct hrd_metrics_settings, file) },
		{ "interval", read_interval, offsetof(struct hrd_metrics_settings, interval) },
	};
	struct hrd_metrics_settings *metrics = target;

	metrics->interval = INTERVAL_DEFAULT;
	hrd_conf_map(conf, node, fields, sizeof(fields) / sizeof(fields[0]), metrics);
	hrd_conf_need(conf, node, "file");
}

static void
read_allow_path(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_allow_path *named = target;

	named->line = node->line;
	named->col = node->col;
	hrd_conf_path(conf, node, &named->path);
}

/* One file, or a list of some. */
static void
read_allow(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	if (node->kind == HRD_YAML_LIST) {
		settings->local_allow = hrd_conf_list(conf, node, "a list of at least one file",
		    read_allow_path, sizeof(*settings->local_allow), &settings->allow_count);
		return;
	}
	settings->local_allow = calloc(1, sizeof(*settings->local_allow));
	if (settings->local_allow == NULL) {
		conf->no_memory = true;
		return;
	}
	settings->allow_count = 1;
	read_allow_path(conf, node, settings->local_allow);
}

static void
read_mode(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	settings->mode_exemption.line = node->line;
	settings->mode_exemption.col = node->col;
	hrd_conf_mode(conf, node, &settings->mode);
}

static void
read_mode_until(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	hrd_conf_until(conf, node, &settings->mode_exemption);
}

static void
read_observe(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = { { "misses", 0 }, { "all", 1 } };
	int value = 0;

	hrd_conf_word(conf, node, words, 2, "misses or all", &value);
	*(bool *)target = value != 0;
}

struct hrd_document {
	struct hrd_yaml *tree;
	char *path;
	uint64_t digest; /* of its text */
	atomic_uint users;
};

static struct hrd_document *
document_new(const char *path)
{
	struct hrd_document *document = calloc(1, sizeof(*document));

	if (document == NULL)
		return NULL;
	atomic_init(&document->users, 1);
	document->path = strdup(path);
	if (document->path != NULL)
		return document;
	free(document);
	return NULL;
}

static void
document_release(struct hrd_document *document)
{
	if (document == NULL || atomic_fetch_sub(&document->users, 1) > 1)
		return;
	hrd_yaml_free(document->tree);
	free(document->path);
	free(document);
}

static const struct hrd_settings defaults = {
	.heartbeat = HEARTBEAT_DEFAULT,
	.reload_interval = HRD_RELOAD_INTERVAL_DEFAULT,
	.sweep_interval = HRD_SWEEP_INTERVAL_DEFAULT,
};

#define MEMBER(member) \
	offsetof(struct hrd_settings, member), sizeof(((struct hrd_settings *)NULL)->member)

/* The keys: how they are read, and what of the settings they set. */
static const struct key {
	const char *name;
	hrd_conf_read *read;
	size_t offset, size;
} keys[HRD_SETTINGS] = {
	[HRD_SETTING_POLICIES] = { "policies", read_policies, 0, 0 },
	[HRD_SETTING_MODE] = { "mode", read_mode, 0, 0 },
	[HRD_SETTING_MODE_UNTIL] = { "mode-until", read_mode_until, 0, 0 },
	[HRD_SETTING_MODE_OWNER] = { "mode-owner", hrd_conf_note, MEMBER(mode_exemption.owner) },
	[HRD_SETTING_MODE_REASON] = { "mode-reason", hrd_conf_note, MEMBER(mode_exemption.reason) },
	[HRD_SETTING_STATE_DIR] = { "state-dir", hrd_conf_path, MEMBER(state_dir) },
	[HRD_SETTING_ANSWER] = { "answer", hrd_conf_answer, MEMBER(answer) },
	[HRD_SETTING_CLIENTS] = { "clients", hrd_conf_clients, MEMBER(clients) },
	[HRD_SETTING_LOCAL_ALLOW] = { "local-allow", read_allow, 0, 0 },
	[HRD_SETTING_EVENTS] = { "events", read_events, MEMBER(events) },
	[HRD_SETTING_METRICS] = { "metrics", read_metrics, MEMBER(metrics) },
	[HRD_SETTING_AUDIT] = { "audit", read_audit, MEMBER(audit_file) },
	[HRD_SETTING_HEARTBEAT] = { "heartbeat", read_heartbeat, MEMBER(heartbeat) },
	[HRD_SETTING_ON_MISSING] = { "on-missing", hrd_conf_on_missing, MEMBER(on_missing) },
	[HRD_SETTING_ON_EXPIRED] = { "on-expired", hrd_conf_on_expired, MEMBER(on_expired) },
	[HRD_SETTING_OBSERVE] = { "observe", read_observe, MEMBER(observe_all) },
	[HRD_SETTING_RELOAD_INTERVAL] = { "reload-min-interval", hrd_conf_reload_interval,
	    MEMBER(reload_interval) },
	[HRD_SETTING_SWEEP_INTERVAL] = { "sweep-interval", hrd_conf_sweep_interval,
	    MEMBER(sweep_interval) },
};

static void
free_policies(struct hrd_settings *settings)
{
	for (size_t i = 0; settings->policies != NULL && i < settings->policy_count; i++) {
		free(settings->policies[i].keys);
		free(settings->policies[i].key_paths);
	}
	free(settings->policies);
	settings->policies = NULL;
	settings->policy_count = 0;
}

static void
free_allow(struct hrd_settings *settings)
{
	free(settings->local_allow);
	settings->local_allow = NULL;
	settings->allow_count = 0;
}

/* Takes back what the reading of one key has set. */
static void
reset(struct hrd_settings *settings, enum hrd_settings_key which)
{
	if (which == HRD_SETTING_POLICIES)
		free_policies(settings);
	else if (which == HRD_SETTING_CLIENTS)
		hrd_client_settings_clear(&settings->clients);
	else if (which == HRD_SETTING_ANSWER)
		hrd_answer_settings_clear(&settings->answer);
	else if (which == HRD_SETTING_LOCAL_ALLOW)
		free_allow(settings);
	else if (which == HRD_SETTING_MODE)
		settings->mode = HRD_MODE_ENFORCE;
	else if (which == HRD_SETTING_MODE_UNTIL)
		settings->mode_exemption.has_end = false;
	memcpy((char *)settings + keys[which].offset, (const char *)&defaults + keys[which].offset,
	    keys[which].size);
	if (which == HRD_SETTING_ANSWER)
		hrd_answer_settings_init(&settings->answer);
	document_release(settings->sources[which].document);
	settings->sources[which].document = NULL;
	settings->sources[which].node = NULL;
}

/* Reads one key from a document; node NULL: it has its default. */
static void
take(struct hrd_conf *conf, struct hrd_settings *settings, enum hrd_settings_key which,
    struct hrd_document *document, const struct hrd_yaml_node *node)
{
	reset(settings, which);
	if (node == NULL)
		return;
	atomic_fetch_add(&document->users, 1);
	settings->sources[which].document = document;
	settings->sources[which].node = node;
	if (!hrd_conf_is_reported(conf, node))
		keys[which].read(conf, node, (char *)settings + keys[which].offset);
}

/* Takes what was in force of one key. It was good: only memory can fail. */
static void
take_former(struct hrd_conf *conf, struct hrd_settings *settings, const struct hrd_settings *former,
    enum hrd_settings_key which)
{
	struct hrd_document *document = former->sources[which].document;
	struct hrd_conf again = { .file = document != NULL ? document->path : conf->file,
		.trusted = true,
		.ctx = conf->ctx };

	take(&again, settings, which, document, former->sources[which].node);
	conf->no_memory |= again.no_memory;
	conf->passing |= again.passing;
}

/* Whether the file has a key that is none of ours: it may be one of them, misspelt. */
static bool
report_unknown_keys(struct hrd_conf *conf, const struct hrd_yaml_node *root)
{
	unsigned before = conf->faults;

	for (const struct hrd_yaml_node *child = root->child; child != NULL; child = child->next) {
		struct hrd_near near;
		size_t i = 0;

		hrd_near_init(&near, child->key);
		for (; i < HRD_SETTINGS && strcmp(keys[i].name, child->key) != 0; i++)
			hrd_near_try(&near, keys[i].name);
		if (child->key[0] == '\0')
			conf->faults++; /* told when it was parsed */
		else if (i == HRD_SETTINGS)
			hrd_conf_unknown_key(conf, child, &near);
	}
	return conf->faults > before;
}

static bool
goes_with(enum hrd_settings_key which, enum hrd_settings_key other)
{
	return which == other ||
	       (other == HRD_SETTING_MODE &&
		   (which == HRD_SETTING_MODE_UNTIL || which == HRD_SETTING_MODE_OWNER ||
		       which == HRD_SETTING_MODE_REASON));
}

/* Reads all keys, each with its former value where it has a fault. */
static void
read_keys_of(struct hrd_conf *conf, struct hrd_document *document,
    const struct hrd_settings *former, struct hrd_settings *settings)
{
	const struct hrd_yaml_node *root = hrd_yaml_root(document->tree);
	const struct reading *reading = conf->ctx;
	bool misspelt = report_unknown_keys(conf, root);

	for (int i = 0; i < HRD_SETTINGS; i++) {
		enum hrd_settings_key which = (enum hrd_settings_key)i;
		const struct hrd_yaml_node *node = hrd_yaml_get(root, keys[i].name);
		unsigned before = conf->faults;

		if (reading->mode_only && !goes_with(which, HRD_SETTING_MODE)) {
			take_former(conf, settings, former, which);
			continue;
		}
		take(conf, settings, which, document, node);
		if (which == HRD_SETTING_POLICIES && node == NULL && !misspelt)
			hrd_conf_fault(conf, root->line, root->col, "settings-missing",
			    "\"policies\" is missing");
		if (former != NULL && (conf->faults > before || (node != NULL && node->broken) ||
					  (node == NULL && misspelt)))
			take_former(conf, settings, former, which);
	}
}

static bool
is_of_the_file(const struct hrd_settings *settings, enum hrd_settings_key which,
    const struct hrd_document *file)
{
	const struct hrd_document *document = settings->sources[which].document;

	return document == NULL || document == file;
}

/* Whether the mode was written, or left, in another file than that in force. */
static bool
is_mode_new(const struct hrd_document *document, const struct hrd_settings *former,
    const struct hrd_settings *settings)
{
	const struct hrd_document *before = former->sources[HRD_SETTING_MODE].document;

	return is_of_the_file(settings, HRD_SETTING_MODE, document) &&
	       (before == NULL || before->digest != document->digest);
}

/* An end that stayed in force belongs to the mode that it was written for: another mode of the file
 * has no end then, nor has the same mode written after that end has come; for a mode holds whatever
 * else is wrong. A file that is read once more (another image came) brings no ended mode back. */
static void
check_mode_end(struct hrd_conf *conf, const struct hrd_document *document,
    const struct hrd_settings *former, int64_t now, struct hrd_settings *settings)
{
	if (former == NULL || is_of_the_file(settings, HRD_SETTING_MODE_UNTIL, document))
		return;
	if (settings->mode != former->mode ||
	    (hrd_exemption_state(&settings->mode_exemption, now) == HRD_EXEMPTION_OVER &&
		is_mode_new(document, former, settings)))
		take(conf, settings, HRD_SETTING_MODE_UNTIL, NULL, NULL);
}

/* Keys trust nothing that is older than what was in force, and only state-dir remembers that over a
 * restart. */
static void
check_floor(struct hrd_conf *conf, const struct hrd_settings *former, struct hrd_settings *settings)
{
	size_t i = 0;

	while (i < settings->policy_count && settings->policies[i].key_count == 0)
		i++;
	if (i == settings->policy_count || settings->state_dir != NULL)
		return;
	hrd_conf_fault(conf, settings->policies[i].line, settings->policies[i].col,
	    "settings-state-dir",
	    "\"keys\" need \"state-dir\": without it a restart takes older signed images");
	if (former != NULL) {
		take_former(conf, settings, former, HRD_SETTING_POLICIES);
		take_former(conf, settings, former, HRD_SETTING_STATE_DIR);
	}
}

static int
read_document(struct hrd_conf *conf, struct hrd_document *document,
    const struct hrd_settings *former, int64_t now, struct hrd_settings *settings)
{
	const struct hrd_yaml_node *root;
	int status = hrd_conf_open_marked(conf, document->path, &document->tree);

	if (status != HRD_OK)
		return status;
	document->digest = conf->digest;
	root = hrd_yaml_root(document->tree);
	if (root->kind != HRD_YAML_MAP) {
		hrd_conf_type_fault(conf, root, "a map of keys and values");
		return HRD_EINVAL;
	}
	read_keys_of(conf, document, former, settings);
	check_mode_end(conf, document, former, now, settings);
	check_floor(conf, former, settings);
	settings->fault = conf->faults > 0 || conf->lapses > 0 ? HRD_EINVAL : HRD_OK;
	settings->passing = conf->passing;
	if (conf->no_memory || conf->stopped)
		return conf->no_memory ? HRD_ENOMEM : HRD_ESTOP;
	return former == NULL ? settings->fault : HRD_OK;
}

static struct hrd_settings *
settings_new(void)
{
	struct hrd_settings *settings = malloc(sizeof(*settings));

	if (settings == NULL)
		return NULL;
	memcpy(settings, &defaults, sizeof(*settings));
	hrd_answer_settings_init(&settings->answer);
	atomic_init(&settings->users, 1);
	return settings;
}

const char *
hrd_settings_path(void)
{
	const char *path = getenv("HRADBA_CONFIG");

	return path != NULL && path[0] ? path : HRADBA_CONFDIR "/hradba.yaml";
}

static int
read_file(const char *path, struct reading *reading, bool *passing, struct hrd_settings **out)
{
	struct hrd_conf conf = { .file = path, .wanted = HRD_CONTENT_SETTINGS, .ctx = reading };
	struct hrd_document *document = document_new(path);
	struct hrd_settings *settings = settings_new();
	uint64_t seen = hrd_look(path);
	int status = HRD_ENOMEM;

	if (document != NULL && settings != NULL)
		status = read_document(&conf, document, reading->former, reading->now, settings);
	*passing = conf.passing || status == HRD_ENOMEM;
	document_release(document);
	*out = status == HRD_OK ? settings : NULL;
	if (status != HRD_OK) {
		hrd_settings_release(settings);
		return status;
	}
	settings->seen = seen;
	for (size_t i = 0; i < settings->policy_count; i++)
		settings->seen += settings->policies[i].keys_seen;
	settings->contents = reading->contents ^ conf.digest;
	return HRD_OK;
}

int
hrd_settings_read(const char *path, const struct hrd_settings *former, int64_t now,
    const uid_t *server, bool *passing, struct hrd_settings **out)
{
	struct reading reading = { .former = former, .now = now, .server = server };

	return read_file(path, &reading, passing, out);
}

int
hrd_settings_read_mode(
    const char *path, const struct hrd_settings *former, int64_t now, struct hrd_settings **out)
{
	struct reading reading = { .former = former, .now = now, .mode_only = true };
	bool passing;
	int status = read_file(path, &reading, &passing, out);

	if (status == HRD_OK)
		(*out)->fault = HRD_EINVAL; /* not all comes from the file */
	return status;
}

static bool
texts_are_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
hrd_settings_modes_are_same(const struct hrd_settings *a, const struct hrd_settings *b)
{
	const struct hrd_exemption *one = &a->mode_exemption, *other = &b->mode_exemption;

	return a->mode == b->mode && one->has_end == other->has_end &&
	       (!one->has_end || one->end == other->end) &&
	       texts_are_same(one->owner, other->owner) &&
	       texts_are_same(one->reason, other->reason);
}

bool
hrd_settings_are_same(const struct hrd_settings *a, const struct hrd_settings *b)
{
	return a->fault == HRD_OK && b->fault == HRD_OK && a->contents == b->contents;
}

uint64_t
hrd_settings_look(const struct hrd_settings *settings, const char *path)
{
	uint64_t seen = hrd_look(path);

	for (size_t i = 0; settings != NULL && i < settings->policy_count; i++) {
		for (size_t j = 0; j < settings->policies[i].key_count; j++)
			seen += hrd_look(settings->policies[i].key_paths[j]);
	}
	return seen;
}

int
hrd_settings_with(const struct hrd_settings *settings, const struct hrd_settings *others,
    enum hrd_settings_key which, struct hrd_settings **out)
{
	struct reading reading = { .former = settings, .mode_only = true };
	struct hrd_conf conf = { .file = "", .ctx = &reading };
	struct hrd_settings *next = settings_new();

	*out = NULL;
	if (next == NULL)
		return HRD_ENOMEM;
	for (int i = 0; i < HRD_SETTINGS; i++) {
		enum hrd_settings_key one = (enum hrd_settings_key)i;

		take_former(&conf, next, goes_with(one, which) ? others : settings, one);
	}
	next->fault = HRD_EINVAL;
	next->passing = settings->passing;
	if (conf.no_memory) {
		hrd_settings_release(next);
		return HRD_ENOMEM;
	}
	*out = next;
	return HRD_OK;
}

enum hrd_mode
hrd_settings_mode(const struct hrd_settings *settings, int64_t now)
{
	return hrd_exemption_state(&settings->mode_exemption, now) == HRD_EXEMPTION_OVER
		   ? HRD_MODE_ENFORCE
		   : settings->mode;
}

void
hrd_settings_hold(struct hrd_settings *settings)
{
	atomic_fetch_add(&settings->users, 1);
}

void
hrd_settings_release(struct hrd_settings *settings)
{
	if (settings == NULL || atomic_fetch_sub(&settings->users, 1) > 1)
		return;
	for (int i = 0; i < HRD_SETTINGS; i++)
		reset(settings, (enum hrd_settings_key)i);
	free(settings);
}
