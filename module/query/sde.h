/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of a Structured DNS Error: JSON in the EXTRA-TEXT of an Extended DNS Error, for clients
 * who asked for it by an EDNS option (draft-ietf-dnsop-structured-dns-error of June 2026). Pure.
 */
#ifndef HRD_MODULE_QUERY_SDE_H
#define HRD_MODULE_QUERY_SDE_H

#include <stdbool.h>
#include <stddef.h>

#include "module/decide/decide.h"
#include "module/generation/settings.h"
#include "module/query/ede.h"

enum {
	HRD_SDE_OPTION = 26,     /* of EDNS: IANA, "Structured DNS Error" (section 5.4) */
	HRD_SDE_TEXT_MAX = 2048, /* octets with the NUL */
};

/* Whether answers with this code of RFC 8914 may have a structured text (section 5.2). */
bool hrd_sde_has(unsigned ede_code);

/* Writes the text; its length, 0 where there is nothing to say that a client would use
 * (section 5.3, step 5). Full: contacts, justification with the rule's id, sub-error, organisation,
 * language; contact: without what section 5.2 says to leave out first, justification and
 * organisation. language: as the client's group has it, or NULL. */
size_t hrd_sde_text(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    const char *language, enum hrd_ede_detail detail, char text[HRD_SDE_TEXT_MAX]);

#endif
