/* SPDX-License-Identifier: BSD-3-Clause */
/* What the listed names of an inventory rest on, found by name. One thread. */
#ifndef HRD_RPZGEN_INVENTORY_EVIDENCE_H
#define HRD_RPZGEN_INVENTORY_EVIDENCE_H

#include "lib/rules/rules.h"
#include "rpzgen/inventory/inventory.h"
#include "rpzgen/rules/nameset.h"

/* Fills an empty set with the listed names; values: struct hrd_listed, of the inventory. */
void hrd_evidence_index(struct hrd_nameset *set, const struct hrd_inventory *inventory);

/* The evidence of a rule's name, or NULL. */
const struct hrd_evidence_list *hrd_evidence_of(
    const struct hrd_nameset *listed, const struct hrd_rule *rule);

/* Where to look: an address, a repository, else what its title says; that of the
 * inventory, NULL only where this has errors. */
const char *hrd_evidence_address(const struct hrd_evidence *evidence);

#endif
