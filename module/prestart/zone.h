/* SPDX-License-Identifier: BSD-3-Clause */
/* A look at the text of a policy zone: what a clause rpz: needs to know of it. Whether the zone is
 * sound the server says. One thread. */
#ifndef HRD_MODULE_PRESTART_ZONE_H
#define HRD_MODULE_PRESTART_ZONE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/name/name.h"

struct hrd_zone_look {
	char path[PATH_MAX];
	char origin[HRD_NAME_TEXT_MAX + 1];
	bool has_soa, has_serial;
	uint32_t serial;
	uint64_t records; /* lines that hold one */
};

/* DIRECTORY/ID.rpz; false when it cannot be read. */
bool hrd_zone_look(struct hrd_zone_look *out, const char *directory, const char *id);

#endif
