/* SPDX-License-Identifier: BSD-3-Clause */
/* The decision about a question, name and type: whose data is asked for, and for whom.
 *
 * DS belongs to the parent (RFC 4035 section 3.1.4.1): it is judged by the name above. So a
 * forwarder that validates gets the parent's proof that a listed name is unsigned and takes our
 * answers for insecure, not for bogus; and of the listed zone's own servers nothing is asked.
 *
 * Pure, as module/decide/decide.h. */
#ifndef HRD_MODULE_DECIDE_QUESTION_H
#define HRD_MODULE_DECIDE_QUESTION_H

#include "module/decide/decide.h"

/* hrd_decide_query() by type. DS: the rule of the name above decides, where the name itself is
 * listed as well. DS and DNSKEY of a name that a PASSTHRU rule is below are left alone for a client
 * that validates: it needs them for what the rule lets pass. */
bool hrd_decide_question(const struct hrd_layer_list *layers, const struct hrd_prefix *client,
    const uint8_t *name, size_t len, uint16_t type, bool validates, struct hrd_verdict *verdict);

/* Whether a policy spares a name at or below this one, which the verdict acts on, before the rule
 * that decides about it. */
bool hrd_spares_below(const struct hrd_layer_list *layers, const struct hrd_verdict *verdict,
    const uint8_t *name, size_t len);

/* Whether there can be a client, of whatever group, whose answer a rule changes. A PASSTHRU of a
 * policy that does not apply to everybody does not hide the rules behind it. */
bool hrd_question_listed(
    const struct hrd_layer_list *layers, const uint8_t *name, size_t len, uint16_t type);

/* The same of addresses. */
bool hrd_addresses_listed(
    const struct hrd_layer_list *layers, const struct hrd_addr_source *source);

#endif
