/* SPDX-License-Identifier: BSD-3-Clause */
/* The digest that an unsigned zone may have of itself (ZONEMD, RFC 8976): against damage on the way
 * and transfers that went wrong, not against whoever could change both. Any thread; text is
 * borrowed for the call. */
#ifndef HRD_RPZGEN_SIGN_ZONEMD_H
#define HRD_RPZGEN_SIGN_ZONEMD_H

#include <stddef.h>

#include "lib/name/name.h"

enum hrd_zonemd_state {
	HRD_ZONEMD_ABSENT,
	HRD_ZONEMD_RIGHT,
	HRD_ZONEMD_UNKNOWN, /* none of a scheme and hash that we know, or of another serial */
	HRD_ZONEMD_WRONG,   /* the digest is of other records, or the zone cannot be read whole */
};

/* Judges the text of a zone; origin as for hrd_zone_read(). Costs memory like the zone, and only
 * where the text has the word. */
enum hrd_zonemd_state hrd_zonemd_check(const char *text, size_t len, const struct hrd_name *origin);

#endif
