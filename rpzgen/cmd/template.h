/* SPDX-License-Identifier: BSD-3-Clause */
/* zones/minimal.yaml as text in the program. Made at build time. A constant: pure. */
#ifndef HRD_RPZGEN_CMD_TEMPLATE_H
#define HRD_RPZGEN_CMD_TEMPLATE_H

extern const char hrd_template_text[];

#endif
