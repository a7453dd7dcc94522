/* SPDX-License-Identifier: BSD-3-Clause */
/* Address prefixes of the IP triggers (RPZ draft section 4.2: client IP, response IP, NSIP).
 *
 * IPv4 and IPv6 share one 128-bit space: an IPv4 prefix a.b.c.d/n is kept as ::ffff:a.b.c.d/(96+n).
 * doc/policy-format.md section "Prefix tables" says what that means for ::ffff:0:0/96 itself.
 * Pure functions; any number of threads. */
#ifndef HRD_LIB_NAME_PREFIX_H
#define HRD_LIB_NAME_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"

enum { HRD_PREFIX_TEXT_MAX = 64 }; /* octets of hrd_prefix_to_text() with its NUL */

struct hrd_prefix {
	uint8_t addr[16]; /* network order; bits beyond len are 0 */
	uint8_t len;      /* bits, 0..128; IPv4 prefixes have 96..128 and ::ffff:0:0/96 in front */
};

/* From 4 or 16 octets in network order: the full-length prefix of one address. HRD_EINVAL for
 * another length. */
HRD_MUST_USE int hrd_prefix_from_addr(struct hrd_prefix *out, const uint8_t *addr, size_t len);

/* From "192.0.2.0/24", "192.0.2.1", "2001:db8::/32": HRD_EINVAL for anything else, host bits set
 * included. */
HRD_MUST_USE int hrd_prefix_from_text(struct hrd_prefix *out, const char *text, size_t len);

/* "192.0.2.0/24", "2001:db8::/32" (RFC 5952) with a NUL; its length without it. */
size_t hrd_prefix_to_text(const struct hrd_prefix *p, char text[HRD_PREFIX_TEXT_MAX]);

/* From and to the labels in front of rpz-ip, rpz-client-ip, rpz-nsip ("24.0.2.0.192",
 * "48.zz.db8.2001"), given and made as a relative name ended by the root label.
 * why is set on HRD_EINVAL to a static text that names the fault: missing prefix length, octet out
 * of range, two zz, host bits set, ... */
HRD_MUST_USE int hrd_prefix_from_owner(
    struct hrd_prefix *out, const struct hrd_name *labels, const char **why);
void hrd_prefix_to_owner(const struct hrd_prefix *p, struct hrd_name *labels);

/* True for a prefix of at most 128 bits without host bits. */
bool hrd_prefix_is_valid(const struct hrd_prefix *p);

/* True when inner lies within p, or is p. */
bool hrd_prefix_covers(const struct hrd_prefix *p, const struct hrd_prefix *inner);

/* The prefix of at most that many bits (0..128) that covers p. */
void hrd_prefix_shorten(struct hrd_prefix *p, unsigned bits);

/* Order of the prefix tables: by address octets, then the shorter first. */
int hrd_prefix_cmp(const struct hrd_prefix *a, const struct hrd_prefix *b);

/* True within ::ffff:0:0/96. */
bool hrd_prefix_is_ipv4(const struct hrd_prefix *p);

#endif
