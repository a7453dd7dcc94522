/* SPDX-License-Identifier: BSD-3-Clause */
/* What the live DNS says about an inventory: which listed and known names exist, behind which
 * aliases, in which zones, and whether these are signed.
 *
 * Only what an answer shows is a finding. A name without an answer, or with a bogus one, is
 * unknown, never gone.
 *
 * One thread. What was found borrows the inventory. */
#ifndef HRD_RPZGEN_NET_LIVE_H
#define HRD_RPZGEN_NET_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/json.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/net/livequery.h"

enum hrd_live_state {
	HRD_LIVE_EXISTS,
	HRD_LIVE_GONE,     /* NXDOMAIN */
	HRD_LIVE_DANGLING, /* an alias whose target does not exist */
	HRD_LIVE_INVALID,  /* DNSSEC validation failed */
	HRD_LIVE_UNKNOWN,  /* no answer */
};
extern const char *const hrd_live_state_words[];

enum hrd_live_signed {
	HRD_LIVE_SIGNED_UNKNOWN,
	HRD_LIVE_UNSIGNED,
	HRD_LIVE_SIGNED,    /* has keys; no chain of trust leads to them */
	HRD_LIVE_VALIDATED, /* has keys with a chain of trust */
};
extern const char *const hrd_live_signed_words[];

#define HRD_LIVE_NO_ZONE SIZE_MAX

struct hrd_live;

struct hrd_live_name {
	struct hrd_live *live;
	const struct hrd_item *item; /* a listed or known name of the inventory */
	const struct hrd_name *name;
	const struct hrd_evidence_list *evidence;
	int confidence; /* enum hrd_grade */
	enum hrd_live_state state;
	struct hrd_name aliases[HRD_LIVE_ALIASES_MAX];
	size_t alias_count;
	struct hrd_name candidate; /* where its zone may begin */
	size_t zone;               /* index, or HRD_LIVE_NO_ZONE */
};

struct hrd_live_zone {
	struct hrd_live *live;
	struct hrd_name name;
	struct hrd_name servers[HRD_LIVE_SERVERS_MAX];
	size_t server_count;
	enum hrd_live_signed is_signed;
};

struct hrd_live {
	struct hrd_live_name *names; /* in the order of the inventory, each name once */
	size_t name_count;
	struct hrd_live_zone *zones; /* in the order in which they were found */
	size_t zone_count;
	int32_t date; /* of the look-ups */
	struct hrd_lookups *lookups;
	bool nomem; /* something is missing */
};

/* Asks. False after a report, also when no question was answered at all; must be cleared in either
 * case. */
bool hrd_live_look(struct hrd_live *live, const struct hrd_inventory *inventory,
    const struct hrd_live_options *options, struct hrd_diag *diag);
void hrd_live_clear(struct hrd_live *live);

/* Reports names that are gone, dangling, bogus or without an answer. Findings make the exit status
 * 1, what is not known makes it 3. */
void hrd_live_report(const struct hrd_live *live, struct hrd_diag *diag);

/* A table of the names and one of the zones. */
void hrd_live_print(const struct hrd_live *live, FILE *out);

/* "date", "names" and "zones" as members of the object at hand. */
void hrd_live_members(const struct hrd_live *live, struct hrd_json *json);

#endif
