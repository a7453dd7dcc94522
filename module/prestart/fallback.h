/* SPDX-License-Identifier: BSD-3-Clause */
/* What a server without the module can enforce of a site's decisions by its own rpz:, and in words
 * what it cannot. One thread. */
#ifndef HRD_MODULE_PRESTART_FALLBACK_H
#define HRD_MODULE_PRESTART_FALLBACK_H

#include "module/prestart/report.h"
#include "module/prestart/site.h"

/* What stock Unbound needs for a rule of rpz:, as measured: octets of memory, and microseconds of a
 * start or a reload. */
enum { HRD_RPZ_OCTETS = 1200, HRD_RPZ_MICROSECONDS = 19 };

struct hrd_fallback_want {
	const struct hrd_site *site;
	const char *root;       /* the server's root: images are below it; "": the system's */
	const char *zones;      /* a directory of ID.rpz, looked into first */
	const char *allow_path; /* where the zone of exempted names is to be */
	uint64_t many;          /* rules above which their cost is reported */
	int64_t now;            /* seconds since the epoch */
};

/* A clause rpz: and its zone. */
struct hrd_fallback_clause {
	char *text, *origin, *path;
	size_t text_len;
	uint64_t rules;
	bool left_out; /* the caller has found that the server does not start with it */
};

struct hrd_fallback {
	struct hrd_fallback_clause *clauses; /* none: nothing is enforced */
	size_t count, room;
	char *allow; /* text of the zone at allow_path; NULL: none is needed */
};

/* False when there is no memory. hrd_fallback_clear() frees what it made. */
bool hrd_fallback_make(
    const struct hrd_fallback_want *want, struct hrd_report *report, struct hrd_fallback *out);

/* The text of all clauses that are not left out, for the caller to free; their rules are counted in
 * the report. NULL: no memory. */
char *hrd_fallback_text(const struct hrd_fallback *fallback, struct hrd_report *report);

/* Zeroed it holds nothing. */
void hrd_fallback_clear(struct hrd_fallback *fallback);

#endif
