/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy images as input of commands. One thread. The policy is the caller's. */
#ifndef HRD_RPZGEN_POLICY_IMAGEFILE_H
#define HRD_RPZGEN_POLICY_IMAGEFILE_H

#include "lib/policy/policy.h"
#include "rpzgen/base/diag.h"

/* Reads and opens an image ("-" = stdin); whether it is signed, and by whom, is not looked at. The
 * caller frees it with hrd_policy_free(). NULL after a report, of a file that is no image
 * with section, offset and reason. */
struct hrd_policy *hrd_imagefile_open(const char *path, struct hrd_diag *diag);

#endif
