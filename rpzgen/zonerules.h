/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule set of a zone that must be without fault. */
#ifndef HRD_RPZGEN_ZONERULES_H
#define HRD_RPZGEN_ZONERULES_H

#include <stdio.h>

#include "lib/rules.h"
#include "rpzgen/diag.h"
#include "rpzgen/zonefile.h"

/* Reads a zone to a sealed set, freed by the caller.  NULL after a report: any fault refuses it. */
struct hrd_rules *hrd_zone_rules(
    FILE *stream, const char *file, struct hrd_diag *diag, struct hrd_zone_head *head);

#endif
