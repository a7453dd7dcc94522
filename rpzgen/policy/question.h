/* SPDX-License-Identifier: BSD-3-Clause */
/* What people paste when they ask about a name: a URL, a host with its port, a mail address, a name
 * in its own script, a name that was made safe to write about ("chat[.]example").
 *
 * A text that is a domain name in the form of zone files (RFC 1035 5.1) is that name, octet for
 * octet; what else it may be is looked for only where it is not, or where no name of use has such
 * octets. Pure; any number of threads. */
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
	HRD_ASKED_SAFE,    /* "[.]" for dots, or spaces around it */
	HRD_ASKED_QUOTED,  /* signs around it: quotes, brackets, a comma */
	HRD_ASKED_LINE,    /* of a hosts file, or of dnsmasq */
	HRD_ASKED_ADDRESS, /* no name at all: an address */
};

struct hrd_question {
	enum hrd_question_form form;
	struct hrd_name name; /* unless it is an address */
	/* With octets over 127 in it, the text may be meant as it stands too. */
	bool has_octets;
	struct hrd_name octets;
	struct hrd_prefix address;
};

/* Reads a text of len octets. HRD_EINVAL with *why: what is wrong with it (static text);
 * HRD_ENOMEM. */
HRD_MUST_USE int hrd_question_read(
    struct hrd_question *out, const char *text, size_t len, const char **why);

/* "a URL", for people; "" for a name that is taken as it stands. Static text. */
const char *hrd_question_form_text(enum hrd_question_form form);

#endif
