/* SPDX-License-Identifier: BSD-3-Clause */
/* What diagnostics say, as text, for the tests of what reports them. */
#ifndef HRD_TESTS_UNIT_REPORTED_H
#define HRD_TESTS_UNIT_REPORTED_H

#include "rpzgen/base/diag.h"

/* Flushes a context that was made with HRD_DIAG_TEXT, with what it would write to standard error;
 * the text is valid until the next call. */
const char *reported(struct hrd_diag *diag, const char *closing);

/* The same for HRD_DIAG_JSON and HRD_DIAG_SARIF and standard output. */
const char *printed(struct hrd_diag *diag, const char *closing);

#endif
