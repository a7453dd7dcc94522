/* SPDX-License-Identifier: BSD-3-Clause */
/* An inventory in memory: what zones/README.md describes, bound to structures that keep their
 * places.
 *
 * Every structure begins with struct hrd_item. Texts lie in the YAML documents and arrays in the
 * arena: both live until hrd_inventory_free(). An inventory is read once and then only read; from
 * then on any number of threads may look.
 *
 * After a reading without errors every member that the form requires (zones/README.md, bold) is
 * there; after one with errors any may be missing. What is absent: NULL, HRD_NO_DATE, -1 for a
 * word, 0 for a number, false, no bits. Dates are days since 1970-01-01 (UTC), from and until
 * inclusive. An int that holds a word is its index in the *_words array of its form; where an enum
 * stands for it, the enum has the order of that array. */
#ifndef HRD_RPZGEN_INVENTORY_INVENTORY_H
#define HRD_RPZGEN_INVENTORY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/crypto/blake2b.h"
#include "lib/name/name.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/inventory/bind.h"

/* The words of the form; the arrays end with NULL. */
enum hrd_relation {
	HRD_SELF,
	HRD_PARENT,
	HRD_SUBSIDIARY,
	HRD_AFFILIATE,
	HRD_PREDECESSOR,
	HRD_SUCCESSOR,
};
extern const char *const hrd_relation_words[];
extern const char *const hrd_kind_words[]; /* of services */

enum hrd_grade { HRD_CONFIRMED, HRD_PROBABLE, HRD_UNVERIFIED }; /* the better first */
extern const char *const hrd_grade_words[];

enum hrd_name_match { HRD_SUBTREE, HRD_EXACT };

/* Actions of profiles and feeds by index of hrd_inventory_action_words. */
extern const char *const hrd_inventory_action_words[];
/* The action (enum hrd_action) of such an index; HRD_ACTION_NONE for "none". */
int hrd_inventory_action(int word);

enum hrd_supports {
	HRD_SUPPORTS_USE,
	HRD_SUPPORTS_OWNERSHIP,
	HRD_SUPPORTS_RELATION,
	HRD_SUPPORTS_EXISTENCE
};

struct hrd_evidence {
	struct hrd_item item;
	const char *title, *url, *repository, *path, *commit, *date, *sha256;
	int32_t retrieved;
	bool official;
	int supports; /* enum hrd_supports; -1 = everything */
};

struct hrd_evidence_list {
	struct hrd_evidence *all;
	size_t count;
};

struct hrd_inventory_publisher {
	struct hrd_item item;
	const char *name, *contact;
};

struct hrd_inventory_policy {
	struct hrd_item item;
	const char *id, *title;
	struct hrd_name *apex;
	uint64_t ttl, negative_ttl, valid_days;
	bool beacon;
	struct hrd_inventory_publisher *publisher;
};

/* Why the rules of an act are there, for people, in one language. */
struct hrd_basis_text {
	struct hrd_item item;
	const char *language; /* lower-case language tag (RFC 5646) */
	const char *text;
};

struct hrd_basis {
	struct hrd_item item;
	const char *id, *title, *short_title, *issuer;
	const char *permalink, *document; /* one of them */
	const char *covers, *binds, *advises, *exempts, *note;
	int threat;
	int32_t date, from, until, fulfil_by;
	struct hrd_basis_text *justification;
	size_t justification_count;
	struct hrd_evidence_list evidence;
};

struct hrd_listed {
	struct hrd_item item;
	struct hrd_name *name; /* NULL when it was bad, which was reported */
	int match;             /* enum hrd_name_match */
	bool exclusive;
	int confidence, ownership, use; /* enum hrd_grade, -1 = not given */
	int32_t from, until;
	struct hrd_evidence_list evidence;
	const char *note;
};

struct hrd_known {
	struct hrd_item item;
	struct hrd_name *name;
	int confidence;
	const char *use, *note;
	struct hrd_evidence_list evidence;
};

struct hrd_service {
	struct hrd_item item;
	const char *id, *title;
	int kind;
	struct hrd_listed *names;
	size_t name_count;
	struct hrd_known *known;
	size_t known_count;
};

struct hrd_entity {
	struct hrd_item item;
	const char *id, *name, *native, *of, *note;
	int relation, confidence;
	int32_t since, until;
	struct hrd_evidence_list evidence;
	struct hrd_service *services;
	size_t service_count;
};

struct hrd_shared {
	struct hrd_item item;
	struct hrd_name *name;
	int match, confidence, action; /* action: 0 observe, 1 none, -1 = not given: observe */
	const char *vendor, *role, *note;
	struct hrd_evidence_list evidence;
};

struct hrd_never {
	struct hrd_item item;
	struct hrd_name *name;
	int match;
	const char *reason;
	struct hrd_evidence_list evidence;
};

struct hrd_profile_rule {
	struct hrd_item item;
	unsigned relations;   /* bits 1 << enum hrd_relation */
	unsigned confidences; /* bits 1 << enum hrd_grade */
	int exclusive;        /* 0 yes, 1 no, -1 = both */
	int action;
};

struct hrd_override {
	struct hrd_item item;
	struct hrd_name *name;
	int action;
	const char *owner, *reason;
	int32_t until;
};

struct hrd_profile {
	struct hrd_item item;
	const char *id, *title, *basis, *text;
	int32_t from, until;
	struct hrd_profile_rule *rules;
	size_t rule_count;
	struct hrd_override *overrides;
	size_t override_count;
};

struct hrd_group {
	struct hrd_item item;
	const char *id, *title;
	unsigned relations;
	bool enabled;
};

struct hrd_exception {
	struct hrd_item item;
	const char *guard, *owner, *reason;
	struct hrd_name *name; /* NULL: the guard speaks of no name */
	int32_t expires;
};

/* What a feed may bring besides names to block. */
enum hrd_brings {
	HRD_BRINGS_ADDRESSES,
	HRD_BRINGS_SERVERS,
	HRD_BRINGS_CLIENTS,
	HRD_BRINGS_REDIRECTS,
};

struct hrd_feed {
	struct hrd_item item;
	const char *id, *title, *url, *file, *basis, *entity, *sha256, *minisign, *note;
	const char *allow_file, *max_refused, *origin;
	const struct hrd_yaml_node *allow; /* list of names, or NULL */
	unsigned brings;                   /* bits 1 << enum hrd_brings */
	int form, match, action;           /* form: enum hrd_feed_form */
	uint64_t max_age;                  /* days; 0: not given */
	int32_t from, until;
};

/* One file of the form. */
struct hrd_inventory_section {
	struct hrd_item item;
	uint64_t format;
	struct hrd_inventory_policy *policy;
	struct hrd_basis *basis;
	size_t basis_count;
	struct hrd_entity *entities;
	size_t entity_count;
	struct hrd_shared *shared;
	size_t shared_count;
	struct hrd_never *never;
	size_t never_count;
	struct hrd_profile *profiles;
	size_t profile_count;
	struct hrd_group *groups;
	size_t group_count;
	struct hrd_exception *exceptions;
	size_t exception_count;
	struct hrd_feed *feeds;
	size_t feed_count;
	const struct hrd_yaml_node *include;
};

/* The tables of the form (form.c). */
extern const struct hrd_shape hrd_section_shape;

enum { HRD_INVENTORY_FILES_MAX = 256, HRD_INCLUDE_DEPTH_MAX = 8 };

/* A whole inventory: its file and, in order, those it includes. */
struct hrd_inventory {
	struct hrd_inventory_section
	    *sections[HRD_INVENTORY_FILES_MAX]; /* [0] is the file itself */
	struct hrd_yaml *docs[HRD_INVENTORY_FILES_MAX];
	size_t lengths[HRD_INVENTORY_FILES_MAX]; /* octets of the files */
	size_t count;
	struct hrd_arena arena;
	struct hrd_blake2b digest; /* over the octets of all files in order */
	const char *dir;           /* of the first file, with its slash; "" = where we are */
};

/* Reads a file ("-" = stdin) with what it includes, and reports everything that breaks the form.
 * NULL when out of memory or when there is nothing to work on; the diagnostics say so. An
 * inventory with errors is returned all the same, so that the checks find more: hrd_diag_errors()
 * decides. */
struct hrd_inventory *hrd_inventory_read(const char *path, struct hrd_diag *diag);
void hrd_inventory_free(struct hrd_inventory *inventory); /* NULL-safe */

/* A path that the inventory names, relative to its directory; lives as long as the inventory. NULL
 * when it would leave the directory, or out of memory. */
const char *hrd_inventory_path(struct hrd_inventory *inventory, const char *name);

/* Reads a file by such a path: a regular one, and by no link that leads out of the directory. As
 * hrd_infile_read(). */
HRD_MUST_USE int hrd_inventory_read_file(
    const struct hrd_inventory *inventory, const char *path, size_t max, char **data, size_t *len);

/* BLAKE2b-512 over the octets of all files, and of the feeds that were loaded. */
void hrd_inventory_digest(const struct hrd_inventory *inventory, uint8_t digest[64]);

/* References, uniqueness, dates and grades: everything that a table cannot say (check.c,
 * grade.c). */
void hrd_inventory_check(const struct hrd_inventory *inventory, struct hrd_diag *diag);
void hrd_inventory_check_grades(const struct hrd_inventory *inventory, struct hrd_diag *diag);

/* What has the form and is a mistake all the same: circles, rules that never apply, names twice,
 * days that cannot be (mistakes.c). hrd_inventory_check() does it. */
void hrd_inventory_check_mistakes(const struct hrd_inventory *inventory, struct hrd_diag *diag);

/* Warns of a contact that is a placeholder: clients get it with their answers (mistakes.c). */
void hrd_inventory_check_contact(const struct hrd_inventory *inventory, struct hrd_diag *diag);

/* Warns of sources that will not bear their claim for long: at the tip of a branch, an official
 * home page, retrieved more than a year before the day (HRD_NO_DATE: age is not judged)
 * (citations.c). */
void hrd_inventory_check_sources(
    const struct hrd_inventory *inventory, int32_t day, struct hrd_diag *diag);

/* By id over all files; NULL when there is none. */
const struct hrd_inventory_policy *hrd_inventory_policy(const struct hrd_inventory *inventory);
const struct hrd_basis *hrd_inventory_basis(const struct hrd_inventory *inventory, const char *id);
const struct hrd_entity *hrd_inventory_entity(
    const struct hrd_inventory *inventory, const char *id);
/* id NULL: the first profile, which is taken where none is named. */
const struct hrd_profile *hrd_inventory_profile(
    const struct hrd_inventory *inventory, const char *id);

/* Walks over members of all files in order; start with a zero cursor. NULL at the end. */
struct hrd_cursor {
	size_t section, entity, service, index;
};
const struct hrd_entity *hrd_next_entity(
    const struct hrd_inventory *inventory, struct hrd_cursor *at);
/* The next listed or known name with its service and entity. */
const struct hrd_listed *hrd_next_listed(const struct hrd_inventory *inventory,
    struct hrd_cursor *at, const struct hrd_entity **entity, const struct hrd_service **service);
const struct hrd_known *hrd_next_known(const struct hrd_inventory *inventory, struct hrd_cursor *at,
    const struct hrd_entity **entity, const struct hrd_service **service);

#endif
