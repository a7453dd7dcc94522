/* SPDX-License-Identifier: BSD-3-Clause */
/* Host names as people write them in an inventory (IDNA 2008, RFC 5891) to names and back. The
 * only user of libidn2.
 *
 * Names in zones, feeds and images are octets and never come here. Pure functions; any number of
 * threads. */
#ifndef HRD_RPZGEN_INVENTORY_IDNA_H
#define HRD_RPZGEN_INVENTORY_IDNA_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"
#include "lib/name/name.h"

enum { HRD_IDNA_WHY_MAX = 200, HRD_IDNA_TEXT_MAX = 1024 };

/* Reads a host name: U-labels are converted, A-labels checked, then every label is letters, digits,
 * hyphens and underscores, at most 63 octets, the name at most 253; an address, a URL, a wildcard,
 * the root are refused. HRD_EINVAL with *id (a stable id of doc/diagnostics.md, static) and why:
 * what is wrong and what to do. */
HRD_MUST_USE int hrd_idna_parse(struct hrd_name *out, const char *text, size_t len, const char **id,
    char why[HRD_IDNA_WHY_MAX]);

/* Reads what people paste: U-labels in any case and form of Unicode (UTS 46, non-transitional) to
 * the octets of the A-labels. HRD_EINVAL, HRD_ENOMEM. */
HRD_MUST_USE int hrd_idna_map(struct hrd_name *out, const char *text);

/* The name with U-labels where it has valid A-labels, else as hrd_name_to_text() writes it. True
 * when they differ. */
bool hrd_idna_to_text(const struct hrd_name *name, char text[HRD_IDNA_TEXT_MAX]);

/* The version of libidn2 in use; static text. */
const char *hrd_idna_version(void);

/* Whether a label of the text has Latin letters beside Cyrillic or Greek ones. */
bool hrd_idna_is_mixed(const char *text);

#endif
