/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the module's YAML files by tables: one table of keys a map, one small reader a type.
 *
 * A fault is one line, "FILE:LINE:COL: error: TEXT [id]", logged at once; reading goes on, so
 * that one run reports them all. The caller refuses the file when faults is not 0.
 *
 * One reader belongs to one thread; what it gives is the caller's, and texts live as long as the
 * document. */
#ifndef HRD_MODULE_BASE_CONF_H
#define HRD_MODULE_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/usage/content.h"
#include "lib/usage/suggest.h"
#include "lib/yaml/tree.h"

struct hrd_conf {
	const char *file;        /* for diagnostics; borrowed */
	enum hrd_content wanted; /* what the file is to be; others are named as what they are */
	unsigned faults;
	uint64_t digest; /* of what the file holds; set by hrd_conf_open() */
	unsigned lapses; /* faults for which something stands in, so that nothing is refused */
	bool no_memory;  /* a reader ran out of memory */
	bool stopped;    /* the thread was told to end: what was read is not whole */
	bool passing;    /* a fault may pass without a change of the file: look again */
	bool trusted;    /* was good before: what it names on the disk is not looked for again */
	void *ctx;       /* of the caller, for its readers */
};

/* A reader of one value: sets what `target` points to, or reports a fault. */
typedef void hrd_conf_read(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target);

/* One key of a map: its value is read into the target of the map + offset. */
struct hrd_conf_field {
	const char *key;
	hrd_conf_read *read;
	size_t offset;
};

struct hrd_conf_word {
	const char *text;
	int value;
};

/* Reads and parses a file. HRD_ENOENT, HRD_EIO, HRD_ELIMIT, HRD_ENOMEM, HRD_EINVAL: all logged;
 * HRD_ESTOP: the calling thread was told to end (module/base/thread.h). conf->passing says whether
 * what kept the file from being read may pass. *out is freed by hrd_yaml_free(). */
HRD_MUST_USE int hrd_conf_open(struct hrd_conf *conf, const char *path, struct hrd_yaml **out);

/* The same, but what is YAML at all gives a tree with its broken parts marked. */
HRD_MUST_USE int hrd_conf_open_marked(
    struct hrd_conf *conf, const char *path, struct hrd_yaml **out);

/* HRD_OK, HRD_ENOMEM where a reader ran out of memory, HRD_ESTOP where it was stopped, else
 * HRD_EINVAL where there were faults. */
HRD_MUST_USE int hrd_conf_status(const struct hrd_conf *conf);

/* Logs a fault at that place of the file, and counts it. id, text: doc/diagnostics.md. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void
hrd_conf_fault(
    struct hrd_conf *conf, uint32_t line, uint32_t col, const char *id, const char *format, ...);

/* Warns of a value that is taken, and of which not all is used, unless the form is trusted. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void
hrd_conf_warn_long(
    const struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *format, ...);

/* Warns of a text over so many octets, which are all that is used of it. */
void hrd_conf_judge_length(
    const struct hrd_conf *conf, const struct hrd_yaml_node *node, unsigned max);

/* "KEY must be WANTED [settings-type]" */
void hrd_conf_type_fault(
    struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *wanted);

/* Whether the fault of a node, or of its key, was reported when it was parsed: it is one of this
 * form then, and there is nothing to read. */
bool hrd_conf_is_reported(struct hrd_conf *conf, const struct hrd_yaml_node *node);

/* A key that the form does not have; near: tried with those that it has. */
void hrd_conf_unknown_key(
    struct hrd_conf *conf, const struct hrd_yaml_node *node, const struct hrd_near *near);

/* A map; unknown keys are faults. */
void hrd_conf_map(struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_conf_field *fields, size_t count, void *target);

/* A map without that key is a fault, "KEY-OF-THE-MAP need "KEY"", whatever else is wrong with it.
 */
void hrd_conf_need(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *key);

/* A list of at least one entry: a calloc()ed array of *count entries of `size` octets, each read by
 * `read`; the caller frees it, and what its entries own. NULL, with *count 0, after a fault of the
 * list itself and without memory (conf->no_memory). */
void *hrd_conf_list(struct hrd_conf *conf, const struct hrd_yaml_node *node, const char *wanted,
    hrd_conf_read *read, size_t size, size_t *count);

/* One of a few words; value keeps what it has when it is none of them. */
void hrd_conf_word(struct hrd_conf *conf, const struct hrd_yaml_node *node,
    const struct hrd_conf_word *words, size_t count, const char *wanted, int *value);

/* const char *: a text that is not empty; it lives as long as the document. */
hrd_conf_read hrd_conf_text;
/* const char *: the same, up to the octets that metadata of a rule can have. */
hrd_conf_read hrd_conf_note;
/* const char *: an absolute path; set after that fault too. */
hrd_conf_read hrd_conf_path;
/* const char *: an absolute path that a file can be made at: its directory exists, unless the form
 * is trusted. */
hrd_conf_read hrd_conf_new_file;
/* bool: yes or no. */
hrd_conf_read hrd_conf_bool;
/* struct hrd_name: a domain name other than the root; len 0 after a fault. */
hrd_conf_read hrd_conf_name;

/* Why no query for a host can be for a name so written, "a URL; write the name of its host"; NULL:
 * one can be. Static text. */
const char *hrd_conf_no_host(const char *text);

/* const char *: a language tag (RFC 5646), at most so many octets. */
enum { HRD_LANGUAGE_MAX = 35 };
bool hrd_conf_is_language(const char *text);
hrd_conf_read hrd_conf_language;

#endif
