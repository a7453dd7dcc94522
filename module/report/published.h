/* SPDX-License-Identifier: BSD-3-Clause */
/* Audit events of what is taken into force, and of what is logged. Threads: any that
 * publishes or logs; the audit has a lock of its own, and nothing is kept of a generation. */
#ifndef HRD_MODULE_REPORT_PUBLISHED_H
#define HRD_MODULE_REPORT_PUBLISHED_H

#include "module/base/log.h"
#include "module/generation/generation.h"
#include "module/report/audit.h"

/* A generation has been put into force: settings, images, keys, mode, groups and exempted names,
 * each where it is other than before. before: NULL at a start; then all that is in force. Both are
 * held by the caller. */
void hrd_audit_published(struct hrd_audit *audit, const struct hrd_generation *before,
    const struct hrd_generation *after);

/* For hrd_log_listen(): records what the log says; ctx: struct hrd_audit. */
hrd_log_listener_fn hrd_audit_log_listener;

#endif
