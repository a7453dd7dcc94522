/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs between two inventories beside their rules: acts, evidence, grades, owners, reasons,
 * ends, notes.
 *
 * Works on what was written, so that a key that is added to the form is compared without a line
 * here. Items of a list are matched by what identifies them (id, name, address of a source), else
 * by their position; the order of such items tells nothing but which profile is the first, and so
 * the one that is built where none is named.
 *
 * One thread. Both inventories are borrowed; what each() is given of them is good during the call.
 */
#ifndef HRD_RPZGEN_INVENTORY_CHANGES_H
#define HRD_RPZGEN_INVENTORY_CHANGES_H

#include "lib/base/status.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/rules/diff.h"

/* One difference. Texts live until the call returns. */
struct hrd_inventory_change {
	enum hrd_rule_change change;
	const char *what;   /* "entity acme, service web, name acme.example" */
	const char *key;    /* whose value differs; NULL: all of it was added or removed */
	const char *before; /* the value; NULL: there was none. Of a whole: its values */
	const char *after;  /* likewise */
};

/* Takes a difference. */
typedef void hrd_inventory_change_fn(void *ctx, const struct hrd_inventory_change *change);

/* Calls each() with every difference, in the order of the form. HRD_ENOMEM. */
HRD_MUST_USE int hrd_inventory_compare(const struct hrd_inventory *before,
    const struct hrd_inventory *after, hrd_inventory_change_fn *each, void *ctx);

#endif
