/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of the Extended DNS Error (RFC 8914) on an answer that a rule changed. Pure. */
#ifndef HRD_MODULE_QUERY_EDE_H
#define HRD_MODULE_QUERY_EDE_H

#include <stddef.h>

#include "module/decide/decide.h"
#include "module/generation/settings.h"

enum { HRD_EDE_TEXT_MAX = 200 }; /* octets with the NUL; the option must fit 512 octets over UDP */

/* How much of the reason is given. */
enum hrd_ede_detail {
	HRD_EDE_FULL,
	HRD_EDE_CONTACT, /* whom to ask, alone */
	HRD_EDE_NOTHING, /* an empty text: the code says enough */
};

/* "Blocked by ORGANISATION: BASIS; rule ID; contact CONTACT", leaving out what is not known.
 * UTF-8, cut at a character: of what is too long first the basis, never the contact. Returns its
 * length. Pure. */
size_t hrd_ede_text(const struct hrd_answer_settings *settings, const struct hrd_hit *hit,
    enum hrd_ede_detail detail, char text[HRD_EDE_TEXT_MAX]);

#endif
