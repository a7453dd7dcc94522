/* SPDX-License-Identifier: BSD-3-Clause */
/* The signed zone before this one: SOA, DNSKEYs and the signatures of these, as far as the next
 * signing needs them. It comes from outside until one of the keys at hand is found to have signed
 * the SOA, or the DNSKEYs of which one did. One thread. What was read lives until
 * hrd_previous_clear(). False after a report. */
#ifndef HRD_RPZGEN_SIGN_PREVIOUS_H
#define HRD_RPZGEN_SIGN_PREVIOUS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "rpzgen/base/diag.h"
#include "rpzgen/sign/keyring.h"
#include "rpzgen/sign/records.h"

struct hrd_previous {
	struct hrd_zonedata apex;       /* records of the apex, up to the first other owner */
	uint32_t serial;                /* of the SOA */
	uint32_t inception, expiration; /* of the signature that verified: set by _judge() */
};

/* Reads the beginning of a zone file. False after a report, when there is no SOA too; cleared by
 * the caller in any case. */
bool hrd_previous_read(struct hrd_previous *previous, const char *path, struct hrd_diag *diag);

/* Whether it is of the zone apex and one of the keys vouches for its SOA. False after a report. */
bool hrd_previous_judge(struct hrd_previous *previous, const struct hrd_name *apex,
    const struct hrd_keyring *keys, const char *path, struct hrd_diag *diag);

/* The serial of the zone in a file, when there is one and it is of this apex. Says nothing. */
bool hrd_previous_serial(const char *path, const struct hrd_name *apex, uint32_t *serial);

/* Zeroed it holds nothing. */
void hrd_previous_clear(struct hrd_previous *previous);

#endif
