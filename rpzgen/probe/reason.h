/* SPDX-License-Identifier: BSD-3-Clause */
/* The reason that comes with an answer: the text of an extended error (RFC 8914), which may be JSON
 * (draft-ietf-dnsop-structured-dns-error section 4). Hostile text: what is no such JSON is plain
 * text, and everything is printable. One thread. */
#ifndef HRD_RPZGEN_PROBE_REASON_H
#define HRD_RPZGEN_PROBE_REASON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/json.h"
#include "lib/base/status.h"

enum { HRD_REASON_TEXT_MAX = 1024, HRD_REASON_CONTACTS_MAX = 8 };

struct hrd_stated_reason {
	uint16_t code;
	char text[HRD_REASON_TEXT_MAX]; /* as it came, where it is no JSON */
	bool structured;
	char justification[HRD_REASON_TEXT_MAX], organisation[HRD_REASON_TEXT_MAX];
	char contacts[HRD_REASON_CONTACTS_MAX][HRD_REASON_TEXT_MAX];
	unsigned contact_count;
	unsigned sub_error; /* 0: none */
};

/* HRD_ENOMEM. */
HRD_MUST_USE int hrd_reason_read(struct hrd_stated_reason *out, uint16_t code, const char *text);

/* "Blocked", "Censored", ...; NULL for a code that has no words here. */
const char *hrd_reason_code_words(uint16_t code);

/* Lines that say it, each after two blanks. */
void hrd_reason_print(const struct hrd_stated_reason *reason, FILE *out);

/* One object. */
void hrd_reason_write(const struct hrd_stated_reason *reason, struct hrd_json *json);

#endif
