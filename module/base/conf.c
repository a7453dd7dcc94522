/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the module's YAML files by tables. */
#include <config.h>

#include "module/base/conf.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/base/readfile.h"
#include "lib/crypto/blake2b.h"
#include "lib/name/name.h"
#include "module/base/log.h"
#include "module/base/thread.h"

enum { FAULT_TEXT_MAX = 512 };

/* What a line about the file tells: which it is, and what it holds. */
static struct hrd_log_subject
about(const struct hrd_conf *conf, const char *file)
{
	struct hrd_log_subject subject = { .file = "" };

	snprintf(subject.file, sizeof(subject.file), "%s", file);
	if (conf->digest != 0)
		snprintf(subject.digest, sizeof(subject.digest), "%016" PRIx64, conf->digest);
	return subject;
}

void
hrd_conf_fault(
    struct hrd_conf *conf, uint32_t line, uint32_t col, const char *id, const char *format, ...)
{
	struct hrd_log_subject subject = about(conf, conf->file);
	char text[FAULT_TEXT_MAX];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	hrd_log_about(HRD_LOG_ERROR, "settings-refused", &subject, "%s:%u:%u: error: %s [%s]",
	    conf->file, (unsigned)line, (unsigned)col, text, id);
	conf->faults++;
}

static void
yaml_fault(void *ctx, uint32_t line, uint32_t col, const char *id, const char *text)
{
	hrd_conf_fault(ctx, line, col, id, "%s", text);
}

void
hrd_conf_type_fault(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *wanted)
{
	const char *quote = node->key != NULL ? "\"" : "",
		   *key = node->key != NULL ? node->key : "this";

	if (node->commented)
		hrd_conf_fault(conf, node->line, node->col, "settings-type",
		    "%s%s%s has a comment and no value: \"#\" begins one; quote a text with \"#\"",
		    quote, key, quote);
	else if (node->kind == HRD_YAML_SCALAR && node->text_len > 0)
		hrd_conf_fault(conf, node->line, node->col, "settings-type",
		    "%s%s%s must be %s, not \"%.60s\"%s", quote, key, quote, wanted, node->text,
		    hrd_yaml_is_quoted_value(node) ? " in quotes" : "");
	else
		hrd_conf_fault(conf, node->line, node->col, "settings-type", "%s%s%s must be %s",
		    quote, key, quote, wanted);
}

bool
hrd_conf_is_reported(struct hrd_conf *conf, const struct hrd_yaml_node *node)
{
	bool reported = (node->kind == HRD_YAML_SCALAR && node->broken) ||
			(node->key != NULL && node->key[0] == '\0');

	conf->faults += reported ? 1 : 0;
	return reported;
}

void
hrd_conf_unknown_key(
    struct hrd_conf *conf, const struct hrd_yaml_node *node, const struct hrd_near *near)
{
	hrd_conf_fault(conf, node->key_line, node->key_col, "settings-key",
	    "unknown key \"%.60s\"%s%s%s", node->key, near->best != NULL ? "; did you mean \"" : "",
	    near->best != NULL ? near->best : "", near->best != NULL ? "\"?" : "");
}

/* Reads a map by its table of fields. */
void
hrd_conf_map(struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_conf_field *fields, size_t count, void *target)
{
	if (node->kind != HRD_YAML_MAP) {
		hrd_conf_type_fault(conf, node, "a map of keys and values");
		return;
	}
	for (const struct hrd_yaml_node *child = node->child; child != NULL; child = child->next) {
		struct hrd_near near;
		size_t i = 0;

		if (hrd_conf_is_reported(conf, child))
			continue;
		hrd_near_init(&near, child->key);
		for (; i < count && strcmp(fields[i].key, child->key) != 0; i++)
			hrd_near_try(&near, fields[i].key);
		if (i == count)
			hrd_conf_unknown_key(conf, child, &near);
		else
			fields[i].read(conf, child, (char *)target + fields[i].offset);
	}
}

void
hrd_conf_need(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *key)
{
	if (node->kind == HRD_YAML_MAP && hrd_yaml_get(node, key) == NULL)
		hrd_conf_fault(conf, node->line, node->col, "settings-missing", "%s need \"%s\"",
		    node->key, key);
}

static bool
scalar(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *wanted)
{
	if (node->kind == HRD_YAML_SCALAR && node->text_len > 0)
		return true;
	hrd_conf_type_fault(conf, node, wanted);
	return false;
}

void
hrd_conf_text(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	if (!scalar(conf, node, "a text"))
		return;
	*(const char **)target = node->text;
	if (node->cut && !conf->trusted)
		hrd_log(HRD_LOG_WARNING,
		    "%s:%u:%u: warning: \"%.60s\" ends before \"#\", which begins a comment; quote "
		    "the text, or write a space behind \"#\" [settings-comment]",
		    conf->file, (unsigned)node->line, (unsigned)node->col, node->text);
}

void
hrd_conf_warn_long(
    const struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *format, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;

	if (conf->trusted)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hrd_log(HRD_LOG_WARNING, "%s:%u:%u: warning: %s [settings-long]", conf->file,
	    (unsigned)node->line, (unsigned)node->col, text);
}

void
hrd_conf_judge_length(const struct hrd_conf *conf, const struct hrd_yaml_node *node, unsigned max)
{
	if (node->kind == HRD_YAML_SCALAR && node->text_len > max)
		hrd_conf_warn_long(conf, node,
		    "a text of %u octets, of which only the first %u are used; shorten it",
		    (unsigned)node->text_len, max);
}

void
hrd_conf_note(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	hrd_conf_text(conf, node, target);
	hrd_conf_judge_length(conf, node, HRD_META_TEXT_MAX);
}

void
hrd_conf_path(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	if (!scalar(conf, node, "an absolute path"))
		return;
	if (node->text[0] != '/')
		hrd_conf_fault(conf, node->line, node->col, "settings-path",
		    "\"%s\" is not an absolute path", node->text);
	*(const char **)target = node->text;
}

static void
lacks_directory(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *directory)
{
	conf->passing = true;
	hrd_conf_fault(conf, node->line, node->col, "settings-directory",
	    "there is no directory %s: create it, writable for the server, or name another",
	    directory);
}

void
hrd_conf_new_file(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	unsigned before = conf->faults;
	struct stat st;
	char *directory;

	hrd_conf_path(conf, node, target);
	if (conf->faults > before || conf->trusted)
		return;
	directory = strndup(node->text, (size_t)(strrchr(node->text, '/') + 1 - node->text));
	if (directory == NULL)
		conf->no_memory = true;
	else if (stat(directory, &st) != 0 || !S_ISDIR(st.st_mode))
		lacks_directory(conf, node, directory);
	free(directory);
}

void
hrd_conf_bool(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	if (!hrd_yaml_bool(node, target))
		hrd_conf_type_fault(conf, node, "yes or no");
}

void
hrd_conf_word(struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_conf_word *words, size_t count, const char *wanted, int *value)
{
	if (!scalar(conf, node, wanted))
		return;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i].text, node->text) == 0) {
			*value = words[i].value;
			return;
		}
	}
	hrd_conf_type_fault(conf, node, wanted);
}

const char *
hrd_conf_no_host(const char *text)
{
	static const char octets[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*\\";
	struct in_addr address;

	if (strchr(text, '/') != NULL)
		return "a URL; write the name of its host";
	if (strchr(text, ':') != NULL)
		return "no name; write it without port or address";
	if (strchr(text, '@') != NULL)
		return "an address of mail; write what is behind the @";
	if (inet_pton(AF_INET, text, &address) == 1)
		return "an address, not a name";
	if (text[strspn(text, octets)] != '\0')
		return "no name of a host; it has letters, digits, - and _, or begins with xn--";
	return NULL;
}

void
hrd_conf_name(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	struct hrd_name *name = target;
	const char *why;

	if (!scalar(conf, node, "a domain name"))
		return;
	why = hrd_conf_no_host(node->text);
	if (hrd_name_from_text(name, node->text, node->text_len) != HRD_OK || name->len == 1)
		why = "not a domain name";
	if (why == NULL)
		return;
	name->len = 0;
	hrd_conf_fault(
	    conf, node->line, node->col, "settings-name", "\"%s\" is %s", node->text, why);
}

void *
hrd_conf_list(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *wanted,
    hrd_conf_read *read, size_t size, size_t *count)
{
	char *array;

	*count = 0;
	if (node->kind != HRD_YAML_LIST || node->children == 0) {
		hrd_conf_type_fault(conf, node, wanted);
		return NULL;
	}
	array = calloc(node->children, size);
	if (array == NULL) {
		conf->no_memory = true;
		return NULL;
	}
	for (const struct hrd_yaml_node *child = node->child; child != NULL; child = child->next) {
		/* What is trusted is only taken over: it is short, and must be whole. */
		conf->stopped |= !conf->trusted && hrd_thread_is_stopping();
		if (conf->stopped)
			conf->faults++; /* nobody goes on with what is half read */
		else if (!hrd_conf_is_reported(conf, child))
			read(conf, child, array + size * *count);
		++*count;
	}
	return array;
}

static int
cannot_read(struct hrd_conf *conf, const char *path, int status, const char *why)
{
	struct hrd_log_subject subject = about(conf, path);

	conf->passing = status != HRD_ELIMIT;
	if (status == HRD_ELIMIT)
		hrd_log_about(HRD_LOG_ERROR, "settings-refused", &subject,
		    "cannot read %s: it has more than %u octets; an allow list can be "
		    "split into several",
		    path, HRD_YAML_OCTETS_MAX);
	else
		hrd_log_about(
		    HRD_LOG_ERROR, "settings-refused", &subject, "cannot read %s: %s", path, why);
	return status;
}

static bool
goes_on(void *ctx)
{
	(void)ctx;
	hrd_thread_give_way();
	return !hrd_thread_is_stopping();
}

static int
open_file(struct hrd_conf *conf, const char *path, bool marked, struct hrd_yaml **out)
{
	const struct hrd_yaml_reader reader = { yaml_fault, goes_on, conf, marked };
	uint8_t *text = NULL;
	uint8_t digest[sizeof(conf->digest)];
	char mistaken[HRD_CONTENT_TEXT_MAX];
	const char *why;
	size_t len = 0;
	int status = hrd_read_regular(path, HRD_YAML_OCTETS_MAX, &text, &len, NULL, &why);

	if (status != HRD_OK)
		return cannot_read(conf, path, status, why);
	hrd_blake2b(digest, sizeof(digest), text, len);
	conf->digest = hrd_le64(digest);
	if (hrd_content_mistaken((const char *)text, len, conf->wanted, mistaken)) {
		hrd_conf_fault(conf, 1, 1, "file-kind", "%s", mistaken);
		free(text);
		return HRD_EINVAL;
	}
	status = hrd_yaml_parse_by(&reader, text, len, out);
	free(text);
	if (status == HRD_ENOMEM)
		return cannot_read(conf, path, status, hrd_strstatus(status));
	return status;
}

int
hrd_conf_open(struct hrd_conf *conf, const char *path, struct hrd_yaml **out)
{
	return open_file(conf, path, false, out);
}

int
hrd_conf_open_marked(struct hrd_conf *conf, const char *path, struct hrd_yaml **out)
{
	return open_file(conf, path, true, out);
}

int
hrd_conf_status(const struct hrd_conf *conf)
{
	if (conf->no_memory)
		return HRD_ENOMEM;
	if (conf->stopped)
		return HRD_ESTOP;
	return conf->faults ? HRD_EINVAL : HRD_OK;
}

/* Letters, digits and single hyphens between subtags of at most eight (RFC 5646 section 2.1). */
bool
hrd_conf_is_language(const char *text)
{
	size_t subtag = 0;

	for (const char *c = text; *c != '\0'; c++) {
		bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');

		if (*c == '-' ? subtag == 0 : (!letter && (*c < '0' || *c > '9')))
			return false;
		subtag = *c == '-' ? 0 : subtag + 1;
		if (subtag > 8)
			return false;
	}
	return subtag > 0 && strlen(text) <= HRD_LANGUAGE_MAX && text[1] != '\0' && text[1] != '-';
}

void
hrd_conf_language(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	const char *text = NULL;

	hrd_conf_text(conf, node, &text);
	if (text != NULL && !hrd_conf_is_language(text))
		hrd_conf_type_fault(conf, node, "a language tag, such as cs or pt-BR");
	*(const char **)target = text;
}
