/* SPDX-License-Identifier: BSD-3-Clause */
/* What people paste when they ask about a name: a URL, a host with its port, a mail address, a name
 * in its own script, a name that was made safe to write about ("chat[.]example").
 *
 * A text that is a domain name in the form of zone files (RFC 1035 5.1) is that name, octet for
 * octet; what else it may be is looked for only where it is not, or where no name of use has such
 * octets. What is neither, nor of a form that is known, is unclear: it may mean a name that is not
 * found in it. Pure; any number of threads. */
#ifndef HRD_RPZGEN_POLICY_QUESTION_H
#define HRD_RPZGEN_POLICY_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/base/status.h"

enum hrd_question_form {
	HRD_ASKED_NAME, /* the text itself */
	HRD_ASKED_URL,
	HRD_ASKED_PORT,    /* host:port */
	HRD_ASKED_MAIL,    /* the domain of a mail address */
	HRD_ASKED_UNICODE, /* U-labels */
	HRD_ASKED_SAFE,    /* "[.]", "\." and the like for dots */
	HRD_ASKED_QUOTED,  /* signs around it: quotes, brackets, a comma */
	HRD_ASKED_LINE,    /* of a hosts file, or of dnsmasq */
	HRD_ASKED_ADDRESS, /* no name at all: an address */
};

struct hrd_question {
	enum hrd_question_form form;
	struct hrd_name name; /* unless it is an address */
	/* Another reading, which is meant where a rule is for it and none for the first: of octets
	 * over 127, of escaped dots, or with the signs around it. */
	bool has_other;
	struct hrd_name other;
	struct hrd_prefix address;
	/* The text may mean another name: a finding is one, but that no rule is for it says
	 * nothing, and is to be told as the error that *why then is. */
	bool unclear;
};

/* Reads a text of len octets. HRD_EINVAL with *why: what is wrong with it (static text), as with
 * an unclear one; HRD_ENOMEM. */
HRD_MUST_USE int hrd_question_read(
    struct hrd_question *out, const char *text, size_t len, const char **why);

/* "a URL", for people; "" for a name that is taken as it stands. Static text. */
const char *hrd_question_form_text(enum hrd_question_form form);

#endif
