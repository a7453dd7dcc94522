/* SPDX-License-Identifier: BSD-3-Clause */
/* What is served otherwise than the policies say, for somebody and for a time: a group of clients
 * (module/decide/groups.h) or an entry of the local allow list (module/decide/allow.h).
 *
 * An exemption that is over ends by itself; from 14 days before its end each load warns of it. */
#ifndef HRD_MODULE_DECIDE_EXEMPTION_H
#define HRD_MODULE_DECIDE_EXEMPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/base/form.h"

enum { HRD_EXEMPTION_WARN_DAYS = 14 };

/* Texts live as long as the document. */
struct hrd_exemption {
	const char *owner;  /* who answers for it, or NULL */
	const char *reason; /* or NULL */
	bool has_until;
	int32_t until; /* the last day, since 1970-01-01 */
	uint32_t line, col;
};

/* The rows of a table of fields for a map that has an exemption. */
#define HRD_EXEMPTION_FIELDS(type, member)                              \
	{ "owner", hrd_form_text, offsetof(type, member.owner) },       \
	    { "reason", hrd_form_text, offsetof(type, member.reason) }, \
	{                                                               \
		"until", hrd_form_until, offsetof(type, member)         \
	}

/* struct hrd_exemption: its last day. */
hrd_form_read hrd_form_until;

/* How many there are, and when that changes. */
struct hrd_exemptions {
	unsigned active; /* in force, ending ones included */
	unsigned ending; /* of these, within HRD_EXEMPTION_WARN_DAYS */
	unsigned over;
	int32_t change; /* the first day on which one of these changes; 0: none */
};

/* Counts an exemption as of form->today; warns where it is over, ends soon, or says not who, why
 * and until when. what: "group \"lab\"", for the text. True when it is in force. */
bool hrd_exemption_note(const struct hrd_form *form, const struct hrd_exemption *exemption,
    const char *what, const char *name, struct hrd_exemptions *sum);

#endif
