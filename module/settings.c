/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the settings file: one table of keys a map, one small reader a type. */
#include <config.h>

#include "module/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/limits.h"
#include "lib/yamltree.h"
#include "module/say.h"

enum { TTL_MAX = 86400, FAULT_TEXT_MAX = 512 };

struct reader {
	const char *file;
	unsigned faults;
	bool no_memory;
};

/* One key of a map: reads its value into `target` + offset. */
struct field {
	const char *key;
	void (*read)(struct reader *reader, const struct hrd_yaml_node *node, void *target);
	size_t offset;
};

struct word {
	const char *text;
	int value;
};

#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
static void
fault_at(
    struct reader *reader, uint32_t line, uint32_t col, const char *id, const char *format, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	hrd_say(HRD_SAY_ERROR, "%s:%u:%u: error: %s [%s]", reader->file, (unsigned)line,
	    (unsigned)col, text, id);
	reader->faults++;
}

static void
yaml_fault(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	fault_at(ctx, line, col, id, "%s", text);
}

static void
type_fault(struct reader *reader, const struct hrd_yaml_node *node, const char *wanted)
{
	fault_at(reader, node->line, node->col, "settings-type", "%s%s%s must be %s",
	    node->key ? "\"" : "", node->key ? node->key : "this", node->key ? "\"" : "", wanted);
}

/* Reads a map by its table of fields. */
static void
read_map(struct reader *reader, const struct hrd_yaml_node *node, const struct field *fields,
    size_t count, void *target)
{
	if (node->kind != HRD_YAML_MAP) {
		type_fault(reader, node, "a map of keys and values");
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child; child = child->next) {
		size_t i = 0;

		while (i < count && strcmp(fields[i].key, child->key) != 0)
			i++;
		if (i == count)
			fault_at(reader, child->key_line, child->key_col, "settings-key",
			    "unknown key \"%s\"", child->key);
		else
			fields[i].read(reader, child, (char *)target + fields[i].offset);
	}
}

static bool
scalar(struct reader *reader, const struct hrd_yaml_node *node, const char *wanted)
{
	if (node->kind == HRD_YAML_SCALAR && node->text_len > 0)
		return true;
	type_fault(reader, node, wanted);
	return false;
}

static void
read_text(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	if (scalar(reader, node, "a text"))
		*(const char **)target = node->text;
}

static void
read_path(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	if (!scalar(reader, node, "an absolute path"))
		return;
	if (node->text[0] != '/')
		fault_at(reader, node->line, node->col, "settings-path",
		    "\"%s\" is not an absolute path", node->text);
	*(const char **)target = node->text;
}

static void
read_bool(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	if (!hrd_yaml_bool(node, target))
		type_fault(reader, node, "yes or no");
}

static void
read_word(struct reader *reader, const struct hrd_yaml_node *node, const struct word *words,
    size_t count, const char *wanted, int *value)
{
	if (!scalar(reader, node, wanted))
		return;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i].text, node->text) == 0) {
			*value = words[i].value;
			return;
		}
	}
	type_fault(reader, node, wanted);
}

/* A form of the settings language that this version does not carry out. */
static void
read_unsupported(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	(void)target;
	fault_at(reader, node->key_line, node->key_col, "settings-unsupported",
	    "\"%s\" is not supported by this version", node->key);
}

static void
read_mode(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	static const struct word words[] = {
		{ "enforce", HRD_MODE_ENFORCE },
		{ "observe", HRD_MODE_OBSERVE },
		{ "off", HRD_MODE_OFF },
	};
	int value = HRD_MODE_ENFORCE;

	read_word(reader, node, words, sizeof(words) / sizeof(words[0]), "enforce, observe or off",
	    &value);
	*(enum hrd_mode *)target = (enum hrd_mode)value;
}

static void
read_override(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	static const struct word words[] = {
		{ "nxdomain", HRD_OVERRIDE_NXDOMAIN },
		{ "nodata", HRD_OVERRIDE_NODATA },
		{ "passthru", HRD_OVERRIDE_PASSTHRU },
		{ "drop", HRD_OVERRIDE_DROP },
		{ "tcp-only", HRD_OVERRIDE_TCP_ONLY },
		{ "cname", HRD_OVERRIDE_CNAME },
		{ "disabled", HRD_OVERRIDE_DISABLED },
	};
	int value = HRD_OVERRIDE_NONE;

	read_word(reader, node, words, sizeof(words) / sizeof(words[0]),
	    "nxdomain, nodata, passthru, drop, tcp-only, cname or disabled", &value);
	*(enum hrd_override *)target = (enum hrd_override)value;
}

static void
read_name(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_name *name = target;

	if (!scalar(reader, node, "a domain name"))
		return;
	if (hrd_name_from_text(name, node->text, node->text_len) != HRD_OK || name->len == 1) {
		name->len = 0;
		fault_at(reader, node->line, node->col, "settings-name",
		    "\"%s\" is not a domain name", node->text);
	}
}

static void
read_ttl(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, TTL_MAX, &value) || value == 0)
		type_fault(reader, node, "seconds, 1 to 86400");
	*(uint32_t *)target = (uint32_t)value;
}

static void
read_ede_code(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, 18, &value) || value < 15)
		type_fault(
		    reader, node, "15 (Blocked), 16 (Censored), 17 (Filtered) or 18 (Prohibited)");
	*(uint16_t *)target = (uint16_t)value;
}

static void
read_answer(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	static const struct field fields[] = {
		{ "ttl", read_ttl, offsetof(struct hrd_answer_settings, ttl) },
		{ "ede", read_bool, offsetof(struct hrd_answer_settings, ede) },
		{ "ede-code", read_ede_code, offsetof(struct hrd_answer_settings, ede_code) },
		{ "organisation", read_text, offsetof(struct hrd_answer_settings, organisation) },
		{ "contact", read_text, offsetof(struct hrd_answer_settings, contact) },
	};

	read_map(reader, node, fields, sizeof(fields) / sizeof(fields[0]), target);
}

static void
read_key(struct reader *reader, const struct hrd_yaml_node *node, struct hrd_public_key *key)
{
	const char *path = NULL, *reason = "";
	unsigned before = reader->faults;
	int status;

	read_path(reader, node, &path);
	if (reader->faults > before)
		return;
	status = hrd_public_key_load(path, key, &reason);
	if (status == HRD_EIO)
		reason = strerror(errno);
	if (status != HRD_OK)
		fault_at(reader, node->line, node->col, "settings-public-key",
		    "cannot take the public key %s: %s", path, reason);
}

static void
read_keys(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_policy_settings *policy = target;

	if (node->kind != HRD_YAML_LIST || node->children == 0) {
		type_fault(reader, node, "a list of at least one public key file");
		return;
	}
	policy->keys = calloc(node->children, sizeof(*policy->keys));
	if (!policy->keys) {
		reader->no_memory = true;
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child; child = child->next)
		read_key(reader, child, &policy->keys[policy->key_count++]);
}

static void
read_policy(
    struct reader *reader, const struct hrd_yaml_node *node, struct hrd_policy_settings *policy)
{
	static const struct field fields[] = {
		{ "path", read_path, offsetof(struct hrd_policy_settings, path) },
		{ "id", read_text, offsetof(struct hrd_policy_settings, id) },
		{ "override", read_override, offsetof(struct hrd_policy_settings, override) },
		{ "override-cname", read_name, offsetof(struct hrd_policy_settings, cname) },
		{ "keys", read_keys, 0 },
	};
	unsigned before = reader->faults;

	policy->line = node->line;
	policy->col = node->col;
	read_map(reader, node, fields, sizeof(fields) / sizeof(fields[0]), policy);
	if (reader->faults > before)
		return;
	if (!policy->path)
		fault_at(
		    reader, node->line, node->col, "settings-missing", "a policy needs \"path\"");
	if ((policy->override == HRD_OVERRIDE_CNAME) != (policy->cname.len > 0))
		fault_at(reader, node->line, node->col, "settings-override",
		    "\"override: cname\" and \"override-cname\" belong together");
}

static void
read_policies(struct reader *reader, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_settings *settings = target;

	if (node->kind != HRD_YAML_LIST || node->children == 0) {
		type_fault(reader, node, "a list of at least one policy");
		return;
	}
	settings->policies = calloc(node->children, sizeof(*settings->policies));
	if (!settings->policies) {
		reader->no_memory = true;
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child; child = child->next)
		read_policy(reader, child, &settings->policies[settings->policy_count++]);
}

static void
read_root(struct reader *reader, const struct hrd_yaml_node *node, struct hrd_settings *settings)
{
	static const struct field fields[] = {
		{ "policies", read_policies, 0 },
		{ "mode", read_mode, offsetof(struct hrd_settings, mode) },
		{ "state-dir", read_path, offsetof(struct hrd_settings, state_dir) },
		{ "answer", read_answer, offsetof(struct hrd_settings, answer) },
		{ "clients", read_unsupported, 0 },
		{ "local-allow", read_unsupported, 0 },
		{ "events", read_unsupported, 0 },
		{ "metrics", read_unsupported, 0 },
		{ "on-missing", read_unsupported, 0 },
		{ "on-expired", read_unsupported, 0 },
		{ "observe", read_unsupported, 0 },
		{ "reload-min-interval", read_unsupported, 0 },
	};

	read_map(reader, node, fields, sizeof(fields) / sizeof(fields[0]), settings);
	if (!reader->faults && !settings->policies && !reader->no_memory)
		fault_at(
		    reader, node->line, node->col, "settings-missing", "\"policies\" is missing");
}

/* The whole file in memory; *data is malloc()ed. */
static int
slurp(const char *path, char **data, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0, got;
	int status = HRD_OK;

	if (!file)
		return HRD_EIO;
	do {
		char *more = realloc(text, size + BUFSIZ);

		if (!more) {
			status = HRD_ENOMEM;
			break;
		}
		text = more;
		got = fread(text + size, 1, BUFSIZ, file);
		size += got;
		if (size > HRD_YAML_OCTETS_MAX)
			status = HRD_ELIMIT;
	} while (got > 0 && status == HRD_OK);
	if (status == HRD_OK && ferror(file))
		status = HRD_EIO;
	(void)fclose(file);
	*data = text;
	*len = size;
	return status;
}

const char *
hrd_settings_path(void)
{
	const char *path = getenv("HRADBA_CONFIG");

	return path && path[0] ? path : HRADBA_CONFDIR "/hradba.yaml";
}

static int
parse(struct reader *reader, const char *text, size_t len, struct hrd_settings *settings)
{
	int status = hrd_yaml_parse(text, len, yaml_fault, reader, &settings->document);

	if (status != HRD_OK)
		return status;
	settings->answer.ede = true;
	settings->answer.ede_code = 15;
	read_root(reader, hrd_yaml_root(settings->document), settings);
	if (reader->no_memory)
		return HRD_ENOMEM;
	return reader->faults ? HRD_EINVAL : HRD_OK;
}

int
hrd_settings_read(const char *path, struct hrd_settings **out)
{
	struct reader reader = { .file = path };
	struct hrd_settings *settings = calloc(1, sizeof(*settings));
	char *text = NULL;
	size_t len = 0;
	int status = HRD_ENOMEM;

	if (settings)
		status = slurp(path, &text, &len);
	if (status == HRD_OK)
		status = parse(&reader, text, len, settings);
	else if (status == HRD_EIO)
		hrd_say(HRD_SAY_ERROR, "cannot read the settings %s: %s", path, strerror(errno));
	else
		hrd_say(
		    HRD_SAY_ERROR, "cannot read the settings %s: %s", path, hrd_strstatus(status));
	free(text);
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
	if (!settings)
		return;
	for (size_t i = 0; i < settings->policy_count; i++)
		free(settings->policies[i].keys);
	free(settings->policies);
	hrd_yaml_free(settings->document);
	free(settings);
}
