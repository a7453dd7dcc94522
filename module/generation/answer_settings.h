/* SPDX-License-Identifier: BSD-3-Clause */
/* "answer" of the settings: what clients see, and are told, of a block. Texts live as long as the
 * settings' document; immutable once read. Read by one thread, then by any number. */
#ifndef HRD_MODULE_GENERATION_ANSWER_SETTINGS_H
#define HRD_MODULE_GENERATION_ANSWER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/base/conf.h"

enum {
	HRD_EDE_BLOCKED = 15, /* RFC 8914 section 4.16 and following */
	HRD_EDE_CENSORED = 16,
	HRD_EDE_FILTERED = 17,
	HRD_EDE_PROHIBITED = 18,
};

/* How much of the settings an answer has room for; what is longer is warned of and cut. */
enum {
	HRD_ANSWER_CONTACTS_MAX = 4,
	HRD_ANSWER_CONTACT_MAX = 254, /* octets; a longer one is left out */
	HRD_ANSWER_ORGANISATION_MAX = 128,
	/* texts should be as short as possible (draft-ietf-dnsop-structured-dns-error section 4) */
	HRD_ANSWER_JUSTIFICATION_MAX = 512,
	/* of organisation and first contact together, in the text of an Extended DNS Error */
	HRD_ANSWER_WHO_MAX = 178,
};

/* Why, for people, in one language. */
struct hrd_answer_text {
	const char *language; /* language tag (RFC 5646) */
	const char *text;
};

struct hrd_answer_settings {
	uint32_t ttl;             /* seconds; 0: the policy's own */
	bool ede;                 /* attach an Extended DNS Error at all */
	uint16_t ede_code;        /* HRD_EDE_... */
	const char *organisation; /* who blocks, or NULL */
	const char **contacts;    /* whom to ask; none: the publisher of the policy */
	size_t contact_count;
	/* of Structured DNS Errors: */
	bool structured;      /* give them to clients who ask for them */
	unsigned sub_error;   /* 1 to 6; 0: none */
	const char *language; /* of texts that do not say theirs, and for those who chose none */
	struct hrd_answer_text *justifications; /* NULL: those of the policy */
	size_t justification_count;
};

/* What holds where the settings say nothing. */
void hrd_answer_settings_init(struct hrd_answer_settings *answer);
/* Frees what it holds; then init before the next use. */
void hrd_answer_settings_clear(struct hrd_answer_settings *answer);

/* Reader of settings: "answer" into struct hrd_answer_settings. */
hrd_conf_read hrd_conf_answer;

#endif
