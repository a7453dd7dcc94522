/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of a policy in the forms of programs that load no response policy zone.
 *
 * A form has fewer words than a zone. A rule that it cannot say is left out, never widened, and
 * named in a comment of the file and in a warning; one that it says in part stays, with both.
 * Observe rules act nowhere and are in no form. Same rules, same octets.
 *
 * One thread. Everything is borrowed for the call. */
#ifndef HRD_RPZGEN_EXPORT_EXPORT_H
#define HRD_RPZGEN_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/net/liverecord.h"

/* What happens to one name; HRD_ACTION_NONE: what is decided above it. */
struct hrd_export_entry {
	struct hrd_name name;
	char text[HRD_NAME_TEXT_MAX]; /* [a-z0-9._-]: safe in every form */
	enum hrd_action at;           /* the name itself */
	enum hrd_action below;        /* what is below it */
};

struct hrd_export {
	const struct hrd_ruleset *set;        /* sealed; names above imply nothing that is in it */
	const struct hrd_live_record *record; /* of a form that needs one, else NULL */
	const char *policy, *date;            /* for the head of the file */
	const char *inventory;                /* where warnings are */
	FILE *out;
	struct hrd_diag *diag;
	bool warned;              /* set: the warnings have been given */
	size_t written, left_out; /* set: names in the file, and rules that are not */
};

/* What a form made of an entry. */
enum hrd_export_result {
	HRD_EXPORT_WRITTEN,
	HRD_EXPORT_PARTLY,   /* the rest of the rule is lost */
	HRD_EXPORT_LEFT_OUT, /* the form cannot say it */
	HRD_EXPORT_NOTHING,  /* there is nothing to say about it in this form */
};

struct hrd_export_form {
	const char *word;
	const char *comment; /* what begins one */
	const char *head;    /* lines before the entries, or NULL */
	const char *tail;    /* lines after them, or NULL */
	const char *about;   /* what goes into the head's comment */
	bool needs_record;
	/* Writes an entry; *why: what is lost, in words (static), of PARTLY and LEFT_OUT. */
	enum hrd_export_result (*entry)(
	    const struct hrd_export *run, const struct hrd_export_entry *entry, const char **why);
};

/* By word; NULL: no such form. program: of trust-anchors, for one of them alone; else NULL. */
const struct hrd_export_form *hrd_export_form(const char *word, const char *program);

/* The words of all forms, or of all programs of trust-anchors, with commas. Static text. */
extern const char hrd_export_words[];
extern const char hrd_export_programs[];

/* Writes the file; HRD_EIO with errno. Without `program` trust-anchors is each form of it in turn.
 */
HRD_MUST_USE int hrd_export_write(struct hrd_export *run, const char *word, const char *program);

/* The tables of the forms by what they are for; a word of NULL ends them. */
extern const struct hrd_export_form hrd_export_lists[];
extern const struct hrd_export_form hrd_export_scripts[];
extern const struct hrd_export_form hrd_export_anchors[];

#endif
