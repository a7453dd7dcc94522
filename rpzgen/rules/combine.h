/* SPDX-License-Identifier: BSD-3-Clause */
/* Several rule sets as one.
 *
 * In order: the first set that decides about a name or an address decides, as the policies of a
 * resolver do; a rule of a later set stays where no set before decides, or where that decides the
 * same. Merged: all rules as if they had come in one zone. Without contradictions both are the same
 * set, so halves of a list make what the whole makes.
 *
 * A rule of the result says by its line which set it came from. Any number of threads. */
#ifndef HRD_RPZGEN_RULES_COMBINE_H
#define HRD_RPZGEN_RULES_COMBINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/rules/rules.h"
#include "rpzgen/base/diag.h"

/* The files that the sets came from: all of them, the caller's. One file needs no ends. */
struct hrd_combined {
	const char *const *files;
	uint64_t *ends; /* the line in the result that follows those of a file; room for count */
	size_t count;
};

struct hrd_combining {
	const struct hrd_ruleset *const *sets; /* sealed */
	size_t count;
	bool merge;
	uint64_t *ends; /* to be set: those of struct hrd_combined */
	void *ctx;
	/* In order: a rule of a set that is left out because a set before decides otherwise. */
	void (*shadowed)(void *ctx, size_t set, const struct hrd_rule *rule);
	/* Merged: as for hrd_rules_seal(); the lines say which sets. */
	hrd_rules_clash_fn *clash;
};

/* *out is sealed and the caller's. HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_rules_combine(const struct hrd_combining *how, struct hrd_ruleset **out);

/* The file, and the line there, that a line of the result means; the column is that of the owner.
 */
struct hrd_position hrd_combined_place(const struct hrd_combined *files, uint64_t line);

#endif
