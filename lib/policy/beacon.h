/* SPDX-License-Identifier: BSD-3-Clause */
/* The beacon of a policy: the name _policy.<apex>, whose TXT tells which policy a resolver has
 *
 *   "id=deepseek serial=1767225600 rules=64"
 *
 * so that somebody outside can see it (rpzgen probe). It is no rule. Pure; any number of threads.
 */
#ifndef HRD_LIB_POLICY_BEACON_H
#define HRD_LIB_POLICY_BEACON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/policy/policy.h"

enum { HRD_BEACON_TEXT_MAX = 128 }; /* octets of the text with its NUL */

/* The name, as clients ask for it. HRD_ERANGE: over 255 octets. */
HRD_MUST_USE int hrd_beacon_name(struct hrd_name *out, const struct hrd_name *apex);

/* False for a wire name of any case that is no beacon's; cheap. */
bool hrd_beacon_may_be(const uint8_t *name, size_t len);

/* True when its owner, which is that name below the apex, fits into a zone. */
bool hrd_beacon_fits(const struct hrd_name *apex);

/* Writes the text and gives its length without NUL. rules: those that act. */
size_t hrd_beacon_text(
    const char *id, uint32_t serial, uint64_t rules, char text[HRD_BEACON_TEXT_MAX]);

/* True for such a text. */
bool hrd_beacon_is_text(const char *text, size_t len);

/* The rules of an image that act, as the text tells them. */
uint64_t hrd_beacon_rules(const struct hrd_policy_info *info);

#endif
